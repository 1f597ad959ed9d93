/* How functions are described, and those of the language itself: conversions, size, tests of
 * strings, optionals. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "cel/cel_ast.h"

/* ---- descriptions ---- */

const struct cel_function_table *cel_functions(size_t i) {
    static const struct cel_function_table *const tables[] = {
        &cel_core_functions, &cel_string_functions, &cel_math_functions, &cel_encode_functions,
        NULL};
    return tables[i];
}

uint32_t cel_kind_mask(char letter) {
    enum {
        NUMBER = 1 << CEL_INT | 1 << CEL_UINT | 1 << CEL_DOUBLE,
        TEXT = 1 << CEL_STRING | 1 << CEL_BYTES
    };
    switch (letter) {
    case 'b': return 1 << CEL_BOOL;
    case 'i': return 1 << CEL_INT;
    case 'd': return 1 << CEL_DOUBLE;
    case 's': return 1 << CEL_STRING;
    case 'y': return 1 << CEL_BYTES;
    case 'l': return 1 << CEL_LIST;
    case 'o': return 1 << CEL_OPTIONAL;
    case 'n': return NUMBER;
    case 'w': return 1 << CEL_INT | 1 << CEL_UINT;            /* whole numbers */
    case 't': return TEXT;                                    /* string or bytes */
    case 'z': return TEXT | 1 << CEL_LIST | 1 << CEL_MAP;     /* what has a size */
    case 'N': return NUMBER | 1 << CEL_STRING;                /* what becomes a number */
    case 'B': return 1 << CEL_BOOL | 1 << CEL_STRING;         /* what becomes a bool */
    case 'S': return NUMBER | TEXT | 1 << CEL_BOOL;           /* what becomes a string */
    case 'e': return NUMBER | 1 << CEL_LIST;                  /* number or list of them */
    default: return UINT32_MAX & ~(uint32_t)(1 << CEL_ERROR); /* '.': anything */
    }
}

char cel_argument_letter(const struct cel_function *f, size_t i) {
    char last = 0;
    for (const char *k = f->kinds; *k; k++) {
        if (*k == '?') continue;
        if (*k == '*') return last;
        last = *k;
        if (i-- == 0) return last;
    }
    return 0;
}

size_t cel_fewest_arguments(const struct cel_function *f) {
    return strcspn(f->kinds, "?*");
}

/* ---- conversions to numbers ---- */

static struct cel_value out_of_range(const char *kind) {
    static const struct str messages[] = {{"the number does not fit an int", 30},
                                          {"the number does not fit a uint", 30}};
    return cel_failure(CEL_ERROR_OVERFLOW, messages[strcmp(kind, "int") != 0]);
}

static struct cel_value not_convertible(struct cel_run *run, struct str s, const char *kind) {
    struct str shown = cel_clip(s, 40);
    return cel_errorf(run, CEL_ERROR_ARGUMENT, "'" STR_FMT "' cannot become a %s", STR_ARG(shown),
                      kind);
}

/* Decimal digits; false when there are none, others, or too many for 64 bits. */
static bool read_digits(struct str s, uint64_t *value) {
    *value = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit = (unsigned)(unsigned char)s.p[i] - '0';
        if (digit > 9 || *value > (UINT64_MAX - digit) / 10) return false;
        *value = *value * 10 + digit;
    }
    return s.n > 0;
}

static struct cel_value int_from_string(struct cel_run *run, struct str s) {
    bool negative = s.n && s.p[0] == '-';
    bool has_sign = negative || (s.n && s.p[0] == '+');
    uint64_t most = (uint64_t)INT64_MAX + negative, u;
    if (!read_digits(str_slice(s, has_sign, s.n), &u) || u > most)
        return not_convertible(run, s, "int");
    if (!negative) return cel_int((int64_t)u);
    return cel_int(u == most ? INT64_MIN : -(int64_t)u);
}

static struct cel_value fn_int(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)n;
    struct cel_value v = args[0];
    switch (v.kind) {
    case CEL_UINT: return v.u.u > INT64_MAX ? out_of_range("int") : cel_int((int64_t)v.u.u);
    case CEL_DOUBLE:
        /* The bounds themselves are refused: as doubles they also stand for numbers beyond. */
        if (!(v.u.d > -9223372036854775808.0 && v.u.d < 9223372036854775808.0))
            return out_of_range("int");
        return cel_int((int64_t)v.u.d);
    case CEL_STRING: return int_from_string(run, v.u.text);
    default: return cel_int(v.u.i);
    }
}

static struct cel_value fn_uint(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)n;
    struct cel_value v = args[0];
    uint64_t u;
    switch (v.kind) {
    case CEL_INT: return v.u.i < 0 ? out_of_range("uint") : cel_uint((uint64_t)v.u.i);
    case CEL_DOUBLE:
        if (!(v.u.d >= 0 && v.u.d < 18446744073709551616.0)) return out_of_range("uint");
        return cel_uint((uint64_t)v.u.d);
    case CEL_STRING:
        if (!read_digits(v.u.text, &u)) return not_convertible(run, v.u.text, "uint");
        return cel_uint(u);
    default: return cel_uint(v.u.u);
    }
}

static bool is_word_of(struct str s, const char *words) {
    char lower[16];
    if (s.n >= sizeof lower) return false;
    for (size_t i = 0; i < s.n; i++)
        lower[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + 32 : s.p[i]);
    for (const char *w = words; *w; w += strlen(w) + 1)
        if (str_equal((struct str){lower, s.n}, str_from(w))) return true;
    return false;
}

/* What strtod may read: no blanks, no hexadecimal, no words but these. */
static bool is_double_text(struct str s) {
    if (is_word_of(s, "nan\0inf\0+inf\0-inf\0infinity\0+infinity\0-infinity\0")) return true;
    bool digits = false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] >= '0' && s.p[i] <= '9')
            digits = true;
        else if (!strchr("+-.eE", s.p[i]) || !s.p[i])
            return false;
    }
    return digits;
}

static struct cel_value double_from_string(struct cel_run *run, struct str s) {
    if (s.n > 1000 || !is_double_text(s)) return not_convertible(run, s, "double");
    char text[1001];
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    char *end;
    double d = strtod(text, &end);
    bool overflowed = isinf(d) && !strpbrk(text, "nN");
    if (*end || overflowed) return not_convertible(run, s, "double");
    return cel_double(d);
}

static struct cel_value fn_double(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)n;
    struct cel_value v = args[0];
    switch (v.kind) {
    case CEL_INT: return cel_double((double)v.u.i);
    case CEL_UINT: return cel_double((double)v.u.u);
    case CEL_STRING: return double_from_string(run, v.u.text);
    default: return cel_double(v.u.d);
    }
}

/* ---- conversions to bool, text and type ---- */

static struct cel_value fn_bool(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)n;
    static const struct {
        struct str text;
        bool value;
    } words[] = {{{"true", 4}, true},   {{"True", 4}, true},   {{"TRUE", 4}, true},
                 {{"t", 1}, true},      {{"T", 1}, true},      {{"1", 1}, true},
                 {{"false", 5}, false}, {{"False", 5}, false}, {{"FALSE", 5}, false},
                 {{"f", 1}, false},     {{"F", 1}, false},     {{"0", 1}, false}};
    if (args[0].kind == CEL_BOOL) return cel_bool(args[0].u.boolean);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal(args[0].u.text, words[i].text)) return cel_bool(words[i].value);
    return not_convertible(run, args[0].u.text, "bool");
}

static struct cel_value fn_string(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)n;
    struct cel_value v = args[0];
    if (v.kind == CEL_BYTES && utf8_first_ill_formed(v.u.text, 0) < v.u.text.n)
        return cel_failure(CEL_ERROR_ARGUMENT, STR("these bytes are not UTF-8"));
    if (v.kind == CEL_STRING || v.kind == CEL_BYTES) return cel_string(v.u.text);
    struct buf b = buf_new(run->arena);
    cel_add_text(run, &b, v);
    return cel_text_value(run, CEL_STRING, buf_str(&b));
}

static struct cel_value fn_bytes(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)run;
    (void)n;
    return cel_bytes(args[0].u.text);
}

static struct cel_value fn_dyn(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)run;
    (void)n;
    return args[0];
}

static struct cel_value fn_type(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)run;
    (void)n;
    return (struct cel_value){.kind = CEL_TYPE_VALUE, .u.text = cel_type_name(args[0])};
}

/* ---- sizes and strings ---- */

static struct cel_value fn_size(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)n;
    struct cel_value v = args[0];
    if (v.kind == CEL_BYTES) return cel_int((int64_t)v.u.text.n);
    if (v.kind != CEL_STRING) return cel_int((int64_t)cel_size(v));
    if (!cel_step(run, v.u.text.n / 16)) return cel_limit();
    return cel_int((int64_t)utf8_count(v.u.text));
}

static struct cel_value fn_contains(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)n;
    if (!cel_step(run, args[0].u.text.n / 16)) return cel_limit();
    return cel_bool(str_find(args[0].u.text, args[1].u.text, 0) != SIZE_MAX);
}

static struct cel_value fn_starts_with(struct cel_run *run, const struct cel_value *args,
                                       size_t n) {
    (void)run;
    (void)n;
    return cel_bool(str_starts(args[0].u.text, args[1].u.text));
}

static struct cel_value fn_ends_with(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)run;
    (void)n;
    return cel_bool(str_ends(args[0].u.text, args[1].u.text));
}

/* ---- optionals ---- */

static struct cel_value fn_optional_of(struct cel_run *run, const struct cel_value *args,
                                       size_t n) {
    (void)n;
    return cel_optional_of(run, args[0]);
}

static struct cel_value fn_optional_none(struct cel_run *run, const struct cel_value *args,
                                         size_t n) {
    (void)run;
    (void)args;
    (void)n;
    return cel_optional_none();
}

static bool is_zero(struct cel_value v) {
    switch (v.kind) {
    case CEL_NULL: return true;
    case CEL_BOOL: return !v.u.boolean;
    case CEL_INT: return v.u.i == 0;
    case CEL_UINT: return v.u.u == 0;
    case CEL_DOUBLE: return v.u.d == 0;
    case CEL_STRING:
    case CEL_BYTES: return v.u.text.n == 0;
    case CEL_LIST:
    case CEL_MAP: return cel_size(v) == 0;
    case CEL_OPTIONAL: return !v.u.optional;
    default: return false;
    }
}

static struct cel_value fn_optional_of_non_zero(struct cel_run *run, const struct cel_value *args,
                                                size_t n) {
    (void)n;
    return is_zero(args[0]) ? cel_optional_none() : cel_optional_of(run, args[0]);
}

static struct cel_value fn_has_value(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)run;
    (void)n;
    return cel_bool(args[0].u.optional != NULL);
}

static struct cel_value fn_value(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)run;
    (void)n;
    if (!args[0].u.optional)
        return cel_failure(CEL_ERROR_ARGUMENT, STR("the optional has no value"));
    return *args[0].u.optional;
}

#define RESULT(KIND)                                                                               \
    { .kind = (KIND), .element = CEL_DYN }

static const struct cel_function core[] = {
    {"int", false, "N", RESULT(CEL_INT), fn_int},
    {"uint", false, "N", RESULT(CEL_UINT), fn_uint},
    {"double", false, "N", RESULT(CEL_DOUBLE), fn_double},
    {"bool", false, "B", RESULT(CEL_BOOL), fn_bool},
    {"string", false, "S", RESULT(CEL_STRING), fn_string},
    {"bytes", false, "t", RESULT(CEL_BYTES), fn_bytes},
    {"dyn", false, ".", RESULT(CEL_DYN), fn_dyn},
    {"type", false, ".", RESULT(CEL_TYPE_VALUE), fn_type},
    {"size", false, "z", RESULT(CEL_INT), fn_size},
    {"size", true, "z", RESULT(CEL_INT), fn_size},
    {"contains", true, "ss", RESULT(CEL_BOOL), fn_contains},
    {"startsWith", true, "ss", RESULT(CEL_BOOL), fn_starts_with},
    {"endsWith", true, "ss", RESULT(CEL_BOOL), fn_ends_with},
    {"matches", true, "ss", RESULT(CEL_BOOL), cel_fn_matches},
    {"matches", false, "ss", RESULT(CEL_BOOL), cel_fn_matches},
    {"optional.of", false, ".", RESULT(CEL_OPTIONAL), fn_optional_of},
    {"optional.none", false, "", RESULT(CEL_OPTIONAL), fn_optional_none},
    {"optional.ofNonZeroValue", false, ".", RESULT(CEL_OPTIONAL), fn_optional_of_non_zero},
    {"hasValue", true, "o", RESULT(CEL_BOOL), fn_has_value},
    {"value", true, "o", RESULT(CEL_DYN), fn_value},
};

const struct cel_function_table cel_core_functions = {core, sizeof core / sizeof *core};
