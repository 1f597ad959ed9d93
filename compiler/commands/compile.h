/* From a config to the bytes of its routing table: for `compile`, and for `table verify --against`.
 */
#ifndef CLAWC_COMMANDS_COMPILE_H
#define CLAWC_COMMANDS_COMPILE_H

#include "commands/run.h"

struct compiled {
    struct loaded *loaded;
    struct model *model;
    struct buf bytes;
};

/* Loads and compiles a config; false after diagnostics. */
bool compile_table(struct run *run, const char *path, struct compiled *c);

/* SHA-256 of the source, as the table records it. */
void compile_digest(struct str text, uint8_t digest[32]);

#endif
