/* Tool policies, wherever they stand: what the start makes of lists that exclude each other, and of
 * tools that have another name. */
#include "load/legacy/steps.h"
#include "model/ids.h"

/* What is known of a place from the keys that lead to it. */
struct place {
    bool is_policy; /* `tools`, or below toolsBySender or a byProvider of tools */
    bool below;     /* ... and what is below it is one */
    bool in_tools;
};

static struct place place_below(struct place p, struct str key) {
    struct place next = {.below = p.below, .in_tools = p.in_tools};
    bool tools = str_equal(key, STR("tools"));
    next.below = next.below || str_equal(key, STR("toolsBySender")) ||
                 (p.in_tools && str_equal(key, STR("byProvider")));
    next.is_policy = next.below || tools;
    next.in_tools = next.in_tools || tools;
    return next;
}

/* ---- names -------------------------------------------------------------------------------------
 */

/* `*` stands for anything. */
static bool fits(struct str pattern, struct str name) {
    size_t p = 0, n = 0, star = SIZE_MAX, from = 0;
    while (n < name.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            from = n;
        } else if (p < pattern.n && pattern.p[p] == name.p[n]) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*') p++;
    return p == pattern.n;
}

/* An entry that names the old tool names the new one; a pattern that covers the old one alone gets
 * the new one beside it. */
static void rename_tool(struct repair_job *job, node_id list, struct str from, struct str to,
                        const struct legacy_trail *trail) {
    struct tree *t = job->edit->tree;
    bool exact = false, covers_old = false, covers_new = false;
    node_id next;
    for (TREE_EACH(t, item, list)) {
        struct str name = ids_token(job->arena, tree_text(t, item));
        exact = exact || str_equal(name, from);
        covers_old = covers_old || (name.n && fits(name, from));
        covers_new = covers_new || (name.n && fits(name, to));
    }
    if (!covers_old || (!exact && covers_new)) return;
    struct str path = legacy_trail_path(job, trail);
    for (node_id item = tree_first(t, list); item && exact; item = next) {
        next = tree_node(t, item)->next;
        if (!str_equal(ids_token(job->arena, tree_text(t, item)), from)) continue;
        node_id now = edit_new_text(job->edit, to, item);
        edit_replace(job->edit, list, item, now);
        legacy_note(job, path, path, item, now);
    }
    if (exact) return;
    node_id added = edit_new_text(job->edit, to, list);
    edit_append(job->edit, list, added, 1);
    legacy_note(job, STR(""), path, 0, added);
}

static void rename_tools(struct repair_job *job, node_id policy, struct place place,
                         const struct legacy_trail *trail) {
    static const char *const lists[] = {"allow", "alsoAllow", "deny", "toolsAllow"};
    const struct name_map *names = &job->gateway->repair_tools;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        node_id list = legacy_member(job, policy, lists[i]);
        if ((!place.is_policy && i < 3) || !tree_is(job->edit->tree, list, NODE_ARRAY)) continue;
        struct legacy_trail here = {.up = trail, .key = str_from(lists[i])};
        for (size_t k = 0; k < names->n; k++)
            rename_tool(job, list, names->keys[k], names->values[k].v[0], &here);
    }
}

/* ---- lists that exclude each other -------------------------------------------------------------
 */

static bool are_texts(const struct tree *t, node_id list) {
    if (!tree_is(t, list, NODE_ARRAY) || !tree_node(t, list)->n) return false;
    for (TREE_EACH(t, item, list))
        if (!tree_is(t, item, NODE_STRING)) return false;
    return true;
}

/* All goes into `allow`, unless a profile might give another meaning to that. */
static void join_lists(struct repair_job *job, node_id policy, const struct legacy_trail *trail) {
    struct tree *t = job->edit->tree;
    node_id lists[] = {legacy_member(job, policy, "allow"),
                       legacy_member(job, policy, "alsoAllow")};
    node_id common = tree_path(t, job->root, "tools", "profile", NULL);
    if (!are_texts(t, lists[0]) || !are_texts(t, lists[1])) return;
    if (common || legacy_member(job, policy, "profile")) return;
    struct map seen = map_new(job->arena);
    struct legacy_chain all = {0, 0, 0};
    for (size_t i = 0; i < 2; i++)
        for (TREE_EACH(t, item, lists[i])) {
            bool is_new;
            map_put(&seen, tree_text(t, item), 1, &is_new);
            if (is_new) legacy_chain_add(t, &all, edit_copy(job->edit, item));
        }
    node_id both = edit_new(job->edit, NODE_ARRAY, lists[0]);
    edit_append(job->edit, both, all.first, all.n);
    edit_replace(job->edit, policy, lists[0], both);
    edit_replace(job->edit, policy, lists[1], edit_new(job->edit, NODE_ARRAY, lists[1]));
    struct str path = legacy_trail_path(job, trail);
    legacy_note(job, legacy_below(job, path, "alsoAllow"), legacy_below(job, path, "allow"),
                lists[1], both);
}

/* ---- everywhere --------------------------------------------------------------------------------
 */

typedef void visit_policy(struct repair_job *job, node_id policy, struct place place,
                          const struct legacy_trail *trail);

static void join(struct repair_job *job, node_id policy, struct place place,
                 const struct legacy_trail *trail) {
    if (place.is_policy) join_lists(job, policy, trail);
}

/* Depth: as the tree's. */
static void visit_policies(struct repair_job *job, node_id n, struct place place,
                           const struct legacy_trail *trail, visit_policy *visit) {
    struct tree *t = job->edit->tree;
    struct legacy_trail here = {.up = trail};
    bool object = tree_is(t, n, NODE_OBJECT);
    if (!object && !tree_is(t, n, NODE_ARRAY)) return;
    if (object) visit(job, n, place, trail);
    for (TREE_EACH(t, child, n)) {
        if (object) here.key = legacy_key(job, child);
        struct place below = place_below(place, object ? here.key : STR(""));
        /* A sandbox may have both lists. */
        bool sandbox = place.is_policy && !place.below && str_equal(here.key, STR("sandbox"));
        if (visit != join || !object || !sandbox) visit_policies(job, child, below, &here, visit);
        here.index++;
    }
}

void legacy_policies(struct repair_job *job) {
    static const char *const roots[] = {"tools", "agents", "channels", "gateway"};
    visit_policy *const visits[] = {rename_tools, join};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
            struct legacy_trail trail = {.key = str_from(roots[i])};
            visit_policies(job, legacy_member(job, job->root, roots[i]),
                           place_below((struct place){0}, trail.key), &trail, visits[k]);
        }
}
