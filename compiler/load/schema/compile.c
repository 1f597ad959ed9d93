/* From a JSON Schema to its compact form. Equal nodes become one, so that a gateway's schema of
 * some thousand nodes comes to a few hundred. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "load/schema/schema.h"

enum { IDS_MAX = 65000, DEPTH_MAX = 200 };

/* What a schema of the file has become. */
struct memo {
    schema_id id;
    bool done, open;
};

struct compiler {
    struct arena *arena;
    const struct tree *tree;
    node_id root;
    struct diags *diags;
    struct memo *memo; /* by node of the tree */
    struct map known;  /* bytes of what was made before -> its number */
    struct map key_ids;
    ARRAY(struct schema_node) nodes;
    ARRAY(struct schema_property) properties;
    ARRAY(struct schema_value) values;
    ARRAY(struct schema_text) keys, texts, patterns;
    ARRAY(uint16_t) ids;
    struct buf pool;
    int depth;
    bool failed;
};

/* A list that is being made. */
struct id_list {
    ARRAY(uint16_t) v;
};

static bool fail(struct compiler *c, node_id at, const char *what) {
    if (!c->failed)
        diag_add(c->diags, SEVERITY_ERROR, "schema", tree_span(c->tree, at),
                 "this is no schema that clawc can use: %s", what);
    c->failed = true;
    return false;
}

static bool has_room(struct compiler *c, node_id at, size_t n) {
    return n < IDS_MAX || fail(c, at, "it is too large");
}

/* The number under which these bytes of this sort were made before, or `next`. */
static uint32_t *intern(struct compiler *c, char sort, const void *p, size_t size, uint32_t next,
                        bool *is_new) {
    char *bytes = arena_alloc(c->arena, size + 1);
    bytes[0] = sort;
    if (size) memcpy(bytes + 1, p, size);
    return map_put(&c->known, (struct str){bytes, size + 1}, next, is_new);
}

static struct schema_text pooled(struct compiler *c, struct str s) {
    bool is_new;
    uint32_t at = *intern(c, 's', s.p, s.n, (uint32_t)c->pool.n, &is_new);
    if (is_new) buf_add(&c->pool, s);
    return (struct schema_text){at, (uint32_t)s.n};
}

/* The number of a text in `texts`, or in `patterns`. */
static uint16_t text_number(struct compiler *c, struct str s) {
    bool is_new;
    uint32_t number = *intern(c, 't', s.p, s.n, (uint32_t)c->texts.n, &is_new);
    if (is_new) ARRAY_PUSH(c->arena, c->texts) = pooled(c, s);
    return (uint16_t)number;
}

static uint16_t pattern_number(struct compiler *c, struct str s) {
    bool is_new;
    uint32_t number = *intern(c, 'p', s.p, s.n, (uint32_t)c->patterns.n, &is_new);
    if (is_new) ARRAY_PUSH(c->arena, c->patterns) = pooled(c, s);
    return (uint16_t)number;
}

static node_id keyword(const struct compiler *c, node_id schema, const char *name) {
    return tree_member(c->tree, schema, str_from(name));
}

static uint16_t key_number(const struct compiler *c, struct str key) {
    return (uint16_t)*map_get(&c->key_ids, key);
}

static struct schema_range id_range(struct compiler *c, node_id at, const struct id_list *list) {
    bool is_new;
    uint32_t first =
        *intern(c, 'i', list->v.v, list->v.n * sizeof(uint16_t), (uint32_t)c->ids.n, &is_new);
    if (!has_room(c, at, c->ids.n + list->v.n)) return (struct schema_range){0, 0};
    for (size_t i = 0; is_new && i < list->v.n; i++) ARRAY_PUSH(c->arena, c->ids) = list->v.v[i];
    return (struct schema_range){(uint16_t)first, (uint16_t)list->v.n};
}

/* ---- references --------------------------------------------------------------------------------
 */

/* One name of a JSON pointer: `~1` is a slash, `~0` a tilde. */
static struct str pointer_name(struct compiler *c, struct str raw) {
    struct buf b = buf_new(c->arena);
    for (size_t i = 0; i < raw.n; i++) {
        char ch = raw.p[i];
        if (ch == '~' && i + 1 < raw.n && (raw.p[i + 1] == '0' || raw.p[i + 1] == '1'))
            ch = raw.p[++i] == '1' ? '/' : '~';
        buf_add_char(&b, ch);
    }
    return buf_str(&b);
}

/* What `#/$defs/x` names in this file, or 0. */
static node_id referred(struct compiler *c, struct str reference) {
    if (!str_starts(reference, STR("#"))) return 0;
    node_id n = c->root;
    size_t at = 1;
    while (n && at < reference.n) {
        size_t end = str_find(reference, STR("/"), at + 1);
        if (end == SIZE_MAX) end = reference.n;
        n = tree_member(c->tree, n, pointer_name(c, str_slice(reference, at + 1, end)));
        at = end;
    }
    return n;
}

/* ---- keywords ----------------------------------------------------------------------------------
 */

static schema_id compile(struct compiler *c, node_id n);

static uint16_t type_bit(struct str name) {
    static const struct {
        const char *name;
        uint16_t bit;
    } types[] = {{"null", TYPE_NULL},       {"boolean", TYPE_BOOL},  {"number", TYPE_NUMBER},
                 {"integer", TYPE_INTEGER}, {"string", TYPE_STRING}, {"array", TYPE_ARRAY},
                 {"object", TYPE_OBJECT}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_equal(name, str_from(types[i].name))) return types[i].bit;
    return 0;
}

static void compile_types(struct compiler *c, node_id n, struct schema_node *out) {
    node_id type = keyword(c, n, "type");
    if (tree_is(c->tree, type, NODE_STRING)) out->types = type_bit(tree_text(c->tree, type));
    for (TREE_EACH(c->tree, one, type)) out->types |= type_bit(tree_text(c->tree, one));
    node_id nullable = keyword(c, n, "nullable");
    if (out->types && tree_is(c->tree, nullable, NODE_BOOL) &&
        tree_node(c->tree, nullable)->u.boolean)
        out->types |= TYPE_NULL;
    if (type && !out->types) fail(c, type, "`type` names no type");
}

static struct schema_range compile_list(struct compiler *c, node_id list) {
    struct id_list ids = {0};
    for (TREE_EACH(c->tree, one, list)) ARRAY_PUSH(c->arena, ids.v) = compile(c, one);
    return id_range(c, list, &ids);
}

static int by_key(const void *a, const void *b) {
    return (int)((const struct schema_property *)a)->key -
           (int)((const struct schema_property *)b)->key;
}

/* `properties`, or `patternProperties`, whose names are patterns. */
static struct schema_range compile_properties(struct compiler *c, node_id n, bool patterned) {
    ARRAY(struct schema_property) list = {0};
    for (TREE_EACH(c->tree, child, n)) {
        struct str name = tree_key_text(c->tree, tree_node(c->tree, child)->key);
        uint16_t key = patterned ? pattern_number(c, name) : key_number(c, name);
        struct schema_property p = {key, compile(c, child)};
        ARRAY_PUSH(c->arena, list) = p;
    }
    if (!list.n) return (struct schema_range){0, 0};
    qsort(list.v, list.n, sizeof *list.v, by_key);
    bool is_new;
    uint32_t first =
        *intern(c, 'm', list.v, list.n * sizeof *list.v, (uint32_t)c->properties.n, &is_new);
    if (!has_room(c, n, c->properties.n + list.n)) return (struct schema_range){0, 0};
    for (size_t i = 0; is_new && i < list.n; i++) ARRAY_PUSH(c->arena, c->properties) = list.v[i];
    return (struct schema_range){(uint16_t)first, (uint16_t)list.n};
}

static struct schema_range compile_required(struct compiler *c, node_id list) {
    struct id_list ids = {0};
    for (TREE_EACH(c->tree, one, list))
        if (tree_is(c->tree, one, NODE_STRING))
            ARRAY_PUSH(c->arena, ids.v) = key_number(c, tree_text(c->tree, one));
    return id_range(c, list, &ids);
}

static struct schema_value value_of(struct compiler *c, node_id n) {
    const struct node *node = tree_node(c->tree, n);
    struct schema_value v;
    memset(&v, 0, sizeof v); /* it is compared by its bytes */
    v.kind = node->kind;
    if (node->kind == NODE_STRING) v.text = text_number(c, tree_text(c->tree, n));
    if (node->kind == NODE_NUMBER) v.number = node->u.number;
    if (node->kind == NODE_BOOL) v.number = node->u.boolean;
    if (node->kind >= NODE_ARRAY) fail(c, n, "`enum` and `const` take texts, numbers and booleans");
    return v;
}

static void compile_values(struct compiler *c, node_id n, struct schema_node *out) {
    node_id list = keyword(c, n, "enum"), one = keyword(c, n, "const");
    size_t first = c->values.n;
    if (one) {
        struct schema_value v = value_of(c, one);
        ARRAY_PUSH(c->arena, c->values) = v;
        out->flags |= SCHEMA_CONST;
    } else {
        for (TREE_EACH(c->tree, child, list)) {
            struct schema_value v = value_of(c, child);
            ARRAY_PUSH(c->arena, c->values) = v;
        }
    }
    size_t count = c->values.n - first;
    if (!count || !has_room(c, n, c->values.n)) return;
    bool is_new;
    uint32_t at =
        *intern(c, 'v', c->values.v + first, count * sizeof *c->values.v, (uint32_t)first, &is_new);
    if (!is_new) c->values.n = first;
    out->values = (struct schema_range){(uint16_t)at, (uint16_t)count};
}

static bool number_of(const struct compiler *c, node_id n, const char *name, double *out) {
    node_id found = keyword(c, n, name);
    if (!tree_is(c->tree, found, NODE_NUMBER)) return false;
    *out = tree_node(c->tree, found)->u.number;
    return true;
}

static void compile_bounds(struct compiler *c, node_id n, struct schema_node *out) {
    if (number_of(c, n, "minimum", &out->min)) out->flags |= SCHEMA_HAS_MIN;
    if (number_of(c, n, "maximum", &out->max)) out->flags |= SCHEMA_HAS_MAX;
    if (number_of(c, n, "exclusiveMinimum", &out->min))
        out->flags |= SCHEMA_HAS_MIN | SCHEMA_EXCLUSIVE_MIN;
    if (number_of(c, n, "exclusiveMaximum", &out->max))
        out->flags |= SCHEMA_HAS_MAX | SCHEMA_EXCLUSIVE_MAX;
}

static void compile_sizes(struct compiler *c, node_id n, struct schema_node *out) {
    static const char *const least[] = {"minLength", "minItems", "minProperties"};
    static const char *const most[] = {"maxLength", "maxItems", "maxProperties"};
    double size;
    out->max_size = UINT32_MAX;
    for (size_t i = 0; i < 3; i++) {
        if (number_of(c, n, least[i], &size) && size >= 0 && size < UINT32_MAX)
            out->min_size = (uint32_t)size;
        if (number_of(c, n, most[i], &size) && size >= 0 && size < UINT32_MAX)
            out->max_size = (uint32_t)size;
    }
}

static bool is_false(const struct compiler *c, node_id n) {
    return tree_is(c->tree, n, NODE_BOOL) && !tree_node(c->tree, n)->u.boolean;
}

static void compile_object(struct compiler *c, node_id n, struct schema_node *out) {
    node_id additional = keyword(c, n, "additionalProperties");
    out->properties = compile_properties(c, keyword(c, n, "properties"), false);
    out->patterned = compile_properties(c, keyword(c, n, "patternProperties"), true);
    out->required = compile_required(c, keyword(c, n, "required"));
    if (is_false(c, additional))
        out->flags |= SCHEMA_CLOSED;
    else
        out->additional = compile(c, additional);
    out->names = compile(c, keyword(c, n, "propertyNames"));
}

/* `items` is one schema, or (older drafts) the tuple; `prefixItems` is the tuple of newer ones. */
static void compile_array(struct compiler *c, node_id n, struct schema_node *out) {
    node_id items = keyword(c, n, "items"), prefix = keyword(c, n, "prefixItems");
    bool old = tree_is(c->tree, items, NODE_ARRAY);
    node_id rest = old ? keyword(c, n, "additionalItems") : items;
    out->tuple = compile_list(c, old ? items : prefix);
    if (is_false(c, rest))
        out->flags |= SCHEMA_CLOSED_TUPLE;
    else
        out->items = compile(c, rest);
    node_id unique = keyword(c, n, "uniqueItems");
    if (tree_is(c->tree, unique, NODE_BOOL) && tree_node(c->tree, unique)->u.boolean)
        out->flags |= SCHEMA_UNIQUE;
}

static void compile_text(struct compiler *c, node_id n, struct schema_node *out) {
    node_id pattern = keyword(c, n, "pattern"), format = keyword(c, n, "format");
    if (tree_is(c->tree, pattern, NODE_STRING))
        out->pattern = (uint16_t)(pattern_number(c, tree_text(c->tree, pattern)) + 1);
    if (tree_is(c->tree, format, NODE_STRING))
        out->format = (uint16_t)(text_number(c, tree_text(c->tree, format)) + 1);
}

static void compile_combined(struct compiler *c, node_id n, struct schema_node *out) {
    out->any_of = compile_list(c, keyword(c, n, "anyOf"));
    out->one_of = compile_list(c, keyword(c, n, "oneOf"));
    out->not = compile(c, keyword(c, n, "not"));
    out->when = compile(c, keyword(c, n, "if"));
    out->then = compile(c, keyword(c, n, "then"));
    out->otherwise = compile(c, keyword(c, n, "else"));
}

/* `allOf`, and what `$ref` names when other keywords stand beside it. */
static void compile_all_of(struct compiler *c, node_id n, struct schema_node *out) {
    struct id_list ids = {0};
    for (TREE_EACH(c->tree, one, keyword(c, n, "allOf")))
        ARRAY_PUSH(c->arena, ids.v) = compile(c, one);
    node_id reference = keyword(c, n, "$ref");
    if (reference)
        ARRAY_PUSH(c->arena, ids.v) = compile(c, referred(c, tree_text(c->tree, reference)));
    out->all_of = id_range(c, n, &ids);
}

static struct schema_node compile_node(struct compiler *c, node_id n) {
    struct schema_node out;
    memset(&out, 0, sizeof out); /* it is compared by its bytes */
    out.max_size = UINT32_MAX;
    if (is_false(c, n)) out.flags |= SCHEMA_NEVER;
    if (!tree_is(c->tree, n, NODE_OBJECT)) return out;
    compile_types(c, n, &out);
    compile_object(c, n, &out);
    compile_array(c, n, &out);
    compile_text(c, n, &out);
    compile_values(c, n, &out);
    compile_bounds(c, n, &out);
    compile_sizes(c, n, &out);
    compile_combined(c, n, &out);
    compile_all_of(c, n, &out);
    if (keyword(c, n, "default")) out.flags |= SCHEMA_HAS_DEFAULT;
    return out;
}

/* ---- nodes -------------------------------------------------------------------------------------
 */

/* A node refers to itself: it gets its number before it is complete. */
static schema_id reserve(struct compiler *c, node_id at, struct memo *m) {
    if (!m->id && has_room(c, at, c->nodes.n)) {
        m->id = (schema_id)c->nodes.n;
        memset(&ARRAY_PUSH(c->arena, c->nodes), 0, sizeof(struct schema_node));
    }
    return m->id;
}

static schema_id place(struct compiler *c, node_id at, struct memo *m,
                       const struct schema_node *node) {
    if (m->id) {
        c->nodes.v[m->id] = *node;
        return m->id;
    }
    bool is_new;
    uint32_t id = *intern(c, 'n', node, sizeof *node, (uint32_t)c->nodes.n, &is_new);
    if (is_new && has_room(c, at, c->nodes.n)) ARRAY_PUSH(c->arena, c->nodes) = *node;
    return (schema_id)id;
}

/* A schema that is nothing but a reference. */
static bool is_reference(const struct compiler *c, node_id n) {
    return tree_is(c->tree, n, NODE_OBJECT) && tree_node(c->tree, n)->n == 1 &&
           keyword(c, n, "$ref");
}

static schema_id compile(struct compiler *c, node_id n) {
    if (!n || c->failed) return 0;
    struct memo *m = &c->memo[n];
    if (m->done) return m->id;
    if (m->open) return reserve(c, n, m);
    if (c->depth == DEPTH_MAX) return (schema_id)fail(c, n, "it is nested too deeply");
    bool reference = is_reference(c, n);
    node_id target = reference ? referred(c, tree_text(c->tree, keyword(c, n, "$ref"))) : 0;
    if (reference && !target) return (schema_id)fail(c, n, "`$ref` names nothing in this file");
    m->open = true;
    c->depth++;
    if (reference) {
        m->id = compile(c, target);
    } else {
        struct schema_node node = compile_node(c, n);
        m->id = place(c, n, m, &node);
    }
    c->depth--;
    m->open = false;
    m->done = true;
    return m->id;
}

/* ---- keys --------------------------------------------------------------------------------------
 */

struct key_list {
    ARRAY(struct str) v;
};

static int by_text(const void *a, const void *b) {
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

/* Every key that a `properties` or a `required` of the file has; more do no harm. */
static void collect_keys(struct compiler *c, node_id n, struct key_list *keys) {
    struct str name = tree_key_text(c->tree, tree_node(c->tree, n)->key);
    bool object = tree_is(c->tree, n, NODE_OBJECT), array = tree_is(c->tree, n, NODE_ARRAY);
    if (object && str_equal(name, STR("properties"))) {
        for (TREE_EACH(c->tree, child, n))
            ARRAY_PUSH(c->arena, keys->v) = tree_key_text(c->tree, tree_node(c->tree, child)->key);
    } else if (array && str_equal(name, STR("required"))) {
        for (TREE_EACH(c->tree, child, n))
            if (tree_is(c->tree, child, NODE_STRING))
                ARRAY_PUSH(c->arena, keys->v) = tree_text(c->tree, child);
    }
}

static void number_keys(struct compiler *c) {
    struct key_list keys = {0};
    for (size_t n = 1; n < c->tree->n; n++) collect_keys(c, (node_id)n, &keys);
    if (keys.v.n) qsort(keys.v.v, keys.v.n, sizeof *keys.v.v, by_text);
    for (size_t i = 0; i < keys.v.n; i++) {
        bool is_new;
        map_put(&c->key_ids, keys.v.v[i], (uint32_t)c->keys.n, &is_new);
        if (is_new && has_room(c, c->root, c->keys.n))
            ARRAY_PUSH(c->arena, c->keys) = pooled(c, keys.v.v[i]);
    }
}

const struct schema *schema_compile(struct arena *a, const struct tree *t, node_id root,
                                    struct diags *d) {
    struct compiler c = {.arena = a,
                         .tree = t,
                         .root = root,
                         .diags = d,
                         .memo = ARENA_ARRAY(a, struct memo, t->n),
                         .known = map_new(a),
                         .key_ids = map_new(a),
                         .pool = buf_new(a)};
    if (!tree_is(t, root, NODE_OBJECT)) {
        fail(&c, root, "it must be an object");
        return NULL;
    }
    memset(&ARRAY_PUSH(a, c.nodes), 0, sizeof(struct schema_node)); /* 0: nothing is demanded */
    c.nodes.v[0].max_size = UINT32_MAX;
    number_keys(&c);
    schema_id start = compile(&c, root);
    if (c.failed || !has_room(&c, root, c.texts.n + c.patterns.n)) return NULL;
    if (!start || !(c.nodes.v[start].properties.n || c.nodes.v[start].types)) {
        fail(&c, root, "it describes no object");
        return NULL;
    }
    struct schema *s = ARENA_NEW(a, struct schema);
    *s = (struct schema){.nodes = c.nodes.v,
                         .properties = c.properties.v,
                         .values = c.values.v,
                         .keys = c.keys.v,
                         .texts = c.texts.v,
                         .patterns = c.patterns.v,
                         .ids = c.ids.v,
                         .pool = c.pool.p,
                         .root = start,
                         .n_nodes = (uint16_t)c.nodes.n,
                         .n_properties = (uint16_t)c.properties.n,
                         .n_values = (uint16_t)c.values.n,
                         .n_keys = (uint16_t)c.keys.n,
                         .n_texts = (uint16_t)c.texts.n,
                         .n_patterns = (uint16_t)c.patterns.n,
                         .n_ids = (uint16_t)c.ids.n,
                         .n_pool = (uint32_t)c.pool.n};
    return s;
}
