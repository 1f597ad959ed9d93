/* Fuzz target of loading: the input is a small file system, files separated by lines `--- NAME`;
 * the first one is the config. Whatever it holds, loading ends, stays within the roots, leaves a
 * tree whose links are sound, and can be taken back. */
#include <stdlib.h>

#include "load/load.h"
#include "load/load_testing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str padded(struct arena *a, struct str text) {
    char *p = arena_zalloc(a, text.n + SOURCE_PADDING, 1);
    if (text.n) memcpy(p, text.p, text.n);
    return (struct str){p, text.n};
}

/* Adds the files behind the first to the file system; gives the first. */
static struct str divide(struct virtual_files *v, struct str input) {
    struct str first = input, name = STR("");
    bool is_first = true;
    for (size_t at = 0; at <= input.n;) {
        size_t mark = str_find(input, STR("\n--- "), at);
        struct str text = str_slice(input, at, mark == SIZE_MAX ? input.n : mark);
        if (is_first) first = text;
        if (!is_first && name.n) virtual_add(v, STR("/c"), name, text);
        if (mark == SIZE_MAX) break;
        size_t end = str_find(input, STR("\n"), mark + 1);
        if (end == SIZE_MAX) end = input.n;
        name = str_slice(input, mark + 5, end);
        at = end + 1;
        is_first = false;
    }
    return first;
}

/* Every child is a node, every object has as many members as it says. Nothing is its own ancestor:
 * the walk would not end, the depth stops it. */
static void check_below(const struct tree *t, node_id n, size_t depth) {
    enum { DEEPEST = 20000 };
    if (depth > DEEPEST || n >= t->n) abort();
    size_t children = 0;
    for (TREE_EACH(t, child, n)) {
        check_below(t, child, depth + 1);
        children++;
    }
    bool has = tree_is(t, n, NODE_OBJECT) || tree_is(t, n, NODE_ARRAY);
    if (has && children != tree_node(t, n)->n) abort();
}

static void load_as(const struct gateways *gateways, const char *version, struct str input) {
    struct arena *a = arena_new();
    struct virtual_files v = {.arena = a};
    ARRAY_PUSH(a, v.roots) = STR("/c");
    struct files access = virtual_access(&v);
    struct sources *sources = sources_new(a);
    struct tree *t = tree_new(a, sources);
    uint32_t file = source_add(sources, STR("c.json5"), padded(a, divide(&v, input)));
    struct loader l = {.arena = a,
                       .tree = t,
                       .diags = diags_new(a),
                       .gateways = gateways,
                       .environment = environment_new(a),
                       .files = &access,
                       .config = STR("/c/c.json5"),
                       .directory = STR("/"),
                       .gateway = str_from(version),
                       .gateway_from = STR("fuzz"),
                       .tell_steps = true};
    struct loaded loaded;
    load_config(&l, file, &loaded);
    if (v.escaped) abort();
    if (loaded.root) check_below(t, loaded.root, 0);
    load_undo_repair(&loaded);
    if (loaded.resolved) check_below(t, loaded.resolved, 0);
    arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const versions[] = {"2026.9.6", "2026.3.13", ""};
    struct arena *a = arena_new();
    struct gateways gateways = gateways_load(a);
    struct str input = {(const char *)data, size};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        load_as(&gateways, versions[i], input);
    arena_free(a);
    return 0;
}
