/* Files that are in memory only, by name: the tests of a rule bring along what their configs
 * include. */
#ifndef CLAWC_LOAD_FILES_MEMORY_H
#define CLAWC_LOAD_FILES_MEMORY_H

#include "base/arena.h"
#include "load/files.h"

struct memory_file {
    struct str path, text; /* absolute and normalised */
};

struct memory_files {
    ARRAY(struct memory_file) list;
};

/* Reads nothing else. `files` lives as long as what is returned. */
struct files files_of_memory(struct memory_files *files);

#endif
