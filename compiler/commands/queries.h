/* Queries of `clawc route --batch`: one JSON object a line in, one answer a line out, as the
 * gateway's resolver takes and gives them. */
#ifndef CLAWC_COMMANDS_QUERIES_H
#define CLAWC_COMMANDS_QUERIES_H

#include <stdio.h>

#include "analysis/resolve.h"
#include "base/buf.h"

/* Reads one line into a query; texts live in the arena. Values of a wrong type are read as the
 * gateway reads them. False with a sentence when it is no JSON object. */
bool query_parse(struct arena *a, struct str line, struct route_query *q, struct str *why);

/* Adds the answer in the keys and order of the gateway (`has_scopes`: a version that reports
 * scopes). */
void query_add_answer(struct buf *b, const struct route_answer *answer, bool has_scopes);
void query_add_error(struct buf *b, const char *error, const char *key, struct str value);

/* Reads lines from `in` until its end and gives each, without its line end, to `answer`, which adds
 * the line to print to `out`. `scratch` is reset between lines. False when reading or writing
 * failed. */
struct query_stream {
    FILE *in, *out;
    void *user;
    void (*answer)(void *user, struct arena *scratch, struct str line, struct buf *out);
};
bool query_stream_run(const struct query_stream *s);

#endif
