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

static struct str first_name(struct arena *a, const struct gateway_data *g, struct str written) {
    struct names names = tool_entry_names(a, g, written);
    return names.n ? names.v[0] : STR("");
}

static void add_entries(struct analysis *s, const struct text_list *list, const char *name,
                        int32_t agent) {
    const struct gateway_data *g = s->model->gateway;
    for (size_t i = 0; i < list->n; i++) {
        struct tool_entry e = {.in = s, .text = &list->v[i], .list = name, .agent = agent};
        e.name = first_name(s->arena, g, list->v[i].v);
        if (!e.name.n || list->v[i].symbolic) continue;
        struct tool_set matched = tool_name_set(g, e.name);
        e.is_group = str_starts(e.name, STR("group:"));
        e.known = !tool_set_is_empty(&matched) || is_known_otherwise(g, e.name);
        struct names renamed = name_map_get(&g->tool_retired, e.name);
        if (renamed.n) e.renamed = renamed.v[0];
        if (!e.known && !e.renamed.n) e.meant = probably_meant(s->arena, g, e.name);
        ARRAY_PUSH(s->arena, s->tool_entries) = e;
    }
}

static void add_policy(struct analysis *s, const struct tool_lists *p, int32_t agent) {
    add_entries(s, &p->allow, "allow", agent);
    add_entries(s, &p->also_allow, "alsoAllow", agent);
    add_entries(s, &p->deny, "deny", agent);
}

void analyse_tool_entries(struct analysis *s) {
    add_policy(s, &s->model->tools.lists, -1);
    for (size_t i = 0; i < s->model->agents.n; i++)
        add_policy(s, &s->model->agents.v[i].tools.lists, (int32_t)i);
}
