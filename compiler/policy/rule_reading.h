/* Reading one rule; private to policy. */
#ifndef CLAWC_POLICY_RULE_READING_H
#define CLAWC_POLICY_RULE_READING_H

#include "load/read.h"
#include "policy/rule.h"

/* Reads the rule whose mapping is `root`. Mistakes become errors at their line. */
struct rule *rule_read(struct arena *a, struct tree *t, node_id root, struct diags *d);

/* rule_parameters.c: reads `parameters` and makes the type of the variable of that name. */
void rule_parameters_read(struct arena *a, const struct reading *r, node_id n, struct rule *rule);

#endif
