/* The inner loops of the JSON5 scanner: over the plain bytes of strings and comments, in blocks.
 * They rely on the zero bytes behind every text (SOURCE_PADDING): a zero byte stops them all, and a
 * block may be read that begins before the end of the text. Private to the scanner. */
#ifndef CLAWC_SYNTAX_JSON5_SKIP_H
#define CLAWC_SYNTAX_JSON5_SKIP_H

#include <math.h>

#include "base/utf8.h"
#include "syntax/json5_parser.h"

#ifdef __SSE2__
#include <emmintrin.h>

enum { JSON5_BLOCK = 16 };

/* The bytes of a block that are `a` or `b`, or less than `least`, or not ASCII: one bit each. */
static inline unsigned json5_special(const char *at, char a, char b, char least) {
    __m128i block = _mm_loadu_si128((const __m128i *)(const void *)at);
    /* A signed comparison, so that bytes from 0x80 on are less than everything. */
    __m128i low = _mm_cmplt_epi8(block, _mm_set1_epi8(least));
    __m128i either = _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8(a)),
                                  _mm_cmpeq_epi8(block, _mm_set1_epi8(b)));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(low, either));
}

static inline unsigned json5_first_bit(unsigned bits) {
    return (unsigned)__builtin_ctz(bits);
}
#else
enum { JSON5_BLOCK = 8 };

static inline unsigned json5_special(const char *at, char a, char b, char least) {
    unsigned bits = 0;
    for (unsigned i = 0; i < JSON5_BLOCK; i++) {
        signed char c = (signed char)at[i];
        bits |= (unsigned)(c == a || c == b || c < least) << i;
    }
    return bits;
}

static inline unsigned json5_first_bit(unsigned bits) {
    unsigned i = 0;
    while (!(bits >> i & 1)) i++;
    return i;
}
#endif

/* The first byte from `at` on that is `a`, `b`, less than `least` or not ASCII. */
static inline const char *json5_find(const char *at, char a, char b, char least) {
    unsigned bits;
    while (!(bits = json5_special(at, a, b, least))) at += JSON5_BLOCK;
    return at + json5_first_bit(bits);
}

/* The end of the plain part of a string: its quote, a backslash, a control character, a byte that
 * is not ASCII, or the end of the text. */
static inline const char *json5_skip_plain(const char *at, char quote) {
    return json5_find(at, quote, '\\', ' ');
}

static inline const char *json5_skip_blanks(const char *at) {
    while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r') at++;
    return at;
}

/* Behind the character at `at` (which is not the end); one ill-formed subpart counts as one. */
static inline const char *json5_skip_character(const struct json5_parser *p, const char *at) {
    uint32_t c;
    return at + utf8_decode((struct str){at, (size_t)(p->limit - at)}, 0, false, &c);
}

/* U+2028 and U+2029 end a line too. */
static inline bool json5_is_separator(const char *at) {
    return at[0] == '\xe2' && at[1] == '\x80' && (at[2] == '\xa8' || at[2] == '\xa9');
}

/* The end of a comment that began with two slashes: its line terminator or the end of the text. */
static inline const char *json5_skip_line_comment(struct json5_parser *p, const char *at) {
    for (;; at++) {
        at = json5_find(at, '\n', '\r', 1);
        if (*at == '\n' || *at == '\r' || at == p->limit) return at;
        p->non_ascii = true;
        if (json5_is_separator(at)) return at;
    }
}

/* Behind a comment that began with slash and star, or NULL when it has no end. */
static inline const char *json5_skip_block_comment(struct json5_parser *p, const char *at) {
    for (;; at++) {
        at = json5_find(at, '*', '*', 1);
        if (at == p->limit) return NULL;
        if (*at != '*')
            p->non_ascii = true;
        else if (at[1] == '/')
            return at + 2;
    }
}

#endif
