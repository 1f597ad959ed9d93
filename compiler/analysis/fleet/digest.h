/* Digests by which secrets are compared, and called, where they may not be shown. */
#ifndef CLAWC_ANALYSIS_FLEET_DIGEST_H
#define CLAWC_ANALYSIS_FLEET_DIGEST_H

#include "base/str.h"

/* The first 128 bits of HMAC-SHA-256 with the key, or of SHA-256 when it is empty, in hexadecimal
 * digits. */
struct str fleet_digest(struct arena *a, struct str key, struct str value);

#endif
