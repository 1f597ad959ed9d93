#include "base/utf8.h"

#include <string.h>

#include "base/buf.h"

/* The bounds of the second byte depend on the first (Unicode table 3-7). */
static bool second_byte_fits(unsigned char lead, unsigned char b, bool wtf8) {
    unsigned char low = 0x80, high = 0xbf;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed && !wtf8) high = 0x9f;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
    return b >= low && b <= high;
}

size_t utf8_decode(struct str s, size_t at, bool wtf8, uint32_t *c) {
    const unsigned char *p = (const unsigned char *)s.p + at;
    size_t left = s.n - at;
    unsigned char lead = p[0];
    if (lead < 0x80) {
        *c = lead;
        return 1;
    }
    *c = 0xfffd;
    size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4) return 1;
    if (left < 2 || !second_byte_fits(lead, p[1], wtf8)) return 1;
    uint32_t value = (uint32_t)(lead & (0xffu >> (length + 1))) << 6 | (p[1] & 0x3fu);
    for (size_t i = 2; i < length; i++) {
        if (i >= left || (p[i] & 0xc0) != 0x80) return i;
        value = value << 6 | (p[i] & 0x3fu);
    }
    *c = value;
    return length;
}

size_t utf8_encode(uint32_t c, char out[4]) {
    unsigned char *o = (unsigned char *)out;
    if (c < 0x80) {
        o[0] = (unsigned char)c;
        return 1;
    }
    if (c < 0x800) {
        o[0] = (unsigned char)(0xc0 | c >> 6);
        o[1] = (unsigned char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        o[0] = (unsigned char)(0xe0 | c >> 12);
        o[1] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
        o[2] = (unsigned char)(0x80 | (c & 0x3f));
        return 3;
    }
    o[0] = (unsigned char)(0xf0 | c >> 18);
    o[1] = (unsigned char)(0x80 | (c >> 12 & 0x3f));
    o[2] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
    o[3] = (unsigned char)(0x80 | (c & 0x3f));
    return 4;
}

/* Eight ASCII bytes at a time; configs are nearly all ASCII. */
static size_t skip_ascii(struct str s, size_t at) {
    while (s.n - at >= 8) {
        uint64_t word;
        memcpy(&word, s.p + at, 8);
        if (word & 0x8080808080808080u) break;
        at += 8;
    }
    while (at < s.n && (unsigned char)s.p[at] < 0x80) at++;
    return at;
}

static bool is_replacement(struct str s, size_t at) {
    return s.n - at >= 3 && memcmp(s.p + at, "\xef\xbf\xbd", 3) == 0;
}

size_t utf8_first_ill_formed(struct str s, size_t from) {
    size_t at = from;
    while ((at = skip_ascii(s, at)) < s.n) {
        uint32_t c;
        size_t length = utf8_decode(s, at, false, &c);
        if (c == 0xfffd && !is_replacement(s, at)) return at;
        at += length;
    }
    return s.n;
}

struct str utf8_repair(struct arena *a, struct str s) {
    size_t bad = utf8_first_ill_formed(s, 0);
    if (bad == s.n) return s;
    struct buf b = buf_new(a);
    size_t from = 0;
    while (bad < s.n) {
        uint32_t c;
        buf_add(&b, str_slice(s, from, bad));
        buf_add_codepoint(&b, 0xfffd);
        from = bad + utf8_decode(s, bad, false, &c);
        bad = utf8_first_ill_formed(s, from);
    }
    buf_add(&b, str_slice(s, from, s.n));
    return buf_str(&b);
}

size_t utf8_count(struct str s) {
    size_t count = 0;
    for (size_t at = 0; at < s.n; count++) {
        uint32_t c;
        at += utf8_decode(s, at, true, &c);
    }
    return count;
}

bool utf8_printable(uint32_t c) {
    if (c < 0x20) return c == '\t';
    if (c < 0x7f) return true;
    return c >= 0xa0 && c != 0x061c && c != 0x200e && c != 0x200f &&
           !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069) &&
           !(c >= 0xd800 && c <= 0xdfff) && c != 0xfeff && !(c >= 0xfff9 && c <= 0xfffb) &&
           !(c >= 0xe0000 && c <= 0xe007f);
}
