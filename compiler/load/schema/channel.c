/* What lies below a channel, and the configs of plugins, as the gateway's JSON Schema validator
 * checks them: every branch of a failing union is reported, eight issues at most. */
#include <math.h>

#include "load/schema/check.h"

enum { ISSUES_MAX = 8 };

static bool is_full(const struct checking *c, size_t first) {
    return c->issues.n - first >= ISSUES_MAX;
}

struct walk {
    struct checking *c;
    size_t first; /* of its issues */
};

static struct issue *add(const struct walk *w, const char *kind, node_id n) {
    if (is_full(w->c, w->first)) return NULL;
    return checking_issue(w->c, kind, HAS_ISSUES, n, 0);
}

/* Whatever has no kind of its own; `what` is the validator's wording without its "must ". */
static void add_other(const struct walk *w, node_id n, struct str what) {
    struct issue *issue = add(w, "channel_schema", n);
    if (!issue) return;
    issue_text(w->c, issue, "what", what);
    issue_say(w->c, issue, "this must " STR_FMT, STR_ARG(what));
}

static bool visit(const struct walk *w, node_id n, schema_id id);

/* ---- types and literals ------------------------------------------------------------------------
 */

static const char *type_name(uint16_t types) {
    static const char *const names[] = {"null",   "boolean", "number", "integer",
                                        "string", "array",   "object"};
    for (unsigned i = 0; i < 7; i++)
        if (types & 1U << i) return names[i];
    return "object";
}

static bool has_type(const struct tree *t, node_id n, uint16_t types) {
    const struct node *node = tree_node(t, n);
    switch ((enum node_kind)node->kind) {
    case NODE_NULL: return types & TYPE_NULL;
    case NODE_BOOL: return types & TYPE_BOOL;
    case NODE_STRING: return types & TYPE_STRING;
    case NODE_ARRAY: return types & TYPE_ARRAY;
    case NODE_OBJECT: return types & TYPE_OBJECT;
    case NODE_NUMBER:
        if (!isfinite(node->u.number)) return false;
        return types & TYPE_NUMBER ||
               (types & TYPE_INTEGER && floor(node->u.number) == node->u.number);
    }
    return false;
}

static bool visit_type(const struct walk *w, node_id n, const struct schema_node *node) {
    static const char *const found[] = {"null", "boolean", "number", "string", "array", "object"};
    if (!node->types || has_type(w->c->tree, n, node->types)) return true;
    const char *expected = type_name(node->types);
    struct issue *issue = add(w, "invalid_type", n);
    if (issue) issue_text(w->c, issue, "expected", str_from(expected));
    if (issue) words_type(w->c, issue, expected, found[tree_node(w->c->tree, n)->kind]);
    return false;
}

static bool visit_choice(const struct walk *w, node_id n, const struct schema_node *node) {
    if (!node->values.n || schema_has_value(w->c, node, n)) return true;
    struct issue *issue = add(w, "invalid_enum", n);
    if (!issue) return false;
    issue->state = CHOICES_KNOWN;
    issue->choices = ARENA_ARRAY(w->c->arena, const struct schema_value *, node->values.n);
    for (unsigned i = 0; i < node->values.n; i++)
        issue->choices[i] = &w->c->schema->values[node->values.first + i];
    issue->n_choices = node->values.n;
    struct str *list = ARENA_ARRAY(w->c->arena, struct str, 12);
    size_t shown = issue_choices(w->c, issue, list);
    issue_list(w->c, issue, "allowed", list, shown);
    words_choice(w->c, issue, n);
    return false;
}

/* ---- numbers, texts, sizes ---------------------------------------------------------------------
 */

static bool visit_number(const struct walk *w, node_id n, const struct schema_node *node) {
    double x = tree_node(w->c->tree, n)->u.number;
    bool over = node->flags & SCHEMA_EXCLUSIVE_MIN, under = node->flags & SCHEMA_EXCLUSIVE_MAX;
    bool ok = true;
    if (node->flags & SCHEMA_HAS_MIN && (over ? x <= node->min : x < node->min)) {
        add_other(w, n, str_format(w->c->arena, "be %s %.17g", over ? ">" : ">=", node->min));
        ok = false;
    }
    if (node->flags & SCHEMA_HAS_MAX && (under ? x >= node->max : x > node->max)) {
        add_other(w, n, str_format(w->c->arena, "be %s %.17g", under ? "<" : "<=", node->max));
        ok = false;
    }
    return ok;
}

static bool visit_size(const struct walk *w, node_id n, const struct schema_node *node, size_t size,
                       const char *unit) {
    if (size < node->min_size)
        add_other(
            w, n,
            str_format(w->c->arena, "not have fewer than %u %s", (unsigned)node->min_size, unit));
    if (size > node->max_size)
        add_other(
            w, n,
            str_format(w->c->arena, "not have more than %u %s", (unsigned)node->max_size, unit));
    return size >= node->min_size && size <= node->max_size;
}

static bool visit_string(const struct walk *w, node_id n, const struct schema_node *node) {
    struct str text = tree_text(w->c->tree, n);
    const struct schema *s = w->c->schema;
    bool ok = true;
    if (node->min_size || node->max_size != UINT32_MAX)
        ok = visit_size(w, n, node, schema_length(text, false), "characters");
    if (node->pattern && !schema_pattern_fits(w->c, node->pattern, text)) {
        struct str pattern = schema_str(s, s->patterns[node->pattern - 1]);
        add_other(w, n, str_format(w->c->arena, "match pattern \"" STR_FMT "\"", STR_ARG(pattern)));
        ok = false;
    }
    if (node->format && !schema_format_fits(schema_str(s, s->texts[node->format - 1]), text)) {
        struct str format = schema_str(s, s->texts[node->format - 1]);
        add_other(w, n, str_format(w->c->arena, "match format \"" STR_FMT "\"", STR_ARG(format)));
        ok = false;
    }
    return ok;
}

/* ---- objects and arrays ------------------------------------------------------------------------
 */

static bool visit_required(const struct walk *w, node_id n, const struct schema_node *node) {
    const struct schema *s = w->c->schema;
    bool ok = true;
    for (unsigned i = 0; i < node->required.n; i++) {
        struct str key = schema_str(s, s->keys[s->ids[node->required.first + i]]);
        if (tree_member(w->c->tree, n, key)) continue;
        checking_enter_key(w->c, key);
        add_other(w, n,
                  str_format(w->c->arena, "have required property '" STR_FMT "'", STR_ARG(key)));
        checking_leave(w->c);
        ok = false;
    }
    return ok;
}

static void report_unknown(const struct walk *w, node_id n, const struct schema_node *node,
                           const node_id *members, size_t count) {
    struct issue *issue = add(w, "unrecognized_key", n);
    if (!issue) return;
    struct str *first = ARENA_NEW(w->c->arena, struct str);
    *first = tree_key_text(w->c->tree, tree_node(w->c->tree, members[0])->key);
    issue_list(w->c, issue, "keys", first, 1);
    words_unknown_keys(w->c, issue, n, node, members, count);
}

static bool visit_unknown(const struct walk *w, node_id n, const struct schema_node *node) {
    ARRAY(node_id) unknown = {0};
    if (!(node->flags & SCHEMA_CLOSED)) return true;
    for (TREE_EACH(w->c->tree, member, n))
        if (schema_property_of(w->c, node, tree_node(w->c->tree, member)->key) == SCHEMA_UNKNOWN)
            ARRAY_PUSH(w->c->arena, unknown) = member;
    if (unknown.n) report_unknown(w, n, node, unknown.v, unknown.n);
    return !unknown.n;
}

static bool visit_member(const struct walk *w, node_id member, const struct schema_node *node) {
    key_id key = tree_node(w->c->tree, member)->key;
    struct str name = tree_key_text(w->c->tree, key);
    schema_id found = schema_property_of(w->c, node, key);
    bool known = found != SCHEMA_UNKNOWN, ok = true;
    checking_enter_key(w->c, name);
    if (known || node->additional) ok = visit(w, member, known ? found : node->additional);
    checking_leave(w->c);
    return ok;
}

static bool visit_names(const struct walk *w, node_id n, const struct schema_node *node) {
    bool ok = true;
    for (TREE_EACH(w->c->tree, member, n)) {
        struct str name = tree_key_text(w->c->tree, tree_node(w->c->tree, member)->key);
        if (schema_key_fits(w->c, node->names, name)) continue;
        ok = false;
        add_other(
            w, n,
            str_format(w->c->arena, "have property names that fit: `" STR_FMT "`", STR_ARG(name)));
    }
    return ok;
}

static bool visit_object(const struct walk *w, node_id n, const struct schema_node *node) {
    bool ok = visit_required(w, n, node);
    if (!visit_unknown(w, n, node)) ok = false;
    if (node->names && !visit_names(w, n, node)) ok = false;
    if (node->properties.n || node->additional)
        for (TREE_EACH(w->c->tree, member, n))
            if (!visit_member(w, member, node)) ok = false;
    return visit_size(w, n, node, tree_node(w->c->tree, n)->n, "properties") && ok;
}

/* Equality of scalars; arrays and objects count as different. */
static bool same_scalar(const struct tree *t, node_id a, node_id b) {
    const struct node *x = tree_node(t, a), *y = tree_node(t, b);
    if (x->kind != y->kind || x->kind >= NODE_ARRAY) return false;
    if (x->kind == NODE_STRING) return str_equal(tree_text(t, a), tree_text(t, b));
    if (x->kind == NODE_NUMBER) return x->u.number == y->u.number;
    return x->kind == NODE_NULL || x->u.boolean == y->u.boolean;
}

static bool visit_unique(const struct walk *w, node_id n) {
    enum { COMPARED_MAX = 1000 };
    const struct tree *t = w->c->tree;
    if (tree_node(t, n)->n > COMPARED_MAX) return true;
    for (TREE_EACH(t, a, n))
        for (node_id b = tree_node(t, a)->next; b; b = tree_node(t, b)->next)
            if (same_scalar(t, a, b)) {
                add_other(w, n, STR("not have duplicate items"));
                return false;
            }
    return true;
}

static bool visit_array(const struct walk *w, node_id n, const struct schema_node *node) {
    bool ok = true;
    uint32_t i = 0;
    for (TREE_EACH(w->c->tree, item, n)) {
        schema_id id = i < node->tuple.n ? w->c->schema->ids[node->tuple.first + i] : node->items;
        checking_enter_index(w->c, i++);
        if (!visit(w, item, id)) ok = false;
        checking_leave(w->c);
    }
    if (node->flags & SCHEMA_CLOSED_TUPLE && i > node->tuple.n) {
        add_other(w, n,
                  str_format(w->c->arena, "not have more than %u items", (unsigned)node->tuple.n));
        ok = false;
    }
    if (node->flags & SCHEMA_UNIQUE && !visit_unique(w, n)) ok = false;
    return visit_size(w, n, node, i, "items") && ok;
}

static bool visit_by_kind(const struct walk *w, node_id n, const struct schema_node *node) {
    switch ((enum node_kind)tree_node(w->c->tree, n)->kind) {
    case NODE_OBJECT: return visit_object(w, n, node);
    case NODE_ARRAY: return visit_array(w, n, node);
    case NODE_STRING: return visit_string(w, n, node);
    case NODE_NUMBER: return visit_number(w, n, node);
    default: return true;
    }
}

/* ---- combinations ------------------------------------------------------------------------------
 */

static bool fits(const struct walk *w, node_id n, schema_id id) {
    w->c->quiet++;
    bool ok = visit(w, n, id);
    w->c->quiet--;
    return ok;
}

static unsigned count_fits(const struct walk *w, node_id n, struct schema_range range) {
    unsigned count = 0;
    for (unsigned i = 0; i < range.n; i++) count += fits(w, n, w->c->schema->ids[range.first + i]);
    return count;
}

static bool visit_union(const struct walk *w, node_id n, struct schema_range range, bool one) {
    if (!range.n) return true;
    unsigned count = count_fits(w, n, range);
    if (one ? count == 1 : count > 0) return true;
    if (w->c->quiet) return false;
    for (unsigned i = 0; i < range.n; i++) visit(w, n, w->c->schema->ids[range.first + i]);
    add_other(w, n,
              one ? STR("match exactly one schema in oneOf") : STR("match a schema in anyOf"));
    return false;
}

static bool visit_combined(const struct walk *w, node_id n, const struct schema_node *node) {
    bool ok = visit_union(w, n, node->any_of, false);
    if (!visit_union(w, n, node->one_of, true)) ok = false;
    for (unsigned i = 0; i < node->all_of.n; i++)
        if (!visit(w, n, w->c->schema->ids[node->all_of.first + i])) ok = false;
    if (node->not &&fits(w, n, node->not )) {
        add_other(w, n, STR("not be valid"));
        ok = false;
    }
    if (node->when) {
        bool met = fits(w, n, node->when);
        if (!fits(w, n, met ? node->then : node->otherwise)) {
            add_other(w, n, met ? STR("match \"then\" schema") : STR("match \"else\" schema"));
            ok = false;
        }
    }
    return ok;
}

static bool visit(const struct walk *w, node_id n, schema_id id) {
    const struct schema_node *node = &w->c->schema->nodes[id];
    if (!id) return true;
    if (!checking_spend(w->c, n)) return false;
    if (schema_is_unknown(w->c, n, node)) return true;
    if (node->flags & SCHEMA_NEVER) {
        add_other(w, n, STR("not be there"));
        return false;
    }
    bool ok = visit_type(w, n, node);
    if (!visit_choice(w, n, node)) ok = false;
    if (ok && !visit_by_kind(w, n, node)) ok = false;
    return visit_combined(w, n, node) && ok;
}

enum verdict schema_check_channel(struct checking *c, node_id n, schema_id id) {
    struct walk w = {c, c->issues.n};
    return visit(&w, n, id) ? FITS : HAS_ISSUES;
}
