/* Directories and files of the host that several gateways have in their containers. */
#include <stdlib.h>

#include "analysis/fleet/sharing.h"

/* ---- state directories -------------------------------------------------------------------------
 */

static int by_gateway(const void *left, const void *right) {
    uint32_t a = ((const struct path_user *)left)->gateway;
    uint32_t b = ((const struct path_user *)right)->gateway;
    return (a > b) - (a < b);
}

/* Everybody who has mounted the directory or one above, the nearest mount first. */
static struct path_users *mounted_by(struct comparing *c, const struct path_index *mounts,
                                     struct str path) {
    struct path_users *all = ARENA_NEW(c->scratch, struct path_users);
    for (struct str at = path; at.n; at = fleet_above(at)) {
        const struct path_entry *e = path_index_get(mounts, at);
        for (size_t i = 0; e && i < e->users.list.n && fleet_work(c, 1); i++)
            ARRAY_PUSH(c->scratch, all->list) = e->users.list.v[i];
    }
    return all;
}

/* The state of one lies in what the other has mounted, wherever. Those of one state directory have
 * the same others: after the first who has any, each adds itself. */
static void compare_state(struct comparing *c, const struct path_entry *state,
                          struct path_users *others) {
    struct open_share *s = NULL;
    for (size_t i = 0; i < state->users.list.n; i++) {
        const struct path_user *own = &state->users.list.v[i];
        bool first = !s;
        for (size_t k = 0; !s && k < others->list.n; k++)
            if (others->list.v[k].gateway != own->gateway)
                s = fleet_share(c, "shared-state-dir", state->path, state->path);
        if (s) fleet_use(c, s, own->gateway, own->path->at);
        for (size_t k = 0; first && s && k < others->list.n; k++)
            fleet_use(c, s, others->list.v[k].gateway, others->list.v[k].path->at);
    }
    if (!s) return;
    qsort(others->list.v, others->list.n, sizeof *others->list.v, by_gateway);
    fleet_cover(c, state->path, 0, &state->users, others);
}

static void compare_states(struct comparing *c) {
    struct path_index mounts = path_index_new(c, 0, false);
    struct path_index states = path_index_new(c, 0, false);
    for (uint32_t i = 0; i < c->n; i++) {
        for (size_t k = 0; k < c->g[i]->mounts.n; k++) {
            const struct fleet_mount *m = &c->g[i]->mounts.v[k];
            struct fleet_path *p = ARENA_NEW(c->scratch, struct fleet_path);
            *p = (struct fleet_path){.located = m->source, .at = m->at};
            if (!m->socket) path_index_add(&mounts, i, p);
        }
        path_index_add(&states, i, &c->g[i]->state);
        if (!c->g[i]->state.located.n && !c->g[i]->service) c->fleet->state_unknown = true;
    }
    for (size_t i = 0; i < states.entries.n; i++) {
        const struct path_entry *e = &states.entries.v[i];
        compare_state(c, e, mounted_by(c, &mounts, e->path));
    }
}

/* ---- the others --------------------------------------------------------------------------------
 */

static void compare_configs(struct comparing *c) {
    struct path_index configs = path_index_new(c, SHARING_ONE_STATE, false);
    for (uint32_t i = 0; i < c->n; i++) path_index_add(&configs, i, &c->g[i]->config);
    path_index_share(&configs, "shared-config");
}

static void compare_workspaces(struct comparing *c) {
    struct path_index workspaces = path_index_new(c, SHARING_ONE_STATE | SHARING_READ_ONLY, true);
    for (uint32_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->g[i]->agents.n; k++)
            path_index_add(&workspaces, i, &c->g[i]->agents.v[k].workspace);
    path_index_share(&workspaces, "shared-workspace");
}

static void compare_credentials(struct comparing *c) {
    struct path_index x = path_index_new(c, SHARING_ONE_STATE | SHARING_SAID_ABOVE, false);
    for (uint32_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->g[i]->credentials.n; k++)
            path_index_add(&x, i, &c->g[i]->credentials.v[k]);
    path_index_share(&x, "shared-credentials");
}

void compare_paths(struct comparing *c) {
    compare_states(c);
    compare_configs(c);
    compare_workspaces(c);
    compare_credentials(c);
}
