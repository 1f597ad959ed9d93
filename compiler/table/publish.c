/* Files: replacing one atomically, reading one whole. */
#include "table/table.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

enum { FILE_MODE = 0644, TEMPORARY_TRIES = 100 };

static bool fail(struct arena *a, struct str *error, const char *what, const char *path) {
    *error = str_format(a, "%s: cannot %s: %s", path, what, strerror(errno));
    return false;
}

/* ---- publishing ------------------------------------------------------------------------------ */

/* The folder of `path`: "." where it names none. */
static const char *folder_of(struct arena *a, const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash) return ".";
    size_t n = slash == path ? 1 : (size_t)(slash - path);
    return str_to_c(a, (struct str){path, n});
}

/* Creates "PATH.PID-N.tmp". Not mkstemp: its mode would make the published table unreadable for
 * the gateway's user; here the umask decides, as for any file that a compiler writes. */
static int open_temporary(struct arena *a, const char *path, const char **name) {
    for (int i = 0; i < TEMPORARY_TRIES; i++) {
        *name = str_format(a, "%s.%ld-%d.tmp", path, (long)getpid(), i).p;
        int fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
        if (fd >= 0 || errno != EEXIST) return fd;
    }
    return -1;
}

static bool write_all(int fd, struct str bytes) {
    for (size_t at = 0; at < bytes.n;) {
        ssize_t n = write(fd, bytes.p + at, bytes.n - at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        at += (size_t)n;
    }
    return true;
}

/* Names the step that failed, NULL when none did; errno is that step's. */
static const char *fill(int fd, struct str bytes) {
    const char *step = NULL;
    if (!write_all(fd, bytes))
        step = "write";
    else if (fsync(fd) != 0)
        step = "sync";
    int saved = errno;
    /* An error of close after a good fsync loses nothing. */
    close(fd);
    errno = saved;
    return step;
}

static bool sync_folder(const char *folder) {
    int fd = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (fd < 0) return false;
    /* Some file systems cannot sync a folder (EINVAL) and do not need it. */
    bool done = fsync(fd) == 0 || errno == EINVAL;
    int saved = errno;
    close(fd);
    errno = saved;
    return done;
}

bool table_publish(struct arena *a, const char *path, struct str bytes, struct str *error) {
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        *error = str_format(a, "%s: is not a regular file; a table is not written over it", path);
        return false;
    }
    const char *temporary;
    int fd = open_temporary(a, path, &temporary);
    if (fd < 0) return fail(a, error, "write", path);
    const char *step = fill(fd, bytes);
    if (!step && rename(temporary, path) != 0) step = "replace";
    if (step) {
        fail(a, error, step, path);
        unlink(temporary);
        return false;
    }
    const char *folder = folder_of(a, path);
    return sync_folder(folder) || fail(a, error, "sync the folder", folder);
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool read_all(struct arena *a, int fd, size_t size, struct str *bytes) {
    char *p = arena_alloc(a, size);
    size_t at = 0;
    while (at < size) {
        ssize_t n = read(fd, p + at, size - at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        if (n == 0) break;
        at += (size_t)n;
    }
    *bytes = (struct str){p, at};
    return true;
}

bool table_read(struct arena *a, const char *path, struct str *bytes, struct str *error) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd < 0) return fail(a, error, "open", path);
    bool done = false;
    if (fstat(fd, &st) != 0)
        fail(a, error, "read", path);
    else if (!S_ISREG(st.st_mode))
        *error = str_format(a, "%s: is not a regular file", path);
    else
        done = read_all(a, fd, (size_t)st.st_size, bytes) || fail(a, error, "read", path);
    close(fd);
    return done;
}
