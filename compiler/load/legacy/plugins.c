/* Settings that belong to plugins now, and plugins that have another id. */
#include "load/legacy/steps.h"
#include "model/ids.h"

/* ---- searches and fetches ----------------------------------------------------------------------
 */

/* The object `key` of a plugin's config; the plugin is on unless it says otherwise. */
static node_id plugin_block(struct repair_job *job, const char *plugin, const char *key,
                            node_id origin) {
    node_id plugins = legacy_ensure(job, job->root, "plugins", origin);
    node_id entries = legacy_ensure(job, plugins, "entries", origin);
    node_id entry = legacy_ensure(job, entries, plugin, origin);
    if (!legacy_member(job, entry, "enabled"))
        edit_set(job->edit, entry, STR("enabled"), legacy_new_bool(job, true, origin));
    node_id config = legacy_ensure(job, entry, "config", origin);
    return legacy_ensure(job, config, key, origin);
}

static void move_to_plugin(struct repair_job *job, const char *plugin, const char *key,
                           node_id block, struct str path) {
    if (legacy_is_empty(job, block)) {
        legacy_note(job, path, STR(""), block, 0);
        return;
    }
    node_id own = plugin_block(job, plugin, key, block);
    legacy_fill(job, own, block);
    legacy_note(job, path, str_format(job->arena, "plugins.entries.%s.config.%s", plugin, key),
                block, own);
}

/* Whether any provider of web searches has settings here. */
static bool has_settings(const struct repair_job *job, node_id search) {
    const struct name_map *owners = &job->gateway->repair_web_search;
    for (size_t i = 0; i < owners->n; i++) {
        node_id block = tree_member(job->edit->tree, search, owners->keys[i]);
        if (legacy_is_object(job, block) && !legacy_is_empty(job, block)) return true;
    }
    return false;
}

/* tools.web.search had a block for each provider, and the key of Brave. */
static void repair_search(struct repair_job *job) {
    const struct name_map *owners = &job->gateway->repair_web_search;
    struct tree *t = job->edit->tree;
    node_id search = tree_path(t, job->root, "tools", "web", "search", NULL);
    node_id key = legacy_member(job, search, "apiKey");
    if (!legacy_is_object(job, search) || (!key && !has_settings(job, search))) return;
    if (key) {
        edit_remove(job->edit, search, key);
        node_id block = edit_new(job->edit, NODE_OBJECT, key);
        edit_set(job->edit, block, STR("apiKey"), edit_copy(job->edit, key));
        node_id brave = legacy_record(job, search, "brave");
        if (brave) legacy_fill(job, block, brave);
        if (brave) edit_remove(job->edit, search, brave);
        move_to_plugin(job, "brave", "webSearch", block, STR("tools.web.search.apiKey"));
    }
    for (size_t i = 0; i < owners->n; i++) {
        node_id block = tree_member(t, search, owners->keys[i]);
        if (!legacy_is_object(job, block)) continue;
        edit_remove(job->edit, search, block);
        move_to_plugin(job, str_to_c(job->arena, owners->values[i].v[0]), "webSearch", block,
                       legacy_path(job, STR("tools.web.search"), owners->keys[i]));
    }
}

/* The key of the search on X is that of the plugin's web search. */
static void repair_x_search(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id web = tree_path(t, job->root, "tools", "web", NULL);
    node_id search = legacy_record(job, web, "x_search"),
            key = legacy_member(job, search, "apiKey");
    if (!key) return;
    edit_remove(job->edit, search, key);
    if (legacy_is_empty(job, search)) edit_remove(job->edit, web, search);
    node_id own = plugin_block(job, "xai", "webSearch", key);
    bool set = legacy_member(job, own, "apiKey") != 0;
    node_id moved = set ? 0 : edit_copy(job->edit, key);
    if (moved) edit_set(job->edit, own, STR("apiKey"), moved);
    legacy_note(job, STR("tools.web.x_search.apiKey"),
                set ? STR("") : STR("plugins.entries.xai.config.webSearch.apiKey"), key, moved);
}

/* The host of the canvas belongs to its plugin: what is left of it is whether it is on. */
static void repair_canvas(struct repair_job *job) {
    node_id host = legacy_member(job, job->root, "canvasHost");
    struct str to = STR("plugins.entries.canvas.config.host.enabled");
    node_id enabled = legacy_member(job, host, "enabled");
    if (!host) return;
    legacy_drop(job, job->root, host, STR("canvasHost"));
    if (!tree_is(job->edit->tree, enabled, NODE_BOOL) || legacy_get(job, job->root, to)) return;
    node_id now = edit_copy(job->edit, enabled);
    if (legacy_put(job, job->root, to, now)) legacy_note(job, STR(""), to, 0, now);
}

/* ---- ids ---------------------------------------------------------------------------------------
 */

static bool is_id(const struct repair_job *job, struct str written, const char *id) {
    return str_equal(ids_token(job->arena, written), str_from(id));
}

/* Each id once; `to` is NULL where the plugin is gone. */
static void rename_in_list(struct repair_job *job, node_id plugins, const char *key,
                           const char *from, const char *to) {
    struct tree *t = job->edit->tree;
    node_id list = legacy_member(job, plugins, key);
    struct map seen = map_new(job->arena);
    struct legacy_chain kept = {0, 0, 0};
    bool changed = false;
    for (TREE_EACH(t, item, tree_is(t, list, NODE_ARRAY) ? list : 0)) {
        bool renamed = is_id(job, tree_text(t, item), from), is_new = true;
        changed = changed || renamed;
        if (renamed && !to) continue;
        struct str id = renamed ? str_from(to) : tree_text(t, item);
        if (tree_is(t, item, NODE_STRING)) map_put(&seen, ids_token(job->arena, id), 1, &is_new);
        if (!is_new) continue;
        legacy_chain_add(t, &kept,
                         renamed ? edit_new_text(job->edit, id, item) : edit_copy(job->edit, item));
    }
    if (!changed) return;
    node_id now = edit_new(job->edit, NODE_ARRAY, list);
    edit_append(job->edit, now, kept.first, kept.n);
    legacy_set(job, plugins, key, now, legacy_below(job, STR("plugins"), key));
}

/* openai-codex is a part of openai. */
static void repair_openai(struct repair_job *job, node_id plugins) {
    struct tree *t = job->edit->tree;
    rename_in_list(job, plugins, "allow", "openai-codex", "openai");
    rename_in_list(job, plugins, "deny", "openai-codex", "openai");
    node_id entries = legacy_record(job, plugins, "entries");
    legacy_rename(job, entries, "openai-codex", entries, "openai", STR("plugins.entries"),
                  STR("plugins.entries.openai"));
    for (TREE_EACH(t, slot, legacy_record(job, plugins, "slots")))
        if (str_equal(tree_text(t, slot), STR("openai-codex")))
            legacy_set(job, legacy_record(job, plugins, "slots"),
                       str_to_c(job->arena, legacy_key(job, slot)),
                       edit_new_text(job->edit, STR("openai"), slot),
                       legacy_path(job, STR("plugins.slots"), legacy_key(job, slot)));
}

static node_id entry_called(const struct repair_job *job, node_id entries, const char *id) {
    for (TREE_EACH(job->edit->tree, entry, entries))
        if (is_id(job, legacy_key(job, entry), id)) return entry;
    return 0;
}

static void copy_if(struct repair_job *job, node_id from, node_id to, const char *key,
                    enum node_kind kind) {
    node_id value = legacy_member(job, from, key);
    if (tree_is(job->edit->tree, value, kind) && !legacy_member(job, to, key))
        edit_set(job->edit, to, str_from(key), edit_copy(job->edit, value));
}

/* codex-supervisor is `supervision` of codex. */
static void repair_supervisor(struct repair_job *job, node_id plugins) {
    node_id entries = legacy_record(job, plugins, "entries");
    node_id old = entry_called(job, entries, "codex-supervisor");
    bool denied = false;
    for (TREE_EACH(job->edit->tree, item, legacy_member(job, plugins, "deny")))
        denied = denied || is_id(job, tree_text(job->edit->tree, item), "codex-supervisor");
    if (old) edit_remove(job->edit, entries, old);
    if (old && legacy_is_object(job, old)) {
        bool on = legacy_is_bool(job, legacy_member(job, old, "enabled"), true) && !denied;
        node_id codex = entry_called(job, entries, "codex");
        if (!legacy_is_object(job, codex)) codex = legacy_ensure(job, entries, "codex", old);
        if (on && !legacy_member(job, codex, "enabled"))
            edit_set(job->edit, codex, STR("enabled"), legacy_new_bool(job, true, old));
        node_id config = legacy_ensure(job, codex, "config", old);
        node_id own = legacy_ensure(job, config, "supervision", old);
        node_id was = legacy_record(job, old, "config");
        if (!legacy_member(job, own, "enabled"))
            edit_set(job->edit, own, STR("enabled"), legacy_new_bool(job, on, old));
        copy_if(job, was, own, "endpoints", NODE_ARRAY);
        copy_if(job, was, own, "allowRawTranscripts", NODE_BOOL);
        copy_if(job, was, own, "allowWriteControls", NODE_BOOL);
        legacy_note(job, STR("plugins.entries.codex-supervisor"),
                    STR("plugins.entries.codex.config.supervision"), old, own);
    } else if (old) {
        legacy_note(job, STR("plugins.entries.codex-supervisor"), STR(""), old, 0);
    }
    rename_in_list(job, plugins, "allow", "codex-supervisor", "codex");
    rename_in_list(job, plugins, "deny", "codex-supervisor", NULL);
}

/* Tasks of a model may choose it, and its credentials: that was always so. */
static void repair_task(struct repair_job *job, node_id plugins) {
    node_id entry = legacy_record(job, legacy_record(job, plugins, "entries"), "llm-task");
    node_id llm = legacy_record(job, entry, "llm");
    static const char *const keys[] = {"allowModelOverride", "allowAuthProfileOverride"};
    struct str path = STR("plugins.entries.llm-task");
    node_id allowed = legacy_member(job, legacy_record(job, entry, "config"), "allowedModels");
    if (!entry ||
        (!allowed && legacy_member(job, llm, keys[0]) && legacy_member(job, llm, keys[1])))
        return;
    llm = legacy_ensure(job, entry, "llm", entry);
    node_id config = legacy_ensure(job, entry, "config", entry);
    for (size_t i = 0; i < 2; i++)
        if (!legacy_member(job, llm, keys[i]))
            legacy_set(job, llm, keys[i], legacy_new_bool(job, true, entry),
                       str_format(job->arena, STR_FMT ".llm.%s", STR_ARG(path), keys[i]));
    if (tree_is(job->edit->tree, allowed, NODE_ARRAY) && !legacy_is_empty(job, allowed))
        legacy_rename(job, config, "allowedModels", llm, "allowedCompletionModels",
                      legacy_below(job, path, "config"),
                      legacy_below(job, path, "llm.allowedCompletionModels"));
    else
        legacy_remove(job, config, "allowedModels", legacy_below(job, path, "config"));
}

/* Records of installations are kept elsewhere now; what is none ends the start. */
static void check_installs(struct repair_job *job, node_id plugins) {
    struct tree *t = job->edit->tree;
    node_id installs = legacy_member(job, plugins, "installs");
    bool fits = !installs || legacy_is_object(job, installs);
    for (TREE_EACH(t, record, fits ? installs : 0))
        fits = fits && tree_is(t, legacy_member(job, record, "source"), NODE_STRING);
    job->unresolved = job->unresolved || !fits;
}

void legacy_plugins(struct repair_job *job) {
    node_id plugins = legacy_record(job, job->root, "plugins");
    if (plugins) {
        check_installs(job, plugins);
        repair_task(job, plugins);
        repair_supervisor(job, plugins);
        repair_openai(job, plugins);
    }
    repair_x_search(job);
    repair_search(job);
    repair_canvas(job);
}
