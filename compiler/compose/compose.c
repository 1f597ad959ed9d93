#include "compose/compose.h"

#include <stdlib.h>

#include "compose/project.h"

static int by_start(const void *left, const void *right) {
    const struct written *a = left, *b = right;
    if (a->file != b->file) return a->file < b->file ? -1 : 1;
    return a->start < b->start ? -1 : a->start > b->start;
}

static struct map members(struct composing *c, node_id root, const char *key) {
    struct map m = map_new(c->arena);
    node_id object = tree_member(c->tree, root, str_from(key));
    if (!tree_is(c->tree, object, NODE_OBJECT)) return m;
    for (TREE_EACH(c->tree, n, object))
        map_put(&m, tree_key_text(c->tree, tree_node(c->tree, n)->key), n, NULL);
    return m;
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
    p->volumes = members(&c, p->root, "volumes");
    p->networks = members(&c, p->root, "networks");
    p->configs = members(&c, p->root, "configs");
    p->secrets = members(&c, p->root, "secrets");
    read_services(&c, p);
    compose_take_volumes(&c, p);
    compose_choose_services(&c, p);
    compose_check_files(&c);
    compose_check_references(&c, p);
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

/* From the path upwards: the first target that is met is the longest. */
const struct compose_mount *compose_mount_of(const struct compose_service *s, struct str path) {
    if (path.n > COMPOSE_MAX_PATH) return NULL;
    while (path.n) {
        const uint32_t *i = map_get(&s->by_target, path);
        if (i) return &s->mounts.v[*i];
        if (path.n == 1) break;
        while (path.n > 1 && path.p[path.n - 1] != '/') path.n--;
        if (path.n > 1) path.n--;
    }
    return NULL;
}
