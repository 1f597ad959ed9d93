/* The project file clawc.yaml: what a team has decided once for all runs. */
#ifndef CLAWC_LOAD_PROJECT_H
#define CLAWC_LOAD_PROJECT_H

#include "load/fleet_block.h"
#include "load/gateway.h"
#include "source/diag.h"

/* A finding that the team accepts: which rule, optionally where, why, and until when. */
struct accepted {
    struct str id, where, reason, until; /* `until` as YYYY-MM-DD; empty: no end */
    struct span span;
    bool used;
};

struct severity_choice {
    struct str rule;
    enum severity severity;
    bool off;
    struct span span;
};

struct project {
    uint32_t file; /* 0: there is none */
    struct str gateway;
    struct names rules, owners;
    struct env_setting env; /* of all gateways */
    ARRAY(struct severity_choice) severities;
    node_id parameters; /* rule -> name -> value, in the tree that was read; 0: none */
    ARRAY(struct accepted) accepted;
    struct fleet_block fleet;
};

/* Reads a project file that is in `file` of the tree's sources. Every mistake is a diagnostic, an
 * unknown key too; false when there was one. */
bool project_read(struct tree *t, uint32_t file, struct diags *d, struct project *p);

#endif
