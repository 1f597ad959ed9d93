/* What is in a table: bytes, text, size. */
#include "table/table_testing.h"

static struct str table_of(struct arena *a, const struct routing *r) {
    struct buf out = buf_new(a);
    struct str error;
    assert_true(table_build(r, test_digest, &out, &error));
    return buf_str(&out);
}

static void assert_dump(const struct routing *r, const char *want) {
    struct arena *a = arena_new();
    struct buf out = buf_new(a);
    struct str error;
    assert_true(table_dump(table_of(a, r), &out, &error));
    assert_string_equal(str_to_c(a, buf_str(&out)), want);
    arena_free(a);
}

/* ---- text ------------------------------------------------------------------------------------ */

#define DIGEST "d16e570000000000000000000000000000000000000000000000000000000000"

static void dumps_every_fact(void **state) {
    (void)state;
    struct routing r = test_routing();
    assert_dump(&r,
                "table 1.0\n"
                "gateway 2026.9.6\n"
                "source " DIGEST "\n"
                "rules peer-wildcard group-scope selection-error\n"
                "dmScope per-channel-peer\n"
                "groupScope per-group\n"
                "default main\n"
                "agent main\n"
                "agent work\n"
                "agent a-b_c\n"
                "other-agent other\n"
                "keep-case \"signal\" group\n"
                "keep-case \"matrix\" group\n"
                "keep-case \"matrix\" channel\n"
                "link \"telegram:7192195698\" \"Alice\"\n"
                "link \"+56912345678\" \"Alice\"\n"
                "binding 0 binding.peer channel \"telegram\" account \"default\" peer direct "
                "\"7192195698\" -> work dmScope per-peer\n"
                "binding 1 binding.peer channel \"whatsapp\" account * peer group "
                "\"120363000000000000@g.us\" -> a-b_c groupScope main\n"
                "binding 2 binding.guild+roles channel \"discord\" account \"biz\" guild \"42\" "
                "roles \"admin\",\"mod\" -> main\n"
                "binding 4 binding.guild channel \"discord\" account \"biz\" guild \"42\" team "
                "\"T1\" -> work\n"
                "binding 5 binding.team channel \"slack\" account * team \"T1\" -> work\n"
                "binding 6 binding.peer.wildcard channel \"telegram\" account * peer group * -> "
                "a-b_c\n"
                "binding 7 binding.account channel \"discord\" account \"biz\" -> main\n"
                "binding 9 binding.channel channel \"whatsapp\" account * -> other\n");
}

static void dumps_an_empty_table(void **state) {
    (void)state;
    static const struct str agents[] = {TEXT("main")};
    struct routing r = {.gateway = STR("2026.3.13"),
                        .rules = ROUTING_LOWER_WHOLE_KEY,
                        .agents = agents,
                        .n_agents = 1,
                        .default_agent = AGENT_ERROR};
    assert_dump(&r, "table 1.0\n"
                    "gateway 2026.3.13\n"
                    "source " DIGEST "\n"
                    "rules lower-whole-key\n"
                    "dmScope main\n"
                    "groupScope per-group\n"
                    "default nobody\n"
                    "other-agent main\n");
}

static void describes_itself(void **state) {
    (void)state;
    struct arena *a = arena_new();
    struct routing r = test_routing();
    struct str table = table_of(a, &r), error;
    struct buf out = buf_new(a);
    assert_true(table_info(table, &out, &error));
    assert_true(str_find(buf_str(&out), STR("gateway   2026.9.6\n"), 0) != SIZE_MAX);
    assert_true(str_find(buf_str(&out), STR("bindings  8\n"), 0) != SIZE_MAX);
    assert_false(table_info(STR("{ agents: {} }"), &out, &error));
    assert_true(str_equal(error, STR("this is not a routing table")));
    assert_false(table_dump(STR(""), &out, &error));
    assert_false(table_verify(STR("CLAWT"), &out));
    arena_free(a);
}

/* ---- bytes ----------------------------------------------------------------------------------- */

/* The same config gives the same bytes: nothing depends on where things lie in memory. */
static void is_deterministic(void **state) {
    (void)state;
    for (uint64_t i = 1; i <= 50; i++) {
        struct arena *a = arena_new(), *b = arena_new();
        uint64_t seed = i, again = i;
        arena_alloc(b, 12345);
        struct routing first = test_random_routing(a, &seed);
        struct routing second = test_random_routing(b, &again);
        assert_true(str_equal(table_of(a, &first), table_of(b, &second)));
        arena_free(a);
        arena_free(b);
    }
}

static struct routing many_peers(struct arena *a, uint32_t n) {
    struct route_binding *b = ARENA_ARRAY(a, struct route_binding, n);
    for (uint32_t i = 0; i < n; i++)
        b[i] = (struct route_binding){.channel = STR("telegram"),
                                      .account = STR("default"),
                                      .agent = (int32_t)(i % 3),
                                      .peer = PEER_EXACT,
                                      .peer_kind = PEER_DIRECT,
                                      .peer_id = str_format(a, "%016u", i * 7),
                                      .dm_scope = SCOPE_NONE,
                                      .group_scope = SCOPE_NONE,
                                      .index = i};
    struct routing r = test_routing();
    r.bindings = b;
    r.n_bindings = n;
    return r;
}

static void is_small_and_sound_when_large(void **state) {
    (void)state;
    enum { N = 100000 };
    struct arena *a = arena_new();
    struct routing r = many_peers(a, N);
    struct str table = table_of(a, &r);
    assert_true(table.n <= (size_t)48 * N);
    struct buf out = buf_new(a);
    assert_true(table_verify(table, &out));
    struct clawrt *t;
    assert_int_equal(clawrt_open_memory(table.p, table.n, &t), CLAWRT_OK);
    char buffer[CLAWRT_BUFFER];
    for (uint32_t i = 0; i < N; i++) {
        struct clawrt_peer peer = {CLAWRT_TEXT("direct"), test_text(r.bindings[i].peer_id)};
        struct clawrt_query q = {.channel = CLAWRT_TEXT("telegram"), .peer = &peer};
        struct clawrt_answer answer;
        assert_int_equal(clawrt_route(t, &q, buffer, sizeof buffer, &answer), CLAWRT_OK);
        assert_int_equal(answer.binding, i);
    }
    clawrt_close(t);
    arena_free(a);
}

/* ---- hidden bindings ------------------------------------------------------------------------- */

static uint64_t list_entries(struct str table) {
    return clawt_get64((const unsigned char *)table.p + clawt_section_field(CLAWT_LISTS) + 8);
}

static void leaves_out_what_never_wins(void **state) {
    (void)state;
    static const struct str one[] = {TEXT("r1")}, two[] = {TEXT("r1"), TEXT("r2")};
    struct arena *a = arena_new();
    struct route_binding b[6];
    for (uint32_t i = 0; i < 6; i++)
        b[i] = (struct route_binding){.channel = STR("x"),
                                      .account = STR("default"),
                                      .dm_scope = SCOPE_NONE,
                                      .group_scope = SCOPE_NONE,
                                      .index = i};
    b[0].roles = two, b[0].n_roles = 2;                        /* stays */
    b[1].roles = one, b[1].n_roles = 1;                        /* any r1 has met the first */
    b[2].roles = one, b[2].n_roles = 1, b[2].guild = STR_NONE; /* the same */
    b[4].roles = one, b[4].n_roles = 1;                        /* behind one for everybody */
    struct routing r = test_routing();
    r.bindings = b;
    r.n_bindings = 6;
    struct str table = table_of(a, &r);
    assert_int_equal(list_entries(table), 2); /* 0 and 3 */
    arena_free(a);
}

/* A hundred thousand bindings on one key, none of which hides another: time stays linear. */
static void builds_long_lists(void **state) {
    (void)state;
    enum { N = 100000 };
    struct arena *a = arena_new();
    struct routing r = many_peers(a, N);
    struct route_binding *b = ARENA_ARRAY(a, struct route_binding, N);
    for (uint32_t i = 0; i < N; i++) {
        b[i] = r.bindings[i];
        b[i].guild = b[i].peer_id;
        b[i].peer_id = STR("one");
    }
    r.bindings = b;
    struct str table = table_of(a, &r);
    assert_int_equal(list_entries(table), N);
    arena_free(a);
}

/* ---- limits ---------------------------------------------------------------------------------- */

static void says_which_limit(void **state) {
    (void)state;
    struct arena *a = arena_new();
    struct buf out = buf_new(a);
    struct str error, agents[1];
    struct routing r = test_routing();
    r.gateway = STR("2026.9.6-with-a-suffix-of-more-than-forty-bytes");
    assert_false(table_build(&r, test_digest, &out, &error));
    assert_true(str_find(error, STR("version is too long"), 0) != SIZE_MAX);
    r = test_routing();
    char id[CLAWT_AGENT_ID_MAX + 1];
    memset(id, 'a', sizeof id);
    agents[0] = (struct str){id, sizeof id};
    r.agents = agents;
    r.n_agents = 1;
    assert_false(table_build(&r, test_digest, &out, &error));
    assert_true(str_find(error, STR("agent's id is too long"), 0) != SIZE_MAX);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dumps_every_fact),
        cmocka_unit_test(dumps_an_empty_table),
        cmocka_unit_test(describes_itself),
        cmocka_unit_test(is_deterministic),
        cmocka_unit_test(is_small_and_sound_when_large),
        cmocka_unit_test(leaves_out_what_never_wins),
        cmocka_unit_test(builds_long_lists),
        cmocka_unit_test(says_which_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
