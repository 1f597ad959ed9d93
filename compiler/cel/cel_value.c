/* Values: equality, order, maps, and how they read in a message. */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "cel/cel_ast.h"

/* Nesting that equality and messages follow; values of the host may be deeper. */
enum { MAX_VALUE_DEPTH = 256, MAX_SMALL_MAP = 8 };

static const double two_63 = 9223372036854775808.0, two_64 = 18446744073709551616.0;

/* ---- kinds ---- */

const char *cel_kind_name(enum cel_kind kind) {
    /* ORDER cel_kind */
    static const char *const names[] = {"error",  "null_type", "bool",          "int",  "uint",
                                        "double", "string",    "bytes",         "list", "map",
                                        "object", "type",      "optional_type", "dyn"};
    return names[kind];
}

struct str cel_type_name(struct cel_value v) {
    return str_from(v.kind == CEL_OBJECT ? v.u.object.type->name : cel_kind_name(v.kind));
}

struct str cel_clip(struct str s, size_t most) {
    if (s.n <= most) return s;
    while (most && ((unsigned char)s.p[most] & 0xc0) == 0x80) most--;
    return str_slice(s, 0, most);
}

/* ---- order ---- */

static enum cel_order order(int difference) {
    return difference < 0 ? CEL_ORDER_LESS : difference > 0 ? CEL_ORDER_GREATER : CEL_ORDER_SAME;
}

static enum cel_order reverse(enum cel_order o) {
    return o == CEL_UNORDERED ? o : (enum cel_order)(-(int)o);
}

/* For order, integers are rounded to double before they are compared with one, as in the reference
 * implementations: 9223372036854775808.0 is not above 9223372036854775807 (vector
 * comparisons/not_gt_dyn_big_double_int). Equality is exact (`same_number`). */
static enum cel_order compare_doubles(double a, double b) {
    if (isnan(a) || isnan(b)) return CEL_UNORDERED;
    return order((a > b) - (a < b));
}

static enum cel_order compare_int_uint(int64_t i, uint64_t u) {
    if (i < 0) return CEL_ORDER_LESS;
    return order(((uint64_t)i > u) - ((uint64_t)i < u));
}

static enum cel_order compare_int(int64_t i, struct cel_value b) {
    switch (b.kind) {
    case CEL_INT: return order((i > b.u.i) - (i < b.u.i));
    case CEL_UINT: return compare_int_uint(i, b.u.u);
    case CEL_DOUBLE: return compare_doubles((double)i, b.u.d);
    default: return CEL_UNORDERED;
    }
}

static enum cel_order compare_uint(uint64_t u, struct cel_value b) {
    switch (b.kind) {
    case CEL_INT: return reverse(compare_int_uint(b.u.i, u));
    case CEL_UINT: return order((u > b.u.u) - (u < b.u.u));
    case CEL_DOUBLE: return compare_doubles((double)u, b.u.d);
    default: return CEL_UNORDERED;
    }
}

static enum cel_order compare_double(double d, struct cel_value b) {
    switch (b.kind) {
    case CEL_INT: return compare_doubles(d, (double)b.u.i);
    case CEL_UINT: return compare_doubles(d, (double)b.u.u);
    case CEL_DOUBLE: return compare_doubles(d, b.u.d);
    default: return CEL_UNORDERED;
    }
}

enum cel_order cel_compare(struct cel_value a, struct cel_value b) {
    switch (a.kind) {
    case CEL_INT: return compare_int(a.u.i, b);
    case CEL_UINT: return compare_uint(a.u.u, b);
    case CEL_DOUBLE: return compare_double(a.u.d, b);
    case CEL_BOOL: return b.kind == CEL_BOOL ? order(a.u.boolean - b.u.boolean) : CEL_UNORDERED;
    case CEL_STRING:
    case CEL_BYTES:
        return b.kind == a.kind ? order(str_compare(a.u.text, b.u.text)) : CEL_UNORDERED;
    default: return CEL_UNORDERED;
    }
}

/* The integer that a double is exactly; other values as they are. */
static struct cel_value whole(struct cel_value v) {
    if (v.kind != CEL_DOUBLE || trunc(v.u.d) != v.u.d) return v;
    if (v.u.d >= -two_63 && v.u.d < two_63) return cel_int((int64_t)v.u.d);
    return v.u.d > 0 && v.u.d < two_64 ? cel_uint((uint64_t)v.u.d) : v;
}

static bool same_number(struct cel_value a, struct cel_value b) {
    if (a.kind != b.kind) {
        a = whole(a);
        b = whole(b);
        if ((a.kind == CEL_DOUBLE) != (b.kind == CEL_DOUBLE)) return false;
    }
    return cel_compare(a, b) == CEL_ORDER_SAME;
}

/* ---- lists ---- */

size_t cel_size(struct cel_value v) {
    if (v.kind == CEL_LIST) return v.is_host ? v.u.host_list->size : v.u.list.n;
    if (v.kind == CEL_MAP) return v.is_host ? v.u.host_map->size : v.u.map->n;
    return 0;
}

struct cel_value cel_at(struct cel_run *run, struct cel_value list, size_t i) {
    struct cel_value v =
        list.is_host ? list.u.host_list->at(run, list.u.host_list->host, i) : list.u.list.values[i];
    if (!v.origin) v.origin = list.origin;
    return v;
}

/* ---- maps ---- */

static uint64_t hash_bits(uint64_t x) {
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdU;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53U;
    return x ^ (x >> 33);
}

/* Equal whole numbers of different kinds hash alike. */
static uint64_t hash_key(struct cel_value key) {
    switch (key.kind) {
    case CEL_BOOL: return key.u.boolean ? 1 : 2;
    case CEL_INT: return hash_bits((uint64_t)key.u.i);
    case CEL_UINT: return hash_bits(key.u.u);
    case CEL_STRING: return str_hash(key.u.text);
    default: return 0;
    }
}

static bool same_key(struct cel_value a, struct cel_value b) {
    return b.kind != CEL_DOUBLE && cel_compare(a, b) == CEL_ORDER_SAME;
}

/* The number of the entry with this key + 1, or 0. */
static size_t find_entry(const struct cel_map *m, struct cel_value key) {
    key = whole(key); /* there are no double keys */
    if (!m->slots) {
        for (size_t i = 0; i < m->n; i++)
            if (same_key(m->keys[i], key)) return i + 1;
        return 0;
    }
    size_t mask = m->n_slots - 1;
    for (size_t at = hash_key(key) & mask; m->slots[at]; at = (at + 1) & mask)
        if (same_key(m->keys[m->slots[at] - 1], key)) return m->slots[at];
    return 0;
}

static bool is_key_kind(struct cel_value key) {
    return key.kind == CEL_BOOL || key.kind == CEL_INT || key.kind == CEL_UINT ||
           key.kind == CEL_STRING;
}

static struct cel_value bad_key(struct cel_run *run, struct cel_value key) {
    struct str name = cel_type_name(key);
    return cel_errorf(run, CEL_ERROR_OVERLOAD,
                      "a map's key is a string, int, uint or bool, not " STR_FMT, STR_ARG(name));
}

static struct cel_value repeated_key(struct cel_run *run, struct cel_value key) {
    struct buf b = buf_new(run->arena);
    cel_add_text(run, &b, key);
    struct str text = cel_clip(buf_str(&b), 80);
    return cel_errorf(run, CEL_ERROR_ARGUMENT, "the map has the key '" STR_FMT "' twice",
                      STR_ARG(text));
}

/* Enters key number `i`, which stands behind those that are in already. */
static bool enter(struct cel_map *m, size_t i) {
    if (find_entry(m, m->keys[i])) return false;
    if (m->slots) {
        size_t mask = m->n_slots - 1;
        size_t at = hash_key(m->keys[i]) & mask;
        while (m->slots[at]) at = (at + 1) & mask;
        m->slots[at] = (uint32_t)(i + 1);
    }
    m->n = i + 1;
    return true;
}

static size_t slots_for(size_t n) {
    size_t slots = 16;
    while (slots < n * 2) slots *= 2;
    return slots;
}

struct cel_value cel_make_map(struct cel_run *run, const struct cel_value *keys,
                              const struct cel_value *values, size_t n) {
    struct cel_map *m = cel_alloc(run, 1, sizeof *m);
    if (!m) return cel_limit();
    *m = (struct cel_map){.keys = keys, .values = values};
    if (n > MAX_SMALL_MAP) {
        m->n_slots = slots_for(n);
        m->slots = cel_alloc(run, m->n_slots, sizeof *m->slots);
        if (!m->slots) return cel_limit();
        memset(m->slots, 0, m->n_slots * sizeof *m->slots);
    }
    for (size_t i = 0; i < n; i++) {
        if (!is_key_kind(keys[i])) return bad_key(run, keys[i]);
        if (!enter(m, i)) return repeated_key(run, keys[i]);
    }
    return (struct cel_value){.kind = CEL_MAP, .u.map = m};
}

struct cel_value cel_map_new(struct arena *a, const struct cel_value *keys,
                             const struct cel_value *values, size_t n) {
    struct cel_map *m = ARENA_NEW(a, struct cel_map);
    struct cel_value *k = ARENA_ARRAY(a, struct cel_value, n);
    struct cel_value *v = ARENA_ARRAY(a, struct cel_value, n);
    *m = (struct cel_map){.keys = k, .values = v};
    if (n > MAX_SMALL_MAP) {
        m->n_slots = slots_for(n);
        m->slots = ARENA_ARRAY(a, uint32_t, m->n_slots);
    }
    for (size_t i = 0; i < n; i++) {
        k[m->n] = keys[i];
        v[m->n] = values[i];
        enter(m, m->n);
    }
    return (struct cel_value){.kind = CEL_MAP, .u.map = m};
}

struct cel_value cel_find(struct cel_run *run, struct cel_value map, struct cel_value key) {
    struct cel_value v = {.kind = CEL_ERROR, .code = CEL_ERROR_KEY};
    if (map.is_host) {
        v = map.u.host_map->find(run, map.u.host_map->host, &key);
    } else {
        size_t entry = find_entry(map.u.map, key);
        if (entry) v = map.u.map->values[entry - 1];
    }
    if (v.kind == CEL_ERROR) {
        if (!v.u.text.n) v.u.text = STR("no such key");
    } else if (!v.origin) {
        v.origin = map.origin;
    }
    return v;
}

void cel_entry(struct cel_run *run, struct cel_value map, size_t i, struct cel_value *key,
               struct cel_value *value) {
    if (map.is_host) {
        *key = map.u.host_map->key_at(run, map.u.host_map->host, i);
        *value = cel_find(run, map, *key);
        return;
    }
    *key = map.u.map->keys[i];
    *value = map.u.map->values[i];
    if (!value->origin) value->origin = map.origin;
}

/* ---- equality ---- */

static bool equal(struct cel_run *run, struct cel_value a, struct cel_value b, int depth);

static bool equal_lists(struct cel_run *run, struct cel_value a, struct cel_value b, int depth) {
    size_t n = cel_size(a);
    if (n != cel_size(b)) return false;
    for (size_t i = 0; i < n; i++)
        if (!equal(run, cel_at(run, a, i), cel_at(run, b, i), depth)) return false;
    return true;
}

static bool equal_maps(struct cel_run *run, struct cel_value a, struct cel_value b, int depth) {
    size_t n = cel_size(a);
    if (n != cel_size(b)) return false;
    for (size_t i = 0; i < n; i++) {
        struct cel_value key, value;
        cel_entry(run, a, i, &key, &value);
        struct cel_value other = cel_find(run, b, key);
        if (other.kind == CEL_ERROR || !equal(run, value, other, depth)) return false;
    }
    return true;
}

static bool equal_optionals(struct cel_run *run, struct cel_value a, struct cel_value b,
                            int depth) {
    if (!a.u.optional || !b.u.optional) return a.u.optional == b.u.optional;
    return equal(run, *a.u.optional, *b.u.optional, depth);
}

static bool equal(struct cel_run *run, struct cel_value a, struct cel_value b, int depth) {
    if (cel_is_number(a) && cel_is_number(b)) return same_number(a, b);
    if (a.kind != b.kind || !cel_step(run, depth ? 1 : UINT64_MAX)) return false;
    switch (a.kind) {
    case CEL_NULL: return true;
    case CEL_BOOL: return a.u.boolean == b.u.boolean;
    case CEL_STRING:
    case CEL_BYTES:
    case CEL_TYPE_VALUE: return str_equal(a.u.text, b.u.text);
    case CEL_LIST: return equal_lists(run, a, b, depth - 1);
    case CEL_MAP: return equal_maps(run, a, b, depth - 1);
    case CEL_OBJECT:
        return a.u.object.type == b.u.object.type && a.u.object.object == b.u.object.object;
    case CEL_OPTIONAL: return equal_optionals(run, a, b, depth - 1);
    default: return false;
    }
}

bool cel_equal(struct cel_run *run, struct cel_value a, struct cel_value b) {
    return equal(run, a, b, MAX_VALUE_DEPTH);
}

/* ---- text ---- */

static void add_value(struct cel_run *run, struct buf *b, struct cel_value v, int depth);

static void add_list(struct cel_run *run, struct buf *b, struct cel_value v, int depth) {
    for (size_t i = 0; i < cel_size(v); i++) {
        if (i) buf_add(b, STR(", "));
        add_value(run, b, cel_at(run, v, i), depth);
    }
}

static void add_map(struct cel_run *run, struct buf *b, struct cel_value v, int depth) {
    for (size_t i = 0; i < cel_size(v); i++) {
        struct cel_value key, value;
        cel_entry(run, v, i, &key, &value);
        if (i) buf_add(b, STR(", "));
        add_value(run, b, key, depth);
        buf_add(b, STR(": "));
        add_value(run, b, value, depth);
    }
}

static void add_value(struct cel_run *run, struct buf *b, struct cel_value v, int depth) {
    if (!depth || !cel_step(run, 1)) {
        buf_add(b, STR("..."));
        return;
    }
    switch (v.kind) {
    case CEL_NULL: buf_add(b, STR("none")); break;
    case CEL_BOOL: buf_add(b, v.u.boolean ? STR("true") : STR("false")); break;
    case CEL_INT: buf_addf(b, "%lld", (long long)v.u.i); break;
    case CEL_UINT: buf_addf(b, "%llu", (unsigned long long)v.u.u); break;
    case CEL_DOUBLE: json_add_number(b, v.u.d); break;
    case CEL_LIST: add_list(run, b, v, depth - 1); break;
    case CEL_MAP: add_map(run, b, v, depth - 1); break;
    case CEL_OBJECT: buf_add(b, cel_type_name(v)); break;
    case CEL_OPTIONAL:
        add_value(run, b, v.u.optional ? *v.u.optional : cel_null(), depth - 1);
        break;
    default: buf_add(b, v.u.text); break;
    }
}

void cel_add_text(struct cel_run *run, struct buf *b, struct cel_value v) {
    add_value(run, b, v, MAX_VALUE_DEPTH);
}
