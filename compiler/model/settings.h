/* Settings of the gateway that its own audit asks about, and what is known of a gateway beside its
 * config. */
#ifndef CLAWC_MODEL_SETTINGS_H
#define CLAWC_MODEL_SETTINGS_H

#include "load/gateway.h"
#include "model/value.h"

/* What somebody tells about a gateway that is in none of its files. */
struct stored_pairing {
    struct str account;    /* "telegram/default" */
    struct names approved; /* the senders, as stored */
};

struct conditions {
    /* Channels whose accounts are logged in by something that is no setting: whatsapp. */
    struct names linked;
    bool linked_known; /* nothing else is linked */
    /* Senders approved by pairing; what is not in it has none when `pairing_known`. */
    ARRAY(struct stored_pairing) pairing;
    bool pairing_known;
    struct str home, cwd; /* of the gateway's process; empty when not known */
    struct names plugins; /* channel plugins that are loaded */
    bool plugins_known;   /* no other is */
};

/* One entry of security.audit.suppressions: a finding of this id whose title and detail hold these
 * texts is hidden by the gateway. */
struct audit_suppression {
    struct text check_id, title, detail, reason;
    place at;
};

#endif
