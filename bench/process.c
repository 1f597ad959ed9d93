/* Times a command as a whole process.
 *
 *     process RUNS COMMAND [ARG...]
 *
 * Runs it RUNS times after one warm-up, with its output thrown away, and prints the medians: wall
 * milliseconds, milliseconds of CPU (user and system), and the largest resident memory in KiB, as
 * the operating system accounts for it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct sample {
    double wall, cpu;
    long memory;
};

static double milliseconds(struct timeval t) {
    return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void run_child(char **command) {
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(null, 1);
    dup2(null, 2);
    execvp(command[0], command);
    _exit(127);
}

/* A process between us and the command, so that RUSAGE_CHILDREN is of this command alone. */
static struct sample measure(char **command) {
    int ends[2];
    struct sample s = {0};
    if (pipe(ends) != 0) exit(4);
    pid_t outer = fork();
    if (outer == 0) {
        double start = now();
        pid_t inner = fork();
        if (inner == 0) run_child(command);
        int status;
        waitpid(inner, &status, 0);
        s.wall = now() - start;
        struct rusage used;
        getrusage(RUSAGE_CHILDREN, &used);
        s.cpu = milliseconds(used.ru_utime) + milliseconds(used.ru_stime);
        s.memory = used.ru_maxrss;
        ssize_t wrote = write(ends[1], &s, sizeof s);
        _exit(wrote == (ssize_t)sizeof s && WIFEXITED(status) && WEXITSTATUS(status) != 127 ? 0
                                                                                            : 1);
    }
    int status;
    ssize_t got = read(ends[0], &s, sizeof s);
    waitpid(outer, &status, 0);
    close(ends[0]);
    close(ends[1]);
    if (got != (ssize_t)sizeof s || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "process: cannot run %s\n", command[0]);
        exit(4);
    }
    return s;
}

static int by_double(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, long n) {
    qsort(v, (size_t)n, sizeof *v, by_double);
    return v[n / 2];
}

int main(int argc, char **argv) {
    enum { RUNS_MAX = 200 };
    double wall[RUNS_MAX], cpu[RUNS_MAX];
    long memory = 0;
    long runs = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
    if (runs < 1 || runs > RUNS_MAX) {
        fputs("usage: process RUNS COMMAND [ARG...]\n", stderr);
        return 3;
    }
    measure(argv + 2);
    for (long i = 0; i < runs; i++) {
        struct sample s = measure(argv + 2);
        wall[i] = s.wall;
        cpu[i] = s.cpu;
        if (s.memory > memory) memory = s.memory;
    }
    printf("%8.1f ms  %8.1f ms CPU  %8ld KiB\n", median(wall, runs), median(cpu, runs), memory);
    return 0;
}
