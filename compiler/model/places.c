#include "model/places.h"

#include "load/files.h"
#include "model/locations.h"
#include "model/model.h"

struct places places_of(struct arena *a, struct str name, struct str state,
                        const struct discovered *found, struct str directory) {
    if (found)
        return (struct places){.known = true,
                               .home = found->home,
                               .directory = directory,
                               .state = found->state,
                               .credentials = found->credentials,
                               .workspace = found->workspace};
    if (!state.n) state = str_format(a, "<state of " STR_FMT ">", STR_ARG(name));
    return (struct places){.state = state,
                           .credentials = location_join(a, state, STR("credentials"))};
}

struct str model_path(const struct model *m, struct str written) {
    const struct places *p = &m->places;
    if (!p->known) return location_normal(m->arena, written);
    bool home = str_equal(written, STR("~")) || str_starts(written, STR("~/"));
    if (home) return files_absolute(m->arena, p->home, str_slice(written, 2, written.n));
    return files_absolute(m->arena, p->directory, written);
}
