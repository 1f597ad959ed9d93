/* JavaScript's trim and toLowerCase, and the gateway's id normalisations built on them. They are
 * part of the routing table's format: the compiler writes keys with them, the runtime makes its
 * look-up keys with the same code.
 *
 * Text is UTF-8 as pointer and length. Lone surrogates in their WTF-8 form and ill-formed bytes
 * pass through unchanged: they are no blanks, have no case and belong to no id. Nothing is
 * allocated. `p` may be NULL when `n` is 0. Output must not overlap input. Unicode 17. */
#ifndef CLAWTEXT_H
#define CLAWTEXT_H

#include <stddef.h>

/* What the lower case of `n` bytes takes at most: some letters of two bytes become three. */
#define CLAWTEXT_LOWER_MAX(n) ((n) + (n) / 2)

/* The longest canonical id, in bytes (all of them ASCII). */
enum { CLAWTEXT_ID_MAX = 64 };

/* ORDER PEER_KIND: also `enum peer_kind` of the compiler's model. */
enum clawtext_kind { CLAWTEXT_NO_KIND, CLAWTEXT_DIRECT, CLAWTEXT_GROUP, CLAWTEXT_CHANNEL };

/* JavaScript's trim: returns the length of what is left; `*start` is where it begins. */
size_t clawtext_trim(const char *p, size_t n, size_t *start);

/* JavaScript's toLowerCase, final sigma included. `out` has room for CLAWTEXT_LOWER_MAX(n) bytes.
 * Returns the length. */
size_t clawtext_lower(const char *p, size_t n, char *out);

/* lower(trim(text)): how the gateway reads channels and other tokens. As `clawtext_lower`. */
size_t clawtext_token(const char *p, size_t n, char *out);

/* The gateway's canonical form of an id: lower case, other characters than [a-z0-9_-] folded to
 * `-`, at most CLAWTEXT_ID_MAX bytes. Returns the length, which may be 0. */
size_t clawtext_canon(const char *p, size_t n, char out[CLAWTEXT_ID_MAX]);

/* The canonical form, and `main` where nothing is left of it. */
size_t clawtext_agent_id(const char *p, size_t n, char out[CLAWTEXT_ID_MAX]);

/* The canonical form, and `default` for a blank or unusable id (`**`, `__proto__`). */
size_t clawtext_account_id(const char *p, size_t n, char out[CLAWTEXT_ID_MAX]);

/* `direct` or `dm`, `group`, `channel`, whatever the case and blanks around; else none. */
enum clawtext_kind clawtext_chat_type(const char *p, size_t n);

#endif
