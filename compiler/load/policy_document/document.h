/* A policy document: a file of the gateway's plugin `policy` that says what a config must be like.
 * It is read as the plugin reads it (JSON5), and what is wrong with it becomes problems at their
 * places: all of them, where the plugin reports the first. */
#ifndef CLAWC_LOAD_POLICY_DOCUMENT_DOCUMENT_H
#define CLAWC_LOAD_POLICY_DOCUMENT_DOCUMENT_H

#include "load/policy_document/format.h"

/* Most problems of a document that are told. */
enum { POLICY_MAX_PROBLEMS = 100 };

struct policy_problem {
    struct str target;  /* as the gateway names it: oc://policy.jsonc/sandbox/requireMode/#0 */
    struct str message; /* one sentence */
    node_id at;
    bool at_key;
    struct str section;
    const struct policy_rule *rule; /* whose value is wrong, or NULL */
};

/* One of `scopes`: rules for some agents or channels, beside those for all. */
struct policy_overlay {
    struct str name;
    node_id node;
    struct names agents;   /* canonical ids */
    struct names channels; /* lower case */
};

struct policy_document {
    struct arena *arena;
    const struct tree *tree;
    const struct policy_format *format;
    uint32_t file;
    struct str name; /* the file's own name, as in targets */
    node_id root;    /* an object, or 0 */
    ARRAY(struct policy_problem) problems;
    ARRAY(struct policy_overlay) overlays;
    bool scopes_broken;
    bool *left_out; /* by rule: a mistake takes it out of the document itself */
};

/* Reads a document from a file of the tree. Never NULL; a text that is no JSON5 has no root. */
struct policy_document *policy_document_read(struct tree *t, uint32_t file,
                                             const struct policy_format *format);

/* policy_document/shape.c: finds the problems of a document with a root, and reads its scopes. */
void policy_check_shape(struct policy_document *d);
/* policy_document/probes.c: those of the forms that are no lists and flags. */
void policy_check_deny_rules(struct policy_document *d, const struct policy_rule *rule, node_id n);
void policy_check_probes(struct policy_document *d, const struct policy_rule *rule, node_id n);
void policy_check_patterns(struct policy_document *d, const struct policy_rule *rule, node_id n,
                           struct str target);

void policy_problem_add(struct policy_document *d, struct policy_problem problem);

/* What a rule has in the document itself (`owner` its root) or in a scope; 0 when it has nothing.
 */
node_id policy_value_of(const struct policy_document *d, node_id owner,
                        const struct policy_rule *rule);
/* Whether the gateway goes by the rule in spite of the document's problems. */
bool policy_takes_part(const struct policy_document *d, const struct policy_rule *rule,
                       bool scoped);
/* The entries of a list (`a`: where they go), trimmed and (unless the rule is exact) in lower case;
 * none when something in it is no text. */
struct names policy_list(struct arena *a, const struct policy_document *d,
                         const struct policy_rule *rule, node_id n);

/* Adds "/name" to a path of the gateway's notation. Names with other characters than letters,
 * digits, `_` and `-` are quoted: as JSON in a policy document, barely in a config. Of a name that
 * is longer than POLICY_PATH_NAME bytes its beginning stands there, and "...". */
enum { POLICY_PATH_NAME = 200 };
struct str policy_path(struct arena *a, struct str path, struct str name);
struct str policy_config_path(struct arena *a, struct str path, struct str name);
struct str policy_plain_path(struct arena *a, struct str path, struct str name); /* never quoted */
struct str policy_path_item(struct arena *a, struct str path, size_t index);

/* policy_document/hash.c: "sha256:..." of the document's canonical text, as `expectedHash` has it.
 * Empty when the document is nested deeper than POLICY_HASH_DEPTH. */
enum { POLICY_HASH_DEPTH = 500 };
struct str policy_document_hash(struct arena *a, const struct policy_document *d);

#endif
