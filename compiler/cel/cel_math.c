/* The math extension. */
#include <math.h>

#include "cel/cel_ast.h"

/* ---- greatest and least ---- */

static struct cel_value extreme(struct cel_run *run, const struct cel_value *args, size_t n,
                                enum cel_order better) {
    struct cel_value list = n == 1 && args[0].kind == CEL_LIST ? args[0] : cel_list(args, n);
    struct cel_value best = {.kind = CEL_ERROR};
    size_t size = cel_size(list);
    if (!cel_step(run, size)) return cel_limit();
    for (size_t i = 0; i < size; i++) {
        struct cel_value v = cel_at(run, list, i);
        if (!cel_is_number(v)) {
            struct str name = cel_type_name(v);
            return cel_errorf(run, CEL_ERROR_OVERLOAD, "only numbers have an extreme, not " STR_FMT,
                              STR_ARG(name));
        }
        if (i == 0 || cel_compare(v, best) == better) best = v;
    }
    if (!size) return cel_failure(CEL_ERROR_ARGUMENT, STR("an empty list has no extreme"));
    best.origin = 0;
    return best;
}

static struct cel_value fn_greatest(struct cel_run *run, const struct cel_value *args, size_t n) {
    return extreme(run, args, n, CEL_ORDER_GREATER);
}

static struct cel_value fn_least(struct cel_run *run, const struct cel_value *args, size_t n) {
    return extreme(run, args, n, CEL_ORDER_LESS);
}

/* ---- of doubles ---- */

#define OF_DOUBLE(NAME, RESULT)                                                                    \
    static struct cel_value NAME(struct cel_run *run, const struct cel_value *args, size_t n) {    \
        (void)run;                                                                                 \
        (void)n;                                                                                   \
        double d = args[0].u.d;                                                                    \
        return RESULT;                                                                             \
    }

OF_DOUBLE(fn_ceil, cel_double(ceil(d)))
OF_DOUBLE(fn_floor, cel_double(floor(d)))
OF_DOUBLE(fn_round, cel_double(round(d)))
OF_DOUBLE(fn_trunc, cel_double(trunc(d)))
OF_DOUBLE(fn_is_nan, cel_bool(isnan(d)))
OF_DOUBLE(fn_is_inf, cel_bool(isinf(d)))
OF_DOUBLE(fn_is_finite, cel_bool(isfinite(d)))

static struct cel_value fn_sqrt(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)run;
    (void)n;
    switch (args[0].kind) {
    case CEL_INT: return cel_double(sqrt((double)args[0].u.i));
    case CEL_UINT: return cel_double(sqrt((double)args[0].u.u));
    default: return cel_double(sqrt(args[0].u.d));
    }
}

static struct cel_value fn_abs(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)run;
    (void)n;
    struct cel_value v = args[0];
    if (v.kind == CEL_DOUBLE) return cel_double(fabs(v.u.d));
    if (v.kind == CEL_UINT) return cel_uint(v.u.u);
    if (v.u.i == INT64_MIN)
        return cel_failure(CEL_ERROR_OVERFLOW, STR("the result does not fit an int"));
    return cel_int(v.u.i < 0 ? -v.u.i : v.u.i);
}

static struct cel_value fn_sign(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)run;
    (void)n;
    struct cel_value v = args[0];
    if (v.kind == CEL_INT) return cel_int((v.u.i > 0) - (v.u.i < 0));
    if (v.kind == CEL_UINT) return cel_uint(v.u.u > 0);
    if (isnan(v.u.d)) return cel_double(v.u.d);
    return cel_double((v.u.d > 0) - (v.u.d < 0));
}

/* ---- bits ---- */

enum bit_op { BIT_AND, BIT_OR, BIT_XOR };

static uint64_t bits_of(struct cel_value v) {
    return v.kind == CEL_INT ? (uint64_t)v.u.i : v.u.u;
}

static int64_t to_signed(uint64_t u) {
    return u <= INT64_MAX ? (int64_t)u : -(int64_t)(UINT64_MAX - u) - 1;
}

/* The bits as a value of the kind that they came from. */
static struct cel_value with_bits(struct cel_value like, uint64_t bits) {
    return like.kind == CEL_INT ? cel_int(to_signed(bits)) : cel_uint(bits);
}

static struct cel_value combine(const struct cel_value *args, enum bit_op op) {
    if (args[0].kind != args[1].kind)
        return cel_failure(CEL_ERROR_OVERLOAD, STR("bits of an int and a uint do not go together"));
    uint64_t a = bits_of(args[0]), b = bits_of(args[1]);
    return with_bits(args[0], op == BIT_AND ? a & b : op == BIT_OR ? a | b : a ^ b);
}

static struct cel_value fn_bit_and(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)run;
    (void)n;
    return combine(args, BIT_AND);
}

static struct cel_value fn_bit_or(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)run;
    (void)n;
    return combine(args, BIT_OR);
}

static struct cel_value fn_bit_xor(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)run;
    (void)n;
    return combine(args, BIT_XOR);
}

static struct cel_value fn_bit_not(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)run;
    (void)n;
    return with_bits(args[0], ~bits_of(args[0]));
}

/* Shifts of ints are of their bits too: no sign comes in from the left. */
static struct cel_value shift(const struct cel_value *args, bool left) {
    int64_t by = args[1].u.i;
    if (by < 0) return cel_failure(CEL_ERROR_ARGUMENT, STR("a shift by less than nothing"));
    uint64_t bits = bits_of(args[0]);
    if (by > 63) return with_bits(args[0], 0);
    return with_bits(args[0], left ? bits << by : bits >> by);
}

static struct cel_value fn_shift_left(struct cel_run *run, const struct cel_value *args, size_t n) {
    (void)run;
    (void)n;
    return shift(args, true);
}

static struct cel_value fn_shift_right(struct cel_run *run, const struct cel_value *args,
                                       size_t n) {
    (void)run;
    (void)n;
    return shift(args, false);
}

#define RESULT(KIND)                                                                               \
    { .kind = (KIND), .element = CEL_DYN }

static const struct cel_function math[] = {
    {"math.greatest", false, "e*", RESULT(CEL_DYN), fn_greatest},
    {"math.least", false, "e*", RESULT(CEL_DYN), fn_least},
    {"math.ceil", false, "d", RESULT(CEL_DOUBLE), fn_ceil},
    {"math.floor", false, "d", RESULT(CEL_DOUBLE), fn_floor},
    {"math.round", false, "d", RESULT(CEL_DOUBLE), fn_round},
    {"math.trunc", false, "d", RESULT(CEL_DOUBLE), fn_trunc},
    {"math.isNaN", false, "d", RESULT(CEL_BOOL), fn_is_nan},
    {"math.isInf", false, "d", RESULT(CEL_BOOL), fn_is_inf},
    {"math.isFinite", false, "d", RESULT(CEL_BOOL), fn_is_finite},
    {"math.sqrt", false, "n", RESULT(CEL_DOUBLE), fn_sqrt},
    {"math.abs", false, "n", RESULT(CEL_DYN), fn_abs},
    {"math.sign", false, "n", RESULT(CEL_DYN), fn_sign},
    {"math.bitAnd", false, "ww", RESULT(CEL_DYN), fn_bit_and},
    {"math.bitOr", false, "ww", RESULT(CEL_DYN), fn_bit_or},
    {"math.bitXor", false, "ww", RESULT(CEL_DYN), fn_bit_xor},
    {"math.bitNot", false, "w", RESULT(CEL_DYN), fn_bit_not},
    {"math.bitShiftLeft", false, "wi", RESULT(CEL_DYN), fn_shift_left},
    {"math.bitShiftRight", false, "wi", RESULT(CEL_DYN), fn_shift_right},
};

const struct cel_function_table cel_math_functions = {math, sizeof math / sizeof *math};
