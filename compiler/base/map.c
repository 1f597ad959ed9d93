#include "base/map.h"

#include <string.h>

#include "base/arena.h"

struct map map_new(struct arena *a) {
    return (struct map){.arena = a};
}

struct map map_new_sized(struct arena *a, size_t n) {
    struct map m = {.arena = a, .capacity = 16};
    while (m.capacity / 4 * 3 <= n) m.capacity *= 2;
    m.slots = ARENA_ARRAY(a, struct map_slot, m.capacity);
    return m;
}

static uint32_t short_hash(struct str key) {
    uint32_t h = (uint32_t)(str_hash(key) >> 32);
    return h ? h : 1;
}

static struct map_slot *find(const struct map *m, struct str key, uint32_t hash) {
    size_t mask = m->capacity - 1;
    size_t i = hash & mask;
    while (m->slots[i].hash && (m->slots[i].hash != hash || !str_equal(m->slots[i].key, key)))
        i = (i + 1) & mask;
    return &m->slots[i];
}

static void resize(struct map *m) {
    struct map old = *m;
    m->capacity = old.capacity ? old.capacity * 2 : 16;
    m->slots = ARENA_ARRAY(m->arena, struct map_slot, m->capacity);
    for (size_t i = 0; i < old.capacity; i++)
        if (old.slots[i].hash) *find(m, old.slots[i].key, old.slots[i].hash) = old.slots[i];
}

uint32_t *map_get(const struct map *m, struct str key) {
    if (!m->n) return NULL;
    struct map_slot *slot = find(m, key, short_hash(key));
    return slot->hash ? &slot->value : NULL;
}

uint32_t *map_put(struct map *m, struct str key, uint32_t initial, bool *is_new) {
    if (m->n >= m->capacity / 4 * 3) resize(m);
    uint32_t hash = short_hash(key);
    struct map_slot *slot = find(m, key, hash);
    if (is_new) *is_new = !slot->hash;
    if (!slot->hash) {
        *slot = (struct map_slot){key, hash, initial};
        m->n++;
    }
    return &slot->value;
}
