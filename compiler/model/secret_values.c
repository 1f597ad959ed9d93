/* Secrets that a config holds itself, instead of naming a variable or a store that has them. */
#include "model/ids.h"
#include "model/model.h"

/* What people write where a secret is to stand, and where none is needed. */
static const char *const placeholders[] = {
    "your", "xxx", "changeme", "change-me", "change_me", "replace",     "example", "placeholder",
    "<",    "...", "***",      "##",        "{{",        "todo",        "dummy",   "insert",
    "not-", "no-", "unused",   "redacted",  "ollama",    "secret-here", "lmstudio"};

/* The name of a variable, which somebody forgot to write as "${NAME}". */
static bool is_variable_name(struct str text) {
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_') return false;
    }
    return text.n && !(text.p[0] >= '0' && text.p[0] <= '9') &&
           str_find(text, STR("_"), 0) != SIZE_MAX;
}

/* "Bearer abc" may be a secret, a remark is none. */
static bool is_sentence(struct str text) {
    size_t blank = str_find(text, STR(" "), 0);
    return blank != SIZE_MAX && str_find(text, STR(" "), blank + 1) != SIZE_MAX;
}

static bool is_placeholder(struct arena *a, struct str text) {
    struct str lower = ids_lower(a, text);
    for (size_t i = 0; i < sizeof placeholders / sizeof *placeholders; i++)
        if (str_find(lower, str_from(placeholders[i]), 0) != SIZE_MAX) return true;
    return is_variable_name(text) || is_sentence(text);
}

/* Most such URLs hold no secret: where the provider's do, nobody can tell by looking. */
static bool is_telling_key(struct arena *a, struct str key) {
    static const char *const addresses[] = {"webhookurl", "webhook_url", "webhook"};
    struct str lower = ids_lower(a, key);
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        if (str_ends(lower, str_from(addresses[i]))) return false;
    return secrets_is_key(key);
}

/* "$NAME", or a text with "${NAME}" in it. */
static bool is_reference(const struct node *n, struct str text) {
    const unsigned variable = NODE_SYMBOLIC | NODE_UNSET | NODE_SUBSTITUTED;
    return (n->flags & variable) || str_starts(text, STR("$")) || environment_refers(text);
}

struct gathering {
    struct model *m;
    struct map seen; /* value -> number in the list */
};

static void keep(struct gathering *g, node_id n, struct str key, bool in_env) {
    enum { SHORTEST = 6 }; /* below, it is a word of another kind */
    struct model *m = g->m;
    const struct node *node = tree_node(m->tree, n);
    struct str text = ids_trim(tree_text(m->tree, n));
    if (node->flags & (NODE_ADDED | NODE_SYNTHETIC) || text.n < SHORTEST) return;
    if (is_reference(node, text) || is_placeholder(m->arena, text)) return;
    bool is_new;
    uint32_t *first = map_put(&g->seen, text, (uint32_t)m->surface.secrets.n, &is_new);
    int32_t same = is_new ? -1 : (int32_t)*first;
    ARRAY_PUSH(m->arena, m->surface.secrets) =
        (struct kept_secret){.key = key,
                             .file = source_name(m->tree->sources, node->file),
                             .in_env = in_env,
                             .same_as = same,
                             .at = n};
}

/* The whole config, however deep; the stack is ours. `env` is entered by itself: its keys are the
 * names of variables. */
void model_build_secrets(struct model *m) {
    const struct tree *t = m->tree;
    struct gathering g = {m, map_new(m->arena)};
    node_id env = tree_member(t, m->loaded->root, STR("env"));
    ARRAY(node_id) stack = {0};
    ARRAY_PUSH(m->arena, stack) = m->loaded->root;
    while (stack.n) {
        node_id block = stack.v[--stack.n];
        bool in_env = block == env || (env && block == tree_member(t, env, STR("vars")));
        size_t first = stack.n;
        for (TREE_EACH(t, child, block)) {
            const struct node *node = tree_node(t, child);
            if (node->kind == NODE_OBJECT || node->kind == NODE_ARRAY)
                ARRAY_PUSH(m->arena, stack) = child;
            struct str key = node->key ? tree_key_text(t, node->key) : STR("");
            if (node->kind == NODE_STRING && is_telling_key(m->arena, key))
                keep(&g, child, key, in_env);
        }
        for (size_t last = stack.n; first + 1 < last; first++) { /* in the order of the file */
            node_id other = stack.v[--last];
            stack.v[last] = stack.v[first];
            stack.v[first] = other;
        }
    }
}
