/* What gateways on one host share beside ports and directories of their own: log files, browsers.
 */
#include "analysis/fleet/compare.h"

/* ---- logs --------------------------------------------------------------------------------------
 */

/* The default directory belongs to whoever came first: the gateway of another user, who has another
 * home, takes another one. */
static struct str log_key(const struct comparing *c, const struct fleet_gateway *g) {
    struct str path = g->log.located; /* of facts: HOST:path */
    if (g->host.n) path = str_slice(path, g->host.n + 1, path.n);
    if (!str_equal(path, STR("/tmp/openclaw"))) return g->log.located;
    return str_format(c->arena, STR_FMT "\n" STR_FMT, STR_ARG(g->log.located), STR_ARG(g->home));
}

static void compare_logs(struct comparing *c) {
    for (uint32_t i = 0; i < c->n; i++) {
        const struct fleet_gateway *g = c->g[i];
        if (g->service || !g->log.located.n) continue;
        struct str key = log_key(c, g);
        fleet_use(c, fleet_share(c, "shared-log", key, g->log.located), i, g->log.at);
    }
}

/* ---- browsers ----------------------------------------------------------------------------------
 */

/* A browser that no config names is its gateway's own: when its port is taken, that is said. */
static void compare_browsers(struct comparing *c) {
    struct map chosen = map_new(c->arena);
    for (uint32_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->g[i]->browsers.n; k++)
            if (c->g[i]->browsers.v[k].chosen)
                map_put(&chosen, c->g[i]->browsers.v[k].endpoint, 1, NULL);
    for (uint32_t i = 0; i < c->n && chosen.n; i++)
        for (size_t k = 0; k < c->g[i]->browsers.n; k++) {
            const struct fleet_browser *b = &c->g[i]->browsers.v[k];
            if (!map_get(&chosen, b->endpoint)) continue;
            fleet_use(c, fleet_share(c, "shared-browser", b->endpoint, b->endpoint), i, b->at);
        }
}

/* ---- workspaces --------------------------------------------------------------------------------
 */

/* A gateway's own lies in its own state directory as a rule. The nearest one above counts. */
static void find_foreign(struct comparing *c, const struct map *states, uint32_t i,
                         const struct fleet_path *workspace) {
    for (struct str path = workspace->located; path.n; path = fleet_above(path)) {
        const uint32_t *owner = map_get(states, path);
        if (!owner) continue;
        if (str_equal(c->g[*owner]->state.located, c->g[i]->state.located)) return;
        struct open_share *s = fleet_two(c, "workspace-in-state", workspace->located, i,
                                         workspace->at, *owner, c->g[*owner]->state.at);
        if (s->members.n == 2) s->members.v[1].role = "has this state directory";
        return;
    }
}

static void compare_workspaces(struct comparing *c) {
    struct map states = map_new(c->scratch);
    for (uint32_t i = 0; i < c->n; i++)
        if (!c->g[i]->service && c->g[i]->state.located.n)
            map_put(&states, c->g[i]->state.located, i, NULL);
    for (uint32_t i = 0; i < c->n && states.n; i++)
        for (size_t k = 0; !c->g[i]->service && k < c->g[i]->agents.n; k++)
            find_foreign(c, &states, i, &c->g[i]->agents.v[k].workspace);
}

void compare_hosts(struct comparing *c) {
    compare_logs(c);
    compare_browsers(c);
    compare_workspaces(c);
}
