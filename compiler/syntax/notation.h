/* The notation in which a parsed value is printed (`clawc parse`) and in which the recorded
 * verdicts of npm json5 are kept: JSON, but for what JSON cannot say. */
#ifndef CLAWC_SYNTAX_NOTATION_H
#define CLAWC_SYNTAX_NOTATION_H

#include "base/buf.h"
#include "syntax/tree.h"

/* Adds the value of a node, on one line. null, booleans, numbers and texts are as in JSON, but
 * {"num": "NaN" | "Infinity" | "-Infinity" | "-0"} and {"utf16": [code units]} for a text with lone
 * surrogates; {"list": [values]} is an array, {"map": [[key, value], ...]} an object in enumeration
 * order, with its keys in the notation of texts. Values only: secrets are not masked. */
void notation_add_value(struct buf *b, const struct tree *t, node_id value);

#endif
