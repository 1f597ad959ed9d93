/* A file that is not at hand: of its places only those are known that somebody who has read it
 * wrote down. Private to this folder. */
#ifndef CLAWC_SOURCE_OUTLINE_H
#define CLAWC_SOURCE_OUTLINE_H

#include "source/comments.h"

struct outline;

struct outline *outline_new(struct arena *a);
void outline_add(struct outline *o, const struct source_place *place);
struct source_comments *outline_comments(struct outline *o);
/* Line 1, column 1 for an offset that is not known. */
struct position outline_position(struct outline *o, uint32_t offset);
struct str outline_path(struct outline *o, struct span span);

#endif
