#include "model/observed.h"

#include <stdarg.h>

#include "model/ids.h"

const char *const observed_kind_names[OBSERVED_KINDS] = {
    [OBSERVED_NOTHING] = "",
    [OBSERVED_CHANNEL] = "channel",
    [OBSERVED_MCP_SERVER] = "mcp_server",
    [OBSERVED_MODEL_PROVIDER] = "model_provider",
    [OBSERVED_PRIVATE_NETWORK] = "private_network",
    [OBSERVED_NO_BINDING] = "no_binding",
    [OBSERVED_BINDING_CHANNEL] = "binding_channel",
    [OBSERVED_DM_SCOPE] = "dm_scope",
    [OBSERVED_BIND] = "bind",
    [OBSERVED_FUNNEL] = "funnel",
    [OBSERVED_AUTH] = "auth",
    [OBSERVED_RATE_LIMIT] = "rate_limit",
    [OBSERVED_CONTROL_UI] = "control_ui",
    [OBSERVED_REMOTE] = "remote",
    [OBSERVED_ENDPOINT] = "endpoint",
    [OBSERVED_URL_FETCH] = "url_fetch",
    [OBSERVED_NODE_DENY] = "node_deny",
    [OBSERVED_CONTENT_CAPTURE] = "content_capture",
    [OBSERVED_SESSION_MAINTENANCE] = "session_maintenance",
    [OBSERVED_SECRET_PROVIDER] = "secret_provider",
    [OBSERVED_SECRET_SOURCE] = "secret_source",
    [OBSERVED_AUTH_METADATA] = "auth_metadata",
    [OBSERVED_AUTH_MODE] = "auth_mode",
    [OBSERVED_DM_POLICY] = "dm_policy",
    [OBSERVED_GROUP_POLICY] = "group_policy",
    [OBSERVED_MENTION] = "mention",
    [OBSERVED_WORKSPACE] = "workspace",
    [OBSERVED_WORKSPACE_TOOL] = "workspace_tool",
    [OBSERVED_PROFILE] = "profile",
    [OBSERVED_WORKSPACE_ONLY] = "workspace_only",
    [OBSERVED_EXEC_SECURITY] = "exec_security",
    [OBSERVED_EXEC_ASK] = "exec_ask",
    [OBSERVED_EXEC_HOST] = "exec_host",
    [OBSERVED_ELEVATED] = "elevated",
    [OBSERVED_ALSO_ALLOW] = "also_allow",
    [OBSERVED_TOOL_DENY] = "tool_deny",
    [OBSERVED_TRANSCRIPT_MEMORY] = "transcript_memory",
    [OBSERVED_MODE] = "mode",
    [OBSERVED_BACKEND] = "backend",
    [OBSERVED_HOST_NETWORK] = "host_network",
    [OBSERVED_JOINED_NETWORK] = "joined_network",
    [OBSERVED_WRITABLE_MOUNT] = "writable_mount",
    [OBSERVED_SOCKET_MOUNT] = "socket_mount",
    [OBSERVED_UNCONFINED] = "unconfined",
    [OBSERVED_CDP_RANGE] = "cdp_range",
};

/* ---- spots -------------------------------------------------------------------------------------
 */

struct spot spot_root(const struct observing *s) {
    node_id root = s->o->model->loaded->root;
    return (struct spot){root, root, STR("oc://openclaw.config")};
}

place spot_place(struct spot spot) {
    return spot.node ? spot.node : spot.around;
}

static struct spot member(const struct observing *s, struct spot from, struct str key,
                          struct str target) {
    node_id n = tree_is(s->tree, from.node, NODE_OBJECT) ? tree_member(s->tree, from.node, key) : 0;
    return (struct spot){n, spot_place(from), target};
}

struct spot spot_member(const struct observing *s, struct spot from, struct str key) {
    return member(s, from, key, policy_config_path(s->arena, from.target, key));
}

struct spot spot_plain_member(const struct observing *s, struct spot from, struct str key) {
    return member(s, from, key, policy_plain_path(s->arena, from.target, key));
}

struct spot spot_child(const struct observing *s, struct spot from, node_id child, size_t index) {
    key_id key = tree_node(s->tree, child)->key;
    struct str target = key ? policy_config_path(s->arena, from.target, tree_key_text(s->tree, key))
                            : policy_path_item(s->arena, from.target, index);
    return (struct spot){child, spot_place(from), target};
}

struct step step_into(const struct observing *s, const struct step *up, node_id child,
                      size_t *index) {
    key_id key = tree_node(s->tree, child)->key;
    struct str name = key ? tree_key_text(s->tree, key) : str_format(s->arena, "#%zu", (*index)++);
    return (struct step){up, name, up ? up->length + 1 : 1};
}

struct str step_path(const struct observing *s, const struct step *step, bool quoted) {
    struct str names[OBSERVED_DEPTH_MAX + 1], path = spot_root(s).target;
    size_t n = step->length <= OBSERVED_DEPTH_MAX + 1 ? step->length : 0;
    for (size_t i = n; i > 0; step = step->up) names[--i] = step->name;
    for (size_t i = 0; i < n; i++)
        path = quoted ? policy_config_path(s->arena, path, names[i])
                      : policy_plain_path(s->arena, path, names[i]);
    return path;
}

struct spot spot_at(const struct observing *s, struct spot from, ...) {
    va_list names;
    const char *name;
    va_start(names, from);
    while ((name = va_arg(names, const char *)) != NULL)
        from = spot_member(s, from, str_from(name));
    va_end(names);
    return from;
}

bool spot_is(const struct observing *s, struct spot spot, enum node_kind kind) {
    return tree_is(s->tree, spot.node, kind);
}

struct str spot_text(const struct observing *s, struct spot spot) {
    struct str text = ids_trim(tree_text(s->tree, spot.node));
    return text.n ? text : STR_NONE;
}

bool spot_unknown(const struct observing *s, struct spot spot) {
    return spot.node && (tree_node(s->tree, spot.node)->flags & NODE_SYMBOLIC);
}

bool spot_flag(const struct observing *s, struct spot spot, bool *value) {
    if (!spot_is(s, spot, NODE_BOOL)) return false;
    *value = tree_node(s->tree, spot.node)->u.boolean;
    return true;
}

bool spot_is_true(const struct observing *s, struct spot spot) {
    bool value = false;
    return spot_flag(s, spot, &value) && value;
}

bool spot_is_false(const struct observing *s, struct spot spot) {
    bool value = true;
    return spot_flag(s, spot, &value) && !value;
}

struct names spot_texts(const struct observing *s, struct spot spot) {
    struct names none = {NULL, 0};
    if (!spot_is(s, spot, NODE_ARRAY)) return none;
    struct str *v = ARENA_ARRAY(s->arena, struct str, tree_node(s->tree, spot.node)->n);
    size_t n = 0;
    for (TREE_EACH(s->tree, item, spot.node)) {
        struct str text = tree_text(s->tree, item);
        if (ids_trim(text).n) v[n++] = text;
    }
    return (struct names){v, n};
}

struct inherited_text inherited_text(const struct observing *s, struct spot own, struct spot from) {
    struct str value = spot_text(s, own), inherited = spot_text(s, from);
    if (value.p) return (struct inherited_text){value, own, true, spot_unknown(s, own)};
    if (inherited.p) return (struct inherited_text){inherited, from, false, spot_unknown(s, from)};
    return (struct inherited_text){STR_NONE, own, false, false};
}

struct inherited_flag inherited_flag(const struct observing *s, struct spot own, struct spot from) {
    bool value = false;
    if (spot_flag(s, own, &value)) return (struct inherited_flag){value, true, true, own};
    if (spot_flag(s, from, &value)) return (struct inherited_flag){value, true, false, from};
    return (struct inherited_flag){false, false, false, own};
}

/* ---- observations ------------------------------------------------------------------------------
 */

struct observation *observe_at(const struct observing *s, enum observed_kind kind,
                               struct spot spot) {
    struct observation *o = &ARRAY_PUSH(s->arena, s->o->list);
    *o = (struct observation){.kind = kind,
                              .agent = -1,
                              .target = spot.target,
                              .at = spot_place(spot),
                              .unknown = spot_unknown(s, spot)};
    return o;
}

/* ---- agents ------------------------------------------------------------------------------------
 */

static void add_agent(const struct observing *s, struct str id, struct spot spot) {
    ARRAY_PUSH(s->arena, s->o->agents) = (struct observed_agent){
        .id = id, .canonical = ids_agent(s->arena, id), .node = spot.node, .target = spot.target};
}

/* By key, or by the `id` in a list; an element without one is called by its number. */
static void list_agents(const struct observing *s, struct spot agents) {
    struct spot entries = spot_at(s, agents, "entries", NULL),
                list = spot_at(s, agents, "list", NULL);
    size_t index = 0;
    if (entries.node) {
        if (!spot_is(s, entries, NODE_OBJECT)) return;
        for (TREE_EACH(s->tree, agent, entries.node))
            if (tree_is(s->tree, agent, NODE_OBJECT))
                add_agent(s, tree_key_text(s->tree, tree_node(s->tree, agent)->key),
                          spot_child(s, entries, agent, 0));
        return;
    }
    if (!spot_is(s, list, NODE_ARRAY)) return;
    for (TREE_EACH(s->tree, agent, list.node)) {
        struct spot spot = spot_child(s, list, agent, index);
        struct str id = spot_text(s, spot_at(s, spot, "id", NULL));
        if (!id.p) id = str_format(s->arena, "agent-%zu", index);
        if (tree_is(s->tree, agent, NODE_OBJECT)) add_agent(s, id, spot);
        index++;
    }
}

static void observe_agent(const struct observing *s, const struct observed_blocks *b) {
    observe_workspace(s, b);
    observe_tools(s, b);
    observe_sandbox(s, b);
    observe_memory(s, b);
}

/* What all inherit, then each agent. The sandbox of all is in agents.defaults, their tools and
 * memory are those of the whole config. */
static void observe_agents(const struct observing *s) {
    struct observed *o = s->o;
    struct spot root = spot_root(s), agents = spot_at(s, root, "agents", NULL);
    struct observed_blocks all = {
        .agent = -1,
        .sandbox = spot_at(s, agents, "defaults", "sandbox", NULL),
        .tools = spot_at(s, root, "tools", NULL),
        .memory = spot_at(s, root, "memory", "search", NULL),
    };
    o->defaults_first = o->list.n;
    observe_agent(s, &all);
    o->defaults_n = o->list.n - o->defaults_first;
    list_agents(s, agents);
    for (size_t i = 0; i < o->agents.n; i++) {
        struct observed_agent *agent = &o->agents.v[i];
        struct spot block = {agent->node, agent->node, agent->target};
        struct observed_blocks own = {.agent = (int32_t)i,
                                      .sandbox = spot_at(s, block, "sandbox", NULL),
                                      .tools = spot_at(s, block, "tools", NULL),
                                      .memory = spot_at(s, block, "memory", "search", NULL),
                                      .from_sandbox = all.sandbox,
                                      .from_tools = all.tools,
                                      .from_memory = all.memory};
        agent->first = o->list.n;
        observe_agent(s, &own);
        agent->n = o->list.n - agent->first;
        for (size_t j = agent->first; j < o->list.n; j++) o->list.v[j].agent = (int32_t)i;
    }
}

struct observed *observe(struct arena *a, const struct model *m, const struct policy_format *f) {
    struct observed *o = ARENA_NEW(a, struct observed);
    struct observing s = {a, m->tree, o};
    o->model = m;
    o->format = f;
    observe_channels(&s);
    observe_models(&s);
    observe_routing(&s);
    observe_gateway(&s);
    observe_data(&s);
    observe_secrets(&s);
    o->channels_first = o->list.n;
    observe_ingress(&s);
    o->channels_n = o->list.n - o->channels_first;
    observe_agents(&s);
    return o;
}
