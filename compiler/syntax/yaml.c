#include "syntax/yaml.h"

#include <assert.h>
#include <string.h>
#include <yaml.h>

#include "base/utf8.h"
#include "syntax/yaml_scalar.h"

/* How much a value stands for once every alias in it is written out. */
struct extent {
    size_t values;
    uint32_t height; /* collections inside of each other, itself included; 0 for a scalar */
};

struct anchor {
    node_id node;
    struct extent extent;
    bool open; /* its collection has not ended yet */
};

/* A collection that has begun. */
struct frame {
    node_id node, last; /* its last child so far */
    bool wants_key;
    bool merge;         /* the key of the coming value is `<<` */
    bool closer;        /* it ends with a bracket; a block ends with its last value */
    key_id key;         /* of the coming value */
    uint32_t key_start; /* of the coming value */
    uint32_t end;       /* where what was read of it ends */
    uint32_t anchor;    /* its number, or NO_ANCHOR */
    size_t merges;      /* how many merge members there were before it */
    struct extent extent;
};

#define NO_ANCHOR UINT32_MAX

/* Which object last had a member of a key; by key_id. */
struct seen {
    node_id object, member;
};

struct reader {
    struct tree *tree;
    struct diags *diags;
    uint32_t file;
    struct str text;
    uint32_t bom; /* bytes of the byte order mark, which libyaml is not shown */
    yaml_parser_t parser;
    uint32_t mark_characters, mark_bytes; /* the place of the last mark, both ways */
    ARRAY(struct frame) frames;
    ARRAY(struct anchor) anchors;
    ARRAY(struct seen) seen;
    ARRAY(node_id) merges; /* members `<<` of the open objects */
    struct map anchor_ids;
    size_t expanded;
    size_t errors_before;
    node_id root;
    bool documents, stop;
    bool compose; /* the tags of Compose are known */
};

/* ---- places ------------------------------------------------------------------------------------
 */

static bool continues_character(struct str text, size_t at) {
    return at < text.n && ((unsigned char)text.p[at] & 0xc0) == 0x80;
}

/* libyaml counts code points; the text up to a mark was well-formed when it was read. Marks mostly
 * go forward, so the offset is counted on from the mark before. */
static uint32_t offset_of(struct reader *r, yaml_mark_t mark) {
    uint32_t at = r->mark_bytes, to = (uint32_t)mark.index;
    for (; r->mark_characters < to && at < r->text.n; r->mark_characters++) do
            at++;
        while (continues_character(r->text, at));
    for (; r->mark_characters > to; r->mark_characters--) do
            at--;
        while (continues_character(r->text, at));
    return r->mark_bytes = at;
}

static struct span span_between(struct reader *r, yaml_mark_t start, yaml_mark_t end) {
    uint32_t from = offset_of(r, start);
    return (struct span){r->file, from, offset_of(r, end)};
}

/* The character at a place, or nothing at the end of the file. */
static struct span span_at(const struct reader *r, uint32_t at) {
    uint32_t end = at < r->text.n ? at + 1 : at;
    while (end > at && continues_character(r->text, end)) end++;
    return (struct span){r->file, at, end};
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* libyaml lets a block scalar end at the next token. */
static struct span scalar_span(struct reader *r, const yaml_event_t *e) {
    struct span s = span_between(r, e->start_mark, e->end_mark);
    yaml_scalar_style_t style = e->data.scalar.style;
    if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE)
        while (s.end > s.start + 1 && is_blank(r->text.p[s.end - 1])) s.end--;
    return s;
}

/* ---- errors ------------------------------------------------------------------------------------
 */

/* Where an error is reported the reading goes on, unless there were too many. */
static void count_error(struct reader *r) {
    if (r->diags->errors - r->errors_before >= YAML_MAX_ERRORS) r->stop = true;
}

#define YAML_ERROR(r, span, ...)                                                                   \
    (diag_add((r)->diags, SEVERITY_ERROR, "yaml_syntax", (span), __VA_ARGS__), count_error(r))

/* libyaml's wording where an operator needs another one. */
static const struct wording {
    const char *problem, *plain;
} wordings[] = {
    {"mapping values are not allowed in this context",
     "a ':' is not expected here; quote the text if the colon belongs to it, or check the "
     "indentation"},
    {"could not find expected ':'", "a ':' is missing after this key"},
    {"did not find expected key",
     "a key is expected here; check that it is indented like the keys above it"},
    {"did not find expected '-' indicator",
     "a '-' is expected here; check that it is indented like the items above it"},
    {"did not find expected ',' or '}'", "a ',' or '}' is expected here"},
    {"did not find expected ',' or ']'", "a ',' or ']' is expected here"},
    {"found character that cannot start any token",
     "no text can begin with this character; indent with spaces, not tabs, and quote texts that "
     "begin with '@', '`' or '%'"},
    {"found a tab character that violates indentation", "a tab cannot indent YAML; use spaces"},
    {"found unexpected end of stream", "the file ends inside of a quoted text"},
    {"found unknown escape character",
     "this escape is not known; write the text in single quotes to take backslashes as they are"},
    {"control characters are not allowed", "a control character is not allowed here"},
    {"did not find expected <document start>",
     "the value ends above this line; only one value may stand at the top of the file"},
};

static const char *plain_wording(const char *problem) {
    for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++)
        if (strcmp(problem, wordings[i].problem) == 0) return wordings[i].plain;
    return problem;
}

static void report_syntax(struct reader *r) {
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_MEMORY_ERROR) arena_out_of_memory();
    const char *problem = p->problem ? p->problem : "it cannot be understood";
    r->stop = true;
    if (p->error == YAML_READER_ERROR) { /* the reader counts bytes, and works ahead */
        size_t at = r->bom + p->problem_offset;
        struct span span = span_at(r, (uint32_t)(at < r->text.n ? at : r->text.n));
        YAML_ERROR(r, span, "this is no YAML: %s", plain_wording(problem));
        return;
    }
    struct span span = span_at(r, offset_of(r, p->problem_mark));
    struct diag *d = diag_add(r->diags, SEVERITY_ERROR, "yaml_syntax", span, "this is no YAML: %s",
                              plain_wording(problem));
    if (p->context && p->context_mark.index < p->problem_mark.index)
        diag_note_add(r->diags, d, span_at(r, offset_of(r, p->context_mark)), "%s", p->context);
}

/* ---- tags --------------------------------------------------------------------------------------
 */

enum tag { TAG_NONE, TAG_STR, TAG_NULL, TAG_BOOL, TAG_INT, TAG_FLOAT, TAG_MAP, TAG_SEQ, TAG_OTHER };

static const char *const tag_names[] = {
    [TAG_STR] = "str",     [TAG_NULL] = "null", [TAG_BOOL] = "bool", [TAG_INT] = "int",
    [TAG_FLOAT] = "float", [TAG_MAP] = "map",   [TAG_SEQ] = "seq",
};

static const enum node_kind tag_kinds[] = {
    [TAG_STR] = NODE_STRING, [TAG_NULL] = NODE_NULL,    [TAG_BOOL] = NODE_BOOL,
    [TAG_INT] = NODE_NUMBER, [TAG_FLOAT] = NODE_NUMBER, [TAG_MAP] = NODE_OBJECT,
    [TAG_SEQ] = NODE_ARRAY,
};

static const char core_prefix[] = "tag:yaml.org,2002:";

/* What Compose's own tags say; nothing when they are not known here. */
static enum node_tag compose_tag(const struct reader *r, const yaml_char_t *tag) {
    const char *text = (const char *)tag;
    if (!text || !r->compose) return NODE_TAG_NONE;
    if (strcmp(text, "!reset") == 0) return NODE_TAG_RESET;
    return strcmp(text, "!override") == 0 ? NODE_TAG_OVERRIDE : NODE_TAG_NONE;
}

/* Which tag of YAML it is. `!` alone says "not by the schema": a text, or the collection as it is.
 */
static enum tag tag_of(const yaml_char_t *tag, enum node_kind kind) {
    const char *text = (const char *)tag;
    if (!text) return TAG_NONE;
    if (strcmp(text, "!") == 0) return kind == NODE_STRING ? TAG_STR : TAG_NONE;
    if (strncmp(text, core_prefix, sizeof core_prefix - 1) != 0) return TAG_OTHER;
    for (enum tag t = TAG_STR; t < TAG_OTHER; t++)
        if (strcmp(text + sizeof core_prefix - 1, tag_names[t]) == 0) return t;
    return TAG_OTHER;
}

static void report_tag(struct reader *r, struct span span, const yaml_char_t *tag) {
    const char *text = (const char *)tag;
    bool core = strncmp(text, core_prefix, sizeof core_prefix - 1) == 0;
    YAML_ERROR(r, span,
               "the tag %s%s is not supported here; only !!str, !!int, !!float, !!bool, !!null, "
               "!!map and !!seq are",
               core ? "!!" : "", core ? text + sizeof core_prefix - 1 : text);
}

static void check_collection_tag(struct reader *r, struct span span, const yaml_char_t *tag,
                                 enum node_kind kind) {
    enum tag t = tag_of(tag, kind);
    if (t == TAG_NONE || compose_tag(r, tag)) return;
    if (t == TAG_OTHER)
        report_tag(r, span, tag);
    else if (tag_kinds[t] != kind)
        YAML_ERROR(r, span, "the tag !!%s does not fit a %s", tag_names[t],
                   kind == NODE_OBJECT ? "mapping" : "list");
}

static struct yaml_scalar resolve_scalar(struct reader *r, const yaml_event_t *e,
                                         struct span span) {
    struct str text = {(const char *)e->data.scalar.value, e->data.scalar.length};
    bool plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    enum tag t =
        compose_tag(r, e->data.scalar.tag) ? TAG_NONE : tag_of(e->data.scalar.tag, NODE_STRING);
    struct yaml_scalar as_text = {.kind = NODE_STRING};
    if (t == TAG_OTHER) report_tag(r, span, e->data.scalar.tag);
    if (t == TAG_NONE) return plain ? yaml_scalar_resolve(text) : as_text;
    if (t == TAG_STR || t == TAG_OTHER) return as_text;
    struct yaml_scalar value = yaml_scalar_resolve(text);
    if (value.kind == tag_kinds[t] && (t != TAG_INT || value.integer)) return value;
    YAML_ERROR(r, span, "the tag !!%s does not fit this text", tag_names[t]);
    return as_text;
}

/* ---- members and elements ----------------------------------------------------------------------
 */

static struct frame *top(struct reader *r) {
    return r->frames.n ? &r->frames.v[r->frames.n - 1] : NULL;
}

/* The text of a scalar: in the source where it stands there as it is, else a copy. */
static struct str scalar_text(struct reader *r, const yaml_event_t *e, struct span span) {
    struct str value = {(const char *)e->data.scalar.value, e->data.scalar.length};
    yaml_scalar_style_t style = e->data.scalar.style;
    bool quoted =
        style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    struct str inner = str_slice(r->text, span.start, span.end - quoted);
    if (str_ends(inner, value)) return str_slice(inner, inner.n - value.n, inner.n);
    return str_copy(r->tree->arena, value);
}

/* Links a value below the collection that is open, or makes it the root. */
static void add_value(struct reader *r, node_id n, struct extent extent) {
    struct frame *f = top(r);
    if (!f) {
        r->root = n;
        return;
    }
    struct tree *t = r->tree;
    struct node *node = tree_node(t, n);
    node->key = f->key;
    node->key_start = f->key_start;
    if (f->last)
        tree_node(t, f->last)->next = n;
    else
        tree_node(t, f->node)->u.first = n;
    f->last = n;
    tree_node(t, f->node)->n++;
    if (node->end > f->end) f->end = node->end;
    f->extent.values += extent.values;
    if (extent.height >= f->extent.height) f->extent.height = extent.height + 1;
    if (f->merge) ARRAY_PUSH(t->arena, r->merges) = n;
    f->merge = false;
    f->wants_key = tree_is(t, f->node, NODE_OBJECT);
}

/* Number of the anchor `name`, for the value that begins now; NO_ANCHOR without a name. */
static uint32_t begin_anchor(struct reader *r, const yaml_char_t *name) {
    if (!name) return NO_ANCHOR;
    struct str text = str_copy(r->tree->arena, str_from((const char *)name));
    *map_put(&r->anchor_ids, text, 0, NULL) = (uint32_t)r->anchors.n;
    ARRAY_PUSH(r->tree->arena, r->anchors) = (struct anchor){.open = true};
    return (uint32_t)r->anchors.n - 1;
}

static void end_anchor(struct reader *r, uint32_t anchor, node_id n, struct extent extent) {
    if (anchor != NO_ANCHOR) r->anchors.v[anchor] = (struct anchor){n, extent, false};
}

static node_id scalar_node(struct reader *r, const yaml_event_t *e, struct span span) {
    struct yaml_scalar value = resolve_scalar(r, e, span);
    node_id n = tree_add(r->tree, value.kind, span);
    struct node *node = tree_node(r->tree, n);
    node->tag = (uint8_t)compose_tag(r, e->data.scalar.tag);
    if (value.kind == NODE_BOOL) node->u.boolean = value.boolean;
    if (value.kind == NODE_NUMBER) node->u.number = value.number;
    if (value.kind == NODE_STRING) {
        struct str text = scalar_text(r, e, span);
        node->u.text = text.p;
        node->n = (uint32_t)text.n;
    }
    return n;
}

static void set_key(struct reader *r, struct str text, struct span span, bool merge) {
    struct frame *f = top(r);
    f->key = tree_key(r->tree, text);
    f->key_start = span.start;
    f->end = span.end;
    f->wants_key = false;
    f->merge = merge;
}

static void read_key(struct reader *r, const yaml_event_t *e, struct span span) {
    struct str text = scalar_text(r, e, span);
    bool merge = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !e->data.scalar.tag &&
                 str_equal(text, STR("<<"));
    if (e->data.scalar.anchor) { /* the key is no node, what an alias of it names has to be one */
        uint32_t anchor = begin_anchor(r, e->data.scalar.anchor);
        node_id n = scalar_node(r, e, span);
        tree_node(r->tree, n)->flags |= NODE_SYNTHETIC;
        end_anchor(r, anchor, n, (struct extent){1, 0});
    }
    set_key(r, text, span, merge);
}

static void read_scalar(struct reader *r, const yaml_event_t *e) {
    struct span span = scalar_span(r, e);
    if (top(r) && top(r)->wants_key) {
        read_key(r, e, span);
        return;
    }
    uint32_t anchor = begin_anchor(r, e->data.scalar.anchor);
    node_id n = scalar_node(r, e, span);
    struct extent extent = {1, 0};
    end_anchor(r, anchor, n, extent);
    add_value(r, n, extent);
}

/* ---- aliases -----------------------------------------------------------------------------------
 */

/* What an alias names, or NULL after an error. Growth is checked before anything is built. */
static const struct anchor *alias_target(struct reader *r, struct str name, struct span span) {
    const uint32_t *id = map_get(&r->anchor_ids, name);
    if (!id) {
        YAML_ERROR(r, span, "no value above is marked &" STR_FMT, STR_ARG(name));
        return NULL;
    }
    const struct anchor *a = &r->anchors.v[*id];
    if (a->open) {
        YAML_ERROR(r, span, "*" STR_FMT " stands inside of the value that it names", STR_ARG(name));
        return NULL;
    }
    r->expanded += a->extent.values;
    bool many = r->expanded > YAML_MAX_EXPANDED;
    bool deep = r->frames.n + a->extent.height > YAML_MAX_DEPTH;
    if (many)
        YAML_ERROR(r, span, "the aliases up to here stand for more than %d values",
                   YAML_MAX_EXPANDED);
    else if (deep)
        YAML_ERROR(r, span, "with this alias values nest deeper than %d levels", YAML_MAX_DEPTH);
    r->stop |= many || deep;
    return many || deep ? NULL : a;
}

static void read_alias(struct reader *r, const yaml_event_t *e) {
    struct span span = span_between(r, e->start_mark, e->end_mark);
    struct str name = str_from((const char *)e->data.alias.anchor);
    if (top(r) && top(r)->wants_key) {
        YAML_ERROR(r, span, "an alias cannot be a key; write the key out");
        set_key(r, str_slice(r->text, span.start, span.end), span, false);
        return;
    }
    const struct anchor *a = alias_target(r, name, span);
    /* After an error an empty mapping stands in: it suits a merge key, so nothing echoes. */
    struct extent extent = a ? a->extent : (struct extent){1, 0};
    node_id n = a ? tree_clone(r->tree, a->node) : tree_add(r->tree, NODE_OBJECT, span);
    struct node *node = tree_node(r->tree, n);
    node->start = span.start;
    node->end = span.end;
    node->flags = 0;
    add_value(r, n, extent);
}

/* ---- collections -------------------------------------------------------------------------------
 */

/* A pair in a list (`[a: 1]`) is a mapping of flow style without brackets: only the text tells. */
static bool begins_with_bracket(struct str text, struct span start) {
    return start.end > start.start &&
           (text.p[start.end - 1] == '{' || text.p[start.end - 1] == '[');
}

static void open_collection(struct reader *r, const yaml_event_t *e, enum node_kind kind,
                            const yaml_char_t *anchor, const yaml_char_t *tag) {
    struct span span = span_between(r, e->start_mark, e->end_mark);
    if (top(r) && top(r)->wants_key) {
        YAML_ERROR(r, span, "a key must be a text, not a %s",
                   kind == NODE_OBJECT ? "mapping" : "list");
        r->stop = true;
        return;
    }
    if (r->frames.n == YAML_MAX_DEPTH) {
        YAML_ERROR(r, span, "values nest deeper than %d levels", YAML_MAX_DEPTH);
        r->stop = true;
        return;
    }
    check_collection_tag(r, span, tag, kind);
    struct frame f = {.anchor = begin_anchor(r, anchor),
                      .node = tree_add(r->tree, kind, span),
                      .wants_key = kind == NODE_OBJECT,
                      .closer = begins_with_bracket(r->text, span),
                      .end = span.end,
                      .merges = r->merges.n,
                      .extent = {1, 1}};
    tree_node(r->tree, f.node)->tag = (uint8_t)compose_tag(r, tag);
    /* The analyzer takes the array for one with room but without memory, which there is not. */
    ARRAY_PUSH(r->tree->arena, r->frames) = f; /* NOLINT(clang-analyzer-core.NullDereference) */
}

static struct seen *seen_of(struct reader *r, key_id key) {
    while (r->seen.n <= key) ARRAY_PUSH(r->tree->arena, r->seen) = (struct seen){0, 0};
    return &r->seen.v[key];
}

static void report_duplicate(struct reader *r, node_id first, node_id again) {
    struct str key = tree_key_text(r->tree, tree_node(r->tree, again)->key);
    struct diag *d =
        diag_add(r->diags, SEVERITY_ERROR, "yaml_duplicate_key", tree_key_span(r->tree, again),
                 "the key \"" STR_FMT "\" is there twice; remove one of the two",
                 STR_ARG(str_slice(key, 0, 200)));
    diag_note_add(r->diags, d, tree_key_span(r->tree, first), "it stands here first");
    count_error(r);
}

static void check_keys(struct reader *r, node_id object) {
    for (TREE_EACH(r->tree, child, object)) {
        if (r->stop) return;
        struct seen *seen = seen_of(r, tree_node(r->tree, child)->key);
        if (seen->object == object)
            report_duplicate(r, seen->member, child);
        else
            *seen = (struct seen){object, child};
    }
}

/* Copies behind `*last` the members of `source` whose keys `object` does not have. */
static void merge_members(struct reader *r, node_id object, node_id source, node_id *last) {
    struct tree *t = r->tree;
    for (TREE_EACH(t, member, source)) {
        key_id key = tree_node(t, member)->key;
        struct seen *seen = seen_of(r, key);
        if (seen->object == object) continue;
        node_id copy = tree_clone(t, member);
        *seen = (struct seen){object, copy};
        tree_node(t, copy)->key = key;
        tree_node(t, copy)->flags |= NODE_SYNTHETIC;
        if (*last)
            tree_node(t, *last)->next = copy;
        else
            tree_node(t, object)->u.first = copy;
        *last = copy;
        tree_node(t, object)->n++;
    }
}

static void merge_source(struct reader *r, node_id object, node_id value, node_id *last) {
    if (tree_is(r->tree, value, NODE_OBJECT))
        merge_members(r, object, value, last);
    else
        YAML_ERROR(r, tree_span(r->tree, value),
                   "the merge key << takes a mapping or a list of mappings");
}

/* Puts what each `<<` of the object brings in the place of that member. */
static void expand_merges(struct reader *r, node_id object, size_t first_merge) {
    struct tree *t = r->tree;
    node_id child = tree_node(t, object)->u.first, last = 0;
    tree_node(t, object)->u.first = 0;
    tree_node(t, object)->n = 0;
    for (size_t merge = first_merge; child;) {
        node_id next = tree_node(t, child)->next;
        if (merge < r->merges.n && r->merges.v[merge] == child) {
            merge++;
            if (tree_is(t, child, NODE_ARRAY)) {
                for (TREE_EACH(t, source, child)) merge_source(r, object, source, &last);
            } else {
                merge_source(r, object, child, &last);
            }
        } else {
            if (last)
                tree_node(t, last)->next = child;
            else
                tree_node(t, object)->u.first = child;
            last = child;
            tree_node(t, object)->n++;
        }
        child = next;
    }
    if (last) tree_node(t, last)->next = 0;
    r->merges.n = first_merge;
}

static void close_collection(struct reader *r, const yaml_event_t *e) {
    assert(r->frames.n); /* libyaml ends what it began */
    struct frame f = r->frames.v[--r->frames.n];
    tree_node(r->tree, f.node)->end = f.closer ? offset_of(r, e->end_mark) : f.end;
    if (tree_is(r->tree, f.node, NODE_OBJECT)) {
        check_keys(r, f.node);
        if (r->merges.n > f.merges) expand_merges(r, f.node, f.merges);
    }
    end_anchor(r, f.anchor, f.node, f.extent);
    add_value(r, f.node, f.extent);
}

/* ---- the file ----------------------------------------------------------------------------------
 */

static void begin_document(struct reader *r, const yaml_event_t *e) {
    if (r->documents) {
        struct span span = span_between(r, e->start_mark, e->end_mark);
        YAML_ERROR(r, span, "a second document begins here; this file may have only one");
        r->stop = true;
    }
    r->documents = true;
}

static void read_event(struct reader *r, const yaml_event_t *e) {
    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT: begin_document(r, e); break;
    case YAML_SCALAR_EVENT: read_scalar(r, e); break;
    case YAML_ALIAS_EVENT: read_alias(r, e); break;
    case YAML_SEQUENCE_START_EVENT:
        open_collection(r, e, NODE_ARRAY, e->data.sequence_start.anchor,
                        e->data.sequence_start.tag);
        break;
    case YAML_MAPPING_START_EVENT:
        open_collection(r, e, NODE_OBJECT, e->data.mapping_start.anchor, e->data.mapping_start.tag);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: close_collection(r, e); break;
    case YAML_STREAM_END_EVENT: r->stop = true; break;
    default: break;
    }
}

static void read_events(struct reader *r) {
    while (!r->stop) {
        yaml_event_t e;
        if (!yaml_parser_parse(&r->parser, &e)) {
            report_syntax(r);
            return;
        }
        read_event(r, &e);
        yaml_event_delete(&e);
    }
}

static node_id parse(struct tree *t, uint32_t file, struct diags *d, bool compose) {
    struct str text = source_text(t->sources, file);
    uint32_t bom = str_starts(text, STR("\xef\xbb\xbf")) ? 3 : 0;
    struct reader r = {.tree = t,
                       .diags = d,
                       .file = file,
                       .text = text,
                       .bom = bom,
                       .mark_bytes = bom,
                       .anchor_ids = map_new(t->arena),
                       .errors_before = d->errors,
                       .compose = compose};
    if (!yaml_parser_initialize(&r.parser)) arena_out_of_memory();
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text.p + bom, text.n - bom);
    read_events(&r);
    yaml_parser_delete(&r.parser);
    if (d->errors > r.errors_before) return 0;
    return r.root ? r.root : tree_add(t, NODE_NULL, (struct span){file, bom, bom});
}

node_id yaml_parse(struct tree *t, uint32_t file, struct diags *d) {
    return parse(t, file, d, false);
}

node_id yaml_parse_compose(struct tree *t, uint32_t file, struct diags *d) {
    return parse(t, file, d, true);
}
