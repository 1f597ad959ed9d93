/* Mounts that several gateways have: what one writes the others read. */
#include <stdlib.h>

#include "analysis/fleet/sharing.h"
#include "model/locations.h"

/* A gateway that has a resource, or something above it, mounted. */
struct volume_user {
    uint32_t gateway;
    bool writes;
    place at;
};

struct volume {
    struct str source;
    ARRAY(struct volume_user) direct; /* with this very source */
};

struct volumes {
    struct comparing *c;
    struct map numbers; /* source -> number in `list` */
    ARRAY(struct volume) list;
};

static void add_mount(struct volumes *v, uint32_t gateway, const struct fleet_mount *m) {
    bool is_new;
    uint32_t at = *map_put(&v->numbers, m->source, (uint32_t)v->list.n, &is_new);
    if (is_new) ARRAY_PUSH(v->c->scratch, v->list) = (struct volume){.source = m->source};
    ARRAY_PUSH(v->c->scratch, v->list.v[at].direct) =
        (struct volume_user){gateway, !m->read_only, m->at};
}

struct volume_users {
    ARRAY(struct volume_user) list;
};

static int by_gateway(const void *left, const void *right) {
    const struct volume_user *a = left, *b = right;
    if (a->gateway != b->gateway) return a->gateway < b->gateway ? -1 : 1;
    return a->writes == b->writes ? 0 : a->writes ? -1 : 1; /* shown at what writes */
}

/* Every gateway once; it writes when one of its mounts does. */
static struct volume_users users_of(struct volumes *v, struct str source) {
    struct volume_users all = {{NULL, 0, 0}};
    for (struct str at = source; at.n; at = fleet_above(at)) {
        const uint32_t *number = map_get(&v->numbers, at);
        if (!number) continue;
        const struct volume *volume = &v->list.v[*number];
        for (size_t i = 0; i < volume->direct.n && fleet_work(v->c, 1); i++)
            ARRAY_PUSH(v->c->scratch, all.list) = volume->direct.v[i];
    }
    if (all.list.n) qsort(all.list.v, all.list.n, sizeof *all.list.v, by_gateway);
    size_t kept = 0;
    for (size_t i = 0; i < all.list.n; i++)
        if (!kept || all.list.v[kept - 1].gateway != all.list.v[i].gateway)
            all.list.v[kept++] = all.list.v[i];
    all.list.n = kept;
    return all;
}

/* A finding about a shared directory says it already: of two of the users, about a path that is
 * this one, above or below it. */
static bool is_covered(const struct volumes *v, struct str source,
                       const struct volume_users *users) {
    uint32_t *gateways = ARENA_ARRAY(v->c->scratch, uint32_t, users->list.n);
    for (size_t i = 0; i < users->list.n; i++) gateways[i] = users->list.v[i].gateway;
    return fleet_is_covered(v->c, source, gateways, users->list.n);
}

/* What the operator declares is so on every machine. */
static bool is_knowledge(const struct comparing *c, struct str source, struct str host) {
    if (host.n) source = str_slice(source, host.n + 1, source.n);
    for (size_t i = 0; i < c->block->knowledge.n; i++) {
        struct str entry = location_normal(c->scratch, c->block->knowledge.v[i]);
        if (location_contains(entry, source)) return true;
    }
    return false;
}

static void use(struct volumes *v, const char *kind, struct str source,
                const struct volume_users *users, bool writers_only) {
    struct open_share *s = fleet_share(v->c, kind, source, source);
    for (size_t i = 0; i < users->list.n; i++)
        if (users->list.v[i].writes || !writers_only)
            fleet_use(v->c, s, users->list.v[i].gateway, users->list.v[i].at);
}

static void check_volume(struct volumes *v, struct str source) {
    struct volume_users users = users_of(v, source);
    size_t writers = 0;
    for (size_t i = 0; i < users.list.n; i++) writers += users.list.v[i].writes;
    if (users.list.n < 2 || !writers || is_covered(v, source, &users)) return;
    if (writers == 1 || is_knowledge(v->c, source, v->c->g[users.list.v[0].gateway]->host))
        use(v, "knowledge-writable", source, &users, false);
    else
        use(v, "shared-volume-rw", source, &users, true);
}

void compare_volumes(struct comparing *c) {
    struct volumes v = {.c = c, .numbers = map_new(c->scratch)};
    for (uint32_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->g[i]->mounts.n; k++)
            if (!c->g[i]->mounts.v[k].socket) add_mount(&v, i, &c->g[i]->mounts.v[k]);
    for (size_t i = 0; i < v.list.n; i++) check_volume(&v, v.list.v[i].source);
}
