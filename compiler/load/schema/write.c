#include "load/schema/write.h"

#include "base/json.h"

/* A schema is a graph, and one node may stand at many paths with different descriptions below. So a
 * definition is made for each pair of a node and the set of key patterns that go on below it. */
struct definition {
    const struct schema *schema;
    schema_id node;
    bool listed;
    struct key_set below;
    struct str name; /* the first path at which it was met */
};

struct writer {
    struct arena *arena;
    const struct schema *s; /* the one that is being printed: the config's, or the plugins' */
    const struct schema *plugins;
    struct keys *keys;
    struct buf *b;
    struct map known; /* node and patterns -> number of the definition */
    struct map names;
    ARRAY(struct definition) list;
};

/* What is being printed: a node at a path. */
struct at {
    schema_id node;
    struct key_set set;
    struct str path;
    bool listed; /* an entry of agents.entries as the item of a list: it has an `id` */
};

/* ---- small pieces ------------------------------------------------------------------------------
 */

/* Members are written with this before each, which knows whether a comma is due. */
static void add_key(struct writer *w, const char *key) {
    if (w->b->p[w->b->n - 1] != '{') buf_add_char(w->b, ',');
    json_add_string(w->b, str_from(key));
    buf_add_char(w->b, ':');
}

static void add_text(struct writer *w, const char *key, struct str text) {
    if (!text.n) return;
    add_key(w, key);
    json_add_string(w->b, text);
}

static void add_key_text(struct writer *w, struct key_text text) {
    add_text(w, "title", text.title);
    add_text(w, "description", text.description);
    if (!text.value.n) return;
    add_key(w, "default");
    buf_add(w->b, text.value);
}

static void add_number(struct writer *w, const char *key, double x) {
    add_key(w, key);
    json_add_number(w->b, x);
}

static void add_comma(struct writer *w) {
    char last = w->b->p[w->b->n - 1];
    if (last != '[' && last != '{') buf_add_char(w->b, ',');
}

static struct str key_name(const struct writer *w, unsigned key) {
    return schema_str(w->s, w->s->keys[key]);
}

static struct at step(struct writer *w, struct at at, struct str name, schema_id node) {
    struct str dot = at.path.n ? STR(".") : STR("");
    struct str path = str_concat(w->arena, str_concat(w->arena, at.path, dot), name);
    return (struct at){.node = node, .set = keys_step(w->keys, at.set, name), .path = path};
}

/* A part of a node at the same path: a branch of a union. */
static struct at part(struct writer *w, struct at at, const char *sort, size_t i, schema_id node) {
    struct str path = str_format(w->arena, STR_FMT ":%s%zu", STR_ARG(at.path), sort, i + 1);
    return (struct at){.node = node, .set = at.set, .path = path};
}

/* ---- definitions -------------------------------------------------------------------------------
 */

/* As the fragment of a URI: first a JSON pointer's escapes, then percent. */
static void add_reference(struct writer *w, struct str name) {
    add_key(w, "$ref");
    buf_add(w->b, STR("\"#/$defs/"));
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     str_find(STR("-._*:$"), (struct str){name.p + i, 1}, 0) != SIZE_MAX;
        if (c == '~' || c == '/')
            buf_add(w->b, c == '/' ? STR("~1") : STR("~0"));
        else if (plain)
            buf_add_char(w->b, (char)c);
        else
            buf_addf(w->b, "%%%02X", c);
    }
    buf_add_char(w->b, '"');
}

static const struct definition *definition_of(struct writer *w, struct at at) {
    struct definition d = {w->s, at.node, at.listed, keys_below(w->keys, at.set), at.path};
    struct buf key = buf_new(w->arena);
    buf_addf(&key, "%s%u%s", w->s == w->plugins ? "plugin " : "", d.node,
             d.listed ? " listed" : "");
    for (size_t i = 0; i < d.below.n; i++) buf_addf(&key, " %u", d.below.v[i]);
    bool is_new;
    uint32_t number = *map_put(&w->known, buf_str(&key), (uint32_t)w->list.n, &is_new);
    if (!is_new) return &w->list.v[number];
    for (is_new = false; !is_new;) {
        map_put(&w->names, d.name, 0, &is_new);
        if (!is_new) d.name = str_concat(w->arena, d.name, STR("'"));
    }
    ARRAY_PUSH(w->arena, w->list) = d;
    return &w->list.v[number];
}

/* ---- keywords ----------------------------------------------------------------------------------
 */

static void add_body(struct writer *w, struct at at);

/* Nothing below it: printed in place. */
static bool is_leaf(const struct schema_node *n) {
    return !n->properties.n && !n->additional && !n->items && !n->tuple.n && !n->any_of.n &&
           !n->one_of.n && !n->all_of.n && !n->not &&!n->when && !n->names &&
           !(n->types & (TYPE_ARRAY | TYPE_OBJECT));
}

/* A schema in braces. `told`: with the title and description of its key. */
static void add_schema(struct writer *w, struct at at, bool told) {
    struct key_text text = told ? keys_text(w->keys, at.set) : (struct key_text){0};
    buf_add_char(w->b, '{');
    add_key_text(w, text);
    if (is_leaf(&w->s->nodes[at.node]))
        add_body(w, at);
    else
        add_reference(w, definition_of(w, at)->name);
    buf_add_char(w->b, '}');
}

static void add_part(struct writer *w, const char *keyword, struct at at) {
    if (!at.node) return;
    add_key(w, keyword);
    add_schema(w, at, false);
}

/* `oneOf` becomes `anyOf`: its branches differ in a literal, which an `$include` may bring. */
static void add_branches(struct writer *w, struct at at, const struct schema_node *n) {
    if (!n->any_of.n && !n->one_of.n) return;
    add_key(w, "anyOf");
    buf_add_char(w->b, '[');
    for (size_t i = 0; i < n->any_of.n; i++) {
        add_comma(w);
        add_schema(w, part(w, at, "any", i, w->s->ids[n->any_of.first + i]), false);
    }
    for (size_t i = 0; i < n->one_of.n; i++) {
        add_comma(w);
        add_schema(w, part(w, at, "one", i, w->s->ids[n->one_of.first + i]), false);
    }
    buf_add_char(w->b, ']');
}

/* Keys that must be there: without those that have a default, and not when a file is included,
 * which may have them. */
static void add_required(struct writer *w, const struct schema_node *n) {
    bool any = false;
    for (size_t i = 0; i < n->required.n; i++) {
        unsigned key = w->s->ids[n->required.first + i];
        bool named;
        schema_id member =
            schema_member(w->s, (schema_id)(n - w->s->nodes), key_name(w, key), &named);
        if (w->s->nodes[member].flags & SCHEMA_HAS_DEFAULT) continue;
        if (!any)
            buf_add(w->b, STR("{\"if\":{\"required\":[\"$include\"]},\"else\":{\"required\":["));
        any = true;
        add_comma(w);
        json_add_string(w->b, key_name(w, key));
    }
    if (any) buf_add(w->b, STR("]}}"));
}

static void add_all(struct writer *w, struct at at, const struct schema_node *n) {
    size_t start = w->b->n;
    add_key(w, "allOf");
    buf_add_char(w->b, '[');
    size_t empty = w->b->n;
    add_required(w, n);
    for (size_t i = 0; i < n->all_of.n; i++) {
        add_comma(w);
        add_schema(w, part(w, at, "all", i, w->s->ids[n->all_of.first + i]), false);
    }
    if (w->b->n == empty)
        w->b->n = start;
    else
        buf_add_char(w->b, ']');
}

static void add_include(struct writer *w) {
    add_key(w, "$include");
    buf_add(w->b, STR("{\"$ref\":\"#/$defs/$include\"}"));
}

/* What every `$include` is. */
static void add_include_definition(struct writer *w) {
    struct key_set set = keys_step(w->keys, keys_root(w->keys), STR("$include"));
    buf_add(w->b, STR(",\n\"$include\":{"));
    add_key_text(w, keys_text(w->keys, set));
    add_key(w, "anyOf");
    buf_add(w->b, STR("[{\"type\":\"string\"},"
                      "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}]}"));
}

static void add_member(struct writer *w, struct at member, struct str name) {
    add_comma(w);
    json_add_string(w->b, name);
    buf_add_char(w->b, ':');
    add_schema(w, member, true);
}

/* Gateways that keep their agents in `agents.entries` still read the list of older ones, which
 * stands in no schema of theirs: its items are entries with an `id`. */
static void add_former_roster(struct writer *w, struct at agents) {
    bool named;
    schema_id entries = schema_member(w->s, agents.node, STR("entries"), &named);
    if (!named || schema_member(w->s, agents.node, STR("list"), &named) || named) return;
    struct at list = step(w, agents, STR("list"), 0);
    struct at item = step(w, list, STR("*"), w->s->nodes[entries].additional);
    item.listed = true;
    add_key(w, "list");
    buf_add_char(w->b, '{');
    add_key_text(w, keys_text(w->keys, list.set));
    add_key(w, "deprecated");
    buf_add(w->b, STR("true,\"type\":[\"array\",\"object\"],\"items\":"));
    add_schema(w, item, true);
    add_key(w, "properties");
    buf_add_char(w->b, '{');
    add_include(w);
    buf_add(w->b, STR("},\"additionalProperties\":false}"));
}

/* The entry of a plugin that the gateway ships with knows its own `config`. */
static void add_plugins(struct writer *w, struct at entries, const struct schema_node *n) {
    const struct schema *config = w->s, *plugins = w->plugins;
    const struct schema_range list = plugins->nodes[plugins->root].properties;
    for (size_t i = 0; i < list.n; i++) {
        const struct schema_property *p = &plugins->properties[list.first + i];
        struct str id = schema_str(plugins, plugins->keys[p->key]);
        struct at entry = step(w, entries, id, p->node);
        add_comma(w);
        json_add_string(w->b, id);
        buf_add(w->b, STR(":{\"allOf\":["));
        add_schema(w, step(w, entries, STR("*"), n->additional), true);
        buf_add(w->b, STR(",{\"properties\":{\"config\":"));
        struct at own = step(w, entry, STR("config"), p->node);
        w->s = plugins;
        add_schema(w, own, true);
        w->s = config;
        buf_add(w->b, STR("}}]}"));
    }
}

static void add_id(struct writer *w, struct at item) {
    add_key(w, "id");
    buf_add_char(w->b, '{');
    add_key_text(w, keys_text(w->keys, step(w, item, STR("id"), 0).set));
    add_key(w, "type");
    buf_add(w->b, STR("\"string\"}"));
}

static void add_properties(struct writer *w, struct at at, const struct schema_node *n) {
    add_key(w, "properties");
    buf_add_char(w->b, '{');
    for (size_t i = 0; i < n->properties.n; i++) {
        const struct schema_property *p = &w->s->properties[n->properties.first + i];
        struct str name = key_name(w, p->key);
        add_member(w, step(w, at, name, p->node), name);
    }
    if (at.listed) add_id(w, at);
    if (str_equal(at.path, STR("agents"))) add_former_roster(w, at);
    if (str_equal(at.path, STR("plugins.entries")) && w->plugins) add_plugins(w, at, n);
    if (n->types & TYPE_OBJECT) add_include(w);
    buf_add_char(w->b, '}');
}

static void add_object(struct writer *w, struct at at, const struct schema_node *n) {
    if (n->properties.n || n->types & TYPE_OBJECT) add_properties(w, at, n);
    if (n->flags & SCHEMA_CLOSED) {
        add_key(w, "additionalProperties");
        buf_add(w->b, STR("false"));
    } else if (n->additional) {
        add_key(w, "additionalProperties");
        add_schema(w, step(w, at, STR("*"), n->additional), true);
    }
    if (!n->names) return;
    add_key(w, "propertyNames");
    buf_add(w->b, STR("{\"anyOf\":[{\"const\":\"$include\"},"));
    add_schema(w, part(w, at, "names", 0, n->names), false);
    buf_add(w->b, STR("]}"));
}

static void add_array(struct writer *w, struct at at, const struct schema_node *n) {
    struct at item = step(w, at, STR("*"), n->items);
    if (n->tuple.n) {
        add_key(w, "prefixItems");
        buf_add_char(w->b, '[');
        for (size_t i = 0; i < n->tuple.n; i++) {
            add_comma(w);
            item.node = w->s->ids[n->tuple.first + i];
            add_schema(w, part(w, item, "item", i, item.node), false);
        }
        buf_add_char(w->b, ']');
    }
    if (n->flags & SCHEMA_CLOSED_TUPLE) {
        add_key(w, "items");
        buf_add(w->b, STR("false"));
    } else if (n->items) {
        add_key(w, "items");
        add_schema(w, step(w, at, STR("*"), n->items), true);
    }
    if (n->flags & SCHEMA_UNIQUE) {
        add_key(w, "uniqueItems");
        buf_add(w->b, STR("true"));
    }
    if (n->types != TYPE_ARRAY) return;
    add_key(w, "properties"); /* of the object that stands for a list in another file */
    buf_add_char(w->b, '{');
    add_include(w);
    buf_add(w->b, STR("},\"required\":[\"$include\"],\"additionalProperties\":false"));
}

static void add_types(struct writer *w, const struct schema_node *n) {
    static const char *const names[] = {"null",   "boolean", "number", "integer",
                                        "string", "array",   "object"};
    unsigned types = n->types == TYPE_ARRAY ? TYPE_ARRAY | TYPE_OBJECT : n->types;
    if (!types) return;
    add_key(w, "type");
    bool several = types & (types - 1);
    if (several) buf_add_char(w->b, '[');
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(types >> i & 1)) continue;
        if (several) add_comma(w);
        json_add_string(w->b, str_from(names[i]));
    }
    if (several) buf_add_char(w->b, ']');
}

static void add_value(struct writer *w, const struct schema_value *v) {
    switch ((enum node_kind)v->kind) {
    case NODE_BOOL: buf_add(w->b, v->number != 0 ? STR("true") : STR("false")); break;
    case NODE_NUMBER: json_add_number(w->b, v->number); break;
    case NODE_STRING: json_add_string(w->b, schema_str(w->s, w->s->texts[v->text])); break;
    default: buf_add(w->b, STR("null"));
    }
}

static void add_values(struct writer *w, const struct schema_node *n) {
    const struct schema_value *values = &w->s->values[n->values.first];
    if (!n->values.n) return;
    if (n->flags & SCHEMA_CONST) {
        add_key(w, "const");
        add_value(w, values);
        return;
    }
    add_key(w, "enum");
    buf_add_char(w->b, '[');
    for (size_t i = 0; i < n->values.n; i++) {
        add_comma(w);
        add_value(w, &values[i]);
    }
    buf_add_char(w->b, ']');
}

static void add_bounds(struct writer *w, const struct schema_node *n) {
    const char *least = n->types & TYPE_ARRAY    ? "minItems"
                        : n->types & TYPE_OBJECT ? "minProperties"
                                                 : "minLength";
    const char *most = n->types & TYPE_ARRAY    ? "maxItems"
                       : n->types & TYPE_OBJECT ? "maxProperties"
                                                : "maxLength";
    if (n->min_size) add_number(w, least, n->min_size);
    if (n->max_size != UINT32_MAX) add_number(w, most, n->max_size);
    if (n->flags & SCHEMA_HAS_MIN)
        add_number(w, n->flags & SCHEMA_EXCLUSIVE_MIN ? "exclusiveMinimum" : "minimum", n->min);
    if (n->flags & SCHEMA_HAS_MAX)
        add_number(w, n->flags & SCHEMA_EXCLUSIVE_MAX ? "exclusiveMaximum" : "maximum", n->max);
    if (n->pattern) add_text(w, "pattern", schema_str(w->s, w->s->patterns[n->pattern - 1]));
    if (n->format) add_text(w, "format", schema_str(w->s, w->s->texts[n->format - 1]));
}

/* The keywords of a node, in braces that the caller writes. */
static void add_body(struct writer *w, struct at at) {
    const struct schema_node *n = &w->s->nodes[at.node];
    if (n->flags & SCHEMA_NEVER) {
        add_key(w, "not");
        buf_add(w->b, STR("{}"));
    }
    add_types(w, n);
    add_values(w, n);
    add_bounds(w, n);
    add_object(w, at, n);
    add_array(w, at, n);
    add_branches(w, at, n);
    add_all(w, at, n);
    add_part(w, "not", part(w, at, "not", 0, n->not ));
    add_part(w, "if", part(w, at, "if", 0, n->when));
    add_part(w, "then", part(w, at, "then", 0, n->then));
    add_part(w, "else", part(w, at, "else", 0, n->otherwise));
}

void schema_write(struct buf *b, const struct schema *s, const struct schema *plugins,
                  struct keys *keys, struct str title) {
    struct writer w = {.arena = b->arena,
                       .s = s,
                       .plugins = plugins,
                       .keys = keys,
                       .b = b,
                       .known = map_new(b->arena),
                       .names = map_new(b->arena)};
    struct at root = {.node = s->root, .set = keys_root(keys), .path = STR("config")};
    buf_add(b, STR("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\n"));
    buf_add(b, STR("\"title\":"));
    json_add_string(b, title);
    add_text(&w, "description", keys_text(keys, root.set).description);
    buf_add(b, STR(",\n\"$ref\":\"#/$defs/config\",\n\"$defs\":{"));
    definition_of(&w, root);
    for (size_t i = 0; i < w.list.n; i++) {
        struct definition d = w.list.v[i];
        buf_add(b, i ? STR(",\n") : STR("\n"));
        json_add_string(b, d.name);
        buf_add(b, STR(":{"));
        w.s = d.schema;
        add_body(&w, (struct at){d.node, d.below, i ? d.name : STR(""), d.listed});
        buf_add_char(b, '}');
    }
    add_include_definition(&w);
    buf_add(b, STR("\n}}\n"));
}
