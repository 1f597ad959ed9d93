/* What the config names: channels, MCP servers, model providers, bindings; where requests may go.
 */
#include "model/ids.h"
#include "model/observed.h"

void observe_channels(const struct observing *s) {
    struct spot channels = spot_at(s, spot_root(s), "channels", NULL);
    struct spot servers = spot_at(s, spot_root(s), "mcp", "servers", NULL);
    for (TREE_EACH(s->tree, block, spot_is(s, channels, NODE_OBJECT) ? channels.node : 0)) {
        struct str name = tree_key_text(s->tree, tree_node(s->tree, block)->key);
        struct spot channel = spot_plain_member(s, channels, name);
        if (names_have(s->o->format->reserved_channels, name)) continue;
        if (spot_is_false(s, spot_at(s, channel, "enabled", NULL))) continue;
        observe_at(s, OBSERVED_CHANNEL, channel)->value = name;
    }
    for (TREE_EACH(s->tree, server, spot_is(s, servers, NODE_OBJECT) ? servers.node : 0))
        observe_at(s, OBSERVED_MCP_SERVER, spot_child(s, servers, server, 0))->value =
            tree_key_text(s->tree, tree_node(s->tree, server)->key);
}

/* ---- models ------------------------------------------------------------------------------------
 */

/* provider/model; anything else names no provider. */
static void observe_ref(const struct observing *s, struct str ref, struct spot spot) {
    struct str text = ids_trim(ref);
    size_t slash = str_find(text, STR("/"), 0);
    bool unknown = spot_unknown(s, spot);
    if (!unknown && (slash == SIZE_MAX || slash == 0 || slash + 1 >= text.n)) return;
    struct observation *o = observe_at(s, OBSERVED_MODEL_PROVIDER, spot);
    o->value = ids_token(s->arena, str_slice(text, 0, slash));
}

/* A model setting: a text, or {primary, fallbacks}. */
static void observe_setting(const struct observing *s, struct spot setting) {
    struct spot primary = spot_at(s, setting, "primary", NULL);
    struct spot fallbacks = spot_at(s, setting, "fallbacks", NULL);
    size_t index = 0;
    if (spot_is(s, setting, NODE_STRING)) {
        observe_ref(s, tree_text(s->tree, setting.node), setting);
        return;
    }
    if (spot_is(s, primary, NODE_STRING)) observe_ref(s, tree_text(s->tree, primary.node), primary);
    for (TREE_EACH(s->tree, item, spot_is(s, fallbacks, NODE_ARRAY) ? fallbacks.node : 0)) {
        struct spot fallback = spot_child(s, fallbacks, item, index++);
        if (spot_is(s, fallback, NODE_STRING)) observe_ref(s, tree_text(s->tree, item), fallback);
    }
}

/* Every setting called `model` or ending in `Model`, wherever it stands. */
static void observe_settings(const struct observing *s, node_id parent, const struct step *up) {
    bool in_array = tree_is(s->tree, parent, NODE_ARRAY);
    size_t index = 0;
    if (up->length > OBSERVED_DEPTH_MAX) return;
    for (TREE_EACH(s->tree, child, parent)) {
        struct step step = step_into(s, up, child, &index);
        bool is_list = tree_is(s->tree, child, NODE_ARRAY);
        bool is_model = str_equal(step.name, STR("model")) || str_ends(step.name, STR("Model"));
        if (!in_array && is_model)
            observe_setting(s, (struct spot){child, child, step_path(s, &step, false)});
        else if (tree_is(s->tree, child, NODE_OBJECT) || (is_list && !in_array))
            observe_settings(s, child, &step);
    }
}

/* The keys of a map of models. */
static void observe_model_keys(const struct observing *s, struct spot models) {
    if (!spot_is(s, models, NODE_OBJECT)) return;
    for (TREE_EACH(s->tree, child, models.node))
        observe_ref(s, tree_key_text(s->tree, tree_node(s->tree, child)->key),
                    spot_child(s, models, child, 0));
}

/* Those of the defaults have their provider in lower case once they are loaded, and two that are
 * then the same are one. */
static void observe_default_models(const struct observing *s, struct spot models) {
    struct map seen = map_new(s->arena);
    if (!spot_is(s, models, NODE_OBJECT)) return;
    for (TREE_EACH(s->tree, child, models.node)) {
        struct str key = ids_trim(tree_key_text(s->tree, tree_node(s->tree, child)->key));
        size_t slash = str_find(key, STR("/"), 0);
        struct spot spot = {child, child, STR("")};
        bool is_new = false;
        if (slash != SIZE_MAX)
            key = str_concat(s->arena, ids_token(s->arena, str_slice(key, 0, slash)),
                             str_slice(key, slash, key.n));
        map_put(&seen, key, 1, &is_new);
        spot.target = policy_config_path(s->arena, models.target, key);
        if (is_new) observe_ref(s, key, spot);
    }
}

void observe_models(const struct observing *s) {
    struct spot root = spot_root(s), agents = spot_at(s, root, "agents", NULL);
    struct spot providers = spot_at(s, root, "models", "providers", NULL);
    struct spot entries = spot_at(s, agents, "entries", NULL),
                list = spot_at(s, agents, "list", NULL);
    struct spot roster = entries.node ? entries : list;
    size_t index = 0;
    for (TREE_EACH(s->tree, child, spot_is(s, providers, NODE_OBJECT) ? providers.node : 0)) {
        struct str id = tree_key_text(s->tree, tree_node(s->tree, child)->key);
        observe_at(s, OBSERVED_MODEL_PROVIDER, spot_plain_member(s, providers, id))->value =
            ids_token(s->arena, id);
    }
    if (!spot_is(s, agents, NODE_OBJECT)) return;
    observe_settings(s, agents.node, &(struct step){NULL, STR("agents"), 1});
    observe_default_models(s, spot_at(s, agents, "defaults", "models", NULL));
    for (TREE_EACH(s->tree, agent, roster.node)) {
        struct spot block = spot_child(s, roster, agent, index++);
        if (tree_is(s->tree, agent, NODE_OBJECT))
            observe_model_keys(s, spot_at(s, block, "models", NULL));
    }
}

/* ---- routing and network -----------------------------------------------------------------------
 */

static struct map channel_names(const struct observing *s, struct spot channels) {
    struct map names = map_new(s->arena);
    for (TREE_EACH(s->tree, block, spot_is(s, channels, NODE_OBJECT) ? channels.node : 0)) {
        struct str name = tree_key_text(s->tree, tree_node(s->tree, block)->key);
        if (!names_have(s->o->format->reserved_channels, name))
            map_put(&names, ids_lower(s->arena, name), 1, NULL);
    }
    return names;
}

static bool is_route(const struct observing *s, struct spot binding, struct spot channel) {
    struct str type = tree_text(s->tree, spot_at(s, binding, "type", NULL).node);
    return spot_is(s, spot_at(s, binding, "agentId", NULL), NODE_STRING) &&
           spot_is(s, channel, NODE_STRING) && !str_equal(type, STR("acp"));
}

static void observe_bindings(const struct observing *s) {
    struct spot root = spot_root(s), bindings = spot_at(s, root, "bindings", NULL);
    struct map names = channel_names(s, spot_at(s, root, "channels", NULL));
    size_t index = 0, routes = 0;
    for (TREE_EACH(s->tree, item, spot_is(s, bindings, NODE_ARRAY) ? bindings.node : 0)) {
        struct spot binding = spot_child(s, bindings, item, index++);
        struct spot channel = spot_at(s, binding, "match", "channel", NULL);
        if (!is_route(s, binding, channel)) continue;
        struct observation *o = observe_at(s, OBSERVED_BINDING_CHANNEL, binding);
        o->value = tree_text(s->tree, channel.node);
        o->fails = !map_get(&names, ids_lower(s->arena, o->value));
        o->at = spot_place(channel);
        o->unknown = spot_unknown(s, channel);
        routes++;
    }
    if (!routes) observe_at(s, OBSERVED_NO_BINDING, bindings)->fails = true;
}

static struct spot spot_of_path(const struct observing *s, struct str path) {
    struct spot spot = spot_root(s);
    for (size_t from = 0; from <= path.n;) {
        size_t dot = str_find(path, STR("."), from);
        if (dot == SIZE_MAX) dot = path.n;
        spot = spot_member(s, spot, str_slice(path, from, dot));
        from = dot + 1;
    }
    return spot;
}

void observe_routing(const struct observing *s) {
    struct names settings = s->o->format->private_network;
    struct spot scope = spot_at(s, spot_root(s), "session", "dmScope", NULL);
    struct str value = spot_text(s, scope);
    observe_at(s, OBSERVED_DM_SCOPE, scope)->value = value.p ? value : STR("main");
    observe_bindings(s);
    for (size_t i = 0; i < settings.n; i++) {
        struct spot setting = spot_of_path(s, settings.v[i]);
        if (spot_is_true(s, setting))
            observe_at(s, OBSERVED_PRIVATE_NETWORK, setting)->fails = true;
    }
}
