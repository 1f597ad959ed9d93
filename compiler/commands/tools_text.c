/* The answer of `clawc tools` for people: per kind of session the tools, grouped by what decided.
 *
 *     agent "family"  openclaw.json5:4:7
 *       model anthropic/claude-opus-4-6
 *
 *       main session, on the host: 2 of 61 tools
 *         has    read, web_fetch
 *                the agent's tools.allow names them (openclaw.json5:5:18)
 *         lacks  exec, process
 *                the agent's tools.deny names them (openclaw.json5:6:17)
 */
#include "base/utf8.h"
#include "commands/tools.h"
#include "model/values.h"

enum { WIDTH = 96, INDENT = 11 };

/* ---- sessions ----------------------------------------------------------------------------------
 */

/* A kind of session that is told about; those with equal answers are told together. */
struct told {
    struct str name;
    struct tool_session session;
    struct session_tools tools;
};

enum { SESSIONS_MAX = 24 };

struct telling {
    const struct tools_view *v;
    const struct agent *agent;
    struct told *sessions;
    size_t n;
    size_t groups_left_out;
};

static void add_session(struct telling *t, struct str name, struct tool_session session) {
    struct told *told = &t->sessions[t->n++];
    told->name = name;
    told->session = session;
    tools_of_session(t->v->context, t->agent, &session, &told->tools);
}

/* Whether the gateway gives a direct message the agent's main session. */
static bool dm_is_main(const struct model *m) {
    return m->session.dm_scope == DM_MAIN || str_equal(m->session.scope.v, STR("global"));
}

static void add_groups(struct telling *t, bool sandboxed) {
    const struct model *m = t->v->model;
    struct arena *a = t->v->run->arena;
    for (size_t i = 0; i < m->groups.n; i++) {
        const struct group_tools *g = &m->groups.v[i];
        const struct tool_lists *lists = tool_group_lists_at(g);
        if (!lists) continue;
        if (t->n == SESSIONS_MAX) {
            t->groups_left_out++;
            continue;
        }
        struct str where = str_format(a, STR_FMT "%s" STR_FMT, STR_ARG(g->channel),
                                      g->account.n ? "/" : "", STR_ARG(g->account));
        struct str name =
            str_equal(g->group, STR("*"))
                ? str_format(a, "other groups on " STR_FMT, STR_ARG(where))
                : str_format(a, "group " STR_FMT " on " STR_FMT, STR_ARG(g->group), STR_ARG(where));
        add_session(t, name, (struct tool_session){.sandboxed = sandboxed, .group = lists});
    }
}

static void add_sessions(struct telling *t) {
    const struct sandbox *s = &t->agent->sandbox;
    bool all = str_equal(s->mode.v, STR("all")), off = str_equal(s->mode.v, STR("off"));
    bool main = dm_is_main(t->v->model);
    add_session(t, main ? STR("main session and direct messages") : STR("main session"),
                (struct tool_session){.sandboxed = all});
    if (!main) add_session(t, STR("direct messages"), (struct tool_session){.sandboxed = !off});
    add_session(t, STR("groups without lists"), (struct tool_session){.sandboxed = !off});
    add_groups(t, !off);
    add_session(t, STR("sub-agents"), (struct tool_session){.sandboxed = !off, .subagent = true});
}

/* ---- what decided ------------------------------------------------------------------------------
 */

static const char *layer_name(const struct tool_layer *l) {
    static const char *const names[] = {[LAYER_PROFILE] = "the profile",
                                        [LAYER_PROVIDER_PROFILE] = "the provider's profile",
                                        [LAYER_GLOBAL] = "the global tools",
                                        [LAYER_GLOBAL_PROVIDER] = "the global tools.byProvider",
                                        [LAYER_AGENT] = "the agent's tools",
                                        [LAYER_AGENT_PROVIDER] = "the agent's tools.byProvider",
                                        [LAYER_GROUP] = "the group's tools",
                                        [LAYER_SENDER] = "toolsBySender",
                                        [LAYER_SANDBOX] = "tools.sandbox.tools",
                                        [LAYER_SUBAGENT] = "tools.subagents.tools"};
    return names[l->kind];
}

static const char *absence_text(enum tool_absence why) {
    static const char *const texts[] = {
        [TOOL_BUILT] = "",
        [ABSENT_SWITCHED_OFF] = "switched off",
        [ABSENT_PATCH_OFF] = "off unless tools.exec.applyPatch.enabled is true",
        [ABSENT_PATCH_PROVIDER] = "this version has it for models of OpenAI only",
        [ABSENT_PATCH_MODEL] = "tools.exec.applyPatch.allowModels does not name the model",
        [ABSENT_READ_ONLY] = "the sandbox's workspace is read-only",
        [ABSENT_SANDBOXED] = "never in a sandbox, in this version",
        [ABSENT_SUBAGENT] = "never for sub-agents, in this version",
        [ABSENT_STRANGER] = "for the owner only",
        [ABSENT_NO_MODEL] = "no model for it",
        [ABSENT_PLUGIN_OFF] = "its plugin is switched off",
        [ABSENT_NOT_ASKED] = "not built: no allow entry asks for this plugin's tool by name",
        [ABSENT_REFUSED] = "a deny entry refuses its plugin"};
    return texts[why];
}

static struct str default_text(struct arena *a, const struct tool_decision *d, bool denied) {
    if (d->layer->kind == LAYER_SANDBOX)
        return str_format(a, "the sandbox default of this version %s",
                          denied                     ? "denies them"
                          : d->verdict == TOOL_NAMED ? "allows them"
                                                     : "does not allow them");
    if (d->layer->kind == LAYER_SUBAGENT && denied)
        return STR("this version denies them to sub-agents");
    return str_format(a, "%s", layer_name(d->layer));
}

/* The tools of a line that are decided alike are told together: `why` and the place are the key. */
static struct str decision_text(struct arena *a, const struct session_tools *s, size_t tool,
                                const struct tool_decision *d) {
    if (d->verdict == TOOL_UNRESTRICTED) return STR("nothing takes them away");
    if (d->verdict == TOOL_NOT_BUILT) return str_from(absence_text(s->missing[tool].why));
    if (d->by_default) return default_text(a, d, d->verdict == TOOL_DENIED);
    const struct tool_layer *l = d->layer;
    if (l->profile.set) {
        const char *says = d->verdict == TOOL_NAMED ? "has" : "lacks";
        return str_format(a, "%s \"" STR_FMT "\" %s them", layer_name(l), STR_ARG(l->profile.v),
                          says);
    }
    if (d->verdict == TOOL_DENIED) return str_format(a, "%s: deny names them", layer_name(l));
    const char *says = d->verdict == TOOL_NAMED ? "allow names them" : "allow does not name them";
    return str_format(a, "%s: %s", layer_name(l), says);
}

/* ---- printing ----------------------------------------------------------------------------------
 */

static struct str place_text(const struct tools_view *v, place at) {
    struct run *run = v->run;
    struct span span = place_span(run->tree, at);
    if (!span.file) return STR("");
    struct position p = source_position(run->sources, span.file, span.start);
    struct str name = source_name(run->sources, span.file);
    return str_format(run->arena, STR_FMT ":%u:%u", STR_ARG(name), p.line, p.column);
}

static void add_names(struct buf *b, const struct gateway_data *g, const struct tool_set *s) {
    size_t column = INDENT;
    bool first = true;
    for (size_t i = 0; i < g->n_tools; i++) {
        if (!tool_set_has(s, i)) continue;
        struct str name = g->tools[i].name;
        if (!first) buf_add_char(b, ',');
        if (!first && column + name.n + 3 > WIDTH) {
            buf_addf(b, "\n%*s", INDENT, "");
            column = INDENT;
        } else if (!first) {
            buf_add_char(b, ' ');
        }
        buf_add(b, name);
        column += name.n + 2;
        first = false;
    }
    buf_add_char(b, '\n');
}

struct reason {
    struct str text;
    place at;
    bool has;
    struct tool_set tools;
};

/* The reasons of one session, in the order of the catalogue, what it has first. */
static size_t find_reasons(const struct tools_view *v, const struct session_tools *s,
                           struct reason *reasons) {
    struct arena *a = v->run->arena;
    size_t n = 0;
    for (size_t tool = 0; tool < v->model->gateway->n_tools; tool++) {
        struct tool_decision d = tool_decide(s, tool);
        struct reason r = {.text = decision_text(a, s, tool, &d),
                           .at = d.at,
                           .has = tool_set_has(&s->tools, tool)};
        size_t i = 0;
        while (i < n && !(reasons[i].has == r.has && reasons[i].at == r.at &&
                          str_equal(reasons[i].text, r.text)))
            i++;
        if (i == n) reasons[n++] = r;
        tool_set_add(&reasons[i].tools, tool);
    }
    return n;
}

static void add_reasons(struct buf *b, const struct tools_view *v, const struct reason *reasons,
                        size_t n, bool has) {
    for (size_t i = 0; i < n; i++) {
        if (reasons[i].has != has) continue;
        buf_addf(b, "    %-7s", has ? "has" : "lacks");
        add_names(b, v->model->gateway, &reasons[i].tools);
        struct str at = place_text(v, reasons[i].at);
        buf_addf(b, "%*s" STR_FMT, INDENT, "", STR_ARG(reasons[i].text));
        if (at.n) buf_addf(b, " (" STR_FMT ")", STR_ARG(at));
        buf_add_char(b, '\n');
    }
}

static size_t count(const struct gateway_data *g, const struct tool_set *s) {
    size_t n = 0;
    for (size_t i = 0; i < g->n_tools; i++) n += tool_set_has(s, i);
    return n;
}

static void add_stripped(struct buf *b, const struct tools_view *v, const struct session_tools *s) {
    for (size_t i = 0; i < s->n_layers; i++) {
        const struct tool_layer *l = &s->layers[i];
        if (!l->stripped) continue;
        struct str at = place_text(v, l->allow ? l->allow->at : l->at);
        buf_addf(
            b,
            "    note   %s: allow is ignored, since it names no core tool that there is: this\n"
            "%*sversion then allows everything (" STR_FMT ")\n",
            layer_name(l), INDENT, "", STR_ARG(at));
    }
}

static bool told_alike(const struct told *x, const struct told *y) {
    return x->session.sandboxed == y->session.sandboxed && x->session.group == y->session.group &&
           x->session.subagent == y->session.subagent;
}

static void add_told(struct buf *b, const struct telling *t, size_t i) {
    const struct told *told = &t->sessions[i];
    const struct gateway_data *g = t->v->model->gateway;
    struct reason *reasons = ARENA_ARRAY(t->v->run->arena, struct reason, g->n_tools);
    size_t n = find_reasons(t->v, &told->tools, reasons);
    buf_addf(b, "\n  " STR_FMT, STR_ARG(told->name));
    for (size_t k = i + 1; k < t->n; k++)
        if (told_alike(told, &t->sessions[k]))
            buf_addf(b, ", " STR_FMT, STR_ARG(t->sessions[k].name));
    buf_addf(b, ", %s: %zu of %zu tools\n",
             told->session.sandboxed ? "in the sandbox" : "on the host",
             count(g, &told->tools.tools), g->n_tools);
    add_reasons(b, t->v, reasons, n, true);
    add_reasons(b, t->v, reasons, n, false);
    add_stripped(b, t->v, &told->tools);
}

static void add_head(struct buf *b, const struct tools_view *v, const struct agent *agent) {
    const struct sandbox *s = &agent->sandbox;
    struct str at = place_text(v, agent->at);
    buf_addf(b, "agent \"" STR_FMT "\"", STR_ARG(agent->id));
    if (at.n) buf_addf(b, "  " STR_FMT, STR_ARG(at));
    buf_addf(b, "\n  gateway " STR_FMT ", model " STR_FMT "\n  sandbox " STR_FMT,
             STR_ARG(v->model->gateway->version), STR_ARG(agent->model.v), STR_ARG(s->mode.v));
    if (!str_equal(s->mode.v, STR("off")))
        buf_addf(b, ", scope " STR_FMT ", workspace access " STR_FMT, STR_ARG(s->scope.v),
                 STR_ARG(s->workspace_access.v));
    buf_add_char(b, '\n');
}

/* ---- settings ----------------------------------------------------------------------------------
 */

/* Where exec runs, and which of its checks count there. */
static void add_exec_line(struct buf *b, const struct tools_view *v, const struct agent *agent,
                          bool sandboxed) {
    const struct model *m = v->model;
    struct text host = value_or(agent->tools.exec.host, m->tools.exec.host);
    struct text security = value_or(agent->tools.exec.security, m->tools.exec.security);
    struct text ask = value_or(agent->tools.exec.ask, m->tools.exec.ask);
    bool layered = m->gateway->exec_layered;
    struct exec_effective e = exec_of_agent(m, agent, sandboxed);
    buf_addf(b, "  exec of sessions %s: ", sandboxed ? "in the sandbox" : "on the host");
    if (str_equal(e.effective_host, STR("sandbox"))) {
        bool denied = layered && exec_levels_of_agent(m, agent).security.n &&
                      str_equal(e.security, STR("deny"));
        buf_add(b, !sandboxed ? STR("fails: host is \"sandbox\"")
                   : denied   ? STR("denied")
                              : STR("in the sandbox, unchecked"));
    } else if (layered) {
        buf_addf(b, "on the " STR_FMT ", security " STR_FMT ", ask " STR_FMT,
                 STR_ARG(e.effective_host), STR_ARG(e.security), STR_ARG(e.ask));
    } else if (host.set) {
        buf_addf(b, "on the " STR_FMT ", security " STR_FMT ", ask " STR_FMT, STR_ARG(host.v),
                 STR_ARG(security.set ? security.v : STR("allowlist")),
                 STR_ARG(ask.set ? ask.v : STR("on-miss")));
    } else {
        buf_add(b, STR("on the gateway, unchecked: security and ask count only with a host"));
    }
    buf_add_char(b, '\n');
}

static void add_settings(struct buf *b, const struct tools_view *v, size_t index) {
    const struct model *m = v->model;
    const struct agent *agent = &m->agents.v[index];
    bool all = str_equal(agent->sandbox.mode.v, STR("all"));
    bool off = str_equal(agent->sandbox.mode.v, STR("off"));
    if (!all) add_exec_line(b, v, agent, false);
    if (!off) add_exec_line(b, v, agent, true);
    struct str visible = session_visibility(m, all);
    buf_addf(b, "  sees sessions of: " STR_FMT, STR_ARG(visible));
    if (str_equal(visible, STR("all")) && m->agents.n > 1)
        buf_addf(b, ", %s",
                 v->reachable[index] ? "those of other agents, too, that take part in "
                                       "tools.agentToAgent"
                                     : "but no other agent's (tools.agentToAgent)");
    buf_add_char(b, '\n');
}

static void add_owner_only(struct buf *b, const struct gateway_data *g,
                           const struct tool_set *has) {
    struct tool_set owner_only = {{0}};
    for (size_t i = 0; i < g->owner_only.n; i++) {
        size_t tool = gateway_tool(g, g->owner_only.v[i]);
        if (tool != SIZE_MAX && tool_set_has(has, tool)) tool_set_add(&owner_only, tool);
    }
    if (tool_set_is_empty(&owner_only)) return;
    buf_addf(b, "\n  for the owner only, whatever the session\n%*s", INDENT, "");
    add_names(b, g, &owner_only);
}

/* Names come from the config: none may move the cursor of the reader's terminal. */
static void add_printable(struct buf *b, struct str s) {
    for (size_t at = 0; at < s.n;) {
        uint32_t c;
        size_t n = utf8_decode(s, at, false, &c);
        buf_add_codepoint(b, c == '\n' || utf8_printable(c) ? c : 0xfffd);
        at += n;
    }
}

static void add_agent(struct buf *b, const struct tools_view *v, size_t index) {
    struct told sessions[SESSIONS_MAX + 1];
    struct telling t = {.v = v, .agent = &v->model->agents.v[index], .sessions = sessions};
    struct tool_set anywhere = {{0}};
    add_sessions(&t);
    add_head(b, v, t.agent);
    add_settings(b, v, index);
    for (size_t i = 0; i < t.n; i++) {
        bool told = false;
        for (size_t k = 0; k < i && !told; k++) told = told_alike(&sessions[k], &sessions[i]);
        if (!told) add_told(b, &t, i);
        tool_set_unite(&anywhere, &sessions[i].tools.tools);
    }
    if (t.groups_left_out)
        buf_addf(b, "\n  %zu more groups have lists of their own\n", t.groups_left_out);
    add_owner_only(b, v->model->gateway, &anywhere);
}

void tools_add_text(struct buf *b, const struct tools_view *v, size_t agent) {
    struct buf text = buf_new(b->arena);
    add_agent(&text, v, agent);
    add_printable(b, buf_str(&text));
}
