#include "report/width.h"

#include "base/utf8.h"
#include "report/width_table.h"

static bool in_ranges(const struct code_range *ranges, size_t n, uint32_t c) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges[middle].high < c)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && ranges[low].low <= c;
}

#define IN(ranges, c) in_ranges((ranges), sizeof(ranges) / sizeof *(ranges), (c))

unsigned width_of(uint32_t c) {
    if (c < 0x300) return 1;
    if (IN(zero_ranges, c)) return 0;
    return IN(wide_ranges, c) ? 2 : 1;
}

/* `in_sentence`: a tab or a line break is a space. */
static size_t add_shown(struct buf *b, struct str text, size_t column, bool in_sentence) {
    for (size_t at = 0; at < text.n;) {
        uint32_t c;
        at += utf8_decode(text, at, false, &c);
        if (in_sentence && (c == '\t' || c == '\n' || c == '\r')) c = ' ';
        if (c == '\t') {
            size_t blanks = WIDTH_TAB - column % WIDTH_TAB;
            buf_add_repeat(b, ' ', blanks);
            column += blanks;
            continue;
        }
        if (!utf8_printable(c)) c = 0xfffd;
        buf_add_codepoint(b, c);
        column += width_of(c);
    }
    return column;
}

size_t width_add(struct buf *b, struct str text, size_t column) {
    return add_shown(b, text, column, false);
}

size_t width_add_line(struct buf *b, struct str text) {
    if (text.n <= WIDTH_LINE_BYTES) return add_shown(b, text, 0, true);
    size_t end = WIDTH_LINE_BYTES;
    while (end && ((unsigned char)text.p[end] & 0xc0) == 0x80) end--;
    size_t columns = add_shown(b, str_slice(text, 0, end), 0, true);
    buf_add(b, STR("..."));
    return columns + 3;
}
