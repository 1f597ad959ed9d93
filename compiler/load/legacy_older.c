/* Keys that 2026.3.13 refuses by name, and what its start makes of them. */
#include "load/legacy_steps.h"
#include "model/ids.h"

static node_id member(const struct repair_job *job, node_id object, const char *key) {
    return tree_member(job->edit->tree, object, str_from(key));
}

static node_id at(const struct repair_job *job, const char *path) {
    return legacy_get(job, job->root, str_from(path));
}

/* Moves a value from one path to another. */
static void move(struct repair_job *job, const char *from, const char *to) {
    struct str path = str_from(from);
    size_t last = path.n;
    while (last && path.p[last - 1] != '.') last--;
    node_id object = last ? legacy_get(job, job->root, str_slice(path, 0, last - 1)) : job->root;
    node_id value = tree_member(job->edit->tree, object, str_slice(path, last, path.n));
    if (value) legacy_move(job, object, value, path, job->root, str_from(to), str_from(to), true);
}

static void drop(struct repair_job *job, const char *from) {
    struct str path = str_from(from);
    size_t last = path.n;
    while (last && path.p[last - 1] != '.') last--;
    node_id object = last ? legacy_get(job, job->root, str_slice(path, 0, last - 1)) : job->root;
    node_id value = tree_member(job->edit->tree, object, str_slice(path, last, path.n));
    if (value) legacy_drop(job, object, value, path);
}

static void move_channels(struct repair_job *job) {
    static const char *const channels[] = {"whatsapp", "telegram", "discord", "slack",
                                           "signal",   "imessage", "msteams"};
    bool mention = at(job, "telegram.requireMention") != 0;
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++) {
        struct str to = str_format(job->arena, "channels.%s", channels[i]);
        move(job, channels[i], str_to_c(job->arena, to));
    }
    if (mention)
        move(job, "channels.telegram.requireMention", "channels.telegram.groups.*.requireMention");
}

/* ---- agents ------------------------------------------------------------------------------------
 */

static node_id agent_list(struct repair_job *job, node_id origin) {
    node_id agents = edit_object(job->edit, job->root, "agents", origin);
    node_id list = member(job, agents, "list");
    if (list || !agents) return list;
    list = edit_new(job->edit, NODE_ARRAY, origin);
    edit_set(job->edit, agents, STR("list"), list);
    return list;
}

static node_id agent_with_id(struct repair_job *job, node_id list, struct str id, node_id origin) {
    struct tree *t = job->edit->tree;
    for (TREE_EACH(t, item, list))
        if (str_equal(ids_agent(job->arena, tree_text(t, member(job, item, "id"))), id))
            return item;
    node_id item = edit_new(job->edit, NODE_OBJECT, origin);
    edit_set(job->edit, item, STR("id"), edit_new_text(job->edit, id, origin));
    edit_append(job->edit, list, item, 1);
    return item;
}

/* routing.agents: id -> agent becomes a list. */
static void move_agents(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id routing = at(job, "routing"), agents = member(job, routing, "agents");
    if (!tree_is(t, agents, NODE_OBJECT)) return;
    node_id list = agent_list(job, agents);
    for (TREE_EACH(t, agent, agents)) {
        struct str id = ids_agent(job->arena, tree_key_text(t, tree_node(t, agent)->key));
        node_id item = agent_with_id(job, list, id, agent);
        for (TREE_EACH(t, value, agent)) {
            struct str key = tree_key_text(t, tree_node(t, value)->key);
            if (!tree_member(t, item, key))
                edit_set(job->edit, item, key, edit_copy(job->edit, value));
        }
    }
    edit_remove(job->edit, routing, agents);
    legacy_note(job, STR("routing.agents"), STR("agents.list"), agents, list);
}

static void move_default_agent(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id routing = at(job, "routing"), id = member(job, routing, "defaultAgentId");
    if (!id) return;
    edit_remove(job->edit, routing, id);
    struct str text = ids_trim(tree_text(t, id));
    if (!text.n) {
        legacy_note(job, STR("routing.defaultAgentId"), STR(""), id, 0);
        return;
    }
    node_id list = agent_list(job, id);
    node_id agent = agent_with_id(job, list, ids_agent(job->arena, text), id);
    node_id marker = edit_new(job->edit, NODE_BOOL, id);
    tree_node(t, marker)->u.boolean = true;
    edit_set(job->edit, agent, STR("default"), marker);
    legacy_note(job, STR("routing.defaultAgentId"), STR("agents.list"), id, list);
}

/* The agent that is the default: the marked one, else the first, else `main`. */
static node_id default_agent(struct repair_job *job, node_id list, node_id origin) {
    struct tree *t = job->edit->tree;
    for (TREE_EACH(t, item, list)) {
        node_id marker = member(job, item, "default");
        if (tree_is(t, marker, NODE_BOOL) && tree_node(t, marker)->u.boolean) return item;
    }
    node_id first = tree_first(t, list);
    return tree_is(t, first, NODE_OBJECT) ? first : agent_with_id(job, list, STR("main"), origin);
}

static void move_identity(struct repair_job *job) {
    node_id identity = at(job, "identity");
    if (!identity) return;
    node_id list = agent_list(job, identity);
    if (!tree_is(job->edit->tree, list, NODE_ARRAY)) return;
    node_id agent = default_agent(job, list, identity);
    legacy_move(job, job->root, identity, STR("identity"), agent, STR("identity"),
                STR("agents.list[].identity"), true);
}

/* A model was a text. */
static void wrap_model(struct repair_job *job, const char *key, const char *fallbacks_from) {
    struct tree *t = job->edit->tree;
    node_id agent = at(job, "agent"), model = member(job, agent, key);
    node_id fallbacks = member(job, agent, fallbacks_from);
    if (!tree_is(t, model, NODE_STRING) && !fallbacks) return;
    node_id object = edit_new(job->edit, NODE_OBJECT, model ? model : fallbacks);
    if (tree_is(t, model, NODE_STRING))
        edit_set(job->edit, object, STR("primary"), edit_copy(job->edit, model));
    if (fallbacks) {
        edit_set(job->edit, object, STR("fallbacks"), edit_copy(job->edit, fallbacks));
        edit_remove(job->edit, agent, fallbacks);
    }
    edit_set(job->edit, agent, str_from(key), object);
}

static void move_agent_block(struct repair_job *job) {
    static const char *const tools[] = {"tools", "elevated", "bash"};
    static const char *const tools_to[] = {"tools", "tools.elevated", "tools.exec"};
    if (!tree_is(job->edit->tree, at(job, "agent"), NODE_OBJECT)) return;
    wrap_model(job, "model", "modelFallbacks");
    wrap_model(job, "imageModel", "imageModelFallbacks");
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
        move(job, str_to_c(job->arena, str_format(job->arena, "agent.%s", tools[i])), tools_to[i]);
    move(job, "agent", "agents.defaults");
}

/* ---- the rest ----------------------------------------------------------------------------------
 */

static void move_routing(struct repair_job *job) {
    if (tree_is(job->edit->tree, at(job, "channels.whatsapp"), NODE_OBJECT))
        move(job, "routing.allowFrom", "channels.whatsapp.allowFrom");
    drop(job, "routing.allowFrom");
    move_agents(job);
    move_default_agent(job);
    move(job, "routing.bindings", "bindings");
    move(job, "routing.agentToAgent", "tools.agentToAgent");
    move(job, "routing.queue", "messages.queue");
    move(job, "routing.groupChat.mentionPatterns", "messages.groupChat.mentionPatterns");
    move(job, "routing.groupChat.requireMention", "channels.telegram.groups.*.requireMention");
    move(job, "routing.transcribeAudio", "tools.media.audio.models");
    node_id group = at(job, "routing.groupChat"), routing = at(job, "routing");
    if (tree_is(job->edit->tree, group, NODE_OBJECT) && !tree_node(job->edit->tree, group)->n)
        edit_remove(job->edit, routing, group);
    if (tree_is(job->edit->tree, routing, NODE_OBJECT) && !tree_node(job->edit->tree, routing)->n)
        edit_remove(job->edit, job->root, routing);
}

static void move_token(struct repair_job *job) {
    node_id token = at(job, "gateway.token");
    if (!token) return;
    move(job, "gateway.token", "gateway.auth.token");
    node_id auth = at(job, "gateway.auth");
    if (auth && !member(job, auth, "mode"))
        edit_set(job->edit, auth, STR("mode"), edit_new_text(job->edit, STR("token"), token));
}

static void repair_tts(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id tts = at(job, "messages.tts"), enabled = member(job, tts, "enabled");
    if (!enabled) return;
    legacy_drop(job, tts, enabled, STR("messages.tts.enabled"));
    if (!tree_is(t, enabled, NODE_BOOL) || member(job, tts, "auto")) return;
    struct str mode = tree_node(t, enabled)->u.boolean ? STR("always") : STR("off");
    legacy_set(job, tts, "auto", edit_new_text(job->edit, mode, enabled), STR("messages.tts.auto"));
}

static void rename_hours(struct repair_job *job, const void *context, node_id owner, node_id value,
                         struct str path) {
    (void)context;
    struct str parent = str_slice(path, 0, path.n - sizeof "ttlHours" + 1);
    legacy_move(job, owner, value, path, owner, STR("idleHours"),
                str_concat(job->arena, parent, STR("idleHours")), false);
}

void legacy_older(struct repair_job *job) {
    static const char *const hours[] = {"session.threadBindings.ttlHours",
                                        "channels.discord.threadBindings.ttlHours",
                                        "channels.discord.accounts.*.threadBindings.ttlHours"};
    move_channels(job);
    move_routing(job);
    move_agent_block(job);
    move_identity(job);
    move(job, "memorySearch", "agents.defaults.memorySearch");
    move(job, "heartbeat", "agents.defaults.heartbeat");
    move(job, "tools.bash", "tools.exec");
    move_token(job);
    repair_tts(job);
    legacy_bind(job);
    for (size_t i = 0; i < sizeof hours / sizeof *hours; i++)
        legacy_each(job, str_from(hours[i]), rename_hours, NULL);
}
