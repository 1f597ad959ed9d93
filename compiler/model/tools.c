/* Reading what the config says about tools. */
#include "model/tools.h"

#include "model/ids.h"
#include "model/values.h"

static struct tool_lists read_lists(struct model *m, const struct reading *r, node_id block,
                                    place around) {
    place at = value_place(block, around);
    return (struct tool_lists){.allow = value_list(m->arena, r, block, "allow", at),
                               .also_allow = value_list(m->arena, r, block, "alsoAllow", at),
                               .deny = value_list(m->arena, r, block, "deny", at),
                               .at = at};
}

/* ---- byProvider --------------------------------------------------------------------------------
 */

/* " OpenAI /GPT-5.2" is "openai/gpt-5.2": trimmed and lower-cased; newer gateways also trim the
 * provider. */
static void read_provider_key(const struct model *m, struct str written, struct provider_tools *p) {
    p->key = ids_token(m->arena, written);
    size_t slash = str_find(p->key, STR("/"), 0);
    if (m->gateway->tool_rules & TOOLS_BARE_SLASHED_MODEL || slash == SIZE_MAX) return;
    struct str provider = ids_trim(str_slice(p->key, 0, slash));
    if (provider.n == slash) return;
    p->key = str_concat(m->arena, provider, str_slice(p->key, slash, p->key.n));
    p->blanks = true;
}

static void read_providers(struct model *m, const struct reading *r, node_id tools,
                           struct tool_policy *p) {
    node_id block = read_member(r, tools, "byProvider", NODE_OBJECT);
    size_t n = block ? tree_node(r->tree, block)->n : 0;
    struct provider_tools *v = ARENA_ARRAY(m->arena, struct provider_tools, n);
    for (TREE_EACH(r->tree, entry, block)) {
        if (!read_is(r, entry, NODE_OBJECT)) continue;
        struct str key = tree_key_text(r->tree, tree_node(r->tree, entry)->key);
        struct provider_tools *provider = &v[p->n_providers++];
        *provider =
            (struct provider_tools){.profile = value_text(r, entry, "profile", entry, STR("")),
                                    .lists = read_lists(m, r, entry, entry)};
        read_provider_key(m, key, provider);
    }
    p->providers = v;
}

/* ---- toolsBySender -----------------------------------------------------------------------------
 */

static void read_sender_key(struct arena *a, struct str written, struct sender_tools *s) {
    static const struct {
        const char *prefix;
        enum sender_key kind;
    } prefixes[] = {{"channel:", SENDER_KEY_CHANNEL},
                    {"id:", SENDER_KEY_ID},
                    {"e164:", SENDER_KEY_E164},
                    {"username:", SENDER_KEY_USERNAME},
                    {"name:", SENDER_KEY_NAME}};
    struct str key = ids_token(a, written);
    s->kind = str_equal(key, STR("*")) ? SENDER_KEY_ANY : SENDER_KEY_ID;
    s->value = key;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        struct str prefix = str_from(prefixes[i].prefix);
        if (!str_starts(key, prefix)) continue;
        s->kind = prefixes[i].kind;
        s->value = ids_trim(str_slice(key, prefix.n, key.n));
        break;
    }
    if (s->kind == SENDER_KEY_USERNAME && str_starts(s->value, STR("@")))
        s->value = str_slice(s->value, 1, s->value.n);
}

static struct str sender_name(struct arena *a, enum sender_key kind, struct str value) {
    return str_format(a, "%d " STR_FMT, (int)kind, STR_ARG(value));
}

const struct sender_tools *sender_tools_find(const struct sender_list *list, struct arena *a,
                                             enum sender_key kind, struct str value) {
    const uint32_t *at = list->n ? map_get(&list->index, sender_name(a, kind, value)) : NULL;
    return at ? &list->v[*at] : NULL;
}

static struct sender_list read_senders(struct model *m, const struct reading *r, node_id owner) {
    node_id block = read_member(r, owner, "toolsBySender", NODE_OBJECT);
    size_t n = block ? tree_node(r->tree, block)->n : 0, used = 0;
    struct sender_tools *v = ARENA_ARRAY(m->arena, struct sender_tools, n);
    for (TREE_EACH(r->tree, entry, block)) {
        if (!read_is(r, entry, NODE_OBJECT)) continue;
        struct sender_tools *s = &v[used++];
        read_sender_key(m->arena, tree_key_text(r->tree, tree_node(r->tree, entry)->key), s);
        s->lists = read_lists(m, r, entry, entry);
    }
    struct map index = map_new(m->arena);
    int32_t any = -1;
    for (size_t i = 0; i < used; i++) {
        map_put(&index, sender_name(m->arena, v[i].kind, v[i].value), (uint32_t)i, NULL);
        if (any < 0 && v[i].kind == SENDER_KEY_ANY) any = (int32_t)i;
    }
    return (struct sender_list){v, used, index, any};
}

/* ---- settings of single tools ------------------------------------------------------------------
 */

static struct names keys_of(struct arena *a, const struct tree *t, node_id object) {
    size_t n = object ? tree_node(t, object)->n : 0, i = 0;
    struct str *v = ARENA_ARRAY(a, struct str, n);
    for (TREE_EACH(t, member, object)) v[i++] = tree_key_text(t, tree_node(t, member)->key);
    return (struct names){v, i};
}

static struct exec_settings read_exec(struct model *m, const struct reading *r, node_id tools,
                                      place around) {
    node_id exec = read_member(r, tools, "exec", NODE_OBJECT);
    place at = value_place(exec, around);
    node_id patch = read_member(r, exec, "applyPatch", NODE_OBJECT);
    place patch_at = value_place(patch, at);
    return (struct exec_settings){
        .block = exec,
        .host = value_text(r, exec, "host", at, STR("")),
        .mode = value_text(r, exec, "mode", at, STR("")),
        .security = value_text(r, exec, "security", at, STR("")),
        .ask = value_text(r, exec, "ask", at, STR("")),
        .has_apply_patch = patch != 0,
        .apply_patch = value_flag(r, patch, "enabled", patch_at, m->gateway->apply_patch_enabled),
        .patch_workspace_only = value_flag(r, patch, "workspaceOnly", patch_at, true),
        .patch_models = value_list(m->arena, r, patch, "allowModels", patch_at),
        .safe_bins = value_list(m->arena, r, exec, "safeBins", at),
        .trusted_dirs = value_list(m->arena, r, exec, "safeBinTrustedDirs", at),
        .bin_profiles =
            keys_of(m->arena, r->tree, read_member(r, exec, "safeBinProfiles", NODE_OBJECT)),
        .at = at};
}

static struct elevated read_elevated(struct model *m, const struct reading *r, node_id tools,
                                     place around) {
    node_id block = read_member(r, tools, "elevated", NODE_OBJECT);
    node_id from = read_member(r, block, "allowFrom", NODE_OBJECT);
    place at = value_place(block, around);
    size_t n = from ? tree_node(r->tree, from)->n : 0, used = 0;
    struct elevated_channel *v = ARENA_ARRAY(m->arena, struct elevated_channel, n);
    for (TREE_EACH(r->tree, list, from)) {
        struct str channel = tree_key_text(r->tree, tree_node(r->tree, list)->key);
        v[used++] = (struct elevated_channel){
            channel, value_list(m->arena, r, from, str_to_c(m->arena, channel), from)};
    }
    return (struct elevated){.enabled = value_flag(r, block, "enabled", at, true),
                             .channels = v,
                             .n_channels = used,
                             .has_allow_from = from != 0,
                             .at = at};
}

/* A switch is a flag, or a block with a flag `enabled`. */
static struct flag read_switch(const struct reading *r, node_id n, struct names path) {
    for (size_t i = 0; i < path.n; i++) n = tree_member(r->tree, n, path.v[i]);
    if (tree_is(r->tree, n, NODE_OBJECT)) n = tree_member(r->tree, n, STR("enabled"));
    if (!tree_is(r->tree, n, NODE_BOOL)) return (struct flag){.v = true};
    return (struct flag){tree_node(r->tree, n)->u.boolean, n, true};
}

static const struct flag *read_switches(struct model *m, const struct reading *r, node_id tools) {
    const struct name_map *names = &m->gateway->tool_switches;
    struct flag *v = ARENA_ARRAY(m->arena, struct flag, names->n);
    for (size_t i = 0; i < names->n; i++) v[i] = read_switch(r, tools, names->values[i]);
    return v;
}

struct tool_policy model_read_tools(struct model *m, const struct reading *r, node_id owner,
                                    place around) {
    node_id tools = read_member(r, owner, "tools", NODE_OBJECT);
    place at = value_place(tools, around);
    node_id fs = read_member(r, tools, "fs", NODE_OBJECT);
    node_id sandbox = read_member(r, tools, "sandbox", NODE_OBJECT);
    struct tool_policy p = {
        .profile = value_text(r, tools, "profile", at, STR("")),
        .lists = read_lists(m, r, tools, at),
        .senders = read_senders(m, r, tools),
        .sandbox = read_lists(m, r, read_member(r, sandbox, "tools", NODE_OBJECT), at),
        .switches = read_switches(m, r, tools),
        .exec = read_exec(m, r, tools, at),
        .fs_workspace_only = value_flag(r, fs, "workspaceOnly", value_place(fs, at), false),
        .elevated = read_elevated(m, r, tools, at),
        .has_exec = tree_member(r->tree, tools, STR("exec")) != 0,
        .has_fs = tree_member(r->tree, tools, STR("fs")) != 0,
        .at = at};
    read_providers(m, r, tools, &p);
    return p;
}

struct text model_read_model(const struct reading *r, node_id owner, place around) {
    node_id model = tree_member(r->tree, owner, STR("model"));
    if (tree_is(r->tree, model, NODE_OBJECT))
        return value_text(r, model, "primary", around, STR(""));
    return value_text(r, owner, "model", around, STR(""));
}

/* ---- groups ------------------------------------------------------------------------------------
 */

static void read_groups(struct model *m, const struct reading *r, node_id block, struct str channel,
                        struct str account) {
    for (TREE_EACH(r->tree, group, tree_member(r->tree, block, STR("groups")))) {
        if (!tree_is(r->tree, group, NODE_OBJECT)) continue;
        node_id tools = tree_member(r->tree, group, STR("tools"));
        ARRAY_PUSH(m->arena, m->groups) =
            (struct group_tools){.channel = channel,
                                 .account = account,
                                 .group = tree_key_text(r->tree, tree_node(r->tree, group)->key),
                                 .lists = read_lists(m, r, tools, group),
                                 .has_lists = tools != 0,
                                 .senders = read_senders(m, r, group),
                                 .at = group};
    }
}

/* What stands for a group in the groups of an account or (account empty) of the channel. */
static bool find_group(const struct model *m, struct str channel, struct str account,
                       struct str group, struct group_choice *c) {
    bool any = false;
    for (size_t i = 0; i < m->groups.n; i++) {
        const struct group_tools *g = &m->groups.v[i];
        if (!str_equal(g->channel, channel) || !str_equal(g->account, account)) continue;
        any = true;
        if (str_equal(g->group, group)) c->own = g;
        if (str_equal(g->group, STR("*"))) c->any = g;
    }
    return any;
}

struct group_choice model_group(const struct model *m, struct str channel, struct str account,
                                struct str group) {
    struct group_choice c = {NULL, NULL};
    if (!find_group(m, channel, account, group, &c)) find_group(m, channel, STR(""), group, &c);
    return c;
}

static void build_groups(struct model *m, const struct reading *r) {
    for (TREE_EACH(r->tree, channel, tree_member(r->tree, m->loaded->root, STR("channels")))) {
        struct str name = tree_key_text(r->tree, tree_node(r->tree, channel)->key);
        read_groups(m, r, channel, name, STR(""));
        for (TREE_EACH(r->tree, account, tree_member(r->tree, channel, STR("accounts")))) {
            struct str id = tree_key_text(r->tree, tree_node(r->tree, account)->key);
            read_groups(m, r, account, name, ids_account(m->arena, id));
        }
    }
}

/* ---- plugins -----------------------------------------------------------------------------------
 */

static bool is_false(const struct tree *t, node_id n) {
    return tree_is(t, n, NODE_BOOL) && !tree_node(t, n)->u.boolean;
}

/* The memory plugin fills a slot that may be empty or have another plugin. */
static bool is_displaced(const struct tree *t, node_id plugins, struct str plugin) {
    node_id slot = tree_path(t, plugins, "slots", "memory", NULL);
    return str_equal(plugin, STR("memory-core")) && tree_is(t, slot, NODE_STRING) &&
           !str_equal(ids_trim(tree_text(t, slot)), plugin);
}

static struct names disabled_plugins(struct model *m, const struct reading *r) {
    const struct tree *t = r->tree;
    node_id plugins = tree_member(t, m->loaded->root, STR("plugins"));
    const struct name_map *known = &m->gateway->plugins;
    struct str *v = ARENA_ARRAY(m->arena, struct str, known->n);
    size_t n = 0;
    bool all = is_false(t, tree_member(t, plugins, STR("enabled")));
    struct text_list denied = value_list(m->arena, r, plugins, "deny", m->at);
    for (size_t i = 0; i < known->n; i++) {
        node_id entry = tree_member(t, tree_member(t, plugins, STR("entries")), known->keys[i]);
        bool off = all || is_false(t, tree_member(t, entry, STR("enabled"))) ||
                   is_displaced(t, plugins, known->keys[i]);
        for (size_t d = 0; d < denied.n; d++)
            off = off || str_equal(ids_trim(denied.v[d].v), known->keys[i]);
        if (off) v[n++] = known->keys[i];
    }
    return (struct names){v, n};
}

void model_build_tools(struct model *m, const struct reading *r) {
    node_id root = m->loaded->root;
    node_id tools = tree_path(r->tree, root, "tools", "subagents", "tools", NULL);
    node_id defaults = tree_path(r->tree, root, "agents", "defaults", NULL);
    node_id sandbox = tree_member(r->tree, defaults, STR("sandbox"));
    node_id depth = tree_path(r->tree, defaults, "subagents", "maxSpawnDepth", NULL);
    enum { DEPTH_MAX = 1000 };
    m->subagent_tools = read_lists(m, r, tools, m->tools.at);
    m->subagent_depth = m->gateway->subagent_depth;
    double written =
        tree_is(r->tree, depth, NODE_NUMBER) ? tree_node(r->tree, depth)->u.number : -1;
    if (written >= 0 && written <= DEPTH_MAX) m->subagent_depth = (int)written;
    m->tools_visibility = value_text(r, sandbox, "sessionToolsVisibility",
                                     value_place(sandbox, m->agents_at), STR("spawned"));
    m->plugins_off = disabled_plugins(m, r);
    build_groups(m, r);
}
