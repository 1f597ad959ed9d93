/* How the comparisons of a fleet note what they find; private to them.
 *
 * Gateways are referred to by their position in the order of names. */
#ifndef CLAWC_ANALYSIS_FLEET_COMPARE_H
#define CLAWC_ANALYSIS_FLEET_COMPARE_H

#include "analysis/fleet/fleet.h"

/* A resource while its users are collected. */
struct open_share {
    const char *kind;
    struct str resource;
    ARRAY(struct fleet_member) members;
    ARRAY(uint32_t) users;    /* the same as numbers */
    struct map known;         /* user -> 1, once there are many */
    struct fleet_share found; /* its flags */
    bool alone;               /* a finding with a single user, too */
};

struct comparing {
    struct arena *arena, *scratch; /* scratch: while it lasts */
    struct tree *tree;
    const struct fleet_gateway *const *g; /* by name */
    uint32_t n;
    struct secret_names secret_names;
    const struct fleet_block *block; /* never NULL */
    struct fleet *fleet;
    struct map index; /* kind + key -> number in `open` */
    ARRAY(struct open_share *) open;
    struct coverage *coverage; /* sharing.c: who shares which paths; NULL: nobody any */
    size_t work, uses;
};

/* The finding of a kind about a resource; its users are united. `key` tells resources apart that
 * are called the same. */
struct open_share *fleet_share(struct comparing *c, const char *kind, struct str key,
                               struct str resource);
/* Adds a user; the first place of each counts. */
void fleet_use(struct comparing *c, struct open_share *s, uint32_t gateway, place at);
/* A finding about one gateway; one for each resource. */
struct open_share *fleet_alone(struct comparing *c, const char *kind, struct str resource,
                               uint32_t gateway, place at);
/* A finding about two; one for each pair and resource. */
struct open_share *fleet_two(struct comparing *c, const char *kind, struct str resource, uint32_t a,
                             place a_at, uint32_t b, place b_at);
/* Counts `n` steps of comparing; false when there were too many, which the fleet then says. */
bool fleet_work(struct comparing *c, size_t n);

/* Makes findings of all that was noted: what has users enough. */
void fleet_close(struct comparing *c);

/* The part of a path above its last name, or an empty text: "/srv/kb" -> "/srv" -> "/" -> "". */
struct str fleet_above(struct str path);

/* Base ports that are nearer to each other are too close. */
enum { FLEET_SPACING = 20 };
/* ports.c: the ports that a gateway takes in its network namespace, the derived ones first.
 */
size_t fleet_n_ports(const struct fleet_gateway *g);
int64_t fleet_port_at(const struct fleet_gateway *g, size_t i);

void compare_advice(struct comparing *c);    /* advice.c */
void compare_secrets(struct comparing *c);   /* secrets.c */
void compare_ports(struct comparing *c);     /* ports.c */
void propose_ports(struct comparing *c);     /* port_plan.c: after that */
void compare_hosts(struct comparing *c);     /* hosts.c */
void compare_paths(struct comparing *c);     /* paths.c */
void compare_stores(struct comparing *c);    /* stores.c */
void compare_volumes(struct comparing *c);   /* volumes.c */
void compare_networks(struct comparing *c);  /* networks.c */
void compare_sandboxes(struct comparing *c); /* sandboxes.c */
void check_services(struct comparing *c);    /* services.c */
void check_configs(struct comparing *c);     /* configs.c */

/* advice.c: of the state directories that have been found to be shared. */
void compare_versions(struct comparing *c);
/* profiles.c: of what has been found so far, what its users do not use at once. */
void note_profiles(struct comparing *c);

/* tenants.c: last, of what all the others have found. */
void compare_tenants(struct comparing *c);

#endif
