/* How long a rule's condition takes, over host objects as rules have them. One line an expression:
 * nanoseconds per evaluation and, for the first, per compilation. */
#include <stdio.h>
#include <time.h>

#include "cel/cel.h"

enum { EVALUATIONS = 2 * 1000 * 1000, COMPILATIONS = 50 * 1000 };

struct agent {
    const char *id, *sandbox;
    int64_t senders, tools;
    bool is_default;
};

static struct cel_value get(struct cel_run *run, const void *object, size_t field) {
    (void)run;
    const struct agent *a = object;
    switch (field) {
    case 0: return cel_with_origin(cel_string(str_from(a->id)), 1);
    case 1: return cel_with_origin(cel_string(str_from(a->sandbox)), 2);
    case 2: return cel_with_origin(cel_int(a->senders), 3);
    case 3: return cel_with_origin(cel_int(a->tools), 4);
    default: return cel_with_origin(cel_bool(a->is_default), 5);
    }
}

static const struct cel_field fields[] = {
    {"id", CEL_TYPE(CEL_STRING), ""},       {"sandbox", CEL_TYPE(CEL_STRING), ""},
    {"senders", CEL_TYPE(CEL_INT), ""},     {"tools", CEL_TYPE(CEL_INT), ""},
    {"is_default", CEL_TYPE(CEL_BOOL), ""},
};
static const struct cel_object_type type = {"agent", "", fields, 5, get};
static const struct cel_variable variables[] = {{"agent", CEL_TYPE_OBJECT(&type)}};
static const struct cel_env env = {.variables = variables, .n = 1};

static const char *const conditions[] = {
    ("agent.senders > 1 && agent.sandbox == 'off' && agent.tools >= 3 && !agent.is_default && "
     "agent.id != 'main'"),
    "agent.sandbox in ['off', 'none', 'host']",
    "agent.id.matches('^(work|home)-[a-z0-9]+$')",
    "[1, 2, 3, 4, 5, 6, 7, 8].exists(n, n == agent.tools)",
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int measure(const char *source) {
    struct arena *a = arena_new();
    struct cel_error error;
    const struct cel_program *p = cel_compile(a, &env, str_from(source), &error);
    if (!p) return 1;
    static const struct agent agent = {"work-1", "off", 3, 8, false};
    const struct cel_value value = cel_object(&type, &agent);
    struct cel_run run = cel_run_new(a, NULL);
    uint64_t steps = run.steps_left, bytes = run.bytes_left;
    size_t met = 0;
    double start = now();
    for (int i = 0; i < EVALUATIONS; i++) {
        run.steps_left = steps;
        run.bytes_left = bytes;
        met += cel_eval(p, &run, &value).u.boolean;
    }
    double each = (now() - start) / EVALUATIONS;
    printf("cel eval     %7.0f ns  %s\n", each, source);
    arena_free(a);
    return met == EVALUATIONS ? 0 : 1;
}

static void measure_compilation(const char *source) {
    struct arena *a = arena_new();
    struct cel_error error;
    double start = now();
    for (int i = 0; i < COMPILATIONS; i++) {
        cel_compile(a, &env, str_from(source), &error);
        arena_reset(a);
    }
    printf("cel compile  %7.0f ns  %s\n", (now() - start) / COMPILATIONS, source);
    arena_free(a);
}

int main(void) {
    int failed = 0;
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
        failed |= measure(conditions[i]);
    measure_compilation(conditions[0]);
    return failed;
}
