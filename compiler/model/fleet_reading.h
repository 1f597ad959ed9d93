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

/* fleet_config.c: the path of hooks without a slash at either end; `hooks` when it is empty. */
struct str fleet_hooks_path(struct str written);
/* Keeps a key or text of a config when an address may stand in it. */
void fleet_note_text(struct arena *a, struct fleet_gateway *g, struct str text, place at);

/* fleet_stores.c: a text of a config that names such a place. */
struct fleet_store {
    node_id node;
    bool sessions; /* session.store; otherwise memory or sandboxes */
};
struct fleet_stores {
    ARRAY(struct fleet_store) list;
};
struct fleet_stores fleet_find_stores(struct arena *a, const struct tree *t, node_id config);
/* Adds the path, one for each agent where it says {agentId}; `locate` finds where it lies. */
void fleet_add_stores(struct arena *a, struct fleet_gateway *g, const struct fleet_store *store,
                      struct str written,
                      struct fleet_path (*locate)(const void *user, struct str written),
                      const void *user);
/* Those of a service; its agents must be there. */
void fleet_read_stores(const struct fleet_reading *r);

/* fleet_agents.c, fleet_channels.c, fleet_config.c */
void fleet_read_agents(const struct fleet_reading *r);
void fleet_read_channels(const struct fleet_reading *r);
void fleet_read_config(const struct fleet_reading *r);

#endif
