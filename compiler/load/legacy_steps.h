/* What the parts of the repair share. Private to them. */
#ifndef CLAWC_LOAD_LEGACY_STEPS_H
#define CLAWC_LOAD_LEGACY_STEPS_H

#include "load/legacy.h"

/* Notes a change. */
void legacy_note(struct repair_job *job, struct str from, struct str to, node_id was, node_id now);

#endif
