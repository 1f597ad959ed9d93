#include "load/include.h"

#include "load/include_merge.h"
#include "load/load.h"
#include "model/ids.h"
#include "syntax/json5.h"

/* A file on the way from the main one to where we are. */
struct chain {
    const struct chain *from;
    struct str path; /* absolute, normalised */
    unsigned depth;
};

struct including {
    struct include_job *job;
    struct tree *tree;
    struct merging merging;
    key_id include, prototype; /* `$include` and `__proto__`, 0 when no file has them */
    size_t files, values;
    ARRAY(struct str) roots, real_roots; /* the directory of the main file first */
};

/* Where a value stands. */
struct place {
    const struct chain *file;
    unsigned depth;
};

static node_id process(struct including *s, node_id n, struct place at);

/* ---- mistakes ----------------------------------------------------------------------------------
 */

static struct diag *fail(struct including *s, const char *kind, node_id at, const char *what,
                         struct str detail) {
    return diag_add(s->job->diags, SEVERITY_ERROR, kind, tree_span(s->tree, at), "%s" STR_FMT, what,
                    STR_ARG(detail));
}

static struct str quoted(struct including *s, struct str path) {
    enum { SHOWN = 200 };
    return str_format(s->job->arena, "`" STR_FMT "%s`", STR_ARG(str_slice(path, 0, SHOWN)),
                      path.n > SHOWN ? "..." : "");
}

static void fail_cycle(struct including *s, node_id at, const struct chain *file, struct str path) {
    struct arena *a = s->job->arena;
    struct str text = files_relative(a, s->roots.v[0], path);
    for (const struct chain *c = file; c; c = c->from)
        text = str_format(a, STR_FMT " -> " STR_FMT,
                          STR_ARG(files_relative(a, s->roots.v[0], c->path)), STR_ARG(text));
    fail(s, "include_cycle", at, "these files include each other: ", text);
}

static void fail_parse(struct including *s, node_id at, struct str path,
                       const struct include_file *f) {
    enum { NOTES_MAX = 10 };
    fail(s, "include_parse", at, "the included file is not JSON5: ", quoted(s, path));
    struct diag *error = &s->job->diags->list.v[s->job->diags->list.n - 1];
    for (size_t i = 0, notes = 0; i < f->diags->list.n && notes < NOTES_MAX; i++) {
        const struct diag *d = &f->diags->list.v[i];
        if (d->severity != SEVERITY_ERROR) continue;
        diag_note_add(s->job->diags, error, d->span, STR_FMT, STR_ARG(d->message));
        notes++;
    }
}

/* ---- one file ----------------------------------------------------------------------------------
 */

/* Which of the directories has the path, or SIZE_MAX. */
static size_t containing(const struct str *roots, size_t n, struct str path) {
    for (size_t i = 0; i < n; i++)
        if (files_inside(roots[i], path)) return i;
    return SIZE_MAX;
}

static bool path_is_sound(struct including *s, node_id at, struct str path, struct str resolved) {
    bool strict = s->job->gateway->include_roots;
    if (str_find(path, (struct str){"", 1}, 0) != SIZE_MAX) {
        fail(s, strict ? "include_nul" : "include_file_guard", at,
             "there is a NUL character in the path of the file", STR(""));
        return false;
    }
    if (path.n < INCLUDE_MAX_PATH && resolved.n < INCLUDE_MAX_PATH) return true;
    fail(s, strict ? "include_path_length" : "include_file_guard", at,
         "the path of the file is too long (4095 bytes at most): ", quoted(s, path));
    return false;
}

static void fail_escape(struct including *s, node_id at, struct str path) {
    struct diag *d = fail(s, "include_escape", at,
                          "the file lies outside the directory of the config: ", quoted(s, path));
    if (s->job->gateway->include_roots)
        diag_note_add(s->job->diags, d, SPAN_NONE,
                      "move it there, or name its directory in OPENCLAW_INCLUDE_ROOTS");
}

/* The root that the file is in, and its real path; false after a diagnostic. A file that is missing
 * is found to be so when it is read. */
static bool confine(struct including *s, node_id at, struct str path, struct str resolved,
                    size_t *root, struct str *real) {
    const struct files *files = s->job->files;
    if (!path_is_sound(s, at, path, resolved)) return false;
    *root = containing(s->roots.v, s->roots.n, resolved);
    if (*root == SIZE_MAX) {
        fail_escape(s, at, path);
        return false;
    }
    *real = resolved;
    enum file_status status =
        files->real_path(files->context, s->job->arena, str_to_c(s->job->arena, resolved), real);
    if (status == FILE_UNREADABLE) {
        fail(s, "include_read", at, "the file cannot be read: ", quoted(s, path));
        return false;
    }
    if (status != FILE_OK) return true;
    *root = containing(s->real_roots.v, s->real_roots.n, *real);
    if (*root != SIZE_MAX) return true;
    fail(s, "include_symlink_escape", at,
         "a symbolic link leads outside the directory of the config: ", quoted(s, path));
    return false;
}

static struct include_file parse_file(struct including *s, struct str path, size_t root,
                                      struct str real) {
    struct include_job *job = s->job;
    struct include_file f = {.diags = diags_new(job->arena)};
    struct str text;
    f.status = job->files->read(job->files->context, job->arena, s->real_roots.v[root], real,
                                INCLUDE_MAX_BYTES, &text);
    if (f.status == FILE_OK && source_count(s->tree->sources) >= UINT16_MAX)
        f.status = FILE_UNREADABLE;
    if (f.status != FILE_OK) return f;
    f.file = source_add(s->tree->sources, files_relative(job->arena, s->roots.v[0], path), text);
    struct json5_result parsed = json5_parse(s->tree, f.file, f.diags);
    f.root = parsed.root;
    f.parsed = parsed.ok;
    if (parsed.root) secrets_mark(s->tree, parsed.root);
    if (!parsed.ok) secrets_mark_broken(s->tree->sources, f.file, false);
    return f;
}

static const struct include_file *read_file(struct including *s, struct str path, size_t root,
                                            struct str real) {
    struct include_cache *cache = s->job->cache;
    if (!cache->index.arena) cache->index = map_new(s->job->arena);
    bool is_new;
    uint32_t *at = map_put(&cache->index, path, (uint32_t)cache->files.n + 1, &is_new);
    size_t position = *at - 1;
    if (is_new) ARRAY_PUSH(s->job->arena, cache->files) = parse_file(s, path, root, real);
    return &cache->files.v[position];
}

/* Whether the next value of an included file is within the limits. */
static bool may_copy(struct including *s, unsigned depth, node_id at) {
    if (depth > INCLUDE_MAX_DEPTH) {
        fail(s, "too_deep", at, "with the included files, values nest too deeply", STR(""));
        return false;
    }
    if (++s->values <= INCLUDE_MAX_VALUES) return true;
    fail(s, "include_limit", at,
         "the included files bring more than 4000000 values in all: is one included again and "
         "again?",
         STR(""));
    return false;
}

/* A copy of a file's value, which may then be changed: the same file may be included elsewhere. */
static node_id copy(struct including *s, node_id n, unsigned depth, node_id at) {
    if (!may_copy(s, depth, at)) return 0;
    node_id made = tree_clone(s->tree, n), last = 0;
    struct node *node = tree_node(s->tree, made);
    node->key = tree_node(s->tree, n)->key;
    if (node->kind != NODE_ARRAY && node->kind != NODE_OBJECT) return made;
    node->u.first = 0;
    for (TREE_EACH(s->tree, child, n)) {
        node_id copied = copy(s, child, depth + 1, at);
        if (!copied) return 0;
        if (last)
            tree_node(s->tree, last)->next = copied;
        else
            tree_node(s->tree, made)->u.first = copied;
        last = copied;
    }
    return made;
}

static bool report_unread(struct including *s, node_id at, struct str path,
                          const struct include_file *f) {
    if (f->status == FILE_OK && f->parsed) return false;
    if (f->status == FILE_OK)
        fail_parse(s, at, path, f);
    else if (f->status == FILE_REFUSED)
        fail(s, "include_file_guard", at,
             "not a regular file with one name (no hard links) and at most 2 MiB: ",
             quoted(s, path));
    else if (f->status == FILE_MISSING)
        fail(s, "include_read", at, "there is no such file: ", quoted(s, path));
    else
        fail(s, "include_read", at, "the file cannot be read: ", quoted(s, path));
    return true;
}

static bool in_chain(const struct chain *c, struct str path) {
    for (; c; c = c->from)
        if (str_equal(c->path, path)) return true;
    return false;
}

/* Whether the file may stand here at all: cycles, nesting, number. */
static bool may_include(struct including *s, node_id at, struct place where, struct str resolved) {
    if (in_chain(where.file, resolved)) {
        fail_cycle(s, at, where.file, resolved);
        return false;
    }
    if (where.file->depth >= INCLUDE_MAX_NESTED) {
        fail(s, "include_depth", at,
             "more than 10 files are nested here: ", quoted(s, tree_text(s->tree, at)));
        return false;
    }
    if (++s->files <= INCLUDE_MAX_FILES) return true;
    fail(s, "include_limit", at, "more than 10000 inclusions in one config", STR(""));
    return false;
}

/* A file that was just read may be the first to have these keys. */
static void find_keys(struct including *s) {
    s->include = tree_find_key(s->tree, STR("$include"));
    s->prototype = tree_find_key(s->tree, STR("__proto__"));
    merging_find_keys(&s->merging);
}

/* The value of a file, everything in it included; 0 after a diagnostic at `at`. */
static node_id load_file(struct including *s, node_id at, struct place where) {
    struct str path = tree_text(s->tree, at), real;
    struct str base = files_directory(where.file->path);
    struct str resolved = files_absolute(s->job->arena, base, path);
    size_t root;
    if (!confine(s, at, path, resolved, &root, &real)) return 0;
    if (!may_include(s, at, where, resolved)) return 0;
    const struct include_file *f = read_file(s, resolved, root, real);
    if (report_unread(s, at, path, f)) return 0;
    ARRAY_PUSH(s->job->arena, s->job->edges) =
        (struct include_edge){tree_span(s->tree, at), f->file};
    node_id value = copy(s, f->root, where.depth, at);
    if (!value) return 0;
    find_keys(s);
    struct chain chain = {where.file, resolved, where.file->depth + 1};
    return process(s, value, (struct place){&chain, where.depth});
}

/* ---- the directive -----------------------------------------------------------------------------
 */

static node_id load_files(struct including *s, node_id object, node_id list, struct place at) {
    ARRAY(node_id) values = {NULL, 0, 0};
    for (TREE_EACH(s->tree, item, list)) {
        if (!tree_is(s->tree, item, NODE_STRING)) {
            fail(s, "include_item_type", item, "`$include` takes paths: each a text in quotes",
                 STR(""));
            return 0;
        }
        node_id value = load_file(s, item, at);
        if (!value) return 0;
        ARRAY_PUSH(s->job->arena, values) = value;
    }
    node_id result = edit_new(s->job->edit, NODE_OBJECT, object);
    for (size_t i = 0; i < values.n; i++) result = merging_join(&s->merging, result, values.v[i]);
    return result;
}

static node_id load_included(struct including *s, node_id object, node_id value, struct place at) {
    if (tree_is(s->tree, value, NODE_STRING)) return load_file(s, value, at);
    if (tree_is(s->tree, value, NODE_ARRAY)) return load_files(s, object, value, at);
    fail(s, "include_value_type", value,
         "`$include` takes the path of a file, or an array of paths", STR(""));
    return 0;
}

static bool process_children(struct including *s, node_id parent, struct place at);

/* What the other members of the object, laid over the included value, give: in the object's place.
 */
static node_id lay_over(struct including *s, node_id object, node_id directive, node_id included,
                        struct place at) {
    if (!tree_is(s->tree, included, NODE_OBJECT)) {
        fail(s, "include_sibling_non_object", directive,
             "the included value is no object, so nothing can stand beside `$include` here",
             STR(""));
        return 0;
    }
    edit_remove(s->job->edit, object, directive);
    if (!process_children(s, object, at)) return 0;
    if (at.depth == 0) s->job->prototype = 0;
    node_id merged = merging_join(&s->merging, included, object);
    struct node *node = edit_node(s->job->edit, object);
    node->u.first = tree_node(s->tree, merged)->u.first;
    node->n = tree_node(s->tree, merged)->n;
    return object;
}

static node_id process_include(struct including *s, node_id object, node_id directive,
                               struct place at) {
    bool alone = tree_node(s->tree, object)->n == 1;
    node_id included = load_included(s, object, directive, at);
    if (!included) return 0;
    if (!alone) return lay_over(s, object, directive, included, at);
    if (at.depth == 0 && tree_is(s->tree, directive, NODE_ARRAY)) s->job->prototype = 0;
    /* Its key stands in another file than its value. */
    tree_node(s->tree, included)->flags |= NODE_SYNTHETIC;
    return included;
}

static bool process_children(struct including *s, node_id parent, struct place at) {
    struct place below = {at.file, at.depth + 1};
    struct edit *e = s->job->edit;
    node_id previous = 0;
    for (node_id child = tree_first(s->tree, parent), next; child; child = next) {
        next = tree_node(s->tree, child)->next;
        key_id key = tree_node(s->tree, child)->key;
        node_id with = process(s, child, below);
        if (!with) return false;
        if (key && key == s->prototype) {
            if (at.depth == 0) s->job->prototype = with;
            edit_relink(e, parent, previous, next);
            edit_node(e, parent)->n--;
            continue;
        }
        if (with != child) {
            struct node *node = edit_node(e, with);
            node->key = key;
            node->next = next;
            edit_relink(e, parent, previous, with);
        }
        previous = with;
    }
    return true;
}

/* Recursive: values nest at most INCLUDE_MAX_DEPTH deep, whatever files they are in. */
static node_id process(struct including *s, node_id n, struct place at) {
    enum node_kind kind = (enum node_kind)tree_node(s->tree, n)->kind;
    if ((kind != NODE_ARRAY && kind != NODE_OBJECT) || (!s->include && !s->prototype)) return n;
    if (at.depth > INCLUDE_MAX_DEPTH) {
        fail(s, "too_deep", n, "with the included files, values nest too deeply", STR(""));
        return 0;
    }
    node_id directive = s->include ? tree_member(s->tree, n, STR("$include")) : 0;
    if (directive) return process_include(s, n, directive, at);
    return process_children(s, n, at) ? n : 0;
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

static void add_root(struct including *s, struct str directory) {
    struct arena *a = s->job->arena;
    const struct files *files = s->job->files;
    struct str real;
    if (files->real_path(files->context, a, str_to_c(a, directory), &real) != FILE_OK)
        real = directory;
    ARRAY_PUSH(a, s->roots) = directory;
    ARRAY_PUSH(a, s->real_roots) = real;
}

static struct str home_of(const struct include_job *job) {
    struct str home = environment_get(job->environment, STR("OPENCLAW_HOME"));
    return home.n ? home : environment_get(job->environment, STR("HOME"));
}

/* The directories of OPENCLAW_INCLUDE_ROOTS, separated by colons. */
static void add_named_roots(struct including *s) {
    struct include_job *job = s->job;
    struct str list = environment_get(job->environment, STR("OPENCLAW_INCLUDE_ROOTS"));
    for (size_t at = 0; at < list.n;) {
        size_t end = str_find(list, STR(":"), at);
        if (end == SIZE_MAX) end = list.n;
        struct str entry = ids_trim(str_slice(list, at, end));
        at = end + 1;
        if (!entry.n) continue;
        struct str base = job->directory;
        if (str_equal(entry, STR("~")) || str_starts(entry, STR("~/"))) {
            base = home_of(job);
            entry = str_slice(entry, entry.n > 2 ? 2 : 1, entry.n);
        }
        if (base.n) add_root(s, files_absolute(job->arena, base, entry));
    }
}

node_id include_resolve(struct include_job *job, node_id root) {
    struct including s = {.job = job,
                          .tree = job->edit->tree,
                          .merging = {.edit = job->edit, .strict = job->gateway->include_roots}};
    job->prototype = 0;
    find_keys(&s);
    if (!s.include && !s.prototype) return root;
    add_root(&s, files_directory(job->config));
    if (job->gateway->include_roots) add_named_roots(&s);
    struct chain main_file = {NULL, job->config, 0};
    node_id resolved = process(&s, root, (struct place){&main_file, 0});
    if (!resolved || s.merging.work <= INCLUDE_MAX_WORK) return resolved;
    fail(&s, "include_limit", root, "merging the included files takes too long", STR(""));
    return 0;
}
