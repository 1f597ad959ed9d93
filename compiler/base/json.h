/* Writes JSON into a buffer. Texts may be WTF-8: a lone surrogate is written as \udXXX, so that
 * what was read can always be written. Numbers have JavaScript's text. */
#ifndef CLAWC_BASE_JSON_H
#define CLAWC_BASE_JSON_H

#include "base/buf.h"

/* A quoted string. Control characters, quotes, backslashes and lone surrogates are escaped;
 * ill-formed bytes become U+FFFD. */
void json_add_string(struct buf *b, struct str s);

/* The key of a member, with its colon, and a comma before it unless it is the first of its object.
 */
void json_add_key(struct buf *b, const char *key);
/* Members: a text (null when `s.p` is NULL), a flag, a list of texts. */
void json_add_text(struct buf *b, const char *key, struct str s);
void json_add_flag(struct buf *b, const char *key, bool value);
void json_add_texts(struct buf *b, const char *key, const struct str *v, size_t n);

/* Large enough for the text of any number, with its NUL. */
enum { JS_NUMBER_MAX = 32 };

/* JavaScript's text of a number: shortest digits that read back, plain for 1e-6 <= |x| < 1e21, else
 * an exponent with its sign; "0" for -0; "NaN", "Infinity", "-Infinity". Returns the length. */
size_t js_number_text(double x, char out[JS_NUMBER_MAX]);

/* The same into a buffer. Not finite numbers are no JSON: the caller writes them some other way. */
void json_add_number(struct buf *b, double x);

#endif
