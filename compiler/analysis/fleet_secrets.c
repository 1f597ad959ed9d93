/* Credentials that several gateways have. */
#include <nettle/sha2.h>

#include "analysis/fleet_compare.h"
#include "base/buf.h"
#include "compose/interpolate.h"
#include "model/ids.h"

/* ---- names -------------------------------------------------------------------------------------
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

/* How a secret may be called in a report: the first variable that has its value, or the beginning
 * of a digest. */
static struct str secret_name(const struct comparing *c, struct str value) {
    for (size_t i = 0; i < c->names->values.n; i++)
        if (c->names->values.v[i].n && str_equal(ids_trim(c->names->values.v[i]), value))
            return c->names->names.v[i];
    struct str name = environment_whole_name(value);
    if (!name.n) name = interpolate_unknown_name(value);
    return name.n ? name : digest_name(c->arena, value);
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
                                         STR_ARG(secret_name(c, id->secret.value)));
        fleet_use(c, fleet_share(c, "shared-channel-identity", key, resource), i, id->secret.at);
    }
}

static void compare_secret(struct comparing *c, const char *kind, uint32_t i,
                           const struct fleet_secret *s) {
    if (!s->known) return;
    fleet_use(c, fleet_share(c, kind, s->value, secret_name(c, s->value)), i, s->at);
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
        struct open_share *share = fleet_share(c, kind, s->value, secret_name(c, s->value));
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
