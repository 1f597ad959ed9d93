/* What the gateway would say of a config, as data: for `check` and its batch tests. */
#ifndef CLAWC_COMMANDS_CHECK_H
#define CLAWC_COMMANDS_CHECK_H

#include "commands/run.h"

/* A config as one gateway version sees it. */
struct checked {
    const char *path; /* as given */
    struct loaded loaded;
    struct diags *diags; /* everything that was found, in order */
    struct tree *tree;
    struct str version, why;
    bool valid, repaired;
    struct str rewritten; /* with --resolved: what the start would write, as JSON; or empty */
    /* `diags`, divided: what the gateway reports, what lies beyond the point where it stops. */
    ARRAY(struct diag) errors, further, warnings;
};

/* "rejected, 1 error and 3 beyond". */
struct str check_verdict(struct arena *a, const struct checked *c);
/* What the gateway's start would rewrite, a line for each value, secrets masked; else empty. */
struct str check_changes(const struct checked *c);

/* check_columns.c: whether `n` versions can stand side by side on this terminal, and they do. */
bool check_columns_fit(size_t n);
void check_print_columns(struct run *run, const struct checked *checked, size_t n);

/* check_json.c: one line of JSON. */
void check_add_json(struct buf *b, struct run *run, const struct checked *c, bool resolved);

#endif
