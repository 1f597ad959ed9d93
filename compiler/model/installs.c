/* Records of what was installed from npm, which older gateways keep in the config. */
#include "model/ids.h"
#include "model/model.h"
#include "model/values.h"

static size_t skip_digits(struct str s, size_t at) {
    while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9') at++;
    return at;
}

static bool is_tail(struct str s) {
    bool build = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter || c == '.' || (c == '-')) continue;
        if (c != '+' || build || i + 1 == s.n || (i == 1 && s.p[0] == '-')) return false;
        build = true;
    }
    return s.n > 1;
}

/* `name@1.2.3`, with whatever follows a hyphen or a plus sign. */
static bool is_pinned(struct str spec) {
    spec = ids_trim(spec);
    size_t at = spec.n;
    while (at && spec.p[at - 1] != '@') at--;
    if (at < 2) return false;
    struct str version = ids_trim(str_slice(spec, at, spec.n));
    size_t i = version.n && version.p[0] == 'v' ? 1 : 0;
    for (int part = 0; part < 3; part++) {
        size_t end = skip_digits(version, i);
        if (end == i || (part < 2 && (end == version.n || version.p[end] != '.'))) return false;
        i = part < 2 ? end + 1 : end;
    }
    if (i == version.n) return true;
    return (version.p[i] == '-' || version.p[i] == '+') &&
           is_tail(str_slice(version, i, version.n));
}

static void read_record(struct model *m, const struct reading *r, node_id record, bool hook) {
    const struct tree *t = r->tree;
    if (!str_equal(tree_text(t, tree_member(t, record, STR("source"))), STR("npm"))) return;
    node_id spec = tree_member(t, record, STR("spec"));
    struct install i = {.name = tree_key_text(t, tree_node(t, record)->key),
                        .spec = tree_text(t, spec),
                        .hook = hook,
                        .at = record};
    i.unpinned = tree_is(t, spec, NODE_STRING) && !is_pinned(i.spec);
    i.integrity = ids_trim(tree_text(t, tree_member(t, record, STR("integrity")))).n > 0;
    ARRAY_PUSH(m->arena, m->audit.installs) = i;
}

void model_build_installs(struct model *m, const struct reading *r) {
    node_id root = m->loaded->root;
    node_id plugins = tree_path(r->tree, root, "plugins", "installs", NULL);
    node_id hooks = tree_path(r->tree, root, "hooks", "internal", "installs", NULL);
    if (tree_is(r->tree, plugins, NODE_OBJECT))
        for (TREE_EACH(r->tree, record, plugins)) read_record(m, r, record, false);
    if (tree_is(r->tree, hooks, NODE_OBJECT))
        for (TREE_EACH(r->tree, record, hooks)) read_record(m, r, record, true);
}
