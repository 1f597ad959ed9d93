/* The shapes of what a policy document says of channels, routes and approvals. */
#include "load/policy_document/document.h"
#include "model/ids.h"
#include "model/routing.h"

struct item {
    struct policy_document *d;
    const struct policy_rule *rule;
    node_id node;
    struct str target;
};

static node_id member(const struct item *i, const char *key) {
    return tree_member(i->d->tree, i->node, str_from(key));
}

static void add(const struct item *i, struct str target, node_id at, bool at_key,
                const char *message) {
    policy_problem_add(i->d, (struct policy_problem){.target = target,
                                                     .message = str_from(message),
                                                     .at = at,
                                                     .at_key = at_key,
                                                     .section = policy_section(i->rule),
                                                     .rule = i->rule});
}

static struct item inside(const struct item *i, const char *key) {
    return (struct item){i->d, i->rule, member(i, key),
                         policy_path(i->d->arena, i->target, str_from(key))};
}

/* False after a problem: some key is none of the known ones (ended by NULL). */
static bool has_only(const struct item *i, const char *const *known, const char *message) {
    for (TREE_EACH(i->d->tree, value, i->node)) {
        struct str key = tree_key_text(i->d->tree, tree_node(i->d->tree, value)->key);
        bool found = false;
        for (size_t k = 0; known[k]; k++) found = found || str_equal(key, str_from(known[k]));
        if (found) continue;
        add(i, policy_path(i->d->arena, i->target, key), value, true, message);
        return false;
    }
    return true;
}

static bool is_object(const struct item *i) {
    return tree_is(i->d->tree, i->node, NODE_OBJECT);
}

static bool is_text(const struct item *i, node_id n) {
    return tree_is(i->d->tree, n, NODE_STRING);
}

/* A text with more than blanks in it. */
static bool is_filled(const struct item *i, node_id n) {
    return ids_trim(tree_text(i->d->tree, n)).n > 0;
}

/* Calls `check` for every element; the path of the list is that of its rule. */
static void check_items(struct policy_document *d, const struct policy_rule *rule, node_id n,
                        struct str target, const char *message,
                        void (*check)(const struct item *i)) {
    struct item list = {d, rule, n, target};
    size_t index = 0;
    if (!tree_is(d->tree, n, NODE_ARRAY)) {
        add(&list, target, n, false, message);
        return;
    }
    for (TREE_EACH(d->tree, element, n)) {
        struct item i = {d, rule, element, policy_path_item(d->arena, target, index++)};
        check(&i);
    }
}

static struct str target_of(const struct policy_document *d, const struct policy_rule *rule) {
    struct str target = str_concat(d->arena, STR("oc://"), d->name);
    for (size_t i = 0; i < rule->parts.n; i++)
        target = policy_path(d->arena, target, rule->parts.v[i]);
    return target;
}

/* ---- channels ----------------------------------------------------------------------------------
 */

static void check_deny_rule(const struct item *i) {
    static const char *const keys[] = {"id", "reason", "when", NULL};
    static const char *const when_keys[] = {"provider", NULL};
    static const char no_key[] = "a channel deny rule has `id`, `when.provider` and `reason` only";
    struct item when = inside(i, "when");
    if (is_object(i)) {
        if (!has_only(i, keys, no_key)) return;
        if (is_object(&when) && !has_only(&when, when_keys, no_key)) return;
    }
    node_id id = member(i, "id"), reason = member(i, "reason");
    bool fits = is_object(i) && (!id || is_text(i, id)) && (!reason || is_text(i, reason)) &&
                is_object(&when) && is_text(i, member(&when, "provider"));
    if (!fits)
        add(i, i->target, i->node, false,
            "a channel deny rule must have `when.provider`; it, `id` and `reason` are texts");
}

void policy_check_deny_rules(struct policy_document *d, const struct policy_rule *rule, node_id n) {
    check_items(d, rule, n, target_of(d, rule), "`channels.denyRules` must be an array",
                check_deny_rule);
}

/* ---- probes ------------------------------------------------------------------------------------
 */

static bool check_filled(const struct item *i, const char *key, bool required,
                         const char *message) {
    node_id n = member(i, key);
    if (n ? is_filled(i, n) : !required) return true;
    add(i, policy_path(i->d->arena, i->target, str_from(key)), n ? n : i->node, false, message);
    return false;
}

static void check_peer(const struct item *route, const char *key) {
    static const char *const keys[] = {"id", "kind", NULL};
    struct item peer = inside(route, key);
    if (!peer.node) return;
    if (!is_object(&peer)) {
        add(&peer, peer.target, peer.node, false, "a probe's peer must be an object");
        return;
    }
    if (!has_only(&peer, keys, "a probe's peer has `kind` and `id` only")) return;
    struct str kind = tree_text(route->d->tree, member(&peer, "kind"));
    bool known = str_equal(kind, STR("direct")) || str_equal(kind, STR("group")) ||
                 str_equal(kind, STR("channel"));
    if (!known)
        add(&peer, policy_path(route->d->arena, peer.target, STR("kind")),
            member(&peer, "kind") ? member(&peer, "kind") : peer.node, false,
            "a probe's peer has the kind direct, group or channel");
    check_filled(&peer, "id", true, "a probe's peer has an `id`, a text");
}

/* Distinct texts of which none is blank. */
static bool is_set(const struct item *i, node_id n) {
    if (!tree_is(i->d->tree, n, NODE_ARRAY) || !tree_node(i->d->tree, n)->n) return false;
    struct map seen = map_new(i->d->arena);
    for (TREE_EACH(i->d->tree, item, n)) {
        bool is_new = false;
        struct str text = ids_trim(tree_text(i->d->tree, item));
        map_put(&seen, text, 1, &is_new);
        if (!text.n || !is_new) return false;
    }
    return true;
}

static void check_route(const struct item *probe) {
    static const char *const keys[] = {"accountId",  "channel", "guildId", "memberRoleIds",
                                       "parentPeer", "peer",    "teamId",  NULL};
    struct item route = inside(probe, "route");
    if (!is_object(&route)) {
        add(&route, route.target, route.node ? route.node : probe->node, false,
            "a probe has a `route`, an object");
        return;
    }
    if (!has_only(&route, keys,
                  "a probe's route has channel, accountId, peer, parentPeer, guildId, teamId and "
                  "memberRoleIds only"))
        return;
    check_filled(&route, "channel", true, "a probe's route has a `channel`, a text");
    for (size_t i = 0; i < 3; i++) {
        static const char *const names[] = {"accountId", "guildId", "teamId"};
        check_filled(&route, names[i], false, "this must be a text that is not blank");
    }
    check_peer(&route, "peer");
    check_peer(&route, "parentPeer");
    node_id roles = member(&route, "memberRoleIds");
    if (roles && !is_set(&route, roles))
        add(&route, policy_path(probe->d->arena, route.target, STR("memberRoleIds")), roles, false,
            "`memberRoleIds` must be distinct texts, at least one");
}

static bool are_match_kinds(const struct item *i, node_id n) {
    if (!is_set(i, n)) return false;
    for (TREE_EACH(i->d->tree, item, n)) {
        bool known = false;
        for (enum route_tier tier = TIER_PEER; tier <= TIER_DEFAULT; tier++)
            known =
                known || str_equal(tree_text(i->d->tree, item), str_from(route_tier_name(tier)));
        if (!known) return false;
    }
    return true;
}

static void check_expect(const struct item *probe) {
    static const char *const keys[] = {"agentId", "matchedBy", NULL};
    struct item expect = inside(probe, "expect");
    if (!is_object(&expect)) {
        add(&expect, expect.target, expect.node ? expect.node : probe->node, false,
            "a probe says what it expects: `expect`, an object");
        return;
    }
    if (!has_only(&expect, keys, "a probe expects `agentId` and `matchedBy` only")) return;
    check_filled(&expect, "agentId", true, "a probe expects an `agentId`, a text");
    node_id matched = member(&expect, "matchedBy");
    if (matched && !are_match_kinds(&expect, matched))
        add(&expect, policy_path(probe->d->arena, expect.target, STR("matchedBy")), matched, false,
            "`matchedBy` holds distinct match kinds: binding.peer, binding.peer.parent, "
            "binding.peer.wildcard, binding.guild+roles, binding.guild, binding.team, "
            "binding.account, binding.channel, default");
}

static void check_probe(const struct item *i) {
    static const char *const keys[] = {"expect", "id", "route", NULL};
    if (!is_object(i)) {
        add(i, i->target, i->node, false, "a probe must be an object");
        return;
    }
    if (!has_only(i, keys, "a probe has `id`, `route` and `expect` only")) return;
    check_filled(i, "id", true, "a probe has an `id`, a text");
    check_route(i);
    check_expect(i);
}

static void refuse_repeated_ids(struct policy_document *d, const struct policy_rule *rule,
                                node_id probes, struct str target) {
    struct map seen = map_new(d->arena);
    size_t index = 0;
    for (TREE_EACH(d->tree, probe, probes)) {
        struct item i = {d, rule, probe, policy_path_item(d->arena, target, index++)};
        node_id id = member(&i, "id");
        bool is_new = true;
        if (is_filled(&i, id)) map_put(&seen, ids_trim(tree_text(d->tree, id)), 1, &is_new);
        if (!is_new)
            add(&i, policy_path(d->arena, i.target, STR("id")), id, false,
                "another probe has this id");
    }
}

void policy_check_probes(struct policy_document *d, const struct policy_rule *rule, node_id n) {
    struct str target = target_of(d, rule);
    check_items(d, rule, n, target, "`routing.probes` must be an array", check_probe);
    if (tree_is(d->tree, n, NODE_ARRAY)) refuse_repeated_ids(d, rule, n, target);
}

/* ---- approvals ---------------------------------------------------------------------------------
 */

static void check_pattern(const struct item *i) {
    static const char *const keys[] = {"argPattern", "pattern", NULL};
    bool fits = is_filled(i, i->node);
    if (is_object(i)) {
        node_id argument = member(i, "argPattern");
        fits = is_filled(i, member(i, "pattern")) && (!argument || is_text(i, argument));
        for (TREE_EACH(i->d->tree, value, i->node)) {
            struct str key = tree_key_text(i->d->tree, tree_node(i->d->tree, value)->key);
            fits = fits && (str_equal(key, str_from(keys[0])) || str_equal(key, str_from(keys[1])));
        }
    }
    if (!fits)
        add(i, i->target, i->node, false,
            "this must be a text, or an object with `pattern` and, if wanted, `argPattern`");
}

void policy_check_patterns(struct policy_document *d, const struct policy_rule *rule, node_id n,
                           struct str target) {
    check_items(d, rule, n, target, "this must be an array", check_pattern);
}
