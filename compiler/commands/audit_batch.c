/* clawc audit --batch: configs with their environment in, one a line; what the gateway's own audit
 * would report out. */
#include "commands/audit_batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "commands/conditions.h"
#include "commands/queries.h"
#include "syntax/json5.h"

struct batch {
    struct run *run;
    struct rules rules;
};

struct answer {
    struct run run; /* of this line alone */
    const struct report *report;
    struct str version; /* the gateway's */
    struct buf *out;
};

/* The conditions under which the answers were recorded (testdata/vectors/README.md). */
static const struct str linked[] = {{"whatsapp", 8}};
static const struct str plugins[] = {
    {"telegram", 8}, {"whatsapp", 8}, {"discord", 7}, {"slack", 5}};

static void read_environment(struct answer *s, const struct tree *t, node_id env) {
    s->run.env = environment_new(s->run.arena);
    s->run.env->complete = true;
    for (TREE_EACH(t, value, env))
        if (tree_is(t, value, NODE_STRING))
            environment_set(s->run.env, tree_key_text(t, tree_node(t, value)->key),
                            tree_text(t, value));
    s->run.conditions.home = environment_get(s->run.env, STR("HOME"));
}

static void read_conditions(struct answer *s, const struct tree *t, node_id line) {
    node_id store = tree_member(t, line, STR("pairingStore"));
    struct conditions *c = &s->run.conditions;
    *c = (struct conditions){.linked = {linked, sizeof linked / sizeof *linked},
                             .linked_known = true,
                             .pairing_known = true,
                             .plugins = {plugins, sizeof plugins / sizeof *plugins},
                             .plugins_known = true};
    if (store) (void)conditions_read_pairing(c, t, store);
    read_environment(s, t, tree_member(t, line, STR("env")));
}

/* The config is a part of the line; it is read as the file that it stands for. */
static uint32_t add_config(struct answer *s, struct str line, struct span span) {
    size_t n = span.end - span.start;
    char *text = arena_zalloc(s->run.arena, n + SOURCE_PADDING, 1);
    memcpy(text, line.p + span.start, n);
    return source_add(s->run.sources, STR("config"), (struct str){text, n});
}

static bool audit(struct answer *s, const struct batch *b, uint32_t file) {
    struct run *run = &s->run;
    struct loaded *loaded = ARENA_NEW(run->arena, struct loaded);
    run_load_file(run, file, "-", loaded);
    if (!loaded->root) return false;
    struct audited what = {0};
    struct gate gate;
    ARRAY_PUSH(run->arena, what.files) = loaded;
    ARRAY_PUSH(run->arena, what.models) = run_model(run, "-", loaded);
    s->version = loaded->gateway->version;
    s->report = gate_parse(NULL, &gate) ? run_audit(run, &b->rules, &gate, &what, true) : NULL;
    return s->report != NULL;
}

/* ---- answers -----------------------------------------------------------------------------------
 */

struct found {
    struct str id, severity;
};

static int by_id(const void *left, const void *right) {
    const struct found *a = left, *b = right;
    int order = str_compare(a->id, b->id);
    return order ? order : str_compare(a->severity, b->severity);
}

/* What the gateway's own audit of this version reports, too, sorted. */
static size_t in_catalogue(const struct answer *s, const struct finding *list, size_t n,
                           struct found *out) {
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        const struct version_range *range = &list[i].rule->gateway_audit;
        if (range->set && version_in(range, s->version))
            out[found++] = (struct found){list[i].id, str_from(severity_name(list[i].severity))};
    }
    if (found) qsort(out, found, sizeof *out, by_id);
    return found;
}

static void add_findings(struct answer *s) {
    const struct report *r = s->report;
    struct found *list = ARENA_ARRAY(s->run.arena, struct found, r->findings.n);
    size_t n = in_catalogue(s, r->findings.v, r->findings.n, list);
    buf_add(s->out, STR(",\"findings\":["));
    for (size_t i = 0; i < n; i++) {
        buf_add(s->out, i ? STR(",{\"checkId\":") : STR("{\"checkId\":"));
        json_add_string(s->out, list[i].id);
        buf_add(s->out, STR(",\"severity\":"));
        json_add_string(s->out, list[i].severity);
        buf_add_char(s->out, '}');
    }
    buf_add_char(s->out, ']');
}

/* Only what the gateway's own suppressions hide: others are nothing that it knows of. */
static void add_suppressed(struct answer *s) {
    const struct report *r = s->report;
    struct found *list = ARENA_ARRAY(s->run.arena, struct found, r->suppressed.n);
    struct finding *own = ARENA_ARRAY(s->run.arena, struct finding, r->suppressed.n);
    size_t n_own = 0;
    for (size_t i = 0; i < r->suppressed.n; i++)
        if (r->suppressed.v[i].suppressed_by_gateway) own[n_own++] = r->suppressed.v[i];
    size_t n = in_catalogue(s, own, n_own, list);
    buf_add(s->out, STR(",\"suppressed\":["));
    for (size_t i = 0; i < n; i++) {
        if (i) buf_add_char(s->out, ',');
        json_add_string(s->out, list[i].id);
    }
    buf_add_char(s->out, ']');
}

static void add_error(struct buf *out, struct str message) {
    buf_add(out, STR("\"error\":"));
    json_add_string(out, message);
    buf_add_char(out, '}');
}

static void answer_config(struct answer *s, const struct batch *b, struct str line,
                          const struct tree *t, node_id root) {
    node_id config = tree_member(t, root, STR("config"));
    buf_add(s->out, STR("{\"id\":"));
    json_add_string(s->out, tree_text(t, tree_member(t, root, STR("id"))));
    if (!tree_is(t, config, NODE_OBJECT)) {
        buf_add_char(s->out, ',');
        add_error(s->out, STR("the line has no object `config`"));
        return;
    }
    read_conditions(s, t, root);
    if (!audit(s, b, add_config(s, line, tree_span(t, config)))) {
        buf_add_char(s->out, ',');
        add_error(s->out, STR("the config cannot be loaded"));
        return;
    }
    add_findings(s);
    add_suppressed(s);
    buf_add_char(s->out, '}');
}

static void answer_line(void *user, struct arena *scratch, struct str line, struct buf *out) {
    const struct batch *b = user;
    struct tree *t = tree_new(scratch, sources_new(scratch));
    struct json5_result read = json5_parse_text(t, line);
    if (!read.ok) {
        buf_add_char(out, '{');
        add_error(out, read.gateway_message);
        return;
    }
    struct answer s = {.run = *b->run, .out = out};
    s.run.arena = scratch;
    s.run.sources = sources_new(scratch);
    s.run.tree = tree_new(scratch, s.run.sources);
    s.run.diags = diags_new(scratch);
    s.run.has_project = false;
    answer_config(&s, b, line, t, read.root);
}

enum exit_code audit_batch(struct run *run) {
    struct batch b = {.run = run};
    if (!run_rules(run, &b.rules)) return EXIT_CONFIG;
    struct query_stream stream = {stdin, stdout, &b, answer_line};
    bool ok = query_stream_run(&stream);
    return run_flush(stdout, ok ? EXIT_FINE : EXIT_MACHINE);
}
