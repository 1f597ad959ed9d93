/* The routing table before its bytes: bindings sorted into the keys under which they are found.
 * Private to this folder. */
#ifndef CLAWC_TABLE_DRAFT_H
#define CLAWC_TABLE_DRAFT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "clawt_format.h"
#include "model/routing.h"

/* Bindings in file order: an index into `draft.entries` of the first and the last. */
struct chain {
    uint32_t first, last, n;
    bool closed; /* holds a binding without conditions: nothing behind it can win */
};

struct draft_entry {
    uint32_t binding; /* in routing.bindings */
    uint32_t next;
};

/* A key of the index that leads to bindings. */
struct draft_key {
    struct str id;
    uint64_t hash; /* of the key */
    uint32_t pool; /* offset of a long id */
    uint32_t scope;
    enum clawt_slot_type type;
    struct chain chain;
};

struct draft_scope {
    uint32_t channel;
    struct str account; /* p NULL: any */
    uint32_t types;     /* bits 1 << slot type */
    struct chain wild_direct, wild_group, plain;
};

struct draft_channel {
    struct str name;
    uint32_t any, fallback; /* scopes of any account, of `default`; CLAWT_NONE */
    uint32_t accounts;
    uint32_t keep; /* bits 1 << kind */
};

struct draft {
    struct arena *arena;
    const struct routing *routing;
    uint64_t seed;
    ARRAY(struct draft_key) keys;
    ARRAY(struct draft_entry) entries;
    ARRAY(struct draft_scope) scopes;
    ARRAY(struct draft_channel) channels;
    ARRAY(uint32_t) links; /* indices of routing.links, the first of each id */
    ARRAY(struct str) names;
    uint32_t *link_names;   /* for each of `links` its name */
    ARRAY(uint32_t) roster; /* indices of routing.agents, the first of each id */
    uint32_t *key_index;    /* open addressing over `keys`: number + 1 */
    size_t key_slots;
    struct map channel_map, scope_map;
    struct buf scope_key;
    uint32_t last_scope; /* of the binding before: configs are written channel by channel */
    size_t lists, roles; /* records that the chains need */
};

/* The conditions of a binding beyond the key under which it is found. */
struct conditions {
    struct str guild, team;
    const struct str *roles;
    uint32_t n_roles;
};
struct conditions draft_conditions(const struct route_binding *b);
bool draft_unconditional(const struct conditions *c);

/* Must the bindings of a key stand in a list, or does the slot hold the only one? */
bool draft_needs_list(const struct draft *d, const struct chain *c);

/* Sorts everything of `r` in. `d` lives in `arena`. */
void draft_make(struct draft *d, struct arena *arena, const struct routing *r, uint64_t seed);

#endif
