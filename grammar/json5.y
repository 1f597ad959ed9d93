/* The grammar of JSON5. The scanner makes the node of every scalar and of every opening bracket, so
 * a token's value is a node; the actions link nodes into the tree (syntax/json5_build.c).
 *
 * A key with its colon directly behind is one token, KEY. A key whose colon stands apart (a comment
 * or a line between them) is a STRING, NAME or LITERAL and then a COLON. Scalars are not reduced to
 * `value` where a member or an element begins with them: one reduction for a member instead of
 * three is a fifth of the time of a parse. */
%name json5_grammar
%token_prefix JSON5_
%token_type {struct json5_value}
%extra_context {struct json5_parser *parser}
%stack_size 0

%include {
/* Lemon's traces and assertions are of use to its author; they cost a tenth of the time. */
#undef NDEBUG
#define NDEBUG 1
#include "syntax/json5_parser.h"

/* A token that does not fit is handed back by `%syntax_error`, with what would have fitted, and
 * leaves the state as it is: syntax/json5_recover.c repairs the input and goes on from there. */
#define YYNOERRORRECOVERY 1

/* The terminals after which the parse could go on, as a set of bits: read off the parser's tables.
 * Defined below, where the tables are known. */
static uint32_t expected_tokens(int state);
}

%token LBRACE RBRACE LBRACKET RBRACKET COMMA COLON KEY STRING NAME LITERAL NUMBER.
/* What the scanner cannot make sense of. In no rule. */
%token JUNK.
%token_class scalar STRING|LITERAL|NUMBER.

%syntax_error { json5_refuse(parser, expected_tokens(yypParser->yytos->stateno)); }
%stack_overflow { arena_out_of_memory(); }

document ::= value(V). { json5_root(parser, V); }

%type value {node_id}
value(A) ::= scalar(T). { A = T.id; }
value(A) ::= nested(N). { A = N; }

/* One comma may stand before the closing bracket, behind at least one member or element. */
%type nested {node_id}
nested(A) ::= open_object RBRACE(E).               { A = json5_close(parser, E); }
nested(A) ::= open_object members RBRACE(E).       { A = json5_close(parser, E); }
nested(A) ::= open_object members COMMA RBRACE(E). { A = json5_close(parser, E); }
nested(A) ::= open_array RBRACKET(E).                 { A = json5_close(parser, E); }
nested(A) ::= open_array elements RBRACKET(E).        { A = json5_close(parser, E); }
nested(A) ::= open_array elements COMMA RBRACKET(E).  { A = json5_close(parser, E); }

open_object ::= LBRACE(T).  { json5_open(parser, T.id); }
open_array ::= LBRACKET(T). { json5_open(parser, T.id); }

members ::= KEY(K) scalar(T).                   { json5_add_member(parser, K, T.id); }
members ::= KEY(K) nested(N).                   { json5_add_member(parser, K, N); }
members ::= key(K) COLON value(V).              { json5_add_member(parser, K, V); }
members ::= members COMMA KEY(K) scalar(T).     { json5_add_member(parser, K, T.id); }
members ::= members COMMA KEY(K) nested(N).     { json5_add_member(parser, K, N); }
members ::= members COMMA key(K) COLON value(V). { json5_add_member(parser, K, V); }

%type key {struct json5_value}
key(A) ::= NAME(T).    { A = T; }
key(A) ::= STRING(T).  { A = json5_scalar_key(parser, T); }
key(A) ::= LITERAL(T). { A = json5_scalar_key(parser, T); }

elements ::= scalar(T).                { json5_add_element(parser, T.id); }
elements ::= nested(N).                { json5_add_element(parser, N); }
elements ::= elements COMMA scalar(T). { json5_add_element(parser, T.id); }
elements ::= elements COMMA nested(N). { json5_add_element(parser, N); }

%code {
static uint32_t expected_tokens(int state) {
    uint32_t set = 0;
    for (int token = 0; token <= JSON5_JUNK; token++)
        if (yy_find_shift_action((YYCODETYPE)token, (YYACTIONTYPE)state) != YY_ERROR_ACTION)
            set |= UINT32_C(1) << token;
    return set;
}
}
