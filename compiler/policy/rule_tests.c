#include "policy/rule_tests.h"

#include "load/read.h"

struct tests_reading {
    struct arena *arena;
    struct reading r;
    struct rule_test *test;
};

static const struct str main_config = {"openclaw.json5", 14};

static void refuse(struct tests_reading *s, node_id n, const char *what) {
    diag_add(s->r.diags, SEVERITY_ERROR, "rule", tree_key_span(s->r.tree, n), "%s", what);
}

static struct str key_of(const struct tests_reading *s, node_id n) {
    return tree_key_text(s->r.tree, tree_node(s->r.tree, n)->key);
}

/* ---- what is expected --------------------------------------------------------------------------
 */

static void read_line(struct tests_reading *s, node_id n, struct rule_expectation *e) {
    double x = read_is(&s->r, n, NODE_NUMBER) ? tree_node(s->r.tree, n)->u.number : 0;
    if (x >= 1 && x < UINT32_MAX)
        e->line = (uint32_t)x;
    else
        refuse(s, n, "`line` is a line of the config, from 1");
}

static void read_field(struct tests_reading *s, node_id n, struct rule_expectation *e) {
    struct str key = key_of(s, n);
    struct str *field = str_equal(key, STR("id"))           ? &e->id
                        : str_equal(key, STR("path"))       ? &e->path
                        : str_equal(key, STR("severity"))   ? &e->severity
                        : str_equal(key, STR("confidence")) ? &e->confidence
                        : str_equal(key, STR("message"))    ? &e->message
                                                            : NULL;
    if (str_equal(key, STR("line")))
        read_line(s, n, e);
    else if (!field)
        refuse(s, n,
               "what is found has an `id`, a `path`, a `line`, a `severity`, a `confidence` and a "
               "part of the `message`");
    else if (read_is(&s->r, n, NODE_STRING))
        *field = tree_text(s->r.tree, n);
}

static void read_finds(struct tests_reading *s, node_id n) {
    if (!read_is(&s->r, n, NODE_ARRAY)) return;
    for (TREE_EACH(s->r.tree, item, n)) {
        struct rule_expectation e = {0};
        if (tree_is(s->r.tree, item, NODE_STRING))
            e.id = tree_text(s->r.tree, item);
        else if (read_is(&s->r, item, NODE_OBJECT))
            for (TREE_EACH(s->r.tree, field, item)) read_field(s, field, &e);
        ARRAY_PUSH(s->arena, s->test->finds) = e;
    }
    if (!s->test->finds.n) refuse(s, n, "what finds nothing is `silent: true`");
}

bool rule_expects(const struct rule_expectation *e, const struct finding *f,
                  const struct sources *sources) {
    struct span span = f->at.span;
    if (e->id.n && !str_equal(e->id, f->id) && !str_equal(e->id, f->rule->id) &&
        !str_equal(e->id, f->rule->pattern))
        return false;
    if (e->path.n && !str_equal(e->path, f->at.path)) return false;
    if (e->severity.n && !str_equal(e->severity, str_from(severity_name(f->severity))))
        return false;
    if (e->confidence.n && !str_equal(e->confidence, str_from(confidence_name(f->confidence))))
        return false;
    if (e->message.n && str_find(f->message, e->message, 0) == SIZE_MAX) return false;
    if (!e->line) return true;
    return span.file && source_position(sources, span.file, span.start).line == e->line;
}

/* ---- one test ----------------------------------------------------------------------------------
 */

static void add_config(struct tests_reading *s, struct str name, struct str text) {
    ARRAY_PUSH(s->arena, s->test->configs) = (struct rule_text){name, text};
}

/* A map of names to texts. */
static void read_texts(struct tests_reading *s, node_id n, bool configs) {
    if (!read_is(&s->r, n, NODE_OBJECT)) return;
    for (TREE_EACH(s->r.tree, item, n)) {
        if (!read_is(&s->r, item, NODE_STRING)) continue;
        struct rule_text text = {key_of(s, item), tree_text(s->r.tree, item)};
        if (configs)
            ARRAY_PUSH(s->arena, s->test->configs) = text;
        else
            ARRAY_PUSH(s->arena, s->test->files) = text;
    }
}

static void read_key(struct tests_reading *s, node_id n, bool *silent) {
    struct str key = key_of(s, n);
    struct rule_test *test = s->test;
    if (str_equal(key, STR("name")) && read_is(&s->r, n, NODE_STRING))
        test->name = tree_text(s->r.tree, n);
    else if (str_equal(key, STR("gateway")) && read_is(&s->r, n, NODE_STRING))
        test->gateway = tree_text(s->r.tree, n);
    else if (str_equal(key, STR("config")) && tree_is(s->r.tree, n, NODE_STRING))
        add_config(s, main_config, tree_text(s->r.tree, n));
    else if (str_equal(key, STR("config")))
        refuse(s, n, "`config` is a text, whose lines count: write `config: |` and it below");
    else if (str_equal(key, STR("configs")))
        read_texts(s, n, true);
    else if (str_equal(key, STR("files")))
        read_texts(s, n, false);
    else if (str_equal(key, STR("env")) && read_is(&s->r, n, NODE_OBJECT))
        test->env = n;
    else if (str_equal(key, STR("parameters")) && read_is(&s->r, n, NODE_OBJECT))
        test->parameters = n;
    else if (str_equal(key, STR("finds")))
        read_finds(s, n);
    else if (str_equal(key, STR("silent")) && read_is(&s->r, n, NODE_BOOL))
        *silent = tree_node(s->r.tree, n)->u.boolean;
    else if (!(tree_node(s->r.tree, n)->flags & NODE_REPORTED))
        refuse(s, n,
               "a test has `config` (or `configs`), `finds` or `silent`, and if need be `name`, "
               "`gateway`, `files`, `env` and `parameters`");
}

static void read_test(struct tests_reading *s, node_id n) {
    bool silent = false;
    if (!read_is(&s->r, n, NODE_OBJECT)) return;
    s->test->at = n;
    for (TREE_EACH(s->r.tree, key, n)) read_key(s, key, &silent);
    if (!tree_member(s->r.tree, n, STR("config")) && !s->test->configs.n)
        refuse(s, n, "the test has no `config`");
    if (silent == (tree_member(s->r.tree, n, STR("finds")) != 0))
        refuse(s, n, "a test says either what it `finds` or `silent: true`");
    if (s->test->gateway.n && !gateway_version_is_readable(s->test->gateway))
        refuse(s, n, "`gateway` must be a version such as \"2026.9.6\"");
}

/* The example is a test, too: something is found before, nothing after. */
static void add_example(struct tests_reading *s, const struct rule *rule, struct rule_tests *tests,
                        struct str which, struct str text, bool fires) {
    const struct rule_example *e = &rule->example;
    struct rule_test test = {
        .name = str_concat(s->arena, STR("example, "), which),
        .gateway = e->gateway,
        .at = tree_member(rule->tree, tree_member(rule->tree, rule->root, STR("example")), which),
        .fires = fires};
    s->test = &test;
    if (e->file.n) {
        ARRAY_PUSH(s->arena, test.files) = (struct rule_text){e->file, text};
        add_config(s, main_config, e->beside);
    } else if (e->beside.n) {
        add_config(s, STR("main.json5"), e->beside);
        add_config(s, STR("rescue.json5"), text);
    } else {
        add_config(s, main_config, text);
    }
    if (e->policy.n)
        ARRAY_PUSH(s->arena, test.files) = (struct rule_text){STR("policy.jsonc"), e->policy};
    ARRAY_PUSH(s->arena, tests->list) = test;
    s->test = NULL;
}

struct rule_tests rule_tests_read(struct arena *a, const struct rule *rule, struct tree *t,
                                  struct diags *d) {
    struct rule_tests tests = {0};
    struct tests_reading s = {.arena = a, .r = {t, d}};
    if (rule->example.before.n) {
        add_example(&s, rule, &tests, STR("before"), rule->example.before, true);
        add_example(&s, rule, &tests, STR("after"), rule->example.after, false);
    }
    node_id list = read_member(&s.r, rule->root, "tests", NODE_ARRAY);
    for (TREE_EACH(t, n, list)) {
        struct rule_test test = {.at = n};
        s.test = &test;
        read_test(&s, n);
        ARRAY_PUSH(a, tests.list) = test;
        s.test = NULL;
    }
    return tests;
}
