#include "compose/interpolate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/arena.h"

static struct interpolation interpolation_of(struct arena *a, bool complete) {
    struct environment *e = environment_new(a);
    e->complete = complete;
    environment_set(e, STR("SET"), STR("value"));
    environment_set(e, STR("EMPTY"), STR(""));
    environment_set(e, STR("_x9"), STR("low"));
    return (struct interpolation){.arena = a, .environment = e};
}

struct expectation {
    const char *written, *complete, *unknown;
};

static void gives_what_compose_gives(void **state) {
    static const struct expectation table[] = {
        {"", "", ""},
        {"no variable", "no variable", "no variable"},
        {"$SET", "value", "value"},
        {"${SET}s $SET/x", "values value/x", "values value/x"},
        {"a$_x9.b", "alow.b", "alow.b"},
        {"$NONE-", "-", "@@NONE@@-"},
        {"${NONE}", "", "@@NONE@@"},
        {"${EMPTY:-d}${EMPTY-d}", "d", "d"},
        {"${NONE:-d}${NONE-e}", "de", "de"},
        {"${SET:-d}${SET-d}", "valuevalue", "valuevalue"},
        {"${SET:+r}${SET+r}", "rr", "rr"},
        {"${EMPTY:+r}${EMPTY+r}", "r", "r"},
        {"${NONE:+r}${NONE+r}", "", ""},
        {"${SET:?no}${SET?no}", "valuevalue", "valuevalue"},
        {"${A:-${B:-c}}", "c", "c"},
        {"${A:-${SET}${EMPTY:+x}/$_x9}", "value/low", "value/low"},
        {"${SET:-${UNUSED}}", "value", "value"},
        {"${NONE:-}", "", ""},
        {"${NONE:-a:b-c?d+e}", "a:b-c?d+e", "a:b-c?d+e"},
        {"$$", "$", "$"},
        {"$${SET} $$$SET", "${SET} $value", "${SET} $value"},
        {"{$SET}", "{value}", "{value}"},
        {"}{", "}{", "}{"},
        {"${A:-{}}", "{}", "{}"},
    };
    (void)state;
    struct arena *a = arena_new();
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (int complete = 0; complete < 2; complete++) {
            struct interpolation n = interpolation_of(a, complete);
            struct str got = interpolate(&n, str_from(table[i].written));
            const char *wanted = complete ? table[i].complete : table[i].unknown;
            assert_null(n.problem);
            assert_string_equal(str_to_c(a, got), wanted);
        }
    arena_free(a);
}

static void refuses_what_compose_refuses(void **state) {
    static const struct {
        const char *written;
        size_t at;
    } table[] = {
        {"$", 0},       {"a $ b", 2},  {"$1", 0},          {"${}", 0},    {"${1}", 0},
        {"x${A", 1},    {"${A:-b", 0}, {"${A:=b}", 0},     {"${A b}", 0}, {"${A:-${B}", 0},
        {"${A:-$}", 5}, {"${ A}", 0},  {"a${A:-${-}}", 6}, {"${A.b}", 0},
    };
    (void)state;
    struct arena *a = arena_new();
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct interpolation n = interpolation_of(a, true);
        struct str written = str_from(table[i].written), got = interpolate(&n, written);
        assert_non_null(n.problem);
        assert_int_equal(n.problem_at, table[i].at);
        assert_true(str_equal(got, written));
    }
    arena_free(a);
}

static void names_a_variable_that_must_be_set(void **state) {
    (void)state;
    struct arena *a = arena_new();
    struct interpolation n = interpolation_of(a, true);
    assert_int_equal(interpolate(&n, STR("${NONE:?set it, $SET}")).n, 0);
    assert_null(n.problem);
    assert_string_equal(str_to_c(a, n.variable), "NONE");
    assert_string_equal(str_to_c(a, n.message), "set it, value");
    interpolate(&n, STR("${EMPTY?}"));
    assert_int_equal(n.variable.n, 0);
    interpolate(&n, STR("${EMPTY:?}"));
    assert_string_equal(str_to_c(a, n.variable), "EMPTY");
    interpolate(&n, STR("${SET:-${NONE:?}}")); /* not looked at */
    assert_int_equal(n.variable.n, 0);
    struct interpolation unknown = interpolation_of(a, false);
    interpolate(&unknown, STR("${NONE:?}"));
    assert_int_equal(unknown.variable.n, 0);
    arena_free(a);
}

static void is_bounded(void **state) {
    enum { LEVELS = 100000, PART = 1 << 20 };
    (void)state;
    struct arena *a = arena_new();
    struct interpolation n = interpolation_of(a, true);
    char *deep = arena_alloc(a, LEVELS * 5 + 1);
    for (size_t i = 0; i < LEVELS; i++)
        for (size_t k = 0; k < 5; k++) deep[i * 5 + k] = "${A:-"[k];
    interpolate(&n, (struct str){deep, (size_t)LEVELS * 5});
    assert_non_null(n.problem);
    struct environment *e = environment_copy(a, n.environment);
    environment_set(e, STR("BIG"), (struct str){arena_zalloc(a, PART, 1), PART});
    n.environment = e;
    for (size_t i = 0; i < INTERPOLATE_MAX_BYTES / PART && !n.problem; i++)
        interpolate(&n, STR("$BIG"));
    assert_non_null(n.problem);
    arena_free(a);
}

static void knows_what_is_unknown(void **state) {
    (void)state;
    assert_int_equal(interpolate_unknown_name(STR("@@A_1@@")).n, 3);
    assert_int_equal(interpolate_unknown_name(STR("@@A@@ ")).n, 0);
    assert_int_equal(interpolate_unknown_name(STR("@@@@")).n, 0);
    assert_int_equal(interpolate_unknown_name(STR("@@")).n, 0);
    assert_true(interpolate_is_unknown(STR("x:@@A@@/y")));
    assert_true(interpolate_is_unknown(STR("@@@A@@")));
    assert_false(interpolate_is_unknown(STR("a@b@@c@")));
    assert_false(interpolate_is_unknown(STR("@@a b@@")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_what_compose_gives),
        cmocka_unit_test(refuses_what_compose_refuses),
        cmocka_unit_test(names_a_variable_that_must_be_set),
        cmocka_unit_test(is_bounded),
        cmocka_unit_test(knows_what_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
