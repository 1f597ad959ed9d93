/* The bytes of every file read in a run, and where in them a message points.
 *
 * A file is numbered from 1; 0 means none. Offsets are bytes from 0. Lines end at LF, CRLF or a
 * lone CR; lines and columns count from 1, columns in code points; a byte order mark at the start
 * of a file is not counted. The bytes stay as they were read: nothing is decoded or replaced here.
 */
#ifndef CLAWC_SOURCE_SOURCE_H
#define CLAWC_SOURCE_SOURCE_H

#include "base/str.h"

/* Bytes [start, end) of a file. `file` 0: no place. */
struct span {
    uint32_t file, start, end;
};

#define SPAN_NONE ((struct span){0, 0, 0})

struct position {
    uint32_t offset, line, column;
};

struct sources;

/* Largest file that is read, in bytes: offsets are 32 bits and a tree needs several bytes each. */
#define SOURCE_MAX_BYTES ((size_t)1 << 30)

/* An empty set of files; owned by the arena. */
struct sources *sources_new(struct arena *a);

/* What went wrong with a file, or SOURCE_OK. */
enum source_status { SOURCE_OK, SOURCE_MISSING, SOURCE_UNREADABLE, SOURCE_NOT_A_FILE, SOURCE_HUGE };

/* Reads a file (`path` "-" is standard input, shown as `name`). On success `*file` is its number;
 * on failure `*reason` is a text for people. The name is what reports show. */
enum source_status source_read(struct sources *s, const char *path, struct str name, uint32_t *file,
                               const char **reason);

/* Adds bytes that are already in memory; they must outlive the set, and have at least
 * SOURCE_PADDING zero bytes behind them. */
uint32_t source_add(struct sources *s, struct str name, struct str text);

/* Zero bytes behind the text of every file, so that scanners need not test for the end. */
#define SOURCE_PADDING 16

/* A place of a file, with both its ends, and what a person calls it (paths.h). */
struct source_place {
    struct position start, end;
    struct str path;
};

/* Adds a file that is not at hand, without bytes; then the places of it that are known. */
uint32_t source_add_outline(struct sources *s, struct str name);
void source_outline_place(struct sources *s, uint32_t file, const struct source_place *place);
bool source_is_outline(const struct sources *s, uint32_t file);
/* What is known of its comments; it is added to that (comments.h). */
struct source_comments;
struct source_comments *source_outline_comments(const struct sources *s, uint32_t file);
/* The path of a place of such a file, or an empty text. */
struct str source_outline_path(const struct sources *s, struct span span);

struct str source_name(const struct sources *s, uint32_t file);
struct str source_text(const struct sources *s, uint32_t file);
uint32_t source_count(const struct sources *s);

/* Line and column of an offset (clamped to the length of the file). The line index of a file is
 * made at the first call. */
struct position source_position(const struct sources *s, uint32_t file, uint32_t offset);

/* Number of lines of the file; a file without bytes has one. */
uint32_t source_line_count(const struct sources *s, uint32_t file);

/* The bytes of a line (from 1) without its terminator and without a byte order mark. Ill-formed
 * bytes are as they are in the file, secrets are NOT masked: print `source_quote` instead. */
struct span source_line(const struct sources *s, uint32_t file, uint32_t line);

/* Marks bytes as part of a secret: `source_quote` never shows them. */
void source_add_secret(struct sources *s, struct span span);

/* Marks a text that is a secret wherever it stands (at least 4 bytes long). */
void source_add_secret_text(struct sources *s, struct str value);

/* Sets what looks at every line before it is shown: it marks in `hidden` (one flag a byte of the
 * line) what must not be seen, also where no value was parsed: in comments and behind mistakes. */
void source_set_masker(struct sources *s, void (*mask)(struct str line, bool *hidden));

/* The text of the span as it may be shown to people: every code point of a secret becomes `*`,
 * control characters and ill-formed bytes become U+FFFD (TAB stays), so columns are kept. */
struct str source_quote(const struct sources *s, struct arena *a, struct span span);

#endif
