/* Parameters: what a project may choose of a rule, such as a number that it counts up to. */
#include <math.h>

#include "policy/rule_reading.h"

static struct cel_value get_parameter(struct cel_run *run, const void *object, size_t field) {
    (void)run;
    return ((const struct rule *)object)->parameters[field].value;
}

/* A list of texts; kind CEL_ERROR when something else is among them. */
static struct cel_value list_of(struct arena *a, const struct tree *t, node_id n) {
    struct cel_value *v = ARENA_ARRAY(a, struct cel_value, tree_node(t, n)->n);
    size_t count = 0;
    for (TREE_EACH(t, item, n)) {
        if (!tree_is(t, item, NODE_STRING)) return (struct cel_value){.kind = CEL_ERROR};
        v[count++] = cel_string(tree_text(t, item));
    }
    return cel_list(v, count);
}

/* The value of a node; kind CEL_ERROR when a parameter cannot be that. */
static struct cel_value value_of(struct arena *a, const struct tree *t, node_id n) {
    enum { INT_MAX_EXACT = 1 << 30 };
    const struct node *node = tree_node(t, n);
    if (n && node->kind == NODE_BOOL) return cel_bool(node->u.boolean);
    if (n && node->kind == NODE_STRING) return cel_string(tree_text(t, n));
    if (n && node->kind == NODE_ARRAY) return list_of(a, t, n);
    if (!n || node->kind != NODE_NUMBER) return (struct cel_value){.kind = CEL_ERROR};
    double x = node->u.number;
    if (x == floor(x) && fabs(x) <= INT_MAX_EXACT) return cel_int((int64_t)x);
    return cel_double(x);
}

static struct cel_type type_of(struct cel_value v) {
    if (v.kind == CEL_LIST) return (struct cel_type)CEL_TYPE_LIST(CEL_STRING);
    return (struct cel_type){.kind = (enum cel_kind)v.kind, .element = CEL_DYN};
}

static void refuse(const struct reading *r, node_id n, const char *what) {
    diag_add(r->diags, SEVERITY_ERROR, "rule", tree_key_span(r->tree, n), "%s", what);
}

/* NAME: { default: VALUE, meaning: TEXT } */
static void read_parameter(struct arena *a, const struct reading *r, node_id n,
                           struct rule_parameter *p) {
    p->name = tree_key_text(r->tree, tree_node(r->tree, n)->key);
    p->meaning = tree_text(r->tree, read_member(r, n, "meaning", NODE_STRING));
    p->preset = p->value = value_of(a, r->tree, tree_member(r->tree, n, STR("default")));
    bool whole = tree_is(r->tree, n, NODE_OBJECT) && tree_node(r->tree, n)->n == 2;
    if (!whole || p->value.kind == CEL_ERROR || !p->meaning.n)
        refuse(
            r, n,
            "a parameter has a `default` (true or false, a number, a text or a list of texts) and "
            "a `meaning`");
}

void rule_parameters_read(struct arena *a, const struct reading *r, node_id n, struct rule *rule) {
    if (!n || !read_is(r, n, NODE_OBJECT)) return;
    size_t count = tree_node(r->tree, n)->n, i = 0;
    rule->parameters = ARENA_ARRAY(a, struct rule_parameter, count);
    struct cel_field *fields = ARENA_ARRAY(a, struct cel_field, count);
    for (TREE_EACH(r->tree, item, n)) {
        struct rule_parameter *p = &rule->parameters[i];
        read_parameter(a, r, item, p);
        fields[i++] =
            (struct cel_field){str_to_c(a, p->name), type_of(p->value), str_to_c(a, p->meaning)};
    }
    rule->n_parameters = i;
    rule->parameters_type = (struct cel_object_type){.name = "parameters",
                                                     .doc = "What a project may choose.",
                                                     .fields = fields,
                                                     .n_fields = i,
                                                     .get = get_parameter};
}

/* ---- what a project chooses --------------------------------------------------------------------
 */

static struct rule_parameter *parameter_of(struct rule *rule, struct str name) {
    for (size_t i = 0; i < rule->n_parameters; i++)
        if (str_equal(rule->parameters[i].name, name)) return &rule->parameters[i];
    return NULL;
}

static const char *kind_in_words(enum cel_kind kind) {
    switch (kind) {
    case CEL_BOOL: return "true or false";
    case CEL_INT: return "a whole number";
    case CEL_DOUBLE: return "a number";
    case CEL_LIST: return "a list of texts";
    default: return "a text";
    }
}

bool rule_choose_parameters(struct arena *a, struct rule *rule, const struct tree *t,
                            node_id values, struct diags *d) {
    size_t before = d->errors;
    for (TREE_EACH(t, n, values)) {
        struct str name = tree_key_text(t, tree_node(t, n)->key);
        struct rule_parameter *p = parameter_of(rule, name);
        struct cel_value v = value_of(a, t, n);
        if (p && p->preset.kind == CEL_DOUBLE && v.kind == CEL_INT) v = cel_double((double)v.u.i);
        if (!p)
            diag_add(d, SEVERITY_ERROR, "project", tree_key_span(t, n),
                     "the rule " STR_FMT " has no parameter `" STR_FMT "`", STR_ARG(rule->info.id),
                     STR_ARG(name));
        else if (v.kind != p->preset.kind)
            diag_add(d, SEVERITY_ERROR, "project", tree_span(t, n), "`" STR_FMT "` must be %s",
                     STR_ARG(name), kind_in_words((enum cel_kind)p->preset.kind));
        else
            p->value = v;
    }
    return d->errors == before;
}

bool rules_choose_parameters(struct arena *a, const struct rules *rules, const struct tree *t,
                             const struct project *project, struct diags *d) {
    bool ok = true;
    for (TREE_EACH(t, n, project->parameters)) {
        struct str id = tree_key_text(t, tree_node(t, n)->key);
        struct rule *rule = NULL;
        for (size_t i = 0; i < rules->list.n && !rule; i++)
            if (str_equal(rules->list.v[i]->info.id, id) ||
                str_equal(rules->list.v[i]->info.pattern, id))
                rule = rules->list.v[i];
        if (!rule)
            diag_add(d, SEVERITY_ERROR, "project", tree_key_span(t, n),
                     "there is no rule `" STR_FMT "`", STR_ARG(id));
        ok = rule && rule_choose_parameters(a, rule, t, n, d) && ok;
    }
    return ok;
}
