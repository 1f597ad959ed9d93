/* Which tools are built for a session, whatever the lists say. */
#include "analysis/tools.h"
#include "model/ids.h"

static void miss(struct session_tools *s, size_t tool, enum tool_absence why, place at) {
    if (tool >= TOOLS_MAX || s->missing[tool].why) return;
    s->missing[tool] = (struct tool_missing){why, at};
    tool_set_remove(&s->built, tool);
}

static void miss_names(struct session_tools *s, struct names names, enum tool_absence why,
                       place at) {
    for (size_t i = 0; i < names.n; i++)
        miss(s, gateway_tool(s->model->gateway, names.v[i]), why, at);
}

/* ---- settings ----------------------------------------------------------------------------------
 */

static void miss_switched_off(const struct agent *agent, struct session_tools *s) {
    const struct model *m = s->model;
    const struct name_map *switches = &m->gateway->tool_switches;
    for (size_t i = 0; i < switches->n; i++) {
        const struct flag *own = &agent->tools.switches[i];
        const struct flag *flag = own->set ? own : &m->tools.switches[i];
        if (!flag->v)
            miss(s, gateway_tool(m->gateway, switches->keys[i]), ABSENT_SWITCHED_OFF, flag->at);
    }
}

/* ---- apply_patch -------------------------------------------------------------------------------
 */

const struct exec_settings *tool_patch_settings(const struct model *m, const struct agent *agent) {
    return agent->tools.exec.has_apply_patch ? &agent->tools.exec : &m->tools.exec;
}

static bool model_is_allowed(const struct model *m, const struct text_list *models,
                             struct str model) {
    struct str name = ids_token(m->arena, model);
    size_t slash = str_find(name, STR("/"), 0);
    struct str id = slash == SIZE_MAX ? name : str_slice(name, slash + 1, name.n);
    bool any = false;
    for (size_t i = 0; i < models->n; i++) {
        struct str entry = ids_token(m->arena, models->v[i].v);
        if (str_equal(entry, name) || str_equal(entry, id)) return true;
        any = any || entry.n;
    }
    return !any;
}

static bool provider_is_allowed(const struct model *m, struct str model) {
    struct names providers = m->gateway->apply_patch_providers;
    struct str name = ids_token(m->arena, model);
    return !providers.n || names_have(providers, str_slice(name, 0, str_find(name, STR("/"), 0)));
}

static void miss_patch(const struct agent *agent, struct session_tools *s) {
    const struct model *m = s->model;
    const struct exec_settings *exec = tool_patch_settings(m, agent);
    size_t patch = gateway_tool(m->gateway, STR("apply_patch"));
    if (!exec->apply_patch.v) miss(s, patch, ABSENT_PATCH_OFF, exec->apply_patch.at);
    if (!provider_is_allowed(m, agent->model.v))
        miss(s, patch, ABSENT_PATCH_PROVIDER, agent->model.at);
    if (!model_is_allowed(m, &exec->patch_models, agent->model.v))
        miss(s, patch, ABSENT_PATCH_MODEL, exec->patch_models.at);
}

/* ---- plugins -----------------------------------------------------------------------------------
 */

/* A gateway that builds a plugin's tools on demand: those that some list asks for by name, all of
 * them where nothing is asked for, none that a list refuses. */
static void miss_not_asked(struct session_tools *s) {
    const struct gateway_data *g = s->model->gateway;
    if (!(g->tool_rules & TOOLS_PRESELECT_PLUGINS)) return;
    bool asks = false, defaults = false;
    struct tool_set picked = {{0}};
    place at = 0;
    for (size_t i = 0; i < s->n_layers; i++) {
        const struct tool_layer *l = &s->layers[i];
        if (l->asks && !asks) at = l->allow ? l->allow->at : l->at;
        asks = asks || l->asks;
        defaults = defaults || l->asks_defaults;
        tool_set_unite(&picked, &l->picked);
        for (size_t t = 0; t < g->n_tools; t++)
            if (tool_set_has(&l->refused, t) && !tool_set_has(&l->denied, t))
                miss(s, t, ABSENT_REFUSED, l->deny ? l->deny->at : l->at);
    }
    if (!asks || defaults) return;
    for (size_t t = 0; t < g->n_tools; t++)
        if (g->tools[t].plugin.n && !tool_set_has(&picked, t)) miss(s, t, ABSENT_NOT_ASKED, at);
}

static void miss_plugins_off(struct session_tools *s) {
    const struct gateway_data *g = s->model->gateway;
    for (size_t t = 0; t < g->n_tools; t++)
        if (g->tools[t].plugin.n && names_have(s->model->plugins_off, g->tools[t].plugin))
            miss(s, t, ABSENT_PLUGIN_OFF, s->model->at);
}

void tools_find_built(const struct model *m, const struct agent *agent,
                      const struct tool_session *session, struct session_tools *s) {
    const struct gateway_data *g = m->gateway;
    s->built = tool_set_of_all(g);
    if (session->lacks_model) miss(s, gateway_tool(g, g->needs_model), ABSENT_NO_MODEL, 0);
    miss_switched_off(agent, s);
    miss_patch(agent, s);
    if (session->sandboxed) {
        if (str_equal(agent->sandbox.workspace_access.v, STR("ro")))
            miss_names(s, g->not_read_only, ABSENT_READ_ONLY, agent->sandbox.workspace_access.at);
        miss_names(s, g->not_sandboxed, ABSENT_SANDBOXED, agent->sandbox.mode.at);
    }
    if (session->subagent) miss_names(s, g->not_subagent, ABSENT_SUBAGENT, agent->at);
    if (session->stranger) miss_names(s, g->owner_only, ABSENT_STRANGER, agent->at);
    miss_plugins_off(s);
    miss_not_asked(s);
}
