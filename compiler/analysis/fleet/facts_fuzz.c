/* Fuzz target of facts: whatever the lines are, they are refused with a sentence or read into
 * gateways that can be compared. */
#include <stdlib.h>
#include <string.h>

#include "analysis/fleet/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same for all inputs: reading it takes longer than reading facts. */
static const struct gateways *versions(void) {
    static struct gateways data;
    static struct arena *lasting;
    if (lasting) return &data;
    lasting = arena_new();
    data = gateways_load(lasting);
    return &data;
}

static void read_lines(struct fleet_facts *facts, struct str text) {
    for (size_t at = 0; at < text.n;) {
        size_t end = str_find(text, STR("\n"), at);
        if (end == SIZE_MAX) end = text.n;
        struct str why = STR("");
        if (end > at && !fleet_facts_read(facts, str_slice(text, at, end), &why) && !why.n) abort();
        at = end + 1;
    }
    struct str why = STR("");
    if (!fleet_facts_end(facts, &why) && !why.n) abort();
}

/* Every place that a comparison points at can be shown. */
static void show(const struct tree *t, const struct fleet *fleet) {
    for (size_t i = 0; i < fleet->shares.n; i++)
        for (size_t k = 0; k < fleet->shares.v[i].n; k++) {
            struct span span = place_span(t, fleet->shares.v[i].members[k].at);
            if (!span.file) continue;
            if (source_position(t->sources, span.file, span.start).line == 0) abort();
            (void)source_outline_path(t->sources, span);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *a = arena_new();
    struct tree *t = tree_new(a, sources_new(a));
    char *text = arena_zalloc(a, size + SOURCE_PADDING, 1);
    memcpy(text, data, size);
    struct fleet_facts *facts = fleet_facts_new(a, t, versions());
    read_lines(facts, (struct str){text, size});
    struct str why = STR("");
    struct fleet_question q = {.tree = t, .names = environment_new(a)};
    q.gateways = fleet_facts_gateways(facts, &q.n, &why);
    if (!q.gateways && !why.n) abort();
    if (q.gateways) show(t, fleet_analyse(a, &q));
    arena_free(a);
    return 0;
}
