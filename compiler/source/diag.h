/* Diagnostics: what the user did wrong, each at its place. The function that finds a fault reports
 * it here and returns false; everybody above only returns. */
#ifndef CLAWC_SOURCE_DIAG_H
#define CLAWC_SOURCE_DIAG_H

#include "base/arena.h"
#include "source/source.h"

enum severity { SEVERITY_INFO, SEVERITY_WARN, SEVERITY_CRITICAL, SEVERITY_ERROR };

/* "info", "warn", "critical", "error". */
const char *severity_name(enum severity s);

/* An extra line under a diagnostic, with a place of its own (or SPAN_NONE). */
struct diag_note {
    struct span span;
    struct str message;
};

/* A detail of a diagnostic, under the name that the gateway's own reports have for it: a text, a
 * number or a list of texts. */
struct diag_detail {
    const char *name; /* "keys", "allowed", "expected", "bound", "line", ... */
    enum { DETAIL_TEXT, DETAIL_NUMBER, DETAIL_LIST } kind;
    struct str text;
    double number;
    const struct str *list;
    size_t n;
};

struct diag {
    enum severity severity; /* SEVERITY_ERROR or SEVERITY_WARN */
    const char *kind;       /* stable code: "json5_syntax", "unknown_agent", ... */
    struct span span;
    struct str path;    /* dotted path in the loaded config, or empty */
    struct str message; /* one sentence: what is wrong and what was expected */
    bool further;       /* lies beyond the point where the gateway itself stops */
    bool own;           /* clawc's own: the gateway would not say it */
    ARRAY(struct diag_detail) details;
    ARRAY(struct diag_note) notes;
};

/* The diagnostics of a run, in the order they were found. */
struct diags {
    struct arena *arena;
    ARRAY(struct diag) list;
    size_t errors; /* how many of them are errors */
};

struct diags *diags_new(struct arena *a);

/* Adds one; `message` is formatted into the arena. The pointer is good until the next one is added
 * (for `diag_note_add`). */
struct diag *diag_add(struct diags *d, enum severity severity, const char *kind, struct span span,
                      const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Adds a detail; the name is a literal, the texts live as long as the run. */
void diag_text(struct diags *d, struct diag *to, const char *name, struct str text);
void diag_number(struct diags *d, struct diag *to, const char *name, double number);
void diag_list(struct diags *d, struct diag *to, const char *name, const struct str *list,
               size_t n);

void diag_note_add(struct diags *d, struct diag *to, struct span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
