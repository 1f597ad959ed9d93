/* What two agents of one gateway share on the disk. */
#include <stdlib.h>

#include "analysis/analysis.h"
#include "model/locations.h"

struct located {
    struct str path;
    int32_t agent;
};

static int by_path(const void *left, const void *right) {
    const struct located *a = left, *b = right;
    struct str x = a->path, y = b->path;
    size_t n = x.n < y.n ? x.n : y.n;
    for (size_t i = 0; i < n; i++) {
        /* "/" before everything else, so that what lies below a path follows it directly. */
        int c = x.p[i] == '/' ? 0 : (unsigned char)x.p[i];
        int d = y.p[i] == '/' ? 0 : (unsigned char)y.p[i];
        if (c != d) return c - d;
    }
    if (x.n != y.n) return x.n < y.n ? -1 : 1;
    return a->agent - b->agent;
}

struct pairs {
    ARRAY(struct shared_path) list;
};

static void add_pair(const struct analysis *s, struct pairs *pairs, const struct located *outer,
                     const struct located *inner) {
    bool swap = outer->agent > inner->agent;
    ARRAY_PUSH(s->arena, pairs->list) =
        (struct shared_path){.in = s,
                             .first = swap ? inner->agent : outer->agent,
                             .second = swap ? outer->agent : inner->agent,
                             .nested = outer->path.n != inner->path.n,
                             .path = outer->path};
}

/* Every path is compared with the nearest one above it and the first equal one: enough to name each
 * agent that shares, without a finding for every pair of a large group. */
static struct pairs shared_paths(const struct analysis *s, struct located *v, size_t n) {
    struct pairs pairs = {0};
    if (n) qsort(v, n, sizeof *v, by_path);
    size_t *above = ARENA_ARRAY(s->arena, size_t, n + 1);
    size_t depth = 0;
    for (size_t i = 0; i < n; i++) {
        while (depth && !location_contains(v[above[depth - 1]].path, v[i].path)) depth--;
        if (depth) add_pair(s, &pairs, &v[above[depth - 1]], &v[i]);
        if (!depth || v[above[depth - 1]].path.n != v[i].path.n) above[depth++] = i;
    }
    return pairs;
}

static bool first_of_its_id(const struct analysis *s, size_t i) {
    return s->agents[i].same_id < 0;
}

void analyse_sharing(struct analysis *s) {
    const struct model *m = s->model;
    struct located *v = ARENA_ARRAY(s->arena, struct located, m->agents.n);
    size_t n = 0;
    for (size_t i = 0; i < m->agents.n; i++)
        if (first_of_its_id(s, i) && !m->agents.v[i].workspace.symbolic)
            v[n++] = (struct located){m->agents.v[i].workspace.v, (int32_t)i};
    struct pairs workspaces = shared_paths(s, v, n);
    n = 0;
    for (size_t i = 0; i < m->agents.n; i++)
        if (first_of_its_id(s, i) && !m->agents.v[i].agent_dir.symbolic)
            v[n++] = (struct located){m->agents.v[i].agent_dir.v, (int32_t)i};
    struct pairs dirs = shared_paths(s, v, n);
    s->workspaces.v = workspaces.list.v;
    s->workspaces.n = s->workspaces.capacity = workspaces.list.n;
    s->agent_dirs.v = dirs.list.v;
    s->agent_dirs.n = s->agent_dirs.capacity = dirs.list.n;
}
