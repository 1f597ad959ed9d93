/* The fields of allow lists, and of what an agent's settings of tools come to. */
#include "base/buf.h"
#include "model/ids.h"
#include "policy/facts_table.h"

/* ---- what is in force for one agent ------------------------------------------------------------
 */

static const struct tool_policy *global_of(const struct agent_facts *f) {
    return &f->in->model->tools;
}

static const struct tool_policy *own_of(const struct agent_facts *f) {
    return &f->agent->tools;
}

static struct text or_global(struct text own, struct text global) {
    return own.set || !global.set ? own : global;
}

static struct cel_value exec_text(struct text own, struct text global) {
    struct text t = or_global(own, global);
    return text(&t);
}

/* Both levels as they are written; a mode stands for them. */
static struct cel_value exec_level(const struct agent_facts *f, bool ask) {
    const struct exec_settings *own = &own_of(f)->exec, *global = &global_of(f)->exec;
    struct text mode = or_global(own->mode, global->mode);
    struct text level =
        ask ? or_global(own->ask, global->ask) : or_global(own->security, global->security);
    struct exec_levels both = exec_levels_of_agent(f->in->model, f->agent);
    struct str value = ask ? both.ask : both.security;
    return string_at(value, level.set ? level.at : mode.set ? mode.at : own->at);
}

/* Without modes and without a host, a command outside of a sandbox runs unchecked. */
static bool runs_unchecked(const struct agent_facts *f) {
    bool has_host = own_of(f)->exec.host.set || global_of(f)->exec.host.set;
    return !f->in->model->gateway->exec_layered && !has_host;
}

static struct text profile_of(const struct agent_facts *f) {
    return or_global(own_of(f)->profile, global_of(f)->profile);
}

/* The tools that an `exec` or `fs` block adds to a profile which has none of them. */
static struct cel_value widened_by(const struct agent_facts *f) {
    const struct tool_policy *own = own_of(f), *global = global_of(f);
    bool extends = f->in->model->gateway->tool_rules & TOOLS_BLOCKS_EXTEND_PROFILE;
    struct str profile = profile_of(f).v;
    bool narrow = str_equal(profile, STR("minimal")) || str_equal(profile, STR("messaging"));
    if (!extends || !narrow) return string_at(STR(""), f->agent->at);
    if (own->has_exec || global->has_exec)
        return string_at(STR("exec"), own->has_exec ? own->exec.at : global->exec.at);
    if (own->has_fs || global->has_fs)
        return string_at(STR("fs"),
                         own->has_fs ? own->fs_workspace_only.at : global->fs_workspace_only.at);
    return string_at(STR(""), f->agent->at);
}

/* `alsoAllow` of the agent, else the global one, as far as a profile could use it. */
static struct cel_value also_allow(struct cel_run *run, const struct agent_facts *f) {
    const struct text_list *own = &own_of(f)->lists.also_allow;
    return texts(run, own->set ? own : &global_of(f)->lists.also_allow);
}

/* ---- elevated ----------------------------------------------------------------------------------
 */

static bool channel_lists(const struct elevated *e, struct str channel, struct map *entries) {
    bool any = false;
    for (size_t i = 0; i < e->n_channels; i++) {
        if (!str_equal(e->channels[i].channel, channel)) continue;
        any = true;
        for (size_t k = 0; k < e->channels[i].allow.n; k++)
            map_put(entries, ids_trim(e->channels[i].allow.v[k].v), 1, NULL);
    }
    return any;
}

/* Entries of the agent's own lists that the global list of the channel does not have: both must. */
static struct cel_value ungranted(struct cel_run *run, const struct agent_facts *f) {
    const struct elevated *own = &own_of(f)->elevated;
    size_t total = 0, n = 0;
    for (size_t i = 0; i < own->n_channels; i++) total += own->channels[i].allow.n;
    struct cel_value *v = arena_alloc(run->arena, total * sizeof *v);
    for (size_t i = 0; i < own->n_channels; i++) {
        struct map entries = map_new(run->arena);
        channel_lists(&global_of(f)->elevated, own->channels[i].channel, &entries);
        if (map_get(&entries, STR("*"))) continue;
        for (size_t k = 0; k < own->channels[i].allow.n; k++) {
            const struct text *entry = &own->channels[i].allow.v[k];
            struct str id = ids_trim(entry->v);
            if (id.n && !map_get(&entries, id) && !entry->symbolic) v[n++] = text(entry);
        }
    }
    return cel_with_origin(cel_list(v, n), own->at);
}

/* clang-format off: one field a line, so that the tables read as tables. */

#define TOOL_LIST_FIELDS(F)                                                                        \
    F(tool_list, entries, LIST(CEL_STRING), "Its entries as written.", texts(run, o->list))        \
    F(tool_list, agent, OBJ(fact_agent), "Whose it is; absent for a global one or a group's.",     \
      agent_value(o->in, o->agent))                                                                \
    F(tool_list, ignored, S(CEL_BOOL),                                                             \
      "The gateway takes no notice of it: it names no core tool that there is.",                   \
      bool_at(o->ignored, o->list->at))                                                            \
    F(tool_list, nothing, S(CEL_BOOL), "No entry means a tool that is known.",                     \
      bool_at(o->nothing, o->list->at))

#define POLICY_FIELDS(F)                                                                           \
    F(policy, profile, S(CEL_STRING), "`tools.profile` in force, or empty.",                       \
      exec_text(own_of(o)->profile, global_of(o)->profile))                                        \
    F(policy, widened_by, S(CEL_STRING),                                                           \
      "`exec` or `fs`: a block of that name adds its tools to the profile; else empty.",           \
      widened_by(o))                                                                               \
    F(policy, also_allow, LIST(CEL_STRING), "`alsoAllow` that a profile would use.",               \
      also_allow(run, o))                                                                          \
    F(policy, own_allow, LIST(CEL_STRING), "`tools.allow` of its own.",                            \
      texts(run, &own_of(o)->lists.allow))                                                         \
    F(policy, deny, LIST(CEL_STRING), "`tools.deny` of its own.",                                  \
      texts(run, &own_of(o)->lists.deny))                                                          \
    F(policy, exec_host, S(CEL_STRING), "`tools.exec.host` in force, or empty.",                   \
      exec_text(own_of(o)->exec.host, global_of(o)->exec.host))                                    \
    F(policy, exec_security, S(CEL_STRING), "`tools.exec.security` in force, or empty.",           \
      exec_level(o, false))                                                                        \
    F(policy, exec_ask, S(CEL_STRING), "`tools.exec.ask` in force, or empty.",                     \
      exec_level(o, true))                                                                         \
    F(policy, exec_unchecked, S(CEL_BOOL),                                                         \
      "Its commands outside of a sandbox are run without asking about security and ask, because "  \
      "no host is named.",                                                                         \
      bool_at(runs_unchecked(o), own_of(o)->exec.at))                                              \
    F(policy, sandbox_also_allow, LIST(CEL_STRING), "`tools.sandbox.tools.alsoAllow` in force.",   \
      texts(run, own_of(o)->sandbox.also_allow.set ? &own_of(o)->sandbox.also_allow                \
                                                   : &global_of(o)->sandbox.also_allow))           \
    F(policy, sandbox_also_allow_used, S(CEL_BOOL), "This version reads that list.",               \
      cel_bool(o->in->model->gateway->tool_rules &TOOLS_SANDBOX_ALSO_ALLOW))                       \
    F(policy, own_elevated, S(CEL_BOOL), "Its own block says that elevated tools are enabled.",    \
      bool_at(own_of(o)->elevated.enabled.set &&own_of(o)->elevated.enabled.v,                     \
              own_of(o)->elevated.enabled.at))                                                     \
    F(policy, elevated_ungranted, LIST(CEL_STRING),                                                \
      "Entries of its own `tools.elevated.allowFrom` that the global list lacks.",                 \
      ungranted(run, o))                                                                           \
    F(policy, own_browser, S(CEL_BOOL), "Has a `sandbox.browser` block of its own.",               \
      bool_at(o->agent->sandbox.browser != 0, o->agent->sandbox.browser))                          \
    F(policy, own_prune, S(CEL_BOOL), "Has a `sandbox.prune` block of its own.",                   \
      bool_at(o->agent->sandbox.prune != 0, o->agent->sandbox.prune))

/* clang-format on */

DEFINE_FACT(tool_list, struct allow_list, "tool_list",
            "An allow list of tools: a global one, an agent's, that of a model's provider or of a "
            "group.",
            TOOL_LIST_FIELDS)
DEFINE_FACT(policy, struct agent_facts, "policy", "What an agent's settings of tools come to.",
            POLICY_FIELDS)
