/* Access to the files that a config includes: the only way in which loading reads. A set of
 * functions, so that a test or a fuzz target can put a file system of its own in their place. */
#ifndef CLAWC_LOAD_FILES_H
#define CLAWC_LOAD_FILES_H

#include "base/str.h"

enum file_status {
    FILE_OK,
    FILE_MISSING,    /* nothing is there, or a link leads nowhere */
    FILE_REFUSED,    /* no regular file, several names (hard links), or too big */
    FILE_UNREADABLE, /* permissions, a loop of links, an error of the disk */
};

struct files {
    void *context;
    /* The path with every symbolic link resolved. `path` is absolute. */
    enum file_status (*real_path)(void *context, struct arena *a, const char *path,
                                  struct str *real);
    /* The bytes of `real`, a path as `real_path` gave it, which lies in the directory `root` (real
     * as well). No link is followed below `root`, whatever changed since. A file of more than `max`
     * bytes is refused. SOURCE_PADDING zero bytes stand behind the text. */
    enum file_status (*read)(void *context, struct arena *a, struct str root, struct str real,
                             size_t max, struct str *text);
};

/* The machine's own. */
extern const struct files files_of_machine;

/* `path` made absolute (against `base`, which is) and normalised by its text alone: no `.`, `..`,
 * doubled or trailing slash. */
struct str files_absolute(struct arena *a, struct str base, struct str path);
/* The directory of an absolute, normalised path. */
struct str files_directory(struct str path);
/* Whether `inner` is `outer` or below it; both absolute and normalised. */
bool files_inside(struct str outer, struct str inner);
/* How `path` is named from the directory `from`: "sub/a.json5", "../b.json5". */
struct str files_relative(struct arena *a, struct str from, struct str path);

#endif
