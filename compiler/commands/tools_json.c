/* The answer of `clawc tools` for programs: the keys of the tools vectors. */
#include <math.h>

#include "base/json.h"
#include "commands/tools.h"

/* ---- values of the config ----------------------------------------------------------------------
 */

static void add_node(struct buf *b, const struct tree *t, node_id n, int depth);

static void add_children(struct buf *b, const struct tree *t, node_id n, int depth) {
    bool object = tree_is(t, n, NODE_OBJECT), first = true;
    buf_add_char(b, object ? '{' : '[');
    for (TREE_EACH(t, child, n)) {
        if (!first) buf_add_char(b, ',');
        first = false;
        if (object) {
            json_add_string(b, tree_key_text(t, tree_node(t, child)->key));
            buf_add_char(b, ':');
        }
        add_node(b, t, child, depth + 1);
    }
    buf_add_char(b, object ? '}' : ']');
}

/* The settings shown are shallow; what is deeper than any of them is no setting. */
static void add_node(struct buf *b, const struct tree *t, node_id n, int depth) {
    enum { DEPTH_MAX = 16 };
    const struct node *node = tree_node(t, n);
    if (depth > DEPTH_MAX || (node->kind == NODE_NUMBER && !isfinite(node->u.number))) {
        buf_add(b, STR("null"));
        return;
    }
    switch ((enum node_kind)node->kind) {
    case NODE_NULL: buf_add(b, STR("null")); break;
    case NODE_BOOL: buf_add(b, node->u.boolean ? STR("true") : STR("false")); break;
    case NODE_NUMBER: json_add_number(b, node->u.number); break;
    case NODE_STRING: json_add_string(b, tree_text(t, n)); break;
    case NODE_ARRAY:
    case NODE_OBJECT: add_children(b, t, n, depth); break;
    }
}

/* ---- members -----------------------------------------------------------------------------------
 */

/* Puts a comma before every member but the first of an object. */
static void add_key(struct buf *b, struct str key) {
    if (b->n && b->p[b->n - 1] != '{') buf_add_char(b, ',');
    json_add_string(b, key);
    buf_add_char(b, ':');
}

static void add_text(struct buf *b, const char *key, struct str value) {
    add_key(b, str_from(key));
    json_add_string(b, value);
}

static void add_flag(struct buf *b, const char *key, bool value) {
    add_key(b, str_from(key));
    buf_add(b, value ? STR("true") : STR("false"));
}

static void open_object(struct buf *b, const char *key) {
    add_key(b, str_from(key));
    buf_add_char(b, '{');
}

/* ---- the sandbox -------------------------------------------------------------------------------
 */

/* One block (docker, browser, prune): the agent's, that of the defaults, that of the version. */
struct block {
    const struct tree *tree;
    node_id own, defaults;
    const struct tree *data;
    node_id builtin;
};

/* What may be shown of a variable: its name may say that it is a secret, and a value that is more
 * than a word, or that came from the environment, may be one. */
static bool may_be_shown(const struct tree *t, node_id n) {
    enum { WORD_MAX = 24 };
    const struct node *node = tree_node(t, n);
    struct str value = tree_text(t, n);
    struct span span = tree_span(t, n);
    if (secrets_is_key(tree_key_text(t, node->key)) || value.n > WORD_MAX) return false;
    if (str_find(value, STR("://"), 0) != SIZE_MAX) return false;
    struct str source = str_slice(source_text(t->sources, span.file), span.start, span.end);
    return str_find(source, STR("$"), 0) == SIZE_MAX;
}

static void add_variable(struct buf *b, const struct tree *t, node_id n, bool ours) {
    add_key(b, tree_key_text(t, tree_node(t, n)->key));
    if (!ours && tree_is(t, n, NODE_STRING) && !may_be_shown(t, n))
        buf_add(b, STR("\"***\""));
    else
        add_node(b, t, n, 0);
}

/* The defaults' variables, else the version's, with the agent's spread over them. */
static void add_variables(struct buf *b, const struct block *k, node_id own, node_id defaults,
                          node_id builtin) {
    const struct tree *base = defaults ? k->tree : k->data;
    buf_add_char(b, '{');
    for (TREE_EACH(base, n, defaults ? defaults : builtin))
        if (!tree_member(k->tree, own, tree_key_text(base, tree_node(base, n)->key)))
            add_variable(b, base, n, !defaults);
    for (TREE_EACH(k->tree, n, own)) add_variable(b, k->tree, n, false);
    buf_add_char(b, '}');
}

/* Those of the defaults, then the agent's. An empty list counts where `keep_empty` says so. */
static void add_binds(struct buf *b, const struct block *k, node_id own, node_id defaults,
                      bool keep_empty) {
    node_id lists[] = {defaults, own};
    bool any = keep_empty && (own || defaults), first = true;
    for (size_t i = 0; i < 2; i++) any = any || tree_first(k->tree, lists[i]);
    if (!any) return;
    add_key(b, STR("binds"));
    buf_add_char(b, '[');
    for (size_t i = 0; i < 2; i++)
        for (TREE_EACH(k->tree, n, lists[i])) {
            if (!first) buf_add_char(b, ',');
            first = false;
            add_node(b, k->tree, n, 0);
        }
    buf_add_char(b, ']');
}

/* A command may be written as its lines. */
static void add_lines(struct buf *b, const struct tree *t, node_id n) {
    struct buf text = buf_new(b->arena);
    bool first = true;
    for (TREE_EACH(t, line, n)) {
        if (!first) buf_add_char(&text, '\n');
        first = false;
        buf_add(&text, tree_text(t, line));
    }
    json_add_string(b, buf_str(&text));
}

static void add_field(struct buf *b, const struct block *k, node_id field, bool keep_empty) {
    struct str key = tree_key_text(k->data, tree_node(k->data, field)->key);
    node_id own = tree_member(k->tree, k->own, key);
    node_id defaults = tree_member(k->tree, k->defaults, key);
    if (str_equal(key, STR("binds"))) {
        add_binds(b, k, own, defaults, keep_empty);
        return;
    }
    if (str_equal(key, STR("env"))) {
        add_key(b, key);
        add_variables(b, k, own, defaults, field);
        return;
    }
    node_id written = own ? own : defaults;
    if (!written && tree_is(k->data, field, NODE_NULL)) return;
    add_key(b, key);
    if (!written)
        add_node(b, k->data, field, 0);
    else if (str_equal(key, STR("setupCommand")) && tree_is(k->tree, written, NODE_ARRAY))
        add_lines(b, k->tree, written);
    else
        add_node(b, k->tree, written, 0);
}

static void add_block(struct buf *b, const char *name, const struct block *k, bool keep_empty) {
    open_object(b, name);
    for (TREE_EACH(k->data, field, k->builtin)) add_field(b, k, field, keep_empty);
    buf_add_char(b, '}');
}

/* Under scope `shared` the agent's own blocks are ignored. */
static void add_sandbox(struct buf *b, const struct model *m, const struct agent *agent) {
    const struct gateway_data *g = m->gateway;
    const struct sandbox *s = &agent->sandbox, *d = &m->sandbox;
    bool shared = str_equal(s->scope.v, STR("shared"));
    bool all = str_equal(s->mode.v, STR("all")), off = str_equal(s->mode.v, STR("off"));
    struct block docker = {m->tree, shared ? 0 : s->own_docker, d->own_docker, g->data,
                           g->sandbox_docker};
    struct block browser = {m->tree, shared ? 0 : s->browser, d->browser, g->data,
                            g->sandbox_browser};
    struct block prune = {m->tree, shared ? 0 : s->prune, d->prune, g->data, g->sandbox_prune};
    open_object(b, "sandbox");
    add_text(b, "mode", s->mode.v);
    add_text(b, "scope", s->scope.v);
    add_text(b, "workspaceAccess", s->workspace_access.v);
    if (g->sandbox_backend.n) add_text(b, "backend", s->backend.v);
    add_flag(b, "mainSandboxed", all);
    add_flag(b, "dmSandboxed", !off);
    add_flag(b, "groupSandboxed", !off);
    add_block(b, "docker", &docker, false);
    add_block(b, "browser", &browser, true);
    add_block(b, "prune", &prune, false);
    buf_add_char(b, '}');
}

/* ---- tools -------------------------------------------------------------------------------------
 */

static bool same_set(const struct tool_set *a, const struct tool_set *b) {
    return !tool_set_exceeds(a, b) && !tool_set_exceeds(b, a);
}

/* Sorted by byte value. */
static void add_set(struct buf *b, const char *key, const struct tools_view *v,
                    const struct tool_set *s) {
    const struct gateway_data *g = v->model->gateway;
    bool first = true;
    struct str last = STR("");
    add_key(b, str_from(key));
    buf_add_char(b, '[');
    for (;;) {
        struct str next = STR("");
        for (size_t i = 0; i < g->n_tools; i++) {
            struct str name = g->tools[i].name;
            if (tool_set_has(s, i) && str_compare(name, last) > 0 &&
                (!next.n || str_compare(name, next) < 0))
                next = name;
        }
        if (!next.n) break;
        if (!first) buf_add_char(b, ',');
        first = false;
        json_add_string(b, next);
        last = next;
    }
    buf_add_char(b, ']');
}

static struct tool_set tools_in(const struct tools_view *v, const struct agent *agent,
                                struct tool_session session) {
    struct session_tools s;
    tools_of_session(v->context, agent, &session, &s);
    return s.tools;
}

/* The list of a gateway that cannot build the tool that needs a model, where that changes more than
 * this tool. */
static void add_without_model(struct buf *b, const char *key, const struct tools_view *v,
                              const struct agent *agent, bool sandboxed,
                              const struct tool_set *with) {
    const struct gateway_data *g = v->model->gateway;
    if (!(g->tool_rules & TOOLS_STRIP_UNKNOWN_ALLOW)) return;
    struct tool_set without =
        tools_in(v, agent, (struct tool_session){.sandboxed = sandboxed, .lacks_model = true});
    struct tool_set expected = *with;
    tool_set_remove(&expected, gateway_tool(g, g->needs_model));
    if (!same_set(&without, &expected)) add_set(b, key, v, &without);
}

static void add_tools(struct buf *b, const struct tools_view *v, const struct agent *agent) {
    bool all = str_equal(agent->sandbox.mode.v, STR("all"));
    bool off = str_equal(agent->sandbox.mode.v, STR("off"));
    struct tool_set host = tools_in(v, agent, (struct tool_session){0});
    struct tool_set boxed = tools_in(v, agent, (struct tool_session){.sandboxed = true});
    const struct tool_lists *lists =
        tool_group_lists(v->model, STR("telegram"), STR("default"), STR("-100200"));
    struct tool_set group =
        tools_in(v, agent, (struct tool_session){.sandboxed = !off, .group = lists});
    struct tool_set subagent =
        tools_in(v, agent, (struct tool_session){.sandboxed = !off, .subagent = true});
    add_set(b, "allowed", v, all ? &boxed : &host);
    if (all) add_set(b, "allowedHost", v, &host);
    add_set(b, "allowedSandboxed", v, &boxed);
    if (!same_set(&group, off ? &host : &boxed)) add_set(b, "allowedGroup", v, &group);
    add_set(b, "allowedSubagent", v, &subagent);
    add_without_model(b, "allowedNoImage", v, agent, all, all ? &boxed : &host);
    add_without_model(b, "allowedSandboxedNoImage", v, agent, true, &boxed);
}

/* ---- settings ----------------------------------------------------------------------------------
 */

static void add_effective(struct buf *b, const char *key, const struct exec_effective *e) {
    open_object(b, key);
    add_text(b, "host", e->host);
    add_text(b, "effectiveHost", e->effective_host);
    add_text(b, "mode", e->mode);
    add_text(b, "security", e->security);
    add_text(b, "ask", e->ask);
    add_flag(b, "canRequestNode", e->can_request_node);
    buf_add_char(b, '}');
}

static void add_exec_field(struct buf *b, const struct model *m, const struct agent *agent,
                           struct str field, struct str shown) {
    node_id n = tree_member(m->tree, agent->tools.exec.block, field);
    if (!n) n = tree_member(m->tree, m->tools.exec.block, field);
    if (!n) return;
    add_key(b, shown);
    add_node(b, m->tree, n, 0);
}

static void add_exec(struct buf *b, const struct model *m, const struct agent *agent) {
    const struct gateway_data *g = m->gateway;
    open_object(b, "exec");
    for (size_t i = 0; i < g->exec_fields.n; i++)
        add_exec_field(b, m, agent, g->exec_fields.v[i], g->exec_fields.v[i]);
    add_exec_field(b, m, agent, g->exec_timeout, STR("timeoutSec"));
    if (g->exec_layered) {
        struct exec_levels levels = exec_levels_of_agent(m, agent);
        if (levels.mode.n) add_text(b, "mode", levels.mode);
        if (levels.security.n) add_text(b, "security", levels.security);
        if (levels.ask.n) add_text(b, "ask", levels.ask);
        struct exec_effective main =
            exec_of_agent(m, agent, str_equal(agent->sandbox.mode.v, STR("all")));
        struct exec_effective boxed = exec_of_agent(m, agent, true);
        add_effective(b, "main", &main);
        add_effective(b, "sandboxed", &boxed);
    }
    buf_add_char(b, '}');
}

static void add_elevated(struct buf *b, const struct model *m, const struct agent *agent) {
    open_object(b, "elevated");
    add_flag(b, "enabled", elevated_enabled(m, agent));
    add_flag(b, "telegram1001", elevated_allows(m, agent, STR("telegram"), STR("1001")));
    add_flag(b, "telegram2002", elevated_allows(m, agent, STR("telegram"), STR("2002")));
    add_flag(b, "signal1001", elevated_allows(m, agent, STR("signal"), STR("1001")));
    buf_add_char(b, '}');
}

static void add_sessions(struct buf *b, const struct tools_view *v, size_t agent) {
    const struct model *m = v->model;
    open_object(b, "sessions");
    add_text(b, "visibility", session_visibility(m, false));
    add_text(b, "visibilitySandboxed", session_visibility(m, true));
    add_key(b, STR("a2a"));
    buf_add_char(b, '[');
    bool first = true;
    for (size_t i = 0; v->reachable[agent] && i < m->agents.n; i++) {
        if (i == agent || !v->reachable[i]) continue;
        if (!first) buf_add_char(b, ',');
        first = false;
        json_add_string(b, m->agents.v[i].id);
    }
    buf_add(b, STR("]}"));
}

void tools_add_json(struct buf *b, const struct tools_view *v, size_t index) {
    const struct agent *agent = &v->model->agents.v[index];
    const struct flag *own = &agent->tools.fs_workspace_only;
    json_add_string(b, agent->id);
    buf_add(b, STR(":{"));
    add_text(b, "model", agent->model.v);
    add_sandbox(b, v->model, agent);
    add_tools(b, v, agent);
    add_exec(b, v->model, agent);
    add_flag(b, "fsWorkspaceOnly", own->set ? own->v : v->model->tools.fs_workspace_only.v);
    add_elevated(b, v->model, agent);
    add_sessions(b, v, index);
    buf_add_char(b, '}');
}
