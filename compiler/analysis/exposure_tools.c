/* Tool lists as the gateway's own audit reads them. */
#include "analysis/exposure.h"

/* Whose tools are asked for when it is no agent's. */
static struct agent nobody(const struct model *m) {
    return (struct agent){.sandbox = m->sandbox};
}

/* The audit knows no plugins: their groups and names mean nothing to it. */
static const struct tool *without_plugins(struct arena *a, const struct gateway_data *g) {
    struct tool *tools = arena_copy(a, g->tools, g->n_tools * sizeof *tools);
    for (size_t i = 0; i < g->n_tools; i++) tools[i].plugin = STR("");
    return tools;
}

void audit_tools_begin(struct arena *a, const struct model *m, struct audit_tools *t) {
    const unsigned unread = TOOLS_STRIP_UNKNOWN_ALLOW | TOOLS_BLOCKS_EXTEND_PROFILE;
    t->model = *m;
    t->gateway = *m->gateway;
    t->gateway.tools = without_plugins(a, m->gateway);
    t->gateway.tool_rules &= ~unread;
    t->model.gateway = &t->gateway;
    if (!m->gateway->audit_profile_extends)
        t->model.tools.lists.also_allow = (struct text_list){.at = m->tools.at};
    tool_layer_of_lists(&t->model, LAYER_GLOBAL, &t->model.tools.lists, &t->global);
}

static void apply(const struct tool_layer *l, struct tool_set *tools) {
    if (l->restricts) tool_set_keep(tools, &l->allowed);
    tool_set_drop(tools, &l->denied);
}

static void apply_lists(const struct model *m, const struct tool_lists *lists,
                        struct tool_set *tools) {
    struct tool_layer l;
    if (tool_layer_of_lists(m, LAYER_AGENT, lists, &l)) apply(&l, tools);
}

static void apply_provider(const struct model *m, const struct tool_policy *policy,
                           struct str model_name, struct tool_set *tools) {
    const struct provider_tools *p = tool_provider(m, policy, model_name);
    if (p) apply_lists(m, &p->lists, tools);
}

struct tool_set audit_tools_of(const struct audit_tools *t, const struct agent *agent,
                               struct str model_name) {
    const struct model *m = &t->model;
    struct agent own = agent ? *agent : nobody(m);
    struct tool_set tools = tool_set_of_all(m->gateway);
    struct tool_layer l;
    if (!m->gateway->audit_profile_extends) own.tools.lists.also_allow = (struct text_list){0};
    if (tool_layer_of_profile(m, &own, &l)) apply(&l, &tools);
    apply(&t->global, &tools);
    apply_lists(m, &own.tools.lists, &tools);
    if (model_name.n && m->gateway->audit_provider_lists) {
        apply_provider(m, &m->tools, model_name, &tools);
        apply_provider(m, &own.tools, model_name, &tools);
    }
    if (!str_equal(own.sandbox.mode.v, STR("all"))) return tools;
    tool_layer_of_sandbox(m, &own, &l);
    apply(&l, &tools);
    return tools;
}
