#include "report/report.h"

const struct report_format report_formats[] = {
    {"text", "for people", report_write_text},
    {"json", "for programs; all findings, stable", report_write_json},
    {"sarif", "SARIF 2.1.0, for code scanning services", report_write_sarif},
    {NULL, NULL, NULL},
};

const struct report_format *report_format_find(struct str name) {
    for (const struct report_format *f = report_formats; f->name; f++)
        if (str_equal(name, str_from(f->name))) return f;
    return NULL;
}

static void give(struct report_sink *sink) {
    if (sink->b.n) fwrite(sink->b.p, 1, sink->b.n, sink->file);
    sink->b.n = 0;
}

void report_pass_on(struct report_sink *sink) {
    enum { ENOUGH = 1 << 16 };
    if (sink->b.n >= ENOUGH) give(sink);
    arena_reset(sink->scratch);
}

bool report_write(const struct report_format *format, const struct report *r,
                  const struct report_options *options, FILE *file) {
    struct arena *arena = arena_new();
    struct report_sink sink = {.b = buf_new(arena), .scratch = arena_new(), .file = file};
    format->write(&sink, r, options);
    give(&sink);
    arena_free(sink.scratch);
    arena_free(arena);
    return fflush(file) == 0 && !ferror(file);
}

struct location report_location(const struct report *r, struct span span) {
    struct str path = r->path_of && span.file ? r->path_of(r->paths, span) : STR("");
    return (struct location){span, path};
}

bool report_is_whole_file(struct location at) {
    return !at.span.file || (!at.span.start && !at.span.end && !at.path.n);
}
