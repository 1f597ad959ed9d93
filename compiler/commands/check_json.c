/* The answer of `check` as JSON: what programs read. */
#include <string.h>

#include "base/json.h"
#include "commands/check.h"
#include "commands/json_value.h"
#include "syntax/paths.h"

static void add_key(struct buf *b, const char *key) {
    if (b->n && b->p[b->n - 1] != '{') buf_add(b, STR(", "));
    json_add_string(b, str_from(key));
    buf_add(b, STR(": "));
}

static void add_text(struct buf *b, const char *key, struct str text) {
    add_key(b, key);
    json_add_string(b, text);
}

/* ---- diagnostics -------------------------------------------------------------------------------
 */

static void add_position(struct buf *b, const char *key, const struct sources *s, struct span span,
                         uint32_t offset) {
    struct position p = source_position(s, span.file, offset);
    add_key(b, key);
    buf_addf(b, "{\"offset\": %u, \"line\": %u, \"column\": %u}", p.offset, p.line, p.column);
}

static void add_location(struct buf *b, const struct sources *s, struct paths *paths,
                         struct span span) {
    add_key(b, "location");
    if (!span.file) {
        buf_add(b, STR("null"));
        return;
    }
    buf_add_char(b, '{');
    add_text(b, "file", source_name(s, span.file));
    add_text(b, "path", paths_of_span(paths, span));
    add_position(b, "start", s, span, span.start);
    add_position(b, "end", s, span, span.end);
    buf_add_char(b, '}');
}

static void add_detail(struct buf *b, const struct diag_detail *d) {
    add_key(b, d->name);
    if (d->kind == DETAIL_TEXT) json_add_string(b, d->text);
    if (d->kind == DETAIL_NUMBER) json_add_any_number(b, d->number);
    if (d->kind != DETAIL_LIST) return;
    buf_add_char(b, '[');
    for (size_t i = 0; i < d->n; i++) {
        if (i) buf_add(b, STR(", "));
        json_add_string(b, d->list[i]);
    }
    buf_add_char(b, ']');
}

static void add_diag(struct buf *b, const struct sources *s, struct paths *paths,
                     const struct diag *d) {
    buf_add_char(b, '{');
    add_text(b, "path", d->path);
    add_text(b, "kind", str_from(d->kind));
    for (size_t i = 0; i < d->details.n; i++) add_detail(b, &d->details.v[i]);
    if (d->own) add_text(b, "source", STR("clawc"));
    add_text(b, "message", d->message);
    add_location(b, s, paths, d->span);
    buf_add_char(b, '}');
}

static void add_list(struct buf *b, const char *key, const struct sources *s, struct paths *paths,
                     const struct diag *list, size_t n) {
    add_key(b, key);
    buf_add_char(b, '[');
    for (size_t i = 0; i < n; i++) {
        if (i) buf_add(b, STR(", "));
        add_diag(b, s, paths, &list[i]);
    }
    buf_add_char(b, ']');
}

void check_add_json(struct buf *b, struct run *run, const struct checked *c, bool resolved) {
    const struct loaded *l = &c->loaded;
    struct paths *paths = paths_new(run->arena, c->tree);
    buf_add_char(b, '{');
    add_text(b, "file", str_from(c->path));
    add_text(b, "gateway", c->version);
    add_text(b, "why", c->why);
    add_key(b, "valid");
    buf_add(b, c->valid ? STR("true") : STR("false"));
    add_text(b, "startup",
             c->valid      ? STR("accepted")
             : c->repaired ? STR("repaired")
                           : STR("rejected"));
    add_list(b, "errors", run->sources, paths, c->errors.v, c->errors.n);
    add_list(b, "further", run->sources, paths, c->further.v, c->further.n);
    add_list(b, "warnings", run->sources, paths, c->warnings.v, c->warnings.n);
    if (resolved && l->resolved) {
        add_key(b, "resolved");
        if (tree_is(c->tree, l->resolved, NODE_OBJECT))
            json_add_node(b, c->tree, l->resolved);
        else
            buf_add(b, STR("{}")); /* what the gateway works with then */
    }
    if (c->rewritten.n) {
        add_key(b, "repaired");
        buf_add(b, c->rewritten);
    }
    buf_add(b, STR("}\n"));
}
