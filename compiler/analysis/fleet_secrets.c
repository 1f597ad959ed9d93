/* Credentials that several gateways have. */
#include "analysis/fleet_compare.h"
#include "analysis/fleet_digest.h"
#include "compose/interpolate.h"
#include "model/ids.h"

/* ---- names -------------------------------------------------------------------------------------
 */

struct str fleet_secret_name(struct arena *a, const struct environment *names, struct str key,
                             const struct fleet_secret *secret) {
    enum { DIGITS = 12 };
    struct str value = secret->value;
    if (secret->name.n) return secret->name;
    for (size_t i = 0; i < names->values.n; i++)
        if (names->values.v[i].n && str_equal(ids_trim(names->values.v[i]), value))
            return names->names.v[i];
    struct str name = environment_whole_name(value);
    if (!name.n) name = interpolate_unknown_name(value);
    if (name.n) return name;
    struct str digest = str_slice(fleet_digest(a, key, value), 0, DIGITS);
    return str_concat(a, key.n ? STR("hmac:") : STR("sha256:"), digest);
}

static struct str secret_name(const struct comparing *c, const struct fleet_secret *s) {
    return fleet_secret_name(c->arena, c->names, c->digest_key, s);
}

/* ---- comparisons -------------------------------------------------------------------------------
 */

static void compare_identities(struct comparing *c, uint32_t i) {
    const struct fleet_gateway *g = c->g[i];
    for (size_t k = 0; k < g->identities.n; k++) {
        const struct fleet_identity *id = &g->identities.v[k];
        if (!id->secret.known) continue;
        struct str key = str_format(c->arena, STR_FMT ":" STR_FMT, STR_ARG(id->channel),
                                    STR_ARG(id->secret.value));
        struct str resource = str_format(c->arena, STR_FMT ":" STR_FMT, STR_ARG(id->channel),
                                         STR_ARG(secret_name(c, &id->secret)));
        fleet_use(c, fleet_share(c, "shared-channel-identity", key, resource), i, id->secret.at);
    }
}

static void compare_secret(struct comparing *c, const char *kind, uint32_t i,
                           const struct fleet_secret *s) {
    if (!s->known) return;
    fleet_use(c, fleet_share(c, kind, s->value, secret_name(c, s)), i, s->at);
}

/* A hooks token that is some gateway's token: reported even when both are of one gateway. */
static void compare_hooks_with_gateways(struct comparing *c) {
    static const char kind[] = "hooks-token-is-gateway-token";
    struct map tokens = map_new(c->arena), hooks = map_new(c->arena);
    for (uint32_t i = 0; i < c->n; i++)
        if (c->g[i]->token.known) map_put(&tokens, c->g[i]->token.value, 1, NULL);
    for (uint32_t i = 0; i < c->n; i++) {
        const struct fleet_secret *s = &c->g[i]->hooks_token;
        if (!s->known || !map_get(&tokens, s->value)) continue;
        map_put(&hooks, s->value, 1, NULL);
        struct open_share *share = fleet_share(c, kind, s->value, secret_name(c, s));
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
