/* The schema of a config or of a Compose file, as data: a JSON Schema in a compact form that is
 * compiled into the program (the gateway versions known) or made from a file (`--schema`).
 *
 * Nodes, properties and texts are arrays that refer to each other by number, so that a schema can
 * be printed as constant tables at build time and costs nothing to load. Equal nodes are one. */
#ifndef CLAWC_LOAD_SCHEMA_SCHEMA_H
#define CLAWC_LOAD_SCHEMA_SCHEMA_H

#include "base/str.h"
#include "source/diag.h"
#include "syntax/tree.h"

typedef uint16_t schema_id; /* a node; 0: nothing is demanded */

enum schema_type {
    TYPE_NULL = 1,
    TYPE_BOOL = 2,
    TYPE_NUMBER = 4,
    TYPE_INTEGER = 8,
    TYPE_STRING = 16,
    TYPE_ARRAY = 32,
    TYPE_OBJECT = 64,
};

enum schema_flag {
    SCHEMA_CLOSED = 1,           /* no keys but those named */
    SCHEMA_EXCLUSIVE_MIN = 2,    /* > rather than >= */
    SCHEMA_EXCLUSIVE_MAX = 4,    /* < rather than <= */
    SCHEMA_UNIQUE = 8,           /* no two items are equal */
    SCHEMA_NEVER = 16,           /* nothing fits: `false` */
    SCHEMA_CONST = 32,           /* the one value was written as `const` */
    SCHEMA_CLOSED_TUPLE = 64,    /* no items behind the tuple */
    SCHEMA_HAS_DEFAULT = 128,    /* may be absent whatever `required` says */
    SCHEMA_HAS_MIN = 256,        /* `min` counts */
    SCHEMA_HAS_MAX = 512,        /* `max` counts */
    SCHEMA_DISCRIMINATED = 1024, /* oneOf whose branches differ in one literal member */
};

/* Numbers [first, first + n) of an array of the schema. */
struct schema_range {
    uint16_t first, n;
};

struct schema_text {
    uint32_t at, n; /* bytes in `pool` */
};

struct schema_node {
    uint16_t types, flags; /* enum schema_type: any of these, 0 = any; enum schema_flag */
    struct schema_range properties;
    struct schema_range patterned;                     /* in `properties`: keys are `patterns` */
    struct schema_range required;                      /* keys, in `ids` */
    struct schema_range values;                        /* enum or const, in `values` */
    struct schema_range any_of, one_of, all_of, tuple; /* nodes, in `ids` */
    schema_id additional, names, items;
    schema_id not, when, then, otherwise;
    uint16_t pattern;            /* of `patterns`, from 1; 0: none */
    uint16_t format;             /* of `texts`, from 1; 0: none */
    uint32_t min_size, max_size; /* characters, items or members; 0 and UINT32_MAX: any */
    double min, max;
};

struct schema_property {
    uint16_t key; /* of `keys`; where names are matched, of `patterns` */
    schema_id node;
};

struct schema_value {
    uint8_t kind;  /* enum node_kind, scalars only */
    uint16_t text; /* of `texts` */
    double number; /* also 0 or 1 of a boolean */
};

struct schema {
    const struct schema_node *nodes;
    const struct schema_property *properties; /* of a node: ascending by key */
    const struct schema_value *values;
    const struct schema_text *keys; /* ascending by bytes */
    const struct schema_text *texts;
    const struct schema_text *patterns;
    const uint16_t *ids;
    const char *pool;
    schema_id root;
    uint16_t n_nodes, n_properties, n_values, n_keys, n_texts, n_patterns, n_ids;
    uint32_t n_pool;
};

static inline struct str schema_str(const struct schema *s, struct schema_text t) {
    return (struct str){s->pool + t.at, t.n};
}

/* Makes the compact form of a JSON Schema (draft-07 to 2020-12, what configs need of them).
 * NULL after a diagnostic when the value is no schema or exceeds the limits (65,000 nodes, `$ref`
 * into the file only). Keywords that are unknown are ignored. */
const struct schema *schema_compile(struct arena *a, const struct tree *t, node_id root,
                                    struct diags *d);

/* The built-in schema of a gateway version that clawc knows, or NULL. */
const struct schema *schema_of_gateway(struct str version);
/* Of the plugins that this version ships with: an object with the schema of each one's `config`. */
const struct schema *schema_of_plugins(struct str version);

/* Of Compose files: the Compose Specification's. */
const struct schema *schema_of_compose(void);

/* The node of a member called `key`, or 0; `*named` says whether it has a node of its own. */
schema_id schema_member(const struct schema *s, schema_id object, struct str key, bool *named);

#endif
