/* Who an id is: session.identityLinks gives several ids one name. */
#ifndef CLAWC_ANALYSIS_IDENTITY_H
#define CLAWC_ANALYSIS_IDENTITY_H

#include "model/routing.h"

struct identities {
    const struct routing *routing;
    struct map links; /* entry -> index of the first link that has it */
};

struct identities identities_new(struct arena *a, const struct routing *routing);

/* The name that the first link of an id gives it, or the empty text when no link has it. */
struct str identity_name(const struct identities *i, struct arena *a, struct str channel,
                         struct str id);

#endif
