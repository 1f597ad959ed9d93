/* Variables in the texts of a Compose file: `$V`, `${V}`, `${V:-d}`, `${V-d}`, `${V:?e}`, `${V?e}`,
 * `${V:+r}`, `${V+r}`, nested as one likes, and `$$` for a dollar.
 *
 * With a complete environment a variable that is not in it is empty. Otherwise nothing is known of
 * it: it is a secret of its own, whose value is the text `@@V@@`; a default stands in for it, and
 * what would replace it is left out. */
#ifndef CLAWC_COMPOSE_INTERPOLATE_H
#define CLAWC_COMPOSE_INTERPOLATE_H

#include "load/environment.h"

enum {
    INTERPOLATE_MAX_DEPTH = 100,              /* expressions inside of each other */
    INTERPOLATE_MAX_BYTES = 64 * 1024 * 1024, /* of all texts of a project */
};

struct interpolation {
    struct arena *arena;
    const struct environment *environment;
    size_t bytes; /* made so far, over all texts */

    /* Of the last text. */
    const char *problem; /* why it cannot be read, or NULL */
    size_t problem_at;   /* byte of the text */
    struct str variable; /* that must be set and is not (`problem` is NULL then), or empty */
    struct str message;  /* what its author says about that */
    struct str unset; /* the first one that nobody has set and that was taken as empty, or empty */
};

/* The text with its variables replaced; `written` itself where there are none, and after a
 * problem. */
struct str interpolate(struct interpolation *i, struct str written);

/* `@@NAME@@`, the value of a variable that is not known. */
struct str interpolate_unknown(struct arena *a, struct str name);
/* The name when the whole value is one, else empty. */
struct str interpolate_unknown_name(struct str value);
/* Whether the value of a variable that is not known is part of the text. */
bool interpolate_is_unknown(struct str value);

#endif
