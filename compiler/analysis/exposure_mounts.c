/* Directories of the host that sandboxes mount. */
#include "analysis/analysis.h"
#include "model/ids.h"
#include "model/locations.h"

struct home {
    struct str path;
    bool assumed;
};

struct mounts {
    struct analysis *s;
    ARRAY(struct home) homes;
    bool homes_known;
};

static void add_home(struct mounts *k, struct str path) {
    struct str home = location_normal(k->s->arena, path);
    if (!str_equal(home, STR("/"))) ARRAY_PUSH(k->s->arena, k->homes) = (struct home){home, false};
}

/* The homes that variables name; of an unknown one its reference, which paths may begin with. */
static void find_homes(struct mounts *k) {
    const struct gateway_data *g = k->s->model->gateway;
    const struct environment *env = k->s->model->loaded->environment;
    const struct conditions *told = k->s->model->conditions;
    k->homes_known = env->complete;
    if (told && told->home.n) add_home(k, told->home);
    for (size_t i = 0; i < g->home_variables.n; i++) {
        struct str name = g->home_variables.v[i], value = environment_get(env, name);
        if (str_equal(name, STR("HOME")) && value.p) k->homes_known = true;
        if (!value.p && !env->complete)
            value = str_format(k->s->arena, "${" STR_FMT "}", STR_ARG(name));
        if (value.n) add_home(k, value);
    }
}

/* The part of a path that looks like somebody's home: /home/anna, /Users/anna. */
static struct str likely_home(struct str path) {
    static const char *const parents[] = {"/home/", "/Users/"};
    for (size_t i = 0; i < sizeof parents / sizeof *parents; i++) {
        struct str parent = str_from(parents[i]);
        if (!str_starts(path, parent)) continue;
        size_t end = str_find(path, STR("/"), parent.n);
        return str_slice(path, 0, end == SIZE_MAX ? path.n : end);
    }
    return STR("");
}

static bool is_blocked(const struct mounts *k, struct str blocked, struct bind_mount *b) {
    bool targets = location_contains(blocked, b->source);
    bool covers = k->s->model->gateway->blocked_covers && location_contains(b->source, blocked);
    if (!targets && !covers) return false;
    b->blocked = blocked;
    b->covers = !targets;
    return true;
}

static bool is_blocked_below(const struct mounts *k, struct home home, struct bind_mount *b) {
    struct names below = k->s->model->gateway->blocked_home;
    for (size_t i = 0; i < below.n; i++)
        if (is_blocked(k, location_join(k->s->arena, home.path, below.v[i]), b)) {
            b->assumed = home.assumed;
            return true;
        }
    return false;
}

/* Where the home is not known: a home, or the directory of all homes, as they are usually called.
 */
static void guess(const struct mounts *k, struct bind_mount *b) {
    bool all = str_equal(b->source, STR("/home")) || str_equal(b->source, STR("/Users"));
    struct str home =
        all ? location_join(k->s->arena, b->source, STR("*")) : likely_home(b->source);
    if (home.n) is_blocked_below(k, (struct home){home, true}, b);
}

/* The blocked paths in the gateway's order; the first that is hit is named. */
static void find_blocked(const struct mounts *k, struct bind_mount *b) {
    const struct gateway_data *g = k->s->model->gateway;
    if (str_equal(b->source, STR("/"))) {
        b->blocked = b->source;
        b->covers = true;
        return;
    }
    for (size_t i = 0; i < g->blocked_paths.n; i++)
        if (is_blocked(k, g->blocked_paths.v[i], b)) return;
    for (size_t i = 0; i < k->homes.n; i++)
        if (is_blocked_below(k, k->homes.v[i], b)) return;
    if (!k->homes_known) guess(k, b);
}

static void add_bind(const struct mounts *k, struct exposure *e, const struct container *c,
                     const struct text *entry) {
    struct str written = ids_trim(entry->v);
    size_t colon = str_find(written, STR(":"), 0);
    struct str source = str_slice(written, 0, colon == SIZE_MAX ? written.n : colon);
    struct bind_mount b = {
        .in = k->s, .container = c, .entry = entry, .source = location_normal(k->s->arena, source)};
    bool readable =
        str_starts(source, STR("/")) || (entry->symbolic && str_starts(source, STR("$")));
    b.relative = !readable && !entry->symbolic;
    if (readable) find_blocked(k, &b);
    ARRAY_PUSH(k->s->arena, e->binds) = b;
}

void exposure_of_mounts(struct analysis *s, struct exposure *e) {
    const struct surface *f = &s->model->surface;
    struct mounts k = {.s = s};
    find_homes(&k);
    for (size_t i = 0; i < f->containers.n; i++)
        for (size_t j = 0; j < f->containers.v[i].binds.n; j++)
            add_bind(&k, e, &f->containers.v[i], &f->containers.v[i].binds.v[j]);
}
