#include "analysis/conformance.h"
#include "analysis/tools.h"
#include "model/ids.h"

static struct str tool_name(struct arena *a, const struct gateway_data *g, struct str written) {
    struct str name = ids_token(a, written);
    struct names alias = name_map_get(&g->tool_alias, name);
    return alias.n ? alias.v[0] : name;
}

/* Groups are the sections of the catalogue, and `openclaw`. */
static bool is_in_group(const struct tool *tool, struct str name) {
    if (!str_starts(name, STR("group:"))) return false;
    struct str group = str_slice(name, 6, name.n);
    return str_equal(group, STR("openclaw")) ? tool->in_openclaw : str_equal(group, tool->section);
}

struct names policy_tools_expand(struct arena *a, const struct gateway_data *g,
                                 struct names written) {
    ARRAY(struct str) out = {0};
    struct map seen = map_new(a);
    for (size_t i = 0; i < written.n; i++) {
        struct str name = tool_name(a, g, written.v[i]);
        bool is_new = false, is_group = false;
        for (size_t t = 0; t < g->n_tools; t++) {
            if (!is_in_group(&g->tools[t], name)) continue;
            is_group = true;
            map_put(&seen, g->tools[t].name, 1, &is_new);
            if (is_new) ARRAY_PUSH(a, out) = g->tools[t].name;
        }
        if (is_group || !name.n) continue;
        map_put(&seen, name, 1, &is_new);
        if (is_new) ARRAY_PUSH(a, out) = name;
    }
    return (struct names){out.v, out.n};
}

struct denied_tools denied_tools_new(struct arena *a, const struct gateway_data *g,
                                     struct names written) {
    struct str *v = ARENA_ARRAY(a, struct str, written.n);
    size_t n = 0;
    for (size_t i = 0; i < written.n; i++) {
        v[n] = tool_name(a, g, written.v[i]);
        n += v[n].n > 0;
    }
    return (struct denied_tools){g, {v, n}};
}

bool denied_tools_have(const struct denied_tools *d, struct str tool) {
    size_t index = gateway_tool(d->gateway, tool);
    for (size_t i = 0; i < d->entries.n; i++) {
        struct str entry = d->entries.v[i];
        if (str_equal(entry, tool)) return true;
        if (tool_name_is_glob(entry) && tool_glob_matches(entry, tool)) return true;
        if (index != SIZE_MAX && is_in_group(&d->gateway->tools[index], entry)) return true;
    }
    return false;
}
