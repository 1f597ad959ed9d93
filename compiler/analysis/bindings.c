/* Bindings: whether they can win, and whether what they name exists. */
#include "analysis/analysis.h"
#include "model/ids.h"

static bool same_texts(const struct text_list *a, const struct text_list *b) {
    if (a->n != b->n) return false;
    for (size_t i = 0; i < a->n; i++)
        if (!str_equal(a->v[i].v, b->v[i].v)) return false;
    return true;
}

static bool same_match(const struct model *m, const struct binding *a, const struct binding *b) {
    const struct route_binding *x = &m->routing.bindings[a->route];
    const struct route_binding *y = &m->routing.bindings[b->route];
    return str_equal(x->channel, y->channel) && !x->account.p == !y->account.p &&
           str_equal(x->account, y->account) && x->peer == y->peer &&
           x->peer_kind == y->peer_kind && str_equal(x->peer_id, y->peer_id) &&
           str_equal(x->guild, y->guild) && str_equal(x->team, y->team) &&
           same_texts(&a->roles, &b->roles);
}

/* Channels by name, and the accounts that can run by channel and id. */
struct directory {
    struct arena *arena;
    struct map channels; /* -> number, from 1 */
    struct map accounts;
};

static struct str account_key(struct arena *a, struct str channel, struct str account) {
    return str_format(a, "%zu " STR_FMT " " STR_FMT, channel.n, STR_ARG(channel), STR_ARG(account));
}

static struct directory make_directory(struct arena *a, const struct model *m) {
    struct directory d = {a, map_new(a), map_new(a)};
    for (size_t i = 0; i < m->channels.n; i++)
        map_put(&d.channels, m->channels.v[i].name, (uint32_t)i + 1, NULL);
    for (size_t i = 0; i < m->accounts.n; i++) {
        const struct account *account = &m->accounts.v[i];
        if (account_runs(account))
            map_put(&d.accounts, account_key(a, account->channel, account->id), 1, NULL);
    }
    return d;
}

static const struct channel *find_channel(const struct directory *d, const struct model *m,
                                          struct str name) {
    const uint32_t *number = map_get(&d->channels, name);
    return number ? &m->channels.v[*number - 1] : NULL;
}

static struct str nearest(struct str name, struct str candidate, size_t *best, struct str meant) {
    size_t distance = str_distance(name, candidate, 2);
    if (distance >= *best) return meant;
    *best = distance;
    return candidate;
}

static struct str channel_meant(const struct model *m, struct str name) {
    struct str channel = gateway_channel_of(m->gateway, name);
    if (!str_equal(channel, name)) return channel;
    struct str meant = STR("");
    size_t best = name.n > 4 ? 3 : 2;
    for (size_t i = 0; i < m->gateway->channels.n; i++)
        meant = nearest(name, m->gateway->channels.v[i], &best, meant);
    return meant;
}

static void look_up_account(const struct directory *d, const struct model *m,
                            const struct binding *b, const struct channel *channel,
                            struct binding_facts *f) {
    f->channel_accounts = channel->n_running;
    f->account_known =
        str_equal(b->account_pattern, STR("*")) || b->account.symbolic ||
        map_get(&d->accounts, account_key(d->arena, channel->name, b->account_pattern));
    const struct account *accounts = &m->accounts.v[channel->first_account];
    size_t best = 3;
    enum { COMPARED = 200 };
    for (size_t i = 0; i < channel->n_accounts && !f->account_known && i < COMPARED; i++)
        if (account_runs(&accounts[i]))
            f->account_meant = nearest(b->account_pattern, accounts[i].id, &best, f->account_meant);
}

static struct str agent_meant(const struct model *m, struct str written) {
    struct str id = ids_agent(m->arena, written), meant = STR("");
    size_t best = 3;
    enum { COMPARED = 200 };
    for (size_t i = 0; i < m->agents.n && i < COMPARED; i++)
        meant = nearest(id, m->agents.v[i].id, &best, meant);
    return meant;
}

static void look_up(const struct directory *d, struct analysis *s, const struct binding *b,
                    struct binding_facts *f) {
    const struct model *m = s->model;
    struct str agent = ids_trim(b->agent.v);
    f->agent_known = model_agent(m, ids_agent(m->arena, agent)) >= 0 ||
                     (m->gateway->roster_entries && str_equal(agent, STR("main"))) ||
                     (!m->gateway->roster_entries && !m->loaded->roster.agents.n);
    if (!agent.n && !m->gateway->roster_entries) f->agent_known = true; /* the default agent */
    if (b->agent.symbolic) f->agent_known = true;
    if (!f->agent_known && !b->agent.symbolic) f->agent_meant = agent_meant(m, agent);
    const struct channel *channel = find_channel(d, m, b->channel_token);
    f->channel_known = channel != NULL || b->channel.symbolic;
    f->channel_off = channel && !channel->enabled;
    if (channel)
        look_up_account(d, m, b, channel, f);
    else
        f->channel_meant = channel_meant(m, b->channel_token);
}

void analyse_bindings(struct analysis *s) {
    const struct model *m = s->model;
    s->bindings = ARENA_ARRAY(s->arena, struct binding_facts, m->bindings.n);
    struct arena *scratch = arena_new();
    struct directory d = make_directory(scratch, m);
    for (size_t i = 0; i < m->bindings.n; i++) {
        const struct binding *b = &m->bindings.v[i];
        struct binding_facts *f = &s->bindings[i];
        *f = (struct binding_facts){.in = s, .binding = b, .index = (uint32_t)i, .shadowed_by = -1};
        if (b->added) {
            f->agent_known = f->channel_known = f->account_known = true;
            continue;
        }
        look_up(&d, s, b, f);
        if (b->route < 0) continue;
        int32_t winner = resolve_shadowed_by(s->resolver, (size_t)b->route);
        if (winner < 0) continue;
        f->shadowed_by = (int32_t)m->routing.bindings[winner].index;
        f->duplicate = same_match(m, b, &m->bindings.v[f->shadowed_by]);
    }
    arena_free(scratch);
}
