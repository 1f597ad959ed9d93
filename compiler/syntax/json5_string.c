#include "base/buf.h"
#include "base/utf8.h"
#include "syntax/json5_parser.h"
#include "syntax/json5_skip.h"

/* The value of `count` hexadecimal digits, or UINT32_MAX. Stops before the end of the text: the
 * zero byte there is no digit. */
static uint32_t hex_digits(const char *at, int count) {
    uint32_t value = 0;
    for (int i = 0; i < count; i++) {
        unsigned char c = (unsigned char)at[i], lower = c | 0x20;
        if (c >= '0' && c <= '9')
            value = value << 4 | (uint32_t)(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            value = value << 4 | (uint32_t)(lower - 'a' + 10);
        else
            return UINT32_MAX;
    }
    return value;
}

static void set_fault(struct json5_parser *p, enum json5_fault_kind kind, const char *at) {
    if (p->fault.kind) return;
    p->fault = (struct json5_fault){kind, (uint32_t)(at - p->text)};
    p->attention = true;
}

/* Adds a code unit of UTF-16. A low surrogate joins the high one before it: only escapes give
 * surrogates, so whatever stood between them in the source gave nothing. */
static void add_unit(struct buf *b, uint32_t unit) {
    if (unit >= 0xdc00 && unit <= 0xdfff && b->n >= 3) {
        uint32_t high;
        struct str last = {b->p + b->n - 3, 3};
        if (utf8_decode(last, 0, true, &high) == 3 && high >= 0xd800 && high <= 0xdbff) {
            b->n -= 3;
            unit = 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00);
        }
    }
    buf_add_codepoint(b, unit);
}

static void add_source(struct json5_parser *p, struct buf *b, const char *from, const char *to) {
    buf_add(b, utf8_repair(p->tree->arena, (struct str){from, (size_t)(to - from)}));
}

/* Adds the character at `at` as it stands; returns behind it. */
static const char *add_itself(struct json5_parser *p, struct buf *b, const char *at) {
    const char *end = json5_skip_character(p, at);
    if ((unsigned char)*at >= 0x80) p->non_ascii = true;
    add_source(p, b, at, end);
    return end;
}

/* Adds what the escape at `at` (its backslash, not the last byte) stands for; returns behind it. A
 * wrong escape is recorded and stands for the character behind its backslash. */
static const char *add_escape(struct json5_parser *p, struct buf *b, const char *at) {
    static const char letters[] = "bfnrtv", meanings[] = "\b\f\n\r\t\v";
    char c = at[1];
    const char *simple = c ? strchr(letters, c) : NULL;
    if (simple) {
        buf_add_char(b, meanings[simple - letters]);
        return at + 2;
    }
    if (c == 'x' || c == 'u') {
        int count = c == 'x' ? 2 : 4;
        uint32_t unit = hex_digits(at + 2, count);
        if (unit == UINT32_MAX) {
            set_fault(p, JSON5_FAULT_HEX, at);
            return add_itself(p, b, at + 1);
        }
        add_unit(b, unit);
        return at + 2 + count;
    }
    if (c == '0' && (at[2] < '0' || at[2] > '9')) {
        buf_add_char(b, '\0');
        return at + 2;
    }
    if (c >= '0' && c <= '9') set_fault(p, JSON5_FAULT_DIGIT, at);
    if (c == '\r' && at[2] == '\n') return at + 3;
    if (c == '\n' || c == '\r') return at + 2;
    if (json5_is_separator(at + 1)) return at + 4;
    return add_itself(p, b, at + 1);
}

/* A string without its closing quote ends with its line; but a comment at the end of the line, and
 * commas and brackets there, are taken to stand behind the missing quote. */
static const char *end_unterminated(struct json5_parser *p, const char *start, const char *line) {
    const char *end = line;
    for (const char *c = start + 1; c + 3 <= line; c++)
        if (memcmp(c, " //", 3) == 0) end = c;
    while (end > start + 1 && end[-1] && strchr(" \t,]}", end[-1])) end--;
    p->fault = (struct json5_fault){JSON5_FAULT_UNTERMINATED, (uint32_t)(start - p->text)};
    p->unterminated_end = (uint32_t)(end - p->text);
    p->attention = true;
    return end;
}

/* The first place from `at` on where more than copying is to do: as json5_skip_plain, but over raw
 * control characters and non-ASCII. */
static const char *skip_literal(struct json5_parser *p, const char *at, char quote) {
    for (;; at++) {
        at = json5_skip_plain(at, quote);
        if (at == p->limit || *at == quote || *at == '\\' || *at == '\n' || *at == '\r') return at;
        if ((unsigned char)*at >= 0x80) p->non_ascii = true;
    }
}

const char *json5_string_rest(struct json5_parser *p, const char *start, const char *at,
                              struct str *decoded) {
    struct arena *a = p->tree->arena;
    struct buf b = buf_new(a);
    const char *from = start + 1;
    while (*(at = skip_literal(p, at, *start)) == '\\') {
        if (at + 1 == p->limit) {
            at = p->limit;
            break;
        }
        add_source(p, &b, from, at);
        from = at = add_escape(p, &b, at);
    }
    bool closed = at < p->limit && *at == *start;
    const char *end = closed ? at : end_unterminated(p, start, at);
    if (end < from) end = from;
    struct str tail = utf8_repair(a, (struct str){from, (size_t)(end - from)});
    if (from == start + 1) {
        *decoded = tail;
    } else {
        buf_add(&b, tail);
        *decoded = buf_str(&b);
    }
    return closed ? end + 1 : end;
}

bool json5_name_decode(struct json5_parser *p, struct str written, struct str *decoded) {
    if (!memchr(written.p, '\\', written.n)) {
        *decoded = written;
        return true;
    }
    struct buf b = buf_new(p->tree->arena);
    for (size_t at = 0; at < written.n;) {
        uint32_t c;
        bool escape = written.p[at] == '\\';
        if (escape) c = hex_digits(written.p + at + 2, 4);
        size_t length = escape ? 6 : utf8_decode(written, at, false, &c);
        if (escape && !json5_fits_name(c, at == 0)) return false;
        buf_add_codepoint(&b, c);
        at += length;
    }
    *decoded = buf_str(&b);
    return true;
}
