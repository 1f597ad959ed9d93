/* Where a gateway finds its config and keeps its state: from its environment alone, as the gateway
 * does it at its start. Nothing is read; whether a path exists is asked by a callback. */
#ifndef CLAWC_LOAD_DISCOVER_H
#define CLAWC_LOAD_DISCOVER_H

#include "load/environment.h"
#include "load/gateway.h"

struct discover {
    struct arena *arena;
    const struct gateway_data *gateway;
    const struct environment *environment;
    struct str directory; /* the working directory, absolute */
    struct str os_home;   /* the home directory by the password file, for want of HOME */
    struct str profile;   /* of `--profile`, or empty */
    bool dev;             /* `--dev`: the profile `dev`, port 19001 */
    bool keeps_set;       /* `--profile` changes no variable that is set, whatever the version */
    bool (*exists)(void *context, struct str path); /* NULL: nothing does */
    void *context;
};

struct discovered {
    struct str home, state, config, credentials, workspace; /* absolute */
    struct str profile;                                     /* OPENCLAW_PROFILE, or empty */
    struct str problem; /* why the gateway would not start, or empty */
};

/* Home, state directory, config file, credentials and the default agent's workspace. */
struct discovered discover_paths(const struct discover *d);

/* The port that the gateway listens on: OPENCLAW_GATEWAY_PORT, the config's `gateway.port` (0 when
 * there is none), the profile's, else 18789. */
double discover_port(const struct discover *d, double config_port);

/* Whether a name can be that of a profile: a letter or digit, then up to 63 of A-Z a-z 0-9 _ -. */
bool discover_is_profile(struct str name);

#endif
