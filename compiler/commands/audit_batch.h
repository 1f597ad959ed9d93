/* `clawc audit --batch`. */
#ifndef CLAWC_COMMANDS_AUDIT_BATCH_H
#define CLAWC_COMMANDS_AUDIT_BATCH_H

#include "commands/run.h"

/* Reads lines {"id", "config", "env", "pairingStore"} from standard input and answers each with
 * {"id", "findings": [{"checkId", "severity"}], "suppressed": [checkId]}: what the gateway's own
 * audit reports, sorted; under the conditions that testdata/vectors/README.md states. A line that
 * is none, or whose config cannot be loaded, gets an "error". */
enum exit_code audit_batch(struct run *run);

#endif
