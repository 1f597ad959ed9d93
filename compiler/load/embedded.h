/* What is built into the program: the rule files, the facts of each gateway version and
 * what config keys are called, as JSON made from the YAML under rules/ at build time. */
#ifndef CLAWC_LOAD_EMBEDDED_H
#define CLAWC_LOAD_EMBEDDED_H

#include <stddef.h>

#include "load/schema/schema.h"

struct embedded {
    const char *name; /* "rules/routing/bindings.shadowed.yaml" */
    const char *text; /* with SOURCE_PADDING zero bytes behind it */
    size_t n;
};

extern const struct embedded embedded_gateways[];
extern const size_t embedded_gateway_count;
extern const struct embedded embedded_rules[];
extern const size_t embedded_rule_count;
extern const struct embedded embedded_keys[]; /* rules/keys.yaml */
extern const size_t embedded_key_count;

struct embedded_schema {
    const char *name; /* "schema-2026.9.6", "plugins-2026.9.6", "compose-spec" */
    struct schema schema;
};

extern const struct embedded_schema embedded_schemas[];
extern const size_t embedded_schema_count;

#endif
