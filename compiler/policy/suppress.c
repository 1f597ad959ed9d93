/* Findings that a person has accepted: `// clawc-ignore ID: reason` on the line or the one before,
 * or `suppress` in clawc.yaml. */
#include "policy/engine.h"
#include "source/comments.h"

struct suppressing {
    struct engine *e;
    struct source_comments comments;
    bool *used; /* by comment */
};

static void find_comments(struct suppressing *s) {
    const struct sources *sources = s->e->tree->sources;
    for (uint32_t file = 1; file <= source_count(sources); file++)
        if (!s->e->project || file != s->e->project->file)
            source_comments_find(s->e->arena, sources, file, &s->comments);
    s->used = ARENA_ARRAY(s->e->arena, bool, s->comments.list.n);
}

static bool is_name_of(struct str id, const struct finding *f) {
    return str_equal(id, f->id) || str_equal(id, f->rule->id) || str_equal(id, f->rule->pattern);
}

/* One id, or several with commas between them. */
static bool names(struct str ids, const struct finding *f) {
    for (size_t at = 0; at <= ids.n;) {
        size_t comma = str_find(ids, STR(","), at);
        if (comma == SIZE_MAX) comma = ids.n;
        if (is_name_of(source_comment_strip(str_slice(ids, at, comma)), f)) return true;
        at = comma + 1;
    }
    return false;
}

/* The first comment at or behind the beginning of a line. */
static size_t first_comment(const struct suppressing *s, uint32_t file, uint32_t line) {
    size_t low = 0, high = s->comments.list.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct source_comment *c = &s->comments.list.v[middle];
        if (c->span.file < file || (c->span.file == file && c->line < line))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A comment on the line of the finding or the one before; without a reason it silences nothing. */
static const struct source_comment *comment_for(struct suppressing *s, const struct finding *f) {
    if (!s->comments.list.n || !f->at.span.file) return NULL;
    uint32_t file = f->at.span.file;
    uint32_t line = source_position(s->e->tree->sources, file, f->at.span.start).line;
    for (size_t i = first_comment(s, file, line - 1); i < s->comments.list.n; i++) {
        const struct source_comment *c = &s->comments.list.v[i];
        if (c->span.file != file || c->line > line) break;
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
    const struct source_comment *c = comment_for(s, f);
    if (c) {
        s->used[c - s->comments.list.v] = true;
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

/* One of the ids is that of a rule about what several gateways share. */
static bool names_share(const struct engine *e, struct str ids) {
    for (size_t at = 0; at <= ids.n;) {
        size_t comma = str_find(ids, STR(","), at);
        if (comma == SIZE_MAX) comma = ids.n;
        const struct rule *rule =
            rules_find(e->rules, source_comment_strip(str_slice(ids, at, comma)));
        if (rule && rule->range->type == &fact_fleet_share) return true;
        at = comma + 1;
    }
    return false;
}

/* What is accepted may be found elsewhere: of a part of a fleet where its parts are joined, and of
 * a single gateway, when these are joined, where it was audited. */
static bool is_for_others(const struct engine *e, struct str ids, bool joined) {
    return (joined || e->part) && names_share(e, ids) != joined;
}

static struct bad_suppressions find_bad(struct suppressing *s) {
    const struct sources *sources = s->e->tree->sources;
    struct bad_suppressions bad = {0};
    for (size_t i = 0; i < s->comments.list.n; i++) {
        const struct source_comment *c = &s->comments.list.v[i];
        if (!c->reason.n)
            add_bad(s->e, &bad, "no-reason", c->id, STR(""), c->span);
        else if (!s->used[i] &&
                 !is_for_others(s->e, c->id, source_is_outline(sources, c->span.file)))
            add_bad(s->e, &bad, "unmatched", c->id, STR(""), c->span);
    }
    for (size_t i = 0; s->e->project && i < s->e->project->accepted.n; i++) {
        const struct accepted *a = &s->e->project->accepted.v[i];
        if (!a->reason.n)
            add_bad(s->e, &bad, "no-reason", a->id, a->until, a->span);
        else if (is_expired(s->e, a))
            add_bad(s->e, &bad, "expired", a->id, a->until, a->span);
        else if (!a->used && !is_for_others(s->e, a->id, false))
            add_bad(s->e, &bad, "unmatched", a->id, a->until, a->span);
    }
    return bad;
}

struct bad_suppressions suppress(struct engine *e, struct report *report) {
    struct suppressing s = {.e = e};
    find_comments(&s);
    bool any = s.comments.list.n || (e->project && e->project->accepted.n);
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
