/* A project as it was understood, for people and programs. */
#ifndef CLAWC_COMPOSE_PRINT_H
#define CLAWC_COMPOSE_PRINT_H

#include "base/buf.h"
#include "compose/compose.h"

/* Adds the services, volumes and networks as YAML, or as JSON: files merged, `environment` with
 * what env_file brings, images, networks, ports and volumes with their variables replaced, the last
 * two in their long form. Secrets may stand in all other texts: they are shown as they are written,
 * with their variables, and hidden where a key says that they are secrets, or where they come from
 * an env_file. With `resolved` everything is shown as it is. */
void compose_print(struct buf *out, const struct compose_project *p, bool json, bool resolved);

#endif
