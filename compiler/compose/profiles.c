/* `profiles`: which services run. Without a choice every service is looked at, those with profiles
 * as ones that may run; with one, those that Compose would start. */
#include "compose/project.h"

static bool is_chosen(const struct compose_input *in, struct str profile) {
    for (size_t i = 0; i < in->n_profiles; i++)
        if (str_equal(in->profiles[i], STR("*")) || str_equal(in->profiles[i], profile))
            return true;
    return false;
}

static bool runs(const struct compose_input *in, const struct compose_service *s) {
    bool any = !s->profiles.n;
    for (size_t i = 0; i < s->profiles.n && !any; i++) any = is_chosen(in, s->profiles.v[i]);
    return any;
}

/* A name that no service has is most likely a slip of the pen; Compose says nothing about it. */
static void warn_unknown(struct composing *c, const struct map *known, struct str profile) {
    if (str_equal(profile, STR("*")) || map_get(known, profile)) return;
    struct diag *d = diag_add(c->diags, SEVERITY_WARN, "compose", SPAN_NONE,
                              "no service of the project has the profile `" STR_FMT "`",
                              STR_ARG(str_slice(profile, 0, 200)));
    d->own = true;
}

void compose_choose_services(struct composing *c, struct compose_project *p) {
    const struct compose_input *in = c->in;
    struct map known = map_new(c->arena);
    for (size_t i = 0; i < p->services.n; i++) {
        struct compose_service *s = &p->services.v[i];
        for (size_t k = 0; k < s->profiles.n; k++) map_put(&known, s->profiles.v[k], 1, NULL);
        s->left_out = in->n_profiles && !runs(in, s);
        for (size_t k = 0; k < s->profiles.n && !in->n_profiles; k++)
            ARRAY_PUSH(c->arena, s->open_profiles) = s->profiles.v[k];
    }
    for (size_t i = 0; i < in->n_profiles; i++) warn_unknown(c, &known, in->profiles[i]);
}
