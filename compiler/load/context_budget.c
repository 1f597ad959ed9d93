/* Budgets of tokens: of a provider they move to its models, of an agent they are dropped. */
#include "load/normalise.h"

static void warn(struct normalise_job *job, node_id at, struct str path, const char *format,
                 struct str detail) {
    if (!job->diags) return;
    struct diag *d =
        diag_add(job->diags, SEVERITY_WARN, "migrated_context_budget",
                 tree_span(job->edit->tree, at), format, STR_ARG(path), STR_ARG(detail));
    d->path = path;
}

static const char *const no_receiver =
    "`" STR_FMT "` is dropped: budgets are set per model now, in "
    "`models.providers.<provider>.models[].contextTokens`" STR_FMT;

/* Every model of the provider that has no value of its own gets a copy. */
static void bake(struct normalise_job *job, node_id models, node_id value, const char *key,
                 struct str path) {
    struct tree *t = job->edit->tree;
    uint32_t index = 0;
    for (node_id model = tree_first(t, models); model; model = tree_node(t, model)->next, index++) {
        if (!tree_is(t, model, NODE_OBJECT) || tree_member(t, model, str_from(key))) continue;
        edit_set(job->edit, model, str_from(key), edit_copy(job->edit, value));
        warn(job, value, path, "`" STR_FMT "` is moved to model " STR_FMT " of the provider",
             str_format(job->arena, "%u", index));
    }
}

static void migrate_provider(struct normalise_job *job, node_id provider) {
    static const char *const keys[] = {"contextTokens", "contextWindow"};
    struct tree *t = job->edit->tree;
    struct str name = tree_key_text(t, tree_node(t, provider)->key);
    for (size_t i = 0; i < 2; i++) {
        node_id value = edit_take(job->edit, provider, keys[i]);
        if (!value) continue;
        struct str path =
            str_format(job->arena, "models.providers." STR_FMT ".%s", STR_ARG(name), keys[i]);
        node_id models = tree_member(t, provider, STR("models"));
        bool any = tree_is(t, models, NODE_ARRAY) && tree_node(t, models)->n;
        if (any) bake(job, models, value, keys[i], path);
        warn(job, value, path, "`" STR_FMT "` is dropped from the provider" STR_FMT, STR(""));
        if (!any) warn(job, value, path, no_receiver, STR(""));
    }
}

static void drop_budget(struct normalise_job *job, node_id object, struct str path) {
    node_id value = edit_take(job->edit, object, "contextTokens");
    if (!value) return;
    warn(job, value, path, "`" STR_FMT "` is dropped" STR_FMT, STR(""));
    warn(job, value, path, no_receiver, STR(""));
}

void normalise_context_budget(struct normalise_job *job) {
    struct tree *t = job->edit->tree;
    struct arena *a = job->arena;
    if (!tree_find_key(t, STR("contextTokens")) && !tree_find_key(t, STR("contextWindow"))) return;
    node_id providers = tree_path(t, job->root, "models", "providers", NULL);
    if (tree_is(t, providers, NODE_OBJECT))
        for (TREE_EACH(t, provider, providers))
            if (tree_is(t, provider, NODE_OBJECT)) migrate_provider(job, provider);
    node_id agents = tree_member(t, job->root, STR("agents"));
    drop_budget(job, tree_member(t, agents, STR("defaults")), STR("agents.defaults.contextTokens"));
    node_id entries = tree_member(t, agents, STR("entries"));
    if (tree_is(t, entries, NODE_OBJECT))
        for (TREE_EACH(t, entry, entries))
            drop_budget(job, entry,
                        str_format(a, "agents.entries." STR_FMT ".contextTokens",
                                   STR_ARG(tree_key_text(t, tree_node(t, entry)->key))));
    uint32_t index = 0;
    node_id list = tree_member(t, agents, STR("list"));
    if (!tree_is(t, list, NODE_ARRAY)) return;
    for (TREE_EACH(t, item, list))
        drop_budget(job, item, str_format(a, "agents.list[%u].contextTokens", index++));
}
