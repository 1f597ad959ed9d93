/* Plugins that a config names: whether they exist, and whether their configs fit. */
#include "load/semantics/semantics.h"
#include "model/ids.h"

static bool is_shipped(const struct semantics *s, struct str id, schema_id *schema) {
    const struct schema *plugins = schema_of_plugins(s->v->gateway->version);
    bool named = false;
    *schema = plugins ? schema_member(plugins, plugins->root, id, &named) : 0;
    return named;
}

/* { enabled: false } and nothing else: somebody turned it off. */
static bool is_disable_marker(const struct semantics *s, node_id entry) {
    return tree_is(s->t, entry, NODE_OBJECT) && tree_node(s->t, entry)->n == 1 &&
           semantics_is_false(s, entry, "enabled");
}

/* `n` is what names the plugin. */
static void missing(struct semantics *s, node_id n, struct str id, bool error, bool hint) {
    const struct gateway_data *g = s->v->gateway;
    if (names_have(g->plugins_removed, id))
        semantics_warn(s, n, "", "plugin_removed", "the plugin `" STR_FMT "` is gone: remove this",
                       STR_ARG(id));
    else if (hint && names_have(g->plugins_installable, id))
        semantics_warn(s, n, "", "plugin_not_installed",
                       "the plugin `" STR_FMT "` does not come with the gateway: clawc does not "
                       "see whether it is installed",
                       STR_ARG(id));
    else if (error)
        semantics_error(s, n, "", "plugin_not_found", "there is no plugin `" STR_FMT "`",
                        STR_ARG(id));
    else
        semantics_warn(s, n, "", "plugin_not_found", "there is no plugin `" STR_FMT "`: ignored",
                       STR_ARG(id));
}

static void check_list(struct semantics *s, node_id plugins, const char *key) {
    schema_id schema;
    bool deny = key[0] == 'd';
    node_id entries = semantics_member(s, plugins, "entries");
    checking_enter_key(s->c, str_from(key));
    for (TREE_EACH(s->t, item, semantics_member(s, plugins, key))) {
        struct str id = tree_text(s->t, item);
        if (!ids_trim(id).n || is_shipped(s, id, &schema)) continue;
        if (s->dialect == NEWER && !deny && is_disable_marker(s, tree_member(s->t, entries, id)))
            continue;
        missing(s, item, id, s->dialect == OLDER, s->dialect == NEWER && !deny);
    }
    checking_leave(s->c);
}

static struct str memory_slot(const struct semantics *s, node_id plugins) {
    node_id slots = semantics_member(s, plugins, "slots");
    struct str id = ids_trim(semantics_text(s, slots, "memory"));
    return id.n ? id : STR("memory-core");
}

static void check_slot(struct semantics *s, node_id plugins) {
    schema_id schema;
    struct str id = memory_slot(s, plugins);
    bool lancedb = str_equal(id, STR("memory-lancedb"));
    node_id slots = semantics_member(s, plugins, "slots"),
            slot = semantics_member(s, slots, "memory");
    if (!slot || str_equal(semantics_token(s, id), STR("none")) || is_shipped(s, id, &schema))
        return;
    checking_enter_key(s->c, STR("slots"));
    checking_enter_key(s->c, STR("memory"));
    missing(s, slot, id, !lancedb, lancedb && s->dialect == NEWER);
    semantics_leave(s, 2);
}

/* ---- configs -----------------------------------------------------------------------------------
 */

static bool list_has(const struct semantics *s, node_id list, struct str id) {
    for (TREE_EACH(s->t, item, list))
        if (str_equal(ids_trim(tree_text(s->t, item)), id)) return true;
    return false;
}

/* As far as the config says: what is a plugin of a channel follows the channel. */
static bool is_enabled(const struct semantics *s, node_id plugins, struct str id) {
    node_id allow = semantics_member(s, plugins, "allow");
    node_id entry = tree_member(s->t, semantics_member(s, plugins, "entries"), id);
    if (semantics_is_false(s, plugins, "enabled") || semantics_is_false(s, entry, "enabled") ||
        list_has(s, semantics_member(s, plugins, "deny"), id))
        return false;
    if (str_equal(memory_slot(s, plugins), id)) return true;
    if (allow && tree_node(s->t, allow)->n) return list_has(s, allow, id);
    node_id channel = tree_path(s->t, s->v->root, "channels", NULL);
    return semantics_is_true(s, entry, "enabled") || names_have(s->v->gateway->plugins_on, id) ||
           semantics_is_true(s, tree_member(s->t, channel, id), "enabled");
}

/* Checks `config` (0: there is none, an empty one counts) and adds the issues. */
static void check_config(struct semantics *s, node_id owner, struct str id, node_id config,
                         schema_id schema) {
    struct tree *t = s->v->tree;
    if (!config) {
        config = tree_add(t, NODE_OBJECT, tree_span(t, owner));
        tree_node(t, config)->flags |= NODE_SYNTHETIC;
    }
    struct checking *c = checking_new(s->arena, s->c->scratch, t, s->c->first_node,
                                      schema_of_plugins(s->v->gateway->version));
    checking_enter_key(c, STR("plugins"));
    checking_enter_key(c, STR("entries"));
    checking_enter_key(c, id);
    checking_enter_key(c, STR("config"));
    schema_check_channel(c, config, schema);
    for (size_t i = 0; i < c->issues.n; i++) {
        c->issues.v[i].diag.further = s->further;
        ARRAY_PUSH(s->arena, s->c->issues) = c->issues.v[i];
    }
}

static void check_entry(struct semantics *s, node_id plugins, node_id entry) {
    schema_id schema;
    struct str id = semantics_key(s, entry);
    node_id config = semantics_member(s, entry, "config");
    if (!is_shipped(s, id, &schema)) {
        if (s->dialect == NEWER && is_disable_marker(s, entry)) return;
        missing(s, entry, id, false, s->dialect == NEWER);
        return;
    }
    bool enabled = is_enabled(s, plugins, id);
    if (enabled || config) check_config(s, entry, id, config, schema);
    if (!enabled && config)
        semantics_warn(s, entry, "", "plugin_disabled_with_config",
                       "the plugin `" STR_FMT "` is off, but configured", STR_ARG(id));
}

void semantics_plugins(struct semantics *s) {
    node_id plugins = semantics_member(s, s->v->root, "plugins");
    if (!tree_is(s->t, plugins, NODE_OBJECT)) return;
    node_id entries = semantics_member(s, plugins, "entries");
    checking_enter_key(s->c, STR("plugins"));
    checking_enter_key(s->c, STR("entries"));
    for (TREE_EACH(s->t, entry, entries)) {
        checking_enter_key(s->c, semantics_key(s, entry));
        check_entry(s, plugins, entry);
        checking_leave(s->c);
    }
    checking_leave(s->c);
    check_list(s, plugins, "allow");
    check_list(s, plugins, "deny");
    check_slot(s, plugins);
    checking_leave(s->c);
    schema_id schema;
    struct str slot = memory_slot(s, plugins);
    if (!tree_member(s->t, entries, slot) && is_shipped(s, slot, &schema) &&
        is_enabled(s, plugins, slot))
        check_config(s, plugins, slot, 0, schema);
}
