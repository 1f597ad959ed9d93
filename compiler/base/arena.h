/* Memory for one run: bump allocation, freed whole.
 *
 * An allocation never fails for its caller: when the machine has no memory left the program ends
 * with a plain message and exit code 4 (`arena_out_of_memory`). Sizes are checked before they are
 * multiplied. Nothing allocated here is freed one by one. */
#ifndef CLAWC_BASE_ARENA_H
#define CLAWC_BASE_ARENA_H

#include <stddef.h>

struct arena;

/* A new, empty arena; the caller frees it with `arena_free`. */
struct arena *arena_new(void);

/* The same for what lives as long as `parent` and is allocated by another thread: it is freed with
 * that one (or when that one is reset), never by itself. */
struct arena *arena_child(struct arena *parent);

/* Frees the arena and everything allocated from it. NULL is allowed. */
void arena_free(struct arena *a);

/* Gives back everything allocated, but keeps the first chunk for the next use. */
void arena_reset(struct arena *a);

/* `size` bytes, aligned for any type, not initialised. Size 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size);

/* `count` elements of `size` bytes, zeroed. */
void *arena_zalloc(struct arena *a, size_t count, size_t size);

/* A copy of `size` bytes. */
void *arena_copy(struct arena *a, const void *p, size_t size);

/* Grows the block `p` of `old_size` bytes, which came from this arena (or NULL with 0), to
 * `new_size` bytes; may move it. Large blocks are reallocated, so growing them by doubling does not
 * leave copies behind. */
void *arena_grow(struct arena *a, void *p, size_t old_size, size_t new_size);

/* The next capacity of a growing array: at least `need` elements, at least doubled, and
 * `capacity * element_size` cannot overflow. */
size_t arena_next_capacity(size_t capacity, size_t need, size_t element_size);

/* Ends the program for want of memory: message on standard error, exit code 4. */
_Noreturn void arena_out_of_memory(void);

/* Makes the allocation number `countdown` (1 = the next) fail; 0 switches it off. For tests. */
void arena_fail_after(size_t countdown);

#define ARENA_NEW(a, type)          ((type *)arena_zalloc((a), 1, sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_zalloc((a), (count), sizeof(type)))

/* A growing array of `type`: declare a struct with ARRAY(type), push with ARRAY_PUSH. */
#define ARRAY(type)                                                                                \
    struct {                                                                                       \
        type *v;                                                                                   \
        size_t n, capacity;                                                                        \
    }

/* Makes room for one more element and evaluates to a pointer to it; its bytes are not set. */
#define ARRAY_PUSH(a, array)                                                                       \
    (*((array).n == (array).capacity                                                               \
           ? (arena_array_grow((a), (void **)(void *)&(array).v, &(array).capacity, (array).n + 1, \
                               sizeof *(array).v),                                                 \
              &(array).v[(array).n++])                                                             \
           : &(array).v[(array).n++]))

/* What ARRAY_PUSH calls when the array is full. */
void arena_array_grow(struct arena *a, void **v, size_t *capacity, size_t need,
                      size_t element_size);

#endif
