/* Rules: YAML files, one rule a file, conditions in CEL over the facts. The mechanism is here, the
 * judgement is in the files; docs/writing-rules.md describes them. */
#ifndef CLAWC_POLICY_RULE_H
#define CLAWC_POLICY_RULE_H

#include "policy/facts.h"
#include "source/diag.h"
#include "syntax/tree.h"

/* A text with expressions in it: "agent {agent.id} has ...". Literal parts have no program. */
struct template_part {
    struct str literal; /* or the expression as written */
    const struct cel_program *program;
};

struct template {
    const struct template_part *parts;
    size_t n;
};

/* A config with the mistake and the same one without it, or a file of another name. `beside` is the
 * other gateway's config of a fleet, or the config that the other file is about; `gateway` the
 * version that makes the mistake one, `policy` the policy document that the config does not keep.
 * `beside`, `file`, `gateway` and `policy` may be empty. */
struct rule_example {
    struct str before, after, beside, file, gateway, policy;
};

struct rule_related {
    const struct cel_program *when, *at; /* `when` NULL: always */
    struct template message;
};

struct rule {
    struct rule_info info;
    struct str false_positives, file; /* the rule's file, for people */
    struct rule_example example;      /* all texts empty when there is none */
    const struct fact_range *range;
    struct cel_env env;
    const struct cel_program *when, *at;
    const struct cel_program *raise_when, *doubt_when; /* or NULL */
    enum severity severity, raised;
    enum confidence confidence, doubted;
    struct template id, message, why, fix;
    const struct rule_related *related;
    size_t n_related;
    bool off;
};

struct rules {
    ARRAY(struct rule *) list; /* by id */
};

/* Reads the built-in rules. They are checked by the tests; a mistake in them ends up in `d`, which
 * must be of its own: its spans are in the embedded texts. */
void rules_load_builtin(struct arena *a, struct rules *rules, struct diags *d);

/* Reads a rule file that is in `file` of the tree's sources and adds its rule, at the end. Mistakes
 * become errors at their line; false when there was one. */
bool rules_load_file(struct tree *t, struct rules *rules, uint32_t file, struct diags *d);

/* Reads every *.yaml file of a directory. Mistakes become errors at their line in the rule's file;
 * false when there was one. An id that exists already is a mistake. */
bool rules_load_directory(struct tree *t, struct rules *rules, const char *path, struct diags *d);

/* The rule of an id: as written in its file, or one that it fills in
 * (channels.telegram.dm.open is of channels.<channel>.dm.open). NULL when there is none. */
const struct rule *rules_find(const struct rules *rules, struct str id);

/* The families, ended by NULL. */
extern const char *const rule_families[];

/* Reads a severity's name; false when it is none. */
bool severity_parse(struct str name, enum severity *s);

#endif
