/* What the gateway's start does with a config that its validator refuses: it rewrites keys and
 * values of older versions, and goes on if the result is valid. */
#ifndef CLAWC_LOAD_LEGACY_LEGACY_H
#define CLAWC_LOAD_LEGACY_LEGACY_H

#include "load/edit.h"
#include "load/environment.h"
#include "load/gateway.h"
#include "source/diag.h"

/* One thing that the start changes. `from` and `to` are paths; one of them may be empty. */
struct repair_change {
    struct str from, to;
    node_id was, now; /* the values, 0 where there is none */
};

struct repair_job {
    struct arena *arena;
    struct edit *edit;
    const struct gateway_data *gateway;
    const struct environment *environment;
    node_id root;         /* an object */
    struct map *list_ids; /* out: as of the load (load/normalise.h) */
    bool unresolved;      /* out: something was left to a person, so that the start gives up */
    struct str first;     /* the first agent of a list of several without marker, or empty */
    ARRAY(struct repair_change) changes;
};

/* Refuses keys by name (kind `legacy_key`): with one of them the gateway checks nothing else. True
 * when there is none. */
bool legacy_refuse(struct repair_job *job, struct diags *diags);

/* Whether the start may rewrite the file at all: not one that is read-only or was written by a
 * newer gateway. */
bool legacy_may_repair(const struct repair_job *job);

/* Rewrites the tree as the start would; notes every change. */
void legacy_repair(struct repair_job *job);

#endif
