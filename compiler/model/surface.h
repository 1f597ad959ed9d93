/* What a config lays open: who is let in, which containers and models run, what may be run without
 * asking. The gateway's own audit asks for most of it; the rest of the model does not. */
#ifndef CLAWC_MODEL_SURFACE_H
#define CLAWC_MODEL_SURFACE_H

#include "base/arena.h"
#include "model/value.h"

enum { OF_DEFAULTS = -1 }; /* instead of an agent's index: agents.defaults, or the global block */

/* A `sandbox.docker` block as written. */
struct container {
    int32_t agent;
    place at;
    bool empty; /* it holds no key */
    struct text_list binds;
    struct text network, seccomp, apparmor;
};

/* The browser of a sandbox, the defaults applied; one for the defaults and one for each agent. */
struct sandbox_browser {
    int32_t agent;
    struct flag enabled;
    struct text network, source_range;
};

/* A model that the config names, in the gateway's order. */
struct model_ref {
    struct text written;
    struct str id; /* what the gateway's audit looks at: an alias resolved, or as written */
    int32_t agent;
    bool image; /* of imageModel */
};

/* Whether the tools that read from the web are switched on. */
struct web_settings {
    struct flag search; /* `enabled`; not set: on when there is a key */
    struct flag fetch;
    bool search_key;     /* the config or the environment has a key */
    bool search_assumed; /* not seen, but the environment is not known in full */
    struct flag browser; /* on, its plugin included */
};

/* A secret that stands in the config. Its value is for comparing: nothing shows it. */
struct kept_secret {
    struct str key, file; /* of the value, as spelled; the file it stands in, as reports call it */
    bool in_env;          /* in the `env` block: what a variable is set to */
    int32_t same_as;      /* an earlier one with the same value, or -1 */
    place at;
};

struct surface {
    /* Values of `groupPolicy` and `dmPolicy` that are "open": of channels and accounts, the
     * path as text; and of every block below `channels`, however deep. */
    struct text_list open_paths, open_policies;
    struct text_list signals; /* what suggests that several people write to the gateway */
    ARRAY(struct container) containers;
    ARRAY(struct sandbox_browser) browsers;
    ARRAY(struct model_ref) models;
    ARRAY(struct kept_secret) secrets;
    struct web_settings web;
    struct text_list mcp_servers; /* names of those that are not disabled */
    place default_skills;         /* agents.defaults.skills, or 0 */
    const place *skills;          /* by agent: its own `skills`, or 0 */
    struct text group_scope;      /* session.groupScope */
};

#endif
