/* Directories and files of the host that several gateways have in their containers. */
#include "analysis/fleet_compare.h"
#include "model/locations.h"

/* A path that a gateway uses as something, and the gateway. */
struct user {
    uint32_t gateway;
    const struct fleet_path *path;
};

struct users {
    ARRAY(struct user) list;
};

/* path -> its users. */
struct path_index {
    struct arena *arena;
    struct map numbers;
    ARRAY(struct users) users;
    ARRAY(struct str) paths;
};

static void index_add(struct path_index *x, uint32_t gateway, const struct fleet_path *path) {
    if (!path->located.n) return;
    bool is_new;
    uint32_t at = *map_put(&x->numbers, path->located, (uint32_t)x->users.n, &is_new);
    if (is_new) {
        ARRAY_PUSH(x->arena, x->users) = (struct users){{NULL, 0, 0}};
        ARRAY_PUSH(x->arena, x->paths) = path->located;
    }
    ARRAY_PUSH(x->arena, x->users.v[at].list) = (struct user){gateway, path};
}

static const struct users *index_get(const struct path_index *x, struct str path) {
    const uint32_t *at = map_get(&x->numbers, path);
    return at ? &x->users.v[*at] : NULL;
}

static struct path_index index_new(struct comparing *c) {
    return (struct path_index){.arena = c->arena, .numbers = map_new(c->arena)};
}

/* Both lie in the one state directory of the two: said once, of the directory. */
static bool in_one_state(const struct comparing *c, const struct user *a, const struct user *b) {
    struct str state = c->g[a->gateway]->state.located;
    return state.n && str_equal(state, c->g[b->gateway]->state.located) &&
           location_contains(state, a->path->located) && location_contains(state, b->path->located);
}

static void use_both(struct comparing *c, struct open_share *s, const struct user *a,
                     const struct user *b) {
    fleet_use(c, s, a->gateway, a->path->at);
    fleet_use(c, s, b->gateway, b->path->at);
    fleet_cover(c, s->resource, a->gateway, b->gateway);
}

/* ---- state directories -------------------------------------------------------------------------
 */

/* The state of one lies in what the other has mounted, wherever. */
static void compare_states(struct comparing *c) {
    struct path_index mounts = index_new(c);
    for (uint32_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->g[i]->mounts.n; k++) {
            const struct fleet_mount *m = &c->g[i]->mounts.v[k];
            struct fleet_path *p = ARENA_NEW(c->arena, struct fleet_path);
            *p = (struct fleet_path){.located = m->source, .at = m->at};
            if (!m->socket) index_add(&mounts, i, p);
        }
    for (uint32_t i = 0; i < c->n; i++) {
        const struct fleet_path *state = &c->g[i]->state;
        if (!state->located.n && !c->g[i]->service) c->fleet->state_unknown = true;
        struct user own = {i, state};
        for (struct str at = state->located; at.n; at = fleet_above(at)) {
            const struct users *u = index_get(&mounts, at);
            for (size_t k = 0; u && k < u->list.n; k++) {
                if (u->list.v[k].gateway == i) continue;
                struct open_share *s =
                    fleet_share(c, "shared-state-dir", state->located, state->located);
                use_both(c, s, &own, &u->list.v[k]);
            }
        }
    }
}

/* ---- configs -----------------------------------------------------------------------------------
 */

static void compare_configs(struct comparing *c) {
    struct path_index configs = index_new(c);
    for (uint32_t i = 0; i < c->n; i++) index_add(&configs, i, &c->g[i]->config);
    for (size_t i = 0; i < configs.users.n; i++) {
        const struct users *u = &configs.users.v[i];
        for (size_t j = 0; j < u->list.n; j++)
            for (size_t k = j + 1; k < u->list.n; k++) {
                const struct user *a = &u->list.v[j], *b = &u->list.v[k];
                if (in_one_state(c, a, b)) continue;
                struct open_share *s =
                    fleet_share(c, "shared-config", configs.paths.v[i], configs.paths.v[i]);
                bool first = s->members.n == 0;
                bool locked = a->path->read_only && b->path->read_only;
                s->found.read_only = locked && (first || s->found.read_only);
                use_both(c, s, a, b);
            }
    }
}

/* ---- workspaces --------------------------------------------------------------------------------
 */

static void meet_workspaces(struct comparing *c, struct str path, const struct users *outer,
                            const struct user *inner, bool equal) {
    for (size_t k = 0; outer && k < outer->list.n; k++) {
        const struct user *other = &outer->list.v[k];
        bool again = equal && other->gateway < inner->gateway; /* met the other way around */
        bool locked = other->path->read_only && inner->path->read_only;
        if (other->gateway == inner->gateway || again || locked) continue;
        if (in_one_state(c, other, inner)) continue;
        use_both(c, fleet_share(c, "shared-workspace", path, path), other, inner);
    }
}

static void compare_workspaces(struct comparing *c) {
    struct path_index workspaces = index_new(c);
    for (uint32_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->g[i]->agents.n; k++)
            index_add(&workspaces, i, &c->g[i]->agents.v[k].workspace);
    for (size_t i = 0; i < workspaces.users.n; i++)
        for (size_t k = 0; k < workspaces.users.v[i].list.n; k++) {
            const struct user *inner = &workspaces.users.v[i].list.v[k];
            struct str at = workspaces.paths.v[i];
            meet_workspaces(c, at, &workspaces.users.v[i], inner, true);
            for (at = fleet_above(at); at.n; at = fleet_above(at))
                meet_workspaces(c, at, index_get(&workspaces, at), inner, false);
        }
}

/* ---- credentials -------------------------------------------------------------------------------
 */

/* Users are in the order of the gateways. */
static const struct user *user_of(const struct users *u, uint32_t gateway) {
    size_t low = 0, high = u ? u->list.n : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct user *user = &u->list.v[middle];
        if (user->gateway == gateway) return user;
        if (user->gateway < gateway)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* A directory above is shared by the same two: that says it. */
static bool is_said_above(const struct comparing *c, const struct path_index *x, struct str path,
                          uint32_t a, uint32_t b) {
    for (struct str at = fleet_above(path); at.n; at = fleet_above(at)) {
        const struct users *u = index_get(x, at);
        const struct user *first = user_of(u, a), *second = user_of(u, b);
        if (first && second && !in_one_state(c, first, second)) return true;
    }
    return false;
}

static void compare_credentials(struct comparing *c) {
    struct path_index x = index_new(c);
    for (uint32_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->g[i]->credentials.n; k++)
            index_add(&x, i, &c->g[i]->credentials.v[k]);
    for (size_t i = 0; i < x.users.n; i++) {
        const struct users *u = &x.users.v[i];
        struct str path = x.paths.v[i];
        for (size_t j = 0; j < u->list.n; j++)
            for (size_t k = j + 1; k < u->list.n; k++) {
                const struct user *a = &u->list.v[j], *b = &u->list.v[k];
                if (a->gateway == b->gateway || in_one_state(c, a, b)) continue;
                if (is_said_above(c, &x, path, a->gateway, b->gateway)) continue;
                use_both(c, fleet_share(c, "shared-credentials", path, path), a, b);
            }
    }
}

void compare_paths(struct comparing *c) {
    compare_states(c);
    compare_configs(c);
    compare_workspaces(c);
    compare_credentials(c);
}
