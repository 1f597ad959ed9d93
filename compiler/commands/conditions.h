/* What the options of `audit` tell about a gateway beside its config: what is linked, who was
 * paired, which plugins are loaded. */
#ifndef CLAWC_COMMANDS_CONDITIONS_H
#define CLAWC_COMMANDS_CONDITIONS_H

#include "commands/run.h"

/* Fills `run->conditions`. False after a message: the pairing store cannot be read. */
bool conditions_of_options(struct run *run);

/* Adds a pairing store, {"<channel>/<account>": [sender, ...]}. False when it is something else. */
bool conditions_read_pairing(struct conditions *c, const struct tree *t, node_id store);

#endif
