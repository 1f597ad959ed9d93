/* Which gateways have a path, or something in it, in common; private to the comparisons of a fleet.
 *
 * Who meets whom hangs on the gateway and a few properties of its use alone. So of uses that are
 * alike two, of different gateways, stand for all: everybody is held against those, nobody against
 * everybody. */
#ifndef CLAWC_ANALYSIS_FLEET_SHARING_H
#define CLAWC_ANALYSIS_FLEET_SHARING_H

#include "analysis/fleet/compare.h"

/* A path above that the same gateway uses, too. */
struct path_above {
    uint32_t number;  /* of the path in its index */
    struct str state; /* as that of a user */
};

/* A path that a gateway uses as something. */
struct path_user {
    uint32_t gateway;
    const struct fleet_path *path;
    struct str state; /* the gateway's state directory when the path lies in it, or empty */
    const struct path_above *above; /* with SHARING_SAID_ABOVE */
    size_t n_above;
};

struct path_users {
    ARRAY(struct path_user) list; /* ascending by gateway */
};

/* Which uses of two gateways do not meet. */
enum sharing_rule {
    SHARING_ONE_STATE = 1, /* both lie in the one state directory of the two */
    SHARING_READ_ONLY = 2, /* nobody can write */
    SHARING_SAID_ABOVE = 4 /* a directory above is shared by the same two: that says it */
};

struct path_entry {
    struct str path;
    struct path_users users, inner;  /* of the path; of it and what lies in it */
    struct path_users kinds, within; /* those that stand for them */
    struct open_share *share;        /* NULL: nobody meets */
};

/* path -> its users. */
struct path_index {
    struct comparing *c;
    unsigned rules;
    bool nested; /* uses of what lies in a path meet those of the path */
    struct map numbers;
    ARRAY(struct path_entry) entries;
};

struct path_index path_index_new(struct comparing *c, unsigned rules, bool nested);
/* Gateways come in their order. A path that is not known is left out. */
void path_index_add(struct path_index *x, uint32_t gateway, const struct fleet_path *path);
/* NULL when nobody uses it. */
struct path_entry *path_index_get(const struct path_index *x, struct str path);

/* Notes a finding of the kind for each path at which two gateways meet, and keeps it for
 * `fleet_is_covered`. */
void path_index_share(struct path_index *x, const char *kind);

/* Keeps that each of `outer` shares `path` with each of `inner`. */
void fleet_cover(struct comparing *c, struct str path, unsigned rules,
                 const struct path_users *outer, const struct path_users *inner);
/* Whether two of the gateways (ascending) share a path that is this one, above or below it. */
bool fleet_is_covered(struct comparing *c, struct str path, const uint32_t *gateways, size_t n);

#endif
