/* What the files that follow the gateway's own audit of its channels share: channel_checks.c has
 * the frame and the checks of every channel, channel_rooms.c those of single ones. */
#ifndef CLAWC_ANALYSIS_CHANNEL_CHECKS_H
#define CLAWC_ANALYSIS_CHANNEL_CHECKS_H

#include "analysis/analysis.h"

struct checking {
    struct analysis *s;
    const struct model *m;
    bool newer;              /* the audit that simulates routes */
    const struct account *a; /* the one that is looked at */
    uint32_t account;
    size_t said;     /* findings so far, repeated ones too */
    struct map seen; /* texts */
};

/* Names that a check found, each once. */
struct found_names {
    struct arena *arena;
    struct map seen;
    ARRAY(struct text) list;
};

struct found_names found_names_new(struct arena *a);
void found_names_add(struct found_names *f, struct str name, place at);

/* One finding. The gateway says a thing once: `apart` is what tells its text from the others of
 * this kind on this channel. NULL when it has been said. */
struct channel_check *check_say(struct checking *k, const char *kind, place at, struct str apart);
void check_say_names(struct checking *k, const char *kind, place at, struct str apart,
                     const struct found_names *names);

/* ---- channel_rooms.c ---- */

void check_discord(struct checking *k);
void check_slack(struct checking *k);
void check_telegram(struct checking *k);
void check_zalouser(struct checking *k);
/* Entries of the list for direct messages that can only be names. */
struct found_names check_mutable_entries(const struct checking *k);

#endif
