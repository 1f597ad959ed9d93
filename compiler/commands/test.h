/* What the tests of rules came to: for `clawc test`, in text and as JSON. */
#ifndef CLAWC_COMMANDS_TEST_H
#define CLAWC_COMMANDS_TEST_H

#include "commands/run.h"
#include "policy/rule_tests.h"

/* A test that was run. It passed when nothing is said of it. */
struct test_result {
    const struct rule_test *test;
    struct str error;            /* why it could not be run, or empty */
    ARRAY(struct str) missing;   /* what was expected and not found, in words */
    ARRAY(struct str) extra;     /* what was found and not expected */
    ARRAY(struct str) undecided; /* why the rule could not be evaluated */
};

struct tested_rule {
    struct rule *rule;
    struct rule_tests tests;
    ARRAY(struct test_result) results;
};

struct tested {
    ARRAY(struct tested_rule) rules;
};

bool test_passed(const struct test_result *r);

/* test_report.c */
void test_print_text(struct run *run, const struct tested *t);
void test_print_json(struct run *run, const struct tested *t);

#endif
