#include "clawtext.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct range {
    uint32_t first, last;
};

/* Code points first, first + step, ... last become themselves plus delta. */
struct lower_run {
    uint32_t first, last;
    int32_t delta;
    uint32_t step;
};

#include "clawtext_tables.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum {
    NO_CHARACTER = 0x110000, /* an ill-formed byte: in no set, no mapping */
    CAPITAL_I_WITH_DOT = 0x130,
    COMBINING_DOT_ABOVE = 0x307,
    CAPITAL_SIGMA = 0x3a3,
    SMALL_SIGMA = 0x3c3,
    SMALL_FINAL_SIGMA = 0x3c2,
};

/* ---- code points -------------------------------------------------------------------------- */

static bool is_tail(const char *p) {
    return ((unsigned char)*p & 0xc0) == 0x80;
}

/* Length of the code point at `p` (`n` > 0). Lone surrogates count as code points; an ill-formed
 * byte has length 1. Overlong forms need no care: whatever they yield is passed through. */
static size_t decode(const char *p, size_t n, uint32_t *c) {
    unsigned char lead = (unsigned char)p[0];
    *c = lead;
    if (lead < 0x80) return 1;
    *c = NO_CHARACTER;
    if (lead >= 0xc2 && lead < 0xe0 && n >= 2 && is_tail(p + 1)) {
        *c = (lead & 0x1fu) << 6 | ((unsigned char)p[1] & 0x3fu);
        return 2;
    }
    if (lead >= 0xe0 && lead < 0xf0 && n >= 3 && is_tail(p + 1) && is_tail(p + 2)) {
        uint32_t value = (lead & 0x0fu) << 12 | ((unsigned char)p[1] & 0x3fu) << 6 |
                         ((unsigned char)p[2] & 0x3fu);
        if (value < 0x800) return 1;
        *c = value;
        return 3;
    }
    if (lead >= 0xf0 && lead < 0xf5 && n >= 4 && is_tail(p + 1) && is_tail(p + 2) &&
        is_tail(p + 3)) {
        uint32_t value = (lead & 0x07u) << 18 | ((unsigned char)p[1] & 0x3fu) << 12 |
                         ((unsigned char)p[2] & 0x3fu) << 6 | ((unsigned char)p[3] & 0x3fu);
        if (value < 0x10000 || value > 0x10ffff) return 1;
        *c = value;
        return 4;
    }
    return 1;
}

/* The code point that ends at `n` (`n` > 0). */
static size_t decode_before(const char *p, size_t n, uint32_t *c) {
    for (size_t length = 1; length <= 4 && length <= n; length++) {
        const char *start = p + n - length;
        if (is_tail(start)) continue;
        if (decode(start, length, c) == length) return length;
        break;
    }
    *c = NO_CHARACTER;
    return 1;
}

static size_t encode(uint32_t c, char *out) {
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

static bool in_set(uint32_t c, const struct range *set, size_t n) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (set[middle].last < c)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && set[low].first <= c;
}

static bool is_blank(uint32_t c) {
    if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
    return in_set(c, trim, COUNT(trim));
}

/* One code point to one; U+0130, which becomes two, is the caller's. */
static uint32_t lower_simple(uint32_t c) {
    size_t low = 0, high = COUNT(lower_runs);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lower_runs[middle].last < c)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == COUNT(lower_runs)) return c;
    const struct lower_run *run = &lower_runs[low];
    if (c < run->first || (c - run->first) % run->step) return c;
    return (uint32_t)((int32_t)c + run->delta);
}

/* ---- trim --------------------------------------------------------------------------------- */

/* ASCII and no blank; nearly every text begins and ends so. */
static bool is_solid(char c) {
    return (unsigned char)(c - '!') <= '~' - '!';
}

size_t clawtext_trim(const char *p, size_t n, size_t *start) {
    size_t from = 0;
    *start = 0;
    if (n && is_solid(p[0]) && is_solid(p[n - 1])) return n;
    uint32_t c;
    while (from < n) {
        size_t length = decode(p + from, n - from, &c);
        if (!is_blank(c)) break;
        from += length;
    }
    while (n > from) {
        size_t length = decode_before(p + from, n - from, &c);
        if (!is_blank(c)) break;
        n -= length;
    }
    *start = from;
    return n - from;
}

/* ---- lower case --------------------------------------------------------------------------- */

/* Capitals of eight ASCII bytes at once: bit 7 of `x + (0x80 - 'A')` says "at least A", no carry
 * crosses a byte because every byte is below 0x80. */
static uint64_t lower_ascii_word(uint64_t x) {
    const uint64_t ones = 0x0101010101010101u;
    uint64_t at_least_a = x + ones * (0x80 - 'A');
    uint64_t above_z = x + ones * (0x80 - 'Z' - 1);
    return x | ((at_least_a & ~above_z & (ones * 0x80)) >> 2);
}

static char lower_ascii(char c) {
    return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static const uint64_t not_ascii = 0x8080808080808080u;

/* Lower-cases eight bytes, or four, if all are ASCII. */
static bool lower_eight(const char *p, char *out) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    if (word & not_ascii) return false;
    word = lower_ascii_word(word);
    memcpy(out, &word, sizeof word);
    return true;
}

static bool lower_four(const char *p, char *out) {
    uint32_t half;
    memcpy(&half, p, sizeof half);
    if (half & (uint32_t)not_ascii) return false;
    half = (uint32_t)lower_ascii_word(half);
    memcpy(out, &half, sizeof half);
    return true;
}

/* Lower-cases a text if all of it is ASCII. Its last bytes are done together with bytes before
 * them, which come out the same again. */
static bool lower_all_ascii(const char *p, size_t n, char *out) {
    if (n >= 8) {
        for (size_t i = 0; i < n - 8; i += 8)
            if (!lower_eight(p + i, out + i)) return false;
        return lower_eight(p + n - 8, out + n - 8);
    }
    if (n >= 4) return lower_four(p, out) && lower_four(p + n - 4, out + n - 4);
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)p[i] >= 0x80) return false;
        out[i] = lower_ascii(p[i]);
    }
    return true;
}

/* ICU, and so JavaScript, asks "ignorable?" before "cased?": letters that are both are skipped. */
static bool is_ignorable(uint32_t c) {
    return in_set(c, case_ignorable, COUNT(case_ignorable));
}

static bool is_cased(uint32_t c) {
    return in_set(c, cased, COUNT(cased));
}

static bool cased_before(const char *p, size_t n) {
    while (n) {
        uint32_t c;
        n -= decode_before(p, n, &c);
        if (!is_ignorable(c)) return is_cased(c);
    }
    return false;
}

static bool cased_after(const char *p, size_t n) {
    while (n) {
        uint32_t c;
        size_t length = decode(p, n, &c);
        if (!is_ignorable(c)) return is_cased(c);
        p += length;
        n -= length;
    }
    return false;
}

static uint32_t lower_sigma(const char *p, size_t n, size_t at) {
    bool final = cased_before(p, at) && !cased_after(p + at + 2, n - at - 2);
    return final ? SMALL_FINAL_SIGMA : SMALL_SIGMA;
}

/* The code point at `at`, lower-cased, to `*out`, which is moved on. Returns its length in `p`. */
static size_t lower_one(const char *p, size_t n, size_t at, char **out) {
    uint32_t c;
    size_t length = decode(p + at, n - at, &c);
    if (c == NO_CHARACTER) {
        *(*out)++ = p[at];
    } else if (c == CAPITAL_I_WITH_DOT) {
        *(*out)++ = 'i';
        *out += encode(COMBINING_DOT_ABOVE, *out);
    } else {
        uint32_t low = c == CAPITAL_SIGMA ? lower_sigma(p, n, at) : lower_simple(c);
        *out += encode(low, *out);
    }
    return length;
}

static size_t lower_any(const char *p, size_t n, char *out) {
    char *o = out;
    for (size_t i = 0; i < n;) {
        if ((unsigned char)p[i] < 0x80)
            *o++ = lower_ascii(p[i++]);
        else
            i += lower_one(p, n, i, &o);
    }
    return (size_t)(o - out);
}

size_t clawtext_lower(const char *p, size_t n, char *out) {
    return lower_all_ascii(p, n, out) ? n : lower_any(p, n, out);
}

size_t clawtext_token(const char *p, size_t n, char *out) {
    size_t start;
    size_t length = clawtext_trim(p, n, &start);
    return length ? clawtext_lower(p + start, length, out) : 0;
}

/* ---- ids ---------------------------------------------------------------------------------- */

static bool is_id_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_id_character(char c) {
    return is_id_start(c) || c == '_' || c == '-';
}

/* ^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$ */
static bool is_plain_id(const char *p, size_t n) {
    if (n == 0 || n > CLAWTEXT_ID_MAX || !is_id_start(p[0])) return false;
    for (size_t i = 1; i < n; i++)
        if (!is_id_character(p[i])) return false;
    return true;
}

/* What canon has written so far. Leading dashes are dropped as they come, trailing ones by
 * remembering where the last other character was; both happen before the cut to 64. */
struct canon {
    char *out;
    size_t n;     /* length without the cut */
    size_t solid; /* length up to the last character that is not a dash */
    bool in_run;  /* the last character stood for a run of unusable ones */
};

static void canon_add(struct canon *k, char c) {
    k->in_run = false;
    if (c == '-' && k->n == 0) return;
    if (k->n < CLAWTEXT_ID_MAX) k->out[k->n] = c;
    k->n++;
    if (c != '-') k->solid = k->n;
}

static void canon_add_unusable(struct canon *k) {
    if (k->in_run) return;
    canon_add(k, '-');
    k->in_run = true;
}

size_t clawtext_canon(const char *p, size_t n, char out[CLAWTEXT_ID_MAX]) {
    size_t start;
    n = clawtext_trim(p, n, &start);
    if (n == 0) return 0;
    p += start;
    if (is_plain_id(p, n)) return clawtext_lower(p, n, out);
    struct canon k = {.out = out};
    for (size_t i = 0; i < n;) {
        uint32_t c;
        i += decode(p + i, n - i, &c);
        /* Two code points above ASCII have a lower case that begins in ASCII: the Kelvin sign and
         * the dotted I. */
        uint32_t low = c == CAPITAL_I_WITH_DOT ? 'i' : lower_simple(c);
        if (low < 0x80 && is_id_character((char)low))
            canon_add(&k, (char)low);
        else
            canon_add_unusable(&k);
        if (c == CAPITAL_I_WITH_DOT) canon_add_unusable(&k);
    }
    return k.solid < CLAWTEXT_ID_MAX ? k.solid : CLAWTEXT_ID_MAX;
}

static bool is_text(const char *p, size_t n, const char *text) {
    return n == strlen(text) && memcmp(p, text, n) == 0;
}

static size_t put(char *out, const char *text) {
    size_t n = 0;
    for (; text[n]; n++) out[n] = text[n];
    return n;
}

size_t clawtext_agent_id(const char *p, size_t n, char out[CLAWTEXT_ID_MAX]) {
    size_t length = clawtext_canon(p, n, out);
    return length ? length : put(out, "main");
}

size_t clawtext_account_id(const char *p, size_t n, char out[CLAWTEXT_ID_MAX]) {
    size_t length = clawtext_canon(p, n, out);
    /* The gateway refuses names that JavaScript objects are born with. */
    if (length == 0 || is_text(out, length, "__proto__") || is_text(out, length, "prototype") ||
        is_text(out, length, "constructor"))
        return put(out, "default");
    return length;
}

static enum clawtext_kind kind_of_word(const char *p, size_t n) {
    if (is_text(p, n, "direct") || is_text(p, n, "dm")) return CLAWTEXT_DIRECT;
    if (is_text(p, n, "group")) return CLAWTEXT_GROUP;
    if (is_text(p, n, "channel")) return CLAWTEXT_CHANNEL;
    return CLAWTEXT_NO_KIND;
}

enum clawtext_kind clawtext_chat_type(const char *p, size_t n) {
    enum { LONGEST = sizeof "channel" - 1 };
    if (n == 0) return CLAWTEXT_NO_KIND;
    enum clawtext_kind kind = kind_of_word(p, n);
    if (kind != CLAWTEXT_NO_KIND) return kind;
    size_t start;
    n = clawtext_trim(p, n, &start);
    if (n > LONGEST) return CLAWTEXT_NO_KIND;
    /* No letter of these words is the lower case of anything but its capital. */
    char word[LONGEST];
    for (size_t i = 0; i < n; i++) word[i] = lower_ascii(p[start + i]);
    return kind_of_word(word, n);
}
