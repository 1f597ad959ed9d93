/* Refinements that belong to the shape of an object rather than to its place. */
#include "load/schema/check.h"

/* ---- tool policies -----------------------------------------------------------------------------
 */

static bool has_items(const struct checking *c, node_id n, const char *key) {
    node_id list = tree_member(c->tree, n, str_from(key));
    return tree_is(c->tree, list, NODE_ARRAY) && tree_node(c->tree, list)->n > 0;
}

static bool is_tool_policy(const struct checking *c, const struct schema_node *node) {
    for (size_t i = 0; i < 2; i++)
        if (schema_property(c->schema, node, c->policy_keys[i]) == SCHEMA_UNKNOWN) return false;
    return true;
}

static enum verdict check_policy(struct checking *c, node_id n) {
    if (!has_items(c, n, "alsoAllow") || !has_items(c, n, "allow")) return FITS;
    struct issue *issue = checking_issue(c, "allow_and_also_allow", HAS_ISSUES, n, 0);
    if (!issue) return HAS_ISSUES;
    issue->diag.span = tree_key_span(c->tree, tree_member(c->tree, n, STR("alsoAllow")));
    issue_say(c, issue,
              "`allow` and `alsoAllow` exclude each other: put everything into `allow`, "
              "or take `profile` with `alsoAllow`");
    return HAS_ISSUES;
}

/* ---- references to secrets ---------------------------------------------------------------------
 */

static bool is_secret_ref(const struct checking *c, const struct schema_node *node) {
    for (size_t i = 0; i < 3; i++)
        if (schema_property(c->schema, node, c->ref_keys[i]) == SCHEMA_UNKNOWN) return false;
    return true;
}

/* "value", or a JSON pointer: in it a tilde is written ~0 and a slash ~1. */
static bool is_file_id(struct str id) {
    if (str_equal(id, STR("value"))) return true;
    if (!str_starts(id, STR("/"))) return false;
    for (size_t i = 1; i < id.n; i++)
        if (id.p[i] == '~' && (i + 1 == id.n || (id.p[i + 1] != '0' && id.p[i + 1] != '1')))
            return false;
    return true;
}

static bool is_alnum(char ch) {
    return (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9');
}

static bool has_dot_segment(struct str path) {
    for (size_t from = 0; from <= path.n;) {
        size_t end = str_find(path, STR("/"), from);
        if (end == SIZE_MAX) end = path.n;
        struct str part = str_slice(path, from, end);
        if (str_equal(part, STR(".")) || str_equal(part, STR(".."))) return true;
        from = end + 1;
    }
    return false;
}

static bool is_exec_id(struct str id, bool hash) {
    enum { LONGEST = 256 };
    if (!id.n || id.n > LONGEST || !is_alnum(id.p[0])) return false;
    for (size_t i = 0; i < id.n; i++) {
        char ch = id.p[i];
        bool fits = is_alnum(ch) || ch == '.' || ch == '_' || ch == ':' || ch == '/' || ch == '-' ||
                    (hash && ch == '#');
        if (!fits) return false;
    }
    return !has_dot_segment(id);
}

static enum verdict check_ref(struct checking *c, node_id n) {
    struct str source = tree_text(c->tree, tree_member(c->tree, n, STR("source")));
    node_id member = tree_member(c->tree, n, STR("id"));
    struct str id = tree_text(c->tree, member);
    bool file = str_equal(source, STR("file")), exec = str_equal(source, STR("exec"));
    if ((!file && !exec) || !tree_is(c->tree, member, NODE_STRING)) return FITS;
    if (file ? is_file_id(id) : is_exec_id(id, c->newer)) return FITS;
    checking_enter_key(c, STR("id"));
    struct issue *issue = checking_issue(c, "secretref_id", HAS_ISSUES, member, 0);
    checking_leave(c);
    if (issue)
        issue_say(c, issue, "%s",
                  file ? "the id of a secret in a file is a JSON pointer, such as "
                         "\"/providers/openai/apiKey\", or \"value\""
                       : "the id of a secret from a command is a name such as "
                         "\"vault/openai/api-key\", without `.` and `..` parts");
    return HAS_ISSUES;
}

enum verdict schema_check_shape(struct checking *c, node_id n, const struct schema_node *node) {
    if (is_tool_policy(c, node)) return check_policy(c, n);
    return is_secret_ref(c, node) ? check_ref(c, n) : FITS;
}
