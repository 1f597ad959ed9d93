#include "report/pretty.h"

#include <assert.h>

#include "base/json.h"

static void break_line(struct pretty *p) {
    buf_add_char(p->b, '\n');
    buf_add_repeat(p->b, ' ', (size_t)p->depth * 2);
}

/* What stands before a value: comma, line break, key. */
static void begin_value(struct pretty *p, const char *key) {
    if (p->depth) {
        struct pretty_level *level = &p->levels[p->depth - 1];
        if (level->filled) buf_add(p->b, level->one_line ? STR(", ") : STR(","));
        if (!level->one_line) break_line(p);
        level->filled = true;
    }
    if (!key) return;
    json_add_string(p->b, str_from(key));
    buf_add(p->b, STR(": "));
}

static void begin(struct pretty *p, const char *key, char opener, char closer, bool one_line) {
    assert(p->depth < PRETTY_MAX_DEPTH);
    begin_value(p, key);
    buf_add_char(p->b, opener);
    bool within = p->depth && p->levels[p->depth - 1].one_line;
    p->levels[p->depth++] = (struct pretty_level){closer, one_line || within, false};
}

void pretty_object(struct pretty *p, const char *key) {
    begin(p, key, '{', '}', false);
}

void pretty_array(struct pretty *p, const char *key) {
    begin(p, key, '[', ']', false);
}

void pretty_object_line(struct pretty *p, const char *key) {
    begin(p, key, '{', '}', true);
}

void pretty_array_line(struct pretty *p, const char *key) {
    begin(p, key, '[', ']', true);
}

void pretty_end(struct pretty *p) {
    assert(p->depth);
    struct pretty_level level = p->levels[--p->depth];
    if (level.filled && !level.one_line) break_line(p);
    buf_add_char(p->b, level.closer);
}

void pretty_string(struct pretty *p, const char *key, struct str value) {
    begin_value(p, key);
    json_add_string(p->b, value);
}

void pretty_number(struct pretty *p, const char *key, uint64_t value) {
    char digits[20]; /* of the largest */
    size_t at = sizeof digits;
    do digits[--at] = (char)('0' + value % 10);
    while ((value /= 10) != 0);
    begin_value(p, key);
    buf_add(p->b, (struct str){digits + at, sizeof digits - at});
}

void pretty_bool(struct pretty *p, const char *key, bool value) {
    begin_value(p, key);
    buf_add(p->b, value ? STR("true") : STR("false"));
}

void pretty_null(struct pretty *p, const char *key) {
    begin_value(p, key);
    buf_add(p->b, STR("null"));
}
