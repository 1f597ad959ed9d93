/* What the start of 2026.9.6 makes of the agents, and of who owns what. */
#include "load/legacy/steps.h"
#include "load/normalise.h"
#include "model/ids.h"

static struct str free_id(struct repair_job *job, struct map *taken, struct str written) {
    struct str id = ids_trim(written).n ? ids_agent(job->arena, written) : STR("agent");
    bool is_new;
    uint32_t *number = map_put(taken, id, 2, &is_new);
    if (is_new) return id;
    uint32_t i = *number; /* all below are taken */
    struct str candidate;
    do {
        candidate = str_format(job->arena, STR_FMT "-%u", STR_ARG(id), i++);
        map_put(taken, candidate, 2, &is_new);
    } while (!is_new);
    *map_get(taken, id) = i;
    return candidate;
}

/* Ids made canonical and unique; what is no object is dropped. */
static node_id entries_of_list(struct repair_job *job, node_id list, node_id *first) {
    struct tree *t = job->edit->tree;
    node_id entries = edit_new(job->edit, NODE_OBJECT, list);
    struct map taken = map_new(job->arena);
    node_id last = 0;
    for (TREE_EACH(t, item, list)) {
        if (!legacy_is_object(job, item)) continue;
        node_id id = legacy_member(job, item, "id");
        struct str key = free_id(job, &taken, tree_text(t, id));
        node_id entry = edit_copy(job->edit, item);
        map_put(job->list_ids, key, id ? id : item, NULL);
        if (id) edit_remove(job->edit, entry, id);
        tree_node(t, entry)->key = tree_key(t, key);
        edit_relink(job->edit, entries, last, entry);
        tree_node(t, entries)->n++;
        last = entry;
        if (!*first) *first = entry;
    }
    edit_order(job->edit, entries);
    return entries;
}

static size_t count_marked(const struct repair_job *job, node_id entries) {
    size_t marked = 0;
    for (TREE_EACH(job->edit->tree, entry, entries))
        marked += legacy_is_bool(job, legacy_member(job, entry, "default"), true);
    return marked;
}

/* The first agent of a list had the default workspace: it keeps it. */
static void pin_workspace(struct repair_job *job, node_id agents, node_id entries, node_id first) {
    struct tree *t = job->edit->tree;
    if (tree_node(t, entries)->n < 2 || count_marked(job, entries)) return;
    if (legacy_member(job, agents, "ownership")) return;
    job->first = ids_agent(job->arena, legacy_key(job, first));
    if (legacy_member(job, first, "workspace")) return;
    struct str workspace =
        ids_trim(tree_text(t, tree_path(t, agents, "defaults", "workspace", NULL)));
    if (!workspace.n) workspace = normalise_workspace(job->arena, job->environment);
    node_id value = edit_new_text(job->edit, workspace, first);
    tree_node(t, value)->flags |= NODE_ADDED;
    edit_set(job->edit, first, STR("workspace"), value);
}

/* The gateway's own code fails on an id that is no text: of the agent that is marked, else of any.
 */
static bool ids_can_be_read(const struct repair_job *job, node_id list) {
    struct tree *t = job->edit->tree;
    bool fine = true;
    for (TREE_EACH(t, item, list)) {
        node_id id = legacy_member(job, item, "id");
        bool text = !id || tree_is(t, id, NODE_STRING) || tree_is(t, id, NODE_NULL);
        if (legacy_is_bool(job, legacy_member(job, item, "default"), true)) return text;
        fine = fine && text;
    }
    return fine;
}

/* Whether every agent is an object and the first one has an id: otherwise nobody was the default.
 */
static bool has_first(const struct repair_job *job, node_id list) {
    struct tree *t = job->edit->tree;
    for (TREE_EACH(t, item, list))
        if (!legacy_is_object(job, item)) return false;
    return ids_trim(legacy_text(job, tree_first(t, list), "id")).n > 0;
}

void legacy_list(struct repair_job *job) {
    node_id agents = legacy_member(job, job->root, "agents"),
            list = legacy_member(job, agents, "list");
    if (!tree_is(job->edit->tree, list, NODE_ARRAY) || !ids_can_be_read(job, list)) return;
    if (legacy_member(job, agents, "entries")) {
        legacy_drop(job, agents, list, STR("agents.list"));
        return;
    }
    bool known = has_first(job, list);
    edit_remove(job->edit, agents, list);
    node_id first = 0, entries = entries_of_list(job, list, &first);
    edit_set(job->edit, agents, STR("entries"), entries);
    if (first) pin_workspace(job, agents, entries, first);
    if (!known) job->first = STR("");
    legacy_note(job, STR("agents.list"), STR("agents.entries"), list, entries);
}

static node_id add_owner(struct repair_job *job, node_id defaults, const char *key) {
    node_id object = edit_object(job->edit, defaults, key, defaults);
    if (!object) return 0;
    node_id value = edit_new_text(job->edit, STR("main"), defaults);
    tree_node(job->edit->tree, value)->flags |= NODE_ADDED;
    legacy_set(job, object, "agentId", value,
               str_format(job->arena, "agents.defaults.%s.agentId", key));
    return value;
}

static bool some_heartbeat(const struct repair_job *job, node_id entries) {
    for (TREE_EACH(job->edit->tree, entry, entries))
        if (legacy_member(job, entry, "heartbeat")) return true;
    return false;
}

/* An agent `main` keeps the roles that it had when nobody was marked. */
static void repair_system_agent(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id agents = legacy_member(job, job->root, "agents"),
            entries = legacy_member(job, agents, "entries");
    node_id defaults = legacy_member(job, agents, "defaults");
    node_id system = legacy_member(job, defaults, "systemAgent");
    if (!legacy_is_object(job, entries) || tree_node(t, entries)->n < 2 ||
        count_marked(job, entries))
        return;
    if ((defaults && !legacy_is_object(job, defaults)) ||
        (system && !legacy_is_object(job, system)))
        return;
    if (legacy_member(job, system, "agentId") || !legacy_member(job, entries, "main")) return;
    if (!defaults) defaults = edit_object(job->edit, agents, "defaults", agents);
    bool heartbeat = !legacy_member(job, defaults, "heartbeat") && !some_heartbeat(job, entries);
    add_owner(job, defaults, "systemAgent");
    if (heartbeat) add_owner(job, defaults, "heartbeat");
}

/* Several agents and nobody marked: nobody owns what no binding takes, in so many words. */
static void repair_ownership(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id agents = legacy_member(job, job->root, "agents"),
            entries = legacy_member(job, agents, "entries");
    if (!legacy_is_object(job, entries) || tree_node(t, entries)->n < 2 ||
        count_marked(job, entries))
        return;
    if (legacy_member(job, agents, "ownership")) return;
    node_id value = edit_new_text(job->edit, STR("explicit"), agents);
    tree_node(t, value)->flags |= NODE_ADDED;
    legacy_set(job, agents, "ownership", value, STR("agents.ownership"));
}

/* Accounts of a channel that bindings take whole. */
static struct map bound_accounts(struct repair_job *job, struct str channel, bool *all) {
    const struct tree *t = job->edit->tree;
    struct map bound = map_new(job->arena);
    *all = false;
    for (TREE_EACH(t, binding, legacy_member(job, job->root, "bindings"))) {
        node_id match = legacy_member(job, binding, "match");
        struct str name = ids_token(job->arena, tree_text(t, legacy_member(job, match, "channel")));
        if (!str_equal(name, channel) || legacy_member(job, match, "peer")) continue;
        struct str pattern = ids_trim(tree_text(t, legacy_member(job, match, "accountId")));
        if (str_equal(pattern, STR("*"))) *all = true;
        map_put(&bound, ids_account(job->arena, pattern), 1, NULL);
    }
    return bound;
}

/* Bindings to be added, linked. */
struct added {
    node_id first, last;
    uint32_t n;
};

static void bind_first(struct repair_job *job, struct str channel, struct str account,
                       node_id origin, struct added *list) {
    struct edit *e = job->edit;
    node_id binding = edit_new(e, NODE_OBJECT, origin), match = edit_new(e, NODE_OBJECT, origin);
    tree_node(e->tree, binding)->flags |= NODE_ADDED;
    edit_set(e, match, STR("channel"), edit_new_text(e, channel, origin));
    edit_set(e, match, STR("accountId"), edit_new_text(e, account, origin));
    edit_set(e, binding, STR("agentId"), edit_new_text(e, job->first, origin));
    edit_set(e, binding, STR("match"), match);
    if (list->last)
        tree_node(e->tree, list->last)->next = binding;
    else
        list->first = binding;
    list->last = binding;
    list->n++;
    legacy_note(job, STR(""), STR("bindings"), 0, binding);
}

static void append_bindings(struct repair_job *job, const struct added *list, node_id origin) {
    if (!list->n) return;
    node_id bindings = legacy_member(job, job->root, "bindings");
    if (!bindings) {
        bindings = edit_new(job->edit, NODE_ARRAY, origin);
        edit_set(job->edit, job->root, STR("bindings"), bindings);
    }
    edit_append(job->edit, bindings, list->first, list->n);
}

static bool is_disabled(const struct repair_job *job, node_id n) {
    return legacy_is_bool(job, legacy_member(job, n, "enabled"), false);
}

/* A channel that says no more than `enabled` is not configured. */
static bool is_configured(const struct repair_job *job, node_id channel) {
    for (TREE_EACH(job->edit->tree, value, channel))
        if (!str_equal(legacy_key(job, value), STR("enabled"))) return !is_disabled(job, channel);
    return false;
}

/* The first agent of a list without marker was the default: it keeps each account that no binding
 * names, of the channel that ships inside the package. */
static void repair_bindings(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id channel = tree_path(t, job->root, "channels", "telegram", NULL);
    node_id accounts = legacy_member(job, channel, "accounts");
    node_id plugins = legacy_member(job, job->root, "plugins");
    if (!job->first.n || !legacy_is_object(job, channel) || !is_configured(job, channel) ||
        is_disabled(job, plugins))
        return;
    node_id bindings = legacy_member(job, job->root, "bindings");
    bool all, any = false;
    struct map bound = bound_accounts(job, STR("telegram"), &all);
    struct added list = {0, 0, 0};
    if (all || (bindings && !tree_is(t, bindings, NODE_ARRAY))) return;
    for (TREE_EACH(t, account, accounts)) {
        any = true;
        struct str id = ids_account(job->arena, legacy_key(job, account));
        bool is_new;
        map_put(&bound, id, 1, &is_new);
        if (is_new && !is_disabled(job, account))
            bind_first(job, STR("telegram"), id, account, &list);
    }
    if (!any && !map_get(&bound, STR("default")))
        bind_first(job, STR("telegram"), STR("default"), channel, &list);
    append_bindings(job, &list, channel);
}

void legacy_owners(struct repair_job *job) {
    repair_ownership(job);
    repair_system_agent(job);
    repair_bindings(job);
}
