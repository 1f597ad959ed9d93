/* Facts of several machines: what is one thing on one machine is another one on the next. */
#include "analysis/fleet/facts_shape.h"

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

/* The root of a machine is called by its label alone, so that all paths of it lie below. */
static void label_path(struct arena *a, struct str host, struct str *located) {
    bool root = str_equal(*located, STR("/"));
    *located = fleet_facts_on(a, host, *located);
    if (root) located->n--;
}

/* Elsewhere an address is the same browser for everybody. */
static bool is_of_machine(struct str endpoint) {
    static const struct str own[] = {{"127.", 4}, {"localhost", 9}, {"[::1]", 5}};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (str_find(endpoint, own[i], 0) != SIZE_MAX) return true;
    return false;
}

void fleet_facts_label(struct arena *a, struct fleet_gateway *g) {
    if (!g->host.n) return;
    label_path(a, g->host, &g->state.located);
    label_path(a, g->host, &g->config.located);
    label_path(a, g->host, &g->log.located);
    for (size_t i = 0; i < g->credentials.n; i++)
        label_path(a, g->host, &g->credentials.v[i].located);
    for (size_t i = 0; i < g->session_stores.n; i++)
        label_path(a, g->host, &g->session_stores.v[i].located);
    for (size_t i = 0; i < g->stores.n; i++) label_path(a, g->host, &g->stores.v[i].located);
    for (size_t i = 0; i < g->mounts.n; i++) label_path(a, g->host, &g->mounts.v[i].source);
    for (size_t i = 0; i < g->agents.n; i++) {
        label_path(a, g->host, &g->agents.v[i].workspace.located);
        label_path(a, g->host, &g->agents.v[i].dir.located);
    }
    g->namespace = fleet_facts_on(a, g->host, g->namespace);
    g->daemon = fleet_facts_on(a, g->host, g->daemon);
    for (size_t i = 0; i < g->browsers.n; i++)
        if (is_of_machine(g->browsers.v[i].endpoint))
            g->browsers.v[i].endpoint = fleet_facts_on(a, g->host, g->browsers.v[i].endpoint);
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
            v[i]->name = source_name(t->sources, file);
    }
    count = count_names(a, all, n, false);
    struct str *names = ARENA_ARRAY(a, struct str, n);
    for (size_t i = 0; i < n; i++) {
        names[i] = v[i]->name;
        if (v[i]->host.n && *map_get(&count, v[i]->name) > 1)
            names[i] = str_format(a, STR_FMT "/" STR_FMT, STR_ARG(v[i]->host), STR_ARG(v[i]->name));
    }
    for (size_t i = 0; i < n; i++) v[i]->name = names[i];
}
