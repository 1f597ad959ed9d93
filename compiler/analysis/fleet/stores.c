/* Sessions, memory and files of sandboxes that configs put into one place. What lies in a state
 * directory is its own, or is shared with it, which is said of that. */
#include "analysis/fleet/compare.h"
#include "model/locations.h"

struct store_kind {
    const char *on_host, *in_volume;
};

/* In Compose they lie in a volume of both, which is a finding of its own; there only the checklist
 * asks for what is in it. */
static void use(struct comparing *c, uint32_t i, const struct store_kind *kind,
                const struct fleet_path *path) {
    struct str state = c->g[i]->state.located;
    const char *name = c->g[i]->service ? kind->in_volume : kind->on_host;
    if (!path->located.n || (state.n && location_contains(state, path->located))) return;
    fleet_use(c, fleet_share(c, name, path->located, path->located), i, path->at);
}

void compare_stores(struct comparing *c) {
    static const struct store_kind sessions = {"shared-session-store", "session-store-in-volume"},
                                   others = {"shared-agent-store", "agent-store-in-volume"};
    for (uint32_t i = 0; i < c->n; i++) {
        const struct fleet_gateway *g = c->g[i];
        for (size_t k = 0; k < g->session_stores.n; k++)
            use(c, i, &sessions, &g->session_stores.v[k]);
        for (size_t k = 0; k < g->stores.n; k++) use(c, i, &others, &g->stores.v[k]);
    }
}
