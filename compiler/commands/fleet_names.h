/* Names in the block `fleet` that nothing in the run bears. */
#ifndef CLAWC_COMMANDS_FLEET_NAMES_H
#define CLAWC_COMMANDS_FLEET_NAMES_H

#include "commands/run.h"

/* Warns of a hub, of declared edges and of texts whose gateway is not in the run, and of keys that
 * have no effect there: a slip in `hub` would make a spoke of every gateway. A run of one gateway
 * may leave out the others; a text of no gateway is an error where the file of --fleet says which
 * there are. */
void fleet_names_check(struct run *run, const struct fleet_question *q);

#endif
