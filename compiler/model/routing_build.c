/* From bindings and roster to what the resolver sees: `struct routing`, in normalised form. */
#include "base/buf.h"
#include "model/ids.h"
#include "model/values.h"

struct building {
    struct model *m;
    const struct reading *r;
    struct arena *arena;
    ARRAY(struct str) agents; /* roster, then ids that only a binding or the default yields */
    struct map agent_index;
    ARRAY(struct route_binding) routes;
    ARRAY(struct identity_link) links;
};

static int32_t agent_index(struct building *b, struct str id) {
    bool is_new;
    uint32_t *i = map_put(&b->agent_index, id, (uint32_t)b->agents.n, &is_new);
    if (is_new) ARRAY_PUSH(b->arena, b->agents) = id;
    return (int32_t)*i;
}

static void collect_roster(struct building *b) {
    const struct roster *roster = &b->m->loaded->roster;
    for (size_t i = 0; i < roster->agents.n; i++)
        if (!roster->agents.v[i].blank) agent_index(b, roster->agents.v[i].id);
    b->m->routing.n_roster = b->agents.n;
}

static bool in_roster(const struct building *b, struct str id, int32_t *index) {
    const uint32_t *i = map_get(&b->agent_index, id);
    if (!i || *i >= b->m->routing.n_roster) return false;
    *index = (int32_t)*i;
    return true;
}

/* Section "agent of the chosen binding": an unknown agent means the default one in the older
 * gateway, an error in the newer. */
static int32_t binding_agent(struct building *b, struct str written) {
    struct str trimmed = ids_trim(written);
    if (!trimmed.n) return AGENT_DEFAULT;
    struct str id = ids_agent(b->arena, trimmed);
    int32_t index;
    if (in_roster(b, id, &index)) return index;
    bool errors = b->m->gateway->routing_rules & ROUTING_SELECTION_ERROR;
    if (errors) return str_equal(id, STR("main")) ? agent_index(b, id) : AGENT_ERROR;
    return b->m->loaded->roster.agents.n ? AGENT_DEFAULT : agent_index(b, id);
}

static int32_t old_default(struct building *b) {
    const struct roster *roster = &b->m->loaded->roster;
    if (!roster->agents.n) return agent_index(b, STR("main"));
    const struct roster_agent *chosen = &roster->agents.v[0];
    for (size_t i = roster->agents.n; i-- > 0;)
        if (roster->agents.v[i].marked) chosen = &roster->agents.v[i];
    return agent_index(b, chosen->blank ? STR("main") : chosen->id);
}

static int32_t new_default(struct building *b) {
    const struct roster *roster = &b->m->loaded->roster;
    bool system = b->m->gateway->system_agent_owns;
    struct str owner = !roster->explicit_ownership ? roster->marker
                       : system                    ? roster->system_agent
                                                   : STR("");
    int32_t index;
    if (owner.n && in_roster(b, ids_agent(b->arena, owner), &index)) return index;
    return b->m->routing.n_roster == 1 ? 0 : AGENT_ERROR;
}

/* ---- one binding -------------------------------------------------------------------------------
 */

static int8_t scope_of(const struct reading *r, node_id session, const char *key,
                       const char *const *names, size_t n) {
    node_id value = read_member(r, session, key, NODE_STRING);
    struct str text = tree_text(r->tree, value);
    for (size_t i = 0; value && i < n; i++)
        if (str_equal(text, str_from(names[i]))) return (int8_t)i;
    if (value && !(tree_node(r->tree, value)->flags & (NODE_REPORTED | NODE_SYMBOLIC))) {
        tree_node(r->tree, value)->flags |= NODE_REPORTED;
        struct buf choices = buf_new(r->tree->arena);
        for (size_t i = 0; i < n; i++) buf_addf(&choices, "%s\"%s\"", i ? ", " : "", names[i]);
        diag_add(r->diags, SEVERITY_ERROR, "invalid_enum", tree_span(r->tree, value),
                 "`%s` must be one of " STR_FMT, key, STR_ARG(buf_str(&choices)));
    }
    return SCOPE_NONE;
}

static const char *const dm_scopes[] = {"main", "per-peer", "per-channel-peer",
                                        "per-account-channel-peer"};
static const char *const group_scopes[] = {"per-group", "main"};

static struct str account_pattern(struct arena *a, struct str written) {
    struct str trimmed = ids_trim(written);
    return str_equal(trimmed, STR("*")) ? trimmed : ids_account(a, trimmed);
}

static enum peer_kind chat_type(struct arena *a, struct str kind) {
    struct str token = ids_token(a, kind);
    if (str_equal(token, STR("direct")) || str_equal(token, STR("dm"))) return PEER_DIRECT;
    if (str_equal(token, STR("group"))) return PEER_GROUP;
    return str_equal(token, STR("channel")) ? PEER_CHANNEL : PEER_NONE;
}

/* Fills in the peer; false when it makes the binding one that never matches. */
static bool route_peer(struct building *b, const struct binding *written,
                       struct route_binding *route) {
    if (!written->has_peer) return true;
    struct str id = ids_trim(written->peer_id.v);
    enum peer_kind kind = chat_type(b->arena, written->peer_kind.v);
    if (kind == PEER_NONE || !id.n) return false;
    bool wildcard =
        (b->m->gateway->routing_rules & ROUTING_PEER_WILDCARD) && str_equal(id, STR("*"));
    route->peer = wildcard ? PEER_WILDCARD : PEER_EXACT;
    route->peer_kind = (uint8_t)kind;
    route->peer_id = wildcard ? STR("") : id;
    return true;
}

static void add_route(struct building *b, struct binding *written, node_id node) {
    if (written->is_acp || !written->channel_token.n) return;
    struct route_binding route = {.channel = written->channel_token,
                                  .account = written->account_pattern,
                                  .guild = ids_trim(written->guild.v),
                                  .team = ids_trim(written->team.v),
                                  .agent = binding_agent(b, written->agent.v),
                                  .dm_scope = SCOPE_NONE,
                                  .group_scope = SCOPE_NONE,
                                  .index = (uint32_t)b->m->bindings.n,
                                  .node = node};
    if (str_equal(route.account, STR("*"))) route.account = STR_NONE;
    if (!route_peer(b, written, &route)) return;
    if (written->roles.n) {
        struct str *roles = ARENA_ARRAY(b->arena, struct str, written->roles.n);
        for (size_t i = 0; i < written->roles.n; i++) roles[i] = written->roles.v[i].v;
        route.roles = roles;
        route.n_roles = (uint32_t)written->roles.n;
    }
    if (!written->added && (b->m->gateway->routing_rules & ROUTING_GROUP_SCOPE)) {
        node_id session = read_member(b->r, node, "session", NODE_OBJECT);
        route.dm_scope = scope_of(b->r, session, "dmScope", dm_scopes, 4);
        route.group_scope = scope_of(b->r, session, "groupScope", group_scopes, 2);
    }
    written->route = (int32_t)b->routes.n;
    ARRAY_PUSH(b->arena, b->routes) = route;
}

/* The kind as the file has it: the start of the gateway may have renamed it. */
static struct text written_kind(const struct building *b, struct text kind) {
    const struct tree *t = b->r->tree;
    const struct node *node = tree_node(t, kind.at);
    if (!kind.set || !node->file || !(node->flags & NODE_SYNTHETIC)) return kind;
    struct str text = str_slice(source_text(t->sources, node->file), node->start, node->end);
    if (text.n == 4 && str_equal(str_slice(text, 1, 3), STR("dm"))) kind.v = STR("dm");
    return kind;
}

static void add_written(struct building *b, node_id node) {
    node_id match = read_member(b->r, node, "match", NODE_OBJECT);
    place around = value_place(match, node);
    node_id peer = read_member(b->r, match, "peer", NODE_OBJECT);
    place peer_at = value_place(peer, around);
    struct binding w = {
        .agent = value_text(b->r, node, "agentId", node, STR("")),
        .channel = value_text(b->r, match, "channel", around, STR("")),
        .account = value_text(b->r, match, "accountId", around, STR("")),
        .peer_kind = written_kind(b, value_text(b->r, peer, "kind", peer_at, STR(""))),
        .peer_id = value_text(b->r, peer, "id", peer_at, STR("")),
        .guild = value_text(b->r, match, "guildId", around, STR("")),
        .team = value_text(b->r, match, "teamId", around, STR("")),
        .roles = value_list(b->arena, b->r, match, "roles", around),
        .group_scope = value_text(b->r, read_member(b->r, node, "session", NODE_OBJECT),
                                  "groupScope", node, STR("")),
        .at = node,
        .route = -1,
        .has_peer = peer != 0,
        .account_key = match && tree_member(b->r->tree, match, STR("account")) &&
                       !tree_member(b->r->tree, match, STR("accountId")),
        .added = (tree_node(b->r->tree, node)->flags & NODE_ADDED) != 0,
    };
    w.is_acp = str_equal(value_text(b->r, node, "type", node, STR("route")).v, STR("acp"));
    w.channel_token = ids_token(b->arena, w.channel.v);
    /* A variable's name is no id: as a text it equals no account. */
    w.account_pattern = w.account.symbolic ? w.account.v : account_pattern(b->arena, w.account.v);
    add_route(b, &w, node);
    ARRAY_PUSH(b->arena, b->m->bindings) = w;
}

/* ---- session -----------------------------------------------------------------------------------
 */

static void add_links(struct building *b, node_id links) {
    for (TREE_EACH(b->r->tree, ids, links)) {
        struct str key = tree_key_text(b->r->tree, tree_node(b->r->tree, ids)->key);
        struct str name = ids_trim(key);
        if (!name.n || str_equal(key, STR("__proto__")) || !read_is(b->r, ids, NODE_ARRAY))
            continue;
        for (TREE_EACH(b->r->tree, id, ids)) {
            if (!read_is(b->r, id, NODE_STRING)) continue;
            struct str entry = ids_token(b->arena, tree_text(b->r->tree, id));
            if (entry.n) ARRAY_PUSH(b->arena, b->links) = (struct identity_link){name, entry};
        }
    }
}

static void build_session(struct building *b) {
    struct model *m = b->m;
    node_id session = read_member(b->r, m->loaded->root, "session", NODE_OBJECT);
    m->session_at = value_place(session, m->at);
    int8_t dm = scope_of(b->r, session, "dmScope", dm_scopes, 4);
    bool new_rules = m->gateway->routing_rules & ROUTING_GROUP_SCOPE;
    int8_t group = new_rules ? scope_of(b->r, session, "groupScope", group_scopes, 2) : SCOPE_NONE;
    m->session = (struct session_settings){
        .dm_scope = dm == SCOPE_NONE ? DM_MAIN : (enum dm_scope)dm,
        .group_scope = group == SCOPE_NONE ? GROUP_PER_GROUP : (enum group_scope)group,
        .dm_scope_text = value_text(b->r, session, "dmScope", m->session_at, STR("main")),
        .scope = value_text(b->r, session, "scope", m->session_at, STR("per-sender")),
        .at = m->session_at};
    add_links(b, read_member(b->r, session, "identityLinks", NODE_OBJECT));
}

void model_build_routing(struct model *m, const struct reading *r) {
    struct building b = {.m = m, .r = r, .arena = m->arena, .agent_index = map_new(m->arena)};
    collect_roster(&b);
    bool new_rules = m->gateway->routing_rules & ROUTING_SELECTION_ERROR;
    m->routing.default_agent = new_rules ? new_default(&b) : old_default(&b);
    node_id bindings = read_member(r, m->loaded->root, "bindings", NODE_ARRAY);
    m->bindings_at = value_place(bindings, m->at);
    for (TREE_EACH(r->tree, node, bindings))
        if (read_is(r, node, NODE_OBJECT)) add_written(&b, node);
    build_session(&b);
    m->routing.gateway = m->gateway->version;
    m->routing.rules = m->gateway->routing_rules;
    m->routing.keep_case = m->gateway->keep_case;
    m->routing.n_keep_case = m->gateway->n_keep_case;
    m->routing.agents = b.agents.v;
    m->routing.n_agents = b.agents.n;
    m->routing.dm_scope = m->session.dm_scope;
    m->routing.group_scope = m->session.group_scope;
    m->routing.bindings = b.routes.v;
    m->routing.n_bindings = b.routes.n;
    m->routing.links = b.links.v;
    m->routing.n_links = b.links.n;
}
