/* Changes to a tree that can be taken back: what the steps of loading do to the values of a file,
 * for one gateway version after the other. Objects keep the order in which JavaScript enumerates
 * them. Nodes made since the beginning are free to change; older ones are noted before. */
#ifndef CLAWC_LOAD_EDIT_H
#define CLAWC_LOAD_EDIT_H

#include "syntax/tree.h"

struct edit_note {
    node_id node;
    struct node was;
};

struct edit {
    struct tree *tree;
    node_id first_new; /* nodes from here on were made since the beginning */
    ARRAY(struct edit_note) notes;
};

struct edit edit_begin(struct tree *t);
/* Everything is again as it was at the beginning (new nodes stay, unreachable). */
void edit_undo(struct edit *e);

/* The node, to be changed. The pointer is good until a node is made. */
struct node *edit_node(struct edit *e, node_id n);

/* New nodes, placed at the key of `origin` (its value where it has none): NODE_SYNTHETIC. */
node_id edit_new(struct edit *e, enum node_kind kind, node_id origin);
node_id edit_new_text(struct edit *e, struct str text, node_id origin);
/* A copy of a node that shares its children, free of any parent. */
node_id edit_copy(struct edit *e, node_id n);

/* Takes a child out of its parent. */
void edit_remove(struct edit *e, node_id parent, node_id child);
/* Takes a member out, if it is there; gives the member. */
node_id edit_take(struct edit *e, node_id object, const char *key);
/* Makes `next` the child behind `previous`; the first one when that is 0. Counts nothing. */
void edit_relink(struct edit *e, node_id parent, node_id previous, node_id next);
/* Puts a new node (without a sibling) in the place of a child; the key stays. */
void edit_replace(struct edit *e, node_id parent, node_id child, node_id with);
/* Sets a member: in the place of the old one, or as a new one where JavaScript would enumerate it.
 * `value` is a new node without a sibling. */
void edit_set(struct edit *e, node_id object, struct str key, node_id value);
/* Adds new nodes that are linked as siblings to the end of an array or object, as they are. */
void edit_append(struct edit *e, node_id parent, node_id first, uint32_t count);
/* The member if it is an object, else a new empty object, set as that member; 0 when the member is
 * something else. */
node_id edit_object(struct edit *e, node_id object, const char *key, node_id origin);
/* Puts keys that are array indices first, ascending, as JavaScript does. */
void edit_order(struct edit *e, node_id object);

/* Whether JavaScript treats the key as an array index: a canonical decimal below 2^32 - 1. */
bool edit_is_index(struct str key, uint32_t *index);

#endif
