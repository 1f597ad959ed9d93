#include "load/normalise.h"

#include <stdlib.h>

#include "model/ids.h"

/* The roster as it is before anything is changed. */
struct agents_of {
    node_id agents, list, entries; /* 0 when absent */
    ARRAY(node_id) valid;          /* agents that are objects, in the order that counts */
    size_t marked;                 /* how many of them are marked */
    node_id first_marked;
};

static void warn(struct normalise_job *job, const char *kind, node_id at, const char *message) {
    if (!job->diags) return;
    struct diag *d = diag_add(job->diags, SEVERITY_WARN, kind, tree_key_span(job->edit->tree, at),
                              "%s", message);
    d->path = STR("agents.entries");
}

static bool is_true(const struct tree *t, node_id n) {
    return tree_is(t, n, NODE_BOOL) && tree_node(t, n)->u.boolean;
}

static struct str key_of(const struct tree *t, node_id n) {
    return tree_key_text(t, tree_node(t, n)->key);
}

static bool has_explicit_owner(const struct tree *t, const struct agents_of *r) {
    return str_equal(tree_text(t, tree_member(t, r->agents, STR("ownership"))), STR("explicit"));
}

/* ---- agents.list -------------------------------------------------------------------------------
 */

/* A list is converted only when every id is a text that is canonical already, and unique. */
static bool list_is_canonical(struct normalise_job *job, node_id list) {
    const struct tree *t = job->edit->tree;
    struct map seen = map_new(job->arena);
    if (!tree_is(t, list, NODE_ARRAY)) return false;
    for (TREE_EACH(t, item, list)) {
        struct str id = tree_text(t, tree_member(t, item, STR("id")));
        bool is_new;
        map_put(&seen, id, 1, &is_new);
        if (!is_new || !id.n || !str_equal(ids_agent(job->arena, id), id)) return false;
    }
    return true;
}

/* The item as an entry: without its id, which becomes the key and stays its place in the file. */
static node_id entry_of(struct normalise_job *job, node_id item) {
    struct tree *t = job->edit->tree;
    node_id id = tree_member(t, item, STR("id"));
    struct span span = tree_span(t, id);
    struct str key = tree_text(t, id);
    map_put(job->list_ids, key, id, NULL);
    node_id entry = edit_copy(job->edit, item);
    edit_remove(job->edit, entry, id);
    struct node *node = tree_node(t, entry);
    node->key = tree_key(t, key);
    if (node->file == span.file) {
        node->key_start = span.start;
        node->flags &= (uint8_t)~NODE_SYNTHETIC;
    }
    return entry;
}

/* The entries that a list gives, free of any parent; `r->valid` then has them as listed. */
static node_id convert_list(struct normalise_job *job, struct agents_of *r) {
    struct tree *t = job->edit->tree;
    node_id entries = edit_new(job->edit, NODE_OBJECT, r->list);
    node_id last = 0;
    r->valid.n = 0;
    for (TREE_EACH(t, item, r->list)) {
        node_id entry = entry_of(job, item);
        if (last)
            tree_node(t, last)->next = entry;
        else
            tree_node(t, entries)->u.first = entry;
        last = entry;
        ARRAY_PUSH(job->arena, r->valid) = entry;
    }
    tree_node(t, entries)->n = (uint32_t)r->valid.n;
    edit_order(job->edit, entries);
    return entries;
}

/* ---- reading -----------------------------------------------------------------------------------
 */

static bool collect(struct normalise_job *job, struct agents_of *r, node_id from) {
    const struct tree *t = job->edit->tree;
    for (TREE_EACH(t, agent, from)) {
        if (!tree_is(t, agent, NODE_OBJECT)) continue;
        node_id marker = tree_member(t, agent, STR("default"));
        if (marker && !tree_is(t, marker, NODE_BOOL)) return false;
        ARRAY_PUSH(job->arena, r->valid) = agent;
        if (!is_true(t, marker)) continue;
        if (!r->marked++) r->first_marked = agent;
    }
    return true;
}

/* ---- what the marked agent owns ----------------------------------------------------------------
 */

static node_id added(struct normalise_job *job, node_id n) {
    tree_node(job->edit->tree, n)->flags |= NODE_ADDED;
    return n;
}

/* Whether a binding takes all of its channel, which makes the load's own one needless. */
static bool takes_whole_channel(const struct tree *t, node_id binding, node_id match) {
    node_id roles = tree_member(t, match, STR("roles"));
    return tree_is(t, match, NODE_OBJECT) &&
           str_equal(ids_trim(tree_text(t, tree_member(t, match, STR("accountId")))), STR("*")) &&
           !str_equal(tree_text(t, tree_member(t, binding, STR("type"))), STR("acp")) &&
           !tree_member(t, match, STR("peer")) &&
           !ids_trim(tree_text(t, tree_member(t, match, STR("guildId")))).n &&
           !ids_trim(tree_text(t, tree_member(t, match, STR("teamId")))).n &&
           (!tree_is(t, roles, NODE_ARRAY) || tree_node(t, roles)->n == 0);
}

static struct str channel_id(struct normalise_job *job, struct str name) {
    return gateway_channel_of(job->gateway, ids_token(job->arena, name));
}

struct ambient {
    struct str id;
    node_id node;
};

static int by_id(const void *a, const void *b) {
    return str_compare_utf16(((const struct ambient *)a)->id, ((const struct ambient *)b)->id);
}

static bool is_ambient(const struct tree *t, node_id channel) {
    struct str key = ids_trim(key_of(t, channel));
    node_id enabled = tree_member(t, channel, STR("enabled"));
    return key.n && !str_equal(key, STR("defaults")) && !str_equal(key, STR("modelByChannel")) &&
           !(tree_is(t, enabled, NODE_BOOL) && !tree_node(t, enabled)->u.boolean);
}

static node_id new_binding(struct normalise_job *job, struct str agent, struct ambient channel) {
    struct edit *e = job->edit;
    node_id binding = added(job, edit_new(e, NODE_OBJECT, channel.node));
    edit_set(e, binding, STR("agentId"), edit_new_text(e, agent, channel.node));
    node_id match = edit_new(e, NODE_OBJECT, channel.node);
    edit_set(e, match, STR("channel"), edit_new_text(e, channel.id, channel.node));
    edit_set(e, match, STR("accountId"), edit_new_text(e, STR("*"), channel.node));
    edit_set(e, binding, STR("match"), match);
    return binding;
}

/* The marked agent owns every configured channel that no binding takes whole. True when there is
 * one. */
static bool add_bindings(struct normalise_job *job, struct str agent) {
    struct tree *t = job->edit->tree;
    node_id bindings = tree_member(t, job->root, STR("bindings"));
    node_id channels = tree_member(t, job->root, STR("channels"));
    ARRAY(struct ambient) free = {NULL, 0, 0};
    struct map seen = map_new(job->arena);
    if ((bindings && !tree_is(t, bindings, NODE_ARRAY)) || !tree_is(t, channels, NODE_OBJECT))
        return false;
    for (TREE_EACH(t, binding, bindings)) {
        node_id match = tree_member(t, binding, STR("match"));
        if (takes_whole_channel(t, binding, match))
            map_put(&seen, channel_id(job, tree_text(t, tree_member(t, match, STR("channel")))), 1,
                    NULL);
    }
    for (TREE_EACH(t, channel, channels)) {
        bool is_new;
        struct str id = channel_id(job, key_of(t, channel));
        if (!is_ambient(t, channel)) continue;
        map_put(&seen, id, 1, &is_new);
        if (is_new) ARRAY_PUSH(job->arena, free) = (struct ambient){id, channel};
    }
    if (!free.n) return false;
    qsort(free.v, free.n, sizeof *free.v, by_id);
    node_id first = 0, last = 0;
    for (size_t i = 0; i < free.n; i++) {
        node_id binding = new_binding(job, agent, free.v[i]);
        if (last)
            tree_node(t, last)->next = binding;
        else
            first = binding;
        last = binding;
    }
    if (!bindings) {
        bindings = edit_new(job->edit, NODE_ARRAY, channels);
        edit_set(job->edit, job->root, STR("bindings"), bindings);
    }
    edit_append(job->edit, bindings, first, (uint32_t)free.n);
    return true;
}

static bool set_owner(struct normalise_job *job, node_id parent, const char *key, struct str agent,
                      node_id origin) {
    struct edit *e = job->edit;
    node_id object = tree_member(e->tree, parent, str_from(key));
    if (!tree_is(e->tree, object, NODE_OBJECT)) {
        object = edit_new(e, NODE_OBJECT, origin);
        edit_set(e, parent, str_from(key), object);
    }
    edit_set(e, object, STR("agentId"), added(job, edit_new_text(e, agent, origin)));
    return true;
}

/* Whether nobody is named as the owner there. */
static bool is_unowned(const struct tree *t, node_id parent, const char *key) {
    node_id object = tree_member(t, parent, str_from(key));
    return !object || (tree_is(t, object, NODE_OBJECT) && !tree_member(t, object, STR("agentId")));
}

static bool some_heartbeat(const struct tree *t, const struct agents_of *r) {
    for (size_t i = 0; i < r->valid.n; i++) {
        node_id n = tree_member(t, r->valid.v[i], STR("heartbeat"));
        if (n && !tree_is(t, n, NODE_NULL)) return true;
    }
    return false;
}

static bool store_is_fixed(const struct tree *t, node_id root) {
    struct str store = tree_text(t, tree_path(t, root, "session", "store", NULL));
    return ids_trim(store).n && str_find(store, STR("{agentId}"), 0) == SIZE_MAX;
}

static bool add_default_owners(struct normalise_job *job, const struct agents_of *r, node_id agents,
                               struct str agent) {
    struct tree *t = job->edit->tree;
    node_id defaults = tree_member(t, agents, STR("defaults"));
    if (defaults && !tree_is(t, defaults, NODE_OBJECT)) return false;
    bool heartbeat = !some_heartbeat(t, r) && !tree_member(t, defaults, STR("heartbeat"));
    bool system = is_unowned(t, defaults, "systemAgent");
    bool auth = !str_equal(agent, STR("main")) && is_unowned(t, defaults, "authInheritance");
    bool store = store_is_fixed(t, job->root) && is_unowned(t, defaults, "sessionStore");
    if (!heartbeat && !system && !auth && !store) return false;
    if (!defaults) defaults = edit_object(job->edit, agents, "defaults", agents);
    if (heartbeat) set_owner(job, defaults, "heartbeat", agent, r->first_marked);
    if (system) set_owner(job, defaults, "systemAgent", agent, r->first_marked);
    if (auth) set_owner(job, defaults, "authInheritance", agent, r->first_marked);
    if (store) set_owner(job, defaults, "sessionStore", agent, r->first_marked);
    return true;
}

static void add_owners(struct normalise_job *job, const struct agents_of *r, node_id agents) {
    struct tree *t = job->edit->tree;
    bool any = add_bindings(job, job->marker);
    any = add_default_owners(job, r, agents, job->marker) || any;
    node_id talk = tree_member(t, job->root, STR("talk"));
    if (is_unowned(t, job->root, "talk"))
        any = set_owner(job, job->root, "talk", job->marker, talk ? talk : r->first_marked);
    if (any)
        warn(job, "materialized_default_agent", r->first_marked,
             "the agent marked `default: true` owns what no binding and no setting gives to "
             "another: the gateway adds bindings and owners for it at every load");
}

/* ---- the roster --------------------------------------------------------------------------------
 */

struct str normalise_workspace(struct arena *a, const struct environment *e) {
    struct str workspace = ids_trim(environment_get(e, STR("OPENCLAW_WORKSPACE_DIR")));
    if (workspace.n) return workspace;
    struct str state = ids_trim(environment_get(e, STR("OPENCLAW_STATE_DIR")));
    struct str home = ids_trim(environment_get(e, STR("OPENCLAW_HOME")));
    if (!home.n) home = ids_trim(environment_get(e, STR("HOME")));
    if (!home.n) home = STR("~");
    if (str_equal(state, STR("~")) || str_starts(state, STR("~/")))
        state = str_concat(a, home, str_slice(state, 1, state.n));
    if (state.n) return str_concat(a, state, STR("/workspace"));
    struct str profile = ids_trim(environment_get(e, STR("OPENCLAW_PROFILE")));
    if (profile.n && !str_equal(ids_lower(a, profile), STR("default")))
        return str_format(a, STR_FMT "/.openclaw-" STR_FMT "/workspace", STR_ARG(home),
                          STR_ARG(profile));
    return str_concat(a, home, STR("/.openclaw/workspace"));
}

/* A list had a first agent, which had the default workspace: it keeps it. */
static void pin_workspace(struct normalise_job *job, const struct agents_of *r, node_id agents) {
    struct tree *t = job->edit->tree;
    if (r->valid.n < 2 || r->marked || tree_member(t, agents, STR("ownership"))) return;
    job->first = ids_agent(job->arena, key_of(t, r->valid.v[0]));
    node_id first = r->valid.v[0], own = tree_member(t, first, STR("workspace"));
    if (own && !(tree_is(t, own, NODE_STRING) && !ids_trim(tree_text(t, own)).n)) return;
    node_id common = tree_path(t, agents, "defaults", "workspace", NULL);
    struct str workspace = ids_trim(tree_text(t, common));
    if (!workspace.n) workspace = normalise_workspace(job->arena, job->environment);
    edit_set(job->edit, first, STR("workspace"),
             added(job, edit_new_text(job->edit, workspace, first)));
    warn(job, "preserved_first_workspace", first,
         "the first agent of the list keeps the default workspace");
}

static void remove_markers(struct normalise_job *job, node_id entries) {
    for (TREE_EACH(job->edit->tree, entry, entries))
        if (tree_is(job->edit->tree, entry, NODE_OBJECT)) edit_take(job->edit, entry, "default");
}

static void imply_main(struct normalise_job *job, node_id agents) {
    node_id entries = edit_new(job->edit, NODE_OBJECT, agents);
    node_id agent = added(job, edit_new(job->edit, NODE_OBJECT, agents));
    edit_set(job->edit, entries, STR("main"), agent);
    edit_set(job->edit, agents, STR("entries"), entries);
}

/* Puts the converted list in its place; 0 when there was none. */
static void settle_list(struct normalise_job *job, struct agents_of *r) {
    if (!r->list) return;
    r->entries = convert_list(job, r);
    edit_remove(job->edit, r->agents, r->list);
    edit_set(job->edit, r->agents, STR("entries"), r->entries);
    for (size_t i = 0; i < r->valid.n; i++)
        if (is_true(job->edit->tree, tree_member(job->edit->tree, r->valid.v[i], STR("default"))))
            r->first_marked = r->valid.v[i];
    warn(job, "migrated_agents_list", r->list,
         "`agents.list` is read as `agents.entries`, keyed by id");
}

static void normalise_roster(struct normalise_job *job) {
    struct tree *t = job->edit->tree;
    struct agents_of r = {.agents = tree_member(t, job->root, STR("agents"))};
    if (r.agents && !tree_is(t, r.agents, NODE_OBJECT)) return;
    r.entries = tree_member(t, r.agents, STR("entries"));
    if (!r.entries) r.list = tree_member(t, r.agents, STR("list"));
    if (r.list && !list_is_canonical(job, r.list)) return;
    node_id roster = r.list ? r.list : r.entries;
    if (!r.list && r.entries && !tree_is(t, r.entries, NODE_OBJECT)) return;
    bool empty = !roster || !tree_node(t, roster)->n;
    bool explicit_owner = has_explicit_owner(t, &r);
    if (!empty && (!collect(job, &r, roster) || !r.valid.n)) return;
    settle_list(job, &r);
    if (empty && explicit_owner) return;
    if (!r.agents) r.agents = edit_object(job->edit, job->root, "agents", job->root);
    if (empty) {
        imply_main(job, r.agents);
        return;
    }
    bool has_marker = !explicit_owner && r.marked == 1;
    if (has_marker && r.valid.n > 1) job->marker = ids_agent(job->arena, key_of(t, r.first_marked));
    if (r.list && !job->marker.n) pin_workspace(job, &r, r.agents);
    if (job->marker.n) add_owners(job, &r, r.agents);
    if (!has_marker) return;
    remove_markers(job, tree_member(t, r.agents, STR("entries")));
    warn(job, "removed_default_markers", r.first_marked,
         "`default: true` is no longer kept in the roster");
}

/* ---- settings that are gone --------------------------------------------------------------------
 */

static void drop_copilot_discovery(struct normalise_job *job) {
    struct tree *t = job->edit->tree;
    node_id config =
        tree_path(t, job->root, "plugins", "entries", "github-copilot", "config", NULL);
    node_id discovery = tree_member(t, config, STR("discovery"));
    if (!tree_is(t, discovery, NODE_OBJECT)) return;
    if (tree_node(t, discovery)->n && !tree_member(t, discovery, STR("enabled"))) return;
    edit_take(job->edit, discovery, "enabled");
    if (!tree_node(t, discovery)->n) edit_remove(job->edit, config, discovery);
}

void normalise_config(struct normalise_job *job) {
    job->marker = job->first = STR("");
    normalise_context_budget(job);
    normalise_roster(job);
    drop_copilot_discovery(job);
}
