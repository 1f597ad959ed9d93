/* The gateway's normalisations of names, in the arena: `clawtext.h` says what each does. */
#ifndef CLAWC_MODEL_IDS_H
#define CLAWC_MODEL_IDS_H

#include "base/str.h"

/* JavaScript's trim; a part of `s`. */
struct str ids_trim(struct str s);
/* trim + toLowerCase: channels, scopes, tool names. `s` itself where nothing changes. */
struct str ids_token(struct arena *a, struct str s);
/* toLowerCase. */
struct str ids_lower(struct arena *a, struct str s);
/* The canonical id of an agent; `main` when nothing is left. */
struct str ids_agent(struct arena *a, struct str s);
/* The canonical id of an account; `default` when blank or unusable. */
struct str ids_account(struct arena *a, struct str s);
/* The canonical form itself, which may be empty. */
struct str ids_canonical(struct arena *a, struct str s);
/* `[A-Za-z0-9_][A-Za-z0-9_-]{0,63}`: what the gateway accepts as a key of agents.entries. */
bool ids_is_agent_key(struct str s);

#endif
