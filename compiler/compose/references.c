/* What a service refers to must be there: Compose refuses a project otherwise. A warning, since the
 * file that declares it may just not be among those that were given. */
#include "compose/project.h"

static void warn(struct composing *c, node_id at, const struct compose_service *s, const char *what,
                 struct str name) {
    struct diag *d = diag_add(c->diags, SEVERITY_WARN, "compose", tree_key_span(c->tree, at),
                              "service " STR_FMT " refers to %s `" STR_FMT
                              "`, which the project does not have: Compose refuses to start",
                              STR_ARG(s->name), what, STR_ARG(str_slice(name, 0, 200)));
    d->own = true;
}

static void check_networks(struct composing *c, const struct compose_project *p,
                           const struct compose_service *s) {
    node_id networks = compose_member(c, s->node, "networks");
    if (networks && s->network_mode.n)
        COMPOSE_ERROR(c, tree_key_span(c->tree, networks),
                      "service " STR_FMT
                      " has `networks` beside `network_mode`, which exclude each "
                      "other: Compose refuses to start",
                      STR_ARG(s->name));
    for (TREE_EACH(c->tree, n, networks)) {
        struct str key = tree_key_text(c->tree, tree_node(c->tree, n)->key);
        bool known = str_equal(key, STR("default")) || interpolate_is_unknown(key);
        if (!known && !map_get(&p->networks, key)) warn(c, n, s, "a network", key);
    }
}

/* The name of the volume in an item of either syntax; empty when it names none. */
static struct str volume_name(const struct composing *c, node_id item) {
    if (tree_is(c->tree, item, NODE_OBJECT)) {
        struct str type = compose_scalar(c, compose_member(c, item, "type"));
        struct str source = compose_scalar(c, compose_member(c, item, "source"));
        return str_equal(type, STR("volume")) ? source : STR("");
    }
    struct str text = compose_scalar(c, item);
    size_t colon = str_find(text, STR(":"), 0);
    bool path = text.n && (text.p[0] == '.' || text.p[0] == '/' || text.p[0] == '~');
    return colon == SIZE_MAX || path ? STR("") : str_slice(text, 0, colon);
}

static void check_volumes(struct composing *c, const struct compose_project *p,
                          const struct compose_service *s) {
    node_id volumes = compose_member(c, s->node, "volumes");
    for (TREE_EACH(c->tree, item, volumes)) {
        struct str name = volume_name(c, item);
        bool known = !name.n || interpolate_is_unknown(name);
        if (!known && !map_get(&p->volumes, name)) warn(c, item, s, "a volume", name);
    }
}

static void check_services(struct composing *c, const struct compose_project *p,
                           const struct compose_service *s) {
    node_id needed = compose_member(c, s->node, "depends_on");
    for (TREE_EACH(c->tree, n, needed)) {
        struct str name = tree_key_text(c->tree, tree_node(c->tree, n)->key);
        bool optional =
            str_equal(compose_scalar(c, compose_member(c, n, "required")), STR("false"));
        if (!optional && !compose_service(p, name)) warn(c, n, s, "a service", name);
    }
    struct str mode = s->network_mode;
    if (!str_starts(mode, STR("service:")) || interpolate_is_unknown(mode)) return;
    struct str name = str_slice(mode, 8, mode.n);
    if (!compose_service(p, name)) warn(c, s->network_mode_at, s, "a service", name);
}

/* `configs` or `secrets`: names of what the project declares at its top. */
static void check_files(struct composing *c, const struct map *declared,
                        const struct compose_service *s, const char *kind, const char *what) {
    node_id list = compose_member(c, s->node, kind);
    if (!tree_is(c->tree, list, NODE_ARRAY)) return;
    for (TREE_EACH(c->tree, item, list)) {
        bool object = tree_is(c->tree, item, NODE_OBJECT);
        struct str name = compose_scalar(c, object ? compose_member(c, item, "source") : item);
        bool known = !name.n || interpolate_is_unknown(name) || map_get(declared, name);
        if (!known) warn(c, item, s, what, name);
    }
}

/* Without that service's mounts the gateway's state is not known: an error. A container outside of
 * the project may be there. */
static void check_taken_volumes(struct composing *c, const struct compose_project *p,
                                const struct compose_service *s) {
    node_id list = compose_member(c, s->node, "volumes_from");
    if (!tree_is(c->tree, list, NODE_ARRAY)) return;
    for (TREE_EACH(c->tree, item, list)) {
        struct str text = compose_scalar(c, item);
        struct str name = str_slice(text, 0, str_find(text, STR(":"), 0));
        if (str_starts(text, STR("container:")) || interpolate_is_unknown(name)) continue;
        if (!compose_service(p, name))
            COMPOSE_ERROR(c, tree_span(c->tree, item),
                          "service " STR_FMT " takes the volumes of `" STR_FMT
                          "`, which the project does not have: Compose refuses to start",
                          STR_ARG(s->name), STR_ARG(str_slice(name, 0, 200)));
    }
}

void compose_check_references(struct composing *c, const struct compose_project *p) {
    for (size_t i = 0; i < p->services.n; i++) {
        check_networks(c, p, &p->services.v[i]);
        check_volumes(c, p, &p->services.v[i]);
        check_services(c, p, &p->services.v[i]);
        check_files(c, &p->configs, &p->services.v[i], "configs", "a config");
        check_files(c, &p->secrets, &p->services.v[i], "secrets", "a secret");
        check_taken_volumes(c, p, &p->services.v[i]);
    }
}
