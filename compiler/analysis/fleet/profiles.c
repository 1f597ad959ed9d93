/* Gateways that may never run at the same time: each has profiles of Compose, and no two of them
 * one in common. What they share they do not use at once. */
#include "analysis/fleet/compare.h"
#include "base/buf.h"

/* Whether two of the users have a profile in common, or one has none and runs with all others. */
static bool run_together(struct comparing *c, const struct fleet_share *share) {
    struct map seen = map_new(c->arena);
    for (uint32_t i = 0; i < share->n; i++) {
        const struct compose_service *s = share->members[i].gateway->service;
        if (!s || !s->open_profiles.n) return true;
        for (size_t k = 0; k < s->open_profiles.n; k++) {
            bool is_new;
            uint32_t first = *map_put(&seen, s->open_profiles.v[k], i, &is_new);
            if (!is_new && first != i) return true;
        }
    }
    return false;
}

/* "day / night, weekend". */
static struct str profiles_of(struct comparing *c, const struct fleet_share *share) {
    enum { SHOWN = 6 };
    struct buf b = buf_new(c->arena);
    for (size_t i = 0; i < share->n && i < SHOWN; i++) {
        const struct compose_service *s = share->members[i].gateway->service;
        if (i) buf_add(&b, STR(" / "));
        for (size_t k = 0; k < s->open_profiles.n && k < SHOWN; k++) {
            if (k) buf_add(&b, STR(", "));
            buf_add(&b, s->open_profiles.v[k]);
        }
    }
    if (share->n > SHOWN) buf_add(&b, STR(" / ..."));
    return buf_str(&b);
}

void note_profiles(struct comparing *c) {
    for (size_t i = 0; i < c->fleet->shares.n; i++) {
        struct fleet_share *share = &c->fleet->shares.v[i];
        if (share->n > 1 && !run_together(c, share)) share->apart = profiles_of(c, share);
    }
}
