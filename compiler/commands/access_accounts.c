/* The answer about the accounts of a channel, as the gateway's plugin and its audit see them. */
#include <stdlib.h>

#include "base/collate.h"
#include "commands/access.h"
#include "commands/json_value.h"
#include "model/ids.h"

static void add_value(struct buf *b, const char *key, const struct tree *t, node_id n) {
    json_add_key(b, key);
    if (n)
        json_add_node(b, t, n);
    else
        buf_add(b, STR("null"));
}

static void add_list(struct buf *b, const char *key, struct arena *a,
                     const struct text_list *list) {
    struct str *v = ARENA_ARRAY(a, struct str, list->n);
    for (size_t i = 0; i < list->n; i++) v[i] = list->v[i].v;
    json_add_texts(b, key, v, list->n);
}

/* The entries as the audit compares them: in order, repeated ones too. */
static void add_normalised(struct buf *b, const struct model *m, const struct account *account) {
    const struct text_list *list = &account->audit_allow_from;
    struct str *v = ARENA_ARRAY(m->arena, struct str, list->n);
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        struct str entry = ids_trim(list->v[i].v);
        if (!entry.n || str_equal(entry, STR("*"))) continue;
        struct str normal = model_sender(m, account->channel, entry);
        if (normal.n) v[n++] = normal;
    }
    json_add_texts(b, "normalized", v, n);
}

static void add_dm(struct buf *b, const struct model *m, const struct account *a) {
    bool nested = names_have(m->gateway->audit_nested_dm, a->channel);
    const char *dm = nested ? "dm." : "";
    struct str policy = str_format(m->arena, STR_FMT "dmPolicy", STR_ARG(a->audit_path));
    json_add_key(b, "dm");
    buf_add_char(b, '{');
    json_add_text(b, "policy", a->audit_dm_policy.v);
    add_list(b, "allowFrom", m->arena, &a->audit_allow_from);
    add_normalised(b, m, a);
    json_add_flag(b, "wildcard", a->audit_wildcard);
    json_add_text(b, "policyPath", nested ? STR_NONE : policy);
    json_add_text(b, "allowFromPath",
                  str_format(m->arena, STR_FMT "%s", STR_ARG(a->audit_path), dm));
    buf_add_char(b, '}');
}

static const struct account_credential *credential(const struct account *a, const char *key) {
    for (size_t i = 0; i < a->n_credentials; i++)
        if (str_equal(a->credentials[i].key, str_from(key))) return &a->credentials[i];
    return NULL;
}

static struct str value_of(const struct account_credential *c, struct str none) {
    return c && c->value.set ? c->value.v : none;
}

static const char *source_of(const struct account_credential *c) {
    if (!c || !c->value.set) return "none";
    return c->from_environment ? "env" : "config";
}

static void add_login(struct buf *b, const struct account *a) {
    if (str_equal(a->channel, STR("telegram")) || str_equal(a->channel, STR("discord"))) {
        const struct account_credential *c = &a->credentials[0];
        json_add_text(b, "token", value_of(c, STR("")));
        json_add_text(b, "tokenSource", str_from(source_of(c)));
    } else if (str_equal(a->channel, STR("slack"))) {
        const struct account_credential *bot = credential(a, "botToken");
        json_add_text(b, "botToken", value_of(bot, STR_NONE));
        json_add_text(b, "appToken", value_of(credential(a, "appToken"), STR_NONE));
        json_add_text(b, "tokenSource", str_from(source_of(bot)));
    } else if (str_equal(a->channel, STR("whatsapp"))) {
        json_add_text(b, "authDir", a->auth_dir.v);
    } else if (str_equal(a->channel, STR("signal"))) {
        json_add_text(b, "number", value_of(credential(a, "account"), STR_NONE));
        json_add_flag(b, "configured", a->configured);
        json_add_text(b, "baseUrl", a->service);
    }
}

static void add_account(struct buf *b, const struct model *m, const struct account *a) {
    json_add_key(b, str_to_c(m->arena, a->key));
    buf_add_char(b, '{');
    bool raw = names_have(m->gateway->raw_account_keys, a->channel);
    json_add_text(b, "accountId", raw ? ids_trim(a->key) : a->id);
    json_add_flag(b, "enabled", a->enabled);
    json_add_text(b, "groupPolicy", a->group_policy.v);
    add_value(b, "groupAllowFrom", m->tree, a->group_allow_from.set ? a->group_allow_from.at : 0);
    add_value(b, "groups", m->tree, a->groups);
    add_dm(b, m, a);
    add_login(b, a);
    buf_add_char(b, '}');
}

static int by_key(const void *left, const void *right) {
    const struct account *const *a = left, *const *b = right;
    return collate_compare((*a)->key, (*b)->key);
}

void access_answer_accounts(struct buf *b, const struct access_question *q) {
    struct batch_config config;
    node_id written = tree_member(q->line->tree, q->input, STR("config"));
    access_load(q, batch_source(q->line, written), &config);
    if (!config.accepted) {
        json_add_flag(b, "invalid", true);
        return;
    }
    const struct model *m = config.model;
    const struct channel *c = model_channel(m, batch_text(q->line, q->input, "channel"));
    size_t n = c ? c->n_accounts : 0, listed = 0;
    const struct account **v = ARENA_ARRAY(m->arena, const struct account *, n);
    struct str *keys = ARENA_ARRAY(m->arena, struct str, n), chosen = STR("default");
    for (size_t i = 0; i < n; i++) v[i] = &m->accounts.v[c->first_account + i];
    if (n) qsort(v, n, sizeof *v, by_key);
    for (size_t i = 0; i < n; i++) {
        if (!v[i]->unlisted) keys[listed++] = v[i]->key;
        if (v[i]->is_default) chosen = v[i]->key;
    }
    json_add_texts(b, "accounts", keys, listed);
    json_add_text(b, "defaultAccount", chosen);
    json_add_key(b, "byId");
    buf_add_char(b, '{');
    for (size_t i = 0; i < n; i++) add_account(b, m, v[i]);
    buf_add_char(b, '}');
}
