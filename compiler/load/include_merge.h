/* How an included value and what stands over it become one. */
#ifndef CLAWC_LOAD_INCLUDE_MERGE_H
#define CLAWC_LOAD_INCLUDE_MERGE_H

#include "load/edit.h"

struct merging {
    struct edit *edit;
    bool strict; /* the newer gateway drops `constructor` and `prototype` from both sides */
    key_id blocked[3];
    size_t work; /* members looked at so far */
};

/* Looks up the keys that are never merged; to be called again when files were read. */
void merging_find_keys(struct merging *m);

/* What `over` laid over `base` gives: a node that is no one's child. Both are used up. Arrays
 * concatenate, objects merge by key, otherwise `over` wins. Looks at no more once `work` is over
 * INCLUDE_MAX_WORK: the caller must then give up. */
node_id merging_join(struct merging *m, node_id base, node_id over);

#endif
