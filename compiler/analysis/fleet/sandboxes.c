/* Sandbox containers on one Docker daemon, and sandboxes without a daemon. */
#include "analysis/fleet/compare.h"

/* Equal for agents whose sandbox is one and the same container. */
static struct str container_key(struct comparing *c, const struct fleet_gateway *g,
                                const struct fleet_agent *a, bool shared) {
    bool by_workspace = g->data->sandbox_by_workspace && !shared;
    return str_format(c->scratch, STR_FMT "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT,
                      STR_ARG(g->daemon), STR_ARG(a->prefix), STR_ARG(a->scope),
                      STR_ARG(shared ? STR("") : a->id),
                      STR_ARG(by_workspace ? a->workspace.inside : STR("")));
}

static void check_agent(struct comparing *c, uint32_t i, const struct fleet_agent *a) {
    const struct fleet_gateway *g = c->g[i];
    if (!a->sandboxed || !a->docker) return;
    if (!g->daemon.n) {
        fleet_alone(c, "sandbox-unavailable", a->id, i, a->sandbox_at);
        return;
    }
    bool shared = str_equal(a->scope, STR("shared"));
    struct str resource =
        str_format(c->scratch, STR_FMT "%s" STR_FMT, STR_ARG(a->prefix),
                   shared ? "shared" : "agent:", STR_ARG(shared ? STR("") : a->id));
    fleet_use(c,
              fleet_share(c, "sandbox-container-shared", container_key(c, g, a, shared), resource),
              i, a->sandbox_at);
}

static void check_spoke(struct comparing *c, uint32_t i) {
    const struct fleet_gateway *g = c->g[i];
    struct str hub = c->block->hub;
    if (!hub.n || str_equal(g->name, hub)) return;
    for (size_t k = 0; k < g->agents.n; k++)
        if (!g->agents.v[k].sandboxed)
            fleet_alone(c, "spoke-unsandboxed", g->agents.v[k].id, i, g->agents.v[k].at);
}

void compare_sandboxes(struct comparing *c) {
    for (uint32_t i = 0; i < c->n; i++) {
        for (size_t k = 0; k < c->g[i]->agents.n; k++) check_agent(c, i, &c->g[i]->agents.v[k]);
        check_spoke(c, i);
    }
}
