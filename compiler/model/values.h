/* Reading the model's values from the tree. The place of an absent value is `around`. */
#ifndef CLAWC_MODEL_VALUES_H
#define CLAWC_MODEL_VALUES_H

#include "model/model.h"

/* A member that must be a text. Absent: `fallback`, not set. */
struct text value_text(const struct reading *r, node_id object, const char *key, place around,
                       struct str fallback);
/* A member that may be a text or an object with the text under `inner` ({primary: ...}). */
struct flag value_flag(const struct reading *r, node_id object, const char *key, place around,
                       bool fallback);
/* A member that must be an array of texts or numbers (numbers become their JavaScript text). */
struct text_list value_list(struct arena *a, const struct reading *r, node_id object,
                            const char *key, place around);
/* A secret: a text, trimmed (blank: absent), or a SecretRef, which is the variable it names or,
 * from another source, a symbol. */
struct text value_secret(const struct reading *r, const struct environment *env, node_id object,
                         const char *key, place around);
/* A text node, whatever its key. */
struct text value_of_node(const struct reading *r, node_id n);
/* The node as a place, or `around` when there is none. */
place value_place(node_id n, place around);
/* The first of two that is set; `a` when neither is. */
struct text value_or(struct text a, struct text b);

#endif
