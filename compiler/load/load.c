#include "load/load.h"

#include "load/env_block.h"
#include "load/include.h"
#include "load/legacy/legacy.h"
#include "load/normalise.h"
#include "load/validate.h"
#include "model/ids.h"
#include "syntax/json5.h"

/* A config on its way through the steps of one gateway version. */
struct loading {
    const struct loader *loader;
    struct diags *diags;
    struct loaded *out;
    struct include_cache *cache;
};

/* ---- depth -------------------------------------------------------------------------------------
 */

/* How deep the values of a file nest: its nodes are in source order. */
static size_t depth_of(const struct loader *l, size_t first_node) {
    const struct node *nodes = l->tree->nodes;
    ARRAY(uint32_t) ends = {NULL, 0, 0};
    struct arena *scratch = arena_new();
    size_t deepest = 0;
    for (size_t i = first_node; i < l->tree->n; i++) {
        if (nodes[i].kind != NODE_ARRAY && nodes[i].kind != NODE_OBJECT) continue;
        while (ends.n && ends.v[ends.n - 1] <= nodes[i].start) ends.n--;
        ARRAY_PUSH(scratch, ends) = nodes[i].end;
        if (ends.n > deepest) deepest = ends.n;
    }
    arena_free(scratch);
    return deepest;
}

static bool depth_is_fine(const struct loader *l, uint32_t file, size_t first_node) {
    size_t depth = depth_of(l, first_node);
    struct span at = {file, 0, 0};
    if (depth >= LOAD_MAX_DEPTH) {
        diag_add(l->diags, SEVERITY_ERROR, "too_deep", at,
                 "values nest %lu levels deep: the gateway runs out of stack well below %d",
                 (unsigned long)depth, LOAD_MAX_DEPTH);
        return false;
    }
    if (depth > LOAD_WARN_DEPTH) {
        struct diag *d =
            diag_add(l->diags, SEVERITY_WARN, "too_deep", at,
                     "values nest %lu levels deep: from about 2000 the gateway may run "
                     "out of stack, which depends on the machine",
                     (unsigned long)depth);
        d->own = true;
    }
    return true;
}

/* ---- the steps ---------------------------------------------------------------------------------
 */

/* Whether any file of the config has a `${`. */
static bool has_reference(const struct loading *s) {
    const struct sources *sources = s->loader->tree->sources;
    if (str_find(source_text(sources, s->out->file), STR("${"), 0) != SIZE_MAX) return true;
    for (size_t i = 0; i < s->cache->files.n; i++)
        if (s->cache->files.v[i].file &&
            str_find(source_text(sources, s->cache->files.v[i].file), STR("${"), 0) != SIZE_MAX)
            return true;
    return false;
}

/* Variables: false when the gateway could not read the config. */
static bool apply_variables(const struct loading *s, struct edit *edit, node_id prototype) {
    struct env_job job = {.arena = s->loader->arena,
                          .edit = edit,
                          .diags = s->diags,
                          .gateway = s->out->gateway,
                          .base = s->loader->environment,
                          .root = s->out->resolved,
                          .prototype = prototype};
    s->out->environment = env_block_apply(&job);
    if (!s->out->environment) return false;
    if (has_reference(s)) env_substitute(&job, s->out->environment);
    return true;
}

static void normalise(const struct loading *s, struct diags *diags, struct edit *edit) {
    struct normalise_job job = {.arena = s->loader->arena,
                                .edit = edit,
                                .diags = diags,
                                .gateway = s->out->gateway,
                                .environment = s->out->environment,
                                .list_ids = &s->out->list_ids,
                                .root = s->out->root};
    if (!s->out->gateway->roster_entries) return;
    normalise_config(&job);
    if (job.marker.n) s->out->marker = job.marker;
    if (job.first.n) s->out->first = job.first;
}

/* Everything before the schema. False when the gateway stops here. */
static bool resolve(const struct loading *s, struct edit *edit, node_id root) {
    const struct loader *l = s->loader;
    struct include_job include = {.arena = l->arena,
                                  .edit = edit,
                                  .diags = s->diags,
                                  .files = l->files,
                                  .gateway = s->out->gateway,
                                  .environment = l->environment,
                                  .config = l->config,
                                  .directory = l->directory,
                                  .cache = s->cache};
    s->out->root = 0;
    s->out->resolved = include_resolve(&include, root);
    s->out->includes = include.edges.v;
    s->out->n_includes = include.edges.n;
    if (l->keep_written && s->out->resolved) s->out->written = tree_copy(l->tree, s->out->resolved);
    if (!s->out->resolved || !apply_variables(s, edit, include.prototype)) {
        s->out->resolved = 0;
        return false;
    }
    if (!tree_is(l->tree, s->out->resolved, NODE_OBJECT)) return true;
    s->out->root = s->out->resolved;
    s->out->marker = s->out->first = STR("");
    s->out->list_ids = map_new(l->arena);
    normalise(s, l->tell_steps ? s->diags : NULL, edit);
    return true;
}

static void validate(const struct loading *s, struct diags *diags) {
    struct validation v = {.arena = s->loader->arena,
                           .tree = s->loader->tree,
                           .diags = diags,
                           .gateway = s->out->gateway,
                           .environment = s->out->environment,
                           .schema = s->loader->schema,
                           .first_node = s->out->first_node,
                           .root = s->out->resolved,
                           .legacy_default = s->out->marker.n > 0,
                           .marker = s->out->marker};
    validate_config(&v);
}

/* What the validator would say if the keys that are refused by name were gone. */
static void validate_further(const struct loading *s) {
    struct diags *beyond = diags_new(s->loader->arena);
    validate(s, beyond);
    for (size_t i = 0; i < beyond->list.n; i++) {
        if (beyond->list.v[i].severity != SEVERITY_ERROR) continue;
        beyond->list.v[i].further = true;
        ARRAY_PUSH(s->loader->arena, s->diags->list) = beyond->list.v[i];
    }
}

/* The gateway's start: what it makes of a config that is refused. */
static void repair(const struct loading *s, struct repair_job *job) {
    struct diags *after = diags_new(s->loader->arena);
    legacy_repair(job);
    s->out->settled = edit_begin(s->loader->tree);
    normalise(s, NULL, &s->out->settled);
    s->out->changes = job->changes.v;
    s->out->n_changes = job->changes.n;
    s->out->startup = STARTUP_REJECTED;
    if (!job->changes.n || job->unresolved || s->cache->files.n || !legacy_may_repair(job)) return;
    validate(s, after);
    if (!after->errors) s->out->startup = STARTUP_REPAIRED;
}

/* All steps for the version of `out`; the tree is changed, `edit` takes it back. */
static void interpret(const struct loading *s, struct edit *edit, node_id root) {
    size_t before = s->diags->errors;
    struct repair_job job;
    s->out->startup = STARTUP_REJECTED;
    s->out->n_changes = 0;
    if (!resolve(s, edit, root)) return;
    if (!s->out->root) {
        validate(s, s->diags);
        return;
    }
    s->out->repair = edit_begin(s->loader->tree);
    job = (struct repair_job){.arena = s->loader->arena,
                              .edit = &s->out->repair,
                              .gateway = s->out->gateway,
                              .environment = s->out->environment,
                              .root = s->out->root,
                              .list_ids = &s->out->list_ids,
                              .first = s->out->first};
    bool refused = !legacy_refuse(&job, s->diags);
    if (refused)
        validate_further(s);
    else
        validate(s, s->diags);
    if (s->diags->errors == before)
        s->out->startup = STARTUP_ACCEPTED;
    else if (refused || !s->out->gateway->legacy_keys.n)
        repair(s, &job);
    roster_read(s->loader->arena, s->out);
}

/* ---- which gateway -----------------------------------------------------------------------------
 */

/* How many mistakes the config has for a version; nothing is reported, nothing stays changed. */
static size_t misfits(const struct loading *s, const struct gateway_data *gateway, node_id root) {
    struct loaded attempt = *s->out;
    struct diags *scratch = diags_new(s->loader->arena);
    struct loading trial = {s->loader, scratch, &attempt, s->cache};
    struct edit edit = edit_begin(s->loader->tree);
    attempt.gateway = gateway;
    interpret(&trial, &edit, root);
    load_undo_repair(&attempt);
    edit_undo(&edit);
    struct tree *t = s->loader->tree;
    for (size_t n = s->out->first_node; n < t->n; n++) t->nodes[n].flags &= (uint8_t)~NODE_REPORTED;
    return scratch->errors;
}

static void choose_best_fit(const struct loading *s, node_id root) {
    const struct gateways *known = s->loader->gateways;
    size_t fewest = SIZE_MAX;
    /* The newest first: of equals it wins, and one without a mistake cannot be beaten. */
    for (size_t i = known->n; i-- > 0 && fewest;) {
        size_t errors = misfits(s, &known->v[i], root);
        if (errors >= fewest) continue;
        fewest = errors;
        s->out->gateway = &known->v[i];
    }
    s->out->why = STR("the known version that the config fits best");
}

static struct str nearest_note(const struct loader *l, const struct gateway_data *g,
                               struct str asked, struct str from) {
    if (str_equal(g->version, asked)) return from;
    return str_format(l->arena, STR_FMT " says " STR_FMT ", the nearest known version is this one",
                      STR_ARG(from), STR_ARG(asked));
}

static void choose_gateway(const struct loading *s, node_id root) {
    const struct loader *l = s->loader;
    struct str asked = l->gateway, from = l->gateway_from;
    if (!asked.n) {
        asked = ids_trim(
            tree_text(l->tree, tree_path(l->tree, root, "meta", "lastTouchedVersion", NULL)));
        from = STR("meta.lastTouchedVersion");
    }
    if (!asked.n || !gateway_version_is_readable(asked)) {
        choose_best_fit(s, root);
        return;
    }
    s->out->gateway = gateways_find(l->gateways, asked);
    s->out->why = nearest_note(l, s->out->gateway, asked, from);
}

/* ---- the whole load ----------------------------------------------------------------------------
 */

static void add_own(const struct loading *s, struct diag d) {
    d.own = true;
    ARRAY_PUSH(s->loader->arena, s->diags->list) = d;
}

/* What the parser warned of in the included files. */
static void pass_warnings(const struct loading *s) {
    for (size_t i = 0; i < s->cache->files.n; i++) {
        const struct include_file *f = &s->cache->files.v[i];
        for (size_t k = 0; f->parsed && k < f->diags->list.n; k++) add_own(s, f->diags->list.v[k]);
    }
}

void load_undo_repair(struct loaded *out) {
    edit_undo(&out->settled);
    edit_undo(&out->repair);
}

void load_config(const struct loader *l, uint32_t file, struct loaded *out) {
    *out = (struct loaded){.tree = l->tree,
                           .file = file,
                           .first_node = (node_id)l->tree->n,
                           .first_diag = l->diags->list.n,
                           .first_error_count = l->diags->errors,
                           .environment = l->environment,
                           .gateway = &l->gateways->v[l->gateways->n - 1],
                           .why = STR("the newest known version"),
                           .startup = STARTUP_REJECTED};
    struct include_cache cache = {.index = map_new(l->arena)};
    struct loading s = {l, l->diags, out, &cache};
    out->parsed = json5_parse(l->tree, file, l->diags);
    for (size_t i = out->first_diag; i < l->diags->list.n; i++)
        l->diags->list.v[i].own = true; /* the gateway's parser does not warn */
    if (out->parsed.root) secrets_mark(l->tree, out->parsed.root);
    if (!out->parsed.ok) secrets_mark_broken(l->tree->sources, file, false);
    if (l->gateway.n && gateway_version_is_readable(l->gateway))
        out->gateway = gateways_find(l->gateways, l->gateway);
    if (out->parsed.ok && depth_is_fine(l, file, out->first_node)) {
        struct edit edit;
        choose_gateway(&s, out->parsed.root);
        edit = edit_begin(l->tree);
        out->written = 0;
        interpret(&s, &edit, out->parsed.root);
        pass_warnings(&s);
    }
    out->errors = l->diags->errors - out->first_error_count;
    if (out->errors && out->startup == STARTUP_ACCEPTED) out->startup = STARTUP_REJECTED;
}
