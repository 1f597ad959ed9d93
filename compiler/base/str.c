#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/arena.h"

struct str str_from(const char *c) {
    return (struct str){c, c ? strlen(c) : 0};
}

bool str_equal(struct str a, struct str b) {
    if (a.n != b.n) return false;
    return a.n == 0 || (a.p && b.p && memcmp(a.p, b.p, a.n) == 0);
}

int str_compare(struct str a, struct str b) {
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

/* UTF-8 sorts by code point; UTF-16 puts U+E000..U+FFFF (lead bytes EE, EF) after the astral
 * planes (lead bytes F0..F4), which begin with surrogates. */
static int utf16_rank(unsigned char lead) {
    return lead == 0xee || lead == 0xef ? 0x100 : lead;
}

int str_compare_utf16(struct str a, struct str b) {
    size_t n = a.n < b.n ? a.n : b.n;
    size_t i = 0;
    while (i < n && a.p[i] == b.p[i]) i++;
    if (i == n) return (a.n > b.n) - (a.n < b.n);
    return utf16_rank((unsigned char)a.p[i]) - utf16_rank((unsigned char)b.p[i]);
}

bool str_starts(struct str s, struct str prefix) {
    return s.n >= prefix.n && str_equal(str_slice(s, 0, prefix.n), prefix);
}

bool str_ends(struct str s, struct str suffix) {
    return s.n >= suffix.n && str_equal(str_slice(s, s.n - suffix.n, s.n), suffix);
}

size_t str_find(struct str s, struct str needle, size_t from) {
    if (needle.n == 0) return from <= s.n ? from : SIZE_MAX;
    while (from < s.n && s.n - from >= needle.n) {
        const char *p = memchr(s.p + from, needle.p[0], s.n - from - needle.n + 1);
        if (!p) return SIZE_MAX;
        from = (size_t)(p - s.p);
        if (memcmp(p, needle.p, needle.n) == 0) return from;
        from++;
    }
    return SIZE_MAX;
}

struct str str_slice(struct str s, size_t from, size_t to) {
    if (to > s.n) to = s.n;
    if (from > to) from = to;
    return (struct str){s.p ? s.p + from : NULL, to - from};
}

char *str_to_c(struct arena *a, struct str s) {
    char *c = arena_alloc(a, s.n + 1);
    if (s.n) memcpy(c, s.p, s.n);
    c[s.n] = '\0';
    return c;
}

struct str str_copy(struct arena *a, struct str s) {
    return (struct str){str_to_c(a, s), s.n};
}

struct str str_concat(struct arena *a, struct str left, struct str right) {
    char *c = arena_alloc(a, left.n + right.n + 1);
    if (left.n) memcpy(c, left.p, left.n);
    if (right.n) memcpy(c + left.n, right.p, right.n);
    c[left.n + right.n] = '\0';
    return (struct str){c, left.n + right.n};
}

struct str str_format(struct arena *a, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0) return STR("");
    char *c = arena_alloc(a, (size_t)n + 1);
    va_start(args, format);
    vsnprintf(c, (size_t)n + 1, format, args);
    va_end(args);
    return (struct str){c, (size_t)n};
}

uint64_t str_hash(struct str s) {
    return XXH3_64bits(s.n ? s.p : "", s.n);
}

enum { DISTANCE_MAX = 64 };

static size_t min3(size_t a, size_t b, size_t c) {
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

size_t str_distance(struct str a, struct str b, size_t limit) {
    size_t gap = a.n > b.n ? a.n - b.n : b.n - a.n;
    if (gap > limit || a.n >= DISTANCE_MAX || b.n >= DISTANCE_MAX) return limit + 1;
    size_t row[3][DISTANCE_MAX + 1];
    for (size_t j = 0; j <= b.n; j++) row[0][j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t *now = row[i % 3];
        const size_t *last = row[(i - 1) % 3];
        const size_t *before = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t change = a.p[i - 1] == b.p[j - 1] ? 0 : 1;
            now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + change);
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] &&
                before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
    }
    size_t distance = row[a.n % 3][b.n];
    return distance > limit ? limit + 1 : distance;
}
