/* The audit for people: what is wrong, the line it stands in, why it matters, what to change. */
#include <string.h>

#include "base/map.h"
#include "report/report.h"
#include "report/snippet.h"
#include "report/width.h"

enum {
    WRAP_COLUMNS = 88,
    FOLD_ABOVE = 20,        /* findings alike, more of them than this are one entry */
    FOLD_PLACES = 5,        /* places of them that are named after the first */
    SAME_PLACE_LISTED = 10, /* messages of findings alike at one place, after the first */
    UNDECIDED_LISTED = 6,
    FILES_LISTED = 10,
};

struct writer {
    struct report_sink *sink;
    struct buf *b;
    const struct report *r;
    const struct report_options *options;
};

/* A finding or an error, as it is shown. */
struct entry {
    enum severity severity;
    struct str kind, id, message, why, fix;
    struct location at;
    const struct related *related;
    size_t n_related;
    bool unsure, is_finding;
};

/* What was shown last of an entry: its next line need not be repeated. */
struct shown {
    uint32_t file, line; /* 0: no line, or not the whole of it */
};

/* What else is to be said of the place of an entry: findings alike, of other accounts, say. */
struct same_place {
    struct str messages[SAME_PLACE_LISTED];
    size_t count; /* also those that are not kept */
};

/* Entries of one rule and id. */
struct group {
    size_t count;
    bool shown;
    struct location next[FOLD_PLACES];
    size_t n_next;
};

/* ---- colours -----------------------------------------------------------------------------------
 */

#define OFF  "\033[0m"
#define BOLD "\033[1m"
#define CYAN "\033[36m"

static const char *color(const struct writer *w, const char *code) {
    return w->options->color ? code : "";
}

static const char *severity_color(const struct writer *w, enum severity s) {
    static const char *const codes[] = {
        [SEVERITY_INFO] = "\033[1;36m",
        [SEVERITY_WARN] = "\033[1;33m",
        [SEVERITY_CRITICAL] = "\033[1;31m",
        [SEVERITY_ERROR] = "\033[1;31m",
    };
    return color(w, codes[s]);
}

static void add_colored(struct writer *w, const char *code, struct str text) {
    buf_add(w->b, str_from(code));
    width_add_line(w->b, text);
    if (*code) buf_add(w->b, STR(OFF));
}

/* ---- pieces ------------------------------------------------------------------------------------
 */

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Adds "head" and the words of the text, wrapped, further lines indented as deep as the head. */
static void add_paragraph(struct writer *w, unsigned gutter, const char *head, struct str text) {
    size_t indent = gutter + 3 + strlen(head), column = indent;
    buf_add_repeat(w->b, ' ', gutter + 1);
    buf_addf(w->b, "%s=%s %s%s%s", color(w, CYAN), color(w, OFF), color(w, BOLD), head,
             color(w, OFF));
    for (size_t at = 0; at < text.n;) {
        while (at < text.n && is_blank(text.p[at])) at++;
        size_t start = at;
        while (at < text.n && !is_blank(text.p[at])) at++;
        if (at == start) break;
        struct buf word = buf_new(w->sink->scratch);
        size_t width = width_add_line(&word, str_slice(text, start, at));
        if (column > indent && column + 1 + width > WRAP_COLUMNS) {
            buf_add_char(w->b, '\n');
            buf_add_repeat(w->b, ' ', indent);
            column = indent;
        }
        buf_add_char(w->b, ' ');
        buf_add(w->b, buf_str(&word));
        column += 1 + width;
    }
    buf_add_char(w->b, '\n');
}

static void add_place(struct writer *w, struct location at) {
    width_add_line(w->b, source_name(w->r->sources, at.span.file));
    if (report_is_whole_file(at)) return;
    struct position p = source_position(w->r->sources, at.span.file, at.span.start);
    buf_addf(w->b, ":%u:%u", p.line, p.column);
}

/* `  --> file:line:column  path` */
static void add_arrow(struct writer *w, unsigned gutter, const char *arrow, struct location at) {
    buf_add_repeat(w->b, ' ', gutter);
    buf_addf(w->b, "%s%s%s ", color(w, CYAN), arrow, color(w, OFF));
    add_place(w, at);
    if (at.path.n) {
        buf_add(w->b, STR("  "));
        width_add_line(w->b, at.path);
    }
    buf_add_char(w->b, '\n');
}

static void add_bar(struct writer *w, unsigned gutter) {
    buf_add_repeat(w->b, ' ', gutter);
    buf_addf(w->b, " %s|%s\n", color(w, CYAN), color(w, OFF));
}

static void add_snippet(struct writer *w, unsigned gutter, struct shown *shown, struct span span,
                        char mark, const char *on, struct str label) {
    struct snippet sn = {.span = span,
                         .mark = mark,
                         .label = label,
                         .on = on,
                         .off = color(w, OFF),
                         .gutter_on = color(w, CYAN)};
    snippet_add(w->b, w->sink->scratch, w->r->sources, &sn, gutter, &shown->line);
}

/* Its line can be shown. */
static bool is_in_text(const struct writer *w, struct location at) {
    return !report_is_whole_file(at) && !source_is_outline(w->r->sources, at.span.file);
}

/* A related place: its line, under an arrow of its own when it is in another file. */
static void add_related(struct writer *w, unsigned gutter, struct shown *shown,
                        const struct entry *e, const struct related *related) {
    struct location at = related->at;
    /* Of what is not written a finding may know the whole value only: its first brace says nothing.
     */
    bool in_text = is_in_text(w, at) && (at.path.n || !e->is_finding);
    if (at.span.file && (at.span.file != shown->file || !is_in_text(w, at))) {
        add_arrow(w, gutter, ":::", at);
        *shown = (struct shown){at.span.file, 0};
    }
    if (in_text) {
        add_snippet(w, gutter, shown, at.span, '-', color(w, CYAN), related->message);
    } else {
        add_paragraph(w, gutter, "note:", related->message);
        shown->line = 0;
    }
}

static unsigned gutter_of(const struct writer *w, const struct entry *e) {
    unsigned gutter = snippet_gutter(w->r->sources, &e->at.span, 1);
    for (size_t i = 0; i < e->n_related; i++) {
        unsigned other = snippet_gutter(w->r->sources, &e->related[i].at.span, 1);
        if (other > gutter) gutter = other;
    }
    return gutter;
}

/* ---- entries -----------------------------------------------------------------------------------
 */

static void add_others(struct writer *w, unsigned gutter, const struct group *g) {
    struct buf text = buf_new(w->sink->scratch);
    struct buf *out = w->b;
    w->b = &text;
    buf_addf(&text, "%zu more like this:", g->count - 1);
    for (size_t i = 0; i < g->n_next; i++) {
        buf_add(&text, i ? STR(", ") : STR(" "));
        add_place(w, g->next[i]);
    }
    buf_add(&text, STR(", ... (the JSON report has all of them)"));
    w->b = out;
    add_paragraph(w, gutter, "and", buf_str(&text));
}

static void add_same_place(struct writer *w, unsigned gutter, const struct same_place *same) {
    size_t listed = same->count < SAME_PLACE_LISTED ? same->count : SAME_PLACE_LISTED;
    for (size_t i = 0; i < listed; i++) add_paragraph(w, gutter, "and:", same->messages[i]);
    if (same->count > listed)
        add_paragraph(w, gutter, "and:",
                      str_format(w->sink->scratch,
                                 "%zu more of this place (the JSON report has "
                                 "all of them)",
                                 same->count - listed));
}

/* `same` is NULL when nothing else is said of the place, `group` for an entry that stands for
 * itself. */
static void add_entry(struct writer *w, const struct entry *e, const struct same_place *same,
                      const struct group *group) {
    const char *on = severity_color(w, e->severity);
    unsigned gutter = gutter_of(w, e);
    struct shown shown = {e->at.span.file, 0};
    add_colored(w, on, e->kind);
    add_colored(w, color(w, BOLD), str_format(w->sink->scratch, "[" STR_FMT "]", STR_ARG(e->id)));
    buf_add_char(w->b, ' ');
    add_colored(w, color(w, BOLD), e->message);
    buf_add_char(w->b, '\n');
    if (shown.file) add_arrow(w, gutter, "-->", e->at);
    if (is_in_text(w, e->at)) {
        add_bar(w, gutter);
        add_snippet(w, gutter, &shown, e->at.span, '^', on, STR(""));
    }
    for (size_t i = 0; i < e->n_related; i++) add_related(w, gutter, &shown, e, &e->related[i]);
    if (same) add_same_place(w, gutter, same);
    if (e->why.n) add_paragraph(w, gutter, "why:", e->why);
    if (e->fix.n) add_paragraph(w, gutter, "fix:", e->fix);
    if (e->unsure)
        add_paragraph(w, gutter, "confidence:", STR("low; this alone never fails a run"));
    if (group) add_others(w, gutter, group);
    buf_add_char(w->b, '\n');
}

static struct entry entry_of_finding(const struct finding *f) {
    return (struct entry){.severity = f->severity,
                          .kind = str_from(severity_name(f->severity)),
                          .id = f->id,
                          .message = f->message.n ? f->message : f->title,
                          .why = f->why,
                          .fix = f->fix,
                          .at = f->at,
                          .related = f->related.v,
                          .n_related = f->related.n,
                          .is_finding = true,
                          .unsure = f->confidence == CONFIDENCE_LOW};
}

static struct entry entry_of_error(const struct writer *w, const struct diag *d) {
    struct related *related = ARENA_ARRAY(w->sink->scratch, struct related, d->notes.n);
    for (size_t i = 0; i < d->notes.n; i++)
        related[i] =
            (struct related){report_location(w->r, d->notes.v[i].span), d->notes.v[i].message};
    return (struct entry){.severity = d->severity,
                          .kind = d->severity == SEVERITY_ERROR ? STR("error") : STR("warning"),
                          .id = str_from(d->kind),
                          .message = d->message,
                          .at = report_location(w->r, d->span),
                          .related = related,
                          .n_related = d->notes.n};
}

/* ---- folding -----------------------------------------------------------------------------------
 */

/* The groups of a list: `of[i]` is the group of its entry i. */
struct groups {
    struct arena *arena;
    struct map ids;
    ARRAY(struct group) list;
    uint32_t *of;
};

static struct groups groups_new(struct arena *a, size_t n) {
    return (struct groups){
        .arena = a, .ids = map_new(a), .of = ARENA_ARRAY(a, uint32_t, n ? n : 1)};
}

/* Puts entry `i` into the group of `rule` and `id`. */
static void count_entry(struct groups *g, size_t i, struct str rule, struct str id,
                        struct location at) {
    struct str key = id;
    if (!str_equal(rule, id))
        key = str_format(g->arena, STR_FMT " " STR_FMT, STR_ARG(rule), STR_ARG(id));
    bool is_new;
    uint32_t number = *map_put(&g->ids, key, (uint32_t)g->list.n, &is_new);
    if (is_new) ARRAY_PUSH(g->arena, g->list) = (struct group){0};
    struct group *group = &g->list.v[number];
    if (group->count++ && at.span.file && group->n_next < FOLD_PLACES)
        group->next[group->n_next++] = at;
    g->of[i] = number;
}

/* Is entry `i` to be shown, and with which group at its foot? */
static bool take_entry(struct groups *g, size_t i, const struct group **foot) {
    struct group *group = &g->list.v[g->of[i]];
    *foot = group->count > FOLD_ABOVE ? group : NULL;
    bool take = !*foot || !group->shown;
    group->shown = true;
    return take;
}

static void add_errors(struct writer *w) {
    if (!w->r->errors) return;
    size_t n = w->r->errors->list.n;
    const struct diag *list = w->r->errors->list.v;
    struct arena *arena = arena_new();
    struct groups groups = groups_new(arena, n);
    for (size_t i = 0; i < n; i++)
        count_entry(&groups, i, list[i].message, str_from(list[i].kind),
                    (struct location){list[i].span, STR("")});
    for (size_t i = 0; i < n; i++) {
        const struct group *foot;
        if (!take_entry(&groups, i, &foot)) continue;
        struct entry e = entry_of_error(w, &list[i]);
        add_entry(w, &e, NULL, foot);
        report_pass_on(w->sink);
    }
    arena_free(arena);
}

/* Of findings of one rule and id at one place the first stands for the others; `leader[i]` is that
 * of finding i. What only a whole file is the place of stays apart: it has no line to be alike. */
static uint32_t *find_leaders(struct arena *arena, const struct finding *list, size_t n) {
    uint32_t *leader = ARENA_ARRAY(arena, uint32_t, n ? n : 1);
    struct map places = map_new(arena);
    for (size_t i = 0; i < n; i++) {
        const struct finding *f = &list[i];
        leader[i] = (uint32_t)i;
        if (report_is_whole_file(f->at)) continue;
        struct str key =
            str_format(arena, STR_FMT " " STR_FMT " %u:%u-%u %d%d", STR_ARG(f->rule->id),
                       STR_ARG(f->id), f->at.span.file, f->at.span.start, f->at.span.end,
                       (int)f->severity, f->confidence == CONFIDENCE_LOW);
        bool is_new;
        leader[i] = *map_put(&places, key, (uint32_t)i, &is_new);
    }
    return leader;
}

/* What the followers of each leader say, where they differ from it; NULL for who has none. */
static struct same_place **gather_same_place(struct arena *arena, const struct finding *list,
                                             const uint32_t *leader, size_t n) {
    struct same_place **same = ARENA_ARRAY(arena, struct same_place *, n ? n : 1);
    for (size_t i = 0; i < n; i++) same[i] = NULL;
    for (size_t i = 0; i < n; i++) {
        struct same_place **of = &same[leader[i]];
        if (leader[i] == i) continue;
        if (!*of) *of = ARENA_NEW(arena, struct same_place);
        if ((*of)->count < SAME_PLACE_LISTED) (*of)->messages[(*of)->count] = list[i].message;
        (*of)->count++;
    }
    return same;
}

static void add_findings(struct writer *w) {
    size_t n = w->r->findings.n;
    const struct finding *list = w->r->findings.v;
    struct arena *arena = arena_new();
    struct groups groups = groups_new(arena, n);
    const uint32_t *leader = find_leaders(arena, list, n);
    struct same_place **same = gather_same_place(arena, list, leader, n);
    for (size_t i = 0; i < n; i++)
        if (leader[i] == i) count_entry(&groups, i, list[i].rule->id, list[i].id, list[i].at);
    for (size_t i = 0; i < n; i++) {
        const struct group *foot;
        if (leader[i] != i || !take_entry(&groups, i, &foot)) continue;
        struct entry e = entry_of_finding(&list[i]);
        add_entry(w, &e, same[i], foot);
        report_pass_on(w->sink);
    }
    arena_free(arena);
}

/* ---- the end -----------------------------------------------------------------------------------
 */

static void add_one_undecided(struct writer *w, const struct undecided *u) {
    buf_add(w->b, STR("undecided: "));
    width_add_line(w->b, u->id);
    buf_add(w->b, STR(": "));
    width_add_line(w->b, u->reason);
    buf_add_char(w->b, '\n');
}

/* What this config leaves open is told; what no config decides is only mentioned. */
static void add_undecided(struct writer *w) {
    size_t always = 0, n = w->r->undecided.n;
    for (size_t i = 0; i < n; i++) always += w->r->undecided.v[i].always;
    if (n - always > UNDECIDED_LISTED)
        buf_addf(w->b, "undecided: %zu checks (the JSON report says what each of them needs)\n",
                 n - always);
    for (size_t i = 0; i < n && n - always <= UNDECIDED_LISTED; i++)
        if (!w->r->undecided.v[i].always) add_one_undecided(w, &w->r->undecided.v[i]);
    if (always)
        buf_add(w->b, STR("undecided: checks of `openclaw security audit` that need more than the "
                          "config (the JSON report lists them)\n"));
}

static void add_notes(struct writer *w) {
    for (size_t i = 0; i < w->r->files.n; i++) {
        const struct audited_file *f = &w->r->files.v[i];
        if (!f->note.n) continue;
        buf_add(w->b, STR("note: "));
        width_add_line(w->b, f->name);
        buf_add(w->b, STR(": "));
        width_add_line(w->b, f->note);
        buf_add_char(w->b, '\n');
    }
    size_t suppressed = w->r->suppressed.n;
    if (suppressed)
        buf_addf(w->b, "suppressed: %zu finding%s (the JSON report lists them with the reasons)\n",
                 suppressed, suppressed == 1 ? "" : "s");
}

static void add_gateway(struct writer *w, const struct audited_file *f) {
    buf_add(w->b, STR(" (gateway "));
    width_add_line(w->b, f->gateway);
    if (f->why.n) buf_add(w->b, STR(": "));
    width_add_line(w->b, f->why);
    buf_add_char(w->b, ')');
}

/* "2 critical", after a comma if it is not the first; nothing for none. */
static void add_count(struct writer *w, bool *first, size_t n, const char *one, const char *many) {
    if (!n) return;
    buf_addf(w->b, "%s%zu %s", *first ? "" : ", ", n, n == 1 ? one : many);
    *first = false;
}

static void add_counts(struct writer *w) {
    const struct report *r = w->r;
    size_t errors = r->errors ? r->errors->errors : 0;
    size_t warnings = r->errors ? r->errors->list.n - errors : 0;
    bool first = true;
    add_count(w, &first, errors, "error", "errors");
    add_count(w, &first, warnings, "load warning", "load warnings");
    add_count(w, &first, r->critical, "critical", "critical");
    add_count(w, &first, r->warn, "warn", "warn");
    add_count(w, &first, r->info, "info", "info");
    if (first) buf_add(w->b, STR("no findings"));
}

static void add_summary(struct writer *w) {
    const struct report *r = w->r;
    if (r->files.n > 1 && !w->options->quiet) {
        for (size_t i = 0; i < r->files.n && i < FILES_LISTED; i++) {
            buf_add(w->b, STR("audited: "));
            width_add_line(w->b, r->files.v[i].name);
            add_gateway(w, &r->files.v[i]);
            buf_add_char(w->b, '\n');
        }
        if (r->files.n > FILES_LISTED)
            buf_addf(w->b, "audited: %zu more files\n", r->files.n - FILES_LISTED);
    }
    add_counts(w);
    if (r->files.n == 1) {
        buf_add(w->b, STR(" in "));
        width_add_line(w->b, r->files.v[0].name);
        add_gateway(w, &r->files.v[0]);
    } else if (r->files.n) {
        buf_addf(w->b, " in %zu files", r->files.n);
    }
    buf_add_char(w->b, '\n');
}

void report_write_text(struct report_sink *sink, const struct report *r,
                       const struct report_options *options) {
    struct writer w = {sink, &sink->b, r, options};
    if (!options->quiet) {
        add_errors(&w);
        add_findings(&w);
        add_undecided(&w);
        add_notes(&w);
    }
    add_summary(&w);
}
