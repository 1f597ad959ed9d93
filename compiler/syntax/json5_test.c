/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "syntax/json5.h"
#include "syntax/notation.h"

#define VECTORS "testdata/vectors/json5/"

struct parse {
    struct arena *arena;
    struct sources *sources;
    struct tree *tree;
    struct diags *diags;
    uint32_t file;
    struct json5_result result;
};

static struct parse parse_file(struct sources *sources, struct arena *a, uint32_t file) {
    struct parse p = {a, sources, tree_new(a, sources), diags_new(a), file, {0}};
    p.result = json5_parse(p.tree, file, p.diags);
    return p;
}

/* The text as a file; `end_parse` frees it. */
static struct parse parse_bytes(const char *text, size_t n) {
    struct arena *a = arena_new();
    struct sources *sources = sources_new(a);
    char *copy = arena_zalloc(a, n + SOURCE_PADDING, 1);
    memcpy(copy, text, n);
    return parse_file(sources, a, source_add(sources, STR("test"), (struct str){copy, n}));
}

static struct parse parse_c(const char *text) {
    return parse_bytes(text, strlen(text));
}

static void end_parse(struct parse *p) {
    arena_free(p->arena);
}

static struct str notation(const struct parse *p) {
    struct buf b = buf_new(p->arena);
    notation_add_value(&b, p->tree, p->result.root);
    return buf_str(&b);
}

static void reads_as(const char *text, const char *value) {
    struct parse p = parse_c(text);
    assert_true(p.result.ok);
    assert_int_equal(p.diags->errors, 0);
    assert_string_equal(str_to_c(p.arena, notation(&p)), value);
    end_parse(&p);
}

/* The diagnostics, one on a line: "line:column-line:column kind: message". */
static char *reports(const struct parse *p) {
    struct buf b = buf_new(p->arena);
    for (size_t i = 0; i < p->diags->list.n; i++) {
        const struct diag *d = &p->diags->list.v[i];
        struct position s = source_position(p->sources, p->file, d->span.start);
        struct position e = source_position(p->sources, p->file, d->span.end);
        buf_addf(&b, "%u:%u-%u:%u " STR_FMT "\n", s.line, s.column, e.line, e.column,
                 STR_ARG(d->message));
    }
    return str_to_c(p->arena, buf_str(&b));
}

/* ---- the recorded verdicts of npm json5
 * ---------------------------------------------------------- */

/* Two JSON texts of the same value: escapes may differ. */
static bool same_json(struct arena *a, struct str one, struct str two) {
    struct tree *t = tree_new(a, sources_new(a));
    struct buf x = buf_new(a), y = buf_new(a);
    notation_add_value(&x, t, json5_parse_text(t, one).root);
    notation_add_value(&y, t, json5_parse_text(t, two).root);
    return str_equal(buf_str(&x), buf_str(&y));
}

/* What a line of the vectors says of a text, and whether the parser says the same. */
static bool verdict_agrees(const struct parse *line, const struct parse *p) {
    const struct tree *t = line->tree;
    node_id root = line->result.root;
    const struct node *accept = tree_node(t, tree_member(t, root, STR("accept")));
    if (p->result.ok != accept->u.boolean) return false;
    if (!p->result.ok) {
        struct str message = tree_text(t, tree_member(t, root, STR("message")));
        double at_line = tree_node(t, tree_member(t, root, STR("line")))->u.number;
        double column = tree_node(t, tree_member(t, root, STR("column")))->u.number;
        return p->diags->errors > 0 && str_equal(p->result.gateway_message, message) &&
               p->result.gateway_line == at_line && p->result.gateway_column == column;
    }
    if (tree_member(t, root, STR("value_omitted"))) return true;
    struct span value = tree_span(t, tree_member(t, root, STR("value")));
    struct str written = source_text(line->sources, value.file);
    return p->diags->errors == 0 &&
           same_json(p->arena, notation(p), str_slice(written, value.start, value.end));
}

static struct parse parse_subject(const struct parse *line) {
    const struct tree *t = line->tree;
    struct str file = tree_text(t, tree_member(t, line->result.root, STR("file")));
    struct str text = tree_text(t, tree_member(t, line->result.root, STR("text")));
    if (!file.n) return parse_bytes(text.n ? text.p : "", text.n);
    char path[512];
    snprintf(path, sizeof path, VECTORS STR_FMT, STR_ARG(file));
    struct arena *a = arena_new();
    struct sources *sources = sources_new(a);
    uint32_t number;
    const char *reason;
    assert_int_equal(source_read(sources, path, file, &number, &reason), SOURCE_OK);
    return parse_file(sources, a, number);
}

static size_t check_vectors(const char *path, size_t *checked) {
    struct arena *a = arena_new();
    struct sources *sources = sources_new(a);
    uint32_t file;
    const char *reason;
    assert_int_equal(source_read(sources, path, STR("vectors"), &file, &reason), SOURCE_OK);
    struct str rest = source_text(sources, file);
    size_t failures = 0;
    while (rest.n) {
        size_t end = str_find(rest, STR("\n"), 0);
        if (end == SIZE_MAX) end = rest.n;
        struct parse line = parse_bytes(rest.p, end);
        struct parse subject = parse_subject(&line);
        assert_true(line.result.ok);
        if (!verdict_agrees(&line, &subject)) {
            failures++;
            print_error("%.*s\n  parsed: " STR_FMT " " STR_FMT "\n", (int)(end < 300 ? end : 300),
                        rest.p, STR_ARG(subject.result.gateway_message),
                        STR_ARG(notation(&subject)));
        }
        end_parse(&subject);
        end_parse(&line);
        (*checked)++;
        rest = str_slice(rest, end + 1, rest.n);
    }
    arena_free(a);
    return failures;
}

static void test_recorded_files(void **state) {
    (void)state;
    size_t checked = 0;
    assert_int_equal(check_vectors(VECTORS "expected.jsonl", &checked), 0);
    assert_int_equal(checked, 337);
}

static void test_recorded_texts(void **state) {
    (void)state;
    size_t checked = 0;
    assert_int_equal(check_vectors(VECTORS "edge.jsonl", &checked), 0);
    assert_int_equal(checked, 316);
}

/* ---- values
 * -------------------------------------------------------------------------------------- */

static void test_numbers_round_correctly(void **state) {
    (void)state;
    reads_as("[0.1, 1e23, 123456789012345678, 9007199254740993, 5e-324, 2.5e-324, 2.4e-324]",
             "{\"list\":[0.1,1e+23,123456789012345680,9007199254740992,5e-324,5e-324,0]}");
    reads_as("[1.7976931348623158e308, 1.7976931348623159e308, -1e999, -0, +.5, 5., "
             "0e99999999999999999999]",
             "{\"list\":[1.7976931348623157e+308,{\"num\":\"Infinity\"},{\"num\":\"-Infinity\"},"
             "{\"num\":\"-0\"},0.5,5,0]}");
    /* Half way between two doubles, and a little more in the 900th digit. */
    char text[1024];
    snprintf(text, sizeof text, "9007199254740993.%0900d", 1);
    reads_as("9007199254740993.000", "9007199254740992");
    reads_as(text, "9007199254740994");
}

static void test_hexadecimal_numbers_round_correctly(void **state) {
    (void)state;
    reads_as("[0x10, -0XfF, 0x20000000000001, 0x20000000000003, -0x0]",
             "{\"list\":[16,-255,9007199254740992,9007199254740996,{\"num\":\"-0\"}]}");
    /* A bit behind the half decides, however far behind. */
    reads_as("[0x20000000000001000000000000000000000000, 0x20000000000001000000000000000000000001]",
             "{\"list\":[7.1362384635298e+44,7.136238463529801e+44]}");
}

static void test_texts_are_wtf8(void **state) {
    (void)state;
    reads_as("'\\uD83D\\uDE00'", "\"\xf0\x9f\x98\x80\"");
    reads_as("'\\uD83D\\\n\\uDE00'", "\"\xf0\x9f\x98\x80\"");
    reads_as("'\\uDE00\\uD83D'", "{\"utf16\":[56832,55357]}");
    reads_as("{'\\uD83D': '\\uD83D\xf0\x9f\x98\x80'}",
             "{\"map\":[[{\"utf16\":[55357]},{\"utf16\":[55357,55357,56832]}]]}");
    reads_as("'a\\0\\x41\\v\\q\\\r\nb\\\\'", "\"a\\u0000A\\u000bqb\\\\\"");
}

static void test_text_points_into_the_source(void **state) {
    (void)state;
    struct parse p = parse_c("['plain', 'with \xc3\xa9', 'e\\n']");
    struct str source = source_text(p.sources, p.file);
    node_id first = tree_first(p.tree, p.result.root);
    assert_ptr_equal(tree_text(p.tree, first).p, source.p + 2);
    assert_ptr_equal(tree_text(p.tree, first + 1).p, source.p + 11);
    assert_int_equal(tree_text(p.tree, first + 2).n, 2);
    end_parse(&p);
}

static void test_ill_formed_bytes_are_replaced_and_reported(void **state) {
    (void)state;
    struct parse p = parse_c("{a: '\xe2\x80', b: '\xff\xff', // \xc0\n}");
    assert_true(p.result.ok);
    assert_string_equal(
        str_to_c(p.arena, notation(&p)),
        "{\"map\":[[\"a\",\"\xef\xbf\xbd\"],[\"b\",\"\xef\xbf\xbd\xef\xbf\xbd\"]]}");
    assert_int_equal(p.diags->list.n, 1);
    assert_string_equal(p.diags->list.v[0].kind, "ill_formed_utf8");
    assert_int_equal(p.diags->list.v[0].span.start, 5);
    assert_int_equal(p.diags->list.v[0].span.end, 7);
    assert_non_null(strstr(reports(&p), "4 places"));
    end_parse(&p);
}

static void test_a_line_of_a_batch(void **state) {
    (void)state;
    struct arena *a = arena_new();
    static const char lines[] =
        "{\"n\": 123456789012345678901, \"s\": \"\\ud800\", \"z\": \"\\u0000\"}\n[";
    for (int i = 0; i < 3; i++) {
        struct tree *t = tree_new(a, NULL);
        struct json5_result r = json5_parse_text(t, (struct str){lines, sizeof lines - 3});
        assert_true(r.ok);
        assert_int_equal(tree_text(t, tree_member(t, r.root, STR("z"))).n, 1);
        assert_int_equal(tree_text(t, tree_member(t, r.root, STR("s"))).n, 3);
        assert_int_equal(tree_span(t, r.root).file, 0);
        assert_int_equal(tree_key_span(t, r.root + 1).file, 0);
        /* The byte behind the text is not read as part of it. */
        assert_false(json5_parse_text(t, (struct str){lines + sizeof lines - 2, 1}).ok);
        assert_false(json5_parse_text(t, STR("")).ok);
        arena_reset(a);
    }
    arena_free(a);
}

/* ---- order and repeated keys
 * --------------------------------------------------------------------- */

static void test_order_of_keys(void **state) {
    (void)state;
    struct parse p =
        parse_c("{b: 1, '10': 2, a: 3, '9': 4, '01': 5, b: 6, '4294967295': 7, '4294967294': 8}");
    assert_string_equal(str_to_c(p.arena, notation(&p)),
                        "{\"map\":[[\"9\",4],[\"10\",2],[\"4294967294\",8],[\"b\",6],[\"a\",3],"
                        "[\"01\",5],[\"4294967295\",7]]}");
    assert_int_equal(p.diags->list.n, 2);
    const struct diag *repeated = &p.diags->list.v[0], *moved = &p.diags->list.v[1];
    assert_string_equal(repeated->kind, "duplicate_key");
    assert_int_equal(repeated->span.start, 39);
    assert_int_equal(repeated->notes.n, 1);
    assert_int_equal(repeated->notes.v[0].span.start, 1);
    assert_string_equal(moved->kind, "integer_key_order");
    assert_int_equal(moved->span.start, 7);
    end_parse(&p);
}

static void test_ascending_indices_are_no_surprise(void **state) {
    (void)state;
    struct parse p = parse_c("{'1': {}, '2': {}, '10': {}, x: {}}");
    assert_int_equal(p.diags->list.n, 0);
    end_parse(&p);
}

static void test_many_keys(void **state) {
    (void)state;
    enum { KEYS = 200000 };
    struct arena *a = arena_new();
    struct buf b = buf_new(a);
    buf_add_char(&b, '{');
    for (int i = KEYS; i-- > 0;) buf_addf(&b, "k%d:%d,'%d':%d,k%d:0,", i, i, i, i, i);
    buf_add_char(&b, '}');
    struct parse p = parse_bytes(b.p, b.n);
    assert_true(p.result.ok);
    assert_int_equal(tree_node(p.tree, p.result.root)->n, 2 * KEYS);
    node_id first = tree_first(p.tree, p.result.root);
    assert_true(str_equal(tree_key_text(p.tree, tree_node(p.tree, first)->key), STR("0")));
    /* 100 repeated keys, one line for those that are not shown, one for the order. */
    assert_int_equal(p.diags->list.n, JSON5_MAX_REPORTS + 2);
    end_parse(&p);
    arena_free(a);
}

/* ---- places
 * -------------------------------------------------------------------------------------- */

static void span_is(const struct parse *p, struct span span, const char *text) {
    struct str source = source_text(p->sources, p->file);
    assert_string_equal(str_to_c(p->arena, str_slice(source, span.start, span.end)), text);
}

static void test_spans(void **state) {
    (void)state;
    struct parse p =
        parse_c("// c\n{ key : [1.50, 'x\\n'], \"q\\u0041\" /* : */ : { }, true\n:null }");
    const struct tree *t = p.tree;
    node_id root = p.result.root;
    node_id array = tree_first(t, root), object = tree_node(t, array)->next;
    node_id last = tree_node(t, object)->next;
    assert_true(p.result.ok);
    span_is(&p, tree_span(t, array), "[1.50, 'x\\n']");
    span_is(&p, tree_key_span(t, array), "key");
    span_is(&p, tree_span(t, tree_first(t, array)), "1.50");
    span_is(&p, tree_span(t, object), "{ }");
    span_is(&p, tree_key_span(t, object), "\"q\\u0041\"");
    span_is(&p, tree_key_span(t, last), "true");
    span_is(&p, tree_span(t, last), "null");
    assert_true(str_equal(tree_key_text(t, tree_node(t, object)->key), STR("qA")));
    end_parse(&p);
}

/* ---- going on after mistakes
 * --------------------------------------------------------------------- */

static void reported(const char *text, const char *expected) {
    struct parse p = parse_c(text);
    assert_false(p.result.ok);
    assert_string_equal(reports(&p), expected);
    end_parse(&p);
}

#define COMMA_MISSING "a comma is missing before this\n"
#define COLON_MISSING "a colon is missing between the key and this value\n"
#define VALUE_MISSING "a value is missing before this `,`\n"
#define NO_QUOTE      "this string has no closing quote on its line\n"
#define NO_VALUE      "a value is expected here; text needs quotes\n"
#define KEY_QUOTES                                                                                 \
    "this key needs quotes: only a word of letters, digits, `_` and `$` that begins with no "      \
    "digit can do without\n"

static void test_five_mistakes_give_five_messages(void **state) {
    (void)state;
    reported("{\n  a: 1\n  b: 2,\n  c 3,\n  d: ,\n  e: \"x,\n  f: { g: 1 ],\n  h: 4,\n}\n",
             "3:3-3:4 " COMMA_MISSING "4:5-4:6 " COLON_MISSING "5:6-5:7 " VALUE_MISSING
             "6:6-6:8 " NO_QUOTE
             "7:13-7:14 `}` is expected here, not `]`, to close the `{` that is open\n");
    reported("{a:1 b:2 c:3}", "1:6-1:7 " COMMA_MISSING "1:10-1:11 " COMMA_MISSING);
    reported("[1 [2] {}]", "1:4-1:5 " COMMA_MISSING "1:8-1:9 " COMMA_MISSING);
}

static void test_brackets(void **state) {
    (void)state;
    reported("{a: [{b: 1}, {c: 2 ], d: 3}",
             "1:20-1:21 `}` is missing before `]`, to close the `{` that is open\n");
    reported("{a: [{b: 1}, {c: 2]], d: 3}",
             "1:19-1:20 `}` is expected here, not `]`, to close the `{` that is open\n");
    reported("{a: [1] ], b: 2}",
             "1:9-1:10 this `]` closes nothing: the last that is open is a `{`\n");
    reported("{a: {b: 1}}, c: 2, d 3}",
             "1:11-1:12 this closes the whole config, but more of it follows: there is a "
             "closing bracket too many here or before\n1:22-1:23 " COLON_MISSING);
    reported("{\n  a: ['x', 'y'\n  b: 1\n}", "3:3-3:4 `]` is missing before this key\n");
    reported("{a: [1, {b: 2", "1:14-1:14 the file ends before the `}` that closes this object\n");
    reported("{a: [1, 2), b: 3 4}",
             "1:10-1:11 `]` is expected here, not `)`\n1:18-1:19 this does not belong here: a "
             "comma or a closing bracket is expected\n");
}

static void test_strings_with_mistakes(void **state) {
    (void)state;
    reported("{a: 'x\n b: 'y } // z\n", "1:5-1:7 " NO_QUOTE "2:5-2:7 " NO_QUOTE);
    reported("{a: 'it's', b: 1}", "1:9-1:10 the string before this ends too early: a quote "
                                  "inside a string is written \\\" or \\'\n");
    reported("['\\1', '\\xg', '\\u12']",
             "1:3-1:5 a backslash before a digit has no meaning: write \\\\ for a backslash, "
             "\\xHH or \\uHHHH for a character by its number\n"
             "1:9-1:11 two hexadecimal digits are expected behind this; write \\\\ for a "
             "backslash\n"
             "1:16-1:18 four hexadecimal digits are expected behind this; write \\\\ for a "
             "backslash\n");
}

static void test_words_without_quotes(void **state) {
    (void)state;
    reported("{my-key: 1, 5: 2, a: some text, b: http://x/y, c: True, d: 1}",
             "1:2-1:8 " KEY_QUOTES "1:13-1:14 " KEY_QUOTES "1:22-1:26 " NO_VALUE
             "1:36-1:40 a value is expected here, not a key; text needs quotes\n"
             "1:51-1:55 `True` is no value of JSON5: write true\n"
             "1:13-1:14 the key 5 is a whole number: the gateway puts such keys first, in "
             "ascending order, so the order here is not the one that is written; choose a key "
             "that is no number\n");
    reported("a: 1,\nb 2,\n",
             "1:1-1:2 a config is one value: put { before the first key and } behind the "
             "last\n2:3-2:4 " COLON_MISSING);
}

static void test_a_secret_is_not_quoted(void **state) {
    (void)state;
    static const char *const texts[] = {"{token: s3cret}",  "{token: 's3cret}",    "{token s3cret}",
                                        "{token: 1s3cret}", "{token: 'a' s3cret}", "[s3cret-x]"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct parse p = parse_c(texts[i]);
        assert_true(p.diags->errors > 0);
        assert_null(strstr(reports(&p), "s3cret"));
        end_parse(&p);
    }
}

static void test_reports_are_bounded(void **state) {
    (void)state;
    struct arena *a = arena_new();
    struct buf b = buf_new(a);
    buf_add_char(&b, '[');
    for (int i = 0; i < 50000; i++) buf_add(&b, STR("{a 1] \n"));
    struct parse p = parse_bytes(b.p, b.n);
    assert_int_equal(p.diags->errors, JSON5_MAX_REPORTS + 1);
    end_parse(&p);
    arena_free(a);
}

/* ---- depth
 * --------------------------------------------------------------------------------------- */

static struct parse parse_nested(int depth, bool closed) {
    char *text = malloc((size_t)depth * 2);
    assert_non_null(text);
    memset(text, '[', (size_t)depth);
    memset(text + depth, ']', (size_t)depth);
    struct parse p = parse_bytes(text, (size_t)depth * (closed ? 2 : 1));
    free(text);
    return p;
}

static void test_nesting_is_bounded(void **state) {
    (void)state;
    struct parse p = parse_nested(100000, true);
    assert_true(p.result.ok);
    assert_int_equal(notation(&p).n, 100000 * strlen("{\"list\":[]}"));
    end_parse(&p);
    p = parse_nested(JSON5_MAX_DEPTH, false);
    assert_string_equal(p.result.what, "eof");
    end_parse(&p);
    p = parse_nested(JSON5_MAX_DEPTH + 1, true);
    assert_false(p.result.ok);
    assert_string_equal(p.result.what, "depth");
    assert_int_equal(p.diags->errors, 1);
    end_parse(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded_files),
        cmocka_unit_test(test_recorded_texts),
        cmocka_unit_test(test_numbers_round_correctly),
        cmocka_unit_test(test_hexadecimal_numbers_round_correctly),
        cmocka_unit_test(test_texts_are_wtf8),
        cmocka_unit_test(test_text_points_into_the_source),
        cmocka_unit_test(test_ill_formed_bytes_are_replaced_and_reported),
        cmocka_unit_test(test_a_line_of_a_batch),
        cmocka_unit_test(test_order_of_keys),
        cmocka_unit_test(test_ascending_indices_are_no_surprise),
        cmocka_unit_test(test_many_keys),
        cmocka_unit_test(test_spans),
        cmocka_unit_test(test_five_mistakes_give_five_messages),
        cmocka_unit_test(test_brackets),
        cmocka_unit_test(test_strings_with_mistakes),
        cmocka_unit_test(test_words_without_quotes),
        cmocka_unit_test(test_a_secret_is_not_quoted),
        cmocka_unit_test(test_reports_are_bounded),
        cmocka_unit_test(test_nesting_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
