/* What several gateways share that each should have for itself, and what their containers let in.
 */
#ifndef CLAWC_ANALYSIS_FLEET_FLEET_H
#define CLAWC_ANALYSIS_FLEET_FLEET_H

#include "analysis/analysis.h"
#include "load/fleet_block.h"
#include "model/fleet.h"

struct fleet_member {
    const struct fleet_gateway *gateway;
    place at;
    const char *role; /* what it does there, for people; NULL: it uses the resource */
};

/* Steps of comparing, and uses of what is shared. A use is a line of some finding: where many
 * gateways share many things with each other, nobody reads all of them. */
enum { FLEET_WORK_MAX = 200000000, FLEET_USES_MAX = 1000000 };

/* Tenants that are held against each other; of more nothing is said. */
enum { FLEET_MAX_TENANTS = 64 };

/* One resource and every gateway that uses it. `kind` is the name of the rule about it. */
struct fleet_share {
    const char *kind; /* "port-conflict", "shared-workspace", "duplicate-gateway-token", ... */
    struct str resource;
    const struct fleet_member *members; /* ordered by the gateways' names, but of tenants */
    size_t n;
    size_t primary;        /* the member at whose place it is reported */
    bool read_only;        /* nobody can write to it through the mounts */
    bool everybody;        /* of a channel: anybody may write */
    bool tenants;          /* of two tenants: a gateway may be there more than once */
    struct str apart;      /* profiles of users of which no two run together, or empty */
    bool assumed;          /* rests on something that is not in the files */
    struct str what;       /* of tenants: what they share; of a port: what is there; or empty */
    const char *risk;      /* of tenants: what can happen; or NULL */
    const char *remedy;    /* of tenants: what to do; or NULL */
    struct str advice;     /* of ports: which ones to take instead; or empty */
    struct str assumption; /* what: "OPENCLAW_GATEWAY_PORT is not set" */
};

/* One gateway's text names the address of another that it can reach. */
struct fleet_link {
    const struct fleet_gateway *from, *to;
    uint32_t from_number, to_number; /* in the fleet */
    bool agent;                      /* starts a turn of an agent; otherwise it only wakes it */
    place at;
};

struct fleet {
    ARRAY(struct fleet_share) shares;
    ARRAY(struct fleet_link) links;   /* ordered by the names of both */
    ARRAY(struct fleet_link) blocked; /* the address is named, but no network leads there */
    const struct fleet_gateway *const *gateways; /* ordered by name */
    size_t n;
    bool cut;           /* FLEET_WORK_MAX or FLEET_USES_MAX was reached: there may be more */
    bool state_unknown; /* some gateway's state directory is not known from the files */
};

struct fleet_question {
    struct tree *tree; /* gets nodes for places in files that are no configs */
    const struct fleet_gateway *const *gateways;
    size_t n;
    const struct environment *names; /* variables by whose names secrets are called */
    const struct fleet_block *block; /* hub, edges, knowledge, memory; or NULL */
    struct str digest_key;           /* for the names of secrets without a variable, or empty */
};

/* How secrets may be called in a report. */
struct secret_names {
    struct arena *arena;
    const struct environment *names;
    struct map by_value; /* -> number of the first variable that has it */
    struct str key;      /* of digests, or empty */
};
struct secret_names fleet_secret_names(struct arena *a, const struct environment *names,
                                       struct str key);
/* The first variable that has its value, else the beginning of its digest: `hmac:` with a key,
 * `sha256:` without one. */
struct str fleet_secret_name(const struct secret_names *n, const struct fleet_secret *secret);

/* Whether a member is the first of its gateway: of two tenants one gateway may have a part in it
 * at several places. */
bool fleet_share_is_first(const struct fleet_share *share, size_t member);

/* Whether a variable's name is that of a key or a login of a model provider. */
bool fleet_is_model_key(struct str name);

/* A value as written in a Compose file is a literal: nothing of it comes from a variable. */
bool fleet_is_literal(struct str written);

/* GB that a gateway may take: its limit, else what people have measured. */
double fleet_memory_of(const struct fleet_gateway *g);

/* Compares the gateways with each other. Secrets are compared, never shown: `resource` holds the
 * variable's name or the beginning of a digest. */
struct fleet *fleet_analyse(struct arena *a, const struct fleet_question *q);

#endif
