#include "load/read.h"

const char *read_kind_name(enum node_kind kind) {
    static const char *const names[] = {"null",     "a boolean", "a number",
                                        "a string", "an array",  "an object"};
    return names[kind];
}

bool read_is(const struct reading *r, node_id n, enum node_kind kind) {
    if (!n) return false;
    struct node *node = tree_node(r->tree, n);
    if (node->kind == kind) return true;
    if (node->flags & NODE_REPORTED) return false;
    node->flags |= NODE_REPORTED;
    struct str key = tree_key_text(r->tree, node->key);
    diag_add(r->diags, SEVERITY_ERROR, "invalid_type", tree_span(r->tree, n),
             "%s%.*s%s must be %s, but this is %s", node->key ? "`" : "", STR_ARG(key),
             node->key ? "`" : "this element", read_kind_name(kind), read_kind_name(node->kind));
    return false;
}

node_id read_member(const struct reading *r, node_id object, const char *key, enum node_kind kind) {
    node_id n = tree_member(r->tree, object, str_from(key));
    return read_is(r, n, kind) ? n : 0;
}
