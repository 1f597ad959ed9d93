/* How the comparisons of a fleet note what they find; private to them.
 *
 * Gateways are referred to by their position in the order of names. */
#ifndef CLAWC_ANALYSIS_FLEET_COMPARE_H
#define CLAWC_ANALYSIS_FLEET_COMPARE_H

#include "analysis/fleet.h"

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

/* Two gateways that share a path, before pairs are united: for what is covered by it. */
struct shared_pair {
    struct str path;
    uint32_t a, b;
};

struct comparing {
    struct arena *arena;
    struct tree *tree;
    const struct fleet_gateway *const *g; /* by name */
    uint32_t n;
    const struct environment *names;
    struct str digest_key;
    const struct fleet_block *block; /* never NULL */
    struct fleet *fleet;
    struct map index; /* kind + key -> number in `open` */
    ARRAY(struct open_share *) open;
    ARRAY(struct shared_pair) pairs;
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
/* Two gateways share a path, as one of the kinds by which volumes are covered. */
void fleet_cover(struct comparing *c, struct str path, uint32_t a, uint32_t b);

/* The number of the gateway of a name, or UINT32_MAX. */
uint32_t fleet_find(const struct comparing *c, struct str name);
/* The part of a path above its last name, or an empty text: "/srv/kb" -> "/srv" -> "/" -> "". */
struct str fleet_above(struct str path);

void compare_advice(struct comparing *c);    /* fleet_advice.c */
void compare_secrets(struct comparing *c);   /* fleet_secrets.c */
void compare_ports(struct comparing *c);     /* fleet_ports.c */
void compare_paths(struct comparing *c);     /* fleet_paths.c */
void compare_volumes(struct comparing *c);   /* fleet_volumes.c */
void compare_networks(struct comparing *c);  /* fleet_networks.c */
void compare_sandboxes(struct comparing *c); /* fleet_sandboxes.c */
void check_services(struct comparing *c);    /* fleet_services.c */
void check_configs(struct comparing *c);     /* fleet_configs.c */

/* fleet_advice.c: of the state directories that have been found to be shared. */
void compare_versions(struct comparing *c);
/* fleet_profiles.c: of what has been found so far, what its users do not use at once. */
void note_profiles(struct comparing *c);

/* fleet_tenants.c: last, of what all the others have found. */
void compare_tenants(struct comparing *c);

#endif
