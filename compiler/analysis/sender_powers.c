#include "analysis/sender_powers.h"

static bool has_tool(const struct gateway_data *g, const struct tool_set *s, const char *name) {
    return tool_set_has(s, gateway_tool(g, str_from(name)));
}

struct sender_powers sender_powers_of(const struct analysis *s, const struct reach *r) {
    const struct model *m = s->model;
    const struct gateway_data *g = m->gateway;
    const struct agent *agent = &m->agents.v[r->agent];
    const struct account *account = &m->accounts.v[r->account];
    bool group = r->class == SENDER_GROUP, known = r->class == SENDER_KNOWN;
    struct tool_sender who = {account->channel, r->sender};
    struct tool_session session = {.sandboxed = !reach_unsandboxed(agent, r),
                                   .stranger = !r->has_owner_tools,
                                   .sender = known ? &who : NULL};
    if (group)
        session.group =
            tool_group_lists(m, account->channel, account->id, r->sender.n ? r->sender : STR("*"));
    struct session_tools tools;
    tools_of_session(&s->tools, agent, &session, &tools);
    struct exec_effective exec = exec_of_agent(m, agent, session.sandboxed);
    struct sender_powers p = {.sandboxed = session.sandboxed,
                              .exec = has_tool(g, &tools.tools, "exec"),
                              .write = has_tool(g, &tools.tools, "write") ||
                                       has_tool(g, &tools.tools, "edit") ||
                                       has_tool(g, &tools.tools, "apply_patch")};
    p.exec_on_host = p.exec && !str_equal(exec.effective_host, STR("sandbox"));
    p.elevated = p.exec && known && elevated_enabled(m, agent) &&
                 elevated_allows(m, agent, account->channel, r->sender);
    for (size_t i = 0; i < g->n_tools; i++) {
        if (!tool_set_has(&tools.tools, i)) continue;
        p.tools++;
        p.owner_tools += names_have(g->owner_only, g->tools[i].name);
    }
    return p;
}
