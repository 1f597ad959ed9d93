/* What the gateway's own audit says of each channel account, in its order: the older version
 * numbers its warnings by what it has said before, and both say a thing only once. */
#include "analysis/channel_checks.h"

#include "model/ids.h"

/* ---- saying things -----------------------------------------------------------------------------
 */

struct found_names found_names_new(struct arena *a) {
    return (struct found_names){.arena = a, .seen = map_new(a)};
}

void found_names_add(struct found_names *f, struct str name, place at) {
    bool is_new;
    map_put(&f->seen, name, 1, &is_new);
    if (is_new) ARRAY_PUSH(f->arena, f->list) = (struct text){.v = name, .at = at, .set = true};
}

struct channel_check *check_say(struct checking *k, const char *kind, place at, struct str apart) {
    struct str text = str_format(k->s->arena, "%s " STR_FMT " " STR_FMT, kind,
                                 STR_ARG(k->a->channel), STR_ARG(apart));
    bool is_new;
    k->said++;
    map_put(&k->seen, text, 1, &is_new);
    if (!is_new) return NULL;
    struct channel_check *check = &ARRAY_PUSH(k->s->arena, k->s->channel_checks);
    *check = (struct channel_check){
        .in = k->s, .kind = kind, .account = k->account, .number = k->said, .at = at};
    return check;
}

void check_say_names(struct checking *k, const char *kind, place at, struct str apart,
                     const struct found_names *names) {
    if (!names->list.n) return;
    struct channel_check *check = check_say(k, kind, at, apart);
    if (!check) return;
    check->names = names->list.v;
    check->n_names = names->list.n;
}

/* ---- direct messages ---------------------------------------------------------------------------
 */

static bool is_policy(const struct checking *k, const char *policy) {
    return str_equal(k->a->audit_dm_policy.v, str_from(policy));
}

size_t audit_admitted(const struct analysis *s, const struct account *a) {
    struct arena *scratch = arena_new();
    struct map seen = map_new(scratch);
    size_t n = a->n_audit_senders;
    for (size_t i = 0; i < a->n_audit_senders; i++) map_put(&seen, a->audit_senders[i].id, 1, NULL);
    bool counts =
        !s->model->gateway->audit_by_route || str_equal(a->audit_dm_policy.v, STR("pairing"));
    for (size_t i = 0; counts && i < a->stored.n; i++) {
        struct str id = model_sender(s->model, a->channel, a->stored.v[i]);
        bool is_new;
        map_put(&seen, id, 1, &is_new);
        n += id.n && is_new;
    }
    arena_free(scratch);
    return n;
}

static void check_dm(struct checking *k) {
    const struct account *a = k->a;
    place at = a->audit_dm_policy.at;
    /* The older audit names an account by the path of its block, which some do not have. */
    struct str apart = k->newer ? a->key : a->audit_path;
    size_t admitted = audit_admitted(k->s, a);
    if (is_policy(k, "open")) {
        check_say(k, "dm.open", at, apart);
        if (!a->audit_wildcard) check_say(k, "dm.open_invalid", at, apart);
    }
    if (is_policy(k, "disabled")) {
        check_say(k, "dm.disabled", at, apart);
        return;
    }
    if (k->newer && !is_policy(k, "open") && !admitted) check_say(k, "dm.locked", at, apart);
    bool main = k->m->session.dm_scope == DM_MAIN;
    if (!k->newer && main && (a->audit_wildcard || admitted > 1))
        check_say(k, "dm.scope_main_multiuser", at, STR(""));
}

static void check_owner(struct checking *k) {
    if (!k->newer || k->s->accounts[k->account].owner_missing < 0) return;
    check_say(k, "routing.owner_missing", k->a->at, k->a->key);
}

/* ---- groups ------------------------------------------------------------------------------------
 */

/* The newer audit says the same of all accounts that have rooms, and of all that have none; of
 * WhatsApp it names where the settings stand. */
static struct str group_variant(const struct checking *k) {
    const struct account *a = k->a;
    struct str rooms = a->rooms.n ? STR("rooms") : STR("none");
    if (!str_equal(a->channel, STR("whatsapp"))) return rooms;
    return str_format(k->s->arena, STR_FMT " " STR_FMT, STR_ARG(rooms), STR_ARG(a->group_path));
}

static void check_groups(struct checking *k) {
    const struct text *policy = &k->a->group_policy;
    if (!str_equal(policy->v, STR("open"))) return;
    if (k->newer)
        check_say(k, "groups.open", policy->at, group_variant(k));
    else
        check_say(k, "warning", policy->at, str_format(k->s->arena, "%zu", k->said));
}

/* ---- accounts ----------------------------------------------------------------------------------
 */

static void check_names(struct checking *k) {
    const struct account *a = k->a;
    if (a->name_matching.v)
        check_say(k, "allowFrom.dangerous_name_matching_enabled", a->name_matching.at, a->key);
    if (!k->newer || a->name_matching.v) return;
    struct found_names names = check_mutable_entries(k);
    check_say_names(k, "allowFrom.mutable_entries_inert", a->audit_allow_from.at, a->key, &names);
}

static void check_channel_own(struct checking *k) {
    check_discord(k);
    check_zalouser(k);
    check_slack(k);
}

static void check_account(struct checking *k) {
    check_names(k);
    if (!k->newer) check_channel_own(k);
    check_dm(k);
    check_owner(k);
    check_groups(k);
    if (k->newer) check_channel_own(k);
    check_telegram(k);
}

bool audit_sees(const struct model *m, const struct account *a) {
    const struct conditions *c = m->conditions;
    if (c && c->plugins_known && !names_have(c->plugins, a->channel)) return false;
    return a->enabled && a->configured && !(a->duplicate_login && m->gateway->audit_by_route);
}

static void check_channel(struct checking *k, const struct channel *c) {
    for (uint32_t i = c->first_account; i < c->first_account + c->n_accounts; i++) {
        k->account = i;
        k->a = &k->m->accounts.v[i];
        if (audit_sees(k->m, k->a)) check_account(k);
    }
}

void analyse_channel_checks(struct analysis *s) {
    const struct model *m = s->model;
    struct checking k = {
        .s = s, .m = m, .newer = m->gateway->audit_by_route, .seen = map_new(s->arena)};
    struct names first = m->gateway->audited_channels;
    for (size_t i = 0; i < first.n; i++) {
        const struct channel *c = model_channel(m, first.v[i]);
        if (c) check_channel(&k, c);
    }
    for (size_t i = 0; i < m->channels.n; i++)
        if (!names_have(first, m->channels.v[i].name)) check_channel(&k, &m->channels.v[i]);
}
