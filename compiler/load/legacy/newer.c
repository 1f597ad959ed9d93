/* What the start of 2026.9.6 rewrites, beyond what data can say. */
#include "load/legacy/steps.h"
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
void legacy_heartbeat(struct repair_job *job) {
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

/* Texts beside `vars` are variables. */
static void repair_env(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id env = legacy_record(job, job->root, "env"), own = legacy_member(job, env, "vars");
    struct map known = map_new(job->arena);
    struct legacy_chain kept = {0, 0, 0}, moved = {0, 0, 0};
    node_id first = 0;
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
        if (!first) first = value;
        legacy_note(job, legacy_path(job, STR("env"), key),
                    is_new ? legacy_path(job, STR("env.vars"), key) : STR(""), value,
                    is_new ? copy : 0);
    }
    if (kept.n == tree_node(t, env)->n) return;
    node_id now = edit_new(job->edit, NODE_OBJECT, env);
    edit_append(job->edit, now, kept.first, kept.n);
    edit_set(job->edit, job->root, STR("env"), now);
    node_id vars = legacy_ensure(job, now, "vars", first ? first : env);
    edit_append(job->edit, vars, moved.first, moved.n);
    edit_order(job->edit, vars);
}

static void each(struct repair_job *job, const char *pattern, legacy_visit visit) {
    legacy_each(job, str_from(pattern), visit, NULL);
}

/* A host name: labels of letters, digits and hyphens. */
static bool is_host(struct str name) {
    size_t label = 0;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (c == '.' ? !label || name.p[i - 1] == '-' : !word && (c != '-' || !label)) return false;
        label = c == '.' ? 0 : label + 1;
        if (label > 63) return false;
    }
    return label && name.p[name.n - 1] != '-' && name.n <= 253;
}

/* What names no host is left out. */
static void keep_hosts(struct repair_job *job, const void *context, node_id owner, node_id hosts,
                       struct str path) {
    struct tree *t = job->edit->tree;
    struct legacy_chain kept = {0, 0, 0};
    if (!tree_is(t, hosts, NODE_ARRAY)) return;
    for (TREE_EACH(t, host, hosts))
        if (tree_is(t, host, NODE_STRING) && is_host(ids_trim(tree_text(t, host))))
            legacy_chain_add(t, &kept, edit_copy(job->edit, host));
    if (kept.n == tree_node(t, hosts)->n) return;
    if (!kept.n) {
        legacy_drop(job, owner, hosts, path);
        return;
    }
    node_id list = edit_new(job->edit, NODE_ARRAY, hosts);
    edit_append(job->edit, list, kept.first, kept.n);
    legacy_set(job, owner, context, list, path);
}

static void repair_settings(struct repair_job *job) {
    repair_typing_mode(job);
    legacy_heartbeat(job);
    repair_grpc(job);
    repair_tailscale(job);
    repair_port(job);
    legacy_bind(job);
    repair_lean(job);
    repair_handlers(job);
    repair_idle_minutes(job);
    repair_wide_area(job);
    repair_env(job);
    repair_hostnames(job);
    repair_capture(job);
    repair_overlays(job);
    repair_compaction(job);
    repair_workshop(job);
    legacy_each(job, STR("secrets.egressProxy.allowedHosts"), keep_hosts, "allowedHosts");
    legacy_each(job, STR("secrets.egressProxy.bypassHosts"), keep_hosts, "bypassHosts");
}

void legacy_newer(struct repair_job *job) {
    legacy_list(job);
    legacy_tools(job);
    legacy_models(job);
    repair_settings(job);
    legacy_channels(job);
    legacy_plugins(job);
    legacy_media(job);
    legacy_moves(job);
    legacy_memory(job);
    legacy_removals(job);
    each(job, "session.maintenance.pruneAfter", drop_no_time);
    each(job, "session.maintenance.resetArchiveRetention", drop_no_time);
    legacy_policies(job);
    legacy_streaming(job);
    legacy_signal(job);
    legacy_owners(job);
}
