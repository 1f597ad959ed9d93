#include "source/outline.h"

#include <stdlib.h>

#include "base/arena.h"

struct outline {
    struct arena *arena;
    ARRAY(struct position) positions;  /* by offset once `sorted` */
    ARRAY(struct source_place) places; /* by start, then end, likewise */
    bool sorted;
    struct source_comments comments;
};

struct outline *outline_new(struct arena *a) {
    struct outline *o = ARENA_NEW(a, struct outline);
    o->arena = a;
    return o;
}

void outline_add(struct outline *o, const struct source_place *place) {
    ARRAY_PUSH(o->arena, o->positions) = place->start;
    ARRAY_PUSH(o->arena, o->positions) = place->end;
    ARRAY_PUSH(o->arena, o->places) = *place;
    o->sorted = false;
}

struct source_comments *outline_comments(struct outline *o) {
    return &o->comments;
}

static int by_number(uint32_t a, uint32_t b) {
    return a < b ? -1 : a > b;
}

static int by_offset(const void *left, const void *right) {
    const struct position *a = left, *b = right;
    return by_number(a->offset, b->offset);
}

static int by_span(const void *left, const void *right) {
    const struct source_place *a = left, *b = right;
    int order = by_number(a->start.offset, b->start.offset);
    return order ? order : by_number(a->end.offset, b->end.offset);
}

static void sort(struct outline *o) {
    if (o->sorted || !o->places.n) return;
    qsort(o->positions.v, o->positions.n, sizeof *o->positions.v, by_offset);
    qsort(o->places.v, o->places.n, sizeof *o->places.v, by_span);
    o->sorted = true;
}

struct position outline_position(struct outline *o, uint32_t offset) {
    struct position wanted = {offset, 1, 1}, *found = NULL;
    sort(o);
    if (o->positions.n)
        found = bsearch(&wanted, o->positions.v, o->positions.n, sizeof wanted, by_offset);
    return found ? *found : wanted;
}

struct str outline_path(struct outline *o, struct span span) {
    struct source_place wanted = {.start = {span.start, 1, 1}, .end = {span.end, 1, 1}};
    struct source_place *found = NULL;
    sort(o);
    if (o->places.n) found = bsearch(&wanted, o->places.v, o->places.n, sizeof wanted, by_span);
    return found ? found->path : STR("");
}
