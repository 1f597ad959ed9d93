// The grammar of CEL. Names and macros are told apart later, by the checker.
%name celParse
%token_prefix CEL_TOK_
%token_type {struct cel_token}
%default_type {struct cel_node *}
%extra_context {struct cel_parser *parser}
// The stack grows as needed: a source of CEL_MAX_SOURCE bytes bounds it.
%stack_size 0

%include {
#include "cel/cel_ast.h"
#include <stdlib.h>
}
%syntax_error { cel_syntax_error(parser, yymajor, TOKEN); }
%stack_overflow { cel_fail(parser, 0, "the expression is nested too deeply"); }

program ::= expr(E). { parser->root = E; }

expr(R) ::= or(R).
expr(R) ::= or(A) QUESTION(T) or(B) COLON expr(C). { R = cel_conditional(parser, T, A, B, C); }

or(R) ::= and(R).
or(R) ::= or(A) OR(T) and(B). { R = cel_chain(parser, CEL_NODE_OR, T, A, B); }

and(R) ::= relation(R).
and(R) ::= and(A) AND(T) relation(B). { R = cel_chain(parser, CEL_NODE_AND, T, A, B); }

relation(R) ::= sum(R).
relation(R) ::= relation(A) EQ(T) sum(B). { R = cel_binary(parser, CEL_NODE_EQUAL, T, A, B); }
relation(R) ::= relation(A) NE(T) sum(B). { R = cel_binary(parser, CEL_NODE_NOT_EQUAL, T, A, B); }
relation(R) ::= relation(A) LT(T) sum(B). { R = cel_binary(parser, CEL_NODE_LESS, T, A, B); }
relation(R) ::= relation(A) LE(T) sum(B). { R = cel_binary(parser, CEL_NODE_LESS_EQUAL, T, A, B); }
relation(R) ::= relation(A) GT(T) sum(B). { R = cel_binary(parser, CEL_NODE_GREATER, T, A, B); }
relation(R) ::= relation(A) GE(T) sum(B). { R = cel_binary(parser, CEL_NODE_GREATER_EQUAL, T, A, B); }
relation(R) ::= relation(A) IN(T) sum(B). { R = cel_binary(parser, CEL_NODE_IN, T, A, B); }

sum(R) ::= product(R).
sum(R) ::= sum(A) PLUS(T) product(B).  { R = cel_binary(parser, CEL_NODE_ADD, T, A, B); }
sum(R) ::= sum(A) MINUS(T) product(B). { R = cel_binary(parser, CEL_NODE_SUBTRACT, T, A, B); }

product(R) ::= unary(R).
product(R) ::= product(A) STAR(T) unary(B).    { R = cel_binary(parser, CEL_NODE_MULTIPLY, T, A, B); }
product(R) ::= product(A) SLASH(T) unary(B).   { R = cel_binary(parser, CEL_NODE_DIVIDE, T, A, B); }
product(R) ::= product(A) PERCENT(T) unary(B). { R = cel_binary(parser, CEL_NODE_MODULO, T, A, B); }

unary(R) ::= member(R).
unary(R) ::= NOT(T) not(A).     { R = cel_unary(parser, CEL_NODE_NOT, T, A); }
unary(R) ::= MINUS(T) minus(A). { R = cel_unary(parser, CEL_NODE_NEGATE, T, A); }
not(R) ::= member(R).
not(R) ::= NOT(T) not(A). { R = cel_unary(parser, CEL_NODE_NOT, T, A); }
minus(R) ::= member(R).
minus(R) ::= MINUS(T) minus(A). { R = cel_unary(parser, CEL_NODE_NEGATE, T, A); }

member(R) ::= primary(R).
member(R) ::= member(A) DOT field(N).          { R = cel_select(parser, A, N, false); }
member(R) ::= member(A) DOT QUESTION field(N). { R = cel_select(parser, A, N, true); }
member(R) ::= member(A) DOT method(N) LPAREN arguments(G) RPAREN.
                                               { R = cel_call(parser, N, false, A, G); }
member(R) ::= member(A) LBRACKET(T) expr(B) RBRACKET. { R = cel_index(parser, T, A, B, false); }
member(R) ::= member(A) LBRACKET(T) QUESTION expr(B) RBRACKET. { R = cel_index(parser, T, A, B, true); }

primary(R) ::= IDENT(N).     { R = cel_ident(parser, N, false); }
primary(R) ::= DOT IDENT(N). { R = cel_ident(parser, N, true); }
primary(R) ::= IDENT(N) LPAREN arguments(G) RPAREN.     { R = cel_call(parser, N, false, NULL, G); }
primary(R) ::= DOT IDENT(N) LPAREN arguments(G) RPAREN. { R = cel_call(parser, N, true, NULL, G); }
primary(R) ::= LPAREN expr(A) RPAREN.                   { R = cel_paren(parser, A); }
primary(R) ::= LBRACKET(T) elements(G) RBRACKET.        { R = cel_place(G, T); }
primary(R) ::= LBRACE(T) entries(G) RBRACE.             { R = cel_place(G, T); }
primary(R) ::= INT(T).    { R = cel_int_literal(parser, T); }
primary(R) ::= UINT(T).   { R = cel_uint_literal(parser, T); }
primary(R) ::= DOUBLE(T). { R = cel_double_literal(parser, T); }
primary(R) ::= TEXT(T).   { R = cel_text_literal(parser, T); }
primary(R) ::= TRUE(T).   { R = cel_value_literal(parser, T, cel_bool(true)); }
primary(R) ::= FALSE(T).  { R = cel_value_literal(parser, T, cel_bool(false)); }
primary(R) ::= NULL(T).   { R = cel_value_literal(parser, T, cel_null()); }

%type field {struct cel_token}
%type method {struct cel_token}
field(R) ::= method(R).
field(R) ::= QUOTED(R).
method(R) ::= IDENT(R).
method(R) ::= RESERVED(R).

arguments(R) ::= . { R = cel_group(parser, CEL_NODE_CALL); }
arguments(R) ::= some_arguments(R).
some_arguments(R) ::= expr(A). { R = cel_add_arg(parser, cel_group(parser, CEL_NODE_CALL), A, false); }
some_arguments(R) ::= some_arguments(G) COMMA expr(A). { R = cel_add_arg(parser, G, A, false); }

elements(R) ::= . { R = cel_group(parser, CEL_NODE_LIST); }
elements(R) ::= some_elements(R).
elements(R) ::= some_elements(R) COMMA.
some_elements(R) ::= optional(Q) expr(A). { R = cel_add_arg(parser, cel_group(parser, CEL_NODE_LIST), A, Q); }
some_elements(R) ::= some_elements(G) COMMA optional(Q) expr(A). { R = cel_add_arg(parser, G, A, Q); }

entries(R) ::= . { R = cel_group(parser, CEL_NODE_MAP); }
entries(R) ::= some_entries(R).
entries(R) ::= some_entries(R) COMMA.
some_entries(R) ::= optional(Q) expr(K) COLON expr(V).
    { R = cel_add_arg(parser, cel_add_arg(parser, cel_group(parser, CEL_NODE_MAP), K, Q), V, false); }
some_entries(R) ::= some_entries(G) COMMA optional(Q) expr(K) COLON expr(V).
    { R = cel_add_arg(parser, cel_add_arg(parser, G, K, Q), V, false); }

%type optional {bool}
optional(R) ::= .         { R = false; }
optional(R) ::= QUESTION. { R = true; }
