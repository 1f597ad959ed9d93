/* Many threads route through one table. Says something under the thread sanitizer
 * (`make unit B=build/tsan SAN=thread`), and checks that answers do not mix elsewhere. */
#include <pthread.h>

#include "table/table_testing.h"

enum { THREADS = 4, PEERS = 200, ROUNDS = 50 };

struct job {
    const struct clawrt *table;
    uint32_t start;
    uint32_t wrong;
};

static void *route_all(void *argument) {
    struct job *job = argument;
    char buffer[CLAWRT_BUFFER], id[16], want[64];
    for (uint32_t i = 0; i < PEERS * ROUNDS; i++) {
        uint32_t peer = (job->start + i) % PEERS;
        snprintf(id, sizeof id, "%u", peer);
        snprintf(want, sizeof want, "agent:%s:telegram:direct:%u", peer % 2 ? "work" : "a-b_c",
                 peer);
        struct clawrt_peer p = {CLAWRT_TEXT("direct"), {id, strlen(id)}};
        struct clawrt_query q = {.channel = CLAWRT_TEXT("telegram"), .peer = &p};
        struct clawrt_answer answer;
        if (clawrt_route(job->table, &q, buffer, sizeof buffer, &answer) != CLAWRT_OK ||
            answer.session_key.n != strlen(want) ||
            memcmp(answer.session_key.p, want, answer.session_key.n) != 0)
            job->wrong++;
    }
    return NULL;
}

static void threads_share_a_table(void **state) {
    (void)state;
    struct arena *a = arena_new();
    struct route_binding *b = ARENA_ARRAY(a, struct route_binding, PEERS);
    for (uint32_t i = 0; i < PEERS; i++)
        b[i] = (struct route_binding){.channel = STR("telegram"),
                                      .account = STR("default"),
                                      .agent = i % 2 ? 1 : 2,
                                      .peer = PEER_EXACT,
                                      .peer_kind = PEER_DIRECT,
                                      .peer_id = str_format(a, "%u", i),
                                      .dm_scope = SCOPE_NONE,
                                      .group_scope = SCOPE_NONE,
                                      .index = i};
    struct routing r = test_routing();
    r.bindings = b;
    r.n_bindings = PEERS;
    size_t size;
    unsigned char *bytes = test_table(&r, &size);
    struct clawrt *table;
    assert_int_equal(clawrt_open_memory(bytes, size, &table), CLAWRT_OK);
    pthread_t threads[THREADS];
    struct job jobs[THREADS];
    for (uint32_t i = 0; i < THREADS; i++) {
        jobs[i] = (struct job){table, i * 50, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, route_all, &jobs[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(jobs[i].wrong, 0);
    }
    clawrt_close(table);
    free(bytes);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(threads_share_a_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
