/* URLs: the host and port that JavaScript's URL would give. */
#include "base/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/arena.h"

struct expected {
    const char *text, *host; /* host NULL: no such URL */
    uint32_t port;
};

static void check(const struct expected *e) {
    struct arena *a = arena_new();
    struct url url;
    bool ok = url_parse(a, str_from(e->text), &url);
    if (ok != (e->host != NULL)) fail_msg("%s: %s", e->text, ok ? "taken" : "refused");
    if (ok && (!str_equal(url.host, str_from(e->host)) || url.port != e->port))
        fail_msg("%s: %.*s %u", e->text, (int)url.host.n, url.host.p, (unsigned)url.port);
    arena_free(a);
}

static void test_urls(void **unused) {
    static const struct expected urls[] = {
        {"http://127.0.0.1:18800", "127.0.0.1", 18800},
        {" WSS://CDP.Example.com/devtools ", "cdp.example.com", 443},
        {"https://user:p@ss@host?x=1:2", "host", 443},
        {"http:\\\\host:80/", "host", 80},
        {"ws://[::1]:9222/x", "[::1]", 9222},
        {"http://0x7f.1/", "127.0.0.1", 80},
        {"http://017700000001:1", "127.0.0.1", 1},
        {"http://1.2.3", "1.2.0.3", 80},
        {"http://host.:8", "host.", 8},
        {"http://256.0.0.1", NULL, 0},
        {"http://1.2.3.4.5", NULL, 0},
        {"http://host:65536", NULL, 0},
        {"http://host:8x", NULL, 0},
        {"http://", NULL, 0},
        {"http://a b", NULL, 0},
        {"ftp://host", NULL, 0},
        {"host:80", NULL, 0},
        {"", NULL, 0},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) check(&urls[i]);
}

static void test_loopback(void **unused) {
    (void)unused;
    assert_true(url_is_loopback(STR("localhost")));
    assert_true(url_is_loopback(STR("127.8.8.8")));
    assert_true(url_is_loopback(STR("[::1]")));
    assert_false(url_is_loopback(STR("10.0.0.1")));
    assert_false(url_is_loopback(STR("")));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_urls),
                                       cmocka_unit_test(test_loopback)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
