/* Whether a policy document is written as the gateway wants it. */
#include "base/buf.h"
#include "load/policy_document/document.h"
#include "load/read.h"
#include "model/ids.h"

/* An object of the document that holds rules: the document itself, a section, or a scope. */
struct block {
    struct policy_document *d;
    node_id node;
    struct str target;
    struct str path; /* within the document or the scope: "sandbox.containers", "" */
    struct str section;
    bool scoped;
};

static struct str described(struct arena *a, const struct block *b, struct str key) {
    if (!b->path.n) return key;
    return str_format(a, STR_FMT "." STR_FMT, STR_ARG(b->path), STR_ARG(key));
}

static void add(const struct block *b, struct str target, node_id at, bool at_key,
                const struct policy_rule *rule, struct str message) {
    policy_problem_add(b->d, (struct policy_problem){.target = target,
                                                     .message = message,
                                                     .at = at,
                                                     .at_key = at_key,
                                                     .section = b->section,
                                                     .rule = rule});
}

static struct str of_wrong_kind(const struct policy_document *d, struct str name, node_id n,
                                const char *wanted) {
    return str_format(d->arena, "`" STR_FMT "` must be %s, but this is %s", STR_ARG(name), wanted,
                      read_kind_name((enum node_kind)tree_node(d->tree, n)->kind));
}

/* ---- values ------------------------------------------------------------------------------------
 */

static struct str joined(struct arena *a, struct names names) {
    struct buf b = buf_new(a);
    for (size_t i = 0; i < names.n; i++) {
        if (i) buf_add(&b, STR(", "));
        buf_add(&b, names.v[i]);
    }
    return buf_str(&b);
}

static bool is_allowed(const struct policy_document *d, const struct policy_rule *rule,
                       struct str written) {
    struct str text = rule->letters == POLICY_RAW     ? written
                      : rule->letters == POLICY_LOWER ? ids_token(d->arena, written)
                                                      : ids_trim(written);
    return text.n && (!rule->from.n || names_have(rule->from, text));
}

static void check_list(const struct block *b, const struct policy_rule *rule, node_id n,
                       struct str target) {
    struct policy_document *d = b->d;
    size_t i = 0;
    if (!tree_is(d->tree, n, NODE_ARRAY)) {
        add(b, target, n, false, rule, of_wrong_kind(d, rule->path, n, "an array"));
        return;
    }
    for (TREE_EACH(d->tree, item, n)) {
        struct str at = policy_path_item(d->arena, target, i++);
        if (tree_is(d->tree, item, NODE_STRING) && is_allowed(d, rule, tree_text(d->tree, item)))
            continue;
        add(b, at, item, false, rule,
            rule->from.n ? str_format(d->arena, "`" STR_FMT "` may hold " STR_FMT,
                                      STR_ARG(rule->path), STR_ARG(joined(d->arena, rule->from)))
                         : str_format(d->arena, "`" STR_FMT "` holds texts that are not blank",
                                      STR_ARG(rule->path)));
    }
}

static void check_text(const struct block *b, const struct policy_rule *rule, node_id n,
                       struct str target) {
    struct policy_document *d = b->d;
    if (tree_is(d->tree, n, NODE_STRING) && is_allowed(d, rule, tree_text(d->tree, n))) return;
    add(b, target, n, false, rule,
        str_format(d->arena, "`" STR_FMT "` must be one of " STR_FMT, STR_ARG(rule->path),
                   STR_ARG(joined(d->arena, rule->from))));
}

static void check_value(const struct block *b, const struct policy_rule *rule, node_id n,
                        struct str target) {
    switch (rule->value) {
    case POLICY_LIST: check_list(b, rule, n, target); break;
    case POLICY_TEXT: check_text(b, rule, n, target); break;
    case POLICY_TRUE:
    case POLICY_FALSE:
        if (!tree_is(b->d->tree, n, NODE_BOOL))
            add(b, target, n, false, rule, of_wrong_kind(b->d, rule->path, n, "true or false"));
        break;
    case POLICY_DENY_RULES: policy_check_deny_rules(b->d, rule, n); break;
    case POLICY_PROBES: policy_check_probes(b->d, rule, n); break;
    case POLICY_PATTERNS: policy_check_patterns(b->d, rule, n, target); break;
    }
}

/* ---- keys --------------------------------------------------------------------------------------
 */

static bool may_stand(const struct block *b, const struct policy_rule *rule) {
    return !b->scoped || rule->scope != POLICY_GLOBAL;
}

static bool is_inside(struct str path, struct str outer) {
    return path.n > outer.n && str_starts(path, outer) && path.p[outer.n] == '.';
}

/* Whether some rule lies below this path. */
static bool is_section(const struct block *b, struct str path) {
    const struct policy_format *f = b->d->format;
    for (size_t i = 0; i < f->n_rules; i++)
        if (may_stand(b, &f->rules[i]) && is_inside(f->rules[i].path, path)) return true;
    return false;
}

/* The key here that was probably meant; empty when none is near. */
static struct str key_meant(const struct block *b, struct str key) {
    const struct policy_format *f = b->d->format;
    size_t best = 3, from = b->path.n ? b->path.n + 1 : 0;
    struct str meant = STR("");
    for (size_t i = 0; i < f->n_rules; i++) {
        struct str path = f->rules[i].path;
        if (!may_stand(b, &f->rules[i]) || (from && !is_inside(path, b->path))) continue;
        struct str known = str_slice(path, from, str_find(path, STR("."), from));
        size_t distance = str_distance(key, known, 2);
        if (distance >= best) continue;
        best = distance;
        meant = known;
    }
    return meant;
}

static void refuse_key(const struct block *b, struct str key, node_id value, struct str target) {
    struct arena *a = b->d->arena;
    struct str meant = key_meant(b, key);
    const char *whole = b->scoped ? "a policy's scope" : "a policy document";
    struct str where =
        b->path.n ? str_format(a, "`" STR_FMT "` of %s", STR_ARG(b->path), whole) : str_from(whole);
    struct str message =
        meant.n ? str_format(a, STR_FMT " has no key `" STR_FMT "`; did you mean `" STR_FMT "`?",
                             STR_ARG(where), STR_ARG(key), STR_ARG(meant))
                : str_format(a, STR_FMT " has no key `" STR_FMT "`", STR_ARG(where), STR_ARG(key));
    add(b, target, value, true, NULL, message);
}

static void check_block(const struct block *b);

static void check_member(const struct block *b, struct str key, node_id value) {
    struct policy_document *d = b->d;
    struct str path = described(d->arena, b, key), target = policy_path(d->arena, b->target, key);
    const struct policy_rule *rule = policy_rule_find(d->format, path);
    struct block inner = *b;
    inner.node = value;
    inner.path = path;
    inner.target = target;
    if (!b->scoped && !b->path.n) inner.section = key;
    if (rule && may_stand(b, rule))
        check_value(&inner, rule, value, target);
    else if (!is_section(b, path))
        refuse_key(b, key, value, target);
    else if (!tree_is(d->tree, value, NODE_OBJECT))
        add(&inner, target, value, false, NULL, of_wrong_kind(d, path, value, "an object"));
    else
        check_block(&inner);
}

/* As deep as the paths of rules, no deeper. */
static void check_block(const struct block *b) {
    const struct tree *t = b->d->tree;
    for (TREE_EACH(t, value, b->node)) {
        struct str key = tree_key_text(t, tree_node(t, value)->key);
        bool apart = !b->path.n && (b->scoped ? str_equal(key, STR("agentIds")) ||
                                                    str_equal(key, STR("channelIds"))
                                              : str_equal(key, STR("scopes")));
        if (!apart) check_member(b, key, value);
    }
}

/* ---- scopes ------------------------------------------------------------------------------------
 */

static struct str selector(const struct block *b, struct str written, bool agents) {
    return agents ? ids_agent(b->d->arena, written) : ids_token(b->d->arena, written);
}

static struct names check_selector(const struct block *b, const char *key, bool agents) {
    struct policy_document *d = b->d;
    struct str name = str_from(key), target = policy_path(d->arena, b->target, name);
    node_id n = tree_member(d->tree, b->node, name);
    struct map seen = map_new(d->arena);
    size_t i = 0, count = 0;
    if (!n) return (struct names){NULL, 0};
    if (!tree_is(d->tree, n, NODE_ARRAY)) {
        add(b, target, n, false, NULL, of_wrong_kind(d, name, n, "an array"));
        return (struct names){NULL, 0};
    }
    if (!tree_node(d->tree, n)->n)
        add(b, target, n, false, NULL, str_format(d->arena, "`%s` must name somebody", key));
    struct str *v = ARENA_ARRAY(d->arena, struct str, tree_node(d->tree, n)->n);
    for (TREE_EACH(d->tree, item, n)) {
        struct str at = policy_path_item(d->arena, target, i++), text = tree_text(d->tree, item);
        bool is_new = true;
        if (!ids_trim(text).n) {
            add(b, at, item, false, NULL,
                str_format(d->arena, "`%s` holds ids that are not blank", key));
            continue;
        }
        v[count] = selector(b, text, agents);
        map_put(&seen, v[count], 1, &is_new);
        if (is_new)
            count++;
        else
            add(b, at, item, false, NULL, str_format(d->arena, "`%s` names it twice", key));
    }
    return (struct names){v, count};
}

static void check_selectors(const struct block *b, struct policy_overlay *o) {
    static const char *const for_agents[] = {"agents", "dataHandling", "execApprovals", "tools",
                                             "sandbox"};
    const struct tree *t = b->d->tree;
    node_id agents = tree_member(t, b->node, STR("agentIds"));
    node_id channels = tree_member(t, b->node, STR("channelIds"));
    node_id ingress = tree_member(t, b->node, STR("ingress")), first = 0;
    if (!agents && !channels)
        add(b, b->target, b->node, true, NULL,
            STR("a policy's scope must say for whom it is: `agentIds` or `channelIds`"));
    o->agents = check_selector(b, "agentIds", true);
    o->channels = check_selector(b, "channelIds", false);
    if (ingress && !channels)
        add(b, policy_path(b->d->arena, b->target, STR("ingress")), ingress, true, NULL,
            STR("a scope with `ingress` must name channels: `channelIds`"));
    for (size_t i = 0; i < sizeof for_agents / sizeof *for_agents && !first; i++)
        first = tree_member(t, b->node, str_from(for_agents[i]));
    if (first && !agents && channels)
        add(b, b->target, first, true, NULL, STR("a scope with this must name agents: `agentIds`"));
}

static void check_scopes(struct policy_document *d, node_id scopes) {
    struct str root = str_format(d->arena, "oc://" STR_FMT "/scopes", STR_ARG(d->name));
    struct block b = {.d = d, .target = root, .section = STR("scopes"), .scoped = true};
    if (!scopes) return;
    if (!tree_is(d->tree, scopes, NODE_OBJECT)) {
        add(&b, root, scopes, false, NULL, of_wrong_kind(d, STR("scopes"), scopes, "an object"));
        return;
    }
    for (TREE_EACH(d->tree, overlay, scopes)) {
        struct policy_overlay o = {tree_key_text(d->tree, tree_node(d->tree, overlay)->key),
                                   overlay,
                                   {NULL, 0},
                                   {NULL, 0}};
        b.node = overlay;
        b.target = policy_path(d->arena, root, o.name);
        if (!tree_is(d->tree, overlay, NODE_OBJECT)) {
            add(&b, b.target, overlay, false, NULL, of_wrong_kind(d, o.name, overlay, "an object"));
            continue;
        }
        check_selectors(&b, &o);
        check_block(&b);
        ARRAY_PUSH(d->arena, d->overlays) = o;
    }
}

void policy_check_shape(struct policy_document *d) {
    struct block b = {.d = d,
                      .node = d->root,
                      .target = str_concat(d->arena, STR("oc://"), d->name),
                      .section = STR("")};
    check_block(&b);
    check_scopes(d, tree_member(d->tree, d->root, STR("scopes")));
}
