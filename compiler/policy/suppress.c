/* Findings that a person has accepted: `// clawc-ignore ID: reason` on the line or the one before,
 * or `suppress` in clawc.yaml. */
#include "policy/engine.h"

/* One comment in a file. */
struct comment {
    uint32_t file, line;
    struct str id, reason;
    struct span span;
    bool used;
};

struct suppressing {
    struct engine *e;
    ARRAY(struct comment) comments; /* ascending by file and line */
};

static const char marker[] = "clawc-ignore";

static struct str strip(struct str s) {
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t')) s = str_slice(s, 1, s.n);
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r')) s.n--;
    if (str_ends(s, STR("*/"))) return strip(str_slice(s, 0, s.n - 2));
    return s;
}

static void read_comment(struct suppressing *s, uint32_t file, struct str text, size_t at) {
    size_t end = at, name = at + sizeof marker - 1;
    while (end < text.n && text.p[end] != '\n' && text.p[end] != '\r') end++;
    if (name < text.n && text.p[name] != ' ' && text.p[name] != '\t') return;
    struct str rest = strip(str_slice(text, at + sizeof marker - 1, end));
    size_t colon = str_find(rest, STR(":"), 0);
    struct comment c = {.file = file,
                        .line = source_position(s->e->tree->sources, file, (uint32_t)at).line,
                        .id = strip(str_slice(rest, 0, colon)),
                        .span = {file, (uint32_t)at, (uint32_t)end}};
    if (colon != SIZE_MAX) c.reason = strip(str_slice(rest, colon + 1, rest.n));
    ARRAY_PUSH(s->e->arena, s->comments) = c;
}

/* The end of the string that begins at `at`: behind its quote, or at the end of a line that is not
 * continued. */
static size_t string_end(struct str text, size_t at) {
    char quote = text.p[at++];
    for (; at < text.n && text.p[at] != quote; at++) {
        if (text.p[at] == '\n') return at;
        if (text.p[at] == '\\') at++;
    }
    return at < text.n ? at + 1 : text.n;
}

/* The end of the comment that begins at `at`, or `at` when none does. */
static size_t comment_end(struct str text, size_t at) {
    if (text.p[at] != '/' || at + 1 >= text.n) return at;
    struct str closing = text.p[at + 1] == '/' ? STR("\n") : STR("*/");
    if (text.p[at + 1] != '/' && text.p[at + 1] != '*') return at;
    size_t end = str_find(text, closing, at + 2);
    return end == SIZE_MAX ? text.n : end + closing.n;
}

/* A marker inside of a string is data, not a decision: only comments are looked at. */
static void scan_comments(struct suppressing *s, uint32_t file, struct str text) {
    for (size_t at = 0; at < text.n;) {
        size_t end = comment_end(text, at);
        if (text.p[at] == '"' || text.p[at] == '\'') {
            at = string_end(text, at);
        } else if (end == at) {
            at++;
        } else {
            struct str comment = str_slice(text, 0, end);
            while ((at = str_find(comment, str_from(marker), at)) != SIZE_MAX) {
                read_comment(s, file, comment, at);
                at += sizeof marker - 1;
            }
            at = end;
        }
    }
}

static void find_comments(struct suppressing *s) {
    const struct sources *sources = s->e->tree->sources;
    for (uint32_t file = 1; file <= source_count(sources); file++) {
        if (s->e->project && file == s->e->project->file) continue;
        struct str text = source_text(sources, file);
        if (str_find(text, str_from(marker), 0) != SIZE_MAX) scan_comments(s, file, text);
    }
}

static bool is_name_of(struct str id, const struct finding *f) {
    return str_equal(id, f->id) || str_equal(id, f->rule->id) || str_equal(id, f->rule->pattern);
}

/* One id, or several with commas between them. */
static bool names(struct str ids, const struct finding *f) {
    for (size_t at = 0; at <= ids.n;) {
        size_t comma = str_find(ids, STR(","), at);
        if (comma == SIZE_MAX) comma = ids.n;
        if (is_name_of(strip(str_slice(ids, at, comma)), f)) return true;
        at = comma + 1;
    }
    return false;
}

/* The first comment at or behind the beginning of a line. */
static size_t first_comment(const struct suppressing *s, uint32_t file, uint32_t line) {
    size_t low = 0, high = s->comments.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct comment *c = &s->comments.v[middle];
        if (c->file < file || (c->file == file && c->line < line))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A comment on the line of the finding or the one before; without a reason it silences nothing. */
static struct comment *comment_for(struct suppressing *s, const struct finding *f) {
    if (!s->comments.n || !f->at.span.file) return NULL;
    uint32_t file = f->at.span.file;
    uint32_t line = source_position(s->e->tree->sources, file, f->at.span.start).line;
    for (size_t i = first_comment(s, file, line - 1); i < s->comments.n; i++) {
        struct comment *c = &s->comments.v[i];
        if (c->file != file || c->line > line) break;
        if (c->reason.n && names(c->id, f)) return c;
    }
    return NULL;
}

/* `where` is a file, a path in it or the beginning of one, or one of the finding's subjects. */
static bool is_there(struct engine *e, struct str where, const struct finding *f) {
    if (!where.n) return true;
    struct str file = f->at.span.file ? source_name(e->tree->sources, f->at.span.file) : STR("");
    struct str path = f->at.path;
    if (str_equal(where, file) || str_ends(file, str_concat(e->arena, STR("/"), where)))
        return true;
    if (str_starts(path, where) &&
        (path.n == where.n || path.p[where.n] == '.' || path.p[where.n] == '['))
        return true;
    for (size_t i = 0; i < f->subjects.n; i++)
        for (size_t j = 0; j < f->subjects.v[i].n; j++)
            if (str_equal(where, f->subjects.v[i].values[j])) return true;
    return false;
}

static bool is_expired(const struct engine *e, const struct accepted *a) {
    return a->until.n && str_compare(a->until, e->today) < 0;
}

static struct accepted *accepted_for(struct suppressing *s, const struct finding *f) {
    struct project *p = s->e->project;
    for (size_t i = 0; p && i < p->accepted.n; i++) {
        struct accepted *a = &p->accepted.v[i];
        if (a->reason.n && !is_expired(s->e, a) && names(a->id, f) && is_there(s->e, a->where, f))
            return a;
    }
    return NULL;
}

static bool is_suppressed(struct suppressing *s, struct finding *f) {
    struct comment *c = comment_for(s, f);
    if (c) {
        c->used = true;
        f->suppressed_by = c->reason;
        f->suppressed_in_file = true;
        return true;
    }
    struct accepted *a = accepted_for(s, f);
    if (!a) return false;
    a->used = true;
    f->suppressed_by = a->reason;
    return true;
}

static void add_bad(struct engine *e, struct bad_suppressions *bad, const char *problem,
                    struct str id, struct str until, struct span span) {
    ARRAY_PUSH(e->arena, bad->list) = (struct bad_suppression){problem, id, until, span};
}

static struct bad_suppressions find_bad(struct suppressing *s) {
    struct bad_suppressions bad = {0};
    for (size_t i = 0; i < s->comments.n; i++) {
        const struct comment *c = &s->comments.v[i];
        if (!c->reason.n)
            add_bad(s->e, &bad, "no-reason", c->id, STR(""), c->span);
        else if (!c->used)
            add_bad(s->e, &bad, "unmatched", c->id, STR(""), c->span);
    }
    for (size_t i = 0; s->e->project && i < s->e->project->accepted.n; i++) {
        const struct accepted *a = &s->e->project->accepted.v[i];
        if (!a->reason.n)
            add_bad(s->e, &bad, "no-reason", a->id, a->until, a->span);
        else if (is_expired(s->e, a))
            add_bad(s->e, &bad, "expired", a->id, a->until, a->span);
        else if (!a->used)
            add_bad(s->e, &bad, "unmatched", a->id, a->until, a->span);
    }
    return bad;
}

struct bad_suppressions suppress(struct engine *e, struct report *report) {
    struct suppressing s = {.e = e};
    find_comments(&s);
    bool any = s.comments.n || (e->project && e->project->accepted.n);
    size_t kept = 0;
    for (size_t i = 0; any && i < report->findings.n; i++) {
        struct finding *f = &report->findings.v[i];
        if (is_suppressed(&s, f))
            ARRAY_PUSH(e->arena, report->suppressed) = *f;
        else
            report->findings.v[kept++] = *f;
    }
    if (any) report->findings.n = kept;
    return find_bad(&s);
}
