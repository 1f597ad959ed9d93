/* What the files of the runtime share. */
#ifndef CLAWRT_INTERNAL_H
#define CLAWRT_INTERNAL_H

#include "clawrt.h"
#include "clawt_format.h"

struct clawrt {
    struct clawt_view view;
    uint64_t seed;
    uint32_t rules;
    uint32_t default_agent; /* CLAWT_NONE: nobody */
    uint32_t longest_name;
    unsigned char dm_scope, group_scope; /* ORDER SCOPE */
    void *map;                           /* NULL: the caller's memory */
};

/* ORDER SCOPE. A text that is none of them acts as `main`, as in the gateway. */
enum dm_scope { DM_MAIN, DM_PER_PEER, DM_PER_CHANNEL_PEER, DM_PER_ACCOUNT_CHANNEL_PEER };
enum group_scope { GROUP_PER_GROUP, GROUP_MAIN };

/* An id to look up: its hash, and, when it is short, its bytes as slots have them: two
 * little-endian words. */
struct lookup_id {
    const char *p;
    size_t n;
    uint64_t hash;
    uint64_t word[2];
};

void clawrt_lookup_id(const struct clawrt *t, const char *p, size_t n, struct lookup_id *id);

/* The slot of a key, or NULL. Visits at most CLAWT_PROBE_LIMIT groups. */
const unsigned char *clawrt_find(const struct clawrt *t, enum clawt_slot_type type, uint32_t scope,
                                 const struct lookup_id *id);

/* An agent's id and main session key ("agent:ID:main"); false when the table is damaged. */
struct agent_text {
    const char *main_key;
    size_t id_length;
};
bool clawrt_agent(const struct clawrt *t, uint32_t index, struct agent_text *agent);

/* All that the session key of a chosen route depends on. */
struct session {
    struct agent_text agent;
    struct clawrt_text channel, account;
    const struct clawrt_peer *peer; /* NULL: none; its id is trimmed */
    int kind;                       /* enum clawtext_kind of the peer */
    unsigned keep_case;             /* bits 1 << kind */
    int dm_scope, group_scope;      /* ORDER SCOPE */
};

/* Writes the key to `out`, or lets `key` be the agent's main key. With C the bytes of the channel,
 * I of the peer's id or its linked name, K of its kind, it needs at most 2.5 (160 + C + K + 1.5 I)
 * for the key and its lower case, and as scratch before that 2.5 (16 + C + I): see `clawrt_room`.
 */
enum clawrt_status clawrt_session_key(const struct clawrt *t, const struct session *s, char *out,
                                      struct clawrt_text *key);

#endif
