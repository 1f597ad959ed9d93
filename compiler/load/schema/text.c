/* Texts against a schema: patterns (ECMAScript's, run by PCRE2 within limits), formats, lengths. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/utf8.h"
#include "load/schema/check.h"

enum { MATCH_LIMIT = 200 * 1000, DEPTH_LIMIT = 2000, HEAP_LIMIT_KIB = 8 * 1024 };

struct schema_regex {
    pcre2_code *code; /* NULL: not a pattern that PCRE2 takes; such a one fits everything */
    pcre2_match_data *data;
    pcre2_match_context *limits;
};

/* PCRE2's memory is the arena's. */
static void *take(PCRE2_SIZE size, void *arena) {
    return arena_alloc(arena, size);
}

static void leave(void *p, void *arena) {
    (void)p;
    (void)arena;
}

static struct schema_regex *compile(struct checking *c, struct str pattern) {
    struct schema_regex *r = ARENA_NEW(c->scratch, struct schema_regex);
    pcre2_general_context *memory = pcre2_general_context_create(take, leave, c->scratch);
    pcre2_compile_context *how = pcre2_compile_context_create(memory);
    int error;
    PCRE2_SIZE at;
    pcre2_set_compile_extra_options(how, PCRE2_EXTRA_ALT_BSUX);
    r->code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n,
                            PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY |
                                PCRE2_NEVER_BACKSLASH_C | PCRE2_ALLOW_EMPTY_CLASS,
                            &error, &at, how);
    if (!r->code) return r;
    r->data = pcre2_match_data_create(1, memory);
    r->limits = pcre2_match_context_create(memory);
    pcre2_set_match_limit(r->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(r->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(r->limits, HEAP_LIMIT_KIB);
    return r;
}

/* A pattern that exceeds its limits counts as not fitting: the gateway would hang on it. */
bool schema_pattern_fits(struct checking *c, uint16_t pattern, struct str text) {
    struct schema_regex **r = &c->regexes[pattern - 1];
    if (!*r) *r = compile(c, schema_str(c->schema, c->schema->patterns[pattern - 1]));
    if (!(*r)->code) return true;
    return pcre2_match((*r)->code, (PCRE2_SPTR)(text.n ? text.p : ""), text.n, 0, 0, (*r)->data,
                       (*r)->limits) >= 0;
}

size_t schema_length(struct str text, bool units) {
    size_t n = 0;
    for (size_t at = 0; at < text.n;) {
        uint32_t code;
        at += utf8_decode(text, at, true, &code);
        n += units && code > 0xffff ? 2 : 1;
    }
    return n;
}

/* ---- URLs, as JavaScript's URL constructor takes them ------------------------------------------
 */

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Length of "scheme:" at the start, or 0. */
static size_t scheme_length(struct str s) {
    if (!s.n || !is_letter(s.p[0])) return 0;
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] == ':') return i + 1;
        if (!is_letter(s.p[i]) && !is_digit(s.p[i]) && s.p[i] != '+' && s.p[i] != '-' &&
            s.p[i] != '.')
            return 0;
    }
    return 0;
}

/* Schemes whose URLs must have a host. */
static bool needs_host(struct str scheme) {
    static const char *const special[] = {"http:", "https:", "ws:", "wss:", "ftp:"};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        struct str s = str_from(special[i]);
        bool same = s.n == scheme.n;
        for (size_t k = 0; same && k < s.n; k++) same = (scheme.p[k] | 32) == (s.p[k] | 32);
        if (same) return true;
    }
    return false;
}

static bool port_fits(struct str port) {
    uint32_t number = 0;
    for (size_t i = 0; i < port.n; i++) {
        if (!is_digit(port.p[i])) return false;
        number = number * 10 + (uint32_t)(port.p[i] - '0');
        if (number > 65535) return false;
    }
    return true;
}

static bool host_fits(struct str host) {
    if (!host.n) return false;
    if (host.p[0] == '[') return host.p[host.n - 1] == ']' && host.n > 3;
    for (size_t i = 0; i < host.n; i++) {
        unsigned char c = (unsigned char)host.p[i];
        if (c <= ' ' || c == 0x7f || c == '<' || c == '>' || c == '^' || c == '|' || c == '[' ||
            c == ']' || c == ':')
            return false;
        if (c == '%' && (i + 2 >= host.n)) return false;
    }
    return true;
}

/* `rest` is what follows the scheme of a URL that must have a host. */
static bool authority_fits(struct str rest) {
    size_t from = 0, end;
    while (from < rest.n && (rest.p[from] == '/' || rest.p[from] == '\\')) from++;
    for (end = from; end < rest.n && rest.p[end] != '/' && rest.p[end] != '\\' &&
                     rest.p[end] != '?' && rest.p[end] != '#';)
        end++;
    for (size_t i = end; i > from; i--)
        if (rest.p[i - 1] == '@') {
            from = i;
            break;
        }
    size_t colon = end;
    while (colon > from && is_digit(rest.p[colon - 1])) colon--;
    bool port = colon > from && rest.p[colon - 1] == ':';
    if (port && !port_fits(str_slice(rest, colon, end))) return false;
    return host_fits(str_slice(rest, from, port ? colon - 1 : end));
}

static bool is_url(struct str s) {
    while (s.n && (unsigned char)s.p[0] <= ' ') s = str_slice(s, 1, s.n);
    while (s.n && (unsigned char)s.p[s.n - 1] <= ' ') s.n--;
    size_t scheme = scheme_length(s);
    if (!scheme) return false;
    struct str rest = str_slice(s, scheme, s.n);
    return !needs_host(str_slice(s, 0, scheme)) || authority_fits(rest);
}

/* Formats other than these come with a pattern of their own, or are annotations. */
bool schema_format_fits(struct str format, struct str text) {
    return !str_equal(format, STR("uri")) || is_url(text);
}
