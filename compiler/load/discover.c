#include "load/discover.h"

#include "load/files.h"
#include "model/ids.h"

static struct str variable(const struct discover *d, const char *name) {
    return ids_trim(environment_get(d->environment, str_from(name)));
}

/* The first of several variables that is not blank. */
static struct str first_of(const struct discover *d, struct names variables) {
    struct str value = STR("");
    for (size_t i = 0; i < variables.n && !value.n; i++)
        value = ids_trim(environment_get(d->environment, variables.v[i]));
    return value;
}

static bool exists(const struct discover *d, struct str path) {
    return d->exists && d->exists(d->context, path);
}

static struct str join(const struct discover *d, struct str directory, struct str name) {
    return files_absolute(d->arena, directory, name);
}

/* ---- home --------------------------------------------------------------------------------------
 */

static bool is_below_home(struct str path) {
    return str_equal(path, STR("~")) || str_starts(path, STR("~/")) || str_starts(path, STR("~\\"));
}

/* A path of a variable: `~` is the home directory, relative ones lie in the working directory. */
static struct str resolve(const struct discover *d, struct str path, struct str home) {
    if (is_below_home(path))
        return files_absolute(d->arena, home, str_slice(path, path.n > 1 ? 2 : 1, path.n));
    return files_absolute(d->arena, d->directory, path);
}

static bool is_named(const struct discover *d, struct str value) {
    if (!d->gateway->home_ignores_null) return value.n != 0;
    return value.n && !str_equal(value, STR("undefined")) && !str_equal(value, STR("null"));
}

static struct str home_of(const struct discover *d) {
    struct str system = variable(d, "HOME");
    if (!is_named(d, system)) system = variable(d, "USERPROFILE");
    if (!is_named(d, system)) system = d->os_home.n ? d->os_home : d->directory;
    struct str own = variable(d, "OPENCLAW_HOME");
    system = files_absolute(d->arena, d->directory, system);
    return is_named(d, own) ? resolve(d, own, system) : system;
}

/* ---- profile -----------------------------------------------------------------------------------
 */

bool discover_is_profile(struct str name) {
    enum { LONGEST = 64 };
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool first = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!first && (i == 0 || (c != '-' && c != '_'))) return false;
    }
    return name.n && name.n <= LONGEST;
}

static bool is_default(const struct discover *d, struct str profile) {
    return str_equal(ids_lower(d->arena, profile), STR("default"));
}

static struct str profile_state(const struct discover *d, struct str profile, struct str home) {
    if (!profile.n || is_default(d, profile)) return join(d, home, STR(".openclaw"));
    return join(d, home, str_concat(d->arena, STR(".openclaw-"), profile));
}

/* What the variables are once `--profile` has been applied to them. */
struct selected {
    struct str profile, state, config; /* as written; empty: not set */
};

/* Without the flag, what is set stands; with it, what is not set is that of the profile, and (newer
 * gateway) what is set to another profile's is changed. */
static struct selected select_profile(const struct discover *d, struct str home) {
    struct selected s = {variable(d, "OPENCLAW_PROFILE"), first_of(d, d->gateway->state_variables),
                         first_of(d, d->gateway->config_variables)};
    struct str flag = d->dev ? STR("dev") : ids_trim(d->profile);
    if (!flag.n) return s;
    struct str inherited = profile_state(d, s.profile, home);
    struct str chosen = profile_state(d, flag, home);
    bool switches = d->gateway->profile_switches && !d->keeps_set && !str_equal(inherited, chosen);
    bool moves = s.state.n && switches && str_equal(resolve(d, s.state, home), inherited);
    bool replaces = s.config.n && switches && (!s.state.n || moves) &&
                    str_equal(resolve(d, s.config, home), join(d, inherited, STR("openclaw.json")));
    if (!s.state.n || moves) s.state = chosen;
    if (!s.config.n || replaces)
        s.config = join(d, resolve(d, s.state, home), STR("openclaw.json"));
    s.profile = flag;
    return s;
}

/* ---- state and config --------------------------------------------------------------------------
 */

static struct str default_state(const struct discover *d, struct str home) {
    struct str state = join(d, home, STR(".openclaw"));
    if (exists(d, state)) return state;
    for (size_t i = 0; i < d->gateway->legacy_state.n; i++) {
        struct str legacy = join(d, home, d->gateway->legacy_state.v[i]);
        if (exists(d, legacy)) return legacy;
    }
    return state;
}

/* The first config file that exists in a directory, or empty. */
static struct str existing_config(const struct discover *d, struct str directory) {
    for (size_t i = 0; i < d->gateway->config_names.n; i++) {
        struct str path = join(d, directory, d->gateway->config_names.v[i]);
        if (exists(d, path)) return path;
    }
    return STR("");
}

static struct str config_of(const struct discover *d, const struct selected *s,
                            const struct discovered *found) {
    if (s->config.n) return resolve(d, s->config, found->home);
    struct str config = existing_config(d, found->state);
    bool elsewhere = !s->state.n || d->gateway->state_falls_back;
    if (!config.n && elsewhere) config = existing_config(d, join(d, found->home, STR(".openclaw")));
    for (size_t i = 0; !config.n && elsewhere && i < d->gateway->legacy_state.n; i++)
        config = existing_config(d, join(d, found->home, d->gateway->legacy_state.v[i]));
    return config.n ? config : join(d, found->state, STR("openclaw.json"));
}

static struct str workspace_of(const struct discover *d, const struct selected *s,
                               const struct discovered *found) {
    bool named = s->profile.n && !is_default(d, s->profile);
    if (!d->gateway->workspace_follows_state) {
        struct str name =
            named ? str_concat(d->arena, STR("workspace-"), s->profile) : STR("workspace");
        return join(d, join(d, found->home, STR(".openclaw")), name);
    }
    struct str own = variable(d, "OPENCLAW_WORKSPACE_DIR");
    if (own.n) return files_absolute(d->arena, d->directory, own);
    if (s->state.n) return join(d, found->state, STR("workspace"));
    return join(d, profile_state(d, s->profile, found->home), STR("workspace"));
}

struct discovered discover_paths(const struct discover *d) {
    struct discovered found = {.home = home_of(d), .problem = STR("")};
    struct str flag = ids_trim(d->profile);
    if (flag.n && !discover_is_profile(flag))
        found.problem = STR("the name of the profile must be 1 to 64 of A-Z a-z 0-9 _ -, beginning "
                            "with a letter or digit");
    else if (flag.n && d->dev && !str_equal(flag, STR("dev")))
        found.problem = STR("`--dev` is the profile `dev`: it goes with no other");
    struct selected s = select_profile(d, found.home);
    found.profile = s.profile;
    found.state = s.state.n ? resolve(d, s.state, found.home) : default_state(d, found.home);
    found.config = config_of(d, &s, &found);
    struct str credentials = variable(d, "OPENCLAW_OAUTH_DIR");
    found.credentials = credentials.n ? resolve(d, credentials, found.home)
                                      : join(d, found.state, STR("credentials"));
    found.workspace = workspace_of(d, &s, &found);
    return found;
}

/* ---- port --------------------------------------------------------------------------------------
 */

enum { PORT_MAX = 65535 };

/* Decimal digits only; 0 when it is no TCP port. */
static double tcp_port(struct str s) {
    double port = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return 0;
        if (port <= PORT_MAX) port = port * 10 + (s.p[i] - '0');
    }
    return port <= PORT_MAX ? port : 0;
}

/* "18789", "host:18789", "[::1]:18789". */
static double strict_port(struct str s) {
    size_t colon = str_find(s, STR(":"), 0);
    if (colon == SIZE_MAX) return tcp_port(s);
    size_t close = s.p[0] == '[' ? str_find(s, STR("]"), 0) : SIZE_MAX;
    if (close != SIZE_MAX && close > 1 && close + 1 < s.n && s.p[close + 1] == ':')
        return tcp_port(str_slice(s, close + 2, s.n));
    if (colon == 0 || str_find(s, STR(":"), colon + 1) != SIZE_MAX) return 0;
    return tcp_port(str_slice(s, colon + 1, s.n));
}

/* JavaScript's parseInt: the digits that it begins with. */
static double leading_number(struct str s) {
    double number = 0;
    size_t i = s.n && (s.p[0] == '+' || s.p[0] == '-') ? 1 : 0;
    for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) number = number * 10 + (s.p[i] - '0');
    return s.n && s.p[0] == '-' ? -number : number;
}

/* FNV-1a of the profile's name. */
static double profile_port(struct str profile) {
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < profile.n; i++) hash = (hash ^ (unsigned char)profile.p[i]) * 16777619U;
    return 20000 + hash % 40000;
}

double discover_port(const struct discover *d, double config_port) {
    struct str written = first_of(d, d->gateway->port_variables);
    struct str profile = d->dev ? STR("dev") : ids_trim(d->profile);
    if (!written.n && str_equal(profile, STR("dev"))) written = STR("19001");
    double port = d->gateway->profile_derived_port ? strict_port(written) : leading_number(written);
    if (port > 0) return port;
    if (config_port > 0) return config_port;
    if (!profile.n) profile = variable(d, "OPENCLAW_PROFILE");
    if (d->gateway->profile_derived_port && discover_is_profile(profile) && !is_default(d, profile))
        return profile_port(profile);
    return d->gateway->base_port;
}
