/* The ports of a gateway's browser: derived from its base port or set one by one. */
#ifndef CLAWC_MODEL_BROWSER_PORTS_H
#define CLAWC_MODEL_BROWSER_PORTS_H

#include "load/read.h"
#include "model/value.h"

struct model;

struct browser_endpoint {
    struct str name, driver;  /* openclaw, extension or existing-session */
    struct str host;          /* where Chrome listens; empty: it is found some other way */
    uint32_t port;            /* 0: none */
    bool by_url;              /* a cdpUrl says so: whatever listens there is used, */
    uint32_t url_port;        /* at this port */
    struct str user_data_dir; /* as it is resolved, or empty: its own */
    place at;                 /* the profile, or what is around it when it is implied */
};

struct browser_ports {
    bool enabled;
    uint32_t control_port, cdp_first, cdp_last;
    struct str default_profile;
    struct browser_endpoint *profiles; /* those of the config in its order, then the implied ones */
    size_t n_profiles;
    const char *problem; /* why the gateway cannot use it, or NULL */
    place at;
};

/* Needs the model's settings. */
struct browser_ports browser_ports_read(const struct model *m, const struct reading *r);

#endif
