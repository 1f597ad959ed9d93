/* Values of a config as JSON, for programs: nothing is masked. */
#ifndef CLAWC_COMMANDS_JSON_VALUE_H
#define CLAWC_COMMANDS_JSON_VALUE_H

#include "base/buf.h"
#include "syntax/tree.h"

/* The value of a node on one line; {"$number": "NaN"} and the like for what JSON lacks. */
void json_add_node(struct buf *b, const struct tree *t, node_id value);
/* A number, in the same notation. */
void json_add_any_number(struct buf *b, double x);

#endif
