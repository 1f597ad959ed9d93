/* Fuzz target of policy documents: the input is a config and, behind a line `---`, a document. It
 * is held against it, and everything that is said of the two has a place and an id. */
#include <stdlib.h>
#include <string.h>

#include "analysis/conformance.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    struct arena *arena;
    struct tree *tree;
    struct gateways gateways;
    struct environment *environment;
};

static uint32_t add_file(struct input *in, const char *name, struct str text) {
    char *p = arena_zalloc(in->arena, text.n + SOURCE_PADDING, 1);
    if (text.n) memcpy(p, text.p, text.n);
    return source_add(in->tree->sources, str_from(name), (struct str){p, text.n});
}

static struct model *model_of(struct input *in, struct str config) {
    struct diags *diags = diags_new(in->arena);
    struct loaded *loaded = ARENA_NEW(in->arena, struct loaded);
    struct gateway_place where = {.name = STR("fuzz")};
    struct loader l = {.arena = in->arena,
                       .tree = in->tree,
                       .diags = diags,
                       .gateways = &in->gateways,
                       .environment = in->environment,
                       .files = &files_of_machine,
                       .config = STR("/nonexistent/c.json5"),
                       .directory = STR("/"),
                       .gateway = STR(""),
                       .gateway_from = STR("")};
    load_config(&l, add_file(in, "c.json5", config), loaded);
    if (!loaded->root) return NULL;
    return model_build(in->arena, diags, loaded, in->environment, &where);
}

static void check(const struct tree *t, const struct conformance *c) {
    for (size_t i = 0; i < c->violations.n; i++) {
        const struct violation *v = &c->violations.v[i];
        node_id at = v->at & ~PLACE_KEY;
        if (!at || at >= t->n || !v->check.n || !v->target.n) abort();
    }
    for (size_t i = 0; i < c->undecided.n; i++)
        if (!c->undecided.v[i].check.n || !c->undecided.v[i].reason.n) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *a = arena_new();
    struct input in = {
        .arena = a, .tree = tree_new(a, sources_new(a)), .gateways = gateways_load(a)};
    struct str text = {(const char *)data, size};
    size_t mark = str_find(text, STR("\n---\n"), 0);
    in.environment = environment_new(a);
    struct model *m = model_of(&in, str_slice(text, 0, mark));
    struct str document = mark == SIZE_MAX ? text : str_slice(text, mark + 5, text.n);
    struct policy_document *d = policy_document_read(
        in.tree, add_file(&in, "policy.jsonc", document), policy_format_newest(a, &in.gateways));
    (void)policy_document_hash(d->arena, d);
    if (m) {
        struct analysis *s = analyse(a, m, (struct names){NULL, 0});
        policy_compare_scopes(d, m->gateway);
        check(in.tree, conformance_check(s, d, true));
    }
    arena_free(a);
    return 0;
}
