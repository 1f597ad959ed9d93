#include "commands/tenants.h"

static void warn_at(struct run *run, node_id at, struct str message) {
    struct diag *d = diag_add(run->diags, SEVERITY_WARN, "project", tree_span(run->tree, at),
                              STR_FMT, STR_ARG(message));
    d->own = true;
}

static bool is_gateway(const struct fleet_question *q, struct str name) {
    for (size_t i = 0; i < q->n; i++)
        if (str_equal(q->gateways[i]->name, name)) return true;
    return false;
}

/* A run may look at some of the gateways only. */
static void warn_of_gateways(struct run *run, const struct fleet_question *q,
                             const struct fleet_tenant *t) {
    for (size_t k = 0; k < t->gateways.n && q->n > 1; k++)
        if (!is_gateway(q, t->gateways.v[k]))
            warn_at(run, t->at,
                    str_format(run->arena,
                               "tenant " STR_FMT " has a gateway " STR_FMT
                               ", which is not in this run",
                               STR_ARG(t->name), STR_ARG(t->gateways.v[k])));
}

/* How many gateways have an agent that a claim can mean. */
static size_t count_agents(const struct fleet_question *q, const struct fleet_claim *c) {
    size_t n = 0;
    for (size_t i = 0; i < q->n; i++) {
        const struct fleet_gateway *g = q->gateways[i];
        if (c->gateway.n && !str_equal(c->gateway, g->name)) continue;
        for (size_t k = 0; k < g->agents.n; k++)
            if (str_equal(g->agents.v[k].id, c->name)) {
                n++;
                break;
            }
    }
    return n;
}

static void warn_of_agents(struct run *run, const struct fleet_question *q,
                           const struct fleet_tenant *t) {
    for (size_t k = 0; k < t->agents.n; k++) {
        const struct fleet_claim *c = &t->agents.v[k];
        size_t n = count_agents(q, c);
        if (c->gateway.n && q->n == 1 && !is_gateway(q, c->gateway)) continue;
        if (!n)
            warn_at(run, c->at,
                    str_format(run->arena,
                               "tenant " STR_FMT " has an agent " STR_FMT
                               ", which no gateway of this run has",
                               STR_ARG(t->name), STR_ARG(c->name)));
        if (n > 1)
            warn_at(
                run, c->at,
                str_format(run->arena,
                           "tenant " STR_FMT " has an agent " STR_FMT
                           ", and so have %zu gateways: all of them count; write GATEWAY/" STR_FMT
                           " for one",
                           STR_ARG(t->name), STR_ARG(c->name), n, STR_ARG(c->name)));
    }
}

static bool is_met(const struct fleet_question *q, size_t tenant, size_t sender) {
    for (size_t i = 0; i < q->n; i++)
        for (size_t k = 0; k < q->gateways[i]->uses.n; k++) {
            const struct fleet_use *use = &q->gateways[i]->uses.v[k];
            if (use->tenant == tenant && use->sender == sender) return true;
        }
    return false;
}

/* Facts of gateways do not tell whom their lists admit. */
static bool senders_are_known(const struct fleet_question *q) {
    for (size_t i = 0; i < q->n; i++)
        if (!q->gateways[i]->model) return false;
    return q->n > 0;
}

static void warn_of_senders(struct run *run, const struct fleet_question *q, size_t tenant) {
    const struct fleet_tenant *t = &q->block->tenants.v[tenant];
    for (size_t k = 0; k < t->senders.n && senders_are_known(q); k++)
        if (!is_met(q, tenant, k))
            warn_at(run, t->senders.v[k].at,
                    str_format(run->arena,
                               "tenant " STR_FMT " has a sender " STR_FMT
                               ", whom no account of this run lets in",
                               STR_ARG(t->name), STR_ARG(t->senders.v[k].name)));
}

void tenants_warn(struct run *run, const struct fleet_question *q) {
    size_t n = q->block->tenants.n;
    if (n > FLEET_MAX_TENANTS)
        warn_at(run, q->block->tenants.v[FLEET_MAX_TENANTS].at,
                str_format(run->arena,
                           "%zu tenants are too many to be held against each other (at most %d): "
                           "nothing is said of what they share",
                           n, FLEET_MAX_TENANTS));
    for (size_t i = 0; i < n; i++) {
        warn_of_gateways(run, q, &q->block->tenants.v[i]);
        warn_of_agents(run, q, &q->block->tenants.v[i]);
        warn_of_senders(run, q, i);
    }
}

void tenants_accept(struct run *run, struct boundary *b) {
    struct str rule = STR("fleet.tenant-boundary"), today = run_today(run->arena);
    for (size_t i = 0; i < run->project.accepted.n; i++) {
        const struct accepted *a = &run->project.accepted.v[i];
        bool expired = a->until.n && str_compare(a->until, today) < 0;
        if (!str_equal(a->id, rule) || !a->reason.n || expired) continue;
        for (enum boundary_item item = 0; item < BOUNDARY_ITEMS; item++) {
            struct boundary_answer *answer = &b->answers[item];
            bool meant = !a->where.n || str_equal(a->where, boundary_resource(run->arena, b, item));
            if (answer->state == BOUNDARY_SHARED && meant) answer->accepted = a->reason;
        }
    }
}
