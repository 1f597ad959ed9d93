/* Scopes of a policy document add to what it asks of all; they may not ask for less. */
#include "analysis/conformance.h"
#include "model/ids.h"

struct comparing {
    struct policy_document *d;
    const struct gateway_data *gateway;
    const struct policy_rule *rule;
    size_t work;
};

static bool has_all(struct comparing *c, struct names set, struct names wanted) {
    struct map has = map_new(c->d->arena);
    c->work += set.n + wanted.n;
    for (size_t i = 0; i < set.n; i++) map_put(&has, set.v[i], 1, NULL);
    for (size_t i = 0; i < wanted.n; i++)
        if (!map_get(&has, wanted.v[i])) return false;
    return true;
}

/* A shorter list of what is allowed is stricter, but an empty one allows everything. */
static bool allows_less(struct comparing *c, struct names candidate, struct names baseline) {
    if (!baseline.n) return true;
    return candidate.n && has_all(c, baseline, candidate);
}

static bool denies_more(struct comparing *c, struct names candidate, struct names baseline) {
    if (!str_equal(c->rule->path, STR("tools.denyTools"))) return has_all(c, candidate, baseline);
    struct arena *a = c->d->arena;
    struct names tools = policy_tools_expand(a, c->gateway, baseline);
    struct denied_tools denied = denied_tools_new(a, c->gateway, candidate);
    c->work += tools.n * candidate.n;
    for (size_t i = 0; i < tools.n; i++)
        if (!denied_tools_have(&denied, tools.v[i])) return false;
    return true;
}

/* Texts of what is expected in an approvals list: a pattern and what its arguments match. */
static struct names patterns(struct comparing *c, node_id list) {
    const struct tree *t = c->d->tree;
    struct str *v = ARENA_ARRAY(c->d->arena, struct str, list ? tree_node(t, list)->n : 0);
    size_t n = 0;
    for (TREE_EACH(t, item, list)) {
        node_id pattern =
            tree_is(t, item, NODE_OBJECT) ? tree_member(t, item, STR("pattern")) : item;
        struct str argument = ids_trim(tree_text(t, tree_member(t, item, STR("argPattern"))));
        struct str text = ids_trim(tree_text(t, pattern));
        v[n++] = str_format(c->d->arena, STR_FMT "\n" STR_FMT, STR_ARG(text), STR_ARG(argument));
    }
    return (struct names){v, n};
}

static bool same_list(struct comparing *c, struct names a, struct names b) {
    return a.n == b.n && has_all(c, a, b) && has_all(c, b, a);
}

static bool flag_keeps(const struct comparing *c, node_id candidate, node_id baseline) {
    const struct tree *t = c->d->tree;
    bool asks = c->rule->value == POLICY_TRUE;
    bool base = tree_is(t, baseline, NODE_BOOL) && tree_node(t, baseline)->u.boolean == asks;
    bool has = tree_is(t, candidate, NODE_BOOL) && tree_node(t, candidate)->u.boolean == asks;
    return !base || has;
}

static bool is_at_least_as_strict(struct comparing *c, node_id candidate, node_id baseline) {
    const struct policy_document *d = c->d;
    if (c->rule->value == POLICY_TRUE || c->rule->value == POLICY_FALSE)
        return flag_keeps(c, candidate, baseline);
    if (!tree_is(d->tree, candidate, NODE_ARRAY) || !tree_is(d->tree, baseline, NODE_ARRAY))
        return false;
    if (c->rule->value == POLICY_PATTERNS)
        return same_list(c, patterns(c, candidate), patterns(c, baseline));
    struct names ours = policy_list(d->arena, d, c->rule, candidate);
    struct names theirs = policy_list(d->arena, d, c->rule, baseline);
    switch (c->rule->when) {
    case POLICY_UNEQUAL: return same_list(c, ours, theirs);
    case POLICY_UNDENIED: return denies_more(c, ours, theirs);
    default: return allows_less(c, ours, theirs);
    }
}

static void add(struct comparing *c, const struct policy_overlay *o, node_id value,
                struct str message) {
    struct str target = str_format(c->d->arena, "oc://" STR_FMT "/scopes", STR_ARG(c->d->name));
    target = policy_path(c->d->arena, target, o->name);
    for (size_t i = 0; i < c->rule->parts.n; i++)
        target = policy_path(c->d->arena, target, c->rule->parts.v[i]);
    policy_problem_add(c->d, (struct policy_problem){.target = target,
                                                     .message = message,
                                                     .at = value,
                                                     .section = STR("scopes"),
                                                     .rule = c->rule});
}

/* For each agent or channel the last scope that has the rule: a later one must be as strict. A
 * comparison with the same earlier scope is not made again. */
static void compare_with_earlier(struct comparing *c, struct map *last, size_t number,
                                 struct names selected, node_id value) {
    struct policy_document *d = c->d;
    size_t compared = SIZE_MAX;
    for (size_t i = 0; i < selected.n; i++) {
        uint32_t *earlier = map_put(last, selected.v[i], (uint32_t)number, NULL);
        const struct policy_overlay *o = &d->overlays.v[*earlier];
        if (*earlier == number || *earlier == compared || c->work > CONFORMANCE_WORK_MAX) continue;
        compared = *earlier;
        *earlier = (uint32_t)number;
        if (is_at_least_as_strict(c, value, policy_value_of(d, o->node, c->rule))) continue;
        add(c, &d->overlays.v[number], value,
            str_format(d->arena,
                       "scope `" STR_FMT "` asks for less of `" STR_FMT "` than scope `" STR_FMT
                       "` before it",
                       STR_ARG(d->overlays.v[number].name), STR_ARG(selected.v[i]),
                       STR_ARG(o->name)));
        return;
    }
}

static void compare_rule(struct comparing *c) {
    struct policy_document *d = c->d;
    node_id top = policy_value_of(d, d->root, c->rule);
    struct map last = map_new(d->arena);
    for (size_t i = 0; i < d->overlays.n; i++) {
        const struct policy_overlay *o = &d->overlays.v[i];
        node_id value = policy_value_of(d, o->node, c->rule);
        if (!value) continue;
        if (top && !is_at_least_as_strict(c, value, top))
            add(c, o, value,
                str_format(d->arena,
                           "scope `" STR_FMT
                           "` asks for less than the policy does of all: `" STR_FMT "`",
                           STR_ARG(o->name), STR_ARG(c->rule->path)));
        else
            compare_with_earlier(c, &last, i,
                                 c->rule->scope == POLICY_AGENTS ? o->agents : o->channels, value);
    }
}

void policy_compare_scopes(struct policy_document *d, const struct gateway_data *g) {
    struct comparing c = {.d = d, .gateway = g};
    if (!d->root || d->scopes_broken || !d->overlays.n) return;
    for (size_t i = 0; i < d->format->n_rules; i++) {
        c.rule = &d->format->rules[i];
        if (c.rule->scope != POLICY_GLOBAL) compare_rule(&c);
    }
}
