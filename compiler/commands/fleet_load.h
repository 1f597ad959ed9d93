/* A Compose project as it is audited: its files, its gateways, the configs they read. */
#ifndef CLAWC_COMMANDS_FLEET_LOAD_H
#define CLAWC_COMMANDS_FLEET_LOAD_H

#include "commands/run.h"
#include "load/files.h"

struct fleet_load {
    struct compose_project *project; /* NULL: it could not be read, or there is none */
    struct fleet_block block;        /* what the operator has decided */
    struct environment *environment; /* the project's variables */
    const char *first;               /* file by which the project was named */
    struct str root, shown;          /* its directory, and how reports call it */
    ARRAY(struct str) files;         /* what is merged, by names relative to the root */
};

/* Whether an argument is a Compose file: YAML, by its name. */
bool fleet_is_compose(const char *path);

/* The directory of a file that was named, absolute, links resolved; empty when there is none. */
struct str fleet_real_folder(struct run *run, struct str path);
/* Reads a file below such a directory, whole; the status says what is wrong with it. */
enum file_status fleet_read_below(struct run *run, struct str root, struct str path,
                                  struct str *real, struct str *text);

/* What the operator has decided: the block of `--fleet FILE`, else of the project file, with the
 * memory of --host-ram. False after diagnostics. */
bool fleet_load_block(struct run *run, struct fleet_block *block);

/* Reads the project of `--fleet FILE`, or else of Compose files (`files`, the first of which
 * decides where the project lies). False after diagnostics when there is nothing to work with; true
 * without a project when the file of --fleet speaks of gateways on the host alone. */
bool fleet_load_project(struct run *run, const struct option_list *files, struct fleet_load *out);

/* Adds its gateways, with their configs, to what is audited. Worsens `*code` by what the configs
 * are. */
void fleet_load_gateways(struct run *run, struct fleet_load *load, struct audited *what,
                         enum exit_code *code);

#endif
