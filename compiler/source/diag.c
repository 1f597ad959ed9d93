#include "source/diag.h"

#include <stdarg.h>
#include <stdio.h>

const char *severity_name(enum severity s) {
    static const char *const names[] = {"info", "warn", "critical", "error"};
    return names[s];
}

struct diags *diags_new(struct arena *a) {
    struct diags *d = ARENA_NEW(a, struct diags);
    d->arena = a;
    return d;
}

static struct str format_into(struct arena *a, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (n < 0) return STR("");
    char *c = arena_alloc(a, (size_t)n + 1);
    vsnprintf(c, (size_t)n + 1, format, args);
    return (struct str){c, (size_t)n};
}

struct diag *diag_add(struct diags *d, enum severity severity, const char *kind, struct span span,
                      const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct str message = format_into(d->arena, format, args);
    va_end(args);
    struct diag *added = &ARRAY_PUSH(d->arena, d->list);
    *added = (struct diag){.severity = severity, .kind = kind, .span = span, .message = message};
    if (severity == SEVERITY_ERROR) d->errors++;
    return added;
}

void diag_note_add(struct diags *d, struct diag *to, struct span span, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct str message = format_into(d->arena, format, args);
    va_end(args);
    ARRAY_PUSH(d->arena, to->notes) = (struct diag_note){span, message};
}

void diag_text(struct diags *d, struct diag *to, const char *name, struct str text) {
    ARRAY_PUSH(d->arena, to->details) =
        (struct diag_detail){.name = name, .kind = DETAIL_TEXT, .text = text};
}

void diag_number(struct diags *d, struct diag *to, const char *name, double number) {
    ARRAY_PUSH(d->arena, to->details) =
        (struct diag_detail){.name = name, .kind = DETAIL_NUMBER, .number = number};
}

void diag_list(struct diags *d, struct diag *to, const char *name, const struct str *list,
               size_t n) {
    ARRAY_PUSH(d->arena, to->details) =
        (struct diag_detail){.name = name, .kind = DETAIL_LIST, .list = list, .n = n};
}
