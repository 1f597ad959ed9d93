/* Credentials that several gateways have. */
#include "analysis/fleet/compare.h"
#include "analysis/fleet/digest.h"
#include "compose/interpolate.h"
#include "model/ids.h"

/* ---- names -------------------------------------------------------------------------------------
 */

struct secret_names fleet_secret_names(struct arena *a, const struct environment *names,
                                       struct str key) {
    struct secret_names n = {.arena = a, .names = names, .by_value = map_new(a), .key = key};
    for (size_t i = 0; i < names->values.n; i++)
        if (names->values.v[i].n)
            map_put(&n.by_value, ids_trim(names->values.v[i]), (uint32_t)i, NULL);
    return n;
}

struct str fleet_secret_name(const struct secret_names *n, const struct fleet_secret *secret) {
    enum { DIGITS = 12 };
    struct str value = secret->value;
    if (secret->name.n) return secret->name;
    const uint32_t *variable = map_get(&n->by_value, value);
    if (variable) return n->names->names.v[*variable];
    struct str name = environment_whole_name(value);
    if (!name.n) name = interpolate_unknown_name(value);
    if (name.n) return name;
    struct str digest = str_slice(fleet_digest(n->arena, n->key, value), 0, DIGITS);
    return str_concat(n->arena, n->key.n ? STR("hmac:") : STR("sha256:"), digest);
}

/* ---- comparisons -------------------------------------------------------------------------------
 */

static void compare_identities(struct comparing *c, uint32_t i) {
    const struct fleet_gateway *g = c->g[i];
    for (size_t k = 0; k < g->identities.n; k++) {
        const struct fleet_identity *id = &g->identities.v[k];
        if (!id->secret.known) continue;
        struct str key = str_format(c->scratch, STR_FMT ":" STR_FMT, STR_ARG(id->channel),
                                    STR_ARG(id->secret.value));
        struct str resource = str_format(c->scratch, STR_FMT ":" STR_FMT, STR_ARG(id->channel),
                                         STR_ARG(fleet_secret_name(&c->secret_names, &id->secret)));
        fleet_use(c, fleet_share(c, "shared-channel-identity", key, resource), i, id->secret.at);
    }
}

static void compare_secret(struct comparing *c, const char *kind, uint32_t i,
                           const struct fleet_secret *s) {
    if (!s->known) return;
    fleet_use(c, fleet_share(c, kind, s->value, fleet_secret_name(&c->secret_names, s)), i, s->at);
}

/* A hooks token that is some gateway's token: reported even when both are of one gateway. */
static void compare_hooks_with_gateways(struct comparing *c) {
    static const char kind[] = "hooks-token-is-gateway-token";
    struct map tokens = map_new(c->scratch), hooks = map_new(c->scratch);
    for (uint32_t i = 0; i < c->n; i++)
        if (c->g[i]->token.known) map_put(&tokens, c->g[i]->token.value, 1, NULL);
    for (uint32_t i = 0; i < c->n; i++) {
        const struct fleet_secret *s = &c->g[i]->hooks_token;
        if (!s->known || !map_get(&tokens, s->value)) continue;
        map_put(&hooks, s->value, 1, NULL);
        struct open_share *share =
            fleet_share(c, kind, s->value, fleet_secret_name(&c->secret_names, s));
        share->alone = true;
        fleet_use(c, share, i, s->at);
    }
    for (uint32_t i = 0; i < c->n; i++) {
        const struct fleet_secret *s = &c->g[i]->token;
        if (s->known && map_get(&hooks, s->value))
            fleet_use(c, fleet_share(c, kind, s->value, STR("")), i, s->at);
    }
}

void compare_secrets(struct comparing *c) {
    for (uint32_t i = 0; i < c->n; i++) {
        compare_identities(c, i);
        compare_secret(c, "duplicate-gateway-token", i, &c->g[i]->token);
        compare_secret(c, "duplicate-hooks-token", i, &c->g[i]->hooks_token);
    }
    compare_hooks_with_gateways(c);
}
