/* From a sender to a power, step by step. */
#include "analysis/paths.h"

#include "analysis/analysis.h"
#include "base/map.h"
#include "model/ids.h"
#include "model/values.h"

const char *const power_names[POWERS_NAMED] = {"host", "elevated", "control", "read"};

/* ---- what a session can do ---------------------------------------------------------------------
 */

/* What decides which tools a sender's session has, beside the agent. */
struct session_kind {
    bool sandboxed, has_owner_tools;
    const struct tool_lists *group;
    const struct tool_sender *sender; /* where lists are for them alone; else NULL */
};

struct session_powers {
    struct session_kind kind;
    struct session_tools tools;
    struct tool_set of[POWERS]; /* the tools that give each power */
    bool restricted;            /* see power_path */
};

enum { KINDS_KEPT = 4 };

struct searching {
    struct analysis *s;
    const struct model *m;
    struct arena *scratch;
    struct elevated_index elevated;
    /* Of the agent that is looked at. */
    const struct agent *agent;
    struct elevated_index own_elevated;
    struct session_powers kept[KINDS_KEPT]; /* without group lists: kinds, computed once */
    bool is_kept[KINDS_KEPT];
};

static struct tool_set only(const struct session_tools *t, const char *const *names) {
    const struct gateway_data *g = t->model->gateway;
    struct tool_set set = {{0}};
    for (; *names; names++) tool_set_add(&set, gateway_tool(g, str_from(*names)));
    tool_set_keep(&set, &t->tools);
    return set;
}

static bool blocks_commands(const struct model *m, const struct exec_effective *e) {
    bool outside = !str_equal(e->effective_host, STR("sandbox"));
    bool counts = m->gateway->exec_layered || !str_equal(e->host, STR("auto"));
    return outside && counts && str_equal(e->security, STR("deny"));
}

/* Commands leave the sandbox when tools.exec.host says so. */
static void find_host_powers(const struct model *m, const struct agent *agent,
                             struct session_powers *p) {
    static const char *const writers[] = {"write", "edit", "apply_patch", NULL};
    static const char *const runners[] = {"exec", NULL};
    struct exec_effective e = exec_of_agent(m, agent, p->kind.sandboxed);
    bool nowhere = !p->kind.sandboxed && str_equal(e.effective_host, STR("sandbox"));
    bool outside = !str_equal(e.effective_host, STR("sandbox"));
    if (!p->kind.sandboxed) p->of[POWER_HOST] = only(&p->tools, writers);
    struct tool_set exec = only(&p->tools, runners);
    p->restricted = str_equal(e.security, STR("allowlist")) || str_equal(e.ask, STR("always"));
    if (outside && !blocks_commands(m, &e)) tool_set_unite(&p->of[POWER_HOST], &exec);
    if (!outside && !nowhere) p->of[POWER_ELEVATED] = exec;
}

static void find_powers(const struct searching *g, struct session_powers *p) {
    static const char *const readers[] = {"sessions_history", "sessions_search", "sessions_list",
                                          NULL};
    static const char *const senders[] = {"sessions_send", NULL};
    static const char *const spawners[] = {"sessions_spawn", NULL};
    const struct gateway_data *gateway = g->m->gateway;
    struct tool_session session = {.sandboxed = p->kind.sandboxed,
                                   .stranger = !p->kind.has_owner_tools,
                                   .group = p->kind.group,
                                   .sender = p->kind.sender};
    tools_of_session(&g->s->tools, g->agent, &session, &p->tools);
    find_host_powers(g->m, g->agent, p);
    if (p->kind.has_owner_tools)
        for (size_t i = 0; i < gateway->owner_only.n; i++) {
            size_t tool = gateway_tool(gateway, gateway->owner_only.v[i]);
            if (tool_set_has(&p->tools.tools, tool)) tool_set_add(&p->of[POWER_CONTROL], tool);
        }
    bool sees_all = str_equal(session_visibility(g->m, p->kind.sandboxed), STR("all"));
    if (sees_all && agent_to_agent_has(g->m, g->agent)) {
        p->of[POWER_READ] = only(&p->tools, readers);
        p->of[POWER_SEND] = only(&p->tools, senders);
    }
    p->of[POWER_SPAWN] = only(&p->tools, spawners);
}

static const struct tool_lists *lists_of_group(const struct model *m, const struct reach *reach) {
    const struct account *a = &m->accounts.v[reach->account];
    if (reach->class != SENDER_GROUP) return NULL;
    return tool_group_lists(m, a->channel, a->id, reach->sender.n ? reach->sender : STR("*"));
}

static const struct session_powers *powers_of(struct searching *g, const struct reach *reach,
                                              struct session_powers *space) {
    struct tool_sender who = {g->m->accounts.v[reach->account].channel, reach->sender};
    bool singled_out = reach->class == SENDER_KNOWN && tool_sender_lists(g->m, g->agent, &who) !=
                                                           tool_sender_lists(g->m, g->agent, NULL);
    struct session_kind kind = {.sandboxed = !reach_unsandboxed(g->agent, reach),
                                .has_owner_tools = reach->has_owner_tools,
                                .group = lists_of_group(g->m, reach),
                                .sender = singled_out ? &who : NULL};
    size_t slot = (size_t)kind.sandboxed + 2 * (size_t)kind.has_owner_tools;
    bool kept = !kind.group && !kind.sender;
    struct session_powers *p = kept ? &g->kept[slot] : space;
    if (kept && g->is_kept[slot]) return p;
    *p = (struct session_powers){.kind = kind};
    find_powers(g, p);
    p->kind.sender = NULL; /* it lives here */
    if (kept) g->is_kept[slot] = true;
    return p;
}

/* ---- the widest class of senders ---------------------------------------------------------------
 */

static int width_of(const struct reach *reach) {
    switch (reach->class) {
    case SENDER_ANYONE: return 4;
    case SENDER_GROUP: return reach->sender.n || !reach->room->any_member ? 1 : 3;
    case SENDER_KNOWN: return 2;
    case SENDER_PAIRED: return 0;
    }
    return 0;
}

/* The entries that admit a sender to elevated tools; 0 when the sender is not admitted. */
static place elevated_entry(const struct searching *g, const struct reach *reach) {
    struct str channel = g->m->accounts.v[reach->account].channel;
    struct str id = reach->class == SENDER_KNOWN ? reach->sender : STR("");
    if (!elevated_enabled(g->m, g->agent)) return 0;
    place at = elevated_index_find(&g->elevated, channel, id);
    if (!at || !g->agent->tools.elevated.has_allow_from) return at;
    return elevated_index_find(&g->own_elevated, channel, id) ? at : 0;
}

struct best {
    const struct reach *reach;
    size_t senders;
};

static bool has_power(const struct searching *g, const struct session_powers *p,
                      const struct reach *reach, enum power power) {
    if (tool_set_is_empty(&p->of[power])) return false;
    return power != POWER_ELEVATED || elevated_entry(g, reach) != 0;
}

static void find_best(struct searching *g, const struct agent_facts *f, struct best best[POWERS]) {
    for (uint32_t i = 0; i < f->n_reach; i++) {
        const struct reach *reach = &g->s->reaches.v[g->s->by_agent[f->first_reach + i]];
        struct session_powers space;
        if (reach->is_owner || !reach_admits(reach)) continue;
        const struct session_powers *p = powers_of(g, reach, &space);
        for (enum power power = 0; power < POWERS; power++) {
            struct best *b = &best[power];
            if (!has_power(g, p, reach, power)) continue;
            b->senders++;
            if (!b->reach || width_of(reach) > width_of(b->reach)) b->reach = reach;
        }
    }
}

/* ---- steps -------------------------------------------------------------------------------------
 */

enum { MAX_STEPS = 8 };

struct steps {
    struct arena *arena;
    struct path_step *v;
    size_t n;
};

static void add_step(struct steps *s, place at, struct str text) {
    if (!at || s->n == MAX_STEPS) return;
    text = str_format(s->arena, "%zu. " STR_FMT, s->n + 1, STR_ARG(text));
    s->v[s->n++] = (struct path_step){at, text};
}

static struct str agent_name(const struct searching *g, const struct agent *agent) {
    return str_format(g->s->arena, "agent \"" STR_FMT "\"", STR_ARG(agent->id));
}

static void add_route(const struct searching *g, struct steps *s, const struct reach *reach) {
    const struct model *m = g->m;
    struct str agent = agent_name(g, &m->agents.v[reach->agent]);
    const struct binding *b = reach->binding >= 0 ? &m->bindings.v[reach->binding] : NULL;
    add_step(
        s, reach->at,
        str_format(s->arena, STR_FMT ": admitted here", STR_ARG(reach_describe(s->arena, reach))));
    if (b && !b->added)
        add_step(
            s, b->at,
            str_format(s->arena, "this binding hands their messages to " STR_FMT, STR_ARG(agent)));
    else
        add_step(s, model_nearer(g->m, m->agents.v[reach->agent].at, m->bindings_at),
                 str_format(s->arena, "no binding takes their messages: " STR_FMT " gets them",
                            STR_ARG(agent)));
}

static struct str tool_list(const struct searching *g, const struct tool_set *tools) {
    struct str text = STR("");
    for (size_t i = 0; i < g->m->gateway->n_tools; i++)
        if (tool_set_has(tools, i))
            text = str_format(g->s->arena, STR_FMT "%s" STR_FMT, STR_ARG(text), text.n ? ", " : "",
                              STR_ARG(g->m->gateway->tools[i].name));
    return text;
}

static size_t first_tool(const struct tool_set *tools) {
    size_t tool = 0;
    while (tool < TOOLS_MAX && !tool_set_has(tools, tool)) tool++;
    return tool;
}

static void add_tools(const struct searching *g, struct steps *s, const struct session_powers *p,
                      const struct tool_set *tools) {
    struct tool_decision d = tool_decide(&p->tools, first_tool(tools));
    struct str names = tool_list(g, tools);
    if (d.verdict == TOOL_NAMED && !d.by_default)
        add_step(s, d.at, str_format(s->arena, "it has " STR_FMT " by this", STR_ARG(names)));
    else
        add_step(s, model_nearer(g->m, g->agent->at, g->m->agents_at),
                 str_format(s->arena, "no list takes " STR_FMT " from it", STR_ARG(names)));
}

/* Where its commands and files are. */
static place add_host(const struct searching *g, struct steps *s, const struct session_powers *p) {
    struct text host = value_or(g->agent->tools.exec.host, g->m->tools.exec.host);
    const struct text *mode = &g->agent->sandbox.mode;
    if (p->kind.sandboxed) {
        add_step(s, host.at,
                 str_format(s->arena, "exec.host \"" STR_FMT "\" takes commands out of the sandbox",
                            STR_ARG(host.v)));
        return host.at;
    }
    add_step(s, model_nearer(g->m, mode->at, g->m->agents_at),
             mode->set ? str_format(s->arena,
                                    "sandbox.mode \"" STR_FMT "\": this session is in no sandbox",
                                    STR_ARG(mode->v))
                       : STR("no sandbox.mode is set: this session is in no sandbox"));
    return mode->at;
}

static place add_elevated(const struct searching *g, struct steps *s, const struct reach *reach) {
    place at = elevated_entry(g, reach);
    add_step(s, at, STR("this entry lets them have commands run outside of the sandbox"));
    return at;
}

static place add_control(struct steps *s, const struct reach *reach) {
    add_step(s, reach->owner_tools_at,
             STR("this makes the gateway take them for its owner, who has these tools"));
    return reach->owner_tools_at;
}

static place add_visibility(const struct searching *g, struct steps *s) {
    const struct model *m = g->m;
    place at = m->session_visibility.set ? m->session_visibility.at : m->agent_to_agent.at;
    add_step(s, model_nearer(g->m, m->session_visibility.at, g->agent->at),
             m->session_visibility.set ? STR("tools.sessions.visibility \"all\" shows it the "
                                             "sessions of other agents")
                                       : STR("tools.sessions.visibility is \"all\" by default"));
    add_step(s, model_nearer(g->m, m->agent_to_agent.at, g->agent->at),
             m->agent_to_agent.allow.n ? STR("tools.agentToAgent.allow names it")
                                       : STR("tools.agentToAgent is not limited to single agents"));
    return at;
}

/* ---- paths -------------------------------------------------------------------------------------
 */

static struct steps steps_new(struct arena *a) {
    return (struct steps){a, ARENA_ARRAY(a, struct path_step, MAX_STEPS), 0};
}

/* `at` is what gives the power; where only the whole file is around that, the agent, or who is let
 * in. */
static struct power_path *push_path(struct searching *g, enum power power, const struct best *best,
                                    const struct session_powers *p, const struct steps *s,
                                    place at) {
    at = model_nearer(g->m, model_nearer(g->m, at, g->agent->at), best->reach->at);
    struct tool_set *tools = ARENA_NEW(g->s->arena, struct tool_set);
    *tools = p->of[power];
    struct power_path *path = &ARRAY_PUSH(g->s->arena, g->s->paths);
    *path = (struct power_path){.in = g->s,
                                .power = power,
                                .reach = best->reach,
                                .others = best->senders - 1,
                                .agent = (int32_t)(g->agent - g->m->agents.v),
                                .through = -1,
                                .tools = tools,
                                .restricted = p->restricted,
                                .at = at,
                                .steps = s->v,
                                .n_steps = s->n};
    return path;
}

static void add_path(struct searching *g, enum power power, const struct best *best) {
    struct session_powers space;
    const struct session_powers *p = powers_of(g, best->reach, &space);
    struct steps s = steps_new(g->s->arena);
    place at = 0;
    add_route(g, &s, best->reach);
    add_tools(g, &s, p, &p->of[power]);
    if (power == POWER_HOST) at = add_host(g, &s, p);
    if (power == POWER_ELEVATED) at = add_elevated(g, &s, best->reach);
    if (power == POWER_CONTROL) at = add_control(&s, best->reach);
    if (power == POWER_READ) at = add_visibility(g, &s);
    push_path(g, power, best, p, &s, at);
}

static void begin_agent(struct searching *g, size_t index) {
    g->agent = &g->m->agents.v[index];
    for (size_t i = 0; i < KINDS_KEPT; i++) g->is_kept[i] = false;
    if (g->agent->tools.elevated.has_allow_from)
        g->own_elevated = elevated_index_new(g->scratch, g->m, &g->agent->tools.elevated);
}

/* ---- through another agent ---------------------------------------------------------------------
 */

/* The agents from which a stranger gets at others, the widest first; two, for one may be the
 * target. */
struct gates {
    int32_t agent[2];
    const struct best *best[2];
};

static void consider(struct gates *gates, int32_t agent, const struct best *best) {
    if (!best->reach) return;
    int slot = !gates->best[0] || width_of(best->reach) > width_of(gates->best[0]->reach)   ? 0
               : !gates->best[1] || width_of(best->reach) > width_of(gates->best[1]->reach) ? 1
                                                                                            : 2;
    if (slot == 2) return;
    if (slot == 0) {
        gates->agent[1] = gates->agent[0];
        gates->best[1] = gates->best[0];
    }
    gates->agent[slot] = agent;
    gates->best[slot] = best;
}

struct delegating {
    struct searching *g;
    struct best (*best)[POWERS]; /* by agent */
    struct gates send, spawn_any;
    struct gates *spawn; /* by target: those that name it */
};

static void find_gates(struct delegating *d) {
    const struct model *m = d->g->m;
    for (size_t i = 0; i < m->agents.n; i++) {
        const struct best *best = d->best[i];
        const struct text_list *named = &m->agents.v[i].delegates;
        consider(&d->send, (int32_t)i, &best[POWER_SEND]);
        for (size_t k = 0; k < named->n && best[POWER_SPAWN].reach; k++) {
            struct str entry = ids_trim(named->v[k].v);
            bool all = str_equal(entry, STR("*"));
            int32_t target = all ? -1 : model_agent(m, ids_agent(d->g->scratch, entry));
            struct gates *gates = all ? &d->spawn_any : target >= 0 ? &d->spawn[target] : NULL;
            if (gates) consider(gates, (int32_t)i, &best[POWER_SPAWN]);
        }
    }
}

/* The gate to use for a target, or -1. */
static int usable(const struct gates *gates, int32_t target) {
    for (int i = 0; i < 2; i++)
        if (gates->best[i] && gates->agent[i] != target) return i;
    return -1;
}

static void add_gate_steps(struct delegating *d, struct steps *s, int32_t gate,
                           const struct best *best, enum power power) {
    struct searching *g = d->g;
    struct session_powers space;
    begin_agent(g, (size_t)gate);
    const struct session_powers *p = powers_of(g, best->reach, &space);
    add_route(g, s, best->reach);
    add_tools(g, s, p, &p->of[power]);
    if (power == POWER_SEND)
        add_visibility(g, s);
    else
        add_step(s, g->agent->delegates.at,
                 STR("subagents.allowAgents lets it run the next agent as its sub-agent"));
}

/* The target's powers when another agent writes into its main session, or runs it as a sub-agent. A
 * sandboxed session cannot have a sub-agent outside of a sandbox. */
static bool add_through(struct delegating *d, int32_t target, const struct gates *gates,
                        enum power power) {
    struct searching *g = d->g;
    int which = usable(gates, target);
    if (which < 0) return false;
    const struct best *best = gates->best[which];
    const struct agent *from = &g->m->agents.v[gates->agent[which]];
    begin_agent(g, (size_t)target);
    bool spawned = power == POWER_SPAWN, off = str_equal(g->agent->sandbox.mode.v, STR("off"));
    if (g->agent->sandbox.mode.symbolic || str_equal(g->agent->sandbox.mode.v, STR("all")))
        return false;
    if (spawned && (!off || !reach_unsandboxed(from, best->reach))) return false;
    if (!spawned && !agent_to_agent_has(g->m, g->agent)) return false;
    struct session_powers p = {0};
    tools_of_session(&g->s->tools, g->agent,
                     &(struct tool_session){.subagent = spawned, .stranger = true}, &p.tools);
    find_host_powers(g->m, g->agent, &p);
    if (tool_set_is_empty(&p.of[POWER_HOST])) return false;
    struct steps s = steps_new(g->s->arena);
    add_gate_steps(d, &s, gates->agent[which], best, power);
    begin_agent(g, (size_t)target);
    add_tools(g, &s, &p, &p.of[POWER_HOST]);
    place at = add_host(g, &s, &p);
    struct power_path *path = push_path(g, POWER_HOST, best, &p, &s, at);
    path->through = gates->agent[which];
    return true;
}

static void add_delegated(struct searching *g, struct best (*best)[POWERS]) {
    size_t n = g->m->agents.n;
    struct delegating d = {.g = g, .best = best, .spawn = ARENA_ARRAY(g->scratch, struct gates, n)};
    find_gates(&d);
    for (size_t i = 0; i < n; i++) {
        int32_t target = (int32_t)i;
        if (best[i][POWER_HOST].reach) continue;
        if (add_through(&d, target, &d.spawn[i], POWER_SPAWN) ||
            add_through(&d, target, &d.spawn_any, POWER_SPAWN))
            continue;
        add_through(&d, target, &d.send, POWER_SEND);
    }
}

void analyse_paths(struct analysis *s) {
    struct searching g = {.s = s, .m = s->model, .scratch = arena_new()};
    size_t n = s->model->agents.n;
    struct best(*best)[POWERS] = arena_zalloc(g.scratch, n, sizeof *best);
    g.elevated = elevated_index_new(g.scratch, g.m, &g.m->tools.elevated);
    for (size_t i = 0; i < n; i++) {
        begin_agent(&g, i);
        find_best(&g, &s->agents[i], best[i]);
        for (enum power power = 0; power < POWERS_NAMED; power++)
            if (best[i][power].reach && (power != POWER_READ || n > 1))
                add_path(&g, power, &best[i][power]);
    }
    add_delegated(&g, best);
    arena_free(g.scratch);
}
