/* What the start of 2026.9.6 rewrites, beyond what data can say. */
#include <math.h>

#include "load/legacy_steps.h"
#include "model/ids.h"

/* ---- gateway -----------------------------------------------------------------------------------
 */

static void repair_port(struct repair_job *job) {
    node_id gateway = legacy_member(job, job->root, "gateway"),
            port = legacy_member(job, gateway, "port");
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
    node_id session = legacy_record(job, job->root, "session");
    node_id minutes = legacy_member(job, session, "idleMinutes");
    node_id reset = legacy_record(job, session, "reset");
    if (!minutes) return;
    edit_remove(e, session, minutes);
    if (!reset) {
        reset = legacy_ensure(job, session, "reset", minutes);
        edit_set(e, reset, STR("mode"), edit_new_text(e, STR("idle"), minutes));
    }
    if (!legacy_member(job, reset, "idleMinutes"))
        edit_set(e, reset, STR("idleMinutes"), edit_copy(e, minutes));
    legacy_note(job, STR("session.idleMinutes"), STR("session.reset"), minutes, reset);
}

/* The session's mode was in force, whatever the agents' defaults said. */
static void repair_typing_mode(struct repair_job *job) {
    node_id session = legacy_record(job, job->root, "session");
    node_id mode = legacy_member(job, session, "typingMode");
    if (!mode) return;
    edit_remove(job->edit, session, mode);
    node_id agents = legacy_ensure(job, job->root, "agents", mode);
    node_id defaults = legacy_ensure(job, agents, "defaults", mode),
            now = edit_copy(job->edit, mode);
    edit_set(job->edit, defaults, STR("typingMode"), now);
    legacy_note(job, STR("session.typingMode"), STR("agents.defaults.typingMode"), mode, now);
}

/* "0", "0d", 0: everything would be deleted at once. */
static bool is_no_time(const struct repair_job *job, node_id n) {
    const struct node *node = tree_node(job->edit->tree, n);
    struct str text = ids_trim(tree_text(job->edit->tree, n));
    if (node->kind == NODE_NUMBER) return node->u.number == 0;
    bool digits = text.n && text.p[0] >= '0' && text.p[0] <= '9';
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] >= '1' && text.p[i] <= '9') return false;
    return digits;
}

static void drop_no_time(struct repair_job *job, const void *context, node_id owner, node_id value,
                         struct str path) {
    (void)context;
    if (is_no_time(job, value)) legacy_drop(job, owner, value, path);
}

/* Who is told and who is asked were one block. */
static void repair_heartbeat(struct repair_job *job) {
    static const char *const shown[] = {"showOk", "showAlerts", "useIndicator"};
    node_id heartbeat = legacy_record(job, job->root, "heartbeat");
    if (!heartbeat) return;
    edit_remove(job->edit, job->root, heartbeat);
    node_id visible = edit_new(job->edit, NODE_OBJECT, heartbeat);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        node_id value = edit_take(job->edit, heartbeat, shown[i]);
        if (value) edit_set(job->edit, visible, str_from(shown[i]), edit_copy(job->edit, value));
    }
    const char *const to[][2] = {{"agents", "agents.defaults.heartbeat"},
                                 {"channels", "channels.defaults.heartbeat"}};
    for (size_t i = 0; i < 2; i++) {
        node_id part = i ? visible : heartbeat;
        if (legacy_is_empty(job, part)) continue;
        node_id root = legacy_ensure(job, job->root, to[i][0], heartbeat);
        node_id own = legacy_ensure(job, legacy_ensure(job, root, "defaults", heartbeat),
                                    "heartbeat", heartbeat);
        legacy_fill(job, own, part);
        legacy_note(job, STR("heartbeat"), str_from(to[i][1]), heartbeat, own);
    }
    if (legacy_is_empty(job, heartbeat) && legacy_is_empty(job, visible))
        legacy_note(job, STR("heartbeat"), STR(""), heartbeat, 0);
}

/* ---- sandbox and tools -------------------------------------------------------------------------
 */

static void repair_per_session(struct repair_job *job, const void *context, node_id sandbox,
                               node_id value, struct str path) {
    (void)context;
    if (!tree_is(job->edit->tree, value, NODE_BOOL)) return;
    bool session = legacy_is_bool(job, value, true);
    legacy_drop(job, sandbox, value, path);
    if (legacy_member(job, sandbox, "scope")) return;
    node_id scope = edit_new_text(job->edit, session ? STR("session") : STR("shared"), value);
    struct str parent = str_slice(path, 0, path.n - sizeof "perSession" + 1);
    legacy_set(job, sandbox, "scope", scope, str_concat(job->arena, parent, STR("scope")));
}

/* A browser in a sandbox cannot be without a network: it is off. */
static void repair_browser(struct repair_job *job, const void *context, node_id owner,
                           node_id agent, struct str path) {
    const bool *inherited = context;
    (void)owner;
    node_id browser = legacy_record(job, legacy_record(job, agent, "sandbox"), "browser");
    node_id network = legacy_member(job, browser, "network");
    bool none = str_equal(ids_token(job->arena, tree_text(job->edit->tree, network)), STR("none"));
    bool written = tree_is(job->edit->tree, network, NODE_STRING);
    node_id enabled = legacy_member(job, browser, "enabled");
    struct str here = legacy_below(job, path, "sandbox.browser");
    if (!browser) return;
    if (none) {
        struct str usual = STR("openclaw-sandbox-browser");
        legacy_set(job, browser, "enabled", legacy_new_bool(job, false, network),
                   legacy_below(job, here, "enabled"));
        legacy_set(job, browser, "network", edit_new_text(job->edit, usual, network),
                   legacy_below(job, here, "network"));
    } else if (inherited && !written && legacy_is_bool(job, enabled, true)) {
        legacy_set(job, browser, "enabled", legacy_new_bool(job, false, enabled),
                   legacy_below(job, here, "enabled"));
    } else if (inherited && written && !enabled && *inherited) {
        legacy_set(job, browser, "enabled", legacy_new_bool(job, true, network),
                   legacy_below(job, here, "enabled"));
    }
}

static void repair_browsers(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id common = tree_path(t, job->root, "agents", "defaults", "sandbox", "browser", NULL);
    bool on = legacy_is_bool(job, legacy_member(job, common, "enabled"), true);
    bool none = str_equal(ids_token(job->arena, legacy_text(job, common, "network")), STR("none"));
    legacy_each(job, STR("@entry"), repair_browser, none ? &on : NULL);
    legacy_each(job, STR("agents.defaults"), repair_browser, NULL);
}

/* `mode` says what `security` and `ask` said; an agent has the global ones where it has none. */
struct exec_policy {
    struct str security, ask;
};

static struct exec_policy exec_policy_of(const struct repair_job *job, node_id exec) {
    static const struct {
        const char *mode;
        struct exec_policy policy;
    } modes[] = {{"deny", {{"deny", 4}, {"off", 3}}},
                 {"allowlist", {{"allowlist", 9}, {"off", 3}}},
                 {"ask", {{"allowlist", 9}, {"on-miss", 7}}},
                 {"auto", {{"allowlist", 9}, {"on-miss", 7}}},
                 {"full", {{"full", 4}, {"off", 3}}}};
    struct str mode = legacy_text(job, exec, "mode");
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (str_equal(mode, str_from(modes[i].mode))) return modes[i].policy;
    return (struct exec_policy){legacy_text(job, exec, "security"), legacy_text(job, exec, "ask")};
}

static const char *mode_of(struct exec_policy p) {
    static const char *const modes[][3] = {{"deny", "off", "deny"},
                                           {"deny", "on-miss", "deny"},
                                           {"allowlist", "off", "allowlist"},
                                           {"allowlist", "on-miss", "ask"},
                                           {"full", "off", "full"}};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (str_equal(p.security, str_from(modes[i][0])) && str_equal(p.ask, str_from(modes[i][1])))
            return modes[i][2];
    return NULL;
}

static void repair_exec(struct repair_job *job, const void *context, node_id tools, node_id exec,
                        struct str path) {
    const struct exec_policy *common = context;
    (void)tools;
    node_id security = legacy_member(job, exec, "security"), ask = legacy_member(job, exec, "ask");
    if (!security && !ask) return;
    if (!legacy_member(job, exec, "mode")) {
        struct exec_policy p = {legacy_text(job, exec, "security"), legacy_text(job, exec, "ask")};
        if (!security && common) p.security = common->security;
        if (!ask && common) p.ask = common->ask;
        const char *mode = mode_of(p);
        if (!mode) return;
        legacy_set(job, exec, "mode",
                   edit_new_text(job->edit, str_from(mode), security ? security : ask),
                   legacy_below(job, path, "mode"));
    }
    legacy_remove(job, exec, "security", path);
    legacy_remove(job, exec, "ask", path);
}

static void repair_execs(struct repair_job *job) {
    node_id exec = tree_path(job->edit->tree, job->root, "tools", "exec", NULL);
    struct exec_policy common = exec_policy_of(job, exec);
    legacy_each(job, STR("tools.exec"), repair_exec, NULL);
    legacy_each(job, STR("@entry.tools.exec"), repair_exec, &common);
}

/* One switch for messages across conversations became two. */
struct crossing {
    bool bypass;    /* the global switch was on */
    node_id common; /* the global crossContext, or 0 */
};

static void set_crossing(struct repair_job *job, node_id message, bool within, bool across,
                         struct str path) {
    node_id cross = legacy_ensure(job, message, "crossContext", message);
    legacy_set(job, cross, "allowWithinProvider", legacy_new_bool(job, within, message),
               legacy_below(job, path, "crossContext.allowWithinProvider"));
    legacy_set(job, cross, "allowAcrossProviders", legacy_new_bool(job, across, message),
               legacy_below(job, path, "crossContext.allowAcrossProviders"));
}

static void repair_crossing(struct repair_job *job, const void *context, node_id owner,
                            node_id message, struct str path) {
    const struct crossing *agent = context; /* NULL for the global block */
    (void)owner;
    node_id old = legacy_member(job, message, "allowCrossContextSend");
    if (!legacy_is_object(job, message) || (!old && !(agent && agent->bypass))) return;
    if (old) legacy_drop(job, message, old, legacy_below(job, path, "allowCrossContextSend"));
    if (old ? legacy_is_bool(job, old, true) : agent->bypass) {
        set_crossing(job, message, true, true, path);
    } else if (agent && agent->bypass) {
        node_id own = legacy_record(job, message, "crossContext");
        node_id within = legacy_member(job, own, "allowWithinProvider");
        node_id across = legacy_member(job, own, "allowAcrossProviders");
        if (!within) within = legacy_member(job, agent->common, "allowWithinProvider");
        if (!across) across = legacy_member(job, agent->common, "allowAcrossProviders");
        set_crossing(job, message, !legacy_is_bool(job, within, false),
                     legacy_is_bool(job, across, true), path);
    }
}

static void repair_crossings(struct repair_job *job) {
    node_id message = tree_path(job->edit->tree, job->root, "tools", "message", NULL);
    struct crossing common = {
        legacy_is_bool(job, legacy_member(job, message, "allowCrossContextSend"), true),
        legacy_record(job, message, "crossContext")};
    legacy_each(job, STR("@entry.tools.message"), repair_crossing, &common);
    legacy_each(job, STR("tools.message"), repair_crossing, NULL);
}

/* ---- servers -----------------------------------------------------------------------------------
 */

static void repair_seconds(struct repair_job *job, node_id server, const char *from, const char *to,
                           struct str path) {
    node_id value = legacy_member(job, server, from);
    if (!value) return;
    const struct node *node = tree_node(job->edit->tree, value);
    double ms = node->kind == NODE_NUMBER ? node->u.number * 1000 : 0;
    legacy_drop(job, server, value, legacy_below(job, path, from));
    if (ms > 0 && isfinite(ms) && !legacy_member(job, server, to))
        legacy_set(job, server, to, legacy_new_number(job, ms, value), legacy_below(job, path, to));
}

static void repair_server(struct repair_job *job, const void *context, node_id owner,
                          node_id server, struct str path) {
    (void)context, (void)owner;
    node_id disabled = legacy_member(job, server, "disabled");
    if (tree_is(job->edit->tree, disabled, NODE_BOOL)) {
        legacy_drop(job, server, disabled, legacy_below(job, path, "disabled"));
        if (!tree_is(job->edit->tree, legacy_member(job, server, "enabled"), NODE_BOOL))
            legacy_set(job, server, "enabled",
                       legacy_new_bool(job, legacy_is_bool(job, disabled, false), disabled),
                       legacy_below(job, path, "enabled"));
    }
    repair_seconds(job, server, "connectTimeout", "connectionTimeoutMs", path);
    repair_seconds(job, server, "connect_timeout", "connectionTimeoutMs", path);
    repair_seconds(job, server, "timeout", "requestTimeoutMs", path);
}

/* How a server is reached, in the words of other programs. */
static void repair_transport(struct repair_job *job, const void *context, node_id owner,
                             node_id server, struct str path) {
    (void)context, (void)owner;
    node_id type = legacy_member(job, server, "type");
    struct str word = ids_token(job->arena, tree_text(job->edit->tree, type));
    bool http = str_equal(word, STR("http")) || str_equal(word, STR("streamable-http"));
    bool sse = str_equal(word, STR("sse"));
    if (!http && !sse && !str_equal(word, STR("stdio"))) return;
    legacy_drop(job, server, type, legacy_below(job, path, "type"));
    node_id own = legacy_member(job, server, "transport");
    if ((http || sse) && !tree_is(job->edit->tree, own, NODE_STRING))
        legacy_set(job, server, "transport",
                   edit_new_text(job->edit, http ? STR("streamable-http") : STR("sse"), type),
                   legacy_below(job, path, "transport"));
}

/* ---- memory ------------------------------------------------------------------------------------
 */

/* Keys that stood side by side have groups. */
static void repair_memory(struct repair_job *job, const void *context, node_id owner,
                          node_id search, struct str path) {
    static const char *const flat[][3] = {{"chunkSize", "chunking", "tokens"},
                                          {"chunkOverlap", "chunking", "overlap"},
                                          {"maxResults", "query", "maxResults"}};
    (void)context, (void)owner;
    for (size_t i = 0; i < sizeof flat / sizeof *flat; i++) {
        node_id value = legacy_member(job, search, flat[i][0]);
        struct str to = str_format(job->arena, "%s.%s", flat[i][1], flat[i][2]);
        if (value)
            legacy_move(job, search, value, legacy_below(job, path, flat[i][0]), search, to,
                        legacy_path(job, path, to), false);
    }
    node_id provider = legacy_member(job, search, "provider");
    if (str_equal(ids_token(job->arena, tree_text(job->edit->tree, provider)), STR("auto")))
        legacy_set(job, search, "provider", edit_new_text(job->edit, STR("openai"), provider),
                   legacy_below(job, path, "provider"));
    node_id store = legacy_record(job, search, "store");
    if (tree_is(job->edit->tree, legacy_member(job, store, "path"), NODE_STRING))
        legacy_remove(job, store, "path", legacy_below(job, path, "store"));
}

/* ---- the rest ----------------------------------------------------------------------------------
 */

/* What is captured was several switches. */
static void repair_capture(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id otel = tree_path(t, job->root, "diagnostics", "otel", NULL);
    node_id capture = legacy_record(job, otel, "captureContent");
    node_id enabled = legacy_member(job, capture, "enabled");
    bool on = legacy_is_bool(job, enabled, true);
    for (TREE_EACH(t, part, tree_is(t, enabled, NODE_BOOL) ? 0 : capture))
        on = on || legacy_is_bool(job, part, true);
    if (capture)
        legacy_set(job, otel, "captureContent", legacy_new_bool(job, on, capture),
                   STR("diagnostics.otel.captureContent"));
    node_id diagnostics = legacy_record(job, job->root, "diagnostics");
    node_id trace = legacy_record(job, diagnostics, "cacheTrace");
    node_id own = legacy_member(job, trace, "enabled");
    if (!trace || (tree_node(t, trace)->n == (own ? 1 : 0) && (!own || tree_is(t, own, NODE_BOOL))))
        return;
    node_id now = edit_new(job->edit, NODE_OBJECT, trace);
    edit_set(job->edit, now, STR("enabled"),
             legacy_new_bool(job, legacy_is_bool(job, own, true), trace));
    legacy_set(job, diagnostics, "cacheTrace", now, STR("diagnostics.cacheTrace"));
}

/* Telemetry over gRPC never left: it is off until somebody chooses how it should. */
static void repair_grpc(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id otel = tree_path(t, job->root, "diagnostics", "otel", NULL);
    node_id enabled = legacy_member(job, otel, "enabled");
    if (!str_equal(legacy_text(job, otel, "protocol"), STR("grpc"))) return;
    bool logs = legacy_is_bool(job, legacy_member(job, otel, "logs"), true) &&
                !str_equal(legacy_text(job, otel, "logsExporter"), STR("stdout"));
    bool signals = logs || !legacy_is_bool(job, legacy_member(job, otel, "traces"), false) ||
                   !legacy_is_bool(job, legacy_member(job, otel, "metrics"), false);
    legacy_remove(job, otel, "protocol", STR("diagnostics.otel"));
    if (legacy_is_bool(job, enabled, true) && signals)
        legacy_set(job, otel, "enabled", legacy_new_bool(job, false, enabled),
                   STR("diagnostics.otel.enabled"));
}

static void repair_hostnames(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id policy = tree_path(t, job->root, "browser", "ssrfPolicy", NULL);
    node_id lists[] = {legacy_member(job, policy, "allowedHostnames"),
                       legacy_member(job, policy, "hostnameAllowlist")};
    struct map seen = map_new(job->arena);
    struct legacy_chain all = {0, 0, 0};
    if (!tree_is(t, lists[1], NODE_ARRAY)) return;
    for (size_t i = 0; i < 2; i++)
        for (TREE_EACH(t, host, tree_is(t, lists[i], NODE_ARRAY) ? lists[i] : 0)) {
            bool is_new = false;
            if (tree_is(t, host, NODE_STRING)) map_put(&seen, tree_text(t, host), 1, &is_new);
            if (is_new) legacy_chain_add(t, &all, edit_copy(job->edit, host));
        }
    node_id both = edit_new(job->edit, NODE_ARRAY, lists[1]);
    edit_append(job->edit, both, all.first, all.n);
    legacy_drop(job, policy, lists[1], STR("browser.ssrfPolicy.hostnameAllowlist"));
    legacy_set(job, policy, "allowedHostnames", both, STR("browser.ssrfPolicy.allowedHostnames"));
}

static void repair_workshop(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id own = tree_path(t, job->root, "skills", "workshop", "autonomous", NULL);
    node_id enabled = legacy_member(job, own, "enabled");
    if (!enabled) return;
    legacy_drop(job, own, enabled, STR("skills.workshop.autonomous.enabled"));
    struct str mode = legacy_is_bool(job, enabled, false) ? STR("off") : STR("propose");
    if (!legacy_member(job, own, "mode"))
        legacy_set(job, own, "mode", edit_new_text(job->edit, mode, enabled),
                   STR("skills.workshop.autonomous.mode"));
}

/* Hooks registered by module are gone; a switch that was on for them alone goes, too. */
static void repair_handlers(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id internal = tree_path(t, job->root, "hooks", "internal", NULL);
    node_id entries = legacy_record(job, internal, "entries"),
            enabled = legacy_member(job, internal, "enabled");
    bool dirs = false;
    if (!legacy_member(job, internal, "handlers")) return;
    legacy_remove(job, internal, "handlers", STR("hooks.internal"));
    for (TREE_EACH(t, dir, legacy_member(job, legacy_record(job, internal, "load"), "extraDirs")))
        dirs = dirs || ids_trim(tree_text(t, dir)).n;
    if (legacy_is_bool(job, enabled, true) && !dirs && (!entries || legacy_is_empty(job, entries)))
        legacy_remove(job, internal, "enabled", STR("hooks.internal"));
}

static void repair_tailscale(struct repair_job *job) {
    node_id own = tree_path(job->edit->tree, job->root, "gateway", "tailscale", NULL);
    node_id name = legacy_member(job, own, "serviceName");
    if (!name) return;
    legacy_drop(job, own, name, STR("gateway.tailscale.serviceName"));
    if (str_equal(legacy_text(job, own, "mode"), STR("serve")))
        legacy_set(job, own, "mode", edit_new_text(job->edit, STR("off"), name),
                   STR("gateway.tailscale.mode"));
}

static void repair_wide_area(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id own = tree_path(t, job->root, "discovery", "wideArea", NULL);
    node_id enabled = legacy_member(job, own, "enabled");
    if (!enabled) return;
    bool off = legacy_is_bool(job, enabled, false);
    legacy_remove(job, own, "enabled", STR("discovery.wideArea"));
    if (off && ids_trim(legacy_text(job, own, "domain")).n)
        legacy_remove(job, own, "domain", STR("discovery.wideArea"));
}

/* A transcript was only cut by its bytes while this was on. */
static void repair_compaction(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id own = tree_path(t, job->root, "agents", "defaults", "compaction", NULL);
    node_id cut = legacy_member(job, own, "truncateAfterCompaction");
    if (!cut) return;
    if (legacy_is_bool(job, cut, false))
        legacy_remove(job, own, "maxActiveTranscriptBytes", STR("agents.defaults.compaction"));
    legacy_remove(job, own, "truncateAfterCompaction", STR("agents.defaults.compaction"));
}

/* The personality of one model family belongs to its plugin. */
static void repair_overlays(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id defaults = tree_path(t, job->root, "agents", "defaults", NULL);
    node_id overlays = legacy_member(job, defaults, "promptOverlays");
    node_id personality = tree_path(t, overlays, "gpt5", "personality", NULL);
    if (!overlays) return;
    edit_remove(job->edit, defaults, overlays);
    struct str to = STR("plugins.entries.openai.config.personality");
    node_id now =
        personality && !legacy_get(job, job->root, to) ? edit_copy(job->edit, personality) : 0;
    if (now && !legacy_put(job, job->root, to, now)) now = 0;
    legacy_note(job, STR("agents.defaults.promptOverlays"), now ? to : STR(""), overlays, now);
}

/* Small models were made lean without being asked to. */
static void repair_lean(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id wizard = legacy_record(job, job->root, "wizard");
    node_id model = tree_path(t, job->root, "agents", "defaults", "model", NULL);
    node_id own = tree_path(t, job->root, "agents", "defaults", "experimental", NULL);
    struct str chosen = legacy_text(job, wizard, "localModelLeanAutoModel");
    struct str primary =
        tree_is(t, model, NODE_STRING) ? tree_text(t, model) : legacy_text(job, model, "primary");
    if (!legacy_member(job, wizard, "localModelLeanAutoModel")) return;
    legacy_remove(job, wizard, "localModelLeanAutoModel", STR("wizard"));
    if (chosen.n && str_equal(chosen, primary) &&
        legacy_is_bool(job, legacy_member(job, own, "localModelLean"), true))
        legacy_remove(job, own, "localModelLean", STR("agents.defaults.experimental"));
}

static void repair_executor(struct repair_job *job, const void *context, node_id owner,
                            node_id mode, struct str path) {
    (void)context, (void)owner;
    node_id runtime = legacy_member(job, mode, "runtime");
    if (!str_equal(tree_text(job->edit->tree, runtime), STR("quickjs-wasi"))) return;
    legacy_remove(job, mode, "runtime", path);
    if (!legacy_member(job, mode, "executor"))
        legacy_set(job, mode, "executor", edit_new_text(job->edit, STR("quickjs"), runtime),
                   legacy_below(job, path, "executor"));
}

/* Texts beside `vars` are variables. */
static void repair_env(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id env = legacy_record(job, job->root, "env"), own = legacy_member(job, env, "vars");
    struct map known = map_new(job->arena);
    struct legacy_chain kept = {0, 0, 0}, moved = {0, 0, 0};
    if (!env || (own && !legacy_is_object(job, own))) return;
    for (TREE_EACH(t, value, own)) map_put(&known, legacy_key(job, value), 1, NULL);
    for (TREE_EACH(t, value, env)) {
        struct str key = legacy_key(job, value);
        bool setting = str_equal(key, STR("vars")) || str_equal(key, STR("shellEnv"));
        node_id copy = edit_copy(job->edit, value);
        bool is_new;
        tree_node(t, copy)->key = tree_node(t, value)->key;
        if (setting || !tree_is(t, value, NODE_STRING)) {
            legacy_chain_add(t, &kept, copy);
            continue;
        }
        map_put(&known, key, 1, &is_new);
        if (is_new) legacy_chain_add(t, &moved, copy);
        legacy_note(job, legacy_path(job, STR("env"), key),
                    is_new ? legacy_path(job, STR("env.vars"), key) : STR(""), value,
                    is_new ? copy : 0);
    }
    if (kept.n == tree_node(t, env)->n) return;
    node_id now = edit_new(job->edit, NODE_OBJECT, env);
    edit_append(job->edit, now, kept.first, kept.n);
    edit_set(job->edit, job->root, STR("env"), now);
    node_id vars = legacy_ensure(job, now, "vars", env);
    edit_append(job->edit, vars, moved.first, moved.n);
    edit_order(job->edit, vars);
}

static void each(struct repair_job *job, const char *pattern, legacy_visit visit) {
    legacy_each(job, str_from(pattern), visit, NULL);
}

static void repair_settings(struct repair_job *job) {
    repair_browsers(job);
    repair_typing_mode(job);
    repair_heartbeat(job);
    repair_grpc(job);
    repair_tailscale(job);
    repair_port(job);
    legacy_bind(job);
    repair_lean(job);
    repair_handlers(job);
    repair_idle_minutes(job);
    repair_execs(job);
    repair_wide_area(job);
    repair_env(job);
    repair_hostnames(job);
    repair_capture(job);
    repair_overlays(job);
    repair_compaction(job);
    repair_crossings(job);
    repair_workshop(job);
}

void legacy_newer(struct repair_job *job) {
    legacy_list(job);
    each(job, "@agent.sandbox.perSession", repair_per_session);
    each(job, "mcp.servers.*", repair_server);
    each(job, "nodeHost.mcp.servers.*", repair_server);
    each(job, "mcp.servers.*", repair_transport);
    each(job, "tools.codeMode", repair_executor);
    each(job, "@entry.tools.codeMode", repair_executor);
    legacy_models(job);
    repair_settings(job);
    legacy_channels(job);
    legacy_plugins(job);
    legacy_media(job);
    legacy_moves(job);
    each(job, "memory.search", repair_memory);
    each(job, "@entry.memory.search", repair_memory);
    legacy_removals(job);
    each(job, "session.maintenance.pruneAfter", drop_no_time);
    each(job, "session.maintenance.resetArchiveRetention", drop_no_time);
    legacy_policies(job);
    legacy_streaming(job);
    legacy_signal(job);
    legacy_owners(job);
}
