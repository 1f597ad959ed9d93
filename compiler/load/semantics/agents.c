/* Agents, their owners, and whoever names them: bindings, broadcast groups, heartbeats. */
#include "load/semantics/semantics.h"
#include "model/ids.h"

/* ---- the roster of the newer dialect -----------------------------------------------------------
 */

static void refuse_collisions(struct semantics *s, node_id agents, const struct semantics_agent *v,
                              size_t n) {
    struct map first = map_new(s->arena);
    for (size_t i = 0; i < n; i++) {
        bool is_new;
        uint32_t at = *map_put(&first, v[i].id, (uint32_t)i, &is_new);
        if (is_new) continue;
        checking_enter_key(s->c, STR("entries"));
        checking_enter_key(s->c, v[i].written);
        struct diag *d = semantics_error(
            s, v[i].node, "", "agent_id_collision",
            "`" STR_FMT "` and `" STR_FMT "` are the same agent, `" STR_FMT "`: rename one",
            STR_ARG(v[at].written), STR_ARG(v[i].written), STR_ARG(v[i].id));
        d->span = tree_key_span(s->t, v[i].node);
        semantics_leave(s, 2);
    }
    (void)agents;
}

/* The markers `default: true`: how many, and the first two. */
static size_t find_markers(const struct semantics *s, const struct semantics_agent *v, size_t n,
                           node_id marked[2]) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (!semantics_is_true(s, v[i].node, "default")) continue;
        if (count < 2) marked[count] = semantics_member(s, v[i].node, "default");
        count++;
    }
    return count;
}

static void refuse_markers(struct semantics *s, node_id agents, const node_id marked[2],
                           size_t count) {
    struct diag *d =
        semantics_error(s, agents, "entries", "multiple_defaults",
                        "%zu agents have `default: true`: only one can be the default", count);
    d->span = tree_span(s->t, marked[1]);
    diag_note_add(s->v->diags, d, tree_span(s->t, marked[0]), "the first one is here");
}

static void check_roster(struct semantics *s, node_id agents) {
    const struct semantics_agent *v;
    node_id markers[2] = {0, 0};
    size_t n = semantics_agents(s, &v), marked = find_markers(s, v, n, markers);
    bool explicit =
        str_equal(semantics_text(s, agents, "ownership"), STR("explicit")) || s->v->legacy_default;
    if (!n)
        semantics_error(s, agents, "entries", "no_agents",
                        "no agent is configured: put one in `agents.entries`, such as "
                        "`entries: { main: {} }`");
    refuse_collisions(s, agents, v, n);
    if (marked > 1) refuse_markers(s, agents, markers, marked);
    if (explicit && marked)
        semantics_error(s, agents, "ownership", "ownership_with_default",
                        "`ownership: \"explicit\"` and `default: true` exclude each other: remove "
                        "the marker, bindings say who owns what");
    if (n > 1 && !marked && !explicit)
        semantics_error(s, agents, "ownership", "ownership_required",
                        "several agents, and nothing says who owns messages that no binding "
                        "takes: add `ownership: \"explicit\"` to `agents`");
}

/* ---- names of agents ---------------------------------------------------------------------------
 */

static bool is_known(const struct semantics *s, const struct map *ids, struct str agent) {
    return map_get(ids, ids_agent(s->arena, agent)) != NULL;
}

static void refuse_unknown(struct semantics *s, node_id owner, const char *relative,
                           struct str agent) {
    semantics_error(s, owner, relative, "unknown_agent",
                    "no agent `" STR_FMT "` is configured: the gateway refuses the file",
                    STR_ARG(agent));
}

static void check_named(struct semantics *s, const struct map *ids, const char *place) {
    node_id n = s->v->root;
    const char *rest = place;
    while (n && *rest) {
        size_t length = 0;
        while (rest[length] && rest[length] != '.') length++;
        n = tree_member(s->t, n, (struct str){rest, length});
        rest += length + (rest[length] == '.');
    }
    if (semantics_is_text(s, n) && !is_known(s, ids, tree_text(s->t, n)))
        refuse_unknown(s, s->v->root, place, tree_text(s->t, n));
}

static void check_bindings(struct semantics *s, const struct map *ids, node_id bindings) {
    uint32_t i = 0;
    key_id agent_key = tree_find_key(s->t, STR("agentId"));
    checking_enter_key(s->c, STR("bindings"));
    for (TREE_EACH(s->t, binding, bindings)) {
        checking_enter_index(s->c, i++);
        node_id agent = 0;
        for (TREE_EACH(s->t, member, binding))
            if (tree_node(s->t, member)->key == agent_key) agent = member;
        struct str id = tree_text(s->t, agent);
        if (semantics_is_text(s, agent) && !str_equal(id, STR("main")) && !is_known(s, ids, id))
            refuse_unknown(s, binding, "agentId", id);
        checking_leave(s->c);
    }
    checking_leave(s->c);
}

static bool is_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* <channel>:<peer> */
static bool is_qualified(struct str key) {
    size_t i = 0;
    if (!key.n || !is_alnum(key.p[0]) || (key.p[0] >= '0' && key.p[0] <= '9')) return false;
    while (i < key.n && (is_alnum(key.p[i]) || key.p[i] == '_' || key.p[i] == '-')) i++;
    return i + 1 < key.n && key.p[i] == ':' && key.p[i + 1] != '\n';
}

static void check_broadcast_list(struct semantics *s, node_id list, const struct map *written) {
    uint32_t i = 0;
    for (TREE_EACH(s->t, id, list)) {
        checking_enter_index(s->c, i++);
        if (semantics_is_text(s, id) && !map_get(written, tree_text(s->t, id)))
            refuse_unknown(s, id, "", tree_text(s->t, id));
        checking_leave(s->c);
    }
}

static void check_broadcast(struct semantics *s, const struct semantics_agent *v, size_t n) {
    node_id broadcast = semantics_member(s, s->v->root, "broadcast");
    struct map written = map_new(s->arena); /* these are compared as they are spelled */
    if (s->dialect == OLDER && !n) return;
    for (size_t i = 0; i < n; i++) map_put(&written, v[i].written, 1, NULL);
    checking_enter_key(s->c, STR("broadcast"));
    for (TREE_EACH(s->t, entry, broadcast)) {
        struct str peer = semantics_key(s, entry);
        bool object = tree_is(s->t, entry, NODE_OBJECT);
        if (str_equal(peer, STR("strategy")) || (!n && !is_qualified(peer))) continue;
        if (object && s->dialect == OLDER) continue;
        checking_enter_key(s->c, peer);
        if (object) checking_enter_key(s->c, STR("agents"));
        check_broadcast_list(s, object ? semantics_member(s, entry, "agents") : entry, &written);
        semantics_leave(s, object ? 2 : 1);
    }
    checking_leave(s->c);
}

/* Refinements of the root. */
static void check_names(struct semantics *s, node_id root) {
    const struct semantics_agent *v;
    size_t n = semantics_agents(s, &v);
    struct map ids = map_new(s->arena);
    for (size_t i = 0; i < n; i++) map_put(&ids, v[i].id, 1, NULL);
    if (!n) map_put(&ids, STR("main"), 1, NULL);
    if (s->dialect == NEWER) {
        check_named(s, &ids, "agents.defaults.heartbeat.agentId");
        check_named(s, &ids, "agents.defaults.systemAgent.agentId");
        check_named(s, &ids, "talk.agentId");
        node_id bindings = semantics_member(s, root, "bindings");
        if (n && tree_is(s->t, bindings, NODE_ARRAY)) check_bindings(s, &ids, bindings);
    }
    check_broadcast(s, v, n);
}

/* ---- broadcast groups --------------------------------------------------------------------------
 */

static void check_group(struct semantics *s, node_id broadcast) {
    enum { AGENTS_MAX = 16 };
    for (TREE_EACH(s->t, entry, broadcast)) {
        struct str peer = semantics_key(s, entry);
        bool qualified = is_qualified(peer);
        checking_enter_key(s->c, peer);
        if (tree_is(s->t, entry, NODE_OBJECT) && !qualified)
            semantics_error(s, entry, "", "broadcast_unqualified",
                            "options of a group need a key `<channel>:<peer>`");
        if (tree_is(s->t, entry, NODE_ARRAY) && qualified && tree_node(s->t, entry)->n > AGENTS_MAX)
            semantics_error(s, entry, "", "broadcast_too_many",
                            "a thread of agents has %d members at most", AGENTS_MAX);
        checking_leave(s->c);
    }
}

/* ---- bindings of ACP ---------------------------------------------------------------------------
 */

/* "-100123:topic:42" */
static bool is_telegram_topic(struct str id) {
    size_t colon = str_find(id, STR(":topic:"), 0);
    if (colon == SIZE_MAX || colon < 2 || id.p[0] != '-' || colon + 7 == id.n) return false;
    for (size_t i = 1; i < id.n; i++)
        if ((i < colon || i >= colon + 7) && (id.p[i] < '0' || id.p[i] > '9')) return false;
    return true;
}

static void check_acp(struct semantics *s, node_id binding) {
    if (!str_equal(semantics_text(s, binding, "type"), STR("acp"))) return;
    node_id match = semantics_member(s, binding, "match");
    struct str peer = ids_trim(semantics_text(s, semantics_member(s, match, "peer"), "id"));
    struct str channel = semantics_token(s, semantics_text(s, match, "channel"));
    if (!peer.n) {
        semantics_error(s, binding, "match.peer", "acp_peer_required",
                        "a binding of type \"acp\" needs `match.peer.id`: the one conversation");
        return;
    }
    if (s->dialect == NEWER) return;
    bool telegram = str_equal(channel, STR("telegram"));
    if (!telegram && !str_equal(channel, STR("discord")))
        semantics_error(s, binding, "match.channel", "acp_channel",
                        "a binding of type \"acp\" takes the channels discord and telegram only");
    else if (telegram && !is_telegram_topic(peer))
        semantics_error(s, binding, "match.peer.id", "acp_telegram_topic",
                        "on telegram this must be a topic, such as \"-100123:topic:42\"");
}

/* Bindings are many: only those of type `acp` are looked at. */
static void check_acp_bindings(struct semantics *s, node_id bindings) {
    if (!tree_find_key(s->t, STR("acp")) && !tree_find_key(s->t, STR("type"))) return;
    uint32_t i = 0;
    for (TREE_EACH(s->t, binding, bindings)) {
        bool further = s->further;
        s->further = further || node_marks_have(&s->aborted, binding);
        checking_enter_index(s->c, i++);
        check_acp(s, binding);
        checking_leave(s->c);
        s->further = further;
    }
}

const struct place_rule semantics_agent_rules[] = {
    {"agents", NEWER, check_roster},
    {"broadcast", NEWER, check_group},
    {"bindings", BOTH, check_acp_bindings},
    {"", BOTH, check_names},
    {NULL, 0, NULL},
};
