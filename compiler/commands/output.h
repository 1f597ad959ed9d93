/* Files that a command writes: through a new one beside it, so that a reader never sees a part. */
#ifndef CLAWC_COMMANDS_OUTPUT_H
#define CLAWC_COMMANDS_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"

struct output {
    const char *path, *written; /* what is asked for, what is written until it is whole */
    FILE *file;
    bool in_place; /* a terminal, a pipe or another thing that must stay what it is */
};

/* NULL when it cannot be opened; `output_close` says so. */
FILE *output_open(struct output *o, struct arena *a, const char *path);

/* Puts the file in its place, or, when not all of it could be written (`ok` false), away again.
 * False after a message on standard error. */
bool output_close(struct output *o, bool ok);

#endif
