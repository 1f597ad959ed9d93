#include "load/edit.h"

#include <stdlib.h>

struct edit edit_begin(struct tree *t) {
    return (struct edit){.tree = t, .first_new = (node_id)t->n};
}

void edit_undo(struct edit *e) {
    for (size_t i = e->notes.n; i-- > 0;) e->tree->nodes[e->notes.v[i].node] = e->notes.v[i].was;
    e->notes.n = 0;
}

struct node *edit_node(struct edit *e, node_id n) {
    struct node *node = tree_node(e->tree, n);
    if (n < e->first_new)
        ARRAY_PUSH(e->tree->arena, e->notes) = (struct edit_note){.node = n, .was = *node};
    return node;
}

/* ---- new nodes ---------------------------------------------------------------------------------
 */

node_id edit_new(struct edit *e, enum node_kind kind, node_id origin) {
    node_id n = tree_add(e->tree, kind, tree_key_span(e->tree, origin));
    tree_node(e->tree, n)->flags = NODE_SYNTHETIC;
    return n;
}

node_id edit_new_text(struct edit *e, struct str text, node_id origin) {
    node_id n = edit_new(e, NODE_STRING, origin);
    tree_node(e->tree, n)->u.text = text.p;
    tree_node(e->tree, n)->n = (uint32_t)text.n;
    return n;
}

node_id edit_copy(struct edit *e, node_id n) {
    node_id copy = tree_clone(e->tree, n);
    tree_node(e->tree, copy)->flags |= NODE_SYNTHETIC;
    return copy;
}

/* ---- children ----------------------------------------------------------------------------------
 */

/* The sibling before `child`, or 0 when it is the first. */
static node_id before(const struct tree *t, node_id parent, node_id child) {
    node_id previous = 0;
    for (TREE_EACH(t, n, parent)) {
        if (n == child) return previous;
        previous = n;
    }
    return previous;
}

void edit_relink(struct edit *e, node_id parent, node_id previous, node_id next) {
    if (previous && tree_node(e->tree, previous)->next != next)
        edit_node(e, previous)->next = next;
    else if (!previous && tree_node(e->tree, parent)->u.first != next)
        edit_node(e, parent)->u.first = next;
}

void edit_remove(struct edit *e, node_id parent, node_id child) {
    edit_relink(e, parent, before(e->tree, parent, child), tree_node(e->tree, child)->next);
    edit_node(e, parent)->n--;
}

node_id edit_take(struct edit *e, node_id object, const char *key) {
    node_id member = tree_member(e->tree, object, str_from(key));
    if (member) edit_remove(e, object, member);
    return member;
}

void edit_replace(struct edit *e, node_id parent, node_id child, node_id with) {
    const struct node *old = tree_node(e->tree, child);
    struct node *node = edit_node(e, with);
    node->key = old->key;
    node->next = old->next;
    edit_relink(e, parent, before(e->tree, parent, child), with);
}

void edit_append(struct edit *e, node_id parent, node_id first, uint32_t count) {
    if (!first) return;
    edit_relink(e, parent, before(e->tree, parent, 0), first);
    edit_node(e, parent)->n += count;
}

void edit_set(struct edit *e, node_id object, struct str key, node_id value) {
    node_id old = tree_member(e->tree, object, key);
    if (old) {
        edit_replace(e, object, old, value);
        return;
    }
    edit_node(e, value)->key = tree_key(e->tree, key);
    edit_append(e, object, value, 1);
    uint32_t index;
    if (edit_is_index(key, &index)) edit_order(e, object);
}

node_id edit_object(struct edit *e, node_id object, const char *key, node_id origin) {
    node_id member = tree_member(e->tree, object, str_from(key));
    if (member) return tree_is(e->tree, member, NODE_OBJECT) ? member : 0;
    node_id made = edit_new(e, NODE_OBJECT, origin);
    edit_set(e, object, str_from(key), made);
    return made;
}

/* ---- order -------------------------------------------------------------------------------------
 */

bool edit_is_index(struct str key, uint32_t *index) {
    if (key.n == 0 || key.n > 10 || (key.n > 1 && key.p[0] == '0')) return false;
    uint64_t value = 0;
    for (size_t i = 0; i < key.n; i++) {
        if (key.p[i] < '0' || key.p[i] > '9') return false;
        value = value * 10 + (uint64_t)(key.p[i] - '0');
    }
    *index = (uint32_t)value;
    return value < UINT32_MAX;
}

struct placed {
    node_id node;
    uint64_t rank; /* indices by their value, then the others as they stand */
};

static int by_rank(const void *a, const void *b) {
    uint64_t x = ((const struct placed *)a)->rank, y = ((const struct placed *)b)->rank;
    return (x > y) - (x < y);
}

void edit_order(struct edit *e, node_id object) {
    struct tree *t = e->tree;
    size_t count = tree_node(t, object)->n, n = 0;
    struct placed *members = ARENA_ARRAY(t->arena, struct placed, count);
    bool sorted = true;
    for (TREE_EACH(t, member, object)) {
        uint32_t index;
        bool is_index = edit_is_index(tree_key_text(t, tree_node(t, member)->key), &index);
        members[n] = (struct placed){member, is_index ? index : (UINT64_C(1) << 32) + n};
        sorted = sorted && (!n || members[n - 1].rank < members[n].rank);
        n++;
    }
    if (sorted) return;
    qsort(members, n, sizeof *members, by_rank);
    edit_node(e, object)->u.first = members[0].node;
    for (size_t i = 0; i < n; i++)
        edit_node(e, members[i].node)->next = i + 1 < n ? members[i + 1].node : 0;
}
