/* The agents of a service's gateway: their sandboxes, and where their workspaces really lie. */
#include "model/fleet_reading.h"
#include "model/ids.h"
#include "model/locations.h"

struct sandbox_block {
    node_id block, docker;
};

static struct sandbox_block sandbox_of(const struct fleet_reading *r, node_id owner) {
    node_id block = tree_member(r->tree, owner, STR("sandbox"));
    return (struct sandbox_block){block, tree_member(r->tree, block, STR("docker"))};
}

/* The agent's own setting, else the defaults', else `fallback`. */
static struct str setting(const struct fleet_reading *r, const struct sandbox_block *own,
                          const struct sandbox_block *defaults, const char *key,
                          struct str fallback, place *at) {
    struct str value = fleet_member(r, own->block, key);
    node_id from = value.n ? own->block : defaults->block;
    if (!value.n) value = fleet_member(r, defaults->block, key);
    if (value.n) *at = tree_member(r->tree, from, str_from(key));
    return value.n ? value : fallback;
}

static void read_sandbox(const struct fleet_reading *r, node_id agent, node_id defaults,
                         struct fleet_agent *a) {
    struct sandbox_block own = sandbox_of(r, agent), common = sandbox_of(r, defaults);
    place ignored;
    a->sandbox_at = own.block ? own.block : common.block ? common.block : a->at;
    struct str mode = setting(r, &own, &common, "mode", STR("off"), &a->sandbox_at);
    struct str backend = setting(r, &own, &common, "backend", STR("docker"), &ignored);
    a->scope = setting(r, &own, &common, "scope", STR("agent"), &ignored);
    a->sandboxed = !str_equal(mode, STR("off"));
    a->docker = str_equal(backend, STR("docker"));
    bool shared = str_equal(a->scope, STR("shared"));
    if (!shared) a->prefix = fleet_member(r, own.docker, "containerPrefix");
    if (!a->prefix.n) a->prefix = fleet_member(r, common.docker, "containerPrefix");
    if (!a->prefix.n) a->prefix = STR("openclaw-sbx-");
}

/* Without a workspace of its own. */
static struct str default_workspace(const struct fleet_reading *r, struct str id, bool is_default,
                                    struct str common) {
    if (is_default) return common.n ? fleet_inside(r, common) : r->paths.workspace;
    if (common.n && r->g->data->workspace_below_default)
        return location_join(r->arena, fleet_inside(r, common), id);
    return location_join(r->arena, r->paths.state, str_concat(r->arena, STR("workspace-"), id));
}

static void add_agent(const struct fleet_reading *r, struct str written, node_id node, place at,
                      bool is_default) {
    node_id agents = tree_member(r->tree, r->config, STR("agents"));
    node_id defaults = tree_member(r->tree, agents, STR("defaults"));
    struct fleet_agent a = {.id = ids_agent(r->arena, written), .at = at};
    struct str workspace = fleet_member(r, node, "workspace");
    struct str dir = fleet_member(r, node, "agentDir");
    struct str common = fleet_member(r, defaults, "workspace");
    workspace =
        workspace.n ? fleet_inside(r, workspace) : default_workspace(r, a.id, is_default, common);
    dir = dir.n ? fleet_inside(r, dir)
                : str_format(r->arena, STR_FMT "/agents/" STR_FMT "/agent", STR_ARG(r->paths.state),
                             STR_ARG(a.id));
    a.workspace = fleet_locate(r, workspace);
    a.dir = fleet_locate(r, location_normal(r->arena, dir));
    read_sandbox(r, node, defaults, &a);
    ARRAY_PUSH(r->arena, r->g->agents) = a;
    ARRAY_PUSH(r->arena, r->g->credentials) = a.dir;
}

/* The first that is marked, else the first; 0 for an empty roster. */
static node_id default_of(const struct fleet_reading *r, node_id roster) {
    for (TREE_EACH(r->tree, n, roster))
        if (fleet_is(r, n, "default", true)) return n;
    return tree_first(r->tree, roster);
}

void fleet_read_agents(const struct fleet_reading *r) {
    if (!r->config) return;
    node_id agents = tree_member(r->tree, r->config, STR("agents"));
    node_id list = tree_member(r->tree, agents, STR("list"));
    node_id entries = tree_member(r->tree, agents, STR("entries"));
    bool is_list = tree_is(r->tree, list, NODE_ARRAY) && tree_node(r->tree, list)->n;
    node_id roster = is_list ? list : tree_is(r->tree, entries, NODE_OBJECT) ? entries : 0;
    node_id owner = default_of(r, roster);
    for (TREE_EACH(r->tree, n, roster)) {
        if (!tree_is(r->tree, n, NODE_OBJECT)) continue;
        node_id id = is_list ? tree_member(r->tree, n, STR("id")) : 0;
        struct str written =
            is_list ? fleet_value(r, id) : tree_key_text(r->tree, tree_node(r->tree, n)->key);
        add_agent(r, written, n, id ? id : n, n == owner);
    }
    place at = tree_is(r->tree, agents, NODE_OBJECT) ? agents : r->config;
    if (!r->g->agents.n) add_agent(r, STR("main"), 0, at, true);
}
