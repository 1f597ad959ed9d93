/* The runtime as a caller sees it: files, errors, buffers, what an answer holds. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "table/table_testing.h"

static const struct clawrt_peer alice = {CLAWRT_TEXT("direct"), CLAWRT_TEXT("7192195698")};

struct fixture {
    char path[64];
    unsigned char *bytes;
    size_t size;
    struct clawrt *table;
};

static int set_up(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    if (!f) return -1;
    struct routing r = test_routing();
    f->bytes = test_table(&r, &f->size);
    snprintf(f->path, sizeof f->path, "/tmp/clawrt-test-XXXXXX");
    int fd = mkstemp(f->path);
    if (fd < 0 || write(fd, f->bytes, f->size) != (ssize_t)f->size || close(fd) != 0) return -1;
    *state = f;
    return clawrt_open(f->path, &f->table) == CLAWRT_OK ? 0 : -1;
}

static int tear_down(void **state) {
    struct fixture *f = *state;
    clawrt_close(f->table);
    unlink(f->path);
    free(f->bytes);
    free(f);
    return 0;
}

static void assert_text(struct clawrt_text got, const char *want) {
    assert_int_equal(got.n, strlen(want));
    assert_memory_equal(got.p, want, got.n);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void refuses_what_is_no_table(void **state) {
    struct fixture *f = *state;
    struct clawrt *t = f->table;
    assert_int_equal(clawrt_open("/nonexistent/routes.clawt", &t), CLAWRT_CANNOT_OPEN);
    assert_int_equal(errno, ENOENT);
    assert_null(t);
    assert_int_equal(clawrt_open("/tmp", &t), CLAWRT_NOT_A_TABLE);
    assert_int_equal(clawrt_open("/dev/null", &t), CLAWRT_NOT_A_TABLE);
    char path[] = "/tmp/clawrt-empty-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(clawrt_open(path, &t), CLAWRT_NOT_A_TABLE);
    static const char json[] = "{ \"agents\": { \"entries\": {} } }";
    assert_int_equal(write(fd, json, sizeof json - 1), sizeof json - 1);
    assert_int_equal(clawrt_open(path, &t), CLAWRT_NOT_A_TABLE);
    close(fd);
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(clawrt_open(path, &t), CLAWRT_NOT_A_TABLE); /* and does not wait */
    unlink(path);
    clawrt_close(NULL);
}

static void describes_the_table(void **state) {
    struct fixture *f = *state;
    struct clawrt_info info;
    clawrt_get_info(f->table, &info);
    assert_int_equal(info.major, 1);
    assert_int_equal(info.minor, 0);
    assert_text(info.gateway, "2026.9.6");
    assert_memory_equal(info.source_digest, test_digest, TABLE_DIGEST);
    assert_int_equal(info.size, f->size);
    assert_int_equal(info.bindings, 8);
    assert_int_equal(info.agents, 3);
    assert_true(info.has_scopes);
    assert_int_equal(clawrt_verify(f->table), CLAWRT_OK);
}

static void has_a_sentence_for_every_status(void **state) {
    (void)state;
    for (int i = 0; i < CLAWRT_STATUS_COUNT; i++) {
        const char *text = clawrt_strerror((enum clawrt_status)i);
        assert_non_null(text);
        assert_string_not_equal(text, "unknown error");
        for (int j = 0; j < i; j++)
            assert_string_not_equal(text, clawrt_strerror((enum clawrt_status)j));
    }
    assert_string_equal(clawrt_strerror(CLAWRT_STATUS_COUNT), "unknown error");
    assert_string_equal(clawrt_strerror((enum clawrt_status) - 1), "unknown error");
}

/* A table that is open stays what it was when another is renamed over it. */
static void keeps_its_file(void **state) {
    struct fixture *f = *state;
    struct arena *a = arena_new();
    struct str error;
    assert_true(table_publish(a, f->path, STR("something else"), &error));
    assert_int_equal(clawrt_verify(f->table), CLAWRT_OK);
    struct clawrt *t;
    assert_int_equal(clawrt_open(f->path, &t), CLAWRT_NOT_A_TABLE);
    arena_free(a);
}

/* ---- answers --------------------------------------------------------------------------------- */

static void answers_with_every_field(void **state) {
    struct fixture *f = *state;
    struct clawrt_query q = {.channel = CLAWRT_TEXT(" Telegram"), .peer = &alice};
    char buffer[CLAWRT_BUFFER];
    struct clawrt_answer a;
    assert_int_equal(clawrt_route(f->table, &q, buffer, sizeof buffer, &a), CLAWRT_OK);
    assert_text(a.agent_id, "work");
    assert_text(a.channel, "telegram");
    assert_text(a.account_id, "default");
    assert_text(a.dm_scope, "per-peer");
    assert_text(a.group_scope, "per-group");
    assert_text(a.session_key, "agent:work:direct:alice"); /* by the identity link */
    assert_text(a.main_session_key, "agent:work:main");
    assert_text(a.last_route_policy, "session");
    assert_text(a.matched_by, "binding.peer");
    assert_int_equal(a.tier, CLAWRT_BY_PEER);
    assert_int_equal(a.binding, 0);
}

static void echoes_unknown_scopes(void **state) {
    struct fixture *f = *state;
    struct clawrt_query q = {.channel = CLAWRT_TEXT("irc"),
                             .peer = &alice,
                             .dm_scope = CLAWRT_TEXT("Per-Peer"),
                             .group_scope = CLAWRT_TEXT("")};
    char buffer[CLAWRT_BUFFER];
    struct clawrt_answer a;
    assert_int_equal(clawrt_route(f->table, &q, buffer, sizeof buffer, &a), CLAWRT_OK);
    assert_text(a.dm_scope, "Per-Peer");
    assert_text(a.group_scope, "");
    assert_text(a.session_key, "agent:main:main");
    assert_text(a.last_route_policy, "main");
    assert_text(a.matched_by, "default");
    assert_int_equal(a.binding, CLAWRT_NO_BINDING);
}

static void takes_an_agent_from_the_caller(void **state) {
    struct fixture *f = *state;
    struct clawrt_query q = {.channel = CLAWRT_TEXT("irc"),
                             .default_agent_id = CLAWRT_TEXT(" A-B_C")};
    char buffer[CLAWRT_BUFFER];
    struct clawrt_answer a;
    assert_int_equal(clawrt_route(f->table, &q, buffer, sizeof buffer, &a), CLAWRT_OK);
    assert_text(a.agent_id, "a-b_c");
    /* `other` is what a binding yields, not an agent of the roster. */
    q.default_agent_id = (struct clawrt_text){"other", 5};
    assert_int_equal(clawrt_route(f->table, &q, buffer, sizeof buffer, &a), CLAWRT_NO_AGENT);
    assert_text(a.channel, "irc");
    assert_int_equal(a.tier, CLAWRT_BY_DEFAULT);
}

/* ---- buffers --------------------------------------------------------------------------------- */

static void says_when_the_buffer_is_small(void **state) {
    struct fixture *f = *state;
    struct clawrt_query q = {.channel = CLAWRT_TEXT("telegram"), .peer = &alice};
    struct clawrt_answer a;
    char buffer[CLAWRT_BUFFER];
    size_t room = clawrt_room(f->table, &q);
    assert_true(room > 0 && room <= sizeof buffer);
    assert_int_equal(clawrt_route(f->table, &q, buffer, room - 1, &a), CLAWRT_SMALL_BUFFER);
    assert_int_equal(clawrt_route(f->table, &q, NULL, 0, &a), CLAWRT_SMALL_BUFFER);
    assert_int_equal(clawrt_route(f->table, &q, buffer, room, &a), CLAWRT_OK);
    q.channel.n = (size_t)1 << 30;
    assert_int_equal(clawrt_room(f->table, &q), 0);
    assert_int_equal(clawrt_route(f->table, &q, buffer, sizeof buffer, &a), CLAWRT_LONG_TEXT);
}

/* CLAWRT_BUFFER keeps the promise of its comment, wherever the 256 bytes are. */
static void usual_buffer_is_enough(void **state) {
    struct fixture *f = *state;
    char text[256];
    memset(text, 'x', sizeof text);
    struct clawrt_text all = {text, sizeof text}, none = {NULL, 0};
    struct clawrt_peer id = {none, all}, kind = {all, none};
    struct clawrt_query queries[] = {{.channel = all},
                                     {.account = all},
                                     {.default_agent_id = all},
                                     {.peer = &id},
                                     {.peer = &kind}};
    for (size_t i = 0; i < COUNT(queries); i++)
        assert_true(clawrt_room(f->table, &queries[i]) - 4 * strlen("Alice") + (size_t)4 * 256 <=
                    CLAWRT_BUFFER);
}

/* Texts that grow when they are lower-cased, in every place, with a buffer of its exact size. */
static void has_room_for_growing_texts(void **state) {
    struct fixture *f = *state;
    static const size_t letters = 3000;
    char *text = malloc(2 * letters); /* U+023A: two bytes that become three */
    assert_non_null(text);
    for (size_t i = 0; i < letters; i++) {
        text[2 * i] = (char)0xc8;
        text[2 * i + 1] = (char)0xba;
    }
    struct clawrt_text grows = {text, 2 * letters};
    struct clawrt_peer peers[] = {
        {CLAWRT_TEXT("direct"), grows}, {CLAWRT_TEXT("group"), grows}, {grows, grows}};
    static const struct clawrt_text scope = CLAWRT_TEXT("per-account-channel-peer");
    for (size_t i = 0; i < COUNT(peers); i++) {
        struct clawrt_query q = {.channel = grows,
                                 .account = grows,
                                 .peer = &peers[i],
                                 .default_agent_id = grows,
                                 .dm_scope = scope};
        size_t room = clawrt_room(f->table, &q);
        char *buffer = malloc(room);
        assert_non_null(buffer);
        struct clawrt_answer a;
        assert_int_equal(clawrt_route(f->table, &q, buffer, room, &a), CLAWRT_OK);
        assert_int_equal(a.channel.n, 3 * letters);
        assert_true(a.session_key.n >= 6 * letters);
        free(buffer);
    }
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refuses_what_is_no_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(describes_the_table, set_up, tear_down),
        cmocka_unit_test(has_a_sentence_for_every_status),
        cmocka_unit_test_setup_teardown(keeps_its_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answers_with_every_field, set_up, tear_down),
        cmocka_unit_test_setup_teardown(echoes_unknown_scopes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_an_agent_from_the_caller, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_when_the_buffer_is_small, set_up, tear_down),
        cmocka_unit_test_setup_teardown(usual_buffer_is_enough, set_up, tear_down),
        cmocka_unit_test_setup_teardown(has_room_for_growing_texts, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
