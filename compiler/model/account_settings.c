/* What holds for an account: its own settings, else those of its channel. */
#include "model/accounts.h"
#include "model/ids.h"

struct text layered_text(const struct listing *l, const struct layers *at, const char *key,
                         bool inherit, struct str fallback) {
    struct text own = value_text(l->r, at->own, key, at->own_at, fallback);
    if (own.set || !inherit) return own;
    struct text shared = value_text(l->r, at->shared, key, at->channel_at, fallback);
    if (shared.set) return shared;
    struct text above = value_text(l->r, at->channel, key, at->channel_at, fallback);
    return above.set ? above : own;
}

static struct text_list layered_list(const struct listing *l, const struct layers *at,
                                     const char *key) {
    struct text_list own = sender_list_of(l, at->own, key, at->own_at);
    if (own.set) return own;
    struct text_list shared = sender_list_of(l, at->shared, key, at->channel_at);
    if (shared.set) return shared;
    struct text_list above = sender_list_of(l, at->channel, key, at->channel_at);
    return above.set ? above : own;
}

static struct layers dm_layers(const struct listing *l, const struct layers *at) {
    node_id own = read_member(l->r, at->own, "dm", NODE_OBJECT);
    node_id above = own ? 0 : read_member(l->r, at->channel, "dm", NODE_OBJECT);
    return (struct layers){.own = own,
                           .channel = above,
                           .own_at = value_place(own, at->own_at),
                           .channel_at = value_place(above, at->channel_at)};
}

/* `dm.enabled: false` turns direct messages off whatever the policy is; the audit reads the policy.
 */
static void switch_off_dm(const struct listing *l, node_id dm, struct account *a) {
    node_id enabled = tree_member(l->r->tree, dm, STR("enabled"));
    if (tree_is(l->r->tree, enabled, NODE_BOOL) && !tree_node(l->r->tree, enabled)->u.boolean)
        a->dm_policy = (struct text){.v = STR("disabled"), .at = enabled, .set = true};
}

void account_read_dm(const struct listing *l, const struct layers *at, struct account *a) {
    const struct gateway_data *g = l->m->gateway;
    bool inherit = !names_have(g->account_dm_policy, a->channel) || !a->own_block;
    a->dm_policy = layered_text(l, at, "dmPolicy", inherit, STR("pairing"));
    a->allow_from = layered_list(l, at, "allowFrom");
    struct layers dm = dm_layers(l, at);
    struct text nested_policy = layered_text(l, &dm, "policy", true, STR("pairing"));
    struct text_list nested_list = layered_list(l, &dm, "allowFrom");
    a->dm_allow_from = nested_list;
    if (l->nested_dm) {
        if (!a->dm_policy.set && nested_policy.set) a->dm_policy = nested_policy;
        if (!a->allow_from.set && nested_list.set) a->allow_from = nested_list;
    }
    a->senders = senders_of(l, &a->allow_from, &a->n_senders, &a->wildcard);
    a->audit_dm_policy = a->dm_policy;
    a->audit_allow_from = a->allow_from;
    a->audit_senders = a->senders;
    a->n_audit_senders = a->n_senders;
    a->audit_wildcard = a->wildcard;
    switch_off_dm(l, dm.own ? dm.own : dm.channel, a);
    if (!l->audit_nested) return;
    a->audit_dm_policy = nested_policy;
    a->audit_allow_from = nested_list;
    a->audit_wildcard = false;
    a->audit_senders = senders_of(l, &nested_list, &a->n_audit_senders, &a->audit_wildcard);
}

static struct text_list without_wildcard(struct arena *a, struct text_list list) {
    struct text *v = ARENA_ARRAY(a, struct text, list.n);
    size_t n = 0;
    for (size_t i = 0; i < list.n; i++)
        if (!str_equal(ids_trim(list.v[i].v), STR("*"))) v[n++] = list.v[i];
    list.v = v;
    list.n = n;
    return list;
}

/* Telegram, newer gateway: a channel list with a concrete sender takes "*" out of an account's own.
 */
void account_narrow_wildcard(const struct listing *l, const struct layers *at, struct account *a) {
    if (!l->m->gateway->audit_by_route || !str_equal(a->channel, STR("telegram"))) return;
    if (!a->wildcard || !at->own || !tree_member(l->r->tree, at->own, STR("allowFrom"))) return;
    struct text_list above = sender_list_of(l, at->channel, "allowFrom", at->channel_at);
    bool channel_wildcard = false;
    size_t n;
    const struct sender *senders = senders_of(l, &above, &n, &channel_wildcard);
    if (!n) return;
    a->wildcard = a->audit_wildcard = false;
    a->audit_allow_from = without_wildcard(l->m->arena, a->allow_from);
    if (a->audit_allow_from.n) return;
    a->audit_allow_from = above;
    a->wildcard = a->audit_wildcard = channel_wildcard;
    a->senders = a->audit_senders = senders;
    a->n_senders = a->n_audit_senders = n;
}

/* ---- pairing -----------------------------------------------------------------------------------
 */

static const struct stored_pairing *stored_for(const struct listing *l, struct str name) {
    struct str key =
        str_format(l->m->arena, STR_FMT "/" STR_FMT, STR_ARG(l->channel->name), STR_ARG(name));
    const uint32_t *at = map_get(l->stored, key);
    return at ? &l->m->conditions->pairing.v[*at] : NULL;
}

void account_read_store(const struct listing *l, struct account *a) {
    if (!l->m->conditions || !l->m->conditions->pairing.n) return;
    const struct stored_pairing *found = stored_for(l, a->key);
    if (!found) found = stored_for(l, a->id);
    if (!found) return;
    struct arena *scratch = arena_new();
    struct map seen = map_new(scratch);
    struct sender *v = ARENA_ARRAY(l->m->arena, struct sender, found->approved.n);
    a->stored = found->approved;
    for (size_t i = 0; i < a->n_senders; i++) map_put(&seen, a->senders[i].id, 1, NULL);
    for (size_t i = 0; i < found->approved.n; i++) {
        struct str id = model_sender(l->m, a->channel, found->approved.v[i]);
        bool is_new;
        map_put(&seen, id, 1, &is_new);
        if (id.n && is_new && !str_equal(id, STR("*")))
            v[a->n_paired++] = (struct sender){id, a->dm_policy.at};
    }
    a->paired = v;
    arena_free(scratch);
}

/* ---- groups ------------------------------------------------------------------------------------
 */

/* The map of groups that counts for an account. Several telegram accounts do not share that of the
 * channel in older gateways; in newer ones even an empty map of the only account gives way. */
static node_id groups_of(const struct listing *l, const struct layers *at, size_t configured) {
    const struct tree *t = l->r->tree;
    bool telegram = account_is_on(l, "telegram"), newer = l->m->gateway->audit_by_route;
    node_id own = tree_member(t, at->own, STR("groups"));
    node_id shared = tree_member(t, at->shared, STR("groups"));
    node_id above = tree_member(t, at->channel, STR("groups"));
    if (telegram && newer && tree_is(t, own, NODE_OBJECT) && !tree_first(t, own) && configured <= 1)
        return above;
    if (own || shared) return own ? own : shared;
    return telegram && !newer && configured > 1 ? 0 : above;
}

void account_read_groups(const struct listing *l, const struct layers *at, size_t configured,
                         struct account *a) {
    const struct gateway_data *g = l->m->gateway;
    bool inherit = !names_have(g->account_group_policy, a->channel) || !a->own_block;
    a->group_policy = layered_text(l, at, "groupPolicy", inherit, STR("allowlist"));
    a->groups = groups_of(l, at, configured);
    a->group_allow_from = layered_list(l, at, "groupAllowFrom");
    bool falls_back = !a->group_allow_from.n && !names_have(g->own_group_list, a->channel);
    const struct text_list *list = falls_back ? &a->allow_from : &a->group_allow_from;
    a->group_list_at = list->at;
    a->group_senders = senders_of(l, list, &a->n_group_senders, &a->group_wildcard);
}

bool account_flag(const struct listing *l, node_id block, bool fallback) {
    node_id n = tree_member(l->r->tree, block, STR("enabled"));
    return tree_is(l->r->tree, n, NODE_BOOL) ? tree_node(l->r->tree, n)->u.boolean : fallback;
}

static bool has_any(const struct listing *l, node_id block, const char *const keys[], size_t n) {
    for (size_t i = 0; i < n; i++)
        if (tree_member(l->r->tree, block, str_from(keys[i]))) return true;
    return false;
}

static bool is_blocked_key(struct str key) {
    return str_equal(key, STR("__proto__")) || str_equal(key, STR("prototype")) ||
           str_equal(key, STR("constructor"));
}

/* The block that has one of the keys: the account's own, WhatsApp's accounts.default, else the
 * channel. The older audit names every block of its own. */
static struct str path_with(const struct listing *l, const struct layers *at, struct str key,
                            const char *const keys[], size_t n) {
    node_id exact = account_block_in(&l->by_key, key);
    bool own = exact != 0;
    if (l->m->gateway->audit_by_route) own = !is_blocked_key(key) && has_any(l, exact, keys, n);
    if (!own && has_any(l, at->shared, keys, n)) {
        own = true;
        key = STR("default");
    }
    if (!own) return str_format(l->m->arena, "channels." STR_FMT ".", STR_ARG(l->channel->name));
    return str_format(l->m->arena, "channels." STR_FMT ".accounts." STR_FMT ".",
                      STR_ARG(l->channel->name), STR_ARG(key));
}

void account_find_paths(const struct listing *l, const struct layers *at, struct account *a) {
    static const char *const direct[] = {"dmPolicy", "allowFrom"};
    static const char *const groups[] = {"groupPolicy", "groupAllowFrom", "groups"};
    a->audit_path = path_with(l, at, a->key, direct, sizeof direct / sizeof *direct);
    a->group_path = path_with(l, at, a->key, groups, sizeof groups / sizeof *groups);
}

/* ---- an account's block ------------------------------------------------------------------------
 */

/* The id of a written name, or the empty text when the name is unusable: those count as `default`,
 * but do not name it. */
struct str account_usable_id(const struct listing *l, struct str written) {
    struct str id = ids_account(l->m->arena, written);
    bool fallen = str_equal(id, STR("default")) &&
                  !str_equal(ids_lower(l->m->arena, ids_trim(written)), STR("default"));
    return fallen ? STR("") : id;
}

/* An account is looked for by its key as it is spelled, by its id, or by its key in lower case. A
 * key that is unusable as an id is `default` in older gateways and nothing in newer ones. */
void account_index_blocks(struct listing *l, node_id accounts) {
    struct arena *a = l->m->arena;
    l->by_key = map_new(a);
    l->by_id = map_new(a);
    l->by_case = map_new(a);
    for (TREE_EACH(l->r->tree, n, accounts)) {
        struct str name = tree_key_text(l->r->tree, tree_node(l->r->tree, n)->key);
        struct str id =
            l->m->gateway->audit_by_route ? account_usable_id(l, name) : ids_account(a, name);
        map_put(&l->by_key, name, n, NULL);
        map_put(&l->by_case, ids_lower(a, name), n, NULL);
        if (name.n && id.n) map_put(&l->by_id, id, n, NULL);
    }
}

node_id account_block_in(const struct map *index, struct str name) {
    const node_id *n = map_get(index, name);
    return n ? *n : 0;
}

/* The block of an account: its exact key, else the first that reads the same. WhatsApp looks for
 * the key as it is spelled, the others for the canonical id: a key that is not canonical but for
 * its case is then not found, and the account has the channel's settings. */
node_id account_block(const struct listing *l, struct str key) {
    struct str id = ids_account(l->m->arena, key);
    bool raw = names_have(l->m->gateway->raw_account_keys, l->channel->name);
    bool canonical = names_have(l->m->gateway->canonical_account_keys, l->channel->name);
    node_id exact = account_block_in(&l->by_key, raw ? key : id);
    return exact ? exact : account_block_in(canonical ? &l->by_id : &l->by_case, id);
}
