/* Which agent a message reaches and under which session key, straight from the model: the gateway's
 * resolver, with the reason. The runtime answers the same from the compiled table; tests hold the
 * two against each other and against recorded answers of the gateway. */
#ifndef CLAWC_ANALYSIS_RESOLVE_H
#define CLAWC_ANALYSIS_RESOLVE_H

#include "model/routing.h"

struct query_peer {
    struct str kind, id; /* as the caller gives them; kind.p NULL: no kind */
};

/* One message, as a channel would describe it. A text with p == NULL is not given. */
struct route_query {
    struct str channel, account;
    bool has_peer, has_parent;
    struct query_peer peer, parent;
    struct str guild, team;
    const struct str *roles;
    size_t n_roles;
    struct str default_agent, dm_scope, group_scope; /* newer gateways only */
};

struct route_answer {
    bool failed; /* AgentSelectionRequiredError: nobody owns the message */
    struct str agent, channel, account;
    struct str dm_scope, group_scope;
    struct str session_key, main_session_key;
    bool main_policy; /* lastRoutePolicy "main", else "session" */
    enum route_tier tier;
    int32_t binding; /* index into routing.bindings, -1 for the default */
};

struct resolver;

/* Indexes the bindings; lives in the arena, refers to `routing`. */
struct resolver *resolver_new(struct arena *a, const struct routing *routing);

/* Resolves one message. The texts of the answer live in the arena `a`, or in the routing. */
struct route_answer resolve(const struct resolver *r, struct arena *a, const struct route_query *q);

/* How a binding stands to a message that is on its channel. */
enum binding_verdict {
    VERDICT_WINS,
    VERDICT_LESS_SPECIFIC, /* matches, but a more specific kind of binding won */
    VERDICT_LATER,         /* matches, but an earlier binding of the same kind won */
    VERDICT_OTHER_CHANNEL,
    VERDICT_OTHER_ACCOUNT,
    VERDICT_OTHER_PEER,
    VERDICT_OTHER_GUILD,
    VERDICT_OTHER_TEAM,
    VERDICT_NO_ROLE,
};

/* Why the binding `index` won or not, given the answer to the same query. */
enum binding_verdict resolve_verdict(const struct resolver *r, struct arena *a,
                                     const struct route_query *q, const struct route_answer *answer,
                                     size_t index);

/* Whether an earlier binding takes everything that this one could get: its index, or -1. */
int32_t resolve_shadowed_by(const struct resolver *r, size_t index);

#endif
