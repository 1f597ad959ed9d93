#include "base/collate.h"

#include <string.h>

#include "base/utf8.h"

/* The three levels at which two characters are compared. */
struct weight {
    uint32_t primary, accent, upper;
};

/* Punctuation in the order of the root collation, before digits and letters. */
static const char order[] = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789";

enum { LETTERS = 1000, OTHERS = 2000 };

/* Letters of Latin-1 and Latin Extended-A as their base letter, from U+00C0; a space: no letter. */
static const char latin_base[] = "aaaaaa ceeeeiiii"
                                 "dnooooo ouuuuy  "
                                 "aaaaaa ceeeeiiii"
                                 "dnooooo ouuuuy y"
                                 "aaaaaaccccccccdd"
                                 "ddeeeeeeeeeegggg"
                                 "gggghhhhiiiiiiii"
                                 "ii  jjkk lllllll"
                                 "lllnnnnnnn  oooo"
                                 "oo  rrrrrrssssss"
                                 "ssttttttuuuuuuuu"
                                 "uuuuwwyyyzzzzzzs";

static bool is_weightless(uint32_t c) {
    return c < 9 || (c > 13 && c < 32) || c == 0x7f;
}

/* In Latin Extended-A the pairs are upper, lower; their parity changes at U+0138 and U+0149. */
static bool is_upper_latin(uint32_t c) {
    bool odd = (c >= 0x139 && c <= 0x148) || c >= 0x179;
    return (c & 1) == odd;
}

static struct weight weight_of(uint32_t c) {
    if (c >= 'a' && c <= 'z') return (struct weight){LETTERS + (c - 'a'), 0, 0};
    if (c >= 'A' && c <= 'Z') return (struct weight){LETTERS + (c - 'A'), 0, 1};
    if (c < 0x80) {
        const char *at = strchr(order, (int)c);
        return (struct weight){at ? (uint32_t)(at - order) + 1 : 0, 0, 0};
    }
    if (c >= 0xc0 && c < 0xc0 + sizeof latin_base - 1 && latin_base[c - 0xc0] != ' ') {
        bool upper = c < 0xe0 || (c >= 0x100 && is_upper_latin(c));
        return (struct weight){LETTERS + (uint32_t)(latin_base[c - 0xc0] - 'a'), c, upper};
    }
    return (struct weight){OTHERS + c, 0, 0};
}

/* The next character that weighs something; false at the end. */
static bool next(struct str s, size_t *at, struct weight *w) {
    while (*at < s.n) {
        uint32_t c;
        *at += utf8_decode(s, *at, true, &c);
        if (is_weightless(c)) continue;
        *w = weight_of(c);
        return true;
    }
    return false;
}

static int difference(uint32_t a, uint32_t b) {
    return (a > b) - (a < b);
}

int collate_compare(struct str a, struct str b) {
    size_t i = 0, j = 0;
    int accent = 0, upper = 0;
    for (;;) {
        struct weight x, y;
        bool more_a = next(a, &i, &x), more_b = next(b, &j, &y);
        if (!more_a || !more_b) {
            if (more_a != more_b) return more_a ? 1 : -1;
            return accent ? accent : upper;
        }
        int primary = difference(x.primary, y.primary);
        if (primary) return primary;
        if (!accent) accent = difference(x.accent, y.accent);
        if (!upper) upper = difference(x.upper, y.upper);
    }
}
