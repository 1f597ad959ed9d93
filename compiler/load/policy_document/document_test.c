/* Policy documents: paths as the gateway writes them, digests, bounds. What is right and wrong in a
 * document is compared with the gateway's answers elsewhere (tools/suites/policy.py). */
#include "load/policy_document/document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

struct fixture {
    struct arena *arena;
    struct tree *tree;
    const struct policy_format *format;
};

static int begin(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    f->arena = arena_new();
    f->tree = tree_new(f->arena, sources_new(f->arena));
    struct gateways gateways = gateways_load(f->arena);
    f->format = policy_format_newest(f->arena, &gateways);
    *state = f;
    return 0;
}

static int end(void **state) {
    struct fixture *f = *state;
    arena_free(f->arena);
    free(f);
    return 0;
}

static struct policy_document *read_document(struct fixture *f, struct str text) {
    char *p = arena_zalloc(f->arena, text.n + SOURCE_PADDING, 1);
    memcpy(p, text.p, text.n);
    uint32_t file = source_add(f->tree->sources, STR("a/policy.jsonc"), (struct str){p, text.n});
    return policy_document_read(f->tree, file, f->format);
}

static void assert_text(struct str got, const char *want) {
    if (str_equal(got, str_from(want))) return;
    fail_msg("got " STR_FMT ", want %s", STR_ARG(got), want);
}

static void test_paths(void **state) {
    struct arena *a = ((struct fixture *)*state)->arena;
    assert_text(policy_path(a, STR("oc://p"), STR("work_1-A")), "oc://p/work_1-A");
    assert_text(policy_path(a, STR("oc://p"), STR("a \"b\"")), "oc://p/\"a \\\"b\\\"\"");
    assert_text(policy_path(a, STR("oc://p"), STR("#12")), "oc://p/#12");
    assert_text(policy_path(a, STR("oc://p"), STR("#")), "oc://p/\"#\"");
    assert_text(policy_config_path(a, STR("oc://c"), STR("a b")), "oc://c/\"a b\"");
    assert_text(policy_config_path(a, STR("oc://c"), STR("a\"b c")), "oc://c/a\"b c");
    assert_text(policy_plain_path(a, STR("oc://c"), STR("a b")), "oc://c/a b");
    assert_text(policy_path_item(a, STR("oc://c"), 3), "oc://c/#3");
}

/* A name is not cut within a character. */
static void test_long_name(void **state) {
    struct arena *a = ((struct fixture *)*state)->arena;
    struct buf b = buf_new(a);
    buf_add_char(&b, 'x');
    for (int i = 0; i < POLICY_PATH_NAME; i++) buf_add(&b, STR("\xc3\xa9"));
    struct str path = policy_plain_path(a, STR(""), buf_str(&b));
    assert_int_equal(path.n, 1 + POLICY_PATH_NAME - 1 + 3);
    assert_true(str_ends(path, STR("\xc3\xa9...")));
}

/* The order of keys, white space and comments do not matter; the order of lists does. */
static void test_hash(void **state) {
    struct fixture *f = *state;
    struct str one = policy_document_hash(
        f->arena, read_document(f, STR("{ tools: { denyTools: ['a', 'b'] }, mcp: {} }")));
    struct str same = policy_document_hash(
        f->arena, read_document(f, STR("/* x */ {mcp: {}, tools: {denyTools: ['a', 'b',]}}")));
    struct str other = policy_document_hash(
        f->arena, read_document(f, STR("{ mcp: {}, tools: { denyTools: ['b', 'a'] } }")));
    assert_text(one, str_to_c(f->arena, same));
    assert_false(str_equal(one, other));
    assert_text(policy_document_hash(f->arena, read_document(f, STR("{}"))),
                "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    assert_text(policy_document_hash(f->arena, read_document(f, STR("[]"))), "");
}

static void test_deep(void **state) {
    struct fixture *f = *state;
    struct buf b = buf_new(f->arena);
    buf_add(&b, STR("{ tools: "));
    buf_add_repeat(&b, '[', 100000);
    buf_add_repeat(&b, ']', 100000);
    buf_add(&b, STR("}"));
    struct policy_document *d = read_document(f, buf_str(&b));
    assert_text(policy_document_hash(f->arena, d), "");
    assert_int_equal(d->problems.n, 1);
}

static void test_many_problems(void **state) {
    struct fixture *f = *state;
    struct buf b = buf_new(f->arena);
    buf_add(&b, STR("{"));
    for (int i = 0; i < 5000; i++) buf_addf(&b, "k%d: 1,", i);
    buf_add(&b, STR("}"));
    assert_int_equal(read_document(f, buf_str(&b))->problems.n, POLICY_MAX_PROBLEMS);
}

/* The data is whole: whatever fails has an id, and what it is held against has a name. */
static void test_format(void **state) {
    const struct policy_format *f = ((struct fixture *)*state)->format;
    assert_true(f->n_rules > 50);
    for (size_t i = 0; i < f->n_rules; i++) {
        const struct policy_rule *rule = &f->rules[i];
        bool special = rule->value == POLICY_DENY_RULES || rule->value == POLICY_PROBES;
        bool judged = rule->when != POLICY_NEVER && rule->sees.n;
        if (rule->checks.n && !rule->needs.n && !special && !judged)
            fail_msg(STR_FMT " is held against nothing", STR_ARG(rule->path));
        if (!rule->checks.n && judged) fail_msg(STR_FMT " has no id", STR_ARG(rule->path));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_paths, begin, end),
        cmocka_unit_test_setup_teardown(test_long_name, begin, end),
        cmocka_unit_test_setup_teardown(test_hash, begin, end),
        cmocka_unit_test_setup_teardown(test_deep, begin, end),
        cmocka_unit_test_setup_teardown(test_many_problems, begin, end),
        cmocka_unit_test_setup_teardown(test_format, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
