/* What config keys are, in words: a title and a description, from rules/keys.yaml. For people and
 * their editors; nothing is decided by it.
 *
 * Patterns of paths form a trie, in which `*` stands for any name or index. A walk through a config
 * or a schema carries the set of trie nodes that fit its path. */
#ifndef CLAWC_LOAD_KEYS_H
#define CLAWC_LOAD_KEYS_H

#include "load/gateway.h"

struct key_text {
    struct str title, description; /* empty: nothing is known of the key */
    struct str value;              /* its default, as JSON; empty: none is known */
};

/* A node of the trie. */
struct key_pattern {
    struct str name; /* of the last step, or `*` */
    uint32_t first, next;
    uint32_t literals; /* steps of the pattern that are no `*` */
    struct key_text text;
};

struct keys {
    struct arena *arena;
    ARRAY(struct key_pattern) patterns; /* [0] is the root: the whole config */
};

/* Patterns that fit a path, ascending; owned by the arena of `keys`. */
struct key_set {
    const uint32_t *v;
    size_t n;
};

/* Reads the built-in texts, as they are for a gateway version, and the version's defaults. */
struct keys *keys_load(struct arena *a, const struct gateway_data *gateway);

/* The set of the whole config, and that of a member (or, with `*`, of any element). */
struct key_set keys_root(struct keys *k);
struct key_set keys_step(struct keys *k, struct key_set from, struct str name);

/* The words, and the default, of the pattern with the fewest `*` that has them. */
struct key_text keys_text(const struct keys *k, struct key_set at);
/* The set without the patterns that go no further: what decides about everything below. */
struct key_set keys_below(struct keys *k, struct key_set at);

#endif
