/* Facts about the settings that the gateway's own audit asks about. */
#include "policy/facts_settings.h"

#include "policy/facts_table.h"

struct cel_value fact_suppressed_ids(struct cel_run *run, const struct model *m) {
    size_t n = m->audit_suppressions.n;
    struct cel_value *v = arena_alloc(run->arena, n * sizeof *v);
    for (size_t i = 0; i < n; i++) v[i] = text(&m->audit_suppressions.v[i].check_id);
    return cel_with_origin(cel_list(v, n), m->audit_suppressions_at);
}
