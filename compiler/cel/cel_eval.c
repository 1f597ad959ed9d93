/* Walks a checked tree. Errors are values: each operator says what it does with them. */
#include <math.h>

#include "cel/cel_ast.h"

/* Arguments and locals that need no memory of the run. */
enum { FEW = 4, FEW_LOCALS = 8 };

struct frame {
    struct cel_run *run;
    const struct cel_value *variables;
    struct cel_value *locals;
};

static struct cel_value eval(const struct frame *f, const struct cel_node *n);

/* ---- errors ---- */

static struct cel_value at(const struct cel_node *n, struct cel_value v) {
    if (v.kind == CEL_ERROR && !v.origin) v.origin = n->offset;
    return v;
}

/* `what` takes one %s: the kind that was found. */
static struct cel_value wrong_kind(const struct frame *f, const struct cel_node *n,
                                   const char *what, struct cel_value v) {
    if (v.kind == CEL_ERROR) return v;
    struct str name = cel_type_name(v);
    struct cel_value e =
        cel_errorf(f->run, CEL_ERROR_OVERLOAD, "%s, not " STR_FMT, what, STR_ARG(name));
    return at(n, e);
}

static struct cel_value no_key(const struct frame *f, const struct cel_node *n, struct str name) {
    struct str shown = cel_clip(name, 80);
    return at(n, cel_errorf(f->run, CEL_ERROR_KEY, "no such key: '" STR_FMT "'", STR_ARG(shown)));
}

/* ---- fields, keys, elements ---- */

/* A field or key of `v` into `*found`: 1 found, 0 absent, -1 with the error in `*found`. */
static int lookup(const struct frame *f, const struct cel_node *n, struct cel_value v,
                  struct cel_value *found) {
    if (v.kind == CEL_MAP) {
        *found = cel_find(f->run, v, cel_string(n->name));
        return found->kind != CEL_ERROR;
    }
    if (v.kind == CEL_OBJECT) {
        const struct cel_object_type *type = v.u.object.type;
        for (size_t i = 0; i < type->n_fields; i++) {
            if (!str_equal(n->name, str_from(type->fields[i].name))) continue;
            *found = type->get(f->run, v.u.object.object, i);
            return found->kind == CEL_ERROR ? -1 : found->kind != CEL_NULL;
        }
        *found = at(n, cel_errorf(f->run, CEL_ERROR_NAME, "%s has no field '" STR_FMT "'",
                                  type->name, STR_ARG(n->name)));
        return -1;
    }
    *found = wrong_kind(f, n, "only maps and objects have fields", v);
    return -1;
}

static struct cel_value select_optional(const struct frame *f, const struct cel_node *n,
                                        struct cel_value v) {
    struct cel_value found;
    int got = lookup(f, n, v, &found);
    if (got < 0) return found;
    return got ? cel_optional_of(f->run, found) : cel_optional_none();
}

static struct cel_value eval_select(const struct frame *f, const struct cel_node *n) {
    struct cel_value v = eval(f, n->a);
    if (v.kind == CEL_ERROR) return v;
    if (v.kind == CEL_OPTIONAL) {
        if (!v.u.optional) return v;
        return select_optional(f, n, *v.u.optional);
    }
    if (n->is_optional) return select_optional(f, n, v);
    struct cel_value found;
    int got = lookup(f, n, v, &found);
    if (got == 0 && v.kind == CEL_OBJECT) return found; /* absent: null */
    return got ? found : no_key(f, n, n->name);
}

static struct cel_value eval_has(const struct frame *f, const struct cel_node *n) {
    struct cel_value v = eval(f, n->a);
    if (v.kind == CEL_ERROR) return v;
    if (v.kind == CEL_OPTIONAL) {
        if (!v.u.optional) return cel_bool(false);
        v = *v.u.optional;
    }
    struct cel_value found;
    if (v.kind == CEL_OBJECT && v.u.object.type == n->object) {
        found = n->object->get(f->run, v.u.object.object, n->slot);
        return found.kind == CEL_ERROR ? at(n, found) : cel_bool(found.kind != CEL_NULL);
    }
    int got = lookup(f, n, v, &found);
    return got < 0 ? found : cel_bool(got);
}

static struct cel_value eval_field(const struct frame *f, const struct cel_node *n) {
    struct cel_value v = eval(f, n->a);
    if (v.kind != CEL_OBJECT || v.u.object.type != n->object)
        return wrong_kind(f, n, "an absent value has no fields (see 'has' and '.?')", v);
    struct cel_value found = n->object->get(f->run, v.u.object.object, n->slot);
    if (!n->is_optional) return at(n, found);
    if (found.kind == CEL_ERROR) return at(n, found);
    return found.kind == CEL_NULL ? cel_optional_none() : cel_optional_of(f->run, found);
}

/* The position that an index means, or SIZE_MAX. */
static size_t position(struct cel_value index) {
    if (index.kind == CEL_INT && index.u.i >= 0) return (size_t)index.u.i;
    if (index.kind == CEL_UINT) return (size_t)index.u.u;
    if (index.kind == CEL_DOUBLE && index.u.d >= 0 && index.u.d < 9007199254740992.0 &&
        trunc(index.u.d) == index.u.d)
        return (size_t)index.u.d;
    return SIZE_MAX;
}

/* As `lookup`, for v[index]. */
static int lookup_index(const struct frame *f, const struct cel_node *n, struct cel_value v,
                        struct cel_value index, struct cel_value *found) {
    if (v.kind == CEL_MAP) {
        *found = cel_find(f->run, v, index);
        return found->kind != CEL_ERROR;
    }
    if (v.kind != CEL_LIST) {
        *found = wrong_kind(f, n, "only lists and maps have elements", v);
        return -1;
    }
    if (!cel_is_number(index)) {
        *found = wrong_kind(f, n, "a list's index is an int", index);
        return -1;
    }
    size_t i = position(index);
    if (i >= cel_size(v)) return 0;
    *found = cel_at(f->run, v, i);
    return 1;
}

static struct cel_value no_element(const struct frame *f, const struct cel_node *n,
                                   struct cel_value v, struct cel_value index) {
    if (index.kind == CEL_STRING) return no_key(f, n, index.u.text);
    if (v.kind == CEL_MAP) return at(n, cel_failure(CEL_ERROR_KEY, STR("no such key")));
    return at(n, cel_errorf(f->run, CEL_ERROR_KEY,
                            "the index is outside of the list, which has %zu", cel_size(v)));
}

static struct cel_value eval_index(const struct frame *f, const struct cel_node *n) {
    struct cel_value v = eval(f, n->a);
    if (v.kind == CEL_ERROR) return v;
    struct cel_value index = eval(f, n->b);
    if (index.kind == CEL_ERROR) return index;
    bool is_optional = n->is_optional;
    if (v.kind == CEL_OPTIONAL) {
        if (!v.u.optional) return v;
        v = *v.u.optional;
        is_optional = true;
    }
    struct cel_value found;
    int got = lookup_index(f, n, v, index, &found);
    if (got < 0) return found;
    if (is_optional) return got ? cel_optional_of(f->run, found) : cel_optional_none();
    return got ? found : no_element(f, n, v, index);
}

/* ---- logic ---- */

/* Of two errors the one to report: a limit makes the whole undecided. */
static void keep_error(struct cel_value *kept, struct cel_value e) {
    bool is_limit = e.code == CEL_ERROR_LIMIT;
    if (kept->kind != CEL_ERROR || (is_limit && kept->code != CEL_ERROR_LIMIT)) *kept = e;
}

/* all(args) when `stop` is false, any(args) when it is true; whatever `stop`s makes errors of the
 * others not matter. */
static struct cel_value eval_logic(const struct frame *f, const struct cel_node *n, bool stop) {
    struct cel_value result = cel_bool(!stop);
    for (const struct cel_node *arg = n->args; arg; arg = arg->next) {
        struct cel_value v = eval(f, arg);
        if (v.kind == CEL_BOOL) {
            if (v.u.boolean == stop) return cel_bool(stop);
        } else {
            keep_error(&result,
                       wrong_kind(f, arg, stop ? "'||' needs bool" : "'&&' needs bool", v));
        }
    }
    return result;
}

static struct cel_value eval_conditional(const struct frame *f, const struct cel_node *n) {
    struct cel_value v = eval(f, n->a);
    if (v.kind != CEL_BOOL) return wrong_kind(f, n, "the condition before '?' must be bool", v);
    return eval(f, v.u.boolean ? n->b : n->c);
}

static struct cel_value eval_not(const struct frame *f, const struct cel_node *n) {
    struct cel_value v = eval(f, n->a);
    if (v.kind != CEL_BOOL) return wrong_kind(f, n, "'!' needs bool", v);
    return cel_bool(!v.u.boolean);
}

/* ---- operators ---- */

static struct cel_value compare(const struct frame *f, const struct cel_node *n, struct cel_value a,
                                struct cel_value b) {
    bool comparable =
        (cel_is_number(a) && cel_is_number(b)) ||
        (a.kind == b.kind && (a.kind == CEL_BOOL || a.kind == CEL_STRING || a.kind == CEL_BYTES));
    if (!comparable) {
        struct str left = cel_type_name(a), right = cel_type_name(b);
        return at(n,
                  cel_errorf(f->run, CEL_ERROR_OVERLOAD, STR_FMT " and " STR_FMT " have no order",
                             STR_ARG(left), STR_ARG(right)));
    }
    enum cel_order o = cel_compare(a, b);
    switch (n->op) {
    case CEL_NODE_LESS: return cel_bool(o == CEL_ORDER_LESS);
    case CEL_NODE_LESS_EQUAL: return cel_bool(o == CEL_ORDER_LESS || o == CEL_ORDER_SAME);
    case CEL_NODE_GREATER: return cel_bool(o == CEL_ORDER_GREATER);
    default: return cel_bool(o == CEL_ORDER_GREATER || o == CEL_ORDER_SAME);
    }
}

static struct cel_value equality(const struct frame *f, const struct cel_node *n,
                                 struct cel_value a, struct cel_value b) {
    bool same = cel_equal(f->run, a, b);
    if (!f->run->steps_left) return at(n, cel_limit());
    return cel_bool(same == (n->op == CEL_NODE_EQUAL));
}

static struct cel_value eval_binary(const struct frame *f, const struct cel_node *n) {
    struct cel_value a = eval(f, n->a);
    if (a.kind == CEL_ERROR) return a;
    struct cel_value b = eval(f, n->b);
    if (b.kind == CEL_ERROR) return b;
    switch (n->op) {
    case CEL_NODE_EQUAL:
    case CEL_NODE_NOT_EQUAL: return equality(f, n, a, b);
    case CEL_NODE_LESS:
    case CEL_NODE_LESS_EQUAL:
    case CEL_NODE_GREATER:
    case CEL_NODE_GREATER_EQUAL: return compare(f, n, a, b);
    case CEL_NODE_IN: return at(n, cel_in(f->run, a, b));
    default: return at(n, cel_arithmetic(f->run, (enum cel_op)n->op, a, b));
    }
}

/* ---- lists and maps ---- */

/* The element that `n` makes into `*v`: 1, 0 when it is an optional without value, -1 with an
 * error. */
static int element(const struct frame *f, const struct cel_node *n, struct cel_value *v) {
    bool is_optional = n->op == CEL_NODE_OPTIONAL_ELEMENT;
    *v = eval(f, is_optional ? n->a : n);
    if (v->kind == CEL_ERROR) return -1;
    if (!is_optional) return 1;
    if (v->kind != CEL_OPTIONAL) {
        *v = wrong_kind(f, n, "an element marked '?' must be optional", *v);
        return -1;
    }
    if (!v->u.optional) return 0;
    *v = *v->u.optional;
    return 1;
}

static struct cel_value eval_list(const struct frame *f, const struct cel_node *n) {
    struct cel_value *values = cel_alloc(f->run, n->n_args, sizeof *values);
    if (!values) return at(n, cel_limit());
    size_t count = 0;
    for (const struct cel_node *arg = n->args; arg; arg = arg->next) {
        struct cel_value v;
        int got = element(f, arg, &v);
        if (got < 0) return v;
        if (got) values[count++] = v;
    }
    return cel_list(values, count);
}

static struct cel_value eval_map(const struct frame *f, const struct cel_node *n) {
    size_t most = n->n_args / 2;
    struct cel_value *keys = cel_alloc(f->run, most, sizeof *keys);
    struct cel_value *values = cel_alloc(f->run, most, sizeof *values);
    if (!keys || !values) return at(n, cel_limit());
    size_t count = 0;
    for (const struct cel_node *arg = n->args; arg; arg = arg->next->next) {
        bool is_optional = arg->op == CEL_NODE_OPTIONAL_ELEMENT;
        struct cel_value key = eval(f, is_optional ? arg->a : arg);
        if (key.kind == CEL_ERROR) return key;
        struct cel_value value = eval(f, arg->next);
        if (value.kind == CEL_ERROR) return value;
        if (is_optional) {
            if (value.kind != CEL_OPTIONAL)
                return wrong_kind(f, arg->next, "the value of a key marked '?' must be optional",
                                  value);
            if (!value.u.optional) continue;
            value = *value.u.optional;
        }
        keys[count] = key;
        values[count++] = value;
    }
    return at(n, cel_make_map(f->run, keys, values, count));
}

/* ---- loops ---- */

struct loop {
    struct cel_value range;
    size_t n, i;
};

static bool begin_loop(const struct frame *f, const struct cel_node *n, struct loop *loop,
                       struct cel_value *error) {
    loop->range = eval(f, n->a);
    if (loop->range.kind != CEL_LIST && loop->range.kind != CEL_MAP) {
        *error = wrong_kind(f, n, "only lists and maps can be gone through", loop->range);
        return false;
    }
    loop->n = cel_size(loop->range);
    loop->i = 0;
    return true;
}

/* Sets the locals to the next element. */
static bool next_turn(const struct frame *f, const struct cel_node *n, struct loop *loop) {
    if (loop->i >= loop->n) return false;
    size_t i = loop->i++;
    struct cel_value *local = &f->locals[n->slot];
    if (loop->range.kind == CEL_MAP) {
        struct cel_value value;
        cel_entry(f->run, loop->range, i, local, n->is_pair ? local + 1 : &value);
    } else if (n->is_pair) {
        local[0] = cel_int((int64_t)i);
        local[1] = cel_at(f->run, loop->range, i);
    } else {
        *local = cel_at(f->run, loop->range, i);
    }
    return true;
}

static struct cel_value predicate(const struct frame *f, const struct cel_node *n,
                                  const struct cel_node *condition) {
    struct cel_value v = eval(f, condition);
    return v.kind == CEL_BOOL ? v : wrong_kind(f, n, "the condition of a macro must be bool", v);
}

/* all and exists, as && and || over the elements. */
static struct cel_value eval_quantifier(const struct frame *f, const struct cel_node *n,
                                        bool stop) {
    struct loop loop;
    struct cel_value result = cel_bool(!stop);
    if (!begin_loop(f, n, &loop, &result)) return result;
    while (next_turn(f, n, &loop)) {
        struct cel_value v = predicate(f, n, n->b);
        if (v.kind == CEL_ERROR)
            keep_error(&result, v);
        else if (v.u.boolean == stop)
            return cel_bool(stop);
        if (!f->run->steps_left) return at(n, cel_limit());
    }
    return result;
}

static struct cel_value eval_exists_one(const struct frame *f, const struct cel_node *n) {
    struct loop loop;
    struct cel_value error;
    size_t count = 0;
    if (!begin_loop(f, n, &loop, &error)) return error;
    while (next_turn(f, n, &loop)) {
        struct cel_value v = predicate(f, n, n->b);
        if (v.kind == CEL_ERROR) return v;
        if (v.u.boolean) count++;
    }
    return cel_bool(count == 1);
}

/* Whether the filter, if there is one, lets this turn through: 1, 0, -1 with an error. */
static int passes(const struct frame *f, const struct cel_node *n, struct cel_value *error) {
    if (!n->c) return 1;
    *error = predicate(f, n, n->c);
    return error->kind == CEL_ERROR ? -1 : error->u.boolean;
}

static struct cel_value eval_collect(const struct frame *f, const struct cel_node *n) {
    struct loop loop;
    struct cel_value v;
    struct cel_values list = {0};
    if (!begin_loop(f, n, &loop, &v)) return v;
    while (next_turn(f, n, &loop)) {
        int pass = passes(f, n, &v);
        if (pass < 0) return v;
        if (!pass) continue;
        v = n->b ? eval(f, n->b) : f->locals[n->slot];
        if (v.kind == CEL_ERROR) return v;
        if (!cel_push(f->run, &list, v)) return at(n, cel_limit());
    }
    return cel_list(list.v, list.n);
}

/* Adds what one turn of transformMap or transformMapEntry gives. False with the error in `*v`. */
static bool add_entries(const struct frame *f, const struct cel_node *n, struct cel_values *keys,
                        struct cel_values *values, struct cel_value *v) {
    *v = eval(f, n->b);
    if (v->kind == CEL_ERROR) return false;
    bool room = true;
    if (n->op == CEL_NODE_COLLECT_MAP) {
        room = cel_push(f->run, keys, f->locals[n->slot]) && cel_push(f->run, values, *v);
    } else if (v->kind != CEL_MAP) {
        *v = wrong_kind(f, n, "transformMapEntry makes maps", *v);
        return false;
    } else {
        struct cel_value map = *v;
        for (size_t i = 0; room && i < cel_size(map); i++) {
            struct cel_value key, value;
            cel_entry(f->run, map, i, &key, &value);
            room = cel_push(f->run, keys, key) && cel_push(f->run, values, value);
        }
    }
    if (!room) *v = at(n, cel_limit());
    return room;
}

static struct cel_value eval_collect_map(const struct frame *f, const struct cel_node *n) {
    struct loop loop;
    struct cel_value v;
    struct cel_values keys = {0}, values = {0};
    if (!begin_loop(f, n, &loop, &v)) return v;
    while (next_turn(f, n, &loop)) {
        int pass = passes(f, n, &v);
        if (pass < 0 || (pass && !add_entries(f, n, &keys, &values, &v))) return v;
    }
    return at(n, cel_make_map(f->run, keys.v, values.v, keys.n));
}

/* ---- optionals ---- */

static struct cel_value eval_optional(const struct frame *f, const struct cel_node *n) {
    struct cel_value v = eval(f, n->a);
    if (v.kind != CEL_OPTIONAL) return wrong_kind(f, n, "this needs an optional", v);
    bool has_value = v.u.optional != NULL;
    if (n->op == CEL_NODE_OR_VALUE) return has_value ? *v.u.optional : eval(f, n->b);
    if (n->op == CEL_NODE_OR_OPTIONAL) {
        if (has_value) return v;
        struct cel_value other = eval(f, n->b);
        return other.kind == CEL_OPTIONAL ? other
                                          : wrong_kind(f, n, "'or' needs an optional", other);
    }
    if (!has_value) return v;
    f->locals[n->slot] = *v.u.optional;
    v = eval(f, n->b);
    if (v.kind == CEL_ERROR) return v;
    if (n->op == CEL_NODE_OPT_MAP) return at(n, cel_optional_of(f->run, v));
    return v.kind == CEL_OPTIONAL ? v : wrong_kind(f, n, "optFlatMap makes an optional", v);
}

static struct cel_value eval_bind(const struct frame *f, const struct cel_node *n) {
    struct cel_value v = eval(f, n->a);
    /* Lazy, as in other implementations: an error counts only where the name is used. */
    f->locals[n->slot] = v;
    return eval(f, n->b);
}

/* ---- functions ---- */

static struct cel_value wrong_argument(const struct frame *f, const struct cel_node *n,
                                       const struct cel_node *arg, struct cel_value v) {
    struct str name = cel_type_name(v);
    return at(arg, cel_errorf(f->run, CEL_ERROR_OVERLOAD, "'%s' does not take " STR_FMT " here",
                              n->function->name, STR_ARG(name)));
}

static struct cel_value eval_function(const struct frame *f, const struct cel_node *n) {
    struct cel_value few[FEW], *args = few;
    if (n->n_args > FEW) {
        args = cel_alloc(f->run, n->n_args, sizeof *args);
        if (!args) return at(n, cel_limit());
    }
    size_t count = 0;
    for (const struct cel_node *arg = n->args; arg; arg = arg->next) {
        struct cel_value v = eval(f, arg);
        if (v.kind == CEL_ERROR) return v;
        if (!(arg->wants >> v.kind & 1)) return wrong_argument(f, n, arg, v);
        args[count++] = v;
    }
    if (n->regex && count) return at(n, cel_regex_match(f->run, n->regex, args[0].u.text));
    return at(n, n->function->call(f->run, args, count));
}

/* ---- all of it ---- */

static inline struct cel_value eval_node(const struct frame *f, const struct cel_node *n) {
    if (!cel_step(f->run, 1)) return at(n, cel_limit());
    switch ((enum cel_op)n->op) {
    case CEL_NODE_LITERAL: return n->literal;
    case CEL_NODE_FAIL: return at(n, n->literal);
    case CEL_NODE_VARIABLE: return f->variables[n->slot];
    case CEL_NODE_LOCAL: return f->locals[n->slot];
    case CEL_NODE_FIELD: return eval_field(f, n);
    case CEL_NODE_SELECT: return eval_select(f, n);
    case CEL_NODE_HAS: return eval_has(f, n);
    case CEL_NODE_FUNCTION: return eval_function(f, n);
    case CEL_NODE_NOT: return eval_not(f, n);
    case CEL_NODE_NEGATE: {
        struct cel_value v = eval(f, n->a);
        return v.kind == CEL_ERROR ? v : at(n, cel_negate(f->run, v));
    }
    case CEL_NODE_ADD:
    case CEL_NODE_SUBTRACT:
    case CEL_NODE_MULTIPLY:
    case CEL_NODE_DIVIDE:
    case CEL_NODE_MODULO:
    case CEL_NODE_EQUAL:
    case CEL_NODE_NOT_EQUAL:
    case CEL_NODE_LESS:
    case CEL_NODE_LESS_EQUAL:
    case CEL_NODE_GREATER:
    case CEL_NODE_GREATER_EQUAL:
    case CEL_NODE_IN: return eval_binary(f, n);
    case CEL_NODE_INDEX: return eval_index(f, n);
    case CEL_NODE_AND: return eval_logic(f, n, false);
    case CEL_NODE_OR: return eval_logic(f, n, true);
    case CEL_NODE_CONDITIONAL: return eval_conditional(f, n);
    case CEL_NODE_LIST: return eval_list(f, n);
    case CEL_NODE_MAP: return eval_map(f, n);
    case CEL_NODE_ALL: return eval_quantifier(f, n, false);
    case CEL_NODE_EXISTS: return eval_quantifier(f, n, true);
    case CEL_NODE_EXISTS_ONE: return eval_exists_one(f, n);
    case CEL_NODE_COLLECT: return eval_collect(f, n);
    case CEL_NODE_COLLECT_MAP:
    case CEL_NODE_COLLECT_ENTRY: return eval_collect_map(f, n);
    case CEL_NODE_BIND: return eval_bind(f, n);
    case CEL_NODE_OPT_MAP:
    case CEL_NODE_OPT_FLAT_MAP:
    case CEL_NODE_OR_VALUE:
    case CEL_NODE_OR_OPTIONAL: return eval_optional(f, n);
    case CEL_NODE_IDENT:
    case CEL_NODE_CALL:
    case CEL_NODE_OPTIONAL_ELEMENT: break;
    }
    return at(n, cel_failure(CEL_ERROR_NAME, STR("this has no value")));
}

static struct cel_value eval(const struct frame *f, const struct cel_node *n) {
    struct cel_value v = eval_node(f, n);
    if (n->probe && f->run->seen && v.kind == CEL_BOOL) {
        struct cel_seen *seen = &f->run->seen[n->probe - 1];
        seen->yes = seen->yes || v.u.boolean;
        seen->no = seen->no || !v.u.boolean;
    }
    return v;
}

struct cel_value cel_eval(const struct cel_program *p, struct cel_run *run,
                          const struct cel_value *variables) {
    struct cel_value few[FEW_LOCALS], *locals = few;
    if (p->n_locals > FEW_LOCALS) {
        locals = cel_alloc(run, p->n_locals, sizeof *locals);
        if (!locals) return cel_limit();
    }
    struct frame f = {run, variables, locals};
    return eval(&f, p->root);
}

struct cel_value cel_eval_constant(struct arena *a, const struct cel_node *n) {
    struct cel_run run = cel_run_new(a, NULL);
    struct cel_value none = cel_null(); /* constants have no variables */
    struct frame f = {&run, &none, &none};
    return eval(&f, n);
}
