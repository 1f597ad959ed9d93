/* Unions as zod reports them: one issue for the whole, unless one branch alone was nearly right. */
#include <string.h>

#include "load/schema/check.h"

struct branch {
    size_t first, n; /* its issues */
    enum verdict verdict;
};

/* The key whose literal tells the branches apart, or SCHEMA_UNKNOWN: then it is a plain union. */
static uint16_t discriminator(const struct checking *c, struct schema_range range) {
    const struct schema *s = c->schema;
    const struct schema_node *first = &s->nodes[s->ids[range.first]];
    for (unsigned p = 0; p < first->properties.n; p++) {
        uint16_t key = s->properties[first->properties.first + p].key;
        bool everywhere = true;
        for (unsigned i = 0; i < range.n && everywhere; i++) {
            bool named;
            schema_id id =
                schema_member(s, s->ids[range.first + i], schema_str(s, s->keys[key]), &named);
            everywhere = named && s->nodes[id].values.n == 1 &&
                         s->nodes[s->ids[range.first + i]].types == TYPE_OBJECT;
        }
        if (everywhere) return key;
    }
    return SCHEMA_UNKNOWN;
}

/* The branch whose literal the value has, or 0. */
static schema_id chosen_branch(const struct checking *c, node_id n, struct schema_range range,
                               struct str key) {
    node_id tag = tree_member(c->tree, n, key);
    for (unsigned i = 0; i < range.n; i++) {
        schema_id id = c->schema->ids[range.first + i];
        bool named;
        schema_id literal = schema_member(c->schema, id, key, &named);
        if (schema_has_value(c, &c->schema->nodes[literal], tag)) return id;
    }
    return 0;
}

static struct issue *union_issue(struct checking *c, node_id n, node_id owner) {
    struct issue *issue = checking_issue(c, "invalid_union", ABORTED, n, owner);
    if (issue) issue->state = CHOICES_OPEN;
    if (issue) issue_say(c, issue, "this value has none of the forms that are possible here");
    return issue;
}

static enum verdict no_such_tag(struct checking *c, node_id n, struct str key) {
    checking_enter_key(c, key);
    node_id tag = tree_member(c->tree, n, key);
    struct issue *issue = union_issue(c, tag, n);
    if (issue && tag)
        issue_say(c, issue, "`" STR_FMT "` has no value that is known here", STR_ARG(key));
    if (issue && !tag)
        issue_say(c, issue, "`" STR_FMT "` is missing: it says of which sort this is",
                  STR_ARG(key));
    checking_leave(c);
    return ABORTED;
}

static enum verdict check_tagged(struct checking *c, node_id n, struct schema_range range,
                                 uint16_t key) {
    struct str name = schema_str(c->schema, c->schema->keys[key]);
    schema_id id = chosen_branch(c, n, range, name);
    return id ? schema_check(c, n, 0, id) : no_such_tag(c, n, name);
}

/* ---- plain unions ------------------------------------------------------------------------------
 */

static bool fits_quietly(struct checking *c, node_id n, struct schema_range range) {
    bool fits = false;
    c->quiet++;
    for (unsigned i = 0; i < range.n && !fits; i++)
        fits = schema_check(c, n, 0, c->schema->ids[range.first + i]) == FITS;
    c->quiet--;
    return fits;
}

/* All the choices of a branch; false when it would take other things as well. */
static bool branch_choices(const struct checking *c, const struct branch *b, size_t *n) {
    *n = 0;
    for (size_t i = b->first; i < b->first + b->n; i++) {
        if (c->issues.v[i].state == CHOICES_OPEN) return false;
        *n += c->issues.v[i].n_choices;
    }
    return *n > 0;
}

static bool collect_choices(struct checking *c, const struct branch *branches, size_t n,
                            struct issue *out) {
    size_t total = 0, count;
    for (size_t i = 0; i < n; i++) {
        if (!branch_choices(c, &branches[i], &count)) return false;
        total += count;
    }
    out->choices = ARENA_ARRAY(c->arena, const struct schema_value *, total);
    for (size_t i = 0; i < n; i++)
        for (size_t k = branches[i].first; k < branches[i].first + branches[i].n; k++) {
            const struct issue *issue = &c->issues.v[k];
            if (!issue->n_choices) continue;
            memcpy(out->choices + out->n_choices, issue->choices,
                   issue->n_choices * sizeof *issue->choices);
            out->n_choices += issue->n_choices;
        }
    out->state = CHOICES_KNOWN;
    return true;
}

/* Keeps the issues of one branch alone; they begin at `first`. */
static enum verdict keep_branch(struct checking *c, size_t first, const struct branch *b) {
    memmove(c->issues.v + first, c->issues.v + b->first, b->n * sizeof *c->issues.v);
    c->issues.n = first + b->n;
    return b->verdict;
}

static const struct diag_detail *detail_of(const struct issue *issue, const char *name) {
    for (size_t i = 0; i < issue->diag.details.n; i++)
        if (strcmp(issue->diag.details.v[i].name, name) == 0) return &issue->diag.details.v[i];
    return NULL;
}

/* ---- bindings ----------------------------------------------------------------------------------
 */

static bool is_binding(const struct checking *c) {
    return c->path.n == 2 && c->path.v[0].key.p && !c->path.v[1].key.p &&
           str_equal(c->path.v[0].key, STR("bindings"));
}

/* "type" is not "route": the branch of routes was not meant. */
static bool denies_route(const struct checking *c, const struct branch *b) {
    for (size_t i = b->first; i < b->first + b->n; i++) {
        const struct issue *issue = &c->issues.v[i];
        const struct diag_detail *expected = detail_of(issue, "expected");
        if (issue->depth == 3 && str_ends(issue->diag.path, STR(".type")) && expected &&
            str_equal(expected->text, STR("\"route\"")))
            return true;
    }
    return false;
}

static bool is_unknown_key(const struct issue *issue) {
    return strcmp(issue->diag.kind, "unrecognized_key") == 0;
}

/* Of two issues at one depth the gateway takes the one that it declares first: a peer's `kind`,
 * which is a choice, stands before its `id`. */
static bool goes_first(const struct issue *issue, const struct issue *best) {
    if (is_unknown_key(issue)) return !is_unknown_key(best);
    return !is_unknown_key(best) && strcmp(issue->diag.kind, "invalid_union") == 0 &&
           strcmp(best->diag.kind, "invalid_union") != 0;
}

static const struct issue *deepest(const struct checking *c, const struct branch *b) {
    const struct issue *best = NULL;
    for (size_t i = b->first; i < b->first + b->n; i++) {
        const struct issue *issue = &c->issues.v[i];
        if (!best || issue->depth > best->depth ||
            (issue->depth == best->depth && goes_first(issue, best)))
            best = issue;
    }
    return best;
}

/* When `type` rules out all branches but one, its most specific issue stands for the union. */
static const struct issue *meant_issue(const struct checking *c, const struct branch *branches,
                                       size_t n) {
    const struct issue *best = NULL;
    bool denied = false;
    for (size_t i = 0; i < n; i++) {
        if (denies_route(c, &branches[i])) {
            denied = true;
            continue;
        }
        if (!branches[i].n) continue;
        if (best) return NULL;
        best = deepest(c, &branches[i]);
    }
    if (!denied || !best || (best->depth == 2 && !is_unknown_key(best))) return NULL;
    return best;
}

/* ---- */

static struct issue without_choices(struct checking *c, const struct issue *issue) {
    struct issue out = *issue;
    out.verdict = ABORTED;
    out.state = CHOICES_OPEN;
    memset(&out.diag.details, 0, sizeof out.diag.details);
    for (size_t i = 0; i < issue->diag.details.n; i++)
        if (strcmp(issue->diag.details.v[i].name, "allowed") != 0)
            ARRAY_PUSH(c->arena, out.diag.details) = issue->diag.details.v[i];
    return out;
}

/* For people: what is wrong with the branch that comes nearest. */
static void explain_nearest(struct checking *c, struct issue *whole, const struct branch *branches,
                            size_t n) {
    const struct issue *best = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct issue *d = deepest(c, &branches[i]);
        if (d && d->depth > whole->depth && (!best || d->depth > best->depth)) best = d;
    }
    if (!best) return;
    whole->diag.span = best->diag.span;
    whole->diag.message = best->diag.message;
    whole->diag.notes.v = best->diag.notes.v;
    whole->diag.notes.n = whole->diag.notes.capacity = best->diag.notes.n;
}

/* The types of all branches; 0 when one takes any. */
static unsigned types_of(const struct checking *c, struct schema_range range) {
    unsigned types = 0;
    for (unsigned i = 0; i < range.n; i++) {
        unsigned one = c->schema->nodes[c->schema->ids[range.first + i]].types;
        if (!one) return 0;
        types |= one;
    }
    return types;
}

static enum verdict report_union(struct checking *c, node_id n, node_id owner, size_t first,
                                 const struct branch *branches, size_t count) {
    struct issue *whole = union_issue(c, n, owner);
    struct issue result = *whole;
    bool known = collect_choices(c, branches, count, &result);
    const struct issue *meant =
        !known && c->newer && is_binding(c) ? meant_issue(c, branches, count) : NULL;
    if (meant) {
        result = without_choices(c, meant);
    } else if (known) {
        struct str *list = ARENA_ARRAY(c->arena, struct str, 12);
        size_t shown = issue_choices(c, &result, list);
        issue_list(c, &result, "allowed", list, shown);
        words_choice(c, &result, n);
        explain_nearest(c, &result, branches, count);
    } else {
        explain_nearest(c, &result, branches, count);
    }
    c->issues.v[first] = result;
    c->issues.n = first + 1;
    return ABORTED;
}

static enum verdict check_branches(struct checking *c, node_id n, node_id owner,
                                   struct schema_range range) {
    size_t first = c->issues.n;
    const struct branch *open = NULL;
    unsigned n_open = 0;
    struct branch *branches = ARENA_ARRAY(c->arena, struct branch, range.n);
    for (unsigned i = 0; i < range.n; i++) {
        branches[i].first = c->issues.n;
        branches[i].verdict = schema_check(c, n, owner, c->schema->ids[range.first + i]);
        branches[i].n = c->issues.n - branches[i].first;
        if (branches[i].verdict & ABORTED) continue;
        open = &branches[i];
        n_open++;
    }
    if (n_open == 1) return keep_branch(c, first, open);
    enum verdict v = report_union(c, n, owner, first, branches, range.n);
    unsigned types = c->compose && n ? types_of(c, range) : 0;
    if (types && !(types & schema_type_of(tree_node(c->tree, n))))
        words_forms(c, &c->issues.v[first], types, n);
    return v;
}

enum verdict schema_check_union(struct checking *c, node_id n, node_id owner,
                                struct schema_range range, bool one_of) {
    static const struct schema_node object = {.types = TYPE_OBJECT};
    uint16_t key = one_of && range.n > 1 ? discriminator(c, range) : SCHEMA_UNKNOWN;
    if (key != SCHEMA_UNKNOWN)
        return tree_is(c->tree, n, NODE_OBJECT) ? check_tagged(c, n, range, key)
                                                : schema_wrong_type(c, n, owner, &object);
    if (n && fits_quietly(c, n, range)) return FITS;
    return c->quiet ? ABORTED : check_branches(c, n, owner, range);
}
