/* clawc fleet join: gateways compared by the facts that audits have written. */
#ifndef CLAWC_COMMANDS_FLEET_JOIN_H
#define CLAWC_COMMANDS_FLEET_JOIN_H

#include "commands/run.h"

enum exit_code fleet_join(struct run *run);

#endif
