/* Rooms whose messages go into a session that is not theirs alone: with groupScope "main" all rooms
 * of an agent write into its main session, where its direct messages may be, too. */
#include "analysis/analysis.h"

struct meeting {
    uint32_t room, other; /* reaches, + 1 */
    size_t n;
};

/* The main session of an agent is the only one that more than one room can have. */
static bool is_main_session(const struct model *m, const struct reach *r) {
    struct str id = m->agents.v[r->agent].id, prefix = STR("agent:"), suffix = STR(":main");
    struct str key = r->session_key;
    return key.n == prefix.n + id.n + suffix.n && str_starts(key, prefix) &&
           str_ends(key, suffix) && str_equal(str_slice(key, prefix.n, prefix.n + id.n), id);
}

static void join(struct meeting *m, const struct reach *r, uint32_t number) {
    m->n++;
    if (r->class == SENDER_GROUP && !m->room)
        m->room = number + 1;
    else if (!m->other)
        m->other = number + 1;
}

static place group_scope_place(const struct model *m, const struct reach *room) {
    const struct binding *b = room->binding >= 0 ? &m->bindings.v[room->binding] : NULL;
    node_id own =
        b && !b->added ? tree_path(m->tree, (node_id)b->at, "session", "groupScope", NULL) : 0;
    node_id session = (node_id)m->session_at;
    node_id global = tree_is(m->tree, session, NODE_OBJECT)
                         ? tree_member(m->tree, session, STR("groupScope"))
                         : 0;
    return own ? own : global ? global : m->session_at;
}

void analyse_rooms(struct analysis *s) {
    const struct model *m = s->model;
    struct arena *scratch = arena_new();
    struct meeting *meetings = ARENA_ARRAY(scratch, struct meeting, m->agents.n);
    for (uint32_t i = 0; i < s->reaches.n; i++) {
        const struct reach *r = &s->reaches.v[i];
        if (r->agent >= 0 && !r->isolated && reach_admits(r) && is_main_session(m, r))
            join(&meetings[r->agent], r, i);
    }
    for (size_t i = 0; i < m->agents.n; i++) {
        if (!meetings[i].room || !meetings[i].other) continue;
        const struct reach *room = &s->reaches.v[meetings[i].room - 1];
        ARRAY_PUSH(s->arena, s->rooms) =
            (struct shared_room){.in = s,
                                 .room = room,
                                 .other = &s->reaches.v[meetings[i].other - 1],
                                 .n = meetings[i].n,
                                 .scope_at = group_scope_place(m, room)};
    }
    arena_free(scratch);
}
