/* How the comparisons note what they find. */
#include "analysis/fleet/compare.h"

#include <stdlib.h>

/* ---- findings ----------------------------------------------------------------------------------
 */

struct open_share *fleet_share(struct comparing *c, const char *kind, struct str key,
                               struct str resource) {
    struct str name = str_format(c->scratch, "%s\n" STR_FMT, kind, STR_ARG(key));
    bool is_new;
    uint32_t at = *map_put(&c->index, name, (uint32_t)c->open.n, &is_new);
    if (!is_new) return c->open.v[at];
    struct open_share *s = ARENA_NEW(c->scratch, struct open_share);
    *s = (struct open_share){.kind = kind, .resource = resource};
    ARRAY_PUSH(c->scratch, c->open) = s;
    return s;
}

/* The map is made once a list is too long to be searched. */
static bool is_user(struct comparing *c, struct open_share *s, uint32_t gateway) {
    enum { SEARCHED = 16 };
    if (s->users.n < SEARCHED) {
        for (size_t i = 0; i < s->users.n; i++)
            if (s->users.v[i] == gateway) return true;
        return false;
    }
    if (!s->known.arena) {
        s->known = map_new(c->scratch);
        for (size_t i = 0; i < s->users.n; i++)
            map_put(&s->known, c->g[s->users.v[i]]->name, 1, NULL);
    }
    return map_get(&s->known, c->g[gateway]->name) != NULL;
}

bool fleet_work(struct comparing *c, size_t n) {
    if (c->work < FLEET_WORK_MAX) c->work += n;
    if (c->work >= FLEET_WORK_MAX) c->fleet->cut = true;
    return c->work < FLEET_WORK_MAX;
}

void fleet_use(struct comparing *c, struct open_share *s, uint32_t gateway, place at) {
    if (!fleet_work(c, 1) || is_user(c, s, gateway)) return;
    if (c->uses == FLEET_USES_MAX) {
        c->fleet->cut = true;
        return;
    }
    c->uses++;
    ARRAY_PUSH(c->scratch, s->members) = (struct fleet_member){c->g[gateway], at, NULL};
    ARRAY_PUSH(c->scratch, s->users) = gateway;
    if (s->known.arena) map_put(&s->known, c->g[gateway]->name, 1, NULL);
}

struct open_share *fleet_alone(struct comparing *c, const char *kind, struct str resource,
                               uint32_t gateway, place at) {
    struct str key = str_format(c->scratch, "%u\n" STR_FMT, gateway, STR_ARG(resource));
    struct open_share *s = fleet_share(c, kind, key, resource);
    s->alone = true;
    fleet_use(c, s, gateway, at);
    return s;
}

struct open_share *fleet_two(struct comparing *c, const char *kind, struct str resource, uint32_t a,
                             place a_at, uint32_t b, place b_at) {
    uint32_t low = a < b ? a : b, high = a < b ? b : a;
    struct str key = str_format(c->scratch, "%u %u\n" STR_FMT, low, high, STR_ARG(resource));
    struct open_share *s = fleet_share(c, kind, key, resource);
    fleet_use(c, s, a, a_at);
    fleet_use(c, s, b, b_at);
    return s;
}

static int by_name(const void *left, const void *right) {
    const struct fleet_member *a = left, *b = right;
    return str_compare_utf16(a->gateway->name, b->gateway->name);
}

/* Alphabetically the first; a hooks token is reported where it stands, not where it opens a
 * gateway, and a workspace where it is named, not at the directory that it lies in. */
static size_t primary_of(const struct open_share *s) {
    bool token = str_equal(str_from(s->kind), STR("hooks-token-is-gateway-token"));
    bool workspace = str_equal(str_from(s->kind), STR("workspace-in-state"));
    for (size_t i = 0; i < s->members.n && s->members.n > 1 && (token || workspace); i++) {
        const struct fleet_member *m = &s->members.v[i];
        if (workspace ? !m->role : m->at == m->gateway->hooks_token.at) return i;
    }
    return 0;
}

void fleet_close(struct comparing *c) {
    for (size_t i = 0; i < c->open.n; i++) {
        struct open_share *s = c->open.v[i];
        if (!s->members.n || (s->members.n < 2 && !s->alone)) continue;
        qsort(s->members.v, s->members.n, sizeof *s->members.v, by_name);
        s->found.kind = s->kind;
        s->found.resource = str_copy(c->arena, s->resource);
        s->found.members = arena_copy(c->arena, s->members.v, s->members.n * sizeof *s->members.v);
        s->found.n = s->members.n;
        s->found.primary = primary_of(s);
        ARRAY_PUSH(c->arena, c->fleet->shares) = s->found;
    }
}

/* ---- helpers -----------------------------------------------------------------------------------
 */

struct str fleet_above(struct str path) {
    if (path.n <= 1) return STR("");
    size_t end = path.n;
    while (end && path.p[end - 1] != '/') end--;
    if (end <= 1) return str_slice(path, 0, end);
    return str_slice(path, 0, end - 1);
}

bool fleet_share_is_first(const struct fleet_share *share, size_t member) {
    for (size_t i = 0; i < member && share->tenants; i++)
        if (share->members[i].gateway == share->members[member].gateway) return false;
    return true;
}
