#include "policy/rule.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "load/embedded.h"
#include "load/read.h"
#include "syntax/json5.h"
#include "syntax/yaml.h"

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

static struct str member_text(struct rule_reading *s, node_id object, const char *key) {
    return tree_text(s->r.tree, read_member(&s->r, object, key, NODE_STRING));
}

/* ---- expressions -------------------------------------------------------------------------------
 */

/* Where the byte `offset` of a decoded text stands in the file: exact for plain scalars, the scalar
 * itself otherwise. */
static struct span expression_span(struct rule_reading *s, node_id n, uint32_t offset) {
    struct span span = tree_span(s->r.tree, n);
    struct str source = source_text(s->r.tree->sources, span.file);
    struct str written = str_slice(source, span.start, span.end), text = tree_text(s->r.tree, n);
    size_t lead = written.n && (written.p[0] == '"' || written.p[0] == '\'') ? 1 : 0;
    bool same =
        written.n >= lead + text.n && str_equal(str_slice(written, lead, lead + text.n), text);
    if (!same) return span;
    uint32_t at = span.start + (uint32_t)lead + offset;
    return (struct span){span.file, at, at < span.end ? at + 1 : at};
}

static const struct cel_program *compile_at(struct rule_reading *s, node_id n, struct str source,
                                            uint32_t offset) {
    struct cel_error error;
    const struct cel_program *p = cel_compile(s->arena, &s->rule->env, source, &error);
    if (!p)
        diag_add(s->r.diags, SEVERITY_ERROR, "rule", expression_span(s, n, offset + error.offset),
                 STR_FMT, STR_ARG(error.message));
    return p;
}

static const struct cel_program *compile_member(struct rule_reading *s, node_id object,
                                                const char *key, bool condition) {
    node_id n = read_member(&s->r, object, key, NODE_STRING);
    if (!n) return NULL;
    const struct cel_program *p = compile_at(s, n, tree_text(s->r.tree, n), 0);
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
    if (!raise) return;
    rule->raise_when = compile_member(s, raise, "when", true);
    if (!rule->raise_when || !severity_parse(member_text(s, raise, "severity"), &rule->raised))
        mistake(s, raise, "`raise` needs `severity` and `when`");
    if (rule->raised > rule->info.severity) rule->info.severity = rule->raised;
}

static void read_confidence(struct rule_reading *s) {
    struct rule *rule = s->rule;
    rule->confidence = CONFIDENCE_HIGH;
    node_id n = read_member(&s->r, s->root, "confidence", NODE_STRING);
    if (n && !confidence_parse(tree_text(s->r.tree, n), &rule->confidence))
        mistake(s, n, "`confidence` must be high, medium or low");
    rule->info.confidence = rule->confidence;
    node_id doubt = read_member(&s->r, s->root, "doubt", NODE_OBJECT);
    if (!doubt) return;
    rule->doubt_when = compile_member(s, doubt, "when", true);
    if (!rule->doubt_when || !confidence_parse(member_text(s, doubt, "confidence"), &rule->doubted))
        mistake(s, doubt, "`doubt` needs `confidence` and `when`");
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
    struct cel_variable *v = ARENA_ARRAY(s->arena, struct cel_variable, 2);
    v[0] = (struct cel_variable){range->name, CEL_TYPE_OBJECT(range->type)};
    v[1] = (struct cel_variable){"gateway", CEL_TYPE_OBJECT(&fact_gateway)};
    bool alone = range->fleet || range->type == &fact_gateway;
    s->rule->env = (struct cel_env){.variables = v, .n = alone ? 1 : 2};
}

static void read_related(struct rule_reading *s) {
    node_id list = read_member(&s->r, s->root, "related", NODE_ARRAY);
    if (!list) return;
    struct rule_related *v =
        ARENA_ARRAY(s->arena, struct rule_related, tree_node(s->r.tree, list)->n);
    size_t n = 0;
    for (TREE_EACH(s->r.tree, item, list)) {
        if (!read_is(&s->r, item, NODE_OBJECT)) continue;
        node_id message = read_member(&s->r, item, "message", NODE_STRING);
        v[n].when = compile_member(s, item, "when", true);
        v[n].at = compile_member(s, item, "at", false);
        if (message) v[n].message = read_template(s, message, tree_text(s->r.tree, message));
        if (!message || !v[n].at) mistake(s, item, "a related place needs `at` and `message`");
        n++;
    }
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

/* The id may hold <name> placeholders; `fill` says what stands for each. */
static void read_id(struct rule_reading *s) {
    node_id n = read_member(&s->r, s->root, "id", NODE_STRING);
    struct str id = tree_text(s->r.tree, n);
    s->rule->info.pattern = id;
    s->rule->info.id = without_tail(id);
    if (!id.n) mistake(s, n, "the rule has no `id`");
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

static void refuse_unknown_keys(struct rule_reading *s) {
    static const char *const known[] = {"id",      "title",      "family",  "severity",
                                        "raise",   "confidence", "doubt",   "for",
                                        "fill",    "when",       "message", "at",
                                        "related", "why",        "fix",     "false_positives",
                                        "example"};
    for (TREE_EACH(s->r.tree, value, s->root)) {
        struct str key = tree_key_text(s->r.tree, tree_node(s->r.tree, value)->key);
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            found = found || str_equal(key, str_from(known[i]));
        if (!found) mistake(s, value, "no rule has such a key");
    }
}

static struct rule *read_rule(struct arena *a, struct tree *t, node_id root, struct diags *d) {
    struct rule_reading s = {
        .arena = a, .r = {t, d}, .root = root, .rule = ARENA_NEW(a, struct rule)};
    refuse_unknown_keys(&s);
    read_range(&s);
    read_id(&s);
    read_family(&s);
    read_severity(&s);
    read_confidence(&s);
    s.rule->info.title = member_text(&s, root, "title");
    s.rule->info.why = member_text(&s, root, "why");
    s.rule->info.fix = member_text(&s, root, "fix");
    s.rule->false_positives = member_text(&s, root, "false_positives");
    if (!s.rule->info.title.n) mistake(&s, 0, "the rule has no `title`");
    s.rule->when = compile_member(&s, root, "when", true);
    s.rule->at = compile_member(&s, root, "at", false);
    if (!tree_member(t, root, STR("when"))) mistake(&s, 0, "the rule has no condition: `when`");
    s.rule->message = template_member(&s, "message", true);
    s.rule->why = template_member(&s, "why", false);
    s.rule->fix = template_member(&s, "fix", true);
    read_related(&s);
    read_example(&s);
    return s.rule;
}

/* ---- sets of rules -----------------------------------------------------------------------------
 */

static int by_id(const void *left, const void *right) {
    const struct rule *a = *(struct rule *const *)left, *b = *(struct rule *const *)right;
    return str_compare(a->info.id, b->info.id);
}

static void sort_rules(struct rules *rules) {
    if (rules->list.n) qsort(rules->list.v, rules->list.n, sizeof *rules->list.v, by_id);
}

void rules_load_builtin(struct arena *a, struct rules *rules, struct diags *d) {
    struct sources *sources = sources_new(a);
    struct tree *t = tree_new(a, sources);
    for (size_t i = 0; i < embedded_rule_count; i++) {
        const struct embedded *e = &embedded_rules[i];
        struct str name = str_from(e->name);
        uint32_t file = source_add(sources, name, (struct str){e->text, e->n});
        node_id root = json5_parse(t, file, d).root;
        struct rule *rule = read_rule(a, t, root, d);
        rule->info.builtin = true;
        rule->file = name;
        ARRAY_PUSH(a, rules->list) = rule;
    }
    sort_rules(rules);
}

bool rules_load_file(struct tree *t, struct rules *rules, uint32_t file, struct diags *d) {
    size_t before = d->errors;
    node_id root = yaml_parse(t, file, d);
    if (!root || d->errors > before) return false;
    if (!tree_is(t, root, NODE_OBJECT)) {
        diag_add(d, SEVERITY_ERROR, "rule", tree_span(t, root),
                 "a rule file holds one rule, a mapping");
        return false;
    }
    struct rule *rule = read_rule(t->arena, t, root, d);
    rule->file = source_name(t->sources, file);
    for (size_t i = 0; i < rules->list.n; i++)
        if (str_equal(rules->list.v[i]->info.id, rule->info.id))
            diag_add(d, SEVERITY_ERROR, "rule", tree_span(t, tree_member(t, root, STR("id"))),
                     "there is a rule of this id already, in " STR_FMT,
                     STR_ARG(rules->list.v[i]->file));
    ARRAY_PUSH(t->arena, rules->list) = rule;
    return d->errors == before;
}

static void load_path(struct tree *t, struct rules *rules, const char *path, struct diags *d) {
    uint32_t file;
    const char *reason = "";
    if (source_read(t->sources, path, str_from(path), &file, &reason) == SOURCE_OK)
        (void)rules_load_file(t, rules, file, d);
    else
        diag_add(d, SEVERITY_ERROR, "read_failed", SPAN_NONE, "rule file %s: %s", path, reason);
}

static int by_text(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

struct paths_found {
    ARRAY(const char *) list;
};

bool rules_load_directory(struct tree *t, struct rules *rules, const char *path, struct diags *d) {
    size_t before = d->errors;
    DIR *dir = opendir(path);
    if (!dir) {
        diag_add(d, SEVERITY_ERROR, "read_failed", SPAN_NONE, "rule directory %s: %s", path,
                 strerror(errno));
        return false;
    }
    struct paths_found found = {0};
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        struct str name = str_from(entry->d_name);
        if (entry->d_name[0] == '.' ||
            !(str_ends(name, STR(".yaml")) || str_ends(name, STR(".yml"))))
            continue;
        ARRAY_PUSH(t->arena, found.list) = str_format(t->arena, "%s/%s", path, entry->d_name).p;
    }
    closedir(dir);
    if (found.list.n) qsort(found.list.v, found.list.n, sizeof *found.list.v, by_text);
    for (size_t i = 0; i < found.list.n; i++) load_path(t, rules, found.list.v[i], d);
    sort_rules(rules);
    return d->errors == before;
}

/* Whether `id` is `pattern` with something in place of each <name>. */
static bool id_matches(struct str pattern, struct str id) {
    size_t p = 0, i = 0;
    while (p < pattern.n) {
        if (pattern.p[p] != '<') {
            if (i >= id.n || pattern.p[p++] != id.p[i++]) return false;
            continue;
        }
        size_t close = str_find(pattern, STR(">"), p);
        if (close == SIZE_MAX) return false;
        struct str rest = str_slice(pattern, close + 1, pattern.n);
        for (size_t end = i + 1; end <= id.n; end++)
            if (id_matches(rest, str_slice(id, end, id.n))) return true;
        return false;
    }
    return i == id.n;
}

const struct rule *rules_find(const struct rules *rules, struct str id) {
    for (size_t i = 0; i < rules->list.n; i++)
        if (str_equal(rules->list.v[i]->info.id, id)) return rules->list.v[i];
    for (size_t i = 0; i < rules->list.n; i++)
        if (id_matches(rules->list.v[i]->info.pattern, id)) return rules->list.v[i];
    return NULL;
}
