/* The formats, against expected files in testdata/report: set UPDATE_GOLDEN=1 to write them anew
 * and read the diff. */
#include "report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/width.h"
#include "syntax/paths.h"
#include "syntax/yaml.h"

struct fixture {
    struct arena *arena;
    struct tree *tree;
    struct diags *diags;
    struct report report;
};

static struct str path_of(void *paths, struct span span) {
    return paths_of_span(paths, span);
}

static struct fixture begin(void) {
    struct fixture f = {.arena = arena_new()};
    f.report.sources = sources_new(f.arena);
    f.tree = tree_new(f.arena, f.report.sources);
    f.diags = diags_new(f.arena);
    f.report.errors = f.diags;
    return f;
}

/* Adds a file; flow-style YAML stands in for JSON5, for the sake of the paths. */
static uint32_t add_file(struct fixture *f, const char *name, struct str text) {
    char *padded = arena_zalloc(f->arena, text.n + SOURCE_PADDING, 1);
    memcpy(padded, text.p, text.n);
    uint32_t file = source_add(f->report.sources, str_from(name), (struct str){padded, text.n});
    if (text.n) yaml_parse(f->tree, file, f->diags);
    ARRAY_PUSH(f->arena, f->report.files) = (struct audited_file){
        .name = str_from(name), .gateway = STR("2026.9.6"), .why = STR("meta.lastTouchedVersion")};
    return file;
}

static void end(struct fixture *f) {
    arena_free(f->arena);
}

/* The place of the first `needle`. */
static struct location at(struct fixture *f, uint32_t file, const char *needle) {
    size_t found = str_find(source_text(f->report.sources, file), str_from(needle), 0);
    assert_true(found != SIZE_MAX);
    struct span span = {file, (uint32_t)found, (uint32_t)(found + strlen(needle))};
    if (!f->report.paths) f->report.paths = paths_new(f->arena, f->tree);
    f->report.path_of = path_of;
    return report_location(&f->report, span);
}

static const struct rule_info rule_open = {
    .id = {"channels.<channel>.dm.open", 26},
    .family = {"access", 6},
    .title = {"Anyone can send direct messages", 31},
    .why =
        {"Whoever finds the bot can talk to the agent, and so can make it use every tool that it "
         "has. This is fine for a public bot without tools, and for nothing else.",
         158},
    .fix = {"Set dmPolicy to \"pairing\", or list the senders in allowFrom.", 60},
    .severity = SEVERITY_CRITICAL,
    .confidence = CONFIDENCE_HIGH,
    .builtin = true,
};

static const struct rule_info rule_name_case = {
    .id = {"hygiene.name", 12},
    .family = {"hygiene", 7},
    .title = {"A name that is hard to tell apart", 33},
    .severity = SEVERITY_INFO,
    .confidence = CONFIDENCE_LOW,
    .builtin = true,
};

/* Adds a finding whose texts are the rule's but for the message. */
static struct finding *add(struct fixture *f, const struct rule_info *rule, const char *id,
                           const char *message, struct location where) {
    struct finding *added = &ARRAY_PUSH(f->arena, f->report.findings);
    *added = (struct finding){.id = str_from(id),
                              .rule = rule,
                              .severity = rule->severity,
                              .confidence = rule->confidence,
                              .title = rule->title,
                              .message = str_from(message),
                              .why = rule->why,
                              .fix = rule->fix,
                              .at = where};
    size_t *counts[] = {&f->report.info, &f->report.warn, &f->report.critical};
    ++*counts[rule->severity];
    return added;
}

static void relate(struct fixture *f, struct finding *to, struct location where,
                   const char *message) {
    ARRAY_PUSH(f->arena, to->related) = (struct related){where, str_from(message)};
}

static void subject(struct fixture *f, struct finding *of, const char *name, size_t n,
                    const struct str *values, bool list) {
    ARRAY_PUSH(f->arena, of->subjects) = (struct subject){name, values, n, list};
}

static struct str read_golden(struct arena *a, const char *path) {
    struct sources *s = sources_new(a);
    uint32_t file;
    const char *reason;
    if (source_read(s, path, STR("golden"), &file, &reason) != SOURCE_OK) return STR("");
    return source_text(s, file);
}

static void write_golden(const char *path, struct str text) {
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(text.p, 1, text.n, out), text.n);
    assert_int_equal(fclose(out), 0);
}

static void check(struct fixture *f, const char *format, const char *golden,
                  struct report_options options) {
    char *text = NULL;
    size_t n = 0;
    FILE *memory = open_memstream(&text, &n);
    assert_non_null(memory);
    options.version = "0.0.0";
    options.home = "https://clawc.example/";
    const struct report_format *found = report_format_find(str_from(format));
    assert_non_null(found);
    assert_true(report_write(found, &f->report, &options, memory));
    assert_int_equal(fclose(memory), 0);
    const char *path = str_to_c(f->arena, str_format(f->arena, "testdata/report/%s", golden));
    if (getenv("UPDATE_GOLDEN")) write_golden(path, (struct str){text, n});
    assert_string_equal(text, str_to_c(f->arena, read_golden(f->arena, path)));
    free(text);
}

#define PLAIN ((struct report_options){.color = false})

static void check_all(struct fixture *f, const char *name) {
    struct arena *a = f->arena;
    check(f, "text", str_to_c(a, str_format(a, "%s.txt", name)), PLAIN);
    check(f, "json", str_to_c(a, str_format(a, "%s.json", name)), PLAIN);
    check(f, "sarif", str_to_c(a, str_format(a, "%s.sarif", name)), PLAIN);
}

static void test_clean(void **state) {
    (void)state;
    struct fixture f = begin();
    add_file(&f, "openclaw.json5", STR("{}\n"));
    ARRAY_PUSH(f.arena, f.report.rules) = &rule_open; /* NOLINT(bugprone-sizeof-expression) */
    check_all(&f, "clean");
    end(&f);
}

/* A byte order mark, CRLF, tabs, wide characters, a span over lines, a secret, subjects. */
static void test_awkward(void **state) {
    (void)state;
    struct fixture f = begin();
    uint32_t file = add_file(
        &f, "dir with space/\xc3\xb6penclaw.json5",
        STR("\xef\xbb\xbf{\r\n  channels: {telegram: {\r\n"
            "  \"\xe6\x97\xa5\xe6\x9c\xac\": \"\xf0\x9f\xa6\x9e e\xcc\x81\", dmPolicy: \"open\", "
            "botToken: \"123:SECRET\xc3\xa9\", \"a\tb\":\t\"c\"\r\n  , accounts: {\r\n"
            "    \"my bot\": 1, # \xe2\x80\xae reversed\r\n  }}},\r\n}\r\n"));
    source_add_secret_text(f.report.sources, STR("123:SECRET\xc3\xa9"));
    struct finding *open = add(&f, &rule_open, "channels.telegram.dm.open",
                               "anyone can message agent \"main\"", at(&f, file, "\"open\""));
    relate(&f, open, at(&f, file, "\"123:SECRET\xc3\xa9\""), "this account is concerned");
    relate(&f, open, at(&f, file, "\"my bot\": 1"), "and so is this one");
    static const struct str agents[] = {{"main", 4}}, accounts[] = {{"default", 7}, {"my bot", 6}};
    subject(&f, open, "agent", 1, agents, false);
    subject(&f, open, "channel", 1, agents, true);
    subject(&f, open, "accounts", 2, accounts, true);
    add(&f, &rule_name_case, "hygiene.name", "a value with wide and joining characters",
        at(&f, file, "\xf0\x9f\xa6\x9e e\xcc\x81"));
    add(&f, &rule_name_case, "hygiene.name", "a key with a tab", at(&f, file, "\"a\tb\":\t\"c\""));
    add(&f, &rule_name_case, "hygiene.name", "an object over several lines",
        at(&f, file, "{\r\n    \"my bot\""));
    add(&f, &rule_name_case, "hygiene.name", "at the very end of the file",
        (struct location){{file, 240, 240}, STR("")});
    check_all(&f, "awkward");
    check(&f, "text", "awkward-color.txt", (struct report_options){.color = true});
    check(&f, "text", "awkward-quiet.txt", (struct report_options){.quiet = true});
    end(&f);
}

static void test_errors(void **state) {
    (void)state;
    struct fixture f = begin();
    uint32_t file = add_file(&f, "/etc/openclaw.json5", STR("a: 1\nb: 2\na: 3\n"));
    uint32_t other = add_file(&f, "b.json5", STR("x: {y: [1, 2]}\n"));
    struct location y = at(&f, other, "2");
    struct diag *d = diag_add(f.diags, SEVERITY_WARN, "integer_key", y.span, "the key jumps");
    d->path = STR("loaded.path");
    diag_note_add(f.diags, d, (struct span){file, 5, 6}, "because of this");
    diag_note_add(f.diags, d, SPAN_NONE, "a note without a place");
    diag_add(f.diags, SEVERITY_ERROR, "missing", SPAN_NONE, "c.json5: no such file");
    f.report.files.v[1].note = STR("audited without 3 unknown keys");
    ARRAY_PUSH(f.arena, f.report.undecided) = (struct undecided){
        .id = STR("fs.perms"), .reason = STR("needs the gateway's state directory")};
    add(&f, &rule_name_case, "hygiene.name", "about the file as a whole",
        (struct location){{other, 0, 0}, STR("")});
    add(&f, &rule_name_case, "hygiene.name", "about no file",
        (struct location){SPAN_NONE, STR("")});
    struct finding silent = *add(&f, &rule_open, "channels.slack.dm.open", "silenced", y);
    f.report.findings.n--;
    f.report.critical--;
    silent.suppressed_by = STR("a public bot");
    silent.suppressed_in_file = true;
    ARRAY_PUSH(f.arena, f.report.suppressed) = silent;
    check_all(&f, "errors");
    end(&f);
}

/* Nothing that a config says may reach the terminal as a command, or a viewer as a link. */
static void test_hostile(void **state) {
    (void)state;
    struct fixture f = begin();
    uint32_t file = add_file(&f, "a\033[2Jb.json5", STR("k: 1\n\"\\e[31mx\": [2]\n"));
    struct finding *bad =
        add(&f, &rule_open, "channels.\033[1mx.dm.open",
            "agent \"\033]0;title\007\" has ${HOME} [click](http://evil.example)\n\tsecond line\r",
            at(&f, file, "2"));
    relate(&f, bad, at(&f, file, "1"), "\xff\xed\xa0\x80\xe2\x80\xae label\nmore");
    ARRAY_PUSH(f.arena, f.report.undecided) =
        (struct undecided){.id = STR("\033x"), .reason = STR("\033y")};
    for (int i = 0; i < 6; i++)
        ARRAY_PUSH(f.arena, f.report.undecided) =
            (struct undecided){.id = STR("some.rule"), .reason = STR("z {0}")};
    check_all(&f, "hostile");
    end(&f);
}

/* A file in one line, as programs write it, and the same finding a thousand times. */
static void test_many(void **state) {
    (void)state;
    enum { MANY = 1000 };
    struct fixture f = begin();
    struct buf b = buf_new(f.arena);
    buf_add(&b, STR("{bindings: ["));
    for (int i = 0; i < MANY; i++) buf_addf(&b, "{agentId: a%04d}, ", i);
    buf_add(&b, STR("]}"));
    uint32_t file = add_file(&f, "openclaw.json5", buf_str(&b));
    for (uint32_t i = 0; i < MANY; i++) {
        uint32_t start = 12 + i * 18 + 10;
        add(&f, &rule_name_case, "hygiene.name",
            str_to_c(f.arena, str_format(f.arena, "name number %u", i)),
            report_location(&f.report, (struct span){file, start, start + 5}));
    }
    add(&f, &rule_open, "channels.x.dm.open", "the whole list", at(&f, file, "[{agentId"));
    add(&f, &rule_open, "channels.x.dm.open", "in the middle", at(&f, file, "a0500"));
    add(&f, &rule_open, "channels.x.dm.open", "at the end", at(&f, file, "]}"));
    check(&f, "text", "many.txt", PLAIN);
    end(&f);
}

static void test_widths(void **state) {
    (void)state;
    assert_int_equal(width_of('a'), 1);
    assert_int_equal(width_of(0xe9), 1);
    assert_int_equal(width_of(0x301), 0);
    assert_int_equal(width_of(0x200d), 0);
    assert_int_equal(width_of(0x3042), 2);
    assert_int_equal(width_of(0xac00), 2);
    assert_int_equal(width_of(0xff21), 2);
    assert_int_equal(width_of(0x1f980), 2);
    assert_int_equal(width_of(0x2500), 1);
    assert_int_equal(width_of(0x20000), 2);
}

/* A file that cannot be written to is noticed. */
static void test_full_disk(void **state) {
    (void)state;
    FILE *full = fopen("/dev/full", "w");
    if (!full) skip();
    struct fixture f = begin();
    add_file(&f, "a.json5", STR("{}"));
    struct report_options options = {.version = "0"};
    assert_false(report_write(report_format_find(STR("json")), &f.report, &options, full));
    fclose(full);
    assert_null(report_format_find(STR("jso")));
    end(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean),     cmocka_unit_test(test_awkward),
        cmocka_unit_test(test_errors),    cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_many),      cmocka_unit_test(test_widths),
        cmocka_unit_test(test_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
