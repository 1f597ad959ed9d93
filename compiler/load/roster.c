/* The roster of a config that is loaded: agents.list[] of the older dialect, agents.entries{} of
 * the newer, as the steps of loading left them. */
#include "load/load.h"
#include "model/ids.h"

struct rostering {
    struct arena *arena;
    const struct tree *tree;
    const struct map *list_ids;
    struct roster *out;
};

bool roster_has(const struct roster *roster, struct str id) {
    return map_get(&roster->ids, id) != NULL;
}

static bool is_marked(const struct tree *t, node_id agent) {
    node_id marker = tree_member(t, agent, STR("default"));
    return tree_is(t, marker, NODE_BOOL) && tree_node(t, marker)->u.boolean;
}

static void add_agent(struct rostering *s, struct roster_agent agent) {
    ARRAY_PUSH(s->arena, s->out->agents) = agent;
    if (!agent.blank) map_put(&s->out->ids, agent.id, (uint32_t)s->out->agents.n, NULL);
}

static void read_list(struct rostering *s, node_id list) {
    for (TREE_EACH(s->tree, item, list)) {
        if (!tree_is(s->tree, item, NODE_OBJECT)) continue;
        node_id id = tree_member(s->tree, item, STR("id"));
        struct str written = tree_text(s->tree, id);
        add_agent(s, (struct roster_agent){.written = written,
                                           .id = ids_agent(s->arena, written),
                                           .node = item,
                                           .name_node = id ? id : item,
                                           .blank = ids_trim(written).n == 0,
                                           .marked = is_marked(s->tree, item)});
    }
}

static void read_entries(struct rostering *s, node_id entries) {
    for (TREE_EACH(s->tree, entry, entries)) {
        struct str key = tree_key_text(s->tree, tree_node(s->tree, entry)->key);
        const uint32_t *id = map_get(s->list_ids, key);
        add_agent(s, (struct roster_agent){.written = key,
                                           .id = ids_agent(s->arena, key),
                                           .node = entry,
                                           .name_node = id ? *id : entry,
                                           .marked = is_marked(s->tree, entry)});
    }
}

static void read_ownership(struct rostering *s, node_id agents) {
    const struct tree *t = s->tree;
    node_id ownership = tree_member(t, agents, STR("ownership"));
    s->out->explicit_ownership = str_equal(tree_text(t, ownership), STR("explicit"));
    bool written = ownership && !(tree_node(t, ownership)->flags & NODE_ADDED);
    s->out->ownership_missing = !written && s->out->agents.n > 1 && !s->out->marker.n;
    node_id agent = tree_path(t, agents, "defaults", "systemAgent", "agentId", NULL);
    s->out->system_agent = ids_trim(tree_text(t, agent));
}

void roster_read(struct arena *a, struct loaded *c) {
    const struct tree *t = c->tree;
    const struct gateway_data *g = c->gateway;
    struct roster *roster = &c->roster;
    node_id root = c->root;
    *roster = (struct roster){.ids = map_new(a), .system_agent = STR(""), .marker = c->marker};
    struct rostering s = {a, t, &c->list_ids, roster};
    node_id agents = tree_member(t, root, STR("agents"));
    node_id found = tree_member(t, agents, g->roster_entries ? STR("entries") : STR("list"));
    bool fits = tree_is(t, found, g->roster_entries ? NODE_OBJECT : NODE_ARRAY);
    roster->node = fits ? found : agents ? agents : root;
    if (!g->roster_entries) {
        if (fits) read_list(&s, found);
        return;
    }
    if (fits) read_entries(&s, found);
    read_ownership(&s, agents);
    if (!roster->agents.n)
        add_agent(&s, (struct roster_agent){
                          .written = STR("main"), .id = STR("main"), .name_node = roster->node});
}
