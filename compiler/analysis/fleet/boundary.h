/* The tenant boundary checklist: for each two gateways, or tenants, what of the things that must
 * not be shared is separate, shared, or not to be told from the files. */
#ifndef CLAWC_ANALYSIS_FLEET_BOUNDARY_H
#define CLAWC_ANALYSIS_FLEET_BOUNDARY_H

#include "analysis/fleet/fleet.h"

enum boundary_item {
    BOUNDARY_STATE,
    BOUNDARY_SESSIONS,
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
    const char *role; /* what stands there: "has agent ..."; or NULL */
};

struct boundary_answer {
    enum boundary_state state;
    struct str what;     /* shared: what, the first of it; not decided: why */
    size_t n;            /* how many things are shared */
    struct str accepted; /* the reason for which somebody has accepted it, or empty */
    ARRAY(struct boundary_place) places;
};

/* An agent of a gateway that others use, too. */
struct boundary_agent {
    const struct fleet_agent *agent;
    struct str who; /* the first sender who reaches it, or empty: it is declared the tenant's */
    place at;       /* what admits that sender, or the agent */
};

/* What a party has of one gateway: all of it, or some of its agents. */
struct boundary_part {
    const struct fleet_gateway *gateway;
    bool whole;
    ARRAY(struct boundary_agent) agents;
};

/* Whose things are told apart: a gateway, or a tenant. */
struct boundary_party {
    struct str name;
    uint32_t tenant;                   /* its number, of a tenant */
    const struct boundary_part *parts; /* ordered by gateway */
    size_t n;
};

struct boundary {
    const struct boundary_party *a, *b;
    struct boundary_answer answers[BOUNDARY_ITEMS];
};

struct boundaries {
    ARRAY(struct boundary) list;
};

/* "state directory"; the risk of sharing it, and what to do, in sentences. */
const char *boundary_item_name(enum boundary_item item);
const char *boundary_item_risk(enum boundary_item item);
const char *boundary_item_remedy(enum boundary_item item);
/* "separate", "shared", "undecided". */
const char *boundary_state_name(enum boundary_state state);

/* The parties of a fleet: its tenants, or without any its gateways, by name. Gateways and agents
 * that do not exist are left out. */
struct boundary_party *boundary_parties(struct arena *a, const struct fleet *fleet,
                                        const struct fleet_block *block, size_t *n);
/* What the party has of the gateway, or NULL. */
const struct boundary_part *boundary_part_of(const struct boundary_party *p,
                                             const struct fleet_gateway *g);

/* One pair of parties, held against what was found in the fleet. */
struct boundary boundary_between(struct arena *a, const struct fleet *fleet,
                                 const struct boundary_party *first,
                                 const struct boundary_party *second);

/* How findings name an item: "lawyers/advisers: model credentials". */
struct str boundary_resource(struct arena *a, const struct boundary *b, enum boundary_item item);

/* ---- private to boundary*.c --------------------------------------------------------------------
 */

struct answering {
    struct arena *arena;
    struct boundary *b;
};

/* boundary_answer.c: something is shared. */
void boundary_share(struct answering *s, enum boundary_item item, struct str what);
void boundary_point(struct answering *s, enum boundary_item item, const struct fleet_gateway *g,
                    place at, struct str role);
/* Says that an item is not decided, unless something is shared. */
void boundary_doubt(struct answering *s, enum boundary_item item, const char *why);

/* boundary_inside.c: both parties have a part in one gateway. */
void boundary_inside(struct answering *s, const struct boundary_part *x,
                     const struct boundary_part *y);

#endif
