/* Where in a file a span is, as a person would write it: `bindings[3].match.peer.id`,
 * `channels["my bot"].x`. Paths are those of the file as it was written, whatever loading made of
 * it later. What is needed for a file is worked out once, at the first question about it: after
 * that a path costs a binary search and the climb to the root. */
#ifndef CLAWC_SYNTAX_PATHS_H
#define CLAWC_SYNTAX_PATHS_H

#include "syntax/tree.h"

/* Names in a path; what lies deeper has the path of that level and "...". */
#define PATHS_MAX_DEPTH 100
/* Bytes of a key that a path shows; a longer one is cut and ends in "...". */
#define PATHS_MAX_KEY 512

struct paths;

/* The tree must be complete: nodes that are added later have no path. */
struct paths *paths_new(struct arena *a, const struct tree *t);

/* Forgets what has been worked out, which lay in the arena that is taken from now on or in the one
 * before: for who asks about one file after another. `a` may have been reset. */
void paths_renew(struct paths *p, struct arena *a);

/* The path of the innermost value that has the whole of the span's start: the value that begins
 * there (of several, the one with the same end), the member whose key begins or lies there, else
 * what encloses it. Empty for the root, for SPAN_NONE and for a file without values. */
struct str paths_of_span(struct paths *p, struct span span);

#endif
