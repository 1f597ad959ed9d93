/* Evaluates rules for what they look at, and makes findings of what holds; private to the engine.
 */
#ifndef CLAWC_POLICY_EVALUATE_H
#define CLAWC_POLICY_EVALUATE_H

#include "policy/engine.h"

/* What one thread evaluates with. */
struct evaluator {
    const struct engine *engine;
    struct arena *arena;       /* of what it finds */
    struct arena *scratch;     /* given anew for each subject */
    struct arena *objects;     /* facts that exist only while they are looked at */
    struct arena *path_memory; /* of one gateway's paths; NULL: they last */
    struct paths *paths;
    double *seconds;                /* by number of the rule; NULL: nobody wants to know */
    struct gateway_findings *found; /* of the gateway, or of all of them together */
    /* While a rule is evaluated: */
    struct rule *rule;
    struct cel_run run;
    struct cel_value variables[4]; /* subject, gateway, parameters, item: those that are known */
    place at;                      /* of the subject that is looked at */
    uint32_t gateway; /* the number of its gateway, from 1; 0 for a rule about several */
    bool undecided;   /* reported once for a rule and gateway */
};

/* For rules about several gateways: what they find may refer to the facts. */
struct evaluator evaluator_begin(const struct engine *e, struct gateway_findings *found);
void evaluator_end(struct evaluator *e);

/* Holds the rule `e->rule` against one subject, of a gateway or (NULL) of several. */
void evaluate(struct evaluator *e, const void *object, const struct analysis *gateway);
/* Holds it against everything of a gateway that it ranges over. */
void evaluate_gateway(struct evaluator *e, const struct analysis *gateway);

#endif
