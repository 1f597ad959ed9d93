/* Repairs that are data: `repair` of a gateway version. */
#include "load/legacy/steps.h"

/* ---- patterns ----------------------------------------------------------------------------------
 */

struct walk {
    legacy_visit visit;
    const void *context;
};

static void descend(struct repair_job *job, const struct walk *w, node_id at, struct str pattern,
                    struct str path);

static void enter(struct repair_job *job, const struct walk *w, node_id at, node_id child,
                  struct str pattern, struct str path) {
    if (pattern.n)
        descend(job, w, child, pattern, path);
    else
        w->visit(job, w->context, at, child, path);
}

static void descend(struct repair_job *job, const struct walk *w, node_id at, struct str pattern,
                    struct str path) {
    struct tree *t = job->edit->tree;
    if (!tree_is(t, at, NODE_OBJECT) && !tree_is(t, at, NODE_ARRAY)) return;
    struct str key = legacy_next_key(&pattern);
    if (!str_equal(key, STR("*"))) {
        node_id child = tree_member(t, at, key);
        if (child) enter(job, w, at, child, pattern, legacy_path(job, path, key));
        return;
    }
    unsigned long index = 0;
    for (node_id child = tree_first(t, at), next; child; child = next, index++) {
        next = tree_node(t, child)->next;
        struct str name = tree_node(t, child)->key ? legacy_key(job, child)
                                                   : str_format(job->arena, "%lu", index);
        enter(job, w, at, child, pattern, legacy_path(job, path, name));
    }
}

void legacy_each(struct repair_job *job, struct str pattern, legacy_visit visit,
                 const void *context) {
    struct walk w = {visit, context};
    size_t dot = str_find(pattern, STR("."), 0);
    struct str first = str_slice(pattern, 0, dot == SIZE_MAX ? pattern.n : dot);
    struct names scopes = name_map_get(&job->gateway->repair_scopes, first);
    if (!scopes.n) descend(job, &w, job->root, pattern, STR(""));
    for (size_t i = 0; i < scopes.n; i++)
        descend(job, &w, job->root,
                str_concat(job->arena, scopes.v[i], str_slice(pattern, first.n, pattern.n)),
                STR(""));
}

/* ---- the data ----------------------------------------------------------------------------------
 */

struct moving {
    struct str from, to; /* below the value */
    bool merge;          /* objects alone are moved, and fill up what is there */
};

static void move_below(struct repair_job *job, const void *context, node_id owner, node_id value,
                       struct str path) {
    (void)owner;
    const struct moving *m = context;
    size_t last = m->from.n;
    while (last && m->from.p[last - 1] != '.') last--;
    node_id object = last ? legacy_get(job, value, str_slice(m->from, 0, last - 1)) : value;
    node_id member = tree_member(job->edit->tree, object, str_slice(m->from, last, m->from.n));
    if (member && (!m->merge || tree_is(job->edit->tree, member, NODE_OBJECT)))
        legacy_move(job, object, member, legacy_path(job, path, m->from), value, m->to,
                    legacy_path(job, path, m->to), m->merge);
}

/* "@agent.a.b: @agent.c" moves within each value of the scope; without one, within the root. */
static void apply_move(struct repair_job *job, struct str from, struct str to, bool merge) {
    struct moving m = {from, to, merge};
    if (!str_starts(from, STR("@"))) {
        move_below(job, &m, 0, job->root, STR(""));
        return;
    }
    size_t dot = str_find(from, STR("."), 0);
    m.from = str_slice(from, dot + 1, from.n);
    m.to = str_slice(to, dot + 1, to.n);
    legacy_each(job, str_slice(from, 0, dot), move_below, &m);
}

static void replace_value(struct repair_job *job, const void *context, node_id owner, node_id value,
                          struct str path) {
    const struct names *pairs = context;
    struct str text = tree_text(job->edit->tree, value);
    for (size_t i = 0; i + 1 < pairs->n; i += 2) {
        if (!text.n || !str_equal(text, pairs->v[i])) continue;
        node_id now = edit_copy(job->edit, value); /* the place stays that of what was written */
        struct node *node = tree_node(job->edit->tree, now);
        node->u.text = pairs->v[i + 1].p;
        node->n = (uint32_t)pairs->v[i + 1].n;
        edit_replace(job->edit, owner, value, now);
        legacy_note(job, path, path, value, now);
        return;
    }
}

static void drop_value(struct repair_job *job, const void *context, node_id owner, node_id value,
                       struct str path) {
    (void)context;
    legacy_drop(job, owner, value, path);
}

static void drop_listed(struct repair_job *job, const void *context, node_id owner, node_id value,
                        struct str path) {
    if (names_have(*(const struct names *)context, tree_text(job->edit->tree, value)))
        legacy_drop(job, owner, value, path);
}

static void drop_empty(struct repair_job *job, const void *context, node_id owner, node_id value,
                       struct str path) {
    (void)context, (void)path;
    if (tree_is(job->edit->tree, value, NODE_OBJECT) && !tree_node(job->edit->tree, value)->n)
        edit_remove(job->edit, owner, value);
}

/* Drops what the pattern names below `owner`, and every object that becomes empty by it. Depth: as
 * the pattern's. */
static bool retire_below(struct repair_job *job, node_id owner, struct str pattern,
                         struct str path) {
    struct tree *t = job->edit->tree;
    if (!tree_is(t, owner, NODE_OBJECT)) return false;
    struct str key = legacy_next_key(&pattern);
    if (str_equal(key, STR("*"))) {
        bool changed = false;
        for (TREE_EACH(t, child, owner))
            changed |=
                retire_below(job, child, pattern, legacy_path(job, path, legacy_key(job, child)));
        return changed;
    }
    node_id child = tree_member(t, owner, key);
    struct str here = legacy_path(job, path, key);
    if (!child) return false;
    if (!pattern.n) {
        legacy_drop(job, owner, child, here);
        return true;
    }
    if (!retire_below(job, child, pattern, here)) return false;
    if (!tree_node(t, child)->n) edit_remove(job->edit, owner, child);
    return true;
}

static void retire_within(struct repair_job *job, const void *context, node_id owner, node_id value,
                          struct str path) {
    (void)owner;
    retire_below(job, value, *(const struct str *)context, path);
}

/* "@agent.a.b" is retired within each value of the scope, which itself stays. */
static void retire(struct repair_job *job, struct str pattern) {
    size_t dot = str_find(pattern, STR("."), 0);
    if (!str_starts(pattern, STR("@")) || dot == SIZE_MAX) {
        retire_below(job, job->root, pattern, STR(""));
        return;
    }
    struct str rest = str_slice(pattern, dot + 1, pattern.n);
    legacy_each(job, str_slice(pattern, 0, dot), retire_within, &rest);
}

void legacy_moves(struct repair_job *job) {
    const struct gateway_data *g = job->gateway;
    for (size_t i = 0; i < g->repair_merges.n; i++)
        apply_move(job, g->repair_merges.keys[i], g->repair_merges.values[i].v[0], true);
    for (size_t i = 0; i < g->repair_moves.n; i++)
        apply_move(job, g->repair_moves.keys[i], g->repair_moves.values[i].v[0], false);
    for (size_t i = 0; i < g->repair_values.n; i++)
        legacy_each(job, g->repair_values.keys[i], replace_value, &g->repair_values.values[i]);
}

void legacy_removals(struct repair_job *job) {
    const struct gateway_data *g = job->gateway;
    for (size_t i = 0; i < g->repair_removed_values.n; i++)
        legacy_each(job, g->repair_removed_values.keys[i], drop_listed,
                    &g->repair_removed_values.values[i]);
    for (size_t i = 0; i < g->repair_removed.n; i++)
        legacy_each(job, g->repair_removed.v[i], drop_value, NULL);
    for (size_t i = 0; i < g->repair_retired.n; i++) retire(job, g->repair_retired.v[i]);
    for (size_t i = 0; i < g->repair_emptied.n; i++)
        legacy_each(job, g->repair_emptied.v[i], drop_empty, NULL);
}
