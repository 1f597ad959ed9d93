/* The bounds of an evaluation: everything that it allocates comes through here and is counted. */
#include <stdarg.h>
#include <stdio.h>

#include "cel/cel_ast.h"

enum { STEPS = 10 * 1000 * 1000, BYTES = 64 * 1024 * 1024 };

struct cel_run cel_run_new(struct arena *a, void *user) {
    return (struct cel_run){.arena = a, .steps_left = STEPS, .bytes_left = BYTES, .user = user};
}

struct cel_value cel_limit(void) {
    return cel_failure(CEL_ERROR_LIMIT, STR("undecided: it takes too many steps or too much "
                                            "memory to evaluate"));
}

void *cel_alloc(struct cel_run *run, size_t count, size_t size) {
    if (count > run->bytes_left / size) {
        run->bytes_left = 0;
        return NULL;
    }
    uint64_t bytes = (uint64_t)count * size + 16;
    run->bytes_left -= bytes < run->bytes_left ? bytes : run->bytes_left;
    return arena_alloc(run->arena, count * size);
}

struct cel_value cel_errorf(struct cel_run *run, enum cel_error_code code, const char *format,
                            ...) {
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct str message = str_from(text);
    if (message.n >= run->bytes_left) return cel_limit();
    run->bytes_left -= message.n;
    return cel_failure(code, str_copy(run->arena, message));
}

struct cel_value cel_text_value(struct cel_run *run, enum cel_kind kind, struct str s) {
    if (s.n >= run->bytes_left || !cel_step(run, s.n / 64)) return cel_limit();
    run->bytes_left -= s.n;
    return (struct cel_value){.kind = (uint8_t)kind, .u.text = s};
}

bool cel_push(struct cel_run *run, struct cel_values *list, struct cel_value v) {
    if (list->n == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 8;
        size_t more = (capacity - list->capacity) * sizeof v;
        if (more > run->bytes_left) return false;
        run->bytes_left -= more;
        list->v = arena_grow(run->arena, list->v, list->capacity * sizeof v, capacity * sizeof v);
        list->capacity = capacity;
    }
    list->v[list->n++] = v;
    return true;
}

struct cel_value cel_optional_of(struct cel_run *run, struct cel_value v) {
    struct cel_value *kept = cel_alloc(run, 1, sizeof *kept);
    if (!kept) return cel_limit();
    *kept = v;
    return (struct cel_value){.kind = CEL_OPTIONAL, .origin = v.origin, .u.optional = kept};
}
