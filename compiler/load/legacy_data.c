/* Repairs that are data: `repair` of a gateway version. */
#include "load/legacy_steps.h"

/* ---- notes and paths ---------------------------------------------------------------------------
 */

void legacy_note(struct repair_job *job, struct str from, struct str to, node_id was, node_id now) {
    ARRAY_PUSH(job->arena, job->changes) =
        (struct repair_change){.from = from, .to = to, .was = was, .now = now};
}

struct str legacy_path(struct repair_job *job, struct str parent, struct str rest) {
    if (!parent.n || !rest.n) return parent.n ? parent : rest;
    return str_format(job->arena, STR_FMT "." STR_FMT, STR_ARG(parent), STR_ARG(rest));
}

/* Takes the first key off a dotted path. */
static struct str next_key(struct str *path) {
    size_t dot = str_find(*path, STR("."), 0);
    struct str key = str_slice(*path, 0, dot == SIZE_MAX ? path->n : dot);
    *path = dot == SIZE_MAX ? STR("") : str_slice(*path, dot + 1, path->n);
    return key;
}

node_id legacy_get(const struct repair_job *job, node_id from, struct str path) {
    while (path.n && from) {
        struct str key = next_key(&path);
        from = tree_member(job->edit->tree, from, key);
    }
    return from;
}

bool legacy_put(struct repair_job *job, node_id from, struct str path, node_id value) {
    struct tree *t = job->edit->tree;
    for (struct str key = next_key(&path);; key = next_key(&path)) {
        if (!tree_is(t, from, NODE_OBJECT)) return false;
        if (!path.n) {
            edit_set(job->edit, from, key, value);
            return true;
        }
        node_id next = tree_member(t, from, key);
        if (!next) {
            next = edit_new(job->edit, NODE_OBJECT, value);
            edit_set(job->edit, from, key, next);
        }
        from = next;
    }
}

/* ---- changes -----------------------------------------------------------------------------------
 */

/* Gives `to` every member of `from` that it lacks. Depth: as the tree's. */
static void fill(struct repair_job *job, node_id to, node_id from) {
    struct tree *t = job->edit->tree;
    for (TREE_EACH(t, member, from)) {
        struct str key = tree_key_text(t, tree_node(t, member)->key);
        node_id there = tree_member(t, to, key);
        if (!there)
            edit_set(job->edit, to, key, edit_copy(job->edit, member));
        else if (tree_is(t, there, NODE_OBJECT) && tree_is(t, member, NODE_OBJECT))
            fill(job, there, member);
    }
}

void legacy_drop(struct repair_job *job, node_id object, node_id member, struct str path) {
    edit_remove(job->edit, object, member);
    legacy_note(job, path, STR(""), member, 0);
}

void legacy_set(struct repair_job *job, node_id object, const char *key, node_id value,
                struct str path) {
    node_id was = tree_member(job->edit->tree, object, str_from(key));
    edit_set(job->edit, object, str_from(key), value);
    legacy_note(job, was ? path : STR(""), path, was, value);
}

void legacy_move(struct repair_job *job, node_id object, node_id member, struct str from,
                 node_id to_root, struct str to_rest, struct str to) {
    struct tree *t = job->edit->tree;
    node_id there = legacy_get(job, to_root, to_rest);
    edit_remove(job->edit, object, member);
    if (there && tree_is(t, there, NODE_OBJECT) && tree_is(t, member, NODE_OBJECT)) {
        fill(job, there, member);
        legacy_note(job, from, to, member, there);
        return;
    }
    node_id moved = there ? 0 : edit_copy(job->edit, member);
    if (moved && !legacy_put(job, to_root, to_rest, moved)) moved = 0;
    legacy_note(job, from, moved ? to : STR(""), member, moved);
}

/* ---- patterns ----------------------------------------------------------------------------------
 */

struct walk {
    legacy_visit visit;
    const void *context;
};

static void descend(struct repair_job *job, const struct walk *w, node_id at, struct str pattern,
                    struct str path) {
    struct tree *t = job->edit->tree;
    if (!tree_is(t, at, NODE_OBJECT) && !tree_is(t, at, NODE_ARRAY)) return;
    struct str key = next_key(&pattern);
    bool every = str_equal(key, STR("*"));
    unsigned long index = 0;
    for (node_id child = tree_first(t, at), next; child; child = next, index++) {
        next = tree_node(t, child)->next;
        struct str name = tree_node(t, child)->key ? tree_key_text(t, tree_node(t, child)->key)
                                                   : str_format(job->arena, "%lu", index);
        if (!every && !str_equal(name, key)) continue;
        struct str here = legacy_path(job, path, name);
        if (pattern.n)
            descend(job, w, child, pattern, here);
        else
            w->visit(job, w->context, at, child, here);
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
    bool objects;        /* nothing else is moved */
};

static void move_below(struct repair_job *job, const void *context, node_id owner, node_id value,
                       struct str path) {
    (void)owner;
    const struct moving *m = context;
    size_t last = m->from.n;
    while (last && m->from.p[last - 1] != '.') last--;
    node_id object = last ? legacy_get(job, value, str_slice(m->from, 0, last - 1)) : value;
    node_id member = tree_member(job->edit->tree, object, str_slice(m->from, last, m->from.n));
    if (member && (!m->objects || tree_is(job->edit->tree, member, NODE_OBJECT)))
        legacy_move(job, object, member, legacy_path(job, path, m->from), value, m->to,
                    legacy_path(job, path, m->to));
}

/* "@agent.a.b: @agent.c" moves within each value of the scope; without one, within the root. */
static void apply_move(struct repair_job *job, struct str from, struct str to, bool objects) {
    struct moving m = {from, to, objects};
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

/* Drops the key and every object that becomes empty by it. */
static void retire(struct repair_job *job, struct str pattern) {
    size_t before = job->changes.n;
    legacy_each(job, pattern, drop_value, NULL);
    if (job->changes.n == before) return;
    for (size_t end = pattern.n; end; end--)
        if (pattern.p[end - 1] == '.' && pattern.p[end - 2] != '*')
            legacy_each(job, str_slice(pattern, 0, end - 1), drop_empty, NULL);
}

void legacy_by_data(struct repair_job *job) {
    const struct gateway_data *g = job->gateway;
    for (size_t i = 0; i < g->repair_merges.n; i++)
        apply_move(job, g->repair_merges.keys[i], g->repair_merges.values[i].v[0], true);
    for (size_t i = 0; i < g->repair_moves.n; i++)
        apply_move(job, g->repair_moves.keys[i], g->repair_moves.values[i].v[0], false);
    for (size_t i = 0; i < g->repair_values.n; i++)
        legacy_each(job, g->repair_values.keys[i], replace_value, &g->repair_values.values[i]);
    for (size_t i = 0; i < g->repair_removed_values.n; i++)
        legacy_each(job, g->repair_removed_values.keys[i], drop_listed,
                    &g->repair_removed_values.values[i]);
    for (size_t i = 0; i < g->repair_removed.n; i++)
        legacy_each(job, g->repair_removed.v[i], drop_value, NULL);
    for (size_t i = 0; i < g->repair_retired.n; i++) retire(job, g->repair_retired.v[i]);
    for (size_t i = 0; i < g->repair_emptied.n; i++)
        legacy_each(job, g->repair_emptied.v[i], drop_empty, NULL);
}
