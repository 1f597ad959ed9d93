/* A project as one tree: the files in their order, each with what its services extend and what it
 * includes. */
#include "base/buf.h"
#include "compose/project.h"
#include "model/locations.h"

/* ---- extends -----------------------------------------------------------------------------------
 */

static node_id resolve_service(struct composing *c, struct compose_file *f, uint32_t index);

static struct str folder_of(struct composing *c, struct str path) {
    size_t end = path.n;
    while (end && path.p[end - 1] != '/') end--;
    return end ? location_normal(c->arena, str_slice(path, 0, end)) : STR("");
}

static struct str join_folder(struct composing *c, struct str folder, struct str below) {
    if (!folder.n || !below.n) return folder.n ? folder : below;
    return location_join(c->arena, folder, below);
}

/* The file of `extends: {file}`; one file is read once. NULL after a diagnostic. */
static struct compose_file *extended_file(struct composing *c, struct compose_file *from,
                                          node_id written) {
    struct span at = tree_span(c->tree, written);
    struct str path;
    struct str text = compose_scalar(c, written);
    if (!compose_inside(c, folder_of(c, from->path), text, at, &path)) return NULL;
    if (str_equal(path, from->path)) return from;
    const uint32_t *known = map_get(&c->extended, path);
    if (known) return c->files.v[*known];
    struct str folder = join_folder(c, from->folder, folder_of(c, text));
    struct compose_file *f = compose_open(c, path, folder, at);
    if (!f) return NULL;
    f->extended = true;
    map_put(&c->extended, path, (uint32_t)c->files.n - 1, NULL);
    return f;
}

/* The service that is extended, resolved; 0 after a diagnostic. */
static node_id extended_service(struct composing *c, struct compose_file *f, node_id extends) {
    node_id file = compose_member(c, extends, "file");
    node_id name = compose_member(c, extends, "service");
    struct span at = tree_span(c->tree, name ? name : extends);
    struct compose_file *from = file ? extended_file(c, f, file) : f;
    if (!from) return 0;
    const uint32_t *index = map_get(&from->index, compose_scalar(c, name));
    if (!index) {
        COMPOSE_ERROR(c, at, "there is no service `" STR_FMT "` in " STR_FMT " to extend",
                      STR_ARG(str_slice(compose_scalar(c, name), 0, 200)),
                      STR_ARG(source_name(c->tree->sources, from->file)));
        return 0;
    }
    const struct entry *e = &from->entries.v[*index];
    if (e->state == ENTRY_OPEN) {
        COMPOSE_ERROR(c, at, "service `" STR_FMT "` extends itself, through this one",
                      STR_ARG(str_slice(e->name, 0, 200)));
        return 0;
    }
    if (c->depth >= COMPOSE_MAX_NESTED) {
        COMPOSE_ERROR(c, at, "services extend each other more than %d levels deep",
                      COMPOSE_MAX_NESTED);
        return 0;
    }
    c->depth++;
    node_id service = resolve_service(c, from, *index);
    c->depth--;
    return service;
}

static node_id without(struct composing *c, node_id service, const char *key) {
    node_id object = compose_new_object(c, service), last = 0;
    for (TREE_EACH(c->tree, member, service)) {
        key_id id = tree_node(c->tree, member)->key;
        if (str_equal(tree_key_text(c->tree, id), str_from(key))) continue;
        node_id copy = tree_clone(c->tree, member);
        tree_node(c->tree, copy)->key_start = tree_node(c->tree, member)->key_start;
        compose_add_member(c, object, &last, id, copy);
    }
    return object;
}

/* Recursive along `extends`, whose depth is bounded. */
static node_id resolve_service(struct composing *c, struct compose_file *f, uint32_t index) {
    struct entry *e = &f->entries.v[index];
    if (e->state == ENTRY_DONE) return e->resolved;
    e->state = ENTRY_OPEN;
    node_id own = compose_shape(c, e->raw);
    node_id extends = compose_member(c, own, "extends");
    node_id base = extends ? extended_service(c, f, extends) : 0;
    if (extends) own = without(c, own, "extends");
    e = &f->entries.v[index];
    e->resolved = base ? compose_merge_services(c, base, own) : own;
    e->state = ENTRY_DONE;
    return e->resolved;
}

/* The file with its services resolved. */
static node_id resolved_file(struct composing *c, struct compose_file *f) {
    struct tree *t = c->tree;
    node_id object = compose_new_object(c, f->root), last = 0;
    for (TREE_EACH(t, member, f->root)) {
        key_id key = tree_node(t, member)->key;
        struct str name = tree_key_text(t, key);
        node_id copy = tree_clone(t, member);
        tree_node(t, copy)->key_start = tree_node(t, member)->key_start;
        if (str_equal(name, STR("services")) && tree_is(t, member, NODE_OBJECT)) {
            node_id services = compose_new_object(c, member), last_service = 0;
            for (uint32_t i = 0; i < f->entries.n; i++) {
                node_id resolved = tree_clone(t, resolve_service(c, f, i));
                node_id raw = f->entries.v[i].raw;
                tree_node(t, resolved)->key_start = tree_node(t, raw)->key_start;
                tree_node(t, resolved)->tag = tree_node(t, raw)->tag;
                compose_add_member(c, services, &last_service, tree_node(t, raw)->key, resolved);
            }
            copy = services;
        }
        compose_add_member(c, object, &last, key, copy);
    }
    return object;
}

/* ---- include -----------------------------------------------------------------------------------
 */

static node_id assemble_file(struct composing *c, struct str path, struct str folder,
                             struct span at);

/* Resources of included projects join those of the file; one that both have is a mistake, as for
 * Compose. */
static node_id import(struct composing *c, node_id own, node_id included, struct span at) {
    static const char *const kinds[] = {"services", "volumes", "networks", "configs", "secrets"};
    struct tree *t = c->tree;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct map mine = map_new(c->arena);
        for (TREE_EACH(t, thing, tree_member(t, own, str_from(kinds[i]))))
            map_put(&mine, tree_key_text(t, tree_node(t, thing)->key), thing, NULL);
        for (TREE_EACH(t, thing, tree_member(t, included, str_from(kinds[i])))) {
            struct str key = tree_key_text(t, tree_node(t, thing)->key);
            const uint32_t *same = map_get(&mine, key);
            if (!same || tree_span(t, *same).file == tree_span(t, thing).file) continue;
            struct diag *d =
                COMPOSE_ERROR(c, at, "`%s." STR_FMT "` is in this file and in what it includes",
                              kinds[i], STR_ARG(str_slice(key, 0, 200)));
            diag_note_add(c->diags, d, tree_key_span(t, thing), "it is included from here");
        }
    }
    return compose_merge_files(c, included, own);
}

/* The variables of an included project: those of its own files are added to the others. */
static void add_variables(struct composing *c, struct environment *e, node_id item,
                          struct str folder) {
    node_id written = compose_member(c, item, "env_file");
    struct environment *own = environment_new(c->arena);
    struct span at = tree_span(c->tree, written ? written : item);
    struct str path, text;
    bool list = tree_is(c->tree, written, NODE_ARRAY);
    if (!written && compose_inside(c, folder, STR(".env"), at, &path) &&
        compose_text(c, path, at, &text) == FILE_OK)
        environment_read(own, text);
    for (node_id n = list ? tree_first(c->tree, written) : written; n;
         n = list ? tree_node(c->tree, n)->next : 0)
        if (compose_inside(c, folder, compose_scalar(c, n), at, &path) &&
            compose_text(c, path, at, &text) == FILE_OK)
            environment_read(own, text);
    for (size_t i = 0; i < own->names.n; i++)
        if (!environment_get(e, own->names.v[i]).p)
            environment_set(e, own->names.v[i], own->values.v[i]);
}

/* One entry of `include`: a path, or {path, project_directory, env_file}. Several paths are merged.
 */
static node_id include_entry(struct composing *c, const struct compose_file *f, node_id item) {
    struct tree *t = c->tree;
    bool object = tree_is(t, item, NODE_OBJECT);
    node_id paths = object ? compose_member(c, item, "path") : item;
    node_id first = tree_is(t, paths, NODE_ARRAY) ? tree_first(t, paths) : paths;
    struct span at = tree_span(t, paths ? paths : item);
    node_id directory = object ? compose_member(c, item, "project_directory") : 0;
    struct str below =
        directory ? compose_scalar(c, directory) : folder_of(c, compose_scalar(c, first));
    struct str folder = join_folder(c, f->folder, below);
    struct environment *e = environment_copy(c->arena, c->interpolation.environment);
    struct str real_folder;
    if (compose_inside(c, folder_of(c, f->path), below.n ? below : STR("."), at, &real_folder))
        add_variables(c, e, object ? item : 0, real_folder);
    const struct environment *outer = c->interpolation.environment;
    c->interpolation.environment = e;
    node_id merged = 0;
    for (node_id n = first; n; n = n == paths ? 0 : tree_node(t, n)->next) {
        struct str path;
        if (!compose_inside(c, folder_of(c, f->path), compose_scalar(c, n), tree_span(t, n), &path))
            continue;
        node_id root = assemble_file(c, path, folder, tree_span(t, n));
        if (root) merged = compose_merge_files(c, merged, root);
    }
    c->interpolation.environment = outer;
    return merged;
}

static node_id with_includes(struct composing *c, const struct compose_file *f, node_id root) {
    node_id include = compose_member(c, f->root, "include");
    if (!include) return root;
    if (!tree_is(c->tree, include, NODE_ARRAY)) return root;
    for (TREE_EACH(c->tree, item, include)) {
        node_id included = include_entry(c, f, item);
        if (included) root = import(c, root, included, tree_span(c->tree, item));
    }
    return root;
}

static bool is_open(const struct composing *c, struct str path) {
    for (size_t i = 0; i < c->open.n; i++)
        if (str_equal(c->open.v[i], path)) return true;
    return false;
}

/* Recursive along `include`, whose depth is bounded. */
static node_id assemble_file(struct composing *c, struct str path, struct str folder,
                             struct span at) {
    bool circle = is_open(c, path);
    if (circle || c->open.n >= COMPOSE_MAX_NESTED) {
        if (circle)
            COMPOSE_ERROR(c, at, "the files include each other in a circle");
        else
            COMPOSE_ERROR(c, at, "files include each other more than %d levels deep",
                          COMPOSE_MAX_NESTED);
        return 0;
    }
    struct compose_file *f = compose_open(c, path, folder, at);
    if (!f || !f->root) return 0;
    ARRAY_PUSH(c->arena, c->open) = path;
    node_id root = with_includes(c, f, resolved_file(c, f));
    c->open.n--;
    return root;
}

node_id compose_assemble(struct composing *c) {
    node_id merged = 0;
    for (size_t i = 0; i < c->in->n_names; i++) {
        struct str path;
        if (!compose_inside(c, STR(""), c->in->names[i], SPAN_NONE, &path)) continue;
        node_id root = assemble_file(c, path, STR(""), SPAN_NONE);
        if (root) merged = compose_merge_files(c, merged, root);
    }
    return merged;
}
