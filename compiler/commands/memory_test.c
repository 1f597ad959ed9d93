/* Without memory: whichever allocation of a run fails, the program says so and ends with code 4,
 * and nothing has been written. Each attempt is a process of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "commands/run.h"

enum { ATTEMPTS_MAX = 5000 };

static const char config[] = "examples/family-work-public/openclaw.json5";

struct ending {
    int code; /* -1: killed by a signal */
    char errors[4096];
};

/* In the child: the command, as main does it. */
static _Noreturn void run_child(enum exit_code (*command)(struct run *), struct options o,
                                size_t countdown) {
    struct run run;
    enum exit_code code;
    arena_fail_after(countdown);
    struct arena *a = arena_new();
    ARRAY_PUSH(a, o.arguments.list) = config;
    if (run_begin(&run, a, &o, config, &code)) code = command(&run);
    arena_free(a);
    exit((int)code);
}

/* Reads until the end; what does not fit is dropped. */
static void read_all(int fd, char *p, size_t size) {
    char rest[4096];
    for (size_t n = 0;;) {
        ssize_t got = read(fd, rest, sizeof rest);
        if (got <= 0) break;
        size_t room = size - n, kept = (size_t)got < room ? (size_t)got : room;
        memcpy(p + n, rest, kept);
        n += kept;
    }
    close(fd);
}

static struct ending attempt(enum exit_code (*command)(struct run *), const struct options *o,
                             size_t countdown) {
    struct ending e = {0};
    int errors[2], status;
    assert_int_equal(pipe(errors), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (!freopen("/dev/null", "w", stdout) || dup2(errors[1], STDERR_FILENO) < 0) _exit(126);
        close(errors[0]);
        run_child(command, *o, countdown);
    }
    close(errors[1]);
    read_all(errors[0], e.errors, sizeof e.errors - 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    e.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return e;
}

/* Lets each allocation fail in turn until the command gets through; returns how many failed. */
static size_t fail_each(enum exit_code (*command)(struct run *), const struct options *o,
                        enum exit_code expected) {
    for (size_t n = 1; n < ATTEMPTS_MAX; n++) {
        struct ending e = attempt(command, o, n);
        if (e.code == (int)expected) return n - 1;
        if (e.code != EXIT_MACHINE) print_message("allocation %zu: %s\n", n, e.errors);
        assert_int_equal(e.code, EXIT_MACHINE);
        assert_non_null(strstr(e.errors, "clawc: the machine has no memory left for this run\n"));
        assert_true(!o->output_file || access(o->output_file, F_OK) != 0);
    }
    fail_msg("more allocations than ever");
    return 0;
}

static void audit_without_memory(void **state) {
    (void)state;
    static const char *const formats[] = {"text", "json", "sarif"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct options o = {.command = command_find("audit"), .format = formats[i]};
        assert_true(fail_each(command_audit, &o, EXIT_FINDINGS) > 10);
    }
}

static void compile_without_memory(void **state) {
    (void)state;
    char folder[] = "/tmp/clawc-memory-XXXXXX", table[64];
    assert_non_null(mkdtemp(folder));
    snprintf(table, sizeof table, "%s/t.clawt", folder);
    struct options o = {
        .command = command_find("compile"), .output_file = table, .fail_on = "never"};
    assert_true(fail_each(command_compile, &o, EXIT_FINE) > 10);
    assert_int_equal(unlink(table), 0);
    assert_int_equal(rmdir(folder), 0); /* empty: nothing was left behind */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audit_without_memory),
        cmocka_unit_test(compile_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
