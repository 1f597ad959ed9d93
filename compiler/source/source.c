#include "source/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "source/mask.h"
#include "source/outline.h"

/* Between two code points: the offset, and how many code points are before it. */
struct mark {
    uint32_t offset, count;
};

/* Lines are as long as a file when a program wrote it: columns are counted from a mark. */
enum { MARK_STRIDE = 512 };

struct file {
    struct str name, text;
    struct outline *outline; /* NULL: the file is at hand */
    uint32_t *line_starts;   /* NULL until asked for */
    uint32_t lines;
    struct mark *marks; /* the first at or after every multiple of MARK_STRIDE; NULL likewise */
    ARRAY(struct span) secrets;
    /* Made when something is quoted, anew when a secret was added since. */
    size_t hidden_for;   /* how many secrets the run had then */
    uint64_t *hidden;    /* a bit for each byte */
    uint64_t *looked_at; /* a bit for each line: it has been searched for secrets */
};

/* An index of the first `n` texts that are secrets. */
struct text_index {
    struct mask_texts *texts;
    size_t n;
};

struct sources {
    struct arena *arena;
    ARRAY(struct file) files; /* number 1 is at index 0 */
    ARRAY(struct str) secret_texts;
    struct text_index *index;
    size_t added; /* secrets, and one for the masker */
    void (*mask)(struct str line, bool *hidden);
};

struct sources *sources_new(struct arena *a) {
    struct sources *s = ARENA_NEW(a, struct sources);
    s->arena = a;
    s->index = ARENA_NEW(a, struct text_index);
    return s;
}

static struct file *file_at(const struct sources *s, uint32_t file) {
    return &s->files.v[file - 1];
}

uint32_t source_add(struct sources *s, struct str name, struct str text) {
    ARRAY_PUSH(s->arena, s->files) = (struct file){.name = name, .text = text};
    return (uint32_t)s->files.n;
}

uint32_t source_add_outline(struct sources *s, struct str name) {
    uint32_t file = source_add(s, name, STR(""));
    file_at(s, file)->outline = outline_new(s->arena);
    return file;
}

void source_outline_place(struct sources *s, uint32_t file, const struct source_place *place) {
    outline_add(file_at(s, file)->outline, place);
}

bool source_is_outline(const struct sources *s, uint32_t file) {
    return file && file_at(s, file)->outline;
}

struct source_comments *source_outline_comments(const struct sources *s, uint32_t file) {
    return outline_comments(file_at(s, file)->outline);
}

struct str source_outline_path(const struct sources *s, struct span span) {
    return outline_path(file_at(s, span.file)->outline, span);
}

struct str source_name(const struct sources *s, uint32_t file) {
    return file_at(s, file)->name;
}
struct str source_text(const struct sources *s, uint32_t file) {
    return file_at(s, file)->text;
}
uint32_t source_count(const struct sources *s) {
    return (uint32_t)s->files.n;
}

/* Reads until the end of the descriptor. A file that grows while it is read is bounded too. */
static enum source_status read_all(struct sources *s, int fd, size_t expected, struct str *text) {
    size_t capacity = expected + SOURCE_PADDING + 1, n = 0;
    char *p = arena_alloc(s->arena, capacity);
    for (;;) {
        if (capacity - n <= SOURCE_PADDING) {
            size_t next = arena_next_capacity(capacity, n + SOURCE_PADDING + 1, 1);
            p = arena_grow(s->arena, p, capacity, next);
            capacity = next;
        }
        ssize_t got = read(fd, p + n, capacity - n - SOURCE_PADDING);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return SOURCE_UNREADABLE;
        if (got == 0) break;
        n += (size_t)got;
        if (n > SOURCE_MAX_BYTES) return SOURCE_HUGE;
    }
    memset(p + n, 0, SOURCE_PADDING);
    *text = (struct str){p, n};
    return SOURCE_OK;
}

static enum source_status read_descriptor(struct sources *s, int fd, struct str *text,
                                          const char **reason) {
    struct stat st;
    if (fstat(fd, &st) != 0) {
        *reason = strerror(errno);
        return SOURCE_UNREADABLE;
    }
    if (S_ISDIR(st.st_mode)) {
        *reason = "it is a directory, not a file";
        return SOURCE_NOT_A_FILE;
    }
    size_t expected = S_ISREG(st.st_mode) && st.st_size > 0 ? (size_t)st.st_size : 4096;
    enum source_status status =
        expected > SOURCE_MAX_BYTES ? SOURCE_HUGE : read_all(s, fd, expected, text);
    if (status == SOURCE_HUGE) *reason = "it is larger than 1 GiB";
    if (status == SOURCE_UNREADABLE) *reason = strerror(errno);
    return status;
}

enum source_status source_read(struct sources *s, const char *path, struct str name, uint32_t *file,
                               const char **reason) {
    bool standard_input = strcmp(path, "-") == 0;
    int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        *reason = strerror(errno);
        return errno == ENOENT ? SOURCE_MISSING : SOURCE_UNREADABLE;
    }
    struct str text;
    enum source_status status = read_descriptor(s, fd, &text, reason);
    if (!standard_input) close(fd);
    if (status == SOURCE_OK) *file = source_add(s, str_copy(s->arena, name), text);
    return status;
}

static size_t byte_order_mark(struct str text) {
    return str_starts(text, STR("\xef\xbb\xbf")) ? 3 : 0;
}

static bool ends_line(struct str t, size_t i) {
    return t.p[i] == '\n' || (t.p[i] == '\r' && (i + 1 == t.n || t.p[i + 1] != '\n'));
}

static void index_lines(const struct sources *s, struct file *f) {
    uint32_t lines = 1;
    for (size_t i = 0; i < f->text.n; i++) lines += ends_line(f->text, i);
    f->line_starts = ARENA_ARRAY(s->arena, uint32_t, lines);
    f->line_starts[0] = (uint32_t)byte_order_mark(f->text);
    f->lines = 1;
    for (size_t i = 0; i < f->text.n; i++)
        if (ends_line(f->text, i)) f->line_starts[f->lines++] = (uint32_t)(i + 1);
}

static struct file *indexed(const struct sources *s, uint32_t file) {
    struct file *f = file_at(s, file);
    if (!f->line_starts) index_lines(s, f);
    return f;
}

uint32_t source_line_count(const struct sources *s, uint32_t file) {
    return indexed(s, file)->lines;
}

/* The last line that starts at or before the offset. */
static uint32_t line_of(const struct file *f, uint32_t offset) {
    uint32_t low = 0, high = f->lines;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (f->line_starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void set_marks(const struct sources *s, struct file *f) {
    f->marks = ARENA_ARRAY(s->arena, struct mark, f->text.n / MARK_STRIDE + 1);
    uint32_t count = 0, c;
    for (size_t at = 0, next = 0; at < f->text.n; count++) {
        if (at >= next) {
            f->marks[next / MARK_STRIDE] = (struct mark){(uint32_t)at, count};
            next += MARK_STRIDE;
        }
        at += utf8_decode(f->text, at, false, &c);
    }
}

/* How many code points of the file are before the offset. */
static uint32_t count_before(const struct file *f, uint32_t offset) {
    uint32_t last = offset && offset == f->text.n ? offset - 1 : offset;
    struct mark mark = f->marks[last / MARK_STRIDE];
    if (mark.offset > offset) return mark.count; /* within the code point that the mark is behind */
    return mark.count + (uint32_t)utf8_count(str_slice(f->text, mark.offset, offset));
}

struct position source_position(const struct sources *s, uint32_t file, uint32_t offset) {
    struct file *f = indexed(s, file);
    if (f->outline) return outline_position(f->outline, offset);
    if (offset > f->text.n) offset = (uint32_t)f->text.n;
    uint32_t line = line_of(f, offset);
    uint32_t start = f->line_starts[line], column;
    if (offset <= start + MARK_STRIDE) {
        column = (uint32_t)utf8_count(str_slice(f->text, start, offset));
    } else {
        if (!f->marks) set_marks(s, f);
        column = count_before(f, offset) - count_before(f, start);
    }
    return (struct position){offset, line + 1, column + 1};
}

struct span source_line(const struct sources *s, uint32_t file, uint32_t line) {
    const struct file *f = indexed(s, file);
    uint32_t start = f->line_starts[line - 1];
    uint32_t end = line < f->lines ? f->line_starts[line] : (uint32_t)f->text.n;
    while (end > start && (f->text.p[end - 1] == '\n' || f->text.p[end - 1] == '\r')) end--;
    return (struct span){file, start, end};
}

void source_add_secret(struct sources *s, struct span span) {
    if (!span.file) return;
    struct file *f = file_at(s, span.file);
    ARRAY_PUSH(s->arena, f->secrets) = span;
    s->added++;
}

void source_add_secret_text(struct sources *s, struct str value) {
    if (value.n < MASK_SHORTEST) return;
    ARRAY_PUSH(s->arena, s->secret_texts) = value;
    s->added++;
}

void source_set_masker(struct sources *s, void (*mask_line)(struct str line, bool *hidden)) {
    s->mask = mask_line;
    s->added++;
}

static bool bit_at(const uint64_t *bits, size_t i) {
    return bits[i / 64] >> i % 64 & 1;
}

static void set_bits(uint64_t *bits, size_t start, size_t end) {
    for (size_t i = start; i < end; i++) bits[i / 64] |= UINT64_C(1) << i % 64;
}

/* Forgets what was hidden when more is a secret by now. */
static void refresh(const struct sources *s, struct file *f) {
    if (s->index->n != s->secret_texts.n || !s->index->texts)
        *s->index = (struct text_index){
            mask_texts_new(s->arena, s->secret_texts.v, s->secret_texts.n), s->secret_texts.n};
    if (f->hidden && f->hidden_for == s->added) return;
    f->hidden_for = s->added;
    f->hidden = ARENA_ARRAY(s->arena, uint64_t, f->text.n / 64 + 1);
    f->looked_at = ARENA_ARRAY(s->arena, uint64_t, f->lines / 64 + 1);
    for (size_t i = 0; i < f->secrets.n; i++)
        set_bits(f->hidden, f->secrets.v[i].start, f->secrets.v[i].end);
}

static void hide_in_line(const struct sources *s, struct file *f, struct span line) {
    struct str text = str_slice(f->text, 0, line.end);
    size_t hidden_to = line.start;
    for (size_t at = line.start; at < line.end; at++) {
        size_t end = at + mask_texts_at(s->index->texts, text, at);
        if (end > hidden_to) {
            set_bits(f->hidden, hidden_to > at ? hidden_to : at, end);
            hidden_to = end;
        }
    }
    if (!s->mask) return;
    struct arena *scratch = arena_new();
    bool *seen = ARENA_ARRAY(scratch, bool, line.end - line.start + 1);
    s->mask(str_slice(f->text, line.start, line.end), seen);
    for (uint32_t i = line.start; i < line.end; i++)
        if (seen[i - line.start]) set_bits(f->hidden, i, i + 1);
    arena_free(scratch);
}

/* Which bytes of the file are part of a secret: right for the lines that the span touches, each of
 * which is searched once. */
static const uint64_t *hidden_bytes(const struct sources *s, struct span span) {
    struct file *f = indexed(s, span.file);
    refresh(s, f);
    for (uint32_t i = line_of(f, span.start); i < f->lines; i++) {
        struct span line = source_line(s, span.file, i + 1);
        if (line.start >= span.end) break;
        if (bit_at(f->looked_at, i)) continue;
        set_bits(f->looked_at, i, i + 1);
        hide_in_line(s, f, line);
    }
    return f->hidden;
}

struct str source_quote(const struct sources *s, struct arena *a, struct span span) {
    if (!span.file) return STR("");
    const struct file *f = file_at(s, span.file);
    if (span.end > f->text.n) span.end = (uint32_t)f->text.n;
    if (span.start >= span.end) return STR("");
    const uint64_t *hidden = hidden_bytes(s, span);
    struct str text = str_slice(f->text, span.start, span.end);
    struct buf b = buf_new(a);
    for (size_t at = 0; at < text.n;) {
        uint32_t c;
        size_t length = utf8_decode(text, at, false, &c);
        buf_add_codepoint(&b, bit_at(hidden, span.start + at) ? '*'
                              : utf8_printable(c)             ? c
                                                              : 0xfffd);
        at += length;
    }
    return buf_str(&b);
}
