/* The fields of a path from a sender to a power, and of its steps. */
#include "policy/facts_table.h"

static struct cel_value path_tools(struct cel_run *run, const struct power_path *path) {
    const struct gateway_data *g = path->in->model->gateway;
    struct cel_value *v = arena_alloc(run->arena, g->n_tools * sizeof *v);
    size_t n = 0;
    for (size_t i = 0; i < g->n_tools; i++)
        if (tool_set_has(path->tools, i)) v[n++] = cel_string(g->tools[i].name);
    return cel_list(v, n);
}

static struct cel_value path_steps(struct cel_run *run, const struct power_path *path) {
    struct cel_value *v = arena_alloc(run->arena, path->n_steps * sizeof *v);
    for (size_t i = 0; i < path->n_steps; i++)
        v[i] = string_at(path->steps[i].text, path->steps[i].at);
    return cel_list(v, path->n_steps);
}

/* clang-format off: one field a line, so that the table reads as a table. */

#define POWER_PATH_FIELDS(F)                                                                       \
    F(power_path, power, S(CEL_STRING),                                                            \
      "What it leads to: `host` (commands or changed files outside of a sandbox), `elevated` "     \
      "(commands outside of the sandbox that the session is in), `control` (the tools that the "   \
      "gateway keeps for its owner) or `read` (sessions of other agents).",                        \
      string_at(str_from(power_names[o->power]), o->at))                                           \
    F(power_path, from, OBJ(fact_reach),                                                           \
      "Who it begins with: of all senders who are not the owner and have this power, the widest "  \
      "class.",                                                                                    \
      reach_value(o->reach))                                                                       \
    F(power_path, others, S(CEL_INT), "How many further classes of such senders there are.",       \
      cel_int((int64_t)o->others))                                                                 \
    F(power_path, agent, OBJ(fact_agent), "The agent whose power it is.",                          \
      agent_value(o->in, o->agent))                                                                \
    F(power_path, through, OBJ(fact_agent),                                                        \
      "The agent that the sender talks to, when the power is another's; otherwise absent.",        \
      agent_value(o->in, o->through))                                                              \
    F(power_path, tools, LIST(CEL_STRING), "The tools that give it.", path_tools(run, o))          \
    F(power_path, restricted, S(CEL_BOOL),                                                         \
      "Commands are limited to an allow list, or each must be approved.", cel_bool(o->restricted)) \
    F(power_path, steps, LIST(CEL_STRING),                                                         \
      "The path, a sentence for each step, each with its place.", path_steps(run, o))              \
    F(power_path, gateway, OBJ(fact_gateway), "Its gateway.", gateway_value(o->in))

/* clang-format on */

DEFINE_FACT(power_path, struct power_path, "power_path",
            "The way from somebody who is not the owner to a power of an agent. There is one for "
            "each agent and power.",
            POWER_PATH_FIELDS)
