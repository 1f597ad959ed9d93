#include "load/gateway.h"

#include <stdlib.h>

#include "base/arena.h"
#include "load/embedded.h"
#include "syntax/json5.h"

bool names_have(struct names names, struct str name) {
    for (size_t i = 0; i < names.n; i++)
        if (str_equal(names.v[i], name)) return true;
    return false;
}

struct names name_map_get(const struct name_map *m, struct str key) {
    for (size_t i = 0; i < m->n; i++)
        if (str_equal(m->keys[i], key)) return m->values[i];
    return (struct names){NULL, 0};
}

/* ---- reading the data: built in and checked by the build, so no errors are expected ------------
 */

struct reader {
    struct arena *arena;
    struct tree *tree;
};

static node_id section(const struct reader *r, node_id n, const char *key) {
    return tree_member(r->tree, n, str_from(key));
}

static struct str text(const struct reader *r, node_id n, const char *key) {
    return tree_text(r->tree, section(r, n, key));
}

static bool flag(const struct reader *r, node_id n, const char *key) {
    node_id found = section(r, n, key);
    return tree_is(r->tree, found, NODE_BOOL) && tree_node(r->tree, found)->u.boolean;
}

/* A list of texts, or a single text as a list of one. */
static struct names names_of(const struct reader *r, node_id list) {
    if (tree_is(r->tree, list, NODE_STRING)) {
        struct str *one = ARENA_NEW(r->arena, struct str);
        *one = tree_text(r->tree, list);
        return (struct names){one, 1};
    }
    size_t n = list ? tree_node(r->tree, list)->n : 0, i = 0;
    struct str *v = ARENA_ARRAY(r->arena, struct str, n);
    for (TREE_EACH(r->tree, child, list)) v[i++] = tree_text(r->tree, child);
    return (struct names){v, n};
}

/* A map NAME: key as the list NAME, key, ... */
static struct names pairs_of(const struct reader *r, node_id object) {
    size_t n = object ? tree_node(r->tree, object)->n : 0, i = 0;
    struct str *v = ARENA_ARRAY(r->arena, struct str, 2 * n);
    for (TREE_EACH(r->tree, child, object)) {
        v[i++] = tree_key_text(r->tree, tree_node(r->tree, child)->key);
        v[i++] = tree_text(r->tree, child);
    }
    return (struct names){v, i};
}

static struct name_map map_of(const struct reader *r, node_id object) {
    size_t n = object ? tree_node(r->tree, object)->n : 0, i = 0;
    struct str *keys = ARENA_ARRAY(r->arena, struct str, n);
    struct names *values = ARENA_ARRAY(r->arena, struct names, n);
    for (TREE_EACH(r->tree, child, object)) {
        keys[i] = tree_key_text(r->tree, tree_node(r->tree, child)->key);
        values[i++] =
            tree_is(r->tree, child, NODE_OBJECT) ? pairs_of(r, child) : names_of(r, child);
    }
    return (struct name_map){keys, values, n};
}

static const uint16_t *offsets_of(const struct reader *r, node_id list, size_t *n) {
    *n = list ? tree_node(r->tree, list)->n : 0;
    uint16_t *v = ARENA_ARRAY(r->arena, uint16_t, *n);
    size_t i = 0;
    for (TREE_EACH(r->tree, child, list)) v[i++] = (uint16_t)tree_node(r->tree, child)->u.number;
    return v;
}

static void read_routing(const struct reader *r, node_id routing, struct gateway_data *g) {
    static const struct {
        const char *name;
        unsigned rule;
    } rules[] = {{"peer_wildcard", ROUTING_PEER_WILDCARD},
                 {"group_scope", ROUTING_GROUP_SCOPE},
                 {"selection_error", ROUTING_SELECTION_ERROR},
                 {"lower_whole_key", ROUTING_LOWER_WHOLE_KEY}};
    struct names chosen = names_of(r, section(r, routing, "rules"));
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (names_have(chosen, str_from(rules[i].name))) g->routing_rules |= rules[i].rule;
    g->system_agent_owns = flag(r, routing, "system_agent");
    struct names keep = names_of(r, section(r, routing, "keep_case"));
    struct keep_case *v = ARENA_ARRAY(r->arena, struct keep_case, keep.n);
    for (size_t i = 0; i < keep.n; i++) {
        size_t slash = str_find(keep.v[i], STR("/"), 0);
        bool group = str_equal(str_slice(keep.v[i], slash + 1, keep.v[i].n), STR("group"));
        v[i] =
            (struct keep_case){str_slice(keep.v[i], 0, slash), group ? PEER_GROUP : PEER_CHANNEL};
    }
    g->keep_case = v;
    g->n_keep_case = keep.n;
}

static void read_ports(const struct reader *r, node_id ports, struct gateway_data *g) {
    g->base_port = (uint16_t)tree_node(r->tree, section(r, ports, "base"))->u.number;
    g->used_ports = offsets_of(r, section(r, ports, "used"), &g->n_used_ports);
    g->used_ports_without_browser =
        offsets_of(r, section(r, ports, "used_without_browser"), &g->n_used_ports_without_browser);
    g->profile_derived_port = flag(r, ports, "profile_derived");
    g->browser_extension_ports = flag(r, ports, "browser_extensions");
}

static void read_fleet(const struct reader *r, node_id fleet, struct gateway_data *g) {
    g->container_bind = text(r, fleet, "container_bind");
    g->auto_binds_loopback = flag(r, fleet, "auto_binds_loopback");
    g->makes_up_token = flag(r, fleet, "makes_up_token");
    g->accounts_inherit_dm_policy = flag(r, fleet, "accounts_inherit_dm_policy");
    g->channel_is_account = flag(r, fleet, "channel_is_account");
    g->sandbox_by_workspace = flag(r, fleet, "sandbox_by_workspace");
    g->wildcard_yields = names_of(r, section(r, fleet, "wildcard_yields"));
    g->refused_keys = names_of(r, section(r, fleet, "refused_keys"));
}

static void read_channels(const struct reader *r, node_id channels, struct gateway_data *g) {
    g->channels = names_of(r, section(r, channels, "known"));
    g->channel_alias = map_of(r, section(r, channels, "aliases"));
    g->heartbeat_aliases = names_of(r, section(r, channels, "heartbeat_aliases"));
    g->audited_channels = names_of(r, section(r, channels, "audited"));
    g->account_dm_policy = names_of(r, section(r, channels, "account_dm_policy"));
    g->account_group_policy = names_of(r, section(r, channels, "account_group_policy"));
    g->raw_account_keys = names_of(r, section(r, channels, "raw_account_keys"));
    g->canonical_account_keys = names_of(r, section(r, channels, "canonical_account_keys"));
    g->canonical_credentials = names_of(r, section(r, channels, "canonical_credentials"));
    g->canonical_account_list = names_of(r, section(r, channels, "canonical_account_list"));
    g->one_login = names_of(r, section(r, channels, "one_login"));
    g->nested_dm = names_of(r, section(r, channels, "nested_dm"));
    g->audit_nested_dm = names_of(r, section(r, channels, "audit_nested_dm"));
    g->open_admits_all = flag(r, channels, "open_admits_all");
    g->own_group_list = names_of(r, section(r, channels, "own_group_list"));
    g->configured_by = map_of(r, section(r, channels, "configured_by"));
    g->native_commands = names_of(r, section(r, channels, "native_commands"));
    g->label = map_of(r, section(r, channels, "labels"));
    g->identity = map_of(r, section(r, channels, "identity"));
    g->environment = map_of(r, section(r, channels, "environment"));
    g->sender_prefixes = map_of(r, section(r, channels, "sender_prefixes"));
    g->sender_form = map_of(r, section(r, channels, "sender_form"));
}

static unsigned profiles_of(struct str letters) {
    unsigned profiles = 0;
    for (size_t i = 0; i < letters.n; i++)
        profiles |= letters.p[i] == 'm'   ? PROFILE_MINIMAL
                    : letters.p[i] == 'c' ? PROFILE_CODING
                                          : PROFILE_MESSAGING;
    return profiles;
}

static void read_catalogue(const struct reader *r, node_id catalogue, struct gateway_data *g) {
    size_t n = tree_node(r->tree, catalogue)->n, i = 0;
    struct tool *tools = ARENA_ARRAY(r->arena, struct tool, n);
    for (TREE_EACH(r->tree, row, catalogue)) {
        struct names cells = names_of(r, row);
        tools[i] = (struct tool){.name = tree_key_text(r->tree, tree_node(r->tree, row)->key),
                                 .section = cells.v[0],
                                 .profiles = profiles_of(cells.v[1]),
                                 .in_openclaw = cells.n > 2};
        for (size_t p = 0; p < g->plugins.n; p++)
            if (names_have(g->plugins.values[p], tools[i].name))
                tools[i].plugin = g->plugins.keys[p];
        i++;
    }
    g->tools = tools;
    g->n_tools = n < TOOLS_MAX ? n : TOOLS_MAX;
}

static unsigned tool_rules_of(struct names chosen) {
    static const struct {
        const char *name;
        unsigned rule;
    } rules[] = {{"strip_unknown_allow", TOOLS_STRIP_UNKNOWN_ALLOW},
                 {"blocks_extend_profile", TOOLS_BLOCKS_EXTEND_PROFILE},
                 {"preselect_plugins", TOOLS_PRESELECT_PLUGINS},
                 {"full_allows_all", TOOLS_FULL_ALLOWS_ALL},
                 {"later_provider_wins", TOOLS_LATER_PROVIDER_WINS},
                 {"bare_slashed_model", TOOLS_BARE_SLASHED_MODEL},
                 {"sender_lists", TOOLS_SENDER_LISTS},
                 {"also_allow", TOOLS_SANDBOX_ALSO_ALLOW},
                 {"lift_deny", TOOLS_SANDBOX_LIFT_DENY},
                 {"owner_wildcard", TOOLS_OWNER_WILDCARD},
                 {"owner_fallback", TOOLS_OWNER_FALLBACK}};
    unsigned all = 0;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (names_have(chosen, str_from(rules[i].name))) all |= rules[i].rule;
    return all;
}

static void read_availability(const struct reader *r, node_id tools, struct gateway_data *g) {
    node_id patch = section(r, tools, "apply_patch");
    g->tool_switches = map_of(r, section(r, tools, "switches"));
    g->apply_patch_enabled = flag(r, patch, "enabled");
    g->apply_patch_providers = names_of(r, section(r, patch, "providers"));
    g->not_read_only = names_of(r, section(r, tools, "not_read_only"));
    g->not_sandboxed = names_of(r, section(r, tools, "not_sandboxed"));
    g->not_subagent = names_of(r, section(r, tools, "not_subagent"));
    g->needs_model = text(r, tools, "needs_model");
}

static void read_sandbox_lists(const struct reader *r, node_id sandbox, struct gateway_data *g) {
    node_id always = section(r, sandbox, "always");
    g->tool_rules |= tool_rules_of(names_of(r, section(r, sandbox, "rules")));
    g->sandbox_always = text(r, always, "tool");
    g->sandbox_old = text(r, always, "old");
    g->sandbox_allow = names_of(r, section(r, sandbox, "allow"));
    g->sandbox_deny = names_of(r, section(r, sandbox, "deny"));
}

static void read_subagents(const struct reader *r, node_id subagents, struct gateway_data *g) {
    g->subagent_deny = names_of(r, section(r, subagents, "deny"));
    g->leaf_deny = names_of(r, section(r, subagents, "leaf_deny"));
    g->subagent_allow_lifts_deny = flag(r, subagents, "allow_lifts_deny");
    g->subagent_depth = (int)tree_node(r->tree, section(r, subagents, "depth"))->u.number;
}

static void read_tools(const struct reader *r, node_id tools, struct gateway_data *g) {
    g->plugins = map_of(r, section(r, tools, "plugins"));
    read_catalogue(r, section(r, tools, "catalogue"), g);
    g->tool_rules = tool_rules_of(names_of(r, section(r, tools, "rules")));
    g->tool_alias = map_of(r, section(r, tools, "aliases"));
    g->tool_expands = map_of(r, section(r, tools, "expands"));
    g->tool_retired = map_of(r, section(r, tools, "retired"));
    g->owner_only = names_of(r, section(r, tools, "owner_only"));
    g->other_tools = names_of(r, section(r, tools, "other"));
    g->apply_patch_follows = text(r, tools, "apply_patch_follows");
    g->default_model = text(r, tools, "default_model");
    read_availability(r, tools, g);
    read_sandbox_lists(r, section(r, tools, "sandbox"), g);
    read_subagents(r, section(r, tools, "subagents"), g);
    node_id exec = section(r, tools, "exec");
    g->exec_fields = names_of(r, section(r, exec, "fields"));
    g->exec_timeout = text(r, exec, "timeout");
    g->exec_layered = flag(r, exec, "layered");
}

static void read_sandbox(const struct reader *r, node_id sandbox, struct gateway_data *g) {
    g->data = r->tree;
    g->sandbox_backend = text(r, sandbox, "backend");
    g->sandbox_docker = section(r, sandbox, "docker");
    g->sandbox_browser = section(r, sandbox, "browser");
    g->sandbox_prune = section(r, sandbox, "prune");
}

/* A map of maps of texts: key -> NAME, value, NAME, value... */
static struct name_map map_of_pairs(const struct reader *r, node_id object) {
    size_t n = object ? tree_node(r->tree, object)->n : 0, i = 0;
    struct str *keys = ARENA_ARRAY(r->arena, struct str, n);
    struct names *values = ARENA_ARRAY(r->arena, struct names, n);
    for (TREE_EACH(r->tree, child, object)) {
        keys[i] = tree_key_text(r->tree, tree_node(r->tree, child)->key);
        values[i++] = pairs_of(r, child);
    }
    return (struct name_map){keys, values, n};
}

static void read_discovery(const struct reader *r, node_id discovery, struct gateway_data *g) {
    g->state_variables = names_of(r, section(r, discovery, "state_variables"));
    g->config_variables = names_of(r, section(r, discovery, "config_variables"));
    g->port_variables = names_of(r, section(r, discovery, "port_variables"));
    g->legacy_state = names_of(r, section(r, discovery, "legacy_state"));
    g->config_names = names_of(r, section(r, discovery, "config_names"));
    g->home_ignores_null = flag(r, discovery, "home_ignores_null");
    g->log_expands_home = flag(r, discovery, "log_expands_home");
    g->profile_switches = flag(r, discovery, "profile_switches");
    g->state_falls_back = flag(r, discovery, "state_falls_back");
}

static void read_repair(const struct reader *r, node_id repair, struct gateway_data *g) {
    g->repair_scopes = map_of(r, section(r, repair, "scopes"));
    g->repair_moves = map_of(r, section(r, repair, "moves"));
    g->repair_merges = map_of(r, section(r, repair, "merges"));
    g->repair_web_search = map_of(r, section(r, repair, "web_search"));
    g->repair_tools = map_of(r, section(r, repair, "tools"));
    g->repair_models = map_of(r, section(r, repair, "models"));
    g->repair_streaming = map_of(r, section(r, repair, "streaming"));
    g->repair_removed_values = map_of(r, section(r, repair, "removed_values"));
    g->repair_values = map_of_pairs(r, section(r, repair, "values"));
    g->repair_removed = names_of(r, section(r, repair, "removed"));
    g->repair_retired = names_of(r, section(r, repair, "retired"));
    g->repair_emptied = names_of(r, section(r, repair, "emptied"));
    g->legacy_keys = names_of(r, section(r, repair, "legacy_keys"));
}

static void read_loading(const struct reader *r, node_id loading, struct gateway_data *g) {
    node_id env = section(r, loading, "env");
    g->include_roots = flag(r, loading, "include_roots");
    g->env_skips_other_values = flag(r, env, "skips_other_values");
    g->env_quotes_keys = flag(r, env, "quotes_keys");
    g->env_blocked = names_of(r, section(r, env, "blocked"));
    g->env_blocked_prefixes = names_of(r, section(r, env, "blocked_prefixes"));
    read_discovery(r, section(r, loading, "discovery"), g);
    read_repair(r, section(r, loading, "repair"), g);
    g->env_blocked_between = map_of(r, section(r, env, "blocked_between"));
}

static void read_exposure(const struct reader *r, node_id exposure, struct gateway_data *g) {
    node_id tools = section(r, exposure, "tools"), models = section(r, exposure, "models");
    node_id search = section(r, exposure, "web_search"), bins = section(r, exposure, "programs");
    node_id mounts = section(r, exposure, "mounts"), doors = section(r, exposure, "doors");
    g->audit_tools = map_of(r, section(r, tools, "sets"));
    g->audit_profile_extends = flag(r, tools, "profile_extends");
    g->audit_provider_lists = flag(r, tools, "provider_lists");
    g->audit_open_dm = flag(r, doors, "direct");
    g->audit_merges_accounts = flag(r, doors, "merges_accounts");
    g->audit_roster_implied = flag(r, exposure, "roster_implied");
    g->audit_resolves_models = flag(r, models, "resolves_aliases");
    g->small_models_sandboxed = flag(r, models, "small_need_sandbox");
    g->model_aliases = map_of(r, section(r, models, "aliases"));
    g->search_keys = map_of(r, section(r, search, "keys"));
    g->search_any_setting = flag(r, search, "any_setting");
    g->search_variables = names_of(r, section(r, search, "variables"));
    g->interpreters = names_of(r, section(r, bins, "interpreters"));
    g->versioned_interpreters = names_of(r, section(r, bins, "versioned"));
    g->broad_bins = names_of(r, section(r, bins, "broad"));
    g->risky_dirs = map_of(r, section(r, bins, "risky_dirs"));
    g->blocked_paths = names_of(r, section(r, mounts, "blocked"));
    g->blocked_home = names_of(r, section(r, mounts, "blocked_home"));
    g->blocked_covers = flag(r, mounts, "covers");
    g->home_variables = names_of(r, section(r, mounts, "home_variables"));
}

static void read_audit(const struct reader *r, node_id audit, struct gateway_data *g) {
    static const struct {
        const char *name;
        unsigned rule;
    } rules[] = {{"typed_references", AUDIT_TYPED_REFERENCES},
                 {"remote_credentials", AUDIT_REMOTE_CREDENTIALS},
                 {"proxy_is_auth", AUDIT_PROXY_IS_AUTH},
                 {"http_by_credential", AUDIT_HTTP_BY_CREDENTIAL},
                 {"flag_each", AUDIT_FLAG_EACH},
                 {"internal_hook_parts", AUDIT_INTERNAL_HOOK_PARTS},
                 {"browser_is_plugin", AUDIT_BROWSER_IS_PLUGIN},
                 {"hooks_password", AUDIT_HOOKS_PASSWORD},
                 {"reference_by_form", AUDIT_REFERENCE_BY_FORM}};
    struct names chosen = names_of(r, section(r, audit, "rules"));
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (names_have(chosen, str_from(rules[i].name))) g->audit_rules |= rules[i].rule;
    g->audit_by_route = str_equal(text(r, audit, "session_check"), STR("route"));
    g->undecided = map_of(r, section(r, audit, "undecided"));
    g->undecided_without_fs = map_of(r, section(r, audit, "undecided_without_fs"));
    g->token_variables = names_of(r, section(r, audit, "token_variables"));
    g->password_variables = names_of(r, section(r, audit, "password_variables"));
    g->http_tool_deny = names_of(r, section(r, audit, "http_tool_deny"));
    g->node_commands = names_of(r, section(r, audit, "node_commands"));
    g->risky_node_commands = names_of(r, section(r, audit, "risky_node_commands"));
    g->node_allow = text(r, audit, "node_allow");
    g->node_deny = text(r, audit, "node_deny");
    g->flags = names_of(r, section(r, audit, "flags"));
}

static struct gateway_data read_gateway(struct reader *r, const struct embedded *e) {
    struct gateway_data g = {0};
    uint32_t file = source_add(r->tree->sources, str_from(e->name), (struct str){e->text, e->n});
    struct json5_result parsed = json5_parse(r->tree, file, diags_new(r->arena));
    node_id root = parsed.root;
    g.version = text(r, root, "version");
    g.roster_entries = str_equal(text(r, root, "roster"), STR("entries"));
    read_routing(r, section(r, root, "routing"), &g);
    read_loading(r, section(r, root, "loading"), &g);
    g.defaults = map_of(r, section(r, root, "defaults"));
    read_ports(r, section(r, root, "ports"), &g);
    read_fleet(r, section(r, root, "fleet"), &g);
    g.hooks_template_needs_prefixes = flag(r, section(r, root, "hooks"), "template_needs_prefixes");
    node_id paths = section(r, root, "paths"), sharing = section(r, root, "sharing");
    g.workspace_follows_state = flag(r, paths, "workspace_follows_state");
    g.workspace_below_default = flag(r, paths, "workspace_below_default");
    g.session_visibility = text(r, sharing, "session_visibility");
    g.agent_to_agent = flag(r, sharing, "agent_to_agent");
    read_exposure(r, section(r, root, "exposure"), &g);
    read_audit(r, section(r, root, "audit"), &g);
    node_id schema = section(r, root, "schema");
    g.model_providers = names_of(r, section(r, schema, "model_providers"));
    g.web_search = names_of(r, section(r, schema, "web_search"));
    g.web_search_plugins = map_of(r, section(r, schema, "web_search_plugins"));
    g.models_gone = map_of(r, section(r, schema, "models_gone"));
    g.web_search_active = names_of(r, section(r, schema, "web_search_active"));
    g.plugins_installable = names_of(r, section(r, schema, "plugins_installable"));
    g.plugins_removed = names_of(r, section(r, schema, "plugins_removed"));
    g.plugins_on = names_of(r, section(r, schema, "plugins_on"));
    g.trimmed = names_of(r, section(r, schema, "trimmed"));
    g.moved = map_of(r, section(r, schema, "moved"));
    g.roster_waits = flag(r, schema, "roster_waits");
    read_channels(r, section(r, root, "channels"), &g);
    read_tools(r, section(r, root, "tools"), &g);
    read_sandbox(r, section(r, root, "sandbox"), &g);
    g.policy = section(r, root, "policy");
    return g;
}

static int by_version(const void *a, const void *b) {
    return gateway_version_compare(((const struct gateway_data *)a)->version,
                                   ((const struct gateway_data *)b)->version);
}

struct gateways gateways_load(struct arena *a) {
    struct reader r = {a, tree_new(a, sources_new(a))};
    struct gateway_data *v = ARENA_ARRAY(a, struct gateway_data, embedded_gateway_count);
    for (size_t i = 0; i < embedded_gateway_count; i++)
        v[i] = read_gateway(&r, &embedded_gateways[i]);
    qsort(v, embedded_gateway_count, sizeof *v, by_version);
    return (struct gateways){v, embedded_gateway_count};
}

/* ---- versions ----------------------------------------------------------------------------------
 */

static bool next_number(struct str s, size_t *at, uint64_t *number) {
    enum { DIGITS_MAX = 15 };
    size_t from = *at;
    *number = 0;
    while (*at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9' && *at - from < DIGITS_MAX)
        *number = *number * 10 + (uint64_t)(s.p[(*at)++] - '0');
    bool any = *at > from;
    if (any && *at < s.n && s.p[*at] == '.') (*at)++;
    return any;
}

int gateway_version_compare(struct str a, struct str b) {
    size_t i = 0, j = 0;
    for (;;) {
        uint64_t x, y;
        bool more_a = next_number(a, &i, &x), more_b = next_number(b, &j, &y);
        if (!more_a || !more_b) return more_a - more_b;
        if (x != y) return x < y ? -1 : 1;
    }
}

bool gateway_version_is_readable(struct str version) {
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        size_t from = at;
        while (at < version.n && version.p[at] >= '0' && version.p[at] <= '9') at++;
        if (at == from || at - from > 9) return false;
        if (i < 2 && (at == version.n || version.p[at++] != '.')) return false;
    }
    return at == version.n || version.p[at] == '-' || version.p[at] == '+';
}

const struct gateway_data *gateways_find(const struct gateways *g, struct str version) {
    size_t best = 0;
    for (size_t i = 0; i < g->n; i++)
        if (gateway_version_compare(g->v[i].version, version) <= 0) best = i;
    return &g->v[best];
}

struct str gateway_channel_of(const struct gateway_data *g, struct str name) {
    struct names found = name_map_get(&g->channel_alias, name);
    return found.n ? found.v[0] : name;
}

size_t gateway_tool(const struct gateway_data *g, struct str name) {
    for (size_t i = 0; i < g->n_tools; i++)
        if (str_equal(g->tools[i].name, name)) return i;
    return SIZE_MAX;
}
