#include "load/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "source/source.h"

/* ---- paths as text -----------------------------------------------------------------------------
 */

static void add_components(struct buf *b, struct str path) {
    for (size_t at = 0; at < path.n;) {
        size_t end = str_find(path, STR("/"), at);
        if (end == SIZE_MAX) end = path.n;
        struct str part = str_slice(path, at, end);
        at = end + 1;
        if (!part.n || str_equal(part, STR("."))) continue;
        if (str_equal(part, STR(".."))) {
            while (b->n && b->p[b->n - 1] != '/') b->n--;
            if (b->n) b->n--;
            continue;
        }
        buf_add_char(b, '/');
        buf_add(b, part);
    }
}

struct str files_absolute(struct arena *a, struct str base, struct str path) {
    struct buf b = buf_new(a);
    if (!str_starts(path, STR("/"))) add_components(&b, base);
    add_components(&b, path);
    return b.n ? str_copy(a, buf_str(&b)) : STR("/");
}

struct str files_directory(struct str path) {
    while (path.n > 1 && path.p[path.n - 1] != '/') path.n--;
    if (path.n > 1) path.n--;
    return path;
}

bool files_inside(struct str outer, struct str inner) {
    if (str_equal(outer, STR("/"))) return true;
    return str_starts(inner, outer) && (inner.n == outer.n || inner.p[outer.n] == '/');
}

struct str files_relative(struct arena *a, struct str from, struct str path) {
    struct buf b = buf_new(a);
    while (!files_inside(from, path)) {
        buf_add(&b, STR("../"));
        from = files_directory(from);
    }
    size_t skip = str_equal(from, STR("/")) ? 1 : from.n + 1;
    buf_add(&b, str_slice(path, skip, path.n));
    return b.n ? buf_str(&b) : STR(".");
}

/* ---- the machine's files -----------------------------------------------------------------------
 */

static enum file_status status_of_errno(void) {
    return errno == ENOENT || errno == ENOTDIR ? FILE_MISSING : FILE_UNREADABLE;
}

static enum file_status machine_real_path(void *context, struct arena *a, const char *path,
                                          struct str *real) {
    (void)context;
    char *resolved = realpath(path, NULL);
    if (!resolved) return status_of_errno();
    *real = str_copy(a, str_from(resolved));
    free(resolved);
    return FILE_OK;
}

/* Opens `below` step by step, so that a link that is put in place meanwhile cannot lead outside. */
static int open_below(struct arena *a, struct str root, struct str below) {
    int directory = open(str_to_c(a, root), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    for (size_t at = 0; directory >= 0;) {
        while (at < below.n && below.p[at] == '/') at++;
        size_t end = str_find(below, STR("/"), at);
        bool last = end == SIZE_MAX;
        struct str part = str_slice(below, at, last ? below.n : end);
        int flags =
            O_RDONLY | O_NOFOLLOW | O_CLOEXEC | (last ? O_NONBLOCK | O_NOCTTY : O_DIRECTORY);
        int next = openat(directory, part.n ? str_to_c(a, part) : ".", flags);
        int why = errno;
        close(directory);
        errno = why;
        if (last) return next;
        directory = next;
        at = end;
    }
    return directory;
}

/* All of a regular file of `size` bytes; a file that grows meanwhile is refused. */
static enum file_status read_whole(struct arena *a, int fd, size_t size, struct str *text) {
    char *p = arena_alloc(a, size + SOURCE_PADDING);
    size_t n = 0;
    while (n <= size) {
        ssize_t got = read(fd, p + n, size + 1 - n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return FILE_UNREADABLE;
        if (got == 0) break;
        n += (size_t)got;
    }
    if (n > size) return FILE_REFUSED;
    memset(p + n, 0, SOURCE_PADDING);
    *text = (struct str){p, n};
    return FILE_OK;
}

static enum file_status machine_read(void *context, struct arena *a, struct str root,
                                     struct str real, size_t max, struct str *text) {
    (void)context;
    if (!files_inside(root, real)) return FILE_REFUSED;
    int fd = open_below(a, root, str_slice(real, root.n, real.n));
    if (fd < 0) return status_of_errno();
    struct stat st;
    enum file_status status = FILE_UNREADABLE;
    if (fstat(fd, &st) == 0) {
        bool fine = S_ISREG(st.st_mode) && st.st_nlink == 1 && st.st_size >= 0 &&
                    (uint64_t)st.st_size <= max;
        status = fine ? read_whole(a, fd, (size_t)st.st_size, text) : FILE_REFUSED;
    }
    close(fd);
    return status;
}

const struct files files_of_machine = {NULL, machine_real_path, machine_read};
