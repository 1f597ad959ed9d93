/* Ports that several gateways want: published on one host, or taken in one network namespace. */
#include <stdlib.h>

#include "analysis/fleet/compare.h"
#include "compose/interpolate.h"

/* ---- published ports ---------------------------------------------------------------------------
 */

size_t fleet_n_ports(const struct fleet_gateway *g) {
    return g->n_used_ports + g->ports.n;
}

int64_t fleet_port_at(const struct fleet_gateway *g, size_t i) {
    return i < g->n_used_ports ? g->port + g->used_ports[i] : g->ports.v[i - g->n_used_ports].port;
}

static struct str port_resource(struct comparing *c, const struct fleet_gateway *g, int64_t port) {
    return str_format(c->arena, "ns " STR_FMT ":%lld", STR_ARG(g->namespace), (long long)port);
}

struct publication {
    const struct compose_port *port;
    struct str host; /* the machine */
    uint32_t gateway;
};

static int by_port(const void *left, const void *right) {
    const struct publication *a = left, *b = right;
    int host = str_compare(a->host, b->host);
    if (host) return host;
    if (a->port->published != b->port->published)
        return a->port->published < b->port->published ? -1 : 1;
    int order = str_compare(a->port->protocol, b->port->protocol);
    if (!order) order = str_compare(a->port->ip, b->port->ip);
    if (order) return order;
    return a->gateway < b->gateway ? -1 : a->gateway > b->gateway;
}

static bool is_wildcard(struct str ip) {
    return str_equal(ip, STR("0.0.0.0")) || str_equal(ip, STR("[::]"));
}

static bool same_port(const struct publication *a, const struct publication *b) {
    return a->port->published == b->port->published &&
           str_equal(a->port->protocol, b->port->protocol) && str_equal(a->host, b->host);
}

/* Entries of one port and one address; they stand side by side. */
struct group {
    const struct publication *v;
    size_t n;
};

static struct group group_at(const struct publication *v, size_t n, size_t at) {
    size_t end = at + 1;
    while (end < n && same_port(&v[at], &v[end]) && str_equal(v[at].port->ip, v[end].port->ip))
        end++;
    return (struct group){&v[at], end - at};
}

static void use_all(struct comparing *c, struct str ip, const struct group *g,
                    const struct group *other) {
    struct str resource =
        str_format(c->scratch, STR_FMT "%s" STR_FMT ":%d", STR_ARG(g->v[0].host),
                   g->v[0].host.n ? ":" : "", STR_ARG(ip), (int)g->v[0].port->published);
    struct open_share *share = fleet_share(c, "port-conflict", resource, resource);
    for (size_t i = 0; i < g->n; i++) {
        bool alone = other->v[0].gateway == g->v[i].gateway &&
                     other->v[other->n - 1].gateway == g->v[i].gateway;
        if (!alone) fleet_use(c, share, g->v[i].gateway, g->v[i].port->at);
    }
}

/* The entries of one port: those of one address meet, and those of all addresses meet any. */
static void compare_port(struct comparing *c, const struct publication *v, size_t n) {
    for (size_t i = 0; i < n;) {
        struct group g = group_at(v, n, i);
        i += g.n;
        use_all(c, g.v[0].port->ip, &g, &g);
        for (size_t k = i; k < n;) {
            struct group other = group_at(v, n, k);
            k += other.n;
            if (!is_wildcard(g.v[0].port->ip) && !is_wildcard(other.v[0].port->ip)) continue;
            use_all(c, STR("0.0.0.0"), &g, &other);
            use_all(c, STR("0.0.0.0"), &other, &g);
        }
    }
}

static void compare_published(struct comparing *c) {
    ARRAY(struct publication) all = {NULL, 0, 0};
    for (uint32_t i = 0; i < c->n; i++) {
        const struct compose_service *s = c->g[i]->service;
        if (!s || str_equal(s->network_mode, STR("host"))) continue;
        for (size_t k = 0; k < s->ports.n; k++)
            if (s->ports.v[k].published > 0)
                ARRAY_PUSH(c->scratch, all) =
                    (struct publication){&s->ports.v[k], c->g[i]->host, i};
    }
    if (all.n) qsort(all.v, all.n, sizeof *all.v, by_port);
    for (size_t i = 0; i < all.n;) {
        size_t end = i + 1;
        while (end < all.n && same_port(&all.v[i], &all.v[end])) end++;
        if (end - i > 1) compare_port(c, &all.v[i], end - i);
        i = end;
    }
}

/* What a service publishes, a gateway on the host cannot have. */
static void compare_published_with_host(struct comparing *c) {
    struct map taken = map_new(c->scratch);
    for (uint32_t i = 0; i < c->n; i++)
        for (size_t k = 0; !c->g[i]->service && k < fleet_n_ports(c->g[i]); k++)
            map_put(&taken, port_resource(c, c->g[i], fleet_port_at(c->g[i], k)), 1, NULL);
    for (uint32_t i = 0; i < c->n && taken.n; i++) {
        const struct compose_service *s = c->g[i]->service;
        if (!s || str_equal(s->network_mode, STR("host"))) continue;
        for (size_t k = 0; k < s->ports.n; k++) {
            const struct compose_port *p = &s->ports.v[k];
            struct str resource = str_format(c->scratch, "ns host:%d", (int)p->published);
            bool meets =
                p->published > 0 && str_equal(p->protocol, STR("tcp")) && map_get(&taken, resource);
            if (meets) fleet_use(c, fleet_share(c, "port-conflict", resource, resource), i, p->at);
        }
    }
}

/* ---- one network namespace ---------------------------------------------------------------------
 */

static void assume(struct open_share *share, struct str assumption) {
    if (!assumption.n) return;
    share->found.assumed = true;
    share->found.assumption = assumption;
}

static struct open_share *use_port(struct comparing *c, uint32_t i, int64_t port, place at) {
    struct str resource = port_resource(c, c->g[i], port);
    struct open_share *share = fleet_share(c, "port-conflict", resource, resource);
    fleet_use(c, share, i, at);
    return share;
}

/* Gateways of one base port: the second of them does not come so far as to use a browser. */
static bool is_alone_at_base(struct comparing *c, const struct map *bases, uint32_t i) {
    const uint32_t *n = map_get(bases, port_resource(c, c->g[i], c->g[i]->port));
    return !n || *n < 2;
}

static void add_used_ports(struct comparing *c, const struct map *bases, uint32_t i) {
    const struct fleet_gateway *g = c->g[i];
    for (size_t k = 0; k < g->n_used_ports; k++)
        if (g->port + g->used_ports[k] <= 65535)
            assume(use_port(c, i, g->port + g->used_ports[k], g->port_at), g->port_assumption);
    bool alone = is_alone_at_base(c, bases, i);
    for (size_t k = 0; k < g->ports.n; k++) {
        const struct fleet_port *p = &g->ports.v[k];
        if (p->derived && !alone) continue;
        struct open_share *share = use_port(c, i, p->port, p->at);
        if (!share->found.what.n) share->found.what = p->what;
        if (p->derived) assume(share, g->port_assumption);
    }
}

static void compare_used(struct comparing *c) {
    struct map bases = map_new(c->scratch);
    for (uint32_t i = 0; i < c->n; i++)
        ++*map_put(&bases, port_resource(c, c->g[i], c->g[i]->port), 0, NULL);
    for (uint32_t i = 0; i < c->n; i++) add_used_ports(c, &bases, i);
}

struct base_port {
    const struct fleet_gateway *gateway;
    uint32_t number;
};

static int by_base_port(const void *left, const void *right) {
    const struct base_port *a = left, *b = right;
    int order = str_compare(a->gateway->namespace, b->gateway->namespace);
    if (order) return order;
    if (a->gateway->port != b->gateway->port) return a->gateway->port < b->gateway->port ? -1 : 1;
    if (a->gateway->n_used_ports != b->gateway->n_used_ports)
        return a->gateway->n_used_ports < b->gateway->n_used_ports ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* Gateways of one port in one namespace that take the same ports beside it. */
struct port_group {
    const struct base_port *v;
    size_t n;
};

static bool is_one_group(const struct fleet_gateway *a, const struct fleet_gateway *b) {
    bool same = a->port == b->port && a->used_ports == b->used_ports &&
                a->n_used_ports == b->n_used_ports && a->ports.n == b->ports.n &&
                str_equal(a->namespace, b->namespace);
    for (size_t i = 0; same && i < a->ports.n; i++) same = a->ports.v[i].port == b->ports.v[i].port;
    return same;
}

static bool ports_collide(const struct fleet_gateway *a, const struct fleet_gateway *b) {
    for (size_t i = 0; i < fleet_n_ports(a); i++)
        for (size_t j = 0; j < fleet_n_ports(b); j++)
            if (fleet_port_at(a, i) == fleet_port_at(b, j)) return true;
    return false;
}

static void add_user(struct comparing *c, struct open_share *share, const struct base_port *user) {
    fleet_use(c, share, user->number, user->gateway->port_at);
    assume(share, user->gateway->port_assumption);
}

/* A finding for each two; where many gateways have one of the ports, one for all of them. */
static void add_spacing(struct comparing *c, const struct port_group *low,
                        const struct port_group *high) {
    enum { PAIRED = 64 };
    struct str resource = str_format(c->scratch, "%lld/%lld", (long long)low->v->gateway->port,
                                     (long long)high->v->gateway->port);
    struct str key = str_format(c->scratch, STR_FMT "\n" STR_FMT, STR_ARG(resource),
                                STR_ARG(low->v->gateway->namespace));
    bool paired = low->n * high->n <= PAIRED;
    struct open_share *all = paired ? NULL : fleet_share(c, "port-spacing", key, resource);
    for (size_t i = 0; all && i < low->n; i++) add_user(c, all, &low->v[i]);
    for (size_t i = 0; all && i < high->n; i++) add_user(c, all, &high->v[i]);
    for (size_t i = 0; paired && i < low->n; i++)
        for (size_t k = 0; k < high->n; k++) {
            const struct base_port *a = &low->v[i], *b = &high->v[k];
            struct open_share *s = fleet_two(c, "port-spacing", resource, a->number,
                                             a->gateway->port_at, b->number, b->gateway->port_at);
            add_user(c, s, a);
            add_user(c, s, b);
        }
}

/* Sorted by port, only neighbours within the spacing are compared. */
static void compare_spacing(struct comparing *c) {
    struct base_port *v = ARENA_ARRAY(c->scratch, struct base_port, c->n);
    struct port_group *groups = ARENA_ARRAY(c->scratch, struct port_group, c->n);
    size_t n = 0;
    for (uint32_t i = 0; i < c->n; i++) v[i] = (struct base_port){c->g[i], i};
    qsort(v, c->n, sizeof *v, by_base_port);
    for (size_t i = 0; i < c->n; i++)
        if (n && is_one_group(groups[n - 1].v->gateway, v[i].gateway))
            groups[n - 1].n++;
        else
            groups[n++] = (struct port_group){&v[i], 1};
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            const struct fleet_gateway *a = groups[i].v->gateway, *b = groups[j].v->gateway;
            if (!str_equal(a->namespace, b->namespace) || b->port - a->port >= FLEET_SPACING) break;
            if (fleet_work(c, 1) && !ports_collide(a, b)) add_spacing(c, &groups[i], &groups[j]);
        }
}

/* ---- what is reachable -------------------------------------------------------------------------
 */

/* Empty when Docker picks one: any, or one of a range. */
static struct str host_port(const struct compose_port *p) {
    bool picked = p->published < 0 && !interpolate_is_unknown(p->host);
    return picked ? STR("") : p->host;
}

/* The gateway's own port among those that its network namespace publishes. */
static void check_published(struct comparing *c, uint32_t i) {
    const struct fleet_gateway *g = c->g[i];
    const struct compose_service *owner = g->owner;
    if (!owner || str_equal(owner->network_mode, STR("host"))) return;
    for (size_t k = 0; k < owner->ports.n; k++) {
        const struct compose_port *p = &owner->ports.v[k];
        if (p->target != g->port || !str_equal(p->protocol, STR("tcp"))) continue;
        if (g->loopback)
            fleet_alone(c, "loopback-unreachable",
                        str_format(c->scratch, "port %lld", (long long)g->port), i, g->bind_at);
        if (!is_wildcard(p->ip)) continue;
        struct str resource =
            str_format(c->scratch, STR_FMT ":" STR_FMT, STR_ARG(p->ip), STR_ARG(host_port(p)));
        fleet_alone(c, "published-wildcard", resource, i, p->at);
    }
}

void compare_ports(struct comparing *c) {
    compare_published(c);
    compare_used(c);
    compare_published_with_host(c);
    compare_spacing(c);
    for (uint32_t i = 0; i < c->n; i++) check_published(c, i);
}
