/* Writes the bytes of a table from its draft. */
#include "clawrt.h"
#include "clawtext.h"
#include "table/draft.h"
#include "table/table.h"

#include <string.h>

enum {
    MAX_SEEDS = 16,
    /* 8 keys for 10 slots: a group of 8 is full, so that a search goes on, three times in ten. */
    SLOTS_OF_TEN = 8,
};

/* The model's numbers are written as they are: ORDER SCOPE, TIER, PEER_KIND, RULES. */
_Static_assert((int)TABLE_DIGEST == (int)CLAWT_DIGEST, "digest");
_Static_assert((int)ROUTING_PEER_WILDCARD == (int)CLAWT_RULE_PEER_WILDCARD &&
                   (int)ROUTING_GROUP_SCOPE == (int)CLAWT_RULE_GROUP_SCOPE &&
                   (int)ROUTING_SELECTION_ERROR == (int)CLAWT_RULE_SELECTION_ERROR &&
                   (int)ROUTING_LOWER_WHOLE_KEY == (int)CLAWT_RULE_LOWER_WHOLE_KEY,
               "rules");
_Static_assert((int)PEER_DIRECT == (int)CLAWTEXT_DIRECT && (int)PEER_GROUP == (int)CLAWTEXT_GROUP &&
                   (int)PEER_CHANNEL == (int)CLAWTEXT_CHANNEL,
               "peer kinds");
_Static_assert((int)TIER_PEER == (int)CLAWRT_BY_PEER && (int)TIER_TEAM == (int)CLAWRT_BY_TEAM &&
                   (int)TIER_DEFAULT == (int)CLAWRT_BY_DEFAULT,
               "tiers");

struct writer {
    const struct draft *d;
    unsigned char *base; /* all but the pool */
    unsigned char *section[CLAWT_SECTIONS];
    uint64_t offset[CLAWT_SECTIONS], count[CLAWT_SECTIONS];
    uint32_t next_list, next_role, longest_name;
    struct buf pool;
    struct map interned;
    bool crowded; /* a search would take too long: another seed is needed */
};

static const unsigned char record_size[CLAWT_SECTIONS] = CLAWT_RECORD_SIZES;

/* ---- numbers and texts ----------------------------------------------------------------------- */

static void put32(unsigned char *p, uint64_t x) {
    for (int i = 0; i < 4; i++) p[i] = (unsigned char)(x >> (8 * i));
}

static void put64(unsigned char *p, uint64_t x) {
    put32(p, x);
    put32(p + 4, x >> 32);
}

/* A text's offset and length. The pool is checked as a whole when it is complete. */
static void put_text(struct writer *w, unsigned char *p, struct str s) {
    put32(p, w->pool.n);
    put32(p + 4, s.n);
    buf_add(&w->pool, s);
}

/* The same for texts that come back: they stand in the pool once. */
static void put_shared_text(struct writer *w, unsigned char *p, struct str s) {
    bool is_new;
    uint32_t offset = *map_put(&w->interned, s, (uint32_t)w->pool.n, &is_new);
    if (is_new) buf_add(&w->pool, s);
    put32(p, offset);
    put32(p + 4, s.n);
}

static unsigned char *record(const struct writer *w, enum clawt_section_id section, size_t index) {
    return w->section[section] + index * record_size[section];
}

/* ---- the index ------------------------------------------------------------------------------- */

/* Number of the first empty slot on the way of a search, or UINT64_MAX. */
static uint64_t free_slot(const struct writer *w, uint64_t hash) {
    uint32_t groups = (uint32_t)(w->count[CLAWT_TAGS] / CLAWT_GROUP);
    uint32_t group = clawt_home_group(hash, groups);
    for (int i = 0; i < CLAWT_PROBE_LIMIT; i++) {
        size_t first = (size_t)group * CLAWT_GROUP;
        const unsigned char *tags = w->section[CLAWT_TAGS] + first;
        for (size_t j = 0; j < CLAWT_GROUP; j++)
            if (!tags[j]) return first + j;
        if (++group == groups) group = 0;
    }
    return UINT64_MAX;
}

static void put_id(struct writer *w, unsigned char *slot, struct str id) {
    if (id.n <= CLAWT_INLINE_ID) {
        if (id.n) memcpy(slot + CLAWT_S_ID, id.p, id.n);
        slot[CLAWT_S_LENGTH] = (unsigned char)id.n;
        return;
    }
    put_text(w, slot + CLAWT_S_ID, id);
    put64(slot + CLAWT_S_ID + 8, clawt_id_hash(id.p, id.n, w->d->seed));
    slot[CLAWT_S_LENGTH] = CLAWT_POOL_ID;
}

/* Enters a key whose hash is known; returns the slot for its value, which is rubbish when the table
 * is crowded. */
static unsigned char *put_key(struct writer *w, enum clawt_slot_type type, uint32_t scope,
                              struct str id, uint64_t hash) {
    uint64_t number = free_slot(w, hash);
    if (number == UINT64_MAX) {
        w->crowded = true;
        number = 0;
    }
    w->section[CLAWT_TAGS][number] = clawt_tag(hash);
    unsigned char *slot = record(w, CLAWT_SLOTS, (size_t)number);
    put_id(w, slot, id);
    put32(slot + CLAWT_S_SCOPE, scope);
    slot[CLAWT_S_TYPE] = (unsigned char)type;
    return slot;
}

static void put_entry(struct writer *w, enum clawt_slot_type type, uint32_t scope, struct str id,
                      uint32_t value, uint32_t index) {
    uint64_t hash = clawt_key_hash(clawt_id_hash(id.p, id.n, w->d->seed), type, scope);
    unsigned char *slot = put_key(w, type, scope, id, hash);
    put32(slot + CLAWT_S_VALUE, value);
    put32(slot + CLAWT_S_INDEX, index);
}

/* ---- bindings -------------------------------------------------------------------------------- */

static uint32_t agent_number(const struct routing *r, int32_t agent) {
    if (agent == AGENT_DEFAULT) agent = r->default_agent;
    return agent < 0 ? CLAWT_NONE : (uint32_t)agent;
}

static unsigned char override(const struct route_binding *b) {
    return (unsigned char)((b->dm_scope + 1) | (b->group_scope + 1) << 4);
}

static void put_list_entry(struct writer *w, const struct route_binding *b) {
    unsigned char *p = record(w, CLAWT_LISTS, w->next_list++);
    struct conditions c = draft_conditions(b);
    put32(p + CLAWT_L_AGENT, agent_number(w->d->routing, b->agent));
    put32(p + CLAWT_L_INDEX, b->index);
    p[CLAWT_L_OVERRIDE] = override(b);
    if (c.guild.n) put_shared_text(w, p + CLAWT_L_GUILD, c.guild);
    if (c.team.n) put_shared_text(w, p + CLAWT_L_TEAM, c.team);
    if (c.n_roles == 0) return;
    put32(p + CLAWT_L_ROLES, w->next_role);
    put32(p + CLAWT_L_ROLES + 4, c.n_roles);
    for (uint32_t i = 0; i < c.n_roles; i++)
        put_shared_text(w, record(w, CLAWT_ROLES, w->next_role++), c.roles[i]);
}

/* Writes the bindings of a chain as a list: first entry and number at `p`. */
static void put_list(struct writer *w, unsigned char *p, const struct chain *c) {
    if (c->n == 0) return;
    put32(p, w->next_list);
    put32(p + 4, c->n);
    uint32_t at = c->first;
    for (uint32_t i = 0; i < c->n; i++, at = w->d->entries.v[at].next)
        put_list_entry(w, &w->d->routing->bindings[w->d->entries.v[at].binding]);
}

static void put_bindings(struct writer *w) {
    for (size_t i = 0; i < w->d->keys.n; i++) {
        const struct draft_key *k = &w->d->keys.v[i];
        unsigned char *slot = put_key(w, k->type, k->scope, k->id, k->hash);
        if (draft_needs_list(w->d, &k->chain)) {
            slot[CLAWT_S_FLAGS] = CLAWT_IS_LIST;
            put_list(w, slot + CLAWT_S_VALUE, &k->chain);
            continue;
        }
        const struct route_binding *b =
            &w->d->routing->bindings[w->d->entries.v[k->chain.first].binding];
        put32(slot + CLAWT_S_VALUE, agent_number(w->d->routing, b->agent));
        put32(slot + CLAWT_S_INDEX, b->index);
        slot[CLAWT_S_OVERRIDE] = override(b);
    }
}

/* ---- the other sections ---------------------------------------------------------------------- */

static void put_scopes(struct writer *w) {
    for (size_t i = 0; i < w->d->scopes.n; i++) {
        const struct draft_scope *s = &w->d->scopes.v[i];
        unsigned char *p = record(w, CLAWT_SCOPES, i);
        put32(p + CLAWT_C_CHANNEL, s->channel);
        if (s->account.p) {
            put_shared_text(w, p + CLAWT_C_ACCOUNT, s->account);
            put_entry(w, CLAWT_ACCOUNT, s->channel, s->account, (uint32_t)i, 0);
        } else {
            put32(p + CLAWT_C_ACCOUNT + 4, CLAWT_NONE);
        }
        put32(p + CLAWT_C_TYPES, s->types);
        put_list(w, p + CLAWT_C_WILD_DIRECT, &s->wild_direct);
        put_list(w, p + CLAWT_C_WILD_GROUP, &s->wild_group);
        put_list(w, p + CLAWT_C_PLAIN, &s->plain);
    }
}

static void put_channels(struct writer *w) {
    for (size_t i = 0; i < w->d->channels.n; i++) {
        const struct draft_channel *c = &w->d->channels.v[i];
        unsigned char *p = record(w, CLAWT_CHANNELS, i);
        put_shared_text(w, p + CLAWT_N_NAME, c->name);
        put32(p + CLAWT_N_ANY, c->any);
        put32(p + CLAWT_N_DEFAULT, c->fallback);
        put32(p + CLAWT_N_ACCOUNTS, c->accounts);
        put32(p + CLAWT_N_KEEP, c->keep);
        put_entry(w, CLAWT_CHANNEL, 0, c->name, (uint32_t)i, 0);
    }
}

static void put_agents(struct writer *w) {
    const struct routing *r = w->d->routing;
    for (size_t i = 0; i < r->n_agents; i++) {
        unsigned char *p = record(w, CLAWT_AGENTS, i);
        put32(p, w->pool.n);
        put32(p + 4, r->agents[i].n);
        buf_addf(&w->pool, "agent:" STR_FMT ":main", STR_ARG(r->agents[i]));
    }
    for (size_t i = 0; i < w->d->roster.n; i++)
        put_entry(w, CLAWT_AGENT, 0, r->agents[w->d->roster.v[i]], w->d->roster.v[i], 0);
}

static void put_links(struct writer *w) {
    for (size_t i = 0; i < w->d->names.n; i++) {
        struct str name = w->d->names.v[i];
        put_text(w, record(w, CLAWT_NAMES, i), name);
        if (name.n > w->longest_name) w->longest_name = (uint32_t)name.n;
    }
    for (size_t i = 0; i < w->d->links.n; i++) {
        uint32_t link = w->d->links.v[i];
        put_entry(w, CLAWT_LINK, 0, w->d->routing->links[link].id, w->d->link_names[i], link);
    }
}

/* ---- header and layout ----------------------------------------------------------------------- */

static void count_records(struct writer *w) {
    const struct draft *d = w->d;
    uint64_t accounts = 0;
    for (size_t i = 0; i < d->channels.n; i++) accounts += d->channels.v[i].accounts;
    uint64_t keys = d->keys.n + d->channels.n + accounts + d->links.n + d->roster.n;
    uint64_t groups = (keys * 10 / SLOTS_OF_TEN + CLAWT_GROUP) / CLAWT_GROUP;
    w->count[CLAWT_TAGS] = w->count[CLAWT_SLOTS] = groups * CLAWT_GROUP;
    w->count[CLAWT_SCOPES] = d->scopes.n;
    w->count[CLAWT_CHANNELS] = d->channels.n;
    w->count[CLAWT_AGENTS] = d->routing->n_agents;
    w->count[CLAWT_NAMES] = d->names.n;
    w->count[CLAWT_LISTS] = d->lists;
    w->count[CLAWT_ROLES] = d->roles;
}

/* Places every section but the pool's end, and takes zeroed memory for all before the pool. */
static bool lay_out(struct writer *w, struct buf *out) {
    uint64_t end = CLAWT_HEADER_SIZE;
    for (int i = 0; i < CLAWT_SECTIONS; i++) {
        if (w->count[i] >= UINT32_MAX) return false;
        w->offset[i] = clawt_align(end);
        end = w->offset[i] + w->count[i] * record_size[i];
    }
    out->n = 0;
    w->base = (unsigned char *)buf_reserve(out, (size_t)end);
    memset(w->base, 0, (size_t)end);
    out->n = (size_t)end;
    for (int i = 0; i < CLAWT_SECTIONS; i++) w->section[i] = w->base + w->offset[i];
    return true;
}

static void put_header(struct writer *w, unsigned char *p, const uint8_t *digest, size_t size) {
    const struct routing *r = w->d->routing;
    memcpy(p + CLAWT_H_MAGIC, CLAWT_MAGIC, sizeof CLAWT_MAGIC - 1);
    put32(p + CLAWT_H_BYTE_ORDER, CLAWT_BYTE_ORDER);
    put32(p + CLAWT_H_MAJOR, CLAWT_MAJOR | (uint32_t)CLAWT_MINOR << 16);
    put32(p + CLAWT_H_HEADER_SIZE, CLAWT_HEADER_SIZE);
    put32(p + CLAWT_H_RULES, r->rules);
    put64(p + CLAWT_H_FILE_SIZE, size);
    put64(p + CLAWT_H_SEED, w->d->seed);
    put32(p + CLAWT_H_DEFAULT_AGENT, agent_number(r, r->default_agent));
    put32(p + CLAWT_H_ROSTER, r->n_roster);
    put32(p + CLAWT_H_BINDINGS, r->n_bindings);
    put32(p + CLAWT_H_LONGEST_NAME, w->longest_name);
    p[CLAWT_H_DM_SCOPE] = (unsigned char)r->dm_scope;
    p[CLAWT_H_GROUP_SCOPE] = (unsigned char)r->group_scope;
    p[CLAWT_H_GATEWAY_LENGTH] = (unsigned char)r->gateway.n;
    if (r->gateway.n) memcpy(p + CLAWT_H_GATEWAY, r->gateway.p, r->gateway.n);
    memcpy(p + CLAWT_H_DIGEST, digest, CLAWT_DIGEST);
    for (int i = 0; i < CLAWT_SECTIONS; i++) {
        unsigned char *field = p + clawt_section_field((enum clawt_section_id)i);
        put64(field, w->offset[i]);
        put64(field + 8, w->count[i]);
    }
    put64(p + CLAWT_H_BODY_CHECKSUM,
          clawt_checksum(p + CLAWT_HEADER_SIZE, size - CLAWT_HEADER_SIZE));
    put64(p + CLAWT_H_CHECKSUM, clawt_checksum(p, CLAWT_H_CHECKSUM));
}

/* ---- all of it ------------------------------------------------------------------------------- */

static bool refuse(struct arena *a, struct str *error, const char *what) {
    *error = str_format(a, "the routing table cannot be written: %s", what);
    return false;
}

static const char *broken_limit(const struct routing *r) {
    if (r->n_bindings >= UINT32_MAX / 2) return "there are too many bindings";
    if (r->n_links >= UINT32_MAX) return "there are too many identity links";
    if (r->gateway.n > CLAWT_GATEWAY_MAX) return "the gateway's version is too long a text";
    for (size_t i = 0; i < r->n_agents; i++)
        if (r->agents[i].n > CLAWT_AGENT_ID_MAX) return "an agent's id is too long";
    return NULL;
}

/* One attempt with one seed. `*crowded` asks for another. */
static const char *build(const struct routing *r, uint64_t seed, const uint8_t *digest,
                         struct arena *scratch, struct buf *out, bool *crowded) {
    struct draft d;
    draft_make(&d, scratch, r, seed);
    struct writer w = {.d = &d, .pool = buf_new(scratch), .interned = map_new(scratch)};
    count_records(&w);
    if (!lay_out(&w, out)) return "there are too many bindings";
    put_channels(&w);
    put_scopes(&w);
    put_agents(&w);
    put_links(&w);
    put_bindings(&w);
    *crowded = w.crowded;
    if (w.pool.n >= UINT32_MAX) return "its texts have more than 4 GB";
    w.count[CLAWT_POOL] = w.pool.n;
    buf_add(out, buf_str(&w.pool));
    put_header(&w, (unsigned char *)out->p, digest, out->n);
    return NULL;
}

bool table_build(const struct routing *r, const uint8_t digest[TABLE_DIGEST], struct buf *out,
                 struct str *error) {
    const char *limit = broken_limit(r);
    bool crowded = true;
    struct arena *scratch = arena_new();
    for (uint64_t seed = 0; !limit && crowded && seed < MAX_SEEDS; seed++) {
        arena_reset(scratch);
        limit = build(r, seed, digest, scratch, out, &crowded);
    }
    arena_free(scratch);
    if (!limit && crowded) limit = "too many ids have the same hash";
    return limit ? refuse(out->arena, error, limit) : true;
}
