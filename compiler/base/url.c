#include "base/url.h"

#include <string.h>

#include "base/arena.h"

static char lower(char c) {
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static struct str trim(struct str s) {
    while (s.n && (unsigned char)s.p[0] <= ' ') s = str_slice(s, 1, s.n);
    while (s.n && (unsigned char)s.p[s.n - 1] <= ' ') s.n--;
    return s;
}

static bool scheme_of(struct str *rest, struct url *url) {
    static const struct {
        const char *name;
        uint32_t port;
        bool secure, is_ws;
    } schemes[] = {{"http:", 80, false, false},
                   {"https:", 443, true, false},
                   {"ws:", 80, false, true},
                   {"wss:", 443, true, true}};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t n = strlen(schemes[i].name), at = 0;
        while (at < n && at < rest->n && lower(rest->p[at]) == schemes[i].name[at]) at++;
        if (at < n) continue;
        *rest = str_slice(*rest, n, rest->n);
        url->port = schemes[i].port;
        url->secure = schemes[i].secure;
        url->is_ws = schemes[i].is_ws;
        return true;
    }
    return false;
}

/* What stands between the slashes and the path, without user and password. */
static struct str authority_of(struct str rest) {
    while (rest.n && (rest.p[0] == '/' || rest.p[0] == '\\')) rest = str_slice(rest, 1, rest.n);
    size_t end = 0, from = 0;
    while (end < rest.n && !strchr("/\\?#", rest.p[end])) end++;
    for (size_t i = 0; i < end; i++)
        if (rest.p[i] == '@') from = i + 1;
    return str_slice(rest, from, end);
}

static bool read_port(struct str digits, struct url *url) {
    enum { PORT_MAX = 65535 };
    uint32_t port = 0;
    if (!digits.n) return true;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9') return false;
        port = port * 10 + (uint32_t)(digits.p[i] - '0');
        if (port > PORT_MAX) return false;
    }
    url->port = port;
    url->has_port = true;
    return true;
}

/* A number of an IPv4 address: decimal, 0x hexadecimal, 0 octal. */
static bool number_of(struct str part, uint64_t *number) {
    unsigned base = 10;
    *number = 0;
    if (part.n > 1 && part.p[0] == '0') {
        base = lower(part.p[1]) == 'x' ? 16 : 8;
        part = str_slice(part, base == 16 ? 2 : 1, part.n);
    } else if (!part.n) {
        return false;
    }
    for (size_t i = 0; i < part.n; i++) {
        char c = lower(part.p[i]);
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                                                : 16;
        if (digit >= base) return false;
        if (*number > UINT32_MAX) return false;
        *number = *number * base + digit;
    }
    return true;
}

static bool ends_in_digits(struct str host) {
    size_t from = host.n;
    while (from && host.p[from - 1] != '.') from--;
    struct str last = str_slice(host, from, host.n);
    uint64_t number;
    bool digits = last.n > 0;
    for (size_t i = 0; i < last.n; i++) digits = digits && last.p[i] >= '0' && last.p[i] <= '9';
    return digits || (last.n > 1 && number_of(last, &number));
}

/* A host whose last part is a number is an IPv4 address, or nothing. */
static bool read_ipv4(struct arena *a, struct str host, struct url *url) {
    uint64_t parts[4], address = 0;
    size_t n = 0;
    for (size_t at = 0; at <= host.n;) {
        size_t end = str_find(host, STR("."), at);
        if (end == SIZE_MAX) end = host.n;
        if (n == 4 || !number_of(str_slice(host, at, end), &parts[n])) return false;
        n++;
        at = end + 1;
    }
    for (size_t i = 0; i < n; i++) {
        uint64_t most = i + 1 < n ? 255 : UINT32_MAX >> (8 * (n - 1));
        if (parts[i] > most) return false;
        address += i + 1 < n ? parts[i] << (24 - 8 * i) : parts[i];
    }
    url->host =
        str_format(a, "%u.%u.%u.%u", (unsigned)(address >> 24), (unsigned)(address >> 16 & 255),
                   (unsigned)(address >> 8 & 255), (unsigned)(address & 255));
    return true;
}

static bool read_host(struct arena *a, struct str host, struct url *url) {
    if (!host.n) return false;
    char *p = str_to_c(a, host);
    bool ipv6 = host.p[0] == '[' && host.p[host.n - 1] == ']' && host.n > 3;
    for (size_t i = 0; i < host.n; i++) {
        p[i] = lower(p[i]);
        bool fine = ipv6 ? strchr("[]0123456789abcdef:.", p[i]) != NULL
                         : (unsigned char)p[i] > ' ' && !strchr("%<>[]^|\x7f", p[i]);
        if (!fine || !p[i]) return false;
    }
    url->host = (struct str){p, host.n};
    if (!ipv6 && url->host.p[url->host.n - 1] == '.') host.n--;
    struct str name = {p, host.n};
    return ipv6 || !ends_in_digits(name) || read_ipv4(a, name, url);
}

bool url_parse(struct arena *a, struct str text, struct url *url) {
    *url = (struct url){0};
    struct str rest = trim(text);
    if (!scheme_of(&rest, url)) return false;
    struct str authority = authority_of(rest);
    size_t colon = SIZE_MAX;
    for (size_t i = authority.n; i-- > 0 && authority.p[i] != ']';)
        if (authority.p[i] == ':') colon = i;
    struct str host = str_slice(authority, 0, colon);
    struct str port = colon == SIZE_MAX ? STR("") : str_slice(authority, colon + 1, authority.n);
    return read_port(port, url) && read_host(a, host, url);
}

bool url_is_loopback(struct str host) {
    return str_equal(host, STR("localhost")) || str_equal(host, STR("[::1]")) ||
           str_equal(host, STR("::1")) || str_starts(host, STR("127."));
}
