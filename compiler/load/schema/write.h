/* Prints a schema as a JSON Schema (draft 2020-12) for editors: the form that is compiled in, with
 * titles and descriptions, and with `$include` wherever a person may write it. */
#ifndef CLAWC_LOAD_SCHEMA_WRITE_H
#define CLAWC_LOAD_SCHEMA_WRITE_H

#include "base/buf.h"
#include "load/keys.h"
#include "load/schema/schema.h"

/* Adds the whole document, with a line break at the end. The same bytes for the same schema.
 * `plugins` has the configs of plugins, by id; or NULL. */
void schema_write(struct buf *b, const struct schema *s, const struct schema *plugins,
                  struct keys *keys, struct str title);

#endif
