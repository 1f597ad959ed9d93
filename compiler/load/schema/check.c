/* The config itself against its schema, as zod (version 4) checks it. */
#include "load/schema/check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "load/embedded.h"

enum { DEPTH_MAX = 1000, VALUES_PER_NODE = 64 };
static const double MAX_SAFE = 9007199254740991.0;

/* ---- schemas -----------------------------------------------------------------------------------
 */

static const struct schema *embedded(const char *what, struct str version) {
    size_t n = strlen(what);
    for (size_t i = 0; i < embedded_schema_count; i++) {
        const char *name = embedded_schemas[i].name;
        if (strncmp(name, what, n) == 0 && str_equal(version, str_from(name + n)))
            return &embedded_schemas[i].schema;
    }
    return NULL;
}

const struct schema *schema_of_gateway(struct str version) {
    return embedded("schema-", version);
}

const struct schema *schema_of_plugins(struct str version) {
    return embedded("plugins-", version);
}

const struct schema *schema_of_compose(void) {
    return embedded("compose-spec", STR(""));
}

/* The number of a key of the schema, or n_keys. */
uint16_t schema_key(const struct schema *s, struct str key) {
    unsigned low = 0, high = s->n_keys;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        int order = str_compare(schema_str(s, s->keys[middle]), key);
        if (!order) return (uint16_t)middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return s->n_keys;
}

schema_id schema_property(const struct schema *s, const struct schema_node *object, unsigned key) {
    unsigned low = object->properties.first, high = low + object->properties.n;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        const struct schema_property *p = &s->properties[middle];
        if (p->key == key) return p->node;
        if (p->key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return SCHEMA_UNKNOWN;
}

schema_id schema_member(const struct schema *s, schema_id object, struct str key, bool *named) {
    schema_id found = schema_property(s, &s->nodes[object], schema_key(s, key));
    *named = found != SCHEMA_UNKNOWN;
    return *named ? found : s->nodes[object].additional;
}

schema_id schema_property_of(struct checking *c, const struct schema_node *object, key_id key) {
    if (!object->properties.n) return SCHEMA_UNKNOWN;
    uint16_t *number = &c->key_numbers[key];
    if (!*number) *number = (uint16_t)(schema_key(c->schema, tree_key_text(c->tree, key)) + 2);
    return schema_property(c->schema, object, *number - 2u);
}

/* ---- where the check is ------------------------------------------------------------------------
 */

struct checking *checking_new(struct arena *a, struct arena *scratch, const struct tree *t,
                              node_id first, const struct schema *s) {
    struct checking *c = ARENA_NEW(scratch, struct checking);
    *c = (struct checking){.arena = a,
                           .scratch = scratch,
                           .tree = t,
                           .first_node = first,
                           .schema = s,
                           .key_numbers = ARENA_ARRAY(scratch, uint16_t, t->keys.n + 1),
                           .regexes = ARENA_ARRAY(a, struct schema_regex *, s->n_patterns),
                           .budget = 100000 + (uint64_t)(t->n - first) * VALUES_PER_NODE};
    c->policy_keys[0] = schema_key(s, STR("allow"));
    c->policy_keys[1] = schema_key(s, STR("alsoAllow"));
    c->ref_keys[0] = schema_key(s, STR("source"));
    c->ref_keys[1] = schema_key(s, STR("provider"));
    c->ref_keys[2] = schema_key(s, STR("id"));
    return c;
}

void checking_enter_key(struct checking *c, struct str key) {
    ARRAY_PUSH(c->scratch, c->path) = (struct step){.key = key.p ? key : STR("")};
}

void checking_enter_index(struct checking *c, uint32_t index) {
    ARRAY_PUSH(c->scratch, c->path) = (struct step){.index = index};
}

void checking_at(struct checking *c, node_id n) {
    c->path.v[c->path.n - 1].node = n;
}

void checking_leave(struct checking *c) {
    c->path.n--;
}

struct str checking_path(const struct checking *c) {
    struct buf b = buf_new(c->arena);
    for (size_t i = 0; i < c->path.n; i++) {
        const struct step *s = &c->path.v[i];
        if (i) buf_add_char(&b, '.');
        if (s->key.p)
            buf_add(&b, s->key);
        else
            buf_addf(&b, "%u", (unsigned)s->index);
    }
    return buf_str(&b);
}

/* ---- issues ------------------------------------------------------------------------------------
 */

struct issue *checking_issue(struct checking *c, const char *kind, enum verdict verdict, node_id n,
                             node_id owner) {
    if (c->quiet) return NULL;
    struct issue *issue = &ARRAY_PUSH(c->arena, c->issues);
    *issue = (struct issue){.verdict = verdict,
                            .steps = arena_copy(c->arena, c->path.v, c->path.n * sizeof *c->path.v),
                            .depth = (uint32_t)c->path.n};
    issue->diag.severity = SEVERITY_ERROR;
    issue->diag.kind = kind;
    issue->diag.path = checking_path(c);
    if (n || owner) issue->diag.span = tree_span(c->tree, n ? n : owner);
    if (!n && owner && tree_node(c->tree, owner)->key)
        issue->diag.span = tree_key_span(c->tree, owner);
    return issue;
}

void issue_say(struct checking *c, struct issue *issue, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    size_t size = n > 0 ? (size_t)n : 0;
    char *p = arena_alloc(c->arena, size + 1);
    vsnprintf(p, size + 1, format, again);
    va_end(again);
    issue->diag.message = (struct str){p, size};
}

void issue_text(struct checking *c, struct issue *issue, const char *name, struct str text) {
    ARRAY_PUSH(c->arena, issue->diag.details) =
        (struct diag_detail){.name = name, .kind = DETAIL_TEXT, .text = text};
}

void issue_number(struct checking *c, struct issue *issue, const char *name, double number) {
    ARRAY_PUSH(c->arena, issue->diag.details) =
        (struct diag_detail){.name = name, .kind = DETAIL_NUMBER, .number = number};
}

void issue_list(struct checking *c, struct issue *issue, const char *name, const struct str *list,
                size_t n) {
    ARRAY_PUSH(c->arena, issue->diag.details) =
        (struct diag_detail){.name = name, .kind = DETAIL_LIST, .list = list, .n = n};
}

bool checking_spend(struct checking *c, node_id n) {
    if (c->budget && c->path.n < DEPTH_MAX) {
        c->budget--;
        return true;
    }
    if (!c->exhausted) {
        unsigned quiet = c->quiet;
        c->exhausted = true;
        c->quiet = 0;
        struct issue *issue = checking_issue(c, "schema_limit", ABORTED, n, 0);
        issue_say(c, issue, "the schema is too intricate for this value: it was not checked");
        c->quiet = quiet;
    }
    return false;
}

bool node_marks_have(const struct node_marks *m, node_id n) {
    return n >= m->first && m->v[n - m->first];
}

void node_marks_add(struct node_marks *m, node_id n) {
    if (n >= m->first) m->v[n - m->first] = true;
}

struct node_marks checking_aborted(const struct checking *c, node_id root) {
    size_t n = c->tree->n - c->first_node;
    struct node_marks aborted = {ARENA_ARRAY(c->scratch, bool, n), c->first_node};
    for (size_t i = 0; i < c->issues.n; i++) {
        const struct issue *issue = &c->issues.v[i];
        if (!(issue->verdict & ABORTED)) continue;
        node_marks_add(&aborted, root);
        for (uint32_t k = 0; k < issue->depth; k++) node_marks_add(&aborted, issue->steps[k].node);
    }
    return aborted;
}

/* ---- types -------------------------------------------------------------------------------------
 */

uint16_t schema_type_of(const struct node *node) {
    switch ((enum node_kind)node->kind) {
    case NODE_NULL: return TYPE_NULL;
    case NODE_BOOL: return TYPE_BOOL;
    case NODE_NUMBER: return isfinite(node->u.number) ? TYPE_NUMBER | TYPE_INTEGER : 0;
    case NODE_STRING: return TYPE_STRING;
    case NODE_ARRAY: return TYPE_ARRAY;
    case NODE_OBJECT: return TYPE_OBJECT;
    }
    return 0;
}

static const char *received_name(const struct checking *c, node_id n) {
    static const char *const names[] = {"null", "boolean", "number", "string", "array", "object"};
    if (!n) return "undefined";
    const struct node *node = tree_node(c->tree, n);
    if (node->kind == NODE_NUMBER && isnan(node->u.number)) return "NaN";
    if (node->kind == NODE_NUMBER && isinf(node->u.number))
        return node->u.number > 0 ? "Infinity" : "-Infinity";
    return names[node->kind];
}

/* A record has members of one sort under any name, an object has named ones. */
static const char *expected_name(const struct schema_node *node) {
    if (node->types & TYPE_STRING) return "string";
    if (node->types & (TYPE_NUMBER | TYPE_INTEGER)) return "number";
    if (node->types & TYPE_BOOL) return "boolean";
    if (node->types & TYPE_NULL) return "null";
    if (node->types & TYPE_ARRAY) return node->tuple.n ? "tuple" : "array";
    return node->names && !node->properties.n ? "record" : "object";
}

static const struct schema_value *boolean_choices(bool value) {
    static const struct schema_value truth = {NODE_BOOL, 0, 1}, falsehood = {NODE_BOOL, 0, 0};
    return value ? &truth : &falsehood;
}

static void add_allowed(struct checking *c, struct issue *issue) {
    struct str *list = ARENA_ARRAY(c->arena, struct str, 12);
    size_t n = issue_choices(c, issue, list);
    if (n) issue_list(c, issue, "allowed", list, n);
}

enum verdict schema_wrong_type(struct checking *c, node_id n, node_id owner,
                               const struct schema_node *node) {
    struct issue *issue = checking_issue(c, "invalid_type", ABORTED, n, owner);
    if (!issue) return ABORTED;
    const char *expected = expected_name(node), *received = received_name(c, n);
    issue_text(c, issue, "expected", str_from(expected));
    issue_text(c, issue, "received", str_from(received));
    issue->state = CHOICES_OPEN;
    if (node->types == TYPE_BOOL) {
        issue->state = CHOICES_KNOWN;
        issue->choices = ARENA_ARRAY(c->arena, const struct schema_value *, 2);
        issue->choices[0] = boolean_choices(true);
        issue->choices[1] = boolean_choices(false);
        issue->n_choices = 2;
        add_allowed(c, issue);
    }
    words_type(c, issue, expected, received);
    return ABORTED;
}

/* ---- literals ----------------------------------------------------------------------------------
 */

static bool is_value(const struct checking *c, const struct schema_value *v,
                     const struct node *node) {
    if (v->kind != node->kind) return false;
    if (v->kind == NODE_STRING)
        return str_equal(schema_str(c->schema, c->schema->texts[v->text]),
                         (struct str){node->u.text, node->n});
    if (v->kind == NODE_NUMBER) return v->number == node->u.number;
    return v->kind == NODE_NULL || (v->number != 0) == node->u.boolean;
}

bool schema_has_value(const struct checking *c, const struct schema_node *node, node_id n) {
    for (unsigned i = 0; n && i < node->values.n; i++)
        if (is_value(c, &c->schema->values[node->values.first + i], tree_node(c->tree, n)))
            return true;
    return false;
}

static struct str choice_text(const struct checking *c, const struct schema_value *v) {
    if (v->kind == NODE_STRING) return schema_str(c->schema, c->schema->texts[v->text]);
    if (v->kind == NODE_BOOL) return v->number != 0 ? STR("true") : STR("false");
    if (v->kind == NODE_NULL) return STR("null");
    struct buf b = buf_new(c->arena);
    json_add_number(&b, v->number);
    return buf_str(&b);
}

size_t issue_choices(struct checking *c, const struct issue *issue, struct str out[12]) {
    size_t n = 0;
    for (size_t i = 0; issue->state == CHOICES_KNOWN && i < issue->n_choices && n < 12; i++) {
        struct str text = choice_text(c, issue->choices[i]);
        bool known = false;
        for (size_t k = 0; k < n; k++) known = known || str_equal(out[k], text);
        if (!known) out[n++] = text;
    }
    return n;
}

/* A literal in the gateway's wording is a JSON value. */
static struct str literal_text(struct checking *c, const struct schema_value *v) {
    if (v->kind != NODE_STRING) return choice_text(c, v);
    struct buf b = buf_new(c->arena);
    json_add_string(&b, choice_text(c, v));
    return buf_str(&b);
}

enum verdict schema_check_choice(struct checking *c, node_id n, node_id owner,
                                 const struct schema_node *node) {
    if (schema_has_value(c, node, n)) return FITS;
    bool one = node->values.n == 1;
    struct issue *issue =
        checking_issue(c, one ? "invalid_value" : "invalid_enum", ABORTED, n, owner);
    if (!issue) return ABORTED;
    const struct schema_value *values = &c->schema->values[node->values.first];
    issue->state = CHOICES_KNOWN;
    issue->choices = ARENA_ARRAY(c->arena, const struct schema_value *, node->values.n);
    for (unsigned i = 0; i < node->values.n; i++) issue->choices[i] = &values[i];
    issue->n_choices = node->values.n;
    if (one) issue_text(c, issue, "expected", literal_text(c, values));
    add_allowed(c, issue);
    words_choice(c, issue, n);
    return ABORTED;
}

/* ---- ranges ------------------------------------------------------------------------------------
 */

static enum verdict out_of_bounds(struct checking *c, node_id n, bool big, const char *origin,
                                  bool exclusive, double bound, const char *unit) {
    struct issue *issue = checking_issue(c, big ? "too_big" : "too_small", HAS_ISSUES, n, 0);
    if (!issue) return HAS_ISSUES;
    const char *op = big ? exclusive ? "<" : "<=" : exclusive ? ">" : ">=";
    issue_text(c, issue, "origin", str_from(origin));
    issue_text(c, issue, "op", str_from(op));
    issue_number(c, issue, "bound", bound);
    char number[JS_NUMBER_MAX];
    size_t length = js_number_text(bound, number);
    const char *words = big         ? exclusive ? "less than" : "at most"
                        : exclusive ? "greater than"
                                    : "at least";
    issue_say(c, issue, "this must %s %s %.*s%s", *unit ? "have" : "be", words, (int)length, number,
              unit);
    return HAS_ISSUES;
}

static enum verdict not_whole(struct checking *c, node_id n) {
    struct issue *issue = checking_issue(c, "invalid_type", ABORTED, n, 0);
    if (!issue) return ABORTED;
    issue->state = CHOICES_OPEN;
    issue_text(c, issue, "expected", STR("int"));
    issue_text(c, issue, "received", STR("number"));
    issue_say(c, issue, "this must be a whole number, without a fraction");
    return ABORTED;
}

static enum verdict check_number(struct checking *c, node_id n, const struct schema_node *node) {
    double x = tree_node(c->tree, n)->u.number;
    bool whole = (node->types & (TYPE_NUMBER | TYPE_INTEGER)) == TYPE_INTEGER;
    enum verdict v = FITS;
    if (whole && floor(x) != x) return not_whole(c, n);
    if (whole && x > MAX_SAFE) v |= out_of_bounds(c, n, true, "int", false, MAX_SAFE, "");
    if (whole && x < -MAX_SAFE) v |= out_of_bounds(c, n, false, "int", false, -MAX_SAFE, "");
    /* The schema of a whole number repeats the bounds of safe integers. */
    bool low = node->flags & SCHEMA_HAS_MIN && !(whole && node->min == -MAX_SAFE);
    bool high = node->flags & SCHEMA_HAS_MAX && !(whole && node->max == MAX_SAFE);
    bool over = node->flags & SCHEMA_EXCLUSIVE_MIN, under = node->flags & SCHEMA_EXCLUSIVE_MAX;
    if (low && (over ? x <= node->min : x < node->min))
        v |= out_of_bounds(c, n, false, "number", over, node->min, "");
    if (high && (under ? x >= node->max : x > node->max))
        v |= out_of_bounds(c, n, true, "number", under, node->max, "");
    return v;
}

static enum verdict check_size(struct checking *c, node_id n, const struct schema_node *node,
                               size_t size, const char *origin, const char *unit) {
    if (size < node->min_size)
        return out_of_bounds(c, n, false, origin, false, node->min_size, unit);
    if (size > node->max_size)
        return out_of_bounds(c, n, true, origin, false, node->max_size, unit);
    return FITS;
}

/* ---- texts -------------------------------------------------------------------------------------
 */

/* Patterns for which the gateway has words of its own. */
static const struct {
    const char *pattern, *kind, *advice;
} own_words[] = {
    {"^[A-Z][A-Z0-9_]{0,127}$", "secretref_id",
     "this must be the name of an environment variable: A-Z, 0-9 and _, beginning with a letter"},
    {"^[a-z][a-z0-9_-]{0,63}$", "secretref_provider_name",
     "the name of a secret provider is a-z, 0-9, _ and -, beginning with a letter"},
    {"^#?[0-9a-fA-F]{6}$", "hex_color", "a colour is six hexadecimal digits, as #1a2b3c"},
};

static enum verdict bad_pattern(struct checking *c, node_id n, uint16_t pattern) {
    struct str text = schema_str(c->schema, c->schema->patterns[pattern - 1]);
    const char *kind = "invalid_string", *advice = NULL;
    for (size_t i = 0; i < sizeof own_words / sizeof *own_words; i++)
        if (str_equal(text, str_from(own_words[i].pattern))) {
            kind = own_words[i].kind;
            advice = own_words[i].advice;
        }
    struct issue *issue = checking_issue(c, kind, HAS_ISSUES, n, 0);
    if (issue && advice) issue_say(c, issue, "%s", advice);
    if (issue && !advice)
        issue_say(c, issue, "this text does not have the form that is wanted: " STR_FMT,
                  STR_ARG(text));
    return HAS_ISSUES;
}

static enum verdict bad_format(struct checking *c, node_id n, struct str format) {
    struct issue *issue = checking_issue(c, "invalid_string", HAS_ISSUES, n, 0);
    bool url = str_equal(format, STR("uri"));
    if (issue && url) issue_say(c, issue, "this must be a URL, such as https://example.org/path");
    if (issue && !url) issue_say(c, issue, "this is no " STR_FMT, STR_ARG(format));
    return HAS_ISSUES;
}

static enum verdict check_string(struct checking *c, node_id n, const struct schema_node *node) {
    struct str text = tree_text(c->tree, n);
    enum verdict v = FITS;
    if (node->min_size || node->max_size != UINT32_MAX)
        v |= check_size(c, n, node, schema_length(text, true), "string", " characters");
    if (node->pattern && !schema_pattern_fits(c, node->pattern, text))
        v |= bad_pattern(c, n, node->pattern);
    if (node->format) {
        struct str format = schema_str(c->schema, c->schema->texts[node->format - 1]);
        if (!schema_format_fits(format, text)) v |= bad_format(c, n, format);
    }
    return v;
}

bool schema_key_fits(struct checking *c, schema_id id, struct str key) {
    const struct schema_node *node = &c->schema->nodes[id];
    if (node->types && !(node->types & TYPE_STRING)) return false;
    if (node->min_size && schema_length(key, true) < node->min_size) return false;
    if (node->max_size != UINT32_MAX && schema_length(key, true) > node->max_size) return false;
    if (node->pattern && !schema_pattern_fits(c, node->pattern, key)) return false;
    bool any = !node->values.n;
    for (unsigned i = 0; i < node->values.n && !any; i++)
        any = str_equal(key, choice_text(c, &c->schema->values[node->values.first + i]));
    for (unsigned i = 0; i < node->all_of.n && any; i++)
        any = schema_key_fits(c, c->schema->ids[node->all_of.first + i], key);
    if (any && node->any_of.n) {
        any = false;
        for (unsigned i = 0; i < node->any_of.n && !any; i++)
            any = schema_key_fits(c, c->schema->ids[node->any_of.first + i], key);
    }
    return any;
}

/* ---- objects and arrays ------------------------------------------------------------------------
 */

static enum verdict bad_key(struct checking *c, node_id member) {
    struct issue *issue = checking_issue(c, "invalid_record_key", ABORTED, member, 0);
    if (!issue) return ABORTED;
    issue->state = CHOICES_OPEN;
    issue->diag.span = tree_key_span(c->tree, member);
    issue_say(c, issue, "this key does not have the form that is wanted here");
    return ABORTED;
}

static enum verdict unknown_keys(struct checking *c, node_id n, const struct schema_node *node,
                                 const node_id *members, size_t count) {
    struct issue *issue = checking_issue(c, "unrecognized_key", HAS_ISSUES, n, 0);
    if (!issue) return HAS_ISSUES;
    struct str *keys = ARENA_ARRAY(c->arena, struct str, count);
    for (size_t i = 0; i < count; i++)
        keys[i] = tree_key_text(c->tree, tree_node(c->tree, members[i])->key);
    issue_list(c, issue, "keys", keys, count);
    words_unknown_keys(c, issue, n, node, members, count);
    return HAS_ISSUES;
}

static enum verdict check_required(struct checking *c, node_id n, const struct schema_node *node) {
    enum verdict v = FITS;
    for (unsigned i = 0; i < node->required.n; i++) {
        uint16_t key = c->schema->ids[node->required.first + i];
        struct str name = schema_str(c->schema, c->schema->keys[key]);
        if (tree_member(c->tree, n, name)) continue;
        schema_id wanted = schema_property(c->schema, node, key);
        if (wanted == SCHEMA_UNKNOWN || !wanted) continue;
        checking_enter_key(c, name);
        v |= schema_check(c, 0, n, wanted);
        checking_leave(c);
    }
    return v;
}

static bool is_at(const struct checking *c, size_t i, struct str key) {
    return c->path.v[i].key.p && str_equal(c->path.v[i].key, key);
}

/* Whether a member of the value at hand is a channel or the config of a plugin, which the other
 * validator will check. */
static bool is_apart(const struct checking *c, node_id member, struct str key) {
    if (c->path.n == 1 && is_at(c, 0, STR("channels")))
        return c->newer && !str_equal(key, STR("defaults")) &&
               !str_equal(key, STR("modelByChannel"));
    return c->path.n == 3 && is_at(c, 0, STR("plugins")) && is_at(c, 1, STR("entries")) &&
           str_equal(key, STR("config")) && tree_is(c->tree, member, NODE_OBJECT);
}

static enum verdict check_member(struct checking *c, node_id member, const struct schema_node *node,
                                 schema_id found) {
    struct str key = tree_key_text(c->tree, tree_node(c->tree, member)->key);
    enum verdict v = FITS;
    if (is_apart(c, member, key)) return FITS;
    checking_enter_key(c, key);
    checking_at(c, member);
    if (found == SCHEMA_UNKNOWN && node->names && !schema_key_fits(c, node->names, key))
        v = bad_key(c, member);
    else
        v = schema_check(c, member, 0, found == SCHEMA_UNKNOWN ? node->additional : found);
    checking_leave(c);
    return v;
}

/* The first pattern that the member's name has decides; SCHEMA_UNKNOWN: it has none. */
static schema_id patterned_member(struct checking *c, const struct schema_node *node, key_id key) {
    struct str name = tree_key_text(c->tree, key);
    for (unsigned i = 0; i < node->patterned.n; i++) {
        const struct schema_property *p = &c->schema->properties[node->patterned.first + i];
        if (schema_pattern_fits(c, (uint16_t)(p->key + 1), name)) return p->node;
    }
    return SCHEMA_UNKNOWN;
}

static enum verdict check_object(struct checking *c, node_id n, const struct schema_node *node) {
    ARRAY(node_id) unknown = {0};
    enum verdict v = FITS;
    for (TREE_EACH(c->tree, member, n)) {
        if (tree_node(c->tree, member)->tag == NODE_TAG_RESET) continue;
        key_id key = tree_node(c->tree, member)->key;
        schema_id found = schema_property_of(c, node, key);
        if (found == SCHEMA_UNKNOWN) found = patterned_member(c, node, key);
        if (found == 0) continue;
        if (found != SCHEMA_UNKNOWN || !(node->flags & SCHEMA_CLOSED)) {
            if (found != SCHEMA_UNKNOWN || node->additional || node->names)
                v |= check_member(c, member, node, found);
        } else if (c->quiet) {
            return HAS_ISSUES;
        } else {
            ARRAY_PUSH(c->arena, unknown) = member;
        }
        if (v && c->quiet) return v;
    }
    v |= check_required(c, n, node);
    if (unknown.n) v |= unknown_keys(c, n, node, unknown.v, unknown.n);
    if (node->min_size || node->max_size != UINT32_MAX)
        v |= check_size(c, n, node, tree_node(c->tree, n)->n, "object", " members");
    if (!(v & ABORTED)) v |= schema_check_shape(c, n, node);
    return v;
}

static enum verdict check_array(struct checking *c, node_id n, const struct schema_node *node) {
    enum verdict v = FITS;
    uint32_t i = 0;
    for (TREE_EACH(c->tree, item, n)) {
        schema_id id = i < node->tuple.n ? c->schema->ids[node->tuple.first + i] : node->items;
        if (id) {
            checking_enter_index(c, i);
            checking_at(c, item);
            v |= schema_check(c, item, 0, id);
            checking_leave(c);
        }
        if (v && c->quiet) return v;
        i++;
    }
    return v | check_size(c, n, node, i, "array", " items");
}

/* ---- any value ---------------------------------------------------------------------------------
 */

static enum verdict check_by_kind(struct checking *c, node_id n, const struct schema_node *node) {
    switch ((enum node_kind)tree_node(c->tree, n)->kind) {
    case NODE_OBJECT: return check_object(c, n, node);
    case NODE_ARRAY: return check_array(c, n, node);
    case NODE_STRING: return check_string(c, n, node);
    case NODE_NUMBER: return check_number(c, n, node);
    default: return FITS;
    }
}

static enum verdict check_combined(struct checking *c, node_id n, node_id owner,
                                   const struct schema_node *node) {
    enum verdict v = FITS;
    if (node->any_of.n) v |= schema_check_union(c, n, owner, node->any_of, false);
    if (node->one_of.n) v |= schema_check_union(c, n, owner, node->one_of, true);
    for (unsigned i = 0; i < node->all_of.n; i++)
        v |= schema_check(c, n, owner, c->schema->ids[node->all_of.first + i]);
    return v;
}

bool schema_is_unknown(const struct checking *c, node_id n, const struct schema_node *node) {
    static const unsigned scalars = TYPE_STRING | TYPE_NUMBER | TYPE_INTEGER | TYPE_BOOL;
    if (c->compose && n && tree_node(c->tree, n)->flags & NODE_SUBSTITUTED)
        return node->types & scalars;
    return n && tree_node(c->tree, n)->flags & NODE_SYMBOLIC &&
           (!node->types || node->types & TYPE_STRING);
}

enum verdict schema_check(struct checking *c, node_id n, node_id owner, schema_id id) {
    const struct schema_node *node = &c->schema->nodes[id];
    enum verdict v = FITS;
    if (!id) return FITS;
    if (!checking_spend(c, n)) return ABORTED;
    if (schema_is_unknown(c, n, node)) return FITS;
    if (node->values.n)
        v = schema_check_choice(c, n, owner, node);
    else if (node->flags & SCHEMA_NEVER ||
             (node->types && (!n || !(schema_type_of(tree_node(c->tree, n)) & node->types))))
        v = schema_wrong_type(c, n, owner, node);
    else if (n)
        v = check_by_kind(c, n, node);
    if (!(v & ABORTED)) v |= check_combined(c, n, owner, node);
    return v;
}
