/* A gateway that runs on the host, as its operator describes it in `fleet.gateways`: what its
 * command line and its environment say, from which its paths and ports follow (load/discover.h). */
#ifndef CLAWC_LOAD_HOST_ENTRY_H
#define CLAWC_LOAD_HOST_ENTRY_H

#include "load/gateway.h"
#include "load/read.h"

/* Variables of an environment: all of them in files, or some of them with their values. */
struct env_setting {
    struct names files;
    ARRAY(struct str) pairs; /* NAME=VALUE */
};

/* A map NAME: value, a file name or a list of file names. Values are marked as secrets. */
void env_setting_read(const struct reading *r, node_id n, struct env_setting *out);

struct host_entry {
    struct str file; /* its config: as on the command line, or relative to the project file */
    struct str name; /* what reports call it, or empty */
    struct str profile, home, state, config; /* as written, or empty */
    bool dev;                                /* started with `--dev` */
    int64_t port;                            /* of `--port`; 0: none */
    node_id port_at;
    struct env_setting env;
    node_id at;
};

/* Whether it says which state directory the gateway has; otherwise its config's place does. */
bool host_entry_places(const struct host_entry *e);

/* Reads FILE: {...}. Mistakes, unknown keys among them, are diagnostics of kind "project". */
struct host_entry host_entry_read(const struct reading *r, node_id n);

#endif
