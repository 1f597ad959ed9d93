#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cel/cel.h"

static const struct cel_variable variables[] = {{"a", CEL_TYPE(CEL_BOOL)},
                                                {"b", CEL_TYPE(CEL_BOOL)},
                                                {"n", CEL_TYPE(CEL_INT)},
                                                {"xs", CEL_TYPE_LIST(CEL_INT)}};

/* Every condition of the source as `text` with what it was (`+`, `-`, both or none), in order. */
static void expect(const char *source, const char *expected) {
    static const struct cel_value elements[] = {{.kind = CEL_INT, .u.i = 1},
                                                {.kind = CEL_INT, .u.i = 5}};
    struct arena *arena = arena_new();
    struct cel_env env = {.variables = variables, .n = 4, .conditions = true};
    struct cel_error error;
    const struct cel_program *p = cel_compile(arena, &env, str_from(source), &error);
    if (!p) fail_msg("%s: " STR_FMT, source, STR_ARG(error.message));
    struct cel_seen *seen = ARENA_ARRAY(arena, struct cel_seen, cel_condition_count(p));
    struct cel_run run = cel_run_new(arena, NULL);
    struct cel_value values[] = {cel_bool(true), cel_bool(false), cel_int(2),
                                 cel_list(elements, 2)};
    run.seen = seen;
    (void)cel_eval(p, &run, values);
    struct buf b = buf_new(arena);
    for (size_t i = 0; i < cel_condition_count(p); i++) {
        uint32_t offset = 0;
        struct str text = cel_condition_text(arena, p, i, &offset);
        assert_int_equal(offset, text.p - source);
        buf_addf(&b, "%s" STR_FMT "%s%s", i ? "; " : "", STR_ARG(text), seen[i].yes ? "+" : "",
                 seen[i].no ? "-" : "");
    }
    assert_string_equal(str_to_c(arena, buf_str(&b)), expected);
    arena_free(arena);
}

static void test_operands(void **state) {
    (void)state;
    expect("a", "a+");
    expect("a && b", "a+; b-");
    expect("b && a", "b-; a");
    expect("a || b && n > 1", "a+; b; n > 1");
    expect("!(a && !b)", "a+; b-");
    expect("(a || b) && n == 2", "a+; b; n == 2+");
    expect("a && true", "a+");
}

static void test_branches(void **state) {
    (void)state;
    expect("a ? n > 1 : n < 1", "a+; n > 1+; n < 1");
    expect("(b ? 1 : n) == 2", "(b ? 1 : n) == 2+; b-");
    expect("(a ? 'x' : 'y').size() > 1 && b", "(a ? 'x' : 'y').size() > 1-; a+; b");
}

static void test_macros(void **state) {
    (void)state;
    expect("xs.exists(x, x > 3)", "xs.exists(x, x > 3)+; x > 3+-");
    expect("xs.all(x, x > 0 && x < 9) && !b", "xs.all(x, x > 0 && x < 9)+; x > 0+; x < 9+; b-");
    expect("size(xs.filter(x, x > 7)) > 0", "size(xs.filter(x, x > 7)) > 0-; x > 7-");
    expect("xs.map(x, x + 1).exists(y, y == 2)", "xs.map(x, x + 1).exists(y, y == 2)+; y == 2+");
}

static void test_brackets(void **state) {
    (void)state;
    expect("((a))", "a+");
    expect("(n + 1) * 2 == 6 && [a, b][0]", "(n + 1) * 2 == 6+; [a, b][0]+");
    expect("a && ((n) in [1, 2])", "a+; (n) in [1, 2]+");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operands), cmocka_unit_test(test_branches),
        cmocka_unit_test(test_macros), cmocka_unit_test(test_brackets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
