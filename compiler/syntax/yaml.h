/* YAML into the tree, through libyaml's events.
 *
 * The language is YAML 1.2 with its core schema: of plain scalars `null`, `~` and nothing are null,
 * `true` and `false` bools, decimal, `0o17`, `0x1f`, floats, `.inf` and `.nan` numbers; all others
 * (`yes`, `on`, `22:22`, `2026-11-20`) are strings, and so is whatever is quoted or a block scalar.
 * `!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, `!!map`, `!!seq` and `!` are the only tags.
 *
 * Members stay in source order. Keys are scalars, taken by their text (`8080: x` has the key
 * "8080"); a key that is there twice is an error. An alias is a node at the alias that shares the
 * children of what it names. A merge key `<<` puts copies of the merged members (NODE_SYNTHETIC,
 * with the place they were written at) where it stands: a key written out wins over a merged one,
 * an earlier source over a later one. */
#ifndef CLAWC_SYNTAX_YAML_H
#define CLAWC_SYNTAX_YAML_H

#include "source/diag.h"
#include "syntax/tree.h"

/* Collections inside of each other, those behind aliases counted as if they were written out. */
#define YAML_MAX_DEPTH 1000
/* Values that all aliases of a file stand for, those within aliases counted again. */
#define YAML_MAX_EXPANDED 1000000
/* Mistakes reported of one file; after that it is not read further. */
#define YAML_MAX_ERRORS 100

/* Reads the file, which has at most one document. Returns its root, a null node for a file without
 * any document, or 0 after an error. Errors go to `d`, of kind "yaml_syntax" or, for a repeated
 * key, "yaml_duplicate_key"; all but mistakes of syntax proper let the reading go on. */
node_id yaml_parse(struct tree *t, uint32_t file, struct diags *d);

/* The same for a Compose file: `!reset` and `!override` are known, too, and noted in the node's
 * `tag`. */
node_id yaml_parse_compose(struct tree *t, uint32_t file, struct diags *d);

#endif
