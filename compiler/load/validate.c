#include "load/validate.h"

#include <string.h>

#include "load/semantics/semantics.h"

/* Whether an error that the gateway reports is among the issues from `first` on. */
static bool has_error(const struct checking *c, size_t first) {
    for (size_t i = first; i < c->issues.n; i++)
        if (c->issues.v[i].diag.severity == SEVERITY_ERROR && !c->issues.v[i].diag.further)
            return true;
    return false;
}

/* The gateway's reading failed: that is all it says. */
static void mark_further(struct checking *c) {
    for (size_t i = 0; i < c->issues.n; i++)
        if (strcmp(c->issues.v[i].diag.kind, "read_failed") != 0)
            c->issues.v[i].diag.further = true;
}

/* What else is at or below this place says nothing new: a secret reference where none can be, an
 * agent with a key that cannot be. An empty text: all of it does. */
static struct str covered_by(const struct diag *d) {
    struct str path = d->path;
    if (strcmp(d->kind, "secretref_unsupported") == 0) return path;
    if (strcmp(d->kind, "blocked_object_key") != 0) return STR("");
    while (path.n && path.p[path.n - 1] != '.') path.n--;
    return str_slice(path, 0, path.n ? path.n - 1 : 0);
}

static bool is_covered(const struct map *covered, struct str path) {
    for (size_t end = 0; end <= path.n; end++)
        if ((end == path.n || path.p[end] == '.') && map_get(covered, str_slice(path, 0, end)))
            return true;
    return false;
}

static void drop_covered(struct checking *c, size_t policies) {
    struct map covered = map_new(c->arena);
    size_t kept = policies;
    for (size_t i = 0; i < policies; i++) {
        struct str path = covered_by(&c->issues.v[i].diag);
        if (path.n) map_put(&covered, path, 1, NULL);
    }
    for (size_t i = policies; i < c->issues.n; i++)
        if (!is_covered(&covered, c->issues.v[i].diag.path)) c->issues.v[kept++] = c->issues.v[i];
    c->issues.n = kept;
}

/* What the issues become: diagnostics of the run. */
static void hand_over(const struct validation *v, const struct checking *c) {
    for (size_t i = 0; i < c->issues.n; i++) {
        struct diag d = c->issues.v[i].diag;
        if (c->issues.v[i].node && d.severity == SEVERITY_ERROR)
            tree_node(v->tree, c->issues.v[i].node)->flags |= NODE_REPORTED;
        ARRAY_PUSH(v->diags->arena, v->diags->list) = d;
        v->diags->errors += d.severity == SEVERITY_ERROR;
    }
}

static void refine(struct semantics *s) {
    node_id agents = tree_member(s->t, s->v->root, STR("agents"));
    s->aborted = checking_aborted(s->c, s->v->root);
    if (s->blocked_agent) {
        node_marks_add(&s->aborted, s->v->root);
        node_marks_add(&s->aborted, agents);
        node_marks_add(&s->aborted, tree_member(s->t, agents, STR("entries")));
    }
    if (!s->v->gateway->roster_waits || !has_error(s->c, 0))
        semantics_apply(s, semantics_agent_rules);
    semantics_apply(s, semantics_field_rules);
    semantics_apply(s, semantics_text_rules);
    semantics_apply(s, semantics_channel_rules);
    semantics_trimmed(s);
}

static void follow(struct semantics *s) {
    for (semantics_step *const *step = semantics_steps; *step; step++)
        if ((*step)(s)) s->further = true;
}

bool validate_config(const struct validation *v) {
    const struct schema *schema = v->schema ? v->schema : schema_of_gateway(v->gateway->version);
    struct arena *scratch = arena_new();
    struct checking *c = checking_new(v->arena, scratch, v->tree, v->first_node, schema);
    struct semantics s = {.v = v,
                          .arena = v->arena,
                          .t = v->tree,
                          .c = c,
                          .aborted = {.first = UINT32_MAX},
                          .dialect = v->gateway->roster_entries ? NEWER : OLDER};
    c->moved = &v->gateway->moved;
    c->gateway = v->gateway->version;
    c->newer = v->gateway->roster_entries;
    if (s.dialect == NEWER) semantics_first(&s);
    size_t policies = c->issues.n;
    schema_check(c, v->root, 0, schema->root);
    if (policies) drop_covered(c, policies);
    if (s.failed) mark_further(c);
    s.further = s.failed;
    if (tree_is(v->tree, v->root, NODE_OBJECT)) {
        refine(&s);
        s.further = s.further || has_error(c, 0);
        follow(&s);
        semantics_last(&s);
    }
    bool valid = !has_error(c, 0);
    hand_over(v, c);
    arena_free(scratch);
    return valid;
}
