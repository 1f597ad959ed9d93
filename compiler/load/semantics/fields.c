/* Refinements of single objects: sandboxes, heartbeats, sessions, hooks, the browser, models. */
#include <string.h>

#include "load/semantics/semantics.h"
#include "model/ids.h"

/* ---- sandboxes ---------------------------------------------------------------------------------
 */

static bool is_absolute(struct str path) {
    if (str_starts(path, STR("/"))) return true;
    bool drive = path.n > 2 && path.p[1] == ':' && (path.p[2] == '\\' || path.p[2] == '/');
    char c = path.n ? (char)(path.p[0] | 32) : '0';
    return drive && c >= 'a' && c <= 'z';
}

/* The part before the first colon that is no drive letter's. */
static struct str bind_source(struct str bind) {
    size_t colon = str_find(bind, STR(":"), is_absolute(bind) && bind.p[0] != '/' ? 2 : 0);
    return str_slice(bind, 0, colon);
}

/* A path whose first part is a variable of unknown value. */
static bool begins_unknown(const struct tree *t, node_id text) {
    return (tree_node(t, text)->flags & NODE_SYMBOLIC) &&
           str_starts(ids_trim(tree_text(t, text)), STR("${"));
}

static void check_binds(struct semantics *s, node_id block) {
    uint32_t i = 0;
    checking_enter_key(s->c, STR("binds"));
    for (TREE_EACH(s->t, bind, semantics_member(s, block, "binds"))) {
        checking_enter_index(s->c, i++);
        struct str text = tree_text(s->t, bind);
        if (!ids_trim(text).n)
            semantics_error(s, bind, "", "sandbox_bind_empty", "a bind must not be empty");
        else if (!begins_unknown(s->t, bind) && !is_absolute(ids_trim(bind_source(text))))
            semantics_error(s, bind, "", "sandbox_bind_not_absolute",
                            "what is bound must be an absolute path: \"/srv/data:/data:ro\"");
        checking_leave(s->c);
    }
    checking_leave(s->c);
}

static void check_network(struct semantics *s, node_id block, const char *place, struct str network,
                          bool may_join) {
    struct str mode = semantics_token(s, network);
    if (str_equal(mode, STR("host")))
        semantics_error(s, block, place, "sandbox_network_host",
                        "a sandbox cannot use the host's network: take \"bridge\" or \"none\"");
    if (str_starts(mode, STR("container:")) && !may_join)
        semantics_error(s, block, place, "sandbox_network_container",
                        "a sandbox cannot join the network of another container, unless "
                        "`dangerouslyAllowContainerNamespaceJoin: true`");
}

static void check_docker(struct semantics *s, node_id docker) {
    check_binds(s, docker);
    check_network(s, docker, "network", semantics_text(s, docker, "network"),
                  semantics_is_true(s, docker, "dangerouslyAllowContainerNamespaceJoin"));
    if (str_equal(semantics_token(s, semantics_text(s, docker, "seccompProfile")),
                  STR("unconfined")))
        semantics_error(s, docker, "seccompProfile", "sandbox_seccomp",
                        "a sandbox cannot run with the seccomp profile \"unconfined\"");
    if (str_equal(semantics_token(s, semantics_text(s, docker, "apparmorProfile")),
                  STR("unconfined")))
        semantics_error(s, docker, "apparmorProfile", "sandbox_apparmor",
                        "a sandbox cannot run with the AppArmor profile \"unconfined\"");
}

static void check_sandbox_browser(struct semantics *s, node_id browser) {
    if (s->dialect == NEWER) check_binds(s, browser);
    check_network(s, browser, "network", semantics_text(s, browser, "network"), true);
}

static void check_sandbox(struct semantics *s, node_id sandbox) {
    node_id docker = semantics_member(s, sandbox, "docker");
    struct str network = semantics_text(s, semantics_member(s, sandbox, "browser"), "network");
    if (str_equal(semantics_token(s, network), STR("host"))) return;
    check_network(s, sandbox, "browser.network", network,
                  semantics_is_true(s, docker, "dangerouslyAllowContainerNamespaceJoin"));
}

/* ---- times -------------------------------------------------------------------------------------
 */

static void check_time(struct semantics *s, node_id heartbeat, const char *place, struct str text,
                       bool may_be_24) {
    if (!text.n) return;
    bool form = text.n == 5 && text.p[2] == ':';
    for (size_t i = 0; form && i < 5; i++) form = i == 2 || (text.p[i] >= '0' && text.p[i] <= '9');
    int hour = form ? (text.p[0] - '0') * 10 + text.p[1] - '0' : 99;
    int minute = form ? (text.p[3] - '0') * 10 + text.p[4] - '0' : 99;
    if (hour < 24 && minute < 60) return;
    if (hour == 24 && minute == 0 && may_be_24) return;
    semantics_error(s, heartbeat, place, "invalid_time", "a time is HH:MM from 00:00 to 23:59%s",
                    may_be_24 ? ", or 24:00" : "");
}

static void check_heartbeat(struct semantics *s, node_id heartbeat) {
    struct str every = semantics_text(s, heartbeat, "every");
    node_id hours = semantics_member(s, heartbeat, "activeHours");
    double ms;
    if (!every.n && s->dialect == OLDER) return; /* the older gateway stops here */
    if (every.n && !semantics_duration(every, 'm', &ms))
        semantics_error(s, heartbeat, "every", "invalid_duration",
                        "a duration is a number with ms, s, m, h or d: \"30m\", \"1h30m\"");
    check_time(s, heartbeat, "activeHours.start", semantics_text(s, hours, "start"), false);
    check_time(s, heartbeat, "activeHours.end", semantics_text(s, hours, "end"), true);
}

static void check_duration(struct semantics *s, node_id block, const char *key, char unit,
                           bool positive) {
    node_id n = semantics_member(s, block, key);
    struct str text = semantics_stringified(s, n);
    double ms;
    if (!text.p) return;
    if (!semantics_duration(text, unit, &ms))
        semantics_error(s, block, key, "invalid_duration",
                        "a duration is a number with ms, s, m, h or d: \"30d\", \"12h\"");
    else if (positive && ms <= 0)
        semantics_error(s, block, key, "duration_not_positive",
                        "this duration must be longer than nothing: \"30d\"");
}

static void check_size(struct semantics *s, node_id block, const char *key) {
    struct str text = semantics_stringified(s, semantics_member(s, block, key));
    if (text.p && !semantics_is_size(text))
        semantics_error(s, block, key, "invalid_size",
                        "a size is a number with b, kb, mb, gb or tb: \"500mb\"");
}

static bool is_zero(const struct semantics *s, node_id n) {
    return tree_is(s->t, n, NODE_NUMBER) && tree_node(s->t, n)->u.number == 0;
}

static void check_maintenance(struct semantics *s, node_id block) {
    bool newer = s->dialect == NEWER;
    check_duration(s, block, "pruneAfter", 'd', newer);
    check_duration(s, block, "resetArchiveRetention", 'd', newer);
    if (newer) {
        if (!is_zero(s, semantics_member(s, block, "archiveDashboardAfter")))
            check_duration(s, block, "archiveDashboardAfter", 'd', true);
        check_duration(s, block, "preserveRecent", 'd', true);
    } else {
        check_size(s, block, "rotateBytes");
    }
    check_size(s, block, "maxDiskBytes");
    check_size(s, block, "highWaterBytes");
}

static void check_compaction(struct semantics *s, node_id compaction) {
    if (s->dialect == NEWER) check_size(s, compaction, "maxActiveTranscriptBytes");
    checking_enter_key(s->c, STR("memoryFlush"));
    check_size(s, semantics_member(s, compaction, "memoryFlush"), "forceFlushTranscriptBytes");
    checking_leave(s->c);
}

static void check_cron(struct semantics *s, node_id cron) {
    check_duration(s, cron, "sessionRetention", 'h', false);
    checking_enter_key(s->c, STR("runLog"));
    if (s->dialect == OLDER) check_size(s, semantics_member(s, cron, "runLog"), "maxBytes");
    checking_leave(s->c);
}

/* ---- tools -------------------------------------------------------------------------------------
 */

static void check_exec(struct semantics *s, node_id exec) {
    if (!semantics_member(s, exec, "mode")) return;
    if (semantics_member(s, exec, "security") || semantics_member(s, exec, "ask"))
        semantics_error(s, exec, "mode", "exec_mode_conflict",
                        "`mode` replaces `security` and `ask`: remove those two, or `mode`");
}

static void check_web_search(struct semantics *s, node_id search) {
    static const char *const moved[] = {"brave",  "duckduckgo", "exa",     "firecrawl",
                                        "gemini", "grok",       "kimi",    "minimax",
                                        "ollama", "perplexity", "searxng", "tavily"};
    if (semantics_member(s, search, "apiKey"))
        semantics_error(s, search, "apiKey", "legacy_web_search",
                        "the key is now `plugins.entries.<plugin>.config.webSearch.apiKey`");
    for (size_t i = 0; i < sizeof moved / sizeof *moved; i++)
        if (tree_is(s->t, semantics_member(s, search, moved[i]), NODE_OBJECT))
            semantics_error(s, search, moved[i], "legacy_web_search",
                            "this is now `plugins.entries.<plugin>.config.webSearch`");
}

/* ---- hooks -------------------------------------------------------------------------------------
 */

static bool is_safe_module(struct str raw) {
    struct str path = ids_trim(raw);
    if (!path.n || path.p[0] == '/' || path.p[0] == '~') return false;
    if (str_find(path, STR(":"), 0) != SIZE_MAX) return false;
    for (size_t from = 0; from <= path.n;) {
        size_t end = from;
        while (end < path.n && path.p[end] != '/' && path.p[end] != '\\') end++;
        if (str_equal(str_slice(path, from, end), STR(".."))) return false;
        from = end + 1;
    }
    return true;
}

static void check_module(struct semantics *s, node_id transform) {
    node_id module = semantics_member(s, transform, "module");
    if (semantics_is_text(s, module) && !is_safe_module(tree_text(s->t, module)))
        semantics_error(s, transform, "module", "hook_module_path",
                        "this must be a relative path inside `hooks.transformsDir`, without `..`");
}

/* The first word of a command: a path, or a name without characters of the shell. */
static bool is_program(struct str command) {
    struct str name = ids_trim(command);
    bool path = false, plain = name.n > 0;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!c || c == '\r' || c == '\n' || strchr(";&|`$<>\"'", c)) return false;
        path = path || c == '/' || c == '\\';
        plain = plain && (strchr("._+-", c) || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z'));
    }
    if (!name.n) return false;
    if (path || name.p[0] == '.' || name.p[0] == '~' || is_absolute(name)) return true;
    return plain && name.p[0] != '-';
}

static void check_program(struct semantics *s, node_id n) {
    if (semantics_is_text(s, n) && !is_program(tree_text(s->t, n)))
        semantics_error(s, n, "", "unsafe_executable",
                        "this must be a program's name or path, without characters of the shell");
}

static void check_command(struct semantics *s, node_id command) {
    node_id first = tree_first(s->t, command);
    if (!first) return;
    checking_enter_index(s->c, 0);
    check_program(s, first);
    checking_leave(s->c);
}

/* "/a/b", where "*" may stand for a directory. */
static void check_root(struct semantics *s, node_id root) {
    struct str path = tree_text(s->t, root);
    bool fits = path.n > 1 && path.p[0] == '/';
    for (size_t i = 0; i < path.n; i++)
        if (path.p[i] == '*' &&
            ((i && path.p[i - 1] != '/') || (i + 1 < path.n && path.p[i + 1] != '/')))
            fits = false;
    if (semantics_is_text(s, root) && !fits)
        semantics_error(s, root, "", "absolute_root",
                        "this must be an absolute path; `*` stands for one directory");
}

static void check_edge(struct semantics *s, node_id headers) {
    if (tree_is(s->t, headers, NODE_OBJECT) && !tree_node(s->t, headers)->n)
        semantics_error(s, headers, "", "edge_auth_empty",
                        "this needs a header at least: remove it otherwise");
}

static void check_mappings(struct semantics *s, node_id hooks) {
    uint32_t i = 0;
    bool has_default = ids_trim(semantics_text(s, hooks, "defaultSessionKey")).n > 0;
    checking_enter_key(s->c, STR("mappings"));
    for (TREE_EACH(s->t, mapping, semantics_member(s, hooks, "mappings"))) {
        checking_enter_index(s->c, i++);
        node_id action = semantics_member(s, mapping, "action");
        bool agent = !action || str_equal(tree_text(s->t, action), STR("agent"));
        if (agent && !has_default &&
            str_equal(semantics_text(s, mapping, "sessionMode"), STR("persistent")) &&
            !ids_trim(semantics_text(s, mapping, "sessionKey")).n &&
            !semantics_member(s, mapping, "transform"))
            semantics_error(s, mapping, "sessionKey", "hook_session_key",
                            "a persistent session needs `sessionKey` here, or "
                            "`hooks.defaultSessionKey`");
        checking_leave(s->c);
    }
    checking_leave(s->c);
}

/* ---- voices ------------------------------------------------------------------------------------
 */

static void check_talk(struct semantics *s, node_id talk) {
    struct str provider = semantics_token(s, semantics_text(s, talk, "provider"));
    node_id providers = semantics_member(s, talk, "providers");
    uint32_t n = tree_is(s->t, providers, NODE_OBJECT) ? tree_node(s->t, providers)->n : 0;
    if (provider.n && n && !tree_member(s->t, providers, provider))
        semantics_error(s, talk, "provider", "talk_provider", "`providers` has no `" STR_FMT "`",
                        STR_ARG(provider));
    if (!provider.n && n > 1)
        semantics_error(s, talk, "provider", "talk_provider",
                        "with several `providers`, `provider` must name the one to use");
}

/* ---- the browser -------------------------------------------------------------------------------
 */

static bool is_set(const struct semantics *s, node_id object, const char *key) {
    node_id n = semantics_member(s, object, key);
    if (!n) return false;
    const struct node *node = tree_node(s->t, n);
    return !(node->kind == NODE_STRING && node->n == 0) &&
           !(node->kind == NODE_NUMBER && node->u.number == 0);
}

static void check_browser_profile(struct semantics *s, node_id profile) {
    struct str driver = semantics_text(s, profile, "driver");
    bool existing = str_equal(driver, STR("existing-session"));
    bool extension = s->dialect == NEWER && str_equal(driver, STR("extension"));
    if (!existing && !extension && !is_set(s, profile, "cdpPort") && !is_set(s, profile, "cdpUrl"))
        semantics_error(s, profile, "", "browser_profile_endpoint",
                        "a browser profile needs `cdpPort` or `cdpUrl`");
    if (!existing && is_set(s, profile, "userDataDir"))
        semantics_error(s, profile, "", "browser_profile_user_data_dir",
                        "`userDataDir` is for the driver \"existing-session\" only");
    if (extension && is_set(s, profile, "cdpUrl"))
        semantics_error(s, profile, "", "browser_profile_cdp_url",
                        "`cdpUrl` has no use with the driver \"extension\": remove it");
}

/* ---- models ------------------------------------------------------------------------------------
 */

static void check_provider(struct semantics *s, node_id provider) {
    struct str id = semantics_token(s, semantics_key(s, provider));
    if (names_have(s->v->gateway->model_providers, id)) return;
    if (!is_set(s, provider, "baseUrl"))
        semantics_error(s, provider, "baseUrl", "custom_provider_base_url",
                        "a provider of your own needs `baseUrl`");
    if (!tree_is(s->t, semantics_member(s, provider, "models"), NODE_ARRAY))
        semantics_error(s, provider, "models", "custom_provider_models",
                        "a provider of your own needs `models`");
}

static void check_providers(struct semantics *s, node_id providers) {
    for (TREE_EACH(s->t, provider, tree_is(s->t, providers, NODE_OBJECT) ? providers : 0)) {
        checking_enter_key(s->c, semantics_key(s, provider));
        check_provider(s, provider);
        checking_leave(s->c);
    }
}

/* provider/model, with something on both sides. */
static bool is_exact_model(struct str ref) {
    struct str name = ids_trim(ref);
    size_t slash = str_find(name, STR("/"), 0);
    return slash != SIZE_MAX && ids_trim(str_slice(name, 0, slash)).n &&
           ids_trim(str_slice(name, slash + 1, name.n)).n && str_find(ref, STR("*"), 0) == SIZE_MAX;
}

static void check_model_entry(struct semantics *s, node_id entry) {
    static const char *const keys[] = {"pickerRuntimes", "codeMode"};
    if (is_exact_model(semantics_key(s, entry))) return;
    for (size_t i = 0; i < 2; i++)
        if (semantics_member(s, entry, keys[i]))
            semantics_error(s, entry, keys[i], "model_entry_not_exact",
                            "`%s` needs an entry of one model, \"provider/model\"", keys[i]);
}

/* ---- the gateway -------------------------------------------------------------------------------
 */

static bool is_agent_id(struct str id) {
    return ids_is_agent_key(id) && id.p[0] != '_';
}

/* A bad id in one of the lists of agents: the gateway then says of the list that it is none. */
static bool refuse_role_agents(struct semantics *s, node_id definitions) {
    bool found = false;
    checking_enter_key(s->c, STR("definitions"));
    for (TREE_EACH(s->t, role, definitions)) {
        bool bad = false;
        for (TREE_EACH(s->t, id, semantics_member(s, role, "agents")))
            bad = bad || (semantics_is_text(s, id) && !is_agent_id(ids_trim(tree_text(s->t, id))));
        if (!bad) continue;
        found = true;
        checking_enter_key(s->c, semantics_key(s, role));
        semantics_error(s, role, "agents", "invalid_union",
                        "this must be \"*\", or a list of ids of agents");
        checking_leave(s->c);
    }
    checking_leave(s->c);
    return found;
}

/* Its own refinement, whatever is wrong beside it. */
static void check_definitions(struct semantics *s, node_id definitions) {
    if (tree_is(s->t, definitions, NODE_OBJECT) && tree_node(s->t, definitions)->n == 0)
        semantics_error(s, definitions, "", "roles_empty", "no role is defined");
}

static void check_roles(struct semantics *s, node_id roles) {
    node_id definitions = semantics_member(s, roles, "definitions");
    struct str name = semantics_text(s, roles, "default");
    if (refuse_role_agents(s, definitions)) return;
    if (!tree_member(s->t, definitions, ids_trim(name)))
        semantics_error(s, roles, "default", "role_unknown",
                        "`definitions` has no role `" STR_FMT "`", STR_ARG(name));
}

static double port_of(const struct semantics *s, node_id object) {
    node_id port = semantics_member(s, object, "port");
    return tree_is(s->t, port, NODE_NUMBER) ? tree_node(s->t, port)->u.number : 0;
}

/* The host of an origin, or an empty text. */
static struct str origin_host(struct str origin) {
    size_t from = str_find(origin, STR("://"), 0);
    if (from == SIZE_MAX) return STR("");
    size_t end = from += 3;
    while (end < origin.n && origin.p[end] != '/' && origin.p[end] != ':') end++;
    return str_slice(origin, from, end);
}

static bool origin_conflicts(const struct semantics *s, struct str domain, struct str origin) {
    struct str host = semantics_token(s, origin_host(origin));
    struct str own = semantics_token(s, domain);
    if (!host.n || !own.n) return false;
    return str_equal(host, own) || str_ends(host, str_concat(s->arena, STR("."), own));
}

static void check_portals(struct semantics *s, node_id gateway) {
    enum { DEFAULT_PORT = 18789 };
    node_id ingress = tree_path(s->t, gateway, "portals", "ingress", NULL);
    if (!ingress) return;
    struct str domain = semantics_text(s, ingress, "domain");
    bool conflict = origin_conflicts(s, domain, semantics_text(s, gateway, "publicOrigin"));
    for (TREE_EACH(s->t, origin, tree_path(s->t, gateway, "controlUi", "allowedOrigins", NULL)))
        conflict = conflict || origin_conflicts(s, domain, tree_text(s->t, origin));
    double own = semantics_member(s, gateway, "port") ? port_of(s, gateway) : DEFAULT_PORT;
    if (conflict)
        semantics_error(s, gateway, "portals.ingress.domain", "portal_domain_conflict",
                        "portals need a domain apart from the gateway's own origins");
    if (port_of(s, ingress) == own)
        semantics_error(s, gateway, "portals.ingress.port", "portal_port_conflict",
                        "portals need a port apart from the gateway's own, %.0f", own);
}

static void check_worktree(struct semantics *s, node_id root) {
    struct str path = ids_trim(tree_text(s->t, root));
    if (!semantics_is_text(s, root) || !path.n) return;
    if (!is_absolute(path) && !str_equal(path, STR("~")) && !str_starts(path, STR("~/")))
        semantics_error(s, root, "", "worktree_root_absolute",
                        "this must be an absolute path, or one that begins with `~/`");
}

/* ---- secrets -----------------------------------------------------------------------------------
 */

static bool is_safe_command(struct str command) {
    for (size_t i = 0; i < command.n; i++) {
        char c = command.p[i];
        if ((unsigned char)c < ' ' || c == ';' || c == '&' || c == '|' || c == '`' || c == '$' ||
            c == '<' || c == '>' || c == '"' || c == '\'')
            return false;
    }
    return ids_trim(command).n > 0;
}

static void check_secret_command(struct semantics *s, node_id command) {
    struct str text = tree_text(s->t, command);
    if (!semantics_is_text(s, command)) return;
    if (!is_safe_command(text))
        semantics_error(s, command, "", "secret_command_unsafe",
                        "a command is one program's path, without characters of the shell");
    if (!is_absolute(text))
        semantics_error(s, command, "", "secret_command_absolute",
                        "a command must be an absolute path");
}

/* The text alone must fit for this to be asked, and the provider be one with a command. */
static void check_secret_provider(struct semantics *s, node_id provider) {
    node_id command = semantics_member(s, provider, "command");
    bool further = s->further;
    if (!command || !str_equal(semantics_text(s, provider, "source"), STR("exec"))) return;
    s->further = s->failed || node_marks_have(&s->aborted, command);
    checking_enter_key(s->c, STR("command"));
    check_secret_command(s, command);
    checking_leave(s->c);
    s->further = further;
}

static void check_trusted_dir(struct semantics *s, node_id dir) {
    if (tree_is(s->t, dir, NODE_STRING) && !is_absolute(tree_text(s->t, dir)))
        semantics_error(s, dir, "", "secret_trusted_dir_absolute",
                        "a trusted directory must be an absolute path");
}

/* ---- MCP servers -------------------------------------------------------------------------------
 */

static void unknown_mcp_key(struct semantics *s, node_id server, const char *key,
                            const char *canonical) {
    if (!semantics_member(s, server, key)) return;
    struct diag *d = semantics_error(s, server, "", "unrecognized_key",
                                     "unknown key `%s`: it is `%s` here", key, canonical);
    struct str *list = ARENA_NEW(s->arena, struct str);
    *list = str_from(key);
    d->span = tree_key_span(s->t, semantics_member(s, server, key));
    diag_list(s->v->diags, d, "keys", list, 1);
}

/* Each requester with an identity of their own: over HTTP and OAuth only. */
static void check_mcp_identity(struct semantics *s, node_id server) {
    node_id oauth = semantics_member(s, server, "oauth");
    static const char place[] = "oauth.identity";
    if (!str_equal(semantics_text(s, oauth, "identity"), STR("per-requester"))) return;
    if (!str_equal(semantics_text(s, server, "auth"), STR("oauth")))
        semantics_error(s, server, place, "mcp_identity",
                        "\"per-requester\" needs `auth: \"oauth\"`");
    if (is_set(s, oauth, "authProfileId"))
        semantics_error(s, server, "oauth.authProfileId", "mcp_identity",
                        "`authProfileId` and \"per-requester\" exclude each other");
    if (!is_set(s, server, "url"))
        semantics_error(s, server, place, "mcp_identity", "\"per-requester\" needs `url`");
    if (semantics_member(s, server, "command") ||
        str_equal(semantics_text(s, server, "transport"), STR("stdio")))
        semantics_error(s, server, place, "mcp_identity",
                        "\"per-requester\" and a command exclude each other");
}

static void check_mcp_server(struct semantics *s, node_id server) {
    static const char *const keys[][2] = {
        {"connectTimeout", "connectionTimeoutMs"},
        {"connect_timeout", "connectionTimeoutMs"},
        {"timeout", "requestTimeoutMs"},
        {"workingDirectory", "cwd"},
        {"supports_parallel_tool_calls", "supportsParallelToolCalls"},
        {"ssl_verify", "sslVerify"},
        {"client_cert", "clientCert"},
        {"client_key", "clientKey"}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        unknown_mcp_key(s, server, keys[i][0], keys[i][1]);
    if (semantics_member(s, server, "disabled")) {
        static const struct str disabled = {"disabled", 8};
        struct diag *d = semantics_error(s, server, "disabled", "unrecognized_key",
                                         "unknown key `disabled`: write `enabled: false`");
        diag_list(s->v->diags, d, "keys", &disabled, 1);
    }
    check_mcp_identity(s, server);
    if (str_equal(semantics_text(s, server, "transport"), STR("stdio")) &&
        !ids_trim(semantics_text(s, server, "command")).n)
        semantics_error(s, server, "transport", "mcp_stdio_command",
                        "the transport \"stdio\" needs a `command`");
}

const struct place_rule semantics_field_rules[] = {
    {"agents.defaults.sandbox.docker", BOTH, check_docker},
    {"@.sandbox.docker", BOTH, check_docker},
    {"agents.defaults.sandbox.browser", BOTH, check_sandbox_browser},
    {"@.sandbox.browser", BOTH, check_sandbox_browser},
    {"agents.defaults.sandbox", BOTH, check_sandbox},
    {"@.sandbox", BOTH, check_sandbox},
    {"agents.defaults.heartbeat", BOTH, check_heartbeat},
    {"@.heartbeat", BOTH, check_heartbeat},
    {"agents.defaults.models.*", NEWER, check_model_entry},
    {"@.models.*", NEWER, check_model_entry},
    {"session.maintenance", BOTH, check_maintenance},
    {"cron", BOTH, check_cron},
    {"agents.defaults.compaction", BOTH, check_compaction},
    {"tools.exec", NEWER, check_exec},
    {"@.tools.exec", NEWER, check_exec},
    {"tools.web.search", NEWER, check_web_search},
    {"hooks.mappings.#.transform", BOTH, check_module},
    {"hooks", NEWER, check_mappings},
    {"talk", BOTH, check_talk},
    {"talk.realtime", NEWER, check_talk},
    {"browser.profiles.*", BOTH, check_browser_profile},
    {"models.providers", NEWER, check_providers},
    {"gateway.remote.edgeAuth", NEWER, check_edge},
    {"hooks.internal.handlers.#", OLDER, check_module},
    {"audio.transcription.command", OLDER, check_command},
    {"channels.signal.cliPath", OLDER, check_program},
    {"channels.signal.accounts.*.cliPath", OLDER, check_program},
    {"channels.imessage.cliPath", OLDER, check_program},
    {"channels.imessage.accounts.*.cliPath", OLDER, check_program},
    {"channels.imessage.attachmentRoots.#", OLDER, check_root},
    {"channels.imessage.accounts.*.attachmentRoots.#", OLDER, check_root},
    {"channels.imessage.remoteAttachmentRoots.#", OLDER, check_root},
    {"channels.imessage.accounts.*.remoteAttachmentRoots.#", OLDER, check_root},
    {"secrets.providers.*", BOTH, check_secret_provider},
    {"secrets.providers.*.trustedDirs.#", BOTH, check_trusted_dir},
    {"mcp.servers.*", NEWER, check_mcp_server},
    {"nodeHost.mcp.servers.*", NEWER, check_mcp_server},
    {"gateway.roles", NEWER, check_roles},
    {"gateway.roles.definitions", NEWER, check_definitions},
    {"gateway", NEWER, check_portals},
    {"worktreeRoot", NEWER, check_worktree},
    {NULL, 0, NULL},
};
