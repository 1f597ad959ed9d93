/* A Docker Compose project as Compose understands it: its files merged, variables replaced, and the
 * services in plain structs.
 *
 * Every value keeps the place where it was written. Paths on the host are named as they will be
 * there (`directory` is the project's), nothing of them is read. The files that belong to the
 * project are read from below `root` alone, whatever their names say. */
#ifndef CLAWC_COMPOSE_COMPOSE_H
#define CLAWC_COMPOSE_COMPOSE_H

#include "load/environment.h"
#include "load/files.h"
#include "model/value.h"
#include "syntax/tree.h"

enum {
    COMPOSE_MAX_BYTES = 16 * 1024 * 1024, /* of one file */
    COMPOSE_MAX_FILES = 1000,             /* Compose files of a project, those included counted */
    COMPOSE_MAX_NESTED = 50,              /* extends of extends, include of include */
    COMPOSE_MAX_PATH = 4096,              /* bytes of a path of a mount */
    COMPOSE_MAX_NODES = 2000000,          /* values that merging makes */
    COMPOSE_MAX_PORTS = 100000,           /* published ports of a project, ranges written out */
    COMPOSE_MAX_MOUNTS_TAKEN = 100000,    /* mounts that `volumes_from` looks at in a project */
};

struct compose_input {
    struct arena *arena;
    struct tree *tree;
    struct diags *diags;
    const struct files *files;
    struct str root;         /* absolute, links resolved: nothing outside of it is read */
    struct str shown;        /* what the names of files begin with in reports, or empty */
    const struct str *names; /* the project's files in their order, relative to `root` */
    size_t n_names;
    const struct environment *environment; /* for the variables in the files */
    const struct str *profiles; /* that are chosen, `*` for all; none: nothing was chosen */
    size_t n_profiles;
    /* On the host: the project's directory and what `~` means. Empty: `<project>` and `~` stand for
     * them. */
    struct str directory, home;
    bool skip_missing; /* a file of variables that is not there has none; else they are not known */
};

/* A variable of a service's container. */
struct compose_variable {
    struct str name, value;
    struct str written; /* with its variables as they stand in the file; empty: of an env_file */
    place at;
    bool from_file;
};

/* A port that a service publishes; ranges are written out. */
struct compose_port {
    struct str ip;       /* "0.0.0.0" when none is written, "[::1]" */
    struct str protocol; /* "tcp" */
    struct str host;     /* as written (of a range: the number); empty: Docker picks one */
    int32_t published;   /* the same as a number, -1: not known */
    int32_t target;      /* -1: not known */
    place at;
};

enum compose_mount_kind { MOUNT_BIND, MOUNT_VOLUME, MOUNT_ANONYMOUS, MOUNT_TMPFS };

struct compose_mount {
    enum compose_mount_kind kind;
    struct str source; /* a path on the host, a volume's name, or empty */
    struct str key;    /* of a named volume: as the project calls it, or empty, */
    struct str below;  /* and the part of it that is mounted, or empty */
    struct str target; /* in the container, normalised */
    bool read_only;
    bool inherited;      /* of another container, by `volumes_from` */
    bool config, secret; /* a file of `configs` or `secrets`; when it does not come from a file of
                            the host, `source` is `config:NAME`, `secret:NAME` or `secret:$VAR` */
    place at;
};

struct compose_network {
    struct str key, name; /* as the service calls it, as the host does */
    const struct str *aliases;
    size_t n_aliases;
    place at;
};

/* A variable in the text of a service which nobody has set. */
struct compose_unset {
    struct str name;
    place at;
};

/* A limit: absent, a number, or set to something that is not known. */
struct compose_limit {
    bool set; /* also when its value is not known; 0 and less count as not set */
    bool known;
    double value; /* bytes, processors, processes */
    place at;
};

struct compose_service {
    struct str name;
    place at;     /* its key */
    node_id node; /* merged */
    struct str image, container_name, hostname, network_mode, user, restart, working_dir;
    struct str command; /* a list joined by spaces */
    struct str entrypoint;
    place image_at, container_name_at, network_mode_at, user_at, restart_at, command_at, volumes_at,
        cap_drop_at, security_opt_at, healthcheck_at, privileged_at, replicas_at, networks_at,
        limits_at, ports_at;
    bool privileged, drops_all, no_new_privileges;
    bool has_healthcheck, healthcheck_token; /* the test names a token */
    double replicas;                         /* of `deploy.replicas`, else `scale`, else 1 */
    struct compose_limit memory, cpus, pids;
    ARRAY(struct compose_variable) environment; /* env_file and environment, in effect */
    ARRAY(struct compose_port) ports;
    ARRAY(struct compose_mount) mounts;
    struct map by_target; /* -> the last mount there */
    ARRAY(struct compose_network) networks;
    ARRAY(struct str) profiles;
    /* Those that decide whether it runs: none when it has none, or some were chosen. */
    ARRAY(struct str) open_profiles;
    ARRAY(struct compose_unset) unset; /* without a default; when the environment is complete */
    bool left_out;                     /* profiles were chosen, and none of its own */
    bool environment_unknown;          /* a file of variables is not there */
};

struct composing;

struct compose_project {
    struct arena *arena;
    const struct composing *reading; /* how it was read; for this folder */
    const struct tree *tree;
    node_id root; /* merged; 0 when nothing could be read */
    struct str name;
    ARRAY(struct compose_service) services;         /* in the order of the files */
    struct map volumes, networks, configs, secrets; /* at the top: name -> node */
    struct map by_name;                             /* -> position in `services` */
    struct map by_container;                        /* container_name -> first service with it */
};

/* Reads a project. Mistakes become diagnostics (kind "compose_..." or of the YAML) at their place;
 * what can be understood is there in any case. */
struct compose_project *compose_read(const struct compose_input *in);

/* The service of a name, or NULL. */
const struct compose_service *compose_service(const struct compose_project *p, struct str name);

/* The value of a container's variable, or NULL. */
const struct compose_variable *compose_variable(const struct compose_service *s, struct str name);

/* Where a path of the container lies: the mount with the longest target that holds it (of equal
 * ones the last), or NULL. */
const struct compose_mount *compose_mount_of(const struct compose_service *s, struct str path);

/* Bytes of "2g", "512mb", "64"; false when it is no size. */
bool compose_size(struct str text, double *bytes);

#endif
