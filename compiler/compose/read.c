/* The files of a Compose project: opened below its root, parsed, their variables replaced. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "compose/project.h"
#include "load/load.h"
#include "model/locations.h"
#include "syntax/yaml.h"

/* ---- opening -----------------------------------------------------------------------------------
 */

bool compose_inside(struct composing *c, struct str folder, struct str written, struct span at,
                    struct str *path) {
    struct str root = c->in->root;
    struct str base = files_absolute(c->arena, root, folder);
    struct str full = files_absolute(c->arena, base, written);
    if (memchr(written.p, '\0', written.n) || !files_inside(root, full)) {
        COMPOSE_ERROR(c, at,
                      "`" STR_FMT "` lies outside of the project: clawc reads nothing there; keep "
                      "the file below the project's directory",
                      STR_ARG(str_slice(written, 0, 200)));
        return false;
    }
    *path = files_relative(c->arena, root, full);
    return true;
}

static const char *status_text(enum file_status status) {
    switch (status) {
    case FILE_OK: break;
    case FILE_MISSING: return "there is no such file";
    case FILE_REFUSED:
        return "it is no regular file, has several names, is larger than 16 MiB or leads out of "
               "the project";
    case FILE_UNREADABLE: return "it cannot be read";
    }
    return "";
}

static enum file_status read_file(struct composing *c, struct str path, struct str *text) {
    const struct files *files = c->in->files;
    struct str full = files_absolute(c->arena, c->in->root, path), real;
    enum file_status status =
        files->real_path(files->context, c->arena, str_to_c(c->arena, full), &real);
    if (status != FILE_OK) return status;
    if (!files_inside(c->in->root, real)) return FILE_REFUSED;
    return files->read(files->context, c->arena, c->in->root, real, COMPOSE_MAX_BYTES, text);
}

enum file_status compose_text(struct composing *c, struct str path, struct span at,
                              struct str *text) {
    enum file_status status = read_file(c, path, text);
    if (status != FILE_OK && status != FILE_MISSING)
        COMPOSE_ERROR(c, at, STR_FMT ": %s", STR_ARG(path), status_text(status));
    return status;
}

/* ---- variables ---------------------------------------------------------------------------------
 */

static void report_variables(struct composing *c, node_id n) {
    const struct interpolation *i = &c->interpolation;
    struct span at = tree_span(c->tree, n);
    if (i->problem) {
        COMPOSE_ERROR(c, at, "%s", i->problem);
    } else if (i->variable.n) {
        COMPOSE_ERROR(c, at, "Compose refuses to start: variable " STR_FMT " must be set%s" STR_FMT,
                      STR_ARG(i->variable), i->message.n ? ": " : "", STR_ARG(i->message));
    }
}

/* The nodes of a file are one range in the order of their places, copies that merge keys made lie
 * among them; what an alias stands for is met once, where it was written. */
static void replace_variables(struct composing *c, node_id first) {
    enum { REPORTED = 100 };
    size_t before = c->diags->errors;
    for (node_id n = first; n < c->tree->n; n++) {
        struct str text = tree_text(c->tree, n);
        if (!text.n || !memchr(text.p, '$', text.n)) continue;
        struct str value = interpolate(&c->interpolation, text);
        if (c->diags->errors < before + REPORTED) report_variables(c, n);
        struct node *node = tree_node(c->tree, n);
        ARRAY_PUSH(c->arena, c->written) =
            (struct written){node->file, node->start, text, c->interpolation.unset};
        if (!str_equal(value, text)) node->flags |= NODE_SUBSTITUTED;
        node->u.text = value.p ? value.p : "";
        node->n = (uint32_t)value.n;
    }
}

static int by_start(const void *left, const void *right) {
    const struct written *a = left, *b = right;
    if (a->file != b->file) return a->file < b->file ? -1 : 1;
    return a->start < b->start ? -1 : a->start > b->start;
}

static const struct written *find_written(const struct composing *c, node_id n) {
    if (!n || !c->written.n) return NULL;
    const struct node *node = tree_node(c->tree, n);
    struct written key = {.file = node->file, .start = node->start};
    return bsearch(&key, c->written.v, c->written.n, sizeof key, by_start);
}

struct str compose_written(const struct composing *c, node_id n) {
    const struct written *found = find_written(c, n);
    return found ? found->text : compose_scalar(c, n);
}

struct str compose_unset_in(const struct composing *c, node_id n) {
    const struct written *found = find_written(c, n);
    return found ? found->unset : STR("");
}

/* ---- secrets -----------------------------------------------------------------------------------
 */

static void hide(struct composing *c, struct span span, struct str value) {
    if (!value.n || secrets_are_variables(value)) return;
    source_add_secret(c->tree->sources, span);
    source_add_secret_text(c->tree->sources, value);
}

/* `- NAME=value` where NAME is that of a secret. */
static void hide_pair(struct composing *c, node_id n) {
    struct str text = tree_text(c->tree, n);
    const char *equals = text.n ? memchr(text.p, '=', text.n) : NULL;
    if (!equals) return;
    size_t at = (size_t)(equals - text.p);
    if (!secrets_is_key(str_slice(text, 0, at))) return;
    struct span span = tree_span(c->tree, n);
    struct str whole = str_slice(source_text(c->tree->sources, span.file), span.start, span.end);
    size_t in_source = str_find(whole, STR("="), 0);
    if (in_source != SIZE_MAX) span.start += (uint32_t)in_source + 1;
    hide(c, span, str_slice(text, at + 1, text.n));
}

/* The item behind `--token` of a command. */
static void hide_argument(struct composing *c, node_id flag) {
    node_id next = tree_node(c->tree, flag)->next;
    if (!tree_is(c->tree, next, NODE_STRING) || !secrets_is_flag(tree_text(c->tree, flag))) return;
    hide(c, tree_span(c->tree, next), tree_text(c->tree, next));
}

static void hide_secrets(struct composing *c, node_id first) {
    for (node_id n = first; n < c->tree->n; n++) {
        if (!tree_is(c->tree, n, NODE_STRING)) continue;
        secrets_mark_url(c->tree, n);
        hide_argument(c, n);
        key_id key = tree_node(c->tree, n)->key;
        if (!key)
            hide_pair(c, n);
        else if (secrets_is_key(tree_key_text(c->tree, key)))
            hide(c, tree_span(c->tree, n), tree_text(c->tree, n));
    }
}

/* What somebody has written under `secrets` in place of a file's name. */
static void hide_contents(struct composing *c, node_id root) {
    for (TREE_EACH(c->tree, secret, tree_member(c->tree, root, STR("secrets")))) {
        node_id content = tree_member(c->tree, secret, STR("content"));
        if (tree_is(c->tree, secret, NODE_STRING)) content = secret;
        hide(c, tree_span(c->tree, content), tree_text(c->tree, content));
    }
}

/* ---- a file ------------------------------------------------------------------------------------
 */

static void list_services(struct composing *c, struct compose_file *f) {
    node_id services = tree_member(c->tree, f->root, STR("services"));
    if (!tree_is(c->tree, services, NODE_OBJECT)) return;
    for (TREE_EACH(c->tree, service, services)) {
        struct str name = tree_key_text(c->tree, tree_node(c->tree, service)->key);
        bool is_null = tree_is(c->tree, service, NODE_NULL);
        if (!is_null && !tree_is(c->tree, service, NODE_OBJECT)) continue;
        map_put(&f->index, name, (uint32_t)f->entries.n, NULL);
        ARRAY_PUSH(c->arena, f->entries) = (struct entry){.name = name, .raw = service};
    }
}

static node_id parse(struct composing *c, uint32_t file) {
    node_id first = (node_id)c->tree->n;
    node_id root = yaml_parse_compose(c->tree, file, c->diags);
    if (!root) {
        secrets_mark_broken(c->tree->sources, file, true);
        return 0;
    }
    hide_secrets(c, first);
    hide_contents(c, root);
    replace_variables(c, first);
    if (tree_is(c->tree, root, NODE_OBJECT)) return root;
    COMPOSE_ERROR(c, tree_span(c->tree, root), "a Compose file is a mapping with `services`");
    return 0;
}

static void note_folder(struct composing *c, uint32_t file, struct str folder) {
    while (c->folders.n <= file) ARRAY_PUSH(c->arena, c->folders) = STR("");
    c->folders.v[file] = folder;
}

struct compose_file *compose_open(struct composing *c, struct str path, struct str folder,
                                  struct span at) {
    struct str text, shown = str_concat(c->arena, c->in->shown, path);
    if (c->n_files++ >= COMPOSE_MAX_FILES) {
        if (c->n_files == COMPOSE_MAX_FILES + 1)
            COMPOSE_ERROR(c, at, "the project has more than %d files", COMPOSE_MAX_FILES);
        return NULL;
    }
    enum file_status status = read_file(c, path, &text);
    if (status != FILE_OK) {
        COMPOSE_ERROR(c, at, "Compose file " STR_FMT ": %s", STR_ARG(shown), status_text(status));
        return NULL;
    }
    struct compose_file *f = ARENA_NEW(c->arena, struct compose_file);
    *f = (struct compose_file){.path = path, .folder = folder, .index = map_new(c->arena)};
    f->file = source_add(c->tree->sources, shown, text);
    note_folder(c, f->file, folder);
    f->root = parse(c, f->file);
    if (f->root) list_services(c, f);
    ARRAY_PUSH(c->arena, c->files) = f;
    return f;
}

struct str compose_folder_of(const struct composing *c, node_id n) {
    uint32_t file = n ? tree_node(c->tree, n)->file : 0;
    struct str folder = file < c->folders.n ? c->folders.v[file] : STR("");
    struct str directory = c->in->directory.n ? c->in->directory : STR("<project>");
    return folder.n ? location_join(c->arena, directory, folder) : directory;
}
