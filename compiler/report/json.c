/* The audit as JSON: the shape that scripts rely on. Members are added, never changed. */
#include "report/pretty.h"
#include "report/report.h"

static void add_position(struct pretty *p, const char *key, const struct report *r,
                         struct span span, uint32_t offset) {
    struct position at = source_position(r->sources, span.file, offset);
    pretty_object_line(p, key);
    pretty_number(p, "offset", at.offset);
    pretty_number(p, "line", at.line);
    pretty_number(p, "column", at.column);
    pretty_end(p);
}

static void add_location(struct pretty *p, const struct report *r, struct location at) {
    if (!at.span.file) {
        pretty_null(p, "location");
        return;
    }
    pretty_object(p, "location");
    pretty_string(p, "file", source_name(r->sources, at.span.file));
    pretty_string(p, "path", at.path);
    add_position(p, "start", r, at.span, at.span.start);
    add_position(p, "end", r, at.span, at.span.end);
    pretty_end(p);
}

static void add_related(struct pretty *p, const struct report *r, struct str message,
                        struct location at) {
    pretty_object(p, NULL);
    pretty_string(p, "message", message);
    add_location(p, r, at);
    pretty_end(p);
}

static void add_files(struct pretty *p, const struct report *r) {
    pretty_array(p, "files");
    for (size_t i = 0; i < r->files.n; i++) {
        const struct audited_file *f = &r->files.v[i];
        pretty_object_line(p, NULL);
        pretty_string(p, "file", f->name);
        pretty_string(p, "gateway", f->gateway);
        pretty_string(p, "why", f->why);
        if (f->note.n) pretty_string(p, "note", f->note);
        pretty_end(p);
    }
    pretty_end(p);
}

static void add_error(struct pretty *p, const struct report *r, const struct diag *d) {
    pretty_object(p, NULL);
    if (d->span.file)
        pretty_string(p, "file", source_name(r->sources, d->span.file));
    else
        pretty_null(p, "file");
    pretty_string(p, "path", d->path);
    pretty_string(p, "kind", str_from(d->kind));
    pretty_string(p, "message", d->message);
    add_location(p, r, report_location(r, d->span));
    pretty_string(p, "severity", str_from(severity_name(d->severity)));
    if (d->own || d->severity != SEVERITY_ERROR) pretty_string(p, "source", STR("clawc"));
    if (d->notes.n) {
        pretty_array(p, "related");
        for (size_t i = 0; i < d->notes.n; i++)
            add_related(p, r, d->notes.v[i].message, report_location(r, d->notes.v[i].span));
        pretty_end(p);
    }
    pretty_end(p);
}

/* Errors are what the gateway refuses; what is only unwise has a list of its own. */
static void add_diags(struct report_sink *sink, struct pretty *p, const struct report *r,
                      const char *name, bool errors) {
    pretty_array(p, name);
    for (size_t i = 0; r->errors && i < r->errors->list.n; i++) {
        if ((r->errors->list.v[i].severity == SEVERITY_ERROR) != errors) continue;
        add_error(p, r, &r->errors->list.v[i]);
        report_pass_on(sink);
    }
    pretty_end(p);
}

static void add_summary(struct pretty *p, const struct report *r) {
    pretty_object_line(p, "summary");
    pretty_number(p, "critical", r->critical);
    pretty_number(p, "warn", r->warn);
    pretty_number(p, "info", r->info);
    pretty_end(p);
}

static void add_subjects(struct pretty *p, const struct finding *f) {
    pretty_object_line(p, "subjects");
    for (size_t i = 0; i < f->subjects.n; i++) {
        const struct subject *s = &f->subjects.v[i];
        if (s->n == 1 && !s->list) {
            pretty_string(p, s->name, s->values[0]);
            continue;
        }
        pretty_array_line(p, s->name);
        for (size_t j = 0; j < s->n; j++) pretty_string(p, NULL, s->values[j]);
        pretty_end(p);
    }
    pretty_end(p);
}

static void add_finding(struct pretty *p, const struct report *r, const struct finding *f,
                        bool suppressed) {
    pretty_object(p, NULL);
    pretty_string(p, "id", f->id);
    pretty_string(p, "rule", f->rule->id);
    pretty_string(p, "family", f->rule->family);
    pretty_string(p, "severity", str_from(severity_name(f->severity)));
    pretty_string(p, "confidence", str_from(confidence_name(f->confidence)));
    pretty_string(p, "title", f->title);
    pretty_string(p, "message", f->message);
    pretty_string(p, "why", f->why);
    pretty_string(p, "fix", f->fix);
    add_location(p, r, f->at);
    pretty_array(p, "related");
    for (size_t i = 0; i < f->related.n; i++)
        add_related(p, r, f->related.v[i].message, f->related.v[i].at);
    pretty_end(p);
    add_subjects(p, f);
    if (suppressed) pretty_string(p, "reason", f->suppressed_by);
    pretty_end(p);
}

static void add_undecided(struct pretty *p, const struct report *r) {
    pretty_array(p, "undecided");
    for (size_t i = 0; i < r->undecided.n; i++) {
        pretty_object_line(p, NULL);
        pretty_string(p, "id", r->undecided.v[i].id);
        pretty_string(p, "reason", r->undecided.v[i].reason);
        pretty_end(p);
    }
    pretty_end(p);
}

void report_write_json(struct report_sink *sink, const struct report *r,
                       const struct report_options *options) {
    struct pretty p = {.b = &sink->b};
    pretty_object(&p, NULL);
    pretty_number(&p, "format", 1);
    pretty_string(&p, "clawc", str_from(options->version));
    add_files(&p, r);
    add_diags(sink, &p, r, "errors", true);
    add_diags(sink, &p, r, "warnings", false);
    add_summary(&p, r);
    pretty_array(&p, "findings");
    for (size_t i = 0; i < r->findings.n; i++) {
        add_finding(&p, r, &r->findings.v[i], false);
        report_pass_on(sink);
    }
    pretty_end(&p);
    add_undecided(&p, r);
    pretty_array(&p, "suppressed");
    for (size_t i = 0; i < r->suppressed.n; i++) {
        add_finding(&p, r, &r->suppressed.v[i], true);
        report_pass_on(sink);
    }
    pretty_end(&p);
    pretty_end(&p);
    buf_add_char(&sink->b, '\n');
}
