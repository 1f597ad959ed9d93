#include "analysis/fleet/fleet.h"

#include <stdlib.h>

#include "analysis/fleet/compare.h"

static int by_gateway_name(const void *left, const void *right) {
    const struct fleet_gateway *a = *(const struct fleet_gateway *const *)left;
    const struct fleet_gateway *b = *(const struct fleet_gateway *const *)right;
    return str_compare_utf16(a->name, b->name);
}

static void compare_all(struct comparing *c) {
    compare_secrets(c);
    compare_ports(c);
    propose_ports(c);
    compare_hosts(c);
    compare_paths(c);
    compare_stores(c);
    compare_volumes(c);
    compare_networks(c);
    compare_sandboxes(c);
    check_services(c);
    check_configs(c);
    compare_advice(c);
    fleet_close(c);
    compare_versions(c);
    note_profiles(c);
}

struct fleet *fleet_analyse(struct arena *a, const struct fleet_question *q) {
    static const struct fleet_block nothing;
    struct fleet *fleet = ARENA_NEW(a, struct fleet);
    bool alone = q->n < 2 && !(q->n && q->gateways[0]->service);
    if (!q->n || (alone && !(q->block && q->block->tenants.n))) return fleet;
    const struct fleet_gateway **sorted = arena_copy(a, q->gateways, q->n * sizeof *sorted);
    qsort(sorted, q->n, sizeof *sorted, by_gateway_name);
    struct arena *scratch = arena_new();
    struct comparing c = {.arena = a,
                          .scratch = scratch,
                          .tree = q->tree,
                          .g = sorted,
                          .n = (uint32_t)q->n,
                          .secret_names = fleet_secret_names(scratch, q->names, q->digest_key),
                          .block = q->block ? q->block : &nothing,
                          .fleet = fleet,
                          .index = map_new(scratch)};
    fleet->gateways = sorted;
    fleet->n = q->n;
    if (!alone) compare_all(&c);
    compare_tenants(&c);
    arena_free(scratch);
    return fleet;
}
