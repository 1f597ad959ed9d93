/* The fields of what the gateway's own audit asks for: open doors, what may be done behind them,
 * programs, models, mounts. */
#include "base/buf.h"
#include "model/ids.h"
#include "policy/facts_table.h"

/* ---- lists, read element by element ------------------------------------------------------------
 */

#define ELEMENTS(name, type, array, place_of)                                                      \
    static struct cel_value name##_element(struct cel_run *run, const void *host, size_t i) {      \
        const struct exposure *e = host;                                                           \
        (void)run;                                                                                 \
        return cel_with_origin(cel_object(&(type), &(e->array)[i]), (place_of)(&(e->array)[i]));   \
    }

static place power_place(const struct audited_power *p) {
    const struct agent *agent = exposure_agent(p->in->model, p->agent);
    return agent ? agent->at : p->in->model->tools.at;
}
static place scope_place(const struct exec_scope *s) {
    return s->at;
}
static place bin_place(const struct safe_bin *b) {
    return b->entry->at;
}
static place dir_place(const struct risky_dir *d) {
    return d->entry->at;
}
static place model_place(const struct model_exposure *x) {
    return x->ref->written.at;
}
static place browser_place(const struct sandbox_browser *b) {
    return b->network.at;
}

ELEMENTS(audited_power, fact_audited_power, powers, power_place)
ELEMENTS(exec_scope, fact_exec_scope, exec_scopes.v, scope_place)
ELEMENTS(skill_scope, fact_exec_scope, skill_scopes.v, scope_place)
ELEMENTS(safe_bin, fact_safe_bin, safe_bins.v, bin_place)
ELEMENTS(risky_dir, fact_risky_dir, risky_dirs.v, dir_place)
ELEMENTS(model, fact_model, models.v, model_place)
ELEMENTS(browser, fact_sandbox_browser, in->model->surface.browsers.v, browser_place)

static struct cel_value main_group_element(struct cel_run *run, const void *host, size_t i) {
    const struct exposure *e = host;
    (void)run;
    return binding_value(e->in, e->main_group_bindings.v[i]);
}

static struct cel_value elements(struct cel_run *run, const struct exposure *e, size_t size,
                                 struct cel_value (*at)(struct cel_run *, const void *, size_t)) {
    struct cel_host_list *list = arena_alloc(run->arena, sizeof *list);
    *list = (struct cel_host_list){size, at, e};
    return cel_with_origin(cel_host_list(list), e->in->model->at);
}

/* ---- derived values ----------------------------------------------------------------------------
 */

/* "agents.defaults", "agents.entries.work": as the gateway writes it. */
static struct cel_value label(struct cel_run *run, const struct model *m, int32_t index) {
    const struct agent *agent = exposure_agent(m, index);
    if (!agent) return cel_with_origin(cel_string(STR("agents.defaults")), m->sandbox.at);
    const char *roster = m->gateway->roster_entries ? "entries" : "list";
    struct str text = str_format(run->arena, "agents.%s." STR_FMT, roster, STR_ARG(agent->written));
    return string_at(text, agent->at);
}

/* Every open door belongs to an account whose senders were followed. */
static bool is_routed(const struct analysis *s) {
    for (size_t i = 0; i < s->model->channels.n; i++)
        if (!s->model->channels.v[i].known) return false;
    return !s->reaches_cut && s->reaches.n;
}

static const struct tool_policy *policy_of(const struct audited_power *p) {
    const struct model *m = p->in->model;
    return p->agent < 0 ? &m->tools : &m->agents.v[p->agent].tools;
}

/* Of the tools that serve a purpose those that are allowed, in the data's order. */
static struct cel_value tools_for(struct cel_run *run, const struct audited_power *p,
                                  const char *purpose) {
    const struct gateway_data *g = p->in->model->gateway;
    struct names names = name_map_get(&g->audit_tools, str_from(purpose));
    struct cel_value *v = arena_alloc(run->arena, names.n * sizeof *v);
    size_t n = 0;
    for (size_t i = 0; i < names.n; i++)
        if (tool_set_has(&p->tools, gateway_tool(g, names.v[i]))) v[n++] = cel_string(names.v[i]);
    return cel_with_origin(cel_list(v, n), power_place(p));
}

static struct cel_value web_tools(struct cel_run *run, const struct model_exposure *x) {
    const struct gateway_data *g = x->in->model->gateway;
    struct cel_value *v = arena_alloc(run->arena, g->n_tools * sizeof *v);
    size_t n = 0;
    for (size_t i = 0; i < g->n_tools; i++)
        if (tool_set_has(&x->web, i)) v[n++] = cel_string(g->tools[i].name);
    return cel_with_origin(cel_list(v, n), x->ref->written.at);
}

static struct flag workspace_only(const struct audited_power *p) {
    struct flag own = policy_of(p)->fs_workspace_only;
    return own.set ? own : p->in->model->tools.fs_workspace_only;
}

static struct cel_value exec_host(const struct audited_power *p) {
    const struct text *own = &policy_of(p)->exec.host, *global = &p->in->model->tools.exec.host;
    const struct text *host = own->set ? own : global;
    return host->set ? text(host) : string_at(STR("auto"), host->at);
}

static bool is_restricted(const struct audited_power *p) {
    const struct tool_policy *own = policy_of(p);
    return own->profile.set || own->lists.allow.set || own->lists.deny.set;
}

static place restriction(const struct audited_power *p) {
    const struct tool_policy *own = policy_of(p);
    if (own->profile.set) return own->profile.at;
    return own->lists.allow.set ? own->lists.allow.at : own->lists.deny.at;
}

/* "on", "off", or "unknown": the environment may hold a key. */
static struct cel_value web_search(const struct exposure *e) {
    const struct web_settings *web = &e->in->model->surface.web;
    if (web->search.set) return string_at(web->search.v ? STR("on") : STR("off"), web->search.at);
    if (web->search_key) return string_at(STR("on"), web->search.at);
    return string_at(web->search_assumed ? STR("unknown") : STR("off"), web->search.at);
}

/* No session that would use the container is sandboxed. */
static bool is_idle(const struct exposure *e, const struct container *c) {
    const struct model *m = e->in->model;
    if (c->empty || !str_equal(exposure_sandbox(m, c->agent)->mode.v, STR("off"))) return false;
    if (c->agent >= 0) return true;
    for (size_t i = 1; i < e->n_powers; i++)
        if (!str_equal(exposure_sandbox(m, e->powers[i].agent)->mode.v, STR("off"))) return false;
    return true;
}

static struct cel_value idle_containers(struct cel_run *run, const struct exposure *e) {
    const struct surface *f = &e->in->model->surface;
    struct cel_value *v = arena_alloc(run->arena, f->containers.n * sizeof *v);
    size_t n = 0;
    for (size_t i = 0; i < f->containers.n; i++) {
        const struct container *c = &f->containers.v[i];
        if (!is_idle(e, c)) continue;
        struct cel_value name = label(run, e->in->model, c->agent);
        struct str path = str_concat(run->arena, name.u.text, STR(".sandbox.docker"));
        v[n++] = string_at(path, c->at);
    }
    return cel_with_origin(cel_list(v, n), e->in->model->at);
}

static struct cel_value wildcard(const struct elevated_channel *list) {
    for (size_t i = 0; i < list->allow.n; i++)
        if (str_equal(ids_trim(list->allow.v[i].v), STR("*")))
            return bool_at(true, list->allow.v[i].at);
    return bool_at(false, list->allow.at);
}

static struct cel_value entry_count(const struct elevated_channel *list) {
    int64_t n = 0;
    for (size_t i = 0; i < list->allow.n; i++) n += ids_trim(list->allow.v[i].v).n > 0;
    return int_at(n, list->allow.at);
}

/* clang-format off: one field a line, so that the tables read as tables. */

#define EXPOSURE_FIELDS(F)                                                                         \
    F(exposure, open_paths, LIST(CEL_STRING),                                                      \
      "Paths of the policies of channels and accounts that are `open`, as the gateway's audit "    \
      "counts them: those of groups, in newer versions of direct messages, too.",                  \
      texts(run, &o->in->model->surface.open_paths))                                               \
    F(exposure, open_policies, LIST(CEL_STRING),                                                   \
      "`groupPolicy` or `dmPolicy` for each that is `open` anywhere below `channels`.",            \
      texts(run, &o->in->model->surface.open_policies))                                            \
    F(exposure, signals, LIST(CEL_STRING),                                                         \
      "What suggests that several people write to the gateway.",                                   \
      texts(run, &o->in->model->surface.signals))                                                  \
    F(exposure, elevated, S(CEL_BOOL), "`tools.elevated.enabled` in force.",                       \
      flag(o->in->model->tools.elevated.enabled))                                                  \
    F(exposure, elevated_set, S(CEL_BOOL), "Whether it is written.",                               \
      bool_at(o->in->model->tools.elevated.enabled.set, o->in->model->tools.elevated.enabled.at))  \
    F(exposure, elevated_lists, S(CEL_INT),                                                        \
      "How many channels have a list of those who may use elevated tools.",                        \
      int_at((int64_t)o->in->model->tools.elevated.n_channels, o->in->model->tools.elevated.at))   \
    F(exposure, routed, S(CEL_BOOL),                                                               \
      "It is known where messages lead: all channels are, and nothing was left out.",              \
      bool_at(is_routed(o->in), o->in->model->channels_at))                                        \
    F(exposure, profile, S(CEL_STRING), "`tools.profile`, or empty.",                              \
      text(&o->in->model->tools.profile))                                                          \
    F(exposure, powers, LISTO(fact_audited_power),                                                 \
      "What may be done under agents.defaults, then by each agent, by the audit's own reading.",   \
      elements(run, o, o->n_powers, audited_power_element))                                        \
    F(exposure, exec_scopes, LISTO(fact_exec_scope), "For whom exec asks how much.",               \
      elements(run, o, o->exec_scopes.n, exec_scope_element))                                      \
    F(exposure, skill_scopes, LISTO(fact_exec_scope),                                              \
      "Those with a list of skills whose exec runs outside of a sandbox.",                         \
      elements(run, o, o->skill_scopes.n, skill_scope_element))                                    \
    F(exposure, safe_bins, LISTO(fact_safe_bin), "Programs that run without asking.",              \
      elements(run, o, o->safe_bins.n, safe_bin_element))                                          \
    F(exposure, risky_dirs, LISTO(fact_risky_dir),                                                 \
      "Directories that programs are trusted from although others may write to them.",             \
      elements(run, o, o->risky_dirs.n, risky_dir_element))                                        \
    F(exposure, models, LISTO(fact_model), "The models that the config names.",                    \
      elements(run, o, o->models.n, model_element))                                                \
    F(exposure, web_search, S(CEL_STRING),                                                         \
      "Whether web_search works: on, off, or unknown when the environment may hold a key.",        \
      web_search(o))                                                                               \
    F(exposure, search_variables, LIST(CEL_STRING), "The variables that may hold such a key.",     \
      strings(run, o->in->model->gateway->search_variables.v,                                      \
              o->in->model->gateway->search_variables.n))                                          \
    F(exposure, mcp_servers, LIST(CEL_STRING), "MCP servers that are not disabled.",               \
      texts(run, &o->in->model->surface.mcp_servers))                                              \
    F(exposure, sandbox_browsers, LISTO(fact_sandbox_browser),                                     \
      "The browser of the defaults' sandbox, then of each agent's.",                               \
      elements(run, o, o->in->model->surface.browsers.n, browser_element))                         \
    F(exposure, idle_containers, LIST(CEL_STRING),                                                 \
      "Docker settings of sandboxes that are switched off.", idle_containers(run, o))              \
    F(exposure, group_scope, S(CEL_STRING), "`session.groupScope`.",                               \
      text(&o->in->model->surface.group_scope))                                                    \
    F(exposure, main_group_bindings, LISTO(fact_binding),                                          \
      "Bindings that take rooms into an agent's main session.",                                    \
      elements(run, o, o->main_group_bindings.n, main_group_element))                              \
    F(exposure, secrets, LISTO(fact_secret), "Secrets that stand in the config itself.",           \
      secrets_value(run, o->in))                                                                   \
    F(exposure, tools_visibility, S(CEL_STRING),                                                   \
      "`agents.defaults.sandbox.sessionToolsVisibility`: whose sessions a sandboxed one sees.",    \
      text(&o->in->model->tools_visibility))

#define POWER_FIELDS(F)                                                                            \
    F(audited_power, label, S(CEL_STRING), "`agents.defaults`, `agents.entries.work`.",            \
      label(run, o->in->model, o->agent))                                                          \
    F(audited_power, agent, OBJ(fact_agent), "The agent; absent for the defaults.",                \
      agent_value(o->in, o->agent))                                                                \
    F(audited_power, written, S(CEL_BOOL),                                                         \
      "It is an agent of the config, not one that is implied.",                                    \
      bool_at(o->agent >= 0 && o->in->model->loaded->roster.agents.n, power_place(o)))             \
    F(audited_power, sandbox_mode, S(CEL_STRING), "off, non-main or all.",                         \
      text(&exposure_sandbox(o->in->model, o->agent)->mode))                                       \
    F(audited_power, workspace_access, S(CEL_STRING), "none, ro or rw.",                           \
      text(&exposure_sandbox(o->in->model, o->agent)->workspace_access))                           \
    F(audited_power, workspace_only, S(CEL_BOOL), "`tools.fs.workspaceOnly` in force.",            \
      flag(workspace_only(o)))                                                                     \
    F(audited_power, runtime, LIST(CEL_STRING), "Tools that run commands.",                        \
      tools_for(run, o, "runtime"))                                                                \
    F(audited_power, files, LIST(CEL_STRING), "Tools that work on files.",                         \
      tools_for(run, o, "files"))                                                                  \
    F(audited_power, changing, LIST(CEL_STRING), "Those of them that change files.",               \
      tools_for(run, o, "changing"))                                                               \
    F(audited_power, control, LIST(CEL_STRING), "Tools that rule the gateway.",                    \
      tools_for(run, o, "control"))                                                                \
    F(audited_power, sessions, LIST(CEL_STRING), "Tools that look into sessions.",                 \
      tools_for(run, o, "sessions"))                                                               \
    F(audited_power, own_host, S(CEL_STRING), "`tools.exec.host` of its own block, or empty.",     \
      text(&policy_of(o)->exec.host))                                                              \
    F(audited_power, exec_host, S(CEL_STRING), "The same, else the global one, else auto.",        \
      exec_host(o))                                                                                \
    F(audited_power, own_profile, S(CEL_STRING), "`tools.profile` of its own block, or empty.",    \
      text(&policy_of(o)->profile))                                                                \
    F(audited_power, restricted, S(CEL_BOOL),                                                      \
      "Has a profile, an allow or a deny list of its own.",                                        \
      bool_at(is_restricted(o), restriction(o)))

#define EXEC_SCOPE_FIELDS(F)                                                                       \
    F(exec_scope, label, S(CEL_STRING), "`agents.defaults`, `agents.entries.work`.",               \
      label(run, o->in->model, o->agent))                                                          \
    F(exec_scope, agent, OBJ(fact_agent), "The agent; absent for the defaults.",                   \
      agent_value(o->in, o->agent))                                                                \
    F(exec_scope, security, S(CEL_STRING),                                                         \
      "deny, allowlist or full; deny where nothing is written.", string_at(o->security, o->at))    \
    F(exec_scope, host, S(CEL_STRING), "auto, sandbox, gateway or node.", string_at(o->host, o->at))

#define SAFE_BIN_FIELDS(F)                                                                         \
    F(safe_bin, written, S(CEL_STRING), "The entry as written.", text(o->entry))                   \
    F(safe_bin, name, S(CEL_STRING), "The program's name.", string_at(o->name, o->entry->at))      \
    F(safe_bin, agent, OBJ(fact_agent), "The agent whose list it is; absent for the global one.",  \
      agent_value(o->in, o->agent))                                                                \
    F(safe_bin, interpreter, S(CEL_BOOL), "It runs programs that its arguments name.",             \
      bool_at(o->interpreter, o->entry->at))                                                       \
    F(safe_bin, profiled, S(CEL_BOOL), "`safeBinProfiles` restricts its arguments.",               \
      bool_at(o->profiled, o->entry->at))                                                          \
    F(safe_bin, broad, S(CEL_BOOL), "It does more than filter text.",                              \
      bool_at(o->broad, o->entry->at))

#define RISKY_DIR_FIELDS(F)                                                                        \
    F(risky_dir, written, S(CEL_STRING), "The entry as written.", text(o->entry))                  \
    F(risky_dir, why, S(CEL_STRING), "relative, temporary, packages or home.",                     \
      string_at(o->why, o->entry->at))

#define MODEL_FIELDS(F)                                                                            \
    F(model, written, S(CEL_STRING), "The model as written.", text(&o->ref->written))              \
    F(model, id, S(CEL_STRING), "The model; in newer versions that which an alias stands for.",    \
      string_at(o->ref->id, o->ref->written.at))                                                   \
    F(model, label, S(CEL_STRING), "`agents.defaults`, `agents.entries.work`.",                    \
      label(run, o->in->model, o->ref->agent))                                                     \
    F(model, known, S(CEL_BOOL), "It holds no variable of unknown value.",                         \
      bool_at(!o->ref->written.symbolic, o->ref->written.at))                                      \
    F(model, repeated, S(CEL_BOOL), "An earlier one is the same in every respect.",                \
      bool_at(o->repeated, o->ref->written.at))                                                    \
    F(model, image, S(CEL_BOOL), "Named by `imageModel`.",                                         \
      bool_at(o->ref->image, o->ref->written.at))                                                  \
    F(model, size, S(CEL_DOUBLE), "Billions of parameters, as its name says; 0: it does not.",     \
      cel_double(o->size))                                                                         \
    F(model, web, LIST(CEL_STRING), "Of a model with a size: its tools that read from the web.",   \
      web_tools(run, o))                                                                           \
    F(model, unsafe, S(CEL_BOOL),                                                                  \
      "Of a model with a size: it has such tools, or (in older versions) is not sandboxed.",       \
      bool_at(o->unsafe, o->ref->written.at))                                                      \
    F(model, may_search, S(CEL_BOOL), "It has web_search if the environment holds a key.",         \
      bool_at(o->may_search, o->ref->written.at))

#define SANDBOX_BROWSER_FIELDS(F)                                                                  \
    F(sandbox_browser, enabled, S(CEL_BOOL), "The sandbox has a browser.", flag(o->enabled))       \
    F(sandbox_browser, network, S(CEL_STRING), "Its Docker network.", text(&o->network))           \
    F(sandbox_browser, source_range, S(CEL_STRING), "`cdpSourceRange`, or empty.",                 \
      text(&o->source_range))

#define CONTAINER_FIELDS(F)                                                                        \
    F(container, network, S(CEL_STRING), "`network` as written, or empty.", text(&o->network))     \
    F(container, seccomp, S(CEL_STRING), "`seccompProfile`, or empty.", text(&o->seccomp))         \
    F(container, apparmor, S(CEL_STRING), "`apparmorProfile`, or empty.", text(&o->apparmor))

#define BIND_FIELDS(F)                                                                             \
    F(bind, written, S(CEL_STRING), "The entry as written.", text(o->entry))                       \
    F(bind, source, S(CEL_STRING), "What it mounts, normalised.",                                  \
      string_at(o->source, o->entry->at))                                                          \
    F(bind, blocked, S(CEL_STRING), "The path that must not be mounted, or empty.",                \
      string_at(o->blocked, o->entry->at))                                                         \
    F(bind, covers, S(CEL_BOOL), "The source holds that path; otherwise it is it or lies in it.",  \
      bool_at(o->covers, o->entry->at))                                                            \
    F(bind, relative, S(CEL_BOOL), "The source is not an absolute path.",                          \
      bool_at(o->relative, o->entry->at))                                                          \
    F(bind, assumed, S(CEL_BOOL), "Only if that is the home directory, which is not known.",       \
      bool_at(o->assumed, o->entry->at))

#define ELEVATED_LIST_FIELDS(F)                                                                    \
    F(elevated_list, provider, S(CEL_STRING), "The key: a channel, or `webchat`.",                 \
      string_at(o->channel, o->allow.at))                                                          \
    F(elevated_list, entries, S(CEL_INT), "How many entries are not blank.", entry_count(o))       \
    F(elevated_list, wildcard, S(CEL_BOOL), "An entry is `*`.", wildcard(o))

/* clang-format on */

DEFINE_FACT(exposure, struct exposure, "exposure",
            "What the gateway's own audit asks of a config, by the audit's own reading.",
            EXPOSURE_FIELDS)
DEFINE_FACT(audited_power, struct audited_power, "audited_power",
            "What may be done under the defaults, or by one agent. No plugin is known to it, and "
            "only an agent whose every session is sandboxed has the sandbox's lists.",
            POWER_FIELDS)
DEFINE_FACT(exec_scope, struct exec_scope, "exec_scope", "How much exec asks before it runs.",
            EXEC_SCOPE_FIELDS)
DEFINE_FACT(safe_bin, struct safe_bin, "safe_bin", "An entry of `safeBins`.", SAFE_BIN_FIELDS)
DEFINE_FACT(risky_dir, struct risky_dir, "risky_dir", "An entry of `safeBinTrustedDirs`.",
            RISKY_DIR_FIELDS)
DEFINE_FACT(model, struct model_exposure, "model", "A model that the config names.", MODEL_FIELDS)
DEFINE_FACT(sandbox_browser, struct sandbox_browser, "sandbox_browser",
            "The browser of a sandbox, defaults applied.", SANDBOX_BROWSER_FIELDS)
DEFINE_FACT(container, struct container, "container", "A `sandbox.docker` block as written.",
            CONTAINER_FIELDS)
DEFINE_FACT(bind, struct bind_mount, "bind", "An entry of a sandbox's `docker.binds`.", BIND_FIELDS)
DEFINE_FACT(elevated_list, struct elevated_channel, "elevated_list",
            "Who may use elevated tools on one channel: `tools.elevated.allowFrom`.",
            ELEVATED_LIST_FIELDS)
