/* The roster: agents.list[] of the older dialect, agents.entries{} of the newer, its load-time
 * steps and the repair at the gateway's start (routing of messages depends on all of them). */
#include <stdlib.h>

#include "load/load.h"
#include "model/ids.h"

struct rostering {
    struct arena *arena;
    const struct reading *r;
    const struct gateway_data *gateway;
    node_id root, agents;
    struct roster *out;
    enum startup *startup;
    bool from_list, converted;
    struct map numbered; /* id -> the first number that repaired_id has not tried for it */
};

static void worsen(const struct rostering *s, enum startup startup) {
    if (startup > *s->startup) *s->startup = startup;
}

static struct span key_span(const struct rostering *s, node_id n) {
    return tree_key_span(s->r->tree, n);
}

bool roster_has(const struct roster *roster, struct str id) {
    return map_get(&roster->ids, id) != NULL;
}

static bool is_marked(const struct rostering *s, node_id agent) {
    node_id marker = read_member(s->r, agent, "default", NODE_BOOL);
    return marker && tree_node(s->r->tree, marker)->u.boolean;
}

static void add_agent(struct rostering *s, struct roster_agent agent) {
    ARRAY_PUSH(s->arena, s->out->agents) = agent;
    if (!agent.blank) map_put(&s->out->ids, agent.id, (uint32_t)s->out->agents.n, NULL);
}

/* ---- agents.list[] as 2026.3.13 reads it -------------------------------------------------------
 */

static void load_old_list(struct rostering *s, node_id list) {
    for (TREE_EACH(s->r->tree, item, list)) {
        if (!read_is(s->r, item, NODE_OBJECT)) continue;
        node_id id = read_member(s->r, item, "id", NODE_STRING);
        struct str written = tree_text(s->r->tree, id);
        add_agent(s, (struct roster_agent){.written = written,
                                           .id = ids_agent(s->arena, written),
                                           .node = item,
                                           .name_node = id ? id : item,
                                           .blank = ids_trim(written).n == 0,
                                           .marked = is_marked(s, item)});
    }
}

static void refuse_new_keys(struct rostering *s) {
    static const char *const keys[] = {"entries", "ownership"};
    for (size_t i = 0; i < 2; i++) {
        node_id n = tree_member(s->r->tree, s->agents, str_from(keys[i]));
        if (!n) continue;
        diag_add(s->r->diags, SEVERITY_ERROR, "unrecognized_key", key_span(s, n),
                 "`agents.%s` is unknown to gateway %.*s, which reads agents from `agents.list`",
                 keys[i], STR_ARG(s->gateway->version));
        worsen(s, STARTUP_REJECTED);
    }
}

/* ---- agents.entries{} --------------------------------------------------------------------------
 */

static void load_entry(struct rostering *s, node_id entry) {
    struct str key = tree_key_text(s->r->tree, tree_node(s->r->tree, entry)->key);
    if (!read_is(s->r, entry, NODE_OBJECT)) worsen(s, STARTUP_REJECTED);
    if (!ids_is_agent_key(key)) {
        diag_add(s->r->diags, SEVERITY_ERROR, "invalid_record_key", key_span(s, entry),
                 "an agent's key must be 1 to 64 of A-Z a-z 0-9 _ -, not beginning with -");
        worsen(s, STARTUP_REJECTED);
    }
    struct str id = ids_agent(s->arena, key);
    const uint32_t *first = map_get(&s->out->ids, id);
    if (first) {
        struct diag *d =
            diag_add(s->r->diags, SEVERITY_ERROR, "duplicate_agent", key_span(s, entry),
                     "two agents have the same id once normalised: `" STR_FMT "`", STR_ARG(id));
        diag_note_add(s->r->diags, d, key_span(s, s->out->agents.v[*first - 1].node),
                      "the first one is here");
        worsen(s, STARTUP_REJECTED);
    }
    add_agent(s, (struct roster_agent){.written = key,
                                       .id = id,
                                       .node = entry,
                                       .name_node = entry,
                                       .marked = is_marked(s, entry)});
}

/* A list is converted at load only when every id is a text that is canonical already, and unique.
 */
static bool list_is_canonical(const struct rostering *s, node_id list) {
    struct map seen = map_new(s->arena);
    for (TREE_EACH(s->r->tree, item, list)) {
        node_id id = tree_member(s->r->tree, item, STR("id"));
        struct str text = tree_text(s->r->tree, id);
        bool is_new;
        map_put(&seen, text, 1, &is_new);
        if (!is_new || !text.n || !str_equal(ids_agent(s->arena, text), text)) return false;
    }
    return true;
}

/* The repair's id for an item: canonical, `agent` when blank, numbered when taken. */
static struct str repaired_id(struct rostering *s, struct str written) {
    struct str id = ids_trim(written).n ? ids_agent(s->arena, written) : STR("agent");
    struct str candidate = id;
    if (!map_get(&s->out->ids, id)) return id;
    uint32_t *next = map_put(&s->numbered, id, 2, NULL);
    do candidate = str_format(s->arena, STR_FMT "-%u", STR_ARG(id), (*next)++);
    while (map_get(&s->out->ids, candidate));
    return candidate;
}

static void convert_list(struct rostering *s, node_id list, bool canonical) {
    s->from_list = true;
    if (!canonical) {
        diag_add(s->r->diags, SEVERITY_ERROR, "unrecognized_key", key_span(s, list),
                 "gateway %.*s reads agents from `agents.entries`, keyed by id; this list has ids "
                 "that are missing, repeated or not in canonical form (lower case, a-z 0-9 _ -)",
                 STR_ARG(s->gateway->version));
        worsen(s, STARTUP_REPAIRED);
    }
    for (TREE_EACH(s->r->tree, item, list)) {
        if (!tree_is(s->r->tree, item, NODE_OBJECT)) continue;
        node_id id = tree_member(s->r->tree, item, STR("id"));
        if (id && !tree_is(s->r->tree, id, NODE_STRING)) {
            (void)read_is(s->r, id, NODE_STRING);
            worsen(s, STARTUP_REJECTED);
        }
        struct str written = tree_text(s->r->tree, id);
        add_agent(s, (struct roster_agent){.written = written,
                                           .id = repaired_id(s, written),
                                           .node = item,
                                           .name_node = id ? id : item,
                                           .marked = is_marked(s, item)});
    }
}

static void load_new_roster(struct rostering *s, node_id entries, node_id list) {
    if (entries) {
        if (list) {
            diag_add(s->r->diags, SEVERITY_ERROR, "unrecognized_key", key_span(s, list),
                     "`agents.list` beside `agents.entries` is refused: move its agents there");
            worsen(s, STARTUP_REPAIRED);
        }
        for (TREE_EACH(s->r->tree, entry, entries)) load_entry(s, entry);
    } else if (list) {
        convert_list(s, list, list_is_canonical(s, list));
    }
    if (s->out->agents.n) return;
    if (s->out->explicit_ownership) {
        diag_add(s->r->diags, SEVERITY_ERROR, "no_agents", key_span(s, s->out->node),
                 "`agents.ownership: \"explicit\"` needs at least one agent in `agents.entries`");
        worsen(s, STARTUP_REJECTED);
    }
    add_agent(s, (struct roster_agent){
                     .written = STR("main"), .id = STR("main"), .name_node = s->out->node});
}

/* ---- who is the default ------------------------------------------------------------------------
 */

static void report_second_marker(struct rostering *s, const struct roster_agent *first,
                                 const struct roster_agent *second) {
    struct diag *d =
        diag_add(s->r->diags, SEVERITY_ERROR, "multiple_defaults",
                 tree_span(s->r->tree, tree_member(s->r->tree, second->node, STR("default"))),
                 "a second agent is marked `default: true`: the gateway refuses to start");
    diag_note_add(s->r->diags, d, key_span(s, first->name_node), "the first one is here");
    worsen(s, STARTUP_REJECTED);
}

static const struct roster_agent *find_marker(struct rostering *s, bool report) {
    const struct roster_agent *marked = NULL;
    for (size_t i = 0; i < s->out->agents.n; i++) {
        const struct roster_agent *agent = &s->out->agents.v[i];
        if (!agent->marked) continue;
        if (marked && report) report_second_marker(s, marked, agent);
        if (!marked) marked = agent;
    }
    return marked;
}

static bool is_blank_text(const struct rostering *s, node_id n) {
    return ids_trim(tree_text(s->r->tree, n)).n == 0;
}

/* Whether a binding takes all of its channel, which makes the load's own one needless. */
static bool takes_whole_channel(const struct rostering *s, node_id binding, node_id match) {
    const struct tree *t = s->r->tree;
    node_id roles = tree_member(t, match, STR("roles"));
    return str_equal(ids_trim(tree_text(t, tree_member(t, match, STR("accountId")))), STR("*")) &&
           !str_equal(tree_text(t, tree_member(t, binding, STR("type"))), STR("acp")) &&
           !tree_member(t, match, STR("peer")) &&
           is_blank_text(s, tree_member(t, match, STR("guildId"))) &&
           is_blank_text(s, tree_member(t, match, STR("teamId"))) &&
           (!roles || tree_node(t, roles)->n == 0);
}

static struct map covered_channels(const struct rostering *s) {
    const struct tree *t = s->r->tree;
    struct map covered = map_new(s->arena);
    for (TREE_EACH(t, binding, tree_member(t, s->root, STR("bindings")))) {
        node_id match = tree_member(t, binding, STR("match"));
        if (!takes_whole_channel(s, binding, match)) continue;
        struct str name = ids_token(s->arena, tree_text(t, tree_member(t, match, STR("channel"))));
        map_put(&covered, gateway_channel_of(s->gateway, name), 1, NULL);
    }
    return covered;
}

static bool is_channel(const struct rostering *s, node_id channel) {
    const struct tree *t = s->r->tree;
    struct str key = tree_key_text(t, tree_node(t, channel)->key);
    node_id enabled = tree_member(t, channel, STR("enabled"));
    return !str_equal(key, STR("defaults")) && !str_equal(key, STR("modelByChannel")) &&
           !(tree_is(t, enabled, NODE_BOOL) && !tree_node(t, enabled)->u.boolean);
}

static int by_channel(const void *a, const void *b) {
    return str_compare_utf16(((const struct added_binding *)a)->channel,
                             ((const struct added_binding *)b)->channel);
}

/* The remembered marker agent owns every configured channel that no binding takes whole. */
static void add_marker_bindings(struct rostering *s) {
    struct map covered = covered_channels(s);
    node_id channels = tree_member(s->r->tree, s->root, STR("channels"));
    for (TREE_EACH(s->r->tree, channel, channels)) {
        struct str key = tree_key_text(s->r->tree, tree_node(s->r->tree, channel)->key);
        if (!is_channel(s, channel) || map_get(&covered, key)) continue;
        ARRAY_PUSH(s->arena, s->out->added) = (struct added_binding){
            .agent = s->out->marker, .channel = key, .account = STR_NONE, .node = channel};
    }
    if (s->out->added.n)
        qsort(s->out->added.v, s->out->added.n, sizeof *s->out->added.v, by_channel);
}

/* The accounts of a channel that some binding names; `*all` when one names them all. */
static struct map bound_accounts(const struct rostering *s, struct str channel, bool *all) {
    const struct tree *t = s->r->tree;
    struct map bound = map_new(s->arena);
    *all = false;
    for (TREE_EACH(t, binding, tree_member(t, s->root, STR("bindings")))) {
        node_id match = tree_member(t, binding, STR("match"));
        struct str name = ids_token(s->arena, tree_text(t, tree_member(t, match, STR("channel"))));
        struct str pattern = ids_trim(tree_text(t, tree_member(t, match, STR("accountId"))));
        if (!str_equal(name, channel) || tree_member(t, match, STR("peer"))) continue;
        if (str_equal(pattern, STR("*"))) *all = true;
        map_put(&bound, ids_account(s->arena, pattern), 1, NULL);
    }
    return bound;
}

static void add_repair_binding(struct rostering *s, const struct map *bound, struct str account,
                               node_id node) {
    if (map_get(bound, account)) return;
    ARRAY_PUSH(s->arena, s->out->added) =
        (struct added_binding){s->out->agents.v[0].id, STR("telegram"), account, node};
}

/* The repair of a list without marker: the first agent owns each account of the channel that ships
 * inside the package (telegram) and that no binding names. */
static void add_repair_bindings(struct rostering *s) {
    const struct tree *t = s->r->tree;
    node_id channel = tree_path(t, s->root, "channels", "telegram", NULL);
    if (!tree_is(t, channel, NODE_OBJECT) || !is_channel(s, channel)) return;
    bool all, any = false;
    struct map bound = bound_accounts(s, STR("telegram"), &all);
    if (all) return;
    for (TREE_EACH(t, account, tree_member(t, channel, STR("accounts")))) {
        struct str id = ids_account(s->arena, tree_key_text(t, tree_node(t, account)->key));
        add_repair_binding(s, &bound, id, account);
        any = true;
    }
    if (!any) add_repair_binding(s, &bound, STR("default"), channel);
}

static void repair_ownership(struct rostering *s) {
    diag_add(s->r->diags, SEVERITY_ERROR, "ownership_required", key_span(s, s->out->node),
             "several agents, and nothing says who owns messages that no binding takes: mark one "
             "with `default: true` or set `agents.ownership: \"explicit\"`");
    worsen(s, STARTUP_REPAIRED);
    s->out->explicit_ownership = s->out->ownership_missing = true;
    if (!s->from_list) return;
    if (!s->out->system_agent.n && map_get(&s->out->ids, STR("main")))
        s->out->system_agent = STR("main");
    add_repair_bindings(s);
}

static void settle_ownership(struct rostering *s) {
    const struct roster_agent *marker = find_marker(s, true);
    if (s->out->explicit_ownership) {
        if (!marker) return;
        diag_add(s->r->diags, SEVERITY_ERROR, "ownership_conflict", key_span(s, marker->name_node),
                 "`default: true` and `agents.ownership: \"explicit\"` exclude each other");
        worsen(s, STARTUP_REJECTED);
    } else if (marker && s->out->agents.n > 1) {
        s->out->marker = marker->id;
        add_marker_bindings(s);
    } else if (!marker && s->out->agents.n > 1) {
        repair_ownership(s);
    }
}

static void read_ownership(struct rostering *s) {
    node_id ownership = tree_member(s->r->tree, s->agents, STR("ownership"));
    s->out->explicit_ownership = str_equal(tree_text(s->r->tree, ownership), STR("explicit"));
    if (ownership && !s->out->explicit_ownership) {
        diag_add(s->r->diags, SEVERITY_ERROR, "invalid_value", tree_span(s->r->tree, ownership),
                 "`agents.ownership` can only be \"explicit\"");
        worsen(s, STARTUP_REJECTED);
    }
    node_id agent = tree_path(s->r->tree, s->agents, "defaults", "systemAgent", "agentId", NULL);
    s->out->system_agent = ids_trim(tree_text(s->r->tree, agent));
}

void roster_load(struct arena *a, const struct reading *r, const struct gateway_data *g,
                 node_id root, struct roster *roster, enum startup *startup) {
    node_id agents = read_member(r, root, "agents", NODE_OBJECT);
    struct rostering s = {.arena = a,
                          .r = r,
                          .gateway = g,
                          .root = root,
                          .agents = agents,
                          .out = roster,
                          .startup = startup,
                          .numbered = map_new(a)};
    roster->ids = map_new(a);
    node_id list = read_member(r, agents, "list", NODE_ARRAY);
    node_id entries = g->roster_entries ? read_member(r, agents, "entries", NODE_OBJECT) : 0;
    roster->node = entries ? entries : list ? list : agents ? agents : root;
    if (!g->roster_entries) {
        refuse_new_keys(&s);
        load_old_list(&s, list);
        return;
    }
    read_ownership(&s);
    load_new_roster(&s, entries, list);
    settle_ownership(&s);
}
