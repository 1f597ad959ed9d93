#include "syntax/yaml.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"

struct fixture {
    struct arena *arena;
    struct sources *sources;
    struct tree *tree;
    struct diags *diags;
    node_id root;
};

static struct fixture parse(struct str text) {
    struct fixture f = {.arena = arena_new()};
    f.sources = sources_new(f.arena);
    f.tree = tree_new(f.arena, f.sources);
    f.diags = diags_new(f.arena);
    char *padded = arena_zalloc(f.arena, text.n + SOURCE_PADDING, 1);
    memcpy(padded, text.p, text.n);
    uint32_t file = source_add(f.sources, STR("t.yaml"), (struct str){padded, text.n});
    f.root = yaml_parse(f.tree, file, f.diags);
    return f;
}

static void print(struct buf *b, const struct fixture *f, node_id n, bool spans);

static void print_children(struct buf *b, const struct fixture *f, node_id n, bool spans) {
    const struct tree *t = f->tree;
    bool object = tree_is(t, n, NODE_OBJECT);
    uint32_t count = 0;
    buf_add_char(b, object ? '{' : '[');
    for (TREE_EACH(t, child, n)) {
        if (count++) buf_add(b, STR(", "));
        if (object) {
            if (spans) buf_addf(b, "%u:", tree_node(t, child)->key_start);
            buf_addf(b, STR_FMT ": ", STR_ARG(tree_key_text(t, tree_node(t, child)->key)));
        }
        print(b, f, child, spans);
    }
    buf_add_char(b, object ? '}' : ']');
    assert_int_equal(count, tree_node(t, n)->n);
}

/* The value; with spans, each value is followed by @start-end and each key preceded by its start.
 */
static void print(struct buf *b, const struct fixture *f, node_id n, bool spans) {
    const struct node *node = tree_node(f->tree, n);
    switch (node->kind) {
    case NODE_NULL: buf_add(b, STR("null")); break;
    case NODE_BOOL: buf_add(b, node->u.boolean ? STR("true") : STR("false")); break;
    case NODE_NUMBER: {
        char text[JS_NUMBER_MAX];
        buf_add(b, (struct str){text, js_number_text(node->u.number, text)});
        break;
    }
    case NODE_STRING: json_add_string(b, tree_text(f->tree, n)); break;
    default: print_children(b, f, n, spans); break;
    }
    if (spans) buf_addf(b, "@%u-%u", node->start, node->end);
}

static void check_printed(struct str text, const char *expected, bool spans) {
    struct fixture f = parse(text);
    if (f.diags->list.n) print_message(STR_FMT "\n", STR_ARG(f.diags->list.v[0].message));
    assert_int_equal(f.diags->list.n, 0);
    struct buf b = buf_new(f.arena);
    print(&b, &f, f.root, spans);
    buf_add_char(&b, '\0');
    assert_string_equal(b.p, expected);
    arena_free(f.arena);
}

#define VALUE(text, expected) check_printed(STR(text), expected, false)
#define SPANS(text, expected) check_printed(STR(text), expected, true)

/* The errors as "start-end: message", one a line, notes indented. */
static void check_errors(struct str text, const char *expected) {
    struct fixture f = parse(text);
    struct buf b = buf_new(f.arena);
    for (size_t i = 0; i < f.diags->list.n; i++) {
        const struct diag *d = &f.diags->list.v[i];
        buf_addf(&b, "%u-%u: " STR_FMT "\n", d->span.start, d->span.end, STR_ARG(d->message));
        for (size_t j = 0; j < d->notes.n; j++)
            buf_addf(&b, "  %u-%u: " STR_FMT "\n", d->notes.v[j].span.start, d->notes.v[j].span.end,
                     STR_ARG(d->notes.v[j].message));
    }
    buf_add_char(&b, '\0');
    assert_string_equal(b.p, expected);
    assert_int_equal(f.root, 0);
    arena_free(f.arena);
}

#define ERRORS(text, expected) check_errors(STR(text), expected)

static void test_scalars(void **state) {
    (void)state;
    VALUE("[null, Null, NULL, ~, nUll]", "[null, null, null, null, \"nUll\"]");
    VALUE("[true, True, TRUE, false, yes, no, on, off, tRue]",
          "[true, true, true, false, \"yes\", \"no\", \"on\", \"off\", \"tRue\"]");
    VALUE("[0, -1, +12, 007, 0o17, 0x1F, 0b1, 1_000, 0o8, 0x, -0x1]",
          "[0, -1, 12, 7, 15, 31, \"0b1\", \"1_000\", \"0o8\", \"0x\", \"-0x1\"]");
    VALUE(
        "[1.5, .5, 5., 1e3, 1.e-2, ., e3, 1e, -.inf, .INF, .nan, +.5e+1, .Nan]",
        "[1.5, 0.5, 5, 1000, 0.01, \".\", \"e3\", \"1e\", -Infinity, Infinity, NaN, 5, \".Nan\"]");
    VALUE("[22:22, 2026-11-20, 1.2.3, 0o, 9007199254740993]",
          "[\"22:22\", \"2026-11-20\", \"1.2.3\", \"0o\", 9007199254740992]");
    VALUE("['1', \"true\", '', \"a\\nb\\u00e9\\0\", 'it''s']",
          "[\"1\", \"true\", \"\", \"a\\nb\xc3\xa9\\u0000\", \"it's\"]");
    VALUE("a: |\n  x\n   y\n\nb: >-\n  p\n  q\n\nc: |+\n  z\n\n",
          "{a: \"x\\n y\\n\", b: \"p q\", c: \"z\\n\\n\"}");
    VALUE("plain text\n  on two lines", "\"plain text on two lines\"");
    VALUE("", "null");
    VALUE("# nothing\n", "null");
    VALUE("---\n...\n", "null");
}

static void test_tags(void **state) {
    (void)state;
    VALUE("[!!str 12, !!int \"12\", !!float 1, !!bool 'true', !!null '', ! 12, !!str ]",
          "[\"12\", 12, 1, true, null, \"12\", \"\"]");
    VALUE("!!map {a: !!seq [1]}", "{a: [1]}");
    VALUE("%TAG !c! tag:yaml.org,2002:\n---\n!c!str 12", "\"12\"");
    ERRORS("[!!int 1.5, !!bool x]", "1-10: the tag !!int does not fit this text\n"
                                    "12-20: the tag !!bool does not fit this text\n");
    ERRORS("a: !reset [x]\nb: !!binary aGk=\n",
           "3-11: the tag !reset is not supported here; only !!str, !!int, !!float, !!bool, "
           "!!null, !!map and !!seq are\n"
           "17-30: the tag !!binary is not supported here; only !!str, !!int, !!float, !!bool, "
           "!!null, !!map and !!seq are\n");
    ERRORS("!!seq {}", "0-7: the tag !!seq does not fit a mapping\n");
}

static void test_keys(void **state) {
    (void)state;
    VALUE("8080: a\ntrue: b\n~: c\n'x y': d\n? z\n: e\n? w\n",
          "{8080: \"a\", true: \"b\", ~: \"c\", x y: \"d\", z: \"e\", w: null}");
    VALUE("b: 1\na: 2\n10: 3\n9: 4", "{b: 1, a: 2, 10: 3, 9: 4}");
    ERRORS("a: 1\nb: 2\n'a': 3\n", "10-13: the key \"a\" is there twice; remove one of the two\n"
                                   "  0-1: it stands here first\n");
    ERRORS("x: {k: 1, k: 2}\ny: {k: 1, k: 3}\nx:\n",
           "10-11: the key \"k\" is there twice; remove one of the two\n"
           "  4-5: it stands here first\n"
           "26-27: the key \"k\" is there twice; remove one of the two\n"
           "  20-21: it stands here first\n"
           "32-33: the key \"x\" is there twice; remove one of the two\n"
           "  0-1: it stands here first\n");
    ERRORS("? [a, b]\n: c\n", "2-3: a key must be a text, not a list\n");
}

static void test_spans(void **state) {
    (void)state;
    SPANS("a: 1\nbc: [x, 'y']\n", "{0:a: 1@3-4, 5:bc: [\"x\"@10-11, \"y\"@13-16]@9-17}@0-17");
    /* A block ends with its last value, not at the next token. */
    SPANS("a:\n  b: 1\n\n# c\nd: {}\n", "{0:a: {5:b: 1@8-9}@5-9, 15:d: {}@18-20}@0-20");
    SPANS("- - 1\n  -\n- x: \n", "[[1@4-5, null@9-9]@2-9, {12:x: null@14-14}@12-14]@0-14");
    SPANS("[a: 1 , b]", "[{1:a: 1@4-5}@1-5, \"b\"@8-9]@0-10");
    /* Offsets are bytes although libyaml counts characters; a byte order mark counts too. */
    SPANS("\xef\xbb\xbf\xc3\xa9: \xf0\x9f\x98\x80\nz: 1\r\ny: 2",
          "{3:\xc3\xa9: \"\xf0\x9f\x98\x80\"@7-11, 12:z: 1@15-16, 18:y: 2@21-22}@3-22");
    SPANS("t: |\n  one\n  two\n\nu: >\n  v\n",
          "{0:t: \"one\\ntwo\\n\"@3-16, 18:u: \"v\\n\"@21-26}@0-26");
    SPANS("a: &x [1]\nb: *x\n", "{0:a: [1@7-8]@3-9, 10:b: [1@7-8]@13-15}@0-15");
    SPANS("a: b\n  c\nd: \"e\n  f\"\n", "{0:a: \"b c\"@3-8, 9:d: \"e f\"@12-19}@0-19");
}

static void test_ids_ascend(void **state) {
    (void)state;
    struct fixture f = parse(STR("a: &x {b: [1, 2], c: 3}\nd: {<<: *x, e: *x}\nf: [[], [{}]]\n"));
    uint32_t last = 0;
    for (node_id n = 1; n < f.tree->n; n++) {
        if (tree_node(f.tree, n)->flags & NODE_SYNTHETIC) continue;
        assert_true(tree_node(f.tree, n)->start >= last);
        last = tree_node(f.tree, n)->start;
    }
    arena_free(f.arena);
}

static void test_aliases(void **state) {
    (void)state;
    VALUE("- &a 1\n- &b [*a, *a]\n- *b\n- &a 2\n- *a\n", "[1, [1, 1], [1, 1], 2, 2]");
    VALUE("&k key: *k", "{key: \"key\"}");
    ERRORS("a: *x", "3-5: no value above is marked &x\n");
    ERRORS("a: &x [1, *x]", "10-12: *x stands inside of the value that it names\n");
    ERRORS("a: &x 1\n*x : 2", "8-10: an alias cannot be a key; write the key out\n");
}

static void test_merges(void **state) {
    (void)state;
    VALUE("- &a {x: 1, y: [2]}\n- {<<: *a, x: 3}\n- {w: 0, <<: *a, z: 4}\n",
          "[{x: 1, y: [2]}, {y: [2], x: 3}, {w: 0, x: 1, y: [2], z: 4}]");
    VALUE("- &a {x: 1}\n- &b {x: 2, y: 2}\n- <<: [*a, *b]\n  z: 3\n- <<: {q: 1}\n- '<<': 1\n",
          "[{x: 1}, {x: 2, y: 2}, {x: 1, y: 2, z: 3}, {q: 1}, {<<: 1}]");
    VALUE("- &a {x: 1}\n- &b {<<: *a, y: 2}\n- {<<: *b, <<b: 1}\n",
          "[{x: 1}, {x: 1, y: 2}, {x: 1, y: 2, <<b: 1}]");
    VALUE("a: {<<: {}}", "{a: {}}");
    ERRORS("a: {<<: 1}\nb: {<<: [{}, x]}\n",
           "8-9: the merge key << takes a mapping or a list of mappings\n"
           "24-25: the merge key << takes a mapping or a list of mappings\n");
    ERRORS("a: {<<: *nobody}", "8-15: no value above is marked &nobody\n");
    ERRORS("a: {<<: {}, <<: {}}", "12-14: the key \"<<\" is there twice; remove one of the two\n"
                                  "  4-6: it stands here first\n");
}

static void test_syntax_errors(void **state) {
    (void)state;
    ERRORS("a: 1\nb: c: d\n",
           "9-10: this is no YAML: a ':' is not expected here; quote the text if the colon belongs "
           "to it, or check the indentation\n");
    ERRORS("\xef\xbb\xbf\xc3\xa9: [1, 2\nb: 3\n",
           "14-15: this is no YAML: a ',' or ']' is expected here\n"
           "  7-8: while parsing a flow sequence\n");
    ERRORS("a: 1\n\tb: 2\n", "5-6: this is no YAML: a tab cannot indent YAML; use spaces\n"
                             "  3-4: while scanning a plain scalar\n");
    ERRORS("a: @b\n", "3-4: this is no YAML: no text can begin with this character; indent with "
                      "spaces, not tabs, and quote texts that begin with '@', '`' or '%'\n");
    ERRORS("a: \xff\n", "3-4: this is no YAML: invalid leading UTF-8 octet\n");
    ERRORS("\xef\xbb\xbf"
           "ab: \x01\n",
           "7-8: this is no YAML: a control character is not allowed here\n");
    ERRORS("\xff\xfe"
           "a\0",
           "0-1: this is no YAML: invalid leading UTF-8 octet\n");
    ERRORS("a: 1\n---\nb: 2\n",
           "5-8: a second document begins here; this file may have only one\n");
    ERRORS("a: 'x\n", "6-6: this is no YAML: the file ends inside of a quoted text\n"
                      "  3-4: while scanning a quoted scalar\n");
}

static const char *first_error(struct fixture *f) {
    assert_int_equal(f->root, 0);
    assert_true(f->diags->list.n > 0);
    return str_to_c(f->arena, f->diags->list.v[0].message);
}

static void test_depth(void **state) {
    (void)state;
    enum { MANY = 200000 };
    struct arena *a = arena_new();
    struct buf b = buf_new(a);
    buf_add_repeat(&b, '[', MANY);
    struct fixture f = parse(buf_str(&b));
    assert_string_equal(first_error(&f), "values nest deeper than 1000 levels");
    arena_free(f.arena);
    b.n = 0;
    buf_add_repeat(&b, '[', YAML_MAX_DEPTH);
    buf_add_repeat(&b, ']', YAML_MAX_DEPTH);
    f = parse(buf_str(&b));
    assert_int_equal(f.diags->list.n, 0);
    arena_free(f.arena);
    b.n = 0;
    buf_add(&b, STR("- &a0 []\n"));
    for (unsigned i = 1; i < YAML_MAX_DEPTH + 10; i++) buf_addf(&b, "- &a%u [*a%u]\n", i, i - 1);
    f = parse(buf_str(&b));
    assert_string_equal(first_error(&f), "with this alias values nest deeper than 1000 levels");
    arena_free(f.arena);
    arena_free(a);
}

static void test_bombs(void **state) {
    (void)state;
    struct arena *a = arena_new();
    struct buf b = buf_new(a);
    buf_add(&b, STR("- &a0 [x, x, x, x, x, x, x, x, x]\n"));
    for (unsigned i = 1; i < 30; i++) {
        buf_addf(&b, "- &a%u [", i);
        for (unsigned j = 0; j < 9; j++) buf_addf(&b, "*a%u, ", i - 1);
        buf_add(&b, STR("]\n"));
    }
    struct fixture f = parse(buf_str(&b));
    assert_string_equal(first_error(&f),
                        "the aliases up to here stand for more than 1000000 values");
    assert_true(f.tree->n < 1000);
    arena_free(f.arena);
    b.n = 0;
    buf_add(&b, STR("a: &a {k: 1}\n"));
    for (unsigned i = 0; i < 300; i++) buf_addf(&b, "m%u: {x: 1, x: 2}\n", i);
    f = parse(buf_str(&b));
    assert_int_equal(f.diags->list.n, YAML_MAX_ERRORS);
    arena_free(f.arena);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scalars),    cmocka_unit_test(test_tags),
        cmocka_unit_test(test_keys),       cmocka_unit_test(test_spans),
        cmocka_unit_test(test_ids_ascend), cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_merges),     cmocka_unit_test(test_syntax_errors),
        cmocka_unit_test(test_depth),      cmocka_unit_test(test_bombs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
