/* What the gateway makes of the block `hooks` at its start. */
#ifndef CLAWC_MODEL_HOOKS_H
#define CLAWC_MODEL_HOOKS_H

#include "model/model.h"

struct hooks_policy {
    bool enabled;
    const char *problem; /* why the gateway does not start with it, or NULL */
    struct str base_path, token;
    bool any_agent;              /* no agent is excluded */
    struct names allowed_agents; /* canonical, sorted, distinct */
    struct str default_agent;    /* canonical, or empty: a request must name one */
    struct str default_session_key;
    bool allow_request_session_key;
    struct names prefixes; /* lower case, distinct; none: any session key */
};

/* Lives in the model's arena. */
struct hooks_policy hooks_resolve(const struct model *m);

#endif
