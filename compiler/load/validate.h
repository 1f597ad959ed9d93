/* What the gateway makes of a config once it is resolved: its schema and the rules past it.
 *
 * Mirrors the steps of the gateway's own validator, in its order: policies before the schema, the
 * schema with the refinements in it, the rules after it (the first failing group ends them),
 * channels and plugins. What the gateway would report is an error; what lies beyond the point where
 * it stops is found as well and marked `further`. */
#ifndef CLAWC_LOAD_VALIDATE_H
#define CLAWC_LOAD_VALIDATE_H

#include "load/environment.h"
#include "load/gateway.h"
#include "load/schema/schema.h"
#include "source/diag.h"
#include "syntax/tree.h"

struct validation {
    struct arena *arena;
    struct tree *tree;
    struct diags *diags;
    const struct gateway_data *gateway;
    const struct environment *environment; /* HOME and OPENCLAW_STATE_DIR, for paths */
    const struct schema *schema;           /* NULL: the built-in one of `gateway` */
    node_id first_node;                    /* the nodes of the config's files begin here */
    node_id root; /* includes, variables and load-time steps applied; of any kind */
    /* The load took a marker `default: true` from one of several agents: whose, canonical. */
    bool legacy_default;
    struct str marker;
};

/* Adds what is wrong to `diags`, each with the gateway's path, kind and details. True when the
 * gateway's validator would accept the config. */
bool validate_config(const struct validation *v);

#endif
