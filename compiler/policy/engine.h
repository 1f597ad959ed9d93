/* Runs rules over facts: evaluates each rule for everything it ranges over, makes findings of what
 * holds, applies severities and suppressions, and puts the report in order. */
#ifndef CLAWC_POLICY_ENGINE_H
#define CLAWC_POLICY_ENGINE_H

#include "base/timing.h"
#include "load/project.h"
#include "policy/rule.h"
#include "syntax/paths.h"

/* What makes a finding count: --fail-on. */
struct gate {
    bool level_set;
    enum severity level; /* this and above count */
    bool families[16];   /* by position in rule_families: warn and critical count */
};

/* Reads --fail-on; NULL is the default. False after a message on standard error. */
bool gate_parse(const char *text, struct gate *gate);
bool gate_counts(const struct gate *gate, const struct finding *f);

struct engine {
    struct arena *arena;
    const struct tree *tree;
    struct paths *paths;
    const struct rules *rules;
    struct project *project; /* or NULL */
    struct gate gate;
    struct str today;      /* YYYY-MM-DD, for suppressions with an end */
    struct timing *timing; /* gets a part for each rule; or NULL */
    bool apart;            /* the gateways have nothing to do with each other: no pairs of them */
    bool fs;               /* the permissions of the files given were looked at (--fs) */
};

/* Evaluates every rule over the gateways (in the order of their files) and, when there are several,
 * over what they share. Findings, suppressed ones and what could not be decided go to the report,
 * sorted; `report->critical`, `warn`, `info` count them. */
void engine_run(struct engine *e, const struct analysis *const *gateways, size_t n,
                const struct fleet *fleet, struct report *report);

/* undecided.c: what the report cannot say, and what would be needed for it. */
void add_undecided(struct engine *e, const struct analysis *const *gateways, size_t n,
                   const struct fleet *fleet, struct report *report);

/* suppress_gateway.c: takes out what the gateway's own `security.audit.suppressions` hide. */
void suppress_by_gateway(struct engine *e, const struct analysis *const *gateways, size_t n,
                         struct report *report);

/* suppress.c: takes suppressed findings out of the report, and returns the suppressions that are
 * not in order. */
struct bad_suppressions {
    ARRAY(struct bad_suppression) list;
};
struct bad_suppressions suppress(struct engine *e, struct report *report);

#endif
