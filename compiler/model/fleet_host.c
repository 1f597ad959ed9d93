/* A gateway of a config file on a host, of its model. */
#include "model/fleet.h"

#include "load/files.h"
#include "model/fleet_reading.h"
#include "model/ids.h"
#include "model/places.h"

static struct fleet_secret secret_of(const struct text *t, const struct environment *env) {
    bool unset = !t->symbolic && str_starts(t->v, STR("${")) && env->complete;
    return (struct fleet_secret){
        .value = t->v, .set = t->set, .known = t->set && t->v.n && !unset, .at = t->at};
}

/* Not compared are paths in a directory that is not known, whose symbol another gateway may have,
 * too, and those that are longer than any of a real host. */
static struct str comparable(struct str path) {
    bool known = !str_starts(path, STR("<")) && path.n <= COMPOSE_MAX_PATH;
    return known ? path : STR("");
}

static struct str prefix_of(const struct tree *t, const struct agent *agent,
                            const struct sandbox *defaults) {
    struct str prefix = STR(""), key = STR("containerPrefix");
    bool shared = str_equal(agent->sandbox.scope.v, STR("shared"));
    if (!shared) prefix = tree_text(t, tree_member(t, agent->sandbox.own_docker, key));
    if (!prefix.n) prefix = tree_text(t, tree_member(t, defaults->own_docker, key));
    return prefix.n ? prefix : STR("openclaw-sbx-");
}

static void add_agents(struct arena *a, const struct model *m, struct fleet_gateway *g) {
    for (size_t i = 0; i < m->agents.n; i++) {
        const struct agent *agent = &m->agents.v[i];
        const struct text *workspace = &agent->workspace;
        ARRAY_PUSH(a, g->agents) = (struct fleet_agent){
            .id = agent->id,
            .at = agent->at,
            .sandbox_at = agent->sandbox.mode.at,
            .sandboxed = !str_equal(agent->sandbox.mode.v, STR("off")),
            .docker = str_equal(agent->sandbox.backend.v, STR("docker")),
            .scope = agent->sandbox.scope.v,
            .prefix = prefix_of(m->tree, agent, &m->sandbox),
            .workspace = {.inside = workspace->v,
                          .located = workspace->symbolic ? STR("") : comparable(workspace->v),
                          .at = workspace->at}};
    }
}

static void add_credentials(struct arena *a, struct fleet_gateway *g, struct str path, place at) {
    ARRAY_PUSH(a, g->credentials) =
        (struct fleet_path){.inside = path, .located = comparable(path), .at = at};
}

/* Also the directories of WhatsApp's logins and of the agents. */
static void find_credentials(struct arena *a, const struct model *m, struct fleet_gateway *g) {
    add_credentials(a, g, m->places.credentials, m->at);
    for (size_t i = 0; i < m->accounts.n; i++) {
        const struct account *account = &m->accounts.v[i];
        const struct channel *channel = model_channel(m, account->channel);
        if (account->auth_dir.v.n && account->enabled && channel && channel->enabled)
            add_credentials(a, g, account->auth_dir.v, account->auth_dir.at);
    }
    for (size_t i = 0; i < m->agents.n; i++)
        add_credentials(a, g, m->agents.v[i].agent_dir.v, m->agents.v[i].agent_dir.at);
}

/* The host has one daemon, unless DOCKER_HOST names another. */
static struct str daemon_of(const struct environment *env) {
    struct str other = environment_get(env, STR("DOCKER_HOST"));
    return other.n ? other : STR("host");
}

/* All gateways of a host write into one directory, unless their configs name files. A relative one
 * lies in a working directory that nobody knows. */
static struct fleet_path log_of(struct arena *a, const struct model *m) {
    node_id n = tree_path(m->tree, m->loaded->root, "logging", "file", NULL);
    struct str file = tree_text(m->tree, n);
    if (!file.n)
        return (struct fleet_path){
            .inside = STR("/tmp/openclaw"), .located = STR("/tmp/openclaw"), .at = m->at};
    bool below_home = str_starts(file, STR("~/")) && m->gateway->log_expands_home;
    bool relative = !below_home && !str_starts(file, STR("/"));
    if (relative && m->places.directory.n)
        file = files_absolute(a, m->places.directory, file);
    else if (relative)
        return (struct fleet_path){.inside = file, .at = n};
    file = model_path(m, file);
    return (struct fleet_path){.inside = file, .located = comparable(file), .at = n};
}

/* Without being told, nobody sets OPENCLAW_GATEWAY_PORT beside a port in the config. */
static bool port_is_certain(const struct model *m) {
    return m->settings.port_set || m->settings.port_told ||
           environment_knows(m->loaded->environment, STR("OPENCLAW_GATEWAY_PORT"));
}

static struct fleet_path locate_on_host(const void *user, struct str written) {
    struct str path = model_path(user, written);
    return (struct fleet_path){.inside = path, .located = comparable(path)};
}

static void find_stores(struct arena *a, const struct model *m, struct fleet_gateway *g) {
    struct fleet_stores found = fleet_find_stores(a, m->tree, m->loaded->root);
    for (size_t i = 0; i < found.list.n; i++) {
        struct str written = tree_text(m->tree, found.list.v[i].node);
        if (written.n) fleet_add_stores(a, g, &found.list.v[i], written, locate_on_host, m);
    }
}

struct fleet_gateway *fleet_of_host(struct arena *a, const struct model *m) {
    const struct environment *env = m->loaded->environment;
    struct fleet_gateway *g = ARENA_NEW(a, struct fleet_gateway);
    bool browser = m->settings.browser_enabled.v;
    *g = (struct fleet_gateway){
        .name = m->name,
        .data = m->gateway,
        .model = m,
        .namespace = STR("host"),
        .profile = m->profile,
        .at = m->at,
        .config_seen = true,
        .port = m->settings.port,
        .port_at = m->settings.port_at,
        .port_assumption = port_is_certain(m) ? STR("") : STR("OPENCLAW_GATEWAY_PORT"),
        .used_ports = browser ? m->gateway->used_ports : m->gateway->used_ports_without_browser,
        .n_used_ports =
            browser ? m->gateway->n_used_ports : m->gateway->n_used_ports_without_browser,
        .home = str_starts(m->places.home, STR("/")) ? m->places.home : STR(""),
        .daemon = daemon_of(env),
        .state = {.inside = m->state, .located = comparable(m->state), .at = m->at},
        .config = {.inside = m->config_path, .located = m->config_path, .at = m->at},
        .log = log_of(a, m),
        .token = secret_of(&m->settings.token, env),
        .hooks_path = fleet_hooks_path(ids_trim(m->hooks.path.v)),
        .hooks_enabled = m->hooks.enabled.v,
        .hooks_choose_session = m->hooks.allow_request_session_key.v,
        .hooks_session_at = m->hooks.allow_request_session_key.at};
    if (m->hooks.enabled.v) g->hooks_token = secret_of(&m->hooks.token, env);
    for (size_t i = 0; i < m->identities.n; i++) {
        const struct secret *s = &m->identities.v[i];
        ARRAY_PUSH(a, g->identities) = (struct fleet_identity){s->what, secret_of(&s->value, env)};
    }
    if (g->state.located.n)
        ARRAY_PUSH(a, g->mounts) = (struct fleet_mount){.source = m->state, .at = m->at};
    add_agents(a, m, g);
    find_credentials(a, m, g);
    find_stores(a, m, g);
    fleet_host_ports(a, m, g);
    return g;
}

/* ---- texts -------------------------------------------------------------------------------------
 */

/* Recursive: loading has bounded the depth of values. */
static void add_texts(struct arena *a, const struct tree *t, node_id parent,
                      struct fleet_gateway *g) {
    for (TREE_EACH(t, n, parent)) {
        const struct node *node = tree_node(t, n);
        if (node->key) fleet_note_text(a, g, tree_key_text(t, node->key), n | PLACE_KEY);
        if (tree_is(t, n, NODE_STRING)) fleet_note_text(a, g, tree_text(t, n), n);
        add_texts(a, t, n, g);
    }
}

void fleet_host_texts(struct arena *a, const struct model *m, struct fleet_gateway *g) {
    add_texts(a, m->tree, m->loaded->root, g);
}
