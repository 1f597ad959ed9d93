/* Tenants in one gateway: which accounts lead to which agents, and where the messages of each
 * tenant's senders go. */
#ifndef CLAWC_ANALYSIS_FLEET_TENANCY_H
#define CLAWC_ANALYSIS_FLEET_TENANCY_H

#include "load/fleet_block.h"
#include "load/gateway.h"
#include "model/fleet.h"

/* Whether some tenant has less than whole gateways. */
bool tenancy_is_asked(const struct fleet_block *block);

/* Of a gateway whose model is at hand: fills `routes`, `uses` and what is known of its agents'
 * tools. `owners` as for `analyse`. A sender is found by an id on a list, as the sender whom a
 * binding names, by session.identityLinks, as a room of this id, and, when the claim names the
 * channel, on accounts that admit everybody or whoever is paired. Texts live in the arena. */
void tenancy_find(struct arena *a, const struct fleet_block *block, struct names owners,
                  struct fleet_gateway *g);

#endif
