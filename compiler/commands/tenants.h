/* What clawc.yaml says of tenants and nothing of a run bears out. */
#ifndef CLAWC_COMMANDS_TENANTS_H
#define CLAWC_COMMANDS_TENANTS_H

#include "analysis/fleet/boundary.h"
#include "commands/run.h"

/* Warns of gateways, agents and senders of tenants that are not in the run: names misspelt. */
void tenants_warn(struct run *run, const struct fleet_question *q);

/* Notes what `suppress` of clawc.yaml accepts of it: with a reason, until its day, for the item by
 * its name or for all. */
void tenants_accept(struct run *run, struct boundary *b);

#endif
