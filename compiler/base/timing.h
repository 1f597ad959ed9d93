/* How long the parts of a run take, for people who want it faster. */
#ifndef CLAWC_BASE_TIMING_H
#define CLAWC_BASE_TIMING_H

#include <stdio.h>

#include "base/arena.h"
#include "base/str.h"

struct timed_part {
    struct str name;
    double seconds;
};

/* Parts in the order in which they were timed. The clock starts with `timing_new`, and again after
 * each part. */
struct timing {
    struct arena *arena;
    ARRAY(struct timed_part) parts;
    double since;
};

struct timing *timing_new(struct arena *a);

/* What has passed since the part before this one was taken by `name`, which must live as long as
 * the timing. NULL is a timing that nobody asked for. */
void timing_lap(struct timing *t, struct str name);

/* Seconds of a clock that only goes forward. */
double timing_now(void);

/* A part that was timed elsewhere. The clock starts again. */
void timing_add(struct timing *t, struct str name, double seconds);

/* Prints the parts, longest first, in microseconds, below what they make together. */
void timing_print(const struct timing *t, const char *title, FILE *out);

#endif
