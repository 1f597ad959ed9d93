/* The accounts of each channel: which exist, what holds for each, whom it admits. */
#include <stdlib.h>

#include "base/collate.h"
#include "model/ids.h"
#include "model/values.h"

/* A list of senders, and who is in it. */
struct read_list {
    struct text_list list;
    const struct sender *senders;
    size_t n_senders;
    bool wildcard;
};

/* The lists that have been read. */
struct read_lists {
    struct map by_node; /* -> position in `read` */
    ARRAY(struct read_list) read;
};

struct listing {
    struct model *m;
    const struct reading *r;
    const struct environment *env;
    node_id block; /* the channel's object, 0 when it has none */
    struct channel *channel;
    struct names identity; /* credential keys */
    bool nested_dm, audit_nested;
    struct map by_key, by_id, by_case; /* the accounts' blocks */
    struct read_lists *lists;
};

/* ---- senders -----------------------------------------------------------------------------------
 */

static struct str lower_ascii_equal_prefix(struct str s, struct str prefix) {
    if (s.n < prefix.n) return STR_NONE;
    for (size_t i = 0; i < prefix.n; i++) {
        char c = s.p[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        if (c != prefix.p[i]) return STR_NONE;
    }
    return str_slice(s, prefix.n, s.n);
}

static struct str drop_prefix(const struct listing *l, struct str s) {
    struct names prefixes = name_map_get(&l->m->gateway->sender_prefixes, l->channel->name);
    for (size_t i = 0; i < prefixes.n; i++) {
        struct str rest = lower_ascii_equal_prefix(s, prefixes.v[i]);
        if (rest.p) return ids_trim(rest);
    }
    return s;
}

/* E.164 as the gateway makes it: digits with one plus in front. */
static struct str as_e164(struct arena *a, struct str s) {
    struct str name = str_slice(s, 0, str_find(s, STR("@"), 0));
    char *out = arena_alloc(a, name.n + 2);
    size_t n = 0;
    out[n++] = '+';
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] >= '0' && name.p[i] <= '9') out[n++] = name.p[i];
    return (struct str){out, n};
}

/* `<@123>` and `<@!123>` are the id 123. */
static struct str without_mention(struct str s) {
    if (!str_starts(s, STR("<@")) || !str_ends(s, STR(">"))) return s;
    struct str id = str_slice(s, 2, s.n - 1);
    return str_starts(id, STR("!")) ? str_slice(id, 1, id.n) : id;
}

static struct str normal_sender(const struct listing *l, struct str written) {
    struct str s = drop_prefix(l, ids_trim(written));
    struct names form = name_map_get(&l->m->gateway->sender_form, l->channel->name);
    if (form.n && str_equal(form.v[0], STR("e164"))) return as_e164(l->m->arena, s);
    return form.n ? without_mention(s) : s;
}

/* The distinct concrete senders of a list, in order; `*wildcard` when "*" is among them. */
static void collect_senders(const struct listing *l, struct read_list *of) {
    const struct text_list *list = &of->list;
    struct arena *scratch = arena_new();
    struct sender *v = ARENA_ARRAY(l->m->arena, struct sender, list->n);
    struct map seen = map_new(scratch);
    for (size_t i = 0; i < list->n; i++) {
        struct str written = ids_trim(list->v[i].v);
        if (str_equal(written, STR("*"))) of->wildcard = true;
        if (!written.n || str_equal(written, STR("*"))) continue;
        bool is_new;
        /* The digits of an unknown value are unknown, too. */
        struct str id = list->v[i].symbolic ? written : normal_sender(l, written);
        map_put(&seen, id, 1, &is_new);
        if (id.n && is_new) v[of->n_senders++] = (struct sender){id, list->v[i].at};
    }
    of->senders = v;
    arena_free(scratch);
}

/* The list that is this member. Accounts without one of their own share the channel's, which may
 * be long: each is read once. */
static struct text_list list_of(const struct listing *l, node_id object, const char *key,
                                place around) {
    node_id n = tree_member(l->r->tree, object, str_from(key));
    if (!tree_is(l->r->tree, n, NODE_ARRAY))
        return value_list(l->m->arena, l->r, object, key, around);
    struct str id = str_copy(l->m->arena, (struct str){(const char *)&n, sizeof n});
    bool is_new;
    uint32_t at = *map_put(&l->lists->by_node, id, (uint32_t)l->lists->read.n, &is_new);
    if (is_new) {
        struct read_list *list = &ARRAY_PUSH(l->m->arena, l->lists->read);
        *list = (struct read_list){.list = value_list(l->m->arena, l->r, object, key, around)};
        collect_senders(l, list);
    }
    return l->lists->read.v[at].list;
}

static const struct sender *senders_of(const struct listing *l, const struct text_list *list,
                                       size_t *n, bool *wildcard) {
    node_id node = list->at & ~PLACE_KEY;
    const uint32_t *at =
        list->set ? map_get(&l->lists->by_node, (struct str){(const char *)&node, sizeof node})
                  : NULL;
    *n = 0;
    if (!at) return NULL;
    const struct read_list *read = &l->lists->read.v[*at];
    *n = read->n_senders;
    *wildcard = *wildcard || read->wildcard;
    return read->senders;
}

/* ---- settings: the account's own, else the channel's -------------------------------------------
 */

struct layers {
    node_id own, shared, channel; /* 0: no block; shared: WhatsApp's accounts.default */
    place own_at, channel_at;
};

static struct text layered_text(const struct listing *l, const struct layers *at, const char *key,
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
    struct text_list own = list_of(l, at->own, key, at->own_at);
    if (own.set) return own;
    struct text_list shared = list_of(l, at->shared, key, at->channel_at);
    if (shared.set) return shared;
    struct text_list above = list_of(l, at->channel, key, at->channel_at);
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

static void read_dm(const struct listing *l, const struct layers *at, struct account *a) {
    const struct gateway_data *g = l->m->gateway;
    bool inherit = !names_have(g->account_dm_policy, a->channel) || !a->own_block;
    a->dm_policy = layered_text(l, at, "dmPolicy", inherit, STR("pairing"));
    a->allow_from = layered_list(l, at, "allowFrom");
    struct layers dm = dm_layers(l, at);
    struct text nested_policy = layered_text(l, &dm, "policy", true, STR("pairing"));
    struct text_list nested_list = layered_list(l, &dm, "allowFrom");
    if (l->nested_dm) {
        if (!a->dm_policy.set && nested_policy.set) a->dm_policy = nested_policy;
        if (!a->allow_from.set && nested_list.set) a->allow_from = nested_list;
    }
    a->senders = senders_of(l, &a->allow_from, &a->n_senders, &a->wildcard);
    a->audit_dm_policy = a->dm_policy;
    a->audit_senders = a->senders;
    a->n_audit_senders = a->n_senders;
    a->audit_wildcard = a->wildcard;
    switch_off_dm(l, dm.own ? dm.own : dm.channel, a);
    if (!l->audit_nested) return;
    a->audit_dm_policy = nested_policy;
    a->audit_wildcard = false;
    a->audit_senders = senders_of(l, &nested_list, &a->n_audit_senders, &a->audit_wildcard);
}

/* Telegram, newer gateway: a channel list with a concrete sender takes "*" out of an account's own.
 */
static void narrow_telegram_wildcard(const struct listing *l, const struct layers *at,
                                     struct account *a) {
    if (!l->m->gateway->audit_by_route || !str_equal(a->channel, STR("telegram"))) return;
    if (!a->wildcard || !at->own || !tree_member(l->r->tree, at->own, STR("allowFrom"))) return;
    struct text_list above = list_of(l, at->channel, "allowFrom", at->channel_at);
    bool channel_wildcard = false;
    size_t n;
    const struct sender *senders = senders_of(l, &above, &n, &channel_wildcard);
    if (!n) return;
    a->wildcard = a->audit_wildcard = false;
    if (a->n_senders) return;
    a->wildcard = a->audit_wildcard = channel_wildcard;
    a->senders = a->audit_senders = senders;
    a->n_senders = a->n_audit_senders = n;
}

static bool is_enabled(const struct listing *l, node_id block, bool fallback) {
    node_id n = tree_member(l->r->tree, block, STR("enabled"));
    return tree_is(l->r->tree, n, NODE_BOOL) ? tree_node(l->r->tree, n)->u.boolean : fallback;
}

/* ---- an account's block ------------------------------------------------------------------------
 */

/* The id of a written name, or the empty text when the name is unusable: those count as `default`,
 * but do not name it. */
static struct str usable_id(const struct listing *l, struct str written) {
    struct str id = ids_account(l->m->arena, written);
    bool fallen = str_equal(id, STR("default")) &&
                  !str_equal(ids_lower(l->m->arena, ids_trim(written)), STR("default"));
    return fallen ? STR("") : id;
}

/* An account is looked for by its key as it is spelled, by its id, or by its key in lower case. A
 * key that is unusable as an id is `default` in older gateways and nothing in newer ones. */
static void index_blocks(struct listing *l, node_id accounts) {
    struct arena *a = l->m->arena;
    l->by_key = map_new(a);
    l->by_id = map_new(a);
    l->by_case = map_new(a);
    for (TREE_EACH(l->r->tree, n, accounts)) {
        struct str name = tree_key_text(l->r->tree, tree_node(l->r->tree, n)->key);
        struct str id = l->m->gateway->audit_by_route ? usable_id(l, name) : ids_account(a, name);
        map_put(&l->by_key, name, n, NULL);
        map_put(&l->by_case, ids_lower(a, name), n, NULL);
        if (name.n && id.n) map_put(&l->by_id, id, n, NULL);
    }
}

static node_id block_of(const struct map *index, struct str name) {
    const node_id *n = map_get(index, name);
    return n ? *n : 0;
}

/* The block of an account: its exact key, else the first that reads the same. WhatsApp looks for
 * the key as it is spelled, the others for the canonical id: a key that is not canonical but for
 * its case is then not found, and the account has the channel's settings. */
static node_id account_block(const struct listing *l, struct str key) {
    struct str id = ids_account(l->m->arena, key);
    bool raw = names_have(l->m->gateway->raw_account_keys, l->channel->name);
    bool canonical = names_have(l->m->gateway->canonical_account_keys, l->channel->name);
    node_id exact = block_of(&l->by_key, raw ? key : id);
    return exact ? exact : block_of(canonical ? &l->by_id : &l->by_case, id);
}

/* ---- credentials -------------------------------------------------------------------------------
 */

static struct text credential(const struct listing *l, node_id block, struct str key) {
    node_id n = tree_member(l->r->tree, block, key);
    if (tree_is(l->r->tree, n, NODE_STRING)) {
        struct text t = value_of_node(l->r, n);
        t.v = ids_trim(t.v);
        if (str_starts(t.v, STR("Bot ")) && str_equal(l->channel->name, STR("discord")))
            t.v = ids_trim(str_slice(t.v, 4, t.v.n));
        t.set = t.v.n > 0;
        return t;
    }
    /* A SecretRef to a variable is that variable; other sources are values of their own. */
    node_id id = tree_member(l->r->tree, n, STR("id"));
    struct str source = tree_text(l->r->tree, tree_member(l->r->tree, n, STR("source")));
    if (!id || !source.n) return (struct text){.at = n};
    if (!str_equal(source, STR("env")))
        return (struct text){.v = STR(""), .at = n, .set = true, .symbolic = true};
    struct str name = tree_text(l->r->tree, id), value = environment_get(l->env, name);
    if (value.n) return (struct text){.v = ids_trim(value), .at = n, .set = true};
    if (environment_knows(l->env, name)) return (struct text){.at = n};
    return (struct text){.v = str_format(l->m->arena, "${" STR_FMT "}", STR_ARG(name)),
                         .at = n,
                         .set = true,
                         .symbolic = true};
}

/* A variable of the environment that stands in for the credential `key` of the account `default`.
 */
static struct text from_environment(const struct listing *l, struct str key) {
    struct names pairs = name_map_get(&l->m->gateway->environment, l->channel->name);
    for (size_t i = 0; i + 1 < pairs.n; i += 2) {
        struct str value = environment_get(l->env, pairs.v[i]);
        if (str_equal(pairs.v[i + 1], key) && ids_trim(value).n)
            return (struct text){.v = ids_trim(value), .at = l->channel->at, .set = true};
    }
    return (struct text){.at = l->channel->at};
}

static bool is_channel(const struct listing *l, const char *name) {
    return str_equal(l->channel->name, str_from(name));
}

/* Where an account's credentials stand. Some channels look for them under any spelling of the id,
 * also where they do not find the account's other settings. Newer telegram does not give the
 * channel's token to an account that only a binding names. */
static struct layers credential_layers(const struct listing *l, const struct layers *at,
                                       node_id accounts, struct str id) {
    struct layers found = *at;
    if (!names_have(l->m->gateway->canonical_credentials, l->channel->name)) return found;
    if (!found.own) found.own = block_of(&l->by_id, id);
    bool listed = found.own || !tree_first(l->r->tree, accounts) || str_equal(id, STR("default"));
    if (l->m->gateway->audit_by_route && !listed) found.channel = 0;
    return found;
}

/* An account's value, else the channel's, else the environment's. A key that is there but blank
 * stops the search in the config, but for telegram; for discord it stops it at all. */
static struct text account_credential(const struct listing *l, const struct layers *at,
                                      struct str id, struct str key, bool *from_env) {
    struct text own = credential(l, at->own, key);
    *from_env = false;
    if (own.set) return own;
    bool blank = tree_member(l->r->tree, at->own, key) && !is_channel(l, "telegram");
    if (blank && is_channel(l, "discord")) return own;
    if (!blank) own = credential(l, at->channel, key);
    if (own.set || !str_equal(id, STR("default"))) return own;
    *from_env = true;
    return from_environment(l, key);
}

static struct text token_file(const struct listing *l, node_id block) {
    struct text path = credential(l, block, STR("tokenFile"));
    if (path.set) path.v = str_concat(l->m->arena, STR("tokenFile:"), path.v);
    return path;
}

/* What an account logs in with; two accounts with the same are one login. */
static void read_login(const struct listing *l, const struct layers *at, struct account *a) {
    if (!l->identity.n) return;
    struct str key = l->identity.v[0];
    a->login = token_file(l, at->own);
    if (!a->login.set) a->login = account_credential(l, at, a->id, key, &a->login_from_environment);
    bool is_own = credential(l, at->own, key).set;
    struct text shared = token_file(l, at->channel);
    if (shared.set && !is_own && !tree_member(l->r->tree, at->own, STR("tokenFile"))) {
        a->login = shared;
        a->login_from_environment = false;
    }
}

/* How many of the channel's credentials, the first ones, an account needs. */
static size_t needed_credentials(const struct listing *l) {
    return is_channel(l, "slack") ? 2 : 1;
}

/* Slack over HTTP has a signing secret in place of the app token. */
static struct str credential_key(const struct listing *l, const struct layers *at, size_t i) {
    if (i == 1 && is_channel(l, "slack")) {
        struct text mode = layered_text(l, at, "mode", true, STR("socket"));
        if (str_equal(mode.v, STR("http"))) return STR("signingSecret");
    }
    return l->identity.v[i];
}

static bool has_all_credentials(const struct listing *l, const struct layers *at, struct str id) {
    for (size_t i = 0; i < l->identity.n && i < needed_credentials(l); i++) {
        bool from_env;
        struct str key = credential_key(l, at, i);
        if (!account_credential(l, at, id, key, &from_env).set) return false;
    }
    return true;
}

static void read_credentials(const struct listing *l, const struct layers *at, struct account *a) {
    for (size_t i = 0; i < l->identity.n; i++) {
        bool from_env;
        struct text value = account_credential(l, at, a->id, l->identity.v[i], &from_env);
        if (value.set && a->enabled && l->channel->enabled)
            ARRAY_PUSH(l->m->arena, l->m->identities) = (struct secret){value, a->channel};
    }
    read_login(l, at, a);
    /* Nothing is known of the environment: it may hold the credential of the account `default`. */
    bool maybe = !l->env->complete && str_equal(a->id, STR("default")) &&
                 name_map_get(&l->m->gateway->environment, a->channel).n;
    bool in_file = str_starts(a->login.v, STR("tokenFile:"));
    a->configured = maybe || in_file || has_all_credentials(l, at, a->id);
}

/* ---- which accounts there are ------------------------------------------------------------------
 */

bool account_runs(const struct account *a) {
    return a->own_block || str_equal(a->key, STR("default")) ||
           (a->configured && !a->duplicate_login);
}

static void add_account(struct listing *l, node_id accounts, struct str key) {
    node_id own = account_block(l, key);
    if (own && !read_is(l->r, own, NODE_OBJECT)) own = 0;
    bool whatsapp = is_channel(l, "whatsapp");
    node_id shared = whatsapp && l->m->gateway->audit_by_route
                         ? read_member(l->r, accounts, "default", NODE_OBJECT)
                         : 0;
    struct layers at = {own, shared, l->block, value_place(own, l->channel->at), l->channel->at};
    struct account a = {.channel = l->channel->name,
                        .id = ids_account(l->m->arena, key),
                        .key = key,
                        .at = at.own_at,
                        .own_block = own != 0};
    bool inherit = !names_have(l->m->gateway->account_group_policy, a.channel) || !own;
    a.group_policy = layered_text(l, &at, "groupPolicy", inherit, STR("allowlist"));
    a.enabled = is_enabled(l, own, true);
    if (!whatsapp) a.enabled = a.enabled && l->channel->enabled;
    if (whatsapp && l->m->gateway->audit_by_route)
        a.enabled = is_enabled(l, own, l->channel->enabled);
    read_dm(l, &at, &a);
    narrow_telegram_wildcard(l, &at, &a);
    struct layers credentials = credential_layers(l, &at, accounts, a.id);
    read_credentials(l, &credentials, &a);
    ARRAY_PUSH(l->m->arena, l->m->accounts) = a;
    l->channel->n_accounts++;
}

struct key_list {
    ARRAY(struct str) keys;
    struct map seen;
};

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

/* The listed account that `defaultAccount` names, else `default`, else the first. */
static struct str default_account(const struct listing *l, const struct key_list *list) {
    node_id written = tree_member(l->r->tree, l->block, STR("defaultAccount"));
    struct str wanted = usable_id(l, tree_text(l->r->tree, written));
    for (size_t i = 0; wanted.n && i < list->keys.n; i++)
        if (str_equal(usable_id(l, list->keys.v[i]), wanted)) return list->keys.v[i];
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
    bool discord = is_channel(l, "discord");
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

static void list_accounts(struct listing *l) {
    node_id accounts = read_member(l->r, l->block, "accounts", NODE_OBJECT);
    struct key_list list = {.seen = map_new(l->m->arena)};
    for (TREE_EACH(l->r->tree, n, accounts))
        list_key(l, &list, tree_key_text(l->r->tree, tree_node(l->r->tree, n)->key));
    list_bound(l, &list);
    struct layers channel = {.channel = l->block, .channel_at = l->channel->at};
    bool implicit =
        l->m->gateway->audit_by_route && l->identity.n &&
        (has_all_credentials(l, &channel, STR("default")) || token_file(l, l->block).set);
    if (implicit || !list.keys.n) list_key(l, &list, STR("default"));
    if (list.keys.n) qsort(list.keys.v, list.keys.n, sizeof *list.keys.v, by_locale);
    index_blocks(l, accounts);
    for (size_t i = 0; i < list.keys.n; i++) add_account(l, accounts, list.keys.v[i]);
    mark_duplicate_logins(l);
    struct str chosen = bound_default(l);
    if (!chosen.n) chosen = default_account(l, &list);
    struct account *first = &l->m->accounts.v[l->channel->first_account];
    for (size_t i = 0; i < l->channel->n_accounts; i++)
        first[i].is_default = str_equal(first[i].key, chosen);
    for (size_t i = 0; i < l->channel->n_accounts; i++)
        l->channel->n_running += account_runs(&first[i]);
    qsort(first, l->channel->n_accounts, sizeof *first, default_first);
    mark_repeated_audits(l, first);
}

static void build_channel(struct model *m, const struct reading *r, const struct environment *env,
                          node_id block, struct str name) {
    struct channel *channel = &ARRAY_PUSH(m->arena, m->channels);
    node_id object = read_is(r, block, NODE_OBJECT) ? block : 0;
    *channel = (struct channel){.name = name,
                                .at = value_place(block, m->channels_at),
                                .known = names_have(m->gateway->channels, name),
                                .present = block != 0,
                                .first_account = (uint32_t)m->accounts.n};
    struct read_lists lists = {.by_node = map_new(m->arena)};
    struct listing l = {.m = m,
                        .r = r,
                        .env = env,
                        .block = object,
                        .channel = channel,
                        .lists = &lists,
                        .identity = name_map_get(&m->gateway->identity, name),
                        .nested_dm = names_have(m->gateway->nested_dm, name),
                        .audit_nested = names_have(m->gateway->audit_nested_dm, name)};
    channel->enabled = is_enabled(&l, object, true);
    list_accounts(&l);
}

void model_build_accounts(struct model *m, const struct reading *r, const struct environment *env) {
    node_id channels = read_member(r, m->loaded->root, "channels", NODE_OBJECT);
    m->channels_at = value_place(channels, m->at);
    for (TREE_EACH(r->tree, block, channels)) {
        struct str name = tree_key_text(r->tree, tree_node(r->tree, block)->key);
        if (str_equal(name, STR("defaults")) || str_equal(name, STR("modelByChannel"))) continue;
        build_channel(m, r, env, block, name);
    }
}
