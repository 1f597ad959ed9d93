/* Whose boundaries they are: gateways, or tenants with what they have of each. */
#include "analysis/fleet/boundary.h"

static const struct fleet_agent *agent_of(const struct fleet_gateway *g, struct str id) {
    for (size_t i = 0; i < g->agents.n; i++)
        if (str_equal(g->agents.v[i].id, id)) return &g->agents.v[i];
    return NULL;
}

static void add_agent(struct arena *a, struct boundary_part *part, const struct fleet_agent *agent,
                      struct str who, place at) {
    if (!agent) return;
    for (size_t i = 0; i < part->agents.n; i++)
        if (part->agents.v[i].agent == agent) return;
    ARRAY_PUSH(a, part->agents) = (struct boundary_agent){agent, who, at};
}

static bool claims_gateway(const struct fleet_tenant *t, struct str name) {
    for (size_t i = 0; i < t->gateways.n; i++)
        if (str_equal(t->gateways.v[i], name)) return true;
    return false;
}

/* The agents that are declared the tenant's, then those that its senders reach. */
static struct boundary_part part_in(struct arena *a, const struct fleet_gateway *g,
                                    const struct fleet_tenant *t, uint32_t tenant) {
    struct boundary_part part = {.gateway = g, .whole = claims_gateway(t, g->name)};
    for (size_t i = 0; i < t->agents.n && !part.whole; i++) {
        const struct fleet_claim *c = &t->agents.v[i];
        const struct fleet_agent *agent = agent_of(g, c->name);
        if (agent && (!c->gateway.n || str_equal(c->gateway, g->name)))
            add_agent(a, &part, agent, STR(""), agent->at);
    }
    for (size_t i = 0; i < g->uses.n && !part.whole; i++) {
        const struct fleet_use *use = &g->uses.v[i];
        if (use->tenant == tenant) add_agent(a, &part, agent_of(g, use->agent), use->who, use->at);
    }
    for (size_t i = 0; i < g->agents.n && part.whole; i++)
        add_agent(a, &part, &g->agents.v[i], STR(""), g->agents.v[i].at);
    return part;
}

static struct boundary_party tenant_party(struct arena *a, const struct fleet *fleet,
                                          const struct fleet_tenant *t, uint32_t tenant) {
    ARRAY(struct boundary_part) parts = {0};
    for (size_t i = 0; i < fleet->n; i++) {
        struct boundary_part part = part_in(a, fleet->gateways[i], t, tenant);
        if (part.whole || part.agents.n) ARRAY_PUSH(a, parts) = part;
    }
    return (struct boundary_party){t->name, tenant, parts.v, parts.n};
}

static struct boundary_party gateway_party(struct arena *a, const struct fleet_gateway *g) {
    struct boundary_part *part = ARENA_NEW(a, struct boundary_part);
    *part = (struct boundary_part){.gateway = g, .whole = true};
    return (struct boundary_party){g->name, 0, part, 1};
}

struct boundary_party *boundary_parties(struct arena *a, const struct fleet *fleet,
                                        const struct fleet_block *block, size_t *n) {
    size_t tenants = block ? block->tenants.n : 0;
    *n = tenants ? tenants : fleet->n;
    struct boundary_party *v = ARENA_ARRAY(a, struct boundary_party, *n);
    for (size_t i = 0; i < *n; i++)
        v[i] = tenants ? tenant_party(a, fleet, &block->tenants.v[i], (uint32_t)i)
                       : gateway_party(a, fleet->gateways[i]);
    return v;
}

const struct boundary_part *boundary_part_of(const struct boundary_party *p,
                                             const struct fleet_gateway *g) {
    for (size_t i = 0; i < p->n; i++)
        if (p->parts[i].gateway == g) return &p->parts[i];
    return NULL;
}
