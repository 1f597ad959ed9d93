/* Arithmetic: each kind with itself, overflow is an error. And the sums of texts and lists. */
#include <math.h>
#include <string.h>

#include "cel/cel_ast.h"

static struct cel_value overflow(enum cel_kind kind) {
    return cel_failure(CEL_ERROR_OVERFLOW, kind == CEL_INT ? STR("the result does not fit an int")
                                                           : STR("the result does not fit a uint"));
}

static struct cel_value by_zero(void) {
    return cel_failure(CEL_ERROR_ZERO, STR("division by zero"));
}

static bool add_overflows(int64_t a, int64_t b) {
    return b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b;
}

static bool subtract_overflows(int64_t a, int64_t b) {
    return b > 0 ? a < INT64_MIN + b : a > INT64_MAX + b;
}

static bool multiply_overflows(int64_t a, int64_t b) {
    if (a == 0 || b == 0) return false;
    if (a > 0) return b > 0 ? a > INT64_MAX / b : b < INT64_MIN / a;
    return b > 0 ? a < INT64_MIN / b : b < INT64_MAX / a;
}

static struct cel_value of_ints(enum cel_op op, int64_t a, int64_t b) {
    bool divides = op == CEL_NODE_DIVIDE || op == CEL_NODE_MODULO;
    if (divides && b == 0) return by_zero();
    if (divides && a == INT64_MIN && b == -1) return overflow(CEL_INT);
    switch (op) {
    case CEL_NODE_ADD: return add_overflows(a, b) ? overflow(CEL_INT) : cel_int(a + b);
    case CEL_NODE_SUBTRACT: return subtract_overflows(a, b) ? overflow(CEL_INT) : cel_int(a - b);
    case CEL_NODE_MULTIPLY: return multiply_overflows(a, b) ? overflow(CEL_INT) : cel_int(a * b);
    case CEL_NODE_DIVIDE: return cel_int(a / b);
    default: return cel_int(a % b);
    }
}

static struct cel_value of_uints(enum cel_op op, uint64_t a, uint64_t b) {
    if ((op == CEL_NODE_DIVIDE || op == CEL_NODE_MODULO) && b == 0) return by_zero();
    switch (op) {
    case CEL_NODE_ADD: return a > UINT64_MAX - b ? overflow(CEL_UINT) : cel_uint(a + b);
    case CEL_NODE_SUBTRACT: return a < b ? overflow(CEL_UINT) : cel_uint(a - b);
    case CEL_NODE_MULTIPLY: return b && a > UINT64_MAX / b ? overflow(CEL_UINT) : cel_uint(a * b);
    case CEL_NODE_DIVIDE: return cel_uint(a / b);
    default: return cel_uint(a % b);
    }
}

static struct cel_value of_doubles(enum cel_op op, double a, double b) {
    switch (op) {
    case CEL_NODE_ADD: return cel_double(a + b);
    case CEL_NODE_SUBTRACT: return cel_double(a - b);
    case CEL_NODE_MULTIPLY: return cel_double(a * b);
    default: return cel_double(a / b); /* by zero gives an infinity or NaN */
    }
}

static struct cel_value join_texts(struct cel_run *run, enum cel_kind kind, struct str a,
                                   struct str b) {
    if (!cel_step(run, (a.n + b.n) / 64)) return cel_limit();
    char *p = cel_alloc(run, a.n + b.n, 1);
    if (!p) return cel_limit();
    if (a.n) memcpy(p, a.p, a.n);
    if (b.n) memcpy(p + a.n, b.p, b.n);
    struct cel_value v = {.kind = (uint8_t)kind, .u.text = {p, a.n + b.n}};
    return v;
}

static struct cel_value join_lists(struct cel_run *run, struct cel_value a, struct cel_value b) {
    size_t na = cel_size(a), nb = cel_size(b);
    if (!cel_step(run, na + nb)) return cel_limit();
    struct cel_value *v = cel_alloc(run, na + nb, sizeof *v);
    if (!v) return cel_limit();
    for (size_t i = 0; i < na; i++) v[i] = cel_at(run, a, i);
    for (size_t i = 0; i < nb; i++) v[na + i] = cel_at(run, b, i);
    return cel_list(v, na + nb);
}

static const char *operator_text(enum cel_op op) {
    switch (op) {
    case CEL_NODE_ADD: return "+";
    case CEL_NODE_SUBTRACT: return "-";
    case CEL_NODE_MULTIPLY: return "*";
    case CEL_NODE_DIVIDE: return "/";
    default: return "%";
    }
}

struct cel_value cel_arithmetic(struct cel_run *run, enum cel_op op, struct cel_value a,
                                struct cel_value b) {
    bool adds = op == CEL_NODE_ADD;
    if (a.kind == b.kind) {
        switch (a.kind) {
        case CEL_INT: return of_ints(op, a.u.i, b.u.i);
        case CEL_UINT: return of_uints(op, a.u.u, b.u.u);
        case CEL_DOUBLE:
            if (op != CEL_NODE_MODULO) return of_doubles(op, a.u.d, b.u.d);
            break;
        case CEL_STRING:
        case CEL_BYTES:
            if (adds) return join_texts(run, a.kind, a.u.text, b.u.text);
            break;
        case CEL_LIST:
            if (adds) return join_lists(run, a, b);
            break;
        default: break;
        }
    }
    struct str left = cel_type_name(a), right = cel_type_name(b);
    return cel_errorf(run, CEL_ERROR_OVERLOAD, "'%s' does not take " STR_FMT " and " STR_FMT,
                      operator_text(op), STR_ARG(left), STR_ARG(right));
}

struct cel_value cel_negate(struct cel_run *run, struct cel_value v) {
    if (v.kind == CEL_INT) return v.u.i == INT64_MIN ? overflow(CEL_INT) : cel_int(-v.u.i);
    if (v.kind == CEL_DOUBLE) return cel_double(-v.u.d);
    struct str name = cel_type_name(v);
    return cel_errorf(run, CEL_ERROR_OVERLOAD, "'-' does not take " STR_FMT, STR_ARG(name));
}

struct cel_value cel_in(struct cel_run *run, struct cel_value needle, struct cel_value container) {
    if (container.kind == CEL_MAP)
        return cel_bool(cel_find(run, container, needle).kind != CEL_ERROR);
    if (container.kind != CEL_LIST) {
        struct str name = cel_type_name(container);
        return cel_errorf(run, CEL_ERROR_OVERLOAD, "'in' looks into a list or a map, not " STR_FMT,
                          STR_ARG(name));
    }
    size_t n = cel_size(container);
    if (!cel_step(run, n / 4)) return cel_limit();
    for (size_t i = 0; i < n; i++)
        if (cel_equal(run, needle, cel_at(run, container, i))) return cel_bool(true);
    return run->steps_left ? cel_bool(false) : cel_limit();
}
