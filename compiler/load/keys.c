#include "load/keys.h"

#include "load/embedded.h"
#include "syntax/json5.h"

/* ---- reading -----------------------------------------------------------------------------------
 */

struct keys_reading {
    struct keys *keys;
    const struct tree *tree;
    node_id short_forms; /* name -> the paths that it stands for */
    struct str version;
};

static uint32_t child_of(const struct keys *k, uint32_t parent, struct str name) {
    uint32_t i = k->patterns.v[parent].first;
    while (i && !str_equal(k->patterns.v[i].name, name)) i = k->patterns.v[i].next;
    return i;
}

static uint32_t add_child(struct keys *k, uint32_t parent, struct str name) {
    uint32_t found = child_of(k, parent, name);
    if (found) return found;
    struct key_pattern new = {.name = name,
                              .next = k->patterns.v[parent].first,
                              .literals =
                                  k->patterns.v[parent].literals + !str_equal(name, STR("*"))};
    ARRAY_PUSH(k->arena, k->patterns) = new;
    k->patterns.v[parent].first = (uint32_t)k->patterns.n - 1;
    return k->patterns.v[parent].first;
}

/* Adds the steps of a dotted path below a pattern. */
static uint32_t add_path(struct keys *k, uint32_t at, struct str path) {
    for (size_t from = 0; from < path.n;) {
        size_t end = str_find(path, STR("."), from);
        if (end == SIZE_MAX) end = path.n;
        at = add_child(k, at, str_slice(path, from, end));
        from = end + 1;
    }
    return at;
}

/* The text of an entry; `before` holds other words for the versions before one. */
static struct key_text text_of(const struct keys_reading *s, node_id entry) {
    node_id before = tree_member(s->tree, entry, STR("before"));
    for (TREE_EACH(s->tree, other, before)) {
        struct str version = tree_key_text(s->tree, tree_node(s->tree, other)->key);
        if (gateway_version_compare(s->version, version) < 0) entry = other;
    }
    return (struct key_text){
        .title = tree_text(s->tree, tree_member(s->tree, entry, STR("title"))),
        .description = tree_text(s->tree, tree_member(s->tree, entry, STR("description")))};
}

static void set_text(struct keys *k, uint32_t at, struct key_text text) {
    k->patterns.v[at].text = text;
}

/* `AGENT.sandbox.mode` is an entry for each path that AGENT stands for. */
static void read_entry(const struct keys_reading *s, node_id entry) {
    struct str path = tree_key_text(s->tree, tree_node(s->tree, entry)->key);
    struct key_text text = text_of(s, entry);
    size_t dot = str_find(path, STR("."), 0);
    node_id form = tree_member(s->tree, s->short_forms, str_slice(path, 0, dot));
    if (!form) set_text(s->keys, add_path(s->keys, 0, path), text);
    for (TREE_EACH(s->tree, start, form)) {
        uint32_t at = add_path(s->keys, 0, tree_text(s->tree, start));
        at = add_path(s->keys, at, str_slice(path, dot == SIZE_MAX ? path.n : dot + 1, path.n));
        set_text(s->keys, at, text);
    }
}

static void read_defaults(struct keys *k, const struct gateway_data *g) {
    for (size_t i = 0; i < g->defaults.n; i++) {
        uint32_t at = add_path(k, 0, g->defaults.keys[i]);
        if (g->defaults.values[i].n) k->patterns.v[at].text.value = g->defaults.values[i].v[0];
    }
}

struct keys *keys_load(struct arena *a, const struct gateway_data *gateway) {
    struct keys *k = ARENA_NEW(a, struct keys);
    k->arena = a;
    ARRAY_PUSH(a, k->patterns) = (struct key_pattern){0};
    struct sources *sources = sources_new(a);
    struct tree *t = tree_new(a, sources);
    for (size_t i = 0; i < embedded_key_count; i++) {
        const struct embedded *e = &embedded_keys[i];
        uint32_t file = source_add(sources, str_from(e->name), (struct str){e->text, e->n});
        node_id root = json5_parse(t, file, diags_new(a)).root;
        struct keys_reading s = {k, t, tree_member(t, root, STR("short_forms")), gateway->version};
        for (TREE_EACH(t, entry, tree_member(t, root, STR("keys")))) read_entry(&s, entry);
    }
    read_defaults(k, gateway);
    return k;
}

/* ---- walking -----------------------------------------------------------------------------------
 */

struct key_set keys_root(struct keys *k) {
    return (struct key_set){ARENA_NEW(k->arena, uint32_t), 1};
}

struct key_set keys_step(struct keys *k, struct key_set from, struct str name) {
    uint32_t *v = ARENA_ARRAY(k->arena, uint32_t, 2 * from.n);
    size_t n = 0;
    for (size_t i = 0; i < from.n; i++) {
        uint32_t any = child_of(k, from.v[i], STR("*"));
        uint32_t own = str_equal(name, STR("*")) ? 0 : child_of(k, from.v[i], name);
        if (own) v[n++] = own;
        if (any) v[n++] = any;
    }
    return (struct key_set){v, n};
}

struct key_text keys_text(const struct keys *k, struct key_set at) {
    const struct key_pattern none = {0}, *words = &none, *value = &none;
    for (size_t i = 0; i < at.n; i++) {
        const struct key_pattern *p = &k->patterns.v[at.v[i]];
        if (p->text.title.n && (words == &none || p->literals > words->literals)) words = p;
        if (p->text.value.n && (value == &none || p->literals > value->literals)) value = p;
    }
    return (struct key_text){words->text.title, words->text.description, value->text.value};
}

struct key_set keys_below(struct keys *k, struct key_set at) {
    uint32_t *v = ARENA_ARRAY(k->arena, uint32_t, at.n);
    size_t n = 0;
    for (size_t i = 0; i < at.n; i++)
        if (k->patterns.v[at.v[i]].first) v[n++] = at.v[i];
    return (struct key_set){v, n};
}
