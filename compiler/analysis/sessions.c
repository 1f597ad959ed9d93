/* Who shares a session: the gateway's own bookkeeping of principals and buckets (2026.9.6), and the
 * older count of senders of one account (2026.3.13). */
#include <stdlib.h>

#include "analysis/analysis.h"
#include "analysis/identity.h"
#include "base/buf.h"
#include "base/collate.h"
#include "model/ids.h"

struct bucket {
    int32_t agent;
    struct str key;
    bool symbolic, by_peer; /* symbolic:dm:peer, or symbolic:dm:channel:<c> */
    bool has_unknown;       /* an unknown sender of the scope that makes a symbolic one count */
    size_t identities;
    uint32_t first, second; /* reaches of two different people, +1 */
    ARRAY(struct str) accounts;
    uint32_t last_account; /* number + 1 */
};

struct grouping {
    struct analysis *s;
    struct arena *arena;
    struct identities identities;
    struct map index; /* agent + key -> bucket */
    struct map seen;  /* bucket + identity */
    ARRAY(struct bucket) buckets;
    size_t last; /* the bucket of the last principal: neighbours often share one */

    bool symbolic; /* some unknown sender makes symbolic buckets matter */
};

static struct bucket *bucket_of(struct grouping *g, int32_t agent, struct str key) {
    struct bucket *last = g->last < g->buckets.n ? &g->buckets.v[g->last] : NULL;
    if (last && last->agent == agent && str_equal(last->key, key)) return last;
    struct str name = str_format(g->arena, "%d " STR_FMT, (int)agent, STR_ARG(key));
    bool is_new;
    uint32_t at = *map_put(&g->index, name, (uint32_t)g->buckets.n, &is_new);
    if (is_new) ARRAY_PUSH(g->arena, g->buckets) = (struct bucket){.agent = agent, .key = key};
    g->last = at;
    return &g->buckets.v[at];
}

static void add_account(struct grouping *g, struct bucket *b, uint32_t number) {
    if (b->last_account == number + 1) return;
    b->last_account = number + 1;
    const struct account *account = &g->s->model->accounts.v[number];
    struct str key =
        str_format(g->arena, STR_FMT "-" STR_FMT, STR_ARG(account->channel), STR_ARG(account->id));
    for (size_t i = b->accounts.n; i-- > 0;)
        if (str_equal(b->accounts.v[i], key)) return;
    ARRAY_PUSH(g->arena, b->accounts) = key;
}

/* `identity` is a name that several ids may have; empty for an id that is nobody else's: each
 * stands once in its account, so it need not be looked up. */
static void add_identity(struct grouping *g, struct bucket *b, uint32_t reach,
                         struct str identity) {
    bool is_new = true;
    if (identity.n) {
        struct str name =
            str_format(g->arena, "%zu " STR_FMT, (size_t)(b - g->buckets.v), STR_ARG(identity));
        map_put(&g->seen, name, 1, &is_new);
    }
    add_account(g, b, g->s->reaches.v[reach].account);
    if (!is_new) return;
    b->identities++;
    if (!b->first)
        b->first = reach + 1;
    else if (!b->second)
        b->second = reach + 1;
}

/* ---- identities --------------------------------------------------------------------------------
 */

/* Who a sender is, or empty for an id that is nobody else's. The newer audit takes one id on two
 * accounts for two people; the older gateway has no such count, and there it is one. */
static struct str identity_of(struct grouping *g, const struct account *account, struct str id) {
    struct str name = identity_name(&g->identities, g->arena, account->channel, id);
    if (name.n) return str_concat(g->arena, STR("linked:"), name);
    if (g->s->model->gateway->audit_by_route) return STR("");
    return str_format(g->arena, "direct:" STR_FMT ":" STR_FMT, STR_ARG(account->channel),
                      STR_ARG(id));
}

/* ---- principals --------------------------------------------------------------------------------
 */

static struct str main_key(struct arena *a, const struct model *m, int32_t agent) {
    if (str_equal(m->session.scope.v, STR("global"))) return STR("global");
    return str_format(a, "agent:" STR_FMT ":main", STR_ARG(m->agents.v[agent].id));
}

static struct str effective_scope(const struct reach *r) {
    return r->isolated ? STR("per-account-channel-peer") : r->dm_scope;
}

static bool is_main_key(struct str key, struct str agent) {
    struct str prefix = STR("agent:"), suffix = STR(":main");
    return key.n == prefix.n + agent.n + suffix.n && str_starts(key, prefix) &&
           str_ends(key, suffix) && str_equal(str_slice(key, prefix.n, prefix.n + agent.n), agent);
}

struct str reach_session(struct arena *a, const struct reach *r) {
    const struct model *m = r->in->model;
    if (r->isolated)
        return str_format(a, "isolated:%u:" STR_FMT, (unsigned)r->account, STR_ARG(r->sender));
    bool is_main = is_main_key(r->session_key, m->agents.v[r->agent].id);
    return is_main ? main_key(a, m, r->agent) : r->session_key;
}

static struct bucket *symbolic_peer(struct grouping *g, int32_t agent) {
    struct bucket *b = bucket_of(g, agent, STR("symbolic:dm:peer"));
    b->symbolic = b->by_peer = true;
    return b;
}

static struct bucket *symbolic_channel(struct grouping *g, int32_t agent, struct str channel) {
    struct bucket *b =
        bucket_of(g, agent, str_concat(g->arena, STR("symbolic:dm:channel:"), channel));
    b->symbolic = true;
    return b;
}

static void add_known(struct grouping *g, uint32_t number) {
    const struct reach *r = &g->s->reaches.v[number];
    const struct account *account = &g->s->model->accounts.v[r->account];
    struct str identity = identity_of(g, account, r->sender);
    add_identity(g, bucket_of(g, r->agent, reach_session(g->arena, r)), number, identity);
    if (!g->symbolic) return;
    struct str scope = effective_scope(r);
    bool has_channel = str_equal(scope, STR("per-channel-peer")) ||
                       str_equal(scope, STR("per-account-channel-peer"));
    if (has_channel || str_equal(scope, STR("per-peer")))
        add_identity(g, symbolic_peer(g, r->agent), number, identity);
    if (has_channel)
        add_identity(g, symbolic_channel(g, r->agent, account->channel), number, identity);
}

static void add_unknown(struct grouping *g, uint32_t number) {
    const struct reach *r = &g->s->reaches.v[number];
    const struct account *account = &g->s->model->accounts.v[r->account];
    struct str scope = effective_scope(r);
    if (r->isolated || str_equal(scope, STR("per-account-channel-peer"))) return;
    struct str who = str_format(g->arena, "wildcard:" STR_FMT ":" STR_FMT "-" STR_FMT,
                                STR_ARG(scope), STR_ARG(account->channel), STR_ARG(account->id));
    if (str_equal(scope, STR("per-peer"))) {
        struct bucket *b = symbolic_peer(g, r->agent);
        b->has_unknown = true;
        add_identity(g, b, number, who);
    } else if (str_equal(scope, STR("per-channel-peer"))) {
        struct bucket *b = symbolic_channel(g, r->agent, account->channel);
        b->has_unknown = true;
        add_identity(g, b, number, who);
        add_identity(g, symbolic_peer(g, r->agent), number, who);
    } else {
        struct str key = main_key(g->arena, g->s->model, r->agent);
        add_identity(g, bucket_of(g, r->agent, key), number, str_concat(g->arena, who, STR(":1")));
        add_identity(g, bucket_of(g, r->agent, key), number, str_concat(g->arena, who, STR(":2")));
    }
}

static bool takes_part(const struct analysis *s, const struct reach *r) {
    const struct account *account = &s->model->accounts.v[r->account];
    bool admitted =
        s->model->gateway->audit_by_route ? audit_sees(s->model, account) : account->configured;
    return r->agent >= 0 && admitted && !account->duplicate_login &&
           (r->class == SENDER_KNOWN || r->class == SENDER_ANYONE);
}

/* ---- reports -----------------------------------------------------------------------------------
 */

static bool agent_has_peer_report(const struct grouping *g, int32_t agent) {
    for (size_t i = 0; i < g->buckets.n; i++) {
        const struct bucket *b = &g->buckets.v[i];
        if (b->agent == agent && b->by_peer && b->has_unknown && b->identities > 1) return true;
    }
    return false;
}

static bool is_reported(const struct grouping *g, const struct bucket *b) {
    if (b->identities < 2) return false;
    if (!b->symbolic) return true;
    return b->has_unknown && (b->by_peer || !agent_has_peer_report(g, b->agent));
}

static int by_utf16(const void *a, const void *b) {
    return str_compare_utf16(*(const struct str *)a, *(const struct str *)b);
}

static struct str join_accounts(struct arena *a, struct bucket *b) {
    qsort(b->accounts.v, b->accounts.n, sizeof *b->accounts.v, by_utf16);
    struct buf text = buf_new(a);
    for (size_t i = 0; i < b->accounts.n; i++) {
        if (i) buf_add_char(&text, '_');
        buf_add(&text, b->accounts.v[i]);
    }
    return buf_str(&text);
}

static place scope_place(const struct model *m, const struct reach *r) {
    if (r->binding >= 0) {
        const struct binding *b = &m->bindings.v[r->binding];
        node_id n = b->added ? 0 : tree_path(m->tree, (node_id)b->at, "session", "dmScope", NULL);
        if (n) return n;
    }
    /* Without a session block, who is let in says more than the whole file. */
    return model_nearer(m, m->session.dm_scope_text.at, r->at);
}

static void report(struct grouping *g, struct bucket *b) {
    struct analysis *s = g->s;
    const struct reach *first = &s->reaches.v[b->first - 1];
    const struct reach *second = b->second ? &s->reaches.v[b->second - 1] : first;
    struct shared_session *shared = &ARRAY_PUSH(s->arena, s->sessions);
    *shared = (struct shared_session){.in = s,
                                      .agent = b->agent,
                                      .session_key = b->key,
                                      .possible = b->symbolic,
                                      .principals = b->identities,
                                      .accounts_text = join_accounts(s->arena, b),
                                      .accounts = b->accounts.v,
                                      .n_accounts = b->accounts.n,
                                      .first = first,
                                      .second = second,
                                      .dm_scope = effective_scope(second),
                                      .scope_at = scope_place(s->model, second)};
}

struct ranked {
    struct str text;
    size_t index;
};

static int by_collation(const void *left, const void *right) {
    const struct ranked *a = left, *b = right;
    int order = collate_compare(a->text, b->text);
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

static void number_reports(struct analysis *s) {
    struct ranked *v = ARENA_ARRAY(s->arena, struct ranked, s->sessions.n);
    for (size_t i = 0; i < s->sessions.n; i++) {
        const struct shared_session *shared = &s->sessions.v[i];
        v[i] = (struct ranked){
            str_concat(s->arena, s->model->agents.v[shared->agent].id, shared->session_key), i};
    }
    if (s->sessions.n) qsort(v, s->sessions.n, sizeof *v, by_collation);
    for (size_t i = 0; i < s->sessions.n; i++) s->sessions.v[v[i].index].number = i + 1;
}

/* ---- the older count ---------------------------------------------------------------------------
 */

static void count_crowded(struct analysis *s) {
    const struct model *m = s->model;
    if (m->session.dm_scope != DM_MAIN) return;
    for (size_t i = 0; i < m->channels.n; i++) {
        const struct channel *c = &m->channels.v[i];
        for (uint32_t j = c->first_account; j < c->first_account + c->n_accounts; j++) {
            const struct account *a = &m->accounts.v[j];
            if (!audit_sees(m, a) || str_equal(a->audit_dm_policy.v, STR("disabled"))) continue;
            size_t admitted = audit_admitted(s, a);
            if (!a->audit_wildcard && admitted < 2) continue;
            ARRAY_PUSH(s->arena, s->crowded) =
                (struct crowded_channel){s, j, admitted, a->audit_wildcard};
            break;
        }
    }
}

/* The older audit sees a session when one of its accounts alone is crowded. */
static void mark_reported(const struct analysis *s, struct shared_session *shared) {
    shared->reported_by_gateway = s->model->gateway->audit_by_route;
    for (size_t i = 0; i < s->crowded.n; i++) {
        const struct account *a = &s->model->accounts.v[s->crowded.v[i].account];
        struct str name =
            str_format(s->arena, STR_FMT "-" STR_FMT, STR_ARG(a->channel), STR_ARG(a->id));
        for (size_t j = 0; j < shared->n_accounts; j++)
            if (str_equal(shared->accounts[j], name)) shared->reported_by_gateway = true;
    }
}

void analyse_sessions(struct analysis *s) {
    const struct model *m = s->model;
    if (m->session.dm_scope_text.symbolic) return; /* nothing is known of who shares what */
    struct grouping g = {.s = s,
                         .arena = s->arena,

                         .index = map_new(s->arena),
                         .seen = map_new(s->arena)};
    g.identities = identities_new(s->arena, &m->routing);
    for (size_t i = 0; i < s->reaches.n; i++)
        if (s->reaches.v[i].class == SENDER_ANYONE) g.symbolic = true;
    for (uint32_t i = 0; i < s->reaches.n; i++) {
        if (!takes_part(s, &s->reaches.v[i])) continue;
        if (s->reaches.v[i].class == SENDER_KNOWN)
            add_known(&g, i);
        else
            add_unknown(&g, i);
    }
    for (size_t i = 0; i < g.buckets.n; i++)
        if (is_reported(&g, &g.buckets.v[i])) report(&g, &g.buckets.v[i]);
    number_reports(s);
    count_crowded(s);
    for (size_t i = 0; i < s->sessions.n; i++) mark_reported(s, &s->sessions.v[i]);
}
