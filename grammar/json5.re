/* The scanner of JSON5. Strings and comments are skipped in blocks of bytes (syntax/json5_skip.h);
 * the automaton is for the rest. A text has zero bytes behind it (SOURCE_PADDING), which end every
 * token, so that nothing tests for the end of the text but the rule for the byte zero. */
#include "syntax/json5_parser.h"
#include "syntax/json5_skip.h"

/* The token is a KEY when its colon follows, but for blanks. */
static inline const char *behind_colon(const char *at) {
    while (*at == ' ' || *at == '\t') at++;
    return *at == ':' ? at + 1 : NULL;
}

static inline int key_or(struct json5_parser *p, int token, const char *end) {
    const char *behind = behind_colon(end);
    p->at = behind ? behind : end;
    return behind ? JSON5_KEY : token;
}

static inline int string(struct json5_parser *p, const char *start, struct json5_value *v) {
    const char *end = json5_skip_plain(start + 1, *start);
    struct str text = {start + 1, (size_t)(end - start - 1)};
    end = *end == *start ? end + 1 : json5_string_rest(p, start, end, &text);
    const char *behind = behind_colon(end);
    if (behind) {
        p->at = behind;
        *v = (struct json5_value){json5_intern(p, text.p, text.n), (uint32_t)(start - p->text)};
        return JSON5_KEY;
    }
    p->at = end;
    struct node *n = json5_node(p, NODE_STRING, start, end, v);
    n->u.text = text.p;
    n->n = (uint32_t)text.n;
    return JSON5_STRING;
}

static inline int name(struct json5_parser *p, const char *start, const char *end,
                       struct json5_value *v) {
    *v = (struct json5_value){json5_intern(p, start, (size_t)(end - start)),
                              (uint32_t)(start - p->text)};
    return key_or(p, JSON5_NAME, end);
}

/* A name that is not all ASCII letters: it may hold escapes. */
static int wide_name(struct json5_parser *p, const char *start, const char *end,
                     struct json5_value *v) {
    struct str text;
    p->at = end;
    p->non_ascii = true;
    if (!json5_name_decode(p, (struct str){start, (size_t)(end - start)}, &text)) return JSON5_JUNK;
    *v = (struct json5_value){json5_intern(p, text.p, text.n), (uint32_t)(start - p->text)};
    return key_or(p, JSON5_NAME, end);
}

/* true, false, null, NaN, Infinity: each may be a key too. */
static int literal(struct json5_parser *p, const char *start, const char *end,
                   struct json5_value *v, enum node_kind kind, double value) {
    int token = name(p, start, end, v);
    if (token == JSON5_KEY) return token;
    struct node *n = json5_node(p, kind, start, end, v);
    if (kind == NODE_BOOL) n->u.boolean = value != 0;
    if (kind == NODE_NUMBER) n->u.number = value;
    return JSON5_LITERAL;
}

static int number(struct json5_parser *p, const char *start, const char *end,
                  struct json5_value *v) {
    p->at = end;
    json5_node(p, NODE_NUMBER, start, end, v)->u.number =
        json5_number((struct str){start, (size_t)(end - start)});
    return JSON5_NUMBER;
}

static inline int bracket(struct json5_parser *p, int token, const char *start,
                          struct json5_value *v) {
    p->at = start + 1;
    *v = (struct json5_value){0, (uint32_t)(start - p->text)};
    return token;
}

static inline int open_bracket(struct json5_parser *p, int token, enum node_kind kind,
                               const char *start, struct json5_value *v) {
    p->at = start + 1;
    json5_node(p, kind, start, start + 1, v);
    return token;
}

static int junk(struct json5_parser *p, const char *end) {
    p->at = end;
    return JSON5_JUNK;
}

/*!include:re2c "json5_classes.re" */

int json5_scan(struct json5_parser *p, struct json5_value *v) {
    const char *at = p->at, *start, *marker;
    (void)marker;
    *v = (struct json5_value){0, 0};
again:
    at = json5_skip_blanks(at);
    start = at;
    p->token_start = (uint32_t)(at - p->text);
    /*!re2c
    re2c:yyfill:enable = 0;
    re2c:flags:utf-8 = 1;
    re2c:flags:bit-vectors = 1;
    re2c:define:YYCTYPE = "unsigned char";
    re2c:api = custom;
    re2c:api:style = free-form;
    re2c:define:YYPEEK = "(unsigned char)*at";
    re2c:define:YYSKIP = "++at;";
    re2c:define:YYBACKUP = "marker = at;";
    re2c:define:YYRESTORE = "at = marker;";

    digit    = [0-9];
    hex      = [0-9a-fA-F];
    exponent = [eE] [+-]? digit+;
    decimal  = ("0" | [1-9] digit*) ("." digit*)? exponent? | "." digit+ exponent?;
    number   = [+-]? (decimal | "0" [xX] hex+);

    escape   = "\\u" hex{4};
    letter   = [a-zA-Z$_];
    start    = letter | unicode_id_start | escape;
    part     = letter | digit | unicode_id_continue | "\u200c" | "\u200d" | escape;

    // What a person meant as one word or number, so that it is one mistake.
    foreign  = [-.@+] | "\\";
    odd_name   = start part* foreign (part | foreign)*;
    odd_number = [+-]* ("." | digit) (part | [.] | [eE] [+-])* | [+-]+ letter*;

    "{"  { return open_bracket(p, JSON5_LBRACE, NODE_OBJECT, start, v); }
    "}"  { return bracket(p, JSON5_RBRACE, start, v); }
    "["  { return open_bracket(p, JSON5_LBRACKET, NODE_ARRAY, start, v); }
    "]"  { return bracket(p, JSON5_RBRACKET, start, v); }
    ","  { p->at = at; return JSON5_COMMA; }
    ":"  { p->at = at; return JSON5_COLON; }
    ["'] { return string(p, start, v); }

    "null"  { return literal(p, start, at, v, NODE_NULL, 0); }
    "true"  { return literal(p, start, at, v, NODE_BOOL, 1); }
    "false" { return literal(p, start, at, v, NODE_BOOL, 0); }
    "NaN" | "Infinity" | [+-] ("NaN" | "Infinity") {
        double value = at[-1] == 'N' ? NAN : *start == '-' ? -INFINITY : INFINITY;
        if (*start != '+' && *start != '-') return literal(p, start, at, v, NODE_NUMBER, value);
        p->at = at;
        json5_node(p, NODE_NUMBER, start, at, v)->u.number = value;
        return JSON5_NUMBER;
    }
    number { return number(p, start, at, v); }
    letter (letter | digit)* { return name(p, start, at, v); }
    start part*              { return wide_name(p, start, at, v); }
    odd_name | odd_number    { return junk(p, at); }

    [ \t\n\r\v\f]+ { goto again; }
    "\u00a0" | "\ufeff" | "\u2028" | "\u2029" | unicode_space {
        p->non_ascii = true;
        goto again;
    }
    "//" {
        at = json5_skip_line_comment(p, at);
        goto again;
    }
    "/*" {
        at = json5_skip_block_comment(p, at);
        if (at) goto again;
        return junk(p, p->limit);
    }
    "\x00" {
        if (start < p->limit) return junk(p, at);
        p->at = start;
        return JSON5_END;
    }
    * {
        p->non_ascii = true;
        return junk(p, json5_skip_character(p, start));
    }
    */
}

bool json5_fits_name(uint32_t c, bool first) {
    char text[5] = "";
    const char *at = text, *marker;
    if (utf8_encode(c, text) == 1 && c == 0) return false;
    (void)marker;
    /*!re2c
    letter | unicode_id_start { return true; }
    digit | unicode_id_continue | "\u200c" | "\u200d" { return !first; }
    * { return false; }
    */
}
