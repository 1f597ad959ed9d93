#define _DEFAULT_SOURCE /* _SC_NPROCESSORS_ONLN, which POSIX does not have yet */
#define _DARWIN_C_SOURCE
#include "base/workers.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* As much as a main thread has: elsewhere than on Linux others have far less. */
enum { STACK_SIZE = 8 * 1024 * 1024 };

struct job {
    size_t n;
    atomic_size_t next;
    void (*work)(void *user, size_t worker, size_t item);
    void *user;
};

struct worker {
    struct job *job;
    size_t number;
    pthread_t thread;
};

size_t workers_online(void) {
#ifdef _SC_NPROCESSORS_ONLN
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    if (n > 1) return (size_t)n;
#endif
    return 1;
}

static void *run(void *argument) {
    const struct worker *w = argument;
    for (;;) {
        size_t item = atomic_fetch_add(&w->job->next, 1);
        if (item >= w->job->n) return NULL;
        w->job->work(w->job->user, w->number, item);
    }
}

void workers_run(size_t workers, size_t n, void (*work)(void *user, size_t worker, size_t item),
                 void *user) {
    struct job job = {.n = n, .work = work, .user = user};
    struct worker self = {.job = &job};
    struct worker *others = workers > 1 ? calloc(workers - 1, sizeof *others) : NULL;
    size_t started = 0;
    pthread_attr_t attributes;
    atomic_init(&job.next, 0);
    if (others && pthread_attr_init(&attributes) == 0) {
        (void)pthread_attr_setstacksize(&attributes, STACK_SIZE);
        for (; started + 1 < workers; started++) {
            others[started] = (struct worker){.job = &job, .number = started + 1};
            if (pthread_create(&others[started].thread, &attributes, run, &others[started]) != 0)
                break;
        }
        (void)pthread_attr_destroy(&attributes);
    }
    run(&self);
    for (size_t i = 0; i < started; i++) (void)pthread_join(others[i].thread, NULL);
    free(others);
}
