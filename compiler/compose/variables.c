/* The environment of a container: env_file, then environment. */
#include "compose/project.h"

static void set(struct composing *c, struct compose_service *s, struct map *index,
                struct compose_variable v) {
    bool is_new;
    uint32_t *at = map_put(index, v.name, (uint32_t)s->environment.n, &is_new);
    if (is_new)
        ARRAY_PUSH(c->arena, s->environment) = v;
    else
        s->environment.v[*at] = v;
}

static bool is_required(const struct composing *c, node_id item) {
    node_id required = compose_member(c, item, "required");
    return !str_equal(compose_scalar(c, required), STR("false"));
}

static void warn_outside(struct composing *c, node_id item, struct str path) {
    struct diag *d = diag_add(c->diags, SEVERITY_WARN, "compose", tree_span(c->tree, item),
                              "`" STR_FMT "` lies outside of the project: clawc does not read it, "
                              "and nothing is known of its variables",
                              STR_ARG(str_slice(path, 0, 200)));
    d->own = true;
}

/* The text of a file of variables. Compose refuses a project without a file that it names, unless
 * `required: false` says otherwise; here the file may just not be at hand, so that nothing is known
 * of its variables. */
static bool read_env_text(struct composing *c, struct compose_service *s, node_id item,
                          struct str *text) {
    bool object = tree_is(c->tree, item, NODE_OBJECT);
    struct str written = compose_scalar(c, object ? compose_member(c, item, "path") : item);
    uint32_t file = tree_node(c->tree, item)->file;
    struct str folder = file < c->folders.n ? c->folders.v[file] : STR("");
    struct str base = files_absolute(c->arena, c->in->root, folder);
    struct str full = files_absolute(c->arena, base, written);
    enum file_status status = FILE_REFUSED;
    if (files_inside(c->in->root, full))
        status = compose_text(c, files_relative(c->arena, c->in->root, full),
                              tree_span(c->tree, item), text);
    else
        warn_outside(c, item, written);
    if (status == FILE_OK) return true;
    s->environment_unknown |= !c->in->skip_missing && (!object || is_required(c, item));
    return false;
}

static void read_env_file(struct composing *c, struct compose_service *s, struct map *index,
                          node_id item) {
    struct str text;
    if (!read_env_text(c, s, item, &text)) return;
    struct environment *e = environment_new(c->arena);
    environment_read(e, text);
    for (size_t i = 0; i < e->names.n; i++)
        set(c, s, index,
            (struct compose_variable){.name = e->names.v[i],
                                      .value = e->values.v[i],
                                      .written = STR(""),
                                      .at = item,
                                      .from_file = true});
}

/* What stood in the file for the value: of an item NAME=VALUE the part behind the name. */
static struct str written_value(const struct composing *c, node_id n, struct str name) {
    struct str text = compose_written(c, n);
    bool item = tree_node(c->tree, n)->key_start == tree_node(c->tree, n)->start;
    bool pair = item && str_starts(text, name) && text.n > name.n && text.p[name.n] == '=';
    return pair ? str_slice(text, name.n + 1, text.n) : text;
}

/* A name without a value has that of the variable of this name where Compose runs; without one the
 * container has no such variable, whatever an env_file says. */
static struct str value_from_outside(struct composing *c, struct str name) {
    const struct environment *e = c->interpolation.environment;
    struct str value = environment_get(e, name);
    if (!value.p && !e->complete) value = interpolate_unknown(c->arena, name);
    return value;
}

static void read_entry(struct composing *c, struct compose_service *s, struct map *index,
                       node_id n) {
    struct compose_variable v = {
        .name = tree_key_text(c->tree, tree_node(c->tree, n)->key), .at = n, .written = STR("")};
    if (tree_node(c->tree, n)->tag == NODE_TAG_RESET) return;
    if (tree_is(c->tree, n, NODE_NULL)) {
        v.value = value_from_outside(c, v.name);
    } else {
        v.value = compose_scalar(c, n);
        v.written = written_value(c, n, v.name);
    }
    set(c, s, index, v);
}

static void drop_unset(struct compose_service *s) {
    size_t kept = 0;
    for (size_t i = 0; i < s->environment.n; i++)
        if (s->environment.v[i].value.p) s->environment.v[kept++] = s->environment.v[i];
    s->environment.n = kept;
}

void compose_read_variables(struct composing *c, struct compose_service *s) {
    struct map index = map_new(c->arena);
    node_id files = compose_member(c, s->node, "env_file");
    if (tree_is(c->tree, files, NODE_ARRAY))
        for (TREE_EACH(c->tree, item, files)) read_env_file(c, s, &index, item);
    node_id environment = compose_member(c, s->node, "environment");
    if (!tree_is(c->tree, environment, NODE_OBJECT)) return;
    for (TREE_EACH(c->tree, n, environment)) read_entry(c, s, &index, n);
    drop_unset(s);
}
