/* "...".format([...]), printf for CEL: %s %d %f %e %b %o %x %X. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "cel/cel_ast.h"
#include "cel/cel_number.h"

enum { MAX_PRECISION = 1000, DEFAULT_PRECISION = 6, MAX_NESTING = 64 };

struct formatter {
    struct cel_run *run;
    struct buf out;
    bool failed;
    struct cel_value error; /* the first, when failed */
};

static bool fail(struct formatter *f, struct cel_value error) {
    if (!f->failed) f->error = error;
    f->failed = true;
    return false;
}

static bool wrong_kind(struct formatter *f, char clause, struct cel_value v) {
    struct str name = cel_type_name(v);
    return fail(f, cel_errorf(f->run, CEL_ERROR_OVERLOAD, "'%%%c' does not take " STR_FMT, clause,
                              STR_ARG(name)));
}

static bool within_limits(struct formatter *f, size_t steps) {
    if (f->out.n <= f->run->bytes_left && cel_step(f->run, steps)) return true;
    return fail(f, cel_limit());
}

/* ---- %s ---- */

static bool add_string(struct formatter *f, struct cel_value v, int depth);

static bool add_list(struct formatter *f, struct cel_value v, int depth) {
    buf_add_char(&f->out, '[');
    for (size_t i = 0; i < cel_size(v); i++) {
        if (i) buf_add(&f->out, STR(", "));
        if (!add_string(f, cel_at(f->run, v, i), depth)) return false;
    }
    buf_add_char(&f->out, ']');
    return true;
}

struct entry {
    struct str key, value;
};

static int compare_entries(const void *a, const void *b) {
    const struct entry *x = a, *y = b;
    return str_compare(x->key, y->key);
}

/* The text of a part, which is cut off the output again. */
static bool take_string(struct formatter *f, struct cel_value v, int depth, struct str *text) {
    size_t before = f->out.n;
    if (!add_string(f, v, depth)) return false;
    *text = str_copy(f->run->arena, str_slice(buf_str(&f->out), before, f->out.n));
    f->out.n = before;
    return true;
}

/* Sorted by the texts of the keys: a map has no order of its own. */
static bool add_map(struct formatter *f, struct cel_value v, int depth) {
    size_t n = cel_size(v);
    struct entry *entries = cel_alloc(f->run, n, sizeof *entries);
    if (!entries) return fail(f, cel_limit());
    for (size_t i = 0; i < n; i++) {
        struct cel_value key, value;
        cel_entry(f->run, v, i, &key, &value);
        if (!take_string(f, key, depth, &entries[i].key) ||
            !take_string(f, value, depth, &entries[i].value))
            return false;
    }
    if (n) qsort(entries, n, sizeof *entries, compare_entries);
    buf_add_char(&f->out, '{');
    for (size_t i = 0; i < n; i++) {
        if (i) buf_add(&f->out, STR(", "));
        buf_add(&f->out, entries[i].key);
        buf_add(&f->out, STR(": "));
        buf_add(&f->out, entries[i].value);
    }
    buf_add_char(&f->out, '}');
    return true;
}

static bool add_string(struct formatter *f, struct cel_value v, int depth) {
    if (!depth || !within_limits(f, 1)) return fail(f, cel_limit());
    switch (v.kind) {
    case CEL_NULL: buf_add(&f->out, STR("null")); return true;
    case CEL_DOUBLE:
        if (!cel_add_not_finite(&f->out, v.u.d)) cel_add_plain(&f->out, v.u.d, 0);
        return true;
    case CEL_BYTES: buf_add(&f->out, utf8_repair(f->run->arena, v.u.text)); return true;
    case CEL_LIST: return add_list(f, v, depth - 1);
    case CEL_MAP: return add_map(f, v, depth - 1);
    case CEL_BOOL:
    case CEL_INT:
    case CEL_UINT:
    case CEL_STRING:
    case CEL_TYPE_VALUE: cel_add_text(f->run, &f->out, v); return true;
    case CEL_ERROR: return fail(f, v);
    default: return wrong_kind(f, 's', v);
    }
}

/* ---- numbers ---- */

static bool add_decimal(struct formatter *f, struct cel_value v) {
    if (!cel_is_number(v)) return wrong_kind(f, 'd', v);
    return add_string(f, v, MAX_NESTING);
}

static bool add_double(struct formatter *f, struct cel_value v, char clause, int precision) {
    if (!cel_is_number(v)) return wrong_kind(f, clause, v);
    double d = v.kind == CEL_DOUBLE ? v.u.d : v.kind == CEL_INT ? (double)v.u.i : (double)v.u.u;
    if (cel_add_not_finite(&f->out, d)) return true;
    if (clause == 'f')
        buf_addf(&f->out, "%.*f", precision, d);
    else
        buf_addf(&f->out, "%.*e", precision, d);
    return true;
}

/* An integer in base 2, 8 or 16, a negative one with its sign. */
static void add_in_base(struct formatter *f, struct cel_value v, unsigned bits, bool upper) {
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    bool negative = v.kind == CEL_INT && v.u.i < 0;
    uint64_t u = v.kind == CEL_UINT ? v.u.u : negative ? 0 - (uint64_t)v.u.i : (uint64_t)v.u.i;
    char text[64];
    size_t n = sizeof text;
    do {
        text[--n] = digits[u & ((1U << bits) - 1)];
        u >>= bits;
    } while (u);
    if (negative) buf_add_char(&f->out, '-');
    buf_add(&f->out, (struct str){text + n, sizeof text - n});
}

static bool add_hex_text(struct formatter *f, struct str s, bool upper) {
    if (s.n > f->run->bytes_left / 2 || !cel_step(f->run, s.n / 8)) return fail(f, cel_limit());
    for (size_t i = 0; i < s.n; i++)
        buf_addf(&f->out, upper ? "%02X" : "%02x", (unsigned)(unsigned char)s.p[i]);
    return true;
}

static bool add_integer(struct formatter *f, struct cel_value v, char clause) {
    unsigned bits = clause == 'b' ? 1 : clause == 'o' ? 3 : 4;
    bool is_hex = bits == 4;
    if (clause == 'b' && v.kind == CEL_BOOL) v = cel_int(v.u.boolean);
    if (v.kind == CEL_INT || v.kind == CEL_UINT)
        add_in_base(f, v, bits, clause == 'X');
    else if (is_hex && (v.kind == CEL_STRING || v.kind == CEL_BYTES))
        return add_hex_text(f, v.u.text, clause == 'X');
    else
        return wrong_kind(f, clause, v);
    return true;
}

/* ---- clauses ---- */

static bool add_clause(struct formatter *f, char clause, int precision, struct cel_value v) {
    switch (clause) {
    case 's': return add_string(f, v, MAX_NESTING);
    case 'd': return add_decimal(f, v);
    case 'f':
    case 'e': return add_double(f, v, clause, precision);
    case 'b':
    case 'o':
    case 'x':
    case 'X': return add_integer(f, v, clause);
    default:
        return fail(f,
                    cel_failure(CEL_ERROR_ARGUMENT,
                                STR("after '%' only s, d, f, e, b, o, x, X or % has a meaning")));
    }
}

/* ".3" at `*at`, if there is one; -1 when it is wrong. */
static int read_precision(struct str s, size_t *at) {
    if (*at >= s.n || s.p[*at] != '.') return DEFAULT_PRECISION;
    int precision = 0;
    size_t first = ++*at;
    for (; *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9'; ++*at)
        if (precision <= MAX_PRECISION) precision = precision * 10 + (s.p[*at] - '0');
    return *at == first || precision > MAX_PRECISION ? -1 : precision;
}

/* The clause behind the '%' before `*at`, with the argument number `i`. */
static bool format_clause(struct formatter *f, struct str s, size_t *at, struct cel_value list,
                          size_t i) {
    int precision = read_precision(s, at);
    if (precision < 0 || *at >= s.n)
        return fail(f, cel_failure(CEL_ERROR_ARGUMENT, STR("the format has an unfinished clause")));
    if (i >= cel_size(list))
        return fail(f, cel_failure(CEL_ERROR_ARGUMENT,
                                   STR("the format has more clauses than there are arguments")));
    return add_clause(f, s.p[(*at)++], precision, cel_at(f->run, list, i));
}

struct cel_value cel_fn_format(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)n;
    struct str s = args[0].u.text;
    struct formatter f = {.run = run, .out = buf_new(run->arena)};
    size_t used = 0;
    for (size_t at = 0; at < s.n && within_limits(&f, 1);) {
        if (s.p[at] != '%') {
            buf_add_char(&f.out, s.p[at++]);
        } else if (at + 1 < s.n && s.p[at + 1] == '%') {
            buf_add_char(&f.out, '%');
            at += 2;
        } else {
            at++;
            if (!format_clause(&f, s, &at, args[1], used++)) break;
        }
    }
    return f.failed ? f.error : cel_text_value(run, CEL_STRING, buf_str(&f.out));
}
