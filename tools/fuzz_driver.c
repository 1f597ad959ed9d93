/* Runs a fuzz target without libFuzzer: first every file of the corpus, then mutations of them
 * until the time is up. Build it with the sanitizers; a fault ends the program and leaves its input
 * in `fuzz-crash.bin`.
 *
 *   TARGET SECONDS CORPUS...          files, or directories whose files are taken (not deeper)
 *   TARGET -runs=N CORPUS...          N mutations instead
 *   ... -seed=S                       another order of mutations (printed at the start) */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 16, PATH_ROOM = 4096 };

struct input {
    uint8_t *data;
    size_t size;
};

static struct input *corpus;
static size_t corpus_count;
static uint8_t work[INPUT_MAX];
static volatile sig_atomic_t work_size;
static uint64_t state;

/* xorshift64*: the same numbers on every machine. */
static uint64_t random_below(uint64_t n) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (state * UINT64_C(2685821657736338717) >> 16) % (n ? n : 1);
}

static void die(const char *what, const char *name) {
    fprintf(stderr, "fuzz: %s: %s\n", what, name);
    exit(4);
}

static void add_file(const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f) die("cannot read", path);
    struct input in = {malloc(INPUT_MAX), 0};
    corpus = realloc(corpus, (corpus_count + 1) * sizeof *corpus);
    if (!in.data || !corpus) die("no memory for", path);
    in.size = fread(in.data, 1, INPUT_MAX, f);
    fclose(f);
    corpus[corpus_count++] = in;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The files of a directory in the order of their names, so that a seed means the same everywhere.
 */
static void add_directory(const char *path) {
    DIR *d = opendir(path);
    if (!d) die("cannot read", path);
    char **names = NULL;
    size_t n = 0;
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        char name[PATH_ROOM];
        struct stat st;
        int length = snprintf(name, sizeof name, "%s/%s", path, e->d_name);
        if (length >= PATH_ROOM || stat(name, &st) != 0 || !S_ISREG(st.st_mode)) continue;
        names = realloc(names, (n + 1) * sizeof *names);
        if (!names || !(names[n++] = strdup(name))) die("no memory for", path);
    }
    closedir(d);
    if (n) qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++) {
        add_file(names[i]);
        free(names[i]);
    }
    free(names);
}

static void add_path(const char *path) {
    struct stat st;
    if (stat(path, &st) != 0) die("cannot read", path);
    if (S_ISDIR(st.st_mode))
        add_directory(path);
    else
        add_file(path);
}

/* Writes the input of a crash with what a signal handler may call. */
static void on_crash(int signal_number) {
    int fd = open("fuzz-crash.bin", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd >= 0) {
        if (write(fd, work, (size_t)work_size) < 0) _exit(4);
        close(fd);
    }
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void run_input(const uint8_t *data, size_t size) {
    memmove(work, data, size);
    work_size = (sig_atomic_t)size;
    LLVMFuzzerTestOneInput(work, size);
}

/* Replaces [at, at + out) by `n` bytes, as far as there is room. */
static size_t splice(size_t size, size_t at, size_t out, const uint8_t *in, size_t n) {
    if (size - out + n > INPUT_MAX) n = INPUT_MAX - (size - out);
    memmove(work + at + n, work + at + out, size - at - out);
    memcpy(work + at, in, n);
    return size - out + n;
}

static size_t mutate(size_t size) {
    static const char *const bits[] = {
        "\"", "'",  "\\", "\\u", "{", "}", "[", "]", ",", ":", "/*",           "*/",   "//",
        "\n", "\r", "0",  "-",   "e", "x", "(", ")", "$", "#", "\xe2\x80\xa8", "\xff", "null"};
    size_t at = random_below(size + 1), rest = size - at;
    switch (random_below(6)) {
    case 0: /* change a byte */
        if (rest) work[at] = (uint8_t)random_below(256);
        return size;
    case 1: /* take out a few */
        return splice(size, at, random_below((rest > 16 ? 16 : rest) + 1), work, 0);
    case 2: { /* a byte of any kind */
        uint8_t byte = (uint8_t)random_below(256);
        return splice(size, at, 0, &byte, 1);
    }
    case 3: { /* a token */
        const char *bit = bits[random_below(sizeof bits / sizeof *bits)];
        return splice(size, at, 0, (const uint8_t *)bit, strlen(bit));
    }
    default: { /* a part of another input */
        const struct input *other = &corpus[random_below(corpus_count)];
        size_t from = random_below(other->size + 1);
        size_t n = random_below((other->size - from > 64 ? 64 : other->size - from) + 1);
        return splice(size, at, random_below((rest > 16 ? 16 : rest) + 1), other->data + from, n);
    }
    }
}

static void run_mutation(void) {
    const struct input *in = &corpus[random_below(corpus_count)];
    size_t size = in->size;
    memcpy(work, in->data, size);
    for (uint64_t i = random_below(5) + 1; i > 0; i--) size = mutate(size);
    work_size = (sig_atomic_t)size;
    LLVMFuzzerTestOneInput(work, size);
}

int main(int argc, char **argv) {
    long seconds = -1, runs = -1;
    unsigned long long seed = 1;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "-runs=", 6) == 0)
            runs = strtol(argv[i] + 6, NULL, 10);
        else if (strncmp(argv[i], "-seed=", 6) == 0)
            seed = strtoull(argv[i] + 6, NULL, 10);
        else if (seconds < 0 && runs < 0)
            seconds = strtol(argv[i], NULL, 10);
        else
            add_path(argv[i]);
    }
    if ((seconds < 0 && runs < 0) || !corpus_count) {
        fprintf(stderr, "usage: %s SECONDS|-runs=N [-seed=S] FILE|DIRECTORY...\n", argv[0]);
        return 3;
    }
    signal(SIGABRT, on_crash);
    signal(SIGSEGV, on_crash);
    state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    time_t end = time(NULL) + (seconds > 0 ? seconds : 0);
    for (size_t i = 0; i < corpus_count; i++) run_input(corpus[i].data, corpus[i].size);
    long done = 0;
    while (runs >= 0 ? done < runs : time(NULL) < end) {
        run_mutation();
        done++;
    }
    printf("%s: seed %llu, %zu files, %ld mutations, no fault\n", argv[0], seed, corpus_count,
           done);
    return 0;
}
