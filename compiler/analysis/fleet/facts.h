/* Gateways as lines of JSON, for a comparison elsewhere: each line has what `fleet_analyse` needs
 * of one gateway, with the places that findings point at. Secrets are there as keyed digests alone,
 * of texts only the addresses in them, of variables only those that may hold secrets. Names, paths,
 * ports and images are readable. */
#ifndef CLAWC_ANALYSIS_FLEET_FACTS_H
#define CLAWC_ANALYSIS_FLEET_FACTS_H

#include "analysis/fleet/fleet.h"
#include "base/buf.h"

enum {
    FLEET_FACTS_FORMAT = 1,
    FLEET_FACTS_KEY_MIN = 16,    /* bytes of a key */
    FLEET_FACTS_FILES = 50000,   /* files that all lines together may name */
    FLEET_FACTS_GATEWAYS = 50000 /* lines that are joined */
};

struct fleet_facts_question {
    struct tree *tree; /* gets nodes for addresses in files that are no configs */
    const struct fleet_gateway *const *gateways;
    size_t n;
    const struct environment *names; /* variables by whose names secrets are called */
    struct str key;                  /* of the digests, at least FLEET_FACTS_KEY_MIN bytes */
    struct str project;              /* name of the Compose project, or empty */
    struct str host;                 /* label of the machine, or empty */
};

/* Whether a text may be the label of a machine: letters, digits, `.`, `_` and `-`. */
bool fleet_facts_is_host(struct str label);

/* Adds a line for each gateway; each says how many there are, so that a part is not taken for all.
 */
void fleet_facts_write(struct buf *out, struct arena *a, const struct fleet_facts_question *q);

struct fleet_facts;

/* What lines are read into: places become nodes of `t`, files outlines among its sources. */
struct fleet_facts *fleet_facts_new(struct arena *a, struct tree *t, const struct gateways *data);

/* Reads a line. False when it is none of these; `*why` is then a sentence about it. */
bool fleet_facts_read(struct fleet_facts *f, struct str line, struct str *why);

/* After the last line of a file: whether all lines are there that were written with those of it. */
bool fleet_facts_end(struct fleet_facts *f, struct str *why);

/* The gateways of all lines, made fit to be compared: those of one name on one machine are called
 * by their files, those of different ones HOST/NAME. What belongs to a machine that has a label
 * (paths, ports, networks, its Docker daemon) bears it, `HOST:/srv/data`, and so is not what
 * another has. NULL when two are the same; `*why` says which. */
const struct fleet_gateway *const *fleet_facts_gateways(struct fleet_facts *f, size_t *n,
                                                        struct str *why);

#endif
