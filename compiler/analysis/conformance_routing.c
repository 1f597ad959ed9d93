/* What a policy document says of channels and routes. */
#include "analysis/conformance.h"
#include "analysis/resolve.h"
#include "model/ids.h"

struct str_at {
    struct str text;
    place at;
};

static struct str text_of(const struct tree *t, node_id object, const char *key) {
    node_id n = tree_member(t, object, str_from(key));
    return tree_is(t, n, NODE_STRING) ? tree_text(t, n) : STR_NONE;
}

/* ---- channels ----------------------------------------------------------------------------------
 */

/* The first rule that names a channel counts. */
void conformance_deny_channels(const struct claim *claim) {
    const struct tree *t = claim->c->document->tree;
    struct arena *a = claim->s->arena;
    struct map denied = map_new(a);
    ARRAY(node_id) rules = {0};
    for (TREE_EACH(t, rule, claim->value)) {
        struct str provider = text_of(t, tree_member(t, rule, STR("when")), "provider");
        map_put(&denied, provider, (uint32_t)rules.n, NULL);
        ARRAY_PUSH(a, rules) = rule;
    }
    if (!rules.n) return;
    for (size_t i = 0; i < claim->c->observed->list.n; i++) {
        const struct observation *o = &claim->c->observed->list.v[i];
        const uint32_t *number = o->kind == OBSERVED_CHANNEL ? map_get(&denied, o->value) : NULL;
        struct violation *v = number ? violation_add(claim, claim->rule->checks.v[0], o) : NULL;
        if (!v) continue;
        v->asked_at = rules.v[*number];
        v->requirement = policy_path_item(a, claim->requirement, *number);
        struct str reason = text_of(t, rules.v[*number], "reason");
        v->detail = reason.p ? reason : STR("");
    }
}

/* ---- probes ------------------------------------------------------------------------------------
 */

static bool read_peer(const struct tree *t, node_id route, const char *key,
                      struct query_peer *peer) {
    node_id n = tree_member(t, route, str_from(key));
    if (!tree_is(t, n, NODE_OBJECT)) return false;
    *peer = (struct query_peer){text_of(t, n, "kind"), text_of(t, n, "id")};
    return true;
}

static struct route_query query_of(const struct claim *claim, node_id route) {
    const struct tree *t = claim->c->document->tree;
    struct route_query q = {.channel = text_of(t, route, "channel"),
                            .account = text_of(t, route, "accountId"),
                            .guild = text_of(t, route, "guildId"),
                            .team = text_of(t, route, "teamId")};
    node_id roles = tree_member(t, route, STR("memberRoleIds"));
    struct str *v = ARENA_ARRAY(claim->s->arena, struct str, roles ? tree_node(t, roles)->n : 0);
    for (TREE_EACH(t, role, roles)) v[q.n_roles++] = tree_text(t, role);
    q.roles = v;
    q.has_peer = read_peer(t, route, "peer", &q.peer);
    q.has_parent = read_peer(t, route, "parentPeer", &q.parent);
    return q;
}

/* The binding that decided, or what stands for the lack of one. */
static place place_of(const struct model *m, const struct route_answer *answer) {
    if (!answer->failed && answer->binding >= 0) {
        node_id node = m->routing.bindings[answer->binding].node;
        if (node) return node;
    }
    int32_t agent = model_default_agent(m);
    return answer->binding < 0 && agent >= 0 ? m->agents.v[agent].at : m->bindings_at;
}

static bool is_expected_kind(const struct tree *t, node_id kinds,
                             const struct route_answer *answer) {
    struct str kind = str_from(route_tier_name(answer->tier));
    for (TREE_EACH(t, item, kinds))
        if (str_equal(tree_text(t, item), kind)) return true;
    return kinds == 0;
}

static void add(const struct claim *claim, node_id probe, const struct route_answer *answer,
                size_t check, node_id asked, struct str value) {
    const struct tree *t = claim->c->document->tree;
    struct arena *a = claim->s->arena;
    struct violation *v = violation_add(claim, claim->rule->checks.v[check], NULL);
    if (!v) return;
    v->item = text_of(t, probe, "id");
    v->value = value;
    v->at = place_of(claim->s->model, answer);
    v->asked_at = asked;
    v->detail = answer->failed ? STR("") : str_from(route_tier_name(answer->tier));
    v->target =
        str_concat(a, policy_path(a, STR("oc://policy/routing/probes"), v->item), STR("/result"));
    v->requirement = str_concat(a, policy_path(a, claim->requirement, v->item), STR("/expect"));
    v->agent = answer->failed ? -1 : model_agent(claim->s->model, answer->agent);
}

/* A route that nobody owns has no answer: the plugin ends with the router's error there. */
static void check_probe(const struct claim *claim, node_id probe) {
    const struct tree *t = claim->c->document->tree;
    struct arena *a = claim->s->arena;
    node_id expect = tree_member(t, probe, STR("expect"));
    node_id agent = tree_member(t, expect, STR("agentId"));
    node_id kinds = tree_member(t, expect, STR("matchedBy"));
    struct route_query q = query_of(claim, tree_member(t, probe, STR("route")));
    struct route_answer answer = resolve(claim->s->resolver, a, &q);
    struct str wanted = ids_agent(a, tree_text(t, agent));
    struct str *expected = ARENA_NEW(a, struct str);
    *expected = wanted;
    size_t before = claim->c->violations.n;
    if (answer.failed || !str_equal(ids_agent(a, answer.agent), wanted))
        add(claim, probe, &answer, 0, agent, answer.failed ? STR("") : answer.agent);
    if (claim->c->violations.n > before)
        claim->c->violations.v[before].expected = (struct names){expected, 1};
    before = claim->c->violations.n;
    if (!answer.failed && !is_expected_kind(t, kinds, &answer))
        add(claim, probe, &answer, 1, kinds, str_from(route_tier_name(answer.tier)));
    if (claim->c->violations.n == before) return;
    struct str *v = ARENA_ARRAY(a, struct str, tree_node(t, kinds)->n);
    size_t n = 0;
    for (TREE_EACH(t, item, kinds)) v[n++] = tree_text(t, item);
    claim->c->violations.v[before].expected = (struct names){v, n};
}

void conformance_probes(const struct claim *claim) {
    const struct tree *t = claim->c->document->tree;
    for (TREE_EACH(t, probe, claim->value)) check_probe(claim, probe);
}
