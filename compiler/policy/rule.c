#include "policy/rule_reading.h"

#include <string.h>

#include "base/buf.h"
#include "load/read.h"

const char *const rule_families[] = {"isolation", "routing", "access",  "tools",
                                     "sandbox",   "gateway", "hooks",   "secrets",
                                     "models",    "fleet",   "hygiene", NULL};

struct rule_reading {
    struct arena *arena;
    struct reading r;
    node_id root;
    struct rule *rule;
};

static void mistake(struct rule_reading *s, node_id at, const char *what) {
    struct span span = at ? tree_key_span(s->r.tree, at) : tree_span(s->r.tree, s->root);
    diag_add(s->r.diags, SEVERITY_ERROR, "rule", span, "%s", what);
}

static void add_condition(struct rule_reading *s, const char *key, node_id object,
                          const struct cel_program *program) {
    if (program)
        ARRAY_PUSH(s->arena, s->rule->conditions) = (struct rule_condition){
            .key = key, .program = program, .at = tree_member(s->r.tree, object, STR("when"))};
}

static struct str member_text(struct rule_reading *s, node_id object, const char *key) {
    return tree_text(s->r.tree, read_member(&s->r, object, key, NODE_STRING));
}

/* ---- expressions -------------------------------------------------------------------------------
 */

static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Blanks may differ: a text that is folded over several lines has one where the file has a line
 * break and an indent. A text with escapes in it cannot be followed. */
struct span rule_expression_span(const struct tree *t, node_id n, uint32_t offset) {
    struct span span = tree_span(t, n);
    struct str source = source_text(t->sources, span.file), text = tree_text(t, n);
    uint32_t at = span.start;
    if (at < span.end && (source.p[at] == '"' || source.p[at] == '\'')) at++;
    if (at < span.end && (source.p[at] == '>' || source.p[at] == '|'))
        while (at < span.end && source.p[at] != '\n') at++;
    for (uint32_t i = 0; i <= offset && i < text.n; i++) {
        while (at < span.end && is_blank(source.p[at]) && !is_blank(text.p[i])) at++;
        if (at >= span.end) return span;
        if (i == offset) break;
        if (is_blank(text.p[i])) {
            while (at < span.end && is_blank(source.p[at])) at++;
            while (i + 1 < text.n && i + 1 < offset && is_blank(text.p[i + 1])) i++;
        } else if (source.p[at++] != text.p[i]) {
            return span;
        }
    }
    return (struct span){span.file, at, at < span.end ? at + 1 : at};
}

static const struct cel_program *compile_at(struct rule_reading *s, node_id n, struct str source,
                                            uint32_t offset) {
    struct cel_error error;
    const struct cel_program *p = cel_compile(s->arena, &s->rule->env, source, &error);
    if (!p)
        diag_add(s->r.diags, SEVERITY_ERROR, "rule",
                 rule_expression_span(s->r.tree, n, offset + error.offset), STR_FMT,
                 STR_ARG(error.message));
    return p;
}

static const struct cel_program *compile_member(struct rule_reading *s, node_id object,
                                                const char *key, bool condition) {
    node_id n = read_member(&s->r, object, key, NODE_STRING);
    if (!n) return NULL;
    s->rule->env.conditions = condition;
    const struct cel_program *p = compile_at(s, n, tree_text(s->r.tree, n), 0);
    s->rule->env.conditions = false;
    if (!p || !condition) return p;
    enum cel_kind kind = cel_result_type(p).kind;
    if (kind != CEL_BOOL && kind != CEL_DYN) mistake(s, n, "a condition must be true or false");
    return p;
}

/* The end of the expression that begins at `at`: its closing brace, braces and quotes within it
 * skipped. */
static size_t expression_end(struct str text, size_t at) {
    int depth = 0;
    char quote = 0;
    for (; at < text.n; at++) {
        char c = text.p[at];
        if (quote) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '{') {
            depth++;
        } else if (c == '}' && depth-- == 0) {
            return at;
        }
    }
    return SIZE_MAX;
}

struct parts {
    ARRAY(struct template_part) list;
};

/* `{{` and `}}` stand for a brace. */
static bool is_doubled_brace(struct str text, size_t at) {
    char c = text.p[at];
    return (c == '{' || c == '}') && at + 1 < text.n && text.p[at + 1] == c;
}

static void add_literal(struct rule_reading *s, struct parts *parts, struct str literal) {
    if (literal.n) ARRAY_PUSH(s->arena, parts->list) = (struct template_part){literal, NULL};
}

static struct template read_template(struct rule_reading *s, node_id n, struct str text) {
    struct parts parts = {0};
    size_t from = 0;
    for (size_t at = 0; at < text.n; at++) {
        if (is_doubled_brace(text, at)) {
            add_literal(s, &parts, str_slice(text, from, at + 1));
            from = at + 2;
            at++;
            continue;
        }
        if (text.p[at] != '{') continue;
        size_t end = expression_end(text, at + 1);
        if (end == SIZE_MAX) {
            mistake(s, n, "an opening brace has no closing one; `{...}` holds an expression");
            break;
        }
        add_literal(s, &parts, str_slice(text, from, at));
        struct str source = str_slice(text, at + 1, end);
        ARRAY_PUSH(s->arena, parts.list) =
            (struct template_part){source, compile_at(s, n, source, (uint32_t)at + 1)};
        from = end + 1;
        at = end;
    }
    add_literal(s, &parts, str_slice(text, from, text.n));
    return (struct template){parts.list.v, parts.list.n};
}

static struct template template_member(struct rule_reading *s, const char *key, bool required) {
    node_id n = read_member(&s->r, s->root, key, NODE_STRING);
    if (n) return read_template(s, n, tree_text(s->r.tree, n));
    if (required)
        mistake(s, 0, str_to_c(s->arena, str_format(s->arena, "the rule has no `%s`", key)));
    return (struct template){0};
}

/* ---- fields ------------------------------------------------------------------------------------
 */

bool severity_parse(struct str name, enum severity *s) {
    for (enum severity v = SEVERITY_INFO; v <= SEVERITY_CRITICAL; v++)
        if (str_equal(name, str_from(severity_name(v)))) {
            *s = v;
            return true;
        }
    return false;
}

static bool confidence_parse(struct str name, enum confidence *c) {
    for (enum confidence v = CONFIDENCE_LOW; v <= CONFIDENCE_HIGH; v++)
        if (str_equal(name, str_from(confidence_name(v)))) {
            *c = v;
            return true;
        }
    return false;
}

static void read_severity(struct rule_reading *s) {
    struct rule *rule = s->rule;
    if (!severity_parse(member_text(s, s->root, "severity"), &rule->severity))
        mistake(s, tree_member(s->r.tree, s->root, STR("severity")),
                "`severity` must be critical, warn or info");
    rule->info.severity = rule->severity;
    node_id raise = read_member(&s->r, s->root, "raise", NODE_OBJECT);
    if (raise && severity_parse(member_text(s, raise, "severity"), &rule->raised) &&
        rule->raised > rule->info.severity)
        rule->info.severity = rule->raised;
}

static void compile_raise(struct rule_reading *s) {
    node_id raise = read_member(&s->r, s->root, "raise", NODE_OBJECT);
    enum severity severity;
    if (!raise) return;
    s->rule->raise_when = compile_member(s, raise, "when", true);
    add_condition(s, "raise", raise, s->rule->raise_when);
    if (!s->rule->raise_when || !severity_parse(member_text(s, raise, "severity"), &severity))
        mistake(s, raise, "`raise` needs `severity` and `when`");
}

static void compile_doubt(struct rule_reading *s, node_id n, struct rule_doubt *doubt) {
    if (!read_is(&s->r, n, NODE_OBJECT)) return;
    doubt->when = compile_member(s, n, "when", true);
    add_condition(s, "doubt", n, doubt->when);
    if (!doubt->when || !confidence_parse(member_text(s, n, "confidence"), &doubt->confidence))
        mistake(s, n, "`doubt` needs `confidence` and `when`");
}

/* One, or a list of them. */
static void compile_doubts(struct rule_reading *s) {
    node_id n = tree_member(s->r.tree, s->root, STR("doubt"));
    if (!n) return;
    bool is_list = tree_is(s->r.tree, n, NODE_ARRAY);
    struct rule_doubt *v =
        ARENA_ARRAY(s->arena, struct rule_doubt, is_list ? tree_node(s->r.tree, n)->n : 1);
    s->rule->doubts = v;
    if (!is_list) {
        compile_doubt(s, n, &v[s->rule->n_doubts++]);
        return;
    }
    for (TREE_EACH(s->r.tree, item, n)) compile_doubt(s, item, &v[s->rule->n_doubts++]);
}

static void read_confidence(struct rule_reading *s) {
    struct rule *rule = s->rule;
    rule->confidence = CONFIDENCE_HIGH;
    node_id n = read_member(&s->r, s->root, "confidence", NODE_STRING);
    if (n && !confidence_parse(tree_text(s->r.tree, n), &rule->confidence))
        mistake(s, n, "`confidence` must be high, medium or low");
    rule->info.confidence = rule->confidence;
}

static void read_family(struct rule_reading *s) {
    struct rule_info *info = &s->rule->info;
    info->family = member_text(s, s->root, "family");
    for (const char *const *f = rule_families; *f; f++)
        if (str_equal(info->family, str_from(*f))) return;
    mistake(s, tree_member(s->r.tree, s->root, STR("family")),
            "`family` must be isolation, routing, access, tools, sandbox, gateway, hooks, secrets, "
            "models, fleet or hygiene");
}

static void read_range(struct rule_reading *s) {
    struct str name = member_text(s, s->root, "for");
    s->rule->range = fact_range_find(name);
    if (!s->rule->range) {
        struct buf b = buf_new(s->arena);
        buf_add(&b, STR("`for` must be one of "));
        for (size_t i = 0; i < fact_range_count; i++)
            buf_addf(&b, "%s%s", i ? ", " : "", fact_ranges[i].name);
        mistake(s, tree_member(s->r.tree, s->root, STR("for")), str_to_c(s->arena, buf_str(&b)));
        s->rule->range = &fact_ranges[0];
    }
    const struct fact_range *range = s->rule->range;
    struct cel_variable *v = ARENA_ARRAY(s->arena, struct cel_variable, 3);
    v[0] = (struct cel_variable){range->name, CEL_TYPE_OBJECT(range->type)};
    v[1] = (struct cel_variable){"gateway", CEL_TYPE_OBJECT(&fact_gateway)};
    size_t n = range->fleet || range->type == &fact_gateway ? 1 : 2;
    rule_parameters_read(s->arena, &s->r, tree_member(s->r.tree, s->root, STR("parameters")),
                         s->rule);
    if (s->rule->n_parameters)
        v[n++] = (struct cel_variable){"parameters", CEL_TYPE_OBJECT(&s->rule->parameters_type)};
    s->rule->env = (struct cel_env){.variables = v, .n = n};
}

/* Within an item of `related` with `each`, `item` is a variable, too. */
static void compile_each(struct rule_reading *s, node_id item, struct rule_related *related,
                         struct cel_variable *variables) {
    related->each = compile_member(s, item, "each", false);
    if (!related->each) return;
    struct cel_type list = cel_result_type(related->each);
    if (list.kind != CEL_LIST && list.kind != CEL_DYN) mistake(s, item, "`each` must be a list");
    size_t n = s->rule->env.n;
    memcpy(variables, s->rule->env.variables, n * sizeof *variables);
    variables[n] = (struct cel_variable){
        "item", {.kind = list.element, .element = CEL_DYN, .object = list.object}};
    s->rule->env = (struct cel_env){.variables = variables, .n = n + 1};
}

static void compile_related_item(struct rule_reading *s, node_id item,
                                 struct rule_related *related) {
    struct cel_env outside = s->rule->env;
    compile_each(s, item, related, ARENA_ARRAY(s->arena, struct cel_variable, outside.n + 1));
    node_id message = read_member(&s->r, item, "message", NODE_STRING);
    related->when = compile_member(s, item, "when", true);
    related->at = compile_member(s, item, "at", false);
    if (message) related->message = read_template(s, message, tree_text(s->r.tree, message));
    if (!message || (!related->at && !related->each))
        mistake(s, item, "a related place needs `at` (or `each`) and `message`");
    s->rule->env = outside;
}

static void compile_related(struct rule_reading *s) {
    node_id list = read_member(&s->r, s->root, "related", NODE_ARRAY);
    if (!list) return;
    struct rule_related *v =
        ARENA_ARRAY(s->arena, struct rule_related, tree_node(s->r.tree, list)->n);
    size_t n = 0;
    for (TREE_EACH(s->r.tree, item, list))
        if (read_is(&s->r, item, NODE_OBJECT)) compile_related_item(s, item, &v[n++]);
    s->rule->related = v;
    s->rule->n_related = n;
}

/* The rule's name: variable parts at the end (a rank, the accounts) are of its findings. */
static struct str without_tail(struct str id) {
    while (str_ends(id, STR(">"))) {
        size_t dot = id.n;
        while (dot && id.p[dot - 1] != '.') dot--;
        if (dot < 2) break;
        id.n = dot - 1;
    }
    return id;
}

static void read_id(struct rule_reading *s) {
    node_id n = read_member(&s->r, s->root, "id", NODE_STRING);
    struct str id = tree_text(s->r.tree, n);
    s->rule->info.pattern = id;
    s->rule->info.id = without_tail(id);
    if (!id.n) mistake(s, n, "the rule has no `id`");
}

/* The id may hold <name> placeholders; `fill` says what stands for each. */
static void compile_id(struct rule_reading *s) {
    node_id n = read_member(&s->r, s->root, "id", NODE_STRING);
    struct str id = tree_text(s->r.tree, n);
    node_id fill = read_member(&s->r, s->root, "fill", NODE_OBJECT);
    struct parts parts = {0};
    size_t from = 0, open;
    while ((open = str_find(id, STR("<"), from)) != SIZE_MAX) {
        size_t close = str_find(id, STR(">"), open);
        if (close == SIZE_MAX) break;
        ARRAY_PUSH(s->arena, parts.list) = (struct template_part){str_slice(id, from, open), NULL};
        char *name = str_to_c(s->arena, str_slice(id, open + 1, close));
        const struct cel_program *p = compile_member(s, fill, name, false);
        if (!p) mistake(s, n, "`fill` must say what stands for each <name> of the id");
        ARRAY_PUSH(s->arena, parts.list) = (struct template_part){STR(""), p};
        from = close + 1;
    }
    ARRAY_PUSH(s->arena, parts.list) = (struct template_part){str_slice(id, from, id.n), NULL};
    s->rule->id = (struct template){parts.list.v, parts.list.n};
}

static void read_example(struct rule_reading *s) {
    node_id n = read_member(&s->r, s->root, "example", NODE_OBJECT);
    struct rule_example *e = &s->rule->example;
    if (!n) return;
    e->before = member_text(s, n, "before");
    e->after = member_text(s, n, "after");
    e->beside = member_text(s, n, "beside");
    e->file = member_text(s, n, "file");
    e->gateway = member_text(s, n, "gateway");
    e->policy = member_text(s, n, "policy");
    if (!e->before.n || !e->after.n) mistake(s, n, "`example` needs `before` and `after`");
}

bool version_in(const struct version_range *range, struct str version) {
    if (range->since.n && gateway_version_compare(version, range->since) < 0) return false;
    return !range->until.n || gateway_version_compare(version, range->until) <= 0;
}

static void refuse_other_keys(struct rule_reading *s, node_id object, const char *first,
                              const char *second) {
    for (TREE_EACH(s->r.tree, value, object)) {
        struct str key = tree_key_text(s->r.tree, tree_node(s->r.tree, value)->key);
        if (!str_equal(key, str_from(first)) && !str_equal(key, str_from(second)))
            mistake(s, value,
                    str_to_c(s->arena, str_format(s->arena, "only `%s` and `%s` may stand here",
                                                  first, second)));
    }
}

/* `since` and `until`, each a version, or one of them. */
static void read_versions(struct rule_reading *s, const char *key, struct version_range *range) {
    node_id n = read_member(&s->r, s->root, key, NODE_OBJECT);
    if (!n) return;
    *range = (struct version_range){true, member_text(s, n, "since"), member_text(s, n, "until")};
    refuse_other_keys(s, n, "since", "until");
    bool readable = (!range->since.n || gateway_version_is_readable(range->since)) &&
                    (!range->until.n || gateway_version_is_readable(range->until));
    if (!readable || (!range->since.n && !range->until.n))
        mistake(s, n, "gateway versions are given as `since: \"2026.3.13\"`, `until`, or both");
}

static void refuse_unknown_keys(struct rule_reading *s) {
    static const char *const known[] = {"id",      "title",      "family",        "severity",
                                        "raise",   "confidence", "doubt",         "for",
                                        "fill",    "when",       "message",       "at",
                                        "related", "why",        "fix",           "false_positives",
                                        "example", "versions",   "gateway_audit", "parameters",
                                        "tests",   "mechanical"};
    for (TREE_EACH(s->r.tree, value, s->root)) {
        struct str key = tree_key_text(s->r.tree, tree_node(s->r.tree, value)->key);
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            found = found || str_equal(key, str_from(known[i]));
        if (!found) mistake(s, value, "no rule has such a key");
    }
}

struct rule *rule_read(struct arena *a, struct tree *t, node_id root, struct diags *d) {
    struct rule_reading s = {
        .arena = a, .r = {t, d}, .root = root, .rule = ARENA_NEW(a, struct rule)};
    s.rule->arena = a;
    s.rule->tree = t;
    s.rule->root = root;
    s.rule->diags = d;
    refuse_unknown_keys(&s);
    read_range(&s);
    read_id(&s);
    read_family(&s);
    read_severity(&s);
    read_confidence(&s);
    read_versions(&s, "versions", &s.rule->versions);
    read_versions(&s, "gateway_audit", &s.rule->info.gateway_audit);
    s.rule->info.title = member_text(&s, root, "title");
    s.rule->info.why = member_text(&s, root, "why");
    s.rule->info.fix = member_text(&s, root, "fix");
    s.rule->false_positives = member_text(&s, root, "false_positives");
    if (!s.rule->info.title.n) mistake(&s, 0, "the rule has no `title`");
    if (!tree_member(t, root, STR("when"))) mistake(&s, 0, "the rule has no condition: `when`");
    node_id mechanical = read_member(&s.r, root, "mechanical", NODE_BOOL);
    s.rule->mechanical = mechanical && tree_node(t, mechanical)->u.boolean;
    read_example(&s);
    return s.rule;
}

static struct rule_reading go_on(struct rule *rule) {
    return (struct rule_reading){
        .arena = rule->arena, .r = {rule->tree, rule->diags}, .root = rule->root, .rule = rule};
}

void rule_compile_condition(struct rule *rule) {
    if (rule->compiled >= RULE_CONDITION) return;
    struct rule_reading s = go_on(rule);
    rule->compiled = RULE_CONDITION;
    rule->when = compile_member(&s, rule->root, "when", true);
    add_condition(&s, "when", rule->root, rule->when);
}

void rule_compile(struct rule *rule) {
    rule_compile_condition(rule);
    if (rule->compiled >= RULE_WHOLE) return;
    struct rule_reading s = go_on(rule);
    rule->compiled = RULE_WHOLE;
    compile_id(&s);
    compile_raise(&s);
    compile_doubts(&s);
    rule->at = compile_member(&s, rule->root, "at", false);
    rule->message = template_member(&s, "message", true);
    rule->why = template_member(&s, "why", false);
    rule->fix = template_member(&s, "fix", true);
    compile_related(&s);
}
