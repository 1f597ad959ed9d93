/* One more gateway for a Compose project, such that no check has anything to say about it. */
#ifndef CLAWC_COMMANDS_FLEET_PLAN_H
#define CLAWC_COMMANDS_FLEET_PLAN_H

#include "base/buf.h"
#include "commands/fleet_load.h"

/* Whether it can be the name of a service, a volume, a network and a file. */
bool plan_name_is_good(struct str name);

/* Adds a Compose file with the service `name`, which is not there yet, with what to put into its
 * config and into .env as comments. The image is that of another gateway, else of `version`. False,
 * after a message on standard error, when the name or every port is taken. */
bool plan_write(struct buf *out, struct arena *a, const struct fleet_load *load, struct str version,
                struct str name);

#endif
