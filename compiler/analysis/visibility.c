#include "analysis/visibility.h"

#include <stdlib.h>

#include "analysis/tools.h"
#include "model/ids.h"

bool sessions_visible(const struct model *m, struct str from, struct str to, bool sandboxed) {
    struct str visibility = session_visibility(m, sandboxed);
    bool all = str_equal(visibility, STR("all"));
    if (str_equal(from, to)) return all || str_equal(visibility, STR("agent"));
    return all && agent_to_agent_names(m, from) && agent_to_agent_names(m, to);
}

static int by_text(const void *left, const void *right) {
    return str_compare(*(const struct str *)left, *(const struct str *)right);
}

struct delegates delegates_of(struct arena *a, struct str from, struct names allow, bool allow_set,
                              struct names configured) {
    struct str *v = ARENA_ARRAY(a, struct str, allow.n + configured.n + 1);
    struct map known = map_new(a), seen = map_new(a);
    struct delegates d = {false, {v, 0}};
    struct str self = ids_agent(a, from);
    size_t n = 0;
    for (size_t i = 0; i < configured.n; i++)
        map_put(&known, ids_agent(a, configured.v[i]), 1, NULL);
    for (size_t i = 0; i < allow.n; i++) d.any = d.any || str_equal(ids_trim(allow.v[i]), STR("*"));
    struct names chosen = d.any ? configured : allow;
    if (!allow_set || d.any) {
        map_put(&seen, self, 1, NULL);
        v[n++] = self;
    }
    for (size_t i = 0; allow_set && i < chosen.n; i++) {
        struct str entry = ids_trim(chosen.v[i]);
        struct str id = ids_agent(a, entry);
        bool is_new = false;
        if (entry.n && map_get(&known, id)) map_put(&seen, id, 1, &is_new);
        if (is_new) v[n++] = id;
    }
    if (n) qsort(v, n, sizeof *v, by_text);
    d.ids.n = n;
    return d;
}
