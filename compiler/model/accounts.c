/* The accounts of each channel: which exist, and which is the default one. */
#include "model/accounts.h"

#include <stdlib.h>

#include "base/collate.h"
#include "model/ids.h"

bool account_runs(const struct account *a) {
    if (a->unlisted) return false;
    return a->own_block || str_equal(a->key, STR("default")) ||
           (a->configured && !a->duplicate_login);
}

static struct account *add_account(struct listing *l, node_id accounts, struct str key) {
    node_id own = account_block(l, key);
    if (own && !read_is(l->r, own, NODE_OBJECT)) own = 0;
    bool whatsapp = account_is_on(l, "whatsapp");
    node_id shared = whatsapp && l->m->gateway->audit_by_route
                         ? read_member(l->r, accounts, "default", NODE_OBJECT)
                         : 0;
    struct layers at = {own, shared, l->block, value_place(own, l->channel->at), l->channel->at};
    struct account a = {.channel = l->channel->name,
                        .id = ids_account(l->m->arena, key),
                        .key = key,
                        .at = at.own_at,
                        .own_block = own != 0,
                        .has_key = account_block_in(&l->by_key, key) != 0};
    a.enabled = account_flag(l, own, true);
    if (!whatsapp) a.enabled = a.enabled && l->channel->enabled;
    if (whatsapp && l->m->gateway->audit_by_route)
        a.enabled = account_flag(l, own, l->channel->enabled);
    account_read_dm(l, &at, &a);
    account_narrow_wildcard(l, &at, &a);
    account_read_groups(l, &at, accounts ? tree_node(l->r->tree, accounts)->n : 0, &a);
    account_read_rooms(l, &at, &a);
    account_read_store(l, &a);
    account_read_credentials(l, &at, accounts, &a);
    account_find_paths(l, &at, &a);
    l->channel->n_accounts++;
    struct account *added = &ARRAY_PUSH(l->m->arena, l->m->accounts);
    *added = a;
    return added;
}

struct key_list {
    ARRAY(struct str) keys;
    struct map seen;
};

const struct channel *model_channel(const struct model *m, struct str name) {
    for (size_t i = 0; i < m->channels.n; i++)
        if (str_equal(m->channels.v[i].name, name)) return &m->channels.v[i];
    return NULL;
}

static void list_key(const struct listing *l, struct key_list *list, struct str key) {
    bool canonical = names_have(l->m->gateway->canonical_account_list, l->channel->name);
    struct str name = canonical ? ids_account(l->m->arena, key) : key;
    bool is_new;
    if (!key.n) return;
    map_put(&list->seen, name, 1, &is_new);
    if (is_new) ARRAY_PUSH(l->m->arena, list->keys) = name;
}

/* Telegram lists the accounts that its bindings name, too. */
static void list_bound(const struct listing *l, struct key_list *list) {
    if (!str_equal(l->channel->name, STR("telegram"))) return;
    for (size_t i = 0; i < l->m->bindings.n; i++) {
        const struct binding *b = &l->m->bindings.v[i];
        struct str written = ids_trim(b->account.v);
        if (!b->is_acp && !b->added && str_equal(b->channel_token, l->channel->name) && written.n &&
            !str_equal(written, STR("*")))
            list_key(l, list, written);
    }
}

static int by_locale(const void *left, const void *right) {
    return collate_compare(*(const struct str *)left, *(const struct str *)right);
}

/* The id that `defaultAccount` names, when some listed account has it in any spelling; else
 * `default`, else the first. Where keys are listed as they are spelled that id may be no key. */
static struct str default_account(const struct listing *l, const struct key_list *list) {
    node_id written = tree_member(l->r->tree, l->block, STR("defaultAccount"));
    struct str wanted = account_usable_id(l, tree_text(l->r->tree, written));
    bool newer = l->m->gateway->audit_by_route;
    for (size_t i = 0; wanted.n && i < list->keys.n; i++) {
        struct str key = list->keys.v[i];
        struct str id = newer ? account_usable_id(l, key) : ids_account(l->m->arena, key);
        if (str_equal(id, wanted)) return wanted;
    }
    for (size_t i = 0; i < list->keys.n; i++)
        if (str_equal(list->keys.v[i], STR("default"))) return list->keys.v[i];
    return list->keys.v[0];
}

/* Telegram: a binding of the default agent that names an account makes that one the default. */
static struct str bound_default(const struct listing *l) {
    const struct model *m = l->m;
    bool sole_owner = !m->loaded->roster.explicit_ownership || m->loaded->roster.agents.n == 1;
    if (!str_equal(l->channel->name, STR("telegram")) || !sole_owner) return STR("");
    if (m->routing.default_agent < 0) return STR("");
    struct str owner = m->routing.agents[m->routing.default_agent];
    for (size_t i = 0; i < m->bindings.n; i++) {
        const struct binding *b = &m->bindings.v[i];
        if (b->is_acp || b->added || !str_equal(b->channel_token, l->channel->name)) continue;
        struct str account = ids_trim(b->account.v);
        if (!account.n || str_equal(account, STR("*"))) continue;
        if (str_equal(ids_agent(m->arena, b->agent.v), owner)) return b->account_pattern;
    }
    return STR("");
}

/* Of several accounts with one login only the first runs. Discord leaves disabled ones out and
 * takes a token of the config before one of the environment. */
static void mark_duplicate_logins(const struct listing *l) {
    struct model *m = l->m;
    bool discord = account_is_on(l, "discord");
    if (!names_have(m->gateway->one_login, l->channel->name)) return;
    struct map seen = map_new(m->arena);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = l->channel->first_account; i < m->accounts.n; i++) {
            struct account *a = &m->accounts.v[i];
            if (!a->login.set || (discord && !a->enabled)) continue;
            if ((discord && a->login_from_environment) != (pass == 1)) continue;
            bool is_new;
            map_put(&seen, a->login.v, 1, &is_new);
            a->duplicate_login = !is_new;
        }
}

static int default_first(const void *left, const void *right) {
    const struct account *a = left, *b = right;
    if (a->is_default != b->is_default) return a->is_default ? -1 : 1;
    return by_locale(&a->key, &b->key);
}

/* The older audit names an account by the path of its block. It says the same of all that have none
 * under their name, and a repeated finding is one. */
static void mark_repeated_audits(const struct listing *l, struct account *first) {
    bool said = false;
    for (size_t i = 0; !l->m->gateway->audit_by_route && i < l->channel->n_accounts; i++) {
        struct account *a = &first[i];
        if (!a->enabled || !a->configured || map_get(&l->by_key, a->key)) continue;
        a->repeats_audit = said;
        said = true;
    }
}

/* Marks the account with this key as the default one; false when there is none. */
static bool choose_default(const struct listing *l, struct str key) {
    struct account *first = &l->m->accounts.v[l->channel->first_account];
    bool found = false;
    for (size_t i = 0; i < l->channel->n_accounts; i++) {
        first[i].is_default = str_equal(first[i].key, key);
        found = found || first[i].is_default;
    }
    return found;
}

static void list_accounts(struct listing *l) {
    node_id accounts = read_member(l->r, l->block, "accounts", NODE_OBJECT);
    struct key_list list = {.seen = map_new(l->m->arena)};
    for (TREE_EACH(l->r->tree, n, accounts))
        list_key(l, &list, tree_key_text(l->r->tree, tree_node(l->r->tree, n)->key));
    list_bound(l, &list);
    bool implicit = l->m->gateway->audit_by_route && account_is_implied(l);
    if (implicit || !list.keys.n) list_key(l, &list, STR("default"));
    if (list.keys.n) qsort(list.keys.v, list.keys.n, sizeof *list.keys.v, by_locale);
    account_index_blocks(l, accounts);
    for (size_t i = 0; i < list.keys.n; i++) add_account(l, accounts, list.keys.v[i]);
    mark_duplicate_logins(l);
    struct str chosen = bound_default(l);
    if (!chosen.n) chosen = default_account(l, &list);
    if (!choose_default(l, chosen)) {
        struct account *extra = add_account(l, accounts, chosen);
        extra->is_default = extra->unlisted = true;
    }
    account_find_services(l, l->channel->first_account);
    struct account *first = &l->m->accounts.v[l->channel->first_account];
    for (size_t i = 0; i < l->channel->n_accounts; i++)
        l->channel->n_running += account_runs(&first[i]);
    qsort(first, l->channel->n_accounts, sizeof *first, default_first);
    mark_repeated_audits(l, first);
}

static void build_channel(struct model *m, const struct reading *r, const struct environment *env,
                          const struct map *stored, node_id block, struct str name) {
    struct channel *channel = &ARRAY_PUSH(m->arena, m->channels);
    node_id object = read_is(r, block, NODE_OBJECT) ? block : 0;
    *channel = (struct channel){.name = name,
                                .at = value_place(block, m->channels_at),
                                .known = names_have(m->gateway->channels, name),
                                .present = block != 0,
                                .first_account = (uint32_t)m->accounts.n};
    struct read_lists lists = {.by_node = map_new(m->arena), .by_map = map_new(m->arena)};
    struct listing l = {.m = m,
                        .r = r,
                        .env = env,
                        .block = object,
                        .channel = channel,
                        .lists = &lists,
                        .stored = stored,
                        .identity = name_map_get(&m->gateway->identity, name),
                        .nested_dm = names_have(m->gateway->nested_dm, name),
                        .audit_nested = names_have(m->gateway->audit_nested_dm, name)};
    channel->enabled = account_flag(&l, object, true);
    list_accounts(&l);
}

static struct map index_store(const struct model *m) {
    struct map index = map_new(m->arena);
    const struct conditions *c = m->conditions;
    for (size_t i = 0; c && i < c->pairing.n; i++)
        map_put(&index, c->pairing.v[i].account, (uint32_t)i, NULL);
    return index;
}

/* "whatsapp" of "whatsapp/biz". */
static struct str channel_of(struct str linked) {
    return str_slice(linked, 0, str_find(linked, STR("/"), 0));
}

/* A channel that is logged in is there without a block, too. */
static void build_linked(struct model *m, const struct reading *r, const struct environment *env,
                         const struct map *stored) {
    const struct conditions *c = m->conditions;
    for (size_t i = 0; c && i < c->linked.n; i++) {
        struct str name = channel_of(c->linked.v[i]);
        if (!model_channel(m, name) && names_have(m->gateway->channels, name))
            build_channel(m, r, env, stored, 0, name);
    }
}

void model_build_accounts(struct model *m, const struct reading *r, const struct environment *env) {
    node_id channels = read_member(r, m->loaded->root, "channels", NODE_OBJECT);
    struct map stored = index_store(m);
    m->channels_at = value_place(channels, m->at);
    for (TREE_EACH(r->tree, block, channels)) {
        struct str name = tree_key_text(r->tree, tree_node(r->tree, block)->key);
        if (str_equal(name, STR("defaults")) || str_equal(name, STR("modelByChannel"))) continue;
        build_channel(m, r, env, &stored, block, name);
    }
    build_linked(m, r, env, &stored);
}
