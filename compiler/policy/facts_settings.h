/* Facts about the settings that the gateway's own audit asks about. For the table of the gateway's
 * facts alone. */
#ifndef CLAWC_POLICY_FACTS_SETTINGS_H
#define CLAWC_POLICY_FACTS_SETTINGS_H

#include "policy/facts.h"

/* The ids that security.audit.suppressions names. */
struct cel_value fact_suppressed_ids(struct cel_run *run, const struct model *m);

#endif
