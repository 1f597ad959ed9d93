#include "cel/cel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* ---- a small host: channels with accounts ---- */

struct account {
    const char *name; /* NULL: absent */
    int64_t senders;
    uint32_t origin;
};

struct channel {
    const char *id;
    const struct account *accounts;
    size_t n;
};

static struct cel_value get_account(struct cel_run *run, const void *object, size_t field) {
    (void)run;
    const struct account *a = object;
    if (field == 1) return cel_with_origin(cel_int(a->senders), a->origin);
    return a->name ? cel_with_origin(cel_string(str_from(a->name)), a->origin + 1) : cel_null();
}

static const struct cel_field account_fields[] = {
    {"name", CEL_TYPE(CEL_STRING), "its name"},
    {"senders", CEL_TYPE(CEL_INT), "how many senders it admits"},
};
static const struct cel_object_type account_type = {"account", "An account.", account_fields, 2,
                                                    get_account};

static struct cel_value account_at(struct cel_run *run, const void *host, size_t i) {
    (void)run;
    const struct channel *c = host;
    return cel_with_origin(cel_object(&account_type, &c->accounts[i]), c->accounts[i].origin);
}

static struct cel_value get_channel(struct cel_run *run, const void *object, size_t field) {
    const struct channel *c = object;
    if (field == 0) return cel_string(str_from(c->id));
    if (field == 1) {
        const struct cel_host_list list = {c->n, account_at, c};
        return cel_host_list(arena_copy(run->arena, &list, sizeof list));
    }
    return c->n ? account_at(run, c, 0) : cel_null();
}

static const struct cel_field channel_fields[] = {
    {"id", CEL_TYPE(CEL_STRING), "its id"},
    {"accounts", CEL_TYPE_LIST_OBJECT(&account_type), "its accounts"},
    {"first", CEL_TYPE_OBJECT(&account_type), "the first account"},
};
static const struct cel_object_type channel_type = {"channel", "A channel.", channel_fields, 3,
                                                    get_channel};

static const struct cel_variable variables[] = {
    {"channel", CEL_TYPE_OBJECT(&channel_type)},
    {"empty", CEL_TYPE_OBJECT(&channel_type)},
    {"limit", CEL_TYPE(CEL_INT)},
    {"any", CEL_TYPE(CEL_DYN)},
};
static const struct cel_env env = {.variables = variables, .n = 4};

static const struct account accounts[] = {{"work", 3, 100}, {NULL, 1, 200}};
static const struct channel channels[] = {{"telegram", accounts, 2}, {"slack", NULL, 0}};

/* ---- helpers ---- */

static struct arena *arena;
static struct cel_run run;

static int set_up(void **state) {
    (void)state;
    arena = arena_new();
    run = cel_run_new(arena, NULL);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static struct cel_value eval_text(struct str source) {
    struct cel_error error = {0, STR("")};
    const struct cel_program *p = cel_compile(arena, &env, source, &error);
    if (!p) fail_msg("'" STR_FMT "': " STR_FMT, STR_ARG(source), STR_ARG(error.message));
    const struct cel_value values[] = {
        cel_with_origin(cel_object(&channel_type, &channels[0]), 1),
        cel_object(&channel_type, &channels[1]),
        cel_with_origin(cel_int(2), 7),
        cel_with_origin(cel_string(STR("text")), 9),
    };
    return cel_eval(p, &run, values);
}

static struct cel_value eval(const char *source) {
    return eval_text(str_from(source));
}

static void expect_true(const char *source) {
    struct cel_value v = eval(source);
    if (v.kind == CEL_ERROR) fail_msg("%s: " STR_FMT, source, STR_ARG(v.u.text));
    assert_int_equal(v.kind, CEL_BOOL);
    if (!v.u.boolean) fail_msg("%s is false", source);
}

static void expect_code(const char *source, enum cel_error_code code, uint32_t offset) {
    struct cel_value v = eval(source);
    assert_int_equal(v.kind, CEL_ERROR);
    assert_int_equal(v.code, code);
    assert_int_equal(v.origin, offset);
}

static void expect_refused(const char *source, uint32_t offset, const char *message) {
    struct cel_error error;
    assert_null(cel_compile(arena, &env, str_from(source), &error));
    assert_string_equal(str_to_c(arena, error.message), message);
    assert_int_equal(error.offset, offset);
}

static void expect_text(const char *source, const char *text) {
    struct buf b = buf_new(arena);
    cel_add_text(&run, &b, eval(source));
    assert_string_equal(str_to_c(arena, buf_str(&b)), text);
}

static void expect_origin(const char *source, uint32_t origin) {
    struct cel_value v = eval(source);
    if (v.kind == CEL_ERROR) fail_msg("%s: " STR_FMT, source, STR_ARG(v.u.text));
    assert_int_equal(v.origin, origin);
}

/* ---- host objects ---- */

static void test_fields(void **state) {
    (void)state;
    expect_true("channel.id == 'telegram' && size(channel.accounts) == 2");
    expect_true("channel.accounts.exists(a, a.senders > limit && a.name == 'work')");
    expect_true("channel.accounts.filter(a, a.senders > 1).map(a, a.name) == ['work']");
    expect_true("channel.accounts[0] == channel.first && channel != empty");
    expect_true("type(channel) != type(channel.first)");
}

static void test_absent_fields(void **state) {
    (void)state;
    expect_true("has(channel.first) && !has(empty.first)");
    expect_true("!has(channel.accounts[1].name) && channel.accounts[1].name == null");
    expect_true("empty.?first.?name.orValue('none') == 'none'");
    expect_true("channel.?first.name.orValue('none') == 'work'");
    expect_true("channel.accounts.map(a, a.?name.orValue('-')) == ['work', '-']");
    expect_code("empty.first.name == 'x'", CEL_ERROR_OVERLOAD, 12);
    expect_code("channel.accounts[1].name.startsWith('x')", CEL_ERROR_OVERLOAD, 20);
}

static void test_dynamic_fields(void **state) {
    (void)state;
    expect_true("dyn(channel).id == 'telegram' && has(dyn(channel).first)");
    expect_code("dyn(channel).ids", CEL_ERROR_NAME, 13);
}

static void test_origins(void **state) {
    (void)state;
    expect_origin("limit", 7);
    expect_origin("channel.first.senders", 100);
    expect_origin("channel.accounts[0].name", 101);
    expect_origin("channel.accounts.filter(a, a.senders == 1)[0]", 200);
    expect_origin("channel.accounts.map(a, a.senders)[1]", 200);
    expect_origin("limit > 1 ? channel.first.name : 'x'", 101);
    expect_origin("empty.?first.orValue(channel.first)", 100);
    expect_origin("channel.?first.value()", 100);
    expect_origin("{'k': any}.k", 9);
    expect_origin("limit + 1", 0);
    expect_origin("any + 'x'", 0);
}

static void test_used_variables(void **state) {
    (void)state;
    struct cel_error error;
    const struct cel_program *p = cel_compile(arena, &env, STR("limit > 1 && any == 2"), &error);
    assert_non_null(p);
    assert_false(cel_uses_variable(p, 0));
    assert_true(cel_uses_variable(p, 2) && cel_uses_variable(p, 3));
    assert_int_equal(cel_result_type(p).kind, CEL_BOOL);
}

/* ---- what is refused ---- */

static void test_unknown_names(void **state) {
    (void)state;
    expect_refused("chanel.id == ''", 0, "unknown name 'chanel'; did you mean 'channel'?");
    expect_refused("channel.acounts", 8,
                   "channel has no field 'acounts'; did you mean 'accounts'?");
    expect_refused("channel.accounts.all(a, a.sender > 1)", 26,
                   "account has no field 'sender'; did you mean 'senders'?");
    expect_refused("channel.accounts.?size", 18, "list of account has no fields");
    expect_refused("has(channel.xyzzy)", 12, "channel has no field 'xyzzy'");
    expect_refused("channel.id.startWith('t')", 11,
                   "unknown function 'startWith'; did you mean 'startsWith'?");
    expect_refused("channel.accounts.exist(a, true)", 17,
                   "unknown function 'exist'; did you mean 'exists'?");
    expect_refused("math.greatst(1)", 5,
                   "unknown function 'math.greatst'; did you mean 'math.greatest'?");
    expect_refused("startsWith('a', 'b')", 0, "'startsWith' is called as x.startsWith(...)");
    expect_refused("'a'.int()", 4, "'int' is called as int(x)");
}

static void test_kinds(void **state) {
    (void)state;
    expect_refused("size(1)", 5, "'size' does not take int");
    expect_refused("1 + 'a'", 2, "this operator does not take int and string");
    expect_refused("channel.id > 3", 11, "there is no order between string and int");
    expect_refused("channel.id == limit", 11, "never equal: string and int");
    expect_refused("limit in ['a']", 6, "never found: int and list of string");
    expect_refused("limit in 'a'", 6, "'in' looks into a list or a map, not string");
    expect_refused("limit && true", 0, "'&&' needs bool, and this is int");
    expect_refused("limit ? 1 : 2", 0, "the condition before '?' must be bool, and this is int");
    expect_refused("!limit", 1, "'!' needs bool, and this is int");
    expect_refused("limit.all(x, true)", 0, "only lists and maps can be gone through, not int");
    expect_refused("channel.accounts.all(a, a.senders)", 26,
                   "the condition must be bool, and this is int");
    expect_refused("channel.accounts['x']", 17, "a list's index is an int");
    expect_refused("limit.orValue(1)", 0, "this needs an optional, and this is int");
    expect_refused("size()", 0, "'size' does not take 0 arguments");
    expect_refused("'a'.charAt(0, 1)", 4, "'charAt' does not take 2 arguments");
    expect_refused("matches('a')", 0, "'matches' does not take 1 argument");
    expect_refused("'a'.matches('(')", 4,
                   "this pattern is not a regular expression: a group is not closed");
}

static void test_syntax(void **state) {
    (void)state;
    expect_refused("", 0, "the expression ends too early");
    expect_refused("limit = 2", 6, "a single '=' means nothing here: equality is written '=='");
    expect_refused("any and true", 4, "'and' is not an operator here: write '&&'");
    expect_refused("for > 1", 0, "'for' is a reserved word and cannot be a name");
    expect_refused("'abc", 0,
                   "this text has no closing quote (on the same line, unless it begins with three "
                   "quotes)");
    expect_refused("'\\q'", 1, "there is no such escape (a backslash is written \\\\)");
    expect_refused("'\\ud800'", 1, "this is not the number of a character");
    expect_refused("[1, 2", 5, "the expression ends too early");
    expect_refused("9223372036854775808", 0,
                   "9223372036854775808 does not fit an int (the largest is one less)");
    expect_refused("-(9223372036854775808)", 2,
                   "9223372036854775808 does not fit an int (the largest is one less)");
    expect_refused("has(limit)", 0, "'has' asks for a field or key: has(a.b)");
    expect_refused("[1].all(1, true)", 8, "'all' needs the plain name of a variable here");
    expect_refused("\xff", 0, "the expression is not UTF-8 here");
}

/* ---- bounds ---- */

static struct str repeat(const char *before, const char *middle, const char *after, int times) {
    struct buf b = buf_new(arena);
    for (int i = 0; i < times; i++) buf_add(&b, str_from(before));
    buf_add(&b, str_from(middle));
    for (int i = 0; i < times; i++) buf_add(&b, str_from(after));
    return buf_str(&b);
}

static void test_nesting(void **state) {
    (void)state;
    struct cel_error error;
    assert_int_equal(eval_text(repeat("(", "1", ")", 40000)).kind, CEL_INT);
    assert_int_equal(eval_text(repeat("[", "1", "]", 400)).kind, CEL_LIST);
    assert_int_equal(eval_text(repeat("1 + ", "1", "", 400)).u.i, 401);
    assert_int_equal(eval_text(repeat("true && ", "true", "", 10000)).kind, CEL_BOOL);
    assert_int_equal(eval_text(repeat("[1].map(x, ", "x", ")", 400)).kind, CEL_LIST);
    assert_null(cel_compile(arena, &env, repeat("[", "1", "]", 600), &error));
    assert_string_equal(str_to_c(arena, error.message),
                        "the expression is nested more than 512 deep");
    assert_null(cel_compile(arena, &env, repeat("!", "true", "", 40000), &error));
    assert_null(cel_compile(arena, &env, repeat("(", "1", ")", 60000), &error));
    assert_string_equal(str_to_c(arena, error.message),
                        "the expression is longer than 102400 bytes");
}

static void test_steps(void **state) {
    (void)state;
    const char *loops = "[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, "
                        "[1,2,3,4,5,6,7,8,9,10].all(c, a + b + c > 0)))";
    expect_true(loops);
    run.steps_left = 1000;
    struct cel_value v = eval(loops);
    assert_int_equal(v.kind, CEL_ERROR);
    assert_int_equal(v.code, CEL_ERROR_LIMIT);
}

static void test_memory(void **state) {
    (void)state;
    struct buf b = buf_new(arena);
    for (int i = 0; i < 40; i++) buf_add(&b, STR("cel.bind(s, s + s, "));
    buf_add(&b, STR("size(s)"));
    buf_add_repeat(&b, ')', 40);
    struct str source =
        str_format(arena, "cel.bind(s, 'xxxxxxxx', " STR_FMT ")", STR_ARG(buf_str(&b)));
    struct cel_value v = eval_text(source);
    assert_int_equal(v.kind, CEL_ERROR);
    assert_int_equal(v.code, CEL_ERROR_LIMIT);
}

/* A limit is not hidden by another error, but by a side that decides. */
static void test_limit_in_logic(void **state) {
    (void)state;
    struct str big = repeat("x", "", "", 50000);
    const char *format = "'" STR_FMT "'.matches(dyn('(x+x+)+y')) || %s";
    run.steps_left = 5000;
    struct cel_value v = eval_text(str_format(arena, format, STR_ARG(big), "1 / 0 == 1"));
    assert_int_equal(v.code, CEL_ERROR_LIMIT);
}

/* ---- regular expressions ---- */

static void test_regex(void **state) {
    (void)state;
    expect_true("'foobar'.matches('^foo') && 'foobar'.matches('o+b') && !'foobar'.matches('^bar')");
    expect_true("'a\\nb'.matches('a.b') == false && 'a\\nb'.matches('(?s)a.b')");
    expect_true("!'a\\n'.matches('a$') && 'a\\n'.matches('(?m)a$') && 'a\\n'.matches('a\\\\n$')");
    expect_true("'ABC'.matches('(?i)abc') && 'ABC'.matches('(?i:ab)C')");
    expect_true("!'\\v'.matches('\\\\s') && '\\v'.matches('[\\\\S]') && '\\t'.matches('[\\\\s]')");
    expect_true("'é'.matches('^.$') && 'λ'.matches('\\\\p{Greek}') && 'A1'.matches('\\\\pL\\\\d')");
    expect_true("'a.b'.matches('\\\\Qa.b\\\\E') && !'axb'.matches('\\\\Qa.b\\\\E')");
    expect_true("'x'.matches('(?P<n>x)') && '{'.matches('{') && 'a{,2}'.matches('a{,2}')");
    expect_true("'A'.matches('\\\\x41') && 'A'.matches('\\\\x{41}') && 'S'.matches('\\\\123')");
    expect_true("'ab'.matches('^*ab') && 'a-b'.matches('[[:alpha:]]-[^[:digit:]]')");
    expect_true("matches('abc', 'b') && 'abc'.matches(dyn('c$')) && ''.matches('')");
    expect_true("'a\\nb'.matches('a(?m:$)') && !'a\\nb'.matches('(?m)(?-m:a$)')");
    expect_true("'aé9'.matches('^(é?a)+é{1,2}[0-9]{1}$') && 'ab'.matches('(?:(?m)a$|b)$')");
    expect_true("'(*'.matches('\\\\(\\\\*') && ']'.matches('[]]') && '^'.matches('[\\\\^]')");
}

static void test_regex_refused(void **state) {
    (void)state;
    static const char *const patterns[] = {
        "(a)\\1",    "(?=a)",       "(?!a)",   "(?<=a)",
        "(?<!a)",    "(?>a)",       "a*+",     "a++",
        "a**",       "(*F)",        "a{2}{3}", "a{1001}",
        "\\C",       "\\K",         "\\G",     "\\Z",
        "\\h",       "\\R",         "\\X",     "(?R)",
        "(?1)",      "(?P=n)",      "(?#c)",   "(?x)a",
        "*a",        "a|*",         "(",       ")",
        "[a",        "\\",          "\\8",     "\\p{sc:Greek}",
        "\\p{Nope}", "\\x{110000}", "(?(1)a)", "(((a{900}){900}){900})",
        "\\k<n>",    "\\g1",        "(?i-)",   "\\pl",
        "\\p{GREEK}"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct str source = str_format(arena, "'a'.matches(dyn(r\"\"\"%s\"\"\"))", patterns[i]);
        struct cel_value v = eval_text(source);
        if (v.kind != CEL_ERROR) fail_msg("'%s' is not refused", patterns[i]);
        assert_int_equal(v.code, CEL_ERROR_ARGUMENT);
    }
}

/* What takes a backtracking matcher for ever. */
static void test_regex_time(void **state) {
    (void)state;
    static const char *const patterns[] = {
        "(a+)+$", "(a|aa)+$", "(a*)*b", "a*a*a*a*a*a*b", "(.*)*x", "^(([a-z])+.)+[A-Z]([a-z])+$"};
    struct buf text = buf_new(arena);
    buf_add_repeat(&text, 'a', 20000);
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        run = cel_run_new(arena, NULL);
        struct cel_value v = eval_text(str_format(arena, "('" STR_FMT "' + '!').matches('%s')",
                                                  STR_ARG(buf_str(&text)), patterns[i]));
        assert_int_equal(v.kind, CEL_BOOL);
        assert_false(v.u.boolean);
    }
}

/* ---- texts ---- */

static void test_texts(void **state) {
    (void)state;
    expect_text("['a', 'b']", "a, b");
    expect_text("[1, 2u, 1.5, true, null]", "1, 2, 1.5, true, none");
    expect_text("{'a': 1}", "a: 1");
    expect_text("empty.?first", "none");
    expect_text("channel", "channel");
    expect_text("type(1)", "int");
    expect_text("-9223372036854775808", "-9223372036854775808");
}

/* Maps of more than a few entries are hashed; all kinds of numbers find each other. */
static void test_large_maps(void **state) {
    (void)state;
    expect_true("{0: 0, 1: 1, 2u: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, -9: 9, 'x': 10, true: 11}"
                "[2.0] == 2");
    expect_true("{0: 0, 1: 1, 2u: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, -9: 9, 'x': 10, true: 11}"
                "[-9.0] == 9");
    expect_true("!(2.5 in {0: 0, 1: 1, 2u: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, -9: 9})");
    expect_code("{0: 0, 1: 1, 2u: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 2: 9}", CEL_ERROR_ARGUMENT,
                0);
}

int main(void) {
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_fields),  TEST(test_absent_fields),  TEST(test_dynamic_fields),
        TEST(test_origins), TEST(test_used_variables), TEST(test_unknown_names),
        TEST(test_kinds),   TEST(test_syntax),         TEST(test_nesting),
        TEST(test_steps),   TEST(test_memory),         TEST(test_limit_in_logic),
        TEST(test_regex),   TEST(test_regex_refused),  TEST(test_regex_time),
        TEST(test_texts),   TEST(test_large_maps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
