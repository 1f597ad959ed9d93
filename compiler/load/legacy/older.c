/* What the start of 2026.3.13 makes of keys that it refuses by name. It works in this order, and
 * leaves the same empty objects behind. */
#include "load/legacy/steps.h"
#include "model/ids.h"

static node_id at(const struct repair_job *job, const char *path) {
    return legacy_get(job, job->root, str_from(path));
}

/* The object at a path, made where it is not. */
static node_id ensured(struct repair_job *job, const char *path, node_id origin) {
    struct str rest = str_from(path);
    node_id object = job->root;
    while (rest.n)
        object = legacy_ensure(job, object, str_to_c(job->arena, legacy_next_key(&rest)), origin);
    return object;
}

/* Moves a value from one path to another, where what is there wins; with `merge` objects are filled
 * up. */
static void move(struct repair_job *job, const char *from, const char *to, bool merge) {
    struct str path = str_from(from);
    size_t last = path.n;
    while (last && path.p[last - 1] != '.') last--;
    node_id object = last ? legacy_get(job, job->root, str_slice(path, 0, last - 1)) : job->root;
    node_id value = tree_member(job->edit->tree, object, str_slice(path, last, path.n));
    if (value) legacy_move(job, object, value, path, job->root, str_from(to), str_from(to), merge);
}

static void drop_if_empty(struct repair_job *job, node_id owner, const char *key) {
    node_id object = legacy_record(job, owner, key);
    if (object && legacy_is_empty(job, object)) edit_remove(job->edit, owner, object);
}

/* ---- names of keys -----------------------------------------------------------------------------
 */

/* `provider` of a match is its `channel`. */
static void rename_provider(struct repair_job *job, const void *context, node_id owner,
                            node_id match, struct str path) {
    (void)context, (void)owner;
    struct str name = ids_trim(legacy_text(job, match, "provider"));
    if (ids_trim(legacy_text(job, match, "channel")).n || !name.n) return;
    node_id was = legacy_member(job, match, "provider");
    legacy_drop(job, match, was, legacy_below(job, path, "provider"));
    legacy_set(job, match, "channel", edit_new_text(job->edit, name, was),
               legacy_below(job, path, "channel"));
}

static void rename_account(struct repair_job *job, const void *context, node_id owner,
                           node_id match, struct str path) {
    (void)context, (void)owner;
    struct str id = ids_trim(legacy_text(job, match, "accountID"));
    if (legacy_member(job, match, "accountId") || !id.n) return;
    node_id was = legacy_member(job, match, "accountID");
    legacy_drop(job, match, was, legacy_below(job, path, "accountID"));
    legacy_set(job, match, "accountId", edit_new_text(job->edit, id, was),
               legacy_below(job, path, "accountId"));
}

static void rename_hours(struct repair_job *job, const void *context, node_id owner,
                         node_id bindings, struct str path) {
    (void)context, (void)owner;
    legacy_rename(job, bindings, "ttlHours", bindings, "idleHours", path,
                  legacy_below(job, path, "idleHours"));
}

static void move_channels(struct repair_job *job) {
    static const char *const channels[] = {"whatsapp", "telegram", "discord", "slack",
                                           "signal",   "imessage", "msteams"};
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++) {
        node_id own = legacy_record(job, job->root, channels[i]);
        if (!own) continue;
        edit_remove(job->edit, job->root, own);
        struct str to = str_format(job->arena, "channels.%s", channels[i]);
        node_id channel = ensured(job, str_to_c(job->arena, to), own);
        legacy_fill(job, channel, own);
        legacy_note(job, str_from(channels[i]), to, own, channel);
    }
}

/* ---- streaming ---------------------------------------------------------------------------------
 */

static bool is_word(struct str word, const char *const *words, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (str_equal(word, str_from(words[i]))) return true;
    return false;
}

/* One word for what was two keys; `slack` has words of its own. */
static struct str streaming_word(const struct repair_job *job, node_id entry, bool slack) {
    static const char *const words[] = {"off", "partial", "block", "progress"};
    node_id now = legacy_member(job, entry, "streaming");
    struct str own = ids_token(job->arena, tree_text(job->edit->tree, now));
    struct str older = ids_token(job->arena, legacy_text(job, entry, "streamMode"));
    if (is_word(own, words, 4)) return own;
    if (slack && str_equal(older, STR("append"))) return STR("block");
    if (slack && str_equal(older, STR("status_final"))) return STR("progress");
    if (slack && str_equal(older, STR("replace"))) return STR("partial");
    if (!slack && is_word(older, words, 4)) return older;
    if (legacy_is_bool(job, now, false)) return STR("off");
    return STR("partial");
}

static void repair_streaming(struct repair_job *job, const void *context, node_id owner,
                             node_id entry, struct str path) {
    const char *channel = context;
    (void)owner;
    bool slack = channel[0] == 's', discord = channel[0] == 'd';
    struct tree *t = job->edit->tree;
    node_id older = legacy_member(job, entry, "streamMode");
    node_id now = legacy_member(job, entry, "streaming"), origin = older ? older : now;
    node_id native = legacy_member(job, entry, "nativeStreaming");
    if (!older && !tree_is(t, now, NODE_BOOL)) return;
    struct str word = streaming_word(job, entry, slack);
    if (discord && !now && !older) word = STR("off");
    bool on = tree_is(t, native, NODE_BOOL) ? legacy_is_bool(job, native, true)
              : tree_is(t, now, NODE_BOOL)  ? legacy_is_bool(job, now, true)
                                            : true;
    legacy_set(job, entry, "streaming", edit_new_text(job->edit, word, origin),
               legacy_below(job, path, "streaming"));
    if (slack)
        legacy_set(job, entry, "nativeStreaming", legacy_new_bool(job, on, origin),
                   legacy_below(job, path, "nativeStreaming"));
    legacy_remove(job, entry, "streamMode", path);
}

/* ---- groups ------------------------------------------------------------------------------------
 */

static void need_mention(struct repair_job *job, const char *channel, node_id value) {
    struct str path = str_format(job->arena, "channels.%s.groups.*", channel);
    node_id group = ensured(job, str_to_c(job->arena, path), value);
    if (!legacy_member(job, group, "requireMention"))
        legacy_set(job, group, "requireMention", edit_copy(job->edit, value),
                   legacy_below(job, path, "requireMention"));
}

static void repair_mentions(struct repair_job *job) {
    node_id routing = at(job, "routing"), group = at(job, "routing.groupChat");
    node_id value = legacy_member(job, group, "requireMention");
    if (value) {
        legacy_drop(job, group, value, STR("routing.groupChat.requireMention"));
        if (legacy_is_object(job, at(job, "channels.whatsapp")))
            need_mention(job, "whatsapp", value);
        need_mention(job, "telegram", value);
        need_mention(job, "imessage", value);
        drop_if_empty(job, routing, "groupChat");
    }
    node_id telegram = at(job, "channels.telegram");
    value = legacy_member(job, telegram, "requireMention");
    if (!value) return;
    legacy_drop(job, telegram, value, STR("channels.telegram.requireMention"));
    need_mention(job, "telegram", value);
}

/* ---- models ------------------------------------------------------------------------------------
 */

/* The models that one may change to, by name, and those to be added. */
struct offers {
    struct map known;
    struct legacy_chain added;
};

static void offer(struct repair_job *job, struct offers *offers, struct str name, node_id origin) {
    bool is_new = false;
    name = ids_trim(name);
    uint32_t *entry = name.n ? map_put(&offers->known, name, 0, &is_new) : NULL;
    if (!is_new) return;
    node_id made = edit_new(job->edit, NODE_OBJECT, origin);
    tree_node(job->edit->tree, made)->key = tree_key(job->edit->tree, name);
    legacy_chain_add(job->edit->tree, &offers->added, made);
    *entry = made;
}

static void offer_all(struct repair_job *job, struct offers *offers, node_id names) {
    for (TREE_EACH(job->edit->tree, name, names))
        offer(job, offers, tree_text(job->edit->tree, name), name);
}

/* A model was a text, its alternatives a list beside it. */
static void wrap_model(struct repair_job *job, node_id agent, const char *key,
                       const char *fallbacks_key) {
    struct tree *t = job->edit->tree;
    node_id model = legacy_member(job, agent, key);
    node_id fallbacks = legacy_member(job, agent, fallbacks_key);
    node_id origin = model ? model : fallbacks;
    bool some = tree_is(t, fallbacks, NODE_ARRAY) && !legacy_is_empty(job, fallbacks);
    bool text = tree_is(t, model, NODE_STRING) && tree_node(t, model)->n;
    if (legacy_is_object(job, model)) {
        node_id own = legacy_member(job, model, "fallbacks");
        bool none = !tree_is(t, own, NODE_ARRAY) || legacy_is_empty(job, own);
        if (some && none)
            edit_set(job->edit, model, STR("fallbacks"), legacy_clone(job, fallbacks));
        return;
    }
    if (!text && !some) return;
    node_id object = edit_new(job->edit, NODE_OBJECT, origin);
    if (text) edit_set(job->edit, object, STR("primary"), edit_copy(job->edit, model));
    edit_set(job->edit, object, STR("fallbacks"),
             some ? legacy_clone(job, fallbacks) : edit_new(job->edit, NODE_ARRAY, origin));
    edit_set(job->edit, agent, str_from(key), object);
}

static void name_aliases(struct repair_job *job, struct offers *offers, node_id aliases) {
    struct tree *t = job->edit->tree;
    for (TREE_EACH(t, target, aliases)) offer(job, offers, tree_text(t, target), target);
    for (TREE_EACH(t, target, aliases)) {
        const uint32_t *entry = map_get(&offers->known, ids_trim(tree_text(t, target)));
        if (entry && legacy_is_object(job, *entry) && !legacy_member(job, *entry, "alias"))
            edit_set(job->edit, *entry, STR("alias"),
                     edit_new_text(job->edit, legacy_key(job, target), target));
    }
}

static void repair_models(struct repair_job *job) {
    static const char *const gone[] = {"allowedModels", "modelAliases", "modelFallbacks",
                                       "imageModelFallbacks"};
    struct tree *t = job->edit->tree;
    bool root = legacy_is_object(job, at(job, "agent"));
    node_id agent = root ? at(job, "agent") : at(job, "agents.defaults");
    node_id model = legacy_member(job, agent, "model"),
            image = legacy_member(job, agent, "imageModel");
    bool any = ids_trim(tree_text(t, model)).n || ids_trim(tree_text(t, image)).n;
    for (size_t i = 0; i < 4; i++) any = any || legacy_member(job, agent, gone[i]);
    if (!legacy_is_object(job, agent) || !any) return;
    node_id models = legacy_ensure(job, agent, "models", agent);
    struct offers offers = {.known = map_new(job->arena)};
    for (TREE_EACH(t, entry, models)) map_put(&offers.known, legacy_key(job, entry), entry, NULL);
    offer(job, &offers, tree_text(t, model), model);
    offer(job, &offers, tree_text(t, image), image);
    offer_all(job, &offers, legacy_member(job, agent, "allowedModels"));
    offer_all(job, &offers, legacy_member(job, agent, "modelFallbacks"));
    offer_all(job, &offers, legacy_member(job, agent, "imageModelFallbacks"));
    name_aliases(job, &offers, legacy_record(job, agent, "modelAliases"));
    edit_append(job->edit, models, offers.added.first, offers.added.n);
    edit_order(job->edit, models);
    wrap_model(job, agent, "model", "modelFallbacks");
    wrap_model(job, agent, "imageModel", "imageModelFallbacks");
    struct str path = root ? STR("agent") : STR("agents.defaults");
    legacy_note(job, path, legacy_below(job, path, "models"), agent, models);
    for (size_t i = 0; i < 4; i++) legacy_remove(job, agent, gone[i], path);
}

/* ---- agents ------------------------------------------------------------------------------------
 */

static node_id agent_list(struct repair_job *job, node_id origin) {
    node_id agents = legacy_ensure(job, job->root, "agents", origin);
    node_id list = legacy_member(job, agents, "list");
    if (tree_is(job->edit->tree, list, NODE_ARRAY)) return list;
    list = edit_new(job->edit, NODE_ARRAY, origin);
    edit_set(job->edit, agents, STR("list"), list);
    return list;
}

/* The agents of a list by their ids, and those to be added. */
struct agents {
    node_id list;
    struct map known;
    struct legacy_chain added;
};

static struct agents agents_of(struct repair_job *job, node_id origin) {
    struct tree *t = job->edit->tree;
    struct agents agents = {.list = agent_list(job, origin), .known = map_new(job->arena)};
    for (TREE_EACH(t, item, agents.list)) {
        struct str id = ids_trim(legacy_text(job, item, "id"));
        if (id.n) map_put(&agents.known, id, item, NULL);
    }
    return agents;
}

static node_id agent_with_id(struct repair_job *job, struct agents *agents, struct str id,
                             node_id origin) {
    bool is_new;
    uint32_t *agent = map_put(&agents->known, id, 0, &is_new);
    if (!is_new) return *agent;
    node_id made = edit_new(job->edit, NODE_OBJECT, origin);
    edit_set(job->edit, made, STR("id"), edit_new_text(job->edit, id, origin));
    legacy_chain_add(job->edit->tree, &agents->added, made);
    *agent = made;
    return made;
}

static void add_agents(struct repair_job *job, const struct agents *agents) {
    edit_append(job->edit, agents->list, agents->added.first, agents->added.n);
}

/* Fills a block of `to` up from one of `from`, and takes it out of there. */
static void pass_block(struct repair_job *job, node_id from, const char *key, node_id to) {
    node_id block = legacy_record(job, from, key);
    if (!block) return;
    edit_remove(job->edit, from, block);
    legacy_fill(job, to, block);
}

static void move_agent(struct repair_job *job, struct agents *to_agents, node_id agent) {
    struct str id = ids_trim(legacy_key(job, agent));
    if (!id.n || !legacy_is_object(job, agent)) return;
    node_id to = agent_with_id(job, to_agents, id, agent), from = legacy_clone(job, agent);
    node_id patterns = legacy_member(job, from, "mentionPatterns");
    if (patterns) {
        node_id group = legacy_ensure(job, to, "groupChat", patterns);
        edit_remove(job->edit, from, patterns);
        if (!legacy_member(job, group, "mentionPatterns"))
            edit_set(job->edit, group, STR("mentionPatterns"), edit_copy(job->edit, patterns));
    }
    if (legacy_record(job, from, "groupChat"))
        pass_block(job, from, "groupChat", legacy_ensure(job, to, "groupChat", agent));
    node_id sandbox = legacy_record(job, from, "sandbox");
    if (legacy_record(job, sandbox, "tools")) {
        node_id tools = legacy_ensure(job, to, "tools", agent);
        node_id own =
            legacy_ensure(job, legacy_ensure(job, tools, "sandbox", agent), "tools", agent);
        pass_block(job, sandbox, "tools", own);
    }
    legacy_fill(job, to, from);
}

/* routing.agents: id -> agent becomes a list, the default one of them is marked. */
static void move_agents(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id routing = legacy_record(job, job->root, "routing");
    node_id agents = legacy_record(job, routing, "agents");
    node_id id = legacy_member(job, routing, "defaultAgentId");
    if (!routing) return;
    legacy_ensure(job, job->root, "agents", routing);
    if (agents) {
        node_id list = 0;
        if (!legacy_is_empty(job, agents)) {
            struct agents all = agents_of(job, agents);
            for (TREE_EACH(t, agent, agents)) move_agent(job, &all, agent);
            add_agents(job, &all);
            list = all.list;
        }
        edit_remove(job->edit, routing, agents);
        legacy_note(job, STR("routing.agents"), STR("agents.list"), agents, list);
    }
    struct str text = ids_trim(tree_text(t, id));
    bool marked = false;
    if (!text.n) return;
    edit_remove(job->edit, routing, id);
    struct agents all = agents_of(job, id);
    for (TREE_EACH(t, item, all.list))
        marked = marked || legacy_is_bool(job, legacy_member(job, item, "default"), true);
    if (!marked)
        edit_set(job->edit, agent_with_id(job, &all, text, id), STR("default"),
                 legacy_new_bool(job, true, id));
    add_agents(job, &all);
    legacy_note(job, STR("routing.defaultAgentId"), marked ? STR("") : STR("agents.list"), id,
                marked ? 0 : all.list);
}

/* The agent that is the default: the marked one, else the first that has an id; 0 when there is
 * none. */
static node_id default_agent(const struct repair_job *job, node_id list) {
    struct tree *t = job->edit->tree;
    node_id first = 0;
    for (TREE_EACH(t, item, list)) {
        if (!ids_trim(legacy_text(job, item, "id")).n) continue;
        if (legacy_is_bool(job, legacy_member(job, item, "default"), true)) return item;
        if (!first) first = item;
    }
    return first;
}

static void move_identity(struct repair_job *job) {
    node_id identity = legacy_record(job, job->root, "identity");
    if (!identity) return;
    struct agents agents = agents_of(job, identity);
    node_id agent = default_agent(job, agents.list);
    if (!agent) agent = agent_with_id(job, &agents, STR("main"), identity);
    add_agents(job, &agents);
    legacy_move(job, job->root, identity, STR("identity"), agent, STR("identity"),
                STR("agents.list[].identity"), false);
}

/* The one agent of old was its settings; its tools are everybody's. */
static void move_agent_block(struct repair_job *job) {
    static const char *const tools[][2] = {{"agent.tools.allow", "tools.allow"},
                                           {"agent.tools.deny", "tools.deny"},
                                           {"agent.elevated", "tools.elevated"},
                                           {"agent.bash", "tools.exec"}};
    node_id agent = legacy_record(job, job->root, "agent");
    if (!agent) return;
    ensured(job, "agents", agent);
    ensured(job, "tools", agent);
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
        move(job, tools[i][0], tools[i][1], false);
    if (at(job, "agent.sandbox.tools"))
        move(job, "agent.sandbox.tools", "tools.sandbox.tools", true);
    if (at(job, "agent.subagents.tools"))
        move(job, "agent.subagents.tools", "tools.subagents.tools", true);
    legacy_remove(job, agent, "tools", STR("agent"));
    ensured(job, "agents.defaults", agent);
    move(job, "agent", "agents.defaults", true);
}

/* ---- the rest ----------------------------------------------------------------------------------
 */

static void move_transcription(struct repair_job *job, node_id owner, const char *key,
                               struct str path) {
    node_id value = legacy_member(job, owner, key);
    if (!value) return;
    legacy_drop(job, owner, value, legacy_below(job, path, key));
    node_id model = legacy_command(job, value);
    if (!model) return;
    node_id audio = ensured(job, "tools.media.audio", value);
    node_id models = legacy_member(job, audio, "models");
    if (tree_is(job->edit->tree, models, NODE_ARRAY) && !legacy_is_empty(job, models)) return;
    node_id list = edit_new(job->edit, NODE_ARRAY, value);
    edit_append(job->edit, list, model, 1);
    edit_set(job->edit, audio, STR("enabled"), legacy_new_bool(job, true, value));
    legacy_set(job, audio, "models", list, STR("tools.media.audio.models"));
}

static void move_routing(struct repair_job *job) {
    node_id routing = legacy_record(job, job->root, "routing");
    if (!routing) return;
    move(job, "routing.bindings", "bindings", false);
    move(job, "routing.agentToAgent", "tools.agentToAgent", false);
    move(job, "routing.queue", "messages.queue", false);
    move(job, "routing.groupChat.historyLimit", "messages.groupChat.historyLimit", false);
    move(job, "routing.groupChat.mentionPatterns", "messages.groupChat.mentionPatterns", false);
    drop_if_empty(job, routing, "groupChat");
    move_transcription(job, routing, "transcribeAudio", STR("routing"));
    drop_if_empty(job, job->root, "routing");
}

static void move_senders(struct repair_job *job) {
    node_id routing = legacy_record(job, job->root, "routing");
    if (!legacy_member(job, routing, "allowFrom")) return;
    if (legacy_is_object(job, at(job, "channels.whatsapp")))
        move(job, "routing.allowFrom", "channels.whatsapp.allowFrom", false);
    else
        legacy_remove(job, routing, "allowFrom", STR("routing"));
    drop_if_empty(job, job->root, "routing");
}

static void move_token(struct repair_job *job) {
    node_id token = at(job, "gateway.token");
    if (!token) return;
    node_id auth = ensured(job, "gateway.auth", token), mode = legacy_member(job, auth, "mode");
    if (!legacy_member(job, auth, "token") && (!mode || !tree_text(job->edit->tree, mode).n))
        edit_set(job->edit, auth, STR("mode"), edit_new_text(job->edit, STR("token"), token));
    move(job, "gateway.token", "gateway.auth.token", false);
}

static void repair_tts(struct repair_job *job) {
    node_id tts = at(job, "messages.tts"), enabled = legacy_member(job, tts, "enabled");
    bool set = legacy_member(job, tts, "auto") != 0;
    if (!enabled || (!set && !tree_is(job->edit->tree, enabled, NODE_BOOL))) return;
    legacy_drop(job, tts, enabled, STR("messages.tts.enabled"));
    if (set) return;
    struct str mode = legacy_is_bool(job, enabled, true) ? STR("always") : STR("off");
    legacy_set(job, tts, "auto", edit_new_text(job->edit, mode, enabled), STR("messages.tts.auto"));
}

static void repair_claude(struct repair_job *job) {
    node_id profile =
        tree_path(job->edit->tree, job->root, "auth", "profiles", "anthropic:claude-cli", NULL);
    node_id mode = legacy_member(job, profile, "mode");
    if (str_equal(tree_text(job->edit->tree, mode), STR("token")))
        legacy_set(job, profile, "mode", edit_new_text(job->edit, STR("oauth"), mode),
                   STR("auth.profiles.anthropic:claude-cli.mode"));
}

static void each(struct repair_job *job, const char *pattern, legacy_visit visit) {
    legacy_each(job, str_from(pattern), visit, NULL);
}

static void repair_names(struct repair_job *job) {
    static const char *const streaming[] = {"telegram", "discord", "slack"};
    each(job, "bindings.*.match", rename_provider);
    each(job, "bindings.*.match", rename_account);
    each(job, "session.sendPolicy.rules.*.match", rename_provider);
    move(job, "messages.queue.byProvider", "messages.queue.byChannel", false);
    move_channels(job);
    each(job, "session.threadBindings", rename_hours);
    each(job, "channels.discord.threadBindings", rename_hours);
    each(job, "channels.discord.accounts.*.threadBindings", rename_hours);
    for (size_t i = 0; i < sizeof streaming / sizeof *streaming; i++)
        legacy_entries(job, streaming[i], repair_streaming, streaming[i]);
}

void legacy_older(struct repair_job *job) {
    node_id audio = legacy_record(job, job->root, "audio");
    repair_names(job);
    move_senders(job);
    repair_mentions(job);
    move_token(job);
    legacy_bind(job);
    ensured(job, "channels", job->root);
    repair_models(job);
    move_agents(job);
    move_routing(job);
    move_transcription(job, audio, "transcription", STR("audio"));
    drop_if_empty(job, job->root, "audio");
    if (legacy_record(job, job->root, "memorySearch"))
        move(job, "memorySearch", "agents.defaults.memorySearch", true);
    repair_claude(job);
    ensured(job, "tools", job->root);
    if (legacy_is_object(job, at(job, "tools.bash"))) move(job, "tools.bash", "tools.exec", false);
    repair_tts(job);
    move_agent_block(job);
    legacy_heartbeat(job);
    move_identity(job);
}
