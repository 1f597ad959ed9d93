#include "load/project.h"

#include "load/load.h"
#include "load/read.h"
#include "syntax/yaml.h"

struct project_reading {
    struct arena *arena;
    struct reading r;
    struct project *p;
};

static struct names read_names(struct project_reading *s, node_id list) {
    if (tree_is(s->r.tree, list, NODE_STRING)) {
        struct str *one = ARENA_NEW(s->arena, struct str);
        *one = tree_text(s->r.tree, list);
        return (struct names){one, 1};
    }
    if (!read_is(&s->r, list, NODE_ARRAY)) return (struct names){0};
    struct str *v = ARENA_ARRAY(s->arena, struct str, tree_node(s->r.tree, list)->n);
    size_t n = 0;
    for (TREE_EACH(s->r.tree, item, list))
        if (read_is(&s->r, item, NODE_STRING)) v[n++] = tree_text(s->r.tree, item);
    return (struct names){v, n};
}

static void read_gateway(struct project_reading *s, node_id n) {
    if (!read_is(&s->r, n, NODE_STRING)) return;
    s->p->gateway = tree_text(s->r.tree, n);
    if (!gateway_version_is_readable(s->p->gateway))
        diag_add(s->r.diags, SEVERITY_ERROR, "project", tree_span(s->r.tree, n),
                 "`gateway` must be a version such as \"2026.9.6\"");
}

static void read_env(struct project_reading *s, node_id n) {
    env_setting_read(&s->r, n, &s->p->env);
}

static void read_rules(struct project_reading *s, node_id n) {
    s->p->rules = read_names(s, n);
}
static void read_owners(struct project_reading *s, node_id n) {
    s->p->owners = read_names(s, n);
}

static void read_severities(struct project_reading *s, node_id n) {
    if (!read_is(&s->r, n, NODE_OBJECT)) return;
    for (TREE_EACH(s->r.tree, value, n)) {
        if (!read_is(&s->r, value, NODE_STRING)) continue;
        struct str name = tree_text(s->r.tree, value);
        struct severity_choice choice = {
            .rule = tree_key_text(s->r.tree, tree_node(s->r.tree, value)->key),
            .off = str_equal(name, STR("off")),
            .span = tree_span(s->r.tree, value)};
        bool known = choice.off;
        for (enum severity v = SEVERITY_INFO; v <= SEVERITY_CRITICAL; v++)
            if (str_equal(name, str_from(severity_name(v)))) {
                choice.severity = v;
                known = true;
            }
        if (known)
            ARRAY_PUSH(s->arena, s->p->severities) = choice;
        else
            diag_add(s->r.diags, SEVERITY_ERROR, "project", choice.span,
                     "a severity is critical, warn, info or off");
    }
}

static bool is_date(struct str s) {
    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-') return false;
    for (size_t i = 0; i < 10; i++)
        if (i != 4 && i != 7 && (s.p[i] < '0' || s.p[i] > '9')) return false;
    return true;
}

static void read_accepted(struct project_reading *s, node_id n) {
    struct accepted a = {.span = tree_span(s->r.tree, n)};
    for (TREE_EACH(s->r.tree, value, n)) {
        struct str key = tree_key_text(s->r.tree, tree_node(s->r.tree, value)->key);
        struct str *field = str_equal(key, STR("id"))       ? &a.id
                            : str_equal(key, STR("where"))  ? &a.where
                            : str_equal(key, STR("reason")) ? &a.reason
                            : str_equal(key, STR("until"))  ? &a.until
                                                            : NULL;
        if (!field)
            diag_add(s->r.diags, SEVERITY_ERROR, "project", tree_key_span(s->r.tree, value),
                     "a suppression has `id`, `where`, `reason` and `until`");
        else if (read_is(&s->r, value, NODE_STRING))
            *field = tree_text(s->r.tree, value);
    }
    if (!a.id.n)
        diag_add(s->r.diags, SEVERITY_ERROR, "project", a.span,
                 "a suppression needs the `id` of a rule");
    if (a.until.n && !is_date(a.until))
        diag_add(s->r.diags, SEVERITY_ERROR, "project", a.span,
                 "`until` is a date: \"2026-12-31\"");
    ARRAY_PUSH(s->arena, s->p->accepted) = a;
}

static void read_suppress(struct project_reading *s, node_id n) {
    if (!read_is(&s->r, n, NODE_ARRAY)) return;
    for (TREE_EACH(s->r.tree, item, n))
        if (read_is(&s->r, item, NODE_OBJECT)) read_accepted(s, item);
}

static void read_fleet(struct project_reading *s, node_id n) {
    fleet_block_read(&s->r, n, &s->p->fleet);
}

/* Each rule's are looked at when the rules are there. */
static void read_parameters(struct project_reading *s, node_id n) {
    if (!read_is(&s->r, n, NODE_OBJECT)) return;
    for (TREE_EACH(s->r.tree, rule, n))
        if (!read_is(&s->r, rule, NODE_OBJECT)) return;
    s->p->parameters = n;
}

static void read_tenants(struct project_reading *s, node_id n) {
    fleet_tenants_read(&s->r, n, &s->p->fleet);
}

static const struct {
    const char *key;
    void (*read)(struct project_reading *s, node_id n);
} keys[] = {
    {"gateway", read_gateway},       {"env", read_env},
    {"rules", read_rules},           {"severities", read_severities},
    {"parameters", read_parameters}, {"suppress", read_suppress},
    {"owners", read_owners},         {"fleet", read_fleet},
    {"tenants", read_tenants},
};

enum { KEYS = sizeof keys / sizeof *keys };

static void read_key(struct project_reading *s, node_id value) {
    struct str key = tree_key_text(s->r.tree, tree_node(s->r.tree, value)->key);
    const char *near = NULL;
    for (size_t i = 0; i < KEYS; i++) {
        struct str name = str_from(keys[i].key);
        if (str_equal(key, name)) {
            keys[i].read(s, value);
            return;
        }
        if (str_distance(key, name, 2) <= 2) near = keys[i].key;
    }
    diag_add(s->r.diags, SEVERITY_ERROR, "project", tree_key_span(s->r.tree, value),
             "unknown key `" STR_FMT "` in the project file%s%s%s", STR_ARG(key),
             near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
}

bool project_read(struct tree *t, uint32_t file, struct diags *d, struct project *p) {
    struct project_reading s = {.arena = t->arena, .r = {t, d}, .p = p};
    size_t before = d->errors;
    *p = (struct project){.file = file};
    node_id root = yaml_parse(t, file, d);
    if (!root) secrets_mark_broken(t->sources, file, true);
    if (root && tree_node(t, root)->kind != NODE_NULL && read_is(&s.r, root, NODE_OBJECT))
        for (TREE_EACH(t, value, root)) read_key(&s, value);
    return d->errors == before;
}
