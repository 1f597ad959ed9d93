/* A hash map from text to a 32-bit number (an id, an index). Keeps its keys by reference: the bytes
 * must live as long as the map. Enumeration is by the owner's own arrays; a map has no order. */
#ifndef CLAWC_BASE_MAP_H
#define CLAWC_BASE_MAP_H

#include "base/str.h"

struct map_slot {
    struct str key;
    uint32_t hash; /* 0 = empty; upper half of the hash, never 0 */
    uint32_t value;
};

struct map {
    struct arena *arena;
    struct map_slot *slots;
    size_t n, capacity; /* capacity is 0 or a power of two */
};

struct map map_new(struct arena *a);
/* The same, with room for `n` keys: spares a large map the growing. */
struct map map_new_sized(struct arena *a, size_t n);
/* Pointer to the value of `key`, or NULL. Valid until the next `map_put`. */
uint32_t *map_get(const struct map *m, struct str key);
/* Pointer to the value of `key`, added with value `initial` when it is new; `*is_new` (may be NULL)
 * says which. Valid until the next `map_put`. */
uint32_t *map_put(struct map *m, struct str key, uint32_t initial, bool *is_new);

#endif
