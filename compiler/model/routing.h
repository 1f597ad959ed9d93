/* The routing part of the model: what the gateway's resolver sees after load, in normalised form.
 *
 * Texts are normalised as the resolver does it (see `model/ids.h`): channels are tokens, accounts
 * and agents canonical ids, peer, guild and team ids trimmed with their case kept. The table
 * compiler reads this and nothing else of the model. */
#ifndef CLAWC_MODEL_ROUTING_H
#define CLAWC_MODEL_ROUTING_H

#include "syntax/tree.h"

/* ORDER SCOPE: the same numbers stand in the routing table. */
enum dm_scope { DM_MAIN, DM_PER_PEER, DM_PER_CHANNEL_PEER, DM_PER_ACCOUNT_CHANNEL_PEER };
enum group_scope { GROUP_PER_GROUP, GROUP_MAIN };
enum { SCOPE_NONE = -1 }; /* a binding that does not override */

/* ORDER TIER: the same numbers stand in the routing table; the order is the order of the search. */
enum route_tier {
    TIER_PEER,
    TIER_PEER_PARENT, /* no binding lives here: peer bindings, compared with the parent peer */
    TIER_PEER_WILDCARD,
    TIER_GUILD_ROLES,
    TIER_GUILD,
    TIER_TEAM,
    TIER_ACCOUNT,
    TIER_CHANNEL,
    TIER_DEFAULT,
};

/* "binding.peer" ... "default": what the gateway calls matchedBy. */
const char *route_tier_name(enum route_tier tier);
const char *dm_scope_name(enum dm_scope scope);
const char *group_scope_name(enum group_scope scope);

/* What differs between gateway versions in routing. */
enum routing_rule {
    ROUTING_PEER_WILDCARD = 1, /* peer id "*" is the wildcard of its kind */
    ROUTING_GROUP_SCOPE = 2,   /* groupScope and binding.session exist; answers report both scopes;
                                  callers may pass dmScope, groupScope, defaultAgentId */
    ROUTING_SELECTION_ERROR = 4, /* no owner: AgentSelectionRequiredError instead of a default */
    ROUTING_LOWER_WHOLE_KEY = 8, /* the finished session key is lower-cased as a whole, and an
                                    unknown peer kind with it */
};

/* ORDER PEER_KIND */
enum peer_kind { PEER_NONE, PEER_DIRECT, PEER_GROUP, PEER_CHANNEL };
enum peer_form { PEER_ABSENT, PEER_EXACT, PEER_WILDCARD };

/* A session keeps the case of the peer's id for this channel and kind. */
struct keep_case {
    struct str channel;
    enum peer_kind kind;
};

enum { AGENT_DEFAULT = -1, AGENT_ERROR = -2 };

struct route_binding {
    struct str channel;      /* token, not empty */
    struct str account;      /* canonical; p == NULL: any account ("*") */
    struct str peer_id;      /* exact peers only */
    struct str guild, team;  /* n == 0: not constrained */
    const struct str *roles; /* as written, compared exactly */
    uint32_t n_roles;        /* 0: not constrained */
    int32_t agent;           /* index into routing.agents, or AGENT_DEFAULT, AGENT_ERROR */
    int8_t dm_scope;         /* enum dm_scope or SCOPE_NONE */
    int8_t group_scope;      /* enum group_scope or SCOPE_NONE */
    uint8_t peer;            /* enum peer_form */
    uint8_t peer_kind;       /* enum peer_kind; group and channel match each other */
    uint32_t index;          /* position in bindings[], those added at load included */
    node_id node;            /* the binding as written; for an added one its channel */
};

/* The tier in which the binding is searched (a peer binding: TIER_PEER). */
enum route_tier route_binding_tier(const struct route_binding *b);

/* One id of session.identityLinks: `id` is lower(trim(entry)), not empty. In the order of the walk;
 * the first that matches wins. */
struct identity_link {
    struct str name; /* trim(name) */
    struct str id;
};

struct routing {
    struct str gateway; /* version whose rules these are: "2026.9.6" */
    unsigned rules;     /* enum routing_rule */
    const struct keep_case *keep_case;
    size_t n_keep_case;
    const struct str *agents; /* canonical ids; the first `n_roster` are the configured ones, in
                                 enumeration order; behind them ids that only a binding or the
                                 default can yield (`main`) */
    size_t n_agents, n_roster;
    int32_t default_agent; /* index, or AGENT_ERROR when nobody owns unbound messages */
    enum dm_scope dm_scope;
    enum group_scope group_scope;
    const struct route_binding *bindings; /* in file order; those that can never take part (acp, no
                                             channel, invalid peer) are left out */
    size_t n_bindings;
    const struct identity_link *links;
    size_t n_links;
};

#endif
