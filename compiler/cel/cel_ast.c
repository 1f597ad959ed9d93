#include "cel/cel_ast.h"

#include <stdarg.h>
#include <stdio.h>

#include "cel_grammar.h"

/* ---- errors ---- */

void cel_fail(struct cel_parser *p, uint32_t offset, const char *format, ...) {
    if (p->failed) return;
    p->failed = true;
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    *p->error = (struct cel_error){offset, str_copy(p->arena, str_from(text))};
}

struct str cel_token_text(const struct cel_parser *p, struct cel_token token) {
    return str_slice(p->source, token.start, token.end);
}

/* Words of other languages that people write for an operator. */
static const char *operator_for(struct str word) {
    static const struct {
        const char *word, *operator;
    } habits[] = {{"and", "&&"}, {"or", "||"}, {"not", "!"}, {"is", "=="}, {"then", "? :"}};
    for (size_t i = 0; i < sizeof habits / sizeof *habits; i++)
        if (str_equal(word, str_from(habits[i].word))) return habits[i].operator;
    return NULL;
}

void cel_syntax_error(struct cel_parser *p, int code, struct cel_token token) {
    struct str text = cel_clip(cel_token_text(p, token), 40);
    const char *instead = code == CEL_TOK_IDENT ? operator_for(text) : NULL;
    if (!code)
        cel_fail(p, token.start, "the expression ends too early");
    else if (instead)
        cel_fail(p, token.start, "'" STR_FMT "' is not an operator here: write '%s'", STR_ARG(text),
                 instead);
    else if (code == CEL_TOK_RESERVED)
        cel_fail(p, token.start, "'" STR_FMT "' is a reserved word and cannot be a name",
                 STR_ARG(text));
    else
        cel_fail(p, token.start, "'" STR_FMT "' does not fit here", STR_ARG(text));
}

/* ---- nodes ---- */

struct cel_node *cel_node(struct cel_parser *p, enum cel_op op, uint32_t offset) {
    struct cel_node *n = ARENA_NEW(p->arena, struct cel_node);
    n->op = (uint8_t)op;
    n->offset = offset;
    n->depth = 1;
    n->type.kind = CEL_DYN;
    n->type.element = CEL_DYN;
    return n;
}

static void hold(struct cel_parser *p, struct cel_node *parent, const struct cel_node *child) {
    if (child->depth < parent->depth) return;
    parent->depth = (uint16_t)(child->depth + 1);
    if (parent->depth > CEL_MAX_DEPTH) {
        parent->depth = CEL_MAX_DEPTH;
        cel_fail(p, parent->offset, "the expression is nested more than %d deep", CEL_MAX_DEPTH);
    }
}

static struct cel_node *operate(struct cel_parser *p, enum cel_op op, uint32_t offset,
                                struct cel_node *a, struct cel_node *b, struct cel_node *c) {
    struct cel_node *n = cel_node(p, op, offset);
    n->a = a;
    n->b = b;
    n->c = c;
    if (a) hold(p, n, a);
    if (b) hold(p, n, b);
    if (c) hold(p, n, c);
    return n;
}

static bool is_int_literal(const struct cel_node *n) {
    return n->op == CEL_NODE_LITERAL && n->literal.kind == CEL_INT;
}

struct cel_node *cel_unary(struct cel_parser *p, enum cel_op op, struct cel_token at,
                           struct cel_node *a) {
    if (op == CEL_NODE_NEGATE && a->is_min_int) {
        a->is_min_int = false; /* its value is already INT64_MIN */
        a->offset = at.start;
        return a;
    }
    if (op == CEL_NODE_NEGATE && is_int_literal(a) && a->literal.u.i != INT64_MIN) {
        a->literal.u.i = -a->literal.u.i;
        a->offset = at.start;
        return a;
    }
    return operate(p, op, at.start, a, NULL, NULL);
}

struct cel_node *cel_binary(struct cel_parser *p, enum cel_op op, struct cel_token at,
                            struct cel_node *a, struct cel_node *b) {
    return operate(p, op, at.start, a, b, NULL);
}

struct cel_node *cel_conditional(struct cel_parser *p, struct cel_token at, struct cel_node *a,
                                 struct cel_node *b, struct cel_node *c) {
    return operate(p, CEL_NODE_CONDITIONAL, at.start, a, b, c);
}

struct cel_node *cel_index(struct cel_parser *p, struct cel_token at, struct cel_node *a,
                           struct cel_node *b, bool is_optional) {
    struct cel_node *n = operate(p, CEL_NODE_INDEX, at.start, a, b, NULL);
    n->is_optional = is_optional;
    return n;
}

struct cel_node *cel_paren(struct cel_parser *p, struct cel_node *a) {
    if (a->is_min_int)
        cel_fail(p, a->offset, "9223372036854775808 does not fit an int (the largest is one less)");
    return a;
}

/* ---- names ---- */

struct cel_node *cel_ident(struct cel_parser *p, struct cel_token name, bool is_absolute) {
    struct cel_node *n = cel_node(p, CEL_NODE_IDENT, name.start);
    n->name = cel_token_text(p, name);
    n->is_absolute = is_absolute;
    return n;
}

static struct str field_name(const struct cel_parser *p, struct cel_token token) {
    struct str name = cel_token_text(p, token);
    return name.n && name.p[0] == '`' ? str_slice(name, 1, name.n - 1) : name;
}

struct cel_node *cel_select(struct cel_parser *p, struct cel_node *a, struct cel_token name,
                            bool is_optional) {
    struct cel_node *n = operate(p, CEL_NODE_SELECT, name.start, a, NULL, NULL);
    n->name = field_name(p, name);
    n->is_optional = is_optional;
    return n;
}

struct cel_node *cel_call(struct cel_parser *p, struct cel_token name, bool is_absolute,
                          struct cel_node *receiver, struct cel_node *args) {
    args->name = cel_token_text(p, name);
    args->offset = name.start;
    args->is_absolute = is_absolute;
    args->a = receiver;
    if (receiver) hold(p, args, receiver);
    return args;
}

/* ---- lists of nodes ---- */

struct cel_node *cel_group(struct cel_parser *p, enum cel_op op) {
    return cel_node(p, op, 0);
}

struct cel_node *cel_add_arg(struct cel_parser *p, struct cel_node *group, struct cel_node *arg,
                             bool is_optional) {
    /* An element that is optional in its own right (a.?b) needs a mark apart from its own. */
    if (is_optional) {
        struct cel_node *marked =
            operate(p, CEL_NODE_OPTIONAL_ELEMENT, arg->offset, arg, NULL, NULL);
        arg = marked;
    }
    if (group->last_arg)
        group->last_arg->next = arg;
    else
        group->args = arg;
    group->last_arg = arg;
    if (group->n_args == UINT16_MAX)
        cel_fail(p, arg->offset, "more than %d elements", UINT16_MAX);
    else
        group->n_args++;
    hold(p, group, arg);
    return group;
}

struct cel_node *cel_place(struct cel_node *group, struct cel_token at) {
    group->offset = at.start;
    return group;
}

struct cel_node *cel_chain(struct cel_parser *p, enum cel_op op, struct cel_token at,
                           struct cel_node *a, struct cel_node *b) {
    if (a->op == op) return cel_add_arg(p, a, b, false);
    struct cel_node *n = cel_node(p, op, at.start);
    return cel_add_arg(p, cel_add_arg(p, n, a, false), b, false);
}
