/* What the parts of the JSON5 parser share. Private to json5*.c, grammar/json5.re and json5.y.
 *
 * A parse is a loop of `json5_scan` and `json5_grammar`, one token at a time. The scanner makes
 * nodes and interns keys, the grammar's actions link them (json5_build.c). When something is wrong
 * with a token, `refused` or `fault` is set, and the loop calls json5_recover.c. */
#ifndef CLAWC_SYNTAX_JSON5_PARSER_H
#define CLAWC_SYNTAX_JSON5_PARSER_H

#include <string.h>

#include "json5_grammar.h"
#include "syntax/json5.h"

#define JSON5_END 0 /* lemon's end of input */

/* The value of a token. KEY and NAME: the interned key and where it starts. Scalars and opening
 * brackets: the node. Closing brackets: where they start. */
struct json5_value {
    uint32_t id, start;
};

/* A token. Small enough to be returned in two registers. */
struct json5_token {
    struct json5_value value;
    int kind;
};

/* What may be wrong inside a string token. */
enum json5_fault_kind {
    JSON5_FAULT_NONE,
    JSON5_FAULT_UNTERMINATED,
    JSON5_FAULT_DIGIT, /* \1 to \9, \0 before a digit */
    JSON5_FAULT_HEX,   /* \x without two digits, \u without four */
};

struct json5_fault {
    enum json5_fault_kind kind;
    uint32_t at; /* of the backslash; of the string, when it is not terminated */
};

/* An array or object that is open. */
struct json5_frame {
    node_id container, last; /* last child so far */
    uint32_t count;
    bool reorder;       /* two keys may be equal, or a key may be an array index */
    uint64_t seen_keys; /* one bit for each key, by its low six bits */
};

/* json5_order.c: a member of an object that is put in order. */
struct json5_member {
    node_id node;
    uint32_t index, order; /* the array index that its key is; its place as written */
    bool is_index;
};

/* A key that was seen lately, by its first eight bytes. */
struct json5_cached_key {
    uint64_t head;
    const char *text;
    uint32_t length;
    key_id key; /* 0 = empty */
};

enum { JSON5_CACHE_SIZE = 128, JSON5_INLINE_FRAMES = 32 };

struct json5_parser {
    const char *at; /* the scanner's place: behind the last token */
    const char *text, *limit;
    uint32_t token_start;
    uint32_t file;
    struct tree *tree;
    struct json5_frame *frame; /* the innermost; frames[0] stands for the document */
    struct json5_frame *frame_limit;

    bool attention; /* the driver must look at `refused`, `fault` or `too_deep` */
    bool refused;   /* the grammar does not take the token */
    bool too_deep;
    bool non_ascii;            /* some byte of the text is not ASCII */
    uint32_t expected;         /* when refused: the tokens that fit, one bit each */
    struct json5_fault fault;  /* of the last string token */
    uint32_t previous_end;     /* where the token before the last one ends */
    uint32_t unterminated_end; /* where a string ended that had no closing quote */

    struct json5_result result;
    struct diags *diags; /* may be NULL */
    uint32_t reported, duplicates, reorders;
    void *grammar;
    struct arena *scratch; /* NULL until it is needed; freed with the parser */
    struct json5_frame *frames;
    uint32_t *seen; /* json5_order.c */
    struct json5_member *work;
    size_t seen_capacity, work_capacity;
    struct json5_frame inline_frames[JSON5_INLINE_FRAMES];
    struct json5_cached_key cache[JSON5_CACHE_SIZE];
};

/* grammar/json5.re: the next token. Comments and white space are skipped. */
struct json5_token json5_scan(struct json5_parser *p);
/* Whether a name may begin with the code point, or go on with it. */
bool json5_fits_name(uint32_t c, bool first);

/* json5.c: sets the grammar to the start of a document. */
void json5_new_grammar(struct json5_parser *p);

/* grammar/json5.y, by lemon. */
void *json5_grammarAlloc(void *(*allocate)(size_t), struct json5_parser *p);
void json5_grammarFree(void *grammar, void (*release)(void *));
void json5_grammar(void *grammar, int token, struct json5_value value);

/* json5_build.c: the actions of the grammar. */
void json5_refuse(struct json5_parser *p, uint32_t expected);
void json5_root(struct json5_parser *p, node_id root);
void json5_open(struct json5_parser *p, node_id container);
node_id json5_close(struct json5_parser *p, struct json5_value bracket);
void json5_add_member(struct json5_parser *p, struct json5_value key, node_id value);
void json5_add_element(struct json5_parser *p, node_id value);
struct json5_value json5_scalar_key(struct json5_parser *p, struct json5_value scalar);
struct arena *json5_scratch(struct json5_parser *p);
key_id json5_intern(struct json5_parser *p, const char *text, size_t length);

/* json5_order.c: puts the members of an object into the order of JavaScript. */
void json5_reorder(struct json5_parser *p, node_id object);

/* json5_string.c. The rest of a string that holds more than plain ASCII: from `at`, inside the
 * string that begins at `start` with its quote, to behind its end. `*decoded` is its text. */
const char *json5_string_rest(struct json5_parser *p, const char *start, const char *at,
                              struct str *decoded);
/* The text of a name that holds escapes, in the arena; false when an escape does not fit there. */
bool json5_name_decode(struct json5_parser *p, struct str written, struct str *decoded);

/* json5_number.c: the value of a number of JSON5, sign included, as JavaScript has it. */
double json5_number(struct str written);

/* json5_gateway.c. */
enum json5_place { JSON5_PLACE_VALUE, JSON5_PLACE_KEY, JSON5_PLACE_OTHER };
/* Records what npm json5 reports when the token at `start` is the first with a mistake: what it
 * looked for there decides how far it reads. */
void json5_gateway_error(struct json5_parser *p, uint32_t start, enum json5_place place);

/* json5_recover.c: reports what is wrong with a token and repairs the input. False: stop. */
bool json5_recover(struct json5_parser *p, struct json5_token t);

static inline bool json5_is_quote(char c) {
    return c == '"' || c == '\'';
}

static inline bool json5_is_digit(char c) {
    return c >= '0' && c <= '9';
}

static inline bool json5_is_blank(char c) {
    return c == ' ' || c == '\t';
}

/* A new node at the end of the tree. The scanner's own copy of `tree_add`, to be inlined. */
static inline node_id json5_node(struct json5_parser *p, enum node_kind kind, const char *start,
                                 const char *end) {
    struct tree *t = p->tree;
    if (t->n >= t->capacity)
        arena_array_grow(t->arena, (void **)(void *)&t->nodes, &t->capacity, t->n + 1,
                         sizeof *t->nodes);
    t->nodes[t->n] = (struct node){.start = (uint32_t)(start - p->text),
                                   .end = (uint32_t)(end - p->text),
                                   .file = (uint16_t)p->file,
                                   .kind = (uint8_t)kind};
    return (node_id)t->n++;
}

#endif
