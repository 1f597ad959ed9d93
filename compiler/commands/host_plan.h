/* One more gateway on a host, as a profile: what to create, and what to say in clawc.yaml. */
#ifndef CLAWC_COMMANDS_HOST_PLAN_H
#define CLAWC_COMMANDS_HOST_PLAN_H

#include "base/buf.h"
#include "model/fleet.h"

struct host_plan {
    struct arena *arena;
    const struct fleet_gateway *const *gateways; /* all that are known of the host */
    size_t n;
    const struct gateway_data *data; /* of the version that it will run */
    struct str name;                 /* of its profile */
    double host_ram;                 /* GB; 0: not given */
};

/* Writes the plan: YAML that goes into clawc.yaml, all else in its comments. False after a message:
 * the name is taken, no port is left, or the host's memory is. */
bool host_plan_write(struct buf *out, const struct host_plan *p);

#endif
