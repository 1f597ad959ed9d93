/* What a policy document is held against: the settings of a config that some rule of the format
 * looks at, each as one observation, in the way in which the gateway's plugin `policy` reads them.
 * What nobody wrote has the gateway's default. */
#ifndef CLAWC_MODEL_OBSERVED_H
#define CLAWC_MODEL_OBSERVED_H

#include "load/policy_document/document.h"
#include "model/model.h"

/* Their names stand in the data (`sees`), in lower case: observed_kind_name. The first group is
 * about the gateway as a whole, the others are for each channel account and each agent. */
enum observed_kind {
    OBSERVED_NOTHING,
    OBSERVED_CHANNEL,
    OBSERVED_MCP_SERVER,
    OBSERVED_MODEL_PROVIDER,
    OBSERVED_PRIVATE_NETWORK,
    OBSERVED_NO_BINDING,
    OBSERVED_BINDING_CHANNEL,
    OBSERVED_DM_SCOPE,
    OBSERVED_BIND,
    OBSERVED_FUNNEL,
    OBSERVED_AUTH,
    OBSERVED_RATE_LIMIT,
    OBSERVED_CONTROL_UI,
    OBSERVED_REMOTE,
    OBSERVED_ENDPOINT,
    OBSERVED_URL_FETCH,
    OBSERVED_NODE_DENY,
    OBSERVED_CONTENT_CAPTURE,
    OBSERVED_SESSION_MAINTENANCE,
    OBSERVED_SECRET_PROVIDER,
    OBSERVED_SECRET_SOURCE,
    OBSERVED_AUTH_METADATA,
    OBSERVED_AUTH_MODE,

    OBSERVED_DM_POLICY,
    OBSERVED_GROUP_POLICY,
    OBSERVED_MENTION,

    OBSERVED_WORKSPACE,
    OBSERVED_WORKSPACE_TOOL,
    OBSERVED_PROFILE,
    OBSERVED_WORKSPACE_ONLY,
    OBSERVED_EXEC_SECURITY,
    OBSERVED_EXEC_ASK,
    OBSERVED_EXEC_HOST,
    OBSERVED_ELEVATED,
    OBSERVED_ALSO_ALLOW,
    OBSERVED_TOOL_DENY,
    OBSERVED_TRANSCRIPT_MEMORY,
    OBSERVED_MODE,
    OBSERVED_BACKEND,
    OBSERVED_HOST_NETWORK,
    OBSERVED_JOINED_NETWORK,
    OBSERVED_WRITABLE_MOUNT,
    OBSERVED_SOCKET_MOUNT,
    OBSERVED_UNCONFINED,
    OBSERVED_CDP_RANGE,
    OBSERVED_KINDS
};
extern const char *const observed_kind_names[OBSERVED_KINDS];

/* Of what part of a sandbox it is; otherwise SURFACE_NONE. */
enum observed_surface {
    SURFACE_NONE,
    SURFACE_DOCKER,
    SURFACE_BROWSER,
    SURFACE_SECCOMP,
    SURFACE_APPARMOR
};

struct observation {
    enum observed_kind kind;
    enum observed_surface surface;
    bool fails;         /* what a rule `flagged` objects to; a workspace that is not confined */
    bool off;           /* of a browser: there is none */
    bool unknown;       /* rests on a variable of unknown value */
    int32_t agent;      /* index into observed.agents, or -1 for what all inherit */
    struct str channel; /* or empty */
    struct str account; /* as it is spelled; p == NULL: the channel itself */
    struct str group;   /* of a mention: the group that it is about, or empty */
    struct str value;   /* as it counts: trimmed, default applied */
    struct names list;  /* denied tools, added tools, missing metadata, denied commands */
    struct str target;  /* oc://openclaw.config/agents/defaults/sandbox/mode */
    place at;
};

/* An agent as the plugin lists it. */
struct observed_agent {
    struct str id; /* as it is spelled */
    struct str canonical;
    node_id node;
    struct str target; /* of its block */
    size_t first, n;   /* its observations */
};

struct observed {
    const struct model *model;
    const struct policy_format *format;
    ARRAY(struct observation) list;
    ARRAY(struct observed_agent) agents;
    size_t channels_first, channels_n; /* those about channel accounts, by channel */
    size_t defaults_first, defaults_n; /* those that agents inherit */
};

struct observed *observe(struct arena *a, const struct model *m, const struct policy_format *f);

/* ---- for the files that observe ----------------------------------------------------------------
 */

/* A place of the config that may have a value: its node (0: nothing there), the nearest thing
 * around it that was written, its name. */
struct spot {
    node_id node;
    place around;
    struct str target;
};

struct observing {
    struct arena *arena;
    const struct tree *tree;
    struct observed *o;
};

struct spot spot_root(const struct observing *s);
/* The spot of a chain of members, ended by NULL. */
struct spot spot_at(const struct observing *s, struct spot from, ...);
struct spot spot_member(const struct observing *s, struct spot from, struct str key);
/* The same, its name never quoted. */
struct spot spot_plain_member(const struct observing *s, struct spot from, struct str key);
/* The names from the root to a value, for walks that seldom need a path; elements of arrays are
 * called #0, #1... A walk ends OBSERVED_DEPTH_MAX deep: no schema has anything below. */
enum { OBSERVED_DEPTH_MAX = 64 };
struct step {
    const struct step *up;
    struct str name;
    size_t length;
};
struct step step_into(const struct observing *s, const struct step *up, node_id child,
                      size_t *index);
/* The path of steps; names are quoted where they must be, or never. */
struct str step_path(const struct observing *s, const struct step *step, bool quoted);

/* A child that is there already: under its own key, or an element by its number. */
struct spot spot_child(const struct observing *s, struct spot from, node_id child, size_t index);
place spot_place(struct spot spot);
bool spot_is(const struct observing *s, struct spot spot, enum node_kind kind);
/* The text there without blanks around it; p == NULL when there is none or it is blank. */
struct str spot_text(const struct observing *s, struct spot spot);
bool spot_unknown(const struct observing *s, struct spot spot);
/* Whether a flag is written there, and which. */
bool spot_flag(const struct observing *s, struct spot spot, bool *value);
bool spot_is_true(const struct observing *s, struct spot spot);
bool spot_is_false(const struct observing *s, struct spot spot);
/* The texts of an array that are not blank. */
struct names spot_texts(const struct observing *s, struct spot spot);

/* What an agent's block (or `agents.defaults`) and what it inherits from have of one setting: its
 * own, if it is written, else the inherited one, else its own place without a value. */
struct inherited_text {
    struct str value; /* p == NULL: neither has it */
    struct spot spot;
    bool is_own, unknown;
};
struct inherited_text inherited_text(const struct observing *s, struct spot own, struct spot from);
struct inherited_flag {
    bool value, is_set, is_own;
    struct spot spot;
};
struct inherited_flag inherited_flag(const struct observing *s, struct spot own, struct spot from);

/* Adds one, at a spot; the caller fills in the rest. */
struct observation *observe_at(const struct observing *s, enum observed_kind kind,
                               struct spot spot);

/* The blocks of an agent (or of the defaults, with `agent` -1 and nothing to inherit from). */
struct observed_blocks {
    int32_t agent;
    struct spot sandbox, tools, memory;                /* its own */
    struct spot from_sandbox, from_tools, from_memory; /* inherited; no node for the defaults */
};

void observe_gateway(const struct observing *s);
void observe_models(const struct observing *s);
void observe_channels(const struct observing *s);
void observe_routing(const struct observing *s);
void observe_ingress(const struct observing *s);
void observe_data(const struct observing *s);
void observe_secrets(const struct observing *s);
void observe_workspace(const struct observing *s, const struct observed_blocks *b);
void observe_tools(const struct observing *s, const struct observed_blocks *b);
void observe_memory(const struct observing *s, const struct observed_blocks *b);
void observe_sandbox(const struct observing *s, const struct observed_blocks *b);

#endif
