#include "load/shown.h"

#include "base/json.h"
#include "load/load.h"

bool shown_is_secret(struct str path) {
    if (str_starts(path, STR("env."))) return true;
    for (size_t at = 0; at < path.n;) {
        size_t end = str_find(path, STR("."), at);
        if (end == SIZE_MAX) end = path.n;
        if (secrets_is_key(str_slice(path, at, end))) return true;
        at = end + 1;
    }
    return false;
}

struct showing {
    struct buf *b;
    const struct tree *tree;
    size_t limit; /* length of the buffer at which to end */
};

static void add_text(const struct showing *s, node_id n, bool secret) {
    struct str text = tree_text(s->tree, n);
    secret = (secret && text.n && !environment_whole_name(text).n) || secrets_in_url(text);
    if (secret) {
        buf_add(s->b, STR("\"***\""));
        return;
    }
    size_t room = s->limit - s->b->n;
    json_add_string(s->b, str_slice(text, 0, room));
    if (text.n > room) buf_add(s->b, STR("..."));
}

/* Recursive: loading has bounded the depth of values, and the limit what is visited. */
static void add_value(const struct showing *s, node_id n, bool secret) {
    const struct node *node = tree_node(s->tree, n);
    bool is_object = node->kind == NODE_OBJECT, first = true;
    if (node->kind == NODE_STRING) {
        add_text(s, n, secret);
        return;
    }
    if (node->kind == NODE_NULL) buf_add(s->b, STR("null"));
    if (node->kind == NODE_BOOL) buf_add(s->b, node->u.boolean ? STR("true") : STR("false"));
    if (node->kind == NODE_NUMBER) json_add_number(s->b, node->u.number);
    if (!is_object && node->kind != NODE_ARRAY) return;
    buf_add_char(s->b, is_object ? '{' : '[');
    for (TREE_EACH(s->tree, child, n)) {
        if (!first) buf_add(s->b, STR(", "));
        first = false;
        if (s->b->n >= s->limit) {
            buf_add(s->b, STR("..."));
            break;
        }
        struct str key = tree_key_text(s->tree, tree_node(s->tree, child)->key);
        if (is_object) {
            json_add_string(s->b, key);
            buf_add(s->b, STR(": "));
        }
        add_value(s, child, secret || (is_object && secrets_is_key(key)));
    }
    buf_add_char(s->b, is_object ? '}' : ']');
}

void shown_add(struct buf *b, const struct tree *t, node_id n, bool secret, size_t limit) {
    struct showing s = {b, t, b->n + limit};
    add_value(&s, n, secret);
}
