/* From source to program: lexer, parser, checker. */
#include <stdlib.h>

#include "base/utf8.h"
#include "cel/cel_ast.h"
#include "cel_grammar.h"

void *celParseAlloc(void *(*allocate)(size_t), struct cel_parser *parser);
void celParse(void *lemon, int code, struct cel_token token);
void celParseFree(void *lemon, void (*release)(void *));

static void parse(struct cel_parser *p) {
    void *lemon = celParseAlloc(malloc, p);
    if (!lemon) arena_out_of_memory();
    int code;
    do {
        struct cel_token token;
        code = cel_lex(p, &token);
        if (code >= 0) celParse(lemon, code, token);
    } while (code > 0 && !p->failed);
    celParseFree(lemon, free);
}

static bool is_acceptable(struct cel_parser *p) {
    if (p->source.n > CEL_MAX_SOURCE)
        cel_fail(p, 0, "the expression is longer than %d bytes", CEL_MAX_SOURCE);
    size_t bad = utf8_first_ill_formed(p->source, 0);
    if (bad < p->source.n) cel_fail(p, (uint32_t)bad, "the expression is not UTF-8 here");
    return !p->failed;
}

const struct cel_program *cel_compile(struct arena *a, const struct cel_env *env, struct str source,
                                      struct cel_error *error) {
    struct cel_program *program = ARENA_NEW(a, struct cel_program);
    program->source = source;
    program->n_variables = env->n;
    program->uses = ARENA_ARRAY(a, bool, env->n);
    struct cel_parser p = {.arena = a, .source = source, .error = error};
    if (!is_acceptable(&p)) return NULL;
    p.text = str_copy(a, source);
    parse(&p);
    if (p.failed) return NULL;
    if (!cel_check(&p, env, program, p.root)) return NULL;
    program->root = p.root;
    if (env->conditions) cel_mark_conditions(a, program, p.root);
    return program;
}

struct cel_type cel_result_type(const struct cel_program *p) {
    return p->root->type;
}

bool cel_uses_variable(const struct cel_program *p, size_t index) {
    return index < p->n_variables && p->uses[index];
}
