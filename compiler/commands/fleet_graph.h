/* Who can delegate to whom, written in a format. */
#ifndef CLAWC_COMMANDS_FLEET_GRAPH_H
#define CLAWC_COMMANDS_FLEET_GRAPH_H

#include "analysis/fleet/fleet.h"
#include "base/buf.h"

enum graph_format { GRAPH_TEXT, GRAPH_DOT, GRAPH_MERMAID, GRAPH_JSON };

/* Adds the gateways and their links: those that start turns of agents, those that only wake, those
 * that no network allows, and pairs that share a network which nothing uses. `hub` may be empty. */
void graph_write(struct buf *out, struct arena *a, const struct tree *t, const struct fleet *fleet,
                 struct str hub, enum graph_format format);

#endif
