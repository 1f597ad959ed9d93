/* What the tests of rules came to, printed. */
#include "commands/test.h"
#include "report/pretty.h"

static struct position place_of(const struct run *run, const struct rule *rule, node_id n) {
    struct span span = tree_key_span(rule->tree, n);
    return source_position(run->sources, span.file, span.start);
}

/* ---- conditions --------------------------------------------------------------------------------
 */

/* A condition within one of the rule's expressions: how it is written, where, what it has been. */
struct condition {
    const char *key;
    struct str text;
    struct position at;
    struct cel_seen seen;
};

struct conditions_found {
    ARRAY(struct condition) list;
};

static struct conditions_found conditions_of(struct run *run, const struct rule *rule) {
    struct conditions_found found = {0};
    for (size_t i = 0; i < rule->conditions.n; i++) {
        const struct rule_condition *c = &rule->conditions.v[i];
        for (size_t k = 0; k < cel_condition_count(c->program); k++) {
            uint32_t offset = 0;
            struct str text = cel_condition_text(run->arena, c->program, k, &offset);
            struct span span = rule_expression_span(rule->tree, c->at, offset);
            ARRAY_PUSH(run->arena, found.list) = (struct condition){
                c->key, text, source_position(run->sources, span.file, span.start), c->seen[k]};
        }
    }
    return found;
}

struct totals {
    size_t tests, failed, untested, seen, outcomes;
};

static struct totals totals_of(const struct tested *t) {
    struct totals totals = {0};
    for (size_t i = 0; i < t->rules.n; i++) {
        const struct tested_rule *r = &t->rules.v[i];
        totals.tests += r->results.n;
        totals.untested += !r->results.n;
        for (size_t k = 0; k < r->results.n; k++) totals.failed += !test_passed(&r->results.v[k]);
        for (size_t k = 0; k < r->rule->conditions.n; k++) {
            const struct rule_condition *c = &r->rule->conditions.v[k];
            size_t n = cel_condition_count(c->program);
            totals.outcomes += 2 * n;
            for (size_t m = 0; m < n; m++) totals.seen += c->seen[m].yes + c->seen[m].no;
        }
    }
    return totals;
}

/* ---- text --------------------------------------------------------------------------------------
 */

static void print_list(const char *head, const struct str *v, size_t n) {
    if (n) printf("  %s\n", head);
    for (size_t i = 0; i < n; i++) printf("    " STR_FMT "\n", STR_ARG(v[i]));
}

static void print_failure(const struct run *run, const struct rule *rule,
                          const struct test_result *r) {
    struct str name = r->test->name.n ? r->test->name : STR("test");
    printf("FAILED " STR_FMT ":%u  " STR_FMT ": " STR_FMT "\n", STR_ARG(rule->file),
           place_of(run, rule, r->test->at).line, STR_ARG(rule->info.id), STR_ARG(name));
    if (r->error.n) {
        printf("  it cannot be run: " STR_FMT "\n\n", STR_ARG(r->error));
        return;
    }
    print_list("expected, and not found:", r->missing.v, r->missing.n);
    print_list("found, and not expected:", r->extra.v, r->extra.n);
    if (r->missing.n && !r->extra.n) puts("  nothing was found instead");
    print_list("undecided:", r->undecided.v, r->undecided.n);
    putchar('\n');
}

static void print_unseen(struct run *run, const struct rule *rule) {
    struct conditions_found found = conditions_of(run, rule);
    for (size_t i = 0; i < found.list.n; i++) {
        const struct condition *c = &found.list.v[i];
        if (c->seen.yes && c->seen.no) continue;
        const char *what = c->seen.yes  ? "never false"
                           : c->seen.no ? "never true"
                                        : "never evaluated";
        printf("  " STR_FMT ":%u:%u  %s in `%s`: " STR_FMT "\n", STR_ARG(rule->file), c->at.line,
               c->at.column, what, c->key, STR_ARG(c->text));
    }
}

static void print_coverage(struct run *run, const struct tested *t) {
    puts("Conditions that the tests have not seen both ways:\n");
    for (size_t i = 0; i < t->rules.n; i++) print_unseen(run, t->rules.v[i].rule);
    putchar('\n');
}

void test_print_text(struct run *run, const struct tested *t) {
    struct totals totals = totals_of(t);
    for (size_t i = 0; i < t->rules.n; i++)
        for (size_t k = 0; k < t->rules.v[i].results.n; k++)
            if (!test_passed(&t->rules.v[i].results.v[k]))
                print_failure(run, t->rules.v[i].rule, &t->rules.v[i].results.v[k]);
    if (totals.seen < totals.outcomes && !run->o->quiet) print_coverage(run, t);
    for (size_t i = 0; i < t->rules.n && !run->o->quiet; i++)
        if (!t->rules.v[i].results.n)
            printf(STR_FMT ": the rule has no test and no example\n",
                   STR_ARG(t->rules.v[i].rule->file));
    printf("%zu rule%s, %zu test%s: %zu passed, %zu failed; conditions: %zu of %zu outcomes seen\n",
           t->rules.n, t->rules.n == 1 ? "" : "s", totals.tests, totals.tests == 1 ? "" : "s",
           totals.tests - totals.failed, totals.failed, totals.seen, totals.outcomes);
}

/* ---- JSON --------------------------------------------------------------------------------------
 */

static void add_list(struct pretty *p, const char *key, const struct str *v, size_t n) {
    pretty_array(p, key);
    for (size_t i = 0; i < n; i++) pretty_string(p, NULL, v[i]);
    pretty_end(p);
}

static void add_test(struct pretty *p, const struct run *run, const struct rule *rule,
                     const struct test_result *r) {
    pretty_object(p, NULL);
    pretty_string(p, "name", r->test->name);
    pretty_number(p, "line", place_of(run, rule, r->test->at).line);
    pretty_bool(p, "passed", test_passed(r));
    if (r->error.n) pretty_string(p, "error", r->error);
    if (r->missing.n) add_list(p, "missing", r->missing.v, r->missing.n);
    if (r->extra.n) add_list(p, "unexpected", r->extra.v, r->extra.n);
    if (r->undecided.n) add_list(p, "undecided", r->undecided.v, r->undecided.n);
    pretty_end(p);
}

static void add_conditions(struct pretty *p, struct run *run, const struct rule *rule) {
    struct conditions_found found = conditions_of(run, rule);
    pretty_array(p, "conditions");
    for (size_t i = 0; i < found.list.n; i++) {
        const struct condition *c = &found.list.v[i];
        pretty_object_line(p, NULL);
        pretty_string(p, "key", str_from(c->key));
        pretty_string(p, "text", c->text);
        pretty_number(p, "line", c->at.line);
        pretty_number(p, "column", c->at.column);
        pretty_bool(p, "true", c->seen.yes);
        pretty_bool(p, "false", c->seen.no);
        pretty_end(p);
    }
    pretty_end(p);
}

static void add_rule(struct pretty *p, struct run *run, const struct tested_rule *tested) {
    pretty_object(p, NULL);
    pretty_string(p, "id", tested->rule->info.id);
    pretty_string(p, "file", tested->rule->file);
    pretty_array(p, "tests");
    for (size_t i = 0; i < tested->results.n; i++)
        add_test(p, run, tested->rule, &tested->results.v[i]);
    pretty_end(p);
    add_conditions(p, run, tested->rule);
    pretty_end(p);
}

void test_print_json(struct run *run, const struct tested *t) {
    struct buf b = buf_new(run->arena);
    struct pretty p = {.b = &b};
    struct totals totals = totals_of(t);
    pretty_object(&p, NULL);
    pretty_number(&p, "format", 1);
    pretty_object_line(&p, "summary");
    pretty_number(&p, "rules", t->rules.n);
    pretty_number(&p, "tests", totals.tests);
    pretty_number(&p, "failed", totals.failed);
    pretty_number(&p, "untested", totals.untested);
    pretty_number(&p, "outcomes", totals.outcomes);
    pretty_number(&p, "seen", totals.seen);
    pretty_end(&p);
    pretty_array(&p, "rules");
    for (size_t i = 0; i < t->rules.n; i++) add_rule(&p, run, &t->rules.v[i]);
    pretty_end(&p);
    pretty_end(&p);
    buf_add_char(&b, '\n');
    fwrite(b.p, 1, b.n, stdout);
}
