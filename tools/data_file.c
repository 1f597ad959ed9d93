#include "data_file.h"

#include <stdio.h>
#include <stdlib.h>

#include "syntax/yaml.h"

struct data_file data_file_read(struct arena *a, const char *path) {
    struct sources *sources = sources_new(a);
    struct data_file file = {tree_new(a, sources), diags_new(a), 0};
    const char *reason;
    uint32_t number;
    if (source_read(sources, path, str_from(path), &number, &reason) != SOURCE_OK) {
        fprintf(stderr, "%s: %s\n", path, reason);
        exit(4);
    }
    file.root = yaml_parse(file.tree, number, file.diags);
    if (!file.root || file.diags->errors) data_file_refuse(&file);
    return file;
}

void data_file_refuse(const struct data_file *file) {
    const struct sources *s = file->tree->sources;
    for (size_t i = 0; i < file->diags->list.n; i++) {
        const struct diag *d = &file->diags->list.v[i];
        struct position p = source_position(s, d->span.file, d->span.start);
        struct str name = source_name(s, d->span.file);
        fprintf(stderr, STR_FMT ":%u:%u: " STR_FMT "\n", STR_ARG(name), p.line, p.column,
                STR_ARG(d->message));
    }
    exit(2);
}
