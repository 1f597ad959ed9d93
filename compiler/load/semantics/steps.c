/* The rules over the whole config that follow the schema: the gateway stops at the first group that
 * finds something. Paths are resolved as text, from HOME and OPENCLAW_STATE_DIR; nothing is looked
 * up on the disk. */
#include "load/semantics/semantics.h"
#include "model/ids.h"
#include "syntax/tree.h"

/* ---- paths -------------------------------------------------------------------------------------
 */

static struct str variable(const struct semantics *s, const char *name) {
    struct str value = environment_get(s->v->environment, str_from(name));
    return value.p ? ids_trim(value) : STR("");
}

/* `.` and `..` taken out of an absolute path, or of one that begins with `~`. */
static struct str normal(const struct semantics *s, struct str path) {
    struct str *parts = ARENA_ARRAY(s->arena, struct str, path.n + 1);
    size_t n = 0;
    for (size_t from = 0; from <= path.n;) {
        size_t end = str_find(path, STR("/"), from);
        if (end == SIZE_MAX) end = path.n;
        struct str part = str_slice(path, from, end);
        from = end + 1;
        if (!part.n || str_equal(part, STR("."))) continue;
        if (str_equal(part, STR("..")))
            n -= n > 0;
        else
            parts[n++] = part;
    }
    struct str out = STR("");
    for (size_t i = 0; i < n; i++)
        out = str_concat(s->arena, str_concat(s->arena, out, STR("/")), parts[i]);
    return out.n ? out : STR("/");
}

static struct str join(const struct semantics *s, struct str dir, struct str name) {
    return str_concat(s->arena, str_concat(s->arena, dir, STR("/")), name);
}

/* What a person wrote as a path, resolved; an unknown home stays `/~`. */
static struct str resolved(const struct semantics *s, struct str written) {
    struct str path = ids_trim(written), home = variable(s, "OPENCLAW_HOME");
    if (!home.n) home = variable(s, "HOME");
    if (!home.n) home = STR("/~");
    if (str_equal(path, STR("~"))) return normal(s, home);
    if (str_starts(path, STR("~/"))) return normal(s, join(s, home, str_slice(path, 2, path.n)));
    if (str_starts(path, STR("/"))) return normal(s, path);
    return normal(s, join(s, STR("/."), path)); /* relative to a directory that is not known */
}

static struct str state_dir(const struct semantics *s) {
    struct str state = variable(s, "OPENCLAW_STATE_DIR");
    if (!state.n && s->dialect == OLDER) state = variable(s, "CLAWDBOT_STATE_DIR");
    return resolved(s, state.n ? state : STR("~/.openclaw"));
}

/* ---- environments of sandboxes -----------------------------------------------------------------
 */

static bool is_env_name(struct str name) {
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
        if (!letter && !(i && c >= '0' && c <= '9')) return false;
    }
    return name.n > 0;
}

static bool is_env_value(struct str value) {
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] == '\n' || value.p[i] == '\r' || value.p[i] == '\0') return false;
    return true;
}

static bool is_bad_env(const struct semantics *s, node_id entry) {
    return !is_env_name(semantics_key(s, entry)) || !is_env_value(tree_text(s->t, entry));
}

static void refuse_env(struct semantics *s, node_id entry, struct str place) {
    bool name = is_env_name(semantics_key(s, entry));
    struct diag *d = semantics_error(
        s, entry, "", "sandbox_env", "%s",
        name ? "a variable of a sandbox must be one line, without NUL: mount a file instead"
             : "the name of a variable is letters, digits and _, not beginning with a digit");
    d->path = place;
    if (!name) d->span = tree_key_span(s->t, entry);
}

/* The variables of the defaults that cannot be, until they are reported. */
struct bad_env {
    ARRAY(node_id) v;
};

static struct bad_env bad_defaults(struct semantics *s, node_id defaults) {
    struct bad_env bad = {0};
    for (TREE_EACH(s->t, entry, tree_path(s->t, defaults, "docker", "env", NULL)))
        if (is_bad_env(s, entry)) ARRAY_PUSH(s->arena, bad.v) = entry;
    return bad;
}

static bool is_container(const struct semantics *s, node_id own, node_id defaults) {
    struct str backend = ids_trim(semantics_text(s, own, "backend"));
    if (!backend.n) backend = ids_trim(semantics_text(s, defaults, "backend"));
    return !backend.n || str_equal(backend, STR("docker")) || str_equal(backend, STR("podman"));
}

/* The environment that one agent's sandbox gets (`agent` NULL: that of the defaults). */
static bool check_sandbox_env(struct semantics *s, node_id defaults,
                              const struct semantics_agent *agent, struct bad_env *bad) {
    node_id own = agent ? semantics_member(s, agent->node, "sandbox") : 0;
    struct str scope = semantics_text(s, own, "scope");
    if (!scope.n) scope = semantics_text(s, defaults, "scope");
    if (!is_container(s, own, defaults)) return false;
    bool shared = str_equal(scope, STR("shared")), found = false;
    node_id mine = shared ? 0 : tree_path(s->t, own, "docker", "env", NULL);
    size_t kept = 0;
    for (size_t i = 0; i < bad->v.n; i++) {
        struct str key = semantics_key(s, bad->v.v[i]);
        if (tree_member(s->t, mine, key)) {
            bad->v.v[kept++] = bad->v.v[i];
            continue;
        }
        found = true;
        refuse_env(s, bad->v.v[i],
                   str_concat(s->arena, STR("agents.defaults.sandbox.docker.env."), key));
    }
    bad->v.n = kept;
    if (!agent) return found;
    for (TREE_EACH(s->t, entry, mine)) {
        if (!is_bad_env(s, entry)) continue;
        found = true;
        refuse_env(s, entry,
                   str_format(s->arena, "agents.entries." STR_FMT ".sandbox.docker.env." STR_FMT,
                              STR_ARG(agent->written), STR_ARG(semantics_key(s, entry))));
    }
    return found;
}

static bool sandbox_environments(struct semantics *s) {
    const struct semantics_agent *agents;
    if (s->dialect == OLDER) return false;
    size_t n = semantics_agents(s, &agents);
    node_id defaults = tree_path(s->t, s->v->root, "agents", "defaults", "sandbox", NULL);
    struct bad_env bad = bad_defaults(s, defaults);
    bool found = n ? false : check_sandbox_env(s, defaults, NULL, &bad);
    for (size_t i = 0; i < n; i++) found |= check_sandbox_env(s, defaults, &agents[i], &bad);
    return found;
}

/* ---- directories of agents ---------------------------------------------------------------------
 */

/* `agent` NULL: only bindings name it. */
static struct str agent_dir(const struct semantics *s, const struct semantics_agent *agent,
                            struct str id) {
    struct str written = agent ? ids_trim(semantics_text(s, agent->node, "agentDir")) : STR("");
    if (written.n) return resolved(s, written);
    return normal(s, str_format(s->arena, STR_FMT "/agents/" STR_FMT "/agent",
                                STR_ARG(state_dir(s)), STR_ARG(id)));
}
struct dirs {
    struct map ids, by_dir;
    ARRAY(struct str) names;
    bool found;
};

/* Where an agent's directory is written, or the agent itself, or nothing. */
static node_id dir_node(const struct semantics *s, const struct semantics_agent *agents, size_t n,
                        struct str id) {
    for (size_t i = 0; i < n; i++) {
        if (!str_equal(agents[i].id, id)) continue;
        node_id dir = semantics_member(s, agents[i].node, "agentDir");
        return dir ? dir : agents[i].node;
    }
    return 0;
}

static void refuse_dir(struct semantics *s, const struct semantics_agent *agents, size_t n,
                       struct str first, struct str second) {
    struct diag *d = semantics_error(
        s, s->v->root, s->dialect == NEWER ? "agents.entries" : "agents.list",
        "duplicate_agent_dir",
        "the agents `" STR_FMT "` and `" STR_FMT "` have the same `agentDir`: sessions and "
        "credentials would collide, give each its own",
        STR_ARG(first), STR_ARG(second));
    node_id one = dir_node(s, agents, n, first), other = dir_node(s, agents, n, second);
    if (other) d->span = tree_key_span(s->t, other);
    if (other && one)
        diag_note_add(s->v->diags, d, tree_key_span(s->t, one), "the first one is here");
    else if (one)
        d->span = tree_key_span(s->t, one);
}

static void note_dir(struct semantics *s, struct dirs *dirs, const struct semantics_agent *agents,
                     size_t n, const struct semantics_agent *agent, struct str id) {
    bool is_new;
    map_put(&dirs->ids, id, 1, &is_new);
    if (!is_new) return;
    uint32_t at = (uint32_t)dirs->names.n;
    ARRAY_PUSH(s->arena, dirs->names) = id;
    uint32_t first = *map_put(&dirs->by_dir, agent_dir(s, agent, id), at, &is_new);
    if (is_new || dirs->found) return;
    dirs->found = true;
    refuse_dir(s, agents, n, dirs->names.v[first], id);
}

static bool agent_directories(struct semantics *s) {
    const struct semantics_agent *agents;
    size_t n = semantics_agents(s, &agents), named = 0;
    struct dirs dirs = {.ids = map_new(s->arena), .by_dir = map_new(s->arena)};
    for (size_t i = 0; i < n; i++) named += semantics_text(s, agents[i].node, "agentDir").n > 0;
    if (!named) return false; /* the default directories differ as the ids do */
    for (size_t i = 0; i < n; i++)
        if (s->dialect == NEWER || agents[i].written.n)
            note_dir(s, &dirs, agents, n, &agents[i], agents[i].id);
    for (TREE_EACH(s->t, binding, semantics_member(s, s->v->root, "bindings"))) {
        struct str id = semantics_text(s, binding, "agentId");
        if (ids_trim(id).n) note_dir(s, &dirs, agents, n, NULL, ids_agent(s->arena, id));
    }
    return dirs.found;
}

/* ---- avatars -----------------------------------------------------------------------------------
 */

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool starts_with(struct str s, const char *prefix) {
    size_t i = 0;
    for (; prefix[i]; i++)
        if (i == s.n || lower(s.p[i]) != prefix[i]) return false;
    return true;
}

static bool has_scheme(struct str s) {
    char first = s.n ? lower(s.p[0]) : '0';
    bool drive = s.n > 2 && s.p[1] == ':' && (s.p[2] == '\\' || s.p[2] == '/');
    if (first < 'a' || first > 'z' || drive) return false;
    for (size_t i = 1; i < s.n; i++) {
        char c = lower(s.p[i]);
        if (c == ':') return true;
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '+' && c != '.' && c != '-')
            return false;
    }
    return false;
}

static struct str workspace(const struct semantics *s, const struct semantics_agent *agent,
                            bool owner) {
    struct str own = ids_trim(semantics_text(s, agent->node, "workspace"));
    struct str shared = ids_trim(
        semantics_text(s, tree_path(s->t, s->v->root, "agents", "defaults", NULL), "workspace"));
    if (own.n) return resolved(s, own);
    if (owner && shared.n) return resolved(s, shared);
    if (owner)
        return join(s, s->dialect == NEWER ? state_dir(s) : resolved(s, STR("~/.openclaw")),
                    STR("workspace"));
    if (shared.n && s->dialect == NEWER) return join(s, resolved(s, shared), agent->id);
    return str_format(s->arena, STR_FMT "/workspace-" STR_FMT, STR_ARG(state_dir(s)),
                      STR_ARG(agent->id));
}

static bool contains(struct str outer, struct str inner) {
    return str_equal(outer, inner) || (str_starts(inner, outer) && inner.p[outer.n] == '/');
}

static bool check_avatar(struct semantics *s, const struct semantics_agent *agent, bool owner) {
    struct str avatar =
        ids_trim(semantics_text(s, semantics_member(s, agent->node, "identity"), "avatar"));
    if (!avatar.n || starts_with(avatar, "data:") || starts_with(avatar, "http://") ||
        starts_with(avatar, "https://"))
        return false;
    if (avatar.p[0] == '~' || has_scheme(avatar)) {
        semantics_error(s, agent->node, "identity.avatar", "avatar_form",
                        "an avatar is a path inside the workspace, an http(s) URL or a data: URI");
        return true;
    }
    struct str root = normal(s, workspace(s, agent, owner));
    struct str path = normal(s, avatar.p[0] == '/' ? avatar : join(s, root, avatar));
    if (contains(root, path)) return false;
    semantics_error(s, agent->node, "identity.avatar", "avatar_outside_workspace",
                    "an avatar must lie inside the agent's workspace");
    return true;
}

/* The agent that has the default workspace: the marked one, else the first of the older gateway and
 * the only one of the newer. */
static size_t owner_of(const struct semantics *s, const struct semantics_agent *agents, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (s->v->legacy_default ? str_equal(agents[i].id, s->v->marker)
                                 : semantics_is_true(s, agents[i].node, "default"))
            return i;
    return s->dialect == OLDER || n == 1 ? 0 : SIZE_MAX;
}

static bool avatars(struct semantics *s) {
    const struct semantics_agent *agents;
    size_t n = semantics_agents(s, &agents);
    size_t owner = owner_of(s, agents, n);
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        if (!semantics_member(s, agents[i].node, "identity")) continue;
        unsigned steps = semantics_enter_agent(s, &agents[i]);
        found |= check_avatar(s, &agents[i], i == owner);
        semantics_leave(s, steps);
    }
    return found;
}

/* ---- the gateway -------------------------------------------------------------------------------
 */

static bool is_loopback(struct str host) {
    unsigned dots = 0, digits = 0;
    for (size_t i = 0; i < host.n; i++) {
        if (host.p[i] == '.') {
            if (!digits) return false;
            dots++;
            digits = 0;
        } else if (host.p[i] >= '0' && host.p[i] <= '9') {
            digits++;
        } else {
            return false;
        }
    }
    return dots == 3 && digits && str_starts(host, STR("127."));
}

static struct str tailscale_mode(const struct semantics *s) {
    struct str mode =
        tree_text(s->t, tree_path(s->t, s->v->root, "gateway", "tailscale", "mode", NULL));
    bool on = str_equal(mode, STR("serve")) || str_equal(mode, STR("funnel"));
    return on ? mode : STR("");
}

static bool tailscale_bind(struct semantics *s) {
    node_id gateway = semantics_member(s, s->v->root, "gateway");
    struct str bind = semantics_text(s, gateway, "bind"), mode = tailscale_mode(s);
    if (!mode.n || !bind.n || str_equal(bind, STR("loopback"))) return false;
    if (str_equal(bind, STR("custom")) && is_loopback(semantics_text(s, gateway, "customBindHost")))
        return false;
    semantics_error(s, s->v->root, "gateway.bind", "tailscale_requires_loopback",
                    "with `tailscale.mode: \"" STR_FMT "\"` the gateway must listen on loopback: "
                    "`bind: \"loopback\"`",
                    STR_ARG(mode));
    return true;
}

static bool tailscale_auth(struct semantics *s) {
    struct str mode = tailscale_mode(s);
    struct str auth = tree_text(s->t, tree_path(s->t, s->v->root, "gateway", "auth", "mode", NULL));
    if (s->dialect == OLDER || !mode.n || !str_equal(auth, STR("none"))) return false;
    semantics_error(s, s->v->root, "gateway.auth.mode", "tailscale_auth",
                    "with `tailscale.mode: \"" STR_FMT "\"` the gateway must ask for a token or a "
                    "password",
                    STR_ARG(mode));
    return true;
}

/* ---- models ------------------------------------------------------------------------------------
 */

static void add_aliases(const struct semantics *s, node_id models, struct map *aliases) {
    for (TREE_EACH(s->t, entry, models)) {
        struct str alias = semantics_token(s, semantics_text(s, entry, "alias"));
        if (alias.n) map_put(aliases, alias, 1, NULL);
    }
}

bool semantics_is_model_ref(struct str ref) {
    size_t slash = str_find(ref, STR("/"), 0), star = str_find(ref, STR("*"), 0);
    if (slash == SIZE_MAX || slash == 0 || slash + 1 == ref.n) return false;
    if (star == SIZE_MAX) return true;
    return star + 1 == ref.n && ref.p[star - 1] == '/';
}

static bool check_policy(struct semantics *s, node_id owner, node_id models,
                         const struct map *common) {
    struct map own = map_new(s->arena);
    node_id allow = tree_path(s->t, owner, "modelPolicy", "allow", NULL);
    bool found = false;
    uint32_t i = 0;
    checking_enter_key(s->c, STR("modelPolicy"));
    checking_enter_key(s->c, STR("allow"));
    if (allow) add_aliases(s, models, &own);
    for (TREE_EACH(s->t, ref, allow)) {
        struct str text = ids_trim(tree_text(s->t, ref)), token = semantics_token(s, text);
        checking_enter_index(s->c, i++);
        if (!semantics_is_model_ref(text) && !map_get(common, token) && !map_get(&own, token)) {
            semantics_error(s, ref, "", "model_policy_ref",
                            "this must be an alias, `provider/model` or `provider/*`");
            found = true;
        }
        checking_leave(s->c);
    }
    semantics_leave(s, 2);
    return found;
}

static bool model_policies(struct semantics *s) {
    const struct semantics_agent *agents;
    if (s->dialect == OLDER) return false;
    node_id defaults = tree_path(s->t, s->v->root, "agents", "defaults", NULL);
    checking_enter_key(s->c, STR("agents"));
    checking_enter_key(s->c, STR("defaults"));
    struct map common = map_new(s->arena);
    add_aliases(s, semantics_member(s, defaults, "models"), &common);
    bool found = check_policy(s, defaults, 0, &common);
    semantics_leave(s, 2);
    size_t n = semantics_agents(s, &agents);
    for (size_t i = 0; i < n; i++) {
        unsigned steps = semantics_enter_agent(s, &agents[i]);
        found |=
            check_policy(s, agents[i].node, semantics_member(s, agents[i].node, "models"), &common);
        semantics_leave(s, steps);
    }
    return found;
}

semantics_step *const semantics_steps[] = {
    sandbox_environments, agent_directories, avatars, tailscale_bind,
    tailscale_auth,       model_policies,    NULL};
