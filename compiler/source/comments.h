/* Decisions that stand in a config: `clawc-ignore ID: reason` in a comment. */
#ifndef CLAWC_SOURCE_COMMENTS_H
#define CLAWC_SOURCE_COMMENTS_H

#include "base/arena.h"
#include "source/source.h"

struct source_comment {
    struct span span;
    uint32_t line;
    struct str id, reason; /* id: one, or several with commas between them; both may be empty */
};

struct source_comments {
    ARRAY(struct source_comment) list; /* ascending by file and line */
};

/* Adds those of a file; of one that is not at hand, those that are known. A marker inside of a
 * string is data, not a decision: only comments are looked at. */
void source_comments_find(struct arena *a, const struct sources *s, uint32_t file,
                          struct source_comments *out);

/* A text without the blanks, and the end of a comment, around it. */
struct str source_comment_strip(struct str s);

#endif
