/* Which kinds go together. Only what can never work is reported: CEL_DYN goes with everything, and
 * a value that may be absent (null) is left to the evaluation. */
#include <stdarg.h>
#include <stdio.h>

#include "cel/cel_check.h"

struct cel_type cel_simple_type(enum cel_kind kind) {
    return (struct cel_type){.kind = kind, .element = CEL_DYN};
}

struct cel_type cel_type_of(enum cel_kind outer, struct cel_type element) {
    return (struct cel_type){.kind = outer, .element = element.kind, .object = element.object};
}

struct cel_type cel_element_type(struct cel_type t) {
    struct cel_type element = cel_simple_type(t.element);
    if (t.element == CEL_OBJECT) element.object = t.object;
    return element;
}

static bool same_type(struct cel_type a, struct cel_type b) {
    return a.kind == b.kind && a.element == b.element && a.object == b.object;
}

struct cel_type cel_join_types(struct cel_type a, struct cel_type b) {
    if (same_type(a, b) || b.kind == CEL_NULL) return a;
    if (a.kind == CEL_NULL) return b;
    bool has_elements = a.kind == CEL_LIST || a.kind == CEL_MAP || a.kind == CEL_OPTIONAL;
    return cel_simple_type(a.kind == b.kind && has_elements ? a.kind : CEL_DYN);
}

struct str cel_type_text(struct arena *a, struct cel_type t) {
    const char *name = t.kind == CEL_OBJECT ? t.object->name : cel_kind_name(t.kind);
    if (t.kind != CEL_LIST || t.element == CEL_DYN) return str_from(name);
    return str_format(a, "list of %s",
                      t.element == CEL_OBJECT ? t.object->name : cel_kind_name(t.element));
}

void cel_mismatch(struct cel_checker *c, const struct cel_node *n, const char *format, ...) {
    if (c->env->no_check) return;
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    cel_fail(c->parser, n->offset, "%s", text);
}

void cel_require(struct cel_checker *c, const struct cel_node *n, enum cel_kind kind,
                 const char *what) {
    if (n->type.kind == kind || n->type.kind == CEL_DYN) return;
    struct str text = cel_type_text(c->parser->arena, n->type);
    cel_mismatch(c, n, "%s, and this is " STR_FMT, what, STR_ARG(text));
}

/* ---- operators ---- */

static uint32_t bit(enum cel_kind kind) {
    return (uint32_t)1 << kind;
}

static bool is_numeric(enum cel_kind kind) {
    return kind == CEL_INT || kind == CEL_UINT || kind == CEL_DOUBLE;
}

static void report_pair(struct cel_checker *c, const struct cel_node *n, const char *what) {
    struct str a = cel_type_text(c->parser->arena, n->a->type);
    struct str b = cel_type_text(c->parser->arena, n->b->type);
    cel_mismatch(c, n, "%s " STR_FMT " and " STR_FMT, what, STR_ARG(a), STR_ARG(b));
}

/* Kinds that an arithmetic operator takes. */
static uint32_t arithmetic_kinds(enum cel_op op) {
    uint32_t kinds = bit(CEL_INT) | bit(CEL_UINT);
    if (op != CEL_NODE_MODULO) kinds |= bit(CEL_DOUBLE);
    if (op == CEL_NODE_ADD) kinds |= bit(CEL_STRING) | bit(CEL_BYTES) | bit(CEL_LIST);
    return kinds;
}

static struct cel_type check_arithmetic(struct cel_checker *c, struct cel_node *n) {
    struct cel_type a = n->a->type, b = n->b->type;
    uint32_t kinds = arithmetic_kinds((enum cel_op)n->op) | bit(CEL_DYN);
    if (!(kinds & bit(a.kind)) || !(kinds & bit(b.kind)) ||
        (a.kind != b.kind && a.kind != CEL_DYN && b.kind != CEL_DYN))
        report_pair(c, n, "this operator does not take");
    if (a.kind == CEL_DYN || b.kind == CEL_DYN) return cel_simple_type(CEL_DYN);
    return cel_join_types(a, b);
}

static void check_equality(struct cel_checker *c, struct cel_node *n) {
    enum cel_kind a = n->a->type.kind, b = n->b->type.kind;
    if (a == b || a == CEL_DYN || b == CEL_DYN || a == CEL_NULL || b == CEL_NULL) return;
    if (is_numeric(a) && is_numeric(b)) return;
    report_pair(c, n, "never equal:");
}

static void check_order(struct cel_checker *c, struct cel_node *n) {
    enum cel_kind a = n->a->type.kind, b = n->b->type.kind;
    uint32_t kinds = bit(CEL_BOOL) | bit(CEL_INT) | bit(CEL_UINT) | bit(CEL_DOUBLE) |
                     bit(CEL_STRING) | bit(CEL_BYTES) | bit(CEL_DYN);
    bool each = (kinds & bit(a)) && (kinds & bit(b));
    if (each && (a == b || a == CEL_DYN || b == CEL_DYN || (is_numeric(a) && is_numeric(b))))
        return;
    report_pair(c, n, "there is no order between");
}

static void check_in(struct cel_checker *c, struct cel_node *n) {
    enum cel_kind a = n->a->type.kind, b = n->b->type.kind;
    if (b != CEL_LIST && b != CEL_MAP && b != CEL_DYN) {
        struct str text = cel_type_text(c->parser->arena, n->b->type);
        cel_mismatch(c, n, "'in' looks into a list or a map, not " STR_FMT, STR_ARG(text));
        return;
    }
    enum cel_kind element = b == CEL_LIST ? n->b->type.element : CEL_DYN;
    if (a == element || a == CEL_DYN || element == CEL_DYN || a == CEL_NULL || element == CEL_NULL)
        return;
    if (!is_numeric(a) || !is_numeric(element)) report_pair(c, n, "never found:");
}

static struct cel_type check_index(struct cel_checker *c, struct cel_node *n) {
    struct cel_type a = n->a->type, element = cel_simple_type(CEL_DYN);
    enum cel_kind index = n->b->type.kind;
    if (a.kind == CEL_LIST && !is_numeric(index) && index != CEL_DYN)
        cel_mismatch(c, n->b, "a list's index is an int");
    if (a.kind == CEL_LIST || a.kind == CEL_MAP) {
        element = cel_element_type(a);
    } else if (a.kind != CEL_DYN && a.kind != CEL_OPTIONAL) {
        struct str text = cel_type_text(c->parser->arena, a);
        cel_mismatch(c, n, "only lists and maps have elements, and this is " STR_FMT,
                     STR_ARG(text));
    }
    return n->is_optional || a.kind == CEL_OPTIONAL ? cel_type_of(CEL_OPTIONAL, element) : element;
}

static struct cel_type check_negate(struct cel_checker *c, const struct cel_node *n) {
    enum cel_kind a = n->a->type.kind;
    if (a != CEL_INT && a != CEL_DOUBLE && a != CEL_DYN) {
        struct str text = cel_type_text(c->parser->arena, n->a->type);
        cel_mismatch(c, n, "'-' does not take " STR_FMT, STR_ARG(text));
    }
    return n->a->type;
}

struct cel_type cel_check_operator(struct cel_checker *c, struct cel_node *n) {
    switch ((enum cel_op)n->op) {
    case CEL_NODE_NOT: cel_require(c, n->a, CEL_BOOL, "'!' needs bool"); break;
    case CEL_NODE_NEGATE: return check_negate(c, n);
    case CEL_NODE_EQUAL:
    case CEL_NODE_NOT_EQUAL: check_equality(c, n); break;
    case CEL_NODE_LESS:
    case CEL_NODE_LESS_EQUAL:
    case CEL_NODE_GREATER:
    case CEL_NODE_GREATER_EQUAL: check_order(c, n); break;
    case CEL_NODE_IN: check_in(c, n); break;
    case CEL_NODE_INDEX: return check_index(c, n);
    default: return check_arithmetic(c, n);
    }
    return cel_simple_type(CEL_BOOL);
}

/* ---- functions ---- */

static void check_argument(struct cel_checker *c, struct cel_node *call, struct cel_node *arg,
                           const struct cel_function *f, char letter) {
    arg->wants = cel_kind_mask(letter);
    if (arg->type.kind == CEL_DYN || arg->wants & bit(arg->type.kind)) return;
    struct str text = cel_type_text(c->parser->arena, arg->type);
    cel_mismatch(c, arg == call->args && f->is_method ? call : arg, "'%s' does not take " STR_FMT,
                 f->name, STR_ARG(text));
}

void cel_check_arguments(struct cel_checker *c, struct cel_node *call,
                         const struct cel_function *f) {
    size_t i = 0;
    bool fits = call->n_args >= cel_fewest_arguments(f);
    for (struct cel_node *arg = call->args; arg && fits; arg = arg->next) {
        char letter = cel_argument_letter(f, i++);
        fits = letter != 0;
        if (fits) check_argument(c, call, arg, f, letter);
    }
    if (!fits)
        cel_make_fail(c, call, CEL_ERROR_OVERLOAD, "'%s' does not take %u argument%s", f->name,
                      call->n_args - (f->is_method ? 1U : 0U),
                      call->n_args - (f->is_method ? 1 : 0) == 1 ? "" : "s");
}
