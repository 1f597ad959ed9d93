/* What the start rewrites of sandboxes, tools and their servers. */
#include <math.h>

#include "load/legacy/steps.h"
#include "model/ids.h"

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

/* ---- in order ----------------------------------------------------------------------------------
 */

static void each(struct repair_job *job, const char *pattern, legacy_visit visit) {
    legacy_each(job, str_from(pattern), visit, NULL);
}

void legacy_tools(struct repair_job *job) {
    each(job, "@agent.sandbox.perSession", repair_per_session);
    repair_browsers(job);
    each(job, "mcp.servers.*", repair_server);
    each(job, "nodeHost.mcp.servers.*", repair_server);
    each(job, "mcp.servers.*", repair_transport);
    each(job, "tools.codeMode", repair_executor);
    each(job, "@entry.tools.codeMode", repair_executor);
    repair_execs(job);
    repair_crossings(job);
}
