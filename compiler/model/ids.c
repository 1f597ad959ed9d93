#include "model/ids.h"

#include "base/arena.h"
#include "clawtext.h"

struct str ids_trim(struct str s) {
    size_t start = 0;
    size_t n = clawtext_trim(s.p, s.n, &start);
    return str_slice(s, start, start + n);
}

struct str ids_lower(struct arena *a, struct str s) {
    char *out = arena_alloc(a, CLAWTEXT_LOWER_MAX(s.n) + 1);
    size_t n = clawtext_lower(s.p, s.n, out);
    struct str lower = {out, n};
    return str_equal(lower, s) ? s : lower;
}

static bool is_plain_token(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= ' ' || c >= 0x7f || (c >= 'A' && c <= 'Z')) return false;
    }
    return true;
}

struct str ids_token(struct arena *a, struct str s) {
    return is_plain_token(s) ? s : ids_lower(a, ids_trim(s));
}

static struct str canonical(struct arena *a, struct str s,
                            size_t (*normalise)(const char *, size_t, char[CLAWTEXT_ID_MAX])) {
    char id[CLAWTEXT_ID_MAX];
    size_t n = normalise(s.p, s.n, id);
    struct str found = {id, n};
    return str_equal(found, s) ? s : str_copy(a, found);
}

struct str ids_agent(struct arena *a, struct str s) {
    return canonical(a, s, clawtext_agent_id);
}
struct str ids_account(struct arena *a, struct str s) {
    return canonical(a, s, clawtext_account_id);
}
struct str ids_canonical(struct arena *a, struct str s) {
    return canonical(a, s, clawtext_canon);
}

bool ids_is_agent_key(struct str s) {
    if (s.n == 0 || s.n > CLAWTEXT_ID_MAX || s.p[0] == '-') return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_' || c == '-'))
            return false;
    }
    return true;
}
