/* What the start of 2026.9.6 rewrites, beyond what data can say. */
#include "load/legacy_steps.h"
#include "load/normalise.h"
#include "model/ids.h"

static struct str key_of(const struct repair_job *job, node_id n) {
    return tree_key_text(job->edit->tree, tree_node(job->edit->tree, n)->key);
}

static bool is_object(const struct repair_job *job, node_id n) {
    return tree_is(job->edit->tree, n, NODE_OBJECT);
}

static bool is_true(const struct repair_job *job, node_id n) {
    return tree_is(job->edit->tree, n, NODE_BOOL) && tree_node(job->edit->tree, n)->u.boolean;
}

static node_id member(const struct repair_job *job, node_id object, const char *key) {
    return tree_member(job->edit->tree, object, str_from(key));
}

static node_id new_bool(struct repair_job *job, bool value, node_id origin) {
    node_id n = edit_new(job->edit, NODE_BOOL, origin);
    tree_node(job->edit->tree, n)->u.boolean = value;
    return n;
}

static node_id new_number(struct repair_job *job, double value, node_id origin) {
    node_id n = edit_new(job->edit, NODE_NUMBER, origin);
    tree_node(job->edit->tree, n)->u.number = value;
    return n;
}

/* ---- the roster --------------------------------------------------------------------------------
 */

static struct str free_id(struct repair_job *job, struct map *taken, struct str written) {
    struct str id = ids_trim(written).n ? ids_agent(job->arena, written) : STR("agent");
    bool is_new;
    uint32_t *number = map_put(taken, id, 2, &is_new);
    if (is_new) return id;
    uint32_t i = *number; /* all below are taken */
    struct str candidate;
    do {
        candidate = str_format(job->arena, STR_FMT "-%u", STR_ARG(id), i++);
        map_put(taken, candidate, 2, &is_new);
    } while (!is_new);
    *map_get(taken, id) = i;
    return candidate;
}

/* Ids made canonical and unique; what is no object is dropped. */
static node_id entries_of_list(struct repair_job *job, node_id list, node_id *first) {
    struct tree *t = job->edit->tree;
    node_id entries = edit_new(job->edit, NODE_OBJECT, list);
    struct map taken = map_new(job->arena);
    node_id last = 0;
    for (TREE_EACH(t, item, list)) {
        if (!is_object(job, item)) continue;
        node_id id = member(job, item, "id");
        struct str key = free_id(job, &taken, tree_text(t, id));
        node_id entry = edit_copy(job->edit, item);
        map_put(job->list_ids, key, id ? id : item, NULL);
        if (id) edit_remove(job->edit, entry, id);
        tree_node(t, entry)->key = tree_key(t, key);
        edit_relink(job->edit, entries, last, entry);
        tree_node(t, entries)->n++;
        last = entry;
        if (!*first) *first = entry;
    }
    edit_order(job->edit, entries);
    return entries;
}

static size_t count_marked(const struct repair_job *job, node_id entries) {
    size_t marked = 0;
    for (TREE_EACH(job->edit->tree, entry, entries))
        marked += is_true(job, member(job, entry, "default"));
    return marked;
}

/* The first agent of a list had the default workspace: it keeps it. */
static void pin_workspace(struct repair_job *job, node_id agents, node_id entries, node_id first) {
    struct tree *t = job->edit->tree;
    if (tree_node(t, entries)->n < 2 || count_marked(job, entries)) return;
    if (member(job, agents, "ownership")) return;
    job->first = ids_agent(job->arena, key_of(job, first));
    if (member(job, first, "workspace")) return;
    struct str workspace =
        ids_trim(tree_text(t, tree_path(t, agents, "defaults", "workspace", NULL)));
    if (!workspace.n) workspace = normalise_workspace(job->arena, job->environment);
    node_id value = edit_new_text(job->edit, workspace, first);
    tree_node(t, value)->flags |= NODE_ADDED;
    edit_set(job->edit, first, STR("workspace"), value);
}

static bool ids_are_texts(const struct repair_job *job, node_id list) {
    for (TREE_EACH(job->edit->tree, item, list)) {
        node_id id = member(job, item, "id");
        if (id && !tree_is(job->edit->tree, id, NODE_STRING)) return false;
    }
    return true;
}

static void repair_list(struct repair_job *job) {
    node_id agents = member(job, job->root, "agents"), list = member(job, agents, "list");
    if (!tree_is(job->edit->tree, list, NODE_ARRAY) || !ids_are_texts(job, list)) return;
    if (member(job, agents, "entries")) {
        legacy_drop(job, agents, list, STR("agents.list"));
        return;
    }
    edit_remove(job->edit, agents, list);
    node_id first = 0, entries = entries_of_list(job, list, &first);
    edit_set(job->edit, agents, STR("entries"), entries);
    if (first) pin_workspace(job, agents, entries, first);
    legacy_note(job, STR("agents.list"), STR("agents.entries"), list, entries);
}

static node_id add_owner(struct repair_job *job, node_id defaults, const char *key) {
    node_id object = edit_object(job->edit, defaults, key, defaults);
    if (!object) return 0;
    node_id value = edit_new_text(job->edit, STR("main"), defaults);
    tree_node(job->edit->tree, value)->flags |= NODE_ADDED;
    legacy_set(job, object, "agentId", value,
               str_format(job->arena, "agents.defaults.%s.agentId", key));
    return value;
}

static bool some_heartbeat(const struct repair_job *job, node_id entries) {
    for (TREE_EACH(job->edit->tree, entry, entries))
        if (member(job, entry, "heartbeat")) return true;
    return false;
}

/* An agent `main` keeps the roles that it had when nobody was marked. */
static void repair_system_agent(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id agents = member(job, job->root, "agents"), entries = member(job, agents, "entries");
    node_id defaults = member(job, agents, "defaults");
    node_id system = member(job, defaults, "systemAgent");
    if (!is_object(job, entries) || tree_node(t, entries)->n < 2 || count_marked(job, entries))
        return;
    if ((defaults && !is_object(job, defaults)) || (system && !is_object(job, system))) return;
    if (member(job, system, "agentId") || !member(job, entries, "main")) return;
    if (!defaults) defaults = edit_object(job->edit, agents, "defaults", agents);
    bool heartbeat = !member(job, defaults, "heartbeat") && !some_heartbeat(job, entries);
    add_owner(job, defaults, "systemAgent");
    if (heartbeat) add_owner(job, defaults, "heartbeat");
}

/* Several agents and nobody marked: nobody owns what no binding takes, in so many words. */
static void repair_ownership(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id agents = member(job, job->root, "agents"), entries = member(job, agents, "entries");
    if (!is_object(job, entries) || tree_node(t, entries)->n < 2 || count_marked(job, entries))
        return;
    if (member(job, agents, "ownership")) return;
    node_id value = edit_new_text(job->edit, STR("explicit"), agents);
    tree_node(t, value)->flags |= NODE_ADDED;
    legacy_set(job, agents, "ownership", value, STR("agents.ownership"));
}

/* Accounts of a channel that bindings take whole. */
static struct map bound_accounts(struct repair_job *job, struct str channel, bool *all) {
    const struct tree *t = job->edit->tree;
    struct map bound = map_new(job->arena);
    *all = false;
    for (TREE_EACH(t, binding, member(job, job->root, "bindings"))) {
        node_id match = member(job, binding, "match");
        struct str name = ids_token(job->arena, tree_text(t, member(job, match, "channel")));
        if (!str_equal(name, channel) || member(job, match, "peer")) continue;
        struct str pattern = ids_trim(tree_text(t, member(job, match, "accountId")));
        if (str_equal(pattern, STR("*"))) *all = true;
        map_put(&bound, ids_account(job->arena, pattern), 1, NULL);
    }
    return bound;
}

/* Bindings to be added, linked. */
struct added {
    node_id first, last;
    uint32_t n;
};

static void bind_first(struct repair_job *job, struct str channel, struct str account,
                       node_id origin, struct added *list) {
    struct edit *e = job->edit;
    node_id binding = edit_new(e, NODE_OBJECT, origin), match = edit_new(e, NODE_OBJECT, origin);
    tree_node(e->tree, binding)->flags |= NODE_ADDED;
    edit_set(e, match, STR("channel"), edit_new_text(e, channel, origin));
    edit_set(e, match, STR("accountId"), edit_new_text(e, account, origin));
    edit_set(e, binding, STR("agentId"), edit_new_text(e, job->first, origin));
    edit_set(e, binding, STR("match"), match);
    if (list->last)
        tree_node(e->tree, list->last)->next = binding;
    else
        list->first = binding;
    list->last = binding;
    list->n++;
    legacy_note(job, STR(""), STR("bindings"), 0, binding);
}

static void append_bindings(struct repair_job *job, const struct added *list, node_id origin) {
    if (!list->n) return;
    node_id bindings = member(job, job->root, "bindings");
    if (!bindings) {
        bindings = edit_new(job->edit, NODE_ARRAY, origin);
        edit_set(job->edit, job->root, STR("bindings"), bindings);
    }
    edit_append(job->edit, bindings, list->first, list->n);
}

static bool is_disabled(const struct repair_job *job, node_id n) {
    node_id enabled = member(job, n, "enabled");
    return tree_is(job->edit->tree, enabled, NODE_BOOL) && !is_true(job, enabled);
}

/* A channel that says no more than `enabled` is not configured. */
static bool is_configured(const struct repair_job *job, node_id channel) {
    for (TREE_EACH(job->edit->tree, value, channel))
        if (!str_equal(key_of(job, value), STR("enabled"))) return !is_disabled(job, channel);
    return false;
}

/* The first agent of a list without marker was the default: it keeps each account that no binding
 * names, of the channel that ships inside the package. */
static void repair_bindings(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id channel = tree_path(t, job->root, "channels", "telegram", NULL);
    node_id accounts = member(job, channel, "accounts");
    node_id plugins = member(job, job->root, "plugins");
    if (!job->first.n || !is_object(job, channel) || !is_configured(job, channel) ||
        is_disabled(job, plugins))
        return;
    node_id bindings = member(job, job->root, "bindings");
    bool all, any = false;
    struct map bound = bound_accounts(job, STR("telegram"), &all);
    struct added list = {0, 0, 0};
    if (all || (bindings && !tree_is(t, bindings, NODE_ARRAY))) return;
    for (TREE_EACH(t, account, accounts)) {
        any = true;
        struct str id = ids_account(job->arena, key_of(job, account));
        bool is_new;
        map_put(&bound, id, 1, &is_new);
        if (is_new && !is_disabled(job, account))
            bind_first(job, STR("telegram"), id, account, &list);
    }
    if (!any && !map_get(&bound, STR("default")))
        bind_first(job, STR("telegram"), STR("default"), channel, &list);
    append_bindings(job, &list, channel);
}

/* ---- gateway -----------------------------------------------------------------------------------
 */

static void repair_port(struct repair_job *job) {
    node_id gateway = member(job, job->root, "gateway"), port = member(job, gateway, "port");
    if (!tree_is(job->edit->tree, port, NODE_NUMBER)) return;
    double value = tree_node(job->edit->tree, port)->u.number;
    if (value >= 1 && value <= 65535) return;
    legacy_drop(job, gateway, port, STR("gateway.port"));
    if (!tree_node(job->edit->tree, gateway)->n) edit_remove(job->edit, job->root, gateway);
}

/* ---- session, sandbox, tools -------------------------------------------------------------------
 */

static void repair_idle_minutes(struct repair_job *job) {
    struct edit *e = job->edit;
    node_id session = member(job, job->root, "session");
    node_id minutes = member(job, session, "idleMinutes"), reset = member(job, session, "reset");
    if (!minutes) return;
    edit_remove(e, session, minutes);
    if (!is_object(job, reset)) {
        reset = edit_new(e, NODE_OBJECT, minutes);
        edit_set(e, reset, STR("mode"), edit_new_text(e, STR("idle"), minutes));
        edit_set(e, session, STR("reset"), reset);
    }
    if (!member(job, reset, "idleMinutes"))
        edit_set(e, reset, STR("idleMinutes"), edit_copy(e, minutes));
    legacy_note(job, STR("session.idleMinutes"), STR("session.reset"), minutes, reset);
}

static void repair_per_session(struct repair_job *job, const void *context, node_id sandbox,
                               node_id value, struct str path) {
    (void)context;
    if (!tree_is(job->edit->tree, value, NODE_BOOL)) return;
    bool session = is_true(job, value);
    legacy_drop(job, sandbox, value, path);
    if (member(job, sandbox, "scope")) return;
    node_id scope = edit_new_text(job->edit, session ? STR("session") : STR("shared"), value);
    struct str parent = str_slice(path, 0, path.n - sizeof "perSession" + 1);
    legacy_set(job, sandbox, "scope", scope, str_concat(job->arena, parent, STR("scope")));
}

static bool are_texts(const struct tree *t, node_id list) {
    if (!tree_is(t, list, NODE_ARRAY) || !tree_node(t, list)->n) return false;
    for (TREE_EACH(t, item, list))
        if (!tree_is(t, item, NODE_STRING)) return false;
    return true;
}

/* `allow` and `alsoAllow` exclude each other: all goes into `allow`, unless a profile might give
 * another meaning to that. */
static void repair_also_allow(struct repair_job *job, const void *context, node_id policy,
                              node_id also, struct str path) {
    (void)context;
    struct tree *t = job->edit->tree;
    node_id allow = member(job, policy, "allow");
    node_id common = tree_path(t, job->root, "tools", "profile", NULL);
    if (!are_texts(t, allow) || !are_texts(t, also)) return;
    if (common || member(job, policy, "profile")) return;
    struct map seen = map_new(job->arena);
    node_id both = edit_new(job->edit, NODE_ARRAY, allow);
    for (int from = 0; from < 2; from++)
        for (TREE_EACH(t, item, from ? also : allow)) {
            bool is_new = true;
            if (tree_is(t, item, NODE_STRING)) map_put(&seen, tree_text(t, item), 1, &is_new);
            if (is_new) edit_append(job->edit, both, edit_copy(job->edit, item), 1);
        }
    edit_replace(job->edit, policy, allow, both);
    edit_replace(job->edit, policy, also, edit_new(job->edit, NODE_ARRAY, also));
    struct str parent = str_slice(path, 0, path.n - sizeof "alsoAllow" + 1);
    legacy_note(job, path, str_concat(job->arena, parent, STR("allow")), also, both);
}

/* `mode` says what `security` and `ask` said. */
static void repair_exec(struct repair_job *job, const void *context, node_id tools, node_id exec,
                        struct str path) {
    static const struct {
        const char *security, *ask, *mode;
    } modes[] = {{"deny", "off", "deny"},
                 {"deny", "on-miss", "deny"},
                 {"allowlist", "off", "allowlist"},
                 {"allowlist", "on-miss", "ask"},
                 {"full", "off", "full"}};
    (void)context, (void)tools;
    struct tree *t = job->edit->tree;
    node_id security = member(job, exec, "security"), ask = member(job, exec, "ask");
    if (!security && !ask) return;
    if (!member(job, exec, "mode")) {
        const char *mode = NULL;
        for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
            if (str_equal(tree_text(t, security), str_from(modes[i].security)) &&
                str_equal(tree_text(t, ask), str_from(modes[i].ask)))
                mode = modes[i].mode;
        if (!mode) return;
        legacy_set(job, exec, "mode", edit_new_text(job->edit, str_from(mode), security),
                   legacy_path(job, path, STR("mode")));
    }
    if (security) legacy_drop(job, exec, security, legacy_path(job, path, STR("security")));
    if (ask) legacy_drop(job, exec, ask, legacy_path(job, path, STR("ask")));
}

/* ---- speech, media, servers --------------------------------------------------------------------
 */

static void repair_tts_enabled(struct repair_job *job, const void *context, node_id tts,
                               node_id enabled, struct str path) {
    (void)context;
    if (!tree_is(job->edit->tree, enabled, NODE_BOOL)) return;
    legacy_drop(job, tts, enabled, path);
    if (member(job, tts, "auto")) return;
    node_id value =
        edit_new_text(job->edit, is_true(job, enabled) ? STR("always") : STR("off"), enabled);
    struct str parent = str_slice(path, 0, path.n - sizeof "enabled" + 1);
    legacy_set(job, tts, "auto", value, str_concat(job->arena, parent, STR("auto")));
}

static void repair_mcp_disabled(struct repair_job *job, const void *context, node_id server,
                                node_id disabled, struct str path) {
    (void)context;
    if (!tree_is(job->edit->tree, disabled, NODE_BOOL)) return;
    legacy_drop(job, server, disabled, path);
    if (member(job, server, "enabled")) return;
    struct str parent = str_slice(path, 0, path.n - sizeof "disabled" + 1);
    legacy_set(job, server, "enabled", new_bool(job, !is_true(job, disabled), disabled),
               str_concat(job->arena, parent, STR("enabled")));
}

static void repair_mcp_timeout(struct repair_job *job, const void *context, node_id server,
                               node_id seconds, struct str path) {
    (void)context;
    const struct node *node = tree_node(job->edit->tree, seconds);
    if (node->kind != NODE_NUMBER || !(node->u.number > 0)) return;
    double milliseconds = node->u.number * 1000;
    legacy_drop(job, server, seconds, path);
    if (member(job, server, "requestTimeoutMs")) return;
    struct str parent = str_slice(path, 0, path.n - sizeof "timeout" + 1);
    legacy_set(job, server, "requestTimeoutMs", new_number(job, milliseconds, seconds),
               str_concat(job->arena, parent, STR("requestTimeoutMs")));
}

/* audio.transcription becomes a model of tools.media. */
static void repair_audio(struct repair_job *job) {
    struct edit *e = job->edit;
    struct tree *t = e->tree;
    node_id audio = member(job, job->root, "audio");
    node_id command = tree_path(t, audio, "transcription", "command", NULL);
    node_id program = tree_first(t, command);
    if (!audio) return;
    legacy_drop(job, job->root, audio, STR("audio"));
    if (!tree_is(t, program, NODE_STRING)) return;
    node_id tools = edit_object(e, job->root, "tools", audio);
    node_id media = edit_object(e, tools, "media", audio),
            own = edit_object(e, media, "audio", audio);
    if (!own || member(job, media, "models")) return;
    node_id model = edit_new(e, NODE_OBJECT, audio), rest = tree_node(t, program)->next;
    edit_set(e, model, STR("command"), edit_copy(e, program));
    edit_set(e, model, STR("type"), edit_new_text(e, STR("cli"), audio));
    if (rest) {
        node_id args = edit_new(e, NODE_ARRAY, audio);
        for (; rest; rest = tree_node(t, rest)->next) edit_append(e, args, edit_copy(e, rest), 1);
        edit_set(e, model, STR("args"), args);
    }
    node_id capabilities = edit_new(e, NODE_ARRAY, audio), models = edit_new(e, NODE_ARRAY, audio);
    edit_append(e, capabilities, edit_new_text(e, STR("audio"), audio), 1);
    edit_set(e, model, STR("capabilities"), capabilities);
    edit_append(e, models, model, 1);
    edit_set(e, own, STR("enabled"), new_bool(job, true, audio));
    edit_set(e, own, STR("preferredModel"),
             edit_new_text(e, str_concat(job->arena, STR("cli:"), tree_text(t, program)), audio));
    edit_set(e, media, STR("models"), models);
    legacy_note(job, STR(""), STR("tools.media"), 0, media);
}

/* ---- channels and the rest ---------------------------------------------------------------------
 */

/* `streaming` was a flag or a word. */
static void repair_streaming(struct repair_job *job, const void *context, node_id owner,
                             node_id value, struct str path) {
    (void)context;
    struct tree *t = job->edit->tree;
    if (!tree_is(t, value, NODE_BOOL) && !tree_is(t, value, NODE_STRING)) return;
    struct str mode = tree_is(t, value, NODE_STRING) ? tree_text(t, value)
                      : is_true(job, value)          ? STR("partial")
                                                     : STR("off");
    node_id streaming = edit_new(job->edit, NODE_OBJECT, value);
    edit_set(job->edit, streaming, STR("mode"), edit_new_text(job->edit, mode, value));
    edit_replace(job->edit, owner, value, streaming);
    legacy_note(job, path, str_concat(job->arena, path, STR(".mode")), value, streaming);
}

/* `requireMention` of a channel is that of its groups. */
static void repair_require_mention(struct repair_job *job, const void *context, node_id owner,
                                   node_id value, struct str path) {
    (void)context;
    struct str parent = str_slice(path, 0, path.n - sizeof "requireMention" + 1);
    legacy_move(job, owner, value, path, owner, STR("groups.*.requireMention"),
                str_concat(job->arena, parent, STR("groups.*.requireMention")));
}

/* Who may write and who must be mentioned stood under `routing`. */
static void repair_routing(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id routing = member(job, job->root, "routing");
    node_id whatsapp = tree_path(t, job->root, "channels", "whatsapp", NULL);
    node_id from = member(job, routing, "allowFrom");
    if (from && is_object(job, whatsapp))
        legacy_move(job, routing, from, STR("routing.allowFrom"), whatsapp, STR("allowFrom"),
                    STR("channels.whatsapp.allowFrom"));
    node_id mention = tree_path(t, routing, "groupChat", "requireMention", NULL);
    static const char *const channels[] = {"whatsapp", "telegram", "imessage"};
    for (size_t i = 0; mention && i < sizeof channels / sizeof *channels; i++) {
        struct str path =
            str_format(job->arena, "channels.%s.groups.*.requireMention", channels[i]);
        if ((i == 0 && !is_object(job, whatsapp)) || legacy_get(job, job->root, path)) continue;
        node_id value = edit_copy(job->edit, mention);
        if (legacy_put(job, job->root, path, value)) legacy_note(job, STR(""), path, 0, value);
    }
}

/* Texts beside `vars` are variables. */
static void repair_env(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id env = member(job, job->root, "env");
    if (!is_object(job, env)) return;
    for (node_id value = tree_first(t, env), next; value; value = next) {
        next = tree_node(t, value)->next;
        struct str key = key_of(job, value);
        if (!tree_is(t, value, NODE_STRING) || str_equal(key, STR("vars")) ||
            str_equal(key, STR("shellEnv")))
            continue;
        node_id vars = edit_object(job->edit, env, "vars", value);
        if (!vars) return;
        edit_remove(job->edit, env, value);
        bool set = tree_member(t, vars, key) != 0;
        node_id moved = set ? 0 : edit_copy(job->edit, value);
        if (moved) edit_set(job->edit, vars, key, moved);
        legacy_note(job, legacy_path(job, STR("env"), key),
                    set ? STR("") : legacy_path(job, STR("env.vars"), key), value, moved);
    }
}

static void each(struct repair_job *job, const char *pattern, legacy_visit visit) {
    legacy_each(job, str_from(pattern), visit, NULL);
}

void legacy_newer(struct repair_job *job) {
    static const char *const policies[] = {"tools",
                                           "@agent.tools",
                                           "tools.byProvider.*",
                                           "@agent.tools.byProvider.*",
                                           "tools.subagents.tools",
                                           "gateway.tools",
                                           "channels.*.groups.*.tools",
                                           "channels.*.groups.*.toolsBySender.*",
                                           "channels.*.accounts.*.groups.*.tools",
                                           "channels.*.guilds.*.tools",
                                           "channels.*.guilds.*.channels.*.tools",
                                           "channels.*.channels.*.tools"};
    repair_list(job);
    repair_routing(job);
    repair_audio(job);
    repair_port(job);
    legacy_bind(job);
    each(job, "@telegram.requireMention", repair_require_mention);
    each(job, "@agent.sandbox.perSession", repair_per_session);
    each(job, "mcp.servers.*.disabled", repair_mcp_disabled);
    each(job, "mcp.servers.*.timeout", repair_mcp_timeout);
    repair_idle_minutes(job);
    repair_env(job);
    legacy_by_data(job);
    each(job, "tts.enabled", repair_tts_enabled);
    each(job, "@entry.tts.enabled", repair_tts_enabled);
    each(job, "@telegram.streaming", repair_streaming);
    each(job, "tools.exec", repair_exec);
    each(job, "@entry.tools.exec", repair_exec);
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
        legacy_each(job, str_format(job->arena, "%s.alsoAllow", policies[i]), repair_also_allow,
                    NULL);
    repair_ownership(job);
    repair_system_agent(job);
    repair_bindings(job);
}
