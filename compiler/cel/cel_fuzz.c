/* Fuzz target of CEL: whatever the expression is, it is refused at a place inside of it or gives a
 * value, soon and within its bounds. The first byte chooses how it is compiled; with its highest
 * bit the rest is a line of `clawc eval --batch`. */
#include <stdlib.h>
#include <string.h>

#include "cel/cel_batch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NO_CHECK = 1, NO_MACROS = 2, CONTAINER = 4, BATCH = 128 };

static struct cel_value get(struct cel_run *run, const void *object, size_t field);

static const struct cel_object_type thing_type;
static const struct cel_field thing_fields[] = {
    {"name", CEL_TYPE(CEL_STRING), "a text"},
    {"others", CEL_TYPE_LIST_OBJECT(&thing_type), "a list without end"},
    {"none", CEL_TYPE(CEL_INT), "always absent"},
};
static const struct cel_object_type thing_type = {"thing", "A thing.", thing_fields, 3, get};

static struct cel_value other(struct cel_run *run, const void *host, size_t i) {
    (void)run;
    return cel_with_origin(cel_object(&thing_type, host), (uint32_t)i + 1);
}

static struct cel_value get(struct cel_run *run, const void *object, size_t field) {
    static const struct cel_host_list others = {1000, other, "thing"};
    (void)run;
    if (field == 0) return cel_string(str_from(object));
    return field == 1 ? cel_host_list(&others) : cel_null();
}

static void evaluate(struct arena *a, unsigned flags, struct str source) {
    static const struct cel_variable variables[] = {
        {"thing", CEL_TYPE_OBJECT(&thing_type)},
        {"s", CEL_TYPE(CEL_STRING)},
        {"n", CEL_TYPE(CEL_INT)},
        {"x", CEL_TYPE(CEL_DYN)},
        {"a.b", CEL_TYPE(CEL_DYN)},
    };
    struct cel_env env = {.variables = variables,
                          .n = sizeof variables / sizeof *variables,
                          .container = flags & CONTAINER ? STR("a.c") : STR(""),
                          .no_check = flags & NO_CHECK,
                          .no_macros = flags & NO_MACROS};
    struct cel_error error = {UINT32_MAX, STR_NONE};
    const struct cel_program *p = cel_compile(a, &env, source, &error);
    if (!p) {
        if (error.offset > source.n || !error.message.n) abort();
        return;
    }
    struct cel_run run = cel_run_new(a, NULL);
    run.steps_left = 100000;
    run.bytes_left = 1 << 20;
    const struct cel_value values[] = {cel_object(&thing_type, "thing"), cel_string(STR("aaaa")),
                                       cel_int(-1), cel_list(NULL, 0), cel_double(0.5)};
    struct cel_value v = cel_eval(p, &run, values);
    if (v.kind >= CEL_DYN) abort();
    if (v.kind == CEL_ERROR && (v.code > CEL_ERROR_LIMIT || !v.u.text.n)) abort();
    struct buf b = buf_new(a);
    run.steps_left = 1000;
    cel_add_text(&run, &b, v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!size) return 0;
    struct arena *a = arena_new(), *kept = arena_new();
    struct str source = {(const char *)data + 1, size - 1};
    if (data[0] & BATCH) {
        struct buf out = buf_new(kept);
        cel_batch_line(a, source, &out);
        if (!out.n) abort();
    } else {
        evaluate(a, data[0], source);
    }
    arena_free(kept);
    arena_free(a);
    return 0;
}
