/* UTF-8, read as the gateway reads a file: an ill-formed sequence stands for U+FFFD, one for each
 * maximal subpart. Inside the program texts may be WTF-8: a lone surrogate of a JavaScript string
 * is kept as its three bytes (ED A0..BF xx). */
#ifndef CLAWC_BASE_UTF8_H
#define CLAWC_BASE_UTF8_H

#include "base/str.h"

/* Length of the code point at `s.p[at]` (`at < s.n`), 1 to 4, stored in `*c`; or, where the bytes
 * are ill-formed, `*c = 0xFFFD` and the length of the maximal subpart. A lone surrogate is
 * ill-formed when `wtf8` is false. */
size_t utf8_decode(struct str s, size_t at, bool wtf8, uint32_t *c);
/* Writes 1 to 4 bytes; surrogates are written as three. Returns how many. */
size_t utf8_encode(uint32_t c, char out[4]);
/* Offset of the first ill-formed byte at or after `from`, or `s.n`. */
size_t utf8_first_ill_formed(struct str s, size_t from);
/* The text with every ill-formed subpart replaced by U+FFFD: `s` itself when there is none. */
struct str utf8_repair(struct arena *a, struct str s);
/* Number of code points (ill-formed subparts count one each). */
size_t utf8_count(struct str s);
/* May the code point be shown to people as it is? Not so control characters (TAB may), lone
 * surrogates, line separators, and what turns the direction of writing around: with those a config
 * could move the cursor of the reader's terminal or dress up a line. */
bool utf8_printable(uint32_t c);

#endif
