/* Gateways from lines of facts: input like any other, and as little to be trusted. */
#include <math.h>
#include <string.h>

#include "analysis/fleet/facts_shape.h"
#include "source/comments.h"
#include "syntax/json5.h"

/* Lines of audits that wrote `of` lines each. */
struct line_count {
    size_t of, n;
};

struct fleet_facts {
    struct arena *arena;
    struct tree *tree;
    const struct gateways *data;
    ARRAY(struct facts_line *) lines;
    ARRAY(struct line_count) counts; /* of the file that is read */
    struct str key;      /* tells digests of different keys apart; empty before the first line */
    struct map files;    /* name and digest -> number among the sources */
    struct map services; /* project and name -> line that is this service */
    struct map owners;   /* the same -> position in `others` */
    ARRAY(const struct compose_service *) others;
};

struct reading_line {
    struct fleet_facts *facts;
    struct str host;       /* the line's, or empty */
    struct tree *tree;     /* of this line alone */
    ARRAY(uint32_t) files; /* number in the line -> number among the sources */
    struct str *why;
};

struct fleet_facts *fleet_facts_new(struct arena *a, struct tree *t, const struct gateways *data) {
    struct fleet_facts *f = ARENA_NEW(a, struct fleet_facts);
    *f = (struct fleet_facts){.arena = a,
                              .tree = t,
                              .data = data,
                              .files = map_new(a),
                              .services = map_new(a),
                              .owners = map_new(a)};
    return f;
}

/* ---- values ------------------------------------------------------------------------------------
 */

static bool refuse(struct reading_line *r, const char *field, const char *what) {
    *r->why = str_format(r->facts->arena, "`%s` must be %s", field, what);
    return false;
}

static bool read_integer(const struct tree *t, node_id n, double low, double high, double *out) {
    if (!tree_is(t, n, NODE_NUMBER)) return false;
    *out = tree_node(t, n)->u.number;
    return *out >= low && *out <= high && !(floor(*out) < *out);
}

static node_id element(const struct tree *t, node_id array, size_t i) {
    node_id n = tree_is(t, array, NODE_ARRAY) ? tree_first(t, array) : 0;
    while (n && i--) n = tree_node(t, n)->next;
    return n;
}

static bool read_position(const struct tree *t, node_id array, size_t from, struct position *p) {
    uint32_t *const parts[] = {&p->offset, &p->line, &p->column};
    for (size_t i = 0; i < 3; i++) {
        double number;
        if (!read_integer(t, element(t, array, from + i), i ? 1 : 0, INT32_MAX, &number))
            return false;
        *parts[i] = (uint32_t)number;
    }
    return true;
}

static bool read_place(struct reading_line *r, node_id n, place *out) {
    struct fleet_facts *f = r->facts;
    struct source_place p;
    double number;
    if (!read_integer(r->tree, element(r->tree, n, 0), 0, INT32_MAX, &number)) return false;
    if (!(number < (double)r->files.n)) return false;
    if (!read_position(r->tree, n, 1, &p.start) || !read_position(r->tree, n, 4, &p.end))
        return false;
    if (p.end.offset < p.start.offset) return false;
    p.path = tree_text(r->tree, element(r->tree, n, 7));
    uint32_t file = r->files.v[(size_t)number];
    source_outline_place(f->tree->sources, file, &p);
    *out = tree_add(f->tree, NODE_STRING, (struct span){file, p.start.offset, p.end.offset});
    tree_node(f->tree, *out)->flags |= NODE_SYNTHETIC;
    return true;
}

static bool read_struct(struct reading_line *r, const struct facts_shape *shape, node_id n, void *v,
                        const char *field);

static bool read_array(struct reading_line *r, const struct facts_field *f, node_id n, void *v) {
    struct facts_array array = {0};
    const struct tree *t = r->tree;
    size_t size = f->shape ? f->shape->size : sizeof(struct str);
    if (!tree_is(t, n, NODE_ARRAY)) return refuse(r, f->name, "a list");
    array.capacity = tree_node(t, n)->n;
    array.v = arena_zalloc(r->facts->arena, array.capacity ? array.capacity : 1, size);
    for (TREE_EACH(t, child, n)) {
        char *at = (char *)array.v + array.n++ * size;
        if (!f->shape) {
            if (!tree_is(t, child, NODE_STRING)) return refuse(r, f->name, "a list of texts");
            *(struct str *)(void *)at = tree_text(t, child);
        } else if (!read_struct(r, f->shape, child, at, f->name)) {
            return false;
        }
    }
    memcpy(v, &array, sizeof array);
    return true;
}

static bool read_value(struct reading_line *r, const struct facts_field *f, node_id n, void *v) {
    const struct tree *t = r->tree;
    const double exact = 9007199254740991.0;
    double number;
    switch (f->kind) {
    case FACTS_TEXT:
        if (!tree_is(t, n, NODE_STRING)) return refuse(r, f->name, "a text");
        *(struct str *)v = tree_text(t, n);
        return true;
    case FACTS_FLAG:
        if (!tree_is(t, n, NODE_BOOL)) return refuse(r, f->name, "true or false");
        *(bool *)v = tree_node(t, n)->u.boolean;
        return true;
    case FACTS_NUMBER:
        if (!tree_is(t, n, NODE_NUMBER)) return refuse(r, f->name, "a number");
        *(double *)v = tree_node(t, n)->u.number;
        return true;
    case FACTS_INT64:
        if (!read_integer(t, n, -exact, exact, &number)) return refuse(r, f->name, "an integer");
        *(int64_t *)v = (int64_t)number;
        return true;
    case FACTS_INT32:
        if (!read_integer(t, n, INT32_MIN, INT32_MAX, &number))
            return refuse(r, f->name, "an integer");
        *(int32_t *)v = (int32_t)number;
        return true;
    case FACTS_PLACE:
        return read_place(r, n, v) || refuse(r, f->name, "a place in one of the line's files");
    case FACTS_ONE: return read_struct(r, f->shape, n, v, f->name);
    case FACTS_TEXTS:
    case FACTS_SEVERAL: break;
    }
    return read_array(r, f, n, v);
}

/* The depth is that of the tables. Members that are not known are of a later clawc that has not
 * changed the format. */
static bool read_struct(struct reading_line *r, const struct facts_shape *shape, node_id n, void *v,
                        const char *field) {
    if (!tree_is(r->tree, n, NODE_OBJECT)) return refuse(r, field, "an object");
    for (const struct facts_field *f = shape->fields; f->name; f++) {
        node_id member = tree_member(r->tree, n, str_from(f->name));
        bool absent = !member || tree_is(r->tree, member, NODE_NULL);
        if (!absent && !read_value(r, f, member, (char *)v + f->at)) return false;
    }
    return true;
}

/* [start, line, column, end, line, column, path, id, reason] */
static bool read_comment(struct reading_line *r, node_id n, uint32_t file) {
    struct fleet_facts *f = r->facts;
    struct source_place p = {.path = tree_text(r->tree, element(r->tree, n, 6))};
    struct source_comments *known = source_outline_comments(f->tree->sources, file);
    struct str id = tree_text(r->tree, element(r->tree, n, 7));
    struct str reason = tree_text(r->tree, element(r->tree, n, 8));
    if (!read_position(r->tree, n, 0, &p.start) || !read_position(r->tree, n, 3, &p.end))
        return false;
    size_t last = known->list.n;
    bool ordered = !last || known->list.v[last - 1].line <= p.start.line;
    if (p.end.offset < p.start.offset || !reason.n || !ordered) return false;
    source_outline_place(f->tree->sources, file, &p);
    ARRAY_PUSH(f->arena, known->list) =
        (struct source_comment){.span = {file, p.start.offset, p.end.offset},
                                .line = p.start.line,
                                .id = id,
                                .reason = reason};
    return true;
}

static bool read_comments(struct reading_line *r, node_id list, uint32_t file) {
    for (TREE_EACH(r->tree, comment, list))
        if (!read_comment(r, comment, file))
            return refuse(r, "files", "lists whose comments are in the order of their lines");
    return true;
}

static bool read_files(struct reading_line *r, node_id n) {
    struct fleet_facts *f = r->facts;
    if (!tree_is(r->tree, n, NODE_ARRAY)) return refuse(r, "files", "a list");
    for (TREE_EACH(r->tree, file, n)) {
        struct str name = tree_text(r->tree, element(r->tree, file, 0));
        struct str digest = tree_text(r->tree, element(r->tree, file, 1));
        bool is_new;
        if (!name.n || !digest.n) return refuse(r, "files", "a list of [name, digest]");
        struct str key = str_format(f->arena, STR_FMT "\n" STR_FMT "\n" STR_FMT, STR_ARG(r->host),
                                    STR_ARG(digest), STR_ARG(name));
        uint32_t *number = map_put(&f->files, key, 0, &is_new);
        if (f->files.n > FLEET_FACTS_FILES) {
            *r->why = str_format(f->arena, "the facts name more than %d files", FLEET_FACTS_FILES);
            return false;
        }
        if (is_new)
            *number = source_add_outline(f->tree->sources, fleet_facts_on(f->arena, r->host, name));
        ARRAY_PUSH(f->arena, r->files) = *number;
        if (is_new && !read_comments(r, element(r->tree, file, 2), *number)) return false;
    }
    return true;
}

/* ---- the gateway -------------------------------------------------------------------------------
 */

static struct compose_service *make_service(struct arena *a, const struct facts_service *f,
                                            struct str host) {
    struct compose_service *s = ARENA_NEW(a, struct compose_service);
    *s = f->base;
    for (size_t i = 0; i < f->variables.n; i++) {
        const struct facts_variable *v = &f->variables.v[i];
        ARRAY_PUSH(a, s->environment) =
            (struct compose_variable){.name = v->name,
                                      .value = v->value,
                                      .written = v->literal ? STR("literal") : STR(""),
                                      .at = v->at,
                                      .from_file = !v->literal};
    }
    for (size_t i = 0; i < f->networks.n; i++) {
        const struct facts_network *n = &f->networks.v[i];
        struct str name = fleet_facts_on(a, host, n->name);
        ARRAY_PUSH(a, s->networks) = (struct compose_network){.key = name,
                                                              .name = name,
                                                              .aliases = n->aliases.v,
                                                              .n_aliases = n->aliases.n,
                                                              .at = n->at};
    }
    return s;
}

static struct str service_key(struct arena *a, const struct facts_line *l, struct str name) {
    return str_format(a, STR_FMT "\n" STR_FMT "\n" STR_FMT, STR_ARG(l->base.host),
                      STR_ARG(l->project), STR_ARG(name));
}

static void finish_line(struct fleet_facts *f, struct facts_line *l) {
    struct arena *a = f->arena;
    struct fleet_gateway *g = &l->base;
    fleet_facts_label(a, g);
    g->data = gateways_find(f->data, l->version);
    g->used_ports = l->without_browser ? g->data->used_ports_without_browser : g->data->used_ports;
    g->n_used_ports =
        l->without_browser ? g->data->n_used_ports_without_browser : g->data->n_used_ports;
    if (l->idle_hooks_token.n) {
        struct compose_variable *v = ARENA_NEW(a, struct compose_variable);
        *v = (struct compose_variable){.name = l->idle_hooks_token.v[0].name,
                                       .at = l->idle_hooks_token.v[0].at};
        g->idle_hooks_token = v;
    }
    if (l->service.list.n) {
        g->service = make_service(a, &l->service.list.v[0], g->host);
        map_put(&f->services, service_key(a, l, g->service->name), (uint32_t)f->lines.n, NULL);
    }
    if (l->owns_namespace) g->owner = g->service;
    ARRAY_PUSH(a, f->lines) = l;
}

static bool is_complete(const struct facts_line *l, struct str *why) {
    if (!l->base.name.n || !l->version.n || !l->base.namespace.n || !l->base.at)
        *why = STR("a gateway needs `name`, `version`, `namespace` and `at`");
    else if (l->service.list.n > 1 || l->owner.list.n > 1 || l->idle_hooks_token.n > 1)
        *why = STR("`service`, `owner` and `idle_hooks_token` have one entry at most");
    else if (l->base.host.n && !fleet_facts_is_host(l->base.host))
        *why = STR("`host` must be letters, digits, `.`, `_` and `-`");
    else if (l->base.port < 0 || l->base.port > 65535)
        *why = STR("`port` must be a number up to 65535");
    else
        return true;
    return false;
}

/* Of files that were put together there are several counts. */
static void count_line(struct fleet_facts *f, size_t of) {
    for (size_t i = 0; i < f->counts.n; i++)
        if (f->counts.v[i].of == of) {
            f->counts.v[i].n++;
            return;
        }
    ARRAY_PUSH(f->arena, f->counts) = (struct line_count){of, 1};
}

bool fleet_facts_end(struct fleet_facts *f, struct str *why) {
    bool whole = true;
    for (size_t i = 0; i < f->counts.n && whole; i++) {
        const struct line_count *c = &f->counts.v[i];
        whole = c->n % c->of == 0;
        if (!whole)
            *why = str_format(
                f->arena, "lines are missing: of %zu gateways that one audit wrote, %zu are here",
                c->of, c->n % c->of);
    }
    f->counts.n = 0;
    return whole;
}

bool fleet_facts_read(struct fleet_facts *f, struct str line, struct str *why) {
    struct reading_line r = {
        .facts = f, .tree = tree_new(f->arena, sources_new(f->arena)), .why = why};
    struct json5_result read = json5_parse_text(r.tree, line);
    node_id header = read.ok ? tree_member(r.tree, read.root, STR("clawcFacts")) : 0;
    struct facts_line *l = ARENA_NEW(f->arena, struct facts_line);
    double format, of;
    *why = STR("this is no line that `clawc audit --facts` writes");
    if (!header || !tree_is(r.tree, header, NODE_NUMBER)) return false;
    if (!read_integer(r.tree, header, FLEET_FACTS_FORMAT, FLEET_FACTS_FORMAT, &format)) {
        *why = STR("these facts are of another version of clawc; write them anew");
        return false;
    }
    node_id number = tree_member(r.tree, read.root, STR("of"));
    if (!read_integer(r.tree, number, 1, FLEET_FACTS_GATEWAYS, &of)) return false;
    if (f->lines.n >= FLEET_FACTS_GATEWAYS) {
        *why = str_format(f->arena, "more than %d gateways are too many", FLEET_FACTS_GATEWAYS);
        return false;
    }
    struct str key = tree_text(r.tree, tree_member(r.tree, read.root, STR("key")));
    if (!key.n || (f->key.n && !str_equal(f->key, key))) {
        *why = STR("these facts were written with another --facts-key: secrets cannot be compared");
        return false;
    }
    f->key = key;
    node_id gateway = tree_member(r.tree, read.root, STR("gateway"));
    r.host = tree_text(r.tree, tree_member(r.tree, gateway, STR("host")));
    if (!read_files(&r, tree_member(r.tree, read.root, STR("files")))) return false;
    if (!read_struct(&r, &facts_line_shape, gateway, l, "gateway")) return false;
    if (!is_complete(l, why)) return false;
    finish_line(f, l);
    count_line(f, (size_t)of);
    return true;
}

/* ---- all of them -------------------------------------------------------------------------------
 */

/* The service of whose namespace a gateway is: one of the gateways, or the first that was told of
 * under this name. */
static void find_owner(struct fleet_facts *f, struct facts_line *l) {
    if (!l->owner.list.n) return;
    struct str key = service_key(f->arena, l, l->owner.list.v[0].base.name);
    const uint32_t *line = map_get(&f->services, key);
    bool is_new;
    if (line) {
        l->base.owner = f->lines.v[*line]->base.service;
        return;
    }
    uint32_t at = *map_put(&f->owners, key, (uint32_t)f->others.n, &is_new);
    if (is_new)
        ARRAY_PUSH(f->arena, f->others) = make_service(f->arena, &l->owner.list.v[0], l->base.host);
    l->base.owner = f->others.v[at];
}

const struct fleet_gateway *const *fleet_facts_gateways(struct fleet_facts *f, size_t *n,
                                                        struct str *why) {
    struct fleet_gateway **v = ARENA_ARRAY(f->arena, struct fleet_gateway *, f->lines.n + 1);
    struct map names = map_new(f->arena);
    for (size_t i = 0; i < f->lines.n; i++) v[i] = &f->lines.v[i]->base;
    fleet_facts_name(f->arena, f->tree, v, f->lines.n);
    for (size_t i = 0; i < f->lines.n; i++) {
        bool is_new;
        struct fleet_gateway *g = &f->lines.v[i]->base;
        find_owner(f, f->lines.v[i]);
        map_put(&names, g->name, 1, &is_new);
        if (!is_new) {
            *why = str_format(f->arena,
                              "two gateways are called " STR_FMT
                              ": the same facts were given twice, or two Compose projects have a "
                              "service of this name",
                              STR_ARG(g->name));
            return NULL;
        }
    }
    *n = f->lines.n;
    return (const struct fleet_gateway *const *)v;
}
