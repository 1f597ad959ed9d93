/* Layers: profiles and the lists of each scope, looked up. */
#include "analysis/tools.h"
#include "model/ids.h"

/* ---- entries -----------------------------------------------------------------------------------
 */

/* An allow entry asks for the tools of a plugin by the tool, the plugin, "group:plugins" or a
 * pattern: other groups do not count. */
static bool asks_for(const struct tool *tool, struct str name) {
    if (str_starts(name, STR("group:")) && !tool_name_is_glob(name))
        return str_equal(name, STR("group:plugins"));
    return tool_name_matches(tool, name);
}

static bool refuses(const struct tool *tool, struct str name) {
    if (!tool_name_is_glob(name))
        return str_equal(name, tool->plugin) || str_equal(name, tool->name);
    return tool_glob_matches(name, tool->plugin) || tool_glob_matches(name, STR("group:plugins")) ||
           tool_glob_matches(name, tool->name);
}

static void ask_all(const struct gateway_data *g, struct tool_layer *l) {
    l->asks = true;
    l->picked = tool_set_of_all(g);
}

static void allow_name(const struct gateway_data *g, struct str name, struct tool_layer *l) {
    bool glob = tool_name_is_glob(name);
    l->asks = true;
    if (str_equal(name, STR("*"))) l->everything = true;
    for (size_t i = 0; i < g->n_tools; i++) {
        const struct tool *tool = &g->tools[i];
        if (tool->plugin.n && asks_for(tool, name)) tool_set_add(&l->picked, i);
        if (!tool_name_matches(tool, name)) continue;
        tool_set_add(&l->allowed, i);
        if (!glob && !tool->plugin.n) tool_set_add(&l->core, i);
    }
}

static void deny_name(const struct gateway_data *g, struct str name, struct tool_layer *l) {
    for (size_t i = 0; i < g->n_tools; i++) {
        const struct tool *tool = &g->tools[i];
        if (tool_name_matches(tool, name)) tool_set_add(&l->denied, i);
        if (tool->plugin.n && refuses(tool, name)) tool_set_add(&l->refused, i);
    }
}

/* Returns whether any entry was not blank. */
static bool add_list(const struct model *m, const struct text_list *list, struct tool_layer *l,
                     void (*add)(const struct gateway_data *, struct str, struct tool_layer *)) {
    bool any = false;
    for (size_t i = 0; i < list->n; i++) {
        struct names names = tool_entry_names(m->arena, m->gateway, list->v[i].v);
        for (size_t n = 0; n < names.n; n++) add(m->gateway, names.v[n], l);
        any = any || names.n;
    }
    return any;
}

/* A list of the version is read as one of the config would be. */
static void add_names(const struct model *m, struct names list, struct tool_layer *l,
                      void (*add)(const struct gateway_data *, struct str, struct tool_layer *)) {
    for (size_t i = 0; i < list.n; i++) {
        struct names names = tool_entry_names(m->arena, m->gateway, list.v[i]);
        for (size_t n = 0; n < names.n; n++) add(m->gateway, names.v[n], l);
    }
}

/* apply_patch comes with the tool that it follows. */
static void add_follower(const struct gateway_data *g, struct tool_layer *l) {
    if (tool_set_has(&l->allowed, gateway_tool(g, g->apply_patch_follows)))
        tool_set_add(&l->allowed, gateway_tool(g, STR("apply_patch")));
}

/* ---- the lists of a scope ----------------------------------------------------------------------
 */

bool tool_layer_of_lists(const struct model *m, enum tool_layer_kind kind,
                         const struct tool_lists *lists, struct tool_layer *l) {
    *l = (struct tool_layer){.kind = kind,
                             .allow = &lists->allow,
                             .also_allow = &lists->also_allow,
                             .deny = &lists->deny,
                             .at = lists->at};
    l->restricts = add_list(m, &lists->allow, l, allow_name);
    bool also = add_list(m, &lists->also_allow, l, allow_name);
    if (lists->also_allow.n && !lists->allow.n) {
        /* Everything, and the named plugins beside those that are built anyway. */
        if (lists->allow.set || l->everything)
            ask_all(m->gateway, l);
        else
            l->asks_defaults = true;
    }
    bool denies = add_list(m, &lists->deny, l, deny_name);
    add_follower(m->gateway, l);
    return l->restricts || also || denies || l->asks || l->asks_defaults;
}

/* ---- profiles ----------------------------------------------------------------------------------
 */

static unsigned profile_bit(struct str profile) {
    if (str_equal(profile, STR("minimal"))) return PROFILE_MINIMAL;
    if (str_equal(profile, STR("coding"))) return PROFILE_CODING;
    return str_equal(profile, STR("messaging")) ? PROFILE_MESSAGING : 0;
}

/* What is added to a profile widens it, but asks for no plugin. */
static void add_to_profile(const struct model *m, const struct text_list *more,
                           struct tool_layer *l) {
    struct tool_layer extra = {0};
    add_list(m, more, &extra, allow_name);
    add_follower(m->gateway, &extra);
    tool_set_unite(&l->allowed, &extra.allowed);
    l->also_allow = more;
}

static bool start_profile(const struct model *m, enum tool_layer_kind kind, struct text profile,
                          struct tool_layer *l) {
    const struct gateway_data *g = m->gateway;
    *l = (struct tool_layer){.kind = kind, .profile = profile, .at = profile.at};
    if (str_equal(profile.v, STR("full")) && g->tool_rules & TOOLS_FULL_ALLOWS_ALL) {
        ask_all(g, l);
        return true;
    }
    unsigned bit = profile_bit(profile.v);
    if (!bit) return false;
    l->restricts = l->asks = true;
    for (size_t i = 0; i < g->n_tools; i++) {
        if (!(g->tools[i].profiles & bit)) continue;
        tool_set_add(&l->allowed, i);
        if (g->tools[i].plugin.n) tool_set_add(&l->picked, i);
    }
    l->everything = true; /* never ignored: a profile names core tools */
    return true;
}

static void add_named(const struct gateway_data *g, struct tool_set *s, const char *const *names,
                      size_t n) {
    for (size_t i = 0; i < n; i++) tool_set_add(s, gateway_tool(g, str_from(names[i])));
}

bool tool_layer_of_profile(const struct model *m, const struct agent *agent, struct tool_layer *l) {
    static const char *const exec_tools[] = {"exec", "process"};
    static const char *const fs_tools[] = {"read", "write", "edit"};
    const struct tool_policy *own = &agent->tools, *global = &m->tools;
    struct text profile = own->profile.set ? own->profile : global->profile;
    if (!start_profile(m, LAYER_PROFILE, profile, l)) return false;
    add_to_profile(
        m, own->lists.also_allow.set ? &own->lists.also_allow : &global->lists.also_allow, l);
    if (!(m->gateway->tool_rules & TOOLS_BLOCKS_EXTEND_PROFILE)) return true;
    if (own->has_exec || global->has_exec) add_named(m->gateway, &l->allowed, exec_tools, 2);
    if (own->has_fs || global->has_fs) add_named(m->gateway, &l->allowed, fs_tools, 3);
    add_follower(m->gateway, l);
    return true;
}

bool tool_layer_of_provider_profile(const struct model *m, const struct provider_tools *global,
                                    const struct provider_tools *own, struct tool_layer *l) {
    const struct provider_tools *from = own && own->profile.set ? own : global;
    if (!from || !from->profile.set) return false;
    if (!start_profile(m, LAYER_PROVIDER_PROFILE, from->profile, l)) return false;
    if (own && own->lists.also_allow.set)
        add_to_profile(m, &own->lists.also_allow, l);
    else if (global)
        add_to_profile(m, &global->lists.also_allow, l);
    return true;
}

/* ---- by provider -------------------------------------------------------------------------------
 */

static const struct provider_tools *find_provider(const struct model *m,
                                                  const struct tool_policy *p, struct str key) {
    bool later = m->gateway->tool_rules & TOOLS_LATER_PROVIDER_WINS;
    const struct provider_tools *found = NULL;
    for (size_t i = 0; i < p->n_providers; i++) {
        const struct provider_tools *entry = &p->providers[i];
        if (!str_equal(entry->key, key)) continue;
        if (!found || later || (found->blanks && !entry->blanks)) found = entry;
    }
    return found;
}

const struct provider_tools *tool_provider(const struct model *m, const struct tool_policy *p,
                                           struct str model) {
    if (!p->n_providers) return NULL;
    struct str name = ids_token(m->arena, model);
    size_t slash = str_find(name, STR("/"), 0);
    if (slash == SIZE_MAX) return find_provider(m, p, name);
    struct str id = str_slice(name, slash + 1, name.n), key = name;
    bool slashed = str_find(id, STR("/"), 0) != SIZE_MAX;
    if (slashed && m->gateway->tool_rules & TOOLS_BARE_SLASHED_MODEL) key = id;
    const struct provider_tools *found = find_provider(m, p, key);
    return found ? found : find_provider(m, p, str_slice(name, 0, slash));
}

/* ---- sandbox -----------------------------------------------------------------------------------
 */

static const struct text_list *own_or_global(const struct text_list *own,
                                             const struct text_list *global) {
    return own->set || !global->set ? own : global;
}

/* Groups count here when a plugin is asked for: this layer's entries arrive expanded. */
static void pick_allowed(const struct gateway_data *g, struct tool_layer *l) {
    for (size_t i = 0; i < g->n_tools; i++)
        if (g->tools[i].plugin.n && tool_set_has(&l->allowed, i)) tool_set_add(&l->picked, i);
}

/* A deny list may still call the tool that is always allowed by its former name. */
static bool denies_old_name(const struct model *m, const struct text_list *deny) {
    struct str old = m->gateway->sandbox_old;
    for (size_t i = 0; old.n && i < deny->n; i++) {
        struct names names = tool_entry_names(m->arena, m->gateway, deny->v[i].v);
        for (size_t n = 0; n < names.n; n++)
            if (tool_name_is_glob(names.v[n]) ? tool_glob_matches(names.v[n], old)
                                              : str_equal(names.v[n], old))
                return true;
    }
    return false;
}

/* Whether an entry of the list names the tool, alone or by a group. */
static bool is_named(const struct model *m, const struct text_list *list, size_t tool) {
    for (size_t i = 0; i < list->n; i++) {
        struct names names = tool_entry_names(m->arena, m->gateway, list->v[i].v);
        for (size_t n = 0; n < names.n; n++)
            if (!tool_name_is_glob(names.v[n]) &&
                tool_name_matches(&m->gateway->tools[tool], names.v[n]))
                return true;
    }
    return false;
}

static void add_always(const struct model *m, struct tool_layer *l) {
    size_t tool = gateway_tool(m->gateway, m->gateway->sandbox_always);
    if (tool == SIZE_MAX) return;
    if (l->deny && denies_old_name(m, l->deny)) tool_set_add(&l->denied, tool);
    if (!l->restricts || (l->deny && is_named(m, l->deny, tool))) return;
    tool_set_add(&l->allowed, tool);
}

/* Whether the list names `name` itself, by a pattern or by a group of the catalogue: the plugins
 * are not known yet where this is asked. */
static bool lifts(const struct model *m, const struct text_list *list, struct str name) {
    const struct gateway_data *g = m->gateway;
    size_t tool = gateway_tool(g, name);
    for (size_t i = 0; i < list->n; i++) {
        struct names names = tool_entry_names(m->arena, g, list->v[i].v);
        for (size_t n = 0; n < names.n; n++) {
            struct str entry = names.v[n];
            if (str_equal(entry, name)) return true;
            if (tool_name_is_glob(entry) && tool_glob_matches(entry, name)) return true;
            bool group = str_starts(entry, STR("group:")) && !tool_name_is_glob(entry) &&
                         !str_equal(entry, STR("group:plugins"));
            if (group && tool != SIZE_MAX && tool_name_matches(&g->tools[tool], entry)) return true;
        }
    }
    return false;
}

static void deny_by_default(const struct model *m, struct tool_layer *l,
                            const struct text_list *allow, const struct text_list *also) {
    const struct gateway_data *g = m->gateway;
    bool can_lift = g->tool_rules & TOOLS_SANDBOX_LIFT_DENY;
    for (size_t i = 0; i < g->sandbox_deny.n; i++) {
        struct str name = g->sandbox_deny.v[i];
        if (can_lift && (lifts(m, allow, name) || lifts(m, also, name))) continue;
        add_names(m, (struct names){&name, 1}, l, deny_name);
    }
    l->deny = NULL;
}

void tool_layer_of_sandbox(const struct model *m, const struct agent *agent, struct tool_layer *l) {
    const struct gateway_data *g = m->gateway;
    const struct tool_lists *own = &agent->tools.sandbox, *global = &m->tools.sandbox;
    const struct text_list *allow = own_or_global(&own->allow, &global->allow);
    const struct text_list *also = own_or_global(&own->also_allow, &global->also_allow);
    const struct text_list *deny = own_or_global(&own->deny, &global->deny);
    bool uses_also = g->tool_rules & TOOLS_SANDBOX_ALSO_ALLOW;
    *l = (struct tool_layer){.kind = LAYER_SANDBOX,
                             .allow = allow->set ? allow : NULL,
                             .also_allow = uses_also ? also : NULL,
                             .deny = deny,
                             .at = agent->sandbox.mode.at};
    bool open = allow->set && !allow->n;
    l->restricts = add_list(m, allow, l, allow_name);
    if (uses_also && !open) add_list(m, also, l, allow_name);
    if (!allow->set) {
        add_names(m, g->sandbox_allow, l, allow_name);
        l->restricts = true;
    }
    if (deny->set)
        add_list(m, deny, l, deny_name);
    else
        deny_by_default(m, l, allow, also);
    add_always(m, l);
    pick_allowed(g, l);
    add_follower(g, l);
}

/* ---- sub-agents --------------------------------------------------------------------------------
 */

static bool names_exactly(const struct model *m, const struct text_list *list, struct str name) {
    for (size_t i = 0; i < list->n; i++) {
        struct names names = tool_entry_names(m->arena, m->gateway, list->v[i].v);
        if (names_have(names, name)) return true;
    }
    return false;
}

static void deny_base(const struct model *m, const struct tool_lists *lists, struct names base,
                      struct tool_layer *l) {
    for (size_t i = 0; i < base.n; i++) {
        bool lifted = m->gateway->subagent_allow_lifts_deny &&
                      (names_exactly(m, &lists->allow, base.v[i]) ||
                       names_exactly(m, &lists->also_allow, base.v[i]));
        if (!lifted) deny_name(m->gateway, base.v[i], l);
    }
}

/* A first-level sub-agent: may it not have any of its own? */
static bool is_leaf(const struct model *m) {
    return m->subagent_depth <= 1;
}

void tool_layer_of_subagents(const struct model *m, struct tool_layer *l) {
    const struct tool_lists *lists = &m->subagent_tools;
    *l = (struct tool_layer){.kind = LAYER_SUBAGENT,
                             .allow = &lists->allow,
                             .also_allow = lists->allow.set ? &lists->also_allow : NULL,
                             .deny = &lists->deny,
                             .at = lists->at};
    if (lists->allow.set) {
        l->restricts = add_list(m, &lists->allow, l, allow_name);
        l->restricts = add_list(m, &lists->also_allow, l, allow_name) || l->restricts;
    }
    deny_base(m, lists, m->gateway->subagent_deny, l);
    if (is_leaf(m)) deny_base(m, lists, m->gateway->leaf_deny, l);
    add_list(m, &lists->deny, l, deny_name);
    add_follower(m->gateway, l);
}
