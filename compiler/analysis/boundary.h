/* The tenant boundary checklist: for each two gateways, or tenants, what of the things that must
 * not be shared is separate, shared, or not to be told from the files. */
#ifndef CLAWC_ANALYSIS_BOUNDARY_H
#define CLAWC_ANALYSIS_BOUNDARY_H

#include "analysis/fleet.h"

enum boundary_item {
    BOUNDARY_STATE,
    BOUNDARY_WORKSPACE,
    BOUNDARY_BROWSER,
    BOUNDARY_CHANNELS,
    BOUNDARY_MODELS,
    BOUNDARY_TOKEN,
    BOUNDARY_PORT,
    BOUNDARY_LOGS,
    BOUNDARY_BACKUPS,
    BOUNDARY_HOST,
    BOUNDARY_ITEMS,
};

enum boundary_state { BOUNDARY_SEPARATE, BOUNDARY_SHARED, BOUNDARY_UNDECIDED };

/* Where something shared stands in a file. */
struct boundary_place {
    const struct fleet_gateway *gateway;
    place at;
};

struct boundary_answer {
    enum boundary_state state;
    struct str what; /* shared: what, the first of it; not decided: why */
    size_t n;        /* how many things are shared */
    ARRAY(struct boundary_place) places;
};

/* Whose things are told apart: a gateway, or all of a tenant's. */
struct boundary_party {
    struct str name;
    const struct fleet_gateway *const *gateways;
    size_t n;
};

struct boundary {
    const struct boundary_party *a, *b;
    struct boundary_answer answers[BOUNDARY_ITEMS];
};

struct boundaries {
    ARRAY(struct boundary) list;
};

/* "state directory"; the risk of sharing it, in a sentence. */
const char *boundary_item_name(enum boundary_item item);
const char *boundary_item_risk(enum boundary_item item);
/* "separate", "shared", "undecided". */
const char *boundary_state_name(enum boundary_state state);

/* The parties of a fleet: its tenants, or without any its gateways, by name. Names of gateways that
 * do not exist are left out. */
struct boundary_party *boundary_parties(struct arena *a, const struct fleet *fleet,
                                        const struct fleet_block *block, size_t *n);

/* One pair of parties, held against what was found in the fleet. */
struct boundary boundary_between(struct arena *a, const struct fleet *fleet,
                                 const struct boundary_party *first,
                                 const struct boundary_party *second);

#endif
