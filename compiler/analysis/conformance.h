/* A config held against the gateway's policy document, as its plugin `policy` does it: which rules
 * of the document it does not keep, and which cannot be decided from the files. */
#ifndef CLAWC_ANALYSIS_CONFORMANCE_H
#define CLAWC_ANALYSIS_CONFORMANCE_H

#include "analysis/analysis.h"
#include "model/observed.h"

enum {
    CONFORMANCE_MAX = 100000,       /* most violations of a gateway */
    CONFORMANCE_WORK_MAX = 50000000 /* most comparisons */
};

/* A rule that is not kept, at one place of the config; or something wrong with the document. */
struct violation {
    const struct analysis *in;
    struct str check;               /* policy/sandbox-mode-unapproved */
    const struct observation *seen; /* NULL for the document itself and for probes */
    const struct policy_rule *rule; /* NULL for the document itself */
    struct str scope;               /* the document's scope that asks for it, or empty */
    struct str item;                /* a tool, a command, a probe, or empty */
    struct str value;               /* what the config has there, as text; may be empty */
    struct names expected;          /* what the rule lists */
    struct str detail; /* what is wrong with the document; why a channel is denied; a match kind */
    struct str target, requirement; /* as the gateway names them */
    place at, asked_at;
    int32_t agent; /* index into model.agents, or -1 */
};

struct undecided_rule {
    struct str check, reason;
};

struct conformance {
    const struct policy_document *document;
    const struct observed *observed;
    ARRAY(struct violation) violations;
    ARRAY(struct undecided_rule) undecided;
    size_t work; /* comparisons made */
    bool cut;    /* a limit was reached: there may be more */
};

/* Finds rules of scopes that ask for less than the document or an earlier scope: the gateway takes
 * that for a mistake in the document. Once for a document, before anything is held against it. */
void policy_compare_scopes(struct policy_document *d, const struct gateway_data *g);

/* Holds a gateway's config against a document. The document's own problems are among the violations
 * of the gateway that is told to have them. */
struct conformance *conformance_check(struct analysis *s, const struct policy_document *d,
                                      bool with_problems);

/* conformance_tools.c: names of tools, as the plugin reads them: aliases and groups count, names
 * that stand for several do not. */
struct names policy_tools_expand(struct arena *a, const struct gateway_data *g,
                                 struct names written);
/* Denied names, ready to be asked. */
struct denied_tools {
    const struct gateway_data *gateway;
    struct names entries;
};
struct denied_tools denied_tools_new(struct arena *a, const struct gateway_data *g,
                                     struct names written);
bool denied_tools_have(const struct denied_tools *d, struct str tool);

/* What is being held against what; for the files that judge. */
struct claim {
    struct conformance *c;
    struct analysis *s;
    const struct policy_rule *rule;
    node_id value;
    struct str scope;
    struct str requirement;
    struct names list;  /* of the value */
    struct map set;     /* of the list */
    struct map except;  /* what the rule that goes before lists */
    struct names tools; /* the list, its groups taken apart */
};

/* Adds one; NULL when there are too many already. */
struct violation *violation_add(const struct claim *claim, struct str check,
                                const struct observation *seen);
/* Once for a check. */
void conformance_undecided(struct conformance *c, struct str check, struct str reason);
/* Counts comparisons; false when there were too many. */
bool conformance_work(struct conformance *c, size_t n);

/* conformance_routing.c */
void conformance_deny_channels(const struct claim *claim);
void conformance_probes(const struct claim *claim);

#endif
