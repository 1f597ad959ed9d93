/* The models that a config names, and the web tools that small ones must not have. */
#include "model/ids.h"
#include "model/values.h"

/* ---- aliases -----------------------------------------------------------------------------------
 */

/* Model names of `agents.defaults.models`: alias -> the model it stands for. */
struct aliases {
    struct map index; /* alias, lower case -> position in `models` */
    ARRAY(struct str) models;
};

static void add_alias(struct model *m, struct aliases *all, struct str alias, struct str model) {
    struct str key = ids_token(m->arena, alias);
    if (!key.n) return;
    *map_put(&all->index, key, 0, NULL) = (uint32_t)all->models.n;
    ARRAY_PUSH(m->arena, all->models) = model;
}

/* The gateway gives the models it knows a name of their own when they are listed without one and
 * the name is free. */
static void add_stock(struct model *m, struct aliases *all, struct str model) {
    const struct name_map *stock = &m->gateway->model_aliases;
    for (size_t i = 0; i < stock->n; i++)
        if (names_have(stock->values[i], model) && !map_get(&all->index, stock->keys[i]))
            add_alias(m, all, stock->keys[i], model);
}

static struct aliases read_aliases(struct model *m) {
    const struct tree *t = m->tree;
    struct aliases all = {.index = map_new(m->arena)};
    node_id models = tree_path(t, m->loaded->root, "agents", "defaults", "models", NULL);
    if (!m->gateway->audit_resolves_models) return all;
    for (TREE_EACH(t, entry, models))
        add_alias(m, &all, tree_text(t, tree_member(t, entry, STR("alias"))),
                  tree_key_text(t, tree_node(t, entry)->key));
    for (TREE_EACH(t, entry, models))
        if (!tree_member(t, entry, STR("alias")))
            add_stock(m, &all, tree_key_text(t, tree_node(t, entry)->key));
    return all;
}

/* "fast@work" is the model "fast" with the credentials "work". */
static struct str without_profile(struct str name) {
    size_t slash = name.n;
    while (slash > 0 && name.p[slash - 1] != '/') slash--;
    size_t at = str_find(name, STR("@"), slash);
    return at == SIZE_MAX || at == 0 ? name : str_slice(name, 0, at);
}

static struct str resolve(struct model *m, const struct aliases *all, struct str written) {
    struct str name = without_profile(written);
    const uint32_t *found = map_get(&all->index, ids_token(m->arena, name));
    return found && *found < all->models.n ? all->models.v[*found] : written;
}

/* ---- references --------------------------------------------------------------------------------
 */

static void add_ref(struct model *m, const struct reading *r, const struct aliases *all, node_id n,
                    struct model_ref ref) {
    if (!tree_is(m->tree, n, NODE_STRING)) return;
    ref.written = value_of_node(r, n);
    ref.written.v = ids_trim(ref.written.v);
    if (!ref.written.v.n) return;
    ref.id = resolve(m, all, ref.written.v);
    ARRAY_PUSH(m->arena, m->surface.models) = ref;
}

/* A text, or `primary` and `fallbacks`. */
static void add_refs(struct model *m, const struct reading *r, const struct aliases *all, node_id n,
                     struct model_ref ref) {
    if (!tree_is(m->tree, n, NODE_OBJECT)) {
        add_ref(m, r, all, n, ref);
        return;
    }
    node_id fallbacks = tree_member(m->tree, n, STR("fallbacks"));
    add_ref(m, r, all, tree_member(m->tree, n, STR("primary")), ref);
    if (!tree_is(m->tree, fallbacks, NODE_ARRAY)) return;
    for (TREE_EACH(m->tree, fallback, fallbacks)) add_ref(m, r, all, fallback, ref);
}

static void read_models(struct model *m, const struct reading *r) {
    const struct roster *roster = &m->loaded->roster;
    struct aliases all = read_aliases(m);
    node_id defaults = tree_path(m->tree, m->loaded->root, "agents", "defaults", NULL);
    add_refs(m, r, &all, tree_member(m->tree, defaults, STR("model")),
             (struct model_ref){.agent = OF_DEFAULTS});
    add_refs(m, r, &all, tree_member(m->tree, defaults, STR("imageModel")),
             (struct model_ref){.agent = OF_DEFAULTS, .image = true});
    for (size_t i = 0; i < roster->agents.n; i++)
        add_refs(m, r, &all, tree_member(m->tree, roster->agents.v[i].node, STR("model")),
                 (struct model_ref){.agent = (int32_t)i});
}

/* ---- tools that read from the web --------------------------------------------------------------
 */

/* A credential in any form: a text that is not blank, a reference, a number. */
static bool is_something(const struct tree *t, node_id n) {
    if (!n || tree_is(t, n, NODE_NULL)) return false;
    return !tree_is(t, n, NODE_STRING) || ids_trim(tree_text(t, n)).n;
}

static bool has_any_setting(const struct tree *t, node_id block) {
    if (!tree_is(t, block, NODE_OBJECT)) return false;
    for (TREE_EACH(t, member, block)) {
        struct str key = tree_key_text(t, tree_node(t, member)->key);
        if (!str_equal(key, STR("enabled")) && is_something(t, member)) return true;
    }
    return false;
}

/* In the config: under the keys that the version names, or anything at all. */
static bool config_has_key(const struct model *m, node_id search) {
    const struct tree *t = m->tree;
    const struct gateway_data *g = m->gateway;
    if (!g->search_any_setting) {
        for (size_t i = 0; i < g->search_keys.n; i++) {
            node_id n = search;
            for (size_t k = 0; k < g->search_keys.values[i].n; k++)
                n = tree_member(t, n, g->search_keys.values[i].v[k]);
            if (is_something(t, n)) return true;
        }
        return false;
    }
    if (has_any_setting(t, search)) return true;
    node_id entries = tree_path(t, m->loaded->root, "plugins", "entries", NULL);
    for (TREE_EACH(t, plugin, entries))
        if (has_any_setting(t, tree_path(t, plugin, "config", "webSearch", NULL))) return true;
    return false;
}

static void look_for_key(struct model *m, node_id search, struct web_settings *web) {
    const struct environment *env = m->loaded->environment;
    struct names variables = m->gateway->search_variables;
    web->search_key = config_has_key(m, search);
    bool all_known = env->complete;
    for (size_t i = 0; i < variables.n; i++)
        web->search_key = web->search_key || ids_trim(environment_get(env, variables.v[i])).n > 0;
    web->search_assumed = !web->search_key && !all_known;
}

/* A plugin is off when plugins are, when it is denied or switched off, or when others are allowed
 * and it is not. */
static bool plugin_runs(struct model *m, const struct reading *r, struct str plugin) {
    node_id plugins = tree_member(m->tree, m->loaded->root, STR("plugins"));
    struct text_list allow = value_list(m->arena, r, plugins, "allow", m->at);
    if (names_have(m->plugins_off, plugin)) return false;
    bool any = false;
    for (size_t i = 0; i < allow.n; i++) {
        struct str name = ids_token(m->arena, allow.v[i].v);
        if (str_equal(name, plugin)) return true;
        any = any || name.n;
    }
    return !any;
}

static void read_web(struct model *m, const struct reading *r) {
    struct web_settings *web = &m->surface.web;
    node_id tools = tree_path(m->tree, m->loaded->root, "tools", "web", NULL);
    node_id search = tree_member(m->tree, tools, STR("search"));
    node_id fetch = tree_member(m->tree, tools, STR("fetch"));
    web->search = value_flag(r, search, "enabled", value_place(search, m->tools.at), false);
    web->fetch = value_flag(r, fetch, "enabled", value_place(fetch, m->tools.at), true);
    web->browser = m->settings.browser_enabled;
    bool is_plugin = name_map_get(&m->gateway->plugins, STR("browser")).n > 0;
    if (is_plugin && !plugin_runs(m, r, STR("browser"))) web->browser.v = false;
    look_for_key(m, search, web);
}

void model_build_models(struct model *m, const struct reading *r) {
    read_models(m, r);
    read_web(m, r);
}
