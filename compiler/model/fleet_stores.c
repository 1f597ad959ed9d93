/* Places outside of its state directory in which a config has a gateway keep sessions, the index of
 * its memory, and the files of sandboxes. */
#include "model/fleet_reading.h"

static void add(struct arena *a, struct fleet_stores *found, node_id n, bool sessions) {
    if (n) ARRAY_PUSH(a, found->list) = (struct fleet_store){n, sessions};
}

static void add_of_agent(struct arena *a, const struct tree *t, node_id agent,
                         struct fleet_stores *found) {
    add(a, found, tree_path(t, agent, "memorySearch", "store", "path", NULL), false);
    add(a, found, tree_path(t, agent, "sandbox", "workspaceRoot", NULL), false);
}

struct fleet_stores fleet_find_stores(struct arena *a, const struct tree *t, node_id config) {
    struct fleet_stores found = {{NULL, 0, 0}};
    add(a, &found, tree_path(t, config, "session", "store", NULL), true);
    add_of_agent(a, t, tree_path(t, config, "agents", "defaults", NULL), &found);
    node_id list = tree_path(t, config, "agents", "list", NULL);
    node_id entries = tree_path(t, config, "agents", "entries", NULL);
    for (TREE_EACH(t, agent, list)) add_of_agent(a, t, agent, &found);
    for (TREE_EACH(t, agent, entries)) add_of_agent(a, t, agent, &found);
    return found;
}

/* The path for one agent. */
static struct str for_agent(struct arena *a, struct str written, struct str agent) {
    struct str name = STR("{agentId}");
    size_t at = str_find(written, name, 0);
    if (at == SIZE_MAX) return written;
    return str_format(a, STR_FMT STR_FMT STR_FMT, STR_ARG(str_slice(written, 0, at)),
                      STR_ARG(agent), STR_ARG(str_slice(written, at + name.n, written.n)));
}

void fleet_add_stores(struct arena *a, struct fleet_gateway *g, const struct fleet_store *store,
                      struct str written,
                      struct fleet_path (*locate)(const void *user, struct str written),
                      const void *user) {
    bool each = str_find(written, STR("{agentId}"), 0) != SIZE_MAX;
    for (size_t i = 0; i < (each ? g->agents.n : 1); i++) {
        struct str id = each ? g->agents.v[i].id : STR("");
        struct fleet_path path = locate(user, for_agent(a, written, id));
        path.at = store->node;
        if (store->sessions)
            ARRAY_PUSH(a, g->session_stores) = path;
        else
            ARRAY_PUSH(a, g->stores) = path;
    }
}

static struct fleet_path locate_in_container(const void *user, struct str written) {
    const struct fleet_reading *r = user;
    return fleet_locate(r, fleet_inside(r, written));
}

void fleet_read_stores(const struct fleet_reading *r) {
    struct fleet_stores found = fleet_find_stores(r->arena, r->tree, r->config);
    for (size_t i = 0; i < found.list.n; i++) {
        struct str written = fleet_value(r, found.list.v[i].node);
        if (written.n)
            fleet_add_stores(r->arena, r->g, &found.list.v[i], written, locate_in_container, r);
    }
}
