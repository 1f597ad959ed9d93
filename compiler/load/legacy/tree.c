/* What the parts of the repair do with values. */
#include "load/legacy/steps.h"

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

struct str legacy_next_key(struct str *path) {
    size_t dot = str_find(*path, STR("."), 0);
    struct str key = str_slice(*path, 0, dot == SIZE_MAX ? path->n : dot);
    *path = dot == SIZE_MAX ? STR("") : str_slice(*path, dot + 1, path->n);
    return key;
}

/* Depth: as the tree's. */
struct str legacy_trail_path(struct repair_job *job, const struct legacy_trail *trail) {
    if (!trail) return STR("");
    struct str parent = legacy_trail_path(job, trail->up);
    struct str key = trail->key.p ? trail->key : str_format(job->arena, "%lu", trail->index);
    return legacy_path(job, parent, key);
}

node_id legacy_get(const struct repair_job *job, node_id from, struct str path) {
    while (path.n && from) {
        struct str key = legacy_next_key(&path);
        from = tree_member(job->edit->tree, from, key);
    }
    return from;
}

bool legacy_put(struct repair_job *job, node_id from, struct str path, node_id value) {
    struct tree *t = job->edit->tree;
    for (struct str key = legacy_next_key(&path);; key = legacy_next_key(&path)) {
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

void legacy_chain_add(struct tree *t, struct legacy_chain *chain, node_id node) {
    if (chain->last)
        tree_node(t, chain->last)->next = node;
    else
        chain->first = node;
    chain->last = node;
    chain->n++;
}

/* Depth: as the tree's. */
void legacy_fill(struct repair_job *job, node_id to, node_id from) {
    struct tree *t = job->edit->tree;
    struct map there = map_new(job->arena);
    struct legacy_chain missing = {0, 0, 0};
    for (TREE_EACH(t, member, to))
        map_put(&there, tree_key_text(t, tree_node(t, member)->key), member, NULL);
    for (TREE_EACH(t, member, from)) {
        struct str key = tree_key_text(t, tree_node(t, member)->key);
        const uint32_t *own = map_get(&there, key);
        if (!own) {
            node_id copy = edit_copy(job->edit, member);
            tree_node(t, copy)->key = tree_node(t, member)->key;
            legacy_chain_add(t, &missing, copy);
        } else if (tree_is(t, *own, NODE_OBJECT) && tree_is(t, member, NODE_OBJECT))
            legacy_fill(job, *own, member);
    }
    edit_append(job->edit, to, missing.first, missing.n);
    if (missing.n) edit_order(job->edit, to);
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
                 node_id to_root, struct str to_rest, struct str to, bool merge) {
    struct tree *t = job->edit->tree;
    node_id there = legacy_get(job, to_root, to_rest);
    edit_remove(job->edit, object, member);
    if (merge && tree_is(t, there, NODE_OBJECT) && tree_is(t, member, NODE_OBJECT)) {
        legacy_fill(job, there, member);
        legacy_note(job, from, to, member, there);
        return;
    }
    node_id moved = there ? 0 : edit_copy(job->edit, member);
    if (moved && !legacy_put(job, to_root, to_rest, moved)) moved = 0;
    legacy_note(job, from, moved ? to : STR(""), member, moved);
}

/* ---- members -----------------------------------------------------------------------------------
 */

node_id legacy_member(const struct repair_job *job, node_id object, const char *key) {
    return tree_member(job->edit->tree, object, str_from(key));
}

bool legacy_is_object(const struct repair_job *job, node_id n) {
    return tree_is(job->edit->tree, n, NODE_OBJECT);
}

node_id legacy_record(const struct repair_job *job, node_id object, const char *key) {
    node_id member = legacy_member(job, object, key);
    return legacy_is_object(job, member) ? member : 0;
}

node_id legacy_ensure(struct repair_job *job, node_id object, const char *key, node_id origin) {
    node_id record = legacy_record(job, object, key);
    if (record) return record;
    record = edit_new(job->edit, NODE_OBJECT, origin);
    edit_set(job->edit, object, str_from(key), record);
    return record;
}

struct str legacy_text(const struct repair_job *job, node_id object, const char *key) {
    return tree_text(job->edit->tree, legacy_member(job, object, key));
}

struct str legacy_key(const struct repair_job *job, node_id member) {
    return tree_key_text(job->edit->tree, tree_node(job->edit->tree, member)->key);
}

bool legacy_is_bool(const struct repair_job *job, node_id n, bool value) {
    const struct tree *t = job->edit->tree;
    return tree_is(t, n, NODE_BOOL) && tree_node(t, n)->u.boolean == value;
}

bool legacy_is_empty(const struct repair_job *job, node_id n) {
    return !tree_node(job->edit->tree, n)->n;
}

node_id legacy_new_bool(struct repair_job *job, bool value, node_id origin) {
    node_id n = edit_new(job->edit, NODE_BOOL, origin);
    tree_node(job->edit->tree, n)->u.boolean = value;
    return n;
}

node_id legacy_new_number(struct repair_job *job, double value, node_id origin) {
    node_id n = edit_new(job->edit, NODE_NUMBER, origin);
    tree_node(job->edit->tree, n)->u.number = value;
    return n;
}

struct str legacy_below(struct repair_job *job, struct str parent, const char *rest) {
    return legacy_path(job, parent, str_from(rest));
}

void legacy_remove(struct repair_job *job, node_id object, const char *key, struct str path) {
    node_id member = legacy_member(job, object, key);
    if (member) legacy_drop(job, object, member, legacy_below(job, path, key));
}

void legacy_rename(struct repair_job *job, node_id object, const char *from, node_id to_object,
                   const char *to, struct str path, struct str to_path) {
    node_id member = legacy_member(job, object, from);
    if (!member) return;
    struct str old = legacy_below(job, path, from);
    edit_remove(job->edit, object, member);
    bool set = legacy_member(job, to_object, to) != 0;
    node_id moved = set ? 0 : edit_copy(job->edit, member);
    if (moved) edit_set(job->edit, to_object, str_from(to), moved);
    legacy_note(job, old, set ? STR("") : to_path, member, moved);
}

/* Depth: as the tree's. */
node_id legacy_clone(struct repair_job *job, node_id n) {
    struct tree *t = job->edit->tree;
    node_id copy = edit_copy(job->edit, n), last = 0;
    if (!tree_is(t, n, NODE_OBJECT) && !tree_is(t, n, NODE_ARRAY)) return copy;
    tree_node(t, copy)->u.first = 0;
    for (TREE_EACH(t, child, n)) {
        node_id own = legacy_clone(job, child);
        tree_node(t, own)->key = tree_node(t, child)->key;
        if (last)
            tree_node(t, last)->next = own;
        else
            tree_node(t, copy)->u.first = own;
        last = own;
    }
    return copy;
}

void legacy_entries(struct repair_job *job, const char *channel, legacy_visit visit,
                    const void *context) {
    struct str root = str_format(job->arena, "channels.%s", channel);
    legacy_each(job, root, visit, context);
    legacy_each(job, str_concat(job->arena, root, STR(".accounts.*")), visit, context);
}
