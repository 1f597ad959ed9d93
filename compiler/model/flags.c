/* Settings that are dangerous by themselves: the version's data says which value at which place. */
#include "base/buf.h"
#include "model/model.h"
#include "model/values.h"

/* The way to a node: its name, and that of what it is in. */
struct step {
    const struct step *up;
    struct str name; /* empty: item number `index` */
    size_t index;
};

struct flag_search {
    struct model *m;
    const struct tree *t;
    struct str wanted; /* the value */
};

static bool has_value(const struct tree *t, node_id n, struct str wanted) {
    if (tree_is(t, n, NODE_BOOL))
        return str_equal(wanted, tree_node(t, n)->u.boolean ? STR("true") : STR("false"));
    return tree_is(t, n, NODE_STRING) && str_equal(tree_text(t, n), wanted);
}

/* As deep as the pattern is long. */
static void add_path(struct buf *b, const struct step *step) {
    if (!step) return;
    add_path(b, step->up);
    if (!step->name.n)
        buf_addf(b, "[%zu]", step->index);
    else
        buf_addf(b, "%s" STR_FMT, step->up ? "." : "", STR_ARG(step->name));
}

static void add_flag(const struct flag_search *s, node_id n, const struct step *step) {
    struct buf b = buf_new(s->m->arena);
    add_path(&b, step);
    buf_addf(&b, "=" STR_FMT, STR_ARG(s->wanted));
    ARRAY_PUSH(s->m->arena, s->m->audit.flags) = (struct dangerous_flag){buf_str(&b), n};
}

/* As deep as the pattern is long, too. */
static void search(const struct flag_search *s, node_id n, struct str rest,
                   const struct step *step) {
    if (!rest.n) {
        if (has_value(s->t, n, s->wanted)) add_flag(s, n, step);
        return;
    }
    size_t dot = str_find(rest, STR("."), 0);
    struct step next = {.up = step, .name = str_slice(rest, 0, dot)};
    rest = dot == SIZE_MAX ? STR("") : str_slice(rest, dot + 1, rest.n);
    if (str_equal(next.name, STR("#"))) {
        next.name = STR("");
        if (!tree_is(s->t, n, NODE_ARRAY)) return;
        for (TREE_EACH(s->t, item, n)) {
            search(s, item, rest, &next);
            next.index++;
        }
    } else if (str_equal(next.name, STR("*"))) {
        if (!tree_is(s->t, n, NODE_OBJECT)) return;
        for (TREE_EACH(s->t, member, n)) {
            next.name = tree_key_text(s->t, tree_node(s->t, member)->key);
            search(s, member, rest, &next);
        }
    } else {
        node_id member = tree_member(s->t, n, next.name);
        if (member) search(s, member, rest, &next);
    }
}

void model_build_flags(struct model *m, const struct reading *r) {
    for (size_t i = 0; i < m->gateway->flags.n; i++) {
        struct str flag = m->gateway->flags.v[i];
        size_t equals = str_find(flag, STR("="), 0);
        struct flag_search s = {m, r->tree, str_slice(flag, equals + 1, flag.n)};
        search(&s, m->loaded->root, str_slice(flag, 0, equals), NULL);
    }
    struct audit_settings *audit = &m->audit;
    if (!audit->suppressions.n) return;
    struct str text =
        str_format(m->arena, "security.audit.suppressions configured (%zu)", audit->suppressions.n);
    ARRAY_PUSH(m->arena, audit->flags) = (struct dangerous_flag){text, audit->suppressions_at};
}
