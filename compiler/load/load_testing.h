/* A file system for tests: paths with contents, symbolic links, hard links. A read of anything that
 * is not below one of its roots is noted. Include it in one test program only. */
#ifndef CLAWC_LOAD_TESTING_H
#define CLAWC_LOAD_TESTING_H

#include <string.h>

#include "base/arena.h"
#include "load/files.h"
#include "source/source.h"

struct virtual_file {
    struct str path;   /* absolute, normalised */
    struct str text;   /* of a file */
    struct str target; /* of a symbolic link, absolute or relative to where it stands */
    unsigned names;    /* of a file: how many hard links it has; 0: a symbolic link */
};

struct virtual_files {
    struct arena *arena;
    ARRAY(struct virtual_file) list;
    ARRAY(struct str) roots; /* what may be read; none: anything */
    bool escaped;            /* something else was */
    size_t reads;
};

static struct virtual_file *virtual_find(const struct virtual_files *v, struct str path) {
    for (size_t i = 0; i < v->list.n; i++)
        if (str_equal(v->list.v[i].path, path)) return &v->list.v[i];
    return NULL;
}

static inline void virtual_add(struct virtual_files *v, struct str base, struct str path,
                               struct str text) {
    ARRAY_PUSH(v->arena, v->list) = (struct virtual_file){
        .path = files_absolute(v->arena, base, path), .text = text, .names = 1};
}

static inline void virtual_link(struct virtual_files *v, struct str base, struct str path,
                                struct str target) {
    ARRAY_PUSH(v->arena, v->list) =
        (struct virtual_file){.path = files_absolute(v->arena, base, path), .target = target};
}

static inline void virtual_hard_link(struct virtual_files *v, struct str base, struct str path,
                                     struct str existing) {
    struct virtual_file *file = virtual_find(v, files_absolute(v->arena, base, existing));
    if (!file) return;
    file->names++;
    struct virtual_file same = *file;
    same.path = files_absolute(v->arena, base, path);
    ARRAY_PUSH(v->arena, v->list) = same;
}

static bool virtual_is_directory(const struct virtual_files *v, struct str path) {
    for (size_t i = 0; i < v->list.n; i++)
        if (files_inside(path, v->list.v[i].path) && !str_equal(path, v->list.v[i].path))
            return true;
    return false;
}

static enum file_status virtual_real_path(void *context, struct arena *a, const char *path,
                                          struct str *real) {
    struct virtual_files *v = context;
    struct str rest = files_absolute(a, STR("/"), str_from(path)), done = STR("");
    enum { LINKS_MAX = 40 };
    for (int links = 0; rest.n > 1 || !done.n;) {
        size_t end = str_find(rest, STR("/"), 1);
        if (end == SIZE_MAX) end = rest.n;
        struct str next = str_concat(a, done, str_slice(rest, 0, end));
        if (next.n >= 4096 || end > 256) return FILE_UNREADABLE;
        const struct virtual_file *found = virtual_find(v, next);
        rest = str_slice(rest, end, rest.n);
        if (found && !found->names) {
            if (++links > LINKS_MAX) return FILE_UNREADABLE;
            struct str target = files_absolute(a, files_directory(next), found->target);
            rest = str_concat(a, target, rest);
            done = STR("");
            continue;
        }
        if (!found && !virtual_is_directory(v, next)) return FILE_MISSING;
        if (found && rest.n) return FILE_MISSING;
        done = next;
        if (!rest.n) break;
    }
    *real = done;
    return FILE_OK;
}

static inline void virtual_note(struct virtual_files *v, struct str path) {
    bool inside = !v->roots.n;
    for (size_t i = 0; i < v->roots.n; i++) inside = inside || files_inside(v->roots.v[i], path);
    v->escaped = v->escaped || !inside;
    v->reads++;
}

static enum file_status virtual_read(void *context, struct arena *a, struct str root,
                                     struct str real, size_t max, struct str *text) {
    struct virtual_files *v = context;
    virtual_note(v, real);
    if (!files_inside(root, real)) return FILE_REFUSED;
    const struct virtual_file *file = virtual_find(v, real);
    if (!file) return virtual_is_directory(v, real) ? FILE_REFUSED : FILE_MISSING;
    if (file->names != 1 || file->text.n > max) return FILE_REFUSED;
    char *p = arena_alloc(a, file->text.n + SOURCE_PADDING);
    if (file->text.n) memcpy(p, file->text.p, file->text.n);
    memset(p + file->text.n, 0, SOURCE_PADDING);
    *text = (struct str){p, file->text.n};
    return FILE_OK;
}

static struct files virtual_access(struct virtual_files *v) {
    return (struct files){v, virtual_real_path, virtual_read};
}

#endif
