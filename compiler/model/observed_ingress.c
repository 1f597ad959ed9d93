/* Who may write to a channel account: its policies for direct messages and groups, and whether a
 * group must mention the agent. */
#include "model/ids.h"
#include "model/observed.h"

/* A channel, or one of its accounts with the channel that it inherits from. */
struct ingress {
    const struct observing *s;
    struct str channel;
    struct str account; /* p == NULL: the channel itself */
    struct spot own;
    struct spot from;     /* the channel, for an account; else nothing */
    struct spot defaults; /* channels.defaults */
    bool inherits_empty;  /* an empty block of groups counts as none */
};

/* A text that an account or channel has, by itself or from the schema. */
struct policy {
    struct str value; /* p == NULL: none */
    struct spot spot;
};

/* Values that the channel's schema fills in. Data has them as JSON. */
static struct str schema_default(const struct ingress *i, const char *key, bool account) {
    const struct gateway_data *g = i->s->o->model->gateway;
    struct names own =
        str_equal(str_from(key), STR("dmPolicy")) ? g->account_dm_policy : g->account_group_policy;
    if (account && !names_have(own, i->channel)) return STR_NONE;
    struct str path = str_format(i->s->arena, "channels." STR_FMT ".%s", STR_ARG(i->channel), key);
    struct names value = name_map_get(&g->defaults, path);
    if (!value.n || value.v[0].n < 2) return STR_NONE;
    return str_slice(value.v[0], 1, value.v[0].n - 1);
}

static struct policy policy_of(const struct ingress *i, struct spot block, const char *key,
                               bool account) {
    struct policy p = {STR_NONE, spot_at(i->s, block, key, NULL)};
    if (!spot_is(i->s, block, NODE_OBJECT)) return p;
    p.value = spot_text(i->s, p.spot);
    if (!p.spot.node) p.value = schema_default(i, key, account);
    return p;
}

static bool is_account(const struct ingress *i) {
    return i->account.p != NULL;
}

static struct observation *observe_on(const struct ingress *i, enum observed_kind kind,
                                      struct spot spot) {
    struct observation *o = observe_at(i->s, kind, spot);
    o->channel = i->channel;
    o->account = i->account;
    return o;
}

/* ---- direct messages ---------------------------------------------------------------------------
 */

static struct policy dm_policy(const struct ingress *i, struct spot block, bool account) {
    struct spot enabled = spot_at(i->s, block, "dm", "enabled", NULL);
    struct spot older = spot_at(i->s, block, "dm", "policy", NULL);
    if (spot_is_false(i->s, enabled)) return (struct policy){STR("disabled"), enabled};
    struct policy p = policy_of(i, block, "dmPolicy", account);
    return p.value.p ? p : (struct policy){spot_text(i->s, older), older};
}

static void observe_dm(const struct ingress *i) {
    struct policy p = dm_policy(i, i->own, is_account(i));
    if (!p.value.p && is_account(i)) p = dm_policy(i, i->from, false);
    if (!p.value.p) {
        struct spot around = is_account(i) ? i->defaults : i->own;
        p = (struct policy){STR("pairing"), spot_at(i->s, around, "dmPolicy", NULL)};
        p.spot.around = spot_place(i->own);
    }
    observe_on(i, OBSERVED_DM_POLICY, p.spot)->value = p.value;
}

/* ---- groups ------------------------------------------------------------------------------------
 */

/* The block of groups in force, or a spot without a node. */
static struct spot groups_of(const struct ingress *i, struct str key) {
    struct spot own = spot_member(i->s, i->own, key), none = {0};
    bool is_own = spot_is(i->s, own, NODE_OBJECT);
    if (is_own && tree_node(i->s->tree, own.node)->n) return own;
    if (!is_account(i) || (is_own && !i->inherits_empty)) return none;
    struct spot from = spot_member(i->s, i->from, key);
    return spot_is(i->s, from, NODE_OBJECT) ? from : none;
}

struct group_policy {
    struct policy policy;
    struct spot owner; /* the block that decides it */
};

static struct group_policy group_policy(const struct ingress *i) {
    const struct policy_format *f = i->s->o->format;
    struct group_policy g = {policy_of(i, i->own, "groupPolicy", is_account(i)), i->own};
    if (g.policy.value.p) return g;
    struct policy own = g.policy;
    if (is_account(i)) {
        g = (struct group_policy){policy_of(i, i->from, "groupPolicy", false), i->from};
        if (g.policy.value.p) return g;
    }
    struct spot common = spot_at(i->s, i->defaults, "groupPolicy", NULL);
    g = (struct group_policy){{spot_text(i->s, common), common}, i->defaults};
    if (g.policy.value.p) return g;
    struct spot groups = groups_of(i, STR("groups"));
    if (groups.node) return (struct group_policy){{STR("allowlist"), groups}, i->own};
    bool listed = names_have(f->listed_groups, i->channel);
    own.value = listed ? STR("allowlist") : STR("open");
    return (struct group_policy){own, i->own};
}

/* ---- mentions ----------------------------------------------------------------------------------
 */

struct mentions {
    const struct ingress *ingress;
    struct group_policy groups;
};

static bool is_below(struct str target, struct str block) {
    return str_starts(target, block) && target.n > block.n && target.p[block.n] == '/';
}

/* The plugin takes groups for disabled where the policy that says so stands in a block around the
 * setting, or among the defaults of all channels. */
static bool groups_disabled(const struct mentions *m, struct spot setting) {
    return str_equal(m->groups.policy.value, STR("disabled")) &&
           (str_equal(m->groups.owner.target, m->ingress->defaults.target) ||
            is_below(setting.target, m->groups.owner.target));
}

static struct observation *observe_mention(const struct mentions *m, struct spot setting,
                                           bool required) {
    struct observation *o = observe_on(m->ingress, OBSERVED_MENTION, setting);
    o->fails = !required && !groups_disabled(m, setting);
    return o;
}

/* What holds for every group: of "*", else of the account, else of the channel. */
static bool common_mention(const struct mentions *m, struct spot *setting, bool *required) {
    const struct ingress *i = m->ingress;
    struct names blocks = i->s->o->format->group_blocks;
    for (size_t b = 0; b < blocks.n; b++) {
        struct spot any = spot_member(i->s, groups_of(i, blocks.v[b]), STR("*"));
        *setting = spot_at(i->s, any, "requireMention", NULL);
        if (!spot_is_false(i->s, spot_at(i->s, any, "enabled", NULL)) &&
            spot_flag(i->s, *setting, required))
            return true;
    }
    *setting = spot_at(i->s, i->own, "requireMention", NULL);
    if (spot_flag(i->s, *setting, required)) return true;
    if (!is_account(i)) return false;
    struct spot from = spot_at(i->s, i->from, "requireMention", NULL);
    if (!spot_flag(i->s, from, required)) return false;
    *setting = from;
    return true;
}

/* No schema nests groups deeper than topics of a group or channels of a guild. */
enum { GROUP_DEPTH_MAX = 8 };

static void observe_group(const struct mentions *m, struct spot group, struct str id, int depth) {
    const struct observing *s = m->ingress->s;
    struct spot setting = spot_at(s, group, "requireMention", NULL);
    struct names inner = s->o->format->inner_groups;
    bool required = true;
    if (depth > GROUP_DEPTH_MAX || spot_is_false(s, spot_at(s, group, "enabled", NULL))) return;
    if (spot_flag(s, setting, &required)) observe_mention(m, setting, required)->group = id;
    for (size_t i = 0; i < inner.n; i++) {
        struct spot block = spot_member(s, group, inner.v[i]);
        for (TREE_EACH(s->tree, child, spot_is(s, block, NODE_OBJECT) ? block.node : 0))
            if (tree_is(s->tree, child, NODE_OBJECT))
                observe_group(m, spot_child(s, block, child, 0),
                              tree_key_text(s->tree, tree_node(s->tree, child)->key), depth + 1);
    }
}

static void observe_mentions(const struct mentions *m) {
    const struct ingress *i = m->ingress;
    struct names blocks = i->s->o->format->group_blocks;
    struct spot setting;
    bool required = true;
    if (!common_mention(m, &setting, &required))
        required = !(str_equal(m->groups.policy.value, STR("open")) &&
                     names_have(i->s->o->format->unmentioned, i->channel));
    observe_mention(m, setting, required);
    for (size_t b = 0; b < blocks.n; b++) {
        struct spot block = groups_of(i, blocks.v[b]);
        for (TREE_EACH(i->s->tree, group, block.node))
            if (tree_is(i->s->tree, group, NODE_OBJECT))
                observe_group(m, spot_child(i->s, block, group, 0),
                              tree_key_text(i->s->tree, tree_node(i->s->tree, group)->key), 0);
    }
}

/* ---- accounts ----------------------------------------------------------------------------------
 */

static void observe_one(const struct ingress *i) {
    struct mentions m = {i, group_policy(i)};
    struct str value = m.groups.policy.value;
    observe_dm(i);
    struct observation *o = observe_on(i, OBSERVED_GROUP_POLICY, m.groups.policy.spot);
    o->value = value;
    o->fails = !str_equal(value, STR("allowlist")) && !str_equal(value, STR("disabled"));
    observe_mentions(&m);
}

static bool is_filled(const struct observing *s, struct spot block, struct str key) {
    node_id n = tree_member(s->tree, block.node, key);
    if (!n || tree_is(s->tree, n, NODE_NULL)) return false;
    return !tree_is(s->tree, n, NODE_STRING) || ids_trim(tree_text(s->tree, n)).n > 0;
}

/* Keys joined by `+` must all be there. */
static bool has_keys(const struct observing *s, struct spot block, struct str keys) {
    for (size_t from = 0; from <= keys.n;) {
        size_t plus = str_find(keys, STR("+"), from);
        if (plus == SIZE_MAX) plus = keys.n;
        if (!is_filled(s, block, str_slice(keys, from, plus))) return false;
        from = plus + 1;
    }
    return true;
}

/* A channel with accounts is a login itself when it has credentials of its own. */
static bool is_login(const struct observing *s, struct str channel, struct spot block) {
    struct names ways = name_map_get(&s->o->format->own_login, channel);
    for (size_t i = 0; i < ways.n; i++)
        if (has_keys(s, block, ways.v[i])) return true;
    return false;
}

static void observe_channel(const struct observing *s, struct str name, struct spot block,
                            struct spot defaults) {
    struct spot accounts = spot_at(s, block, "accounts", NULL);
    struct ingress channel = {.s = s, .channel = name, .own = block, .defaults = defaults};
    size_t n = 0;
    bool listed = spot_is(s, accounts, NODE_OBJECT);
    for (TREE_EACH(s->tree, account, listed ? accounts.node : 0))
        n += tree_is(s->tree, account, NODE_OBJECT);
    if (!n || is_login(s, name, block)) observe_one(&channel);
    for (TREE_EACH(s->tree, account, listed ? accounts.node : 0)) {
        struct ingress i = channel;
        i.account = tree_key_text(s->tree, tree_node(s->tree, account)->key);
        if (!i.account.p) i.account = STR("");
        i.own = spot_child(s, accounts, account, 0);
        i.from = block;
        i.inherits_empty = n <= 1 && str_equal(name, STR("telegram"));
        if (tree_is(s->tree, account, NODE_OBJECT) &&
            !spot_is_false(s, spot_at(s, i.own, "enabled", NULL)))
            observe_one(&i);
    }
}

void observe_ingress(const struct observing *s) {
    struct spot channels = spot_at(s, spot_root(s), "channels", NULL);
    struct spot defaults = spot_at(s, channels, "defaults", NULL);
    if (!spot_is(s, channels, NODE_OBJECT)) return;
    for (TREE_EACH(s->tree, channel, channels.node)) {
        struct str name = tree_key_text(s->tree, tree_node(s->tree, channel)->key);
        struct spot block = spot_child(s, channels, channel, 0);
        if (names_have(s->o->format->reserved_channels, name)) continue;
        if (!spot_is(s, block, NODE_OBJECT)) continue;
        if (spot_is_false(s, spot_at(s, block, "enabled", NULL))) continue;
        observe_channel(s, name, block, defaults);
    }
}
