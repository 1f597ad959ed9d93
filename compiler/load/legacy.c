#include "load/legacy.h"

#include "base/json.h"
#include "load/legacy_steps.h"
#include "load/normalise.h"
#include "model/ids.h"

/* ---- notes -------------------------------------------------------------------------------------
 */

void legacy_note(struct repair_job *job, struct str from, struct str to, node_id was, node_id now) {
    ARRAY_PUSH(job->arena, job->changes) =
        (struct repair_change){.from = from, .to = to, .was = was, .now = now};
}

/* ---- the roster --------------------------------------------------------------------------------
 */

static struct str free_id(struct repair_job *job, struct map *taken, struct str written) {
    struct str id = ids_trim(written).n ? ids_agent(job->arena, written) : STR("agent");
    struct str candidate = id;
    for (unsigned i = 2; map_get(taken, candidate); i++)
        candidate = str_format(job->arena, STR_FMT "-%u", STR_ARG(id), i);
    map_put(taken, candidate, 1, NULL);
    return candidate;
}

static node_id entries_of_list(struct repair_job *job, node_id list) {
    struct tree *t = job->edit->tree;
    node_id entries = edit_new(job->edit, NODE_OBJECT, list);
    struct map taken = map_new(job->arena);
    for (TREE_EACH(t, item, list)) {
        if (!tree_is(t, item, NODE_OBJECT)) continue;
        node_id id = tree_member(t, item, STR("id"));
        struct str key = free_id(job, &taken, tree_text(t, id));
        node_id entry = edit_copy(job->edit, item);
        if (id) edit_remove(job->edit, entry, id);
        edit_set(job->edit, entries, key, entry);
    }
    return entries;
}

/* A list that the load did not take: ids made canonical and unique; beside entries it is dropped.
 */
static void repair_list(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id agents = tree_member(t, job->root, STR("agents"));
    node_id list = tree_member(t, agents, STR("list"));
    if (!tree_is(t, list, NODE_ARRAY)) return;
    edit_remove(job->edit, agents, list);
    if (tree_member(t, agents, STR("entries"))) {
        legacy_note(job, STR("agents.list"), STR(""), list, 0);
        return;
    }
    node_id entries = entries_of_list(job, list);
    edit_set(job->edit, agents, STR("entries"), entries);
    legacy_note(job, STR("agents.list"), STR("agents.entries"), list, entries);
}

static size_t count_marked(const struct tree *t, node_id entries) {
    size_t marked = 0;
    for (TREE_EACH(t, entry, entries)) {
        node_id marker = tree_member(t, entry, STR("default"));
        marked += tree_is(t, marker, NODE_BOOL) && tree_node(t, marker)->u.boolean;
    }
    return marked;
}

static void set_agent_id(struct repair_job *job, node_id defaults, const char *key) {
    struct tree *t = job->edit->tree;
    node_id object = tree_member(t, defaults, str_from(key));
    if (object && (!tree_is(t, object, NODE_OBJECT) || tree_member(t, object, STR("agentId"))))
        return;
    object = edit_object(job->edit, defaults, key, defaults);
    node_id value = edit_new_text(job->edit, STR("main"), defaults);
    tree_node(t, value)->flags |= NODE_ADDED;
    edit_set(job->edit, object, STR("agentId"), value);
    legacy_note(job, STR(""), str_format(job->arena, "agents.defaults.%s.agentId", key), 0, value);
}

/* Several agents and nobody marked: nobody owns what no binding takes, in so many words; an agent
 * `main` keeps the roles that it had. */
static void repair_ownership(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id agents = tree_member(t, job->root, STR("agents"));
    node_id entries = tree_member(t, agents, STR("entries"));
    if (!tree_is(t, entries, NODE_OBJECT) || tree_node(t, entries)->n < 2) return;
    if (tree_member(t, agents, STR("ownership")) || count_marked(t, entries)) return;
    node_id value = edit_new_text(job->edit, STR("explicit"), agents);
    tree_node(t, value)->flags |= NODE_ADDED;
    edit_set(job->edit, agents, STR("ownership"), value);
    legacy_note(job, STR(""), STR("agents.ownership"), 0, value);
    if (!tree_member(t, entries, STR("main"))) return;
    node_id defaults = edit_object(job->edit, agents, "defaults", agents);
    if (!defaults) return;
    set_agent_id(job, defaults, "systemAgent");
    if (!tree_member(t, defaults, STR("heartbeat"))) set_agent_id(job, defaults, "heartbeat");
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

static void repair_dm_kind(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    size_t index = 0;
    for (TREE_EACH(t, binding, tree_member(t, job->root, STR("bindings")))) {
        node_id peer = tree_path(t, binding, "match", "peer", NULL);
        node_id kind = tree_member(t, peer, STR("kind"));
        if (str_equal(tree_text(t, kind), STR("dm"))) {
            node_id now = edit_new_text(job->edit, STR("direct"), kind);
            edit_replace(job->edit, peer, kind, now);
            struct str path =
                str_format(job->arena, "bindings.%lu.match.peer.kind", (unsigned long)index);
            legacy_note(job, path, path, kind, now);
        }
        index++;
    }
}

void legacy_repair(struct repair_job *job) {
    if (!job->gateway->roster_entries) return;
    repair_list(job);
    repair_ownership(job);
    repair_dm_kind(job);
}
