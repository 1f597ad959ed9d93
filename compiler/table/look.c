#include "table/look.h"

#include <stdlib.h>

#include "base/arena.h"

const char *look_open(struct str bytes, struct clawt_view *v) {
    struct clawrt *table;
    enum clawrt_status status = clawrt_open_memory(bytes.p, bytes.n, &table);
    if (status != CLAWRT_OK) return clawrt_strerror(status);
    clawrt_close(table);
    clawt_view_init(v, (const unsigned char *)bytes.p, bytes.n);
    return NULL;
}

bool look_text(const struct clawt_view *v, const unsigned char *p, struct str *text) {
    uint32_t length = clawt_get32(p + 4);
    *text = (struct str){clawt_text(v, clawt_get32(p), length), length};
    return text->p != NULL;
}

bool look_id(const struct clawt_view *v, const unsigned char *slot, struct str *id) {
    unsigned length = slot[CLAWT_S_LENGTH];
    if (length == CLAWT_POOL_ID) return look_text(v, slot + CLAWT_S_ID, id);
    *id = (struct str){(const char *)slot + CLAWT_S_ID, length};
    return length <= CLAWT_INLINE_ID;
}

bool look_agent(const struct clawt_view *v, uint32_t index, struct str *id) {
    const unsigned char *record = clawt_record(v, CLAWT_AGENTS, index);
    if (!record || clawt_get32(record + 4) > CLAWT_AGENT_ID_MAX) return false;
    uint32_t length = clawt_get32(record + 4);
    const char *key =
        clawt_text(v, clawt_get32(record), CLAWT_AGENT_PREFIX + length + CLAWT_AGENT_SUFFIX);
    if (!key) return false;
    *id = (struct str){key + CLAWT_AGENT_PREFIX, length};
    return true;
}

struct collector {
    struct arena *arena;
    const struct clawt_view *v;
    ARRAY(struct look_binding) found;
};

static bool collect_list(struct collector *c, struct look_binding common, uint32_t first,
                         uint32_t number) {
    if (!clawt_range(c->v, CLAWT_LISTS, first, number)) return false;
    /* Lists of a sound table are disjoint. */
    if (c->found.n + number > (size_t)c->v->count[CLAWT_LISTS] + c->v->count[CLAWT_SLOTS])
        return false;
    for (uint32_t i = 0; i < number; i++) {
        const unsigned char *entry = clawt_record(c->v, CLAWT_LISTS, first + i);
        common.entry = entry;
        common.index = clawt_get32(entry + CLAWT_L_INDEX);
        common.agent = clawt_get32(entry + CLAWT_L_AGENT);
        common.override = entry[CLAWT_L_OVERRIDE];
        ARRAY_PUSH(c->arena, c->found) = common;
    }
    return true;
}

static bool collect_slot(struct collector *c, const unsigned char *slot) {
    unsigned type = slot[CLAWT_S_TYPE];
    if (type < CLAWT_PEER_DIRECT || type > CLAWT_TEAM) return type < CLAWT_SLOT_TYPES;
    struct look_binding b = {.scope = clawt_get32(slot + CLAWT_S_SCOPE), .type = type};
    if (!look_id(c->v, slot, &b.id)) return false;
    uint32_t value = clawt_get32(slot + CLAWT_S_VALUE), index = clawt_get32(slot + CLAWT_S_INDEX);
    if (slot[CLAWT_S_FLAGS] & CLAWT_IS_LIST) return collect_list(c, b, value, index);
    b.agent = value;
    b.index = index;
    b.override = slot[CLAWT_S_OVERRIDE];
    ARRAY_PUSH(c->arena, c->found) = b;
    return true;
}

static bool collect_scope(struct collector *c, uint32_t number) {
    static const int fields[] = {CLAWT_C_WILD_DIRECT, CLAWT_C_WILD_GROUP, CLAWT_C_PLAIN};
    const unsigned char *scope = clawt_record(c->v, CLAWT_SCOPES, number);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct look_binding b = {.scope = number, .field = fields[i]};
        const unsigned char *list = scope + fields[i];
        if (!collect_list(c, b, clawt_get32(list), clawt_get32(list + 4))) return false;
    }
    return true;
}

static int by_index(const void *left, const void *right) {
    const struct look_binding *a = left, *b = right;
    return (a->index > b->index) - (a->index < b->index);
}

bool look_bindings(struct arena *a, const struct clawt_view *v, struct look_binding **bindings,
                   size_t *n) {
    struct collector c = {.arena = a, .v = v};
    for (uint32_t i = 0; i < v->count[CLAWT_SLOTS]; i++)
        if (!collect_slot(&c, clawt_record(v, CLAWT_SLOTS, i))) return false;
    for (uint32_t i = 0; i < v->count[CLAWT_SCOPES]; i++)
        if (!collect_scope(&c, i)) return false;
    if (c.found.n) qsort(c.found.v, c.found.n, sizeof *c.found.v, by_index);
    *bindings = c.found.v;
    *n = c.found.n;
    return true;
}
