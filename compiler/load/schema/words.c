/* What issues say to the person who has to mend the config. */
#include <string.h>

#include "base/buf.h"
#include "load/gateway.h"
#include "load/schema/check.h"

const char *words_of_type(const struct checking *c, const char *type) {
    static const char *const words[][3] = {{"string", "a text in quotes", "a text"},
                                           {"number", "a number", "a number"},
                                           {"integer", "a whole number", "a whole number"},
                                           {"int", "a whole number", "a whole number"},
                                           {"boolean", "true or false", "true or false"},
                                           {"array", "a list [...]", "a list"},
                                           {"tuple", "a list [...]", "a list"},
                                           {"object", "an object {...}", "a mapping"},
                                           {"record", "an object {...}", "a mapping"},
                                           {"null", "null", "empty"},
                                           {"undefined", "nothing", "nothing"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(type, words[i][0]) == 0) return words[i][c->compose ? 2 : 1];
    return type;
}

/* What stands at the end of the path, for people; NULL: an item of a list. */
static const char *name_of(struct checking *c) {
    if (!c->path.n) return c->compose ? "a Compose file" : "the config";
    struct str key = c->path.v[c->path.n - 1].key;
    return key.p ? str_format(c->arena, "`" STR_FMT "`", STR_ARG(key)).p : NULL;
}

void words_type(struct checking *c, struct issue *issue, const char *expected,
                const char *received) {
    const char *name = name_of(c);
    if (strcmp(received, "undefined") == 0)
        issue_say(c, issue, "%s is missing: it must be %s", name ? name : "an item",
                  words_of_type(c, expected));
    else
        issue_say(c, issue, "%s must be %s, but this is %s", name ? name : "this item",
                  words_of_type(c, expected),
                  strcmp(received, "boolean") == 0 ? "a boolean" : words_of_type(c, received));
}

/* `environment` must be a list or a mapping, but this is a number. */
void words_forms(struct checking *c, struct issue *issue, unsigned types, node_id n) {
    static const struct {
        unsigned bit;
        const char *type;
    } forms[] = {{TYPE_STRING, "string"}, {TYPE_NUMBER, "number"}, {TYPE_INTEGER, "integer"},
                 {TYPE_BOOL, "boolean"},  {TYPE_ARRAY, "array"},   {TYPE_OBJECT, "object"},
                 {TYPE_NULL, "null"}};
    static const char *const kinds[] = {"empty",  "a boolean", "a number",
                                        "a text", "a list",    "a mapping"};
    struct buf b = buf_new(c->arena);
    const char *name = name_of(c);
    buf_addf(&b, "%s must be", name ? name : "this item");
    unsigned left = types & TYPE_NUMBER ? types & ~(unsigned)TYPE_INTEGER : types;
    bool first = true;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (!(left & forms[i].bit)) continue;
        left &= ~forms[i].bit;
        buf_addf(&b, "%s %s", first ? "" : left ? "," : " or", words_of_type(c, forms[i].type));
        first = false;
    }
    struct str text = buf_str(&b);
    issue_say(c, issue, STR_FMT ", but this is %s", STR_ARG(text),
              kinds[tree_node(c->tree, n)->kind]);
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
    const char *missing = c->compose && !n ? name_of(c) : NULL;
    if (missing) {
        issue_say(c, issue, "%s is missing: it must be " STR_FMT, missing, STR_ARG(buf_str(&b)));
        return;
    }
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
    if (!node->properties.n && node->patterned.n) {
        struct schema_text p =
            c->schema->patterns[c->schema->properties[node->patterned.first].key];
        return str_format(c->arena, "names here have the form " STR_FMT,
                          STR_ARG(schema_str(c->schema, p)));
    }
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
