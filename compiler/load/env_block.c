#include "load/env_block.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "model/ids.h"

/* ---- what the block sets -----------------------------------------------------------------------
 */

/* Trimmed; empty when it is no portable name of a variable. */
static struct str portable_name(struct str key) {
    struct str name = ids_trim(key);
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9')) return STR("");
    }
    return name;
}

static bool begins_with_any(struct names prefixes, struct str name) {
    for (size_t i = 0; i < prefixes.n; i++)
        if (str_starts(name, prefixes.v[i])) return true;
    return false;
}

static struct str upper(struct arena *a, struct str s) {
    char *p = arena_copy(a, s.p, s.n);
    for (size_t i = 0; i < s.n; i++)
        if (p[i] >= 'a' && p[i] <= 'z') p[i] = (char)(p[i] - 'a' + 'A');
    return (struct str){p, s.n};
}

static bool is_blocked(const struct env_job *job, struct str written) {
    const struct gateway_data *g = job->gateway;
    struct str name = upper(job->arena, written);
    if (names_have(g->env_blocked, name) || begins_with_any(g->env_blocked_prefixes, name))
        return true;
    for (size_t i = 0; i < g->env_blocked_between.n; i++) {
        struct str prefix = g->env_blocked_between.keys[i];
        struct names ends = g->env_blocked_between.values[i];
        for (size_t k = 0; k < ends.n; k++)
            if (name.n > prefix.n + ends.v[k].n && str_starts(name, prefix) &&
                str_ends(name, ends.v[k]))
                return true;
    }
    return false;
}

/* JavaScript's truth of a value. */
static bool is_truthy(const struct tree *t, node_id n) {
    const struct node *node = tree_node(t, n);
    switch ((enum node_kind)node->kind) {
    case NODE_NULL: return false;
    case NODE_BOOL: return node->u.boolean;
    case NODE_NUMBER: return node->u.number < 0 || node->u.number > 0;
    case NODE_STRING: return node->n != 0;
    case NODE_ARRAY:
    case NODE_OBJECT: break;
    }
    return true;
}

static bool is_blank(struct str value) {
    return ids_trim(value).n == 0;
}

static void set_entry(const struct env_job *job, struct environment *e, node_id value) {
    struct str text = tree_text(job->edit->tree, value);
    struct str key = tree_key_text(job->edit->tree, tree_node(job->edit->tree, value)->key);
    struct str name = portable_name(key);
    bool skipped = job->gateway->env_skips_other_values ? is_blank(text) : !text.n;
    if (!name.n || skipped || is_blocked(job, name)) return;
    if (job->gateway->env_skips_other_values && environment_refers(text)) return;
    environment_set(e, name, text);
}

/* The older gateway takes any value but an empty one for a text, and stumbles over the first that
 * it would have to read. */
static bool is_unreadable(const struct env_job *job, node_id value) {
    const struct tree *t = job->edit->tree;
    if (job->gateway->env_skips_other_values || tree_is(t, value, NODE_STRING) ||
        tree_is(t, value, NODE_ARRAY) || !is_truthy(t, value))
        return false;
    struct str name = portable_name(tree_key_text(t, tree_node(t, value)->key));
    return name.n && !is_blocked(job, name) && is_blank(environment_get(job->base, name));
}

static bool collect(const struct env_job *job, node_id block, struct environment *e) {
    const struct tree *t = job->edit->tree;
    for (TREE_EACH(t, value, tree_member(t, block, STR("vars")))) {
        if (!tree_node(t, value)->key) continue;
        if (is_unreadable(job, value)) {
            diag_add(job->diags, SEVERITY_ERROR, "read_failed", tree_span(t, value),
                     "gateway " STR_FMT " cannot read a config with this value: the values of "
                     "`env.vars` must be texts",
                     STR_ARG(job->gateway->version));
            return false;
        }
        set_entry(job, e, value);
    }
    if (!tree_is(t, block, NODE_OBJECT)) return true;
    for (TREE_EACH(t, value, block)) {
        struct str key = tree_key_text(t, tree_node(t, value)->key);
        if (!str_equal(key, STR("vars")) && !str_equal(key, STR("shellEnv")))
            set_entry(job, e, value);
    }
    return true;
}

/* Two spellings of one provider's key: the gateway copies the one to the other. */
static void copy_alias(struct environment *e) {
    struct str alias = environment_get(e, STR("Z_AI_API_KEY"));
    if (!is_blank(alias) && is_blank(environment_get(e, STR("ZAI_API_KEY"))))
        environment_set(e, STR("ZAI_API_KEY"), alias);
}

const struct environment *env_block_apply(const struct env_job *job) {
    const struct tree *t = job->edit->tree;
    node_id block = tree_member(t, job->root, STR("env"));
    if (!block) block = tree_member(t, job->prototype, STR("env"));
    if (!block) return job->base;
    struct environment *own = environment_new(job->arena);
    if (!collect(job, block, own)) return NULL;
    struct environment *e = environment_copy(job->arena, job->base);
    for (size_t i = 0; i < own->values.n; i++)
        if (is_blank(environment_get(e, own->names.v[i])) && !environment_refers(own->values.v[i]))
            environment_set(e, own->names.v[i], own->values.v[i]);
    copy_alias(e);
    return e;
}

/* ---- substitution ------------------------------------------------------------------------------
 */

/* Where a value stands, for the path in a warning. */
struct trail {
    const struct trail *up;
    key_id key;
    uint32_t index;
};

struct substituting {
    const struct env_job *job;
    const struct environment *environment;
    size_t left; /* bytes that values may still add */
    bool stopped;
};

/* What the newer gateway writes without quotes. */
static bool is_plain(struct str key) {
    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '$';
        bool later = (c >= '0' && c <= '9') || c == ':' || c == '-';
        if (!letter && (i == 0 || !later)) return false;
    }
    return key.n != 0;
}

static void add_segment(const struct substituting *s, struct buf *b, const struct trail *at) {
    struct str key = tree_key_text(s->job->edit->tree, at->key);
    if (!at->key) {
        buf_addf(b, "[%u]", at->index);
    } else if (s->job->gateway->env_quotes_keys && !is_plain(key)) {
        buf_add_char(b, '[');
        json_add_string(b, key);
        buf_add_char(b, ']');
    } else {
        if (b->n) buf_add_char(b, '.');
        buf_add(b, key);
    }
}

static struct str path_text(const struct substituting *s, const struct trail *at) {
    size_t depth = 0;
    for (const struct trail *t = at; t; t = t->up) depth++;
    const struct trail **way =
        (const struct trail **)arena_zalloc(s->job->arena, depth + 1, sizeof *way);
    size_t i = depth;
    for (const struct trail *t = at; t; t = t->up) way[--i] = t;
    struct buf b = buf_new(s->job->arena);
    for (i = 0; i < depth; i++) add_segment(s, &b, way[i]);
    return buf_str(&b);
}

static void warn_unset(const struct substituting *s, node_id n, struct str name,
                       const struct trail *at) {
    struct diags *diags = s->job->diags;
    struct diag *d = diag_add(diags, SEVERITY_WARN, "missing_env", tree_span(s->job->edit->tree, n),
                              "variable " STR_FMT
                              " is not set: the gateway keeps the text `${" STR_FMT "}` as it is",
                              STR_ARG(name), STR_ARG(name));
    d->path = path_text(s, at);
    diag_text(diags, d, "var", name);
}

static void stop(struct substituting *s, node_id n, const struct trail *at) {
    struct diag *d = diag_add(
        s->job->diags, SEVERITY_ERROR, "env_limit", tree_span(s->job->edit->tree, n),
        "the values of variables come to more than %d MiB in this config: the rest was not "
        "put in",
        ENV_MAX_BYTES >> 20);
    d->path = path_text(s, at);
    s->stopped = true;
}

static void substitute_text(struct substituting *s, node_id n, const struct trail *at) {
    struct str written = tree_text(s->job->edit->tree, n);
    if (written.n < 4 || s->stopped || !memchr(written.p, '$', written.n)) return;
    struct substitution done = environment_substitute(s->environment, written, s->left);
    if (done.too_long) {
        stop(s, n, at);
        return;
    }
    if (done.text.n > written.n) s->left -= done.text.n - written.n;
    for (size_t i = 0; i < done.missing.n; i++) warn_unset(s, n, done.missing.v[i], at);
    if (!done.symbolic && !done.missing.n && !done.changed) return;
    struct node *node = edit_node(s->job->edit, n);
    if (done.symbolic) node->flags |= NODE_SYMBOLIC;
    if (done.missing.n) node->flags |= NODE_UNSET;
    if (!done.changed) return;
    node->flags |= NODE_SUBSTITUTED;
    node->u.text = done.text.p;
    node->n = (uint32_t)done.text.n;
}

/* Recursive: loading has bounded the depth of values. */
static void substitute_below(struct substituting *s, node_id parent, const struct trail *up) {
    struct tree *t = s->job->edit->tree;
    struct trail at = {.up = up};
    for (node_id n = tree_first(t, parent); n; n = tree_node(t, n)->next, at.index++) {
        at.key = tree_node(t, n)->key;
        if (tree_is(t, n, NODE_STRING))
            substitute_text(s, n, &at);
        else
            substitute_below(s, n, &at);
    }
}

void env_substitute(const struct env_job *job, const struct environment *e) {
    struct substituting s = {.job = job, .environment = e, .left = ENV_MAX_BYTES};
    if (tree_is(job->edit->tree, job->root, NODE_STRING))
        substitute_text(&s, job->root, NULL);
    else
        substitute_below(&s, job->root, NULL);
}
