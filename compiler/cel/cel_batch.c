#include "cel/cel_batch.h"

#include <string.h>

#include "base/json.h"
#include "cel/cel_ast.h"
#include "cel/cel_number.h"
#include "syntax/json5.h"

/* Nesting of the values of `bindings`; writing stops at ten million steps as evaluation does. */
enum { MAX_BINDING_DEPTH = 200 };

struct batch {
    struct arena *arena;
    struct tree *tree;
    struct cel_run run;
    const char *problem; /* what is wrong with the line itself */
};

/* ---- reading typed values ---- */

static struct cel_value bad_value(struct batch *b, const char *why) {
    if (!b->problem) b->problem = why;
    return cel_null();
}

static struct cel_value read_value(struct batch *b, node_id n, int depth);

/* The text of a number through the conversion of the language: int('12'). */
static struct cel_value read_number(struct batch *b, const char *function, node_id v) {
    const struct cel_function_table *core = &cel_core_functions;
    struct cel_value text = cel_string(tree_text(b->tree, v));
    for (size_t i = 0; i < core->n; i++) {
        if (strcmp(core->v[i].name, function) != 0) continue;
        struct cel_value number = core->v[i].call(&b->run, &text, 1);
        return number.kind == CEL_ERROR ? bad_value(b, "a number in bindings is none") : number;
    }
    return bad_value(b, "a number in bindings is none");
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static struct cel_value read_bytes(struct batch *b, node_id v) {
    struct str hex = tree_text(b->tree, v);
    char *p = arena_alloc(b->arena, hex.n / 2);
    for (size_t i = 0; i + 1 < hex.n; i += 2) {
        int high = hex_digit(hex.p[i]), low = hex_digit(hex.p[i + 1]);
        if (high < 0 || low < 0) return bad_value(b, "bytes in bindings are not hexadecimal");
        p[i / 2] = (char)(unsigned char)(high * 16 + low);
    }
    return cel_bytes((struct str){p, hex.n / 2});
}

static struct cel_value read_list(struct batch *b, node_id v, int depth) {
    if (!tree_is(b->tree, v, NODE_ARRAY)) return cel_list(NULL, 0);
    struct cel_value *values = ARENA_ARRAY(b->arena, struct cel_value, tree_node(b->tree, v)->n);
    size_t n = 0;
    for (TREE_EACH(b->tree, child, v)) values[n++] = read_value(b, child, depth);
    return cel_list(values, n);
}

static struct cel_value read_map(struct batch *b, node_id v, int depth) {
    size_t most = tree_is(b->tree, v, NODE_ARRAY) ? tree_node(b->tree, v)->n : 0, n = 0;
    struct cel_value *keys = ARENA_ARRAY(b->arena, struct cel_value, most);
    struct cel_value *values = ARENA_ARRAY(b->arena, struct cel_value, most);
    for (TREE_EACH(b->tree, pair, v)) {
        node_id key = tree_first(b->tree, pair);
        node_id value = key ? tree_node(b->tree, key)->next : 0;
        if (!value) return bad_value(b, "an entry of a map in bindings is no pair");
        keys[n] = read_value(b, key, depth);
        values[n++] = read_value(b, value, depth);
    }
    struct cel_value map = cel_make_map(&b->run, keys, values, n);
    return map.kind == CEL_ERROR ? bad_value(b, "a map in bindings has a key twice or of a kind "
                                                "that cannot be one")
                                 : map;
}

static struct cel_value read_value(struct batch *b, node_id n, int depth) {
    if (!depth) return bad_value(b, "a value in bindings is nested too deeply");
    struct str t = tree_text(b->tree, tree_member(b->tree, n, STR("t")));
    node_id v = tree_member(b->tree, n, STR("v"));
    struct str text = tree_text(b->tree, v);
    if (str_equal(t, STR("int"))) return read_number(b, "int", v);
    if (str_equal(t, STR("uint"))) return read_number(b, "uint", v);
    if (str_equal(t, STR("double"))) return read_number(b, "double", v);
    if (str_equal(t, STR("string"))) return cel_string(text);
    if (str_equal(t, STR("bytes"))) return read_bytes(b, v);
    if (str_equal(t, STR("bool")))
        return cel_bool(tree_is(b->tree, v, NODE_BOOL) && tree_node(b->tree, v)->u.boolean);
    if (str_equal(t, STR("null"))) return cel_null();
    if (str_equal(t, STR("list"))) return read_list(b, v, depth - 1);
    if (str_equal(t, STR("map"))) return read_map(b, v, depth - 1);
    if (str_equal(t, STR("type")))
        return (struct cel_value){.kind = CEL_TYPE_VALUE, .u.text = text};
    return bad_value(b, "a value in bindings has a kind that is not supported");
}

/* ---- writing typed values ---- */

/* Shortest digits that read back, as Python writes them: 1.0, 1e+16, -0.0, NaN. */
static void add_double(struct buf *out, double d) {
    if (cel_add_not_finite(out, d)) return;
    struct cel_digits s = cel_shortest_digits(d);
    if (s.exponent < -4 || s.exponent >= 16)
        buf_addf(out, "%.*e", s.n - 1, d);
    else
        cel_add_plain(out, d, 1);
}

static bool add_value(struct batch *b, struct buf *out, struct cel_value v, int depth);

static bool add_elements(struct batch *b, struct buf *out, struct cel_value v, int depth) {
    for (size_t i = 0; i < cel_size(v); i++) {
        if (i) buf_add(out, STR(", "));
        if (!add_value(b, out, cel_at(&b->run, v, i), depth)) return false;
    }
    return true;
}

static bool add_entries(struct batch *b, struct buf *out, struct cel_value v, int depth) {
    for (size_t i = 0; i < cel_size(v); i++) {
        struct cel_value key, value;
        cel_entry(&b->run, v, i, &key, &value);
        buf_add(out, i ? STR(", [") : STR("["));
        if (!add_value(b, out, key, depth)) return false;
        buf_add(out, STR(", "));
        if (!add_value(b, out, value, depth)) return false;
        buf_add_char(out, ']');
    }
    return true;
}

static void add_hex(struct buf *out, struct str bytes) {
    buf_add_char(out, '"');
    for (size_t i = 0; i < bytes.n; i++) buf_addf(out, "%02x", (unsigned)(unsigned char)bytes.p[i]);
    buf_add_char(out, '"');
}

static bool add_payload(struct batch *b, struct buf *out, struct cel_value v, int depth) {
    switch (v.kind) {
    case CEL_BOOL: buf_add(out, v.u.boolean ? STR("true") : STR("false")); break;
    case CEL_INT: buf_addf(out, "\"%lld\"", (long long)v.u.i); break;
    case CEL_UINT: buf_addf(out, "\"%llu\"", (unsigned long long)v.u.u); break;
    case CEL_DOUBLE:
        buf_add_char(out, '"');
        add_double(out, v.u.d);
        buf_add_char(out, '"');
        break;
    case CEL_BYTES: add_hex(out, v.u.text); break;
    case CEL_LIST:
    case CEL_MAP: {
        buf_add_char(out, '[');
        bool done =
            v.kind == CEL_LIST ? add_elements(b, out, v, depth) : add_entries(b, out, v, depth);
        buf_add_char(out, ']');
        return done;
    }
    case CEL_OPTIONAL: return add_value(b, out, *v.u.optional, depth);
    default: json_add_string(out, v.u.text); break;
    }
    return true;
}

static const char *typed_name(struct cel_value v) {
    if (v.kind == CEL_NULL) return "null";
    return v.kind == CEL_OPTIONAL ? "optional" : cel_kind_name((enum cel_kind)v.kind);
}

/* False when there is too much to write: values may share elements without end. */
static bool add_value(struct batch *b, struct buf *out, struct cel_value v, int depth) {
    bool has_text = v.kind == CEL_STRING || v.kind == CEL_BYTES;
    if (!depth || !cel_step(&b->run, 1 + (has_text ? v.u.text.n / 4 : 0))) return false;
    buf_addf(out, "{\"t\": \"%s\"", typed_name(v));
    bool has_payload = v.kind != CEL_NULL && (v.kind != CEL_OPTIONAL || v.u.optional);
    if (has_payload) {
        buf_add(out, STR(", \"v\": "));
        if (!add_payload(b, out, v, depth - 1)) return false;
    }
    buf_add_char(out, '}');
    return true;
}

/* ---- lines ---- */

static void add_error(struct buf *out, struct str message) {
    buf_add(out, STR("{\"error\": "));
    json_add_string(out, message);
    buf_add_char(out, '}');
}

static bool flag(const struct batch *b, node_id line, const char *key) {
    node_id n = tree_member(b->tree, line, str_from(key));
    return tree_is(b->tree, n, NODE_BOOL) && tree_node(b->tree, n)->u.boolean;
}

struct environment {
    struct cel_env env;
    struct cel_variable *variables;
    struct cel_value *values;
};

static void add_variable(struct batch *b, struct environment *e, struct str name,
                         struct cel_value value) {
    const struct cel_type any = CEL_TYPE(CEL_DYN);
    e->variables[e->env.n] = (struct cel_variable){str_to_c(b->arena, name), any};
    e->values[e->env.n++] = value;
}

static struct environment read_environment(struct batch *b, node_id line) {
    node_id bindings = tree_member(b->tree, line, STR("bindings"));
    node_id declared = tree_member(b->tree, line, STR("declared"));
    size_t most = (bindings ? tree_node(b->tree, bindings)->n : 0) +
                  (declared ? tree_node(b->tree, declared)->n : 0);
    struct environment e = {.variables = ARENA_ARRAY(b->arena, struct cel_variable, most),
                            .values = ARENA_ARRAY(b->arena, struct cel_value, most)};
    if (tree_is(b->tree, bindings, NODE_OBJECT))
        for (TREE_EACH(b->tree, n, bindings))
            add_variable(b, &e, tree_key_text(b->tree, tree_node(b->tree, n)->key),
                         read_value(b, n, MAX_BINDING_DEPTH));
    if (tree_is(b->tree, declared, NODE_ARRAY))
        for (TREE_EACH(b->tree, n, declared))
            add_variable(b, &e, tree_text(b->tree, n),
                         cel_failure(CEL_ERROR_NAME, STR("the variable has no value")));
    e.env.variables = e.variables;
    e.env.container = tree_text(b->tree, tree_member(b->tree, line, STR("container")));
    e.env.no_macros = flag(b, line, "disable_macros");
    e.env.no_check = flag(b, line, "disable_check");
    return e;
}

static void answer(struct batch *b, struct buf *out, node_id line) {
    struct environment e = read_environment(b, line);
    if (b->problem) {
        add_error(out, str_from(b->problem));
        return;
    }
    struct str source = tree_text(b->tree, tree_member(b->tree, line, STR("expr")));
    struct cel_error error;
    const struct cel_program *program = cel_compile(b->arena, &e.env, source, &error);
    if (!program) {
        struct str place = str_format(b->arena, " (at byte %u)", (unsigned)error.offset);
        add_error(out, str_concat(b->arena, error.message, place));
        return;
    }
    struct cel_value v = cel_eval(program, &b->run, e.values);
    if (v.kind == CEL_ERROR) {
        add_error(out, v.u.text);
        return;
    }
    size_t before = out->n;
    b->run.steps_left = cel_run_new(b->arena, NULL).steps_left;
    buf_add(out, STR("{\"value\": "));
    bool complete = add_value(b, out, v, CEL_MAX_DEPTH * 2);
    buf_add_char(out, '}');
    if (complete) return;
    out->n = before;
    add_error(out, STR("the value is too large to be written"));
}

void cel_batch_line(struct arena *scratch, struct str line, struct buf *out) {
    struct batch b = {.arena = scratch,
                      .tree = tree_new(scratch, sources_new(scratch)),
                      .run = cel_run_new(scratch, NULL)};
    struct json5_result read = json5_parse_text(b.tree, line);
    node_id expression = read.ok ? tree_member(b.tree, read.root, STR("expr")) : 0;
    if (!read.ok)
        add_error(out, read.gateway_message);
    else if (!tree_is(b.tree, expression, NODE_STRING))
        add_error(out, STR("the line is no JSON object with a text 'expr'"));
    else
        answer(&b, out, read.root);
}
