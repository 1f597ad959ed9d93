/* Which agents' sessions an agent can see, and which agents it can start. */
#ifndef CLAWC_ANALYSIS_VISIBILITY_H
#define CLAWC_ANALYSIS_VISIBILITY_H

#include "model/model.h"

/* Whether a session of agent `from` may list, read, write to and ask the state of a session of
 * agent `to` that is not its own and that it has not started. Both are canonical ids. */
bool sessions_visible(const struct model *m, struct str from, struct str to, bool sandboxed);

/* Agents that `from` may start with sessions_spawn: canonical ids, sorted. `allow` is
 * subagents.allowAgents in force (`allow_set`: written). Lives in the arena. */
struct delegates {
    bool any; /* "*" is in the list */
    struct names ids;
};
struct delegates delegates_of(struct arena *a, struct str from, struct names allow, bool allow_set,
                              struct names configured);

#endif
