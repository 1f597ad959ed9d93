#include "compose/interpolate.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"

static const struct str mark = {"@@", 2};

struct str interpolate_unknown(struct arena *a, struct str name) {
    return str_format(a, "@@" STR_FMT "@@", STR_ARG(name));
}

static bool is_first(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t name_end(struct str s, size_t at) {
    size_t end = at;
    while (end < s.n && (is_first(s.p[end]) || (end > at && s.p[end] >= '0' && s.p[end] <= '9')))
        end++;
    return end;
}

struct str interpolate_unknown_name(struct str value) {
    if (!str_starts(value, mark)) return STR("");
    size_t end = name_end(value, mark.n);
    bool whole = end > mark.n && end + mark.n == value.n && str_ends(value, mark);
    return whole ? str_slice(value, mark.n, end) : STR("");
}

bool interpolate_is_unknown(struct str value) {
    for (size_t at = 0; (at = str_find(value, mark, at)) != SIZE_MAX; at++) {
        size_t end = name_end(value, at + mark.n);
        if (end > at + mark.n && str_starts(str_slice(value, end, value.n), mark)) return true;
    }
    return false;
}

/* A text on its way. */
struct expanding {
    struct interpolation *i;
    struct str text;
    size_t at;
};

static bool fail(struct expanding *e, size_t at, const char *problem) {
    e->i->problem = problem;
    e->i->problem_at = at;
    return false;
}

static bool add(struct expanding *e, struct buf *out, struct str s) {
    if (!out) return true; /* what is left out */
    e->i->bytes += s.n;
    if (e->i->bytes > INTERPOLATE_MAX_BYTES)
        return fail(e, e->at, "the variables up to here stand for more than 64 MiB of text");
    buf_add(out, s);
    return true;
}

static bool expand(struct expanding *e, struct buf *out, size_t depth);

/* What follows the name in `${NAME...}`. */
struct operation {
    char what;     /* '-', '?', '+', or 0 for none */
    bool nonempty; /* written with a colon: an empty value counts as unset */
};

static struct operation read_operation(struct expanding *e) {
    struct operation o = {0};
    struct str rest = str_slice(e->text, e->at, e->text.n);
    if (rest.n > 1 && rest.p[0] == ':' && strchr("-?+", rest.p[1])) {
        o.nonempty = true;
        e->at++;
        rest = str_slice(rest, 1, rest.n);
    }
    if (rest.n && strchr("-?+", rest.p[0]) && rest.p[0]) {
        o.what = rest.p[0];
        e->at++;
    }
    return o;
}

static bool add_value(struct expanding *e, struct buf *out, struct str name) {
    struct str value = environment_get(e->i->environment, name);
    bool complete = e->i->environment->complete;
    if (!value.p && !complete) value = interpolate_unknown(e->i->arena, name);
    if (!value.p && out && !e->i->unset.n) e->i->unset = name;
    return add(e, out, value);
}

static bool require(struct expanding *e, struct buf *out, struct str name, bool there,
                    size_t depth) {
    struct buf message = buf_new(e->i->arena);
    if (!add_value(e, out, name)) return false;
    if (!expand(e, &message, depth + 1)) return false;
    bool unknown = !environment_get(e->i->environment, name).p && !e->i->environment->complete;
    if (out && !there && !unknown && !e->i->variable.n) {
        e->i->variable = name;
        e->i->message = buf_str(&message);
    }
    return true;
}

/* `${` is behind; reads up to and with the brace. */
static bool braced(struct expanding *e, struct buf *out, size_t depth) {
    size_t start = e->at - 2, end = name_end(e->text, e->at);
    struct str name = str_slice(e->text, e->at, end);
    if (!name.n) return fail(e, start, "a variable's name must follow `${`");
    if (depth > INTERPOLATE_MAX_DEPTH) return fail(e, start, "variables nest too deeply");
    e->at = end;
    struct str value = environment_get(e->i->environment, name);
    struct operation o = read_operation(e);
    bool there = o.nonempty ? value.n != 0 : value.p != NULL;
    bool ok = true;
    if (o.what == '?')
        ok = require(e, out, name, there, depth);
    else if (o.what == '-')
        ok = (!there || add(e, out, value)) && expand(e, there ? NULL : out, depth + 1);
    else if (o.what == '+')
        ok = expand(e, there ? out : NULL, depth + 1);
    else
        ok = add_value(e, out, name);
    if (!ok) return false;
    if (e->at >= e->text.n || e->text.p[e->at] != '}')
        return fail(
            e, start,
            o.what ? "a `}` is missing behind this"
                   : "this is no variable: write "
                     "`${NAME}`, with one of `:-`, `-`, `:?`, `?`, `:+`, `+` behind the name, or "
                     "`$$` for a dollar");
    e->at++;
    return true;
}

/* At a dollar. */
static bool reference(struct expanding *e, struct buf *out, size_t depth) {
    size_t start = e->at++;
    char next = e->at < e->text.n ? e->text.p[e->at] : '\0';
    if (next == '$') {
        e->at++;
        return add(e, out, STR("$"));
    }
    if (next == '{') {
        e->at++;
        return braced(e, out, depth);
    }
    size_t end = name_end(e->text, e->at);
    struct str name = str_slice(e->text, e->at, end);
    if (!name.n) return fail(e, start, "a single `$` means nothing: write `$$` for a dollar");
    e->at = end;
    return add_value(e, out, name);
}

/* Up to the brace that ends the expression, or, at depth 0, to the end of the text. Recursive, as
 * expressions nest; the depth is bounded. */
static bool expand(struct expanding *e, struct buf *out, size_t depth) {
    while (e->at < e->text.n && !(depth && e->text.p[e->at] == '}')) {
        if (e->text.p[e->at] == '$') {
            if (!reference(e, out, depth)) return false;
            continue;
        }
        size_t end = e->at;
        while (end < e->text.n && e->text.p[end] != '$' && !(depth && e->text.p[end] == '}')) end++;
        if (!add(e, out, str_slice(e->text, e->at, end))) return false;
        e->at = end;
    }
    return true;
}

struct str interpolate(struct interpolation *i, struct str written) {
    i->problem = NULL;
    i->variable = i->message = i->unset = STR("");
    size_t dollar = written.n ? str_find(written, STR("$"), 0) : SIZE_MAX;
    if (dollar == SIZE_MAX) return written;
    struct buf out = buf_new(i->arena);
    struct expanding e = {.i = i, .text = written};
    return expand(&e, &out, 0) ? buf_str(&out) : written;
}
