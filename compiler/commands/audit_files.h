/* audit --fs: who may read and write the files that make up a config. */
#ifndef CLAWC_COMMANDS_AUDIT_FILES_H
#define CLAWC_COMMANDS_AUDIT_FILES_H

#include "commands/run.h"

/* Looks at the permissions of the config at `path` (as on the command line) and of each file that
 * it includes, and puts them into `where->files`. Standard input has none. */
void audit_look_at_files(struct run *run, const char *path, const struct loaded *loaded,
                         struct gateway_place *where);

#endif
