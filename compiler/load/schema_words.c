/* What issues say to the person who has to mend the config. */
#include <string.h>

#include "base/buf.h"
#include "load/gateway.h"
#include "load/schema_check.h"

const char *words_of_type(const char *type) {
    static const char *const words[][2] = {
        {"string", "a text in quotes"}, {"number", "a number"},
        {"integer", "a whole number"},  {"int", "a whole number"},
        {"boolean", "true or false"},   {"array", "a list [...]"},
        {"tuple", "a list [...]"},      {"object", "an object {...}"},
        {"record", "an object {...}"},  {"null", "null"},
        {"undefined", "nothing"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(type, words[i][0]) == 0) return words[i][1];
    return type;
}

void words_type(struct checking *c, struct issue *issue, const char *expected,
                const char *received) {
    const char *name = c->path.n ? NULL : "the config";
    if (!name && c->path.v[c->path.n - 1].key.p) {
        struct str key = c->path.v[c->path.n - 1].key;
        name = str_format(c->arena, "`" STR_FMT "`", STR_ARG(key)).p;
    }
    if (strcmp(received, "undefined") == 0)
        issue_say(c, issue, "%s is missing: it must be %s", name ? name : "an item",
                  words_of_type(expected));
    else
        issue_say(c, issue, "%s must be %s, but this is %s", name ? name : "this item",
                  words_of_type(expected),
                  strcmp(received, "boolean") == 0 ? "a boolean" : words_of_type(received));
}

/* ---- one of several ----------------------------------------------------------------------------
 */

static char lower(char ch) {
    return ch >= 'A' && ch <= 'Z' ? (char)(ch + 32) : ch;
}

static struct str lowered(struct arena *a, struct str s) {
    char *p = arena_alloc(a, s.n);
    for (size_t i = 0; i < s.n; i++) p[i] = lower(s.p[i]);
    return (struct str){p, s.n};
}

/* The candidate that was probably meant, or an empty text. */
static struct str nearest(struct arena *a, struct str written, const struct str *list, size_t n) {
    enum { LONGEST = 64 };
    if (!written.n || written.n > LONGEST) return STR("");
    struct str best = STR(""), given = lowered(a, written);
    size_t fewest = written.n < 4 ? 1 : written.n < 8 ? 2 : 3;
    for (size_t i = 0; i < n; i++) {
        if (list[i].n > LONGEST) continue;
        size_t distance = str_distance(given, lowered(a, list[i]), fewest);
        if (distance > fewest || distance >= list[i].n) continue;
        if (distance == fewest && best.n) continue;
        fewest = distance;
        best = list[i];
    }
    return best;
}

void words_choice(struct checking *c, struct issue *issue, node_id n) {
    struct str list[12];
    size_t count = issue_choices(c, issue, list);
    struct buf b = buf_new(c->arena);
    for (size_t i = 0; i < count; i++) {
        if (i) buf_add(&b, i + 1 == count ? STR(" or ") : STR(", "));
        buf_addf(&b, "\"" STR_FMT "\"", STR_ARG(list[i]));
    }
    struct str meant = nearest(c->arena, tree_text(c->tree, n), list, count);
    bool ask = meant.n && count > 1;
    issue_say(c, issue, "this must be " STR_FMT "%s" STR_FMT "%s", STR_ARG(buf_str(&b)),
              ask ? "; did you mean \"" : "", STR_ARG(ask ? meant : STR("")), ask ? "\"?" : "");
}

/* ---- unknown keys ------------------------------------------------------------------------------
 */

/* `*` in a pattern stands for any one name. */
static bool path_fits(const struct checking *c, struct str key, struct str pattern) {
    size_t at = 0;
    for (size_t i = 0; i <= c->path.n; i++) {
        size_t end = str_find(pattern, STR("."), at);
        struct str part = str_slice(pattern, at, end);
        bool last = i == c->path.n;
        if (last != (end == SIZE_MAX)) return false;
        struct str name = last ? key : c->path.v[i].key;
        if (!str_equal(part, STR("*")) && !(name.p && str_equal(part, name))) return false;
        at = end + 1;
    }
    return true;
}

static struct str moved_to(const struct checking *c, struct str key) {
    for (size_t i = 0; c->moved && i < c->moved->n; i++)
        if (c->moved->values[i].n && path_fits(c, key, c->moved->keys[i]))
            return c->moved->values[i].v[0];
    return STR("");
}

static struct str nearest_key(struct checking *c, const struct schema_node *node, struct str key) {
    struct str *list = ARENA_ARRAY(c->arena, struct str, node->properties.n);
    for (unsigned i = 0; i < node->properties.n; i++)
        list[i] = schema_str(
            c->schema, c->schema->keys[c->schema->properties[node->properties.first + i].key]);
    return nearest(c->arena, key, list, node->properties.n);
}

/* A key that is known in another object of the same path would be a guess too many: only what is
 * near, or known to have moved, is said. */
static struct str advice(struct checking *c, const struct schema_node *node, struct str key) {
    struct str moved = moved_to(c, key);
    if (moved.n) return moved;
    struct str near = nearest_key(c, node, key);
    if (near.n) return str_format(c->arena, "did you mean `" STR_FMT "`?", STR_ARG(near));
    return STR("");
}

static void add_note(struct checking *c, struct issue *issue, node_id member, struct str text) {
    struct str key = tree_key_text(c->tree, tree_node(c->tree, member)->key);
    struct diag_note note = {tree_key_span(c->tree, member),
                             str_format(c->arena, "`" STR_FMT "` is unknown too%s" STR_FMT,
                                        STR_ARG(key), text.n ? "; " : "", STR_ARG(text))};
    ARRAY_PUSH(c->arena, issue->diag.notes) = note;
}

void words_unknown_keys(struct checking *c, struct issue *issue, node_id object,
                        const struct schema_node *node, const node_id *members, size_t n) {
    (void)object;
    enum { NOTES_MAX = 20 };
    struct str key = tree_key_text(c->tree, tree_node(c->tree, members[0])->key);
    struct str text = advice(c, node, key);
    issue->diag.span = tree_key_span(c->tree, members[0]);
    issue_say(c, issue, "unknown key `" STR_FMT "`%s" STR_FMT, STR_ARG(key), text.n ? ": " : "",
              STR_ARG(text));
    for (size_t i = 1; i < n && i < NOTES_MAX; i++) {
        struct str other = tree_key_text(c->tree, tree_node(c->tree, members[i])->key);
        add_note(c, issue, members[i], advice(c, node, other));
    }
}
