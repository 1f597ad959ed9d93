#include "source/mask.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { BEGINNING = 128, GATE_BITS = 16 };

/* The beginning of a secret, the length of the longest secret that begins so, and the entry with
 * the longest text that this one begins with (-1: none). */
struct entry {
    struct str beginning;
    size_t length;
    int64_t shorter;
};

struct mask_texts {
    struct entry *entries; /* ascending */
    size_t n;
    uint64_t gate[(1 << GATE_BITS) / 64]; /* of the first bytes of all entries */
};

static uint32_t gate_of(const char *p) {
    uint32_t first;
    memcpy(&first, p, sizeof first);
    return first * UINT32_C(2654435761) >> (32 - GATE_BITS);
}

static int by_beginning(const void *left, const void *right) {
    return str_compare(((const struct entry *)left)->beginning,
                       ((const struct entry *)right)->beginning);
}

static void unite_equal(struct mask_texts *m) {
    size_t kept = 0;
    for (size_t i = 0; i < m->n; i++) {
        struct entry *last = kept ? &m->entries[kept - 1] : NULL;
        if (!last || !str_equal(last->beginning, m->entries[i].beginning))
            m->entries[kept++] = m->entries[i];
        else if (m->entries[i].length > last->length)
            last->length = m->entries[i].length;
    }
    m->n = kept;
}

/* Among sorted texts those that one begins with are found from its predecessor upwards. */
static int64_t longest_at(const struct mask_texts *m, struct str text, int64_t i) {
    while (i >= 0 && !str_starts(text, m->entries[i].beginning)) i = m->entries[i].shorter;
    return i;
}

struct mask_texts *mask_texts_new(struct arena *a, const struct str *texts, size_t n) {
    struct mask_texts *m = ARENA_NEW(a, struct mask_texts);
    m->entries = ARENA_ARRAY(a, struct entry, n);
    m->n = n;
    for (size_t i = 0; i < n; i++) {
        uint32_t gate = gate_of(texts[i].p);
        m->gate[gate / 64] |= UINT64_C(1) << gate % 64;
        m->entries[i] = (struct entry){str_slice(texts[i], 0, BEGINNING), texts[i].n, -1};
    }
    if (n) qsort(m->entries, n, sizeof *m->entries, by_beginning);
    unite_equal(m);
    for (size_t i = 1; i < m->n; i++)
        m->entries[i].shorter = longest_at(m, m->entries[i].beginning, (int64_t)i - 1);
    return m;
}

size_t mask_texts_at(const struct mask_texts *m, struct str text, size_t at) {
    if (!m->n || text.n - at < MASK_SHORTEST) return 0;
    uint32_t gate = gate_of(text.p + at);
    if (!(m->gate[gate / 64] >> gate % 64 & 1)) return 0;
    struct str rest = str_slice(text, at, at + BEGINNING);
    size_t low = 0, high = m->n; /* the entries before `low` are not above the rest */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(m->entries[middle].beginning, rest) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    int64_t found = longest_at(m, rest, (int64_t)low - 1);
    if (found < 0) return 0;
    size_t length = m->entries[found].length;
    return length < text.n - at ? length : text.n - at;
}
