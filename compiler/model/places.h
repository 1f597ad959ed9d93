/* Where a gateway keeps its things. What is not known is a symbol: `~` for the home directory,
 * `<state of NAME>` for the state directory. */
#ifndef CLAWC_MODEL_PLACES_H
#define CLAWC_MODEL_PLACES_H

#include "load/discover.h"

struct model;

struct places {
    bool known; /* the directories below are those of a machine; otherwise symbols */
    struct str home, directory; /* known only */
    struct str state, credentials;
    struct str workspace; /* the default agent's, known only */
};

/* The places of a gateway whose state directory is `state` (may be empty: unknown) and that reports
 * call `name`. `found` (may be NULL) is what its environment says, `directory` the working
 * directory of its process. */
struct places places_of(struct arena *a, struct str name, struct str state,
                        const struct discovered *found, struct str directory);

/* A path of the config: `~` and relative ones resolved where that is known. */
struct str model_path(const struct model *m, struct str written);

#endif
