/* Gateways out as lines of facts. */
#include <string.h>

#include "analysis/fleet/digest.h"
#include "analysis/fleet/facts_shape.h"
#include "base/json.h"
#include "source/comments.h"
#include "syntax/paths.h"

struct writing {
    struct arena *arena;
    const struct fleet_facts_question *q;
    struct secret_names names;
    struct paths *paths;
    struct str *digests; /* of files, by number */
    struct buf *out;
    struct map numbers; /* file number -> position in `files`, anew for each line */
    ARRAY(uint32_t) files;
};

/* ---- what may not be shown ---------------------------------------------------------------------
 */

static struct str digest(const struct writing *w, struct str value) {
    return value.n ? fleet_digest(w->arena, w->q->key, value) : STR("");
}

static void conceal(const struct writing *w, struct fleet_secret *s) {
    s->name = s->known ? fleet_secret_name(&w->names, s) : STR("");
    s->value = s->known ? digest(w, s->value) : STR("");
}

static bool may_hold_secret(struct str name) {
    return str_ends(name, STR("TOKEN")) || str_ends(name, STR("KEY")) ||
           str_ends(name, STR("PASSWORD")) || str_ends(name, STR("SECRET"));
}

static bool is_host_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

/* The end of a path that starts a turn of an agent (".../agent"), or `at`: what else follows an
 * address does not matter to anybody. */
static size_t agent_path_end(struct str text, size_t at) {
    enum { LONGEST = 512 };
    size_t last = at, end = at;
    if (at >= text.n || text.p[at] != '/') return at;
    while (end < text.n && end - at < LONGEST && (is_host_char(text.p[end]) || text.p[end] == '/'))
        end++;
    struct str path = str_slice(text, 0, end);
    for (size_t i = at; (i = str_find(path, STR("/agent"), i)) != SIZE_MAX; i += 6)
        if (i + 6 >= text.n || !is_host_char(text.p[i + 6]) || text.p[i + 6] == '.') last = i + 6;
    return last;
}

static void add_address(struct writing *w, struct fleet_gateway *g, const struct fleet_text *t,
                        size_t start) {
    enum { LONGEST_NAME = 255, PORT_DIGITS = 5 };
    size_t colon = start, end;
    while (colon < t->text.n && colon - start <= LONGEST_NAME && is_host_char(t->text.p[colon]))
        colon++;
    if (colon >= t->text.n || t->text.p[colon] != ':') return;
    for (end = colon + 1; end < t->text.n && t->text.p[end] >= '0' && t->text.p[end] <= '9';) end++;
    if (end == colon + 1 || end - colon - 1 > PORT_DIGITS) return;
    if (end < t->text.n && t->text.p[end] == '@') return;
    struct fleet_text address = {.at = t->at};
    struct str shown = str_slice(t->text, start, agent_path_end(t->text, end));
    address.text = str_concat(w->arena, STR("://"), shown);
    if (t->file) {
        struct span span = {t->file, (uint32_t)start, (uint32_t)end};
        address.at = tree_add(w->q->tree, NODE_STRING, span);
        tree_node(w->q->tree, address.at)->flags |= NODE_SYNTHETIC;
    }
    ARRAY_PUSH(w->arena, g->texts) = address;
}

static void keep_addresses(struct writing *w, struct fleet_gateway *g) {
    const struct fleet_text *texts = g->texts.v;
    size_t n = g->texts.n;
    memset(&g->texts, 0, sizeof g->texts);
    for (size_t i = 0; i < n; i++)
        for (size_t at = 0; (at = str_find(texts[i].text, STR("://"), at)) != SIZE_MAX; at += 3)
            add_address(w, g, &texts[i], at + 3);
}

/* ---- copies that can be written ----------------------------------------------------------------
 */

static void add_service(const struct writing *w, struct facts_services *to,
                        const struct compose_service *s) {
    struct facts_service f = {.base = *s};
    for (size_t i = 0; i < s->environment.n; i++) {
        const struct compose_variable *v = &s->environment.v[i];
        if (may_hold_secret(v->name))
            ARRAY_PUSH(w->arena, f.variables) =
                (struct facts_variable){.name = v->name,
                                        .value = digest(w, v->value),
                                        .literal = !v->from_file && fleet_is_literal(v->written),
                                        .at = v->at};
    }
    for (size_t i = 0; i < s->networks.n; i++) {
        const struct compose_network *network = &s->networks.v[i];
        struct facts_network n = {.name = network->name, .at = network->at};
        for (size_t k = 0; k < network->n_aliases; k++)
            ARRAY_PUSH(w->arena, n.aliases) = network->aliases[k];
        ARRAY_PUSH(w->arena, f.networks) = n;
    }
    ARRAY_PUSH(w->arena, to->list) = f;
}

static struct facts_line line_of(struct writing *w, const struct fleet_gateway *gateway) {
    struct facts_line l = {.base = *gateway, .version = gateway->data->version};
    struct fleet_gateway *g = &l.base;
    conceal(w, &g->token);
    conceal(w, &g->password);
    conceal(w, &g->hooks_token);
    g->identities.v =
        arena_copy(w->arena, g->identities.v, g->identities.n * sizeof *g->identities.v);
    for (size_t i = 0; i < g->identities.n; i++) conceal(w, &g->identities.v[i].secret);
    if (w->q->host.n) g->host = w->q->host;
    if (!str_equal(g->daemon, STR("host"))) g->daemon = digest(w, g->daemon);
    keep_addresses(w, g);
    l.project = g->service ? w->q->project : STR("");
    l.without_browser = g->used_ports == g->data->used_ports_without_browser;
    l.owns_namespace = g->service && g->owner == g->service;
    if (g->service) add_service(w, &l.service, g->service);
    if (g->owner && g->owner != g->service) add_service(w, &l.owner, g->owner);
    if (g->idle_hooks_token)
        ARRAY_PUSH(w->arena, l.idle_hooks_token) =
            (struct facts_idle){g->idle_hooks_token->name, g->idle_hooks_token->at};
    return l;
}

/* ---- writing -----------------------------------------------------------------------------------
 */

static uint32_t file_number(struct writing *w, uint32_t file) {
    bool is_new;
    struct str key = str_format(w->arena, "%u", file);
    uint32_t n = *map_put(&w->numbers, key, (uint32_t)w->files.n, &is_new);
    if (is_new) ARRAY_PUSH(w->arena, w->files) = file;
    return n;
}

static void add_position(struct buf *b, struct position p) {
    buf_addf(b, "%u,%u,%u,", p.offset, p.line, p.column);
}

static void add_place(struct writing *w, place at) {
    const struct sources *sources = w->q->tree->sources;
    struct span span = place_span(w->q->tree, at);
    if (!span.file) {
        buf_add(w->out, STR("null"));
        return;
    }
    buf_addf(w->out, "[%u,", file_number(w, span.file));
    add_position(w->out, source_position(sources, span.file, span.start));
    add_position(w->out, source_position(sources, span.file, span.end));
    json_add_string(w->out, paths_of_span(w->paths, span));
    buf_add_char(w->out, ']');
}

static void add_struct(struct writing *w, const struct facts_shape *shape, const void *v);

static void add_array(struct writing *w, const struct facts_field *f, const struct facts_array *a) {
    size_t size = f->shape ? f->shape->size : sizeof(struct str);
    buf_add_char(w->out, '[');
    for (size_t i = 0; i < a->n; i++) {
        const char *element = (const char *)a->v + i * size;
        if (i) buf_add_char(w->out, ',');
        if (f->shape)
            add_struct(w, f->shape, element);
        else
            json_add_string(w->out, *(const struct str *)(const void *)element);
    }
    buf_add_char(w->out, ']');
}

/* What is absent, false, 0 or empty is left out. */
static bool is_nothing(const struct facts_field *f, const void *v) {
    struct facts_array array;
    switch (f->kind) {
    case FACTS_TEXT: return !((const struct str *)v)->p;
    case FACTS_FLAG: return !*(const bool *)v;
    case FACTS_NUMBER: return !(*(const double *)v < 0 || *(const double *)v > 0);
    case FACTS_INT64: return !*(const int64_t *)v;
    case FACTS_INT32: return !*(const int32_t *)v;
    case FACTS_PLACE: return !*(const place *)v;
    case FACTS_ONE: return false;
    case FACTS_TEXTS:
    case FACTS_SEVERAL: break;
    }
    memcpy(&array, v, sizeof array); /* all pointers to objects look the same */
    return !array.n;
}

static void add_value(struct writing *w, const struct facts_field *f, const void *v) {
    struct facts_array array;
    switch (f->kind) {
    case FACTS_TEXT: json_add_string(w->out, *(const struct str *)v); return;
    case FACTS_FLAG: buf_add(w->out, STR("true")); return;
    case FACTS_NUMBER: json_add_number(w->out, *(const double *)v); return;
    case FACTS_INT64: buf_addf(w->out, "%lld", (long long)*(const int64_t *)v); return;
    case FACTS_INT32: buf_addf(w->out, "%d", *(const int32_t *)v); return;
    case FACTS_PLACE: add_place(w, *(const place *)v); return;
    case FACTS_ONE: add_struct(w, f->shape, v); return;
    case FACTS_TEXTS:
    case FACTS_SEVERAL: break;
    }
    memcpy(&array, v, sizeof array);
    add_array(w, f, &array);
}

/* The depth is that of the tables. */
static void add_struct(struct writing *w, const struct facts_shape *shape, const void *v) {
    buf_add_char(w->out, '{');
    for (const struct facts_field *f = shape->fields; f->name; f++) {
        const void *at = (const char *)v + f->at;
        if (is_nothing(f, at)) continue;
        json_add_key(w->out, f->name);
        add_value(w, f, at);
    }
    buf_add_char(w->out, '}');
}

/* Decisions about what several gateways share are made in their configs, too. */
static void add_comments(struct writing *w, uint32_t file) {
    const struct sources *sources = w->q->tree->sources;
    struct source_comments found = {{NULL, 0, 0}};
    source_comments_find(w->arena, sources, file, &found);
    if (!found.list.n) return;
    buf_add(w->out, STR(",["));
    for (size_t i = 0; i < found.list.n; i++) {
        const struct source_comment *c = &found.list.v[i];
        if (!c->reason.n) continue;
        if (w->out->p[w->out->n - 1] == ']') buf_add_char(w->out, ',');
        buf_add_char(w->out, '[');
        add_position(w->out, source_position(sources, file, c->span.start));
        add_position(w->out, source_position(sources, file, c->span.end));
        json_add_string(w->out, paths_of_span(w->paths, c->span));
        buf_add_char(w->out, ',');
        json_add_string(w->out, c->id);
        buf_add_char(w->out, ',');
        json_add_string(w->out, c->reason);
        buf_add_char(w->out, ']');
    }
    buf_add_char(w->out, ']');
}

/* A file of another run is the same when its name and its bytes are. */
static void add_files(struct writing *w) {
    const struct sources *sources = w->q->tree->sources;
    buf_add(w->out, STR(",\"files\":["));
    for (size_t i = 0; i < w->files.n; i++) {
        uint32_t file = w->files.v[i];
        if (!w->digests[file].n) w->digests[file] = digest(w, source_text(sources, file));
        buf_add(w->out, i ? STR(",[") : STR("["));
        json_add_string(w->out, source_name(sources, file));
        buf_add_char(w->out, ',');
        json_add_string(w->out, w->digests[file]);
        add_comments(w, file);
        buf_add_char(w->out, ']');
    }
    buf_add_char(w->out, ']');
}

void fleet_facts_write(struct buf *out, struct arena *a, const struct fleet_facts_question *q) {
    struct writing w = {
        .arena = a, .q = q, .out = out, .names = fleet_secret_names(a, q->names, q->key)};
    struct facts_line *lines = ARENA_ARRAY(a, struct facts_line, q->n);
    for (size_t i = 0; i < q->n; i++) lines[i] = line_of(&w, q->gateways[i]);
    w.paths = paths_new(a, q->tree); /* now that addresses have their nodes */
    w.digests = ARENA_ARRAY(a, struct str, (size_t)source_count(q->tree->sources) + 1);
    for (size_t i = 0; i < q->n; i++) {
        w.numbers = map_new(a);
        w.files.n = 0;
        buf_addf(out, "{\"clawcFacts\":%d,\"of\":%zu,\"key\":", FLEET_FACTS_FORMAT, q->n);
        json_add_string(out, fleet_digest(a, q->key, STR("the key of clawc facts")));
        buf_add(out, STR(",\"gateway\":"));
        add_struct(&w, &facts_line_shape, &lines[i]);
        add_files(&w);
        buf_add(out, STR("}\n"));
    }
}
