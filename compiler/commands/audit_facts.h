/* audit --facts: what a comparison with gateways elsewhere needs. */
#ifndef CLAWC_COMMANDS_AUDIT_FACTS_H
#define CLAWC_COMMANDS_AUDIT_FACTS_H

#include "commands/run.h"

/* Reads the key of --facts-key or --facts-key-env. False after a message: it cannot be read, it is
 * too short, or --facts has none. */
bool facts_key_read(struct run *run);

/* Writes the facts of all gateways to the file of --facts. EXIT_MACHINE after a message. */
enum exit_code facts_write(struct run *run, const struct audited *what);

#endif
