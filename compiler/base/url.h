/* The host and port of an http, https, ws or wss URL, as JavaScript's URL reads them. IPv6
 * addresses stay as they are written, but in lower case; names that are not ASCII, too. */
#ifndef CLAWC_BASE_URL_H
#define CLAWC_BASE_URL_H

#include "base/str.h"

struct url {
    struct str host; /* lower case; an IPv4 address in dotted decimals; [...] for IPv6 */
    uint32_t port;   /* that of the scheme when none is written */
    bool secure, is_ws;
    bool has_port; /* a port is written */
};

/* False when it is no such URL. */
bool url_parse(struct arena *a, struct str text, struct url *url);

/* localhost, 127.0.0.0/8, ::1. */
bool url_is_loopback(struct str host);

#endif
