#include "compose/compose.h"

#include <stdlib.h>

#include "compose/project.h"
#include "model/locations.h"

static int by_start(const void *left, const void *right) {
    const struct written *a = left, *b = right;
    if (a->file != b->file) return a->file < b->file ? -1 : 1;
    return a->start < b->start ? -1 : a->start > b->start;
}

static void read_services(struct composing *c, struct compose_project *p) {
    node_id services = tree_member(c->tree, p->root, STR("services"));
    if (!tree_is(c->tree, services, NODE_OBJECT)) return;
    for (TREE_EACH(c->tree, service, services))
        if (tree_is(c->tree, service, NODE_OBJECT)) compose_read_service(c, p, service);
}

struct compose_project *compose_read(const struct compose_input *in) {
    struct composing *reading = ARENA_NEW(in->arena, struct composing);
    struct composing c = {.in = in,
                          .arena = in->arena,
                          .tree = in->tree,
                          .diags = in->diags,
                          .interpolation = {.arena = in->arena, .environment = in->environment},
                          .extended = map_new(in->arena),
                          .first_node = in->tree->n};
    struct compose_project *p = ARENA_NEW(in->arena, struct compose_project);
    *p = (struct compose_project){.arena = in->arena,
                                  .tree = in->tree,
                                  .by_name = map_new(in->arena),
                                  .by_container = map_new(in->arena)};
    p->root = compose_assemble(&c);
    if (c.written.n) qsort(c.written.v, c.written.n, sizeof *c.written.v, by_start);
    p->name = compose_scalar(&c, compose_member(&c, p->root, "name"));
    read_services(&c, p);
    *reading = c;
    p->reading = reading;
    return p;
}

const struct compose_service *compose_service(const struct compose_project *p, struct str name) {
    const uint32_t *i = map_get(&p->by_name, name);
    return i ? &p->services.v[*i] : NULL;
}

const struct compose_variable *compose_variable(const struct compose_service *s, struct str name) {
    for (size_t i = 0; i < s->environment.n; i++)
        if (str_equal(s->environment.v[i].name, name)) return &s->environment.v[i];
    return NULL;
}

const struct compose_mount *compose_mount_of(const struct compose_service *s, struct str path) {
    const struct compose_mount *found = NULL;
    for (size_t i = 0; i < s->mounts.n; i++) {
        const struct compose_mount *m = &s->mounts.v[i];
        if (!location_contains(m->target, path)) continue;
        if (!found || m->target.n >= found->target.n) found = m;
    }
    return found;
}
