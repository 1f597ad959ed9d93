/* What the files that make a gateway of a service share; private to them. */
#ifndef CLAWC_MODEL_FLEET_READING_H
#define CLAWC_MODEL_FLEET_READING_H

#include "load/discover.h"
#include "model/fleet.h"

struct fleet_reading {
    struct arena *arena;
    struct tree *tree;
    const struct compose_service *service;
    node_id config;                  /* 0: not at hand */
    struct environment *environment; /* of the gateway, with what the config adds */
    struct discovered paths;         /* in the container */
    struct str port_flag, bind_flag, profile_flag;
    struct fleet_gateway *g;
};

/* A text of the config with its variables replaced, trimmed; a reference to a variable
 * ({source: env}) is the variable's value. Empty: absent. */
struct str fleet_value(const struct fleet_reading *r, node_id n);
struct str fleet_member(const struct fleet_reading *r, node_id object, const char *key);
/* A member that is `true`, or `false`. */
bool fleet_is(const struct fleet_reading *r, node_id object, const char *key, bool value);
/* A credential at a member, else in a variable (NULL: none). */
struct fleet_secret fleet_read_secret(const struct fleet_reading *r, node_id object,
                                      const char *key, place around, const char *variable);
/* A path of the container, absolute; and where it lies. */
struct str fleet_inside(const struct fleet_reading *r, struct str path);
struct fleet_path fleet_locate(const struct fleet_reading *r, struct str inside);

/* fleet_agents.c, fleet_channels.c, fleet_config.c */
void fleet_read_agents(const struct fleet_reading *r);
void fleet_read_channels(const struct fleet_reading *r);
void fleet_read_config(const struct fleet_reading *r);

#endif
