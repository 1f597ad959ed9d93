/* Agents: sandbox, tool policy, workspace and agent directory of each, defaults applied. */
#include "base/buf.h"
#include "model/ids.h"
#include "model/locations.h"
#include "model/values.h"

/* ---- sandboxes ---------------------------------------------------------------------------------
 */

/* A command may be an array of lines. */
static struct text setup_command(struct arena *a, const struct reading *r, node_id docker,
                                 place around) {
    node_id n = tree_member(r->tree, docker, STR("setupCommand"));
    if (!tree_is(r->tree, n, NODE_ARRAY))
        return value_text(r, docker, "setupCommand", around, STR(""));
    struct buf b = buf_new(a);
    for (TREE_EACH(r->tree, line, n)) {
        if (b.n) buf_add_char(&b, '\n');
        buf_add(&b, tree_text(r->tree, line));
    }
    return (struct text){.v = buf_str(&b), .at = n, .set = true};
}

/* An older way to say the scope, which counts where nobody says it the newer way. */
static struct text read_per_session(const struct model *m, const struct reading *r, node_id block,
                                    place around) {
    node_id n = tree_member(r->tree, block, STR("perSession"));
    if (m->gateway->roster_entries || !tree_is(r->tree, n, NODE_BOOL))
        return (struct text){.at = around};
    bool session = tree_node(r->tree, n)->u.boolean;
    return (struct text){.v = session ? STR("session") : STR("shared"), .at = n, .set = true};
}

static struct str default_image(const struct model *m) {
    const struct gateway_data *g = m->gateway;
    return tree_text(g->data, tree_member(g->data, g->sandbox_docker, STR("image")));
}

static struct sandbox read_sandbox(struct model *m, const struct reading *r, node_id owner,
                                   place around) {
    node_id block = read_member(r, owner, "sandbox", NODE_OBJECT);
    place at = value_place(block, around);
    node_id docker = read_member(r, block, "docker", NODE_OBJECT);
    place docker_at = value_place(docker, at);
    struct sandbox s = {.mode = value_text(r, block, "mode", at, STR("off")),
                        .scope = value_text(r, block, "scope", at, STR("agent")),
                        .workspace_access =
                            value_text(r, block, "workspaceAccess", at, STR("none")),
                        .backend = value_text(r, block, "backend", at, STR("docker")),
                        .network = value_text(r, docker, "network", docker_at, STR("none")),
                        .image = value_text(r, docker, "image", docker_at, default_image(m)),
                        .setup_command = setup_command(m->arena, r, docker, docker_at),
                        .user = value_text(r, docker, "user", docker_at, STR("")),
                        .read_only_root = value_flag(r, docker, "readOnlyRoot", docker_at, true),
                        .own_docker = docker,
                        .browser = read_member(r, block, "browser", NODE_OBJECT),
                        .prune = read_member(r, block, "prune", NODE_OBJECT),
                        .at = at};
    s.backend.v = ids_trim(s.backend.v);
    if (!s.backend.v.n) s.backend = (struct text){.v = STR("docker"), .at = at};
    s.per_session = read_per_session(m, r, block, at);
    return s;
}

/* The agent's own value, else the defaults'. Under scope `shared` only the defaults' docker counts.
 */
static struct sandbox resolve_sandbox(struct sandbox own, const struct sandbox *defaults) {
    own.mode = value_or(own.mode, defaults->mode);
    own.scope = value_or(own.scope, defaults->scope);
    struct text per_session = value_or(own.per_session, defaults->per_session);
    if (!own.scope.set && per_session.set) own.scope = per_session;
    own.workspace_access = value_or(own.workspace_access, defaults->workspace_access);
    own.backend = value_or(own.backend, defaults->backend);
    if (str_equal(own.scope.v, STR("shared"))) {
        own.network = defaults->network;
        own.image = defaults->image;
        own.setup_command = defaults->setup_command;
        own.user = defaults->user;
        own.read_only_root = defaults->read_only_root;
        return own;
    }
    own.network = value_or(own.network, defaults->network);
    own.image = value_or(own.image, defaults->image);
    own.setup_command = value_or(own.setup_command, defaults->setup_command);
    own.user = value_or(own.user, defaults->user);
    if (!own.read_only_root.set && defaults->read_only_root.set)
        own.read_only_root = defaults->read_only_root;
    return own;
}

/* ---- paths -------------------------------------------------------------------------------------
 */

struct agent_defaults {
    struct text workspace; /* agents.defaults.workspace */
    struct str owner;      /* the agent that has the default workspace, or empty */
    struct text model;     /* of agents that name none */
};

static struct text resolved(struct model *m, struct text written) {
    written.v = model_path(m, ids_trim(written.v));
    return written;
}

/* A blank path is none. */
static struct text path_text(const struct reading *r, node_id object, const char *key, place around,
                             struct str fallback) {
    struct text t = value_text(r, object, key, around, fallback);
    if (t.set && !ids_trim(t.v).n) return (struct text){.v = fallback, .at = around};
    return t;
}

static struct str default_owner_workspace(const struct model *m, const struct agent_defaults *d) {
    if (d->workspace.set) return d->workspace.v;
    if (m->places.workspace.n) return m->places.workspace;
    if (!m->gateway->workspace_follows_state)
        return m->profile.n ? str_concat(m->arena, STR("~/.openclaw/workspace-"), m->profile)
                            : STR("~/.openclaw/workspace");
    return location_join(m->arena, m->places.state, STR("workspace"));
}

static struct str default_workspace(const struct model *m, const struct agent_defaults *d,
                                    struct str id) {
    if (str_equal(id, d->owner)) return default_owner_workspace(m, d);
    if (d->workspace.set && m->gateway->workspace_below_default)
        return location_join(m->arena, d->workspace.v, id);
    return location_join(m->arena, m->places.state, str_concat(m->arena, STR("workspace-"), id));
}

static bool is_added(const struct model *m, node_id n) {
    return n && (tree_node(m->tree, n)->flags & NODE_ADDED);
}

/* Who has the default workspace: the default agent; in the newer gateway the marked or only one, or
 * the first of a list without marker, for which the load writes it down. */
static struct str workspace_owner(const struct model *m) {
    const struct roster *roster = &m->loaded->roster;
    if (!m->gateway->roster_entries)
        return m->routing.default_agent >= 0 ? m->routing.agents[m->routing.default_agent]
                                             : STR("");
    if (roster->marker.n) return roster->marker;
    if (roster->agents.n == 1) return roster->agents.v[0].id;
    for (size_t i = 0; i < roster->agents.n; i++)
        if (is_added(m, tree_member(m->tree, roster->agents.v[i].node, STR("workspace"))))
            return roster->agents.v[i].id;
    return STR("");
}

/* `session.store`, in which `{agentId}` stands for the agent, or a file among its sessions. */
static struct text session_store(struct model *m, const struct reading *r,
                                 const struct agent *agent) {
    node_id session = read_member(r, m->loaded->root, "session", NODE_OBJECT);
    struct str own = location_join(m->arena, agent->sessions, STR("sessions.json"));
    struct text written = path_text(r, session, "store", agent->at, own);
    if (!written.set) return written;
    struct str rest = written.v, name = STR("{agentId}");
    struct buf b = buf_new(m->arena);
    for (size_t at; (at = str_find(rest, name, 0)) != SIZE_MAX;) {
        buf_add(&b, str_slice(rest, 0, at));
        buf_add(&b, agent->id);
        rest = str_slice(rest, at + name.n, rest.n);
    }
    buf_add(&b, rest);
    written.v = buf_str(&b);
    return resolved(m, written);
}

static void build_agent(struct model *m, const struct reading *r, const struct agent_defaults *d,
                        const struct roster_agent *agent, const struct text_list *delegates) {
    place at = value_place(agent->name_node, m->at);
    place block = value_place(agent->node, at);
    struct agent *built = &ARRAY_PUSH(m->arena, m->agents);
    struct str own =
        location_join(m->arena, m->places.state, str_concat(m->arena, STR("agents/"), agent->id));
    struct str dir = location_join(m->arena, own, STR("agent"));
    node_id subagents = read_member(r, agent->node, "subagents", NODE_OBJECT);
    *built = (struct agent){
        .id = agent->id,
        .at = at,
        .written = agent->written,
        .workspace =
            path_text(r, agent->node, "workspace", block, default_workspace(m, d, agent->id)),
        .agent_dir = path_text(r, agent->node, "agentDir", block, dir),
        .sessions = location_join(m->arena, own, STR("sessions")),
        .sandbox = resolve_sandbox(read_sandbox(m, r, agent->node, block), &m->sandbox),
        .tools = model_read_tools(m, r, agent->node, block),
        .model = value_or(model_read_model(r, agent->node, block), d->model),
        .delegates = value_list(m->arena, r, subagents, "allowAgents", block),
        .marked = agent->marked};
    if (!built->delegates.set) built->delegates = *delegates;
    if (!built->model.set) built->model.v = d->model.v;
    bool from_defaults =
        d->workspace.set && (str_equal(agent->id, d->owner) || m->gateway->workspace_below_default);
    if (!built->workspace.set && from_defaults) built->workspace.at = d->workspace.at;
    if (is_added(m, built->workspace.at))
        built->workspace = (struct text){.v = default_workspace(m, d, agent->id), .at = block};
    built->workspace = resolved(m, built->workspace);
    built->agent_dir = resolved(m, built->agent_dir);
    built->session_store = session_store(m, r, built);
}

void model_build_agents(struct model *m, const struct reading *r) {
    node_id root = m->loaded->root;
    node_id agents = read_member(r, root, "agents", NODE_OBJECT);
    node_id defaults = read_member(r, agents, "defaults", NODE_OBJECT);
    m->agents_at = value_place(agents, m->at);
    place defaults_at = value_place(defaults, m->agents_at);
    m->tools = model_read_tools(m, r, root, m->at);
    m->sandbox = read_sandbox(m, r, defaults, defaults_at);
    struct agent_defaults d = {.workspace =
                                   path_text(r, defaults, "workspace", defaults_at, STR("")),
                               .owner = workspace_owner(m),
                               .model = model_read_model(r, defaults, defaults_at)};
    if (d.workspace.set) d.workspace = resolved(m, d.workspace);
    if (!d.model.set) d.model.v = m->gateway->default_model;
    node_id subagents = read_member(r, defaults, "subagents", NODE_OBJECT);
    struct text_list delegates = value_list(m->arena, r, subagents, "allowAgents", defaults_at);
    const struct roster *roster = &m->loaded->roster;
    for (size_t i = 0; i < roster->agents.n; i++)
        build_agent(m, r, &d, &roster->agents.v[i], &delegates);
    if (!roster->agents.n) {
        struct roster_agent implied = {
            .written = STR("main"), .id = STR("main"), .name_node = roster->node};
        build_agent(m, r, &d, &implied, &delegates);
    }
}
