/* The routing table: writing it, publishing it, and looking into it. Reading it to route messages
 * is the runtime's part (`runtime/clawrt.h`); the two share the format (`runtime/clawt_format.h`)
 * and the normalisation of ids (`runtime/clawtext.h`). docs/table-format.md describes the bytes. */
#ifndef CLAWC_TABLE_TABLE_H
#define CLAWC_TABLE_TABLE_H

#include "base/buf.h"
#include "model/routing.h"

enum { TABLE_DIGEST = 32 };

/* Appends the table of `r` to the empty buffer `out`. The bytes depend on nothing but `r` and
 * `digest`, which is recorded as that of the source. Time and space are linear in the number of
 * bindings. False with a sentence in `*error` when a limit of the format is exceeded. Working
 * memory comes from `out`'s arena. */
bool table_build(const struct routing *r, const uint8_t digest[TABLE_DIGEST], struct buf *out,
                 struct str *error);

/* Replaces the file `path` by `bytes`, atomically: a temporary file in the same folder is written
 * and synced, then renamed over it, then the folder is synced. Whoever opens `path` at any moment
 * finds the old file or the new one, whole. A symbolic link is replaced, not followed. False with a
 * sentence in `*error` (from `a`) when something fails; the old file is then as it was, unless only
 * the last step failed. A writer that is killed may leave its temporary file, PATH.PID-N.tmp,
 * behind. */
bool table_publish(struct arena *a, const char *path, struct str bytes, struct str *error);

/* Reads the file `path`. False with a sentence in `*error`. */
bool table_read(struct arena *a, const char *path, struct str *bytes, struct str *error);

/* The table as canonical text, one line for each fact, bindings in the order of bindings[]: tables
 * whose dumps differ in nothing but the source line route alike. Bindings that another one hides
 * for good are not in the table. False with a sentence in `*error` when `bytes` is no sound table
 * or the text would have more than 256 times its size; `out` may then have a part of the text. */
bool table_dump(struct str bytes, struct buf *out, struct str *error);

/* What a person wants to know of a table: version, gateway, counts, sizes. Reads only the header.
 */
bool table_info(struct str bytes, struct buf *out, struct str *error);

/* Walks every section and appends one line for each thing that is wrong (at most a hundred) to
 * `out`: checksums, ranges, slots that no search finds, lists out of order, unused bytes. True when
 * there is none: then every route through the table is what its dump says. Independent of the
 * reader's own checks. */
bool table_verify(struct str bytes, struct buf *out);

#endif
