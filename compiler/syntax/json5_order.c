/* The order in which JavaScript enumerates the members of an object: keys that are array indices
 * first, ascending; then the others by their first occurrence. The last value of a key wins. */
#include <stdlib.h>

#include "syntax/json5_parser.h"

/* An array index is a canonical decimal from 0 to 2^32 - 2. */
static bool array_index(struct str key, uint32_t *index) {
    if (key.n == 0 || key.n > 10 || (key.n > 1 && key.p[0] == '0')) return false;
    uint64_t value = 0;
    for (size_t i = 0; i < key.n; i++) {
        if (key.p[i] < '0' || key.p[i] > '9') return false;
        value = value * 10 + (uint64_t)(key.p[i] - '0');
    }
    *index = (uint32_t)value;
    return value < UINT32_MAX;
}

static int in_order(const void *a, const void *b) {
    const struct json5_member *x = a, *y = b;
    if (x->is_index != y->is_index) return x->is_index ? -1 : 1;
    uint32_t left = x->is_index ? x->index : x->order, right = y->is_index ? y->index : y->order;
    return (left > right) - (left < right);
}

static struct str shown_key(const struct json5_parser *p, node_id member) {
    struct span key = tree_key_span(p->tree, member);
    return source_quote(p->tree->sources, p->diags->arena, key);
}

static struct span key_span(const struct json5_parser *p, node_id member) {
    return tree_key_span(p->tree, member);
}

static void warn_duplicate(struct json5_parser *p, node_id first, node_id again) {
    if (!p->diags) return;
    if (p->duplicates == JSON5_MAX_REPORTS)
        diag_add(p->diags, SEVERITY_WARN, "duplicate_key", key_span(p, again),
                 "further repeated keys of this file are not shown");
    if (p->duplicates++ >= JSON5_MAX_REPORTS) return;
    struct diag *d = diag_add(p->diags, SEVERITY_WARN, "duplicate_key", key_span(p, again),
                              "the key " STR_FMT
                              " is here a second time: this value wins and the one before it is "
                              "lost; remove one of them or rename it",
                              STR_ARG(shown_key(p, again)));
    diag_note_add(p->diags, d, key_span(p, first), "the first one, whose value is lost");
}

static void warn_order(struct json5_parser *p, node_id object, node_id moved) {
    if (!p->diags) return;
    if (p->reorders == JSON5_MAX_REPORTS)
        diag_add(p->diags, SEVERITY_WARN, "integer_key_order", key_span(p, moved),
                 "further keys of this file that change the order are not shown");
    if (p->reorders++ >= JSON5_MAX_REPORTS) return;
    struct diag *d = diag_add(
        p->diags, SEVERITY_WARN, "integer_key_order", key_span(p, moved),
        "the key " STR_FMT " is a whole number: the gateway puts such keys first, in ascending "
        "order, so the order here is not the one that is written; choose a key that is no number",
        STR_ARG(shown_key(p, moved)));
    struct span opened = tree_span(p->tree, object);
    opened.end = opened.start + 1;
    diag_note_add(p->diags, d, opened, "in this object");
}

/* The table of places by key, all zero. */
static uint32_t *seen_table(struct json5_parser *p) {
    if (p->seen_capacity < p->tree->keys.n) {
        p->seen_capacity = arena_next_capacity(p->seen_capacity, p->tree->keys.n, sizeof *p->seen);
        p->seen = ARENA_ARRAY(json5_scratch(p), uint32_t, p->seen_capacity);
    }
    return p->seen;
}

/* Takes out repeated members: the last one stands where the first did. Returns how many are left.
 * `seen` maps a key to the place of its member in `members`, plus one. */
static size_t drop_duplicates(struct json5_parser *p, struct json5_member *members, size_t n) {
    struct node *nodes = p->tree->nodes;
    uint32_t *seen = seen_table(p);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t *place = &seen[nodes[members[i].node].key];
        if (*place) {
            node_id *earlier = &members[*place - 1].node;
            warn_duplicate(p, *earlier, members[i].node);
            nodes[*earlier].flags |= NODE_DUPLICATE;
            *earlier = members[i].node;
        } else {
            members[kept++] = members[i];
            *place = (uint32_t)kept;
        }
    }
    for (size_t i = 0; i < kept; i++) seen[nodes[members[i].node].key] = 0;
    return kept;
}

/* Work space for `n` members, kept from object to object. */
static struct json5_member *work_space(struct json5_parser *p, size_t n) {
    if (p->work_capacity < n) {
        size_t size = sizeof *p->work;
        size_t capacity = arena_next_capacity(p->work_capacity, n, size);
        p->work = arena_grow(json5_scratch(p), p->work, p->work_capacity * size, capacity * size);
        p->work_capacity = capacity;
    }
    return p->work;
}

/* Notes the array indices among the keys. True when JavaScript's order is not the written one. */
static bool find_indices(struct json5_parser *p, node_id object, struct json5_member *members,
                         size_t n) {
    const struct tree *t = p->tree;
    bool other = false, any = false;
    uint32_t largest = 0;
    node_id moved = 0;
    for (size_t i = 0; i < n; i++) {
        struct json5_member *m = &members[i];
        m->is_index = array_index(tree_key_text(t, t->nodes[m->node].key), &m->index);
        m->order = (uint32_t)i;
        if (m->is_index && (other || (any && m->index < largest)) && !moved) moved = m->node;
        if (m->is_index) largest = m->index > largest ? m->index : largest;
        other |= !m->is_index;
        any |= m->is_index;
    }
    if (moved) warn_order(p, object, moved);
    return moved != 0;
}

void json5_reorder(struct json5_parser *p, node_id object) {
    struct node *nodes = p->tree->nodes;
    struct json5_member *members = work_space(p, nodes[object].n);
    size_t n = 0;
    for (node_id m = nodes[object].u.first; m; m = nodes[m].next) members[n++].node = m;
    n = drop_duplicates(p, members, n);
    if (find_indices(p, object, members, n)) qsort(members, n, sizeof *members, in_order);
    node_id *link = &nodes[object].u.first;
    for (size_t i = 0; i < n; i++) {
        *link = members[i].node;
        link = &nodes[members[i].node].next;
    }
    *link = 0;
    nodes[object].n = (uint32_t)n;
}
