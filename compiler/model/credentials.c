/* What an account logs in with. */
#include "model/accounts.h"
#include "model/ids.h"
#include "model/locations.h"

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
        struct str value = ids_trim(environment_text(l->env, pairs.v[i]));
        if (str_equal(pairs.v[i + 1], key) && value.n)
            return (struct text){.v = value,
                                 .at = l->channel->at,
                                 .set = true,
                                 .symbolic = environment_is_hidden(l->env, pairs.v[i])};
    }
    return (struct text){.at = l->channel->at};
}

bool account_is_on(const struct listing *l, const char *name) {
    return str_equal(l->channel->name, str_from(name));
}

/* Where an account's credentials stand. Some channels look for them under any spelling of the id,
 * also where they do not find the account's other settings. Newer telegram does not give the
 * channel's token to an account that only a binding names. */
static struct layers credential_layers(const struct listing *l, const struct layers *at,
                                       node_id accounts, struct str id) {
    struct layers found = *at;
    if (!names_have(l->m->gateway->canonical_credentials, l->channel->name)) return found;
    if (!found.own) found.own = account_block_in(&l->by_id, id);
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
    bool blank = tree_member(l->r->tree, at->own, key) && !account_is_on(l, "telegram");
    if (blank && account_is_on(l, "discord")) return own;
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
    return account_is_on(l, "slack") ? 2 : 1;
}

/* Slack over HTTP has a signing secret in place of the app token. */
static struct str credential_key(const struct listing *l, const struct layers *at, size_t i) {
    if (i == 1 && account_is_on(l, "slack")) {
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

/* Channels of which any one of several settings makes an account ready. */
static bool has_any_setting(const struct listing *l, const struct layers *at) {
    struct names keys = name_map_get(&l->m->gateway->configured_by, l->channel->name);
    for (size_t i = 0; i < keys.n; i++) {
        node_id own = tree_member(l->r->tree, at->own, keys.v[i]);
        node_id n = own ? own : tree_member(l->r->tree, at->channel, keys.v[i]);
        bool blank = tree_is(l->r->tree, n, NODE_STRING) && !ids_trim(tree_text(l->r->tree, n)).n;
        if (n && !blank) return true;
    }
    return false;
}

/* WhatsApp keeps a login in a directory, which no setting need name. */
static struct text auth_dir(const struct listing *l, const struct layers *at, struct str id) {
    struct model *m = l->m;
    struct text written = value_text(l->r, at->own, "authDir", at->own_at, STR(""));
    if (ids_trim(written.v).n) {
        written.v = model_path(m, ids_trim(written.v));
        return written;
    }
    struct str below = str_concat(m->arena, STR("whatsapp/"), id);
    return (struct text){.v = location_join(m->arena, m->places.credentials, below),
                         .at = at->own_at};
}

/* Whether something that is no setting has logged the account in; nobody knows, or somebody tells.
 */
static bool is_linked(const struct listing *l, struct str id) {
    const struct conditions *c = l->m->conditions;
    if (!c || !c->linked_known) return true;
    struct str one =
        str_format(l->m->arena, STR_FMT "/" STR_FMT, STR_ARG(l->channel->name), STR_ARG(id));
    return names_have(c->linked, l->channel->name) || names_have(c->linked, one);
}

void account_read_credentials(const struct listing *l, const struct layers *at, node_id accounts,
                              struct account *a) {
    struct layers where = credential_layers(l, at, accounts, a->id);
    bool on = a->enabled && l->channel->enabled;
    bool unread = account_is_on(l, "slack") && l->m->gateway->audit_by_route;
    for (size_t i = 0; i < l->identity.n && i < ACCOUNT_CREDENTIALS; i++) {
        struct account_credential *c = &a->credentials[a->n_credentials++];
        c->key = l->identity.v[i];
        c->value = account_credential(l, &where, a->id, c->key, &c->from_environment);
        if (!a->enabled && unread) c->value.set = false;
        if (c->value.set && on)
            ARRAY_PUSH(l->m->arena, l->m->identities) = (struct secret){c->value, a->channel};
    }
    read_login(l, &where, a);
    bool whatsapp = account_is_on(l, "whatsapp");
    if (whatsapp) a->auth_dir = auth_dir(l, at, a->id);
    /* Nothing is known of the environment: it may hold the credential of the account `default`. */
    bool maybe = !l->env->complete && str_equal(a->id, STR("default")) &&
                 name_map_get(&l->m->gateway->environment, a->channel).n;
    bool in_file = str_starts(a->login.v, STR("tokenFile:"));
    bool any = name_map_get(&l->m->gateway->configured_by, a->channel).n;
    a->configured =
        maybe || in_file || (any ? has_any_setting(l, at) : has_all_credentials(l, &where, a->id));
    if (whatsapp) a->configured = is_linked(l, a->id);
}

/* ---- signal ------------------------------------------------------------------------------------
 */

static struct str local_url(const struct listing *l, struct str host, uint32_t port) {
    return str_format(l->m->arena, "http://" STR_FMT ":%u", STR_ARG(host), (unsigned)port);
}

static uint32_t port_of(const struct listing *l, node_id block, node_id above, uint32_t fallback) {
    enum { PORT_MAX = 65535 };
    node_id own = tree_member(l->r->tree, block, STR("httpPort"));
    node_id n = own ? own : tree_member(l->r->tree, above, STR("httpPort"));
    double port = tree_is(l->r->tree, n, NODE_NUMBER) ? tree_node(l->r->tree, n)->u.number : 0;
    return port >= 1 && port <= PORT_MAX ? (uint32_t)port : fallback;
}

static struct str text_of(const struct listing *l, node_id block, node_id above, const char *key) {
    node_id own = tree_member(l->r->tree, block, str_from(key));
    return ids_trim(
        tree_text(l->r->tree, own ? own : tree_member(l->r->tree, above, str_from(key))));
}

/* Every account says where its daemon listens; in newer gateways a named one does not inherit that,
 * and those that run and say nothing take ports one after the other. */
void account_find_services(const struct listing *l, size_t first) {
    enum { FIRST_PORT = 8080 };
    bool newer = l->m->gateway->audit_by_route;
    uint32_t next = FIRST_PORT;
    for (size_t i = first; account_is_on(l, "signal") && i < l->m->accounts.n; i++) {
        struct account *a = &l->m->accounts.v[i];
        node_id own = a->own_block ? account_block(l, a->key) : 0;
        bool inherits = !newer || str_equal(a->id, STR("default"));
        node_id from = own, above = inherits ? l->block : 0;
        if (newer) {
            from = tree_member(l->r->tree, own, STR("transport"));
            above = tree_member(l->r->tree, above, STR("transport"));
        }
        struct str url = text_of(l, from, above, newer ? "url" : "httpUrl");
        struct str host = newer ? STR("") : text_of(l, from, above, "httpHost");
        bool runs = newer && a->enabled && a->configured && !a->unlisted;
        uint32_t automatic = runs ? next++ : FIRST_PORT;
        a->service = url.n ? url
                           : local_url(l, host.n ? host : STR("127.0.0.1"),
                                       port_of(l, from, above, automatic));
    }
}

bool account_is_implied(const struct listing *l) {
    struct layers channel = {.channel = l->block, .channel_at = l->channel->at};
    return l->identity.n &&
           (has_all_credentials(l, &channel, STR("default")) || token_file(l, l->block).set);
}
