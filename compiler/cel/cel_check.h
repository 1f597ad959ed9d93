/* What the parts of the checker share: cel_check.c goes through the tree, cel_names.c finds what
 * names mean, cel_types.c knows which kinds go together. */
#ifndef CLAWC_POLICY_CEL_CHECK_H
#define CLAWC_POLICY_CEL_CHECK_H

#include "cel/cel_ast.h"

/* A variable of a macro. */
struct cel_local {
    struct str name;
    struct cel_type type;
    uint16_t slot;
};

struct cel_checker {
    struct cel_parser *parser;
    const struct cel_env *env;
    struct cel_program *program;
    ARRAY(struct cel_local) scope; /* innermost last */
    size_t n_patterns;             /* constant regular expressions so far */
};

/* ---- names ---- */

/* The local of that name, or NULL. */
const struct cel_local *cel_find_local(const struct cel_checker *c, struct str name);
/* Turns an identifier, or a chain of selections that is the dotted name of a variable or type, into
 * that. False when it is none. */
bool cel_resolve_name(struct cel_checker *c, struct cel_node *n);
/* The function that a call names; a namespace ("math" in math.abs) that was parsed as the receiver
 * is dropped. NULL when there is none. */
const struct cel_function *cel_resolve_function(struct cel_checker *c, struct cel_node *call);
/* Reports a name that means nothing (or, unchecked, makes the node fail when evaluated). */
void cel_unknown_variable(struct cel_checker *c, struct cel_node *n);
void cel_unknown_function(struct cel_checker *c, struct cel_node *n);
/* The number of a field, or SIZE_MAX after reporting that there is none. */
size_t cel_resolve_field(struct cel_checker *c, struct cel_node *n,
                         const struct cel_object_type *type);
/* Makes the node an error when it is evaluated. */
void cel_make_fail(struct cel_checker *c, struct cel_node *n, enum cel_error_code code,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));

/* ---- types ---- */

struct cel_type cel_simple_type(enum cel_kind kind);
/* list(T), map(T), optional(T); of T only what fits is kept. */
struct cel_type cel_type_of(enum cel_kind outer, struct cel_type element);
/* T of list(T), map(T), optional(T). */
struct cel_type cel_element_type(struct cel_type t);
/* A type for values of either; null goes with everything. */
struct cel_type cel_join_types(struct cel_type a, struct cel_type b);
/* "list of agent", for messages. */
struct str cel_type_text(struct arena *a, struct cel_type t);

/* Reports an operator's operands of kinds that it can never take, and gives its type. */
struct cel_type cel_check_operator(struct cel_checker *c, struct cel_node *n);
/* Reports unless the node may be of this kind. */
void cel_require(struct cel_checker *c, const struct cel_node *n, enum cel_kind kind,
                 const char *what);
/* Reports arguments that the function can never take; sets what each wants. */
void cel_check_arguments(struct cel_checker *c, struct cel_node *call,
                         const struct cel_function *f);
/* Reports, unless the expression is not checked. */
void cel_mismatch(struct cel_checker *c, const struct cel_node *n, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
