#include "base/timing.h"

#include <stdlib.h>
#include <time.h>

double timing_now(void) {
    struct timespec t;
    if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) return 0;
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

struct timing *timing_new(struct arena *a) {
    struct timing *t = ARENA_NEW(a, struct timing);
    t->arena = a;
    t->since = timing_now();
    return t;
}

void timing_lap(struct timing *t, struct str name) {
    if (!t) return;
    double at = timing_now();
    ARRAY_PUSH(t->arena, t->parts) = (struct timed_part){name, at - t->since};
    t->since = at;
}

void timing_add(struct timing *t, struct str name, double seconds) {
    if (!t) return;
    ARRAY_PUSH(t->arena, t->parts) = (struct timed_part){name, seconds};
    t->since = timing_now();
}

static int by_seconds(const void *left, const void *right) {
    double a = ((const struct timed_part *)left)->seconds;
    double b = ((const struct timed_part *)right)->seconds;
    return (a < b) - (a > b);
}

void timing_print(const struct timing *t, const char *title, FILE *out) {
    size_t n = t->parts.n;
    double all = 0;
    for (size_t i = 0; i < n; i++) all += t->parts.v[i].seconds;
    struct timed_part *parts = arena_copy(t->arena, t->parts.v, n * sizeof *parts);
    if (n) qsort(parts, n, sizeof *parts, by_seconds);
    fprintf(out, "%-48s %9.0f us\n", title, all * 1e6);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "  %-46.*s %9.0f us\n", (int)parts[i].name.n, parts[i].name.p,
                parts[i].seconds * 1e6);
}
