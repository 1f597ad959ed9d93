/* JavaScript's localeCompare in the root locale, as far as ids need it: exact for ASCII and for
 * Latin letters with accents; other characters sort after them by code point. */
#ifndef CLAWC_BASE_COLLATE_H
#define CLAWC_BASE_COLLATE_H

#include "base/str.h"

/* Negative, 0, positive. Control characters weigh nothing. Letters of either case are equal at
 * first; then plain letters come before accented ones, then lower case before upper. */
int collate_compare(struct str a, struct str b);

#endif
