/* Which tools an agent has, by its profile and the lists as written. */
#include "analysis/analysis.h"
#include "model/ids.h"

bool tool_set_has(const struct tool_set *s, size_t tool) {
    return tool < TOOLS_MAX && (s->bits[tool / 64] >> (tool % 64) & 1);
}

static void add(struct tool_set *s, size_t tool) {
    s->bits[tool / 64] |= (uint64_t)1 << (tool % 64);
}

static void add_all(struct tool_set *s, const struct tool_set *from) {
    for (size_t i = 0; i < TOOLS_MAX / 64; i++) s->bits[i] |= from->bits[i];
}

static bool is_empty(const struct tool_set *s) {
    for (size_t i = 0; i < TOOLS_MAX / 64; i++)
        if (s->bits[i]) return false;
    return true;
}

bool tool_set_exceeds(const struct tool_set *a, const struct tool_set *b) {
    for (size_t i = 0; i < TOOLS_MAX / 64; i++)
        if (a->bits[i] & ~b->bits[i]) return true;
    return false;
}

static struct tool_set every_tool(const struct gateway_data *g) {
    struct tool_set s = {{0}};
    for (size_t i = 0; i < g->n_tools; i++) add(&s, i);
    return s;
}

/* ---- one entry ---------------------------------------------------------------------------------
 */

static struct str normal_name(struct arena *a, const struct gateway_data *g, struct str written) {
    struct str name = ids_token(a, written);
    struct names alias = name_map_get(&g->tool_alias, name);
    return alias.n ? alias.v[0] : name;
}

/* `*` stands for any run of characters; everything else for itself. */
static bool glob_matches(struct str pattern, struct str name) {
    size_t p = 0, n = 0, star = SIZE_MAX, mark = 0;
    while (n < name.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            mark = n;
        } else if (p < pattern.n && pattern.p[p] == name.p[n]) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*') p++;
    return p == pattern.n;
}

static bool is_in_group(const struct tool *tool, struct str group) {
    if (str_equal(group, STR("openclaw"))) return tool->in_openclaw;
    if (str_equal(group, STR("plugins"))) return tool->plugin.n > 0;
    return str_equal(group, tool->section);
}

static bool entry_matches(const struct tool *tool, struct str name) {
    if (str_find(name, STR("*"), 0) != SIZE_MAX) return glob_matches(name, tool->name);
    if (str_starts(name, STR("group:"))) return is_in_group(tool, str_slice(name, 6, name.n));
    return str_equal(name, tool->name) || (tool->plugin.n && str_equal(name, tool->plugin));
}

static struct tool_set entry_tools(const struct gateway_data *g, struct str name) {
    struct tool_set s = {{0}};
    for (size_t i = 0; i < g->n_tools; i++)
        if (entry_matches(&g->tools[i], name)) add(&s, i);
    return s;
}

/* An entry that keeps the older gateway from ignoring the whole list: "*", a core tool, or a group
 * with one in it. Patterns and plugin tools do not count. */
static bool stands_for_core(const struct gateway_data *g, struct str name) {
    if (str_equal(name, STR("*"))) return true;
    if (str_find(name, STR("*"), 0) != SIZE_MAX) return false;
    for (size_t i = 0; i < g->n_tools; i++)
        if (!g->tools[i].plugin.n && entry_matches(&g->tools[i], name)) return true;
    return false;
}

static struct tool_set list_tools(struct arena *a, const struct gateway_data *g,
                                  const struct text_list *list, bool *any) {
    struct tool_set s = {{0}};
    for (size_t i = 0; i < list->n; i++) {
        struct str name = normal_name(a, g, list->v[i].v);
        if (!name.n) continue;
        *any = true;
        struct tool_set matched = entry_tools(g, name);
        add_all(&s, &matched);
    }
    return s;
}

/* ---- layers ------------------------------------------------------------------------------------
 */

static bool list_is_ignored(struct arena *a, const struct gateway_data *g,
                            const struct text_list *allow) {
    if (!g->strip_unknown_allow) return false;
    for (size_t i = 0; i < allow->n; i++)
        if (stands_for_core(g, normal_name(a, g, allow->v[i].v))) return false;
    return true;
}

static void keep_only(struct tool_set *s, const struct tool_set *allowed) {
    for (size_t i = 0; i < TOOLS_MAX / 64; i++) s->bits[i] &= allowed->bits[i];
}

static void remove_all(struct tool_set *s, const struct tool_set *denied) {
    for (size_t i = 0; i < TOOLS_MAX / 64; i++) s->bits[i] &= ~denied->bits[i];
}

/* apply_patch comes with the tool that it follows. */
static void add_follower(const struct gateway_data *g, struct tool_set *allowed) {
    size_t leader = gateway_tool(g, g->apply_patch_follows);
    size_t patch = gateway_tool(g, STR("apply_patch"));
    if (patch != SIZE_MAX && tool_set_has(allowed, leader)) add(allowed, patch);
}

static void apply_lists(const struct model *m, const struct tool_policy *p, struct tool_set *s) {
    const struct gateway_data *g = m->gateway;
    bool any = false, denies = false;
    struct tool_set allowed = list_tools(m->arena, g, &p->allow, &any);
    if (any && !list_is_ignored(m->arena, g, &p->allow)) {
        add_follower(g, &allowed);
        keep_only(s, &allowed);
    }
    struct tool_set denied = list_tools(m->arena, g, &p->deny, &denies);
    if (denies) remove_all(s, &denied);
}

static unsigned profile_bit(struct str profile) {
    if (str_equal(profile, STR("minimal"))) return PROFILE_MINIMAL;
    if (str_equal(profile, STR("coding"))) return PROFILE_CODING;
    return str_equal(profile, STR("messaging")) ? PROFILE_MESSAGING : 0;
}

static void add_named(const struct gateway_data *g, struct tool_set *s, const char *const *names,
                      size_t n) {
    for (size_t i = 0; i < n; i++) {
        size_t tool = gateway_tool(g, str_from(names[i]));
        if (tool != SIZE_MAX) add(s, tool);
    }
}

static void apply_profile(const struct model *m, const struct agent *agent, struct tool_set *s) {
    static const char *const exec_tools[] = {"exec", "process"};
    static const char *const fs_tools[] = {"read", "write", "edit"};
    const struct gateway_data *g = m->gateway;
    struct text profile = agent->tools.profile.set ? agent->tools.profile : m->tools.profile;
    unsigned bit = profile_bit(ids_token(m->arena, profile.v));
    if (!bit) return;
    struct tool_set allowed = {{0}};
    for (size_t i = 0; i < g->n_tools; i++)
        if (g->tools[i].profiles & bit) add(&allowed, i);
    const struct text_list *more =
        agent->tools.also_allow.set ? &agent->tools.also_allow : &m->tools.also_allow;
    bool any = false;
    struct tool_set extra = list_tools(m->arena, g, more, &any);
    add_all(&allowed, &extra);
    if (g->blocks_extend_profile && (m->tools.has_exec || agent->tools.has_exec))
        add_named(g, &allowed, exec_tools, 2);
    if (g->blocks_extend_profile && (m->tools.has_fs || agent->tools.has_fs))
        add_named(g, &allowed, fs_tools, 3);
    add_follower(g, &allowed);
    keep_only(s, &allowed);
}

static bool has_named(const struct gateway_data *g, const struct tool_set *s, const char *name) {
    return tool_set_has(s, gateway_tool(g, str_from(name)));
}

/* What a report points at: the agent's own list or profile, else the global one, else the agent. */
static void find_grant(const struct model *m, const struct agent *agent, struct agent_powers *p) {
    const struct tool_policy *policies[] = {&agent->tools, &m->tools};
    p->at = agent->at;
    for (size_t i = 0; i < 2; i++) {
        if (policies[i]->allow.n) {
            p->grant = &policies[i]->allow.v[0];
            p->at = policies[i]->allow.at;
            return;
        }
        if (policies[i]->profile.set) {
            p->grant = &policies[i]->profile;
            p->at = policies[i]->profile.at;
            return;
        }
    }
}

struct agent_powers tools_of_agent(const struct model *m, const struct agent *agent) {
    const struct gateway_data *g = m->gateway;
    struct agent_powers p = {.tools = every_tool(g)};
    apply_profile(m, agent, &p.tools);
    apply_lists(m, &m->tools, &p.tools);
    apply_lists(m, &agent->tools, &p.tools);
    p.exec = has_named(g, &p.tools, "exec");
    p.write = has_named(g, &p.tools, "write") || has_named(g, &p.tools, "edit") ||
              has_named(g, &p.tools, "apply_patch");
    find_grant(m, agent, &p);
    return p;
}

/* ---- entries that match nothing ----------------------------------------------------------------
 */

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

static void add_entries(struct analysis *s, const struct text_list *list, const char *name,
                        int32_t agent) {
    const struct gateway_data *g = s->model->gateway;
    for (size_t i = 0; i < list->n; i++) {
        struct tool_entry e = {.in = s, .text = &list->v[i], .list = name, .agent = agent};
        e.name = normal_name(s->arena, g, list->v[i].v);
        if (!e.name.n || list->v[i].symbolic) continue;
        struct tool_set matched = entry_tools(g, e.name);
        e.is_group = str_starts(e.name, STR("group:"));
        e.known = !is_empty(&matched) || is_known_otherwise(g, e.name);
        struct names renamed = name_map_get(&g->tool_retired, e.name);
        if (renamed.n) e.renamed = renamed.v[0];
        if (!e.known && !e.renamed.n) e.meant = probably_meant(s->arena, g, e.name);
        ARRAY_PUSH(s->arena, s->tool_entries) = e;
    }
}

static void add_policy(struct analysis *s, const struct tool_policy *p, int32_t agent) {
    add_entries(s, &p->allow, "allow", agent);
    add_entries(s, &p->also_allow, "alsoAllow", agent);
    add_entries(s, &p->deny, "deny", agent);
}

void analyse_tool_entries(struct analysis *s) {
    add_policy(s, &s->model->tools, -1);
    for (size_t i = 0; i < s->model->agents.n; i++)
        add_policy(s, &s->model->agents.v[i].tools, (int32_t)i);
}
