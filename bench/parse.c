/* How fast a large config is read, next to the C libraries for JSON on the same document:
 *
 *   parse CONFIG.json5 CONFIG.json
 *
 * Prints rates (median of the runs, text in memory already, without freeing what was made) and the
 * peak memory of a process that does nothing but read the file and parse it. jansson and json-c
 * keep no places; ours does. `parse -once PARSER FILE` parses one time: the processes that are
 * measured. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "parse.h"
#include "syntax/json5.h"

enum { RUNS = 9 };

_Noreturn void bench_fail(const char *what) {
    fprintf(stderr, "bench: %s\n", what);
    exit(4);
}

double bench_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double parse_clawc(struct sources *s, uint32_t file) {
    struct arena *a = arena_new();
    struct tree *t = tree_new(a, s);
    double start = bench_now();
    bool ok = json5_parse(t, file, diags_new(a)).ok;
    double seconds = bench_now() - start;
    if (!ok) bench_fail("clawc refuses the document");
    arena_free(a);
    return seconds;
}

static const struct {
    const char *name;
    parse_function *parse;
} parsers[] = {{"clawc", parse_clawc}, {"jansson", parse_jansson}, {"json-c", parse_json_c}};

static parse_function *parser(const char *name) {
    for (size_t i = 0; i < sizeof parsers / sizeof *parsers; i++)
        if (strcmp(parsers[i].name, name) == 0) return parsers[i].parse;
    bench_fail("no such parser");
}

static uint32_t read_file(struct sources *s, const char *path) {
    uint32_t file = 0;
    const char *reason;
    if (source_read(s, path, str_from(path), &file, &reason) != SOURCE_OK) bench_fail(reason);
    return file;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Peak resident bytes of a process that parses the file once. */
static double peak_memory(const char *program, const char *name, const char *path) {
    int ends[2];
    fflush(stdout);
    if (pipe(ends) != 0) bench_fail("cannot make a pipe");
    pid_t child = fork();
    if (child < 0) bench_fail("cannot start a process");
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl(program, program, "-once", name, path, (char *)NULL);
        _exit(4);
    }
    close(ends[1]);
    char answer[32] = "";
    int status;
    if (read(ends[0], answer, sizeof answer - 1) <= 0) bench_fail("a parser failed");
    close(ends[0]);
    if (waitpid(child, &status, 0) < 0 || status != 0) bench_fail("a parser failed");
    return (double)strtol(answer, NULL, 10) * 1024;
}

/* Parses once and says how much memory the process took. */
static int parse_once(const char *name, const char *path) {
    struct arena *a = arena_new();
    struct sources *s = sources_new(a);
    struct rusage usage;
    parser(name)(s, read_file(s, path));
    arena_free(a);
    getrusage(RUSAGE_SELF, &usage);
    printf("%ld\n", usage.ru_maxrss); /* kilobytes on Linux */
    return 0;
}

static double measure(const char *program, const char *name, const char *path) {
    struct arena *a = arena_new();
    struct sources *s = sources_new(a);
    double peak = peak_memory(program, name, path);
    uint32_t file = read_file(s, path);
    double seconds[RUNS], bytes = (double)source_text(s, file).n;
    for (int i = 0; i < RUNS; i++) seconds[i] = parser(name)(s, file);
    qsort(seconds, RUNS, sizeof *seconds, by_value);
    double rate = bytes / seconds[RUNS / 2] / 1e6;
    printf("  %-8s %6.0f MB/s   best %6.0f   peak memory %5.2f bytes per byte\n", name, rate,
           bytes / seconds[0] / 1e6, peak / bytes);
    arena_free(a);
    return rate;
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "-once") == 0) return parse_once(argv[2], argv[3]);
    if (argc != 3) {
        fprintf(stderr, "usage: %s CONFIG.json5 CONFIG.json\n", argv[0]);
        return 3;
    }
    printf("parsing %s (JSON5, with comments):\n", argv[1]);
    measure(argv[0], "clawc", argv[1]);
    printf("parsing %s (the same document as JSON):\n", argv[2]);
    double ours = measure(argv[0], "clawc", argv[2]);
    double jansson = measure(argv[0], "jansson", argv[2]);
    double json_c = measure(argv[0], "json-c", argv[2]);
    printf("  clawc is %.1f times jansson, %.1f times json-c\n", ours / jansson, ours / json_c);
    return 0;
}
