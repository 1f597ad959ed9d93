/* What every command needs: the arena, the files read so far, the project file, the environment. */
#ifndef CLAWC_COMMANDS_RUN_H
#define CLAWC_COMMANDS_RUN_H

#include <stdio.h>

#include "analysis/fleet/fleet.h"
#include "commands/command.h"
#include "load/policy_document/document.h"
#include "load/project.h"
#include "model/fleet.h"
#include "policy/engine.h"
#include "report/report.h"

struct run {
    struct arena *arena;
    const struct options *o;
    struct sources *sources;
    struct tree *tree;
    struct diags *diags;
    struct gateways gateways;
    struct environment *env;
    struct project project;
    bool has_project;
    const struct fleet_block *block; /* of --fleet FILE, once it is read; else the project's */
    struct hosts *hosts;             /* host.h: the gateways looked at so far */
    const struct files *files;       /* how included files are read */
    const struct schema *schema;     /* of --schema, or NULL */
    struct policy_document *policy;  /* of --policy, or NULL */
    struct conditions conditions;    /* what the options tell beside the configs */
    struct str digest_key;           /* of --facts-key, or empty */
    size_t jobs;                     /* of --jobs; 0: what the machine and the work suggest */
    struct timing *timing;           /* of --timing: the steps; or NULL */
    struct timing *rule_timing;      /* the same: the rules */
    bool color;                      /* on standard output */
};

/* Prepares a run: project file (beside `first`, the first file of the command line, which may be
 * NULL), environment. False after a message; `*code` is then what to end with. */
bool run_begin(struct run *run, struct arena *a, const struct options *o, const char *first,
               enum exit_code *code);

/* The environment of a gateway of which the project says `own` (may be NULL; its files lie in
 * `folder`), beside what is said of all. NULL after a message. */
struct environment *run_environment(struct run *run, const struct env_setting *own,
                                    struct str folder);

/* The working directory, absolute. */
struct str run_directory(struct run *run);

/* Reads a config file. False after a diagnostic. */
bool run_read(struct run *run, const char *path, uint32_t *file);

/* Reads and loads a config; `out->root` is 0 when there is nothing to work with. */
void run_load(struct run *run, const char *path, struct loaded *out);

/* The same of a file that has been read; `path` says where it lies, "-" for nowhere. */
void run_load_file(struct run *run, uint32_t file, const char *path, struct loaded *out);

/* The same for a gateway of a fleet, with an environment and a version (may be empty) of its own:
 * `out->written` is kept. `path` is absolute. */
void run_load_in_fleet(struct run *run, uint32_t file, struct str path,
                       const struct environment *env, struct str version, struct str version_from,
                       struct loaded *out);

/* The model of a loaded config. A value that cannot be used makes the config a rejected one. */
struct model *run_model(struct run *run, const char *path, struct loaded *loaded);
/* The same for a gateway whose place is known. */
struct model *run_model_at(struct run *run, struct loaded *loaded, const struct environment *env,
                           const struct gateway_place *where);

/* The folder of a path, with its slash; empty for the working directory. */
struct str run_folder_of(struct str path);

/* Prints what is wrong with the files, as the text report does, to `out`. */
void run_print_errors(struct run *run, FILE *out);

/* 2 when the gateway would reject the file or it could not be read, else 0. */
enum exit_code run_load_code(const struct loaded *loaded);

/* Loads the built-in rules and those of --rules and the project file. False after messages. */
bool run_rules(struct run *run, struct rules *rules);

/* Today, YYYY-MM-DD; SOURCE_DATE_EPOCH is respected. */
struct str run_today(struct arena *a);

/* An empty report, with the errors so far. */
struct report *run_report_new(struct run *run, struct paths *paths);

/* Options of the reports. */
struct report_options run_report_options(const struct run *run, bool color);

/* What is audited: every file that was read, and the models of those that could be understood. */
struct audited {
    ARRAY(struct loaded *) files;
    ARRAY(struct model *) models;
    size_t n_services; /* how many of the models are of services; they come first */
    ARRAY(struct fleet_gateway *) gateways; /* services of a Compose project, or none */
    ARRAY(struct undecided) undecided;      /* what could not be looked at */
    const struct environment *names; /* variables by whose names secrets are called, or NULL */
    const struct fleet_block *block; /* what the operator has decided, or NULL */
    struct str compose_name;         /* of the Compose project, or empty */
    const struct fleet_gateway *const *joined; /* of facts, in place of all others; or NULL */
    size_t n_joined;
};

/* The gateways that are compared with each other; `apart`: without those of the host. */
const struct fleet_gateway *const *run_gateways(struct run *run, const struct audited *what,
                                                bool apart, size_t *n);

/* Compares the services of a Compose project, and the gateways whose configs lie on the host. */
struct fleet *run_compare(struct run *run, const struct audited *what, bool apart);

/* The audit of models that are built already, as `audit` and `compile` do it, on several threads
 * where there are many: what comes of it does not hang on their number. `apart`: the gateways are
 * not compared with each other. */
struct report *run_audit(struct run *run, const struct rules *rules, const struct gate *gate,
                         const struct audited *what, bool apart);

/* policy_file.c: reads the document of --policy, if there is one. False after a diagnostic. */
bool policy_file_open(struct run *run);
/* Says which gateways it is not held against. The number of the first that it is held against:
 * whose findings tell what is wrong with the document. */
size_t policy_file_check(struct run *run, struct model *const *gateways, size_t n,
                         struct report *report);
/* Holds a gateway against it; `problems`: also tells what is wrong with the document. */
void policy_file_hold(const struct run *run, struct analysis *gateway, bool problems);

/* Writes everything to standard output that is still in the buffer; EXIT_MACHINE when it cannot be
 * written. */
enum exit_code run_flush(FILE *out, enum exit_code code);

/* The working directory. */
struct str run_directory(struct run *run);

/* find.c: the config that a gateway of the version asked for (else the newest) would read with the
 * environment that was given; says on standard error which. NULL after a message: there is no
 * environment, or the gateway would not start. */
const char *run_find_config(struct run *run);
/* Whether there is such an environment: without it nobody asks for that. */
bool run_finds_config(const struct run *run);
/* The config in a state directory, by the names that the gateway looks for; any other path as it
 * is, and that of a directory without one. */
const char *run_config_at(struct run *run, const char *path);

#endif
