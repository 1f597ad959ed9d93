/* gateway.auth: every spelling of a credential, beside every variable that may stand in for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "model/model.h"

#define NEWER "2026.9.6"
#define OLDER "2026.3.13"
#define LONG  "0123456789abcdef0123456789abcdef"

struct fixture {
    struct arena *arena;
    struct model *model;
};

/* `variables`: NAME=VALUE, separated by blanks; NULL: the environment is not known. */
static struct fixture load(const char *version, const char *text, const char *variables) {
    struct fixture f = {.arena = arena_new()};
    struct arena *a = f.arena;
    struct sources *sources = sources_new(a);
    struct tree *t = tree_new(a, sources);
    struct diags *d = diags_new(a);
    struct gateways gateways = gateways_load(a);
    struct environment *env = environment_new(a);
    env->complete = variables != NULL;
    for (struct str rest = str_from(variables); rest.n;) {
        size_t blank = str_find(rest, STR(" "), 0);
        environment_set_pair(env, str_slice(rest, 0, blank));
        rest = blank == SIZE_MAX ? STR("") : str_slice(rest, blank + 1, rest.n);
    }
    struct str config = str_from(text);
    char *padded = arena_zalloc(a, config.n + SOURCE_PADDING, 1);
    memcpy(padded, config.p, config.n);
    uint32_t file = source_add(sources, STR("openclaw.json5"), (struct str){padded, config.n});
    struct loaded *loaded = ARENA_NEW(a, struct loaded);
    struct loader l = {.arena = a,
                       .tree = t,
                       .diags = d,
                       .gateways = &gateways,
                       .environment = env,
                       .files = &files_of_machine,
                       .config = STR("/openclaw.json5"),
                       .directory = STR("/"),
                       .gateway = str_from(version),
                       .gateway_from = STR("test")};
    load_config(&l, file, loaded);
    assert_true(loaded->root != 0);
    struct gateway_place where = {.name = STR("test")};
    f.model = model_build(a, d, loaded, loaded->environment, &where);
    return f;
}

static struct gateway_auth *auth_of(const struct fixture *f) {
    return &f->model->audit.auth;
}

static void assert_text(struct str text, const char *expected) {
    assert_true(str_equal(text, str_from(expected)));
}

/* ---- what counts as a token --------------------------------------------------------------------
 */

struct row {
    const char *version, *token, *variables;
    bool secret, usable, known;
    uint32_t length;
};

static const struct row rows[] = {
    /* a text, trimmed, goes before the environment */
    {NEWER, "'  " LONG " '", "OPENCLAW_GATEWAY_TOKEN=x", true, true, true, 32},
    {OLDER, "'  " LONG " '", "OPENCLAW_GATEWAY_TOKEN=x", true, true, true, 32},
    /* a variable that has a value is a text */
    {NEWER, "'${A}'", "A=abc", true, true, true, 3},
    {OLDER, "'${A}'", "A=abc", true, true, true, 3},
    /* UTF-16 units */
    {NEWER, "'\xF0\x9F\xA6\x9E\xC3\xA9'", "A=abc", true, true, true, 3},
    /* a blank one is none */
    {NEWER, "' '", "OPENCLAW_GATEWAY_TOKEN=abc", true, true, true, 3},
    {NEWER, "' '", "A=abc", false, false, true, 0},
    {OLDER, "' '", "A=abc", false, true, false, 0},
    /* one without a value: the environment stands in for it, but is not judged (2026.9.6) */
    {NEWER, "'${A}'", "B=1", false, false, false, 0},
    {OLDER, "'${A}'", "B=1", true, true, false, 0},
    {NEWER, "'x${A}'", "OPENCLAW_GATEWAY_TOKEN=abc", true, true, false, 0},
    {OLDER, "'x${A}'", "OPENCLAW_GATEWAY_TOKEN=abc", true, true, true, 3},
    /* the short form is put in later, or is a text like any other */
    {NEWER, "'$ABC'", "ABC=" LONG, false, false, false, 0},
    {OLDER, "'$ABC'", "ABC=" LONG, true, true, true, 4},
    {NEWER, "'$abc'", "abc=" LONG, true, true, true, 4},
    /* an escaped reference is a text; the older one takes it for a reference all the same */
    {NEWER, "'$${A}'", "A=" LONG, true, true, true, 4},
    {OLDER, "'$${A}'", "A=" LONG, true, true, false, 0},
    /* a reference is configured and nothing to compare with */
    {NEWER, "{ source: 'env', provider: 'default', id: 'A' }", "OPENCLAW_GATEWAY_TOKEN=abc", true,
     false, false, 0},
    {OLDER, "{ source: 'env', provider: 'default', id: 'A' }", "OPENCLAW_GATEWAY_TOKEN=abc", true,
     true, true, 3},
    /* the older name counts, but nothing is compared with it */
    {OLDER, "''", "CLAWDBOT_GATEWAY_TOKEN=abc", true, true, false, 0},
    {NEWER, "''", "CLAWDBOT_GATEWAY_TOKEN=abc", false, false, true, 0},
};

static void test_tokens(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[256];
        snprintf(text, sizeof text, "{ gateway: { auth: { mode: 'token', token: %s } } }",
                 rows[i].token);
        struct fixture f = load(rows[i].version, text, rows[i].variables);
        const struct gateway_auth *auth = auth_of(&f);
        bool same = auth->secret == rows[i].secret && auth->usable == rows[i].usable &&
                    auth->token.known == rows[i].known && auth->token.length == rows[i].length;
        if (!same)
            print_error("%s %s with %s: secret %d usable %d known %d length %u\n", rows[i].version,
                        rows[i].token, rows[i].variables, auth->secret, auth->usable,
                        auth->token.known, auth->token.length);
        assert_true(same);
        assert_int_equal(auth->assumed_unset.n, 0);
        arena_free(f.arena);
    }
}

/* ---- the mode ----------------------------------------------------------------------------------
 */

static void check_mode(const char *text, const char *variables, const char *mode, bool secret) {
    struct fixture f = load(NEWER, text, variables);
    assert_text(auth_of(&f)->mode.v, mode);
    assert_int_equal(auth_of(&f)->secret, secret);
    arena_free(f.arena);
}

static void test_modes(void **state) {
    (void)state;
    check_mode("{}", "", "token", false);
    check_mode("{ gateway: { auth: { password: 'pw' } } }", "", "password", true);
    check_mode("{}", "OPENCLAW_GATEWAY_PASSWORD=pw", "password", true);
    check_mode("{ gateway: { auth: { token: 't', password: 'pw' } } }", "", "password", true);
    check_mode("{ gateway: { auth: { mode: 'password', token: 't' } } }", "", "password", false);
    check_mode("{ gateway: { auth: { mode: 'none', token: 't' } } }", "", "none", false);
    check_mode("{ gateway: { remote: { token: 't' } } }", "", "token", true);
    check_mode("{ gateway: { remote: { password: 'pw' } } }", "", "password", true);
}

static void test_remote_is_newer(void **state) {
    (void)state;
    struct fixture f = load(OLDER, "{ gateway: { remote: { token: 'abc' } } }", "");
    assert_true(auth_of(&f)->secret);
    assert_false(auth_of(&f)->used_token.set);
    arena_free(f.arena);
}

/* ---- what nobody knows -------------------------------------------------------------------------
 */

static void test_unknown_environment(void **state) {
    (void)state;
    struct fixture f = load(NEWER, "{}", NULL);
    const struct gateway_auth *auth = auth_of(&f);
    assert_false(auth->secret);
    assert_int_equal(auth->assumed_unset.n, 2);
    assert_text(auth->assumed_unset.v[0], "OPENCLAW_GATEWAY_TOKEN");
    assert_text(auth->assumed_unset.v[1], "OPENCLAW_GATEWAY_PASSWORD");
    assert_int_equal(auth->mode_assumed_unset.n, 1);
    arena_free(f.arena);
    f = load(NEWER, "{ gateway: { auth: { mode: 'token', token: '${T}' } } }", NULL);
    auth = auth_of(&f);
    assert_true(auth->secret && auth->usable && !auth->token.known);
    assert_int_equal(auth->assumed_unset.n, 1);
    assert_int_equal(auth->mode_assumed_unset.n, 0);
    arena_free(f.arena);
}

/* ---- two sources, and one secret for two -------------------------------------------------------
 */

static void check_conflict(const char *token, const char *variables, bool conflict) {
    char text[256];
    snprintf(text, sizeof text, "{ gateway: { auth: { token: %s } } }", token);
    struct fixture f = load(NEWER, text, variables);
    assert_int_equal(auth_of(&f)->env_conflict, conflict);
    arena_free(f.arena);
}

static void test_conflicts(void **state) {
    (void)state;
    const char *set = "OPENCLAW_GATEWAY_TOKEN=abc";
    check_conflict("'other'", set, true);
    check_conflict("' abc '", set, false);
    check_conflict("''", set, false);
    check_conflict("'${OPENCLAW_GATEWAY_TOKEN}'", set, false);
    check_conflict("'$OPENCLAW_GATEWAY_TOKEN'", set, false);
    check_conflict("'${A}'", set, true);
    check_conflict("'$A'", set, true);
    check_conflict("{ source: 'env', provider: 'default', id: 'OPENCLAW_GATEWAY_TOKEN' }", set,
                   false);
    check_conflict("{ source: 'env', provider: 'default', id: 'A' }", set, true);
    check_conflict("'other'", "OPENCLAW_GATEWAY_TOKEN= ", false);
    check_conflict("'other'", "A=1", false);
    check_conflict("'other'", "OPENCLAW_GATEWAY_TOKEN=abc OPENCLAW_SERVICE_KIND=gateway", false);
}

static void check_hooks(const char *version, const char *auth, const char *variables,
                        const char *same_as) {
    char text[256];
    snprintf(text, sizeof text, "{ gateway: { auth: %s }, hooks: { enabled: true, token: '%s' } }",
             auth, LONG);
    struct fixture f = load(version, text, variables);
    assert_text(f.model->audit.hooks_token_is, same_as);
    arena_free(f.arena);
}

static void test_hooks_token(void **state) {
    (void)state;
    check_hooks(NEWER, "{ mode: 'token', token: '" LONG "' }", "", "token");
    check_hooks(NEWER, "{ mode: 'password', password: '" LONG "' }", "", "password");
    check_hooks(NEWER, "{ mode: 'trusted-proxy', password: '" LONG "' }", "", "password");
    check_hooks(NEWER, "{ mode: 'password', password: 'x', token: '" LONG "' }", "", "");
    check_hooks(NEWER, "{ mode: 'none' }", "OPENCLAW_GATEWAY_TOKEN=" LONG, "");
    check_hooks(OLDER, "{ mode: 'none' }", "OPENCLAW_GATEWAY_TOKEN=" LONG, "token");
    check_hooks(OLDER, "{ mode: 'password', password: '" LONG "' }", "", "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens),          cmocka_unit_test(test_modes),
        cmocka_unit_test(test_remote_is_newer), cmocka_unit_test(test_unknown_environment),
        cmocka_unit_test(test_conflicts),       cmocka_unit_test(test_hooks_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
