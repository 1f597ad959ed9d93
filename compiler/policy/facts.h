/* The facts that rules may use, as host objects of CEL, and what a rule can range over. One table
 * per kind of fact gives its fields, their types and their documentation (docs/facts.md is made of
 * it). */
#ifndef CLAWC_POLICY_FACTS_H
#define CLAWC_POLICY_FACTS_H

#include "analysis/conformance.h"
#include "analysis/fleet/fleet.h"
#include "cel/cel.h"
#include "policy/finding.h"

/* A suppression that is not in order. */
struct bad_suppression {
    const char *problem; /* "no-reason", "expired", "unmatched" */
    struct str id, until;
    struct span span;
};

/* Two agents of a gateway, or two gateways. */
struct agent_pair {
    const struct agent_facts *a, *b;
};
struct gateway_pair {
    const struct analysis *a, *b;
};

/* A secret of a config, with what it belongs to. */
struct secret_fact {
    const struct analysis *in;
    const struct kept_secret *secret;
};

extern const struct cel_object_type fact_gateway, fact_agent, fact_account, fact_binding,
    fact_reach, fact_shared_session, fact_crowded_channel, fact_tool_entry, fact_shared_path,
    fact_shared_room, fact_power_path, fact_agent_pair, fact_gateway_pair, fact_fleet_share,
    fact_suppression, fact_exposure, fact_audited_power, fact_exec_scope, fact_safe_bin,
    fact_risky_dir, fact_model, fact_sandbox_browser, fact_container, fact_bind, fact_elevated_list,
    fact_config_file, fact_tool_list, fact_policy, fact_secret, fact_channel_check,
    fact_policy_violation;

/* What a rule says of itself with `for`. */
struct fact_range {
    const char *name; /* also the name of the variable */
    const struct cel_object_type *type;
    bool fleet; /* ranges over all gateways at once; otherwise `gateway` is a variable, too */
    const char *doc;
    /* How many there are in an analysis (or in the fleet), and each of them. `scratch` is for
     * objects that exist only while they are looked at. */
    size_t (*count)(const struct analysis *s);
    const void *(*at)(const struct analysis *s, struct arena *scratch, size_t i);
};

extern const struct fact_range fact_ranges[];
extern const size_t fact_range_count;
const struct fact_range *fact_range_find(struct str name);

/* Whom a fact is about, for the report's `subjects`. */
void fact_subjects(struct arena *a, const struct fact_range *range, const void *object,
                   struct finding *f);

/* facts_policy.c: whom a violation is about, and how the gateway names the two places. */
struct str violation_account(struct arena *a, const struct violation *v);

/* Where a fact stands: what a rule points at with the fact itself. 0 for one without a place. */
place fact_place(const struct cel_object_type *type, const void *object);

/* The types that are documented, ended by NULL. */
extern const struct cel_object_type *const fact_types[];

#endif
