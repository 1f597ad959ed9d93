/* Checking a value against a schema, and reporting as the gateway's two validators do: zod for the
 * config itself, a JSON Schema validator for what lies below a channel or in a plugin's config. */
#ifndef CLAWC_LOAD_SCHEMA_CHECK_H
#define CLAWC_LOAD_SCHEMA_CHECK_H

#include "load/schema/schema.h"

/* What a check found, or'ed over everything below a value. */
enum verdict {
    FITS = 0,
    HAS_ISSUES = 1, /* of the sort that lets the checks of the objects around it go on */
    ABORTED = 2,    /* a wrong type, literal or union: those checks are skipped */
};

/* What an issue says about the values that would have been taken. */
enum choice_state { CHOICES_NONE, CHOICES_KNOWN, CHOICES_OPEN };

/* One name or number of a path. */
struct step {
    struct str key;
    uint32_t index; /* when key.p == NULL */
    node_id node;   /* the value there, where the schema is checked; 0 when it is missing */
};

struct issue {
    struct diag diag;
    node_id node; /* the value, or 0 when it is missing */
    enum verdict verdict;
    enum choice_state state;
    const struct schema_value **choices; /* CHOICES_KNOWN: all of them */
    size_t n_choices;
    const struct step *steps;
    uint32_t depth; /* steps to its value */
};

struct schema_regex; /* schema/text.c */

/* A mark for each node of a config, whose nodes begin at `first`. */
struct node_marks {
    bool *v;
    node_id first;
};
bool node_marks_have(const struct node_marks *m, node_id n);
void node_marks_add(struct node_marks *m, node_id n);

struct checking {
    struct arena *arena;
    struct arena *scratch; /* lives as long as the check */
    const struct tree *tree;
    node_id first_node; /* the config's nodes begin here: others are of no interest */
    const struct schema *schema;
    const struct name_map *moved; /* keys that were renamed: path -> advice; may be NULL */
    struct str gateway;           /* its version, for messages; may be empty */
    bool newer; /* the dialect with agents.entries{}: hints for bindings, channels apart */
    uint16_t *key_numbers;         /* by key_id: number of the schema's key + 2; 0: not looked up */
    struct schema_regex **regexes; /* by pattern */
    ARRAY(struct step) path;
    ARRAY(struct issue) issues;
    uint16_t policy_keys[2]; /* the schema's keys `allow` and `alsoAllow` */
    uint16_t ref_keys[3];    /* and `source`, `provider`, `id` */
    uint64_t budget;         /* values that may still be looked at */
    unsigned quiet;          /* > 0: only the verdict matters */
    bool exhausted;          /* that `budget` ran out has been said */
    bool compose;            /* a Compose file: its words are YAML's, and what stands for a variable
                                takes the type that is wanted */
};

/* A check of values of `t`, from `first` on, against `s`; nothing has been looked at yet. The
 * issues live in `a`, all else in `scratch`. */
struct checking *checking_new(struct arena *a, struct arena *scratch, const struct tree *t,
                              node_id first, const struct schema *s);

/* Whether something at or below a node aborted, so that the gateway skips the refinements of that
 * object. */
struct node_marks checking_aborted(const struct checking *c, node_id root);

/* A text with a variable whose value is not known: where a text may stand, it may be any of them.
 */
bool schema_is_unknown(const struct checking *c, node_id n, const struct schema_node *node);

/* zod. `n` may be 0: the value is missing; `owner` is then what it is missing in. */
enum verdict schema_check(struct checking *c, node_id n, node_id owner, schema_id id);
/* The validator of channels and plugins: every branch of a failing union is reported, eight issues
 * at most. */
enum verdict schema_check_channel(struct checking *c, node_id n, schema_id id);

/* ---- shared by both ---- */

/* The bits of enum schema_type that a value has. */
uint16_t schema_type_of(const struct node *node);

/* `anyOf`, and `oneOf`, whose branches may differ in a literal that decides. */
enum verdict schema_check_union(struct checking *c, node_id n, node_id owner,
                                struct schema_range range, bool one_of);
enum verdict schema_wrong_type(struct checking *c, node_id n, node_id owner,
                               const struct schema_node *node);
enum verdict schema_check_choice(struct checking *c, node_id n, node_id owner,
                                 const struct schema_node *node);
/* The node of the member, or SCHEMA_UNKNOWN. */
enum { SCHEMA_UNKNOWN = 0xffff };
schema_id schema_property_of(struct checking *c, const struct schema_node *object, key_id key);
bool schema_has_value(const struct checking *c, const struct schema_node *node, node_id n);
/* Whether a text can be the name of a member: `propertyNames`. */
bool schema_key_fits(struct checking *c, schema_id id, struct str key);

/* schema/shapes.c: the refinements that the gateway has wherever an object of a certain shape can
 * stand: tool policies, references to secrets. For objects that fit the schema. */
enum verdict schema_check_shape(struct checking *c, node_id n, const struct schema_node *node);
/* The number of a key of the schema, or `n_keys`; its node in an object, or SCHEMA_UNKNOWN. */
uint16_t schema_key(const struct schema *s, struct str key);
schema_id schema_property(const struct schema *s, const struct schema_node *object, unsigned key);

void checking_enter_key(struct checking *c, struct str key);
void checking_enter_index(struct checking *c, uint32_t index);
/* The value at the place that was entered last. */
void checking_at(struct checking *c, node_id n);
void checking_leave(struct checking *c);
/* The dotted path of where the check is. */
struct str checking_path(const struct checking *c);
/* False when too much has been looked at already: reported once. */
bool checking_spend(struct checking *c, node_id n);

/* A new issue at the value (or, when it is missing, at its owner), or NULL while quiet. */
struct issue *checking_issue(struct checking *c, const char *kind, enum verdict verdict, node_id n,
                             node_id owner);
void issue_say(struct checking *c, struct issue *issue, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void issue_text(struct checking *c, struct issue *issue, const char *name, struct str text);
void issue_number(struct checking *c, struct issue *issue, const char *name, double number);
void issue_list(struct checking *c, struct issue *issue, const char *name, const struct str *list,
                size_t n);
/* The choices as the gateway lists them: twelve at most, each once. */
size_t issue_choices(struct checking *c, const struct issue *issue, struct str out[12]);

/* schema/words.c: what an issue says to people. */
void words_forms(struct checking *c, struct issue *issue, unsigned types, node_id n);
void words_unknown_keys(struct checking *c, struct issue *issue, node_id object,
                        const struct schema_node *node, const node_id *members, size_t n);
void words_choice(struct checking *c, struct issue *issue, node_id n);
void words_type(struct checking *c, struct issue *issue, const char *expected,
                const char *received);
/* "a text", "a list", ... of what the schema calls "string", "array". */
const char *words_of_type(const struct checking *c, const char *type);

/* schema/text.c. */
bool schema_pattern_fits(struct checking *c, uint16_t pattern, struct str text);
bool schema_format_fits(struct str format, struct str text);
/* UTF-16 code units, or code points. */
size_t schema_length(struct str text, bool units);

#endif
