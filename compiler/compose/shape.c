/* One form for what Compose lets people write in several. */
#include "base/json.h"
#include "compose/project.h"

struct str compose_scalar(const struct composing *c, node_id n) {
    if (!n) return STR("");
    const struct node *node = tree_node(c->tree, n);
    char number[JS_NUMBER_MAX];
    switch ((enum node_kind)node->kind) {
    case NODE_STRING: return (struct str){node->u.text, node->n};
    case NODE_BOOL: return node->u.boolean ? STR("true") : STR("false");
    case NODE_NUMBER: {
        size_t length = js_number_text(node->u.number, number);
        return str_copy(c->arena, (struct str){number, length});
    }
    case NODE_NULL:
    case NODE_ARRAY:
    case NODE_OBJECT: break;
    }
    return STR("");
}

/* A text at the place of another node. */
static node_id text_at(struct composing *c, struct str text, node_id origin) {
    node_id n = tree_add(c->tree, NODE_STRING, tree_span(c->tree, origin));
    tree_node(c->tree, n)->u.text = text.p ? text.p : "";
    tree_node(c->tree, n)->n = (uint32_t)text.n;
    return n;
}

/* `- NAME=value`, `- NAME` as a member; the key stands where the item does. */
static node_id pair_value(struct composing *c, node_id item, struct str *name) {
    struct str text = compose_scalar(c, item);
    size_t equals = str_find(text, STR("="), 0);
    *name = str_slice(text, 0, equals);
    if (equals == SIZE_MAX) return tree_add(c->tree, NODE_NULL, tree_span(c->tree, item));
    return text_at(c, str_slice(text, equals + 1, text.n), item);
}

static void add_named(struct composing *c, node_id object, node_id *last, struct map *seen,
                      struct str name, node_id value, node_id item) {
    bool is_new;
    uint32_t *at = map_put(seen, name, value, &is_new);
    tree_node(c->tree, value)->key_start = tree_node(c->tree, item)->start;
    if (is_new) {
        compose_add_member(c, object, last, tree_key(c->tree, name), value);
        *at = *last;
        return;
    }
    struct node *old = tree_node(c->tree, *at); /* a list may say a name twice: the later counts */
    struct node *node = tree_node(c->tree, value);
    node->key = old->key;
    node->next = old->next;
    *old = *node;
}

static node_id mapping_of(struct composing *c, node_id list, bool pairs) {
    node_id object = compose_new_object(c, list), last = 0;
    struct map seen = map_new(c->arena);
    for (TREE_EACH(c->tree, item, list)) {
        struct str name = compose_scalar(c, item);
        node_id value = pairs ? pair_value(c, item, &name)
                              : tree_add(c->tree, NODE_NULL, tree_span(c->tree, item));
        if (name.n) add_named(c, object, &last, &seen, name, value, item);
    }
    return object;
}

static node_id list_of(struct composing *c, node_id n) {
    node_id list = tree_clone(c->tree, n), item = tree_clone(c->tree, n);
    struct node *node = tree_node(c->tree, list);
    node->kind = NODE_ARRAY;
    node->n = 1;
    node->u.first = item;
    return list;
}

/* `extends: base` as `{service: base}`. */
static node_id extends_of(struct composing *c, node_id n) {
    node_id object = compose_new_object(c, n), last = 0;
    node_id service = text_at(c, compose_scalar(c, n), n);
    tree_node(c->tree, service)->key_start = tree_node(c->tree, n)->start;
    compose_add_member(c, object, &last, tree_key(c->tree, STR("service")), service);
    return object;
}

enum shape { AS_PAIRS, AS_NAMES, AS_LIST, AS_EXTENDS };

static const struct {
    const char *key;
    enum shape shape;
} shapes[] = {
    {"environment", AS_PAIRS}, {"labels", AS_PAIRS},    {"annotations", AS_PAIRS},
    {"sysctls", AS_PAIRS},     {"networks", AS_NAMES},  {"depends_on", AS_NAMES},
    {"env_file", AS_LIST},     {"tmpfs", AS_LIST},      {"dns", AS_LIST},
    {"dns_search", AS_LIST},   {"extends", AS_EXTENDS},
};

static node_id shaped(struct composing *c, enum shape shape, node_id n) {
    bool list = tree_is(c->tree, n, NODE_ARRAY), object = tree_is(c->tree, n, NODE_OBJECT);
    bool null = tree_is(c->tree, n, NODE_NULL);
    switch (shape) {
    case AS_PAIRS: return list ? mapping_of(c, n, true) : tree_clone(c->tree, n);
    case AS_NAMES: return list ? mapping_of(c, n, false) : tree_clone(c->tree, n);
    case AS_LIST: return list || null ? tree_clone(c->tree, n) : list_of(c, n);
    case AS_EXTENDS: return object || null ? tree_clone(c->tree, n) : extends_of(c, n);
    }
    return 0;
}

static node_id shaped_member(struct composing *c, node_id member) {
    struct str key = tree_key_text(c->tree, tree_node(c->tree, member)->key);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (!str_equal(key, str_from(shapes[i].key))) continue;
        node_id n = shaped(c, shapes[i].shape, member);
        tree_node(c->tree, n)->key_start = tree_node(c->tree, member)->key_start;
        tree_node(c->tree, n)->tag = tree_node(c->tree, member)->tag;
        return n;
    }
    return tree_clone(c->tree, member);
}

node_id compose_shape(struct composing *c, node_id service) {
    node_id object = compose_new_object(c, service), last = 0;
    for (TREE_EACH(c->tree, member, service)) {
        key_id key = tree_node(c->tree, member)->key;
        compose_add_member(c, object, &last, key, shaped_member(c, member));
    }
    return object;
}
