#include "source/comments.h"

static const char marker[] = "clawc-ignore";

struct comment_search {
    struct arena *arena;
    const struct sources *sources;
    uint32_t file;
    struct str text;
    struct source_comments *out;
};

struct str source_comment_strip(struct str s) {
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t')) s = str_slice(s, 1, s.n);
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r')) s.n--;
    if (str_ends(s, STR("*/"))) return source_comment_strip(str_slice(s, 0, s.n - 2));
    return s;
}

static void read_comment(struct comment_search *f, size_t at) {
    struct str text = f->text;
    size_t end = at, name = at + sizeof marker - 1;
    while (end < text.n && text.p[end] != '\n' && text.p[end] != '\r') end++;
    if (name < text.n && text.p[name] != ' ' && text.p[name] != '\t') return;
    struct str rest = source_comment_strip(str_slice(text, name, end));
    size_t colon = str_find(rest, STR(":"), 0);
    struct source_comment c = {.line = source_position(f->sources, f->file, (uint32_t)at).line,
                               .id = source_comment_strip(str_slice(rest, 0, colon)),
                               .span = {f->file, (uint32_t)at, (uint32_t)end}};
    if (colon != SIZE_MAX) c.reason = source_comment_strip(str_slice(rest, colon + 1, rest.n));
    ARRAY_PUSH(f->arena, f->out->list) = c;
}

/* The end of the string that begins at `at`: behind its quote, or at the end of a line that is not
 * continued. */
static size_t string_end(struct str text, size_t at) {
    char quote = text.p[at++];
    for (; at < text.n && text.p[at] != quote; at++) {
        if (text.p[at] == '\n') return at;
        if (text.p[at] == '\\') at++;
    }
    return at < text.n ? at + 1 : text.n;
}

/* The end of the comment that begins at `at`, or `at` when none does. */
static size_t comment_end(struct str text, size_t at) {
    if (text.p[at] != '/' || at + 1 >= text.n) return at;
    struct str closing = text.p[at + 1] == '/' ? STR("\n") : STR("*/");
    if (text.p[at + 1] != '/' && text.p[at + 1] != '*') return at;
    size_t end = str_find(text, closing, at + 2);
    return end == SIZE_MAX ? text.n : end + closing.n;
}

static void scan(struct comment_search *f) {
    struct str text = f->text;
    for (size_t at = 0; at < text.n;) {
        size_t end = comment_end(text, at);
        if (text.p[at] == '"' || text.p[at] == '\'') {
            at = string_end(text, at);
        } else if (end == at) {
            at++;
        } else {
            struct str comment = str_slice(text, 0, end);
            while ((at = str_find(comment, str_from(marker), at)) != SIZE_MAX) {
                read_comment(f, at);
                at += sizeof marker - 1;
            }
            at = end;
        }
    }
}

void source_comments_find(struct arena *a, const struct sources *s, uint32_t file,
                          struct source_comments *out) {
    struct comment_search f = {a, s, file, source_text(s, file), out};
    if (source_is_outline(s, file)) {
        const struct source_comments *known = source_outline_comments(s, file);
        for (size_t i = 0; i < known->list.n; i++) ARRAY_PUSH(a, out->list) = known->list.v[i];
    } else if (str_find(f.text, str_from(marker), 0) != SIZE_MAX) {
        scan(&f);
    }
}
