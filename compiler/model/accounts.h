/* What the files that build accounts share: accounts.c lists them, account_settings.c finds what
 * holds for each, senders.c whom its lists admit, credentials.c what it logs in with. */
#ifndef CLAWC_MODEL_ACCOUNTS_H
#define CLAWC_MODEL_ACCOUNTS_H

#include "model/values.h"

/* A list of senders, and who is in it. */
struct read_list {
    struct text_list list;
    const struct sender *senders;
    size_t n_senders;
    bool wildcard;
};

/* The lists that have been read. */
struct read_lists {
    struct map by_node; /* -> position in `read` */
    ARRAY(struct read_list) read;
    struct map by_map; /* maps of rooms -> position in `rooms` */
    ARRAY(struct room_list) rooms;
};

struct listing {
    struct model *m;
    const struct reading *r;
    const struct environment *env;
    node_id block; /* the channel's object, 0 when it has none */
    struct channel *channel;
    struct names identity; /* credential keys */
    bool nested_dm, audit_nested;
    struct map by_key, by_id, by_case; /* the accounts' blocks */
    struct read_lists *lists;
    const struct map *stored; /* "channel/account" -> position in the pairing store */
};

/* Where an account's settings stand: its own block, else the channel's. */
struct layers {
    node_id own, shared, channel; /* 0: no block; shared: WhatsApp's accounts.default */
    place own_at, channel_at;
};

bool account_is_on(const struct listing *l, const char *channel);

/* ---- senders.c ---- */

/* The list that is this member. Accounts without one of their own share the channel's, which may
 * be long: each is read once. */
struct text_list sender_list_of(const struct listing *l, node_id object, const char *key,
                                place around);
/* The distinct concrete senders of a list that was read so; `*wildcard` becomes true when "*" is
 * among them. */
const struct sender *senders_of(const struct listing *l, const struct text_list *list, size_t *n,
                                bool *wildcard);

/* ---- account_settings.c ---- */

struct text layered_text(const struct listing *l, const struct layers *at, const char *key,
                         bool inherit, struct str fallback);
bool account_flag(const struct listing *l, node_id block, bool fallback);
/* Whom pairing has admitted, as far as somebody tells. */
void account_read_store(const struct listing *l, struct account *a);
void account_read_dm(const struct listing *l, const struct layers *at, struct account *a);
/* Telegram's rule about "*" in an account's own list. */
void account_narrow_wildcard(const struct listing *l, const struct layers *at, struct account *a);
/* `configured`: how many accounts the channel has blocks for. */
void account_read_groups(const struct listing *l, const struct layers *at, size_t configured,
                         struct account *a);
/* Where the gateway's own audit says that an account's settings stand. */
void account_find_paths(const struct listing *l, const struct layers *at, struct account *a);
/* The id of a written name, or the empty text when the name is unusable: those count as `default`,
 * but do not name it. */
struct str account_usable_id(const struct listing *l, struct str written);
/* Finds the blocks below `accounts`. */
void account_index_blocks(struct listing *l, node_id accounts);
/* The block of an account: its exact key, else the first that reads the same. */
node_id account_block(const struct listing *l, struct str key);
node_id account_block_in(const struct map *index, struct str name);

/* ---- rooms.c ---- */

void account_read_rooms(const struct listing *l, const struct layers *at, struct account *a);

/* ---- credentials.c ---- */

void account_read_credentials(const struct listing *l, const struct layers *at, node_id accounts,
                              struct account *a);
/* Signal: the daemons of the accounts from `first` on, which are in the order of the list. */
void account_find_services(const struct listing *l, size_t first);
/* Whether the channel level itself has a credential. */
bool account_is_implied(const struct listing *l);

#endif
