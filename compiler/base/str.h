/* Text as pointer and length. Never assumed to end in NUL; may hold any byte. Values are passed by
 * copy and own nothing: the bytes belong to an arena, a source file or a literal. */
#ifndef CLAWC_BASE_STR_H
#define CLAWC_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct str {
    const char *p;
    size_t n;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_NONE     ((struct str){NULL, 0})
/* For printf: "%.*s". Texts longer than INT_MAX are cut. */
#define STR_FMT    "%.*s"
#define STR_ARG(s) ((s).n > 0x7fffffff ? 0x7fffffff : (int)(s).n), ((s).p ? (s).p : "")

/* The text of a C string; NULL gives the empty text. */
struct str str_from(const char *c);
bool str_equal(struct str a, struct str b);
/* Byte order, shorter first when one is the prefix of the other: negative, 0, positive. */
int str_compare(struct str a, struct str b);
/* Order of UTF-16 code units, as JavaScript's default sort: for well-formed UTF-8 (or WTF-8). */
int str_compare_utf16(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
/* Offset of the first occurrence of `needle` at or after `from`, or SIZE_MAX. */
size_t str_find(struct str s, struct str needle, size_t from);
/* Bytes [from, to) of `s`, both clamped to its length. */
struct str str_slice(struct str s, size_t from, size_t to);
/* A copy in the arena, with a NUL behind it that is not counted. */
struct str str_copy(struct arena *a, struct str s);
/* The same as a C string. */
char *str_to_c(struct arena *a, struct str s);
struct str str_concat(struct arena *a, struct str left, struct str right);
/* printf into the arena. */
struct str str_format(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* 64-bit hash of the bytes (XXH3). The same on every machine. */
uint64_t str_hash(struct str s);
/* Number of single-character edits (insert, delete, replace, swap of neighbours) from `a` to `b`,
 * or `limit + 1` when there are more than `limit`. Bytes, for "did you mean". */
size_t str_distance(struct str a, struct str b, size_t limit);

#endif
