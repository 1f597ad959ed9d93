/* What the gateway refuses in roster and bindings. */
#include "load/load.h"
#include "model/ids.h"

struct checking {
    struct arena *arena;
    const struct reading *r;
    const struct gateway_data *gateway;
    node_id root, agents;
    struct str marker;
};

static struct diag *refuse(const struct checking *s, const char *kind, struct span at,
                           const char *format, struct str detail) {
    return diag_add(s->r->diags, SEVERITY_ERROR, kind, at, format, STR_ARG(detail));
}

static struct span key_span(const struct checking *s, node_id n) {
    return tree_key_span(s->r->tree, n);
}

static void check_old_roster(const struct checking *s) {
    static const char *const keys[] = {"entries", "ownership"};
    for (size_t i = 0; i < 2; i++) {
        node_id n = tree_member(s->r->tree, s->agents, str_from(keys[i]));
        if (n)
            refuse(s, "unrecognized_key", key_span(s, n),
                   "`agents." STR_FMT "` is unknown to this gateway, which reads agents from "
                   "`agents.list`",
                   str_from(keys[i]));
    }
}

static void check_entry(const struct checking *s, struct map *seen, node_id entry) {
    struct str key = tree_key_text(s->r->tree, tree_node(s->r->tree, entry)->key);
    (void)read_is(s->r, entry, NODE_OBJECT);
    if (!ids_is_agent_key(key))
        refuse(s, "invalid_record_key", key_span(s, entry),
               "an agent's key must be 1 to 64 of A-Z a-z 0-9 _ -, not beginning with -" STR_FMT,
               STR(""));
    struct str id = ids_agent(s->arena, key);
    bool is_new;
    const uint32_t *first = map_put(seen, id, entry, &is_new);
    if (is_new) return;
    struct diag *d = refuse(s, "duplicate_agent", key_span(s, entry),
                            "two agents have the same id once normalised: `" STR_FMT "`", id);
    diag_note_add(s->r->diags, d, key_span(s, *first), "the first one is here");
}

static void check_markers(const struct checking *s, node_id entries, bool has_owner) {
    const struct tree *t = s->r->tree;
    node_id first = 0;
    for (TREE_EACH(t, entry, entries)) {
        node_id marker = tree_member(t, entry, STR("default"));
        if (!tree_is(t, marker, NODE_BOOL) || !tree_node(t, marker)->u.boolean) continue;
        if (first) {
            struct diag *d = refuse(s, "multiple_defaults", tree_span(t, marker),
                                    "a second agent is marked `default: true`: the gateway refuses "
                                    "to start" STR_FMT,
                                    STR(""));
            diag_note_add(s->r->diags, d, key_span(s, first), "the first one is here");
        }
        if (!first) first = entry;
    }
    if (first && has_owner)
        refuse(s, "ownership_with_default", key_span(s, first),
               "`default: true` and `agents.ownership: \"explicit\"` exclude each other" STR_FMT,
               STR(""));
    if (!first && !has_owner && !s->marker.n && entries && tree_node(t, entries)->n > 1)
        refuse(s, "ownership_required", key_span(s, entries),
               "several agents, and nothing says who owns messages that no binding takes: mark one "
               "with `default: true` or set `agents.ownership: \"explicit\"`" STR_FMT,
               STR(""));
}

static void check_new_roster(const struct checking *s) {
    struct tree *t = s->r->tree;
    node_id list = tree_member(t, s->agents, STR("list"));
    node_id entries = read_member(s->r, s->agents, "entries", NODE_OBJECT);
    node_id ownership = tree_member(t, s->agents, STR("ownership"));
    bool has_owner = str_equal(tree_text(t, ownership), STR("explicit"));
    if (ownership && !has_owner)
        refuse(s, "invalid_value", tree_span(t, ownership),
               "`agents.ownership` can only be \"explicit\"" STR_FMT, STR(""));
    if (list)
        refuse(
            s, "unrecognized_key", key_span(s, list),
            "gateway " STR_FMT " reads agents from `agents.entries`, keyed by id; a list is read "
            "only when it stands alone and its ids are unique and in canonical form (lower case, "
            "a-z 0-9 _ -)",
            s->gateway->version);
    struct map seen = map_new(s->arena);
    for (TREE_EACH(t, entry, entries)) check_entry(s, &seen, entry);
    if (tree_is(t, s->agents, NODE_OBJECT) && (!entries || !tree_node(t, entries)->n) && !list)
        refuse(
            s, "no_agents", key_span(s, s->agents),
            "`agents.ownership: \"explicit\"` needs at least one agent in `agents.entries`" STR_FMT,
            STR(""));
    check_markers(s, entries, has_owner);
}

static bool names_known_agent(const struct checking *s, struct str written) {
    const struct tree *t = s->r->tree;
    struct str id = ids_agent(s->arena, written);
    if (str_equal(written, STR("main"))) return true;
    for (TREE_EACH(t, entry, tree_member(t, s->agents, STR("entries"))))
        if (str_equal(ids_agent(s->arena, tree_key_text(t, tree_node(t, entry)->key)), id))
            return true;
    for (TREE_EACH(t, item, tree_member(t, s->agents, STR("list"))))
        if (str_equal(ids_agent(s->arena, tree_text(t, tree_member(t, item, STR("id")))), id))
            return true;
    return false;
}

static void check_bindings(const struct checking *s) {
    const struct tree *t = s->r->tree;
    node_id bindings = read_member(s->r, s->root, "bindings", NODE_ARRAY);
    struct map known = map_new(s->arena);
    if (!s->gateway->roster_entries) return;
    for (TREE_EACH(t, binding, bindings)) {
        if (!read_is(s->r, binding, NODE_OBJECT)) continue;
        node_id agent = read_member(s->r, binding, "agentId", NODE_STRING);
        struct str written = tree_text(t, agent);
        bool is_new = false;
        uint32_t *fine = agent ? map_put(&known, written, 0, &is_new) : NULL;
        if (is_new) *fine = names_known_agent(s, written);
        if (fine && !*fine)
            refuse(s, "unknown_agent", tree_span(t, agent),
                   "no agent `" STR_FMT "` is configured: the gateway refuses the file", written);
        node_id kind = tree_path(t, binding, "match", "peer", "kind", NULL);
        if (str_equal(tree_text(t, kind), STR("dm")))
            refuse(s, "invalid_union", tree_span(t, kind),
                   "`peer.kind` \"dm\" is now \"direct\"" STR_FMT, STR(""));
    }
}

void roster_check(struct arena *a, const struct reading *r, const struct gateway_data *g,
                  node_id root, struct str marker) {
    struct checking s = {a, r, g, root, read_member(r, root, "agents", NODE_OBJECT), marker};
    if (g->roster_entries)
        check_new_roster(&s);
    else
        check_old_roster(&s);
    check_bindings(&s);
}
