/* What the options of `audit` tell about a gateway beside its config. */
#include "commands/conditions.h"

#include <stdio.h>

#include "syntax/json5.h"

static struct names all_of(struct arena *a, const struct option_list *given) {
    struct str *v = ARENA_ARRAY(a, struct str, given->list.n);
    for (size_t i = 0; i < given->list.n; i++) v[i] = str_from(given->list.v[i]);
    return (struct names){v, given->list.n};
}

/* "a,b" as a list; empty pieces are left out. */
static struct names split(struct arena *a, struct str text) {
    struct str *v = ARENA_ARRAY(a, struct str, text.n + 1);
    size_t n = 0;
    for (size_t at = 0; at <= text.n;) {
        size_t comma = str_find(text, STR(","), at);
        if (comma == SIZE_MAX) comma = text.n;
        if (comma > at) v[n++] = str_slice(text, at, comma);
        at = comma + 1;
    }
    return (struct names){v, n};
}

bool conditions_read_pairing(struct conditions *c, const struct tree *t, node_id store) {
    if (!tree_is(t, store, NODE_OBJECT)) return false;
    for (TREE_EACH(t, list, store)) {
        if (!tree_is(t, list, NODE_ARRAY)) return false;
        struct str *v = ARENA_ARRAY(t->arena, struct str, tree_node(t, list)->n);
        size_t n = 0;
        for (TREE_EACH(t, sender, list)) {
            if (!tree_is(t, sender, NODE_STRING)) return false;
            v[n++] = tree_text(t, sender);
        }
        ARRAY_PUSH(t->arena, c->pairing) =
            (struct stored_pairing){tree_key_text(t, tree_node(t, list)->key), {v, n}};
    }
    return true;
}

static bool read_store(struct run *run, const char *path) {
    uint32_t file;
    const char *reason;
    if (source_read(run->sources, path, str_from(path), &file, &reason) != SOURCE_OK) {
        fprintf(stderr, "clawc: pairing store %s: %s\n", path, reason);
        return false;
    }
    struct json5_result read = json5_parse(run->tree, file, diags_new(run->arena));
    if (read.ok && conditions_read_pairing(&run->conditions, run->tree, read.root)) return true;
    fprintf(stderr,
            "clawc: pairing store %s: it must be an object of lists, such as "
            "{\"telegram/default\": [\"123456\"]}\n",
            path);
    return false;
}

bool conditions_of_options(struct run *run) {
    const struct options *o = run->o;
    struct conditions *c = &run->conditions;
    c->linked = all_of(run->arena, &o->linked);
    c->linked_known = o->linked.list.n > 0;
    c->plugins = split(run->arena, str_from(o->plugins));
    c->plugins_known = o->plugins != NULL;
    c->home = str_from(o->home);
    c->cwd = str_from(o->cwd);
    c->pairing_known = o->pairing_store != NULL;
    return !o->pairing_store || read_store(run, o->pairing_store);
}
