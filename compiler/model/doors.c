/* Whom the blocks below `channels` let in: every policy that is open, and what else suggests that
 * several people write to the gateway. Each block is judged as the gateway's own audit judges it,
 * which is not what is in force: accounts do not inherit, a disabled channel counts. */
#include "model/ids.h"
#include "model/values.h"

struct collected {
    struct arena *arena;
    const struct tree *tree;
    ARRAY(struct text) list;
};

static void collect(struct collected *c, struct str text, place at) {
    ARRAY_PUSH(c->arena, c->list) = (struct text){.v = text, .at = at, .set = true};
}

static struct text_list collected_list(const struct collected *c, place at) {
    return (struct text_list){c->list.v, c->list.n, at, c->list.n > 0};
}

static bool is_text(const struct tree *t, node_id n, const char *text) {
    return tree_is(t, n, NODE_STRING) && str_equal(tree_text(t, n), str_from(text));
}

/* ---- one block ---------------------------------------------------------------------------------
 */

enum { TARGET_KEYS = 4 };

/* What a channel or an account says; 0 for what it does not. */
struct block {
    node_id group_policy, dm_policy, dm, allow_from, group_allow_from, targets[TARGET_KEYS];
    place group_policy_at; /* the policy, or the block when it has the default */
    bool by_default;       /* no groupPolicy is written, and the default is `allowlist` */
};

static struct block read_block(const struct tree *t, node_id n, bool has_default) {
    static const char *const targets[TARGET_KEYS] = {"groups", "guilds", "channels", "rooms"};
    struct block b = {.group_policy = tree_member(t, n, STR("groupPolicy")),
                      .dm_policy = tree_member(t, n, STR("dmPolicy")),
                      .dm = tree_member(t, n, STR("dm")),
                      .allow_from = tree_member(t, n, STR("allowFrom")),
                      .group_allow_from = tree_member(t, n, STR("groupAllowFrom"))};
    for (size_t i = 0; i < TARGET_KEYS; i++) b.targets[i] = tree_member(t, n, str_from(targets[i]));
    b.by_default = !b.group_policy && has_default;
    b.group_policy_at = b.group_policy ? b.group_policy : n;
    return b;
}

static node_id own_or(node_id own, node_id inherited) {
    return own ? own : inherited;
}

/* An account laid over its channel, key by key. */
static struct block merge(struct block own, const struct block *channel) {
    if (!own.group_policy && !own.by_default) {
        own.group_policy = channel->group_policy;
        own.group_policy_at = channel->group_policy_at;
        own.by_default = channel->by_default;
    }
    own.dm_policy = own_or(own.dm_policy, channel->dm_policy);
    own.dm = own_or(own.dm, channel->dm);
    own.allow_from = own_or(own.allow_from, channel->allow_from);
    own.group_allow_from = own_or(own.group_allow_from, channel->group_allow_from);
    for (size_t i = 0; i < TARGET_KEYS; i++)
        own.targets[i] = own_or(own.targets[i], channel->targets[i]);
    return own;
}

static bool names_targets(const struct tree *t, const struct block *b) {
    for (size_t i = 0; i < TARGET_KEYS; i++) {
        bool several =
            tree_is(t, b->targets[i], NODE_OBJECT) || tree_is(t, b->targets[i], NODE_ARRAY);
        if (several && tree_node(t, b->targets[i])->n) return true;
    }
    return false;
}

static node_id wildcard(const struct tree *t, node_id list) {
    if (!tree_is(t, list, NODE_ARRAY)) return 0;
    for (TREE_EACH(t, entry, list))
        if (str_equal(ids_trim(tree_text(t, entry)), STR("*"))) return entry;
    return 0;
}

/* ---- what is reported of it --------------------------------------------------------------------
 */

static void add_open(struct collected *c, const struct block *b, struct str path, bool with_dm) {
    if (is_text(c->tree, b->group_policy, "open"))
        collect(c, str_concat(c->arena, path, STR(".groupPolicy")), b->group_policy);
    if (!with_dm) return;
    node_id nested = tree_member(c->tree, b->dm, STR("policy"));
    node_id policy = own_or(b->dm_policy, nested);
    if (!is_text(c->tree, policy, "open")) return;
    struct str key = b->dm_policy ? STR(".dmPolicy") : STR(".dm.policy");
    collect(c, str_concat(c->arena, path, key), policy);
}

static void add_wildcard(struct collected *c, node_id list, struct str path, const char *key) {
    node_id entry = wildcard(c->tree, list);
    if (!entry) return;
    collect(c, str_format(c->arena, STR_FMT ".%s includes \"*\"", STR_ARG(path), key), entry);
}

static void add_policy(struct collected *c, node_id policy, struct str path, const char *key) {
    if (!is_text(c->tree, policy, "open")) return;
    collect(c, str_format(c->arena, STR_FMT ".%s=\"open\"", STR_ARG(path), key), policy);
}

static void add_signals(struct collected *c, const struct block *b, struct str path) {
    bool listed = b->by_default || is_text(c->tree, b->group_policy, "allowlist");
    add_policy(c, b->group_policy, path, "groupPolicy");
    if (listed && names_targets(c->tree, b))
        collect(c,
                str_concat(c->arena, path,
                           STR(".groupPolicy=\"allowlist\" with configured group targets")),
                b->group_policy_at);
    add_policy(c, b->dm_policy, path, "dmPolicy");
    add_wildcard(c, b->allow_from, path, "allowFrom");
    add_wildcard(c, b->group_allow_from, path, "groupAllowFrom");
    add_policy(c, tree_member(c->tree, b->dm, STR("policy")), path, "dm.policy");
    add_wildcard(c, tree_member(c->tree, b->dm, STR("allowFrom")), path, "dm.allowFrom");
}

/* ---- all channels ------------------------------------------------------------------------------
 */

/* The schema's default for `groupPolicy` is written into the loaded config; it is always
 * `allowlist`. */
static bool has_default(const struct gateway_data *g, struct arena *a, struct str channel) {
    struct str path = str_format(a, "channels." STR_FMT ".groupPolicy", STR_ARG(channel));
    return name_map_get(&g->defaults, path).n || names_have(g->account_group_policy, channel);
}

struct doors {
    struct model *m;
    struct collected open, signals;
};

static void read_accounts(struct doors *d, struct str name, node_id accounts,
                          const struct block *channel) {
    const struct gateway_data *g = d->m->gateway;
    const struct tree *t = d->m->tree;
    bool account_default = names_have(g->account_group_policy, name);
    if (!tree_is(t, accounts, NODE_OBJECT)) return;
    for (TREE_EACH(t, account, accounts)) {
        if (!tree_is(t, account, NODE_OBJECT)) continue;
        struct str id = tree_key_text(t, tree_node(t, account)->key);
        struct str path = str_format(d->m->arena, "channels." STR_FMT ".accounts." STR_FMT,
                                     STR_ARG(name), STR_ARG(id));
        struct block own = read_block(t, account, account_default);
        add_open(&d->open, &own, path, g->audit_open_dm);
        if (g->audit_merges_accounts) own = merge(own, channel);
        add_signals(&d->signals, &own, path);
    }
}

static void read_channel(struct doors *d, node_id channel) {
    struct model *m = d->m;
    struct str name = tree_key_text(m->tree, tree_node(m->tree, channel)->key);
    struct str path = str_concat(m->arena, STR("channels."), name);
    struct block b = read_block(m->tree, channel, has_default(m->gateway, m->arena, name));
    add_open(&d->open, &b, path, m->gateway->audit_open_dm);
    add_signals(&d->signals, &b, path);
    read_accounts(d, name, tree_member(m->tree, channel, STR("accounts")), &b);
}

/* Every block below `channels`, in any depth: the stack is ours, not C's. */
static struct text_list open_policies(struct model *m, node_id channels) {
    struct collected c = {.arena = m->arena, .tree = m->tree};
    ARRAY(node_id) stack = {0};
    for (TREE_EACH(m->tree, channel, channels)) ARRAY_PUSH(m->arena, stack) = channel;
    while (stack.n) {
        node_id block = stack.v[--stack.n];
        if (!tree_is(m->tree, block, NODE_OBJECT)) continue;
        for (TREE_EACH(m->tree, member, block)) {
            struct str key = tree_key_text(m->tree, tree_node(m->tree, member)->key);
            bool policy = str_equal(key, STR("groupPolicy")) || str_equal(key, STR("dmPolicy"));
            if (policy && is_text(m->tree, member, "open")) collect(&c, key, member);
            if (tree_is(m->tree, member, NODE_OBJECT)) ARRAY_PUSH(m->arena, stack) = member;
        }
    }
    return collected_list(&c, channels);
}

void model_build_doors(struct model *m) {
    node_id channels = tree_member(m->tree, m->loaded->root, STR("channels"));
    if (!tree_is(m->tree, channels, NODE_OBJECT)) channels = 0;
    struct doors d = {.m = m,
                      .open = {.arena = m->arena, .tree = m->tree},
                      .signals = {.arena = m->arena, .tree = m->tree}};
    for (TREE_EACH(m->tree, channel, channels))
        if (tree_is(m->tree, channel, NODE_OBJECT)) read_channel(&d, channel);
    m->surface.open_paths = collected_list(&d.open, m->channels_at);
    m->surface.signals = collected_list(&d.signals, m->channels_at);
    m->surface.open_policies = open_policies(m, channels);
}
