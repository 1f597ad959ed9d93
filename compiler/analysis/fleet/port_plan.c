/* Which ports to take instead of those that collide: one proposal for all of them, so that whoever
 * follows it has nothing to repair again. */
#include <stdlib.h>
#include <string.h>

#include "analysis/fleet/compare.h"
#include "analysis/fleet/free_ports.h"
#include "base/buf.h"

struct mover {
    const struct fleet_gateway *gateway;
    uint32_t number;
};

struct port_plan {
    struct comparing *c;
    bool *taken;
    int64_t *base; /* gateway -> the base port that it should have; 0: it may stay */
};

/* ---- base ports --------------------------------------------------------------------------------
 */

static int by_place(const void *left, const void *right) {
    const struct mover *a = left, *b = right;
    int order = str_compare(a->gateway->namespace, b->gateway->namespace);
    if (order) return order;
    if (a->gateway->port != b->gateway->port) return a->gateway->port < b->gateway->port ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* The gateways of one network namespace, by their ports: each that is too close to the last one
 * that stays moves. */
static void plan_group(struct port_plan *p, const struct mover *v, size_t n) {
    int64_t last = -FLEET_SPACING;
    bool moves = false;
    for (size_t i = 0; i < n; i++) {
        if (v[i].gateway->port - last >= FLEET_SPACING)
            last = v[i].gateway->port;
        else
            p->base[v[i].number] = -1;
        moves = moves || p->base[v[i].number] < 0;
    }
    if (!moves) return;
    memset(p->taken, 0, FREE_PORTS * sizeof *p->taken);
    for (uint32_t i = 0; i < p->c->n; i++)
        free_ports_take(p->taken, p->c->g[i], v->gateway->namespace, p->base[i] >= 0);
    for (size_t i = 0; i < n; i++) {
        int64_t *base = &p->base[v[i].number];
        if (*base >= 0) continue;
        *base = free_ports_base(p->taken);
        free_ports_take_base(p->taken, *base);
    }
}

static void plan_bases(struct port_plan *p) {
    struct comparing *c = p->c;
    struct mover *v = ARENA_ARRAY(c->arena, struct mover, c->n);
    for (uint32_t i = 0; i < c->n; i++) v[i] = (struct mover){c->g[i], i};
    qsort(v, c->n, sizeof *v, by_place);
    for (size_t i = 0; i < c->n;) {
        size_t end = i + 1;
        while (end < c->n && str_equal(v[i].gateway->namespace, v[end].gateway->namespace)) end++;
        if (end - i > 1) plan_group(p, &v[i], end - i);
        i = end;
    }
}

/* Nobody reads more of them than this. */
enum { SHOWN = 5 };

static struct str joined(struct buf *b, size_t n) {
    if (!n) return STR("");
    buf_add(b, n > SHOWN ? STR(", ... .") : STR("."));
    return buf_str(b);
}

/* ---- published ports ---------------------------------------------------------------------------
 */

static int64_t first_free(bool *taken) {
    enum { FIRST = 19100 };
    for (int64_t port = FIRST; port < FREE_PORTS; port++) {
        if (taken[port]) continue;
        taken[port] = true;
        return port;
    }
    return 0;
}

struct publishing {
    struct comparing *c;
    bool *taken;
    struct map keepers, moved; /* port -> the gateway that keeps it; gateway and port -> new one */
};

static void take_exactly(struct publishing *p) {
    for (uint32_t i = 0; i < p->c->n; i++) {
        const struct fleet_gateway *g = p->c->g[i];
        for (size_t k = 0; str_equal(g->namespace, STR("host")) && k < fleet_n_ports(g); k++)
            if (fleet_port_at(g, k) < FREE_PORTS) p->taken[fleet_port_at(g, k)] = true;
        for (size_t k = 0; g->service && k < g->service->ports.n; k++)
            if (g->service->ports.v[k].published > 0)
                p->taken[g->service->ports.v[k].published] = true;
    }
}

static struct str port_text(struct str resource) {
    size_t from = resource.n;
    while (from && resource.p[from - 1] != ':') from--;
    return str_slice(resource, from, resource.n);
}

static void choose_keeper(struct publishing *p, const struct open_share *s) {
    bool is_new;
    uint32_t *keeper = map_put(&p->keepers, port_text(s->resource), s->users.v[0], &is_new);
    for (size_t i = 0; i < s->users.n; i++)
        if (s->users.v[i] < *keeper) *keeper = s->users.v[i];
}

static void add_published(struct publishing *p, struct buf *b, uint32_t user, struct str port,
                          size_t *n) {
    bool is_new;
    struct str key = str_format(p->c->arena, "%u " STR_FMT, user, STR_ARG(port));
    uint32_t *to = map_put(&p->moved, key, 0, &is_new);
    if (is_new) *to = (uint32_t)first_free(p->taken);
    if (!*to || ++*n > SHOWN) return;
    buf_addf(b, *n > 1 ? ", that of " STR_FMT " on %u" : "Publish the port of " STR_FMT " on %u",
             STR_ARG(p->c->g[user]->name), *to);
}

static void advise_published(struct publishing *p, struct open_share *s) {
    struct buf b = buf_new(p->c->arena);
    struct str port = port_text(s->resource);
    size_t n = 0;
    for (size_t i = 0; i < s->users.n; i++)
        if (s->users.v[i] != *map_get(&p->keepers, port))
            add_published(p, &b, s->users.v[i], port, &n);
    s->found.advice = joined(&b, n);
}

/* ---- what to do --------------------------------------------------------------------------------
 */

static bool is_of(const struct open_share *s, const char *kind) {
    return s->users.n > 1 && str_equal(str_from(s->kind), str_from(kind));
}

/* Whether a gateway takes the port because of its base port. */
static bool is_derived(const struct fleet_gateway *g, int64_t port) {
    for (size_t i = 0; i < g->n_used_ports; i++)
        if (g->port + g->used_ports[i] == port) return true;
    for (size_t i = 0; i < g->ports.n; i++)
        if (g->ports.v[i].derived && g->ports.v[i].port == port) return true;
    return false;
}

/* A member of a conflict on the host that only publishes the port. */
static bool publishes(const struct fleet_gateway *g, const struct open_share *s) {
    return g->service && str_starts(s->resource, STR("ns host:")) &&
           !str_equal(g->namespace, STR("host"));
}

static void advise_bases(const struct port_plan *p, struct publishing *publishing,
                         struct open_share *s) {
    struct buf b = buf_new(p->c->arena);
    bool spacing = is_of(s, "port-spacing");
    int64_t port = strtoll(str_to_c(p->c->arena, port_text(s->resource)), NULL, 10);
    size_t n = 0;
    for (size_t i = 0; i < s->users.n; i++) {
        const struct fleet_gateway *g = p->c->g[s->users.v[i]];
        int64_t base = p->base[s->users.v[i]];
        if (publishes(g, s)) {
            add_published(publishing, &b, s->users.v[i], port_text(s->resource), &n);
            continue;
        }
        if (base <= 0 || !(spacing || is_derived(g, port)) || ++n > SHOWN) continue;
        buf_addf(&b,
                 n > 1 ? ", " STR_FMT " %lld"
                       : "Set the base port (gateway.port, or --port "
                         "where it is started with one) of " STR_FMT " to %lld",
                 STR_ARG(g->name), (long long)base);
    }
    s->found.advice = joined(&b, n);
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

static bool is_published(const struct open_share *s) {
    return is_of(s, "port-conflict") && !str_starts(s->resource, STR("ns "));
}

void propose_ports(struct comparing *c) {
    bool any = false;
    for (size_t i = 0; i < c->open.n; i++)
        any = any || is_of(c->open.v[i], "port-conflict") || is_of(c->open.v[i], "port-spacing");
    if (!any) return;
    struct port_plan plan = {c, ARENA_ARRAY(c->arena, bool, FREE_PORTS),
                             ARENA_ARRAY(c->arena, int64_t, c->n)};
    struct publishing p = {c, ARENA_ARRAY(c->arena, bool, FREE_PORTS), map_new(c->arena),
                           map_new(c->arena)};
    plan_bases(&plan);
    take_exactly(&p);
    for (size_t i = 0; i < c->open.n; i++)
        if (is_published(c->open.v[i])) choose_keeper(&p, c->open.v[i]);
    for (size_t i = 0; i < c->open.n; i++) {
        struct open_share *s = c->open.v[i];
        if (is_published(s))
            advise_published(&p, s);
        else if (is_of(s, "port-conflict") || is_of(s, "port-spacing"))
            advise_bases(&plan, &p, s);
    }
}
