/* Values of a config as people may see them: JSON on one line, secrets masked, long ones cut. */
#ifndef CLAWC_LOAD_SHOWN_H
#define CLAWC_LOAD_SHOWN_H

#include "base/buf.h"
#include "syntax/tree.h"

/* Whether what stands at a dotted path is a secret: its key, one above it, or `env` says so. */
bool shown_is_secret(struct str path);

/* Adds the value. `secret`: every text in it is one. After `limit` bytes it ends in "...". */
void shown_add(struct buf *b, const struct tree *t, node_id n, bool secret, size_t limit);

#endif
