/* What is wrong with the container of a gateway. */
#include "analysis/fleet/compare.h"
#include "base/buf.h"
#include "base/json.h"

/* ---- isolation ---------------------------------------------------------------------------------
 */

static void check_network_mode(struct comparing *c, uint32_t i, const struct compose_service *s) {
    struct str mode = s->network_mode;
    if (str_equal(mode, STR("host")) || str_starts(mode, STR("service:")) ||
        str_starts(mode, STR("container:")))
        fleet_alone(c, "host-network", mode, i, s->network_mode_at);
}

/* The same socket twice is as bad as the worse of the two mounts. */
static void check_socket(struct comparing *c, uint32_t i) {
    const struct fleet_gateway *g = c->g[i];
    for (size_t k = 0; k < g->mounts.n; k++) {
        const struct fleet_mount *m = &g->mounts.v[k];
        if (!m->socket) continue;
        struct open_share *s = fleet_alone(c, "docker-socket", m->source, i, m->at);
        bool again = s->found.kind != NULL;
        s->found.read_only = m->read_only && (!again || s->found.read_only);
        s->found.kind = s->kind;
    }
}

static void add_word(struct buf *b, const char *word) {
    if (b->n) buf_add_char(b, ',');
    buf_add(b, str_from(word));
}

/* root by its number or name, alone or before the group. */
static bool is_root(struct str user) {
    struct str name = str_slice(user, 0, str_find(user, STR(":"), 0));
    return str_equal(name, STR("0")) || str_equal(name, STR("root"));
}

static void check_confinement(struct comparing *c, uint32_t i, const struct compose_service *s) {
    struct buf missing = buf_new(c->scratch);
    if (!s->drops_all) add_word(&missing, "cap_drop");
    if (!s->no_new_privileges) add_word(&missing, "no-new-privileges");
    if (is_root(s->user)) add_word(&missing, "user");
    if (missing.n) fleet_alone(c, "weak-container", buf_str(&missing), i, s->at);
    if (s->privileged) fleet_alone(c, "weak-container", STR("privileged"), i, s->privileged_at);
}

static void check_name(struct comparing *c, uint32_t i, const struct compose_service *s) {
    if (s->container_name.n)
        fleet_use(c,
                  fleet_share(c, "container-name-duplicate", s->container_name, s->container_name),
                  i, s->container_name_at);
    if (!(s->replicas > 1)) return;
    char number[JS_NUMBER_MAX];
    size_t n = js_number_text(s->replicas, number);
    struct str resource =
        str_format(c->scratch, "replicas " STR_FMT, STR_ARG(((struct str){number, n})));
    fleet_alone(c, "replica-state", resource, i, s->replicas_at);
}

/* ---- secrets -----------------------------------------------------------------------------------
 */

bool fleet_is_literal(struct str written) {
    for (size_t i = 0; i < written.n; i++) {
        if (written.p[i] != '$') continue;
        if (i + 1 == written.n || written.p[i + 1] != '$') return false;
        i++;
    }
    return written.n != 0;
}

static bool names_secret(struct str name) {
    return str_ends(name, STR("TOKEN")) || str_ends(name, STR("KEY")) ||
           str_ends(name, STR("PASSWORD")) || str_ends(name, STR("SECRET"));
}

static void check_secrets(struct comparing *c, uint32_t i, const struct compose_service *s) {
    for (size_t k = 0; k < s->environment.n; k++) {
        const struct compose_variable *v = &s->environment.v[k];
        if (!v->from_file && names_secret(v->name) && fleet_is_literal(v->written))
            fleet_alone(c, "token-in-compose", v->name, i, v->at);
    }
    if (s->healthcheck_token)
        fleet_alone(c, "token-in-compose", STR("healthcheck"), i, s->healthcheck_at);
}

/* ---- state -------------------------------------------------------------------------------------
 */

static void check_state(struct comparing *c, uint32_t i, const struct compose_service *s) {
    const struct fleet_gateway *g = c->g[i];
    if (!g->state.located.n) {
        fleet_alone(c, "state-not-persistent", g->state.inside, i, s->volumes_at);
        return;
    }
    for (size_t k = 0; k < g->agents.n; k++)
        if (!g->agents.v[k].workspace.located.n)
            fleet_alone(c, "state-not-persistent", g->agents.v[k].workspace.inside, i,
                        s->volumes_at);
}

/* ---- running -----------------------------------------------------------------------------------
 */

static void check_limits(struct comparing *c, uint32_t i, const struct compose_service *s) {
    struct buf missing = buf_new(c->scratch);
    if (!s->memory.set) add_word(&missing, "memory");
    if (!s->cpus.set) add_word(&missing, "cpus");
    if (!s->pids.set) add_word(&missing, "pids");
    if (missing.n) fleet_alone(c, "no-resource-limits", buf_str(&missing), i, s->at);
}

static bool has_digest(struct str image) {
    for (size_t at = 0; (at = str_find(image, STR("@"), at)) != SIZE_MAX; at++) {
        size_t end = at + 1;
        while (end < image.n && ((image.p[end] >= 'a' && image.p[end] <= 'z') ||
                                 (image.p[end] >= '0' && image.p[end] <= '9')))
            end++;
        if (end > at + 1 && end < image.n && image.p[end] == ':') return true;
    }
    return false;
}

/* Without a digest, and without a tag or with `latest`. */
static bool is_unpinned(struct str image) {
    if (!image.n || has_digest(image)) return false;
    size_t at = image.n;
    while (at && image.p[at - 1] != '/') at--;
    struct str name = str_slice(image, at, image.n);
    size_t colon = str_find(name, STR(":"), 0);
    return colon == SIZE_MAX || str_equal(str_slice(name, colon, name.n), STR(":latest"));
}

static void check_running(struct comparing *c, uint32_t i, const struct compose_service *s) {
    if (!s->has_healthcheck)
        fleet_alone(c, "no-healthcheck", STR("healthcheck"), i, s->healthcheck_at);
    bool never =
        !s->restart.n || str_equal(s->restart, STR("no")) || str_equal(s->restart, STR("false"));
    if (never) fleet_alone(c, "no-restart", STR("restart"), i, s->restart_at);
    if (is_unpinned(s->image)) fleet_alone(c, "image-unpinned", s->image, i, s->image_at);
}

/* ---- memory ------------------------------------------------------------------------------------
 */

double fleet_memory_of(const struct fleet_gateway *g) {
    static const double gigabyte = 1024.0 * 1024.0 * 1024.0;
    const struct compose_limit *limit = g->service ? &g->service->memory : NULL;
    if (limit && limit->set && limit->known) return limit->value / gigabyte;
    for (size_t i = 0; i < g->agents.n; i++)
        if (g->agents.v[i].sandboxed) return 1;
    return 0.4;
}

/* The gateways of one machine. */
static void check_memory_of(struct comparing *c, struct str machine, double sum) {
    char host[JS_NUMBER_MAX];
    if (!(sum > c->block->host_ram)) return;
    size_t n = js_number_text(c->block->host_ram, host);
    struct str resource =
        str_format(c->scratch, "%.1fGB>" STR_FMT "GB", sum, STR_ARG(((struct str){host, n})));
    struct open_share *s = fleet_share(c, "ram-overcommit", machine, resource);
    s->alone = true;
    for (uint32_t i = 0; i < c->n; i++)
        if (str_equal(c->g[i]->host, machine)) fleet_use(c, s, i, c->g[i]->at);
}

static void check_memory(struct comparing *c) {
    struct map numbers = map_new(c->scratch);
    ARRAY(struct str) machines = {NULL, 0, 0};
    double *sums = ARENA_ARRAY(c->scratch, double, c->n);
    if (!(c->block->host_ram > 0)) return;
    for (uint32_t i = 0; i < c->n; i++) {
        bool is_new;
        uint32_t at = *map_put(&numbers, c->g[i]->host, (uint32_t)machines.n, &is_new);
        if (is_new) ARRAY_PUSH(c->scratch, machines) = c->g[i]->host;
        sums[at] += fleet_memory_of(c->g[i]);
    }
    for (size_t i = 0; i < machines.n; i++) check_memory_of(c, machines.v[i], sums[i]);
}

void check_services(struct comparing *c) {
    for (uint32_t i = 0; i < c->n; i++) {
        const struct compose_service *s = c->g[i]->service;
        if (!s) continue;
        check_network_mode(c, i, s);
        check_socket(c, i);
        check_confinement(c, i, s);
        check_name(c, i, s);
        check_secrets(c, i, s);
        check_state(c, i, s);
        check_limits(c, i, s);
        check_running(c, i, s);
    }
    check_memory(c);
}
