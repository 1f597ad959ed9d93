/* clawc test: runs the tests that stand in rule files. */
#include "commands/test.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands/fleet_load.h"
#include "load/files_memory.h"
#include "syntax/yaml.h"

/* ---- finding rules -----------------------------------------------------------------------------
 */

enum { FOLDERS_MAX = 16 };

struct paths_found {
    ARRAY(const char *) list;
};

static int by_text(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool is_yaml(const char *path) {
    return str_ends(str_from(path), STR(".yaml")) || str_ends(str_from(path), STR(".yml"));
}

/* The YAML files below a folder. Links to folders are not followed. */
static bool find_files(struct run *run, const char *folder, int depth, struct paths_found *found) {
    DIR *dir = depth < FOLDERS_MAX ? opendir(folder) : NULL;
    if (!dir) {
        fprintf(stderr, "clawc: folder of rules %s: %s\n", folder,
                depth < FOLDERS_MAX ? strerror(errno) : "nested too deeply");
        return false;
    }
    bool ok = true;
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.') continue;
        bool here = strcmp(folder, ".") == 0, slash = str_ends(str_from(folder), STR("/"));
        const char *path = str_format(run->arena, "%s%s%s", here ? "" : folder,
                                      here || slash ? "" : "/", entry->d_name)
                               .p;
        struct stat st;
        if (lstat(path, &st) != 0) continue;
        if (S_ISDIR(st.st_mode))
            ok = find_files(run, path, depth + 1, found) && ok;
        else if (is_yaml(path))
            ARRAY_PUSH(run->arena, found->list) = path;
    }
    closedir(dir);
    return ok;
}

/* A YAML file that holds something else than a rule, such as clawc.yaml, may lie beside rules. */
static bool is_rule(const struct tree *t, node_id root) {
    return tree_member(t, root, STR("id")) || tree_member(t, root, STR("when")) ||
           tree_member(t, root, STR("for"));
}

static bool read_rule_file(struct run *run, const char *path, bool named, struct rules *rules) {
    uint32_t file;
    const char *reason = "";
    size_t before = run->diags->errors;
    if (source_read(run->sources, path, str_from(path), &file, &reason) != SOURCE_OK) {
        diag_add(run->diags, SEVERITY_ERROR, "read_failed", SPAN_NONE, "rule file %s: %s", path,
                 reason);
        return false;
    }
    node_id root = yaml_parse(run->tree, file, run->diags);
    if (root && is_rule(run->tree, root))
        rules_add(run->tree, rules, root, run->diags);
    else if (root && named)
        diag_add(run->diags, SEVERITY_ERROR, "rule", tree_span(run->tree, root),
                 "this file holds no rule");
    return run->diags->errors == before;
}

static bool read_rules(struct run *run, struct rules *rules) {
    bool ok = true;
    for (size_t i = 0; i < run->o->arguments.list.n; i++) {
        const char *path = run->o->arguments.list.v[i];
        struct stat st;
        struct paths_found found = {0};
        bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
        if (folder)
            ok = find_files(run, path, 0, &found) && ok;
        else
            ARRAY_PUSH(run->arena, found.list) = path;
        if (found.list.n) qsort(found.list.v, found.list.n, sizeof *found.list.v, by_text);
        for (size_t k = 0; k < found.list.n; k++)
            ok = read_rule_file(run, found.list.v[k], !folder, rules) && ok;
    }
    return ok;
}

/* ---- one test ----------------------------------------------------------------------------------
 */

#define TEST_FOLDER "/nonexistent/"

struct testing {
    struct run *run; /* of the command */
    struct run own;  /* of the test: memory, files and environment of its own */
    struct rule *rule;
    const struct rule_test *test;
    struct rules rules;
    struct memory_files files;
    struct audited what;
};

static struct str padded(struct arena *a, struct str text) {
    char *p = arena_zalloc(a, text.n + SOURCE_PADDING, 1);
    if (text.n) memcpy(p, text.p, text.n);
    return (struct str){p, text.n};
}

static void add_file(struct testing *s, struct rule_text file) {
    struct arena *a = s->own.arena;
    struct str path = files_absolute(a, STR(TEST_FOLDER), file.name);
    ARRAY_PUSH(a, s->files.list) = (struct memory_file){path, file.text};
}

/* Two files stand for options: the project file, and the gateway's policy document. */
static void read_option(struct testing *s, struct rule_text file) {
    struct run *own = &s->own;
    bool project = str_equal(file.name, STR("clawc.yaml"));
    if (!project && !str_equal(file.name, STR("policy.jsonc"))) return;
    uint32_t number = source_add(own->sources, file.name, padded(own->arena, file.text));
    if (project) {
        own->has_project = true;
        (void)project_read(own->tree, number, own->diags, &own->project);
    } else {
        const struct policy_format *format = policy_format_newest(own->arena, &own->gateways);
        own->policy = policy_document_read(own->tree, number, format);
    }
}

/* What the test says of the project and the environment. Otherwise nothing is known of either. */
static void set_up(struct testing *s) {
    struct run *own = &s->own;
    own->project = (struct project){0};
    own->has_project = false;
    own->env = environment_new(own->arena);
    const struct tree *t = s->rule->tree;
    for (TREE_EACH(t, n, s->test->env)) {
        environment_set(own->env, tree_key_text(t, tree_node(t, n)->key), tree_text(t, n));
        own->env->complete = true;
    }
    for (size_t i = 0; i < s->test->files.n; i++) {
        add_file(s, s->test->files.v[i]);
        read_option(s, s->test->files.v[i]);
    }
    for (size_t i = 0; i < s->test->configs.n; i++) add_file(s, s->test->configs.v[i]);
    if (own->project.parameters)
        (void)rules_choose_parameters(own->arena, &s->rules, own->tree, &own->project, own->diags);
}

/* A Compose file among those of the test: its project is what is audited, with the configs that its
 * services read. */
static const char *compose_file(const struct testing *s) {
    for (size_t i = 0; i < s->test->files.n; i++) {
        struct str name = s->test->files.v[i].name;
        const char *path = str_format(s->own.arena, TEST_FOLDER STR_FMT, STR_ARG(name)).p;
        if (fleet_is_compose(path) && !str_equal(name, STR("clawc.yaml"))) return path;
    }
    return NULL;
}

static void load_project(struct testing *s, const char *path) {
    enum exit_code code = EXIT_FINE;
    struct option_list files = {{NULL, 0, 0}};
    struct fleet_load *load = ARENA_NEW(s->own.arena, struct fleet_load);
    ARRAY_PUSH(s->own.arena, files.list) = path;
    if (fleet_load_project(&s->own, &files, load))
        fleet_load_gateways(&s->own, load, &s->what, &code);
}

static void load(struct testing *s, struct rule_text config) {
    struct run *own = &s->own;
    struct loaded *loaded = ARENA_NEW(own->arena, struct loaded);
    const char *path = str_format(own->arena, TEST_FOLDER STR_FMT, STR_ARG(config.name)).p;
    uint32_t file = source_add(own->sources, config.name, padded(own->arena, config.text));
    run_load_file(own, file, path, loaded);
    ARRAY_PUSH(own->arena, s->what.files) = loaded;
    if (loaded->root) ARRAY_PUSH(own->arena, s->what.models) = run_model(own, path, loaded);
}

/* In words: what a person compares with the test. */
static struct str found_in_words(struct testing *s, const struct finding *f) {
    struct buf b = buf_new(s->run->arena);
    struct span span = f->at.span;
    buf_addf(&b, "%s[" STR_FMT "]", severity_name(f->severity), STR_ARG(f->id));
    if (f->confidence != CONFIDENCE_HIGH)
        buf_addf(&b, " (confidence %s)", confidence_name(f->confidence));
    if (span.file) {
        struct position p = source_position(s->own.sources, span.file, span.start);
        buf_addf(&b, " in line %u", p.line);
    }
    if (f->at.path.n) buf_addf(&b, " at " STR_FMT, STR_ARG(f->at.path));
    buf_addf(&b, ": " STR_FMT, STR_ARG(f->message));
    return buf_str(&b);
}

static struct str expected_in_words(struct testing *s, const struct rule_expectation *e) {
    struct buf b = buf_new(s->run->arena);
    struct str id = e->id.n ? e->id : s->rule->info.id;
    if (e->severity.n)
        buf_addf(&b, STR_FMT "[" STR_FMT "]", STR_ARG(e->severity), STR_ARG(id));
    else
        buf_add(&b, id);
    if (e->confidence.n) buf_addf(&b, " (confidence " STR_FMT ")", STR_ARG(e->confidence));
    if (e->line) buf_addf(&b, " in line %u", e->line);
    if (e->path.n) buf_addf(&b, " at " STR_FMT, STR_ARG(e->path));
    if (e->message.n) buf_addf(&b, ": ..." STR_FMT "...", STR_ARG(e->message));
    return buf_str(&b);
}

/* Each expectation takes the first finding that fits and that no other has taken. */
static void compare(struct testing *s, const struct report *report, struct test_result *result) {
    struct arena *a = s->run->arena;
    bool *taken = ARENA_ARRAY(a, bool, report->findings.n + 1);
    for (size_t i = 0; i < s->test->finds.n; i++) {
        size_t k = 0;
        const struct rule_expectation *e = &s->test->finds.v[i];
        while (k < report->findings.n &&
               (taken[k] || report->findings.v[k].rule != &s->rule->info ||
                !rule_expects(e, &report->findings.v[k], s->own.sources)))
            k++;
        taken[k] = true;
        if (k == report->findings.n) ARRAY_PUSH(a, result->missing) = expected_in_words(s, e);
    }
    bool any = false;
    for (size_t k = 0; k < report->findings.n; k++) {
        const struct finding *f = &report->findings.v[k];
        if (f->rule != &s->rule->info) continue;
        any = true;
        if (!taken[k] && !s->test->fires) ARRAY_PUSH(a, result->extra) = found_in_words(s, f);
    }
    if (s->test->fires && !any) ARRAY_PUSH(a, result->missing) = s->rule->info.id;
    for (size_t i = 0; i < report->undecided.n; i++)
        if (str_equal(report->undecided.v[i].id, s->rule->info.id))
            ARRAY_PUSH(a, result->undecided) = str_copy(a, report->undecided.v[i].reason);
}

/* A mistake in the test itself: of its config, its project file or its parameters. */
static struct str mistake_in(struct testing *s) {
    const struct diags *d = s->own.diags;
    for (size_t i = 0; i < d->list.n; i++) {
        const struct diag *g = &d->list.v[i];
        bool broken = strcmp(g->kind, "project") == 0 || s->what.models.n < s->what.files.n;
        if (g->severity != SEVERITY_ERROR || !broken) continue;
        if (!g->span.file) return str_copy(s->run->arena, g->message);
        struct position p = source_position(s->own.sources, g->span.file, g->span.start);
        struct str name = source_name(s->own.sources, g->span.file);
        return str_format(s->run->arena, STR_FMT ":%u:%u: " STR_FMT, STR_ARG(name), p.line,
                          p.column, STR_ARG(g->message));
    }
    return STR("");
}

static void run_test(struct run *run, struct rule *rule, const struct rules *all,
                     const struct rule_test *test, struct test_result *result) {
    struct testing s = {.run = run, .own = *run, .rule = rule, .test = test};
    struct options options = *run->o;
    struct arena *a = s.own.arena = arena_new();
    options.gateway = test->gateway.n ? str_to_c(a, test->gateway) : NULL;
    s.own.o = &options;
    s.own.sources = sources_new(a);
    s.own.tree = tree_new(a, s.own.sources);
    s.own.diags = diags_new(a);
    struct files files = files_of_memory(&s.files);
    s.own.files = &files;
    s.rules = *all;
    if (rule->range->type != &fact_suppression) {
        s.rules = (struct rules){0};
        ARRAY_PUSH(a, s.rules.list) = rule;
    }
    set_up(&s);
    struct diags *chosen = diags_new(a);
    (void)rule_choose_parameters(a, rule, rule->tree, test->parameters, chosen);
    const char *project = compose_file(&s);
    if (project) load_project(&s, project);
    for (size_t i = 0; i < test->configs.n && !project; i++) load(&s, test->configs.v[i]);
    result->test = test;
    result->error = mistake_in(&s);
    if (chosen->errors) result->error = str_copy(run->arena, chosen->list.v[0].message);
    struct gate gate;
    if (!result->error.n && gate_parse(NULL, &gate))
        compare(&s, run_audit(&s.own, &s.rules, &gate, &s.what, false), result);
    for (size_t i = 0; i < rule->n_parameters; i++)
        rule->parameters[i].value = rule->parameters[i].preset;
    arena_free(a);
}

/* ---- all of them -------------------------------------------------------------------------------
 */

bool test_passed(const struct test_result *r) {
    return !r->error.n && !r->missing.n && !r->extra.n && !r->undecided.n;
}

/* Rules about suppressions need rules whose findings can be suppressed. */
static struct rules with_builtin(struct run *run, const struct rules *rules) {
    struct rules builtin = {0}, all = {0};
    rules_load_builtin(run->arena, &builtin, diags_new(run->arena));
    for (size_t i = 0; i < rules->list.n; i++) ARRAY_PUSH(run->arena, all.list) = rules->list.v[i];
    for (size_t i = 0; i < builtin.list.n; i++) {
        bool known = false;
        for (size_t k = 0; k < rules->list.n && !known; k++)
            known = str_equal(rules->list.v[k]->info.id, builtin.list.v[i]->info.id);
        if (!known) ARRAY_PUSH(run->arena, all.list) = builtin.list.v[i];
    }
    return all;
}

static void watch_conditions(struct arena *a, struct rule *rule) {
    for (size_t i = 0; i < rule->conditions.n; i++)
        rule->conditions.v[i].seen =
            ARENA_ARRAY(a, struct cel_seen, cel_condition_count(rule->conditions.v[i].program));
}

static enum exit_code run_tests(struct run *run, const struct rules *rules, struct tested *t) {
    enum exit_code code = EXIT_FINE;
    struct rules all = with_builtin(run, rules);
    for (size_t i = 0; i < t->rules.n; i++) {
        struct tested_rule *tested = &t->rules.v[i];
        watch_conditions(run->arena, tested->rule);
        for (size_t k = 0; k < tested->tests.list.n; k++) {
            struct test_result result = {0};
            run_test(run, tested->rule, &all, &tested->tests.list.v[k], &result);
            if (!test_passed(&result)) code = EXIT_FINDINGS;
            ARRAY_PUSH(run->arena, tested->results) = result;
        }
    }
    return code;
}

enum exit_code command_test(struct run *run) {
    const char *format = run->o->format ? run->o->format : "text";
    bool json = strcmp(format, "json") == 0;
    if (!json && strcmp(format, "text") != 0) {
        fprintf(stderr, "clawc: test prints text or json, not `%s`\n", format);
        return EXIT_USAGE;
    }
    if (!run->o->arguments.list.n) {
        fputs("clawc: test what? Give it rule files, or folders of them.\n", stderr);
        return EXIT_USAGE;
    }
    struct rules rules = {0};
    struct tested t = {0};
    bool ok = read_rules(run, &rules);
    for (size_t i = 0; i < rules.list.n; i++) {
        struct tested_rule tested = {.rule = rules.list.v[i]};
        tested.tests = rule_tests_read(run->arena, tested.rule, run->tree, run->diags);
        ARRAY_PUSH(run->arena, t.rules) = tested;
    }
    if (!ok || run->diags->errors) {
        run_print_errors(run, stderr);
        return EXIT_CONFIG;
    }
    enum exit_code code = run_tests(run, &rules, &t);
    if (json)
        test_print_json(run, &t);
    else
        test_print_text(run, &t);
    return run_flush(stdout, code);
}
