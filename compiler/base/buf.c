#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"

struct buf buf_new(struct arena *a) {
    return (struct buf){.arena = a};
}

char *buf_reserve(struct buf *b, size_t n) {
    if (b->capacity - b->n < n)
        arena_array_grow(b->arena, (void **)(void *)&b->p, &b->capacity, b->n + n, 1);
    return b->p + b->n;
}

void buf_add(struct buf *b, struct str s) {
    if (!s.n) return;
    memcpy(buf_reserve(b, s.n), s.p, s.n);
    b->n += s.n;
}

void buf_add_char(struct buf *b, char c) {
    *buf_reserve(b, 1) = c;
    b->n++;
}

void buf_add_repeat(struct buf *b, char c, size_t count) {
    memset(buf_reserve(b, count + 1), c, count);
    b->n += count;
}

void buf_addf(struct buf *b, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n <= 0) return;
    char *p = buf_reserve(b, (size_t)n + 1);
    va_start(args, format);
    vsnprintf(p, (size_t)n + 1, format, args);
    va_end(args);
    b->n += (size_t)n;
}

void buf_add_codepoint(struct buf *b, uint32_t c) {
    b->n += utf8_encode(c, buf_reserve(b, 4));
}

struct str buf_str(const struct buf *b) {
    return (struct str){b->n ? b->p : "", b->n};
}
