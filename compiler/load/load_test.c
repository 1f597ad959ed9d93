/* Loads every config that the real gateways were asked about and compares what they made of it:
 * the resolved config, what they could not include, the variables they missed. */
#include "load/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "load/load_testing.h"
#include "syntax/notation.h"

#define ROOT "/root-of-test"
static const struct str state = {ROOT "/state", sizeof ROOT "/state" - 1};

/* ---- a case ------------------------------------------------------------------------------------
 */

struct test_case {
    struct arena *arena;
    struct tree *tree; /* of the vector line */
    node_id line;
    struct virtual_files files;
    struct files access;
    struct environment *environment;
    struct loaded loaded;
    struct diags *diags;
};

static struct str replace_root(struct arena *a, struct str text) {
    struct buf b = buf_new(a);
    size_t from = 0, at;
    while ((at = str_find(text, STR("@ROOT@"), from)) != SIZE_MAX) {
        buf_add(&b, str_slice(text, from, at));
        buf_add(&b, STR(ROOT));
        from = at + 6;
    }
    buf_add(&b, str_slice(text, from, text.n));
    return buf_str(&b);
}

static struct str decode_base64(struct arena *a, struct str s) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct buf b = buf_new(a);
    uint32_t bits = 0;
    int n = 0;
    for (size_t i = 0; i < s.n && s.p[i] != '='; i++) {
        bits = bits << 6 | (uint32_t)(strchr(digits, s.p[i]) - digits);
        n += 6;
        if (n < 8) continue;
        n -= 8;
        buf_add_char(&b, (char)(bits >> n & 0xff));
    }
    return buf_str(&b);
}

static node_id member(const struct test_case *c, node_id n, const char *key) {
    return tree_member(c->tree, n, str_from(key));
}

static struct str key_of(const struct test_case *c, node_id n) {
    return tree_key_text(c->tree, tree_node(c->tree, n)->key);
}

static struct str file_text(const struct test_case *c, node_id n) {
    if (!tree_is(c->tree, n, NODE_OBJECT)) return tree_text(c->tree, n);
    struct buf b = buf_new(c->arena);
    struct str fill = tree_text(c->tree, member(c, n, "fill"));
    size_t times = (size_t)tree_node(c->tree, member(c, n, "times"))->u.number;
    for (size_t i = 0; i < times; i++) buf_add(&b, fill);
    return buf_str(&b);
}

static void make_files(struct test_case *c) {
    c->files.arena = c->arena;
    for (TREE_EACH(c->tree, f, member(c, c->line, "files")))
        virtual_add(&c->files, state, key_of(c, f), file_text(c, f));
    for (TREE_EACH(c->tree, f, member(c, c->line, "links")))
        virtual_link(&c->files, state, key_of(c, f), tree_text(c->tree, f));
    for (TREE_EACH(c->tree, f, member(c, c->line, "hardlinks")))
        virtual_hard_link(&c->files, state, key_of(c, f), tree_text(c->tree, f));
    ARRAY_PUSH(c->arena, c->files.roots) = state;
    ARRAY_PUSH(c->arena, c->files.roots) = STR(ROOT "/outside");
    c->access = virtual_access(&c->files);
}

static void make_environment(struct test_case *c) {
    struct environment *e = environment_new(c->arena);
    e->complete = true;
    environment_set(e, STR("HOME"), STR(ROOT "/home"));
    environment_set(e, STR("OPENCLAW_STATE_DIR"), state);
    environment_set(e, STR("OPENCLAW_CONFIG_PATH"), STR(ROOT "/state/openclaw.json"));
    environment_set(e, STR("PATH"), STR("/usr/bin:/bin"));
    environment_set(e, STR("TZ"), STR("UTC"));
    for (TREE_EACH(c->tree, v, member(c, c->line, "env")))
        environment_set(e, key_of(c, v), tree_text(c->tree, v));
    c->environment = e;
}

static struct str padded(struct arena *a, struct str text) {
    char *p = arena_zalloc(a, text.n + SOURCE_PADDING, 1);
    if (text.n) memcpy(p, text.p, text.n);
    return (struct str){p, text.n};
}

static struct str case_source(const struct test_case *c) {
    node_id coded = member(c, c->line, "source_b64");
    if (coded) return decode_base64(c->arena, tree_text(c->tree, coded));
    return utf8_repair(c->arena, tree_text(c->tree, member(c, c->line, "source")));
}

static void load_case(struct test_case *c, struct gateways *gateways, const char *version) {
    make_files(c);
    make_environment(c);
    virtual_add(&c->files, state, STR("openclaw.json"), case_source(c));
    struct sources *sources = sources_new(c->arena);
    struct tree *t = tree_new(c->arena, sources);
    c->diags = diags_new(c->arena);
    uint32_t file = source_add(sources, STR("openclaw.json"), padded(c->arena, case_source(c)));
    struct loader l = {.arena = c->arena,
                       .tree = t,
                       .diags = c->diags,
                       .gateways = gateways,
                       .environment = c->environment,
                       .files = &c->access,
                       .tell_steps = true,
                       .config = STR(ROOT "/state/openclaw.json"),
                       .directory = STR(ROOT),
                       .gateway = str_from(version),
                       .gateway_from = STR("test")};
    load_config(&l, file, &c->loaded);
}

/* ---- comparing ---------------------------------------------------------------------------------
 */

/* The vectors write numbers that JSON lacks as {"$number": "NaN"}. */
static void add_expected(struct buf *b, const struct tree *t, node_id n) {
    node_id number = tree_member(t, n, STR("$number"));
    const char *separator = "";
    if (number) {
        buf_addf(b, "{\"num\":\"" STR_FMT "\"}", STR_ARG(tree_text(t, number)));
    } else if (tree_is(t, n, NODE_OBJECT)) {
        buf_add(b, STR("{"));
        for (TREE_EACH(t, child, n)) {
            buf_addf(b, "%s" STR_FMT ": ", separator,
                     STR_ARG(tree_key_text(t, tree_node(t, child)->key)));
            add_expected(b, t, child);
            separator = ", ";
        }
        buf_add(b, STR("}"));
    } else if (tree_is(t, n, NODE_ARRAY)) {
        buf_add(b, STR("["));
        for (TREE_EACH(t, child, n)) {
            buf_addf(b, "%s", separator);
            add_expected(b, t, child);
            separator = ", ";
        }
        buf_add(b, STR("]"));
    } else {
        notation_add_value(b, t, n);
    }
}

static struct str as_text(struct arena *a, const struct tree *t, node_id n) {
    struct buf b = buf_new(a);
    add_expected(&b, t, n);
    return buf_str(&b);
}

static bool report(const struct test_case *c, const char *what, struct str want, struct str got) {
    if (str_equal(want, got)) return true;
    fprintf(stderr, STR_FMT " %s\n  gateway " STR_FMT "\n  clawc   " STR_FMT "\n",
            STR_ARG(tree_text(c->tree, member(c, c->line, "id"))), what, STR_ARG(want),
            STR_ARG(got));
    return false;
}

static bool check_resolved(struct test_case *c) {
    node_id expected = member(c, c->line, "resolved");
    if (!expected) return true;
    load_undo_repair(&c->loaded);
    struct tree *t = c->loaded.tree;
    struct str got = STR("nothing");
    if (c->loaded.resolved)
        got = tree_is(t, c->loaded.resolved, NODE_OBJECT) ? as_text(c->arena, t, c->loaded.resolved)
                                                          : STR("{}");
    return report(c, "resolved", as_text(c->arena, c->tree, expected), got);
}

/* What the newer gateway's start makes of the file. */
static bool check_repaired(struct test_case *c) {
    node_id expected = member(c, c->line, "repaired");
    edit_undo(&c->loaded.settled);
    if (!expected || !c->loaded.gateway->roster_entries) return true;
    return report(c, "repaired", as_text(c->arena, c->tree, expected),
                  as_text(c->arena, c->loaded.tree, c->loaded.root));
}

/* What the gateway's start does. */
static bool check_startup(struct test_case *c) {
    static const char *const names[] = {"accepted", "repaired", "rejected"};
    struct str want = tree_text(c->tree, member(c, c->line, "startup"));
    if (!want.n) want = STR("accepted");
    return report(c, "startup", want, str_from(names[c->loaded.startup]));
}

static bool ends_reading(struct str kind) {
    return str_starts(kind, STR("include_")) || str_equal(kind, STR("read_failed")) ||
           str_equal(kind, STR("too_deep"));
}

static bool check_stop(struct test_case *c) {
    struct str want = STR(""), got = STR("");
    for (TREE_EACH(c->tree, e, member(c, c->line, "errors")))
        if (ends_reading(tree_text(c->tree, member(c, e, "kind"))))
            want = tree_text(c->tree, member(c, e, "kind"));
    for (size_t i = 0; i < c->diags->list.n; i++)
        if (c->diags->list.v[i].severity == SEVERITY_ERROR &&
            ends_reading(str_from(c->diags->list.v[i].kind)))
            got = str_from(c->diags->list.v[i].kind);
    return report(c, "reading stops with", want, got);
}

/* The warnings of loading, sorted: kind, path and variable of each. */
static bool is_of_loading(struct str kind) {
    static const char *const kinds[] = {"missing_env",
                                        "migrated_agents_list",
                                        "preserved_first_workspace",
                                        "migrated_context_budget",
                                        "materialized_default_agent",
                                        "removed_default_markers"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_equal(kind, str_from(kinds[i]))) return true;
    return false;
}

static int by_text(const void *a, const void *b) {
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static struct str sorted(struct arena *a, struct str *v, size_t n) {
    struct buf b = buf_new(a);
    if (n) qsort(v, n, sizeof *v, by_text);
    for (size_t i = 0; i < n; i++) buf_addf(&b, STR_FMT "; ", STR_ARG(v[i]));
    return buf_str(&b);
}

static struct str detail_text(const struct diag *d, const char *name) {
    for (size_t i = 0; i < d->details.n; i++)
        if (strcmp(d->details.v[i].name, name) == 0) return d->details.v[i].text;
    return STR("");
}

static bool check_warnings(struct test_case *c) {
    ARRAY(struct str) want = {NULL, 0, 0}, got = {NULL, 0, 0};
    for (TREE_EACH(c->tree, w, member(c, c->line, "warnings"))) {
        struct str kind = tree_text(c->tree, member(c, w, "kind"));
        if (!is_of_loading(kind)) continue;
        ARRAY_PUSH(c->arena, want) =
            str_format(c->arena, STR_FMT " " STR_FMT " " STR_FMT, STR_ARG(kind),
                       STR_ARG(tree_text(c->tree, member(c, w, "path"))),
                       STR_ARG(tree_text(c->tree, member(c, w, "var"))));
    }
    for (size_t i = 0; i < c->diags->list.n; i++) {
        const struct diag *d = &c->diags->list.v[i];
        if (!is_of_loading(str_from(d->kind))) continue;
        ARRAY_PUSH(c->arena, got) = str_format(c->arena, "%s " STR_FMT " " STR_FMT, d->kind,
                                               STR_ARG(d->path), STR_ARG(detail_text(d, "var")));
    }
    return report(c, "warnings", sorted(c->arena, want.v, want.n), sorted(c->arena, got.v, got.n));
}

/* ---- all of them -------------------------------------------------------------------------------
 */

static size_t run_line(struct arena *a, struct gateways *gateways, const char *version,
                       struct str line) {
    struct test_case c = {.arena = a};
    c.tree = tree_new(a, sources_new(a));
    struct json5_result parsed = json5_parse_text(c.tree, replace_root(a, line));
    assert_true(parsed.ok);
    c.line = parsed.root;
    load_case(&c, gateways, version);
    assert_false(c.files.escaped);
    size_t failed = 0;
    failed += !check_stop(&c);
    failed += !check_warnings(&c);
    failed += !check_startup(&c);
    failed += !check_repaired(&c);
    failed += !check_resolved(&c);
    return failed;
}

static void run_vectors(const char *path, const char *version) {
    struct arena *a = arena_new(), *each = arena_new();
    struct gateways gateways = gateways_load(a);
    uint32_t file;
    const char *reason;
    struct sources *sources = sources_new(a);
    assert_int_equal(source_read(sources, path, str_from(path), &file, &reason), SOURCE_OK);
    struct str text = source_text(sources, file);
    size_t failed = 0, lines = 0;
    for (size_t at = 0, end; at < text.n; at = end + 1, lines++) {
        end = str_find(text, STR("\n"), at);
        if (end == SIZE_MAX) end = text.n;
        failed += run_line(each, &gateways, version, str_slice(text, at, end));
        arena_reset(each);
    }
    assert_true(lines > 700);
    assert_int_equal(failed, 0);
    arena_free(each);
    arena_free(a);
}

static void test_newer(void **unused) {
    (void)unused;
    run_vectors("testdata/vectors/validate-2026.9.6.jsonl", "2026.9.6");
}

static void test_older(void **unused) {
    (void)unused;
    run_vectors("testdata/vectors/validate-2026.3.13.jsonl", "2026.3.13");
}

/* ---- limits ------------------------------------------------------------------------------------
 */

struct virtual_load {
    struct arena *arena;
    struct virtual_files files;
    struct tree *tree;
    struct diags *diags;
    struct loaded loaded;
};

/* Loads `main_text` with the files that were added. */
static void load_virtual(struct virtual_load *v, const char *version, struct str main_text) {
    struct gateways gateways = gateways_load(v->arena);
    struct files access = virtual_access(&v->files);
    struct sources *sources = sources_new(v->arena);
    v->tree = tree_new(v->arena, sources);
    v->diags = diags_new(v->arena);
    uint32_t file = source_add(sources, STR("c.json5"), padded(v->arena, main_text));
    struct loader l = {.arena = v->arena,
                       .tree = v->tree,
                       .diags = v->diags,
                       .gateways = &gateways,
                       .environment = environment_new(v->arena),
                       .files = &access,
                       .config = STR("/c/c.json5"),
                       .directory = STR("/"),
                       .gateway = str_from(version),
                       .gateway_from = STR("test")};
    load_config(&l, file, &v->loaded);
}

static struct virtual_load virtual_new(void) {
    struct arena *a = arena_new();
    return (struct virtual_load){.arena = a, .files = {.arena = a}};
}

static void virtual_free(struct virtual_load *v) {
    arena_free(v->arena);
}

static bool has_error(const struct virtual_load *v, const char *kind) {
    for (size_t i = 0; i < v->diags->list.n; i++)
        if (strcmp(v->diags->list.v[i].kind, kind) == 0 &&
            v->diags->list.v[i].severity == SEVERITY_ERROR)
            return true;
    return false;
}

/* Nine files that each include the next one a hundred times: 10^18 values if it were followed. */
static void test_include_bomb(void **unused) {
    (void)unused;
    struct virtual_load v = virtual_new();
    for (unsigned i = 0; i < 9; i++) {
        struct buf b = buf_new(v.arena);
        buf_add(&b, STR("["));
        for (unsigned k = 0; k < 100; k++) buf_addf(&b, "{$include: \"f%u\"},", i + 1);
        buf_add(&b, STR("1]"));
        virtual_add(&v.files, STR("/c"), str_format(v.arena, "f%u", i), buf_str(&b));
    }
    virtual_add(&v.files, STR("/c"), STR("f9"), STR("1"));
    load_virtual(&v, "2026.9.6", STR("{x: {$include: 'f0'}}"));
    assert_true(has_error(&v, "include_limit"));
    assert_int_equal(v.loaded.root, 0);
    assert_true(v.files.reads <= 10);
    virtual_free(&v);
}

/* A file of depth 2000 in a file of depth 2000, three times over. */
static void test_include_depth(void **unused) {
    (void)unused;
    enum { DEPTH = 2000 };
    struct virtual_load v = virtual_new();
    for (unsigned i = 0; i < 3; i++) {
        struct buf b = buf_new(v.arena);
        buf_add_repeat(&b, '[', DEPTH);
        if (i < 2) buf_addf(&b, "{$include: 'f%u'}", i + 1);
        buf_add_repeat(&b, ']', DEPTH);
        virtual_add(&v.files, STR("/c"), str_format(v.arena, "f%u", i), buf_str(&b));
    }
    load_virtual(&v, "2026.9.6", STR("{x: {$include: 'f0'}}"));
    assert_true(has_error(&v, "too_deep"));
    virtual_free(&v);
}

static void check_depth(unsigned depth, bool error, bool warning) {
    struct virtual_load v = virtual_new();
    struct buf b = buf_new(v.arena);
    buf_add(&b, STR("{x: "));
    buf_add_repeat(&b, '[', depth - 1);
    buf_add_repeat(&b, ']', depth - 1);
    buf_add(&b, STR("}"));
    load_virtual(&v, "2026.9.6", buf_str(&b));
    assert_int_equal(has_error(&v, "too_deep"), error);
    bool warned = false;
    for (size_t i = 0; i < v.diags->list.n; i++)
        warned = warned || (strcmp(v.diags->list.v[i].kind, "too_deep") == 0 &&
                            v.diags->list.v[i].severity == SEVERITY_WARN);
    assert_int_equal(warned, warning);
    virtual_free(&v);
}

static void test_depth(void **unused) {
    (void)unused;
    check_depth(1000, false, false);
    check_depth(1001, false, true);
    check_depth(4999, false, true);
    check_depth(5000, true, false);
    check_depth(100000, true, false);
}

/* One version after the other sees the file as it was written. */
static void test_best_fit(void **unused) {
    (void)unused;
    struct virtual_load v = virtual_new();
    virtual_add(&v.files, STR("/c"), STR("a"),
                STR("{list: [{id: 'x'}, {id: 'y', default: true}]}"));
    load_virtual(&v, "", STR("{agents: {$include: 'a'}, channels: {telegram: {}}}"));
    assert_true(str_equal(v.loaded.gateway->version, STR("2026.9.6")));
    assert_int_equal(v.loaded.startup, STARTUP_ACCEPTED);
    node_id bindings = tree_member(v.tree, v.loaded.root, STR("bindings"));
    assert_int_equal(tree_node(v.tree, bindings)->n, 1);
    assert_true(str_equal(v.loaded.roster.marker, STR("y")));
    assert_int_equal(v.files.reads, 1);
    virtual_free(&v);
}

/* The newer gateway's directories beside that of the config. */
static void test_outside(void **unused) {
    (void)unused;
    struct virtual_load v = virtual_new();
    ARRAY_PUSH(v.arena, v.files.roots) = STR("/c");
    virtual_add(&v.files, STR("/"), STR("etc/passwd"), STR("{}"));
    virtual_link(&v.files, STR("/c"), STR("link"), STR("/etc"));
    load_virtual(&v, "2026.9.6", STR("{$include: './link/passwd'}"));
    assert_true(has_error(&v, "include_symlink_escape"));
    load_virtual(&v, "2026.9.6", STR("{$include: '../etc/passwd'}"));
    assert_true(has_error(&v, "include_escape"));
    load_virtual(&v, "2026.3.13", STR("{$include: '/etc/passwd'}"));
    assert_true(has_error(&v, "include_escape"));
    assert_int_equal(v.files.reads, 0);
    virtual_free(&v);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_newer),        cmocka_unit_test(test_older),
        cmocka_unit_test(test_include_bomb), cmocka_unit_test(test_include_depth),
        cmocka_unit_test(test_depth),        cmocka_unit_test(test_best_fit),
        cmocka_unit_test(test_outside)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
