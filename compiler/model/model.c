#include "model/model.h"

#include "model/ids.h"
#include "model/values.h"

int32_t model_agent(const struct model *m, struct str id) {
    const uint32_t *number = map_get(&m->loaded->roster.ids, id);
    if (number) return (int32_t)*number - 1;
    bool implied = !m->loaded->roster.agents.n && str_equal(id, STR("main"));
    return implied ? 0 : -1;
}

place model_nearer(const struct model *m, place at, place other) {
    struct span span = place_span(m->tree, at), root = place_span(m->tree, m->at);
    bool is_root = span.file == root.file && span.start == root.start && span.end == root.end;
    return is_root ? other : at;
}

int32_t model_default_agent(const struct model *m) {
    int32_t index = m->routing.default_agent;
    return index < 0 ? -1 : model_agent(m, m->routing.agents[index]);
}

static struct text or_variable(struct text t, const struct environment *env, const char *name) {
    struct str value = ids_trim(environment_text(env, str_from(name)));
    if (t.set || !value.n) return t;
    bool symbolic = environment_is_hidden(env, str_from(name));
    return (struct text){.v = value, .at = t.at, .set = true, .symbolic = symbolic};
}

/* What --port says goes before the environment, which goes before the config. */
static void find_port(struct model *m, const struct environment *env,
                      const struct gateway_place *where) {
    struct gateway_settings *s = &m->settings;
    struct discover d = {.arena = m->arena,
                         .gateway = m->gateway,
                         .environment = env,
                         .profile = where->profile,
                         .dev = where->dev};
    double port = discover_port(&d, (double)s->written_port);
    s->port = where->port ? where->port : port <= 65535 ? (int64_t)port : 0;
    s->port_told = where->port != 0;
    if (s->port_told) s->port_at = where->port_at;
}

static void build_settings(struct model *m, const struct reading *r,
                           const struct environment *env) {
    node_id gateway = read_member(r, m->loaded->root, "gateway", NODE_OBJECT);
    place at = value_place(gateway, m->at);
    node_id auth = read_member(r, gateway, "auth", NODE_OBJECT);
    place auth_at = value_place(auth, at);
    node_id tailscale = read_member(r, gateway, "tailscale", NODE_OBJECT);
    node_id browser = read_member(r, m->loaded->root, "browser", NODE_OBJECT);
    node_id port = read_member(r, gateway, "port", NODE_NUMBER);
    struct gateway_settings *s = &m->settings;
    s->at = at;
    s->bind = value_text(r, gateway, "bind", at, STR("loopback"));
    s->token =
        or_variable(value_secret(r, env, auth, "token", auth_at), env, "OPENCLAW_GATEWAY_TOKEN");
    s->tailscale = value_text(r, tailscale, "mode", value_place(tailscale, at), STR("off"));
    s->browser_enabled = value_flag(r, browser, "enabled", value_place(browser, m->at), true);
    s->port_at = value_place(port, at);
    if (!port) return;
    double written = tree_node(r->tree, port)->u.number;
    if (!(written >= 1 && written <= 65535) || written != (double)(int64_t)written) {
        diag_add(r->diags, SEVERITY_ERROR, "too_big", tree_span(r->tree, port),
                 "`gateway.port` must be a whole number from 1 to 65535");
        return;
    }
    s->written_port = (int64_t)written;
    s->port_set = true;
}

static void build_tools(struct model *m, const struct reading *r) {
    node_id tools = read_member(r, m->loaded->root, "tools", NODE_OBJECT);
    node_id a2a = read_member(r, tools, "agentToAgent", NODE_OBJECT);
    place tools_at = value_place(tools, m->at), at = value_place(a2a, tools_at);
    m->agent_to_agent = (struct agent_to_agent){
        .enabled = value_flag(r, a2a, "enabled", at, m->gateway->agent_to_agent),
        .allow = value_list(m->arena, r, a2a, "allow", at),
        .at = at};
    node_id sessions = read_member(r, tools, "sessions", NODE_OBJECT);
    m->session_visibility = value_text(r, sessions, "visibility", value_place(sessions, tools_at),
                                       m->gateway->session_visibility);
    node_id commands = read_member(r, m->loaded->root, "commands", NODE_OBJECT);
    place commands_at = value_place(commands, m->at);
    m->owners = value_list(m->arena, r, commands, "ownerAllowFrom", commands_at);
    m->commands = (struct command_settings){
        .native = model_command_switch(r, commands, "native", commands_at),
        .native_skills = model_command_switch(r, commands, "nativeSkills", commands_at),
        .text = value_flag(r, commands, "text", commands_at, true),
        .access_groups = value_flag(r, commands, "useAccessGroups", commands_at, true)};
}

struct collected {
    ARRAY(struct text) list;
};

/* Agents that a broadcast group names: {"<peer>": ["a", "b"]}. */
static struct text_list broadcast_agents(struct model *m, const struct reading *r) {
    struct collected c = {0};
    node_id broadcast = read_member(r, m->loaded->root, "broadcast", NODE_OBJECT);
    for (TREE_EACH(r->tree, group, broadcast)) {
        node_id list = tree_is(r->tree, group, NODE_OBJECT)
                           ? tree_member(r->tree, group, STR("agents"))
                           : group;
        for (TREE_EACH(r->tree, agent, list))
            if (tree_is(r->tree, agent, NODE_STRING))
                ARRAY_PUSH(m->arena, c.list) = value_of_node(r, agent);
    }
    return (struct text_list){c.list.v, c.list.n, broadcast, broadcast != 0};
}

/* Forum topics may name an agent: groups.<id>.topics.<id>.agentId, in the channel or an account. */
static void collect_topics(struct model *m, const struct reading *r, node_id block,
                           struct collected *c) {
    for (TREE_EACH(r->tree, group, tree_member(r->tree, block, STR("groups"))))
        for (TREE_EACH(r->tree, topic, tree_member(r->tree, group, STR("topics")))) {
            node_id agent = tree_member(r->tree, topic, STR("agentId"));
            if (tree_is(r->tree, agent, NODE_STRING))
                ARRAY_PUSH(m->arena, c->list) = value_of_node(r, agent);
        }
}

static struct text_list topic_agents(struct model *m, const struct reading *r) {
    struct collected c = {0};
    node_id telegram = tree_path(r->tree, m->loaded->root, "channels", "telegram", NULL);
    collect_topics(m, r, telegram, &c);
    for (TREE_EACH(r->tree, account, tree_member(r->tree, telegram, STR("accounts"))))
        collect_topics(m, r, account, &c);
    return (struct text_list){c.list.v, c.list.n, telegram, c.list.n != 0};
}

struct model *model_build(struct arena *a, struct diags *d, const struct loaded *loaded,
                          const struct environment *env, const struct gateway_place *where) {
    struct model *m = ARENA_NEW(a, struct model);
    struct reading r = {loaded->tree, d};
    m->arena = a;
    m->tree = loaded->tree;
    m->loaded = loaded;
    m->gateway = loaded->gateway;
    m->name = where->name;
    m->state = where->state;
    m->config_path = where->config_path;
    m->profile = where->profile;
    m->conditions = where->conditions;
    m->files = where->files;
    m->n_files = where->n_files;
    m->at = loaded->root;
    m->places = places_of(a, m->name, where->found, where->directory);
    model_build_routing(m, &r);
    model_build_agents(m, &r);
    model_build_accounts(m, &r, env);
    build_settings(m, &r, env);
    find_port(m, env, where);
    m->browser_ports = browser_ports_read(m, &r);
    model_build_hooks(m, &r, env);
    build_tools(m, &r);
    model_build_tools(m, &r);
    model_build_surface(m, &r);
    model_build_settings(m, &r, env);
    m->broadcast_agents = broadcast_agents(m, &r);
    m->topic_agents = topic_agents(m, &r);
    return m;
}
