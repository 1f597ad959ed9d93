#include "syntax/tree.h"

#include <stdarg.h>

struct tree *tree_new(struct arena *a, struct sources *s) {
    struct tree *t = ARENA_NEW(a, struct tree);
    t->arena = a;
    t->sources = s;
    t->key_ids = map_new(a);
    ARRAY_PUSH(a, t->keys) = STR("");
    t->n = 1;
    return t;
}

node_id tree_add(struct tree *t, enum node_kind kind, struct span span) {
    if (t->n >= t->capacity)
        arena_array_grow(t->arena, (void **)(void *)&t->nodes, &t->capacity, t->n + 1,
                         sizeof *t->nodes);
    t->nodes[t->n] = (struct node){
        .start = span.start, .end = span.end, .file = (uint16_t)span.file, .kind = (uint8_t)kind};
    return (node_id)t->n++;
}

node_id tree_clone(struct tree *t, node_id n) {
    node_id copy = tree_add(t, NODE_NULL, SPAN_NONE);
    t->nodes[copy] = t->nodes[n];
    t->nodes[copy].key = 0;
    t->nodes[copy].next = 0;
    return copy;
}

node_id tree_copy(struct tree *t, node_id n) {
    node_id copy = tree_clone(t, n), last = 0;
    t->nodes[copy].key = t->nodes[n].key;
    if (t->nodes[n].kind != NODE_ARRAY && t->nodes[n].kind != NODE_OBJECT) return copy;
    for (node_id child = t->nodes[n].u.first; child; child = t->nodes[child].next) {
        node_id below = tree_copy(t, child);
        if (last)
            t->nodes[last].next = below;
        else
            t->nodes[copy].u.first = below;
        last = below;
    }
    return copy;
}

key_id tree_key(struct tree *t, struct str key) {
    bool is_new;
    uint32_t *id = map_put(&t->key_ids, key, (uint32_t)t->keys.n, &is_new);
    if (is_new) ARRAY_PUSH(t->arena, t->keys) = key;
    return *id;
}

key_id tree_find_key(const struct tree *t, struct str key) {
    const uint32_t *id = map_get(&t->key_ids, key);
    return id ? *id : 0;
}

struct str tree_key_text(const struct tree *t, key_id key) {
    return t->keys.v[key];
}

bool tree_is(const struct tree *t, node_id n, enum node_kind kind) {
    return n && t->nodes[n].kind == kind;
}

struct str tree_text(const struct tree *t, node_id n) {
    if (!tree_is(t, n, NODE_STRING)) return STR("");
    return (struct str){t->nodes[n].u.text, t->nodes[n].n};
}

node_id tree_first(const struct tree *t, node_id parent) {
    if (!tree_is(t, parent, NODE_ARRAY) && !tree_is(t, parent, NODE_OBJECT)) return 0;
    return t->nodes[parent].u.first;
}

node_id tree_member(const struct tree *t, node_id object, struct str key) {
    if (!tree_is(t, object, NODE_OBJECT)) return 0;
    key_id id = tree_find_key(t, key);
    if (!id) return 0;
    for (TREE_EACH(t, child, object))
        if (t->nodes[child].key == id) return child;
    return 0;
}

node_id tree_path(const struct tree *t, node_id n, ...) {
    va_list keys;
    va_start(keys, n);
    const char *key;
    while (n && (key = va_arg(keys, const char *)) != NULL) n = tree_member(t, n, str_from(key));
    va_end(keys);
    return n;
}

void tree_append(struct tree *t, node_id parent, key_id key, node_id child) {
    struct node *p = &t->nodes[parent];
    node_id *link = &p->u.first;
    while (*link) link = &t->nodes[*link].next;
    *link = child;
    t->nodes[child].key = key;
    p->n++;
}

struct span tree_span(const struct tree *t, node_id n) {
    if (!n) return SPAN_NONE;
    const struct node *node = &t->nodes[n];
    return (struct span){node->file, node->start, node->end};
}

/* A key ends after its closing quote; without quotes, where its text ends or, if an escape is in
 * it, before white space, a comment or the colon. Found by reading the source again; keys are shown
 * rarely. */
static uint32_t key_end(struct str text, struct str key, uint32_t start, uint32_t limit) {
    char quote = text.p[start];
    uint32_t at = start;
    if (key.n && str_equal(str_slice(text, start, start + key.n), key))
        return start + (uint32_t)key.n;
    if (quote == '"' || quote == '\'') {
        for (at++; at < limit && text.p[at] != quote; at++)
            if (text.p[at] == '\\') at++;
        return at < limit ? at + 1 : limit;
    }
    while (at < limit && text.p[at] != ':' && text.p[at] != ' ' && text.p[at] != '\t' &&
           text.p[at] != '\n' && text.p[at] != '\r' && text.p[at] != '/')
        at++;
    return at;
}

struct span tree_key_span(const struct tree *t, node_id n) {
    const struct node *node = &t->nodes[n];
    if (!n || !node->key || !node->file || (node->flags & NODE_SYNTHETIC)) return tree_span(t, n);
    struct str text = source_text(t->sources, node->file);
    uint32_t limit = node->start > node->key_start ? node->start : (uint32_t)text.n;
    struct str key = tree_key_text(t, node->key);
    return (struct span){node->file, node->key_start, key_end(text, key, node->key_start, limit)};
}
