/* What a config lays open, and what its agents have beside tools: skills and MCP servers. */
#include "model/surface.h"

#include "model/values.h"

static struct text_list mcp_servers(struct model *m) {
    struct {
        ARRAY(struct text) list;
    } c = {0};
    node_id servers = tree_path(m->tree, m->loaded->root, "mcp", "servers", NULL);
    for (TREE_EACH(m->tree, server, servers)) {
        node_id enabled = tree_member(m->tree, server, STR("enabled"));
        if (tree_is(m->tree, enabled, NODE_BOOL) && !tree_node(m->tree, enabled)->u.boolean)
            continue;
        ARRAY_PUSH(m->arena, c.list) =
            (struct text){.v = tree_key_text(m->tree, tree_node(m->tree, server)->key),
                          .at = server | PLACE_KEY,
                          .set = true};
    }
    return (struct text_list){c.list.v, c.list.n, value_place(servers, m->at), servers != 0};
}

static void read_skills(struct model *m) {
    const struct roster *roster = &m->loaded->roster;
    place *own = ARENA_ARRAY(m->arena, place, m->agents.n);
    for (size_t i = 0; i < roster->agents.n; i++)
        own[i] = tree_member(m->tree, roster->agents.v[i].node, STR("skills"));
    m->surface.skills = own;
    m->surface.default_skills =
        tree_path(m->tree, m->loaded->root, "agents", "defaults", "skills", NULL);
}

void model_build_surface(struct model *m, const struct reading *r) {
    node_id session = read_member(r, m->loaded->root, "session", NODE_OBJECT);
    m->surface.group_scope = value_text(r, session, "groupScope", m->session_at, STR("per-group"));
    m->surface.mcp_servers = mcp_servers(m);
    read_skills(m);
    model_build_doors(m);
    model_build_containers(m, r);
    model_build_models(m, r);
    model_build_secrets(m);
}
