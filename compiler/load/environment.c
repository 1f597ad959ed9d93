#include "load/environment.h"

#include "base/arena.h"
#include "base/buf.h"

extern char **environ;

struct environment *environment_new(struct arena *a) {
    struct environment *e = ARENA_NEW(a, struct environment);
    e->arena = a;
    e->index = map_new(a);
    return e;
}

void environment_set(struct environment *e, struct str name, struct str value) {
    bool is_new;
    uint32_t *i = map_put(&e->index, name, (uint32_t)e->values.n, &is_new);
    if (is_new) {
        ARRAY_PUSH(e->arena, e->names) = name;
        ARRAY_PUSH(e->arena, e->values) = value;
    } else {
        e->values.v[*i] = value;
    }
}

void environment_set_unknown(struct environment *e, struct str name) {
    environment_set(e, name, STR_NONE);
}

struct environment *environment_copy(struct arena *a, const struct environment *e) {
    struct environment *copy = environment_new(a);
    copy->complete = e->complete;
    for (size_t i = 0; i < e->names.n; i++) environment_set(copy, e->names.v[i], e->values.v[i]);
    return copy;
}

struct str environment_get(const struct environment *e, struct str name) {
    const uint32_t *i = map_get(&e->index, name);
    return i ? e->values.v[*i] : STR_NONE;
}

bool environment_knows(const struct environment *e, struct str name) {
    const uint32_t *i = map_get(&e->index, name);
    return i ? e->values.v[*i].p != NULL : e->complete;
}

bool environment_is_hidden(const struct environment *e, struct str name) {
    const uint32_t *i = map_get(&e->index, name);
    return i && !e->values.v[*i].p;
}

struct str environment_text(const struct environment *e, struct str name) {
    if (!environment_is_hidden(e, name)) return environment_get(e, name);
    return str_format(e->arena, "${" STR_FMT "}", STR_ARG(name));
}

bool environment_set_pair(struct environment *e, struct str pair) {
    size_t equals = str_find(pair, STR("="), 0);
    if (equals == SIZE_MAX || equals == 0) return false;
    environment_set(e, str_slice(pair, 0, equals), str_slice(pair, equals + 1, pair.n));
    return true;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

static struct str strip(struct str s) {
    while (s.n && is_blank(s.p[0])) s = str_slice(s, 1, s.n);
    while (s.n && is_blank(s.p[s.n - 1])) s.n--;
    return s;
}

/* A quoted value ends at its quote, an unquoted one before white space and `#`. */
static struct str env_file_value(struct str s) {
    bool blank_before = s.n && is_blank(s.p[0]);
    s = strip(s);
    if (blank_before && s.n && s.p[0] == '#') return STR("");
    if (s.n && (s.p[0] == '"' || s.p[0] == '\'')) {
        struct str quote = str_slice(s, 0, 1);
        size_t end = str_find(s, quote, 1);
        if (end != SIZE_MAX) return str_slice(s, 1, end);
    }
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] == '#' && is_blank(s.p[i - 1])) return strip(str_slice(s, 0, i));
    return s;
}

static bool is_name(struct str s) {
    if (!s.n || (s.p[0] >= '0' && s.p[0] <= '9')) return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_'))
            return false;
    }
    return true;
}

static void read_line(struct environment *e, struct str line) {
    line = strip(line);
    if (str_starts(line, STR("export "))) line = strip(str_slice(line, 7, line.n));
    size_t equals = str_find(line, STR("="), 0);
    if (equals == SIZE_MAX) return;
    struct str name = strip(str_slice(line, 0, equals));
    if (is_name(name))
        environment_set(e, name, env_file_value(str_slice(line, equals + 1, line.n)));
}

void environment_read(struct environment *e, struct str text) {
    size_t from = 0;
    while (from < text.n) {
        size_t end = str_find(text, STR("\n"), from);
        if (end == SIZE_MAX) end = text.n;
        read_line(e, str_slice(text, from, end));
        from = end + 1;
    }
}

void environment_take_process(struct environment *e) {
    for (char **v = environ; v && *v; v++) environment_set_pair(e, str_from(*v));
}

/* The name of `${NAME}` at `at` (which is at the dollar), or empty. */
static struct str reference_at(struct str s, size_t at) {
    if (s.n - at < 4 || s.p[at + 1] != '{') return STR("");
    size_t i = at + 2;
    while (i < s.n && ((s.p[i] >= 'A' && s.p[i] <= 'Z') || s.p[i] == '_' ||
                       (i > at + 2 && s.p[i] >= '0' && s.p[i] <= '9')))
        i++;
    if (i == at + 2 || i == s.n || s.p[i] != '}') return STR("");
    return str_slice(s, at + 2, i);
}

struct str environment_whole_name(struct str text) {
    if (!text.n || text.p[0] != '$') return STR("");
    struct str name = reference_at(text, 0);
    return name.n && name.n + 3 == text.n ? name : STR("");
}

bool environment_refers(struct str text) {
    for (size_t at = 0; at < text.n; at++) {
        if (text.p[at] != '$') continue;
        bool escaped = at + 1 < text.n && text.p[at + 1] == '$';
        struct str name = reference_at(text, escaped ? at + 1 : at);
        if (name.n && !escaped) return true;
        if (name.n) at += name.n + 3;
    }
    return false;
}

static void substitute_one(const struct environment *e, struct str name, struct str as_written,
                           struct buf *b, struct substitution *s) {
    struct str value = environment_get(e, name);
    if (value.n) {
        buf_add(b, value);
        s->changed = true;
        return;
    }
    buf_add(b, as_written);
    if (environment_knows(e, name)) {
        ARRAY_PUSH(e->arena, s->missing) = name;
    } else {
        s->symbolic = true;
    }
}

struct substitution environment_substitute(const struct environment *e, struct str written,
                                           size_t max) {
    struct substitution s = {.text = written};
    size_t dollar = written.n ? str_find(written, STR("${"), 0) : SIZE_MAX;
    if (dollar == SIZE_MAX) return s;
    if (dollar && written.p[dollar - 1] == '$') dollar--; /* an escape begins before the brace */
    struct buf b = buf_new(e->arena);
    size_t from = 0;
    for (size_t at = dollar; at < written.n; at++) {
        if (written.p[at] != '$') continue;
        bool escaped = at + 1 < written.n && written.p[at + 1] == '$';
        struct str name = reference_at(written, escaped ? at + 1 : at);
        if (!name.n) continue;
        size_t end = at + (escaped ? 1 : 0) + name.n + 3;
        buf_add(&b, str_slice(written, from, at));
        if (escaped) {
            buf_add(&b, str_slice(written, at + 1, end));
            s.changed = true;
        } else {
            substitute_one(e, name, str_slice(written, at, end), &b, &s);
        }
        from = end;
        at = end - 1;
        if (b.n > end && b.n - end > max)
            return (struct substitution){.text = written, .too_long = true};
    }
    buf_add(&b, str_slice(written, from, written.n));
    if (s.changed) s.text = buf_str(&b);
    return s;
}
