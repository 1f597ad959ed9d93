#include "commands/batch.h"

#include <string.h>

#include "base/json.h"

bool batch_read(const struct run *run, struct arena *a, struct str text, struct batch_line *line,
                struct str *why) {
    struct tree *t = tree_new(a, sources_new(a));
    struct json5_result parsed = json5_parse_text(t, text);
    *line =
        (struct batch_line){.arena = a, .run = run, .tree = t, .root = parsed.root, .text = text};
    if (!parsed.ok) {
        *why = parsed.gateway_message;
        return false;
    }
    if (!tree_is(t, parsed.root, NODE_OBJECT)) {
        *why = STR("a line must be a JSON object");
        return false;
    }
    struct str version = batch_text(line, line->root, "version");
    if (!version.n && run->o->gateway) version = str_from(run->o->gateway);
    const struct gateways *known = &run->gateways;
    line->gateway = gateway_version_is_readable(version) ? gateways_find(known, version)
                                                         : &known->v[known->n - 1];
    return true;
}

struct str batch_text(const struct batch_line *l, node_id object, const char *key) {
    return tree_text(l->tree, tree_member(l->tree, object, str_from(key)));
}

struct names batch_list(const struct batch_line *l, node_id object, const char *key) {
    node_id list = tree_member(l->tree, object, str_from(key));
    if (!tree_is(l->tree, list, NODE_ARRAY)) return (struct names){NULL, 0};
    struct str *v = ARENA_ARRAY(l->arena, struct str, tree_node(l->tree, list)->n);
    size_t n = 0;
    for (TREE_EACH(l->tree, item, list)) {
        if (tree_is(l->tree, item, NODE_STRING)) {
            v[n++] = tree_text(l->tree, item);
        } else if (tree_is(l->tree, item, NODE_NUMBER)) {
            char text[JS_NUMBER_MAX];
            size_t length = js_number_text(tree_node(l->tree, item)->u.number, text);
            v[n++] = str_copy(l->arena, (struct str){text, length});
        }
    }
    return (struct names){v, n};
}

struct environment *batch_environment(const struct batch_line *l, node_id object, struct str home) {
    struct environment *e = environment_new(l->arena);
    e->complete = true;
    if (home.n) environment_set(e, STR("HOME"), home);
    for (TREE_EACH(l->tree, v, object))
        environment_set(e, tree_key_text(l->tree, tree_node(l->tree, v)->key),
                        tree_text(l->tree, v));
    return e;
}

struct str batch_source(const struct batch_line *l, node_id n) {
    const struct node *node = tree_node(l->tree, n);
    return n ? str_slice(l->text, node->start, node->end) : STR("{}");
}

/* A config of a batch lies nowhere: nothing can be included. */
static enum file_status no_path(void *context, struct arena *a, const char *path,
                                struct str *real) {
    (void)context;
    (void)a;
    (void)path;
    *real = STR("");
    return FILE_MISSING;
}

static enum file_status no_file(void *context, struct arena *a, struct str root, struct str real,
                                size_t max, struct str *text) {
    (void)context;
    (void)a;
    (void)root;
    (void)real;
    (void)max;
    *text = STR("");
    return FILE_MISSING;
}

static const struct files no_files = {NULL, no_path, no_file};

void batch_load(const struct batch_line *l, struct str text, const struct environment *env,
                const struct gateway_place *where, struct batch_config *out) {
    struct arena *a = l->arena;
    struct sources *sources = sources_new(a);
    struct tree *tree = tree_new(a, sources);
    struct diags *diags = diags_new(a);
    char *padded = arena_zalloc(a, text.n + SOURCE_PADDING, 1);
    memcpy(padded, text.p, text.n);
    uint32_t file = source_add(sources, STR("config"), (struct str){padded, text.n});
    struct loader loader = {.arena = a,
                            .tree = tree,
                            .diags = diags,
                            .gateways = &l->run->gateways,
                            .environment = env,
                            .files = &no_files,
                            .config = STR("/openclaw.json"),
                            .directory = STR("/"),
                            .gateway = l->gateway->version,
                            .gateway_from = STR("version")};
    *out = (struct batch_config){0};
    load_config(&loader, file, &out->loaded);
    if (!out->loaded.root) return;
    out->model = model_build(a, diags, &out->loaded, env, where);
    out->accepted = out->loaded.startup == STARTUP_ACCEPTED && !diags->errors;
}
