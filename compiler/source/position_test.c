#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "source/source.h"

/* A file as a program writes it, all in one line, is where columns are counted another way. */
static void test_long_lines(void **state) {
    (void)state;
    static const char *const pieces[] = {"a",        "\xc3\xa9", "\xf0\x9f\x98\x80",
                                         "\xe2\x82", "\xff",     "bcd"};
    struct arena *a = arena_new();
    struct buf b = buf_new(a);
    buf_add(&b, STR("\xef\xbb\xbf"
                    "first\r\n"));
    uint32_t start = (uint32_t)b.n;
    for (unsigned i = 0; i < 9000; i++) buf_add(&b, str_from(pieces[(i * i + i / 7) % 6]));
    struct str text = buf_str(&b);
    buf_add_repeat(&b, '\0', SOURCE_PADDING);
    text.p = b.p;
    struct sources *s = sources_new(a);
    uint32_t file = source_add(s, STR("t"), text);
    for (uint32_t at = start; at <= text.n; at += 1 + at % 3) {
        struct position p = source_position(s, file, at);
        assert_int_equal(p.line, 2);
        assert_int_equal(p.column, utf8_count(str_slice(text, start, at)) + 1);
    }
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_long_lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
