/* clawc table: looks into a compiled table. */
#include "table/table.h"

#include <string.h>

#include "clawrt.h"
#include "commands/compile.h"

static enum exit_code print_text(bool ok, const struct buf *b, struct str error, const char *path) {
    if (b->n) fwrite(b->p, 1, b->n, stdout);
    if (ok) return EXIT_FINE;
    fprintf(stderr, "clawc: %s: " STR_FMT "\n", path, STR_ARG(error));
    return EXIT_CONFIG;
}

/* What two tables route, without the digest of their sources. */
static bool same_routes(struct run *run, struct str a, struct str b) {
    struct buf one = buf_new(run->arena), two = buf_new(run->arena);
    struct str error;
    if (!table_dump(a, &one, &error) || !table_dump(b, &two, &error)) return false;
    struct str x = buf_str(&one), y = buf_str(&two);
    size_t i = str_find(x, STR("\nsource "), 0), j = str_find(y, STR("\nsource "), 0);
    if (i == SIZE_MAX || i != j) return false;
    size_t k = str_find(x, STR("\n"), i + 1), l = str_find(y, STR("\n"), j + 1);
    return str_equal(str_slice(x, 0, i), str_slice(y, 0, j)) &&
           str_equal(str_slice(x, k, x.n), str_slice(y, l, y.n));
}

/* Compiles the config for the gateway that the table was made for, and compares. */
static enum exit_code verify_against(struct run *run, const char *path, struct str bytes) {
    struct clawrt *table;
    struct clawrt_info info;
    if (clawrt_open_memory(bytes.p, bytes.n, &table) != CLAWRT_OK) return EXIT_FINDINGS;
    clawrt_get_info(table, &info);
    struct options o = *run->o;
    if (!o.gateway)
        o.gateway = str_copy(run->arena, (struct str){info.gateway.p, info.gateway.n}).p;
    const struct options *given = run->o;
    run->o = &o;
    struct compiled c;
    bool compiles = compile_table(run, given->against, &c);
    run->o = given;
    clawrt_close(table);
    if (!compiles) {
        run_print_errors(run, stderr);
        return EXIT_CONFIG;
    }
    if (str_equal(buf_str(&c.bytes), bytes)) {
        printf("%s: up to date with %s\n", path, given->against);
        return EXIT_FINE;
    }
    if (same_routes(run, buf_str(&c.bytes), bytes)) {
        printf("%s: %s has changed, but routes the same\n", path, given->against);
        return EXIT_FINE;
    }
    printf("%s: stale: %s routes differently now; compile it again\n", path, given->against);
    return EXIT_FINDINGS;
}

static enum exit_code verify(struct run *run, const char *path, struct str bytes) {
    struct buf b = buf_new(run->arena);
    if (!table_verify(bytes, &b)) {
        fwrite(b.p, 1, b.n, stdout);
        fprintf(stderr, "clawc: %s is damaged\n", path);
        return EXIT_FINDINGS;
    }
    if (run->o->against) return verify_against(run, path, bytes);
    if (!run->o->quiet) printf("%s: sound\n", path);
    return EXIT_FINE;
}

enum exit_code command_table(struct run *run) {
    const struct options *o = run->o;
    if (o->arguments.list.n != 2) {
        fputs("clawc: table takes info, verify or dump, and a table file\n", stderr);
        return EXIT_USAGE;
    }
    const char *what = o->arguments.list.v[0], *path = o->arguments.list.v[1];
    struct str bytes, error;
    if (!table_read(run->arena, path, &bytes, &error)) {
        fprintf(stderr, "clawc: " STR_FMT "\n", STR_ARG(error));
        return EXIT_CONFIG;
    }
    struct buf b = buf_new(run->arena);
    enum exit_code code = EXIT_USAGE;
    if (strcmp(what, "info") == 0)
        code = print_text(table_info(bytes, &b, &error), &b, error, path);
    else if (strcmp(what, "dump") == 0)
        code = print_text(table_dump(bytes, &b, &error), &b, error, path);
    else if (strcmp(what, "verify") == 0)
        code = verify(run, path, bytes);
    else
        fprintf(stderr, "clawc: table knows info, verify and dump, not `%s`\n", what);
    return run_flush(stdout, code);
}
