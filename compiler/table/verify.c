/* Is every record of a table what its writer would have written? The reader only makes sure that it
 * stays inside the file; here everything is counted and compared. */
#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"
#include "clawtext.h"
#include "table/look.h"
#include "table/table.h"

enum { MAX_LINES = 100 };

struct verify {
    const struct clawt_view *v;
    struct buf *out;
    uint32_t lines;
    uint64_t seed;
    uint32_t *types;      /* of each scope: slot types that its keys have */
    uint32_t *accounts;   /* of each channel: scopes of single accounts */
    unsigned char *named; /* of each channel, scope, agent: slots that lead to it */
    unsigned char *seen_scopes, *seen_agents;
    unsigned char *list_used; /* of each list entry */
    uint64_t roles_used, longest_name;
    uint64_t ids_used, names_used; /* bytes of long ids, of channels: no text has two owners */
};

static void wrong(struct verify *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void wrong(struct verify *c, const char *format, ...) {
    if (c->lines++ >= MAX_LINES) return;
    char line[256];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    buf_addf(c->out, "%s\n", line);
}

static uint32_t count(const struct verify *c, enum clawt_section_id section) {
    return c->v->count[section];
}

/* ---- bytes that must be zero ----------------------------------------------------------------- */

static bool all_zero(const unsigned char *p, uint64_t n) {
    for (uint64_t i = 0; i < n; i++)
        if (p[i]) return false;
    return true;
}

static void check_gaps(struct verify *c) {
    static const unsigned char record_size[CLAWT_SECTIONS] = CLAWT_RECORD_SIZES;
    const unsigned char *end = c->v->base + clawt_get32(c->v->base + CLAWT_H_HEADER_SIZE);
    for (int i = 0; i < CLAWT_SECTIONS; i++) {
        if (!all_zero(end, (uint64_t)(c->v->start[i] - end)))
            wrong(c, "there are bytes between the sections before section %d", i);
        end = c->v->start[i] + (size_t)c->v->count[i] * record_size[i];
    }
    if (end != c->v->base + c->v->size) wrong(c, "there are bytes behind the last section");
}

static void check_header(struct verify *c) {
    const unsigned char *p = c->v->base;
    unsigned length = p[CLAWT_H_GATEWAY_LENGTH];
    if (!all_zero(p + CLAWT_H_GATEWAY + length, CLAWT_GATEWAY_MAX - length) ||
        !all_zero(p + CLAWT_H_RESERVED, CLAWT_H_GATEWAY - CLAWT_H_RESERVED) ||
        !all_zero(p + CLAWT_H_RESERVED_TAIL, CLAWT_H_CHECKSUM - CLAWT_H_RESERVED_TAIL))
        wrong(c, "header: unused bytes are not zero");
    if (clawt_get32(p + CLAWT_H_ROSTER) > count(c, CLAWT_AGENTS))
        wrong(c, "header: the roster has more agents than the table");
    uint32_t size = clawt_get32(p + CLAWT_H_HEADER_SIZE);
    uint64_t body = clawt_checksum(p + size, c->v->size - size);
    if (body != clawt_get64(p + CLAWT_H_BODY_CHECKSUM)) wrong(c, "the checksum is wrong");
}

/* ---- bindings -------------------------------------------------------------------------------- */

static void check_binding(struct verify *c, const char *what, uint32_t number, uint32_t agent,
                          unsigned override) {
    if (agent != CLAWT_NONE && agent >= count(c, CLAWT_AGENTS))
        wrong(c, "%s %u: there is no agent %u", what, number, agent);
    if ((override & 15) > 1 + DM_PER_ACCOUNT_CHANNEL_PEER || override >> 4 > 1 + GROUP_MAIN)
        wrong(c, "%s %u: an unknown session scope", what, number);
}

static void check_roles(struct verify *c, uint32_t number, const unsigned char *entry) {
    uint32_t first = clawt_get32(entry + CLAWT_L_ROLES);
    uint32_t roles = clawt_get32(entry + CLAWT_L_ROLES + 4);
    if (!clawt_range(c->v, CLAWT_ROLES, first, roles))
        wrong(c, "list entry %u: its roles are outside their section", number);
    c->roles_used += roles;
}

static void check_list_entry(struct verify *c, uint32_t number) {
    const unsigned char *entry = clawt_record(c->v, CLAWT_LISTS, number);
    struct str text;
    check_binding(c, "list entry", number, clawt_get32(entry + CLAWT_L_AGENT),
                  entry[CLAWT_L_OVERRIDE]);
    if (!all_zero(entry + CLAWT_L_OVERRIDE + 1, 3))
        wrong(c, "list entry %u: unused bytes are not zero", number);
    if (!look_text(c->v, entry + CLAWT_L_GUILD, &text) ||
        !look_text(c->v, entry + CLAWT_L_TEAM, &text))
        wrong(c, "list entry %u: a text is outside the pool", number);
    check_roles(c, number, entry);
}

/* Entries of a list are in file order, and no other list has them. */
static void check_list(struct verify *c, const char *owner, uint32_t number,
                       const unsigned char *list) {
    uint32_t first = clawt_get32(list), n = clawt_get32(list + 4);
    if (!clawt_range(c->v, CLAWT_LISTS, first, n)) {
        wrong(c, "%s %u: its list is outside the section", owner, number);
        return;
    }
    for (uint32_t i = first; i < first + n; i++) {
        if (c->list_used[i]) {
            wrong(c, "%s %u: list entry %u belongs to another list", owner, number, i);
            return;
        }
        c->list_used[i] = 1;
        const unsigned char *entry = clawt_record(c->v, CLAWT_LISTS, i);
        if (i > first && clawt_get32(entry + CLAWT_L_INDEX) <=
                             clawt_get32(clawt_record(c->v, CLAWT_LISTS, i - 1) + CLAWT_L_INDEX))
            wrong(c, "%s %u: its list is not in the order of bindings[]", owner, number);
    }
}

/* ---- slots ----------------------------------------------------------------------------------- */

/* Does a search for the key of this slot end at it? It must not meet an empty slot, nor a slot of
 * the same key, before. */
static bool is_found(const struct verify *c, uint32_t number, uint64_t hash, struct str id) {
    const unsigned char *self = clawt_record(c->v, CLAWT_SLOTS, number);
    uint32_t groups = count(c, CLAWT_TAGS) / CLAWT_GROUP;
    uint32_t group = clawt_home_group(hash, groups);
    for (int i = 0; i < CLAWT_PROBE_LIMIT; i++) {
        for (uint32_t j = group * CLAWT_GROUP; j < (group + 1) * CLAWT_GROUP; j++) {
            if (j == number) return true;
            const unsigned char *slot = clawt_record(c->v, CLAWT_SLOTS, j);
            struct str other;
            if (*clawt_record(c->v, CLAWT_TAGS, j) == 0) return false;
            if (slot[CLAWT_S_TYPE] == self[CLAWT_S_TYPE] &&
                clawt_get32(slot + CLAWT_S_SCOPE) == clawt_get32(self + CLAWT_S_SCOPE) &&
                look_id(c->v, slot, &other) && str_equal(other, id))
                return false;
        }
        if (++group == groups) group = 0;
    }
    return false;
}

/* Adds to the bytes of a kind that have an owner. Texts that overlap, so that they have more than
 * the whole pool, could make this check take hours. */
static bool own_bytes(const struct verify *c, uint64_t *used, size_t n) {
    *used += n;
    return *used <= count(c, CLAWT_POOL);
}

static void check_key(struct verify *c, uint32_t number, const unsigned char *slot) {
    struct str id;
    bool is_long = slot[CLAWT_S_LENGTH] == CLAWT_POOL_ID;
    if (!look_id(c->v, slot, &id)) {
        wrong(c, "slot %u: its id is outside the pool", number);
        return;
    }
    if (is_long && !own_bytes(c, &c->ids_used, id.n)) {
        wrong(c, "slot %u: its id overlaps another", number);
        return;
    }
    uint64_t id_hash = clawt_id_hash(id.p, id.n, c->seed);
    uint64_t hash = clawt_key_hash(id_hash, (enum clawt_slot_type)slot[CLAWT_S_TYPE],
                                   clawt_get32(slot + CLAWT_S_SCOPE));
    if (is_long ? id.n <= CLAWT_INLINE_ID || clawt_get64(slot + 8) != id_hash
                : !all_zero(slot + id.n, CLAWT_INLINE_ID - id.n))
        wrong(c, "slot %u: its id is not written as it should be", number);
    if (*clawt_record(c->v, CLAWT_TAGS, number) != clawt_tag(hash))
        wrong(c, "slot %u: its tag does not fit its key", number);
    else if (!is_found(c, number, hash, id))
        wrong(c, "slot %u: no search finds it", number);
}

/* A slot that leads to a record of another section: exactly one slot must lead to each. */
static void check_target(struct verify *c, uint32_t number, const unsigned char *slot,
                         enum clawt_section_id section, unsigned char *seen, const char *what) {
    uint32_t value = clawt_get32(slot + CLAWT_S_VALUE);
    if (value >= count(c, section))
        wrong(c, "slot %u: there is no %s %u", number, what, value);
    else if (seen && seen[value]++)
        wrong(c, "slot %u: %s %u has two names", number, what, value);
}

static void check_binding_slot(struct verify *c, uint32_t number, const unsigned char *slot) {
    uint32_t scope = clawt_get32(slot + CLAWT_S_SCOPE);
    if (scope >= count(c, CLAWT_SCOPES))
        wrong(c, "slot %u: there is no scope %u", number, scope);
    else
        c->types[scope] |= 1u << slot[CLAWT_S_TYPE];
    if (slot[CLAWT_S_FLAGS] & ~CLAWT_IS_LIST) wrong(c, "slot %u: an unknown flag", number);
    if (slot[CLAWT_S_FLAGS] & CLAWT_IS_LIST)
        check_list(c, "slot", number, slot + CLAWT_S_VALUE);
    else
        check_binding(c, "slot", number, clawt_get32(slot + CLAWT_S_VALUE), slot[CLAWT_S_OVERRIDE]);
}

static void check_slot(struct verify *c, uint32_t number) {
    const unsigned char *slot = clawt_record(c->v, CLAWT_SLOTS, number);
    if (*clawt_record(c->v, CLAWT_TAGS, number) == 0) {
        if (!all_zero(slot, 32)) wrong(c, "slot %u: is empty, but not zero", number);
        return;
    }
    uint32_t scope = clawt_get32(slot + CLAWT_S_SCOPE);
    switch ((enum clawt_slot_type)slot[CLAWT_S_TYPE]) {
    case CLAWT_PEER_DIRECT:
    case CLAWT_PEER_GROUP:
    case CLAWT_GUILD_ROLES:
    case CLAWT_GUILD:
    case CLAWT_TEAM: check_binding_slot(c, number, slot); break;
    case CLAWT_LINK: check_target(c, number, slot, CLAWT_NAMES, NULL, "name"); break;
    case CLAWT_CHANNEL: check_target(c, number, slot, CLAWT_CHANNELS, c->named, "channel"); break;
    case CLAWT_ACCOUNT:
        check_target(c, number, slot, CLAWT_SCOPES, c->seen_scopes, "scope");
        if (scope >= count(c, CLAWT_CHANNELS))
            wrong(c, "slot %u: there is no such channel", number);
        break;
    case CLAWT_AGENT: check_target(c, number, slot, CLAWT_AGENTS, c->seen_agents, "agent"); break;
    case CLAWT_EMPTY:
    case CLAWT_SLOT_TYPES:
    default: wrong(c, "slot %u: is of an unknown type", number); return;
    }
    check_key(c, number, slot);
}

/* The slot of a key, or UINT32_MAX: a plain search, not the reader's. */
static uint32_t search(const struct verify *c, enum clawt_slot_type type, uint32_t scope,
                       struct str id) {
    uint64_t hash = clawt_key_hash(clawt_id_hash(id.p, id.n, c->seed), type, scope);
    uint32_t groups = count(c, CLAWT_TAGS) / CLAWT_GROUP;
    uint32_t group = clawt_home_group(hash, groups);
    for (int i = 0; i < CLAWT_PROBE_LIMIT; i++) {
        for (uint32_t j = group * CLAWT_GROUP; j < (group + 1) * CLAWT_GROUP; j++) {
            const unsigned char *slot = clawt_record(c->v, CLAWT_SLOTS, j);
            struct str other;
            if (slot[CLAWT_S_TYPE] == type && clawt_get32(slot + CLAWT_S_SCOPE) == scope &&
                look_id(c->v, slot, &other) && str_equal(other, id))
                return j;
        }
        if (++group == groups) group = 0;
    }
    return UINT32_MAX;
}

/* Does the key lead to record `target`? */
static bool leads_to(const struct verify *c, enum clawt_slot_type type, uint32_t scope,
                     struct str id, uint32_t target) {
    const unsigned char *slot = clawt_record(c->v, CLAWT_SLOTS, search(c, type, scope, id));
    return slot && clawt_get32(slot + CLAWT_S_VALUE) == target;
}

/* ---- the other sections ---------------------------------------------------------------------- */

static void check_account(struct verify *c, uint32_t number, const unsigned char *scope,
                          uint32_t channel) {
    const unsigned char *record = clawt_record(c->v, CLAWT_CHANNELS, channel);
    struct str account;
    if (clawt_get32(scope + CLAWT_C_ACCOUNT + 4) == CLAWT_NONE) {
        if (clawt_get32(record + CLAWT_N_ANY) != number)
            wrong(c, "scope %u: its channel does not lead to it", number);
        return;
    }
    c->accounts[channel]++;
    if (!look_text(c->v, scope + CLAWT_C_ACCOUNT, &account) || account.n > CLAWTEXT_ID_MAX)
        wrong(c, "scope %u: its account is outside the pool, or too long", number);
    else if (!leads_to(c, CLAWT_ACCOUNT, channel, account, number))
        wrong(c, "scope %u: its account does not lead to it", number);
    else if (str_equal(account, STR("default")) && clawt_get32(record + CLAWT_N_DEFAULT) != number)
        wrong(c, "scope %u: its channel does not know that it is the default account", number);
}

static void check_scope(struct verify *c, uint32_t number) {
    const unsigned char *scope = clawt_record(c->v, CLAWT_SCOPES, number);
    uint32_t channel = clawt_get32(scope + CLAWT_C_CHANNEL);
    if (channel >= count(c, CLAWT_CHANNELS))
        wrong(c, "scope %u: there is no channel %u", number, channel);
    else
        check_account(c, number, scope, channel);
    if (clawt_get32(scope + CLAWT_C_TYPES) != c->types[number])
        wrong(c, "scope %u: it does not say which keys it has", number);
    check_list(c, "scope", number, scope + CLAWT_C_WILD_DIRECT);
    check_list(c, "scope", number, scope + CLAWT_C_WILD_GROUP);
    check_list(c, "scope", number, scope + CLAWT_C_PLAIN);
}

/* A channel's scope must be the channel's, and of any account or of `default`. */
static void check_channel_scope(struct verify *c, uint32_t number, uint32_t scope, bool any) {
    if (scope == CLAWT_NONE) return;
    const unsigned char *record = clawt_record(c->v, CLAWT_SCOPES, scope);
    struct str account = STR_NONE;
    bool fits = record && clawt_get32(record + CLAWT_C_CHANNEL) == number;
    if (fits && any) fits = clawt_get32(record + CLAWT_C_ACCOUNT + 4) == CLAWT_NONE;
    if (fits && !any)
        fits = look_text(c->v, record + CLAWT_C_ACCOUNT, &account) &&
               str_equal(account, STR("default"));
    if (!fits) wrong(c, "channel %u: it has the scope of another", number);
}

static void check_channel(struct verify *c, uint32_t number) {
    const unsigned char *channel = clawt_record(c->v, CLAWT_CHANNELS, number);
    struct str name;
    if (!look_text(c->v, channel + CLAWT_N_NAME, &name))
        wrong(c, "channel %u: its name is outside the pool", number);
    else if (!own_bytes(c, &c->names_used, name.n))
        wrong(c, "channel %u: its name overlaps another", number);
    else if (!leads_to(c, CLAWT_CHANNEL, 0, name, number))
        wrong(c, "channel %u: its name does not lead to it", number);
    check_channel_scope(c, number, clawt_get32(channel + CLAWT_N_ANY), true);
    check_channel_scope(c, number, clawt_get32(channel + CLAWT_N_DEFAULT), false);
    if (clawt_get32(channel + CLAWT_N_ACCOUNTS) != c->accounts[number])
        wrong(c, "channel %u: it does not say how many accounts it has", number);
    uint32_t kinds = 1u << PEER_DIRECT | 1u << PEER_GROUP | 1u << PEER_CHANNEL;
    if (clawt_get32(channel + CLAWT_N_KEEP) & ~kinds)
        wrong(c, "channel %u: an unknown kind keeps its case", number);
}

static void check_agent(struct verify *c, uint32_t number) {
    struct str id;
    if (!look_agent(c->v, number, &id)) {
        wrong(c, "agent %u: its text is outside the pool", number);
        return;
    }
    struct str key = {id.p - CLAWT_AGENT_PREFIX, CLAWT_AGENT_PREFIX + id.n + CLAWT_AGENT_SUFFIX};
    if (!str_starts(key, STR("agent:")) || !str_ends(key, STR(":main")))
        wrong(c, "agent %u: its text is not \"agent:ID:main\"", number);
    if (number < clawt_get32(c->v->base + CLAWT_H_ROSTER)) {
        if (search(c, CLAWT_AGENT, 0, id) == UINT32_MAX)
            wrong(c, "agent %u: its id does not lead to it", number);
    } else if (c->seen_agents[number]) {
        wrong(c, "agent %u: is found by name, but not in the roster", number);
    }
}

static void check_texts(struct verify *c) {
    struct str text;
    for (uint32_t i = 0; i < count(c, CLAWT_NAMES); i++) {
        if (!look_text(c->v, clawt_record(c->v, CLAWT_NAMES, i), &text))
            wrong(c, "name %u: it is outside the pool", i);
        else if (text.n > c->longest_name)
            c->longest_name = text.n;
    }
    if (c->longest_name != clawt_get32(c->v->base + CLAWT_H_LONGEST_NAME))
        wrong(c, "header: the longest name has another length");
    for (uint32_t i = 0; i < count(c, CLAWT_ROLES); i++)
        if (!look_text(c->v, clawt_record(c->v, CLAWT_ROLES, i), &text))
            wrong(c, "role %u: it is outside the pool", i);
}

static void check_sections(struct verify *c) {
    for (uint32_t i = 0; i < count(c, CLAWT_SLOTS); i++) check_slot(c, i);
    for (uint32_t i = 0; i < count(c, CLAWT_SCOPES); i++) check_scope(c, i);
    for (uint32_t i = 0; i < count(c, CLAWT_CHANNELS); i++) check_channel(c, i);
    for (uint32_t i = 0; i < count(c, CLAWT_AGENTS); i++) check_agent(c, i);
    for (uint32_t i = 0; i < count(c, CLAWT_LISTS); i++) {
        check_list_entry(c, i);
        if (!c->list_used[i]) wrong(c, "list entry %u: belongs to no list", i);
    }
    check_texts(c);
    if (c->roles_used != count(c, CLAWT_ROLES))
        wrong(c, "list entries share roles, or some are unused");
}

bool table_verify(struct str bytes, struct buf *out) {
    struct clawt_view v;
    const char *refused = look_open(bytes, &v);
    if (refused) {
        buf_addf(out, "%s\n", refused);
        return false;
    }
    struct arena *a = arena_new();
    struct verify c = {.v = &v,
                       .out = out,
                       .seed = clawt_get64(v.base + CLAWT_H_SEED),
                       .types = ARENA_ARRAY(a, uint32_t, v.count[CLAWT_SCOPES]),
                       .accounts = ARENA_ARRAY(a, uint32_t, v.count[CLAWT_CHANNELS]),
                       .named = ARENA_ARRAY(a, unsigned char, v.count[CLAWT_CHANNELS]),
                       .seen_scopes = ARENA_ARRAY(a, unsigned char, v.count[CLAWT_SCOPES]),
                       .seen_agents = ARENA_ARRAY(a, unsigned char, v.count[CLAWT_AGENTS]),
                       .list_used = ARENA_ARRAY(a, unsigned char, v.count[CLAWT_LISTS])};
    check_header(&c);
    check_gaps(&c);
    check_sections(&c);
    arena_free(a);
    return c.lines == 0;
}
