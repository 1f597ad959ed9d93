/* What the start rewrites of the search in memory. */
#include "load/legacy/steps.h"
#include "model/ids.h"

/* Keys that stood side by side have groups. */
static void repair_memory(struct repair_job *job, const void *context, node_id owner,
                          node_id search, struct str path) {
    static const char *const flat[][3] = {{"chunkSize", "chunking", "tokens"},
                                          {"chunkOverlap", "chunking", "overlap"},
                                          {"maxResults", "query", "maxResults"}};
    (void)context, (void)owner;
    for (size_t i = 0; i < sizeof flat / sizeof *flat; i++) {
        node_id value = legacy_member(job, search, flat[i][0]);
        struct str to = str_format(job->arena, "%s.%s", flat[i][1], flat[i][2]);
        if (value)
            legacy_move(job, search, value, legacy_below(job, path, flat[i][0]), search, to,
                        legacy_path(job, path, to), false);
    }
    node_id provider = legacy_member(job, search, "provider");
    if (str_equal(ids_token(job->arena, tree_text(job->edit->tree, provider)), STR("auto")))
        legacy_set(job, search, "provider", edit_new_text(job->edit, STR("openai"), provider),
                   legacy_below(job, path, "provider"));
    node_id store = legacy_record(job, search, "store");
    if (tree_is(job->edit->tree, legacy_member(job, store, "path"), NODE_STRING))
        legacy_remove(job, store, "path", legacy_below(job, path, "store"));
}

/* ---- an engine that is gone --------------------------------------------------------------------
 */

/* What its settings become: those of the search that is left. */
struct engine {
    node_id scope;   /* whose memory.search takes them: the root or an agent */
    struct str path; /* of that search */
};

static struct str place_key(struct repair_job *job, struct str path, struct str pattern) {
    return str_format(job->arena, STR_FMT "\n" STR_FMT, STR_ARG(path), STR_ARG(pattern));
}

static struct map places_of(struct repair_job *job, node_id list) {
    struct map places = map_new(job->arena);
    for (TREE_EACH(job->edit->tree, item, list)) {
        bool text = tree_is(job->edit->tree, item, NODE_STRING);
        struct str path = text ? tree_text(job->edit->tree, item) : legacy_text(job, item, "path");
        map_put(&places, place_key(job, path, ids_trim(legacy_text(job, item, "pattern"))), 1,
                NULL);
    }
    return places;
}

static node_id search_of(struct repair_job *job, const struct engine *e, node_id origin) {
    return legacy_ensure(job, legacy_ensure(job, e->scope, "memory", origin), "search", origin);
}

static node_id list_of(struct repair_job *job, node_id object, const char *key, node_id origin) {
    node_id list = legacy_member(job, object, key);
    if (tree_is(job->edit->tree, list, NODE_ARRAY)) return list;
    list = edit_new(job->edit, NODE_ARRAY, origin);
    edit_set(job->edit, object, str_from(key), list);
    return list;
}

static node_id new_place(struct repair_job *job, struct str path, struct str pattern,
                         node_id origin) {
    node_id text = edit_new_text(job->edit, path, origin);
    if (!pattern.n) return text;
    node_id object = edit_new(job->edit, NODE_OBJECT, origin);
    edit_set(job->edit, object, STR("path"), text);
    edit_set(job->edit, object, STR("pattern"), edit_new_text(job->edit, pattern, origin));
    return object;
}

/* Directories outside of the workspace are searched by their own key. */
static void move_paths(struct repair_job *job, const struct engine *e, node_id paths) {
    struct tree *t = job->edit->tree;
    struct legacy_chain added = {0, 0, 0};
    node_id memory = legacy_record(job, e->scope, "memory");
    node_id extra = legacy_member(job, legacy_record(job, memory, "search"), "extraPaths");
    struct map known = places_of(job, tree_is(t, extra, NODE_ARRAY) ? extra : 0);
    for (TREE_EACH(t, item, tree_is(t, paths, NODE_ARRAY) ? paths : 0)) {
        struct str path = ids_trim(legacy_text(job, item, "path"));
        struct str pattern = ids_trim(legacy_text(job, item, "pattern"));
        bool is_new = false;
        if (path.n) map_put(&known, place_key(job, path, pattern), 1, &is_new);
        if (!is_new) continue;
        node_id place = new_place(job, path, pattern, item);
        legacy_chain_add(t, &added, place);
        legacy_note(job, STR(""), legacy_below(job, e->path, "extraPaths"), 0, place);
    }
    if (added.n)
        edit_append(job->edit, list_of(job, search_of(job, e, paths), "extraPaths", paths),
                    added.first, added.n);
}

/* So are sessions. */
static void move_sessions(struct repair_job *job, const struct engine *e, node_id qmd) {
    struct tree *t = job->edit->tree;
    node_id sessions = legacy_record(job, qmd, "sessions");
    if (!legacy_is_bool(job, legacy_member(job, sessions, "enabled"), true)) return;
    node_id search = search_of(job, e, sessions);
    node_id experimental = legacy_member(job, search, "experimental");
    node_id sources = legacy_member(job, search, "sources");
    if ((!experimental || legacy_is_object(job, experimental)) &&
        !legacy_member(job, experimental, "sessionMemory"))
        legacy_set(job, legacy_ensure(job, search, "experimental", sessions), "sessionMemory",
                   legacy_new_bool(job, true, sessions),
                   legacy_below(job, e->path, "experimental.sessionMemory"));
    bool none = !sources || (tree_is(t, sources, NODE_ARRAY) && legacy_is_empty(job, sources));
    if (!none && !tree_is(t, sources, NODE_ARRAY)) return;
    sources = list_of(job, search, "sources", sessions);
    for (TREE_EACH(t, source, sources))
        if (str_equal(tree_text(t, source), STR("sessions"))) return;
    if (none) edit_append(job->edit, sources, edit_new_text(job->edit, STR("memory"), sessions), 1);
    node_id added = edit_new_text(job->edit, STR("sessions"), sessions);
    edit_append(job->edit, sources, added, 1);
    legacy_note(job, STR(""), legacy_below(job, e->path, "sources"), 0, added);
}

static void repair_entry(struct repair_job *job, const void *context, node_id owner, node_id agent,
                         struct str path) {
    (void)context, (void)owner;
    node_id search = legacy_record(job, legacy_record(job, agent, "memory"), "search");
    node_id qmd = legacy_member(job, search, "qmd");
    struct engine e = {agent, legacy_below(job, path, "memory.search")};
    if (!qmd) return;
    edit_remove(job->edit, search, qmd);
    legacy_note(job, legacy_below(job, e.path, "qmd"), STR(""), qmd, 0);
    if (str_equal(path, STR("agents.defaults"))) { /* which has no memory of its own any more */
        node_id memory = legacy_record(job, agent, "memory");
        e = (struct engine){job->root, STR("memory.search")};
        legacy_fill(job, search_of(job, &e, qmd), search);
        legacy_drop(job, agent, memory, legacy_below(job, path, "memory"));
    }
    move_sessions(job, &e, qmd);
    move_paths(job, &e, legacy_member(job, qmd, "extraCollections"));
}

void legacy_memory(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    struct engine e = {job->root, STR("memory.search")};
    node_id qmd = tree_path(t, job->root, "memory", "qmd", NULL);
    node_id searched = tree_path(t, job->root, "memory", "search", "qmd", NULL);
    legacy_each(job, STR("memory.search"), repair_memory, NULL);
    legacy_each(job, STR("@entry.memory.search"), repair_memory, NULL);
    move_sessions(job, &e, qmd);
    move_sessions(job, &e, searched);
    move_paths(job, &e, legacy_member(job, qmd, "paths"));
    move_paths(job, &e, legacy_member(job, searched, "extraCollections"));
    legacy_each(job, STR("@agent"), repair_entry, NULL);
}
