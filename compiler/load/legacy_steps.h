/* What the parts of the repair share. Private to them. */
#ifndef CLAWC_LOAD_LEGACY_STEPS_H
#define CLAWC_LOAD_LEGACY_STEPS_H

#include "load/legacy.h"

/* Notes a change. */
void legacy_note(struct repair_job *job, struct str from, struct str to, node_id was, node_id now);

/* "a.b" of a path; either may be empty. */
struct str legacy_path(struct repair_job *job, struct str parent, struct str rest);
/* The value at a dotted path below an object, or 0. */
node_id legacy_get(const struct repair_job *job, node_id from, struct str path);
/* Sets the value at a dotted path, making objects on the way; false when something else is there.
 */
bool legacy_put(struct repair_job *job, node_id from, struct str path, node_id value);
/* Moves a member to a dotted path below `root_of_to`: what is there already wins, objects are
 * filled up. Notes it. */
void legacy_move(struct repair_job *job, node_id object, node_id member, struct str from,
                 node_id to_root, struct str to_rest, struct str to);
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

/* legacy_data.c: what the data of the version says: moves, values, keys that are gone. */
void legacy_by_data(struct repair_job *job);
/* legacy_newer.c: what needs more than that, for the newer gateway. */
void legacy_newer(struct repair_job *job);
/* legacy_older.c: the same for the older one. */
void legacy_older(struct repair_job *job);
/* What both do with a host as `gateway.bind`, and the origins that come with a mode. */
void legacy_bind(struct repair_job *job);

#endif
