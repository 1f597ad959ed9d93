/* Which gateways hold tokens of others. */
#ifndef CLAWC_ANALYSIS_FLEET_HELD_H
#define CLAWC_ANALYSIS_FLEET_HELD_H

#include "analysis/fleet/fleet.h"

struct fleet_held {
    const struct fleet_gateway *from, *to;
    bool hooks; /* the token of its hooks; otherwise the gateway's own */
    place at;   /* where `from` has it */
};

struct fleet_held_list {
    ARRAY(struct fleet_held) list; /* ordered by `from`, each token once; at most FLEET_HELD_MAX */
};

enum { FLEET_HELD_MAX = 10000 };

/* A token is held where a text of the config or a variable is that token, alone or behind
 * "Bearer "; and where a file of the workspaces contains that of a gateway which it names. */
struct fleet_held_list fleet_tokens_held(struct arena *a, const struct fleet *fleet);

#endif
