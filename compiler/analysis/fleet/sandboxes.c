/* Sandbox containers on one Docker daemon, and sandboxes without a daemon. */
#include "analysis/fleet/compare.h"

/* The agent that was the first to want a container. */
struct holder {
    uint32_t gateway;
    place at;
};

struct containers {
    struct comparing *c;
    struct map index; /* container_key -> number in `first` */
    ARRAY(struct holder) first;
};

/* Equal for agents whose sandbox is one and the same container. */
static struct str container_key(struct comparing *c, const struct fleet_gateway *g,
                                const struct fleet_agent *a, bool shared) {
    bool by_workspace = g->data->sandbox_by_workspace && !shared;
    return str_format(c->scratch, STR_FMT "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT "\n" STR_FMT,
                      STR_ARG(g->daemon), STR_ARG(a->prefix), STR_ARG(a->scope),
                      STR_ARG(shared ? STR("") : a->id),
                      STR_ARG(by_workspace ? a->workspace.inside : STR("")));
}

/* What is called the same on a machine is one finding, also where there are several such
 * containers: those of two daemons, or of two workspaces. */
static void use_container(struct containers *k, struct str key, struct str resource, uint32_t i,
                          place at) {
    struct comparing *c = k->c;
    bool is_new;
    uint32_t number = *map_put(&k->index, key, (uint32_t)k->first.n, &is_new);
    if (is_new) {
        ARRAY_PUSH(c->scratch, k->first) = (struct holder){i, at};
        return;
    }
    const struct holder *first = &k->first.v[number];
    if (first->gateway == i) return;
    struct str name =
        str_format(c->scratch, STR_FMT "\n" STR_FMT, STR_ARG(c->g[i]->host), STR_ARG(resource));
    struct open_share *share = fleet_share(c, "sandbox-container-shared", name, resource);
    fleet_use(c, share, first->gateway, first->at);
    fleet_use(c, share, i, at);
}

static void check_agent(struct containers *k, uint32_t i, const struct fleet_agent *a) {
    struct comparing *c = k->c;
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
    use_container(k, container_key(c, g, a, shared), resource, i, a->sandbox_at);
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
    struct containers k = {.c = c, .index = map_new(c->scratch)};
    for (uint32_t i = 0; i < c->n; i++) {
        for (size_t n = 0; n < c->g[i]->agents.n; n++) check_agent(&k, i, &c->g[i]->agents.v[n]);
        check_spoke(c, i);
    }
}
