/* The entries of allow and deny lists, and which of them match nothing. */
#include "analysis/analysis.h"

static void consider(struct str name, struct str candidate, size_t *best, struct str *meant) {
    size_t distance = str_distance(name, candidate, 2);
    if (distance < *best) {
        *best = distance;
        *meant = candidate;
    }
}

static struct str probably_meant(struct arena *a, const struct gateway_data *g, struct str name) {
    struct str meant = STR("");
    size_t best = name.n > 4 ? 3 : 2;
    for (size_t i = 0; i < g->n_tools; i++) {
        consider(name, g->tools[i].name, &best, &meant);
        consider(name, str_concat(a, STR("group:"), g->tools[i].section), &best, &meant);
        if (str_equal(name, g->tools[i].section)) return str_concat(a, STR("group:"), name);
    }
    consider(name, STR("group:openclaw"), &best, &meant);
    consider(name, STR("group:plugins"), &best, &meant);
    for (size_t i = 0; i < g->plugins.n; i++) consider(name, g->plugins.keys[i], &best, &meant);
    if (meant.n) return meant;
    char *swapped = str_to_c(a, name);
    for (size_t i = 0; i < name.n; i++)
        if (swapped[i] == '-') swapped[i] = '_';
    struct str underscored = {swapped, name.n};
    return gateway_tool(g, underscored) != SIZE_MAX ? underscored : meant;
}

static bool is_known_otherwise(const struct gateway_data *g, struct str name) {
    if (names_have(g->other_tools, name) || str_equal(name, STR("group:plugins"))) return true;
    for (size_t i = 0; i < g->plugins.n; i++)
        if (str_equal(g->plugins.keys[i], name) || names_have(g->plugins.values[i], name))
            return true;
    return false;
}

/* The lists of a sandbox also know what the version's own lists name, channels among it. */
static bool is_known_to_sandbox(const struct gateway_data *g, struct str name) {
    return names_have(g->sandbox_deny, name) || names_have(g->sandbox_allow, name) ||
           str_equal(name, g->sandbox_old);
}

static struct str first_name(struct arena *a, const struct gateway_data *g, struct str written) {
    struct names names = tool_entry_names(a, g, written);
    return names.n ? names.v[0] : STR("");
}

/* Whose lists are read. */
struct scope {
    const char *name;
    int32_t agent;
};

static void look_up(struct analysis *s, struct tool_entry *e) {
    const struct gateway_data *g = s->model->gateway;
    struct names names = tool_entry_names(s->arena, g, e->text->v);
    for (size_t i = 0; i < names.n; i++) {
        struct tool_set meant = tool_name_set(g, names.v[i]);
        tool_set_unite(&e->matched, &meant);
    }
    bool sandbox = str_equal(str_from(e->scope), STR("sandbox"));
    e->is_group = str_starts(e->name, STR("group:"));
    e->known = !tool_set_is_empty(&e->matched) || is_known_otherwise(g, e->name) ||
               (sandbox && is_known_to_sandbox(g, e->name));
    struct names renamed = name_map_get(&g->tool_retired, e->name);
    if (renamed.n && !e->known) e->renamed = renamed.v[0];
    if (!e->known && !e->renamed.n) e->meant = probably_meant(s->arena, g, e->name);
}

static void add_entries(struct analysis *s, const struct text_list *list, const char *name,
                        struct scope scope) {
    for (size_t i = 0; i < list->n; i++) {
        struct tool_entry e = {
            .in = s, .text = &list->v[i], .list = name, .scope = scope.name, .agent = scope.agent};
        e.name = first_name(s->arena, s->model->gateway, list->v[i].v);
        if (!e.name.n || list->v[i].symbolic) continue;
        look_up(s, &e);
        ARRAY_PUSH(s->arena, s->tool_entries) = e;
    }
}

/* Whether an agent's or the global allow list says nothing at all: that is one mistake of the list,
 * not one of each entry. */
static void judge_allow(struct analysis *s, const struct tool_lists *p, size_t first) {
    size_t n = s->tool_entries.n;
    bool nothing = !p->also_allow.n && n - first == p->allow.n;
    for (size_t i = first; i < n; i++) nothing = nothing && !s->tool_entries.v[i].known;
    for (size_t i = first; i < n; i++) s->tool_entries.v[i].list_nothing = nothing;
}

static void add_lists(struct analysis *s, const struct tool_lists *p, const char *scope,
                      int32_t agent) {
    size_t first = s->tool_entries.n;
    add_entries(s, &p->allow, "allow", (struct scope){scope, agent});
    if (str_equal(str_from(scope), STR("tools"))) judge_allow(s, p, first);
    add_entries(s, &p->also_allow, "alsoAllow", (struct scope){scope, agent});
    add_entries(s, &p->deny, "deny", (struct scope){scope, agent});
}

static void add_senders(struct analysis *s, const struct sender_list *senders, int32_t agent) {
    for (size_t i = 0; i < senders->n; i++) add_lists(s, &senders->v[i].lists, "sender", agent);
}

static void add_policy(struct analysis *s, const struct tool_policy *p, int32_t agent) {
    add_lists(s, &p->lists, "tools", agent);
    for (size_t i = 0; i < p->n_providers; i++)
        add_lists(s, &p->providers[i].lists, "byProvider", agent);
    add_senders(s, &p->senders, agent);
    add_lists(s, &p->sandbox, "sandbox", agent);
}

void analyse_tool_entries(struct analysis *s) {
    const struct model *m = s->model;
    add_policy(s, &m->tools, -1);
    add_lists(s, &m->subagent_tools, "subagents", -1);
    for (size_t i = 0; i < m->groups.n; i++) {
        add_lists(s, &m->groups.v[i].lists, "group", -1);
        add_senders(s, &m->groups.v[i].senders, -1);
    }
    for (size_t i = 0; i < m->agents.n; i++) add_policy(s, &m->agents.v[i].tools, (int32_t)i);
}
