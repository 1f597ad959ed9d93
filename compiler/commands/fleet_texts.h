/* Files of workspaces in which the address of another gateway may stand: `workspaceText`. */
#ifndef CLAWC_COMMANDS_FLEET_TEXTS_H
#define CLAWC_COMMANDS_FLEET_TEXTS_H

#include "commands/run.h"

/* Reads those that the block names for a gateway, below `root` (absolute, links resolved; reports
 * call it `shown`), and adds them to it. A file that cannot be read is a diagnostic. */
void fleet_texts_add(struct run *run, const struct fleet_block *block, struct str root,
                     struct str shown, struct fleet_gateway *g);

/* The same for a gateway on the host: the files lie below the directory of the block's file. */
void fleet_texts_add_host(struct run *run, const struct fleet_block *block,
                          struct fleet_gateway *g);

#endif
