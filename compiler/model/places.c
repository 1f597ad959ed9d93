#include "model/places.h"

#include "load/files.h"
#include "model/locations.h"
#include "model/model.h"

struct places places_of(struct arena *a, struct str name, const struct discovered *found,
                        struct str directory) {
    if (found)
        return (struct places){.home = found->home,
                               .directory = directory,
                               .state = found->state,
                               .credentials = found->credentials,
                               .workspace = found->workspace};
    struct str state = str_format(a, "<state of " STR_FMT ">", STR_ARG(name));
    return (struct places){.state = state,
                           .credentials = location_join(a, state, STR("credentials"))};
}

/* While paths are worked out, all of them are absolute: symbols stand in the root. */
static const struct str home_symbol = {"/~", 2};
static const struct str directory_symbol = {"/<working directory>", 20};

static struct str without_root(struct str path) {
    bool symbol = location_contains(home_symbol, path) || location_contains(directory_symbol, path);
    return symbol ? str_slice(path, 1, path.n) : path;
}

struct discovered places_discover(struct arena *a, const struct host_process *p) {
    struct environment *e = environment_copy(a, p->environment);
    environment_set(e, STR("HOME"), p->home.n ? p->home : home_symbol);
    if (p->state.n) environment_set(e, STR("OPENCLAW_STATE_DIR"), p->state);
    struct discover d = {.arena = a,
                         .gateway = p->gateway,
                         .environment = e,
                         .directory = p->directory.n ? p->directory : directory_symbol,
                         .profile = p->profile,
                         .dev = p->dev};
    struct discovered found = discover_paths(&d);
    found.home = without_root(found.home);
    found.state = without_root(found.state);
    found.config = without_root(found.config);
    found.credentials = without_root(found.credentials);
    found.workspace = without_root(found.workspace);
    return found;
}

struct str model_path(const struct model *m, struct str written) {
    const struct places *p = &m->places;
    bool below_home = str_equal(written, STR("~")) || str_starts(written, STR("~/"));
    if (below_home && str_starts(p->home, STR("/")))
        return files_absolute(m->arena, p->home, str_slice(written, 2, written.n));
    if (below_home || !p->directory.n) return location_normal(m->arena, written);
    return files_absolute(m->arena, p->directory, written);
}
