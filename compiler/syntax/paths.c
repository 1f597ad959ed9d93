#include "syntax/paths.h"

#include "base/json.h"

/* A value as it was written. */
struct place {
    node_id node;
    uint32_t parent; /* index of a place */
    uint32_t index;  /* among the children of its parent, or TOO_DEEP */
};

#define NO_PLACE UINT32_MAX
#define TOO_DEEP UINT32_MAX

/* A collection that the coming places may lie in. */
struct level {
    uint32_t place, children;
};

struct file_places {
    struct place *places; /* ascending by start */
    uint32_t n;
    bool prepared;
};

struct paths {
    struct arena *arena;
    const struct tree *tree;
    uint32_t file_count;
    struct file_places *files; /* by file number */
    node_id *first_nodes;      /* by file number; 0: the file has no nodes */
    ARRAY(uint32_t) prepared;  /* in `own`, the others are in `arena` */
    struct arena *own;
};

struct paths *paths_new(struct arena *a, const struct tree *t) {
    struct paths *p = ARENA_NEW(a, struct paths);
    uint32_t files = source_count(t->sources) + 1;
    p->arena = p->own = a;
    p->tree = t;
    p->file_count = files;
    p->files = ARENA_ARRAY(a, struct file_places, files);
    p->first_nodes = ARENA_ARRAY(a, node_id, files);
    for (node_id n = (node_id)t->n - 1; n > 0; n--)
        if (t->nodes[n].file < files) p->first_nodes[t->nodes[n].file] = n;
    return p;
}

void paths_renew(struct paths *p, struct arena *a) {
    for (size_t i = 0; i < p->prepared.n; i++)
        p->files[p->prepared.v[i]] = (struct file_places){.prepared = false};
    p->prepared.n = 0;
    p->arena = a;
}

/* ---- preparing a file --------------------------------------------------------------------------
 */

/* The nodes that the parser made of a file are one range, ascending by start; copies made by merge
 * keys lie between them, what loading made comes after them. */
static node_id range_end(const struct tree *t, node_id first) {
    uint32_t start = t->nodes[first].start;
    node_id n = first;
    for (; n < t->n && t->nodes[n].file == t->nodes[first].file; n++) {
        if (t->nodes[n].flags & NODE_SYNTHETIC) continue;
        if (t->nodes[n].start < start) break;
        start = t->nodes[n].start;
    }
    return n;
}

static bool is_collection(const struct node *n) {
    return n->kind == NODE_ARRAY || n->kind == NODE_OBJECT;
}

/* A missing YAML value is empty and may stand at the very end of what it is in. */
static bool encloses(const struct node *outer, const struct node *n) {
    return n->start < outer->end || (n->start == n->end && n->start == outer->end);
}

/* Fills in the parent of every place by how spans nest, not by links: members with a repeated key
 * have no link from their object, and an alias shares the children of another value. What lies too
 * deep gets the last ancestor that has a path, so that no climb is long. */
static void link_places(struct paths *p, struct file_places *f) {
    const struct node *nodes = p->tree->nodes;
    ARRAY(struct level) open = {NULL, 0, 0};
    for (uint32_t i = 0; i < f->n; i++) {
        struct place *place = &f->places[i];
        const struct node *n = &nodes[place->node];
        while (open.n && !encloses(&nodes[f->places[open.v[open.n - 1].place].node], n)) open.n--;
        place->parent = NO_PLACE;
        if (open.n > PATHS_MAX_DEPTH) {
            place->parent = open.v[PATHS_MAX_DEPTH].place;
            place->index = TOO_DEEP;
        } else if (open.n) {
            place->parent = open.v[open.n - 1].place;
            place->index = open.v[open.n - 1].children++;
        }
        if (is_collection(n)) ARRAY_PUSH(p->arena, open) = (struct level){i, 0};
    }
}

static struct file_places *prepared(struct paths *p, uint32_t file) {
    struct file_places *f = &p->files[file];
    if (f->prepared) return f;
    f->prepared = true;
    ARRAY_PUSH(p->own, p->prepared) = file;
    node_id first = p->first_nodes[file];
    if (!first) return f;
    node_id end = range_end(p->tree, first);
    f->places = ARENA_ARRAY(p->arena, struct place, end - first);
    for (node_id n = first; n < end; n++)
        if (!(p->tree->nodes[n].flags & NODE_SYNTHETIC)) f->places[f->n++].node = n;
    link_places(p, f);
    return f;
}

/* ---- finding a place ---------------------------------------------------------------------------
 */

static const struct node *node_at(const struct paths *p, const struct file_places *f, uint32_t i) {
    return &p->tree->nodes[f->places[i].node];
}

/* The last place that starts at or before the offset, or NO_PLACE. */
static uint32_t last_before(const struct paths *p, const struct file_places *f, uint32_t offset) {
    uint32_t low = 0, high = f->n; /* places below `low` start there, those from `high` later */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (node_at(p, f, middle)->start <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? low - 1 : NO_PLACE;
}

static bool key_covers(const struct node *n, uint32_t offset) {
    return n->key && n->key_start <= offset && offset < n->start;
}

static uint32_t place_of(const struct paths *p, const struct file_places *f, struct span span) {
    uint32_t at = last_before(p, f, span.start);
    /* Of values that begin together the later are the inner ones. */
    for (uint32_t i = at; i != NO_PLACE && node_at(p, f, i)->start == span.start; i--) {
        if (node_at(p, f, i)->end == span.end) return i;
        if (i == 0) break;
    }
    uint32_t next = at == NO_PLACE ? 0 : at + 1;
    if (next < f->n && key_covers(node_at(p, f, next), span.start)) return next;
    while (at != NO_PLACE && node_at(p, f, at)->start != span.start &&
           node_at(p, f, at)->end <= span.start)
        at = f->places[at].parent;
    return at;
}

/* ---- writing a path ----------------------------------------------------------------------------
 */

static bool is_name(struct str key) {
    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        bool later = (c >= '0' && c <= '9') || c == '-';
        if (!letter && !(i && later)) return false;
    }
    return key.n > 0;
}

/* The start of a long key, cut between code points. */
static struct str shortened(struct arena *a, struct str key) {
    if (key.n <= PATHS_MAX_KEY) return key;
    size_t n = PATHS_MAX_KEY;
    while (n > 0 && ((unsigned char)key.p[n] & 0xc0) == 0x80) n--;
    return str_concat(a, str_slice(key, 0, n), STR("..."));
}

static void add_step(struct buf *b, const struct paths *p, const struct file_places *f,
                     uint32_t at) {
    const struct node *n = node_at(p, f, at);
    if (!n->key) {
        buf_addf(b, "[%u]", f->places[at].index);
        return;
    }
    struct str key = shortened(p->arena, tree_key_text(p->tree, n->key));
    if (is_name(key)) {
        if (b->n) buf_add_char(b, '.');
        buf_add(b, key);
        return;
    }
    buf_add_char(b, '[');
    json_add_string(b, key);
    buf_add_char(b, ']');
}

struct str paths_of_span(struct paths *p, struct span span) {
    if (!span.file || span.file >= p->file_count) return STR("");
    if (source_is_outline(p->tree->sources, span.file))
        return source_outline_path(p->tree->sources, span);
    const struct file_places *f = prepared(p, span.file);
    uint32_t at = place_of(p, f, span);
    bool cut = at != NO_PLACE && f->places[at].index == TOO_DEEP;
    if (cut) at = f->places[at].parent;
    uint32_t steps[PATHS_MAX_DEPTH + 1];
    uint32_t n = 0;
    for (; at != NO_PLACE && f->places[at].parent != NO_PLACE; at = f->places[at].parent)
        steps[n++] = at; /* the root is no step */
    struct buf b = buf_new(p->arena);
    while (n) add_step(&b, p, f, steps[--n]);
    if (cut) buf_add(&b, STR("..."));
    return buf_str(&b);
}
