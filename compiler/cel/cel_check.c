/* Goes through the parsed tree once and makes of it what can be run: names become variables,
 * fields and functions, macros become loops, kinds that can never fit are reported. */
#include "cel/cel_check.h"

/* Constant patterns of an expression: each may take 64 KiB. */
enum { MAX_PATTERNS = 200 };

static void check(struct cel_checker *c, struct cel_node *n);

static void check_args(struct cel_checker *c, struct cel_node *n) {
    for (struct cel_node *arg = n->args; arg && !c->parser->failed; arg = arg->next) check(c, arg);
}

/* ---- fields ---- */

static bool may_have_fields(struct cel_type t) {
    return t.kind == CEL_DYN || t.kind == CEL_MAP || t.kind == CEL_OBJECT || t.kind == CEL_OPTIONAL;
}

/* The type of field `n->name` of `n->a`, whose number goes to `*field` when it is known. */
static struct cel_type field_type(struct cel_checker *c, struct cel_node *n, size_t *field) {
    struct cel_type a = n->a->type;
    if (a.kind == CEL_OPTIONAL) a = cel_element_type(a);
    *field = SIZE_MAX;
    if (a.kind == CEL_MAP) return cel_element_type(a);
    if (a.kind == CEL_OBJECT) {
        *field = cel_resolve_field(c, n, a.object);
        if (*field != SIZE_MAX) return a.object->fields[*field].type;
    } else if (!may_have_fields(a)) {
        struct str text = cel_type_text(c->parser->arena, a);
        cel_mismatch(c, n, STR_FMT " has no fields", STR_ARG(text));
    }
    return cel_simple_type(CEL_DYN);
}

static void check_select(struct cel_checker *c, struct cel_node *n) {
    if (cel_resolve_name(c, n)) return;
    check(c, n->a);
    if (c->parser->failed) return;
    size_t field;
    bool through_optional = n->a->type.kind == CEL_OPTIONAL;
    struct cel_type type = field_type(c, n, &field);
    if (n->op == CEL_NODE_FAIL) return;
    n->type = n->is_optional || through_optional ? cel_type_of(CEL_OPTIONAL, type) : type;
    if (field == SIZE_MAX || through_optional) return;
    n->op = CEL_NODE_FIELD;
    n->slot = (uint16_t)field;
    n->object = n->a->type.object;
}

static void check_has(struct cel_checker *c, struct cel_node *n) {
    struct cel_node *arg = n->args;
    if (n->n_args != 1 || arg->op != CEL_NODE_SELECT || arg->is_optional) {
        cel_fail(c->parser, n->offset, "'has' asks for a field or key: has(a.b)");
        return;
    }
    n->op = CEL_NODE_HAS;
    n->name = arg->name;
    n->offset = arg->offset;
    n->a = arg->a;
    check(c, n->a);
    if (c->parser->failed) return;
    size_t field;
    field_type(c, n, &field);
    if (n->op == CEL_NODE_FAIL) return;
    n->type = cel_simple_type(CEL_BOOL);
    if (field == SIZE_MAX || n->a->type.kind == CEL_OPTIONAL) return;
    n->slot = (uint16_t)field;
    n->object = n->a->type.object;
}

/* ---- macros ---- */

static uint16_t push_local(struct cel_checker *c, struct str name, struct cel_type type) {
    uint16_t slot = (uint16_t)c->scope.n;
    ARRAY_PUSH(c->parser->arena, c->scope) = (struct cel_local){name, type, slot};
    if (c->scope.n > c->program->n_locals) c->program->n_locals = c->scope.n;
    return slot;
}

/* The macro's first arguments as names of variables; false after reporting. */
static bool take_names(struct cel_checker *c, const struct cel_node *n, size_t count,
                       struct str names[2]) {
    const struct cel_node *arg = n->args;
    for (size_t i = 0; i < count; i++, arg = arg->next) {
        if (arg->op != CEL_NODE_IDENT || arg->is_absolute) {
            cel_fail(c->parser, arg->offset,
                     "'" STR_FMT "' needs the plain name of a variable here", STR_ARG(n->name));
            return false;
        }
        names[i] = arg->name;
    }
    if (count == 2 && str_equal(names[0], names[1])) {
        cel_fail(c->parser, n->args->next->offset, "both variables have the same name");
        return false;
    }
    return true;
}

/* The types of the variables of a loop over `range`. */
static void loop_types(struct cel_checker *c, const struct cel_node *range, bool is_pair,
                       struct cel_type types[2]) {
    struct cel_type r = range->type;
    types[0] = types[1] = cel_simple_type(CEL_DYN);
    if (r.kind == CEL_LIST) {
        types[is_pair] = cel_element_type(r);
        if (is_pair) types[0] = cel_simple_type(CEL_INT);
    } else if (r.kind == CEL_MAP) {
        types[1] = cel_element_type(r);
    } else if (r.kind != CEL_DYN) {
        struct str text = cel_type_text(c->parser->arena, r);
        cel_mismatch(c, range, "only lists and maps can be gone through, not " STR_FMT,
                     STR_ARG(text));
    }
}

static struct cel_type optional_type(struct cel_checker *c, const struct cel_node *n) {
    cel_require(c, n->a, CEL_OPTIONAL, "this needs an optional");
    return cel_element_type(n->a->type);
}

static struct cel_type macro_type(struct cel_checker *c, const struct cel_node *n) {
    if (!n->b) /* filter: the elements themselves, or the keys of a map */
        return n->a->type.kind == CEL_LIST ? n->a->type : cel_simple_type(CEL_LIST);
    switch ((enum cel_op)n->op) {
    case CEL_NODE_COLLECT: return cel_type_of(CEL_LIST, n->b->type);
    case CEL_NODE_COLLECT_MAP: return cel_type_of(CEL_MAP, n->b->type);
    case CEL_NODE_COLLECT_ENTRY: return cel_simple_type(CEL_MAP);
    case CEL_NODE_OPT_MAP: return cel_type_of(CEL_OPTIONAL, n->b->type);
    case CEL_NODE_OPT_FLAT_MAP:
        cel_require(c, n->b, CEL_OPTIONAL, "'optFlatMap' makes an optional");
        return n->b->type;
    default:
        cel_require(c, n->b, CEL_BOOL, "the condition must be bool");
        return cel_simple_type(CEL_BOOL);
    }
}

static void check_macro(struct cel_checker *c, struct cel_node *n, const struct cel_macro *m) {
    struct str names[2];
    if (!take_names(c, n, m->n_names, names)) return;
    struct cel_node *rest = n->args;
    for (size_t i = 0; i < m->n_names; i++) rest = rest->next;
    n->op = m->op;
    n->is_pair = m->n_names == 2;
    if (m->has_filter) {
        n->c = rest;
        rest = rest->next;
    }
    n->b = m->keeps_source ? NULL : rest;
    check(c, n->a);
    if (c->parser->failed) return;
    struct cel_type types[2];
    if (m->op == CEL_NODE_OPT_MAP || m->op == CEL_NODE_OPT_FLAT_MAP)
        types[0] = optional_type(c, n);
    else
        loop_types(c, n->a, n->is_pair, types);
    n->slot = push_local(c, names[0], types[0]);
    if (n->is_pair) push_local(c, names[1], types[1]);
    if (n->c) check(c, n->c);
    if (n->c) cel_require(c, n->c, CEL_BOOL, "the filter must be bool");
    if (n->b && !c->parser->failed) check(c, n->b);
    c->scope.n -= m->n_names;
    n->type = macro_type(c, n);
}

/* cel.bind(name, value, expression) */
static bool is_bind(const struct cel_node *n) {
    return n->a && n->a->op == CEL_NODE_IDENT && str_equal(n->a->name, STR("cel")) &&
           str_equal(n->name, STR("bind")) && n->n_args == 3;
}

static void check_bind(struct cel_checker *c, struct cel_node *n) {
    struct str name[2];
    if (!take_names(c, n, 1, name)) return;
    n->op = CEL_NODE_BIND;
    n->a = n->args->next;
    n->b = n->a->next;
    check(c, n->a);
    n->slot = push_local(c, name[0], n->a->type);
    if (!c->parser->failed) check(c, n->b);
    c->scope.n--;
    n->type = n->b->type;
}

/* ---- calls ---- */

/* x.or(y) and x.orValue(y), which evaluate y only when x has no value. */
static bool check_or(struct cel_checker *c, struct cel_node *n) {
    bool gives_value = str_equal(n->name, STR("orValue"));
    if (!n->a || n->n_args != 1 || (!gives_value && !str_equal(n->name, STR("or")))) return false;
    n->op = gives_value ? CEL_NODE_OR_VALUE : CEL_NODE_OR_OPTIONAL;
    n->b = n->args;
    check(c, n->a);
    if (!c->parser->failed) check(c, n->b);
    struct cel_type inner = optional_type(c, n);
    if (!gives_value) cel_require(c, n->b, CEL_OPTIONAL, "'or' needs an optional");
    n->type =
        gives_value ? cel_join_types(inner, n->b->type) : cel_join_types(n->a->type, n->b->type);
    return true;
}

static void compile_pattern(struct cel_checker *c, struct cel_node *n) {
    const struct cel_node *pattern = n->args->next;
    if (pattern->op != CEL_NODE_LITERAL || pattern->literal.kind != CEL_STRING) return;
    if (++c->n_patterns > MAX_PATTERNS) {
        cel_fail(c->parser, pattern->offset, "more than %d regular expressions", MAX_PATTERNS);
        return;
    }
    struct str message;
    n->regex = cel_regex_compile(c->parser->arena, pattern->literal.u.text, &message);
    if (!n->regex)
        cel_make_fail(c, n, CEL_ERROR_ARGUMENT,
                      "this pattern is not a regular expression: " STR_FMT, STR_ARG(message));
}

static void check_function(struct cel_checker *c, struct cel_node *n) {
    const struct cel_function *f = cel_resolve_function(c, n);
    if (!f) {
        cel_unknown_function(c, n);
        return;
    }
    if (n->a) { /* the receiver is the first argument */
        n->a->next = n->args;
        n->args = n->a;
        n->n_args++;
        n->a = NULL;
    }
    check_args(c, n);
    if (c->parser->failed) return;
    n->op = CEL_NODE_FUNCTION;
    n->function = f;
    n->type = f->result;
    cel_check_arguments(c, n, f);
    bool fits = n->op == CEL_NODE_FUNCTION && !c->parser->failed;
    if (fits && f->call == cel_fn_matches) compile_pattern(c, n);
}

static void check_call(struct cel_checker *c, struct cel_node *n) {
    const struct cel_macro *macro;
    bool macros = !c->env->no_macros;
    if (macros && !n->a && str_equal(n->name, STR("has")))
        check_has(c, n);
    else if (macros && is_bind(n))
        check_bind(c, n);
    else if (macros && (macro = cel_find_macro(n)))
        check_macro(c, n, macro);
    else if (!check_or(c, n))
        check_function(c, n);
}

/* ---- literals ---- */

static void check_literal(struct cel_checker *c, struct cel_node *n) {
    if (n->is_min_int)
        cel_fail(c->parser, n->offset,
                 "9223372036854775808 does not fit an int (the largest is one less)");
    if (n->literal.kind != CEL_LIST && n->literal.kind != CEL_MAP)
        n->type = cel_simple_type((enum cel_kind)n->literal.kind);
}

/* Makes a list or map of literals a literal, so that it is built once. */
static void fold(struct cel_checker *c, struct cel_node *n) {
    for (const struct cel_node *arg = n->args; arg; arg = arg->next)
        if (arg->op != CEL_NODE_LITERAL) return;
    struct cel_value v = cel_eval_constant(c->parser->arena, n);
    if (v.kind == CEL_ERROR) return;
    n->op = CEL_NODE_LITERAL;
    n->literal = v;
}

static void check_element(struct cel_checker *c, struct cel_node *n) {
    check(c, n->a);
    n->type = n->a->type;
}

static void join_element(struct cel_node *n, const struct cel_node *arg, struct cel_type type) {
    struct cel_type element = cel_element_type(n->type);
    n->type = cel_type_of((enum cel_kind)n->type.kind, arg ? cel_join_types(element, type) : type);
}

static void check_list(struct cel_checker *c, struct cel_node *n) {
    check_args(c, n);
    if (c->parser->failed) return;
    n->type = cel_simple_type(CEL_LIST);
    const struct cel_node *last = NULL;
    for (struct cel_node *arg = n->args; arg; last = arg, arg = arg->next) {
        bool is_optional = arg->op == CEL_NODE_OPTIONAL_ELEMENT;
        if (is_optional) cel_require(c, arg, CEL_OPTIONAL, "an element marked '?' is optional");
        join_element(n, last, is_optional ? cel_element_type(arg->type) : arg->type);
    }
    fold(c, n);
}

static void check_map(struct cel_checker *c, struct cel_node *n) {
    check_args(c, n);
    if (c->parser->failed) return;
    n->type = cel_simple_type(CEL_MAP);
    const struct cel_node *last = NULL;
    for (struct cel_node *key = n->args; key; last = key, key = key->next->next) {
        bool is_optional = key->op == CEL_NODE_OPTIONAL_ELEMENT;
        const struct cel_node *value = key->next;
        if (is_optional)
            cel_require(c, value, CEL_OPTIONAL, "the value of a key marked '?' is optional");
        join_element(n, last, is_optional ? cel_element_type(value->type) : value->type);
    }
    fold(c, n);
}

/* ---- all of it ---- */

static void check_operands(struct cel_checker *c, struct cel_node *n) {
    if (n->a) check(c, n->a);
    if (n->b && !c->parser->failed) check(c, n->b);
    if (n->c && !c->parser->failed) check(c, n->c);
}

static void check_logic(struct cel_checker *c, struct cel_node *n) {
    check_args(c, n);
    for (const struct cel_node *arg = n->args; arg && !c->parser->failed; arg = arg->next)
        cel_require(c, arg, CEL_BOOL,
                    n->op == CEL_NODE_AND ? "'&&' needs bool" : "'||' needs bool");
    n->type = cel_simple_type(CEL_BOOL);
}

static void check_conditional(struct cel_checker *c, struct cel_node *n) {
    check_operands(c, n);
    if (c->parser->failed) return;
    cel_require(c, n->a, CEL_BOOL, "the condition before '?' must be bool");
    n->type = cel_join_types(n->b->type, n->c->type);
}

static void check(struct cel_checker *c, struct cel_node *n) {
    switch ((enum cel_op)n->op) {
    case CEL_NODE_LITERAL: check_literal(c, n); break;
    case CEL_NODE_IDENT:
        if (!cel_resolve_name(c, n)) cel_unknown_variable(c, n);
        break;
    case CEL_NODE_SELECT: check_select(c, n); break;
    case CEL_NODE_CALL: check_call(c, n); break;
    case CEL_NODE_AND:
    case CEL_NODE_OR: check_logic(c, n); break;
    case CEL_NODE_CONDITIONAL: check_conditional(c, n); break;
    case CEL_NODE_LIST: check_list(c, n); break;
    case CEL_NODE_MAP: check_map(c, n); break;
    case CEL_NODE_OPTIONAL_ELEMENT: check_element(c, n); break;
    default:
        check_operands(c, n);
        if (!c->parser->failed) n->type = cel_check_operator(c, n);
        break;
    }
    if (c->env->no_check) n->type = cel_simple_type(CEL_DYN);
}

bool cel_check(struct cel_parser *p, const struct cel_env *env, struct cel_program *program,
               struct cel_node *root) {
    struct cel_checker c = {.parser = p, .env = env, .program = program};
    check(&c, root);
    return !p->failed;
}
