/* Fuzz target: any bytes give a verdict and a tree that is whole. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "syntax/json5.h"
#include "syntax/notation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold; ends the process where the fuzzer sees it. */
static void check(bool holds) {
    if (!holds) abort();
}

/* Every node lies in the text, children lie in their parent, in an array one behind the other. */
static void check_children(const struct tree *t, node_id parent) {
    const struct node *p = tree_node(t, parent);
    uint32_t count = 0, behind = p->start;
    for (TREE_EACH(t, child, parent)) {
        const struct node *c = tree_node(t, child);
        check(child > parent && c->start >= p->start && c->end <= p->end);
        check((c->key != 0) == (p->kind == NODE_OBJECT));
        check(!c->key || (c->key_start >= p->start && c->key_start <= c->start));
        if (p->kind == NODE_ARRAY) check(c->start >= behind);
        behind = c->end;
        count++;
    }
    check(count == p->n || (p->kind != NODE_ARRAY && p->kind != NODE_OBJECT));
}

static void check_tree(const struct tree *t, size_t size) {
    for (node_id n = 1; n < t->n; n++) {
        const struct node *node = tree_node(t, n);
        check(node->start <= node->end && node->end <= size);
        check(n == 1 || tree_node(t, n - 1)->start <= node->start);
        if (node->kind == NODE_ARRAY || node->kind == NODE_OBJECT) check_children(t, n);
    }
}

static void check_diags(const struct diags *d, size_t size) {
    for (size_t i = 0; i < d->list.n; i++) {
        const struct diag *diag = &d->list.v[i];
        check(diag->span.start <= diag->span.end && diag->span.end <= size);
        check(diag->message.n > 0);
        for (size_t k = 0; k < diag->notes.n; k++)
            check(diag->notes.v[k].span.start <= diag->notes.v[k].span.end);
    }
}

static struct str parse(struct arena *a, struct str text) {
    struct sources *sources = sources_new(a);
    struct tree *t = tree_new(a, sources);
    struct diags *d = diags_new(a);
    uint32_t file = source_add(sources, STR("fuzz"), text);
    struct json5_result r = json5_parse(t, file, d);
    check(r.root > 0 && r.ok == (d->errors == 0));
    check(r.ok || (r.what && r.gateway_message.n > 0 && r.gateway_line > 0));
    check_tree(t, text.n);
    check_diags(d, text.n);
    struct buf b = buf_new(a);
    notation_add_value(&b, t, r.root);
    return buf_str(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *a = arena_new();
    char *copy = arena_zalloc(a, size + SOURCE_PADDING, 1);
    if (size) memcpy(copy, data, size);
    struct str text = {copy, size};
    struct str first = parse(a, text), second = parse(a, text);
    check(str_equal(first, second));
    /* What is printed can be read, as a line of a batch. */
    struct tree *t = tree_new(a, NULL);
    check(json5_parse_text(t, first).ok);
    arena_free(a);
    return 0;
}
