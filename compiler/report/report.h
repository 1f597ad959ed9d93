/* A report in the format that someone asked for. A format is one file with one function and a line
 * in the table of report.c. The same report gives the same bytes. */
#ifndef CLAWC_REPORT_REPORT_H
#define CLAWC_REPORT_REPORT_H

#include <stdio.h>

#include "base/buf.h"
#include "policy/finding.h"

struct report_options {
    const char *version; /* of clawc */
    const char *home;    /* where people find it: an absolute URI, or NULL */
    bool color;          /* text: with terminal colours */
    bool quiet;          /* text: the summary alone */
};

/* Where a format writes to. */
struct report_sink {
    struct buf b;          /* what the file was not given yet */
    struct arena *scratch; /* for as long as one finding is written */
    FILE *file;
};

struct report_format {
    const char *name, *help;
    void (*write)(struct report_sink *, const struct report *, const struct report_options *);
};

/* The formats, ended by one whose name is NULL. */
extern const struct report_format report_formats[];

/* The format of that name, or NULL. */
const struct report_format *report_format_find(struct str name);

/* Writes the report; false when the file refused it (`errno` says why). */
bool report_write(const struct report_format *format, const struct report *r,
                  const struct report_options *options, FILE *file);

/* ---- for the formats --------------------------------------------------------------------------
 */

/* To be called between findings: gives the file what has piled up, empties the scratch arena. */
void report_pass_on(struct report_sink *sink);

/* Location of a diagnostic or of one of its notes; its path is worked out. */
struct location report_location(const struct report *r, struct span span);

/* A place that is a file as a whole, or no place: nothing in it can be shown. */
bool report_is_whole_file(struct location at);

void report_write_text(struct report_sink *, const struct report *, const struct report_options *);
void report_write_json(struct report_sink *, const struct report *, const struct report_options *);
void report_write_sarif(struct report_sink *, const struct report *, const struct report_options *);

#endif
