/* Lines of a source file as a report shows them: line number, the line with its secrets masked, and
 * marks under what is meant. */
#ifndef CLAWC_REPORT_SNIPPET_H
#define CLAWC_REPORT_SNIPPET_H

#include "base/buf.h"
#include "source/source.h"

/* Longer lines are shown in part, around the span. */
#define SNIPPET_COLUMNS 160

struct snippet {
    struct span span;      /* of a span over several lines the first is shown */
    char mark;             /* '^' or '-' */
    struct str label;      /* behind the marks, may be empty */
    const char *on, *off;  /* terminal codes around the marks, "" for none */
    const char *gutter_on; /* and around the gutter */
};

/* Columns of the largest line number of these, for the gutter. */
unsigned snippet_gutter(const struct sources *s, const struct span *spans, size_t n);

/* Adds two lines, `12 | text` and `   | ^^^^ label`, or the second alone when the text of this line
 * was the last thing shown: `*line` is its number or 0, and set to what is shown now. */
void snippet_add(struct buf *b, struct arena *scratch, const struct sources *s,
                 const struct snippet *snippet, unsigned gutter, uint32_t *line);

#endif
