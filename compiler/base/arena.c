#define _DEFAULT_SOURCE /* madvise, where there is one */
#include "base/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FIRST_CHUNK = 64 * 1024, LARGE_CHUNK = 1024 * 1024, BIG_BLOCK = 128 * 1024 };
enum { HUGE_BLOCK = 4 * 1024 * 1024 }; /* worth large pages */

#define ALIGNMENT alignof(max_align_t)

struct chunk {
    struct chunk *next;
    size_t size, used;
    alignas(max_align_t) char data[];
};

/* A block with a malloc of its own, so that it can be reallocated. */
struct big {
    struct big *prev, *next;
    alignas(max_align_t) char data[];
};

struct arena {
    struct chunk *chunks; /* the one in use is first */
    struct big *bigs;
    struct arena *children, *sibling;
};

static size_t fail_countdown;

void arena_fail_after(size_t countdown) {
    fail_countdown = countdown;
}

_Noreturn void arena_out_of_memory(void) {
    fputs("clawc: the machine has no memory left for this run\n", stderr);
    exit(4);
}

static void *checked_realloc(void *p, size_t size) {
    if (fail_countdown && --fail_countdown == 0) arena_out_of_memory();
    void *q = realloc(p, size);
    if (!q) arena_out_of_memory();
    return q;
}

static size_t aligned(size_t size) {
    if (size > SIZE_MAX / 2) arena_out_of_memory();
    return (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

static void add_chunk(struct arena *a, size_t need) {
    size_t size = a->chunks ? LARGE_CHUNK : FIRST_CHUNK;
    if (size < need) size = need;
    struct chunk *c = checked_realloc(NULL, sizeof *c + size);
    c->size = size;
    c->used = 0;
    c->next = a->chunks;
    a->chunks = c;
}

struct arena *arena_new(void) {
    struct arena *a = checked_realloc(NULL, sizeof *a);
    *a = (struct arena){NULL, NULL, NULL, NULL};
    return a;
}

struct arena *arena_child(struct arena *parent) {
    struct arena *a = arena_new();
    a->sibling = parent->children;
    parent->children = a;
    return a;
}

static void free_bigs(struct arena *a) {
    while (a->bigs) {
        struct big *next = a->bigs->next;
        free(a->bigs);
        a->bigs = next;
    }
}

/* A child has no children: only what one thread makes for another is a child. */
static void free_children(struct arena *a) {
    while (a->children) {
        struct arena *next = a->children->sibling;
        arena_free(a->children);
        a->children = next;
    }
}

void arena_free(struct arena *a) {
    if (!a) return;
    free_children(a);
    while (a->chunks) {
        struct chunk *next = a->chunks->next;
        free(a->chunks);
        a->chunks = next;
    }
    free_bigs(a);
    free(a);
}

void arena_reset(struct arena *a) {
    free_children(a);
    free_bigs(a);
    while (a->chunks && a->chunks->next) {
        struct chunk *next = a->chunks->next;
        free(a->chunks);
        a->chunks = next;
    }
    if (a->chunks) a->chunks->used = 0;
}

/* Asks for large pages: the tree of a large config is written once, front to back, and the faults
 * on small pages are a third of the time of parsing it. A hint; without it all is the same but
 * slower. The whole mapping is named, as a part would keep it from growing in place. */
static void hint_huge(const void *p, size_t size) {
#ifdef MADV_HUGEPAGE
    long page = sysconf(_SC_PAGESIZE);
    if (size < HUGE_BLOCK || page <= 0) return;
    uintptr_t mask = (uintptr_t)page - 1, end = ((uintptr_t)p + size + mask) & ~mask;
    size_t before = (uintptr_t)p & mask;
    char *start = (char *)p - before;
    (void)madvise(start, end - (uintptr_t)start, MADV_HUGEPAGE);
#else
    (void)p;
    (void)size;
#endif
}

static void *add_big(struct arena *a, struct big *old, size_t size) {
    bool first = old && a->bigs == old;
    struct big *b = checked_realloc(old, sizeof *b + size);
    hint_huge(b, sizeof *b + size);
    if (!old) {
        b->prev = NULL;
        b->next = a->bigs;
        first = true;
    }
    if (b->next) b->next->prev = b;
    if (first)
        a->bigs = b;
    else
        b->prev->next = b;
    return b->data;
}

void *arena_alloc(struct arena *a, size_t size) {
    size = aligned(size ? size : 1);
    if (size >= BIG_BLOCK) return add_big(a, NULL, size);
    if (!a->chunks || a->chunks->size - a->chunks->used < size) add_chunk(a, size);
    void *p = a->chunks->data + a->chunks->used;
    a->chunks->used += size;
    return p;
}

void *arena_zalloc(struct arena *a, size_t count, size_t size) {
    if (size && count > SIZE_MAX / size) arena_out_of_memory();
    void *p = arena_alloc(a, count * size);
    return memset(p, 0, count * size);
}

void *arena_copy(struct arena *a, const void *p, size_t size) {
    void *q = arena_alloc(a, size);
    if (size) memcpy(q, p, size);
    return q;
}

void *arena_grow(struct arena *a, void *p, size_t old_size, size_t new_size) {
    if (!p) return arena_alloc(a, new_size);
    size_t old_room = aligned(old_size ? old_size : 1);
    size_t room = aligned(new_size ? new_size : 1);
    if (room <= old_room) return p;
    if (old_room >= BIG_BLOCK) {
        struct big *b = (struct big *)(void *)((char *)p - offsetof(struct big, data));
        return add_big(a, b, room);
    }
    struct chunk *c = a->chunks;
    if ((char *)p + old_room == c->data + c->used && c->size - c->used >= room - old_room &&
        room < BIG_BLOCK) {
        c->used += room - old_room;
        return p;
    }
    void *q = arena_alloc(a, new_size);
    memcpy(q, p, old_size);
    return q;
}

size_t arena_next_capacity(size_t capacity, size_t need, size_t element_size) {
    size_t next = capacity ? capacity : 8;
    while (next < need) {
        if (next > SIZE_MAX / 2) arena_out_of_memory();
        next *= 2;
    }
    if (capacity && next == capacity) next *= 2;
    if (element_size && next > SIZE_MAX / 2 / element_size) arena_out_of_memory();
    return next;
}

void arena_array_grow(struct arena *a, void **v, size_t *capacity, size_t need,
                      size_t element_size) {
    size_t next = arena_next_capacity(*capacity, need, element_size);
    *v = arena_grow(a, *v, *capacity * element_size, next * element_size);
    *capacity = next;
}
