/* libclawrt: answers which agent and which session a message belongs to, from a routing table that
 * `clawc compile` wrote. The answers are those of the OpenClaw gateway's own resolver, in the
 * version that the table was compiled for.
 *
 *     struct clawrt *table;
 *     enum clawrt_status status = clawrt_open("routes.clawt", &table);
 *     if (status != CLAWRT_OK) ... clawrt_strerror(status) ...
 *
 *     struct clawrt_peer peer = {CLAWRT_TEXT("direct"), {sender, sender_length}};
 *     struct clawrt_query query = {.channel = CLAWRT_TEXT("whatsapp"), .peer = &peer};
 *     struct clawrt_answer answer;
 *     char buffer[CLAWRT_BUFFER];
 *     status = clawrt_route(table, &query, buffer, sizeof buffer, &answer);
 *     ...
 *     clawrt_close(table);
 *
 * C11 and libc, nothing else. The table is mapped, not read: opening takes the same short time at
 * any size. Routing allocates nothing, takes no lock, makes no system call and changes nothing, so
 * any number of threads may use one table at once. A damaged or hostile file gives an error or a
 * wrong answer from within the file, never a read outside it, and work that is at most linear in
 * its size. The one thing that a mapping does not survive is a file cut short in place: replace
 * tables by renaming a new file over the old one, as clawc does; a table that is open stays what
 * it was until it is opened again.
 *
 * Texts are UTF-8, pointer and length, need no NUL at the end and may hold any byte (a lone
 * surrogate of a JavaScript string: its three bytes in WTF-8). */
#ifndef CLAWRT_H
#define CLAWRT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An open table. */
struct clawrt;

struct clawrt_text {
    const char *p; /* NULL in a query: not given */
    size_t n;
};

/* The text of a string literal. */
#define CLAWRT_TEXT(literal)                                                                       \
    { "" literal, sizeof(literal) - 1 }

enum clawrt_status {
    CLAWRT_OK,
    /* The gateway would raise AgentSelectionRequiredError: no agent owns this message. */
    CLAWRT_NO_AGENT,
    CLAWRT_SMALL_BUFFER, /* clawrt_route: see `clawrt_room` */
    CLAWRT_LONG_TEXT,    /* a text of the query has 2^30 bytes or more */
    CLAWRT_CANNOT_OPEN,  /* errno says why */
    CLAWRT_NO_MEMORY,    /* none left for the handle, or the file cannot be mapped */
    CLAWRT_NOT_A_TABLE,  /* not a regular file, or one that does not begin like a table */
    CLAWRT_BYTE_ORDER,   /* the bytes of the file were swapped */
    CLAWRT_NEWER_FORMAT, /* major version above this library's */
    CLAWRT_OLDER_FORMAT, /* major version below this library's */
    CLAWRT_WRONG_SIZE,   /* the file is shorter or longer than its header says */
    CLAWRT_BAD_HEADER,   /* the header's checksum or what it says is wrong */
    CLAWRT_BAD_CHECKSUM, /* `clawrt_verify`: the bytes behind the header have changed */
    CLAWRT_DAMAGED,      /* a record points outside its section */
    CLAWRT_STATUS_COUNT
};

/* A sentence about a status, in English, without a full stop; never NULL. */
const char *clawrt_strerror(enum clawrt_status status);

/* Maps the table at `path`. `*table` is NULL unless CLAWRT_OK is returned; else it is the caller's
 * to close. Checks magic, version, byte order, sizes and the header's checksum. */
enum clawrt_status clawrt_open(const char *path, struct clawrt **table);

/* The same for a table in memory, which is not copied and must outlive the handle. Any alignment.
 */
enum clawrt_status clawrt_open_memory(const void *bytes, size_t size, struct clawrt **table);

/* Gives back everything; no answer that points into the table may be used afterwards. NULL is
 * allowed. */
void clawrt_close(struct clawrt *table);

/* Reads the whole table and compares it with its checksum: CLAWRT_OK or CLAWRT_BAD_CHECKSUM. */
enum clawrt_status clawrt_verify(const struct clawrt *table);

/* What the table says of itself. The pointers point into the table. */
struct clawrt_info {
    unsigned major, minor;      /* version of the format */
    struct clawrt_text gateway; /* version of the gateway whose routing it holds: "2026.9.6" */
    const unsigned char *source_digest; /* 32 bytes: digest of the config it was made from */
    uint64_t size;                      /* bytes */
    uint32_t bindings, agents, channels;
    /* Not 0 when this gateway version reports dmScope and groupScope and lets callers pass
     * defaultAgentId, dmScope and groupScope. */
    int has_scopes;
};
void clawrt_get_info(const struct clawrt *table, struct clawrt_info *info);

/* Who a message is from, or where it was written. `kind` is "direct" ("dm"), "group", "channel" or
 * whatever the channel calls it; `id` may be empty. */
struct clawrt_peer {
    struct clawrt_text kind, id;
};

/* What a channel knows of a message; what is not given is zero. Normalisation (trim, lower case,
 * canonical ids) is done here, as the gateway does it: pass what the channel has. An id that is a
 * number in JavaScript is passed as its text; a role that is a number is left out (the gateway
 * compares roles with ===). */
struct clawrt_query {
    struct clawrt_text channel, account;
    const struct clawrt_peer *peer, *parent_peer; /* NULL: none */
    struct clawrt_text guild_id, team_id;
    const struct clawrt_text *roles; /* memberRoleIds */
    size_t n_roles;
    /* Overrides by the caller; not looked at when `clawrt_info.has_scopes` is 0. */
    struct clawrt_text default_agent_id, dm_scope, group_scope;
};

/* The order in which the gateway looks for a binding, and what it calls matchedBy. */
enum clawrt_tier {
    CLAWRT_BY_PEER,
    CLAWRT_BY_PEER_PARENT,
    CLAWRT_BY_PEER_WILDCARD,
    CLAWRT_BY_GUILD_ROLES,
    CLAWRT_BY_GUILD,
    CLAWRT_BY_TEAM,
    CLAWRT_BY_ACCOUNT,
    CLAWRT_BY_CHANNEL,
    CLAWRT_BY_DEFAULT
};

#define CLAWRT_NO_BINDING UINT32_MAX

/* The gateway's answer. Texts point into the table, the caller's buffer, the query (an override
 * given as text) or the library: they are valid as long as all of these. A thread's suffix
 * (":thread:ID") is the channel's to add to the session key. */
struct clawrt_answer {
    struct clawrt_text agent_id, channel, account_id;
    struct clawrt_text dm_scope, group_scope; /* p is NULL when has_scopes is 0 */
    struct clawrt_text session_key, main_session_key;
    struct clawrt_text last_route_policy; /* "main" or "session" */
    struct clawrt_text matched_by;        /* "binding.peer" ... "default" */
    enum clawrt_tier tier;
    uint32_t binding; /* place in bindings[] of the one that won, or CLAWRT_NO_BINDING */
};

/* Large enough a buffer for every query whose texts have 256 bytes together, with any table whose
 * identity links have names of at most 256. */
#define CLAWRT_BUFFER 4096

/* Bytes of buffer that are enough for this query, or 0 when one of its texts is too long. */
size_t clawrt_room(const struct clawrt *table, const struct clawrt_query *query);

/* Routes one message. `buffer` receives the texts of the answer that stand nowhere else, and is
 * used as scratch; with fewer than `clawrt_room` bytes CLAWRT_SMALL_BUFFER may be returned.
 * `*answer` is set when CLAWRT_OK is returned; after CLAWRT_NO_AGENT only its channel, account_id,
 * matched_by, tier and binding are. */
enum clawrt_status clawrt_route(const struct clawrt *table, const struct clawrt_query *query,
                                char *buffer, size_t size, struct clawrt_answer *answer);

#ifdef __cplusplus
}
#endif

#endif
