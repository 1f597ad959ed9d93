/* The inside of CEL: what the parser builds, the checker resolves and the evaluator walks.
 *
 * There is one tree. The parser makes CEL_NODE_IDENT, _SELECT and _CALL with names; the checker
 * turns each of them, in place, into the node that the evaluator can run without looking at a name:
 * a variable, a local, a field of a host object, a function, a macro's loop. */
#ifndef CLAWC_POLICY_CEL_AST_H
#define CLAWC_POLICY_CEL_AST_H

#include "cel/cel.h"

enum cel_op {
    CEL_NODE_LITERAL,
    /* Names, before the checker: */
    CEL_NODE_IDENT, /* `name`; is_absolute for `.name` */
    CEL_NODE_CALL,  /* `name`(args), or receiver.`name`(args); is_absolute for `.name(args)` */
    /* After it: */
    CEL_NODE_VARIABLE, /* `slot` of the variables */
    CEL_NODE_LOCAL,    /* `slot` of the locals */
    CEL_NODE_SELECT,   /* a.`name`, also before the checker */
    CEL_NODE_FIELD,    /* field number `slot` of host object a, whose type is known */
    CEL_NODE_HAS,      /* has(a.`name`) */
    CEL_NODE_FUNCTION,
    CEL_NODE_FAIL, /* `literal` is the error: an unknown name in an unchecked expression */
    /* Operators: a, b, c. */
    CEL_NODE_NOT,
    CEL_NODE_NEGATE,
    CEL_NODE_ADD,
    CEL_NODE_SUBTRACT,
    CEL_NODE_MULTIPLY,
    CEL_NODE_DIVIDE,
    CEL_NODE_MODULO,
    CEL_NODE_EQUAL,
    CEL_NODE_NOT_EQUAL,
    CEL_NODE_LESS,
    CEL_NODE_LESS_EQUAL,
    CEL_NODE_GREATER,
    CEL_NODE_GREATER_EQUAL,
    CEL_NODE_IN,
    CEL_NODE_INDEX,       /* a[b]; is_optional for a[?b] */
    CEL_NODE_AND,         /* all of args */
    CEL_NODE_OR,          /* any of args */
    CEL_NODE_CONDITIONAL, /* a ? b : c */
    CEL_NODE_LIST,        /* args; an OPTIONAL_ELEMENT for [?x] */
    CEL_NODE_MAP, /* args are keys and values in turn; OPTIONAL_ELEMENT as key for {?k: v} */
    CEL_NODE_OPTIONAL_ELEMENT, /* a */
    /* Macros: loops over a with locals `slot` and `slot + 1` (when is_pair), body b, filter c. */
    CEL_NODE_ALL,
    CEL_NODE_EXISTS,
    CEL_NODE_EXISTS_ONE,
    CEL_NODE_COLLECT,       /* map, filter, transformList: c filters, b makes the element */
    CEL_NODE_COLLECT_MAP,   /* transformMap: b makes the value of the same key */
    CEL_NODE_COLLECT_ENTRY, /* transformMapEntry: b makes a map whose entries are added */
    CEL_NODE_BIND,          /* cel.bind: local `slot` is a in b */
    CEL_NODE_OPT_MAP,       /* a.optMap(slot, b) */
    CEL_NODE_OPT_FLAT_MAP,
    CEL_NODE_OR_VALUE, /* a.orValue(b): b is evaluated only when needed */
    CEL_NODE_OR_OPTIONAL
};

struct cel_regex;
struct cel_function;

struct cel_node {
    uint8_t op;
    bool is_optional; /* a.?b, a[?b] */
    bool is_absolute; /* written with a leading dot */
    bool is_pair;     /* a macro with two variables */
    bool is_min_int;  /* the literal 9223372036854775808: only good when negated */
    uint16_t depth;   /* of the tree below */
    uint16_t slot;
    uint16_t n_args;
    uint16_t probe;  /* the number of a condition, from 1; 0: none */
    uint32_t offset; /* where it begins in the source; an operator: where the operator stands */
    struct cel_node *next;
    struct cel_node *a, *b, *c;
    struct cel_node *args, *last_arg;
    uint32_t wants; /* an argument of a FUNCTION: the kinds that it may have */
    struct str name;
    struct cel_value literal;
    const struct cel_object_type *object; /* FIELD */
    const struct cel_function *function;  /* FUNCTION */
    const struct cel_regex *regex;        /* FUNCTION matches with a constant pattern */
    struct cel_type type;                 /* what the checker found */
};

struct cel_program {
    const struct cel_node *root;
    struct str source;
    size_t n_locals;
    size_t n_variables;
    bool *uses;                               /* per variable */
    const struct cel_node *const *conditions; /* NULL unless they were asked for */
    size_t n_conditions;
};

struct cel_token {
    uint32_t start, end; /* bytes of the source */
};

/* The state of one parse: the lexer's place, the tree's arena, the first error. */
struct cel_parser {
    struct arena *arena;
    struct str source;
    struct str text; /* the source with a zero byte behind it */
    size_t at;
    struct cel_node *root;
    bool failed;
    struct cel_error *error;
};

/* ---- lexer (grammar/cel.re) ---- */

/* The next token's code (CEL_TOK_...), 0 at the end, -1 after reporting an error. */
int cel_lex(struct cel_parser *p, struct cel_token *token);

/* ---- building the tree (cel_ast.c); the grammar's actions ---- */

/* Keeps the first error. */
void cel_fail(struct cel_parser *p, uint32_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* What to say of a token that does not fit. */
void cel_syntax_error(struct cel_parser *p, int code, struct cel_token token);

struct str cel_token_text(const struct cel_parser *p, struct cel_token token);
struct cel_node *cel_node(struct cel_parser *p, enum cel_op op, uint32_t offset);
struct cel_node *cel_unary(struct cel_parser *p, enum cel_op op, struct cel_token at,
                           struct cel_node *a);
struct cel_node *cel_binary(struct cel_parser *p, enum cel_op op, struct cel_token at,
                            struct cel_node *a, struct cel_node *b);
/* && and ||: a chain becomes one node, so that a long one is not deep. */
struct cel_node *cel_chain(struct cel_parser *p, enum cel_op op, struct cel_token at,
                           struct cel_node *a, struct cel_node *b);
struct cel_node *cel_conditional(struct cel_parser *p, struct cel_token at, struct cel_node *a,
                                 struct cel_node *b, struct cel_node *c);
struct cel_node *cel_ident(struct cel_parser *p, struct cel_token name, bool is_absolute);
/* `name` may be quoted with backticks. */
struct cel_node *cel_select(struct cel_parser *p, struct cel_node *a, struct cel_token name,
                            bool is_optional);
struct cel_node *cel_index(struct cel_parser *p, struct cel_token at, struct cel_node *a,
                           struct cel_node *b, bool is_optional);
/* Gives the call in `args` (a node made by `cel_group`) its name. */
struct cel_node *cel_call(struct cel_parser *p, struct cel_token name, bool is_absolute,
                          struct cel_node *receiver, struct cel_node *args);
/* An empty list of nodes of kind CALL, LIST or MAP, and one more of them. */
struct cel_node *cel_group(struct cel_parser *p, enum cel_op op);
struct cel_node *cel_add_arg(struct cel_parser *p, struct cel_node *group, struct cel_node *arg,
                             bool is_optional);
/* (a), which keeps no node of its own. */
struct cel_node *cel_paren(struct cel_parser *p, struct cel_node *a);
/* The group at its place. */
struct cel_node *cel_place(struct cel_node *group, struct cel_token at);

/* ---- literals (cel_literal.c) ---- */

struct cel_node *cel_int_literal(struct cel_parser *p, struct cel_token token);
struct cel_node *cel_uint_literal(struct cel_parser *p, struct cel_token token);
struct cel_node *cel_double_literal(struct cel_parser *p, struct cel_token token);
/* Strings and bytes of every form: the prefix and the quotes say which. */
struct cel_node *cel_text_literal(struct cel_parser *p, struct cel_token token);
struct cel_node *cel_value_literal(struct cel_parser *p, struct cel_token token,
                                   struct cel_value v);

/* ---- checker (cel_check.c) ---- */

/* Resolves names and macros and checks kinds below `root`; false after reporting. */
bool cel_check(struct cel_parser *p, const struct cel_env *env, struct cel_program *program,
               struct cel_node *root);

/* ---- conditions (cel_conditions.c) ---- */

/* Numbers the conditions below `root`, for `cel_run.seen`. */
void cel_mark_conditions(struct arena *a, struct cel_program *program, struct cel_node *root);

/* ---- macros (cel_macro.c): what the checker does with them ---- */

struct cel_macro {
    const char *name;
    uint8_t op;
    uint8_t n_args;    /* of the call, receiver not counted */
    uint8_t n_names;   /* how many of the first ones are names of variables */
    bool has_filter;   /* the argument after the names is a filter */
    bool keeps_source; /* filter: the element itself is collected */
};

/* The macro that `call` (with its receiver in `a`) is, or NULL. */
const struct cel_macro *cel_find_macro(const struct cel_node *call);
/* Name of macro `i`, NULL past the last: for suggestions. */
const char *cel_macro_name(size_t i);

/* ---- functions (cel_functions.c and its likes) ---- */

typedef struct cel_value cel_function_fn(struct cel_run *run, const struct cel_value *args,
                                         size_t n);

/* A function. `kinds` has one letter an argument (the receiver first): see `cel_kind_mask`; a '?'
 * says that what follows is optional, a '*' at the end that the last may repeat. */
struct cel_function {
    const char *name;
    bool is_method;
    const char *kinds;
    struct cel_type result;
    cel_function_fn *call;
};

struct cel_function_table {
    const struct cel_function *v;
    size_t n;
};

extern const struct cel_function_table cel_core_functions, cel_string_functions, cel_math_functions,
    cel_encode_functions;

/* Table `i` of those that are searched, in this order; NULL behind the last. */
const struct cel_function_table *cel_functions(size_t i);

/* Bit (1 << kind) of every kind that the letter allows. */
uint32_t cel_kind_mask(char letter);
/* The letter of argument `i`, or 0 when there may not be so many. */
char cel_argument_letter(const struct cel_function *f, size_t i);
/* Fewest arguments. */
size_t cel_fewest_arguments(const struct cel_function *f);

cel_function_fn cel_fn_matches, cel_fn_format;

/* ---- regular expressions (cel_regex.c) ---- */

/* Compiles a pattern with the syntax of RE2; NULL with a message. Lives in the arena. */
const struct cel_regex *cel_regex_compile(struct arena *a, struct str pattern, struct str *message);
/* Whether it occurs in the text: a bool, or an error of code CEL_ERROR_LIMIT. */
struct cel_value cel_regex_match(struct cel_run *run, const struct cel_regex *regex,
                                 struct str text);

/* ---- values (cel_value.c) ---- */

struct cel_map {
    size_t n;
    const struct cel_value *keys, *values;
    uint32_t *slots; /* hash table of entry numbers + 1; NULL when small */
    size_t n_slots;
};

/* The beginning of a text, at most `most` bytes and no code point cut in two: for messages. */
struct str cel_clip(struct str s, size_t most);

/* What a comparison found; CEL_UNORDERED for NaN and kinds that have no order. */
enum cel_order { CEL_ORDER_LESS = -1, CEL_ORDER_SAME, CEL_ORDER_GREATER, CEL_UNORDERED };
enum cel_order cel_compare(struct cel_value a, struct cel_value b);
static inline bool cel_is_number(struct cel_value v) {
    return v.kind >= CEL_INT && v.kind <= CEL_DOUBLE;
}
const char *cel_kind_name(enum cel_kind kind);

/* A map of `n` entries in the run's memory. Refuses keys of other kinds and repeated keys. */
struct cel_value cel_make_map(struct cel_run *run, const struct cel_value *keys,
                              const struct cel_value *values, size_t n);

/* ---- evaluation (cel_run.c, cel_arith.c, cel_eval.c) ---- */

/* Memory of the run, NULL when there would be too much of it. */
void *cel_alloc(struct cel_run *run, size_t count, size_t size);
/* Takes `n` steps; false when there are not so many left. */
static inline bool cel_step(struct cel_run *run, uint64_t n) {
    if (run->steps_left < n) {
        run->steps_left = 0;
        return false;
    }
    run->steps_left -= n;
    return true;
}
struct cel_value cel_limit(void);
struct cel_value cel_errorf(struct cel_run *run, enum cel_error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A string or bytes of the run, charged. */
struct cel_value cel_text_value(struct cel_run *run, enum cel_kind kind, struct str s);

/* A growing list of values in the run's memory. */
struct cel_values {
    struct cel_value *v;
    size_t n, capacity;
};
bool cel_push(struct cel_run *run, struct cel_values *list, struct cel_value v);

struct cel_value cel_arithmetic(struct cel_run *run, enum cel_op op, struct cel_value a,
                                struct cel_value b);
struct cel_value cel_negate(struct cel_run *run, struct cel_value v);
struct cel_value cel_in(struct cel_run *run, struct cel_value needle, struct cel_value container);
struct cel_value cel_optional_of(struct cel_run *run, struct cel_value v);
static inline struct cel_value cel_optional_none(void) {
    return (struct cel_value){.kind = CEL_OPTIONAL};
}
/* Evaluates a node of constants when compiling. */
struct cel_value cel_eval_constant(struct arena *a, const struct cel_node *n);

#endif
