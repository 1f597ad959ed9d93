/* Reading a file of data under rules/, for the programs that run while clawc is built. */
#ifndef CLAWC_TOOLS_DATA_FILE_H
#define CLAWC_TOOLS_DATA_FILE_H

#include "source/diag.h"
#include "syntax/tree.h"

struct data_file {
    struct tree *tree;
    struct diags *diags;
    node_id root;
};

/* Reads YAML, and so JSON. A file that cannot be read, or has a mistake in it, ends the program. */
struct data_file data_file_read(struct arena *a, const char *path);

/* Reports the file's diagnostics and ends the program. */
_Noreturn void data_file_refuse(const struct data_file *file);

#endif
