/* A gateway of a Compose service: its container's environment, flags, paths, mounts. */
#include <string.h>

#include "base/buf.h"
#include "compose/interpolate.h"
#include "model/fleet_reading.h"
#include "model/ids.h"
#include "model/locations.h"

/* ---- environment -------------------------------------------------------------------------------
 */

struct environment *fleet_environment(struct arena *a, const struct compose_service *s) {
    struct environment *e = environment_new(a);
    e->complete = !s->environment_unknown;
    environment_set(e, STR("HOME"), STR("/home/node")); /* the image's user is node */
    for (size_t i = 0; i < s->environment.n; i++)
        environment_set(e, s->environment.v[i].name, s->environment.v[i].value);
    return e;
}

struct environment *fleet_environment_known(struct arena *a, const struct compose_service *s) {
    struct environment *e = fleet_environment(a, s);
    for (size_t i = 0; i < s->environment.n; i++)
        if (interpolate_is_unknown(s->environment.v[i].value))
            environment_set_unknown(e, s->environment.v[i].name);
    return e;
}

/* ---- flags -------------------------------------------------------------------------------------
 */

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct str unquoted(struct str s) {
    while (s.n && (s.p[0] == '"' || s.p[0] == '\'')) s = str_slice(s, 1, s.n);
    while (s.n && (s.p[s.n - 1] == '"' || s.p[s.n - 1] == '\'')) s.n--;
    return s;
}

/* The value of `--name VALUE` or `--name=VALUE` in a command; the last one counts. */
static struct str flag_of(struct str command, struct str name) {
    struct str found = STR("");
    bool next = false;
    for (size_t at = 0; at < command.n;) {
        while (at < command.n && is_blank(command.p[at])) at++;
        size_t end = at;
        while (end < command.n && !is_blank(command.p[end])) end++;
        struct str word = unquoted(str_slice(command, at, end));
        at = end;
        if (next) found = word;
        next = str_equal(word, name);
        if (!next && str_starts(word, name) && word.p[name.n] == '=')
            found = unquoted(str_slice(word, name.n + 1, word.n));
    }
    return found;
}

/* ---- paths -------------------------------------------------------------------------------------
 */

/* A name that no profile can have names none. */
static const struct environment *with_valid_profile(struct arena *a, const struct environment *e) {
    struct str name = STR("OPENCLAW_PROFILE");
    struct str profile = ids_trim(environment_get(e, name));
    if (!profile.n || discover_is_profile(profile)) return e;
    struct environment *copy = environment_copy(a, e);
    environment_set(copy, name, STR(""));
    return copy;
}

static struct discover discovery(struct arena *a, const struct compose_service *s,
                                 const struct environment *e, const struct gateway_data *data,
                                 struct str profile) {
    struct str directory = s->working_dir.n ? s->working_dir : STR("/app");
    return (struct discover){.arena = a,
                             .gateway = data,
                             .environment = with_valid_profile(a, e),
                             .directory = files_absolute(a, STR("/"), directory),
                             .os_home = STR("/home/node"),
                             .keeps_set = true, /* what the project says of a container stands */
                             .profile = discover_is_profile(profile) ? profile : STR("")};
}

struct str fleet_config_path(struct arena *a, const struct compose_service *s,
                             const struct gateway_data *data) {
    struct environment *e = fleet_environment(a, s);
    struct discover d = discovery(a, s, e, data, flag_of(s->command, STR("--profile")));
    return discover_paths(&d).config;
}

struct str fleet_inside(const struct fleet_reading *r, struct str path) {
    struct str home = r->paths.home;
    struct str directory = r->service->working_dir.n ? r->service->working_dir : STR("/app");
    if (str_equal(path, STR("~"))) return home;
    if (str_starts(path, STR("~/")))
        return files_absolute(r->arena, home, str_slice(path, 2, path.n));
    return files_absolute(r->arena, files_absolute(r->arena, STR("/"), directory), path);
}

/* What OPENCLAW_WORKSPACE_DIR names. `~` is the home in every path of a fleet: also in this one,
 * where the gateway itself would not expand it. */
static struct str named_workspace(const struct fleet_reading *r) {
    if (!r->g->data->workspace_follows_state) return STR("");
    return ids_trim(environment_get(r->environment, STR("OPENCLAW_WORKSPACE_DIR")));
}

struct fleet_path fleet_locate(const struct fleet_reading *r, struct str inside) {
    struct fleet_path p = {.inside = inside, .located = STR(""), .at = r->service->volumes_at};
    const struct compose_mount *m = compose_mount_of(r->service, inside);
    if (!m || !m->source.n) return p;
    struct str target = str_equal(m->target, STR("/")) ? STR("") : m->target;
    struct str rest = str_slice(inside, target.n, inside.n);
    struct str source = str_equal(m->source, STR("/")) ? STR("") : m->source;
    p.located = rest.n ? str_concat(r->arena, source, rest) : m->source;
    p.read_only = m->read_only;
    p.at = m->at;
    return p;
}

/* A directory of the host in which its Docker daemon's socket lies, or the socket. */
static bool is_socket(const struct compose_mount *m) {
    static const char *const above[] = {"/", "/var", "/var/run", "/run"};
    if (m->kind != MOUNT_BIND) return false;
    if (str_ends(m->source, STR("/docker.sock"))) return true;
    for (size_t i = 0; i < sizeof above / sizeof *above; i++)
        if (str_equal(m->source, str_from(above[i]))) return true;
    return false;
}

static void add_mounts(const struct fleet_reading *r) {
    for (size_t i = 0; i < r->service->mounts.n; i++) {
        const struct compose_mount *m = &r->service->mounts.v[i];
        if (!m->source.n) continue;
        bool socket = is_socket(m);
        ARRAY_PUSH(r->arena, r->g->mounts) =
            (struct fleet_mount){m->source, m->read_only, socket, m->secret, m->at};
        if (socket) r->g->daemon = STR("host");
    }
    if (!r->g->daemon.n)
        r->g->daemon = ids_trim(environment_get(r->environment, STR("DOCKER_HOST")));
}

/* ---- network -----------------------------------------------------------------------------------
 */

/* Whose network namespace a service has: `service:x` leads on, a circle ends where it began. */
static void find_owner(struct fleet_gateway *g, const struct compose_project *p,
                       const struct compose_service *s) {
    for (size_t steps = 0; steps <= p->services.n; steps++) {
        struct str mode = s->network_mode;
        const struct compose_service *next = NULL;
        g->owner = s;
        g->namespace = s->name;
        if (str_starts(mode, STR("service:"))) {
            next = compose_service(p, str_slice(mode, 8, mode.n));
        } else if (str_starts(mode, STR("container:"))) {
            const uint32_t *i = map_get(&p->by_container, str_slice(mode, 10, mode.n));
            next = i ? &p->services.v[*i] : NULL;
        }
        bool elsewhere = str_equal(mode, STR("host")) || str_starts(mode, STR("container:"));
        if (!next && elsewhere) {
            g->owner = NULL;
            g->namespace = mode;
        }
        if (!next || next == s) return;
        s = next;
    }
}

/* A variable's place, or that of the service. */
static place variable_place(const struct fleet_reading *r, struct names names) {
    for (size_t i = 0; i < names.n; i++) {
        const struct compose_variable *v = compose_variable(r->service, names.v[i]);
        if (v && v->value.n) return v->at;
    }
    return 0;
}

static void read_port(const struct fleet_reading *r) {
    const struct gateway_data *data = r->g->data;
    struct environment *e = environment_copy(r->arena, r->environment);
    node_id gateway = tree_member(r->tree, r->config, STR("gateway"));
    node_id port = tree_member(r->tree, gateway, STR("port"));
    double written = tree_is(r->tree, port, NODE_NUMBER) ? tree_node(r->tree, port)->u.number : 0;
    bool flag = r->port_flag.n && r->port_flag.p[0] >= '0' && r->port_flag.p[0] <= '9';
    if (flag && data->port_variables.n) /* the flag goes before the variable */
        environment_set(e, data->port_variables.v[0], r->port_flag);
    struct discover d = discovery(r->arena, r->service, e, data, r->profile_flag);
    r->g->port = (int64_t)discover_port(&d, written);
    place around = tree_is(r->tree, gateway, NODE_OBJECT) ? gateway : r->g->at;
    place variable = variable_place(r, data->port_variables);
    r->g->port_at = flag ? r->service->command_at : variable ? variable : port ? port : around;
    node_id browser = tree_member(r->tree, r->config, STR("browser"));
    bool off = fleet_is(r, browser, "enabled", false);
    r->g->used_ports = off ? data->used_ports_without_browser : data->used_ports;
    r->g->n_used_ports = off ? data->n_used_ports_without_browser : data->n_used_ports;
}

static void read_bind(const struct fleet_reading *r) {
    const struct gateway_data *data = r->g->data;
    node_id gateway = tree_member(r->tree, r->config, STR("gateway"));
    node_id tailscale = tree_member(r->tree, gateway, STR("tailscale"));
    struct str served = fleet_member(r, tailscale, "mode");
    struct str bind = r->bind_flag.n ? r->bind_flag : fleet_member(r, gateway, "bind");
    node_id written = tree_member(r->tree, gateway, STR("bind"));
    if (!bind.n) bind = data->container_bind;
    if (!r->bind_flag.n && !written && served.n && !str_equal(served, STR("off")))
        bind = STR("loopback");
    struct str host = fleet_member(r, gateway, "customBindHost");
    r->g->loopback = str_equal(bind, STR("loopback")) ||
                     (data->auto_binds_loopback && str_equal(bind, STR("auto"))) ||
                     (str_equal(bind, STR("custom")) && str_starts(host, STR("127.")));
    place around = tree_is(r->tree, gateway, NODE_OBJECT) ? gateway
                   : r->config                            ? r->config
                                                          : r->g->at;
    r->g->bind_at = r->bind_flag.n ? r->service->command_at : written ? written : around;
}

/* ---- the gateway -------------------------------------------------------------------------------
 */

/* Variables that the config sets where the container does not: `env.X` goes before `env.vars.X`. */
static void add_own_variables(const struct fleet_reading *r) {
    node_id env = tree_member(r->tree, r->config, STR("env"));
    node_id vars = tree_member(r->tree, env, STR("vars"));
    for (int direct = 1; direct >= 0; direct--)
        for (TREE_EACH(r->tree, n, direct ? env : vars)) {
            struct str name = tree_key_text(r->tree, tree_node(r->tree, n)->key);
            if (!tree_is(r->tree, n, NODE_STRING) || !tree_text(r->tree, n).n) continue;
            if (environment_get(r->environment, name).n) continue;
            environment_set(r->environment, name, tree_text(r->tree, n));
        }
}

/* Its log file, or the directory in which they lie. */
static struct str log_of(const struct fleet_reading *r) {
    struct str file = fleet_member(r, tree_member(r->tree, r->config, STR("logging")), "file");
    return file.n ? fleet_inside(r, file) : STR("/tmp/openclaw");
}

static void add_texts(const struct fleet_reading *r) {
    for (size_t i = 0; i < r->service->environment.n; i++) {
        const struct compose_variable *v = &r->service->environment.v[i];
        ARRAY_PUSH(r->arena, r->g->texts) = (struct fleet_text){.text = v->value, .at = v->at};
    }
}

struct fleet_gateway *fleet_of_service(struct arena *a, struct tree *t,
                                       const struct compose_project *p,
                                       const struct compose_service *s, node_id config,
                                       const struct gateway_data *data) {
    struct fleet_gateway *g = ARENA_NEW(a, struct fleet_gateway);
    *g = (struct fleet_gateway){.name = s->name,
                                .data = data,
                                .service = s,
                                .at = s->at,
                                .config_seen = config != 0,
                                .environment_unknown = s->environment_unknown};
    struct fleet_reading r = {.arena = a,
                              .tree = t,
                              .service = s,
                              .config = config,
                              .environment = fleet_environment(a, s),
                              .port_flag = flag_of(s->command, STR("--port")),
                              .bind_flag = flag_of(s->command, STR("--bind")),
                              .profile_flag = flag_of(s->command, STR("--profile")),
                              .g = g};
    add_own_variables(&r);
    struct discover d = discovery(a, s, r.environment, data, r.profile_flag);
    r.paths = discover_paths(&d);
    g->profile = r.paths.profile;
    if (named_workspace(&r).n) r.paths.workspace = fleet_inside(&r, named_workspace(&r));
    find_owner(g, p, s);
    add_mounts(&r);
    g->state = fleet_locate(&r, r.paths.state);
    g->config = fleet_locate(&r, r.paths.config);
    g->log = fleet_locate(&r, log_of(&r));
    read_port(&r);
    read_bind(&r);
    ARRAY_PUSH(a, g->credentials) = fleet_locate(&r, r.paths.credentials);
    fleet_read_agents(&r);
    fleet_read_stores(&r);
    fleet_read_channels(&r);
    fleet_read_config(&r);
    add_texts(&r);
    return g;
}
