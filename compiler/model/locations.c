#include "model/locations.h"

#include "base/arena.h"
#include "base/buf.h"

/* Removes the last component of what is in `b`; false when there is none that may go. */
static bool drop_last(struct buf *b, size_t root) {
    if (b->n <= root) return false;
    size_t at = b->n;
    while (at > root && b->p[at - 1] != '/') at--;
    struct str last = {b->p + at, b->n - at};
    if (str_equal(last, STR(".."))) return false;
    b->n = at > root ? at - 1 : root;
    if (b->n < root) b->n = root;
    return true;
}

static void add_component(struct buf *b, struct str part, size_t root, bool absolute) {
    if (part.n == 0 || str_equal(part, STR("."))) return;
    if (str_equal(part, STR("..")) && (drop_last(b, root) || absolute)) return;
    if (b->n > root || (root && b->p[b->n - 1] != '/')) buf_add_char(b, '/');
    buf_add(b, part);
}

struct str location_normal(struct arena *a, struct str path) {
    struct buf b = buf_new(a);
    size_t at = 0;
    bool absolute = str_starts(path, STR("/"));
    bool symbol = str_starts(path, STR("<"));
    if (absolute) buf_add_char(&b, '/');
    if (str_equal(path, STR("~")) || str_starts(path, STR("~/"))) {
        buf_add_char(&b, '~');
        at = 1;
    } else if (symbol) {
        at = str_find(path, STR(">"), 0);
        at = at == SIZE_MAX ? 0 : at + 1;
        buf_add(&b, str_slice(path, 0, at));
    }
    size_t root = b.n;
    while (at < path.n) {
        size_t end = str_find(path, STR("/"), at);
        if (end == SIZE_MAX) end = path.n;
        add_component(&b, str_slice(path, at, end), root, absolute);
        at = end + 1;
    }
    return buf_str(&b);
}

struct str location_join(struct arena *a, struct str dir, struct str name) {
    return location_normal(a, str_format(a, STR_FMT "/" STR_FMT, STR_ARG(dir), STR_ARG(name)));
}

bool location_contains(struct str outer, struct str inner) {
    if (!outer.n) return false;
    if (str_equal(outer, STR("/"))) return str_starts(inner, outer);
    return str_starts(inner, outer) && (inner.n == outer.n || inner.p[outer.n] == '/');
}
