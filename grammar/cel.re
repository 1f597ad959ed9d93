/* Tokens of CEL. A string literal is one token, quotes and prefix included; what it stands for is
 * worked out when the tree is built. */
#include "cel_grammar.h"
#include "cel/cel_ast.h"

/* ORDER CEL_RESERVED: words that may become keywords; good as field names, not as variables. */
static const char *const reserved[] = {"as",    "break",  "const",   "continue",  "else",   "for",
                                       "function", "if",  "import",  "let",       "loop",   "package",
                                       "namespace", "return", "var", "void",      "while"};

static int word(const struct cel_parser *p, struct cel_token t) {
    struct str text = cel_token_text(p, t);
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (str_equal(text, str_from(reserved[i]))) return CEL_TOK_RESERVED;
    return CEL_TOK_IDENT;
}

static int wrong(struct cel_parser *p, uint32_t at, const char *message) {
    cel_fail(p, at, "%s", message);
    return -1;
}

int cel_lex(struct cel_parser *p, struct cel_token *token) {
    const unsigned char *start = (const unsigned char *)p->text.p;
    const unsigned char *YYCURSOR = start + p->at;
    const unsigned char *YYLIMIT = start + p->text.n;
    const unsigned char *YYMARKER = YYCURSOR;
    const unsigned char *begin;

#define TOKEN(code)                                                                                \
    do {                                                                                           \
        token->start = (uint32_t)(begin - start);                                                  \
        token->end = (uint32_t)(YYCURSOR - start);                                                 \
        p->at = token->end;                                                                        \
        return (code);                                                                             \
    } while (0)
#define WRONG(message) return wrong(p, (uint32_t)(begin - start), message)

    for (;;) {
        begin = YYCURSOR;
        /*!re2c
        re2c:define:YYCTYPE = "unsigned char";
        re2c:yyfill:enable = 0;
        re2c:eof = 0;

        digits = [0-9]+;
        exponent = [eE] [+-]? digits;
        integer = digits | "0x" [0-9a-fA-F]+;
        single = "'" ([^'\\\r\n] | "\\" [^\r\n])* "'";
        double = '"' ([^"\\\r\n] | "\\" [^\r\n])* '"';
        triple_single = "'''" (("'" | "''")? ([^'\\] | "\\" [^]))* "'''";
        triple_double = '"""' (('"' | '""')? ([^"\\] | "\\" [^]))* '"""';
        raw_single = "'" [^'\r\n]* "'";
        raw_double = '"' [^"\r\n]* '"';
        raw_triple_single = "'''" (("'" | "''")? [^'])* "'''";
        raw_triple_double = '"""' (('"' | '""')? [^"])* '"""';
        quoted = single | double | triple_single | triple_double;
        raw = [rR] (raw_single | raw_double | raw_triple_single | raw_triple_double);

        [ \t\r\n\f]+            { continue; }
        "//" [^\n]*             { continue; }
        $                       { TOKEN(0); }

        integer                 { TOKEN(CEL_TOK_INT); }
        integer [uU]            { TOKEN(CEL_TOK_UINT); }
        digits exponent | [0-9]* "." digits exponent?   { TOKEN(CEL_TOK_DOUBLE); }
        [bB]? (quoted | raw)    { TOKEN(CEL_TOK_TEXT); }
        [bB]? [rR]? (['] | ["]) { WRONG("this text has no closing quote (on the same line, unless "
                                        "it begins with three quotes)"); }

        "true"                  { TOKEN(CEL_TOK_TRUE); }
        "false"                 { TOKEN(CEL_TOK_FALSE); }
        "null"                  { TOKEN(CEL_TOK_NULL); }
        "in"                    { TOKEN(CEL_TOK_IN); }
        [a-zA-Z_] [a-zA-Z0-9_]* {
            token->start = (uint32_t)(begin - start);
            token->end = (uint32_t)(YYCURSOR - start);
            TOKEN(word(p, *token));
        }
        "`" [a-zA-Z0-9_.\-/ ]+ "`" { TOKEN(CEL_TOK_QUOTED); }

        "?"   { TOKEN(CEL_TOK_QUESTION); }
        ":"   { TOKEN(CEL_TOK_COLON); }
        "||"  { TOKEN(CEL_TOK_OR); }
        "&&"  { TOKEN(CEL_TOK_AND); }
        "=="  { TOKEN(CEL_TOK_EQ); }
        "!="  { TOKEN(CEL_TOK_NE); }
        "<"   { TOKEN(CEL_TOK_LT); }
        "<="  { TOKEN(CEL_TOK_LE); }
        ">"   { TOKEN(CEL_TOK_GT); }
        ">="  { TOKEN(CEL_TOK_GE); }
        "+"   { TOKEN(CEL_TOK_PLUS); }
        "-"   { TOKEN(CEL_TOK_MINUS); }
        "*"   { TOKEN(CEL_TOK_STAR); }
        "/"   { TOKEN(CEL_TOK_SLASH); }
        "%"   { TOKEN(CEL_TOK_PERCENT); }
        "!"   { TOKEN(CEL_TOK_NOT); }
        "."   { TOKEN(CEL_TOK_DOT); }
        ","   { TOKEN(CEL_TOK_COMMA); }
        "("   { TOKEN(CEL_TOK_LPAREN); }
        ")"   { TOKEN(CEL_TOK_RPAREN); }
        "["   { TOKEN(CEL_TOK_LBRACKET); }
        "]"   { TOKEN(CEL_TOK_RBRACKET); }
        "{"   { TOKEN(CEL_TOK_LBRACE); }
        "}"   { TOKEN(CEL_TOK_RBRACE); }
        "="   { WRONG("a single '=' means nothing here: equality is written '=='"); }
        "&"   { WRONG("a single '&' means nothing here: 'and' is written '&&'"); }
        "|"   { WRONG("a single '|' means nothing here: 'or' is written '||'"); }
        "`"   { WRONG("a name in backticks ends with a backtick and has only letters, digits, "
                      "'_', '.', '-', '/' and blanks"); }
        *     { WRONG("this character has no meaning in an expression outside of a text"); }
        */
    }
}
