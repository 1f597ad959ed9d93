/* The answer of `check` for several gateway versions, side by side: for whoever is about to
 * upgrade, and wants to know what changes. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/utf8.h"
#include "commands/check.h"
#include "report/width.h"
#include "syntax/paths.h"

enum { COLUMN_MIN = 36, COLUMN_MAX = 72, WIDTH_UNKNOWN = 100, GAP = 3, INDENT = 2 };

/* ---- the terminal ------------------------------------------------------------------------------
 */

/* COLUMNS, else the terminal's own answer, else what a log can hold. */
static size_t terminal_width(void) {
    const char *columns = getenv("COLUMNS");
    unsigned long width = columns ? strtoul(columns, NULL, 10) : 0;
    if (width >= 20 && width <= 1000) return width;
    struct winsize size;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
        return size.ws_col;
    return WIDTH_UNKNOWN;
}

/* The width of each of `n` columns, or 0 when there is no room for them. */
static size_t column_width(size_t n) {
    size_t width = terminal_width();
    if (n < 2 || width / n < GAP + 1) return 0;
    size_t each = (width - GAP * (n - 1)) / n;
    if (each < COLUMN_MIN) return 0;
    return each < COLUMN_MAX ? each : COLUMN_MAX;
}

bool check_columns_fit(size_t n) {
    return column_width(n) != 0;
}

/* ---- rows --------------------------------------------------------------------------------------
 */

struct lines {
    ARRAY(struct str) v;
};

/* What the versions say of one place: a cell each. */
struct row {
    struct str file; /* empty: the main one */
    struct position at;
    struct str path;
    struct lines *cells;
};

struct columns {
    struct arena *arena;
    const struct checked *checked;
    size_t n, width;
    struct str main;   /* the name of the file that was given */
    struct map places; /* file and path -> number of the row */
    ARRAY(struct row) rows;
};

/* Bytes of the text's beginning that fit into `width` columns; at least one code point. */
static size_t that_fits(struct str text, size_t width, size_t *columns) {
    size_t at = 0;
    *columns = 0;
    while (at < text.n) {
        uint32_t code;
        size_t n = utf8_decode(text, at, false, &code);
        unsigned w = width_of(code);
        if (*columns + w > width && at) break;
        *columns += w;
        at += n;
    }
    return at;
}

/* Adds a text in lines between words, the later ones indented by `hang`. A word that is longer than
 * a line is cut. */
static void add_wrapped(struct columns *c, struct lines *lines, struct str text, size_t hang) {
    struct buf clean = buf_new(c->arena);
    width_add_line(&clean, text);
    struct str rest = buf_str(&clean);
    for (size_t indent = 0; rest.n; indent = hang) {
        size_t columns, end = that_fits(rest, c->width - indent, &columns);
        size_t cut = end;
        while (end < rest.n && cut && rest.p[cut] != ' ') cut--;
        if (end < rest.n && cut > c->width / 4) end = cut;
        struct buf line = buf_new(c->arena);
        buf_add_repeat(&line, ' ', indent);
        buf_add(&line, str_slice(rest, 0, end));
        ARRAY_PUSH(c->arena, lines->v) = buf_str(&line);
        while (end < rest.n && rest.p[end] == ' ') end++;
        rest = str_slice(rest, end, rest.n);
    }
}

/* The row of a place. Each version has read the file for itself, and may point at a key where
 * another points at its value: the file's name and the path say that it is the same. */
static struct row *row_at(struct columns *c, struct run *run, struct paths *paths,
                          struct span span) {
    struct row row = {.path = STR("the file")};
    if (span.file) {
        row.at = source_position(run->sources, span.file, span.start);
        row.path = paths_of_span(paths, span);
        row.file = source_name(run->sources, span.file);
        if (str_equal(row.file, c->main)) row.file = STR("");
    }
    struct str key =
        str_format(c->arena, STR_FMT "\n" STR_FMT, STR_ARG(row.file), STR_ARG(row.path));
    if (!row.path.n) key = str_format(c->arena, STR_FMT "\n%u", STR_ARG(row.file), row.at.offset);
    bool is_new;
    uint32_t number = *map_put(&c->places, key, (uint32_t)c->rows.n, &is_new);
    row.cells = is_new ? ARENA_ARRAY(c->arena, struct lines, c->n) : NULL;
    if (is_new) ARRAY_PUSH(c->arena, c->rows) = row;
    return &c->rows.v[number];
}

static void say(struct columns *c, struct run *run, struct paths *paths, size_t version,
                struct span at, struct str text) {
    struct row *row = row_at(c, run, paths, at);
    add_wrapped(c, &row->cells[version], text, INDENT);
}

/* The diagnostics of a version. A note with a place of its own is a row of its own. */
static void add_diags(struct columns *c, struct run *run, size_t version, const struct diag *list,
                      size_t n, const char *head) {
    struct paths *paths = paths_new(c->arena, c->checked[version].tree);
    for (size_t i = 0; i < n; i++) {
        struct str text = str_format(c->arena, "%s" STR_FMT, head, STR_ARG(list[i].message));
        for (size_t k = 0; k < list[i].notes.n; k++) {
            const struct diag_note *note = &list[i].notes.v[k];
            if (!note->span.file)
                text = str_format(c->arena, STR_FMT " (" STR_FMT ")", STR_ARG(text),
                                  STR_ARG(note->message));
        }
        say(c, run, paths, version, list[i].span, text);
        for (size_t k = 0; k < list[i].notes.n; k++) {
            const struct diag_note *note = &list[i].notes.v[k];
            if (note->span.file)
                say(c, run, paths, version, note->span,
                    str_format(c->arena, "%s" STR_FMT, head, STR_ARG(note->message)));
        }
    }
}

/* The main file first. */
static int by_place(const void *left, const void *right) {
    const struct row *a = left, *b = right;
    int order = str_compare(a->file, b->file);
    if (order) return order;
    return a->at.offset < b->at.offset ? -1 : a->at.offset > b->at.offset;
}

/* ---- printing ----------------------------------------------------------------------------------
 */

static void print_cell(const struct columns *c, struct str text, bool first, bool last) {
    size_t columns;
    (void)that_fits(text, SIZE_MAX / 2, &columns);
    printf("%s" STR_FMT, !first && text.n ? " " : "", STR_ARG(text));
    if (!last)
        printf("%*s |", (int)(c->width > columns ? c->width - columns : 0) + (!first && !text.n),
               "");
}

static void print_cells(const struct columns *c, const struct lines *cells) {
    size_t height = 0;
    for (size_t i = 0; i < c->n; i++)
        if (cells[i].v.n > height) height = cells[i].v.n;
    for (size_t k = 0; k < height; k++) {
        for (size_t i = 0; i < c->n; i++)
            print_cell(c, k < cells[i].v.n ? cells[i].v.v[k] : STR(""), i == 0, i + 1 == c->n);
        putchar('\n');
    }
}

static void print_head(struct columns *c) {
    struct lines *cells = ARENA_ARRAY(c->arena, struct lines, c->n);
    for (size_t i = 0; i < c->n; i++) {
        const struct checked *k = &c->checked[i];
        struct str version = str_format(c->arena, "gateway " STR_FMT, STR_ARG(k->version));
        add_wrapped(c, &cells[i], version, 0);
        add_wrapped(c, &cells[i], check_verdict(c->arena, k), 0);
    }
    print_cells(c, cells);
}

static void print_place(const struct row *row) {
    putchar('\n');
    if (row->file.n) printf(STR_FMT ":", STR_ARG(row->file));
    if (row->at.line) printf("%u:%u%s", row->at.line, row->at.column, row->path.n ? "  " : "");
    printf(STR_FMT "\n", STR_ARG(row->path));
}

static void print_rows(struct columns *c) {
    for (size_t r = 0; r < c->rows.n; r++) {
        struct row *row = &c->rows.v[r];
        for (size_t i = 0; i < c->n; i++)
            if (!row->cells[i].v.n) ARRAY_PUSH(c->arena, row->cells[i].v) = STR("fine");
        print_place(row);
        print_cells(c, row->cells);
    }
}

static void print_repairs(struct columns *c) {
    struct lines *cells = ARENA_ARRAY(c->arena, struct lines, c->n);
    bool any = false;
    for (size_t i = 0; i < c->n; i++) {
        const struct checked *k = &c->checked[i];
        struct str changes = check_changes(k);
        any = any || changes.n;
        for (size_t from = 0; from < changes.n;) {
            size_t end = str_find(changes, STR("\n"), from);
            add_wrapped(c, &cells[i], str_slice(changes, from, end), INDENT);
            from = end + 1;
        }
        if (!changes.n)
            add_wrapped(c, &cells[i], k->valid ? STR("nothing") : STR("nothing: it does not start"),
                        0);
    }
    if (!any) return;
    puts("\nwhat its start would write into the file");
    print_cells(c, cells);
}

void check_print_columns(struct run *run, const struct checked *checked, size_t n) {
    struct columns c = {.arena = run->arena,
                        .checked = checked,
                        .n = n,
                        .width = column_width(n),
                        .places = map_new(run->arena)};
    if (checked[0].loaded.file) c.main = source_name(run->sources, checked[0].loaded.file);
    bool later = false;
    for (size_t i = 0; i < n; i++) {
        const struct checked *k = &checked[i];
        add_diags(&c, run, i, k->errors.v, k->errors.n, "");
        add_diags(&c, run, i, k->further.v, k->further.n, "later: ");
        add_diags(&c, run, i, k->warnings.v, k->warnings.n, "warning: ");
        later = later || k->further.n;
    }
    if (c.rows.n) qsort(c.rows.v, c.rows.n, sizeof *c.rows.v, by_place);
    printf("%s\n\n", checked[0].path);
    print_head(&c);
    print_rows(&c);
    print_repairs(&c);
    if (later) puts("\n`later`: the gateway stops before it, and says so once the rest is right.");
    if (c.rows.n)
        puts("\nOne version alone is told with the lines in question: --gateway VERSION.");
}
