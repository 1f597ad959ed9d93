/* Fuzz target of reading Compose projects: the input is a small file system, files separated by
 * lines `--- NAME`; the first two are named as the project's. Whatever it holds, reading ends,
 * stays within the project, has its messages in the files, and gives structs that can be printed:
 * with variables that are known and a profile that is chosen, and without either.
 */
#include <stdlib.h>

#include "compose/print.h"
#include "load/load_testing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct division {
    struct virtual_files files;
    struct str names[2];
    size_t n_names;
};

static struct str padded(struct arena *a, struct str text) {
    char *p = arena_zalloc(a, text.n + SOURCE_PADDING, 1);
    if (text.n) memcpy(p, text.p, text.n);
    return (struct str){p, text.n};
}

static void add(struct division *d, struct str name, struct str text) {
    struct arena *a = d->files.arena;
    virtual_add(&d->files, STR("/p"), name, padded(a, text));
    if (d->n_names < 2) d->names[d->n_names++] = name;
}

static void divide(struct division *d, struct str input) {
    struct str name = STR("compose.yaml");
    for (size_t at = 0; at <= input.n;) {
        size_t mark = str_find(input, STR("\n--- "), at);
        struct str text = str_slice(input, at, mark == SIZE_MAX ? input.n : mark);
        if (name.n) add(d, name, text);
        if (mark == SIZE_MAX) break;
        size_t end = str_find(input, STR("\n"), mark + 1);
        if (end == SIZE_MAX) end = input.n;
        name = str_slice(input, mark + 5, end);
        at = end + 1;
    }
}

static void check_span(const struct sources *sources, struct span s) {
    if (s.file > source_count(sources) || s.start > s.end) abort();
    if (s.file && s.end > source_text(sources, s.file).n) abort();
}

static void check_diags(const struct diags *d, const struct sources *sources) {
    for (size_t i = 0; i < d->list.n; i++) {
        check_span(sources, d->list.v[i].span);
        if (!d->list.v[i].message.n) abort();
        for (size_t k = 0; k < d->list.v[i].notes.n; k++)
            check_span(sources, d->list.v[i].notes.v[k].span);
    }
}

static void check_services(const struct compose_project *p) {
    for (size_t i = 0; i < p->services.n; i++) {
        const struct compose_service *s = &p->services.v[i];
        if (!s->name.p || compose_service(p, s->name) == NULL) abort();
        for (size_t k = 0; k < s->mounts.n; k++)
            if (!compose_mount_of(s, s->mounts.v[k].target)) abort();
        if (s->left_out && s->open_profiles.n) abort();
        for (size_t k = 0; k < s->unset.n; k++)
            if (!s->unset.v[k].name.n || !s->unset.v[k].at) abort();
    }
}

static void run(struct str input, bool complete) {
    struct arena *a = arena_new();
    struct division d = {.files = {.arena = a}};
    ARRAY_PUSH(a, d.files.roots) = STR("/p");
    divide(&d, input);
    struct files access = virtual_access(&d.files);
    struct environment *e = environment_new(a);
    struct str chosen = STR("day");
    e->complete = complete;
    environment_set(e, STR("A"), STR("value"));
    struct compose_input in = {.arena = a,
                               .tree = tree_new(a, sources_new(a)),
                               .diags = diags_new(a),
                               .files = &access,
                               .root = STR("/p"),
                               .names = d.names,
                               .n_names = d.n_names,
                               .environment = e,
                               .profiles = &chosen,
                               .n_profiles = complete,
                               .directory = complete ? STR("/srv/p") : STR(""),
                               .skip_missing = complete};
    struct compose_project *p = compose_read(&in);
    if (d.files.escaped) abort();
    check_diags(in.diags, in.tree->sources);
    check_services(p);
    struct buf out = buf_new(a);
    if (p->root) compose_print(&out, p, complete, !complete);
    arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str input = {(const char *)data, size};
    run(input, true);
    run(input, false);
    return 0;
}
