/* Atomic publication: whatever happens to the writer, a reader finds the old table or the new one.
 */
#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "table/table_testing.h"

enum { KILLS = 300, PATH_MAX_TEST = 128 };

struct place {
    char folder[64], path[PATH_MAX_TEST];
    struct arena *arena;
};

static int set_up(void **state) {
    struct place *p = calloc(1, sizeof *p);
    if (!p) return -1;
    p->arena = arena_new();
    snprintf(p->folder, sizeof p->folder, "/tmp/clawc-publish-XXXXXX");
    if (!mkdtemp(p->folder)) return -1;
    snprintf(p->path, sizeof p->path, "%s/routes.clawt", p->folder);
    *state = p;
    return 0;
}

/* Calls `each` for every file of the folder; returns how many there are. */
static int walk(const char *folder, void (*each)(const char *path)) {
    int n = 0;
    DIR *d = opendir(folder);
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        char path[PATH_MAX_TEST + sizeof e->d_name];
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (each) each(path);
        n++;
    }
    closedir(d);
    return n;
}

static void remove_file(const char *path) {
    unlink(path);
}

static int tear_down(void **state) {
    struct place *p = *state;
    walk(p->folder, remove_file);
    int failed = rmdir(p->folder);
    arena_free(p->arena);
    free(p);
    return failed;
}

static int count_files(const char *folder) {
    return walk(folder, NULL);
}

static struct str some_bytes(struct arena *a, size_t n, char c) {
    char *p = arena_alloc(a, n);
    memset(p, c, n);
    return (struct str){p, n};
}

static void assert_file(struct place *p, struct str want) {
    struct str bytes, error;
    assert_true(table_read(p->arena, p->path, &bytes, &error));
    assert_true(str_equal(bytes, want));
}

static void publishes_and_replaces(void **state) {
    struct place *p = *state;
    struct str error, a = some_bytes(p->arena, 100000, 'a'), b = some_bytes(p->arena, 10, 'b');
    assert_true(table_publish(p->arena, p->path, a, &error));
    assert_file(p, a);
    assert_true(table_publish(p->arena, p->path, b, &error));
    assert_file(p, b);
    assert_int_equal(count_files(p->folder), 1);
}

/* A gateway of another user must be able to read it: the umask decides. */
static void leaves_the_mode_to_the_umask(void **state) {
    struct place *p = *state;
    struct str error;
    struct stat st;
    mode_t old = umask(022);
    assert_true(table_publish(p->arena, p->path, STR("x"), &error));
    umask(old);
    assert_int_equal(stat(p->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644);
}

static void says_why_it_cannot(void **state) {
    struct place *p = *state;
    struct str error;
    const char *nowhere = str_format(p->arena, "%s/no/such/folder/t", p->folder).p;
    assert_false(table_publish(p->arena, nowhere, STR("x"), &error));
    assert_true(str_find(error, STR("No such file"), 0) != SIZE_MAX);
    assert_false(table_publish(p->arena, p->folder, STR("x"), &error));
    assert_true(str_find(error, STR("not a regular file"), 0) != SIZE_MAX);
    assert_false(table_read(p->arena, nowhere, &error, &error));
    assert_false(table_read(p->arena, p->folder, &error, &error));
    assert_int_equal(count_files(p->folder), 0);
}

/* As if a full disk: a file may not grow beyond a limit. */
static void keeps_the_old_file_when_writing_fails(void **state) {
    struct place *p = *state;
    struct str error;
    assert_true(table_publish(p->arena, p->path, STR("old"), &error));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit limit = {1000, 1000};
        signal(SIGXFSZ, SIG_IGN);
        bool limited = setrlimit(RLIMIT_FSIZE, &limit) == 0;
        bool done = table_publish(p->arena, p->path, some_bytes(p->arena, 5000, 'n'), &error);
        _exit(limited && !done && str_find(error, STR("cannot write"), 0) != SIZE_MAX ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_file(p, STR("old"));
    assert_int_equal(count_files(p->folder), 1);
}

/* A name that somebody else has put there is neither followed nor overwritten. */
static void does_not_follow_links(void **state) {
    struct place *p = *state;
    struct str error;
    char temporary[PATH_MAX_TEST + 32], target[PATH_MAX_TEST];
    snprintf(temporary, sizeof temporary, "%s.%ld-0.tmp", p->path, (long)getpid());
    snprintf(target, sizeof target, "%s/target", p->folder);
    assert_int_equal(symlink(target, temporary), 0);
    assert_true(table_publish(p->arena, p->path, STR("new"), &error));
    assert_file(p, STR("new"));
    assert_int_equal(access(target, F_OK), -1);
}

/* ---- killed writers -------------------------------------------------------------------------- */

/* Publishes tables by turns until it is killed. */
static void publish_for_ever(struct place *p, struct str a, struct str b) {
    struct str error;
    for (;;)
        if (!table_publish(p->arena, p->path, a, &error) ||
            !table_publish(p->arena, p->path, b, &error))
            _exit(1);
}

static struct str made_table(struct arena *a, size_t n, int32_t agent) {
    struct route_binding *b = ARENA_ARRAY(a, struct route_binding, n);
    for (uint32_t i = 0; i < n; i++)
        b[i] = (struct route_binding){.channel = STR("telegram"),
                                      .account = STR("default"),
                                      .agent = agent,
                                      .peer = PEER_EXACT,
                                      .peer_kind = PEER_DIRECT,
                                      .peer_id = str_format(a, "%u", 1000 + i),
                                      .dm_scope = SCOPE_NONE,
                                      .group_scope = SCOPE_NONE,
                                      .index = i};
    struct routing r = test_routing();
    r.bindings = b;
    r.n_bindings = n;
    struct buf out = buf_new(a);
    struct str error;
    assert_true(table_build(&r, test_digest, &out, &error));
    return buf_str(&out);
}

static void assert_whole_table(struct place *p) {
    struct clawrt *table;
    assert_int_equal(clawrt_open(p->path, &table), CLAWRT_OK);
    assert_int_equal(clawrt_verify(table), CLAWRT_OK);
    static const struct clawrt_peer peer = {CLAWRT_TEXT("direct"), CLAWRT_TEXT("1001")};
    struct clawrt_query q = {.channel = CLAWRT_TEXT("telegram"), .peer = &peer};
    char buffer[CLAWRT_BUFFER];
    struct clawrt_answer answer;
    assert_int_equal(clawrt_route(table, &q, buffer, sizeof buffer, &answer), CLAWRT_OK);
    assert_int_equal(answer.tier, CLAWRT_BY_PEER);
    clawrt_close(table);
}

static void survives_killed_writers(void **state) {
    struct place *p = *state;
    struct str error;
    struct str a = made_table(p->arena, 2000, 1), b = made_table(p->arena, 3000, 2);
    assert_true(table_publish(p->arena, p->path, a, &error));
    uint64_t seed = 99;
    int saw_a = 0, saw_b = 0;
    for (int i = 0; i < KILLS; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) publish_for_ever(p, b, a);
        struct timespec pause = {0, (long)test_random(&seed, 4000000)};
        nanosleep(&pause, NULL);
        assert_whole_table(p); /* while it writes */
        kill(child, SIGKILL);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        assert_whole_table(p);
        struct str bytes;
        assert_true(table_read(p->arena, p->path, &bytes, &error));
        assert_true(str_equal(bytes, a) || str_equal(bytes, b));
        if (str_equal(bytes, a))
            saw_a++;
        else
            saw_b++;
    }
    assert_true(saw_a > 0 && saw_b > 0); /* the writers did get to publish */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(publishes_and_replaces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(leaves_the_mode_to_the_umask, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_why_it_cannot, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_the_old_file_when_writing_fails, set_up, tear_down),
        cmocka_unit_test_setup_teardown(does_not_follow_links, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_killed_writers, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
