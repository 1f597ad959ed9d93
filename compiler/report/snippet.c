#include "report/snippet.h"

#include "base/utf8.h"
#include "report/width.h"

/* How many columns before the span a part of a long line begins. */
enum { LEAD = 50 };

/* The part of a line that is shown. */
struct window {
    struct span shown;
    bool cut_left, cut_right;
};

static uint32_t step_back(struct str text, uint32_t at, uint32_t least) {
    if (at > least) at--;
    while (at > least && ((unsigned char)text.p[at] & 0xc0) == 0x80) at--;
    return at;
}

static uint32_t columns_at(struct str text, uint32_t at, size_t *length) {
    uint32_t c;
    *length = utf8_decode(text, at, false, &c);
    return c == '\t' ? WIDTH_TAB : width_of(c);
}

static struct window window_around(struct str text, struct span line, uint32_t start) {
    struct window w = {line, false, false};
    if (line.end - line.start <= SNIPPET_COLUMNS) return w;
    uint32_t columns = 0, at = start;
    size_t length;
    /* What joins the character before it takes no column: bytes are bounded as well. */
    while (at > line.start && columns < LEAD && start - at < 8 * LEAD) {
        at = step_back(text, at, line.start);
        columns += columns_at(text, at, &length);
    }
    uint32_t end = at;
    columns = 0;
    while (end < line.end && columns < SNIPPET_COLUMNS && end - at < 8 * SNIPPET_COLUMNS) {
        columns += columns_at(text, end, &length);
        end += (uint32_t)length;
    }
    w.shown.start = at;
    w.shown.end = end < line.end ? end : line.end;
    w.cut_left = at > line.start;
    w.cut_right = w.shown.end < line.end;
    return w;
}

static unsigned digits_of(uint32_t n) {
    unsigned digits = 1;
    for (; n >= 10; n /= 10) digits++;
    return digits;
}

unsigned snippet_gutter(const struct sources *s, const struct span *spans, size_t n) {
    unsigned most = 1;
    for (size_t i = 0; i < n; i++) {
        if (!spans[i].file) continue;
        unsigned digits = digits_of(source_position(s, spans[i].file, spans[i].start).line);
        if (digits > most) most = digits;
    }
    return most;
}

static void add_gutter(struct buf *b, const struct snippet *sn, unsigned gutter, uint32_t line) {
    buf_add(b, str_from(sn->gutter_on));
    if (line)
        buf_addf(b, "%*u |", (int)gutter, line);
    else
        buf_addf(b, "%*s |", (int)gutter, "");
    buf_add(b, *sn->gutter_on ? str_from(sn->off) : STR(""));
}

static struct span clamp(struct span span, struct span to) {
    if (span.start > to.end) span.start = to.end;
    if (span.end > to.end) span.end = to.end;
    if (span.start < to.start) span.start = to.start;
    if (span.end < span.start) span.end = span.start;
    return span;
}

/* Adds the text of the window; `*from` and `*to` are the columns of the span in it. */
static void add_text(struct buf *b, struct arena *scratch, const struct sources *s, struct window w,
                     struct span span, size_t *from, size_t *to) {
    /* In three parts, so that the columns of the middle one are known. */
    struct span head = {span.file, w.shown.start, span.start};
    struct span tail = {span.file, span.end, w.shown.end};
    size_t start = b->n;
    buf_add(b, w.cut_left ? STR(" ...") : STR(" "));
    *from = width_add(b, source_quote(s, scratch, head), w.cut_left ? 3 : 0);
    *to = width_add(b, source_quote(s, scratch, span), *from);
    width_add(b, source_quote(s, scratch, tail), *to);
    if (w.cut_right) buf_add(b, STR("..."));
    while (b->n > start && b->p[b->n - 1] == ' ') b->n--;
}

static void add_marks(struct buf *b, const struct snippet *sn, size_t from, size_t to) {
    buf_add_repeat(b, ' ', from + 1);
    buf_add(b, str_from(sn->on));
    buf_add_repeat(b, sn->mark, to > from ? to - from : 1);
    if (sn->label.n) {
        buf_add_char(b, ' ');
        width_add_line(b, sn->label);
    }
    buf_add(b, str_from(*sn->on ? sn->off : ""));
}

void snippet_add(struct buf *b, struct arena *scratch, const struct sources *s,
                 const struct snippet *sn, unsigned gutter, uint32_t *line) {
    uint32_t file = sn->span.file;
    uint32_t number = source_position(s, file, sn->span.start).line;
    struct span bytes = source_line(s, file, number);
    struct span span = clamp(sn->span, bytes);
    struct window w = window_around(source_text(s, file), bytes, span.start);
    span = clamp(span, w.shown);

    size_t before = b->n, from, to;
    add_gutter(b, sn, gutter, number);
    add_text(b, scratch, s, w, span, &from, &to);
    buf_add_char(b, '\n');
    bool whole = !w.cut_left && !w.cut_right;
    if (whole && *line == number) b->n = before;
    *line = whole ? number : 0;
    add_gutter(b, sn, gutter, 0);
    add_marks(b, sn, from, to);
    buf_add_char(b, '\n');
}
