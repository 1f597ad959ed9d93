/* Rules: YAML files, one rule a file, conditions in CEL over the facts. The mechanism is here, the
 * judgement is in the files; docs/writing-rules.md describes them. */
#ifndef CLAWC_POLICY_RULE_H
#define CLAWC_POLICY_RULE_H

#include "load/project.h"
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
    const struct cel_program *each; /* a list: a place for each `item` of it; NULL: one place */
    const struct cel_program *when, *at; /* `when` NULL: always; `at` NULL: the item */
    struct template message;
};

/* What makes a finding less sure. */
struct rule_doubt {
    const struct cel_program *when;
    enum confidence confidence;
};

/* A number, a text or a list of texts that a project may choose. */
struct rule_parameter {
    struct str name, meaning;
    struct cel_value preset, value; /* as the rule has it, and in force */
};

/* One of the conditions that decide about a finding. */
struct rule_condition {
    const char *key; /* `when`, `raise` or `doubt` */
    const struct cel_program *program;
    node_id at;            /* its text in the rule's tree */
    struct cel_seen *seen; /* of each condition within it; NULL: nobody wants to know */
};

/* How much of a rule's expressions is compiled. */
enum rule_compiled { RULE_READ, RULE_CONDITION, RULE_WHOLE };

/* Reading a rule leaves its expressions as they are: most rules have nothing to say about a config,
 * and compiling them all took longer than auditing it. */
struct rule {
    struct rule_info info;
    struct arena *arena;
    struct tree *tree; /* where it was read */
    node_id root;
    struct diags *diags; /* of mistakes in its expressions */
    enum rule_compiled compiled;
    struct rule_parameter *parameters;
    size_t n_parameters;
    struct cel_object_type parameters_type;
    ARRAY(struct rule_condition) conditions;
    bool mechanical;                  /* the fix needs no decision */
    struct str false_positives, file; /* the rule's file, for people */
    struct rule_example example;      /* all texts empty when there is none */
    const struct fact_range *range;
    struct version_range versions; /* of gateways that it is for */
    struct cel_env env;
    const struct cel_program *when, *at;
    const struct cel_program *raise_when; /* or NULL */
    enum severity severity, raised;
    enum confidence confidence;
    const struct rule_doubt *doubts; /* the first that holds decides */
    size_t n_doubts;
    struct template id, message, why, fix;
    const struct rule_related *related;
    size_t n_related;
    bool off;
};

struct rules {
    ARRAY(struct rule *) list; /* by id */
};

/* Compiles the condition (`when`), and all expressions; does nothing the second time. Mistakes go
 * to the diagnostics with which it was read; what has one is NULL. */
void rule_compile_condition(struct rule *rule);
void rule_compile(struct rule *rule);
void rules_compile(const struct rules *rules);

/* Reads the built-in rules, to be compiled when they are needed. They are checked by the tests; a
 * mistake in them ends up in `d`, which must be of its own: its spans are in the embedded texts. */
void rules_load_builtin(struct arena *a, struct rules *rules, struct diags *d);

/* Reads a rule file that is in `file` of the tree's sources and adds its rule, at the end. Mistakes
 * become errors at their line; false when there was one. */
bool rules_load_file(struct tree *t, struct rules *rules, uint32_t file, struct diags *d);

/* Reads every *.yaml file of a directory. Mistakes become errors at their line in the rule's file;
 * false when there was one. An id that exists already is a mistake. */
bool rules_load_directory(struct tree *t, struct rules *rules, const char *path, struct diags *d);

/* Adds the rule whose mapping is `root`, at the end. Mistakes become errors at their line. */
void rules_add(struct tree *t, struct rules *rules, node_id root, struct diags *d);

/* rule_parameters.c: gives parameters the values that a project file has chosen, which stand in
 * the tree. What no rule has, or is of another kind, becomes an error; false then. */
bool rules_choose_parameters(struct arena *a, const struct rules *rules, const struct tree *t,
                             const struct project *project, struct diags *d);
/* The same for one rule: `values` maps names to values. */
bool rule_choose_parameters(struct arena *a, struct rule *rule, const struct tree *t,
                            node_id values, struct diags *d);

/* Where the byte `offset` of an expression stands in the rule's file, or the whole text where that
 * cannot be told. */
struct span rule_expression_span(const struct tree *t, node_id n, uint32_t offset);

/* The rule of an id: as written in its file, or one that it fills in
 * (channels.telegram.dm.open is of channels.<channel>.dm.open). NULL when there is none. */
const struct rule *rules_find(const struct rules *rules, struct str id);

/* Whether a gateway version lies in a range; one that is not set has every version. */
bool version_in(const struct version_range *range, struct str version);

/* The families, ended by NULL. */
extern const char *const rule_families[];

/* Reads a severity's name; false when it is none. */
bool severity_parse(struct str name, enum severity *s);

#endif
