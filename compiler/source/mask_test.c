/* Tests of what is hidden when a source is quoted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "source/mask.h"
#include "source/source.h"

static void assert_text(struct str s, const char *expected) {
    assert_int_equal(s.n, strlen(expected));
    assert_memory_equal(s.p, expected, s.n);
}

static void finds_the_longest(void **state) {
    (void)state;
    struct arena *a = arena_new();
    const struct str texts[] = {STR("abcd"), STR("abcdef"), STR("abcdzz"), STR("wxyz"),
                                STR("abcd")};
    struct mask_texts *m = mask_texts_new(a, texts, 5);
    struct str text = STR("abcdefg abcdeg abcdzz wxy");
    assert_int_equal(mask_texts_at(m, text, 0), 6);
    assert_int_equal(mask_texts_at(m, text, 1), 0);
    assert_int_equal(mask_texts_at(m, text, 8), 4);
    assert_int_equal(mask_texts_at(m, text, 15), 6);
    assert_int_equal(mask_texts_at(m, text, 22), 0);
    assert_int_equal(mask_texts_at(m, text, text.n), 0);
    arena_free(a);
}

/* The same numbers on every machine. */
static size_t dice(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

/* Random texts of two letters against a search of each of them. */
static void agrees_with_a_plain_search(void **state) {
    (void)state;
    uint32_t state_of_dice = 7;
    for (int round = 0; round < 300; round++) {
        struct arena *a = arena_new();
        char bytes[400];
        for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = "ab"[dice(&state_of_dice) % 2];
        struct str text = {bytes, sizeof bytes}, texts[20];
        for (size_t i = 0; i < 20; i++) {
            size_t from = dice(&state_of_dice) % 300;
            texts[i] = str_slice(text, from, from + MASK_SHORTEST + dice(&state_of_dice) % 9);
        }
        struct mask_texts *m = mask_texts_new(a, texts, 20);
        for (size_t at = 0; at < text.n; at++) {
            size_t longest = 0;
            for (size_t i = 0; i < 20; i++)
                if (str_starts(str_slice(text, at, text.n), texts[i]) && texts[i].n > longest)
                    longest = texts[i].n;
            assert_int_equal(mask_texts_at(m, text, at), longest);
        }
        arena_free(a);
    }
}

/* More than the beginning is not compared: rather too much is hidden than too little. */
static void knows_a_long_secret_by_its_beginning(void **state) {
    (void)state;
    struct arena *a = arena_new();
    char secret[1000], other[1000];
    memset(secret, 'k', sizeof secret);
    memcpy(other, secret, sizeof other);
    other[999] = 'x';
    struct str text = {secret, sizeof secret};
    struct mask_texts *m = mask_texts_new(a, &text, 1);
    assert_int_equal(mask_texts_at(m, (struct str){other, 1000}, 0), 1000);
    assert_int_equal(mask_texts_at(m, (struct str){other, 500}, 0), 500);
    other[100] = 'x';
    assert_int_equal(mask_texts_at(m, (struct str){other, 1000}, 0), 0);
    arena_free(a);
}

static struct span whole_line(struct sources *s, uint32_t line) {
    return source_line(s, 1, line);
}

static void hides_in_every_line(void **state) {
    (void)state;
    struct arena *a = arena_new();
    struct sources *s = sources_new(a);
    source_add(s, STR("f"),
               STR("key: hunter2,\nsame: hunter2 and \xc3\xa9t\xc3\xa9,\nnone\n"
                   "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
    assert_text(source_quote(s, a, whole_line(s, 1)), "key: hunter2,");
    source_add_secret(s, (struct span){1, 5, 12});
    assert_text(source_quote(s, a, whole_line(s, 1)), "key: *******,");
    assert_text(source_quote(s, a, whole_line(s, 2)), "same: hunter2 and \xc3\xa9t\xc3\xa9,");
    source_add_secret_text(s, STR("hunter2"));
    assert_text(source_quote(s, a, whole_line(s, 2)), "same: ******* and \xc3\xa9t\xc3\xa9,");
    source_add_secret_text(s, STR("\xc3\xa9t\xc3\xa9"));
    assert_text(source_quote(s, a, whole_line(s, 2)), "same: ******* and ***,");
    assert_text(source_quote(s, a, (struct span){1, 20, 24}), "****");
    assert_text(source_quote(s, a, whole_line(s, 3)), "none");
    source_add_secret_text(s, STR("key")); /* too short to be searched for */
    assert_text(source_quote(s, a, whole_line(s, 1)), "key: *******,");
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_longest),
        cmocka_unit_test(agrees_with_a_plain_search),
        cmocka_unit_test(knows_a_long_secret_by_its_beginning),
        cmocka_unit_test(hides_in_every_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
