#include "analysis/fleet.h"

#include <nettle/sha2.h>
#include <stdlib.h>

#include "base/buf.h"
#include "model/ids.h"
#include "model/locations.h"

/* A resource while its users are collected. */
struct open_share {
    const char *kind;
    struct str resource;
    ARRAY(struct fleet_member) members;
    bool assumed;
    struct str assumption;
    bool alone; /* a finding with a single user, too */
};

struct comparing {
    struct arena *arena;
    const struct analysis *const *gateways;
    size_t n;
    const struct environment *env;
    struct fleet *fleet;
    struct map index; /* kind + key -> share in `open` */
    ARRAY(struct open_share) open;
};

static struct open_share *share_of(struct comparing *c, const char *kind, struct str key,
                                   struct str resource) {
    struct str name = str_format(c->arena, "%s ", kind);
    bool is_new;
    uint32_t at =
        *map_put(&c->index, str_concat(c->arena, name, key), (uint32_t)c->open.n, &is_new);
    if (is_new)
        ARRAY_PUSH(c->arena, c->open) = (struct open_share){.kind = kind, .resource = resource};
    return &c->open.v[at];
}

static void add_member(struct comparing *c, struct open_share *share,
                       const struct analysis *gateway, place at) {
    for (size_t i = share->members.n; i-- > 0;)
        if (share->members.v[i].gateway == gateway) return;
    ARRAY_PUSH(c->arena, share->members) = (struct fleet_member){gateway, at};
}

static int by_name(const void *left, const void *right) {
    const struct fleet_member *a = left, *b = right;
    return str_compare_utf16(a->gateway->model->name, b->gateway->model->name);
}

/* Alphabetically the first; a hooks token is reported where it stands, not where it opens a
 * gateway. */
static size_t primary_of(const struct open_share *s) {
    for (size_t i = 0; s->alone && i < s->members.n; i++)
        if (s->members.v[i].at == s->members.v[i].gateway->model->hooks.token.at) return i;
    return 0;
}

static void close_shares(struct comparing *c) {
    for (size_t i = 0; i < c->open.n; i++) {
        struct open_share *s = &c->open.v[i];
        if (s->members.n < 2 && !s->alone) continue;
        qsort(s->members.v, s->members.n, sizeof *s->members.v, by_name);
        ARRAY_PUSH(c->arena, c->fleet->shares) = (struct fleet_share){.kind = s->kind,
                                                                      .resource = s->resource,
                                                                      .members = s->members.v,
                                                                      .n = s->members.n,
                                                                      .primary = primary_of(s),
                                                                      .assumed = s->assumed,
                                                                      .assumption = s->assumption};
    }
}

/* ---- secrets -----------------------------------------------------------------------------------
 */

static struct str digest_name(struct arena *a, struct str value) {
    struct sha256_ctx sha;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&sha);
    sha256_update(&sha, value.n, (const uint8_t *)value.p);
    sha256_digest(&sha, sizeof digest, digest);
    struct buf b = buf_new(a);
    buf_add(&b, STR("sha256:"));
    for (int i = 0; i < 6; i++) buf_addf(&b, "%02x", digest[i]);
    return buf_str(&b);
}

/* How a secret may be called in a report: its variable, or the beginning of a digest. */
static struct str secret_name(const struct comparing *c, struct str value) {
    struct str name = environment_whole_name(value);
    if (name.n) return name;
    for (size_t i = 0; i < c->env->index.capacity; i++) {
        const struct map_slot *slot = &c->env->index.slots[i];
        if (slot->hash && str_equal(ids_trim(c->env->values.v[slot->value]), value) &&
            (!name.n || str_compare(slot->key, name) < 0))
            name = slot->key;
    }
    return name.n ? name : digest_name(c->arena, value);
}

/* A literal `${X}` that is known to be unset is no secret that two could share. */
static bool is_comparable(const struct comparing *c, const struct text *t) {
    if (!t->set || !t->v.n) return false;
    return t->symbolic || !str_starts(t->v, STR("${")) || !c->env->complete;
}

static void compare_identities(struct comparing *c, const struct analysis *g) {
    const struct model *m = g->model;
    for (size_t i = 0; i < m->identities.n; i++) {
        const struct secret *s = &m->identities.v[i];
        if (!is_comparable(c, &s->value)) continue;
        struct str key =
            str_format(c->arena, STR_FMT ":" STR_FMT, STR_ARG(s->what), STR_ARG(s->value.v));
        struct str resource = str_format(c->arena, STR_FMT ":" STR_FMT, STR_ARG(s->what),
                                         STR_ARG(secret_name(c, s->value.v)));
        add_member(c, share_of(c, "shared-channel-identity", key, resource), g, s->value.at);
    }
}

static void compare_tokens(struct comparing *c, const struct analysis *g) {
    const struct text *token = &g->model->settings.token, *hook = &g->model->hooks.token;
    if (is_comparable(c, token))
        add_member(c, share_of(c, "duplicate-gateway-token", token->v, secret_name(c, token->v)), g,
                   token->at);
    if (!g->model->hooks.enabled.v || !is_comparable(c, hook)) return;
    add_member(c, share_of(c, "duplicate-hooks-token", hook->v, secret_name(c, hook->v)), g,
               hook->at);
}

/* A hooks token that is some gateway's token: reported even when both are of one gateway. */
static void compare_hooks_with_gateways(struct comparing *c) {
    struct map tokens = map_new(c->arena), hooks = map_new(c->arena);
    for (size_t i = 0; i < c->n; i++) {
        const struct text *token = &c->gateways[i]->model->settings.token;
        if (is_comparable(c, token)) map_put(&tokens, token->v, 1, NULL);
    }
    for (size_t i = 0; i < c->n; i++) {
        const struct hooks *h = &c->gateways[i]->model->hooks;
        if (!h->enabled.v || !is_comparable(c, &h->token) || !map_get(&tokens, h->token.v))
            continue;
        map_put(&hooks, h->token.v, 1, NULL);
        struct open_share *share =
            share_of(c, "hooks-token-is-gateway-token", h->token.v, secret_name(c, h->token.v));
        share->alone = true;
        add_member(c, share, c->gateways[i], h->token.at);
    }
    for (size_t i = 0; i < c->n; i++) {
        const struct text *token = &c->gateways[i]->model->settings.token;
        if (is_comparable(c, token) && map_get(&hooks, token->v))
            add_member(c, share_of(c, "hooks-token-is-gateway-token", token->v, STR("")),
                       c->gateways[i], token->at);
    }
}

static void note_session_override(struct comparing *c, const struct analysis *g) {
    const struct hooks *h = &g->model->hooks;
    if (!h->enabled.v || !h->allow_request_session_key.v) return;
    struct fleet_member *member = ARENA_NEW(c->arena, struct fleet_member);
    *member = (struct fleet_member){g, h->allow_request_session_key.at};
    ARRAY_PUSH(c->arena, c->fleet->shares) =
        (struct fleet_share){.kind = "hooks-session-override",
                             .resource = STR("hooks.allowRequestSessionKey"),
                             .members = member,
                             .n = 1};
}

/* ---- ports -------------------------------------------------------------------------------------
 */

static const uint16_t *used_offsets(const struct model *m, size_t *n) {
    bool browser = m->settings.browser_enabled.v;
    *n = browser ? m->gateway->n_used_ports : m->gateway->n_used_ports_without_browser;
    return browser ? m->gateway->used_ports : m->gateway->used_ports_without_browser;
}

static const char port_variable[] = "OPENCLAW_GATEWAY_PORT";

static void add_used_ports(struct comparing *c, const struct analysis *g) {
    const struct model *m = g->model;
    size_t n;
    const uint16_t *offsets = used_offsets(m, &n);
    for (size_t i = 0; i < n; i++) {
        int64_t port = m->settings.port + offsets[i];
        if (port > 65535) continue;
        struct str resource = str_format(c->arena, "ns host:%lld", (long long)port);
        struct open_share *share = share_of(c, "port-conflict", resource, resource);
        add_member(c, share, g, m->settings.port_at);
        if (m->settings.port_set || c->env->complete) continue;
        share->assumed = true;
        share->assumption = str_from(port_variable);
    }
}

static int by_port(const void *left, const void *right) {
    const struct analysis *a = *(const struct analysis *const *)left;
    const struct analysis *b = *(const struct analysis *const *)right;
    int64_t x = a->model->settings.port, y = b->model->settings.port;
    return x != y ? (x < y ? -1 : 1) : str_compare(a->model->name, b->model->name);
}

static bool ports_collide(const struct model *a, const struct model *b) {
    size_t n, k;
    const uint16_t *x = used_offsets(a, &n), *y = used_offsets(b, &k);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < k; j++)
            if (a->settings.port + x[i] == b->settings.port + y[j]) return true;
    return false;
}

static void add_spacing(struct comparing *c, const struct analysis *low,
                        const struct analysis *high) {
    const struct model *a = low->model, *b = high->model;
    struct fleet_member *members = ARENA_ARRAY(c->arena, struct fleet_member, 2);
    members[0] = (struct fleet_member){low, a->settings.port_at};
    members[1] = (struct fleet_member){high, b->settings.port_at};
    qsort(members, 2, sizeof *members, by_name);
    bool assumed = !c->env->complete && (!a->settings.port_set || !b->settings.port_set);
    ARRAY_PUSH(c->arena, c->fleet->shares) = (struct fleet_share){
        .kind = "port-spacing",
        .resource = str_format(c->arena, "%lld/%lld", (long long)a->settings.port,
                               (long long)b->settings.port),
        .members = members,
        .n = 2,
        .assumed = assumed,
        .assumption = assumed ? str_from(port_variable) : STR("")};
}

/* Sorted by port, only neighbours within the spacing are compared. */
static void compare_spacing(struct comparing *c) {
    enum { SPACING = 20 };
    const struct analysis **sorted = arena_copy(c->arena, c->gateways, c->n * sizeof *sorted);
    qsort(sorted, c->n, sizeof *sorted, by_port);
    for (size_t i = 0; i < c->n; i++)
        for (size_t j = i + 1; j < c->n; j++) {
            const struct model *a = sorted[i]->model, *b = sorted[j]->model;
            if (b->settings.port - a->settings.port >= SPACING) break;
            if (!ports_collide(a, b)) add_spacing(c, sorted[i], sorted[j]);
        }
}

/* ---- the disk ----------------------------------------------------------------------------------
 */

struct used_path {
    struct str path;
    const struct analysis *gateway;
    place at;
};

static int by_path(const void *left, const void *right) {
    const struct used_path *a = left, *b = right;
    size_t n = a->path.n < b->path.n ? a->path.n : b->path.n;
    for (size_t i = 0; i < n; i++) {
        int x = a->path.p[i] == '/' ? 0 : (unsigned char)a->path.p[i];
        int y = b->path.p[i] == '/' ? 0 : (unsigned char)b->path.p[i];
        if (x != y) return x - y;
    }
    if (a->path.n != b->path.n) return a->path.n < b->path.n ? -1 : 1;
    return str_compare(a->gateway->model->name, b->gateway->model->name);
}

/* Paths that are equal or nested and belong to different gateways; what lies in one shared state
 * directory is said once, of the directory. */
static void compare_paths(struct comparing *c, const char *kind, struct used_path *v, size_t n) {
    if (n) qsort(v, n, sizeof *v, by_path);
    size_t *above = ARENA_ARRAY(c->arena, size_t, n + 1), depth = 0;
    for (size_t i = 0; i < n; i++) {
        while (depth && !location_contains(v[above[depth - 1]].path, v[i].path)) depth--;
        for (size_t d = 0; d < depth; d++) {
            const struct used_path *outer = &v[above[d]];
            struct str state = outer->gateway->model->state;
            bool one_state = state.n && str_equal(state, v[i].gateway->model->state) &&
                             location_contains(state, outer->path);
            if (outer->gateway == v[i].gateway || one_state) continue;
            struct open_share *share = share_of(c, kind, outer->path, outer->path);
            add_member(c, share, outer->gateway, outer->at);
            add_member(c, share, v[i].gateway, v[i].at);
        }
        above[depth++] = i;
    }
}

static void compare_workspaces(struct comparing *c) {
    size_t total = 0, n = 0;
    for (size_t i = 0; i < c->n; i++) total += c->gateways[i]->model->agents.n;
    struct used_path *v = ARENA_ARRAY(c->arena, struct used_path, total);
    for (size_t i = 0; i < c->n; i++) {
        const struct model *m = c->gateways[i]->model;
        for (size_t j = 0; j < m->agents.n; j++)
            if (!m->agents.v[j].workspace.symbolic)
                v[n++] = (struct used_path){m->agents.v[j].workspace.v, c->gateways[i],
                                            m->agents.v[j].workspace.at};
    }
    compare_paths(c, "shared-workspace", v, n);
}

static void compare_states(struct comparing *c) {
    for (size_t i = 0; i < c->n; i++) {
        const struct model *m = c->gateways[i]->model;
        if (m->state.n)
            add_member(c, share_of(c, "shared-state-dir", m->state, m->state), c->gateways[i],
                       m->at);
        else
            c->fleet->state_unknown = true;
    }
}

static void compare_configs(struct comparing *c) {
    for (size_t i = 0; i < c->n; i++) {
        const struct model *m = c->gateways[i]->model;
        struct str path = m->config_path;
        if (path.n) add_member(c, share_of(c, "shared-config", path, path), c->gateways[i], m->at);
    }
}

struct fleet *fleet_analyse(struct arena *a, const struct analysis *const *gateways, size_t n,
                            const struct environment *env) {
    struct fleet *fleet = ARENA_NEW(a, struct fleet);
    if (n < 2) return fleet;
    struct comparing c = {
        .arena = a, .gateways = gateways, .n = n, .env = env, .fleet = fleet, .index = map_new(a)};
    for (size_t i = 0; i < n; i++) {
        compare_identities(&c, gateways[i]);
        compare_tokens(&c, gateways[i]);
        note_session_override(&c, gateways[i]);
        add_used_ports(&c, gateways[i]);
    }
    compare_hooks_with_gateways(&c);
    compare_spacing(&c);
    compare_workspaces(&c);
    compare_states(&c);
    compare_configs(&c);
    close_shares(&c);
    return fleet;
}
