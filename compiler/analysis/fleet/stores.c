/* Sessions, memory and files of sandboxes that configs put into one place. What lies in a state
 * directory is its own, or is shared with it, which is said of that. */
#include "analysis/fleet/compare.h"
#include "model/locations.h"

static void use(struct comparing *c, uint32_t i, const char *kind, const struct fleet_path *path) {
    struct str state = c->g[i]->state.located;
    if (!path->located.n || (state.n && location_contains(state, path->located))) return;
    fleet_use(c, fleet_share(c, kind, path->located, path->located), i, path->at);
}

void compare_stores(struct comparing *c) {
    for (uint32_t i = 0; i < c->n; i++) {
        const struct fleet_gateway *g = c->g[i];
        for (size_t k = 0; k < g->session_stores.n; k++)
            use(c, i, "shared-session-store", &g->session_stores.v[k]);
        for (size_t k = 0; k < g->stores.n; k++) use(c, i, "shared-agent-store", &g->stores.v[k]);
    }
}
