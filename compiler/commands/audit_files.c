/* audit --fs: who may read and write the files that make up a config. */
#include "commands/audit_files.h"

#include <sys/stat.h>

struct looking {
    struct run *run;
    ARRAY(struct config_file) found;
};

/* A file that cannot be looked at has been reported by whoever read it. */
static void look(struct looking *s, struct str path, struct str name, place at, bool included) {
    struct stat st;
    const char *c = str_to_c(s->run->arena, path);
    if (lstat(c, &st) != 0) return;
    struct config_file f = {.name = name, .path = path, .included = included, .at = at};
    f.symlink = S_ISLNK(st.st_mode);
    if (f.symlink && stat(c, &st) != 0) return;
    f.group_reads = st.st_mode & S_IRGRP;
    f.group_writes = st.st_mode & S_IWGRP;
    f.others_read = st.st_mode & S_IROTH;
    f.others_write = st.st_mode & S_IWOTH;
    ARRAY_PUSH(s->run->arena, s->found) = f;
}

/* The first value of each file of a config: what stands for the whole of it. */
static node_id *first_nodes(struct run *run, const struct loaded *loaded) {
    node_id *first = ARENA_ARRAY(run->arena, node_id, (size_t)source_count(run->sources) + 1);
    for (node_id n = loaded->first_node; n < run->tree->n; n++) {
        uint16_t file = tree_node(run->tree, n)->file;
        if (!first[file]) first[file] = n;
    }
    return first;
}

void audit_look_at_files(struct run *run, const char *path, const struct loaded *loaded,
                         struct gateway_place *where) {
    struct looking s = {.run = run};
    if (path[0] == '-' && path[1] == '\0') return;
    struct str main = files_absolute(run->arena, run_directory(run), str_from(path));
    struct str beside = files_directory(main);
    node_id *first = first_nodes(run, loaded);
    look(&s, main, source_name(run->sources, loaded->file), first[loaded->file], false);
    for (size_t i = 0; i < loaded->n_includes; i++) {
        uint32_t file = loaded->includes[i].file;
        if (!first[file]) continue;
        struct str name = source_name(run->sources, file); /* as seen from the config's folder */
        look(&s, files_absolute(run->arena, beside, name), name, first[file], true);
        first[file] = 0; /* said once, however often it is included */
    }
    where->files = s.found.v;
    where->n_files = s.found.n;
}
