#include "syntax/paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "syntax/yaml.h"

/* YAML's flow style has the punctuation of JSON5, so one reader serves for both shapes. */
struct fixture {
    struct arena *arena;
    struct sources *sources;
    struct tree *tree;
    struct paths *paths;
    struct str text;
};

static struct fixture read_text(struct str text) {
    struct fixture f = {.arena = arena_new(), .text = text};
    f.sources = sources_new(f.arena);
    f.tree = tree_new(f.arena, f.sources);
    char *padded = arena_zalloc(f.arena, text.n + SOURCE_PADDING, 1);
    memcpy(padded, text.p, text.n);
    uint32_t file = source_add(f.sources, STR("t"), (struct str){padded, text.n});
    assert_int_not_equal(yaml_parse(f.tree, file, diags_new(f.arena)), 0);
    f.paths = paths_new(f.arena, f.tree);
    return f;
}

static void check_span(struct fixture *f, uint32_t start, uint32_t end, const char *expected) {
    struct str path = paths_of_span(f->paths, (struct span){1, start, end});
    assert_string_equal(str_to_c(f->arena, path), expected);
}

/* The path of where `needle` stands first. */
static void check(struct fixture *f, const char *needle, const char *expected) {
    size_t at = str_find(f->text, str_from(needle), 0);
    assert_true(at != SIZE_MAX);
    check_span(f, (uint32_t)at, (uint32_t)(at + strlen(needle)), expected);
}

static void test_flow(void **state) {
    (void)state;
    struct fixture f = read_text(STR(
        "{\"a\": [1, {\"b-c\": \"x${V}y\"}, [\"z\"]], \"my bot\": {\"t\\\"\": 22}, \"9a\": 33}"));
    check(&f, "1", "a[0]");
    check(&f, "{\"b-c\"", "a[1]");
    check(&f, "\"b-c\"", "a[1].b-c");
    check(&f, "-c", "a[1].b-c");
    check(&f, "\"x${V}y\"", "a[1].b-c");
    check(&f, "${V}", "a[1].b-c");
    check(&f, "\"z\"", "a[2][0]");
    check(&f, "[\"z\"]", "a[2]");
    check(&f, "]]", "a[2]");
    check(&f, ", \"my", "");
    check(&f, "22", "[\"my bot\"][\"t\\\"\"]");
    check(&f, "33", "[\"9a\"]");
    check_span(&f, 0, 1, "");
    check_span(&f, (uint32_t)f.text.n, (uint32_t)f.text.n, "");
    check_span(&f, 7, 1000000, "a[0]");
    assert_int_equal(paths_of_span(f.paths, SPAN_NONE).n, 0);
    assert_int_equal(paths_of_span(f.paths, (struct span){7, 0, 1}).n, 0);
    arena_free(f.arena);
}

static void test_block(void **state) {
    (void)state;
    struct fixture f = read_text(STR("# c\nchannels:\n  my bot:\n    dm:\n  x: &x\n    - p: 11\n"
                                     "    - q: 22 # d\n      r: 33\ny: *x\nz:\n  <<: {m: 44}\n"
                                     "  k: 55\nlast:\n"));
    check(&f, "# c", "");
    check(&f, "channels", "channels");
    check(&f, "my", "channels[\"my bot\"]");
    check(&f, "dm", "channels[\"my bot\"].dm");
    size_t dm = str_find(f.text, STR("dm:"), 0) + 3;
    check_span(&f, (uint32_t)dm, (uint32_t)dm, "channels[\"my bot\"].dm");
    check(&f, "p", "channels.x[0].p");
    check(&f, "p: 11", "channels.x[0]"); /* exactly the mapping that begins there */
    check(&f, "11", "channels.x[0].p");
    check(&f, "22", "channels.x[1].q");
    check(&f, "# d", "channels.x[1]");
    check(&f, "33", "channels.x[1].r");
    check(&f, "*x", "y");
    check(&f, "44", "z[\"<<\"].m");
    check(&f, "55", "z.k");
    check(&f, "last", "last");
    check_span(&f, (uint32_t)f.text.n - 1, (uint32_t)f.text.n - 1, "last");
    arena_free(f.arena);
}

/* Members with a repeated key have no link from their object, but a place all the same. */
static void test_unlinked(void **state) {
    (void)state;
    struct arena *a = arena_new();
    struct sources *sources = sources_new(a);
    struct tree *t = tree_new(a, sources);
    static const char text[] = "{a: {b: 1}, a: 2}\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    uint32_t file = source_add(sources, STR("t"), (struct str){text, 17});
    static const struct {
        enum node_kind kind;
        uint32_t start, end, key_start;
        const char *key;
    } nodes[] = {{NODE_OBJECT, 0, 17, 0, NULL},
                 {NODE_OBJECT, 4, 10, 1, "a"},
                 {NODE_NUMBER, 8, 9, 5, "b"},
                 {NODE_NUMBER, 15, 16, 12, "a"}};
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        node_id n = tree_add(t, nodes[i].kind, (struct span){file, nodes[i].start, nodes[i].end});
        t->nodes[n].key_start = nodes[i].key_start;
        if (nodes[i].key) t->nodes[n].key = tree_key(t, str_from(nodes[i].key));
    }
    t->nodes[2].flags = NODE_DUPLICATE;
    tree_append(t, 1, t->nodes[4].key, 4);
    tree_append(t, 2, t->nodes[3].key, 3);
    /* What loading made comes after the range and says nothing about the text. */
    node_id made = tree_clone(t, 4);
    t->nodes[made].flags |= NODE_SYNTHETIC;
    struct paths *p = paths_new(a, t);
    assert_string_equal(str_to_c(a, paths_of_span(p, (struct span){file, 8, 9})), "a.b");
    assert_string_equal(str_to_c(a, paths_of_span(p, (struct span){file, 1, 2})), "a");
    assert_string_equal(str_to_c(a, paths_of_span(p, (struct span){file, 15, 16})), "a");
    arena_free(a);
}

static void test_bounds(void **state) {
    (void)state;
    enum { DEPTH = 300, LONG = 3000 };
    struct arena *a = arena_new();
    struct buf b = buf_new(a);
    for (int i = 0; i < DEPTH; i++) buf_add(&b, STR("{k: "));
    buf_add(&b, STR("[1, 2]"));
    buf_add_repeat(&b, '}', DEPTH);
    struct fixture f = read_text(buf_str(&b));
    struct buf expected = buf_new(a);
    buf_add_char(&expected, 'k');
    for (int i = 1; i < PATHS_MAX_DEPTH; i++) buf_add(&expected, STR(".k"));
    check_span(&f, 4 * PATHS_MAX_DEPTH, 4 * PATHS_MAX_DEPTH + 1, str_to_c(a, buf_str(&expected)));
    buf_add(&expected, STR("..."));
    check(&f, "2", str_to_c(a, buf_str(&expected)));
    arena_free(f.arena);

    b.n = 0;
    buf_add(&b, STR("{? "));
    buf_add_repeat(&b, 'y', LONG);
    buf_add(&b, STR(" : {k: 1}}"));
    f = read_text(buf_str(&b));
    size_t one = str_find(f.text, STR("1"), 0);
    struct str path = paths_of_span(f.paths, (struct span){1, (uint32_t)one, (uint32_t)one + 1});
    assert_int_equal(path.n, 2 + PATHS_MAX_KEY + 3 + 2 + 2);
    assert_true(str_ends(path, STR("yyy...\"].k")));
    arena_free(f.arena);
    arena_free(a);
}

static void test_many(void **state) {
    (void)state;
    enum { BINDINGS = 20000 };
    struct arena *a = arena_new();
    struct buf b = buf_new(a);
    buf_add(&b, STR("bindings: ["));
    for (int i = 0; i < BINDINGS; i++) buf_addf(&b, "{match: {peer: {id: %05d}}}, ", i);
    buf_add(&b, STR("]"));
    struct fixture f = read_text(buf_str(&b));
    for (uint32_t i = 0; i < BINDINGS; i++) {
        uint32_t at = 11 + 30 * i + 20;
        struct str path = paths_of_span(f.paths, (struct span){1, at, at + 5});
        assert_true(str_equal(path, str_format(a, "bindings[%u].match.peer.id", i)));
    }
    arena_free(f.arena);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flow),     cmocka_unit_test(test_block),
        cmocka_unit_test(test_unlinked), cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
