/* Routes through tables against a plain reading of the rules: go through the bindings in order,
 * tier by tier. Random routings and queries, every field compared. */
#include "clawtext.h"
#include "table/table_testing.h"

enum { ROUTINGS = 400, QUERIES = 150 };

/* ---- the plain resolver ---------------------------------------------------------------------- */

struct plain {
    struct arena *arena;
    const struct routing *r;
    const struct clawrt_query *q;
    struct str channel, account, guild, team;
    struct str peer_id, parent_id;
    int peer_kind, parent_kind;
};

static struct str trimmed(struct clawrt_text s) {
    size_t start = 0, n = s.p ? clawtext_trim(s.p, s.n, &start) : 0;
    return n ? (struct str){s.p + start, n} : STR("");
}

static struct str lowered(struct arena *a, struct str s) {
    char *out = arena_alloc(a, CLAWTEXT_LOWER_MAX(s.n));
    return (struct str){out, clawtext_lower(s.p, s.n, out)};
}

static int kind_of(const struct clawrt_peer *p) {
    return p && p->kind.p ? (int)clawtext_chat_type(p->kind.p, p->kind.n) : PEER_NONE;
}

static struct plain plain_query(struct arena *a, const struct routing *r,
                                const struct clawrt_query *q) {
    struct plain p = {.arena = a, .r = r, .q = q};
    p.channel = lowered(a, trimmed(q->channel));
    char *account = arena_alloc(a, CLAWTEXT_ID_MAX);
    p.account = (struct str){account, clawtext_account_id(q->account.p, q->account.n, account)};
    p.guild = trimmed(q->guild_id);
    p.team = trimmed(q->team_id);
    p.peer_kind = kind_of(q->peer);
    p.parent_kind = kind_of(q->parent_peer);
    p.peer_id = q->peer ? trimmed(q->peer->id) : STR("");
    p.parent_id = q->parent_peer ? trimmed(q->parent_peer->id) : STR("");
    return p;
}

static bool kinds_match(int binding, int query) {
    bool both = binding != PEER_DIRECT && (query == PEER_GROUP || query == PEER_CHANNEL);
    return binding == query || both;
}

static bool ok(const struct plain *p, const struct route_binding *b) {
    if (b->guild.n && !str_equal(b->guild, p->guild)) return false;
    if (b->team.n && !str_equal(b->team, p->team)) return false;
    for (uint32_t i = 0; i < b->n_roles; i++)
        for (size_t j = 0; j < p->q->n_roles; j++)
            if (str_equal(b->roles[i], (struct str){p->q->roles[j].p, p->q->roles[j].n}))
                return true;
    return b->n_roles == 0;
}

static bool in_tier(const struct plain *p, const struct route_binding *b, enum route_tier tier) {
    bool peers = b->peer == PEER_EXACT;
    switch (tier) {
    case TIER_PEER:
        return peers && p->q->peer && kinds_match(b->peer_kind, p->peer_kind) &&
               str_equal(b->peer_id, p->peer_id);
    case TIER_PEER_PARENT:
        return peers && p->parent_id.n && kinds_match(b->peer_kind, p->parent_kind) &&
               str_equal(b->peer_id, p->parent_id);
    case TIER_PEER_WILDCARD:
        return b->peer == PEER_WILDCARD && p->q->peer && kinds_match(b->peer_kind, p->peer_kind);
    default: break;
    }
    if (b->peer != PEER_ABSENT) return false;
    switch (tier) {
    case TIER_GUILD_ROLES:
        return b->guild.n && b->n_roles && str_equal(b->guild, p->guild) && p->q->n_roles;
    case TIER_GUILD: return b->guild.n && !b->n_roles && str_equal(b->guild, p->guild);
    case TIER_TEAM: return !b->guild.n && b->team.n && str_equal(b->team, p->team);
    case TIER_ACCOUNT: return !b->guild.n && !b->team.n && b->account.p;
    default: return !b->guild.n && !b->team.n && !b->account.p;
    }
}

static const struct route_binding *plain_match(const struct plain *p, enum route_tier *tier) {
    for (int t = TIER_PEER; t < TIER_DEFAULT; t++) {
        *tier = (enum route_tier)t;
        for (size_t i = 0; i < p->r->n_bindings; i++) {
            const struct route_binding *b = &p->r->bindings[i];
            if (str_equal(b->channel, p->channel) &&
                (!b->account.p || str_equal(b->account, p->account)) && in_tier(p, b, *tier) &&
                ok(p, b))
                return b;
        }
    }
    *tier = TIER_DEFAULT;
    return NULL;
}

/* The agent's id, or none for AgentSelectionRequiredError. */
static struct str plain_agent(const struct plain *p, const struct route_binding *b) {
    int32_t agent = b ? b->agent : AGENT_DEFAULT;
    if (!b && p->r->rules & ROUTING_GROUP_SCOPE && p->q->default_agent_id.p) {
        struct str named = lowered(p->arena, trimmed(p->q->default_agent_id));
        char *id = arena_alloc(p->arena, CLAWTEXT_ID_MAX);
        struct str text = {id, clawtext_agent_id(named.p, named.n, id)};
        for (size_t i = 0; named.n && i < p->r->n_roster; i++)
            if (str_equal(p->r->agents[i], text)) return text;
        if (named.n) return str_equal(text, STR("main")) ? text : STR_NONE;
    }
    if (agent == AGENT_DEFAULT) agent = p->r->default_agent;
    return agent < 0 ? STR_NONE : p->r->agents[agent];
}

static struct str plain_link(const struct plain *p, struct str channel, struct str id) {
    struct str alone = lowered(p->arena, id);
    struct str scoped =
        lowered(p->arena, str_format(p->arena, STR_FMT ":" STR_FMT, STR_ARG(channel), STR_ARG(id)));
    for (size_t i = 0; i < p->r->n_links; i++)
        if (str_equal(p->r->links[i].id, alone) || str_equal(p->r->links[i].id, scoped))
            return p->r->links[i].name;
    return id;
}

static bool keeps_case(const struct plain *p) {
    for (size_t i = 0; i < p->r->n_keep_case; i++)
        if (str_equal(p->r->keep_case[i].channel, p->channel) &&
            (int)p->r->keep_case[i].kind == p->peer_kind)
            return true;
    return false;
}

static struct str plain_direct_key(const struct plain *p, struct str agent, struct str dm) {
    struct str channel = p->channel.n ? p->channel : STR("unknown");
    struct str id = p->peer_id.n ? p->peer_id : STR("unknown");
    bool main = !str_equal(dm, STR("per-peer")) && !str_equal(dm, STR("per-channel-peer")) &&
                !str_equal(dm, STR("per-account-channel-peer"));
    if (main || !p->q->peer) return str_format(p->arena, "agent:" STR_FMT ":main", STR_ARG(agent));
    id = lowered(p->arena, plain_link(p, channel, id));
    if (str_equal(dm, STR("per-peer")))
        return str_format(p->arena, "agent:" STR_FMT ":direct:" STR_FMT, STR_ARG(agent),
                          STR_ARG(id));
    if (str_equal(dm, STR("per-channel-peer")))
        return str_format(p->arena, "agent:" STR_FMT ":" STR_FMT ":direct:" STR_FMT, STR_ARG(agent),
                          STR_ARG(channel), STR_ARG(id));
    return str_format(p->arena, "agent:" STR_FMT ":" STR_FMT ":" STR_FMT ":direct:" STR_FMT,
                      STR_ARG(agent), STR_ARG(channel), STR_ARG(p->account), STR_ARG(id));
}

static struct str plain_key(const struct plain *p, struct str agent, struct str dm,
                            struct str group) {
    static const struct str words[] = {
        [PEER_GROUP] = TEXT("group"), [PEER_CHANNEL] = TEXT("channel")};
    if (!p->q->peer || !p->q->peer->kind.p || p->peer_kind == PEER_DIRECT)
        return plain_direct_key(p, agent, dm);
    if (str_equal(group, STR("main")))
        return str_format(p->arena, "agent:" STR_FMT ":main", STR_ARG(agent));
    struct str channel = p->channel.n ? p->channel : STR("unknown");
    struct str id = p->peer_id.n ? p->peer_id : STR("unknown");
    struct str kind = {p->q->peer->kind.p, p->q->peer->kind.n};
    if (p->peer_kind != PEER_NONE) kind = words[p->peer_kind];
    if (!keeps_case(p)) id = lowered(p->arena, id);
    struct str key = str_format(p->arena, "agent:" STR_FMT ":" STR_FMT ":" STR_FMT ":" STR_FMT,
                                STR_ARG(agent), STR_ARG(channel), STR_ARG(kind), STR_ARG(id));
    return p->r->rules & ROUTING_LOWER_WHOLE_KEY ? lowered(p->arena, key) : key;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static struct str plain_scope(const struct plain *p, const char *override, struct clawrt_text given,
                              const char *configured) {
    if (override) return str_from(override);
    if (p->r->rules & ROUTING_GROUP_SCOPE && given.p) return (struct str){given.p, given.n};
    return str_from(configured);
}

static void assert_text(struct clawrt_text got, struct str want) {
    assert_int_equal(got.n, want.n);
    if (want.n) assert_memory_equal(got.p, want.p, want.n);
}

static void compare(struct arena *a, const struct routing *r, const struct clawrt *table,
                    const struct clawrt_query *q) {
    struct plain p = plain_query(a, r, q);
    enum route_tier tier;
    const struct route_binding *b = plain_match(&p, &tier);
    struct str agent = plain_agent(&p, b);
    struct clawrt_answer answer;
    size_t room = clawrt_room(table, q);
    char *buffer = malloc(room); /* of its exact size, for the sanitizers */
    enum clawrt_status status = clawrt_route(table, q, buffer, room, &answer);
    if (!agent.p) {
        assert_int_equal(status, CLAWRT_NO_AGENT);
    } else {
        assert_int_equal(status, CLAWRT_OK);
        const char *dm_override =
            b && b->dm_scope >= 0 ? dm_scope_name((enum dm_scope)b->dm_scope) : NULL;
        const char *group_override =
            b && b->group_scope >= 0 ? group_scope_name((enum group_scope)b->group_scope) : NULL;
        struct str dm = plain_scope(&p, dm_override, q->dm_scope, dm_scope_name(r->dm_scope));
        struct str group =
            plain_scope(&p, group_override, q->group_scope, group_scope_name(r->group_scope));
        struct str main_key = str_format(a, "agent:" STR_FMT ":main", STR_ARG(agent));
        struct str key = plain_key(&p, agent, dm, group);
        bool scopes = r->rules & ROUTING_GROUP_SCOPE;
        assert_text(answer.agent_id, agent);
        assert_text(answer.channel, p.channel);
        assert_text(answer.account_id, p.account);
        assert_text(answer.session_key, key);
        assert_text(answer.main_session_key, main_key);
        assert_text(answer.dm_scope, scopes ? dm : STR_NONE);
        assert_text(answer.group_scope, scopes ? group : STR_NONE);
        assert_text(answer.last_route_policy,
                    str_equal(key, main_key) ? STR("main") : STR("session"));
        assert_text(answer.matched_by, str_from(route_tier_name(tier)));
        assert_int_equal(answer.binding, b ? b->index : CLAWRT_NO_BINDING);
    }
    free(buffer);
}

static void routes_as_plainly(void **state) {
    (void)state;
    uint64_t seed = 0x5eed;
    unsigned tiers = 0;
    for (int i = 0; i < ROUTINGS; i++) {
        struct arena *a = arena_new();
        struct routing r = test_random_routing(a, &seed);
        size_t size;
        unsigned char *bytes = test_table(&r, &size);
        struct clawrt *table;
        assert_int_equal(clawrt_open_memory(bytes, size, &table), CLAWRT_OK);
        for (int j = 0; j < QUERIES; j++) {
            struct test_query t;
            test_random_query(&seed, &t);
            compare(a, &r, table, &t.q);
            enum route_tier tier;
            struct plain p = plain_query(a, &r, &t.q);
            plain_match(&p, &tier);
            tiers |= 1u << tier;
        }
        clawrt_close(table);
        free(bytes);
        arena_free(a);
    }
    assert_int_equal(tiers, (1u << (TIER_DEFAULT + 1)) - 1); /* every tier has been seen */
}

static void random_tables_verify(void **state) {
    (void)state;
    uint64_t seed = 0xfeed;
    for (int i = 0; i < ROUTINGS; i++) {
        struct arena *a = arena_new();
        struct routing r = test_random_routing(a, &seed);
        size_t size;
        unsigned char *bytes = test_table(&r, &size);
        struct buf out = buf_new(a);
        bool sound = table_verify((struct str){(const char *)bytes, size}, &out);
        if (!sound) print_error(STR_FMT, STR_ARG(buf_str(&out)));
        assert_true(sound);
        free(bytes);
        arena_free(a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(routes_as_plainly),
                                       cmocka_unit_test(random_tables_verify)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
