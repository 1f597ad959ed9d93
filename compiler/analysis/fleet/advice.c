/* What works, and is better kept apart: keys of model providers, files of secrets; two versions on
 * one state; variables that nobody has set. */
#include <string.h>

#include "analysis/fleet/compare.h"

bool fleet_is_model_key(struct str name) {
    return str_ends(name, STR("_API_KEY")) || str_ends(name, STR("_OAUTH_TOKEN"));
}

/* ---- keys --------------------------------------------------------------------------------------
 */

/* Between tenants the checklist asks for it; those of one tenant may well have one. */
static void compare_keys(struct comparing *c, uint32_t i, const struct compose_service *s) {
    if (c->block->tenants.n > 1) return;
    for (size_t k = 0; k < s->environment.n; k++) {
        const struct compose_variable *v = &s->environment.v[k];
        if (fleet_is_model_key(v->name) && v->value.n)
            fleet_use(c, fleet_share(c, "shared-api-key", v->value, v->name), i, v->at);
    }
}

static void compare_files(struct comparing *c, uint32_t i) {
    const struct fleet_gateway *g = c->g[i];
    for (size_t k = 0; k < g->mounts.n; k++) {
        const struct fleet_mount *m = &g->mounts.v[k];
        if (m->secret)
            fleet_use(c, fleet_share(c, "shared-secret-file", m->source, m->source), i, m->at);
    }
}

/* ---- variables ---------------------------------------------------------------------------------
 */

/* The finding about the variable of a config says more. */
static bool is_missing(const struct fleet_gateway *g, struct str name) {
    for (size_t i = 0; i < g->missing.n; i++)
        if (str_equal(g->missing.v[i].name, name)) return true;
    return false;
}

static void check_unset(struct comparing *c, uint32_t i, const struct compose_service *s) {
    for (size_t k = 0; k < s->unset.n; k++)
        if (!is_missing(c->g[i], s->unset.v[k].name))
            fleet_alone(c, "unresolved-interpolation", s->unset.v[k].name, i, s->unset.v[k].at);
}

void compare_advice(struct comparing *c) {
    for (uint32_t i = 0; i < c->n; i++) {
        const struct compose_service *s = c->g[i]->service;
        compare_files(c, i);
        if (s) compare_keys(c, i, s);
        if (s) check_unset(c, i, s);
    }
}

/* ---- versions ----------------------------------------------------------------------------------
 */

static bool has_two_versions(const struct fleet_share *share) {
    for (size_t i = 1; i < share->n; i++)
        if (!str_equal(share->members[i].gateway->data->version,
                       share->members[0].gateway->data->version))
            return true;
    return false;
}

void compare_versions(struct comparing *c) {
    size_t n = c->fleet->shares.n;
    for (size_t i = 0; i < n; i++) {
        struct fleet_share share = c->fleet->shares.v[i];
        if (strcmp(share.kind, "shared-state-dir") != 0 || !has_two_versions(&share)) continue;
        share.kind = "mixed-version-state";
        ARRAY_PUSH(c->arena, c->fleet->shares) = share;
    }
}
