/* What a literal stands for. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "cel/cel_ast.h"

struct cel_node *cel_value_literal(struct cel_parser *p, struct cel_token token,
                                   struct cel_value v) {
    struct cel_node *n = cel_node(p, CEL_NODE_LITERAL, token.start);
    n->literal = v;
    return n;
}

static int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Decimal or 0x digits; false when they need more than 64 bits. */
static bool read_integer(struct str s, uint64_t *value) {
    unsigned base = 10;
    if (str_starts(s, STR("0x"))) {
        base = 16;
        s = str_slice(s, 2, s.n);
    }
    *value = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit = (unsigned)digit_of(s.p[i]);
        if (*value > (UINT64_MAX - digit) / base) return false;
        *value = *value * base + digit;
    }
    return true;
}

static const uint64_t min_int_magnitude = (uint64_t)1 << 63;

struct cel_node *cel_int_literal(struct cel_parser *p, struct cel_token token) {
    uint64_t u;
    if (!read_integer(cel_token_text(p, token), &u) || u > min_int_magnitude) {
        cel_fail(p, token.start, "this number does not fit an int (64 bits, signed)");
        u = 0;
    }
    int64_t i = u == min_int_magnitude ? INT64_MIN : (int64_t)u;
    struct cel_node *n = cel_value_literal(p, token, cel_int(i));
    n->is_min_int = u == min_int_magnitude;
    return n;
}

struct cel_node *cel_uint_literal(struct cel_parser *p, struct cel_token token) {
    struct str s = cel_token_text(p, token);
    uint64_t u;
    if (!read_integer(str_slice(s, 0, s.n - 1), &u)) {
        cel_fail(p, token.start, "this number does not fit a uint (64 bits)");
        u = 0;
    }
    return cel_value_literal(p, token, cel_uint(u));
}

struct cel_node *cel_double_literal(struct cel_parser *p, struct cel_token token) {
    double d = strtod(str_to_c(p->arena, cel_token_text(p, token)), NULL);
    if (isinf(d)) cel_fail(p, token.start, "this number is too large for a double");
    return cel_value_literal(p, token, cel_double(d));
}

/* ---- texts ---- */

struct reader {
    struct cel_parser *parser;
    struct str text; /* what stands between the quotes */
    uint32_t offset; /* of text in the source */
    bool is_bytes;
    size_t at;
    struct buf out;
};

static bool bad_escape(struct reader *r, size_t at, const char *why) {
    cel_fail(r->parser, r->offset + (uint32_t)at, "%s", why);
    return false;
}

/* The `count` digits of an escape whose backslash is at `from`. */
static bool read_digits(struct reader *r, size_t from, int count, int base, uint32_t *value) {
    *value = 0;
    for (int i = 0; i < count; i++, r->at++) {
        int digit = r->at < r->text.n ? digit_of(r->text.p[r->at]) : -1;
        if (digit < 0 || digit >= base)
            return bad_escape(r, from,
                              base == 8 ? "this escape needs three octal digits"
                                        : "this escape has too few hexadecimal digits");
        *value = *value * (uint32_t)base + (uint32_t)digit;
    }
    return true;
}

/* Adds a code point, or in bytes the byte, that an escape of digits named. */
static bool add_numbered(struct reader *r, size_t from, uint32_t c, bool is_unicode) {
    if (is_unicode && r->is_bytes)
        return bad_escape(r, from, "\\u and \\U stand for characters: bytes are written \\x");
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return bad_escape(r, from, "this is not the number of a character");
    if (r->is_bytes)
        buf_add_char(&r->out, (char)(unsigned char)c);
    else
        buf_add_codepoint(&r->out, c);
    return true;
}

static bool read_numbered(struct reader *r, size_t from, char kind) {
    uint32_t c;
    switch (kind) {
    case 'x':
    case 'X': return read_digits(r, from, 2, 16, &c) && add_numbered(r, from, c, false);
    case 'u': return read_digits(r, from, 4, 16, &c) && add_numbered(r, from, c, true);
    case 'U': return read_digits(r, from, 8, 16, &c) && add_numbered(r, from, c, true);
    case '0':
    case '1':
    case '2':
    case '3': r->at--; return read_digits(r, from, 3, 8, &c) && add_numbered(r, from, c, false);
    default: return bad_escape(r, from, "there is no such escape (a backslash is written \\\\)");
    }
}

/* An escape; `at` is behind the backslash. */
static bool read_escape(struct reader *r) {
    static const char letters[] = "abfnrtv\\?\"'`";
    static const char meanings[] = "\a\b\f\n\r\t\v\\?\"'`";
    size_t from = r->at - 1;
    char c = r->text.p[r->at++];
    for (size_t i = 0; i < sizeof letters - 1; i++) {
        if (c != letters[i]) continue;
        buf_add_char(&r->out, meanings[i]);
        return true;
    }
    return read_numbered(r, from, c);
}

static struct str unescape(struct reader *r) {
    while (r->at < r->text.n) {
        size_t next = str_find(r->text, STR("\\"), r->at);
        if (next == SIZE_MAX) next = r->text.n;
        buf_add(&r->out, str_slice(r->text, r->at, next));
        r->at = next;
        if (r->at == r->text.n) break;
        r->at++;
        if (!read_escape(r)) break;
    }
    return buf_str(&r->out);
}

/* A raw line end inside of three quotes is a line feed, however the file ends its lines. */
static struct str unify_line_ends(struct arena *a, struct str s) {
    if (str_find(s, STR("\r"), 0) == SIZE_MAX) return s;
    struct buf b = buf_new(a);
    for (size_t i = 0; i < s.n; i++) {
        bool is_cr = s.p[i] == '\r';
        buf_add_char(&b, is_cr ? '\n' : s.p[i]);
        if (is_cr && i + 1 < s.n && s.p[i + 1] == '\n') i++;
    }
    return buf_str(&b);
}

struct cel_node *cel_text_literal(struct cel_parser *p, struct cel_token token) {
    struct str s = cel_token_text(p, token);
    bool is_bytes = false, is_raw = false;
    size_t at = 0;
    for (; s.p[at] != '"' && s.p[at] != '\''; at++) {
        if (s.p[at] == 'b' || s.p[at] == 'B')
            is_bytes = true;
        else
            is_raw = true;
    }
    size_t quotes = s.n - at >= 6 && s.p[at + 1] == s.p[at] && s.p[at + 2] == s.p[at] ? 3 : 1;
    struct str inner = str_slice(s, at + quotes, s.n - quotes);
    struct reader r = {.parser = p,
                       .text = unify_line_ends(p->arena, inner),
                       .offset = token.start + (uint32_t)(at + quotes),
                       .is_bytes = is_bytes,
                       .out = buf_new(p->arena)};
    bool plain = is_raw || str_find(r.text, STR("\\"), 0) == SIZE_MAX;
    struct str text = plain ? r.text : unescape(&r);
    return cel_value_literal(p, token, is_bytes ? cel_bytes(text) : cel_string(text));
}
