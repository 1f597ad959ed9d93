/* Variables in the text of a service that nobody has set and that have no default: Compose warns of
 * each and takes an empty text. */
#include "compose/project.h"

struct walk {
    struct composing *c;
    struct compose_service *s;
    struct map seen;
};

static void look_at(struct walk *w, node_id n) {
    bool is_new;
    struct str name = compose_unset_in(w->c, n);
    if (!name.n) return;
    map_put(&w->seen, name, 1, &is_new);
    if (is_new) ARRAY_PUSH(w->c->arena, w->s->unset) = (struct compose_unset){name, n};
}

/* Recursive: the depth of YAML is bounded. What aliases repeat is bounded for the whole project. */
static void walk(struct walk *w, node_id parent) {
    for (TREE_EACH(w->c->tree, n, parent)) {
        if (w->c->walked++ > COMPOSE_MAX_NODES) return;
        if (tree_node(w->c->tree, n)->tag == NODE_TAG_RESET) continue;
        if (tree_is(w->c->tree, n, NODE_STRING))
            look_at(w, n);
        else
            walk(w, n);
    }
}

void compose_find_unset(struct composing *c, struct compose_service *s) {
    struct walk w = {.c = c, .s = s, .seen = map_new(c->arena)};
    if (c->interpolation.environment->complete) walk(&w, s->node);
}
