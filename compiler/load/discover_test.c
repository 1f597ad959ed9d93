/* Where a gateway looks: every recorded environment, and what depends on files that exist. */
#include "load/discover.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "load/files.h"
#include "syntax/json5.h"

struct test_case {
    struct arena *arena;
    struct tree *tree;
    node_id input, expect;
    struct discover from;
};

static node_id member(const struct test_case *c, node_id n, const char *key) {
    return tree_member(c->tree, n, str_from(key));
}

static struct environment *environment_of(const struct test_case *c) {
    struct environment *e = environment_new(c->arena);
    e->complete = true;
    for (TREE_EACH(c->tree, v, member(c, c->input, "env")))
        environment_set(e, tree_key_text(c->tree, tree_node(c->tree, v)->key),
                        tree_text(c->tree, v));
    return e;
}

static bool same(const struct test_case *c, const char *key, struct str got) {
    struct str want = tree_text(c->tree, member(c, c->expect, key));
    if (str_equal(want, got)) return true;
    fprintf(stderr, "%s: gateway " STR_FMT ", clawc " STR_FMT "\n", key, STR_ARG(want),
            STR_ARG(got));
    return false;
}

static bool same_port(const struct test_case *c, double port) {
    double want = tree_node(c->tree, member(c, c->expect, "port"))->u.number;
    if (!(want < port) && !(want > port)) return true;
    fprintf(stderr, "port: gateway %g, clawc %g\n", want, port);
    return false;
}

static bool check_paths(const struct test_case *c) {
    struct discovered found = discover_paths(&c->from);
    struct str agent = files_absolute(c->arena, found.state, STR("agents/main/agent"));
    bool ok = same(c, "stateDir", found.state);
    ok = same(c, "configPath", found.config) && ok;
    ok = same(c, "credentialsDir", found.credentials) && ok;
    ok = same(c, "defaultWorkspace", found.workspace) && ok;
    ok = same(c, "defaultAgentDir", agent) && ok;
    return same_port(c, discover_port(&c->from, 0)) && ok;
}

static bool check_port(const struct test_case *c) {
    node_id port = tree_path(c->tree, c->input, "config", "gateway", "port", NULL);
    return same_port(c, discover_port(&c->from, port ? tree_node(c->tree, port)->u.number : 0));
}

static bool run_line(struct arena *a, const struct gateway_data *gateway, struct str line,
                     size_t *count) {
    struct test_case c = {.arena = a};
    bool paths = str_find(line, STR("\"kind\": \"paths\""), 0) != SIZE_MAX ||
                 str_find(line, STR("\"kind\":\"paths\""), 0) != SIZE_MAX;
    bool port = str_find(line, STR("\"gateway-port\""), 0) != SIZE_MAX;
    if (!paths && !port) return true;
    (*count)++;
    c.tree = tree_new(a, sources_new(a));
    struct json5_result parsed = json5_parse_text(c.tree, line);
    assert_true(parsed.ok);
    c.input = member(&c, parsed.root, "input");
    c.expect = member(&c, parsed.root, "expect");
    c.from = (struct discover){.arena = a,
                               .gateway = gateway,
                               .environment = environment_of(&c),
                               .directory = STR("/run/gw"),
                               .os_home = STR("/nonexistent-home/u0"),
                               .profile = tree_text(c.tree, member(&c, c.input, "cliProfile"))};
    if (member(&c, c.expect, "invalid")) return true;
    bool ok = paths ? check_paths(&c) : check_port(&c);
    if (!ok) fprintf(stderr, "  in " STR_FMT "\n", STR_ARG(line));
    return ok;
}

static void run_vectors(const char *path, const char *version) {
    struct arena *a = arena_new(), *each = arena_new();
    struct gateways gateways = gateways_load(a);
    const struct gateway_data *gateway = gateways_find(&gateways, str_from(version));
    struct sources *sources = sources_new(a);
    uint32_t file;
    const char *reason;
    assert_int_equal(source_read(sources, path, str_from(path), &file, &reason), SOURCE_OK);
    struct str text = source_text(sources, file);
    size_t failed = 0, count = 0;
    for (size_t at = 0, end; at < text.n; at = end + 1) {
        end = str_find(text, STR("\n"), at);
        if (end == SIZE_MAX) end = text.n;
        failed += !run_line(each, gateway, str_slice(text, at, end), &count);
        arena_reset(each);
    }
    assert_int_equal(failed, 0);
    assert_true(count >= 600);
    arena_free(each);
    arena_free(a);
}

static void test_newer(void **unused) {
    (void)unused;
    run_vectors("testdata/vectors/paths-2026.9.6.jsonl", "2026.9.6");
}

static void test_older(void **unused) {
    (void)unused;
    run_vectors("testdata/vectors/paths-2026.3.13.jsonl", "2026.3.13");
}

/* ---- with files --------------------------------------------------------------------------------
 */

static bool is_listed(void *context, struct str path) {
    for (const char *const *p = context; *p; p++)
        if (str_equal(path, str_from(*p))) return true;
    return false;
}

struct expected {
    const char *version, *state_dir, *const *files;
    const char *state, *config;
};

static void check_files(struct arena *a, const struct gateways *gateways,
                        const struct expected *x) {
    struct environment *e = environment_new(a);
    environment_set(e, STR("HOME"), STR("/h"));
    if (x->state_dir) environment_set(e, STR("OPENCLAW_STATE_DIR"), str_from(x->state_dir));
    struct discover d = {.arena = a,
                         .gateway = gateways_find(gateways, str_from(x->version)),
                         .environment = e,
                         .directory = STR("/w"),
                         .exists = is_listed,
                         .context = (void *)x->files};
    struct discovered found = discover_paths(&d);
    assert_true(str_equal(found.state, str_from(x->state)));
    assert_true(str_equal(found.config, str_from(x->config)));
}

static void test_files(void **unused) {
    (void)unused;
    static const char *const legacy[] = {"/h/.clawdbot", "/h/.clawdbot/clawdbot.json", NULL};
    static const char *const oldest[] = {"/h/.moltbot", "/h/.moltbot/moltbot.json", NULL};
    static const char *const home[] = {"/h/.openclaw", "/h/.openclaw/openclaw.json", NULL};
    static const struct expected cases[] = {
        {"2026.9.6", NULL, legacy, "/h/.clawdbot", "/h/.clawdbot/clawdbot.json"},
        {"2026.3.13", NULL, legacy, "/h/.clawdbot", "/h/.clawdbot/clawdbot.json"},
        {"2026.9.6", NULL, oldest, "/h/.openclaw", "/h/.openclaw/openclaw.json"},
        {"2026.3.13", NULL, oldest, "/h/.moltbot", "/h/.moltbot/moltbot.json"},
        {"2026.9.6", "/s", home, "/s", "/s/openclaw.json"},
        {"2026.3.13", "/s", home, "/s", "/h/.openclaw/openclaw.json"},
    };
    struct arena *a = arena_new();
    struct gateways gateways = gateways_load(a);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) check_files(a, &gateways, &cases[i]);
    arena_free(a);
}

static void test_profiles(void **unused) {
    (void)unused;
    struct arena *a = arena_new();
    struct gateways gateways = gateways_load(a);
    struct discover d = {.arena = a,
                         .gateway = gateways_find(&gateways, STR("2026.9.6")),
                         .environment = environment_new(a),
                         .directory = STR("/w"),
                         .os_home = STR("/h"),
                         .dev = true};
    assert_true(str_equal(discover_paths(&d).config, STR("/h/.openclaw-dev/openclaw.json")));
    assert_int_equal(discover_port(&d, 0), 19001);
    d.profile = STR("work");
    assert_true(discover_paths(&d).problem.n != 0);
    d.dev = false;
    assert_true(discover_paths(&d).problem.n == 0);
    d.profile = STR("-x");
    assert_true(discover_paths(&d).problem.n != 0);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_newer), cmocka_unit_test(test_older),
                                       cmocka_unit_test(test_files),
                                       cmocka_unit_test(test_profiles)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
