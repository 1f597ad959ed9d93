/* One more gateway for a Compose project, such that no check has anything to say about it. */
#ifndef CLAWC_COMMANDS_FLEET_PLAN_H
#define CLAWC_COMMANDS_FLEET_PLAN_H

#include "base/buf.h"
#include "commands/fleet_load.h"

/* Whether it can be the name of a service, a volume, a network and a file. */
bool plan_name_is_good(struct str name);

struct plan_question {
    struct arena *arena;
    const struct fleet_load *load;
    const struct fleet_gateway *const *gateways; /* of the project, and those of the host */
    size_t n;
    const struct gateway_data *data; /* of the version that it will run */
    struct str name;
};

/* Adds a Compose file with the service `name`, which is not there yet, with what to put into its
 * config, into .env and into clawc.yaml as comments. The image is that of another gateway of the
 * version, else the official one. False, after a message on standard error, when the name or every
 * port is taken, or the host has no memory left. */
bool plan_write(struct buf *out, const struct plan_question *q);

/* The variable for the gateway token of a gateway: RESCUE_GATEWAY_TOKEN. */
struct str plan_variable(struct arena *a, struct str name);
/* A roster of one agent, as this version writes it: `entries: { main: {} }`. */
const char *plan_roster(const struct gateway_data *data);

#endif
