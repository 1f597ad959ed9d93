/* What names mean: locals of macros, variables, types, functions, fields. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cel/cel_check.h"

/* ---- did you mean ---- */

struct guess {
    struct str name, best;
    size_t distance;
};

static struct guess guess(struct str name) {
    return (struct guess){name, STR_NONE, name.n > 4 ? 3 : name.n > 2 ? 2 : 1};
}

static void consider(struct guess *g, struct str candidate) {
    size_t d = str_distance(g->name, candidate, g->distance);
    if (d >= g->distance) return;
    g->distance = d;
    g->best = candidate;
}

static struct str suggestion(struct cel_checker *c, const struct guess *g) {
    if (!g->best.n) return STR("");
    return str_format(c->parser->arena, "; did you mean '" STR_FMT "'?", STR_ARG(g->best));
}

/* ---- variables and types ---- */

const struct cel_local *cel_find_local(const struct cel_checker *c, struct str name) {
    for (size_t i = c->scope.n; i-- > 0;)
        if (str_equal(c->scope.v[i].name, name)) return &c->scope.v[i];
    return NULL;
}

static bool is_plain_name(struct str name) {
    for (size_t i = 0; i < name.n; i++)
        if (strchr(".-/ ", name.p[i])) return false;
    return true;
}

/* Writes "a.b.c" for the chain of selections that `n` is. Gives the identifier it begins with, or
 * NULL when it is no such chain or begins with a local. */
static const struct cel_node *chain_name(const struct cel_checker *c, const struct cel_node *n,
                                         struct buf *b) {
    if (n->op == CEL_NODE_IDENT) {
        if (!n->is_absolute && cel_find_local(c, n->name)) return NULL;
        buf_add(b, n->name);
        return n;
    }
    if (n->op != CEL_NODE_SELECT || n->is_optional || !is_plain_name(n->name)) return NULL;
    const struct cel_node *root = chain_name(c, n->a, b);
    if (!root) return NULL;
    buf_add_char(b, '.');
    buf_add(b, n->name);
    return root;
}

static bool use_variable(struct cel_checker *c, struct cel_node *n, struct str name) {
    for (size_t i = 0; i < c->env->n; i++) {
        if (!str_equal(name, str_from(c->env->variables[i].name))) continue;
        n->op = CEL_NODE_VARIABLE;
        n->slot = (uint16_t)i;
        n->type = c->env->no_check ? cel_simple_type(CEL_DYN) : c->env->variables[i].type;
        c->program->uses[i] = true;
        return true;
    }
    return false;
}

static bool use_type(struct cel_node *n, struct str name) {
    static const enum cel_kind kinds[] = {CEL_NULL,   CEL_BOOL,       CEL_INT,     CEL_UINT,
                                          CEL_DOUBLE, CEL_STRING,     CEL_BYTES,   CEL_LIST,
                                          CEL_MAP,    CEL_TYPE_VALUE, CEL_OPTIONAL};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!str_equal(name, str_from(cel_kind_name(kinds[i])))) continue;
        n->op = CEL_NODE_LITERAL;
        n->literal = cel_type_value(cel_kind_name(kinds[i]));
        n->type = cel_simple_type(CEL_TYPE_VALUE);
        return true;
    }
    return false;
}

/* The next shorter namespace of "a.b.c": "a.b", "a", "". False when `*space` is empty. */
static bool leave_namespace(struct str *space) {
    if (!space->n) return false;
    while (space->n && space->p[space->n - 1] != '.') space->n--;
    if (space->n) space->n--;
    return true;
}

static struct str in_namespace(struct cel_checker *c, struct str space, struct str name) {
    if (!space.n) return name;
    return str_format(c->parser->arena, STR_FMT "." STR_FMT, STR_ARG(space), STR_ARG(name));
}

bool cel_resolve_name(struct cel_checker *c, struct cel_node *n) {
    const struct cel_local *local;
    if (n->op == CEL_NODE_IDENT && !n->is_absolute && (local = cel_find_local(c, n->name))) {
        n->op = CEL_NODE_LOCAL;
        n->slot = local->slot;
        n->type = local->type;
        return true;
    }
    struct buf b = buf_new(c->parser->arena);
    const struct cel_node *root = chain_name(c, n, &b);
    if (!root) return false;
    struct str space = root->is_absolute ? STR_NONE : c->env->container;
    do {
        struct str name = in_namespace(c, space, buf_str(&b));
        if (use_variable(c, n, name) || use_type(n, name)) return true;
    } while (leave_namespace(&space));
    return false;
}

void cel_unknown_variable(struct cel_checker *c, struct cel_node *n) {
    struct guess g = guess(n->name);
    for (size_t i = 0; i < c->env->n; i++) consider(&g, str_from(c->env->variables[i].name));
    for (size_t i = 0; i < c->scope.n; i++) consider(&g, c->scope.v[i].name);
    struct str hint = suggestion(c, &g);
    cel_make_fail(c, n, CEL_ERROR_NAME, "unknown name '" STR_FMT "'" STR_FMT, STR_ARG(n->name),
                  STR_ARG(hint));
}

/* ---- functions ---- */

static const struct cel_function *find_function(struct str name, bool is_method) {
    const struct cel_function_table *table;
    for (size_t t = 0; (table = cel_functions(t)); t++)
        for (size_t i = 0; i < table->n; i++)
            if (table->v[i].is_method == is_method && str_equal(name, str_from(table->v[i].name)))
                return &table->v[i];
    return NULL;
}

static const struct cel_function *find_qualified(struct cel_checker *c, struct str name,
                                                 bool is_absolute) {
    struct str space = is_absolute ? STR_NONE : c->env->container;
    do {
        const struct cel_function *f = find_function(in_namespace(c, space, name), false);
        if (f) return f;
    } while (leave_namespace(&space));
    return NULL;
}

const struct cel_function *cel_resolve_function(struct cel_checker *c, struct cel_node *call) {
    if (!call->a) return find_qualified(c, call->name, call->is_absolute);
    struct buf b = buf_new(c->parser->arena);
    const struct cel_node *root = chain_name(c, call->a, &b);
    if (root) {
        buf_add_char(&b, '.');
        buf_add(&b, call->name);
        const struct cel_function *f = find_qualified(c, buf_str(&b), root->is_absolute);
        if (f) {
            call->a = NULL;
            return f;
        }
    }
    return find_function(call->name, true);
}

/* Whether functions have names that begin with "space.". */
static bool is_namespace(struct str space) {
    const struct cel_function_table *table;
    for (size_t t = 0; (table = cel_functions(t)); t++)
        for (size_t i = 0; i < table->n; i++) {
            struct str name = str_from(table->v[i].name);
            if (name.n > space.n && name.p[space.n] == '.' && str_starts(name, space)) return true;
        }
    return false;
}

static void consider_functions(struct guess *g, bool is_method) {
    const struct cel_function_table *table;
    for (size_t t = 0; (table = cel_functions(t)); t++)
        for (size_t i = 0; i < table->n; i++)
            if (table->v[i].is_method == is_method) consider(g, str_from(table->v[i].name));
    if (is_method) {
        for (size_t i = 0; cel_macro_name(i); i++) consider(g, str_from(cel_macro_name(i)));
    } else {
        consider(g, STR("has"));
    }
}

void cel_unknown_function(struct cel_checker *c, struct cel_node *n) {
    struct str name = n->name;
    bool is_method = n->a != NULL;
    if (find_function(name, !is_method)) {
        cel_make_fail(c, n, CEL_ERROR_OVERLOAD,
                      is_method ? "'" STR_FMT "' is called as " STR_FMT "(x)"
                                : "'" STR_FMT "' is called as x." STR_FMT "(...)",
                      STR_ARG(name), STR_ARG(name));
        return;
    }
    if (is_method && n->a->op == CEL_NODE_IDENT && is_namespace(n->a->name)) {
        name = in_namespace(c, n->a->name, name);
        is_method = false;
    }
    struct guess g = guess(name);
    consider_functions(&g, is_method);
    struct str hint = suggestion(c, &g);
    cel_make_fail(c, n, CEL_ERROR_NAME, "unknown function '" STR_FMT "'" STR_FMT, STR_ARG(name),
                  STR_ARG(hint));
}

/* ---- fields ---- */

size_t cel_resolve_field(struct cel_checker *c, struct cel_node *n,
                         const struct cel_object_type *type) {
    for (size_t i = 0; i < type->n_fields; i++)
        if (str_equal(n->name, str_from(type->fields[i].name))) return i;
    struct guess g = guess(n->name);
    for (size_t i = 0; i < type->n_fields; i++) consider(&g, str_from(type->fields[i].name));
    struct str hint = suggestion(c, &g);
    cel_make_fail(c, n, CEL_ERROR_NAME, "%s has no field '" STR_FMT "'" STR_FMT, type->name,
                  STR_ARG(n->name), STR_ARG(hint));
    return SIZE_MAX;
}

void cel_make_fail(struct cel_checker *c, struct cel_node *n, enum cel_error_code code,
                   const char *format, ...) {
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!c->env->no_check) {
        cel_fail(c->parser, n->offset, "%s", text);
        return;
    }
    n->op = CEL_NODE_FAIL;
    n->literal = cel_failure(code, str_copy(c->parser->arena, str_from(text)));
    n->type = cel_simple_type(CEL_DYN);
}
