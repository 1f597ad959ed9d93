#include "analysis/fleet/boundary.h"

#include "model/locations.h"

/* What a finding of the fleet says about the list. */
static const struct {
    const char *kind;
    enum boundary_item item;
} kinds[] = {
    {"shared-state-dir", BOUNDARY_STATE},
    {"shared-config", BOUNDARY_STATE},
    {"shared-workspace", BOUNDARY_WORKSPACE},
    {"shared-volume-rw", BOUNDARY_WORKSPACE},
    {"knowledge-writable", BOUNDARY_WORKSPACE},
    {"sandbox-container-shared", BOUNDARY_WORKSPACE},
    {"shared-channel-identity", BOUNDARY_CHANNELS},
    {"shared-credentials", BOUNDARY_CHANNELS},
    {"shared-secret-file", BOUNDARY_CHANNELS},
    {"duplicate-gateway-token", BOUNDARY_TOKEN},
    {"duplicate-hooks-token", BOUNDARY_TOKEN},
    {"hooks-token-is-gateway-token", BOUNDARY_TOKEN},
    {"port-conflict", BOUNDARY_PORT},
    {"port-spacing", BOUNDARY_PORT},
    {"shared-network", BOUNDARY_PORT},
    {"shared-session-store", BOUNDARY_SESSIONS},
    {"session-store-in-volume", BOUNDARY_SESSIONS},
    {"shared-agent-store", BOUNDARY_WORKSPACE},
    {"agent-store-in-volume", BOUNDARY_WORKSPACE},
    {"shared-log", BOUNDARY_LOGS},
    {"shared-browser", BOUNDARY_BROWSER},
    {"shared-secret-file", BOUNDARY_MODELS},
    {"docker-socket", BOUNDARY_HOST},
    {"host-network", BOUNDARY_HOST},
};

/* ---- what is shared ----------------------------------------------------------------------------
 */

static bool is_alone(const struct fleet_share *share) {
    return share->n == 1;
}

static bool overlap(struct str a, struct str b) {
    return a.n && b.n && (location_contains(a, b) || location_contains(b, a));
}

/* Whether what a gateway shares is the party's: of a workspace, when an agent of its own has it. */
static bool concerns(const struct boundary_party *p, const struct fleet_share *f,
                     const struct fleet_gateway *g) {
    const struct boundary_part *part = boundary_part_of(p, g);
    if (!part || part->whole || !str_equal(str_from(f->kind), STR("shared-workspace")))
        return part != NULL;
    for (size_t i = 0; i < part->agents.n; i++)
        if (overlap(part->agents.v[i].agent->workspace.located, f->resource)) return true;
    return false;
}

/* A finding counts when each has a part in it, in gateways of their own; one about a way to the
 * host, when either has. Another service's network namespace is no way to the host. */
static void take_share(struct answering *s, enum boundary_item item, const struct fleet_share *f) {
    size_t first = 0, second = 0, either = 0;
    for (size_t i = 0; i < f->n; i++) {
        bool of_first = concerns(s->b->a, f, f->members[i].gateway);
        bool of_second = concerns(s->b->b, f, f->members[i].gateway);
        first += of_first;
        second += of_second;
        either += of_first || of_second;
    }
    bool counts = is_alone(f) ? either > 0 : first && second && either > 1;
    bool elsewhere =
        str_equal(str_from(f->kind), STR("host-network")) && !str_equal(f->resource, STR("host"));
    if (!counts || elsewhere) return;
    if (str_equal(str_from(f->kind), STR("port-spacing"))) { /* nothing is shared yet */
        boundary_doubt(s, item,
                       "the base ports are fewer than 20 apart: ports of later browsers may meet");
        return;
    }
    boundary_share(s, item, str_format(s->arena, "%s: " STR_FMT, f->kind, STR_ARG(f->resource)));
    for (size_t i = 0; i < f->n; i++)
        if (concerns(s->b->a, f, f->members[i].gateway) ||
            concerns(s->b->b, f, f->members[i].gateway))
            boundary_point(s, item, f->members[i].gateway, f->members[i].at, STR(""));
    struct str collide = STR("the ports of the browser control collide");
    bool said = str_find(s->b->answers[BOUNDARY_BROWSER].what, collide, 0) != SIZE_MAX;
    bool namespace = str_starts(f->resource, STR("ns "));
    bool ports = str_equal(str_from(f->kind), STR("port-conflict"));
    if (ports && namespace && !said) boundary_share(s, BOUNDARY_BROWSER, collide);
}

static void take_shares(struct answering *s, const struct fleet *fleet) {
    for (size_t i = 0; i < fleet->shares.n; i++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            if (str_equal(str_from(fleet->shares.v[i].kind), str_from(kinds[k].kind)))
                take_share(s, kinds[k].item, &fleet->shares.v[i]);
}

static void compare_model_keys(struct answering *s, const struct fleet_gateway *x,
                               const struct fleet_gateway *y) {
    struct map keys = map_new(s->arena);
    if (!x->service || !y->service) return;
    for (size_t i = 0; i < x->service->environment.n; i++) {
        const struct compose_variable *v = &x->service->environment.v[i];
        if (fleet_is_model_key(v->name) && v->value.n) map_put(&keys, v->value, (uint32_t)i, NULL);
    }
    for (size_t i = 0; i < y->service->environment.n && keys.n; i++) {
        const struct compose_variable *w = &y->service->environment.v[i];
        const uint32_t *same = fleet_is_model_key(w->name) ? map_get(&keys, w->value) : NULL;
        if (!same) continue;
        const struct compose_variable *v = &x->service->environment.v[*same];
        boundary_share(s, BOUNDARY_MODELS, v->name);
        boundary_point(s, BOUNDARY_MODELS, x, v->at, STR(""));
        boundary_point(s, BOUNDARY_MODELS, y, w->at, STR(""));
    }
}

static void compare_namespaces(struct answering *s, const struct fleet_gateway *x,
                               const struct fleet_gateway *y) {
    if (!x->service || x->owner != y->owner || !str_equal(x->namespace, y->namespace)) return;
    boundary_share(s, BOUNDARY_PORT,
                   str_format(s->arena, "network namespace of " STR_FMT, STR_ARG(x->namespace)));
    const struct fleet_gateway *guest = x->owner == x->service ? y : x;
    boundary_point(s, BOUNDARY_PORT, guest, guest->service->network_mode_at, STR(""));
}

static void compare_logs(struct answering *s, const struct fleet_gateway *x,
                         const struct fleet_gateway *y) {
    struct str a = x->log.located, b = y->log.located;
    if (!overlap(a, b) || !(x->service || y->service)) return; /* of the host: shared-log */
    boundary_share(s, BOUNDARY_LOGS, a.n < b.n ? a : b);
    boundary_point(s, BOUNDARY_LOGS, x, x->log.at, STR(""));
    boundary_point(s, BOUNDARY_LOGS, y, y->log.at, STR(""));
}

/* ---- what is not known -------------------------------------------------------------------------
 */

static void doubt_gateway(struct answering *s, const struct fleet_gateway *g) {
    bool known = g->service || g->state.located.n;
    if (!known) {
        boundary_doubt(s, BOUNDARY_STATE, "the state directory is not known");
        boundary_doubt(s, BOUNDARY_SESSIONS, "they lie in the state directory, which is not known");
        boundary_doubt(s, BOUNDARY_BROWSER, "it lies in the state directory, which is not known");
    }
    if (!g->config_seen) {
        boundary_doubt(s, BOUNDARY_WORKSPACE, "the config is not in the files");
        boundary_doubt(s, BOUNDARY_CHANNELS, "the config is not in the files");
    }
    if (!g->token.known && !g->password.known)
        boundary_doubt(s, BOUNDARY_TOKEN, "a token is not in the files");
    if (!g->service || !g->config_seen)
        boundary_doubt(s, BOUNDARY_MODELS,
                       "keys may be kept by the gateway or come from its environment");
}

static void doubt_always(struct answering *s) {
    boundary_doubt(s, BOUNDARY_BACKUPS, "backups are made outside of these files");
    boundary_doubt(s, BOUNDARY_HOST,
                   "who may log in to the host, or use Docker there, is not in the files");
}

/* Two gateways, one of each party. */
static void compare_gateways(struct answering *s, const struct fleet_gateway *x,
                             const struct fleet_gateway *y) {
    compare_model_keys(s, x, y);
    compare_namespaces(s, x, y);
    compare_logs(s, x, y);
    doubt_gateway(s, x);
    doubt_gateway(s, y);
}

struct boundary boundary_between(struct arena *a, const struct fleet *fleet,
                                 const struct boundary_party *first,
                                 const struct boundary_party *second) {
    struct boundary b = {.a = first, .b = second};
    struct answering s = {a, &b};
    for (size_t i = 0; i < BOUNDARY_ITEMS; i++) b.answers[i].what = STR("");
    for (size_t i = 0; i < BOUNDARY_ITEMS && !(first->n && second->n); i++)
        boundary_doubt(&s, (enum boundary_item)i, "nothing of one of them is in the files");
    take_shares(&s, fleet);
    if (b.answers[BOUNDARY_STATE].state == BOUNDARY_SHARED) {
        boundary_share(&s, BOUNDARY_SESSIONS, STR("they lie in the state directory"));
        boundary_share(&s, BOUNDARY_BROWSER, STR("it lies in the state directory"));
        boundary_share(&s, BOUNDARY_CHANNELS,
                       STR("logins and pairings of channels lie in the state directory"));
        boundary_share(&s, BOUNDARY_MODELS, STR("logins of models lie in the state directory"));
    }
    for (size_t i = 0; i < first->n; i++)
        for (size_t k = 0; k < second->n; k++)
            if (first->parts[i].gateway == second->parts[k].gateway)
                boundary_inside(&s, &first->parts[i], &second->parts[k]);
    for (size_t i = 0; i < first->n; i++)
        for (size_t k = 0; k < second->n; k++)
            if (first->parts[i].gateway != second->parts[k].gateway)
                compare_gateways(&s, first->parts[i].gateway, second->parts[k].gateway);
    doubt_always(&s);
    return b;
}
