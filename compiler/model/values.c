#include "model/values.h"

#include "base/json.h"
#include "model/ids.h"

place value_place(node_id n, place around) {
    return n ? n : around;
}

struct text value_or(struct text a, struct text b) {
    return a.set || !b.set ? a : b;
}

struct text value_of_node(const struct reading *r, node_id n) {
    return (struct text){.v = tree_text(r->tree, n),
                         .at = n,
                         .set = true,
                         .symbolic = tree_node(r->tree, n)->flags & NODE_SYMBOLIC};
}

struct text value_text(const struct reading *r, node_id object, const char *key, place around,
                       struct str fallback) {
    node_id n = read_member(r, object, key, NODE_STRING);
    if (n) return value_of_node(r, n);
    return (struct text){.v = fallback, .at = around};
}

struct flag value_flag(const struct reading *r, node_id object, const char *key, place around,
                       bool fallback) {
    node_id n = read_member(r, object, key, NODE_BOOL);
    if (n) return (struct flag){tree_node(r->tree, n)->u.boolean, n, true};
    return (struct flag){fallback, around, false};
}

struct text value_secret(const struct reading *r, const struct environment *env, node_id object,
                         const char *key, place around) {
    node_id n = tree_member(r->tree, object, str_from(key));
    struct text absent = {.at = around};
    if (tree_is(r->tree, n, NODE_STRING)) {
        struct text t = value_of_node(r, n);
        t.v = ids_trim(t.v);
        t.set = t.v.n > 0;
        return t;
    }
    struct str source = tree_text(r->tree, tree_member(r->tree, n, STR("source")));
    struct str id = tree_text(r->tree, tree_member(r->tree, n, STR("id")));
    if (!source.n || !id.n) return absent;
    if (!str_equal(source, STR("env")))
        return (struct text){.v = STR(""), .at = n, .set = true, .symbolic = true};
    struct str value = environment_get(env, id);
    if (value.n) return (struct text){.v = ids_trim(value), .at = n, .set = true};
    if (environment_knows(env, id)) return absent;
    struct str symbol = str_format(r->tree->arena, "${" STR_FMT "}", STR_ARG(id));
    return (struct text){.v = symbol, .at = n, .set = true, .symbolic = true};
}

static struct text number_as_text(struct arena *a, const struct reading *r, node_id n) {
    char text[JS_NUMBER_MAX];
    size_t length = js_number_text(tree_node(r->tree, n)->u.number, text);
    return (struct text){.v = str_copy(a, (struct str){text, length}), .at = n, .set = true};
}

struct text_list value_list(struct arena *a, const struct reading *r, node_id object,
                            const char *key, place around) {
    node_id list = read_member(r, object, key, NODE_ARRAY);
    if (!list) return (struct text_list){.at = around};
    struct text *v = ARENA_ARRAY(a, struct text, tree_node(r->tree, list)->n);
    size_t n = 0;
    for (TREE_EACH(r->tree, item, list)) {
        if (tree_is(r->tree, item, NODE_NUMBER))
            v[n++] = number_as_text(a, r, item);
        else if (read_is(r, item, NODE_STRING))
            v[n++] = value_of_node(r, item);
    }
    return (struct text_list){v, n, list, true};
}

struct span place_span(const struct tree *t, place at) {
    node_id n = at & ~PLACE_KEY;
    if (!n) return SPAN_NONE;
    const struct node *node = tree_node(t, n);
    bool block = node->kind == NODE_OBJECT || node->kind == NODE_ARRAY;
    if (!node->key) return tree_span(t, n);
    /* The key that a repair gave to a value stands nowhere. */
    if ((node->flags & NODE_SYNTHETIC) && !node->key_start) return tree_span(t, n);
    if (block || (at & PLACE_KEY)) return tree_key_span(t, n);
    return (struct span){node->file, node->key_start, node->end};
}
