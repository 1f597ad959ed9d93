/* `volumes_from`: a container also has the mounts of another one, as Docker gives them to it. What
 * it mounts itself at the same path goes first, of several the later entry; `:ro` takes the right
 * to write away. */
#include "compose/project.h"

enum progress { UNTOUCHED, OPEN, DONE };

/* A service that waits for those whose mounts it takes. */
struct waiting {
    uint32_t service;
    node_id next; /* item of its list that is to be looked at */
};

struct inheriting {
    struct composing *c;
    struct compose_project *p;
    uint8_t *progress; /* by service: enum progress */
    ARRAY(struct waiting) stack;
    size_t looked_at;
};

/* SERVICE[:ro|:rw] or container:NAME[:ro|:rw]. NULL when the project does not have it. */
static const uint32_t *source_of(const struct inheriting *s, node_id item, bool *read_only) {
    static const struct str container = {"container:", 10};
    struct str text = compose_scalar(s->c, item);
    bool named = str_starts(text, container);
    if (named) text = str_slice(text, container.n, text.n);
    size_t colon = str_find(text, STR(":"), 0);
    struct str name = str_slice(text, 0, colon);
    *read_only = colon != SIZE_MAX && str_equal(str_slice(text, colon, text.n), STR(":ro"));
    return named ? map_get(&s->p->by_container, name) : map_get(&s->p->by_name, name);
}

static node_id list_of(const struct inheriting *s, uint32_t service) {
    node_id list = compose_member(s->c, s->p->services.v[service].node, "volumes_from");
    return tree_is(s->c->tree, list, NODE_ARRAY) ? list : 0;
}

/* ---- taking ------------------------------------------------------------------------------------
 */

/* An anonymous volume that another container takes is one volume of both, and gets a name here. */
static void name_anonymous(const struct inheriting *s, const struct compose_service *from,
                           struct compose_mount *m) {
    if (m->kind == MOUNT_ANONYMOUS && !m->source.n)
        m->source =
            str_format(s->c->arena, STR_FMT ":" STR_FMT, STR_ARG(from->name), STR_ARG(m->target));
}

static bool has_room(struct inheriting *s, node_id item) {
    if (s->looked_at++ == COMPOSE_MAX_MOUNTS_TAKEN)
        COMPOSE_ERROR(s->c, tree_span(s->c->tree, item),
                      "`volumes_from` hands on more than %d mounts; the rest is not looked at",
                      COMPOSE_MAX_MOUNTS_TAKEN);
    return s->looked_at <= COMPOSE_MAX_MOUNTS_TAKEN;
}

static void take(struct inheriting *s, struct compose_service *to, struct compose_service *from,
                 node_id item, bool read_only) {
    for (size_t i = 0; i < from->mounts.n; i++) {
        struct compose_mount *m = &from->mounts.v[i];
        if (!has_room(s, item)) return;
        bool copied = m->kind == MOUNT_VOLUME && (m->config || m->secret);
        if (m->kind == MOUNT_TMPFS || copied) continue; /* it is no volume */
        const uint32_t *own = map_get(&to->by_target, m->target);
        if (own && !to->mounts.v[*own].inherited) continue;
        name_anonymous(s, from, m);
        struct compose_mount taken = *m;
        taken.inherited = true;
        taken.read_only = m->read_only || read_only;
        taken.at = item;
        if (own) {
            to->mounts.v[*own] = taken;
            continue;
        }
        *map_put(&to->by_target, m->target, 0, NULL) = (uint32_t)to->mounts.n;
        ARRAY_PUSH(s->c->arena, to->mounts) = taken;
    }
}

/* ---- in which order ----------------------------------------------------------------------------
 */

static void take_all(struct inheriting *s, uint32_t service) {
    struct compose_service *to = &s->p->services.v[service];
    for (TREE_EACH(s->c->tree, item, list_of(s, service))) {
        bool read_only;
        const uint32_t *from = source_of(s, item, &read_only);
        if (from && s->progress[*from] == DONE)
            take(s, to, &s->p->services.v[*from], item, read_only);
        else if (from)
            COMPOSE_ERROR(s->c, tree_span(s->c->tree, item),
                          "the services take their volumes from each other in a circle: Compose "
                          "refuses to start");
    }
}

static void start(struct inheriting *s, uint32_t service) {
    s->progress[service] = OPEN;
    ARRAY_PUSH(s->c->arena, s->stack) =
        (struct waiting){service, tree_first(s->c->tree, list_of(s, service))};
}

/* With a stack of its own: a chain may be as long as there are services. */
static void finish(struct inheriting *s, uint32_t service) {
    start(s, service);
    while (s->stack.n) {
        struct waiting *top = &s->stack.v[s->stack.n - 1];
        if (!top->next) {
            take_all(s, top->service);
            s->progress[top->service] = DONE;
            s->stack.n--;
            continue;
        }
        bool read_only;
        const uint32_t *from = source_of(s, top->next, &read_only);
        top->next = tree_node(s->c->tree, top->next)->next;
        if (from && s->progress[*from] == UNTOUCHED) start(s, *from);
    }
}

void compose_take_volumes(struct composing *c, struct compose_project *p) {
    struct inheriting s = {
        .c = c, .p = p, .progress = ARENA_ARRAY(c->arena, uint8_t, p->services.n + 1)};
    for (uint32_t i = 0; i < p->services.n; i++)
        if (s.progress[i] == UNTOUCHED && list_of(&s, i)) finish(&s, i);
}
