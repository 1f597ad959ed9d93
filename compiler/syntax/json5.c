#include "syntax/json5.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "syntax/json5_parser.h"

void json5_new_grammar(struct json5_parser *p) {
    if (p->grammar) json5_grammarFree(p->grammar, free);
    p->grammar = json5_grammarAlloc(malloc, p);
    if (!p->grammar) arena_out_of_memory();
}

/* One token after the other, until the end or until nothing can be made of the rest. */
static void run(struct json5_parser *p) {
    struct json5_token t;
    do {
        const char *before = p->at;
        t = json5_scan(p);
        json5_grammar(p->grammar, t.kind, t.value);
        if (p->attention) {
            p->previous_end = (uint32_t)(before - p->text);
            if (!json5_recover(p, t)) return;
        }
    } while (t.kind != JSON5_END);
}

static void warn_ill_formed(struct json5_parser *p) {
    struct str text = {p->text, (size_t)(p->limit - p->text)};
    size_t first = utf8_first_ill_formed(text, 0);
    if (first == text.n || !p->diags) return;
    unsigned long count = 0;
    uint32_t c;
    size_t length = utf8_decode(text, first, false, &c);
    struct span place = {p->file, (uint32_t)first, (uint32_t)(first + length)};
    for (size_t at = first; at < text.n; at = utf8_first_ill_formed(text, at)) {
        count++;
        at += utf8_decode(text, at, false, &c);
    }
    diag_add(
        p->diags, SEVERITY_WARN, "ill_formed_utf8", place,
        "%lu place%s in this file %s not UTF-8, the first of them here; the gateway reads each "
        "as U+FFFD (a replacement character): save the file as UTF-8",
        count, count == 1 ? "" : "s", count == 1 ? "is" : "are");
}

/* Room for as many nodes as a common config has; memory that is never touched costs nothing. Trees
 * of many files double, so that a node is moved a few times and not with every file. */
static void reserve_nodes(struct tree *t, size_t bytes) {
    size_t need = t->n + bytes / 16 + 8;
    if (t->capacity >= need) return;
    if (need < 2 * t->capacity) need = 2 * t->capacity;
    t->nodes =
        arena_grow(t->arena, t->nodes, t->capacity * sizeof *t->nodes, need * sizeof *t->nodes);
    t->capacity = need;
}

static struct json5_result parse(struct tree *t, struct str text, uint32_t file, struct diags *d) {
    struct json5_parser p = {.at = text.p,
                             .text = text.p,
                             .limit = text.p + text.n,
                             .file = file,
                             .tree = t,
                             .diags = d,
                             .unterminated_end = UINT32_MAX};
    p.result.ok = true;
    p.frames = p.frame = p.inline_frames;
    p.frame_limit = &p.inline_frames[JSON5_INLINE_FRAMES - 1];
    json5_new_grammar(&p);
    reserve_nodes(t, text.n);
    run(&p);
    json5_grammarFree(p.grammar, free);
    if (p.non_ascii) warn_ill_formed(&p);
    arena_free(p.scratch);
    return p.result;
}

struct json5_result json5_parse(struct tree *t, uint32_t file, struct diags *d) {
    return parse(t, source_text(t->sources, file), file, d);
}

struct json5_result json5_parse_text(struct tree *t, struct str text) {
    char *copy = arena_alloc(t->arena, text.n + SOURCE_PADDING);
    if (text.n) memcpy(copy, text.p, text.n);
    memset(copy + text.n, 0, SOURCE_PADDING);
    return parse(t, (struct str){copy, text.n}, 0, NULL);
}
