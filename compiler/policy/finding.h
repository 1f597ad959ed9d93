/* What a run found, ready to be written in any format: findings of rules, errors of loading, what
 * could not be decided. Owned by the run's arena. */
#ifndef CLAWC_POLICY_FINDING_H
#define CLAWC_POLICY_FINDING_H

#include "source/diag.h"

enum confidence { CONFIDENCE_LOW, CONFIDENCE_MEDIUM, CONFIDENCE_HIGH };
const char *confidence_name(enum confidence c);

/* A place for people and programs: the span, and the path as written in that file
 * ("channels.telegram.accounts.work-bot", "bindings[3].match.peer"; empty for the whole file). */
struct location {
    struct span span;
    struct str path;
};

struct related {
    struct location at;
    struct str message;
};

/* Whom a finding is about: {"agent": "main"}; several values become a JSON array. */
struct subject {
    const char *name;
    const struct str *values;
    size_t n;
    bool list; /* an array even with one value */
};

/* Gateway versions, both ends among them; an empty end is open. */
struct version_range {
    bool set;
    struct str since, until;
};

/* What a rule says of itself; one per rule, shared by its findings. */
struct rule_info {
    struct str id;      /* "channels.<channel>.dm.open", without variable parts at the end */
    struct str pattern; /* with them: "channels.dm.session_collision.<accounts>.<n>" */
    struct str family, title, why, fix;
    enum severity severity;     /* the highest it gives */
    enum confidence confidence; /* the highest it gives */
    bool builtin;
    struct version_range gateway_audit; /* where `openclaw security audit` reports this id, too */
};

struct finding {
    struct str id; /* filled in: "channels.telegram.dm.open" */
    const struct rule_info *rule;
    enum severity severity;
    enum confidence confidence;
    struct str title, message, why, fix;
    struct location at;
    uint32_t gateway; /* its number in the run, from 1; 0: it is about several */
    ARRAY(struct related) related;
    ARRAY(struct subject) subjects;
    struct str suppressed_by;   /* the reason, for findings in `suppressed` */
    bool suppressed_in_file;    /* by a comment in the config, not by the project file */
    bool suppressed_by_gateway; /* by the gateway's own security.audit.suppressions */
    bool counts;                /* reaches the gate of --fail-on */
};

struct undecided {
    struct str id, reason;
    bool always; /* whatever stands in the config */
};

struct audited_file {
    struct str name, gateway, why; /* gateway version and why that one */
    struct str note;               /* "audited without 3 unknown keys", or empty */
};

struct report {
    struct sources *sources;
    ARRAY(struct audited_file) files;
    const struct diags *errors; /* of reading and loading, warnings among them */
    struct str (*path_of)(void *paths, struct span span); /* location.path of an error's span */
    void *paths;
    ARRAY(struct finding) findings; /* in report order */
    ARRAY(struct finding) suppressed;
    ARRAY(struct undecided) undecided;
    ARRAY(const struct rule_info *) rules; /* every rule that was evaluated */
    size_t critical, warn, info;           /* counts over `findings` */
};

#endif
