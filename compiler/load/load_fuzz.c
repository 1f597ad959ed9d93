/* Fuzz target of the whole pipe: any config, for each gateway version, gives a report, in every
 * format and the same one twice; the bytes of a config that loads give a table that is sound. */
#include <stdlib.h>
#include <string.h>

#include "analysis/fleet.h"
#include "load/load.h"
#include "policy/engine.h"
#include "report/report.h"
#include "table/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is the same for every input: kept until the end. */
struct fixed {
    struct arena *arena;
    struct gateways gateways;
    struct rules rules;
};

static const struct fixed *fixed(void) {
    static struct fixed f;
    if (f.arena) return &f;
    f.arena = arena_new();
    f.gateways = gateways_load(f.arena);
    rules_load_builtin(f.arena, &f.rules, diags_new(f.arena));
    return &f;
}

static struct str path_of(void *paths, struct span span) {
    return paths_of_span(paths, span);
}

struct attempt {
    const struct fixed *fixed;
    struct arena *arena;
    struct tree *tree;
    struct diags *diags;
    struct environment *env;
    struct loaded *loaded;
    struct model *model;
};

static struct attempt load(struct arena *a, struct str text, struct str version) {
    struct attempt t = {.fixed = fixed(), .arena = a};
    t.tree = tree_new(a, sources_new(a));
    t.diags = diags_new(a);
    t.env = environment_new(a);
    t.loaded = ARENA_NEW(a, struct loaded);
    struct loader l = {.arena = a,
                       .tree = t.tree,
                       .diags = t.diags,
                       .gateways = &t.fixed->gateways,
                       .environment = t.env,
                       .gateway = version,
                       .gateway_from = STR("--gateway")};
    load_config(&l, source_add(t.tree->sources, STR("fuzz.json5"), text), t.loaded);
    struct gateway_place where = {.name = STR("fuzz"), .state = STR("/s")};
    if (t.loaded->root) t.model = model_build(a, t.diags, t.loaded, t.env, &where);
    return t;
}

static struct report *audit(const struct attempt *t) {
    struct arena *a = t->arena;
    struct report *report = ARENA_NEW(a, struct report);
    struct paths *paths = paths_new(a, t->tree);
    report->sources = t->tree->sources;
    report->errors = t->diags;
    report->path_of = path_of;
    report->paths = paths;
    if (!t->model) return report;
    /* Two of the same: everything is shared. */
    const struct analysis *both[2];
    for (size_t i = 0; i < 2; i++) both[i] = analyse(a, t->model, (struct names){0});
    struct engine e = {.arena = a,
                       .tree = t->tree,
                       .paths = paths,
                       .rules = &t->fixed->rules,
                       .today = STR("2026-01-01")};
    engine_run(&e, both, 2, fleet_analyse(a, both, 2, t->env), report);
    return report;
}

static struct str write_report(struct arena *a, const struct report *report, const char *name) {
    char *p = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&p, &n);
    struct report_options options = {.version = "0"};
    if (!out || !report_write(report_format_find(str_from(name)), report, &options, out)) abort();
    if (fclose(out) != 0) abort();
    struct str copy = str_copy(a, (struct str){p, n});
    free(p);
    return copy;
}

static void check_table(const struct attempt *t) {
    static const uint8_t digest[TABLE_DIGEST];
    struct buf bytes = buf_new(t->arena), why = buf_new(t->arena);
    struct str error;
    if (t->diags->errors) return;
    if (!table_build(&t->model->routing, digest, &bytes, &error)) {
        if (!error.n) abort();
        return;
    }
    if (!table_verify(buf_str(&bytes), &why)) abort();
}

static void check(struct str text, struct str version) {
    static const char *const formats[] = {"text", "json", "sarif"};
    struct arena *a = arena_new();
    struct attempt one = load(a, text, version), two = load(a, text, version);
    struct report *first = audit(&one), *second = audit(&two);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (!str_equal(write_report(a, first, formats[i]), write_report(a, second, formats[i])))
            abort();
    for (size_t i = 0; i < one.diags->list.n; i++)
        if (one.diags->list.v[i].span.end > text.n) abort();
    if (one.model) check_table(&one);
    arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = calloc(size + SOURCE_PADDING, 1);
    if (!text) abort();
    memcpy(text, data, size);
    const struct gateways *g = &fixed()->gateways;
    for (size_t i = 0; i < g->n; i++) check((struct str){text, size}, g->v[i].version);
    free(text);
    return 0;
}
