/* JavaScript's trim and lower case, and the gateway's ids. What is expected was asked of Node 26
 * (Unicode 17) and of the gateway's own functions. */
#include "clawtext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct pair {
    const char *in, *out;
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A copy of its exact size, so that a sanitizer sees a read past the end. */
static char *exact(const char *text, size_t n) {
    char *p = malloc(n ? n : 1);
    assert_non_null(p);
    memcpy(p, text, n);
    return p;
}

static void assert_lower(const char *in, size_t n, const char *want, size_t want_n) {
    char *p = exact(in, n);
    char *out = malloc(CLAWTEXT_LOWER_MAX(n) + 1);
    assert_non_null(out);
    assert_int_equal(clawtext_lower(p, n, out), want_n);
    assert_memory_equal(out, want, want_n);
    free(out);
    free(p);
}

static void lowers(void **state) {
    (void)state;
    static const struct pair cases[] = {
        {"", ""},
        {"A", "a"},
        {"AZaz09@[`{", "azaz09@[`{"},
        {"WhatsApp", "whatsapp"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"},
        {"ABCD\xc3\x89", "abcd\xc3\xa9"},
        {"ABCDEFGH\xc3\x89IJ", "abcdefgh\xc3\xa9ij"},
        {"\xc3\x9f \xe1\xba\x9e", "\xc3\x9f \xc3\x9f"}, /* sharp s and its capital */
        {"\xc7\x85", "\xc7\x86"},                       /* title-case digraph */
        {"\xc4\xb0", "i\xcc\x87"},                      /* dotted I: the one expansion */
        {"\xc8\xba", "\xe2\xb1\xa5"},                   /* two bytes become three */
        {"\xe2\x84\xaa", "k"},                          /* Kelvin */
        {"\xf0\x90\x90\x80", "\xf0\x90\x90\xa8"},       /* Deseret */
        {"\xce\xa3", "\xcf\x83"},                       /* sigma alone is not final */
        {"A:\xce\xa3", "a:\xcf\x82"},                   /* final behind an ignorable */
        {"1\xce\xa3", "1\xcf\x83"},
        {"\xce\x91\xce\xa3.", "\xce\xb1\xcf\x82."},
        {"\xce\x91\xce\xa3:\xce\x92", "\xce\xb1\xcf\x83:\xce\xb2"},
        {"\xce\x91\xce\xa3 \xce\x92", "\xce\xb1\xcf\x82 \xce\xb2"},
        {"\xca\xb0\xce\xa3", "\xca\xb0\xcf\x83"}, /* modifier h: cased, but ignorable first */
        {"a\xce\xa3\xca\xb0", "a\xcf\x82\xca\xb0"},
        {"\xc4\xb0\xce\xa3", "i\xcc\x87\xcf\x82"},
        {"a\xce\xa3\xc2\xad"
         "b",
         "a\xcf\x83\xc2\xad"
         "b"},
        {"\xce\xa3\xce\xa3\xce\xa3", "\xcf\x83\xcf\x83\xcf\x82"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_lower(cases[i].in, strlen(cases[i].in), cases[i].out, strlen(cases[i].out));
}

/* Lone surrogates, bytes that begin nothing, sequences cut short. */
static void passes_ill_formed_text_through(void **state) {
    (void)state;
    static const char *const texts[] = {"\xed\xa0\x80",    "\x80",         "\xff",
                                        "a\xc3",           "a\xe2\x84",    "\xf0\x90\x90",
                                        "\xc0\x80",        "\xe0\x80\x80", "\xf5\x80\x80\x80",
                                        "\xf0\x80\x80\x80"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        size_t n = strlen(texts[i]), start;
        assert_lower(texts[i], n, texts[i], n);
        char *p = exact(texts[i], n);
        assert_int_equal(clawtext_trim(p, n, &start), n);
        free(p);
    }
    assert_lower("A\xed\xa0\x80\xce\xa3"
                 "B",
                 7,
                 "a\xed\xa0\x80\xcf\x83"
                 "b",
                 7);
    assert_lower("A\0B", 3, "a\0b", 3);
}

static void trims(void **state) {
    (void)state;
    static const struct pair cases[] = {
        {"", ""},
        {" \t\n\v\f\r", ""},
        {" a b ", "a b"},
        {"\xc2\xa0\xe1\x9a\x80\xe2\x80\x80\xe2\x80\x8a\xe2\x80\xa8\xe2\x80\xa9"
         "x\xe2\x80\xaf"
         "\xe2\x81\x9f\xe3\x80\x80\xef\xbb\xbf",
         "x"},
        {"\xc2\x85", "\xc2\x85"},         /* next line */
        {"\xe1\xa0\x8e", "\xe1\xa0\x8e"}, /* Mongolian vowel separator */
        {"\xe2\x80\x8b", "\xe2\x80\x8b"}, /* zero width space */
        {"\xe2\x81\xa0", "\xe2\x81\xa0"}, /* word joiner */
        {"x\x1c", "x\x1c"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t n = strlen(cases[i].in), start;
        char *p = exact(cases[i].in, n);
        size_t got = clawtext_trim(p, n, &start);
        assert_int_equal(got, strlen(cases[i].out));
        if (got) assert_memory_equal(p + start, cases[i].out, got);
        free(p);
    }
}

static void assert_id(size_t (*form)(const char *, size_t, char *), const char *in,
                      const char *want) {
    size_t n = strlen(in);
    char *p = exact(in, n), out[CLAWTEXT_ID_MAX];
    size_t got = form(p, n, out);
    assert_int_equal(got, strlen(want));
    if (got) assert_memory_equal(out, want, got);
    free(p);
}

static void makes_agent_ids(void **state) {
    (void)state;
    static const struct pair cases[] = {
        {"main", "main"},
        {" Work ", "work"},
        {"a-", "a-"}, /* usable as it is */
        {"a.-", "a"}, /* not: dashes at the end go */
        {"a.b.c", "a-b-c"},
        {"a . b", "a-b"},
        {"a- -b", "a---b"}, /* a run is one dash, dashes are kept */
        {"-x", "x"},
        {"_x", "_x"},
        {"--", "main"},
        {"", "main"},
        {"\xe6\x97\xa5\xe6\x9c\xac", "main"},
        {"\xe2\x84\xaa"
         "elvin",
         "kelvin"},
        {"\xc4\xb0stanbul", "i-stanbul"},
        {"\xed\xa0\x80"
         "a\xff",
         "a"},
        {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bc",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-"}, /* cut behind it */
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
        {"...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabb",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_id(clawtext_agent_id, cases[i].in, cases[i].out);
}

static void makes_account_ids(void **state) {
    (void)state;
    static const struct pair cases[] = {
        {"", "default"},          {" \xc2\xa0", "default"}, {"Biz", "biz"},
        {"*", "default"},         {"**", "default"},        {"constructor", "default"},
        {"Prototype", "default"}, {"__proto__", "default"}, {"__PROTO__", "default"},
        {"toString", "tostring"}, {"+56 912", "56-912"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_id(clawtext_account_id, cases[i].in, cases[i].out);
}

static void knows_chat_types(void **state) {
    (void)state;
    static const struct {
        const char *in;
        enum clawtext_kind kind;
    } cases[] = {
        {"direct", CLAWTEXT_DIRECT},
        {" DM\n", CLAWTEXT_DIRECT},
        {"Group", CLAWTEXT_GROUP},
        {"CHANNEL", CLAWTEXT_CHANNEL},
        {"\xe3\x80\x80"
         "channel",
         CLAWTEXT_CHANNEL},
        {"channels", CLAWTEXT_NO_KIND},
        {"", CLAWTEXT_NO_KIND},
        {"  ", CLAWTEXT_NO_KIND},
        {"d\xc4\xb0rect", CLAWTEXT_NO_KIND},
        {"thread", CLAWTEXT_NO_KIND},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(clawtext_chat_type(cases[i].in, strlen(cases[i].in)), cases[i].kind);
    assert_int_equal(clawtext_chat_type(NULL, 0), CLAWTEXT_NO_KIND);
}

/* Every length around the eight-byte steps, with a character that ends the quick way at each
 * place. */
static void lowers_at_every_offset(void **state) {
    (void)state;
    for (size_t n = 0; n < 40; n++)
        for (size_t at = 0; at <= n; at++) {
            char in[42], want[42];
            memset(in, 'Q', n);
            memset(want, 'q', n);
            size_t length = n;
            if (at < n) {
                memmove(in + at + 1, in + at, n - at);
                in[at] = (char)0xc3;
                in[at + 1] = (char)0x89;
                memmove(want + at + 1, want + at, n - at);
                want[at] = (char)0xc3;
                want[at + 1] = (char)0xa9;
                length = n + 1;
            }
            assert_lower(in, length, want, length);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lowers),
        cmocka_unit_test(passes_ill_formed_text_through),
        cmocka_unit_test(trims),
        cmocka_unit_test(makes_agent_ids),
        cmocka_unit_test(makes_account_ids),
        cmocka_unit_test(knows_chat_types),
        cmocka_unit_test(lowers_at_every_offset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
