/* What several gateways on one host share that each should have for itself. */
#ifndef CLAWC_ANALYSIS_FLEET_H
#define CLAWC_ANALYSIS_FLEET_H

#include "analysis/analysis.h"

struct fleet_member {
    const struct analysis *gateway;
    place at;
};

/* One resource and every gateway that uses it. `kind` is the name of the rule about it. */
struct fleet_share {
    const char *kind; /* "port-conflict", "shared-workspace", "duplicate-gateway-token", ... */
    struct str resource;
    const struct fleet_member *members; /* ordered by the gateways' names */
    size_t n;
    size_t primary;        /* the member at whose place it is reported */
    bool assumed;          /* rests on something that is not in the files */
    struct str assumption; /* what: "OPENCLAW_GATEWAY_PORT is not set" */
};

struct fleet {
    ARRAY(struct fleet_share) shares;
    bool state_unknown; /* some gateway's state directory is not known from the files */
};

/* Compares the gateways with each other; fewer than two have nothing to share. `env` names secrets
 * that come from variables. Secrets are compared, never shown: `resource` holds the variable's name
 * or the beginning of a digest. */
struct fleet *fleet_analyse(struct arena *a, const struct analysis *const *gateways, size_t n,
                            const struct environment *env);

#endif
