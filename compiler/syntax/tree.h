/* One tree for JSON5 and YAML: the values of every file of a run, each with its place.
 *
 * Nodes stand in one growing array and are referred to by number; 0 means none. Members of an
 * object are linked in the order in which JavaScript enumerates them: array indices first and
 * ascending, then first occurrence; the last value of a repeated key. Texts point into the source
 * where they can, into the tree's arena where they had to be decoded; they may hold NUL and, as
 * WTF-8, lone surrogates. A parser makes the nodes of a file in source order, so that the numbers
 * of a file are one range, ascending by start. */
#ifndef CLAWC_SYNTAX_TREE_H
#define CLAWC_SYNTAX_TREE_H

#include "base/arena.h"
#include "base/map.h"
#include "source/source.h"

typedef uint32_t node_id;
typedef uint32_t key_id; /* an interned key; 0 = the node is not a member of an object */

enum node_kind { NODE_NULL, NODE_BOOL, NODE_NUMBER, NODE_STRING, NODE_ARRAY, NODE_OBJECT };

enum node_flag {
    NODE_SYNTHETIC = 1, /* not written by a person: made by a load step; its span says from what */
    NODE_DUPLICATE = 2, /* a later member of the same object has the same key: not enumerated */
    NODE_SYMBOLIC = 4,  /* a text with a variable whose value is not known */
    NODE_UNSET = 8,     /* a text with a variable that is known to be unset */
    NODE_REPORTED = 16, /* its wrong kind has been reported */
    NODE_SUBSTITUTED = 32, /* a text in which a variable was replaced by its value */
    NODE_ADDED = 64,       /* stands in no file: the gateway adds it when it loads the config */
};

/* What a tag of Compose says about a value: whoever merges files looks at it. */
enum node_tag { NODE_TAG_NONE, NODE_TAG_RESET, NODE_TAG_OVERRIDE };

struct node {
    uint32_t start, end; /* bytes of the value in its file */
    uint32_t key_start;  /* where the key begins (its quote included), if it has a key */
    key_id key;
    node_id next; /* the next sibling in enumeration order */
    uint32_t n;   /* string: bytes; array, object: number of children */
    union {
        const char *text; /* string */
        double number;
        bool boolean;
        node_id first; /* array, object: the first child */
    } u;
    uint16_t file;
    uint8_t kind, flags;
    uint8_t tag; /* enum node_tag */
};

struct tree {
    struct arena *arena;
    struct sources *sources;
    struct node *nodes; /* nodes[0] is not used */
    size_t n, capacity;
    ARRAY(struct str) keys; /* text of a key_id */
    struct map key_ids;
};

struct tree *tree_new(struct arena *a, struct sources *s);

/* A new node, all zero but its kind, file and span. May move `t->nodes`. */
node_id tree_add(struct tree *t, enum node_kind kind, struct span span);

/* A copy of a node that shares its children, with no key and no sibling. */
node_id tree_clone(struct tree *t, node_id n);

/* A copy with copies of everything below it, of the same key, with no sibling. Recursive along the
 * depth of the value, which its parser bounds. */
node_id tree_copy(struct tree *t, node_id n);

/* The number of a key's text; the bytes must live as long as the tree. */
key_id tree_key(struct tree *t, struct str key);
/* The number of a key that some file has, or 0. */
key_id tree_find_key(const struct tree *t, struct str key);
struct str tree_key_text(const struct tree *t, key_id key);

static inline struct node *tree_node(const struct tree *t, node_id n) {
    return &t->nodes[n];
}

/* Kind tests; node 0 is nothing. */
bool tree_is(const struct tree *t, node_id n, enum node_kind kind);
/* The text of a string node; the empty text for anything else. */
struct str tree_text(const struct tree *t, node_id n);

/* The member of an object, or 0 (also when `object` is 0 or no object). Linear. */
node_id tree_member(const struct tree *t, node_id object, struct str key);
/* Follows a chain of members: tree_path(t, n, "agents", "defaults", NULL). */
node_id tree_path(const struct tree *t, node_id n, ...);

/* for (TREE_EACH(t, child, parent)) enumerates the children; works for 0 and scalars (none). */
#define TREE_EACH(t, child, parent)                                                                \
    node_id child = tree_first((t), (parent));                                                     \
    child;                                                                                         \
    (child) = (t)->nodes[child].next
node_id tree_first(const struct tree *t, node_id parent);

/* Adds a child at the end. `key` is 0 for arrays. The child must have no sibling. */
void tree_append(struct tree *t, node_id parent, key_id key, node_id child);

struct span tree_span(const struct tree *t, node_id n);
/* The span of the node's key, quotes included; the value's span when it has no key. */
struct span tree_key_span(const struct tree *t, node_id n);

#endif
