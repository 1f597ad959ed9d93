#include "load/policy_document/format.h"

#include "base/arena.h"

/* The data is built in and checked by the tests, so no errors are expected. */
struct reader {
    struct arena *arena;
    const struct tree *tree;
};

static node_id member(const struct reader *r, node_id object, const char *key) {
    return tree_member(r->tree, object, str_from(key));
}

static struct str text(const struct reader *r, node_id object, const char *key) {
    return tree_text(r->tree, member(r, object, key));
}

/* A list of texts, or a single text as a list of one. */
static struct names names_of(const struct reader *r, node_id n) {
    bool single = tree_is(r->tree, n, NODE_STRING);
    size_t count = !n ? 0 : single ? 1 : tree_node(r->tree, n)->n, i = 0;
    struct str *v = ARENA_ARRAY(r->arena, struct str, count);
    if (single) v[0] = tree_text(r->tree, n);
    for (TREE_EACH(r->tree, child, single ? 0 : n)) v[i++] = tree_text(r->tree, child);
    return (struct names){v, count};
}

static struct names list(const struct reader *r, node_id object, const char *key) {
    return names_of(r, member(r, object, key));
}

static struct name_map map(const struct reader *r, node_id object, const char *key) {
    node_id n = member(r, object, key);
    size_t count = n ? tree_node(r->tree, n)->n : 0, i = 0;
    struct str *keys = ARENA_ARRAY(r->arena, struct str, count);
    struct names *values = ARENA_ARRAY(r->arena, struct names, count);
    for (TREE_EACH(r->tree, child, n)) {
        keys[i] = tree_key_text(r->tree, tree_node(r->tree, child)->key);
        values[i++] = names_of(r, child);
    }
    return (struct name_map){keys, values, count};
}

/* The number of a word among others; 0 when it is none of them. */
static unsigned word(struct str given, const char *const *words) {
    for (unsigned i = 0; words[i]; i++)
        if (str_equal(given, str_from(words[i]))) return i;
    return 0;
}

static struct names parts_of(const struct reader *r, struct str path) {
    enum { PARTS_MAX = 8 };
    struct str *v = ARENA_ARRAY(r->arena, struct str, PARTS_MAX);
    size_t n = 0, from = 0;
    while (n < PARTS_MAX && from <= path.n) {
        size_t dot = str_find(path, STR("."), from);
        if (dot == SIZE_MAX) dot = path.n;
        v[n++] = str_slice(path, from, dot);
        from = dot + 1;
    }
    return (struct names){v, n};
}

static enum policy_value value_of(const struct reader *r, node_id row) {
    static const char *const words[] = {"list",       "text",   "",         "",
                                        "deny_rules", "probes", "patterns", NULL};
    node_id n = member(r, row, "value");
    if (tree_is(r->tree, n, NODE_BOOL))
        return tree_node(r->tree, n)->u.boolean ? POLICY_TRUE : POLICY_FALSE;
    return (enum policy_value)word(tree_text(r->tree, n), words);
}

static struct policy_rule read_rule(const struct reader *r, node_id row) {
    static const char *const letters[] = {"", "raw", "lower", NULL};
    static const char *const scopes[] = {"", "agents", "channels", NULL};
    static const char *const whens[] = {"",        "listed",   "unlisted", "differs", "flagged",
                                        "missing", "undenied", "unequal",  "lacked",  NULL};
    struct str path = tree_key_text(r->tree, tree_node(r->tree, row)->key);
    return (struct policy_rule){.path = path,
                                .parts = parts_of(r, path),
                                .from = list(r, row, "from"),
                                .checks = list(r, row, "checks"),
                                .sees = text(r, row, "sees"),
                                .except = text(r, row, "except"),
                                .needs = text(r, row, "needs"),
                                .value = value_of(r, row),
                                .letters =
                                    (enum policy_letters)word(text(r, row, "letters"), letters),
                                .scope = (enum policy_scope)word(text(r, row, "scope"), scopes),
                                .when = (enum policy_when)word(text(r, row, "when"), whens),
                                .exact = member(r, row, "exact") != 0};
}

static void read_rules(const struct reader *r, node_id rows, struct policy_format *f) {
    struct policy_rule *v = ARENA_ARRAY(r->arena, struct policy_rule, tree_node(r->tree, rows)->n);
    for (TREE_EACH(r->tree, row, rows)) v[f->n_rules++] = read_rule(r, row);
    f->rules = v;
}

const struct policy_format *policy_format_of(struct arena *a, const struct gateway_data *g) {
    if (!g->policy) return NULL;
    struct reader r = {a, g->data};
    struct policy_format *f = ARENA_NEW(a, struct policy_format);
    f->version = g->version;
    read_rules(&r, member(&r, g->policy, "rules"), f);
    f->whole_sections = list(&r, g->policy, "whole_sections");
    f->value_sections = list(&r, g->policy, "value_sections");
    f->reserved_channels = list(&r, g->policy, "reserved_channels");
    f->listed_groups = list(&r, g->policy, "listed_groups");
    f->unmentioned = list(&r, g->policy, "unmentioned");
    f->group_blocks = list(&r, g->policy, "group_blocks");
    f->inner_groups = list(&r, g->policy, "inner_groups");
    f->own_login = map(&r, g->policy, "own_login");
    f->private_network = list(&r, g->policy, "private_network");
    f->exec_modes = map(&r, g->policy, "exec_modes");
    f->container_backends = list(&r, g->policy, "container_backends");
    f->runtime_sockets = list(&r, g->policy, "runtime_sockets");
    f->captured = list(&r, g->policy, "captured");
    f->browser_network = text(&r, g->policy, "browser_network");
    node_id secrets = member(&r, g->policy, "secrets");
    f->secret_keys = list(&r, secrets, "keys");
    f->secret_endings = list(&r, secrets, "endings");
    f->secret_variables = list(&r, secrets, "variables");
    f->secret_paths = list(&r, secrets, "paths");
    f->secret_requests = list(&r, secrets, "requests");
    f->secrets_in_requests = list(&r, secrets, "in_requests");
    return f;
}

const struct policy_format *policy_format_newest(struct arena *a, const struct gateways *g) {
    for (size_t i = g->n; i > 0; i--)
        if (g->v[i - 1].policy) return policy_format_of(a, &g->v[i - 1]);
    return NULL;
}

const struct policy_rule *policy_rule_find(const struct policy_format *f, struct str path) {
    for (size_t i = 0; i < f->n_rules; i++)
        if (str_equal(f->rules[i].path, path)) return &f->rules[i];
    return NULL;
}

struct str policy_section(const struct policy_rule *rule) {
    return rule->parts.v[0];
}
