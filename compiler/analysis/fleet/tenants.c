/* Two tenants share something: what the checklist says, as findings. */
#include "analysis/fleet/boundary.h"
#include "analysis/fleet/compare.h"

static bool has_member(const struct fleet_member *v, size_t n, const struct boundary_place *p) {
    for (size_t i = 0; i < n; i++)
        if (v[i].gateway == p->gateway && (!p->role || v[i].at == p->at)) return true;
    return false;
}

/* The gateways that share it, each at its first place; within one gateway, what belongs to whom.
 * Else the first gateway of either. */
static size_t members_of(struct comparing *c, const struct boundary *b,
                         const struct boundary_answer *answer, struct fleet_member **members) {
    struct fleet_member *v = ARENA_ARRAY(c->arena, struct fleet_member, answer->places.n + 2);
    size_t n = 0;
    for (size_t i = 0; i < answer->places.n; i++)
        if (!has_member(v, n, &answer->places.v[i]))
            v[n++] = (struct fleet_member){answer->places.v[i].gateway, answer->places.v[i].at,
                                           answer->places.v[i].role};
    const struct boundary_party *parties[] = {b->a, b->b};
    for (size_t i = 0; i < 2 && !answer->places.n; i++) {
        const struct fleet_gateway *g = parties[i]->n ? parties[i]->parts[0].gateway : NULL;
        const struct boundary_place first = {g, g ? g->at : 0, NULL};
        if (g && !has_member(v, n, &first)) v[n++] = (struct fleet_member){g, g->at, NULL};
    }
    *members = v;
    return n;
}

static void add_answers(struct comparing *c, const struct boundary *b, struct fleet *found) {
    for (enum boundary_item item = 0; item < BOUNDARY_ITEMS; item++) {
        const struct boundary_answer *answer = &b->answers[item];
        struct fleet_member *members;
        if (answer->state != BOUNDARY_SHARED) continue;
        size_t n = members_of(c, b, answer, &members);
        if (!n) continue;
        ARRAY_PUSH(c->arena, found->shares) =
            (struct fleet_share){.kind = "tenant-boundary",
                                 .resource = boundary_resource(c->arena, b, item),
                                 .members = members,
                                 .n = n,
                                 .tenants = true,
                                 .what = answer->what,
                                 .risk = boundary_item_risk(item),
                                 .remedy = boundary_item_remedy(item)};
    }
}

void compare_tenants(struct comparing *c) {
    size_t n = c->block->tenants.n;
    struct fleet found = {.state_unknown = false};
    if (n < 2 || n > FLEET_MAX_TENANTS) return;
    struct boundary_party *v = boundary_parties(c->arena, c->fleet, c->block, &n);
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++) {
            struct boundary b = boundary_between(c->arena, c->fleet, &v[i], &v[k]);
            add_answers(c, &b, &found);
        }
    for (size_t i = 0; i < found.shares.n; i++)
        ARRAY_PUSH(c->arena, c->fleet->shares) = found.shares.v[i];
}
