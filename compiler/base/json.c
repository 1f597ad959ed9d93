#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static void add_escape(struct buf *b, uint32_t c) {
    static const char short_forms[] = "btn?fr"; /* from U+0008; U+000B has none */
    if (c == '"' || c == '\\')
        buf_addf(b, "\\%c", (char)c);
    else if (c >= 8 && c <= 13 && c != 11)
        buf_addf(b, "\\%c", short_forms[c - 8]);
    else
        buf_addf(b, "\\u%04x", (unsigned)c);
}

static bool is_plain(unsigned char c) {
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* Besides what JSON demands, what some readers take for the end of a line: an answer is one line.
 */
static bool must_escape(uint32_t c) {
    return c < 0x20 || c == '"' || c == '\\' || (c >= 0xd800 && c <= 0xdfff) || c == 0x85 ||
           c == 0x2028 || c == 0x2029;
}

void json_add_string(struct buf *b, struct str s) {
    buf_add_char(b, '"');
    for (size_t at = 0; at < s.n;) {
        size_t from = at;
        while (at < s.n && is_plain((unsigned char)s.p[at])) at++;
        buf_add(b, str_slice(s, from, at));
        if (at == s.n) break;
        uint32_t c;
        at += utf8_decode(s, at, true, &c);
        if (must_escape(c))
            add_escape(b, c);
        else
            buf_add_codepoint(b, c);
    }
    buf_add_char(b, '"');
}

/* The fewest digits that read back as `x` (> 0), in the form d.ddde+XX. */
static void shortest_digits(double x, char out[40]) {
    int first = x < 1e-300 ? 1 : 15; /* subnormal numbers may need fewer than 15 */
    for (int digits = first; digits <= 17; digits++) {
        snprintf(out, 40, "%.*e", digits - 1, x);
        if (strtod(out, NULL) == x) return;
    }
}

/* Splits d.ddde+XX into its digits, without trailing zeros, and the exponent. */
static int split(const char *text, char digits[24], size_t *count) {
    size_t n = 0;
    for (; *text != 'e'; text++)
        if (*text != '.') digits[n++] = *text;
    while (n > 1 && digits[n - 1] == '0') n--;
    digits[n] = '\0';
    *count = n;
    return (int)strtol(text + 1, NULL, 10);
}

static size_t plain_notation(const char *digits, int n, int point, char *out) {
    if (point >= n) { /* at most 21 digits in all */
        memcpy(out, digits, (size_t)n);
        memset(out + n, '0', (size_t)(point - n));
        out[point] = '\0';
        return (size_t)point;
    }
    if (point > 0) return (size_t)sprintf(out, "%.*s.%s", point, digits, digits + point);
    return (size_t)sprintf(out, "0.%.*s%s", -point, "000000", digits);
}

/* Nearly every number that is written is a whole one: no search for its shortest text. */
static size_t whole_number_text(int64_t x, char out[JS_NUMBER_MAX]) {
    char digits[JS_NUMBER_MAX];
    size_t n = 0, length = 0;
    uint64_t rest = x < 0 ? (uint64_t)-x : (uint64_t)x;
    do digits[n++] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (x < 0) out[length++] = '-';
    while (n) out[length++] = digits[--n];
    out[length] = '\0';
    return length;
}

size_t js_number_text(double x, char out[JS_NUMBER_MAX]) {
    if (isnan(x)) return (size_t)sprintf(out, "NaN");
    if (x == 0) return (size_t)sprintf(out, "0");
    if (fabs(x) < 1e15 && x == (double)(int64_t)x) return whole_number_text((int64_t)x, out);
    char *p = out;
    if (x < 0) *p++ = '-';
    if (isinf(x)) return (size_t)(p - out) + (size_t)sprintf(p, "Infinity");
    char text[40], digits[24];
    size_t n;
    shortest_digits(fabs(x), text);
    int exponent = split(text, digits, &n);
    size_t length;
    if (exponent >= -7 && exponent < 21 && fabs(x) >= 1e-6)
        length = plain_notation(digits, (int)n, exponent + 1, p);
    else
        length =
            (size_t)sprintf(p, "%c%s%se%+d", digits[0], n > 1 ? "." : "", digits + 1, exponent);
    return (size_t)(p - out) + length;
}

void json_add_number(struct buf *b, double x) {
    char text[JS_NUMBER_MAX];
    buf_add(b, (struct str){text, js_number_text(x, text)});
}

/* ---- members -----------------------------------------------------------------------------------
 */

void json_add_key(struct buf *b, const char *key) {
    if (b->n && b->p[b->n - 1] != '{') buf_add_char(b, ',');
    json_add_string(b, str_from(key));
    buf_add_char(b, ':');
}

void json_add_text(struct buf *b, const char *key, struct str s) {
    json_add_key(b, key);
    if (s.p)
        json_add_string(b, s);
    else
        buf_add(b, STR("null"));
}

void json_add_flag(struct buf *b, const char *key, bool value) {
    json_add_key(b, key);
    buf_add(b, value ? STR("true") : STR("false"));
}

void json_add_texts(struct buf *b, const char *key, const struct str *v, size_t n) {
    json_add_key(b, key);
    buf_add_char(b, '[');
    for (size_t i = 0; i < n; i++) {
        if (i) buf_add_char(b, ',');
        json_add_string(b, v[i]);
    }
    buf_add_char(b, ']');
}
