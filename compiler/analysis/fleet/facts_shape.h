/* Which fields of which structs stand in a line of facts, once for writing and for reading; private
 * to the files fleet_facts_*.c. */
#ifndef CLAWC_ANALYSIS_FLEET_FACTS_SHAPE_H
#define CLAWC_ANALYSIS_FLEET_FACTS_SHAPE_H

#include "analysis/fleet/facts.h"

enum facts_kind {
    FACTS_TEXT,
    FACTS_FLAG,
    FACTS_NUMBER,  /* double */
    FACTS_INT64,   /* within what a double holds exactly */
    FACTS_INT32,   /* the same */
    FACTS_PLACE,   /* [file, start, line, column, end, line, column, path] */
    FACTS_TEXTS,   /* ARRAY(struct str) */
    FACTS_ONE,     /* a struct in the struct */
    FACTS_SEVERAL, /* ARRAY of a struct */
};

struct facts_shape;

struct facts_field {
    const char *name;
    enum facts_kind kind;
    size_t at;
    const struct facts_shape *shape; /* of FACTS_ONE and FACTS_SEVERAL */
};

struct facts_shape {
    const struct facts_field *fields; /* ended by one without a name */
    size_t size;
};

/* What every ARRAY looks like. */
struct facts_array {
    void *v;
    size_t n, capacity;
};

struct facts_variable {
    struct str name, value; /* value: a digest, or empty */
    bool literal;           /* it stands in the Compose file itself */
    place at;
};

struct facts_network {
    struct str name;
    ARRAY(struct str) aliases;
    place at;
};

/* A Compose service: what structs of the compiler hold by pointers is in lists of its own. */
struct facts_service {
    struct compose_service base;
    ARRAY(struct facts_variable) variables;
    ARRAY(struct facts_network) networks;
};

struct facts_services {
    ARRAY(struct facts_service) list;
};

struct facts_idle {
    struct str name;
    place at;
};

/* A whole line, but for its header and its files. */
struct facts_line {
    struct fleet_gateway base;
    struct str version, project;
    bool without_browser;          /* its ports are those of a gateway without one */
    bool owns_namespace;           /* its network namespace is that of its own service */
    struct facts_services service; /* one, or none: a config on the host */
    struct facts_services owner;   /* of the namespace, when it is another service */
    ARRAY(struct facts_idle) idle_hooks_token; /* one or none */
};

extern const struct facts_shape facts_line_shape;

/* facts_hosts.c: how something of a machine is called: `HOST:thing`; as it is without a
 * label. */
struct str fleet_facts_on(struct arena *a, struct str host, struct str thing);
/* Gives what belongs to its machine that machine's label. */
void fleet_facts_label(struct arena *a, struct fleet_gateway *g);
/* As an audit calls gateways that would have one name, and those of several machines by these. */
void fleet_facts_name(struct arena *a, const struct tree *t, struct fleet_gateway *const *v,
                      size_t n);

#endif
