/* Settings that are dangerous by themselves: the version's data says which value at which place. */
#include "base/json.h"
#include "model/model.h"
#include "model/values.h"

struct flag_search {
    struct model *m;
    const struct tree *t;
    struct str wanted; /* the value */
    struct str path;   /* of the node looked at, as written in the config */
};

static bool has_value(const struct tree *t, node_id n, struct str wanted) {
    if (tree_is(t, n, NODE_BOOL))
        return str_equal(wanted, tree_node(t, n)->u.boolean ? STR("true") : STR("false"));
    return tree_is(t, n, NODE_STRING) && str_equal(tree_text(t, n), wanted);
}

static void search(const struct flag_search *s, node_id n, struct str rest);

static void step_into(const struct flag_search *s, node_id n, struct str name, struct str rest) {
    struct flag_search next = *s;
    struct arena *a = s->m->arena;
    next.path = !s->path.n ? name
                : name.p[0] == '['
                    ? str_concat(a, s->path, name)
                    : str_format(a, STR_FMT "." STR_FMT, STR_ARG(s->path), STR_ARG(name));
    search(&next, n, rest);
}

/* As deep as the pattern is long. */
static void search(const struct flag_search *s, node_id n, struct str rest) {
    if (!rest.n) {
        if (!has_value(s->t, n, s->wanted)) return;
        struct str text =
            str_format(s->m->arena, STR_FMT "=" STR_FMT, STR_ARG(s->path), STR_ARG(s->wanted));
        ARRAY_PUSH(s->m->arena, s->m->audit.flags) = (struct dangerous_flag){text, n};
        return;
    }
    size_t dot = str_find(rest, STR("."), 0), i = 0;
    struct str name = str_slice(rest, 0, dot);
    rest = dot == SIZE_MAX ? STR("") : str_slice(rest, dot + 1, rest.n);
    if (str_equal(name, STR("#"))) {
        if (!tree_is(s->t, n, NODE_ARRAY)) return;
        for (TREE_EACH(s->t, item, n))
            step_into(s, item, str_format(s->m->arena, "[%zu]", i++), rest);
    } else if (str_equal(name, STR("*"))) {
        if (!tree_is(s->t, n, NODE_OBJECT)) return;
        for (TREE_EACH(s->t, member, n))
            step_into(s, member, tree_key_text(s->t, tree_node(s->t, member)->key), rest);
    } else {
        node_id member = tree_member(s->t, n, name);
        if (member) step_into(s, member, name, rest);
    }
}

void model_build_flags(struct model *m, const struct reading *r) {
    for (size_t i = 0; i < m->gateway->flags.n; i++) {
        struct str flag = m->gateway->flags.v[i];
        size_t equals = str_find(flag, STR("="), 0);
        struct flag_search s = {m, r->tree, str_slice(flag, equals + 1, flag.n), STR("")};
        search(&s, m->loaded->root, str_slice(flag, 0, equals));
    }
    struct audit_settings *audit = &m->audit;
    if (!audit->suppressions.n) return;
    struct str text = str_format(m->arena, "security.audit.suppressions configured (%zu)",
                                 audit->suppressions.n);
    ARRAY_PUSH(m->arena, audit->flags) = (struct dangerous_flag){text, audit->suppressions_at};
}
