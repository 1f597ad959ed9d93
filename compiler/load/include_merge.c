#include "load/include_merge.h"

#include "load/include.h"

void merging_find_keys(struct merging *m) {
    m->blocked[0] = tree_find_key(m->edit->tree, STR("__proto__"));
    m->blocked[1] = tree_find_key(m->edit->tree, STR("constructor"));
    m->blocked[2] = tree_find_key(m->edit->tree, STR("prototype"));
}

static bool is_blocked(const struct merging *m, key_id key) {
    return key && (key == m->blocked[0] || key == m->blocked[1] || key == m->blocked[2]);
}

/* Drops the blocked members of an object and of the objects in it. Depth: as the tree's. */
static void sanitize(struct merging *m, node_id object) {
    if (!m->blocked[1] && !m->blocked[2]) return;
    struct tree *t = m->edit->tree;
    node_id previous = 0;
    for (node_id child = tree_first(t, object), next; child; child = next) {
        next = tree_node(t, child)->next;
        m->work++;
        if (is_blocked(m, tree_node(t, child)->key)) {
            edit_relink(m->edit, object, previous, next);
            edit_node(m->edit, object)->n--;
            continue;
        }
        if (tree_is(t, child, NODE_OBJECT)) sanitize(m, child);
        previous = child;
    }
}

/* The members of the result, in order; found by key through a map once there are many. */
struct members {
    const struct tree *tree;
    node_id *list; /* room for all of both objects */
    size_t n;
    struct map index; /* key -> position, from 1 */
};

enum { FEW_MEMBERS = 16 };

static void add_member(struct members *s, node_id n) {
    s->list[s->n++] = n;
    if (s->n < FEW_MEMBERS) return;
    for (size_t i = s->n == FEW_MEMBERS ? 0 : s->n - 1; i < s->n; i++)
        map_put(&s->index, tree_key_text(s->tree, tree_node(s->tree, s->list[i])->key),
                (uint32_t)i + 1, NULL);
}

/* Where in the list the key is, or SIZE_MAX. */
static size_t find_member(const struct members *s, key_id key) {
    if (s->n >= FEW_MEMBERS) {
        const uint32_t *i = map_get(&s->index, tree_key_text(s->tree, key));
        return i ? *i - 1 : SIZE_MAX;
    }
    for (size_t i = 0; i < s->n; i++)
        if (tree_node(s->tree, s->list[i])->key == key) return i;
    return SIZE_MAX;
}

static void merge_member(struct merging *m, struct members *s, node_id over) {
    key_id key = tree_node(s->tree, over)->key;
    size_t at = find_member(s, key);
    if (at == SIZE_MAX) {
        if (m->strict && tree_is(s->tree, over, NODE_OBJECT)) sanitize(m, over);
        add_member(s, over);
    } else {
        s->list[at] = merging_join(m, s->list[at], over);
    }
}

static void merge_objects(struct merging *m, node_id base, node_id over) {
    struct tree *t = m->edit->tree;
    size_t most = (size_t)tree_node(t, base)->n + tree_node(t, over)->n;
    m->work += most;
    if (m->work > INCLUDE_MAX_WORK) return;
    struct members s = {
        .tree = t, .list = ARENA_ARRAY(t->arena, node_id, most), .index = map_new(t->arena)};
    for (TREE_EACH(t, member, base)) add_member(&s, member);
    for (node_id member = tree_first(t, over), next; member; member = next) {
        next = tree_node(t, member)->next;
        if (!is_blocked(m, tree_node(t, member)->key)) merge_member(m, &s, member);
    }
    node_id previous = 0;
    for (size_t i = 0; i < s.n; i++) {
        edit_relink(m->edit, base, previous, s.list[i]);
        previous = s.list[i];
    }
    edit_relink(m->edit, base, previous, 0);
    if (tree_node(t, base)->n != s.n) edit_node(m->edit, base)->n = (uint32_t)s.n;
    edit_order(m->edit, base);
}

node_id merging_join(struct merging *m, node_id base, node_id over) {
    struct tree *t = m->edit->tree;
    if (tree_is(t, base, NODE_ARRAY) && tree_is(t, over, NODE_ARRAY)) {
        m->work += tree_node(t, base)->n;
        if (m->work <= INCLUDE_MAX_WORK)
            edit_append(m->edit, base, tree_first(t, over), tree_node(t, over)->n);
        return base;
    }
    if (!tree_is(t, base, NODE_OBJECT) || !tree_is(t, over, NODE_OBJECT)) return over;
    if (m->strict) sanitize(m, base);
    merge_objects(m, base, over);
    return base;
}
