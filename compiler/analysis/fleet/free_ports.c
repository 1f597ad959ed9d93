#include "analysis/fleet/free_ports.h"

/* No base port from `first` to `last`. */
static void take(bool *taken, int64_t first, int64_t last) {
    for (int64_t p = first > 0 ? first : 0; p <= last && p < FREE_PORTS; p++) taken[p] = true;
}

void free_ports_take_base(bool *taken, int64_t base) {
    if (base > 0) take(taken, base - PORT_SPAN, base + PORT_SPAN);
}

static void take_own(bool *taken, const struct fleet_gateway *g, bool with_base) {
    if (with_base) free_ports_take_base(taken, g->port);
    for (size_t i = 0; i < g->ports.n; i++) {
        int64_t port = g->ports.v[i].port;
        if (!g->ports.v[i].derived) take(taken, port - PORT_SPAN, port);
    }
}

void free_ports_take(bool *taken, const struct fleet_gateway *g, struct str namespace,
                     bool with_base) {
    if (str_equal(g->namespace, namespace)) take_own(taken, g, with_base);
    const struct compose_service *s = g->service;
    if (!s || !str_equal(namespace, STR("host")) || str_equal(s->network_mode, namespace)) return;
    for (size_t i = 0; i < s->ports.n; i++)
        if (s->ports.v[i].published > 0)
            take(taken, s->ports.v[i].published - PORT_SPAN, s->ports.v[i].published);
}

int64_t free_ports_base(const bool *taken) {
    enum { FIRST = 18789, STEP = 1000 };
    for (int64_t port = FIRST; port + PORT_SPAN < FREE_PORTS; port += STEP)
        if (!taken[port]) return port;
    for (int64_t port = FIRST; port + PORT_SPAN < FREE_PORTS; port++)
        if (!taken[port]) return port;
    return 0;
}
