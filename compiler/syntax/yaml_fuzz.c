/* Fuzz target of the YAML reader: whatever the bytes are, it ends, stays in bounds, and every node
 * lies within the file. */
#include <stdlib.h>
#include <string.h>

#include "syntax/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *a = arena_new();
    struct sources *s = sources_new(a);
    struct tree *t = tree_new(a, s);
    char *text = arena_zalloc(a, size + SOURCE_PADDING, 1);
    memcpy(text, data, size);
    uint32_t file = source_add(s, STR("fuzz.yaml"), (struct str){text, size});
    struct diags *d = diags_new(a);
    node_id root = yaml_parse(t, file, d);
    if (!root != (d->errors > 0)) abort();
    for (node_id n = 1; root && n < t->n; n++)
        if (t->nodes[n].start > t->nodes[n].end || t->nodes[n].end > size) abort();
    for (size_t i = 0; i < d->list.n; i++)
        if (d->list.v[i].span.end > size) abort();
    arena_free(a);
    return 0;
}
