#include "load/policy_document/document.h"

#include "base/json.h"
#include "model/ids.h"
#include "syntax/json5.h"

/* ---- paths -------------------------------------------------------------------------------------
 */

static bool is_word(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                    c == '_' || c == '-';
        if (!word) return false;
    }
    return s.n > 0;
}

static bool is_item(struct str s) {
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n > 1 && s.p[0] == '#';
}

/* Not within a character. */
static struct str shortened(struct arena *a, struct str name) {
    size_t n = POLICY_PATH_NAME;
    if (name.n <= n) return name;
    while (n && ((unsigned char)name.p[n] & 0xc0) == 0x80) n--;
    return str_concat(a, str_slice(name, 0, n), STR("..."));
}

struct str policy_path(struct arena *a, struct str path, struct str name) {
    struct buf b = buf_new(a);
    buf_add(&b, path);
    buf_add_char(&b, '/');
    if (is_word(name) || is_item(name))
        buf_add(&b, shortened(a, name));
    else
        json_add_string(&b, shortened(a, name));
    return buf_str(&b);
}

struct str policy_plain_path(struct arena *a, struct str path, struct str name) {
    struct buf b = buf_new(a);
    buf_add(&b, path);
    buf_add_char(&b, '/');
    buf_add(&b, shortened(a, name));
    return buf_str(&b);
}

struct str policy_config_path(struct arena *a, struct str path, struct str name) {
    bool bare = is_word(name) || is_item(name) || str_find(name, STR("\""), 0) != SIZE_MAX ||
                str_find(name, STR("\\"), 0) != SIZE_MAX;
    if (bare) return policy_plain_path(a, path, name);
    return policy_plain_path(a, path,
                             str_format(a, "\"" STR_FMT "\"", STR_ARG(shortened(a, name))));
}

struct str policy_path_item(struct arena *a, struct str path, size_t index) {
    return str_format(a, STR_FMT "/#%zu", STR_ARG(path), index);
}

/* ---- values ------------------------------------------------------------------------------------
 */

node_id policy_value_of(const struct policy_document *d, node_id owner,
                        const struct policy_rule *rule) {
    for (size_t i = 0; i < rule->parts.n; i++) {
        if (!tree_is(d->tree, owner, NODE_OBJECT)) return 0;
        owner = tree_member(d->tree, owner, rule->parts.v[i]);
    }
    return owner;
}

struct names policy_list(struct arena *a, const struct policy_document *d,
                         const struct policy_rule *rule, node_id n) {
    struct names none = {NULL, 0};
    if (!tree_is(d->tree, n, NODE_ARRAY)) return none;
    struct str *v = ARENA_ARRAY(a, struct str, tree_node(d->tree, n)->n);
    size_t count = 0;
    for (TREE_EACH(d->tree, item, n)) {
        if (!tree_is(d->tree, item, NODE_STRING)) return none;
        struct str text = tree_text(d->tree, item);
        text = rule->exact ? ids_trim(text) : ids_token(a, text);
        if (text.n) v[count++] = text;
    }
    return (struct names){v, count};
}

bool policy_takes_part(const struct policy_document *d, const struct policy_rule *rule,
                       bool scoped) {
    size_t index = (size_t)(rule - d->format->rules);
    if (!d->root) return false;
    if (!scoped) return !d->left_out[index];
    /* The gateway judges these two by the document's own section, too. */
    struct str section = policy_section(rule);
    if (str_equal(section, STR("dataHandling"))) return !d->left_out[index];
    if (str_equal(section, STR("agents")) && d->left_out[index]) return false;
    return !d->scopes_broken;
}

/* ---- problems ----------------------------------------------------------------------------------
 */

void policy_problem_add(struct policy_document *d, struct policy_problem problem) {
    if (str_equal(problem.section, STR("scopes"))) d->scopes_broken = true;
    for (size_t i = 0; i < d->format->n_rules; i++) {
        const struct policy_rule *rule = &d->format->rules[i];
        struct str section = policy_section(rule);
        if (!str_equal(section, problem.section)) continue;
        bool whole = names_have(d->format->whole_sections, section);
        bool by_value = names_have(d->format->value_sections, section);
        /* What cannot be decided from a config is read apart from its section. */
        if (problem.rule && problem.rule->needs.n) whole = false;
        if (whole || (by_value && problem.rule)) d->left_out[i] = true;
    }
    if (d->problems.n < POLICY_MAX_PROBLEMS) ARRAY_PUSH(d->arena, d->problems) = problem;
}

static void add_syntax_problems(struct policy_document *d, struct tree *t,
                                const struct diags *found) {
    struct str target = str_concat(d->arena, STR("oc://"), d->name);
    for (size_t i = 0; i < found->list.n; i++) {
        const struct diag *g = &found->list.v[i];
        if (g->severity != SEVERITY_ERROR) continue;
        node_id at = tree_add(t, NODE_NULL, g->span);
        tree_node(t, at)->flags |= NODE_SYNTHETIC;
        policy_problem_add(
            d, (struct policy_problem){.target = target, .message = g->message, .at = at});
    }
}

static struct str own_name(struct str path) {
    size_t from = path.n;
    while (from && path.p[from - 1] != '/') from--;
    return str_slice(path, from, path.n);
}

struct policy_document *policy_document_read(struct tree *t, uint32_t file,
                                             const struct policy_format *format) {
    struct policy_document *d = ARENA_NEW(t->arena, struct policy_document);
    struct diags *found = diags_new(t->arena);
    *d = (struct policy_document){.arena = t->arena,
                                  .tree = t,
                                  .format = format,
                                  .file = file,
                                  .name = own_name(source_name(t->sources, file)),
                                  .left_out = ARENA_ARRAY(t->arena, bool, format->n_rules)};
    struct json5_result parsed = json5_parse(t, file, found);
    if (!parsed.ok) {
        add_syntax_problems(d, t, found);
    } else if (!tree_is(t, parsed.root, NODE_OBJECT)) {
        policy_problem_add(
            d, (struct policy_problem){.target = str_concat(t->arena, STR("oc://"), d->name),
                                       .message = STR("a policy document must be an object"),
                                       .at = parsed.root});
    } else {
        d->root = parsed.root;
        policy_check_shape(d);
    }
    return d;
}
