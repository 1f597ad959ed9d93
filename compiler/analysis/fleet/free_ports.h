/* Ports that are free for one more gateway of a network namespace. */
#ifndef CLAWC_ANALYSIS_FLEET_FREE_PORTS_H
#define CLAWC_ANALYSIS_FLEET_FREE_PORTS_H

#include "model/fleet.h"

/* A gateway may take its base port and so many after it, whatever is created later. */
enum { FREE_PORTS = 65536, PORT_SPAN = 110 };

/* Marks the base ports (`taken` has FREE_PORTS entries) at which a gateway would meet what `g`
 * takes in the network namespace; `with_base`: the derived ports of `g`, too. */
void free_ports_take(bool *taken, const struct fleet_gateway *g, struct str namespace,
                     bool with_base);
/* The same of a gateway that is to come, by its base port; 0 is none. */
void free_ports_take_base(bool *taken, int64_t base);
/* The first base port that is left: 18789, 19789, ..., else any other from 18789 on; 0: none. */
int64_t free_ports_base(const bool *taken);

#endif
