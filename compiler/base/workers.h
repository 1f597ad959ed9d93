/* The same work on many things, by several threads. */
#ifndef CLAWC_BASE_WORKERS_H
#define CLAWC_BASE_WORKERS_H

#include <stddef.h>

/* How many processors this machine has online; at least 1. */
size_t workers_online(void);

/* Calls `work` once for every item from 0 to `n` - 1, and returns when all are done. `worker` tells
 * the threads apart, from 0 to `workers` - 1: one does one item at a time, each begins with the
 * lowest that is left. The calling thread is number 0; with one worker there is no other, and when
 * the machine has no threads left, fewer than asked for. */
void workers_run(size_t workers, size_t n, void (*work)(void *user, size_t worker, size_t item),
                 void *user);

#endif
