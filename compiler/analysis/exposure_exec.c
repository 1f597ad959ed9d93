/* What exec may do without asking: levels of trust, programs, directories. */
#include <string.h>

#include "analysis/analysis.h"
#include "model/ids.h"
#include "model/locations.h"
#include "model/values.h"

static const struct exec_settings *settings_of(const struct model *m, int32_t agent) {
    return agent < 0 ? &m->tools.exec : &m->agents.v[agent].tools.exec;
}

static struct str written_host(const struct model *m, int32_t agent) {
    struct text host = value_or(settings_of(m, agent)->host, m->tools.exec.host);
    return host.set ? host.v : STR("auto");
}

/* What decides about the level: the agent's own mode or level, else the global one. */
static place level_at(const struct model *m, int32_t agent) {
    const struct exec_settings *own = settings_of(m, agent), *global = &m->tools.exec;
    const struct text *levels[] = {&own->mode, &own->security, &global->mode, &global->security};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (levels[i]->set) return levels[i]->at;
    place around = agent < 0 ? m->agents_at : m->agents.v[agent].at;
    return model_nearer(m, own->at, around);
}

static struct exec_scope scope_of(const struct analysis *s, int32_t agent, struct str unset) {
    const struct model *m = s->model;
    struct exec_levels l = exec_levels_of_agent(m, exposure_agent(m, agent));
    return (struct exec_scope){.in = s,
                               .agent = agent,
                               .security = l.security.n ? l.security : unset,
                               .host = written_host(m, agent),
                               .at = level_at(m, agent)};
}

/* The global block stands for the default agent, unless that is in the roster; when nobody is the
 * default, for an agent called `global`. */
static bool global_counts(const struct analysis *s, size_t n_agents) {
    int32_t owner = model_default_agent(s->model);
    struct str id = owner < 0 ? STR("global") : s->model->agents.v[owner].id;
    for (size_t i = 0; i < n_agents; i++)
        if (str_equal(s->model->agents.v[i].written, id)) return false;
    return true;
}

static void add_scopes(struct analysis *s, struct exposure *e) {
    size_t n = e->n_powers - 1;
    if (global_counts(s, n))
        ARRAY_PUSH(s->arena, e->exec_scopes) = scope_of(s, OF_DEFAULTS, STR("deny"));
    for (size_t i = 0; i < n; i++)
        ARRAY_PUSH(s->arena, e->exec_scopes) = scope_of(s, (int32_t)i, STR("deny"));
}

/* ---- skills ------------------------------------------------------------------------------------
 */

/* Without an approvals store exec is trusted in full on the host. */
static void add_skill_scope(struct analysis *s, struct exposure *e, int32_t agent, place skills) {
    bool sandboxed = !str_equal(exposure_sandbox(s->model, agent)->mode.v, STR("off"));
    struct exec_scope scope = scope_of(s, agent, STR("full"));
    if (str_equal(scope.host, STR("auto")))
        scope.host = sandboxed ? STR("sandbox") : STR("gateway");
    if (str_equal(scope.security, STR("deny")) || str_equal(scope.host, STR("sandbox"))) return;
    scope.at = skills;
    ARRAY_PUSH(s->arena, e->skill_scopes) = scope;
}

static void add_skill_scopes(struct analysis *s, struct exposure *e) {
    const struct surface *f = &s->model->surface;
    if (f->default_skills) add_skill_scope(s, e, OF_DEFAULTS, f->default_skills);
    for (size_t i = 0; i + 1 < e->n_powers; i++) {
        place skills = f->skills[i] ? f->skills[i] : f->default_skills;
        if (skills) add_skill_scope(s, e, (int32_t)i, skills);
    }
}

/* ---- programs ----------------------------------------------------------------------------------
 */

/* The name of a program: without its directory and what Windows puts behind it. */
static struct str program_name(struct arena *a, struct str written) {
    static const char *const endings[] = {".exe", ".cmd", ".bat", ".com"};
    struct str name = ids_token(a, written);
    size_t from = 0;
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == '/' || name.p[i] == '\\') from = i + 1;
    name = str_slice(name, from, name.n);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (str_ends(name, str_from(endings[i])))
            return str_slice(name, 0, name.n - strlen(endings[i]));
    return name;
}

static size_t digits_end(struct str s, size_t at) {
    while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9') at++;
    return at;
}

/* "3" or "3.12". */
static bool is_version(struct str s) {
    size_t end = digits_end(s, 0);
    if (!end || end == s.n) return end > 0;
    size_t minor = digits_end(s, end + 1);
    return s.p[end] == '.' && minor > end + 1 && minor == s.n;
}

static bool is_interpreter(const struct gateway_data *g, struct str name) {
    if (names_have(g->interpreters, name)) return true;
    for (size_t i = 0; i < g->versioned_interpreters.n; i++) {
        struct str base = g->versioned_interpreters.v[i];
        if (str_starts(name, base) && is_version(str_slice(name, base.n, name.n))) return true;
    }
    return false;
}

static void add_profiles(struct arena *a, struct map *profiled, const struct exec_settings *e) {
    for (size_t i = 0; i < e->bin_profiles.n; i++)
        map_put(profiled, ids_token(a, e->bin_profiles.v[i]), 1, NULL);
}

static void add_safe_bins(struct analysis *s, struct exposure *e, int32_t agent) {
    const struct exec_settings *own = settings_of(s->model, agent);
    const struct gateway_data *g = s->model->gateway;
    if (!own->safe_bins.n) return;
    struct map profiled = map_new(s->arena);
    add_profiles(s->arena, &profiled, &s->model->tools.exec);
    if (agent >= 0) add_profiles(s->arena, &profiled, own);
    for (size_t i = 0; i < own->safe_bins.n; i++) {
        struct str name = program_name(s->arena, own->safe_bins.v[i].v);
        if (!name.n || own->safe_bins.v[i].symbolic) continue;
        ARRAY_PUSH(s->arena, e->safe_bins) =
            (struct safe_bin){.in = s,
                              .entry = &own->safe_bins.v[i],
                              .agent = agent,
                              .name = name,
                              .interpreter = is_interpreter(g, name),
                              .profiled = map_get(&profiled, name) != NULL,
                              .broad = names_have(g->broad_bins, name)};
    }
}

/* ---- directories -------------------------------------------------------------------------------
 */

static bool pattern_matches(struct str pattern, struct str path) {
    struct str rest = str_slice(pattern, 1, pattern.n);
    if (str_starts(pattern, STR("="))) return str_equal(path, rest);
    if (str_starts(pattern, STR("^"))) return str_starts(path, rest);
    return str_find(path, pattern, 0) != SIZE_MAX;
}

/* Empty when nothing is wrong with it. */
static struct str why_risky(struct arena *a, const struct gateway_data *g, struct str written) {
    struct str path = ids_trim(written);
    if (!path.n) return path;
    if (!str_starts(path, STR("/"))) return STR("relative");
    char *slashed = str_to_c(a, ids_lower(a, location_normal(a, path)));
    struct str lower = str_from(slashed);
    for (size_t i = 0; i < lower.n; i++)
        if (slashed[i] == '\\') slashed[i] = '/';
    for (size_t i = 0; i < g->risky_dirs.n; i++)
        for (size_t k = 0; k < g->risky_dirs.values[i].n; k++)
            if (pattern_matches(g->risky_dirs.values[i].v[k], lower)) return g->risky_dirs.keys[i];
    return STR("");
}

static void add_risky_dirs(struct analysis *s, struct exposure *e, int32_t agent) {
    const struct text_list *dirs = &settings_of(s->model, agent)->trusted_dirs;
    for (size_t i = 0; i < dirs->n; i++) {
        struct str why = why_risky(s->arena, s->model->gateway, dirs->v[i].v);
        if (why.n && !dirs->v[i].symbolic)
            ARRAY_PUSH(s->arena, e->risky_dirs) = (struct risky_dir){&dirs->v[i], why};
    }
}

void exposure_of_exec(struct analysis *s, struct exposure *e) {
    add_scopes(s, e);
    add_skill_scopes(s, e);
    for (size_t i = 0; i < e->n_powers; i++) {
        add_safe_bins(s, e, e->powers[i].agent);
        add_risky_dirs(s, e, e->powers[i].agent);
    }
}
