/* The routing table's format, version 1: the one header that its writer and its readers share.
 * docs/table-format.md says in words what stands here in numbers.
 *
 * Little-endian, read byte by byte; nothing is cast onto the mapped bytes. After `clawt_view_init`
 * every section is known to lie in the file, so two checks guard all reads: a record's index
 * against its section's count (`clawt_record`), a text against the pool (`clawt_text`). */
#ifndef CLAWT_FORMAT_H
#define CLAWT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define CLAWT_MAGIC "CLAWT\r\n\x1a"
#define CLAWT_NONE  UINT32_MAX /* no scope; nobody (an agent); any account (a text's length) */

enum {
    CLAWT_MAJOR = 1,
    CLAWT_MINOR = 0,
    CLAWT_BYTE_ORDER = 0x0a0b0c0d,
    CLAWT_ALIGN = 64,       /* sections begin on a cache line */
    CLAWT_GROUP = 8,        /* slots whose tags are looked at together */
    CLAWT_PROBE_LIMIT = 64, /* groups that one look-up may visit */
    CLAWT_INLINE_ID = 16,   /* longer ids stand in the pool */
    CLAWT_POOL_ID = 255,    /* length byte of such a slot */
    CLAWT_AGENT_ID_MAX = 64,
    CLAWT_DIGEST = 32,
    CLAWT_GATEWAY_MAX = 40,
    CLAWT_HEADER_MAX = 4096, /* of later minor versions */
};

/* Offsets in the header. */
enum {
    CLAWT_H_MAGIC = 0,
    CLAWT_H_BYTE_ORDER = 8,
    CLAWT_H_MAJOR = 12,
    CLAWT_H_MINOR = 14,
    CLAWT_H_HEADER_SIZE = 16,
    CLAWT_H_RULES = 20,
    CLAWT_H_FILE_SIZE = 24,
    CLAWT_H_BODY_CHECKSUM = 32,
    CLAWT_H_SEED = 40,
    CLAWT_H_DEFAULT_AGENT = 48,
    CLAWT_H_ROSTER = 52,
    CLAWT_H_BINDINGS = 56,
    CLAWT_H_LONGEST_NAME = 60,
    CLAWT_H_DM_SCOPE = 64,
    CLAWT_H_GROUP_SCOPE = 65,
    CLAWT_H_GATEWAY_LENGTH = 66,
    CLAWT_H_RESERVED = 67,
    CLAWT_H_GATEWAY = 72, /* 40 bytes, zero behind the text */
    CLAWT_H_DIGEST = 112,
    CLAWT_H_SECTIONS = 144, /* offset and count of each section, 8 bytes each */
    CLAWT_H_RESERVED_TAIL = 288,
    CLAWT_H_CHECKSUM = 312, /* always the last 8 bytes of the header */
    CLAWT_HEADER_SIZE = 320,
};

/* Bits of CLAWT_H_RULES: what differs between gateway versions. A reader refuses bits that it does
 * not know. ORDER RULES: also `enum routing_rule` of the compiler's model. */
enum {
    CLAWT_RULE_PEER_WILDCARD = 1,
    CLAWT_RULE_GROUP_SCOPE = 2,
    CLAWT_RULE_SELECTION_ERROR = 4,
    CLAWT_RULE_LOWER_WHOLE_KEY = 8,
    CLAWT_RULES_KNOWN = 15,
};

/* Sections, in the order in which they stand in the file. */
enum clawt_section_id {
    CLAWT_TAGS,     /* one byte a slot: 0 empty, else from the key's hash */
    CLAWT_SLOTS,    /* the index */
    CLAWT_SCOPES,   /* (channel, account) and (channel, any account) */
    CLAWT_CHANNELS, /* names, and the scopes that need no search */
    CLAWT_AGENTS,   /* main session keys, which hold the ids */
    CLAWT_NAMES,    /* what identity links lead to */
    CLAWT_LISTS,    /* bindings that share a key or have more conditions than their key */
    CLAWT_ROLES,    /* role ids of list entries */
    CLAWT_POOL,     /* text */
    CLAWT_SECTIONS,
};

/* Bytes of a record of each section. */
#define CLAWT_RECORD_SIZES                                                                         \
    { 1, 32, 40, 24, 8, 8, 36, 8, 1 }

/* What a slot's key is about. The key is (type, scope, id). */
enum clawt_slot_type {
    CLAWT_EMPTY,
    CLAWT_PEER_DIRECT, /* scope: a scope; id: a peer's */
    CLAWT_PEER_GROUP,  /* the same; groups and channels */
    CLAWT_GUILD_ROLES, /* scope: a scope; id: a guild's */
    CLAWT_GUILD,
    CLAWT_TEAM,
    CLAWT_LINK,    /* scope 0; id: lower(trim(id)) -> value: name, index: place in the walk */
    CLAWT_CHANNEL, /* scope 0; id: a channel -> value: channel */
    CLAWT_ACCOUNT, /* scope: a channel; id: an account -> value: scope */
    CLAWT_AGENT,   /* scope 0; id: an agent of the roster -> value: agent */
    CLAWT_SLOT_TYPES,
};

/* Offsets in a slot. A binding's slot has its agent as value and its place in bindings[] as index;
 * with the flag CLAWT_IS_LIST the first list entry and their number. */
enum {
    CLAWT_S_ID = 0, /* 16 bytes, zero behind the id; of a long id: pool offset, length, hash */
    CLAWT_S_SCOPE = 16,
    CLAWT_S_VALUE = 20,
    CLAWT_S_INDEX = 24,
    CLAWT_S_TYPE = 28,
    CLAWT_S_LENGTH = 29,
    CLAWT_S_OVERRIDE = 30, /* 0, or 1 + dmScope in bits 0-3, 1 + groupScope in bits 4-7 */
    CLAWT_S_FLAGS = 31,
    CLAWT_IS_LIST = 1,
};

/* Offsets in a scope: what its bindings are in. The wildcard lists and the plain list (tier
 * account, or channel where the scope is "any account") are first entry and number. */
enum {
    CLAWT_C_CHANNEL = 0,
    CLAWT_C_ACCOUNT = 4, /* pool offset, length */
    CLAWT_C_TYPES = 12,  /* bit 1 << slot type: the index has such keys of this scope */
    CLAWT_C_WILD_DIRECT = 16,
    CLAWT_C_WILD_GROUP = 24,
    CLAWT_C_PLAIN = 32,
};

/* Offsets in a channel. */
enum {
    CLAWT_N_NAME = 0,      /* pool offset, length */
    CLAWT_N_ANY = 8,       /* scope of "any account" */
    CLAWT_N_DEFAULT = 12,  /* scope of the account `default` */
    CLAWT_N_ACCOUNTS = 16, /* number of scopes of single accounts */
    CLAWT_N_KEEP = 20,     /* bit 1 << kind: sessions keep the case of the peer's id */
};

/* Offsets in a list entry. */
enum {
    CLAWT_L_AGENT = 0,
    CLAWT_L_INDEX = 4,
    CLAWT_L_OVERRIDE = 8,
    CLAWT_L_GUILD = 12, /* pool offset, length; length 0: no condition */
    CLAWT_L_TEAM = 20,
    CLAWT_L_ROLES = 28, /* first, number; number 0: no condition */
};

/* An agent is the pool offset of "agent:ID:main" and the length of ID; names and roles are a pool
 * offset and a length. */
enum { CLAWT_AGENT_PREFIX = sizeof "agent:" - 1, CLAWT_AGENT_SUFFIX = sizeof ":main" - 1 };

/* ---- reading --------------------------------------------------------------------------------- */

static inline uint32_t clawt_get32(const unsigned char *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t clawt_get64(const unsigned char *p) {
    return (uint64_t)clawt_get32(p) | (uint64_t)clawt_get32(p + 4) << 32;
}

static inline uint32_t clawt_get16(const unsigned char *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

/* A table whose sections have been checked against its size. */
struct clawt_view {
    const unsigned char *base;
    uint64_t size;
    const unsigned char *start[CLAWT_SECTIONS];
    uint32_t count[CLAWT_SECTIONS];
};

static inline uint64_t clawt_align(uint64_t offset) {
    return (offset + CLAWT_ALIGN - 1) / CLAWT_ALIGN * CLAWT_ALIGN;
}

/* Where the header has a section's offset and count. */
static inline size_t clawt_section_field(enum clawt_section_id section) {
    return CLAWT_H_SECTIONS + (size_t)section * 16;
}

/* Reads where the sections are. `base` has `size` bytes, at least the header. Every section begins
 * on the first cache line after the one before it; false when one does not or ends past the file.
 */
static inline bool clawt_view_init(struct clawt_view *v, const unsigned char *base, uint64_t size) {
    static const unsigned char record_size[CLAWT_SECTIONS] = CLAWT_RECORD_SIZES;
    uint64_t end = clawt_get32(base + CLAWT_H_HEADER_SIZE);
    v->base = base;
    v->size = size;
    for (int i = 0; i < CLAWT_SECTIONS; i++) {
        const unsigned char *p = base + clawt_section_field((enum clawt_section_id)i);
        uint64_t offset = clawt_get64(p), count = clawt_get64(p + 8);
        if (count >= UINT32_MAX || end > size || offset != clawt_align(end) || offset > size ||
            count > (size - offset) / record_size[i])
            return false;
        v->start[i] = base + offset;
        v->count[i] = (uint32_t)count;
        end = offset + count * record_size[i];
    }
    return v->count[CLAWT_TAGS] == v->count[CLAWT_SLOTS] && v->count[CLAWT_TAGS] > 0 &&
           v->count[CLAWT_TAGS] % CLAWT_GROUP == 0;
}

/* Record `index` of a section, or NULL when it has no such record. */
static inline const unsigned char *clawt_record(const struct clawt_view *v,
                                                enum clawt_section_id section, uint32_t index) {
    static const unsigned char record_size[CLAWT_SECTIONS] = CLAWT_RECORD_SIZES;
    if (index >= v->count[section]) return NULL;
    return v->start[section] + (size_t)index * record_size[section];
}

/* `length` bytes at `offset` of the pool, or NULL when they are not all inside it. */
static inline const char *clawt_text(const struct clawt_view *v, uint32_t offset, uint32_t length) {
    uint32_t size = v->count[CLAWT_POOL];
    if (offset > size || length > size - offset) return NULL;
    return (const char *)v->start[CLAWT_POOL] + offset;
}

/* Do records [first, first + number) lie in the section? */
static inline bool clawt_range(const struct clawt_view *v, enum clawt_section_id section,
                               uint32_t first, uint32_t number) {
    return first <= v->count[section] && number <= v->count[section] - first;
}

/* ---- the index ------------------------------------------------------------------------------- */

static inline uint64_t clawt_id_hash(const char *p, size_t n, uint64_t seed) {
    return XXH3_64bits_withSeed(p, n, seed);
}

/* One hash of the id serves all its keys. It is well mixed already: adding a multiple of an odd
 * number for each (scope, type) moves all ids of a scope alike. */
static inline uint64_t clawt_key_hash(uint64_t id_hash, enum clawt_slot_type type, uint32_t scope) {
    return id_hash + ((uint64_t)scope << 8 | (uint64_t)type) * 0x9e3779b97f4a7c15u;
}

/* The group where the search for a key begins; it goes on to the next, at the end to group 0. */
static inline uint32_t clawt_home_group(uint64_t key_hash, uint32_t groups) {
    return (uint32_t)((key_hash >> 32) * groups >> 32);
}

static inline unsigned char clawt_tag(uint64_t key_hash) {
    unsigned char tag = (unsigned char)key_hash;
    return tag ? tag : 1;
}

static inline uint64_t clawt_checksum(const unsigned char *p, uint64_t n) {
    return XXH3_64bits(p, n);
}

#endif
