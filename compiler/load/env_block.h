/* Variables of a config: its `env` block, and `${VAR}` in its texts. */
#ifndef CLAWC_LOAD_ENV_BLOCK_H
#define CLAWC_LOAD_ENV_BLOCK_H

#include "load/edit.h"
#include "load/environment.h"
#include "load/gateway.h"

struct env_job {
    struct arena *arena;
    struct edit *edit;
    struct diags *diags;
    const struct gateway_data *gateway;
    const struct environment *base; /* of the process */
    node_id root;
    node_id prototype; /* what the root inherits by `__proto__`, or 0 */
};

/* The environment that `${VAR}` is read from: the process's, with what the `env` block adds to it.
 * A variable of the process that is not blank wins; values that refer to variables are not applied;
 * some names cannot be set. NULL after an error: 2026.3.13 cannot read a config whose `env.vars`
 * holds, say, a number. */
const struct environment *env_block_apply(const struct env_job *job);

/* What the values of variables may add to a config: the gateway has no limit but its memory. */
enum { ENV_MAX_BYTES = 64 << 20 };

/* Replaces `${VAR}` in every text, once. A variable that is unset or empty is a warning
 * (`missing_env`, detail `var`) and stays; in an incomplete environment it is a symbol
 * (NODE_SYMBOLIC). */
void env_substitute(const struct env_job *job, const struct environment *e);

#endif
