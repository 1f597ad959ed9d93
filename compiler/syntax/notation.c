#include "syntax/notation.h"

#include <math.h>

#include "base/json.h"
#include "base/utf8.h"

static void add_number(struct buf *b, double x) {
    const char *name = NULL;
    if (isnan(x)) name = "NaN";
    if (isinf(x)) name = x > 0 ? "Infinity" : "-Infinity";
    if (x == 0 && signbit(x)) name = "-0";
    if (name)
        buf_addf(b, "{\"num\":\"%s\"}", name);
    else
        json_add_number(b, x);
}

static bool is_surrogate(uint32_t c) {
    return c >= 0xd800 && c <= 0xdfff;
}

/* Pairs are kept as one code point, so any surrogate is a lone one. All of them begin with ED. */
static bool has_lone_surrogate(struct str s) {
    for (size_t at = str_find(s, STR("\xed"), 0); at != SIZE_MAX;
         at = str_find(s, STR("\xed"), at + 1)) {
        uint32_t c;
        utf8_decode(s, at, true, &c);
        if (is_surrogate(c)) return true;
    }
    return false;
}

static void add_unit(struct buf *b, uint32_t unit, bool *first) {
    buf_addf(b, *first ? "%u" : ",%u", (unsigned)unit);
    *first = false;
}

static void add_text(struct buf *b, struct str s) {
    if (!has_lone_surrogate(s)) {
        json_add_string(b, s);
        return;
    }
    bool first = true;
    buf_add(b, STR("{\"utf16\":["));
    for (size_t at = 0; at < s.n;) {
        uint32_t c;
        at += utf8_decode(s, at, true, &c);
        if (c >= 0x10000) {
            add_unit(b, 0xd800 + ((c - 0x10000) >> 10), &first);
            c = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        add_unit(b, c, &first);
    }
    buf_add(b, STR("]}"));
}

static void add_scalar(struct buf *b, const struct node *n) {
    switch ((enum node_kind)n->kind) {
    case NODE_NULL: buf_add(b, STR("null")); break;
    case NODE_BOOL: buf_add(b, n->u.boolean ? STR("true") : STR("false")); break;
    case NODE_NUMBER: add_number(b, n->u.number); break;
    case NODE_STRING: add_text(b, (struct str){n->u.text, n->n}); break;
    case NODE_ARRAY:
    case NODE_OBJECT: break;
    }
}

static bool is_container(const struct node *n) {
    return n->kind == NODE_ARRAY || n->kind == NODE_OBJECT;
}

/* Opens a container, or adds a scalar whole. */
static void begin(struct buf *b, const struct node *n) {
    if (is_container(n))
        buf_add(b, n->kind == NODE_OBJECT ? STR("{\"map\":[") : STR("{\"list\":["));
    else
        add_scalar(b, n);
}

/* The way from the outermost container to the one at hand is kept on a stack of its own: nesting is
 * not limited by that of the program. */
void notation_add_value(struct buf *b, const struct tree *t, node_id value) {
    ARRAY(node_id) open = {NULL, 0, 0};
    struct arena *scratch = arena_new();
    node_id at = value;
    begin(b, tree_node(t, at));
    if (is_container(tree_node(t, at))) ARRAY_PUSH(scratch, open) = at;
    bool entering = true; /* the innermost container has just been opened */
    while (open.n > 0) {
        node_id innermost = open.v[open.n - 1];
        bool in_object = tree_is(t, innermost, NODE_OBJECT);
        node_id child = entering ? tree_first(t, innermost) : tree_node(t, at)->next;
        if (!entering && in_object) buf_add_char(b, ']');
        if (!child) {
            buf_add(b, STR("]}"));
            at = innermost;
            open.n--;
            entering = false;
            continue;
        }
        if (!entering) buf_add_char(b, ',');
        if (in_object) {
            buf_add_char(b, '[');
            add_text(b, tree_key_text(t, tree_node(t, child)->key));
            buf_add_char(b, ',');
        }
        begin(b, tree_node(t, child));
        at = child;
        entering = is_container(tree_node(t, child));
        if (entering) ARRAY_PUSH(scratch, open) = child;
    }
    arena_free(scratch);
}
