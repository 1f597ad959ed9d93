/* The scanner of JSON5. Strings and comments are skipped in blocks of bytes (syntax/json5_skip.h);
 * the automaton is for the rest. A text has zero bytes behind it (SOURCE_PADDING), which end every
 * token, so that nothing tests for the end of the text but the rule for the byte zero. */
#include "syntax/json5_parser.h"
#include "syntax/json5_skip.h"

static inline struct json5_token token(const struct json5_parser *p, int kind, uint32_t id,
                                       const char *start) {
    return (struct json5_token){{id, (uint32_t)(start - p->text)}, kind};
}

/* Behind the colon, when one follows but for blanks; else NULL. */
static inline const char *behind_colon(const char *at) {
    while (json5_is_blank(*at)) at++;
    return *at == ':' ? at + 1 : NULL;
}

/* A key: KEY when its colon follows, else a token of the given kind. */
static inline struct json5_token key_or(struct json5_parser *p, int kind, struct str text,
                                        const char *start, const char *end) {
    const char *behind = behind_colon(end);
    p->at = behind ? behind : end;
    return token(p, behind ? JSON5_KEY : kind, json5_intern(p, text.p, text.n), start);
}

static inline struct json5_token string(struct json5_parser *p, const char *start) {
    const char *end = json5_skip_plain(start + 1, *start);
    struct str text = {start + 1, (size_t)(end - start - 1)};
    end = *end == *start ? end + 1 : json5_string_rest(p, start, end, &text);
    const char *behind = behind_colon(end);
    p->at = behind ? behind : end;
    if (behind) return token(p, JSON5_KEY, json5_intern(p, text.p, text.n), start);
    node_id id = json5_node(p, NODE_STRING, start, end);
    struct node *n = &p->tree->nodes[id];
    n->u.text = text.p;
    n->n = (uint32_t)text.n;
    return token(p, JSON5_STRING, id, start);
}

static inline struct json5_token name(struct json5_parser *p, const char *start, const char *end) {
    return key_or(p, JSON5_NAME, (struct str){start, (size_t)(end - start)}, start, end);
}

static inline struct json5_token junk(struct json5_parser *p, const char *start, const char *end) {
    p->at = end;
    return token(p, JSON5_JUNK, 0, start);
}

/* A name that is not all ASCII letters and digits: it may hold escapes. */
static struct json5_token wide_name(struct json5_parser *p, const char *start, const char *end) {
    struct str text;
    p->non_ascii = true;
    if (!json5_name_decode(p, (struct str){start, (size_t)(end - start)}, &text))
        return junk(p, start, end);
    return key_or(p, JSON5_NAME, text, start, end);
}

static struct json5_token number(struct json5_parser *p, const char *start, const char *end,
                                 double value) {
    p->at = end;
    node_id id = json5_node(p, NODE_NUMBER, start, end);
    p->tree->nodes[id].u.number = value;
    return token(p, JSON5_NUMBER, id, start);
}

/* true, false, null, NaN, Infinity: each may be a key too. */
static struct json5_token literal(struct json5_parser *p, const char *start, const char *end,
                                  enum node_kind kind, double value) {
    if (behind_colon(end)) return name(p, start, end);
    p->at = end;
    node_id id = json5_node(p, kind, start, end);
    struct node *n = &p->tree->nodes[id];
    if (kind == NODE_BOOL) n->u.boolean = value != 0;
    if (kind == NODE_NUMBER) n->u.number = value;
    return token(p, JSON5_LITERAL, id, start);
}

static inline struct json5_token punctuation(struct json5_parser *p, int kind, const char *start) {
    p->at = start + 1;
    return token(p, kind, 0, start);
}

static inline struct json5_token opening(struct json5_parser *p, int kind, enum node_kind node,
                                         const char *start) {
    p->at = start + 1;
    return token(p, kind, json5_node(p, node, start, start + 1), start);
}

/*!include:re2c "json5_classes.re" */

struct json5_token json5_scan(struct json5_parser *p) {
    const char *at = p->at, *start, *marker;
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

    "{"  { return opening(p, JSON5_LBRACE, NODE_OBJECT, start); }
    "}"  { return punctuation(p, JSON5_RBRACE, start); }
    "["  { return opening(p, JSON5_LBRACKET, NODE_ARRAY, start); }
    "]"  { return punctuation(p, JSON5_RBRACKET, start); }
    ","  { return punctuation(p, JSON5_COMMA, start); }
    ":"  { return punctuation(p, JSON5_COLON, start); }
    ["'] { return string(p, start); }

    "null"  { return literal(p, start, at, NODE_NULL, 0); }
    "true"  { return literal(p, start, at, NODE_BOOL, 1); }
    "false" { return literal(p, start, at, NODE_BOOL, 0); }
    "NaN" | "Infinity" | [+-] ("NaN" | "Infinity") {
        double value = at[-1] == 'N' ? NAN : *start == '-' ? -INFINITY : INFINITY;
        if (*start == '+' || *start == '-') return number(p, start, at, value);
        return literal(p, start, at, NODE_NUMBER, value);
    }
    number {
        return number(p, start, at, json5_number((struct str){start, (size_t)(at - start)}));
    }
    letter (letter | digit)* { return name(p, start, at); }
    start part*              { return wide_name(p, start, at); }
    odd_name | odd_number    { return junk(p, start, at); }

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
        return junk(p, start, p->limit);
    }
    "\x00" {
        if (start < p->limit) return junk(p, start, at);
        p->at = start;
        return token(p, JSON5_END, 0, start);
    }
    * {
        p->non_ascii = true;
        return junk(p, start, json5_skip_character(p, start));
    }
    */
}

bool json5_fits_name(uint32_t c, bool first) {
    char text[5] = "";
    const char *at = text, *marker;
    utf8_encode(c, text);
    /*!re2c
    letter | unicode_id_start { return true; }
    digit | unicode_id_continue | "\u200c" | "\u200d" { return !first; }
    * { return false; }
    */
}
