/* What every command needs: the arena, the files read so far, the project file, the environment. */
#ifndef CLAWC_COMMANDS_RUN_H
#define CLAWC_COMMANDS_RUN_H

#include <stdio.h>

#include "commands/command.h"
#include "load/project.h"
#include "model/model.h"
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
    const struct schema *schema; /* of --schema, or NULL */
    bool color;                  /* on standard output */
};

/* Prepares a run: project file (beside `first`, the first file of the command line, which may be
 * NULL), environment. False after a message; `*code` is then what to end with. */
bool run_begin(struct run *run, struct arena *a, const struct options *o, const char *first,
               enum exit_code *code);

/* Reads a config file. False after a diagnostic. */
bool run_read(struct run *run, const char *path, uint32_t *file);

/* Reads and loads a config; `out->root` is 0 when there is nothing to work with. */
void run_load(struct run *run, const char *path, struct loaded *out);

/* The model of a loaded config. A value that cannot be used makes the config a rejected one. */
struct model *run_model(struct run *run, const char *path, struct loaded *loaded);

/* Prints what is wrong with the files, as the text report does, to `out`. */
void run_print_errors(struct run *run, FILE *out);

/* 2 when the gateway would reject the file or it could not be read, else 0. */
enum exit_code run_load_code(const struct loaded *loaded);

/* Loads the built-in rules and those of --rules and the project file. False after messages. */
bool run_rules(struct run *run, struct rules *rules);

/* Today, YYYY-MM-DD; SOURCE_DATE_EPOCH is respected. */
struct str run_today(struct arena *a);

/* Options of the reports. */
struct report_options run_report_options(const struct run *run, bool color);

/* What is audited: every file that was read, and the models of those that could be understood. */
struct audited {
    ARRAY(struct loaded *) files;
    ARRAY(struct model *) models;
};

/* The audit of models that are built already, as `audit` and `compile` do it. `apart`: the gateways
 * are not compared with each other. */
struct report *run_audit(struct run *run, const struct rules *rules, const struct gate *gate,
                         const struct audited *what, bool apart);

/* Writes everything to standard output that is still in the buffer; EXIT_MACHINE when it cannot be
 * written. */
enum exit_code run_flush(FILE *out, enum exit_code code);

/* The working directory. */
struct str run_directory(struct run *run);

/* find.c: the config that a gateway of the version asked for (else the newest) would read with the
 * environment that was given; says on standard error which. NULL after a message: there is no
 * environment, or the gateway would not start. */
const char *run_find_config(struct run *run);
/* The config in a state directory, by the names that the gateway looks for; any other path as it
 * is, and that of a directory without one. */
const char *run_config_at(struct run *run, const char *path);

#endif
