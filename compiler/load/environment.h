/* The environment a config is read with, and `${VAR}` in its texts.
 *
 * When it is complete, a variable that is not in it is unset, as for the gateway. Otherwise nothing
 * is known of such a variable: it counts as set, not empty, of unknown value, equal only to itself;
 * the text keeps `${VAR}`, which is then a symbol for that value. */
#ifndef CLAWC_LOAD_ENVIRONMENT_H
#define CLAWC_LOAD_ENVIRONMENT_H

#include "base/map.h"
#include "source/diag.h"

struct environment {
    struct arena *arena;
    struct map index; /* name -> position in names and values */
    ARRAY(struct str) names;
    ARRAY(struct str) values;
    bool complete;
};

struct environment *environment_new(struct arena *a);
/* A copy, to be added to. */
struct environment *environment_copy(struct arena *a, const struct environment *e);
/* Sets or replaces a variable. */
void environment_set(struct environment *e, struct str name, struct str value);
/* Makes a variable one that is set, to a value that is not known. */
void environment_set_unknown(struct environment *e, struct str name);
/* The value, or a text with p == NULL when the variable is not in the environment, or its value is
 * not known. */
struct str environment_get(const struct environment *e, struct str name);
/* Whether it is known of a variable what it is, or that it is unset. */
bool environment_knows(const struct environment *e, struct str name);
/* Whether a variable is set to a value that is not known. */
bool environment_is_hidden(const struct environment *e, struct str name);
/* The value; of a variable that is set to one that is not known, the symbol `${NAME}` for it. */
struct str environment_text(const struct environment *e, struct str name);
/* "NAME=VALUE" of the command line; false when there is no name. */
bool environment_set_pair(struct environment *e, struct str pair);
/* The lines `[export ]NAME=VALUE` of an .env file; other lines are skipped. */
void environment_read(struct environment *e, struct str text);
/* Every variable of this process. */
void environment_take_process(struct environment *e);

/* What became of one text. */
struct substitution {
    struct str text;
    bool changed;  /* `text` differs from what was written */
    bool symbolic; /* a variable of unknown value is in it: its `${NAME}` stands in `text` */
    bool too_long; /* longer than allowed: `text` is what was written */
    ARRAY(struct str) missing; /* variables that are known to be unset or empty, each time */
};

/* Replaces `${NAME}` (NAME = [A-Z_][A-Z0-9_]*) once, left to right, as the gateway does:
 * `$${NAME}` gives the literal `${NAME}`, an unset or empty variable stays as written. Values may
 * add `max` bytes in all. */
struct substitution environment_substitute(const struct environment *e, struct str written,
                                           size_t max);

/* Whether there is a `${NAME}` in it that is not escaped. */
bool environment_refers(struct str text);

/* The name when the whole text is one `${NAME}`, else empty. */
struct str environment_whole_name(struct str text);

#endif
