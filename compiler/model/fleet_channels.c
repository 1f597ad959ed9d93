/* The channels of a service's gateway: with which credentials it logs in, and where everybody may
 * write to it. */
#include "model/fleet_reading.h"
#include "model/ids.h"

struct channel_reading {
    const struct fleet_reading *r;
    struct str name;
    node_id channel, accounts;
    struct names keys;   /* of credentials */
    bool has_credential; /* the channel itself */
    struct fleet_channel out;
};

static bool is_on(const struct fleet_reading *r, node_id n) {
    return !fleet_is(r, n, "enabled", false);
}

static bool has_account(const struct channel_reading *c, struct str id) {
    for (TREE_EACH(c->r->tree, n, c->accounts))
        if (str_equal(tree_key_text(c->r->tree, tree_node(c->r->tree, n)->key), id)) return true;
    return false;
}

/* ---- credentials -------------------------------------------------------------------------------
 */

static void add_identity(struct channel_reading *c, struct fleet_secret secret) {
    if (str_equal(c->name, STR("discord")) && str_starts(secret.value, STR("Bot ")))
        secret.value = ids_trim(str_slice(secret.value, 4, secret.value.n));
    bool unset = str_starts(secret.value, STR("${")); /* shows itself only without the prefix */
    if (secret.known && secret.value.n && !unset)
        ARRAY_PUSH(c->r->arena, c->r->g->identities) = (struct fleet_identity){c->name, secret};
}

/* The variable that stands in for a key: pairs of NAME, key. */
static struct str variable_for(const struct channel_reading *c, struct str key) {
    struct names pairs = name_map_get(&c->r->g->data->environment, c->name);
    for (size_t i = 0; i + 1 < pairs.n; i += 2)
        if (str_equal(pairs.v[i + 1], key)) return pairs.v[i];
    return STR("");
}

/* A credential of the channel itself, which a variable may stand in for. */
static void read_own(struct channel_reading *c, struct str key) {
    const struct fleet_reading *r = c->r;
    struct fleet_secret s =
        fleet_read_secret(r, c->channel, str_to_c(r->arena, key), c->channel, NULL);
    bool default_account = !tree_first(r->tree, c->accounts) || has_account(c, STR("default")) ||
                           r->g->data->channel_is_account;
    bool in_file = tree_member(r->tree, c->channel, STR("tokenFile")) != 0;
    struct str variable = variable_for(c, key);
    if (!s.set && !in_file && default_account && variable.n)
        s = fleet_read_secret(r, 0, "", c->channel, str_to_c(r->arena, variable));
    if (!s.set) return;
    c->has_credential = true;
    add_identity(c, s);
}

static void read_credentials(struct channel_reading *c) {
    const struct fleet_reading *r = c->r;
    for (size_t i = 0; i < c->keys.n; i++) {
        read_own(c, c->keys.v[i]);
        for (TREE_EACH(r->tree, account, c->accounts)) {
            const char *key = str_to_c(r->arena, c->keys.v[i]);
            if (is_on(r, account))
                add_identity(c, fleet_read_secret(r, account, key, account, NULL));
        }
    }
}

/* ---- who may write -----------------------------------------------------------------------------
 */

/* A setting of direct messages: on the block itself, else below `dm`. */
static node_id dm_setting(const struct fleet_reading *r, node_id block, const char *flat,
                          const char *nested) {
    node_id n = tree_member(r->tree, block, str_from(flat));
    if (n) return n;
    return tree_member(r->tree, tree_member(r->tree, block, STR("dm")), str_from(nested));
}

static struct str policy_of(const struct channel_reading *c, node_id block, bool account) {
    const struct fleet_reading *r = c->r;
    struct str policy = fleet_value(r, dm_setting(r, block, "dmPolicy", "policy"));
    if (policy.n || (account && !r->g->data->accounts_inherit_dm_policy))
        return policy.n ? policy : STR("pairing");
    policy = fleet_value(r, dm_setting(r, c->channel, "dmPolicy", "policy"));
    return policy.n ? policy : STR("pairing");
}

static bool has_wildcard(const struct fleet_reading *r, node_id list) {
    for (TREE_EACH(r->tree, item, list))
        if (str_equal(fleet_value(r, item), STR("*"))) return true;
    return false;
}

static bool has_other(const struct fleet_reading *r, node_id list) {
    for (TREE_EACH(r->tree, item, list)) {
        bool number = tree_is(r->tree, item, NODE_NUMBER);
        struct str text = fleet_value(r, item);
        if (number || (text.n && !str_equal(text, STR("*")))) return true;
    }
    return false;
}

static bool admits_everybody(const struct channel_reading *c, node_id block, bool account) {
    const struct fleet_reading *r = c->r;
    struct str policy = policy_of(c, block, account);
    node_id dm = tree_member(r->tree, block, STR("dm"));
    if (!dm) dm = tree_member(r->tree, c->channel, STR("dm"));
    if (str_equal(policy, STR("disabled")) || fleet_is(r, dm, "enabled", false)) return false;
    if (r->g->data->open_admits_all && str_equal(policy, STR("open"))) return true;
    node_id own = dm_setting(r, block, "allowFrom", "allowFrom");
    node_id common = dm_setting(r, c->channel, "allowFrom", "allowFrom");
    bool yields =
        account && own && names_have(r->g->data->wildcard_yields, c->name) && has_other(r, common);
    return !yields && has_wildcard(r, own ? own : common);
}

static void add_door(struct channel_reading *c, struct str path, place at) {
    ARRAY_PUSH(c->r->arena, c->out.open) = (struct fleet_door){path, at};
}

static void read_doors(struct channel_reading *c) {
    const struct fleet_reading *r = c->r;
    bool own =
        !tree_first(r->tree, c->accounts) || (r->g->data->channel_is_account && c->has_credential);
    if (own && admits_everybody(c, c->channel, false))
        add_door(c, c->out.door.path, c->out.door.at);
    for (TREE_EACH(r->tree, account, c->accounts)) {
        struct str id = tree_key_text(r->tree, tree_node(r->tree, account)->key);
        if (is_on(r, account) && admits_everybody(c, account, true))
            add_door(c,
                     str_format(r->arena, "channels." STR_FMT ".accounts." STR_FMT,
                                STR_ARG(c->name), STR_ARG(id)),
                     account);
    }
}

/* ---- WhatsApp's sessions -----------------------------------------------------------------------
 */

static void add_whatsapp(const struct channel_reading *c, node_id account, struct str id) {
    const struct fleet_reading *r = c->r;
    struct str dir = fleet_member(r, account, "authDir");
    struct str inside =
        dir.n ? fleet_inside(r, dir)
              : str_format(r->arena, STR_FMT "/whatsapp/" STR_FMT, STR_ARG(r->paths.credentials),
                           STR_ARG(ids_account(r->arena, id)));
    ARRAY_PUSH(r->arena, r->g->credentials) = fleet_locate(r, inside);
}

static void read_whatsapp(const struct channel_reading *c) {
    const struct fleet_reading *r = c->r;
    if (!str_equal(c->name, STR("whatsapp"))) return;
    if (!tree_first(r->tree, c->accounts)) add_whatsapp(c, 0, STR("default"));
    for (TREE_EACH(r->tree, account, c->accounts))
        if (is_on(r, account))
            add_whatsapp(c, account, tree_key_text(r->tree, tree_node(r->tree, account)->key));
}

/* ---- channels ----------------------------------------------------------------------------------
 */

void fleet_read_channels(const struct fleet_reading *r) {
    node_id channels = tree_member(r->tree, r->config, STR("channels"));
    if (!tree_is(r->tree, channels, NODE_OBJECT)) return;
    for (TREE_EACH(r->tree, channel, channels)) {
        struct str name = tree_key_text(r->tree, tree_node(r->tree, channel)->key);
        bool settings = str_equal(name, STR("defaults")) || str_equal(name, STR("modelByChannel"));
        if (settings || !is_on(r, channel)) continue;
        node_id accounts = tree_member(r->tree, channel, STR("accounts"));
        struct channel_reading c = {.r = r,
                                    .name = name,
                                    .channel = channel,
                                    .accounts =
                                        tree_is(r->tree, accounts, NODE_OBJECT) ? accounts : 0,
                                    .keys = name_map_get(&r->g->data->identity, name)};
        c.out = (struct fleet_channel){
            .name = name,
            .door = {str_format(r->arena, "channels." STR_FMT, STR_ARG(name)), channel}};
        read_credentials(&c);
        read_doors(&c);
        read_whatsapp(&c);
        ARRAY_PUSH(r->arena, r->g->channels) = c.out;
    }
}
