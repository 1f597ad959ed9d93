#include "analysis/fleet/digest.h"

#include <nettle/hmac.h>

#include "base/buf.h"

struct str fleet_digest(struct arena *a, struct str key, struct str value) {
    enum { SHOWN = 16 };
    uint8_t digest[SHA256_DIGEST_SIZE];
    if (key.n) {
        struct hmac_sha256_ctx hmac;
        hmac_sha256_set_key(&hmac, key.n, (const uint8_t *)key.p);
        hmac_sha256_update(&hmac, value.n, (const uint8_t *)value.p);
        hmac_sha256_digest(&hmac, sizeof digest, digest);
    } else {
        struct sha256_ctx sha;
        sha256_init(&sha);
        sha256_update(&sha, value.n, (const uint8_t *)value.p);
        sha256_digest(&sha, sizeof digest, digest);
    }
    struct buf b = buf_new(a);
    for (size_t i = 0; i < SHOWN; i++) buf_addf(&b, "%02x", digest[i]);
    return buf_str(&b);
}
