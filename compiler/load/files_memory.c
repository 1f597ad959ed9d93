#include "load/files_memory.h"

#include <string.h>

#include "source/source.h"

static const struct memory_file *find(const struct memory_files *files, struct str path) {
    for (size_t i = 0; i < files->list.n; i++)
        if (str_equal(files->list.v[i].path, path)) return &files->list.v[i];
    return NULL;
}

static enum file_status memory_real_path(void *context, struct arena *a, const char *path,
                                         struct str *real) {
    const struct memory_files *files = context;
    *real = files_absolute(a, STR("/"), str_from(path));
    if (find(files, *real)) return FILE_OK;
    for (size_t i = 0; i < files->list.n; i++)
        if (files_inside(*real, files->list.v[i].path)) return FILE_OK;
    return FILE_MISSING;
}

static enum file_status memory_read(void *context, struct arena *a, struct str root,
                                    struct str real, size_t max, struct str *text) {
    const struct memory_file *file = find(context, real);
    if (!files_inside(root, real)) return FILE_REFUSED;
    if (!file) return FILE_MISSING;
    if (file->text.n > max) return FILE_REFUSED;
    char *p = arena_zalloc(a, file->text.n + SOURCE_PADDING, 1);
    if (file->text.n) memcpy(p, file->text.p, file->text.n);
    *text = (struct str){p, file->text.n};
    return FILE_OK;
}

struct files files_of_memory(struct memory_files *files) {
    return (struct files){files, memory_real_path, memory_read};
}
