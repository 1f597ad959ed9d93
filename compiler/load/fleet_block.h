/* The block `fleet`: of which gateways a fleet consists, and what its operator has decided about
 * them. It stands in the project file, or alone in the file of `--fleet`. */
#ifndef CLAWC_LOAD_FLEET_BLOCK_H
#define CLAWC_LOAD_FLEET_BLOCK_H

#include "load/host_entry.h"
#include "load/read.h"

/* A text that belongs to a name; `at` is where it stands. */
struct fleet_entry {
    struct str name, value;
    node_id at;
};

struct fleet_edge {
    struct str from, to;
    node_id at;
};

/* What a tenant is said to have in a gateway that it need not have alone. */
struct fleet_claim {
    struct str gateway; /* empty: any that has it */
    struct str name;    /* an agent's id, or a sender, as written */
    node_id at;
};

/* Which gateways, agents and senders belong to whom. */
struct fleet_tenant {
    struct str name;
    ARRAY(struct str) gateways;
    ARRAY(struct fleet_claim) agents;  /* AGENT, or GATEWAY/AGENT */
    ARRAY(struct fleet_claim) senders; /* CHANNEL:ID, ID, or a name of session.identityLinks */
    node_id at;
};

struct fleet_block {
    uint32_t file;                      /* 0: there is no block */
    struct str version;                 /* of all gateways, or empty */
    ARRAY(struct fleet_entry) gateways; /* service -> config file */
    ARRAY(struct host_entry) hosts;     /* gateways that are no services, by their configs */
    ARRAY(struct str) compose_files;    /* none: docker-compose.yml */
    node_id compose_files_at;
    struct str project_dir, home; /* on the host; empty: the defaults */
    struct str hub;               /* service, or empty */
    node_id hub_at;
    ARRAY(struct fleet_edge) edges;  /* declared pairs */
    ARRAY(struct str) knowledge;     /* sources that should be read-only */
    ARRAY(struct fleet_entry) texts; /* service -> a file of its workspaces */
    double host_ram;                 /* GB; 0: not given */
    ARRAY(struct fleet_tenant) tenants;
};

/* Reads the block. Mistakes, unknown keys among them, are diagnostics of kind "project". */
void fleet_block_read(const struct reading *r, node_id n, struct fleet_block *block);

/* Reads the block `tenants`: NAME: {gateways: [...], agents: [...], senders: [...]}. */
void fleet_tenants_read(const struct reading *r, node_id n, struct fleet_block *block);

/* Reads a file that holds the block alone or, as a project file, under `fleet`: JSON or YAML. False
 * when it cannot be read at all, or is a Compose file; after other mistakes, which are diagnostics,
 * the rest counts. */
bool fleet_block_read_file(struct tree *t, uint32_t file, struct diags *d,
                           struct fleet_block *block);

#endif
