/* How wide text is on a terminal, and text made fit to be shown on one. */
#ifndef CLAWC_REPORT_WIDTH_H
#define CLAWC_REPORT_WIDTH_H

#include "base/buf.h"

/* Columns of a code point: 0 for what joins the character before it, 2 for wide characters of East
 * Asia and emoji, else 1. The same on every machine, unlike `wcwidth`. */
unsigned width_of(uint32_t c);

/* Adds the text with every tab widened to the next multiple of WIDTH_TAB and every code point that
 * must not be shown as U+FFFD. `column` is where it begins (from 0); returns where it ends. */
size_t width_add(struct buf *b, struct str text, size_t column);

/* The same of a text that stands within a sentence: line breaks and tabs are spaces, and what is
 * behind WIDTH_LINE_BYTES is left out. */
size_t width_add_line(struct buf *b, struct str text);

#define WIDTH_TAB        4
#define WIDTH_LINE_BYTES 2000

#endif
