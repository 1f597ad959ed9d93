/* JSON laid out for people and their diffs: two spaces a level, one member a line; small things
 * that read as one (a position, a list of tags) stand on one line. */
#ifndef CLAWC_REPORT_PRETTY_H
#define CLAWC_REPORT_PRETTY_H

#include "base/buf.h"

enum { PRETTY_MAX_DEPTH = 32 };

struct pretty {
    struct buf *b;
    uint32_t depth;
    struct pretty_level {
        char closer;
        bool one_line, filled;
    } levels[PRETTY_MAX_DEPTH];
};

/* `key` is NULL for elements of arrays and for the outermost value. */
void pretty_object(struct pretty *p, const char *key);
void pretty_array(struct pretty *p, const char *key);
/* The same on one line, with all that is in it. */
void pretty_object_line(struct pretty *p, const char *key);
void pretty_array_line(struct pretty *p, const char *key);
/* Ends what was begun last. */
void pretty_end(struct pretty *p);

void pretty_string(struct pretty *p, const char *key, struct str value);
void pretty_number(struct pretty *p, const char *key, uint64_t value);
void pretty_bool(struct pretty *p, const char *key, bool value);
void pretty_null(struct pretty *p, const char *key);

#endif
