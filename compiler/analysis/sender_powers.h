/* What a class of senders can make its agent do, in the session that it reaches. */
#ifndef CLAWC_ANALYSIS_SENDER_POWERS_H
#define CLAWC_ANALYSIS_SENDER_POWERS_H

#include "analysis/analysis.h"

struct sender_powers {
    bool sandboxed; /* their messages are handled in a sandbox */
    bool exec, exec_on_host;
    bool write; /* changes files where the session runs */
    bool elevated;
    size_t owner_tools, tools; /* of those that the gateway keeps for its owner; of all */
};

/* Of a reach that has an agent. */
struct sender_powers sender_powers_of(const struct analysis *s, const struct reach *r);

#endif
