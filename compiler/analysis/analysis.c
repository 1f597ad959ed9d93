#include "analysis/analysis.h"

static void begin_agents(struct analysis *s) {
    const struct model *m = s->model;
    s->agents = ARENA_ARRAY(s->arena, struct agent_facts, m->agents.n);
    int32_t owner = model_default_agent(m);
    s->tools = tool_context_new(m);
    for (size_t i = 0; i < m->agents.n; i++) {
        int32_t first = model_agent(m, m->agents.v[i].id);
        s->agents[i] = (struct agent_facts){.in = s,
                                            .agent = &m->agents.v[i],
                                            .powers = tools_of_agent(&s->tools, &m->agents.v[i]),
                                            .is_default = owner == (int32_t)i,
                                            .same_id = first == (int32_t)i ? -1 : first,
                                            .owner_reach = -1,
                                            .stranger = -1,
                                            .paired = -1,
                                            .merged_first = -1,
                                            .merged_second = -1};
    }
}

struct analysis *analyse(struct arena *a, const struct model *m, struct names owners) {
    struct analysis *s = ARENA_NEW(a, struct analysis);
    struct model *own = arena_copy(a, m, sizeof *m);
    own->arena = a;
    s->arena = a;
    s->model = m = own;
    s->resolver = resolver_new(a, &m->routing);
    begin_agents(s);
    s->accounts = ARENA_ARRAY(a, struct account_facts, m->accounts.n);
    for (size_t i = 0; i < m->accounts.n; i++)
        s->accounts[i] =
            (struct account_facts){.in = s, .account = &m->accounts.v[i], .owner_missing = -1};
    analyse_tool_entries(s);
    analyse_tool_effects(s);
    analyse_bindings(s);
    analyse_reach(s, owners);
    analyse_sessions(s);
    analyse_rooms(s);
    analyse_sharing(s);
    analyse_exposure(s);
    analyse_paths(s);
    analyse_channel_checks(s);
    return s;
}
