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
    bool part;             /* of a fleet whose parts are joined later (--facts) */
    bool fs;               /* the permissions of the files given were looked at (--fs) */
};

/* What the rules found in one gateway. */
struct gateway_findings {
    ARRAY(struct finding) findings;
    ARRAY(struct undecided) failed;  /* rules that could not be evaluated */
    ARRAY(struct undecided) unknown; /* what its config cannot tell */
    bool has_policy;                 /* it was held against a policy document */
};

/* Evaluates gateways one after the other, as one of several threads may do it: rules whose
 * expressions are all compiled, the tree and the engine are only read. What is found lives in `a`,
 * and refers to nothing of the analysis. `timed`: how long each rule takes is counted. */
struct evaluator *engine_worker(const struct engine *e, struct arena *a, bool timed);
void engine_worker_end(struct evaluator *worker);
/* Evaluates every rule about single gateways. `number`: the gateway's in the run, from 1. */
void engine_gateway(struct evaluator *worker, const struct analysis *s, uint32_t number,
                    struct gateway_findings *found);
/* Adds what a worker's rules took to the engine's timing, `n` workers together. */
void engine_add_timing(struct engine *e, struct evaluator *const *workers, size_t n);

/* All gateways of a run, in the order of their files. */
struct engine_gateways {
    const struct model *const *models;
    const struct gateway_findings *found;   /* of each */
    const struct analysis *const *analyses; /* for rules about two of them; or NULL */
    size_t n;
};

/* Whether a rule that is not off looks at two gateways. */
bool engine_needs_pairs(const struct engine *e);

/* Evaluates the rules about several gateways, and over what they share. All findings, suppressed
 * ones and what could not be decided go to the report, sorted; `report->critical`, `warn`, `info`
 * count them. */
void engine_finish(struct engine *e, const struct engine_gateways *g, const struct fleet *fleet,
                   struct report *report);

/* The whole, for gateways that are analysed already. */
void engine_run(struct engine *e, const struct analysis *const *gateways, size_t n,
                const struct fleet *fleet, struct report *report);

/* undecided.c: what a gateway's config cannot tell; what the report cannot say, and what would be
 * needed for it. */
void add_unknown(struct arena *a, const struct analysis *s, struct gateway_findings *found);
void add_undecided(struct engine *e, const struct engine_gateways *g, const struct fleet *fleet,
                   struct report *report);

/* suppress_gateway.c: takes out what the gateway's own `security.audit.suppressions` hide. */
void suppress_by_gateway(struct engine *e, const struct model *const *gateways, size_t n,
                         struct report *report);

/* suppress.c: takes suppressed findings out of the report, and returns the suppressions that are
 * not in order. */
struct bad_suppressions {
    ARRAY(struct bad_suppression) list;
};
struct bad_suppressions suppress(struct engine *e, struct report *report);

#endif
