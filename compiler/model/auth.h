/* How people and programs prove themselves to the gateway. */
#ifndef CLAWC_MODEL_AUTH_H
#define CLAWC_MODEL_AUTH_H

#include "model/model.h"

struct auth_decision {
    struct str mode;
    const char *source; /* what decided the mode: config, password, token, default */
    struct text token, password;
    bool allow_tailscale;
};

/* A config's own credentials count before those of the environment. */
struct auth_decision auth_decide(const struct model *m);

#endif
