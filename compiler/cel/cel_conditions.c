/* The conditions within an expression: what `&&`, `||`, `?:` and the macros decide by. Each gets a
 * number, under which an evaluation notes that it was true, or false. */
#include <string.h>

#include "base/buf.h"
#include "cel/cel_ast.h"
#include "cel_grammar.h"

/* ---- finding them ------------------------------------------------------------------------------
 */

struct marking {
    struct arena *arena;
    ARRAY(const struct cel_node *) found;
};

static void walk(struct marking *m, struct cel_node *n, bool decides);

static void walk_parts(struct marking *m, struct cel_node *n) {
    walk(m, n->a, false);
    walk(m, n->b, false);
    walk(m, n->c, false);
    for (struct cel_node *arg = n->args; arg; arg = arg->next) walk(m, arg, false);
}

static void mark(struct marking *m, struct cel_node *n) {
    if (n->op == CEL_NODE_LITERAL || n->probe || m->found.n == UINT16_MAX - 1) return;
    ARRAY_PUSH(m->arena, m->found) = n;
    n->probe = (uint16_t)m->found.n;
}

/* `decides`: the value of the node is one that something is decided by. What is made of several
 * conditions is not one itself. As deep as the tree is: CEL_MAX_DEPTH at most. */
static void walk(struct marking *m, struct cel_node *n, bool decides) {
    if (!n) return;
    switch ((enum cel_op)n->op) {
    case CEL_NODE_AND:
    case CEL_NODE_OR:
        for (struct cel_node *arg = n->args; arg; arg = arg->next) walk(m, arg, true);
        return;
    case CEL_NODE_NOT: walk(m, n->a, decides); return;
    case CEL_NODE_CONDITIONAL:
        walk(m, n->a, true);
        walk(m, n->b, decides);
        walk(m, n->c, decides);
        return;
    case CEL_NODE_BIND:
        walk(m, n->a, false);
        walk(m, n->b, decides);
        return;
    case CEL_NODE_ALL:
    case CEL_NODE_EXISTS:
    case CEL_NODE_EXISTS_ONE:
        if (decides) mark(m, n);
        walk(m, n->a, false);
        walk(m, n->b, true);
        return;
    case CEL_NODE_COLLECT:
    case CEL_NODE_COLLECT_MAP:
    case CEL_NODE_COLLECT_ENTRY:
        walk(m, n->a, false);
        walk(m, n->c, true);
        walk(m, n->b, false);
        return;
    default:
        if (decides) mark(m, n);
        walk_parts(m, n);
    }
}

void cel_mark_conditions(struct arena *a, struct cel_program *program, struct cel_node *root) {
    struct marking m = {.arena = a};
    walk(&m, root, true);
    program->conditions = m.found.v;
    program->n_conditions = m.found.n;
}

size_t cel_condition_count(const struct cel_program *p) {
    return p->n_conditions;
}

/* ---- how they are written ----------------------------------------------------------------------
 */

struct token {
    int code;
    struct cel_token at;
};

struct tokens {
    ARRAY(struct token) v;
};

static struct tokens tokens_of(struct arena *a, struct str source) {
    struct cel_error error;
    struct cel_parser p = {
        .arena = a, .source = source, .text = str_copy(a, source), .error = &error};
    struct tokens tokens = {0};
    struct token t;
    while ((t.code = cel_lex(&p, &t.at)) > 0) ARRAY_PUSH(a, tokens.v) = t;
    return tokens;
}

/* Where the first and the last token stand that a node below this one is known by. */
struct extent {
    uint32_t first, last;
};

static void extend(struct extent *e, const struct cel_node *n) {
    if (n->offset < e->first) e->first = n->offset;
    if (n->offset > e->last) e->last = n->offset;
    if (n->a) extend(e, n->a);
    if (n->b) extend(e, n->b);
    if (n->c) extend(e, n->c);
    for (const struct cel_node *arg = n->args; arg; arg = arg->next) extend(e, arg);
}

static int depth_of(int code) {
    if (code == CEL_TOK_LPAREN || code == CEL_TOK_LBRACKET || code == CEL_TOK_LBRACE) return 1;
    if (code == CEL_TOK_RPAREN || code == CEL_TOK_RBRACKET || code == CEL_TOK_RBRACE) return -1;
    return 0;
}

static bool ends_condition(int code) {
    return code == CEL_TOK_AND || code == CEL_TOK_OR || code == CEL_TOK_QUESTION ||
           code == CEL_TOK_COLON || code == CEL_TOK_COMMA || depth_of(code) < 0;
}

/* From its first token a condition goes on, past its last one, to the next that ends one outside of
 * its brackets. A bracket that closes before that was opened right before the first token. */
static struct str text_of(const struct tokens *t, struct str source, size_t first, uint32_t to) {
    size_t last = first;
    int depth = 0;
    for (size_t at = first; at < t->v.n; at++) {
        int code = t->v.v[at].code;
        bool inside = t->v.v[at].at.start <= to;
        bool closes = depth == 0 && depth_of(code) < 0;
        bool goes_on = inside || (at + 1 < t->v.n && !ends_condition(t->v.v[at + 1].code));
        if (closes && first && goes_on)
            first--;
        else if (closes || (depth == 0 && !inside && ends_condition(code)))
            break;
        else
            depth += depth_of(code);
        last = at;
    }
    return str_slice(source, t->v.v[first].at.start, t->v.v[last].at.end);
}

struct str cel_condition_text(struct arena *a, const struct cel_program *p, size_t i,
                              uint32_t *offset) {
    struct tokens tokens = tokens_of(a, p->source);
    struct extent e = {UINT32_MAX, 0};
    extend(&e, p->conditions[i]);
    size_t first = 0;
    while (first + 1 < tokens.v.n && tokens.v.v[first].at.start < e.first) first++;
    if (!tokens.v.n) return p->source;
    struct str text = text_of(&tokens, p->source, first, e.last);
    *offset = (uint32_t)(text.p - p->source.p);
    return text;
}
