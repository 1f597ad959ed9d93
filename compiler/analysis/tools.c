/* The tools of an agent in a session: every layer in turn, and what decided about each tool. */
#include "analysis/tools.h"

#include "analysis/analysis.h"

/* ---- the layers of a session -------------------------------------------------------------------
 */

struct tool_context tool_context_new(const struct model *m) {
    struct tool_context c = {.model = m};
    tool_layer_of_lists(m, LAYER_GLOBAL, &m->tools.lists, &c.global);
    tool_layer_of_subagents(m, &c.subagent);
    return c;
}

static struct tool_layer *next(struct session_tools *s) {
    return &s->layers[s->n_layers];
}

static void add_lists(struct session_tools *s, enum tool_layer_kind kind,
                      const struct tool_lists *lists) {
    if (lists && tool_layer_of_lists(s->model, kind, lists, next(s))) s->n_layers++;
}

static void add_layers(const struct tool_context *c, const struct agent *agent,
                       const struct tool_session *session, struct session_tools *s) {
    const struct model *m = c->model;
    const struct provider_tools *global = tool_provider(m, &m->tools, agent->model.v);
    const struct provider_tools *own = tool_provider(m, &agent->tools, agent->model.v);
    if (tool_layer_of_profile(m, agent, next(s))) s->n_layers++;
    if (tool_layer_of_provider_profile(m, global, own, next(s))) s->n_layers++;
    s->layers[s->n_layers++] = c->global;
    add_lists(s, LAYER_GLOBAL_PROVIDER, global ? &global->lists : NULL);
    add_lists(s, LAYER_AGENT, &agent->tools.lists);
    add_lists(s, LAYER_AGENT_PROVIDER, own ? &own->lists : NULL);
    add_lists(s, LAYER_GROUP, session->group);
    add_lists(s, LAYER_SENDER, tool_sender_lists(m, agent, session->sender));
    if (session->sandboxed) {
        tool_layer_of_sandbox(m, agent, next(s));
        s->n_layers++;
    }
    if (session->subagent) s->layers[s->n_layers++] = c->subagent;
}

/* An older gateway ignores an allow list without a single core tool that is built. */
static bool is_stripped(const struct session_tools *s, const struct tool_layer *l) {
    if (!(s->model->gateway->tool_rules & TOOLS_STRIP_UNKNOWN_ALLOW)) return false;
    if (!l->restricts || l->everything || l->kind >= LAYER_SANDBOX) return false;
    struct tool_set core = l->core;
    tool_set_keep(&core, &s->built);
    return tool_set_is_empty(&core);
}

void tools_of_session(const struct tool_context *c, const struct agent *agent,
                      const struct tool_session *session, struct session_tools *out) {
    *out = (struct session_tools){.model = c->model};
    add_layers(c, agent, session, out);
    tools_find_built(c->model, agent, session, out);
    out->tools = out->built;
    for (size_t i = 0; i < out->n_layers; i++) {
        struct tool_layer *l = &out->layers[i];
        l->stripped = is_stripped(out, l);
        if (l->restricts && !l->stripped) tool_set_keep(&out->tools, &l->allowed);
        tool_set_drop(&out->tools, &l->denied);
    }
}

/* ---- what decided ------------------------------------------------------------------------------
 */

/* The first entry of a list that means the tool, or NULL. */
static const struct text *entry_for(const struct model *m, const struct text_list *list,
                                    size_t tool) {
    if (!list) return NULL;
    for (size_t i = 0; i < list->n; i++) {
        struct names names = tool_entry_names(m->arena, m->gateway, list->v[i].v);
        for (size_t n = 0; n < names.n; n++)
            if (tool_name_matches(&m->gateway->tools[tool], names.v[n])) return &list->v[i];
    }
    return NULL;
}

static struct tool_decision denied(const struct session_tools *s, const struct tool_layer *l,
                                   size_t tool) {
    const struct text *entry = entry_for(s->model, l->deny, tool);
    return (struct tool_decision){
        .verdict = TOOL_DENIED, .layer = l, .by_default = !entry, .at = entry ? entry->at : l->at};
}

static struct tool_decision not_named(const struct tool_layer *l) {
    bool written = l->profile.set || (l->allow && l->allow->set);
    return (struct tool_decision){.verdict = TOOL_NOT_NAMED,
                                  .layer = l,
                                  .by_default = !written,
                                  .at = l->allow && l->allow->set ? l->allow->at : l->at};
}

static struct tool_decision named(const struct session_tools *s, const struct tool_layer *l,
                                  size_t tool) {
    const struct text *entry = entry_for(s->model, l->allow, tool);
    if (!entry && !l->profile.set) entry = entry_for(s->model, l->also_allow, tool);
    bool written = l->profile.set || entry || (l->allow && l->allow->set);
    place at = entry ? entry->at : l->allow && l->allow->set ? l->allow->at : l->at;
    return (struct tool_decision){
        .verdict = TOOL_NAMED, .layer = l, .by_default = !written, .at = at};
}

/* A plugin's tool that nobody asks for may be out by a list as well, which says more. */
static bool layers_decide(const struct session_tools *s, size_t tool) {
    return tool_set_has(&s->built, tool) || s->missing[tool].why == ABSENT_NOT_ASKED;
}

struct tool_decision tool_decide(const struct session_tools *s, size_t tool) {
    const struct tool_layer *last = NULL;
    for (size_t i = 0; i < s->n_layers && layers_decide(s, tool); i++) {
        const struct tool_layer *l = &s->layers[i];
        if (tool_set_has(&l->denied, tool)) return denied(s, l, tool);
        if (!l->restricts || l->stripped) continue;
        if (!tool_set_has(&l->allowed, tool)) return not_named(l);
        last = l;
    }
    if (!tool_set_has(&s->built, tool))
        return (struct tool_decision){.verdict = TOOL_NOT_BUILT, .at = s->missing[tool].at};
    if (last) return named(s, last, tool);
    return (struct tool_decision){.verdict = TOOL_UNRESTRICTED, .at = s->model->tools.at};
}

/* ---- outside of a sandbox ----------------------------------------------------------------------
 */

static bool has_named(const struct gateway_data *g, const struct tool_set *s, const char *name) {
    return tool_set_has(s, gateway_tool(g, str_from(name)));
}

/* What a report points at: the last list or profile that restricts, else the agent. */
static void find_grant(const struct session_tools *s, const struct agent *agent,
                       struct agent_powers *p) {
    p->at = agent->at;
    for (size_t i = s->n_layers; i-- > 0;) {
        const struct tool_layer *l = &s->layers[i];
        if (!l->restricts || l->stripped) continue;
        p->listed = true;
        p->at = l->allow && l->allow->set ? l->allow->at : l->at;
        return;
    }
}

struct agent_powers tools_of_agent(const struct tool_context *c, const struct agent *agent) {
    const struct gateway_data *g = c->model->gateway;
    struct session_tools s;
    tools_of_session(c, agent, &(struct tool_session){0}, &s);
    struct agent_powers p = {.tools = s.tools};
    p.exec = has_named(g, &p.tools, "exec");
    p.write = has_named(g, &p.tools, "write") || has_named(g, &p.tools, "edit") ||
              has_named(g, &p.tools, "apply_patch");
    find_grant(&s, agent, &p);
    return p;
}
