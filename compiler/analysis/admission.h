/* Who is let in: the gateway's general decisions about direct messages, senders in groups, and
 * groups themselves. */
#ifndef CLAWC_ANALYSIS_ADMISSION_H
#define CLAWC_ANALYSIS_ADMISSION_H

#include "model/model.h"

/* One message, and what an account says about such messages. Lists are as written: trimmed here,
 * blank entries dropped. */
struct admission {
    bool is_group;
    struct str dm_policy, group_policy, sender;
    struct names allow_from, group_allow_from, stored; /* stored: approved by pairing */
    bool group_falls_back; /* without groupAllowFrom, allowFrom counts for groups */
};

struct admitted {
    const char *decision;                /* allow, pairing, block */
    const char *reason;                  /* the gateway's reason code */
    struct names senders, group_senders; /* the lists in force */
};

/* Lists live in the arena. */
struct admitted admission_decide(struct arena *a, const struct gateway_data *g,
                                 const struct admission *asked);

/* What the `groups` of an account say of one group or room. */
struct group_admission {
    bool listed_only; /* only groups that are listed are admitted */
    bool allowed, matched, has_default;
};

/* `account` in any spelling, or empty for `default`; it need not exist. `ignore_case`: of the
 * group. `has_senders`: the account has a list of senders for groups. */
struct group_admission admission_of_group(const struct model *m, struct str channel,
                                          struct str account, struct str group, bool ignore_case,
                                          bool has_senders);

#endif
