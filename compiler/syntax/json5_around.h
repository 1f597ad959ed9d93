/* What the repairs of json5_recover.c know of the text around a mistake. Private to them. */
#ifndef CLAWC_SYNTAX_JSON5_AROUND_H
#define CLAWC_SYNTAX_JSON5_AROUND_H

#include "syntax/json5_parser.h"

#define JSON5_BIT(token) (UINT32_C(1) << (token))

#define JSON5_SCALARS (JSON5_BIT(JSON5_STRING) | JSON5_BIT(JSON5_LITERAL) | JSON5_BIT(JSON5_NUMBER))
#define JSON5_OPENERS (JSON5_BIT(JSON5_LBRACE) | JSON5_BIT(JSON5_LBRACKET))
#define JSON5_CLOSERS (JSON5_BIT(JSON5_RBRACE) | JSON5_BIT(JSON5_RBRACKET))

static inline bool json5_is_one_of(int token, uint32_t set) {
    return (JSON5_BIT(token) & set) != 0;
}

/* Whether the last token is the first on its line. */
bool json5_first_on_line(const struct json5_parser *p);

/* The innermost container that is open (0), the one around it (1), ...; NULL when there is none. */
const struct node *json5_container(const struct json5_parser *p, int outwards);

/* The token that closes the container. */
int json5_closer_of(const struct node *container);

/* The next token, and where the one before it ends. */
struct json5_token json5_next(struct json5_parser *p);

/* What the `count`th token behind the last one is. */
int json5_peek(struct json5_parser *p, int count);

/* How many containers a closing bracket of the wrong kind closes: 0 when it is one too many, 1 when
 * it was written in place of the right one, 2 when the right one is missing before it. */
int json5_closes(struct json5_parser *p, int closer);

#endif
