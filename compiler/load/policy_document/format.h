/* The format of the gateway's policy document, and what it is held against: the section `policy`
 * of a gateway version's data, which says what each key means. */
#ifndef CLAWC_LOAD_POLICY_DOCUMENT_FORMAT_H
#define CLAWC_LOAD_POLICY_DOCUMENT_FORMAT_H

#include "load/gateway.h"

enum policy_value {
    POLICY_LIST,
    POLICY_TEXT,
    POLICY_TRUE,  /* a flag that asks for something when it is true */
    POLICY_FALSE, /* ... when it is false */
    POLICY_DENY_RULES,
    POLICY_PROBES,
    POLICY_PATTERNS,
};

/* How an entry is compared with the values that it may have. */
enum policy_letters { POLICY_TRIMMED, POLICY_RAW, POLICY_LOWER };

enum policy_scope { POLICY_GLOBAL, POLICY_AGENTS, POLICY_CHANNELS };

/* When something that was seen fails a rule. */
enum policy_when {
    POLICY_NEVER,
    POLICY_LISTED,
    POLICY_UNLISTED,
    POLICY_DIFFERS,
    POLICY_FLAGGED,
    POLICY_MISSING,
    POLICY_UNDENIED,
    POLICY_UNEQUAL,
    POLICY_LACKED,
};

struct policy_rule {
    struct str path;     /* sandbox.requireMode */
    struct names parts;  /* its names */
    struct names from;   /* the values that it may have; none: any */
    struct names checks; /* ids of findings; none when nothing can fail */
    struct str sees;     /* name of an `enum observed_kind`, or empty */
    struct str except;   /* path of the rule that goes before, or empty */
    struct str needs;    /* why it cannot be decided here, or empty */
    enum policy_value value;
    enum policy_letters letters;
    enum policy_scope scope;
    enum policy_when when;
    bool exact;
};

struct policy_format {
    struct str version; /* of the gateway whose format it is */
    const struct policy_rule *rules;
    size_t n_rules;
    struct names whole_sections, value_sections;
    struct names reserved_channels, listed_groups, unmentioned, group_blocks, inner_groups;
    struct name_map own_login; /* channel -> keys; a+b is both */
    struct names private_network;
    struct name_map exec_modes; /* mode -> security, ask */
    struct names container_backends, runtime_sockets, captured;
    struct str browser_network;
    struct names secret_keys, secret_endings, secret_variables, secret_paths;
    struct names secret_requests, secrets_in_requests;
};

/* The format of a version; NULL when the version has no policy documents. */
const struct policy_format *policy_format_of(struct arena *a, const struct gateway_data *g);
/* The format of the newest version that has one. */
const struct policy_format *policy_format_newest(struct arena *a, const struct gateways *g);

/* The rule of a path, or NULL. */
const struct policy_rule *policy_rule_find(const struct policy_format *f, struct str path);
/* The section of the document that a rule is in. */
struct str policy_section(const struct policy_rule *rule);

#endif
