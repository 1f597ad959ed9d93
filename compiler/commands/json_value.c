#include "commands/json_value.h"

#include <math.h>

#include "base/json.h"

void json_add_any_number(struct buf *b, double x) {
    char text[JS_NUMBER_MAX];
    size_t n = js_number_text(x, text);
    if (isfinite(x) && !(x == 0 && signbit(x)))
        buf_add(b, (struct str){text, n});
    else
        buf_addf(b, "{\"$number\": \"%s%.*s\"}", x == 0 ? "-" : "", (int)n, text);
}

/* A value whose children are being written. */
struct frame {
    node_id next;
    char close;
};

static void add_scalar(struct buf *b, const struct tree *t, node_id n) {
    const struct node *node = tree_node(t, n);
    if (node->kind == NODE_NULL) buf_add(b, STR("null"));
    if (node->kind == NODE_BOOL) buf_add(b, node->u.boolean ? STR("true") : STR("false"));
    if (node->kind == NODE_NUMBER) json_add_any_number(b, node->u.number);
    if (node->kind == NODE_STRING) json_add_string(b, tree_text(t, n));
}

/* Without recursion: configs nest some thousand levels. */
void json_add_node(struct buf *b, const struct tree *t, node_id root) {
    ARRAY(struct frame) open = {0};
    node_id n = root;
    for (;;) {
        if (n) {
            const struct node *node = tree_node(t, n);
            if (open.n && open.v[open.n - 1].close == '}') {
                json_add_string(b, tree_key_text(t, node->key));
                buf_add(b, STR(": "));
            }
            if (open.n) open.v[open.n - 1].next = node->next;
            if (node->kind >= NODE_ARRAY) {
                buf_add_char(b, node->kind == NODE_ARRAY ? '[' : '{');
                struct frame f = {node->u.first, node->kind == NODE_ARRAY ? ']' : '}'};
                ARRAY_PUSH(b->arena, open) = f;
                n = f.next;
                continue;
            }
            add_scalar(b, t, n);
        }
        while (open.n && !open.v[open.n - 1].next) buf_add_char(b, open.v[--open.n].close);
        if (!open.n) return;
        n = open.v[open.n - 1].next;
        buf_add(b, STR(", "));
    }
}
