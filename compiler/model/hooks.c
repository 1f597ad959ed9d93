/* Hooks: what the config says, and what the gateway makes of it. */
#include "model/hooks.h"

#include <stdlib.h>

#include "model/ids.h"
#include "model/values.h"

static struct text_list mapped_agents(struct model *m, const struct reading *r, node_id hooks) {
    node_id mappings = read_member(r, hooks, "mappings", NODE_ARRAY);
    if (!mappings) return (struct text_list){0};
    struct text *v = ARENA_ARRAY(m->arena, struct text, tree_node(r->tree, mappings)->n);
    size_t n = 0;
    for (TREE_EACH(r->tree, mapping, mappings)) {
        node_id agent = tree_member(r->tree, mapping, STR("agentId"));
        if (tree_is(r->tree, agent, NODE_STRING)) v[n++] = value_of_node(r, agent);
    }
    return (struct text_list){v, n, mappings, true};
}

/* ---- mappings that make session keys ----------------------------------------------------------
 */

struct mapping_index {
    struct arena *arena;
    struct map seen; /* path and source of the earlier mappings; "*": any */
};

static struct str mapping_name(const struct mapping_index *i, struct str path, struct str source) {
    return str_format(i->arena, "%zu:" STR_FMT STR_FMT, path.n, STR_ARG(path), STR_ARG(source));
}

/* Whether an earlier mapping takes everything that this one could get; else notes it. */
static bool is_shadowed(struct mapping_index *i, struct str path, struct str source) {
    const struct str paths[] = {path, STR("*")}, sources[] = {source, STR("*")};
    for (int p = 0; p < 2; p++)
        for (int s = 0; s < 2; s++)
            if (map_get(&i->seen, mapping_name(i, paths[p], sources[s]))) return true;
    map_put(&i->seen, mapping_name(i, path, source), 1, NULL);
    return false;
}

static bool is_template(struct str key) {
    size_t open = str_find(key, STR("{{"), 0);
    return open != SIZE_MAX && str_find(key, STR("}}"), open + 2) != SIZE_MAX;
}

static struct str trim_slashes(struct str path) {
    path = ids_trim(path);
    while (path.n && path.p[0] == '/') path = str_slice(path, 1, path.n);
    while (path.n && path.p[path.n - 1] == '/') path.n--;
    return path.n ? path : STR("*");
}

static bool has_templated_session_key(struct model *m, const struct reading *r, node_id hooks) {
    const struct tree *t = r->tree;
    struct mapping_index index = {m->arena, map_new(m->arena)};
    for (TREE_EACH(t, mapping, tree_member(t, hooks, STR("mappings")))) {
        node_id match = tree_member(t, mapping, STR("match"));
        struct str path = trim_slashes(tree_text(t, tree_member(t, match, STR("path"))));
        struct str source = ids_trim(tree_text(t, tree_member(t, match, STR("source"))));
        if (is_shadowed(&index, path, source.n ? source : STR("*"))) continue;
        if (is_template(tree_text(t, tree_member(t, mapping, STR("sessionKey"))))) return true;
    }
    /* The preset `gmail` is a mapping with a key for each message. */
    for (TREE_EACH(t, preset, tree_member(t, hooks, STR("presets"))))
        if (str_equal(tree_text(t, preset), STR("gmail")) &&
            !is_shadowed(&index, STR("gmail"), STR("*")))
            return true;
    return false;
}

void model_build_hooks(struct model *m, const struct reading *r, const struct environment *env) {
    node_id hooks = read_member(r, m->loaded->root, "hooks", NODE_OBJECT);
    place at = value_place(hooks, m->at);
    m->hooks = (struct hooks){
        .enabled = value_flag(r, hooks, "enabled", at, false),
        .allow_request_session_key = value_flag(r, hooks, "allowRequestSessionKey", at, false),
        .token = value_secret(r, env, hooks, "token", at),
        .path = value_text(r, hooks, "path", at, STR("/hooks")),
        .default_session_key = value_text(r, hooks, "defaultSessionKey", at, STR("")),
        .allowed_agents = value_list(m->arena, r, hooks, "allowedAgentIds", at),
        .session_key_prefixes = value_list(m->arena, r, hooks, "allowedSessionKeyPrefixes", at),
        .mapped_agents = mapped_agents(m, r, hooks),
        .templated_session_key = has_templated_session_key(m, r, hooks),
        .at = at};
}

/* ---- at the start ------------------------------------------------------------------------------
 */

/* With a slash in front and none behind; empty when that leaves the root. */
static struct str base_path(const struct model *m) {
    struct str path = ids_trim(m->hooks.path.v);
    if (!path.n) path = STR("/hooks");
    if (!str_starts(path, STR("/"))) path = str_concat(m->arena, STR("/"), path);
    while (path.n && path.p[path.n - 1] == '/') path.n--;
    return path;
}

static int by_text(const void *left, const void *right) {
    return str_compare(*(const struct str *)left, *(const struct str *)right);
}

static size_t drop_repeated(struct str *v, size_t n) {
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!kept || !str_equal(v[kept - 1], v[i])) v[kept++] = v[i];
    return kept;
}

static void read_allowed(const struct model *m, struct hooks_policy *p) {
    const struct text_list *list = &m->hooks.allowed_agents;
    struct str *v = ARENA_ARRAY(m->arena, struct str, list->n);
    size_t n = 0;
    p->any_agent = !list->set;
    for (size_t i = 0; i < list->n; i++) {
        struct str entry = ids_trim(list->v[i].v);
        p->any_agent = p->any_agent || str_equal(entry, STR("*"));
        if (entry.n) v[n++] = ids_agent(m->arena, entry);
    }
    if (n) qsort(v, n, sizeof *v, by_text);
    p->allowed_agents = (struct names){v, drop_repeated(v, n)};
}

static void read_prefixes(const struct model *m, struct hooks_policy *p) {
    const struct text_list *list = &m->hooks.session_key_prefixes;
    struct str *v = ARENA_ARRAY(m->arena, struct str, list->n);
    struct map seen = map_new(m->arena);
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        struct str prefix = ids_token(m->arena, list->v[i].v);
        bool is_new;
        map_put(&seen, prefix, 1, &is_new);
        if (prefix.n && is_new) v[n++] = prefix;
    }
    p->prefixes = (struct names){v, n};
}

static bool has_prefix(const struct hooks_policy *p, struct str key) {
    for (size_t i = 0; i < p->prefixes.n; i++)
        if (str_starts(key, p->prefixes.v[i])) return true;
    return !p->prefixes.n;
}

static struct str default_agent(const struct model *m) {
    const struct roster *roster = &m->loaded->roster;
    if (!m->gateway->roster_entries) {
        int32_t agent = m->routing.default_agent;
        return agent < 0 ? STR("") : m->routing.agents[agent];
    }
    if (roster->marker.n) return roster->marker;
    return roster->agents.n == 1 ? roster->agents.v[0].id : STR("");
}

static const char *problem_of(const struct model *m, const struct hooks_policy *p) {
    if (!p->token.n) return "hooks.enabled needs hooks.token";
    if (!p->base_path.n) return "hooks.path must not be the root";
    if (p->default_session_key.n && !has_prefix(p, ids_token(m->arena, p->default_session_key)))
        return "hooks.defaultSessionKey must begin with one of hooks.allowedSessionKeyPrefixes";
    if (!p->default_session_key.n && !has_prefix(p, STR("hook:example")))
        return "hooks.allowedSessionKeyPrefixes needs hook: where there is no defaultSessionKey";
    if (m->gateway->hooks_template_needs_prefixes && m->hooks.templated_session_key &&
        !p->prefixes.n)
        return "a mapping makes session keys of requests: hooks.allowedSessionKeyPrefixes must say "
               "which";
    return NULL;
}

struct hooks_policy hooks_resolve(const struct model *m) {
    struct hooks_policy p = {.enabled = m->hooks.enabled.v,
                             .base_path = base_path(m),
                             .token = m->hooks.token.v,
                             .default_agent = default_agent(m),
                             .default_session_key = ids_trim(m->hooks.default_session_key.v),
                             .allow_request_session_key = m->hooks.allow_request_session_key.v};
    if (!p.enabled) return p;
    read_allowed(m, &p);
    read_prefixes(m, &p);
    p.problem = problem_of(m, &p);
    return p;
}
