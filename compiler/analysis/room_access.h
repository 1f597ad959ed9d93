/* Who may speak to an agent in a group, guild or channel. */
#ifndef CLAWC_ANALYSIS_ROOM_ACCESS_H
#define CLAWC_ANALYSIS_ROOM_ACCESS_H

#include "model/model.h"

struct room_access {
    bool admitted;   /* the account listens there at all */
    bool any_member; /* every member may speak */
    bool by_role;    /* the members of some roles may, too: nobody knows who they are */
    const struct text_list *listed; /* otherwise these, as written; NULL: the account's list */
    size_t n_members;               /* how many are named, "*" not counted */
    place at;                       /* what decides */
};

/* `room`: the id or name of a group, or of a guild's channel; empty: one that is not listed. */
struct room_access room_access_of(const struct account *a, struct str room);

/* The same of a room that the account names; NULL: of one that it does not. */
struct room_access room_access_at(const struct account *a, const struct room *room);
/* Whether somebody may speak there. */
bool room_access_admits(const struct room_access *r);
/* Whether the account listens in groups that it does not name. */
bool room_access_beyond(const struct account *a);

#endif
