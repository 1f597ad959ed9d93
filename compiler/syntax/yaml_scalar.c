#include "syntax/yaml_scalar.h"

#include <math.h>
#include <stdlib.h>

static const struct word {
    const char *text;
    struct yaml_scalar value;
} words[] = {
    {"", {.kind = NODE_NULL}},
    {"~", {.kind = NODE_NULL}},
    {"null", {.kind = NODE_NULL}},
    {"Null", {.kind = NODE_NULL}},
    {"NULL", {.kind = NODE_NULL}},
    {"true", {.kind = NODE_BOOL, .boolean = true}},
    {"True", {.kind = NODE_BOOL, .boolean = true}},
    {"TRUE", {.kind = NODE_BOOL, .boolean = true}},
    {"false", {.kind = NODE_BOOL}},
    {"False", {.kind = NODE_BOOL}},
    {"FALSE", {.kind = NODE_BOOL}},
    {".nan", {.kind = NODE_NUMBER, .number = NAN}},
    {".NaN", {.kind = NODE_NUMBER, .number = NAN}},
    {".NAN", {.kind = NODE_NUMBER, .number = NAN}},
    {".inf", {.kind = NODE_NUMBER, .number = INFINITY}},
    {".Inf", {.kind = NODE_NUMBER, .number = INFINITY}},
    {".INF", {.kind = NODE_NUMBER, .number = INFINITY}},
    {"+.inf", {.kind = NODE_NUMBER, .number = INFINITY}},
    {"+.Inf", {.kind = NODE_NUMBER, .number = INFINITY}},
    {"+.INF", {.kind = NODE_NUMBER, .number = INFINITY}},
    {"-.inf", {.kind = NODE_NUMBER, .number = -INFINITY}},
    {"-.Inf", {.kind = NODE_NUMBER, .number = -INFINITY}},
    {"-.INF", {.kind = NODE_NUMBER, .number = -INFINITY}},
};

/* Offset behind the longest run of characters of `set` from `at`. */
static size_t skip(struct str s, size_t at, const char *set) {
    struct str digits = str_from(set);
    while (at < s.n && str_find(digits, str_slice(s, at, at + 1), 0) != SIZE_MAX) at++;
    return at;
}

static size_t skip_digits(struct str s, size_t at) {
    return skip(s, at, "0123456789");
}

static bool has_sign(struct str s, size_t at) {
    return at < s.n && (s.p[at] == '+' || s.p[at] == '-');
}

/* [-+]? ( [0-9]+ ( \. [0-9]* )? | \. [0-9]+ ) ( [eE] [-+]? [0-9]+ )? */
static bool is_decimal(struct str s, bool *integer) {
    size_t at = has_sign(s, 0);
    size_t whole = skip_digits(s, at) - at, fraction = 0;
    at += whole;
    *integer = at == s.n && whole;
    if (at < s.n && s.p[at] == '.') {
        fraction = skip_digits(s, at + 1) - at - 1;
        at += 1 + fraction;
    }
    if (!whole && !fraction) return false;
    if (at == s.n) return true;
    if (s.p[at] != 'e' && s.p[at] != 'E') return false;
    at += 1 + (size_t)has_sign(s, at + 1);
    return at < s.n && skip_digits(s, at) == s.n;
}

static bool is_based(struct str s, const char *prefix, const char *digits) {
    return str_starts(s, str_from(prefix)) && s.n > 2 && skip(s, 2, digits) == s.n;
}

static double octal_value(struct str digits) {
    double value = 0;
    for (size_t i = 0; i < digits.n; i++) value = value * 8 + (digits.p[i] - '0');
    return value;
}

struct yaml_scalar yaml_scalar_resolve(struct str text) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal(text, str_from(words[i].text))) return words[i].value;
    struct yaml_scalar number = {.kind = NODE_NUMBER, .integer = true};
    if (is_based(text, "0o", "01234567"))
        number.number = octal_value(str_slice(text, 2, text.n));
    else if (is_based(text, "0x", "0123456789abcdefABCDEF") || is_decimal(text, &number.integer))
        number.number = strtod(text.p, NULL); /* its grammar contains both */
    else
        return (struct yaml_scalar){.kind = NODE_STRING};
    return number;
}
