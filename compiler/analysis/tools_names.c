/* Sets of tools, and what the names in lists mean. */
#include "analysis/tools.h"
#include "model/ids.h"

/* ---- sets --------------------------------------------------------------------------------------
 */

enum { WORDS = TOOLS_MAX / 64 };

bool tool_set_has(const struct tool_set *s, size_t tool) {
    return tool < TOOLS_MAX && (s->bits[tool / 64] >> (tool % 64) & 1);
}

void tool_set_add(struct tool_set *s, size_t tool) {
    if (tool < TOOLS_MAX) s->bits[tool / 64] |= (uint64_t)1 << (tool % 64);
}

void tool_set_remove(struct tool_set *s, size_t tool) {
    if (tool < TOOLS_MAX) s->bits[tool / 64] &= ~((uint64_t)1 << (tool % 64));
}

void tool_set_unite(struct tool_set *s, const struct tool_set *with) {
    for (size_t i = 0; i < WORDS; i++) s->bits[i] |= with->bits[i];
}

void tool_set_keep(struct tool_set *s, const struct tool_set *only) {
    for (size_t i = 0; i < WORDS; i++) s->bits[i] &= only->bits[i];
}

void tool_set_drop(struct tool_set *s, const struct tool_set *without) {
    for (size_t i = 0; i < WORDS; i++) s->bits[i] &= ~without->bits[i];
}

bool tool_set_is_empty(const struct tool_set *s) {
    for (size_t i = 0; i < WORDS; i++)
        if (s->bits[i]) return false;
    return true;
}

bool tool_set_exceeds(const struct tool_set *a, const struct tool_set *b) {
    for (size_t i = 0; i < WORDS; i++)
        if (a->bits[i] & ~b->bits[i]) return true;
    return false;
}

struct tool_set tool_set_of_all(const struct gateway_data *g) {
    struct tool_set s = {{0}};
    for (size_t i = 0; i < g->n_tools; i++) tool_set_add(&s, i);
    return s;
}

/* ---- names -------------------------------------------------------------------------------------
 */

struct names tool_entry_names(struct arena *a, const struct gateway_data *g, struct str written) {
    struct str *name = ARENA_NEW(a, struct str);
    *name = ids_token(a, written);
    if (!name->n) return (struct names){NULL, 0};
    struct names alias = name_map_get(&g->tool_alias, *name);
    if (alias.n) *name = alias.v[0];
    struct names several = name_map_get(&g->tool_expands, *name);
    return several.n ? several : (struct names){name, 1};
}

bool tool_name_is_glob(struct str name) {
    return str_find(name, STR("*"), 0) != SIZE_MAX;
}

bool tool_glob_matches(struct str pattern, struct str name) {
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

bool tool_name_matches(const struct tool *tool, struct str name) {
    if (tool_name_is_glob(name)) return tool_glob_matches(name, tool->name);
    if (str_starts(name, STR("group:"))) return is_in_group(tool, str_slice(name, 6, name.n));
    return str_equal(name, tool->name) || (tool->plugin.n && str_equal(name, tool->plugin));
}

struct tool_set tool_name_set(const struct gateway_data *g, struct str name) {
    struct tool_set s = {{0}};
    for (size_t i = 0; i < g->n_tools; i++)
        if (tool_name_matches(&g->tools[i], name)) tool_set_add(&s, i);
    return s;
}
