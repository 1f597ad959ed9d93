/* Facts of several machines: what is one thing on one machine is another one on the next. */
#include "analysis/fleet_facts_shape.h"

bool fleet_facts_is_host(struct str label) {
    enum { LONGEST = 64 };
    for (size_t i = 0; i < label.n; i++) {
        char c = label.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '.' && c != '_' && c != '-') return false;
    }
    return label.n && label.n <= LONGEST;
}

struct str fleet_facts_on(struct arena *a, struct str host, struct str thing) {
    if (!host.n || !thing.n) return thing;
    return str_format(a, STR_FMT ":" STR_FMT, STR_ARG(host), STR_ARG(thing));
}

/* What becomes of a path. */
struct change {
    struct str host;     /* its machine */
    struct str from, to; /* how its gateway was called, and is called now */
};

/* The root of a machine is called by its label alone, so that all paths of it lie below. */
static void label_path(struct arena *a, const struct change *c, struct str *located) {
    bool root = str_equal(*located, STR("/"));
    *located = fleet_facts_on(a, c->host, *located);
    if (root) located->n--;
}

/* Everything of a gateway that lies somewhere on its machine. */
static void each_path(struct arena *a, struct fleet_gateway *g,
                      void (*change)(struct arena *a, const struct change *c, struct str *located),
                      const struct change *c) {
    change(a, c, &g->state.located);
    change(a, c, &g->config.located);
    change(a, c, &g->log.located);
    for (size_t i = 0; i < g->credentials.n; i++) change(a, c, &g->credentials.v[i].located);
    for (size_t i = 0; i < g->mounts.n; i++) change(a, c, &g->mounts.v[i].source);
    for (size_t i = 0; i < g->agents.n; i++) {
        change(a, c, &g->agents.v[i].workspace.located);
        change(a, c, &g->agents.v[i].dir.located);
    }
}

/* Elsewhere an address is the same browser for everybody. */
static bool is_of_machine(struct str endpoint) {
    static const struct str own[] = {{"127.", 4}, {"localhost", 9}, {"[::1]", 5}};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (str_find(endpoint, own[i], 0) != SIZE_MAX) return true;
    return false;
}

void fleet_facts_label(struct arena *a, struct fleet_gateway *g) {
    struct change c = {.host = g->host};
    if (!g->host.n) return;
    each_path(a, g, label_path, &c);
    g->namespace = fleet_facts_on(a, g->host, g->namespace);
    g->daemon = fleet_facts_on(a, g->host, g->daemon);
    for (size_t i = 0; i < g->browsers.n; i++)
        if (is_of_machine(g->browsers.v[i].endpoint))
            g->browsers.v[i].endpoint = fleet_facts_on(a, g->host, g->browsers.v[i].endpoint);
}

/* A state directory that is not known is called by its gateway: of two gateways it is two. */
static void rename_path(struct arena *a, const struct change *c, struct str *located) {
    if (!str_starts(*located, c->from)) return;
    *located = str_concat(a, c->to, str_slice(*located, c->from.n, located->n));
}

static struct str unknown_state(struct arena *a, const struct fleet_gateway *g, struct str name) {
    struct str symbol = str_format(a, "<state of " STR_FMT ">", STR_ARG(name));
    return fleet_facts_on(a, g->host, symbol);
}

static void rename_gateway(struct arena *a, struct fleet_gateway *g, struct str name) {
    struct change c = {.from = unknown_state(a, g, g->name), .to = unknown_state(a, g, name)};
    if (!g->service) each_path(a, g, rename_path, &c);
    g->name = name;
}

/* A name and how many have it. */
static struct map count_names(struct arena *a, const struct fleet_gateway *const *v, size_t n,
                              bool on_host) {
    struct map count = map_new(a);
    for (size_t i = 0; i < n; i++)
        ++*map_put(&count, on_host ? fleet_facts_on(a, v[i]->host, v[i]->name) : v[i]->name, 0,
                   NULL);
    return count;
}

void fleet_facts_name(struct arena *a, const struct tree *t, struct fleet_gateway *const *v,
                      size_t n) {
    const struct fleet_gateway *const *all = (const struct fleet_gateway *const *)v;
    struct map count = count_names(a, all, n, true);
    for (size_t i = 0; i < n; i++) {
        struct str name = fleet_facts_on(a, v[i]->host, v[i]->name);
        uint32_t file = place_span(t, v[i]->at).file;
        if (!v[i]->service && *map_get(&count, name) > 1)
            rename_gateway(a, v[i], source_name(t->sources, file));
    }
    count = count_names(a, all, n, false);
    struct str *names = ARENA_ARRAY(a, struct str, n);
    for (size_t i = 0; i < n; i++) {
        names[i] = v[i]->name;
        if (v[i]->host.n && *map_get(&count, v[i]->name) > 1)
            names[i] = str_format(a, STR_FMT "/" STR_FMT, STR_ARG(v[i]->host), STR_ARG(v[i]->name));
    }
    for (size_t i = 0; i < n; i++)
        if (!str_equal(v[i]->name, names[i])) rename_gateway(a, v[i], names[i]);
}
