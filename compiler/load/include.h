/* `$include`: other files as parts of a config.
 *
 * Mirrors the gateway: one file replaces the object, several are merged in their order, siblings
 * are merged over what is included; objects merge by key, arrays concatenate, otherwise the later
 * wins. Files must lie below the directory of the main config (2026.9.6: or one of
 * OPENCLAW_INCLUDE_ROOTS) by their text and in reality, be regular files with one name and at most
 * 2 MiB; ten of them may nest. The first mistake ends the work, as it does there. */
#ifndef CLAWC_LOAD_INCLUDE_H
#define CLAWC_LOAD_INCLUDE_H

#include "load/edit.h"
#include "load/environment.h"
#include "load/files.h"
#include "load/gateway.h"

enum {
    INCLUDE_MAX_BYTES = 2097152,  /* of one file */
    INCLUDE_MAX_NESTED = 10,      /* files inside of each other */
    INCLUDE_MAX_PATH = 4096,      /* bytes of a path, this one excluded */
    INCLUDE_MAX_FILES = 10000,    /* inclusions of one config: the gateway has no limit */
    INCLUDE_MAX_VALUES = 4000000, /* values that all inclusions together bring */
    INCLUDE_MAX_WORK = 100000000, /* members looked at while merging */
    INCLUDE_MAX_DEPTH = 5000,     /* nesting of values, over all files */
};

/* A file that was read and parsed, kept for the next gateway version or inclusion. */
struct include_file {
    enum file_status status;
    uint32_t file;
    node_id root;
    bool parsed;
    struct diags *diags; /* what the parser said of it */
};

struct include_cache {
    struct map index; /* absolute path -> position in `files`, from 1 */
    ARRAY(struct include_file) files;
};

/* Where a file was included. */
struct include_edge {
    struct span at; /* the path in the `$include` */
    uint32_t file;
};

struct include_job {
    struct arena *arena;
    struct edit *edit;
    struct diags *diags;
    const struct files *files;
    const struct gateway_data *gateway;
    const struct environment *environment; /* of the process: OPENCLAW_INCLUDE_ROOTS, HOME */
    struct str config;                     /* absolute path of the main file, not resolved */
    struct str directory;                  /* the working directory, absolute */
    struct include_cache *cache;
    ARRAY(struct include_edge) edges; /* out: every inclusion */
    node_id prototype;                /* out: what the root inherits by `__proto__`, or 0 */
};

/* The config with everything included and `__proto__` dropped at every level; 0 after an error
 * (kinds `include_...`, `too_deep`; place: the path or the `$include`). */
node_id include_resolve(struct include_job *job, node_id root);

#endif
