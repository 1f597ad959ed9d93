/* Tests that stand in rule files: configs, and what the rule must find in them. */
#ifndef CLAWC_POLICY_RULE_TESTS_H
#define CLAWC_POLICY_RULE_TESTS_H

#include "policy/rule.h"

/* A finding that must be there; what is empty or 0 is not looked at. */
struct rule_expectation {
    struct str id;                                  /* of the finding, or of its rule */
    struct str path, severity, confidence, message; /* `message`: a part of it */
    uint32_t line;
};

struct rule_text {
    struct str name, text;
};

struct rule_test {
    struct str name, gateway;
    node_id at;                      /* in the rule's tree */
    ARRAY(struct rule_text) configs; /* the gateways, in this order */
    ARRAY(struct rule_text)
    files;                                /* what they include; clawc.yaml is the project file,
                                             policy.jsonc the policy document */
    node_id env, parameters;              /* name -> value; 0: none */
    ARRAY(struct rule_expectation) finds; /* all that the rule must find; none: nothing */
    bool fires;                           /* instead: at least one finding, whichever */
};

struct rule_tests {
    ARRAY(struct rule_test) list;
};

/* The tests of a rule: its example, before and after, then those under `tests`. Mistakes become
 * errors at their line. */
struct rule_tests rule_tests_read(struct arena *a, const struct rule *rule, struct tree *t,
                                  struct diags *d);

/* Whether a finding of the rule is what is expected. `sources` are those of the finding. */
bool rule_expects(const struct rule_expectation *e, const struct finding *f,
                  const struct sources *sources);

#endif
