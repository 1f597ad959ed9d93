/* A growing buffer of bytes, in an arena. */
#ifndef CLAWC_BASE_BUF_H
#define CLAWC_BASE_BUF_H

#include "base/str.h"

struct buf {
    struct arena *arena;
    char *p;
    size_t n, capacity;
};

/* An empty buffer; nothing is allocated until something is added. */
struct buf buf_new(struct arena *a);
/* Room for `n` more bytes at `p + n`; the caller adds to `n` what it wrote. */
char *buf_reserve(struct buf *b, size_t n);
void buf_add(struct buf *b, struct str s);
void buf_add_char(struct buf *b, char c);
void buf_add_repeat(struct buf *b, char c, size_t count);
/* printf. */
void buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* UTF-8 of a code point; a surrogate is written as the three bytes of WTF-8. */
void buf_add_codepoint(struct buf *b, uint32_t c);
/* What is in it; valid until the buffer grows. */
struct str buf_str(const struct buf *b);

#endif
