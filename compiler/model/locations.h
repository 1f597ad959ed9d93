/* Paths as the gateway would resolve them, without looking at a disk: `~` stays a symbol for the
 * home directory and `<...>` one for a directory that is not known. */
#ifndef CLAWC_MODEL_LOCATIONS_H
#define CLAWC_MODEL_LOCATIONS_H

#include "base/str.h"

/* Normalised: no `.`, no `..` where it can be resolved, no doubled or trailing slash. A relative
 * path stays relative. */
struct str location_normal(struct arena *a, struct str path);
/* dir + "/" + name, normalised. */
struct str location_join(struct arena *a, struct str dir, struct str name);
/* Whether `inner` is `outer` or lies below it; both normalised. */
bool location_contains(struct str outer, struct str inner);

#endif
