#include "model/settings.h"

#include "model/ids.h"
#include "model/model.h"
#include "model/values.h"

/* ---- reading by path ---------------------------------------------------------------------------
 */

/* A block of the config, or where it would stand. */
struct block {
    node_id object;
    place at;
};

/* Follows a dotted path of objects. */
static struct block block_at(const struct model *m, const struct reading *r, struct str path) {
    struct block b = {m->loaded->root, m->at};
    while (path.n && b.object) {
        size_t dot = str_find(path, STR("."), 0);
        node_id n = tree_member(r->tree, b.object, str_slice(path, 0, dot));
        b.object = read_is(r, n, NODE_OBJECT) ? n : 0;
        b.at = value_place(b.object, b.at);
        path = dot == SIZE_MAX ? STR("") : str_slice(path, dot + 1, path.n);
    }
    return b;
}

static struct flag flag_at(const struct model *m, const struct reading *r, const char *path,
                           const char *key) {
    struct block b = block_at(m, r, str_from(path));
    return value_flag(r, b.object, key, b.at, false);
}

/* Trimmed; entries that are blank, and those that `keep` does not want, are left out. */
static struct text_list filtered(const struct model *m, const struct text_list *list,
                                 bool (*keep)(const struct model *, struct str)) {
    struct text *v = ARENA_ARRAY(m->arena, struct text, list->n);
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        struct text t = list->v[i];
        t.v = ids_trim(t.v);
        if (t.v.n && (!keep || keep(m, t.v))) v[n++] = t;
    }
    return (struct text_list){v, n, list->at, list->set};
}

/* A list named by its whole path: gateway.nodes.commands.allow. */
static struct text_list list_at(const struct model *m, const struct reading *r, struct str path) {
    size_t dot = path.n;
    while (dot && path.p[dot - 1] != '.') dot--;
    struct block b = block_at(m, r, str_slice(path, 0, dot ? dot - 1 : 0));
    const char *key = str_to_c(m->arena, str_slice(path, dot, path.n));
    struct text_list all = value_list(m->arena, r, b.object, key, b.at);
    return filtered(m, &all, NULL);
}

/* ---- gateway -----------------------------------------------------------------------------------
 */

static void read_control_ui(struct model *m, const struct reading *r) {
    struct block b = block_at(m, r, STR("gateway.controlUi"));
    struct text_list origins = value_list(m->arena, r, b.object, "allowedOrigins", b.at);
    m->audit.control_ui = (struct control_ui){
        .enabled = value_flag(r, b.object, "enabled", b.at, true),
        .host_header_fallback =
            value_flag(r, b.object, "dangerouslyAllowHostHeaderOriginFallback", b.at, false),
        .insecure_auth = value_flag(r, b.object, "allowInsecureAuth", b.at, false),
        .device_auth_disabled =
            value_flag(r, b.object, "dangerouslyDisableDeviceAuth", b.at, false),
        .allowed_origins = filtered(m, &origins, NULL),
        .at = b.at};
}

static void read_proxy(struct model *m, const struct reading *r) {
    struct block b = block_at(m, r, STR("gateway.auth.trustedProxy"));
    struct block approve = block_at(m, r, STR("gateway.auth.trustedProxy.deviceAutoApprove"));
    struct text_list scopes = value_list(m->arena, r, approve.object, "scopes", approve.at);
    m->audit.proxy = (struct trusted_proxy){
        .user_header = value_text(r, b.object, "userHeader", b.at, STR("")),
        .allow_loopback = value_flag(r, b.object, "allowLoopback", b.at, false),
        .device_auto_approve = value_flag(r, approve.object, "enabled", approve.at, false),
        .scopes = filtered(m, &scopes, NULL),
        .allow_users = value_list(m->arena, r, b.object, "allowUsers", b.at),
        .at = b.at};
}

static bool is_kept_from_http(const struct model *m, struct str tool) {
    return names_have(m->gateway->http_tool_deny, ids_lower(m->arena, tool));
}

static void read_gateway(struct model *m, const struct reading *r) {
    struct block gateway = block_at(m, r, STR("gateway"));
    struct block tools = block_at(m, r, STR("gateway.tools"));
    struct text_list allow = value_list(m->arena, r, tools.object, "allow", tools.at);
    struct audit_settings *audit = &m->audit;
    audit->trusted_proxies = value_list(m->arena, r, gateway.object, "trustedProxies", gateway.at);
    audit->real_ip_fallback =
        value_flag(r, gateway.object, "allowRealIpFallback", gateway.at, false);
    audit->http_tools = filtered(m, &allow, is_kept_from_http);
    audit->chat_completions = flag_at(m, r, "gateway.http.endpoints.chatCompletions", "enabled");
    audit->responses = flag_at(m, r, "gateway.http.endpoints.responses", "enabled");
    audit->admin_rpc = flag_at(m, r, "plugins.entries.admin-http-rpc", "enabled");
    read_control_ui(m, r);
    read_proxy(m, r);
}

/* ---- commands of nodes -------------------------------------------------------------------------
 */

/* The gateway compares names as they are; these look as if somebody meant more than one. */
static bool looks_like_pattern(struct str s) {
    static const char marks[] = "?*[]{}(),|\t\n\v\f\r ";
    for (size_t i = 0; i < s.n; i++)
        for (const char *mark = marks; *mark; mark++)
            if (s.p[i] == *mark) return true;
    return str_starts(s, STR("/")) || str_ends(s, STR("/")) || str_starts(s, STR("^")) ||
           str_ends(s, STR("$")) || str_find(s, STR("group:"), 0) != SIZE_MAX;
}

static struct str similar_command(const struct model *m, struct str name) {
    struct str best = STR("");
    size_t nearest = 3;
    for (size_t i = 0; i < m->gateway->node_commands.n; i++) {
        struct str known = m->gateway->node_commands.v[i];
        size_t distance = str_distance(name, known, 2);
        if (distance >= nearest) continue;
        nearest = distance;
        best = known;
    }
    return best;
}

static struct map set_of(struct arena *a, const struct text_list *list, struct names more) {
    struct map set = map_new(a);
    for (size_t i = 0; i < list->n; i++) map_put(&set, list->v[i].v, 1, NULL);
    for (size_t i = 0; i < more.n; i++) map_put(&set, more.v[i], 1, NULL);
    return set;
}

static void read_nodes(struct model *m, const struct reading *r) {
    const struct gateway_data *g = m->gateway;
    struct text_list allow = list_at(m, r, g->node_allow), deny = list_at(m, r, g->node_deny);
    struct map known = set_of(m->arena, &allow, g->node_commands);
    struct map denied = set_of(m->arena, &deny, (struct names){NULL, 0});
    struct audit_settings *audit = &m->audit;
    audit->node_deny_at = deny.at;
    for (size_t i = 0; i < deny.n; i++) {
        struct node_command c = {deny.v[i], looks_like_pattern(deny.v[i].v), STR("")};
        if (!c.pattern && map_get(&known, c.name.v)) continue;
        if (!c.pattern) c.meant = similar_command(m, c.name.v);
        ARRAY_PUSH(m->arena, audit->node_deny_useless) = c;
    }
    struct text *risky = ARENA_ARRAY(m->arena, struct text, allow.n);
    size_t n = 0;
    for (size_t i = 0; i < allow.n; i++)
        if (names_have(g->risky_node_commands, allow.v[i].v) && !map_get(&denied, allow.v[i].v))
            risky[n++] = allow.v[i];
    audit->node_allow_risky = (struct text_list){risky, n, allow.at, allow.set};
}

/* ---- channels ----------------------------------------------------------------------------------
 */

/* What the loader writes where a channel says nothing, as JSON. */
static struct str default_group_policy(const struct model *m, struct str channel) {
    struct str path = str_format(m->arena, "channels." STR_FMT ".groupPolicy", STR_ARG(channel));
    struct names found = name_map_get(&m->gateway->defaults, path);
    return found.n ? found.v[0] : STR("");
}

static void count_group_policies(struct model *m, const struct reading *r) {
    node_id channels = read_member(r, m->loaded->root, "channels", NODE_OBJECT);
    for (TREE_EACH(r->tree, channel, channels)) {
        if (!tree_is(r->tree, channel, NODE_OBJECT)) continue;
        node_id policy = tree_member(r->tree, channel, STR("groupPolicy"));
        struct str name = tree_key_text(r->tree, tree_node(r->tree, channel)->key);
        bool listed = policy ? str_equal(tree_text(r->tree, policy), STR("allowlist"))
                             : str_equal(default_group_policy(m, name), STR("\"allowlist\""));
        m->audit.open_groups += str_equal(tree_text(r->tree, policy), STR("open"));
        m->audit.allowlisted_groups += listed;
    }
}

struct feishu {
    const struct tree *t;
    node_id channel;
    bool id, secret; /* of the channel */
};

static bool is_text(const struct tree *t, node_id object, const char *key) {
    return ids_trim(tree_text(t, tree_member(t, object, str_from(key)))).n > 0;
}

static bool is_secret(const struct tree *t, node_id object, const char *key) {
    node_id n = tree_member(t, object, str_from(key));
    return is_text(t, object, key) || tree_is(t, n, NODE_OBJECT);
}

static bool is_false(const struct tree *t, node_id object, const char *key) {
    node_id n = tree_member(t, object, str_from(key));
    return tree_is(t, n, NODE_BOOL) && !tree_node(t, n)->u.boolean;
}

/* Whether an account (or the channel, as an account of its own) can make documents. */
static bool makes_documents(const struct feishu *f, node_id account) {
    node_id tools = tree_member(f->t, account, STR("tools"));
    if (!tree_is(f->t, tools, NODE_OBJECT)) tools = tree_member(f->t, f->channel, STR("tools"));
    if (is_false(f->t, account, "enabled") || is_false(f->t, tools, "doc")) return false;
    return (f->id || is_text(f->t, account, "appId")) &&
           (f->secret || is_secret(f->t, account, "appSecret"));
}

static void find_documents(struct model *m, const struct reading *r) {
    const struct tree *t = r->tree;
    struct feishu f = {.t = t,
                       .channel = tree_path(t, m->loaded->root, "channels", "feishu", NULL)};
    struct text *docs = &m->audit.feishu_docs;
    if (!tree_is(t, f.channel, NODE_OBJECT) || is_false(t, f.channel, "enabled")) return;
    f.id = is_text(t, f.channel, "appId");
    f.secret = is_secret(t, f.channel, "appSecret");
    node_id accounts = tree_member(t, f.channel, STR("accounts"));
    if (!tree_first(t, accounts)) {
        if (makes_documents(&f, f.channel))
            *docs = (struct text){.v = STR("default"), .at = f.channel, .set = true};
        return;
    }
    for (TREE_EACH(t, account, accounts)) {
        if (docs->set || !makes_documents(&f, account)) continue;
        struct str name = tree_key_text(t, tree_node(t, account)->key);
        *docs = (struct text){.v = name, .at = account, .set = true};
    }
}

/* ---- hooks, security and the rest --------------------------------------------------------------
 */

static bool has_entry_on(const struct tree *t, node_id entries) {
    for (TREE_EACH(t, entry, entries))
        if (!is_false(t, entry, "enabled")) return true;
    return false;
}

static void read_internal_hooks(struct model *m, const struct reading *r) {
    struct block b = block_at(m, r, STR("hooks.internal"));
    struct flag *on = &m->audit.internal_hooks;
    *on = value_flag(r, b.object, "enabled", b.at, false);
    if (on->set || !(m->gateway->audit_rules & AUDIT_INTERNAL_HOOK_PARTS)) return;
    struct text_list dirs = list_at(m, r, STR("hooks.internal.load.extraDirs"));
    on->v = dirs.n || has_entry_on(r->tree, tree_member(r->tree, b.object, STR("entries")));
}

static struct text trimmed(const struct reading *r, node_id object, const char *key, place around) {
    struct text t = value_text(r, object, key, around, STR(""));
    t.v = ids_trim(t.v);
    return t;
}

static void read_suppressions(struct model *m, const struct reading *r) {
    struct block audit = block_at(m, r, STR("security.audit"));
    node_id list = read_member(r, audit.object, "suppressions", NODE_ARRAY);
    m->audit.suppressions_at = value_place(list, audit.at);
    for (TREE_EACH(r->tree, entry, list)) {
        if (!read_is(r, entry, NODE_OBJECT)) continue;
        ARRAY_PUSH(m->arena, m->audit.suppressions) =
            (struct audit_suppression){.check_id = trimmed(r, entry, "checkId", entry),
                                       .title = trimmed(r, entry, "titleIncludes", entry),
                                       .detail = trimmed(r, entry, "detailIncludes", entry),
                                       .reason = trimmed(r, entry, "reason", entry),
                                       .at = entry};
    }
}

static void read_others(struct model *m, const struct reading *r) {
    struct block mdns = block_at(m, r, STR("discovery.mdns"));
    struct block logging = block_at(m, r, STR("logging"));
    m->audit.mdns_mode = value_text(r, mdns.object, "mode", mdns.at, STR("minimal"));
    m->audit.redact_sensitive =
        value_text(r, logging.object, "redactSensitive", logging.at, STR("tools"));
    m->audit.mcp_apps = flag_at(m, r, "mcp.apps", "enabled");
}

void model_build_settings(struct model *m, const struct reading *r, const struct environment *env) {
    read_gateway(m, r);
    read_nodes(m, r);
    read_internal_hooks(m, r);
    read_suppressions(m, r);
    read_others(m, r);
    count_group_policies(m, r);
    find_documents(m, r);
    model_build_browser(m, r);
    model_build_installs(m, r);
    model_build_flags(m, r);
    model_build_auth(m, r, env);
}
