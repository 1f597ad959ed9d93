#include "analysis/boundary.h"

#include "model/locations.h"

/* ---- words -------------------------------------------------------------------------------------
 */

static const struct {
    const char *name, *risk;
} items[BOUNDARY_ITEMS] = {
    [BOUNDARY_STATE] = {"state directory",
                        "Each reads and changes the other's sessions, pairings and credentials."},
    [BOUNDARY_WORKSPACE] = {"workspace",
                            "What one writes steers the agents of the other, and can be read."},
    [BOUNDARY_BROWSER] = {"browser profile", "One acts with the logins of the other's browser."},
    [BOUNDARY_CHANNELS] =
        {"channel credentials",
         "Messages for one reach the other, and each writes in the other's name."},
    [BOUNDARY_MODELS] = {"model credentials",
                         "Costs and limits are one, and revoking the key stops both."},
    [BOUNDARY_TOKEN] = {"gateway token", "Whoever operates or calls one does so with the other."},
    [BOUNDARY_PORT] = {"port", "The second does not start, or each reaches the other."},
    [BOUNDARY_LOGS] = {"logs", "What was said to one can be read by the other."},
    [BOUNDARY_BACKUPS] = {"backups", "Whoever restores a backup has all that is in it."},
    [BOUNDARY_HOST] = {"access to the host",
                       "Whoever has the host, or its Docker daemon, has everything on it."},
};

const char *boundary_item_name(enum boundary_item item) {
    return items[item].name;
}

const char *boundary_item_risk(enum boundary_item item) {
    return items[item].risk;
}

const char *boundary_state_name(enum boundary_state state) {
    static const char *const names[] = {"separate", "shared", "undecided"};
    return names[state];
}

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
    {"docker-socket", BOUNDARY_HOST},
    {"host-network", BOUNDARY_HOST},
};

/* ---- parties -----------------------------------------------------------------------------------
 */

static const struct fleet_gateway *gateway_of(const struct fleet *fleet, struct str name) {
    for (size_t i = 0; i < fleet->n; i++)
        if (str_equal(fleet->gateways[i]->name, name)) return fleet->gateways[i];
    return NULL;
}

static void set_tenant(struct arena *a, const struct fleet *fleet, const struct fleet_tenant *t,
                       struct boundary_party *party) {
    const struct fleet_gateway **v = ARENA_ARRAY(a, const struct fleet_gateway *, t->gateways.n);
    *party = (struct boundary_party){.name = t->name, .gateways = v};
    for (size_t i = 0; i < t->gateways.n; i++) {
        const struct fleet_gateway *g = gateway_of(fleet, t->gateways.v[i]);
        if (g) v[party->n++] = g;
    }
}

struct boundary_party *boundary_parties(struct arena *a, const struct fleet *fleet,
                                        const struct fleet_block *block, size_t *n) {
    size_t tenants = block ? block->tenants.n : 0;
    *n = tenants ? tenants : fleet->n;
    struct boundary_party *v = ARENA_ARRAY(a, struct boundary_party, *n);
    for (size_t i = 0; i < *n; i++) {
        if (tenants)
            set_tenant(a, fleet, &block->tenants.v[i], &v[i]);
        else
            v[i] = (struct boundary_party){fleet->gateways[i]->name, &fleet->gateways[i], 1};
    }
    return v;
}

static bool is_of(const struct boundary_party *p, const struct fleet_gateway *g) {
    for (size_t i = 0; i < p->n; i++)
        if (p->gateways[i] == g) return true;
    return false;
}

/* ---- what is shared ----------------------------------------------------------------------------
 */

struct answering {
    struct arena *arena;
    struct boundary *b;
};

/* Nobody reads more of what is shared than this. */
enum { SHOWN = 8, POINTED = 32 };

static void share(struct answering *s, enum boundary_item item, struct str what) {
    struct boundary_answer *answer = &s->b->answers[item];
    answer->state = BOUNDARY_SHARED;
    if (++answer->n > SHOWN + 1) return;
    if (answer->n > SHOWN) what = STR("and more");
    bool first = answer->n == 1;
    answer->what =
        first ? what
              : str_format(s->arena, STR_FMT "; " STR_FMT, STR_ARG(answer->what), STR_ARG(what));
}

static void point(struct answering *s, enum boundary_item item, const struct fleet_gateway *g,
                  place at) {
    if (s->b->answers[item].places.n < POINTED)
        ARRAY_PUSH(s->arena, s->b->answers[item].places) = (struct boundary_place){g, at};
}

static bool is_alone(const struct fleet_share *share) {
    return share->n == 1;
}

/* A finding counts when both have a part in it; one about a way to the host, when either has.
 * Another service's network namespace is no way to the host. */
static void take_share(struct answering *s, enum boundary_item item, const struct fleet_share *f) {
    bool first = false, second = false;
    for (size_t i = 0; i < f->n; i++) {
        first = first || is_of(s->b->a, f->members[i].gateway);
        second = second || is_of(s->b->b, f->members[i].gateway);
    }
    bool counts = is_alone(f) ? first || second : first && second;
    bool elsewhere =
        str_equal(str_from(f->kind), STR("host-network")) && !str_equal(f->resource, STR("host"));
    if (!counts || elsewhere) return;
    share(s, item, str_format(s->arena, "%s: " STR_FMT, f->kind, STR_ARG(f->resource)));
    for (size_t i = 0; i < f->n; i++)
        if (is_of(s->b->a, f->members[i].gateway) || is_of(s->b->b, f->members[i].gateway))
            point(s, item, f->members[i].gateway, f->members[i].at);
    bool namespace = str_starts(f->resource, STR("ns "));
    if (item == BOUNDARY_PORT && namespace && str_equal(str_from(f->kind), STR("port-conflict")))
        share(s, BOUNDARY_BROWSER, STR("the ports of the browser control collide"));
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
        share(s, BOUNDARY_MODELS, v->name);
        point(s, BOUNDARY_MODELS, x, v->at);
        point(s, BOUNDARY_MODELS, y, w->at);
    }
}

static void compare_namespaces(struct answering *s, const struct fleet_gateway *x,
                               const struct fleet_gateway *y) {
    if (!x->service || x->owner != y->owner || !str_equal(x->namespace, y->namespace)) return;
    share(s, BOUNDARY_PORT,
          str_format(s->arena, "network namespace of " STR_FMT, STR_ARG(x->namespace)));
    const struct fleet_gateway *guest = x->owner == x->service ? y : x;
    point(s, BOUNDARY_PORT, guest, guest->service->network_mode_at);
}

static void compare_logs(struct answering *s, const struct fleet_gateway *x,
                         const struct fleet_gateway *y) {
    struct str a = x->log.located, b = y->log.located;
    if (!a.n || !b.n || !(location_contains(a, b) || location_contains(b, a))) return;
    share(s, BOUNDARY_LOGS, a.n < b.n ? a : b);
    point(s, BOUNDARY_LOGS, x, x->log.at);
    point(s, BOUNDARY_LOGS, y, y->log.at);
}

/* ---- what is not known -------------------------------------------------------------------------
 */

static void doubt(struct answering *s, enum boundary_item item, const char *why) {
    struct boundary_answer *answer = &s->b->answers[item];
    if (answer->state != BOUNDARY_SEPARATE) return;
    answer->state = BOUNDARY_UNDECIDED;
    answer->what = str_from(why);
}

static void doubt_gateway(struct answering *s, const struct fleet_gateway *g) {
    bool known = g->service || g->state.located.n;
    if (!known) {
        doubt(s, BOUNDARY_STATE, "the state directory is not known");
        doubt(s, BOUNDARY_BROWSER, "it lies in the state directory, which is not known");
    }
    if (!g->config_seen) {
        doubt(s, BOUNDARY_WORKSPACE, "the config is not in the files");
        doubt(s, BOUNDARY_CHANNELS, "the config is not in the files");
    }
    if (!g->token.known && !g->password.known)
        doubt(s, BOUNDARY_TOKEN, "a token is not in the files");
    if (!g->service || !g->config_seen)
        doubt(s, BOUNDARY_MODELS, "keys may be kept by the gateway or come from its environment");
}

static void doubt_always(struct answering *s) {
    doubt(s, BOUNDARY_BACKUPS, "backups are made outside of these files");
    doubt(s, BOUNDARY_HOST, "who may log in to the host, or use Docker there, is not in the files");
}

struct boundary boundary_between(struct arena *a, const struct fleet *fleet,
                                 const struct boundary_party *first,
                                 const struct boundary_party *second) {
    struct boundary b = {.a = first, .b = second};
    struct answering s = {a, &b};
    for (size_t i = 0; i < BOUNDARY_ITEMS; i++) b.answers[i].what = STR("");
    take_shares(&s, fleet);
    for (size_t i = 0; i < first->n; i++)
        for (size_t k = 0; k < second->n; k++) {
            const struct fleet_gateway *x = first->gateways[i], *y = second->gateways[k];
            if (x == y) {
                for (enum boundary_item item = 0; item < BOUNDARY_ITEMS; item++)
                    share(&s, item, str_format(a, "gateway " STR_FMT, STR_ARG(x->name)));
                continue;
            }
            compare_model_keys(&s, x, y);
            compare_namespaces(&s, x, y);
            compare_logs(&s, x, y);
        }
    if (b.answers[BOUNDARY_STATE].state == BOUNDARY_SHARED) {
        share(&s, BOUNDARY_BROWSER, STR("it lies in the state directory"));
        share(&s, BOUNDARY_MODELS, STR("logins of models lie in the state directory"));
    }
    for (size_t i = 0; i < first->n; i++) doubt_gateway(&s, first->gateways[i]);
    for (size_t i = 0; i < second->n; i++) doubt_gateway(&s, second->gateways[i]);
    doubt_always(&s);
    return b;
}
