/* Look-ups in the table's index. */
#include "clawrt_internal.h"

/* `n` <= 16 bytes as two little-endian words, zero behind them. All in registers: bytes written to
 * memory and read again as words would wait for each other. */
static void load_words(const char *text, size_t n, uint64_t word[2]) {
    const unsigned char *p = (const unsigned char *)text;
    word[0] = word[1] = 0;
    if (n >= 8) {
        word[0] = clawt_get64(p);
        if (n > 8) word[1] = clawt_get64(p + n - 8) >> 8 * (16 - n);
    } else if (n >= 4) {
        word[0] = clawt_get32(p) | (uint64_t)clawt_get32(p + n - 4) << 8 * (n - 4);
    } else if (n) {
        word[0] = p[0] | (uint64_t)p[n / 2] << 8 * (n / 2) | (uint64_t)p[n - 1] << 8 * (n - 1);
    }
}

void clawrt_lookup_id(const struct clawrt *t, const char *p, size_t n, struct lookup_id *id) {
    id->p = p;
    id->n = n;
    id->hash = clawt_id_hash(p, n, t->seed);
    if (n <= CLAWT_INLINE_ID) load_words(p, n, id->word);
}

static bool same_id(const struct clawrt *t, const unsigned char *slot, const struct lookup_id *id) {
    if (id->n <= CLAWT_INLINE_ID)
        return slot[CLAWT_S_LENGTH] == id->n && clawt_get64(slot) == id->word[0] &&
               clawt_get64(slot + 8) == id->word[1];
    if (slot[CLAWT_S_LENGTH] != CLAWT_POOL_ID || clawt_get32(slot + 4) != id->n ||
        clawt_get64(slot + 8) != id->hash)
        return false;
    const char *text = clawt_text(&t->view, clawt_get32(slot), (uint32_t)id->n);
    return text && memcmp(text, id->p, id->n) == 0;
}

static const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;

/* Top bit of every zero byte; bits above the lowest set one may be false. */
static uint64_t zero_bytes(uint64_t x) {
    return (x - ones) & ~x & tops;
}

/* Number of the byte with the lowest bit set in `m`, which has only top bits: counts the bytes that
 * begin below that bit. */
static uint32_t lowest_byte(uint64_t m) {
    return (uint32_t)((((m & (0 - m)) - 1) & ones) * ones >> 56) - 1;
}

/* The slot of the key in a group of eight, or NULL. `matches` has the top bit of every byte whose
 * tag is the key's. */
static const unsigned char *find_in_group(const struct clawrt *t, uint32_t group, uint64_t matches,
                                          enum clawt_slot_type type, uint32_t scope,
                                          const struct lookup_id *id) {
    for (; matches; matches &= matches - 1) {
        uint32_t number = group * CLAWT_GROUP + lowest_byte(matches);
        const unsigned char *slot = clawt_record(&t->view, CLAWT_SLOTS, number);
        if (slot && slot[CLAWT_S_TYPE] == type && clawt_get32(slot + CLAWT_S_SCOPE) == scope &&
            same_id(t, slot, id))
            return slot;
    }
    return NULL;
}

const unsigned char *clawrt_find(const struct clawrt *t, enum clawt_slot_type type, uint32_t scope,
                                 const struct lookup_id *id) {
    const unsigned char *tags = t->view.start[CLAWT_TAGS];
    uint64_t hash = clawt_key_hash(id->hash, type, scope);
    uint64_t tag = clawt_tag(hash) * ones;
    uint32_t groups = t->view.count[CLAWT_TAGS] / CLAWT_GROUP;
    uint32_t group = clawt_home_group(hash, groups);
    for (int i = 0; i < CLAWT_PROBE_LIMIT; i++) {
        uint64_t word = clawt_get64(tags + (size_t)group * CLAWT_GROUP);
        uint64_t matches = zero_bytes(word ^ tag);
        const unsigned char *slot =
            matches ? find_in_group(t, group, matches, type, scope, id) : NULL;
        if (slot || zero_bytes(word)) return slot;
        if (++group == groups) group = 0;
    }
    return NULL;
}

bool clawrt_agent(const struct clawrt *t, uint32_t index, struct agent_text *agent) {
    const unsigned char *r = clawt_record(&t->view, CLAWT_AGENTS, index);
    if (!r) return false;
    uint32_t length = clawt_get32(r + 4);
    if (length > CLAWT_AGENT_ID_MAX) return false;
    agent->id_length = length;
    agent->main_key =
        clawt_text(&t->view, clawt_get32(r), CLAWT_AGENT_PREFIX + length + CLAWT_AGENT_SUFFIX);
    return agent->main_key != NULL;
}
