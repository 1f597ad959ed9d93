/* Runs the recorded conformance tests of CEL through the batch reader and compares every answer. */
#include "cel/cel_batch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "source/source.h"
#include "syntax/json5.h"

/* What is implemented; the rest of the suite is about times and networks. */
static const char *const files[] = {"basic",        "comparisons",    "conversions", "fields",
                                    "fp_math",      "integer_math",   "lists",       "logic",
                                    "macros",       "namespace",      "parse",       "plumbing",
                                    "string",       "type_deduction", "optionals",   "macros2",
                                    "bindings_ext", "encoders_ext",   "math_ext",    "string_ext"};

enum { N_FILES = sizeof files / sizeof *files };

static size_t file_number(struct str name) {
    size_t i = 0;
    while (i < N_FILES && !str_equal(name, str_from(files[i]))) i++;
    return i;
}

/* There are no timestamps and durations: expressions and values that have any are left out. */
static bool needs_time(struct str line) {
    static const char *const marks[] = {"timestamp(", "duration(", "\"t\": \"timestamp\"",
                                        "\"t\": \"duration\"", "google.protobuf."};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (str_find(line, str_from(marks[i]), 0) != SIZE_MAX) return true;
    return false;
}

/* ---- comparing typed values ---- */

static bool same(const struct tree *t, node_id a, node_id b);

static struct str kind_of(const struct tree *t, node_id n) {
    return tree_text(t, tree_member(t, n, STR("t")));
}

static bool same_double(struct str a, struct str b) {
    char x[64], y[64];
    snprintf(x, sizeof x, STR_FMT, STR_ARG(a));
    snprintf(y, sizeof y, STR_FMT, STR_ARG(b));
    double d = strtod(x, NULL), e = strtod(y, NULL);
    if (isnan(d) || isnan(e)) return isnan(d) && isnan(e);
    return d == e && signbit(d) == signbit(e);
}

static bool same_list(const struct tree *t, node_id a, node_id b) {
    node_id x = tree_first(t, a), y = tree_first(t, b);
    for (; x && y; x = tree_node(t, x)->next, y = tree_node(t, y)->next)
        if (!same(t, x, y)) return false;
    return !x && !y;
}

static bool has_entry(const struct tree *t, node_id map, node_id entry) {
    node_id key = tree_first(t, entry);
    for (TREE_EACH(t, other, map)) {
        node_id other_key = tree_first(t, other);
        if (same(t, key, other_key))
            return same(t, tree_node(t, key)->next, tree_node(t, other_key)->next);
    }
    return false;
}

static bool same_map(const struct tree *t, node_id a, node_id b) {
    if (tree_node(t, a)->n != tree_node(t, b)->n) return false;
    for (TREE_EACH(t, entry, a))
        if (!has_entry(t, b, entry)) return false;
    return true;
}

static bool same(const struct tree *t, node_id a, node_id b) {
    struct str kind = kind_of(t, a);
    if (!kind.n || !str_equal(kind, kind_of(t, b))) return false;
    node_id v = tree_member(t, a, STR("v")), w = tree_member(t, b, STR("v"));
    if (str_equal(kind, STR("list"))) return same_list(t, v, w);
    if (str_equal(kind, STR("map"))) return same_map(t, v, w);
    if (str_equal(kind, STR("double"))) return same_double(tree_text(t, v), tree_text(t, w));
    if (str_equal(kind, STR("bool")))
        return tree_node(t, v)->u.boolean == tree_node(t, w)->u.boolean;
    return str_equal(tree_text(t, v), tree_text(t, w));
}

static bool as_expected(const struct tree *t, node_id expect, node_id answer) {
    node_id wanted = tree_member(t, expect, STR("value"));
    if (!wanted) return tree_member(t, answer, STR("error")) != 0;
    node_id got = tree_member(t, answer, STR("value"));
    return got && same(t, wanted, got);
}

/* ---- the suite ---- */

struct totals {
    size_t run[N_FILES], skipped, failed;
};

static void check_line(struct arena *scratch, struct arena *kept, struct str line,
                       struct totals *totals) {
    struct tree *t = tree_new(kept, sources_new(kept));
    struct json5_result test = json5_parse_text(t, line);
    assert_true(test.ok);
    size_t file = file_number(tree_text(t, tree_member(t, test.root, STR("file"))));
    if (file == N_FILES) return;
    if (needs_time(line)) {
        totals->skipped++;
        return;
    }
    totals->run[file]++;
    struct buf out = buf_new(kept);
    cel_batch_line(scratch, line, &out);
    struct json5_result answer = json5_parse_text(t, buf_str(&out));
    assert_true(answer.ok);
    if (as_expected(t, tree_member(t, test.root, STR("expect")), answer.root)) return;
    totals->failed++;
    struct str section = tree_text(t, tree_member(t, test.root, STR("section")));
    struct str name = tree_text(t, tree_member(t, test.root, STR("name")));
    print_error("%s/" STR_FMT "/" STR_FMT ": " STR_FMT "\n", files[file], STR_ARG(section),
                STR_ARG(name), STR_ARG(buf_str(&out)));
}

static void test_vectors(void **state) {
    (void)state;
    struct arena *a = arena_new(), *scratch = arena_new(), *kept = arena_new();
    struct sources *s = sources_new(a);
    uint32_t file;
    const char *reason;
    assert_int_equal(source_read(s, "testdata/vectors/cel.jsonl", STR("cel.jsonl"), &file, &reason),
                     SOURCE_OK);
    struct str text = source_text(s, file);
    struct totals totals = {0};
    for (size_t at = 0; at < text.n;) {
        size_t end = str_find(text, STR("\n"), at);
        if (end == SIZE_MAX) end = text.n;
        check_line(scratch, kept, str_slice(text, at, end), &totals);
        arena_reset(scratch);
        arena_reset(kept);
        at = end + 1;
    }
    size_t run = 0;
    for (size_t i = 0; i < N_FILES; i++) {
        assert_true(totals.run[i] > 0);
        run += totals.run[i];
    }
    print_message("%zu tests, %zu left out for want of timestamps and durations\n", run,
                  totals.skipped);
    assert_int_equal(totals.failed, 0);
    arena_free(kept);
    arena_free(scratch);
    arena_free(a);
}

/* ---- what a line may look like ---- */

static void expect_answer(const char *line, const char *answer) {
    struct arena *scratch = arena_new(), *kept = arena_new();
    struct buf out = buf_new(kept);
    cel_batch_line(scratch, str_from(line), &out);
    struct str got = buf_str(&out);
    assert_string_equal(str_to_c(kept, got), answer);
    arena_free(scratch);
    arena_free(kept);
}

static void test_texts_of_values(void **state) {
    (void)state;
    expect_answer("{'expr': '1.0'}", "{\"value\": {\"t\": \"double\", \"v\": \"1.0\"}}");
    expect_answer("{'expr': '-0.0'}", "{\"value\": {\"t\": \"double\", \"v\": \"-0.0\"}}");
    expect_answer("{'expr': '1e16'}", "{\"value\": {\"t\": \"double\", \"v\": \"1e+16\"}}");
    expect_answer("{'expr': '123456789012345.6'}",
                  "{\"value\": {\"t\": \"double\", \"v\": \"123456789012345.6\"}}");
    expect_answer("{'expr': '0.0001'}", "{\"value\": {\"t\": \"double\", \"v\": \"0.0001\"}}");
    expect_answer("{'expr': '0.00001'}", "{\"value\": {\"t\": \"double\", \"v\": \"1e-05\"}}");
    expect_answer("{'expr': '5e-324'}", "{\"value\": {\"t\": \"double\", \"v\": \"5e-324\"}}");
    expect_answer("{'expr': '-1.0/0.0'}", "{\"value\": {\"t\": \"double\", \"v\": \"-Infinity\"}}");
    expect_answer("{'expr': 'b\"\\\\xff\"'}", "{\"value\": {\"t\": \"bytes\", \"v\": \"ff\"}}");
    expect_answer("{'expr': '{1u: null}'}",
                  "{\"value\": {\"t\": \"map\", \"v\": "
                  "[[{\"t\": \"uint\", \"v\": \"1\"}, {\"t\": \"null\"}]]}}");
    expect_answer("{'expr': 'x', bindings: {x: {t: 'string', v: '\\ud800'}}}",
                  "{\"value\": {\"t\": \"string\", \"v\": \"\\ud800\"}}");
}

static void test_bad_lines(void **state) {
    (void)state;
    expect_answer("[1]", "{\"error\": \"the line is no JSON object with a text 'expr'\"}");
    expect_answer("{\"expr\": 3}",
                  "{\"error\": \"the line is no JSON object with a text 'expr'\"}");
    expect_answer("{'expr': 'x', bindings: {x: {t: 'int', v: 'y'}}}",
                  "{\"error\": \"a number in bindings is none\"}");
    expect_answer("{'expr': 'x', bindings: 3, declared: 'x'}",
                  "{\"error\": \"unknown name 'x' (at byte 0)\"}");
    expect_answer("{'expr': 'x', declared: ['x']}", "{\"error\": \"the variable has no value\"}");
    expect_answer("{'expr': '1 +'}", "{\"error\": \"the expression ends too early (at byte 3)\"}");
}

/* Elements that are shared make a small value with a text without end. */
static void test_value_too_large(void **state) {
    (void)state;
    struct arena *scratch = arena_new(), *kept = arena_new();
    struct buf line = buf_new(kept), out = buf_new(kept);
    buf_add(&line, STR("{'expr': 'cel.bind(a, [1, 1], "));
    for (int i = 0; i < 40; i++) buf_add(&line, STR("cel.bind(a, [a, a], "));
    buf_add(&line, STR("a)"));
    buf_add_repeat(&line, ')', 40);
    buf_add(&line, STR("'}"));
    cel_batch_line(scratch, buf_str(&line), &out);
    assert_string_equal(str_to_c(kept, buf_str(&out)),
                        "{\"error\": \"the value is too large to be written\"}");
    arena_free(scratch);
    arena_free(kept);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_texts_of_values),
        cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_value_too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
