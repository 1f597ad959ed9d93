#include "syntax/json5_parser.h"

void json5_refuse(struct json5_parser *p, uint32_t expected) {
    p->refused = true;
    p->attention = true;
    p->expected = expected;
}

void json5_root(struct json5_parser *p, node_id root) {
    if (!p->result.root) p->result.root = root;
}

struct arena *json5_scratch(struct json5_parser *p) {
    if (!p->scratch) p->scratch = arena_new();
    return p->scratch;
}

static void grow_frames(struct json5_parser *p) {
    size_t used = (size_t)(p->frame - p->frames) + 1;
    size_t size = sizeof *p->frames;
    struct json5_frame *old = p->frames == p->inline_frames ? NULL : p->frames;
    p->frames = arena_grow(json5_scratch(p), old, old ? used * size : 0, 2 * used * size);
    if (!old) memcpy(p->frames, p->inline_frames, used * size);
    p->frame = &p->frames[used - 1];
    p->frame_limit = &p->frames[2 * used - 1];
}

void json5_open(struct json5_parser *p, node_id container) {
    if (p->frame == p->frame_limit) grow_frames(p);
    p->frame++;
    *p->frame = (struct json5_frame){.container = container};
    if (p->frame - p->frames > JSON5_MAX_DEPTH) {
        p->too_deep = true;
        p->attention = true;
    }
}

node_id json5_close(struct json5_parser *p, struct json5_value bracket) {
    const struct json5_frame *f = p->frame--;
    struct node *n = &p->tree->nodes[f->container];
    n->end = bracket.start + 1;
    n->n = f->count;
    if (f->reorder) json5_reorder(p, f->container);
    return f->container;
}

static inline void link_child(struct json5_parser *p, node_id child) {
    struct json5_frame *f = p->frame;
    struct node *nodes = p->tree->nodes;
    if (f->last)
        nodes[f->last].next = child;
    else
        nodes[f->container].u.first = child;
    f->last = child;
    f->count++;
}

void json5_add_element(struct json5_parser *p, node_id value) {
    link_child(p, value);
}

void json5_add_member(struct json5_parser *p, struct json5_value key, node_id value) {
    struct json5_frame *f = p->frame;
    struct node *n = &p->tree->nodes[value];
    n->key = key.id;
    n->key_start = key.start;
    uint64_t bit = UINT64_C(1) << (key.id & 63);
    struct str text = p->tree->keys.v[key.id];
    /* Only a key that begins with a digit can be an array index. */
    f->reorder |= (f->seen_keys & bit) != 0 || (text.n && json5_is_digit(text.p[0]));
    f->seen_keys |= bit;
    link_child(p, value);
}

/* The first eight bytes of a key, fewer if it is shorter. Reads behind it: texts have padding. */
static inline uint64_t key_head(const char *text, size_t length) {
    uint64_t head = 0;
    if (length >= sizeof head)
        memcpy(&head, text, sizeof head);
    else
        for (size_t i = 0; i < length; i++) head = head << 8 | (unsigned char)text[i];
    return head;
}

key_id json5_intern(struct json5_parser *p, const char *text, size_t length) {
    uint64_t head = key_head(text, length);
    uint64_t mixed = (head ^ length) * UINT64_C(0x9e3779b97f4a7c15);
    struct json5_cached_key *c = &p->cache[mixed >> 57];
    if (c->key && c->head == head && c->length == length &&
        (length <= 8 || memcmp(c->text + 8, text + 8, length - 8) == 0))
        return c->key;
    key_id key = tree_key(p->tree, (struct str){text, length});
    *c = (struct json5_cached_key){head, text, (uint32_t)length, key};
    return key;
}

struct json5_value json5_scalar_key(struct json5_parser *p, struct json5_value scalar) {
    const struct node *n = &p->tree->nodes[scalar.id];
    struct str text = {p->text + n->start, n->end - n->start};
    if (n->kind == NODE_STRING) text = (struct str){n->u.text, n->n};
    return (struct json5_value){json5_intern(p, text.p, text.n), n->start};
}
