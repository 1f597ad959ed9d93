/* What the parts of the repair share. Private to them. */
#ifndef CLAWC_LOAD_LEGACY_STEPS_H
#define CLAWC_LOAD_LEGACY_STEPS_H

#include "load/legacy/legacy.h"

/* Notes a change. */
void legacy_note(struct repair_job *job, struct str from, struct str to, node_id was, node_id now);

/* "a.b" of a path; either may be empty. */
struct str legacy_path(struct repair_job *job, struct str parent, struct str rest);
/* The value at a dotted path below an object, or 0. */
node_id legacy_get(const struct repair_job *job, node_id from, struct str path);
/* Sets the value at a dotted path, making objects on the way; false when something else is there.
 */
bool legacy_put(struct repair_job *job, node_id from, struct str path, node_id value);
/* Moves a member to a dotted path below `to_root`: what is there already wins; with `merge` an
 * object that is there is filled up. Notes it. */
void legacy_move(struct repair_job *job, node_id object, node_id member, struct str from,
                 node_id to_root, struct str to_rest, struct str to, bool merge);
/* Gives `to` every member of `from` that it lacks, objects in it likewise. */
void legacy_fill(struct repair_job *job, node_id to, node_id from);
/* Drops a member and notes it. */
void legacy_drop(struct repair_job *job, node_id object, node_id member, struct str path);
/* Sets a member of an object to a new value and notes it. */
void legacy_set(struct repair_job *job, node_id object, const char *key, node_id value,
                struct str path);

/* Calls `visit` for every value that a pattern names: dotted keys, `*` for every member or item, a
 * scope of the data (`@agent`) for each of its patterns. `owner` is the object that has it. */
typedef void (*legacy_visit)(struct repair_job *job, const void *context, node_id owner,
                             node_id value, struct str path);
void legacy_each(struct repair_job *job, struct str pattern, legacy_visit visit,
                 const void *context);

/* The same for a channel and each of its accounts; `value` may be no object. */
void legacy_entries(struct repair_job *job, const char *channel, legacy_visit visit,
                    const void *context);

/* New nodes that are put together before they are linked. */
struct legacy_chain {
    node_id first, last;
    uint32_t n;
};
void legacy_chain_add(struct tree *t, struct legacy_chain *chain, node_id node);

/* The way to a value, for walks over everything: made a text only where something changes. */
struct legacy_trail {
    const struct legacy_trail *up;
    struct str key; /* of an item: p == NULL, and its index */
    unsigned long index;
};
struct str legacy_trail_path(struct repair_job *job, const struct legacy_trail *trail);

/* Takes the first key off a dotted path. */
struct str legacy_next_key(struct str *path);

/* ---- members: 0 is no object and has none ---- */

node_id legacy_member(const struct repair_job *job, node_id object, const char *key);
/* The member if it is an object, else 0. */
node_id legacy_record(const struct repair_job *job, node_id object, const char *key);
/* The member as an object: a new one takes the place of anything else. */
node_id legacy_ensure(struct repair_job *job, node_id object, const char *key, node_id origin);
struct str legacy_text(const struct repair_job *job, node_id object, const char *key);
struct str legacy_key(const struct repair_job *job, node_id member);
bool legacy_is_object(const struct repair_job *job, node_id n);
bool legacy_is_bool(const struct repair_job *job, node_id n, bool value);
/* Whether an array or object has no children. */
bool legacy_is_empty(const struct repair_job *job, node_id n);
node_id legacy_new_bool(struct repair_job *job, bool value, node_id origin);
node_id legacy_new_number(struct repair_job *job, double value, node_id origin);
/* A copy that shares nothing with the value. */
node_id legacy_clone(struct repair_job *job, node_id n);

/* legacy_path with a constant. */
struct str legacy_below(struct repair_job *job, struct str parent, const char *rest);
/* Drops a member if it is there and notes it; `path` is the object's. */
void legacy_remove(struct repair_job *job, node_id object, const char *key, struct str path);
/* Moves a member of `object`, if it is there, to `to_object`, whose own wins; `path` is that of
 * `object`, `to_path` that of the new member. */
void legacy_rename(struct repair_job *job, node_id object, const char *from, node_id to_object,
                   const char *to, struct str path, struct str to_path);

/* legacy/data.c: what the data of the version says: what moves and what has another value; what is
 * gone. */
void legacy_moves(struct repair_job *job);
void legacy_removals(struct repair_job *job);
/* legacy/roster.c: a list of agents becomes `agents.entries`; who owns what, when all is moved. */
void legacy_list(struct repair_job *job);
void legacy_owners(struct repair_job *job);
/* legacy/channels.c, legacy/streaming.c, legacy/signal.c: below `channels`. */
void legacy_channels(struct repair_job *job);
void legacy_streaming(struct repair_job *job);
void legacy_signal(struct repair_job *job);
/* legacy/media.c: speech and media. */
void legacy_media(struct repair_job *job);
/* The model of `tools.media` that a command for transcriptions was; 0 when it is none. */
node_id legacy_command(struct repair_job *job, node_id transcription);
/* legacy/plugins.c: settings that belong to plugins now, and plugins that have a new id. */
void legacy_plugins(struct repair_job *job);
/* legacy/tools.c: sandboxes, tools, servers; legacy/memory.c: the search in memory. */
void legacy_tools(struct repair_job *job);
void legacy_memory(struct repair_job *job);
/* legacy/policies.c: lists of tools; legacy/models.c: models that are gone. */
void legacy_policies(struct repair_job *job);
void legacy_models(struct repair_job *job);
/* legacy/newer.c: what needs more than that, for the newer gateway. The heartbeat at the root is
 * what both divide. */
void legacy_heartbeat(struct repair_job *job);
void legacy_newer(struct repair_job *job);
/* legacy/older.c: the same for the older one. */
void legacy_older(struct repair_job *job);
/* What both do with a host as `gateway.bind`, and the origins that come with a mode. */
void legacy_bind(struct repair_job *job);

#endif
