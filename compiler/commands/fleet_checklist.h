/* The tenant boundary checklist, written in a format. */
#ifndef CLAWC_COMMANDS_FLEET_CHECKLIST_H
#define CLAWC_COMMANDS_FLEET_CHECKLIST_H

#include "analysis/fleet/boundary.h"
#include "base/buf.h"

enum checklist_format { CHECKLIST_TEXT, CHECKLIST_MARKDOWN, CHECKLIST_HTML, CHECKLIST_JSON };

/* Adds the list of every pair. Secrets are called by their names. */
void checklist_write(struct buf *out, const struct tree *t, const struct boundaries *b,
                     enum checklist_format format);

#endif
