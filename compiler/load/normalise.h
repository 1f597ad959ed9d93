/* The steps of the newer gateway between variables and schema: older dialects brought to the
 * current one, always, without writing anything. */
#ifndef CLAWC_LOAD_NORMALISE_H
#define CLAWC_LOAD_NORMALISE_H

#include "load/edit.h"
#include "load/environment.h"
#include "load/gateway.h"

struct normalise_job {
    struct arena *arena;
    struct edit *edit;
    struct diags *diags; /* warnings, with the gateway's path and kind; NULL: none are wanted */
    const struct gateway_data *gateway;
    const struct environment *environment;
    node_id root;         /* an object */
    struct map *list_ids; /* out: key of an entry that was in a list -> the value of its `id` */
    struct str marker; /* out: canonical id of the agent that was marked as the default, or empty */
    struct str first;  /* out: the first agent of a converted list of several without marker */
};

/* What the gateway does at every load: budgets of tokens moved to the models, `agents.list` made
 * `agents.entries`, an implied `main`, markers of the default agent turned into owners and bindings
 * (NODE_ADDED), settings that are gone dropped. */
void normalise_config(struct normalise_job *job);

/* The default workspace of the process: OPENCLAW_WORKSPACE_DIR, `workspace` in the state directory
 * of OPENCLAW_STATE_DIR or of the profile, else `~/.openclaw/workspace`. */
struct str normalise_workspace(struct arena *a, const struct environment *e);

/* context_budget.c: its first step. */
void normalise_context_budget(struct normalise_job *job);

#endif
