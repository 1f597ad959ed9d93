/* Reading values of the kind that the gateway wants: a value of another kind is reported once, at
 * its place, and counts as absent. */
#ifndef CLAWC_LOAD_READ_H
#define CLAWC_LOAD_READ_H

#include "source/diag.h"
#include "syntax/tree.h"

struct reading {
    struct tree *tree;
    struct diags *diags;
};

/* "an object", "an array", "a string", "a number", "a boolean", "null". */
const char *read_kind_name(enum node_kind kind);

/* Whether `n` has this kind. A node of another kind is reported as `invalid_type`; 0 is not. */
bool read_is(const struct reading *r, node_id n, enum node_kind kind);

/* The member if it is there and of this kind, else 0. */
node_id read_member(const struct reading *r, node_id object, const char *key, enum node_kind kind);

#endif
