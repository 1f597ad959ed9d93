/* JSON5, as npm json5@2.2.3 reads it (both supported gateways use that): accepts and refuses the
 * same texts, gives the same values, enumerates keys in the same order. Unlike it, goes on after a
 * mistake, so that one run reports them all, and keeps the place of every value and key.
 *
 * The scanner is grammar/json5.re (re2c), the grammar grammar/json5.y (lemon). Nothing here
 * recurses; nesting is bounded by JSON5_MAX_DEPTH. */
#ifndef CLAWC_SYNTAX_JSON5_H
#define CLAWC_SYNTAX_JSON5_H

#include "source/diag.h"
#include "syntax/tree.h"

enum {
    /* Deepest nesting of arrays and objects that is read; deeper is an error. */
    JSON5_MAX_DEPTH = 250000,
    /* Most errors, and most warnings of each kind, that are reported for one file. */
    JSON5_MAX_REPORTS = 100,
};

/* What came of a text. The fields behind `ok` say what the gateway reports when it is false: lines
 * end at LF alone, columns count UTF-16 units, as npm json5 counts them. */
struct json5_result {
    node_id root; /* never 0: a null when there is no value in the text */
    bool ok;      /* the gateway's parser accepts it */
    uint32_t gateway_line, gateway_column;
    struct str gateway_message; /* "JSON5: invalid character 'x' at 1:2" */
    const char *what;           /* "eof", "char", "identifier"; "depth" (the limit here) */
    struct str gateway_char;    /* what "char" is about, as the message shows it */
};

/* Reads a file of `t->sources` into the tree. What is wrong goes to `d` (which may be NULL): errors
 * "json5_syntax"; warnings "duplicate_key", "integer_key_order" (a key like "10" that JavaScript
 * moves to the front) and "ill_formed_utf8". After errors the tree holds what could be made out,
 * with null for a value that is missing. */
struct json5_result json5_parse(struct tree *t, uint32_t file, struct diags *d);

/* Reads a text that is no file, such as one line of a batch: nodes get file 0, so that they have
 * offsets but no place, and nothing is reported but the result. The text is copied into the tree's
 * arena. To read millions of lines, give each a new tree in an arena that is reset between them. */
struct json5_result json5_parse_text(struct tree *t, struct str text);

#endif
