/* Where a gateway keeps its things. What is not known is a symbol: `~` for the home directory,
 * `<state of NAME>` for the state directory. */
#ifndef CLAWC_MODEL_PLACES_H
#define CLAWC_MODEL_PLACES_H

#include "load/discover.h"

struct model;

struct places {
    struct str home, directory;    /* of its process; empty: not known */
    struct str state, credentials; /* or symbols for them */
    struct str workspace;          /* the default agent's, or empty: not known */
};

/* The places of a gateway that reports call `name`. `found` (may be NULL) is what its environment
 * says, `directory` the working directory of its process, or empty. */
struct places places_of(struct arena *a, struct str name, const struct discovered *found,
                        struct str directory);

/* The process of a gateway on a host, as far as it is known. */
struct host_process {
    const struct gateway_data *gateway;
    const struct environment *environment;
    struct str home;      /* HOME, absolute; empty: not known */
    struct str state;     /* OPENCLAW_STATE_DIR, before that of the environment; or empty */
    struct str directory; /* its working directory; empty: not known */
    struct str profile;   /* of `--profile`, or empty */
    bool dev;             /* `--dev` */
};

/* The paths that follow from it, as load/discover.h has them; `~` stands for a home directory that
 * is not known, `<working directory>` for such a working directory. */
struct discovered places_discover(struct arena *a, const struct host_process *p);

/* A path of the config: `~` and relative ones resolved where that is known. */
struct str model_path(const struct model *m, struct str written);

#endif
