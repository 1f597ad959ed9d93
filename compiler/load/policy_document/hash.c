/* The digest of a policy document: of its values alone, in a canonical order. */
#include <nettle/sha2.h>
#include <stdlib.h>

#include "base/collate.h"
#include "base/json.h"
#include "load/policy_document/document.h"

struct entry {
    struct str key;
    node_id value;
    size_t position;
};

static int by_key(const void *left, const void *right) {
    const struct entry *a = left, *b = right;
    int order = collate_compare(a->key, b->key);
    return order ? order : (a->position > b->position) - (a->position < b->position);
}

static bool add_value(struct buf *b, const struct tree *t, node_id n, int depth);

static bool add_object(struct buf *b, const struct tree *t, node_id n, int depth) {
    size_t count = 0;
    struct entry *v = ARENA_ARRAY(b->arena, struct entry, tree_node(t, n)->n);
    for (TREE_EACH(t, child, n)) {
        v[count] = (struct entry){tree_key_text(t, tree_node(t, child)->key), child, count};
        count++;
    }
    if (count) qsort(v, count, sizeof *v, by_key);
    buf_add_char(b, '{');
    for (size_t i = 0; i < count; i++) {
        if (i) buf_add_char(b, ',');
        json_add_string(b, v[i].key);
        buf_add_char(b, ':');
        if (!add_value(b, t, v[i].value, depth + 1)) return false;
    }
    buf_add_char(b, '}');
    return true;
}

static bool add_array(struct buf *b, const struct tree *t, node_id n, int depth) {
    bool first = true;
    buf_add_char(b, '[');
    for (TREE_EACH(t, child, n)) {
        if (!first) buf_add_char(b, ',');
        first = false;
        if (!add_value(b, t, child, depth + 1)) return false;
    }
    buf_add_char(b, ']');
    return true;
}

static bool add_value(struct buf *b, const struct tree *t, node_id n, int depth) {
    const struct node *node = tree_node(t, n);
    if (depth > POLICY_HASH_DEPTH) return false;
    switch ((enum node_kind)node->kind) {
    case NODE_NULL: buf_add(b, STR("null")); break;
    case NODE_BOOL: buf_add(b, node->u.boolean ? STR("true") : STR("false")); break;
    case NODE_NUMBER:
        /* JSON has no others. */
        if (node->u.number - node->u.number == 0)
            json_add_number(b, node->u.number);
        else
            buf_add(b, STR("null"));
        break;
    case NODE_STRING: json_add_string(b, tree_text(t, n)); break;
    case NODE_ARRAY: return add_array(b, t, n, depth);
    case NODE_OBJECT: return add_object(b, t, n, depth);
    }
    return true;
}

struct str policy_document_hash(struct arena *a, const struct policy_document *d) {
    struct buf text = buf_new(a), out = buf_new(a);
    struct sha256_ctx sha;
    uint8_t digest[SHA256_DIGEST_SIZE];
    if (!d->root || !add_value(&text, d->tree, d->root, 0)) return STR("");
    sha256_init(&sha);
    sha256_update(&sha, text.n, (const uint8_t *)text.p);
    sha256_digest(&sha, sizeof digest, digest);
    buf_add(&out, STR("sha256:"));
    for (size_t i = 0; i < sizeof digest; i++) buf_addf(&out, "%02x", digest[i]);
    return buf_str(&out);
}
