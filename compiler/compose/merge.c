/* How Compose merges files and extended services. The opposite of YAML's `<<`: mappings are merged
 * deeply, some lists are joined, volumes are told apart by where they are mounted. */
#include "base/buf.h"
#include "compose/project.h"
#include "model/locations.h"

/* ---- making nodes ------------------------------------------------------------------------------
 */

node_id compose_new_object(struct composing *c, node_id origin) {
    node_id n = tree_clone(c->tree, origin);
    struct node *node = tree_node(c->tree, n);
    node->kind = NODE_OBJECT;
    node->key_start = tree_node(c->tree, origin)->key_start;
    node->n = 0;
    node->u.first = 0;
    return n;
}

void compose_add_member(struct composing *c, node_id object, node_id *last, key_id key, node_id n) {
    tree_node(c->tree, n)->key = key;
    tree_node(c->tree, n)->next = 0;
    if (*last)
        tree_node(c->tree, *last)->next = n;
    else
        tree_node(c->tree, object)->u.first = n;
    tree_node(c->tree, object)->n++;
    *last = n;
}

static bool is_full(struct composing *c, node_id at) {
    if (c->tree->n - c->first_node < COMPOSE_MAX_NODES) return false;
    if (!c->full)
        COMPOSE_ERROR(c, tree_span(c->tree, at),
                      "the merged project has more than %d values; it is not read further",
                      COMPOSE_MAX_NODES);
    c->full = true;
    return true;
}

/* ---- what is one and the same ------------------------------------------------------------------
 */

/* A short text of a value, equal for equal values. Recursive: the depth of YAML is bounded. */
static void add_identity(const struct composing *c, struct buf *b, node_id n) {
    bool object = tree_is(c->tree, n, NODE_OBJECT);
    if (!object && !tree_is(c->tree, n, NODE_ARRAY)) {
        buf_add(b, compose_scalar(c, n));
        return;
    }
    buf_add_char(b, object ? '{' : '[');
    for (TREE_EACH(c->tree, child, n)) {
        if (object) buf_add(b, tree_key_text(c->tree, tree_node(c->tree, child)->key));
        buf_add_char(b, '\0');
        add_identity(c, b, child);
        buf_add_char(b, '\0');
    }
}

static struct str identity(const struct composing *c, node_id n) {
    struct buf b = buf_new(c->arena);
    add_identity(c, &b, n);
    return buf_str(&b);
}

/* SOURCE:TARGET[:OPTIONS], or TARGET alone. */
static struct str short_target(struct str volume) {
    size_t first = str_find(volume, STR(":"), 0);
    if (first == SIZE_MAX) return volume;
    size_t second = str_find(volume, STR(":"), first + 1);
    return str_slice(volume, first + 1, second);
}

struct str compose_target(const struct composing *c, node_id volume) {
    struct str target = tree_is(c->tree, volume, NODE_OBJECT)
                            ? compose_scalar(c, tree_member(c->tree, volume, STR("target")))
                            : short_target(compose_scalar(c, volume));
    return location_normal(c->arena, target);
}

/* ---- lists -------------------------------------------------------------------------------------
 */

struct joining {
    struct composing *c;
    struct str (*name)(const struct composing *c, node_id item);
    node_id list, last;
    struct map seen;
    bool replace; /* the later of two with one name stands where the earlier did */
};

static void join_item(struct joining *j, node_id item) {
    bool is_new;
    struct tree *t = j->c->tree;
    uint32_t *at = map_put(&j->seen, j->name(j->c, item), 0, &is_new);
    if (!is_new && !j->replace) return;
    node_id copy = tree_clone(t, item);
    if (!is_new) {
        tree_node(t, copy)->next = tree_node(t, *at)->next;
        *tree_node(t, *at) = *tree_node(t, copy);
        return;
    }
    compose_add_member(j->c, j->list, &j->last, 0, copy);
    *at = copy;
}

static node_id join(struct composing *c, node_id base, node_id over, bool volumes) {
    node_id list = compose_new_object(c, over);
    tree_node(c->tree, list)->kind = NODE_ARRAY;
    struct joining j = {.c = c,
                        .name = volumes ? compose_target : identity,
                        .list = list,
                        .seen = map_new(c->arena),
                        .replace = volumes};
    for (TREE_EACH(c->tree, item, base)) join_item(&j, item);
    for (TREE_EACH(c->tree, item, over)) join_item(&j, item);
    return list;
}

/* ---- mappings ----------------------------------------------------------------------------------
 */

enum merging { DEEPLY, JOINED, BY_TARGET, REPLACED };

static const struct {
    const char *key;
    enum merging merging;
} service_keys[] = {
    {"ports", JOINED},      {"expose", JOINED},       {"cap_add", JOINED},
    {"cap_drop", JOINED},   {"security_opt", JOINED}, {"env_file", JOINED},
    {"dns", JOINED},        {"dns_search", JOINED},   {"dns_opt", JOINED},
    {"tmpfs", JOINED},      {"group_add", JOINED},    {"external_links", JOINED},
    {"configs", JOINED},    {"secrets", JOINED},      {"device_cgroup_rules", JOINED},
    {"profiles", JOINED},   {"volumes_from", JOINED}, {"volumes", BY_TARGET},
    {"devices", BY_TARGET}, {"command", REPLACED},    {"entrypoint", REPLACED},
    {"extends", REPLACED},
};

static enum merging merging_of(struct str key) {
    for (size_t i = 0; i < sizeof service_keys / sizeof *service_keys; i++)
        if (str_equal(key, str_from(service_keys[i].key))) return service_keys[i].merging;
    return DEEPLY;
}

/* What an object is: that decides how its members are merged. */
enum level { LEVEL_FILE, LEVEL_SERVICES, LEVEL_SERVICE, LEVEL_VALUE };

static enum level level_below(enum level level, struct str key) {
    if (level == LEVEL_FILE && str_equal(key, STR("services"))) return LEVEL_SERVICES;
    return level == LEVEL_SERVICES ? LEVEL_SERVICE : LEVEL_VALUE;
}

static node_id merge_objects(struct composing *c, enum level level, node_id base, node_id over);

/* What becomes of a value that both have; 0: it is dropped. */
static node_id merge_values(struct composing *c, enum level level, node_id base, node_id over) {
    struct tree *t = c->tree;
    struct str key = tree_key_text(t, tree_node(t, over)->key);
    enum merging how = level == LEVEL_SERVICE ? merging_of(key) : DEEPLY;
    enum node_tag tag = tree_node(t, over)->tag;
    if (tag == NODE_TAG_RESET) return 0;
    if (tag == NODE_TAG_OVERRIDE || how == REPLACED) return tree_clone(t, over);
    bool object = tree_is(t, base, NODE_OBJECT), list = tree_is(t, base, NODE_ARRAY);
    if (tree_is(t, over, NODE_NULL) && (object || list)) return tree_clone(t, base);
    if (object && tree_is(t, over, NODE_OBJECT))
        return merge_objects(c, level_below(level, key), base, over);
    if (list && tree_is(t, over, NODE_ARRAY) && how != DEEPLY)
        return join(c, base, over, how == BY_TARGET);
    return tree_clone(t, over);
}

/* Adds a copy under the key of `from`. */
static void add_merged(struct composing *c, node_id object, node_id *last, node_id from,
                       node_id n) {
    if (!n) return;
    key_id key = tree_node(c->tree, from)->key;
    tree_node(c->tree, n)->key_start = tree_node(c->tree, from)->key_start;
    tree_node(c->tree, n)->tag = NODE_TAG_NONE;
    compose_add_member(c, object, last, key, n);
}

/* Shows a value where another one stands. */
static void move_to(struct composing *c, node_id n, node_id origin) {
    struct node *node = tree_node(c->tree, n);
    const struct node *from = tree_node(c->tree, origin);
    node->file = from->file;
    node->start = from->start;
    node->end = from->end;
}

static struct map members_of(struct composing *c, node_id object) {
    struct map m = map_new(c->arena);
    for (TREE_EACH(c->tree, member, object))
        map_put(&m, tree_key_text(c->tree, tree_node(c->tree, member)->key), member, NULL);
    return m;
}

/* A service of several files is shown where the first one has it, anything else where it was said
 * last. Recursive: YAML bounds the depth, and merging does not add to it. */
static node_id merge_objects(struct composing *c, enum level level, node_id base, node_id over) {
    struct tree *t = c->tree;
    bool first = level == LEVEL_FILE || level == LEVEL_SERVICES;
    node_id object = compose_new_object(c, first ? base : over), last = 0;
    if (is_full(c, over)) return object;
    struct map earlier = members_of(c, base), later = members_of(c, over);
    for (TREE_EACH(t, member, base)) {
        const uint32_t *with = map_get(&later, tree_key_text(t, tree_node(t, member)->key));
        node_id n = with ? merge_values(c, level, member, *with) : tree_clone(t, member);
        bool place_of_first = !with || level == LEVEL_SERVICES;
        if (n && with && place_of_first) move_to(c, n, member);
        add_merged(c, object, &last, place_of_first ? member : *with, n);
    }
    for (TREE_EACH(t, member, over)) {
        const struct node *node = tree_node(t, member);
        if (node->tag == NODE_TAG_RESET || map_get(&earlier, tree_key_text(t, node->key))) continue;
        add_merged(c, object, &last, member, tree_clone(t, member));
    }
    return object;
}

node_id compose_merge_services(struct composing *c, node_id base, node_id over) {
    return merge_objects(c, LEVEL_SERVICE, base, over);
}

node_id compose_merge_files(struct composing *c, node_id base, node_id over) {
    return base ? merge_objects(c, LEVEL_FILE, base, over) : over;
}
