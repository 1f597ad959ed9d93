/* Models that are no longer offered, wherever one is named; and what the choice of models once said
 * without saying it. */
#include "load/legacy/steps.h"
#include "load/semantics/semantics.h"
#include "model/ids.h"

static bool is_one_of(struct str key, const char *const *keys) {
    for (; *keys; keys++)
        if (str_equal(key, str_from(*keys))) return true;
    return false;
}

/* The model in the place of this one, or an empty text. */
static struct str successor(const struct repair_job *job, struct str model) {
    struct names found = name_map_get(&job->gateway->repair_models, model);
    return found.n ? found.v[0] : STR("");
}

static void replace(struct repair_job *job, node_id owner, node_id value, struct str with,
                    struct str path) {
    node_id now = edit_new_text(job->edit, with, value);
    edit_replace(job->edit, owner, value, now);
    legacy_note(job, path, path, value, now);
}

/* What is known of a place from the keys that lead to it. */
struct place {
    bool by_channel; /* below modelByChannel */
    bool media;      /* below mediaModels */
    bool list;       /* an array of models */
    bool map;        /* an object whose keys are models */
};

static struct place place_of(struct str key, struct place outer) {
    static const char *const lists[] = {
        "fallback", "fallbacks", "allowedModels", "modelFallbacks", "imageModelFallbacks",
        "allow",    NULL};
    struct place p = {.by_channel = outer.by_channel || str_equal(key, STR("modelByChannel")),
                      .media = str_equal(key, STR("mediaModels")),
                      .list = is_one_of(key, lists),
                      .map = str_equal(key, STR("models"))};
    return p;
}

static bool names_model(struct str key, struct place p) {
    static const char *const keys[] = {"model",
                                       "primary",
                                       "summaryModel",
                                       "imageModel",
                                       "voiceModel",
                                       "utilityModel",
                                       "imageGenerationModel",
                                       "musicGenerationModel",
                                       "pdfModel",
                                       "videoGenerationModel",
                                       "preferredModel",
                                       NULL};
    static const char *const media[] = {"image", "video", "music", NULL};
    return p.by_channel || is_one_of(key, keys) || (p.media && is_one_of(key, media));
}

/* Two keys beside each other that name one: provider and model. */
static bool repair_pair(struct repair_job *job, node_id object, const struct legacy_trail *trail) {
    node_id provider = legacy_member(job, object, "provider");
    node_id model = legacy_member(job, object, "model");
    struct tree *t = job->edit->tree;
    if (!tree_is(t, provider, NODE_STRING) || !tree_is(t, model, NODE_STRING)) return false;
    struct str now =
        successor(job, str_format(job->arena, STR_FMT "/" STR_FMT, STR_ARG(tree_text(t, provider)),
                                  STR_ARG(tree_text(t, model))));
    size_t slash = str_find(now, STR("/"), 0);
    struct str path = legacy_trail_path(job, slash == SIZE_MAX ? NULL : trail);
    if (slash != SIZE_MAX) {
        replace(job, object, model, str_slice(now, slash + 1, now.n),
                legacy_below(job, path, "model"));
        replace(job, object, provider, str_slice(now, 0, slash),
                legacy_below(job, path, "provider"));
    }
    return true;
}

/* A key that is there already is filled up. */
static void rename_key(struct repair_job *job, node_id object, node_id member, struct str now,
                       const struct legacy_trail *trail) {
    struct tree *t = job->edit->tree;
    struct str path = legacy_trail_path(job, trail);
    struct str from = legacy_path(job, path, legacy_key(job, member));
    node_id there = tree_member(t, object, now);
    if (!there) {
        there = edit_copy(job->edit, member);
        edit_replace(job->edit, object, member, there);
        tree_node(t, there)->key = tree_key(t, now);
    } else {
        edit_remove(job->edit, object, member);
        if (legacy_is_object(job, there) && legacy_is_object(job, member))
            legacy_fill(job, there, member);
    }
    legacy_note(job, from, legacy_path(job, path, now), member, there);
}

static void rename_keys(struct repair_job *job, node_id object, const struct legacy_trail *trail) {
    for (node_id member = tree_first(job->edit->tree, object), next; member; member = next) {
        next = tree_node(job->edit->tree, member)->next;
        struct str now = successor(job, legacy_key(job, member));
        if (now.n) rename_key(job, object, member, now, trail);
    }
}

/* Depth: as the tree's. */
static void visit(struct repair_job *job, node_id owner, struct place p,
                  const struct legacy_trail *up) {
    struct tree *t = job->edit->tree;
    struct legacy_trail here = {.up = up};
    bool object = tree_is(t, owner, NODE_OBJECT);
    bool pair = object && repair_pair(job, owner, up);
    if (object && p.map) rename_keys(job, owner, up);
    for (node_id child = tree_first(t, owner), next; child; child = next, here.index++) {
        next = tree_node(t, child)->next;
        if (object) here.key = legacy_key(job, child);
        bool named = object ? names_model(here.key, p) : p.list;
        bool is_text = tree_is(t, child, NODE_STRING);
        if (pair && str_equal(here.key, STR("model"))) continue;
        struct str now = named && is_text ? successor(job, tree_text(t, child)) : STR("");
        if (now.n)
            replace(job, owner, child, now, legacy_trail_path(job, &here));
        else if (tree_is(t, child, NODE_OBJECT) || tree_is(t, child, NODE_ARRAY))
            visit(job, child, object ? place_of(here.key, p) : (struct place){0}, &here);
    }
}

/* The models that a provider offers: their ids are without its name. */
static void repair_catalogue(struct repair_job *job, const void *context, node_id owner,
                             node_id model, struct str path) {
    (void)context, (void)owner;
    struct tree *t = job->edit->tree;
    struct str rest = path;
    node_id id = legacy_member(job, model, "id");
    for (int i = 0; i < 2; i++) legacy_next_key(&rest); /* models.providers. */
    size_t end = str_find(rest, STR(".models."), 0);
    struct str provider = str_slice(rest, 0, end == SIZE_MAX ? 0 : end);
    struct str now = successor(job, str_format(job->arena, STR_FMT "/" STR_FMT, STR_ARG(provider),
                                               STR_ARG(tree_text(t, id))));
    if (str_starts(now, provider) && now.n > provider.n && tree_is(t, id, NODE_STRING))
        replace(job, model, id, str_slice(now, provider.n + 1, now.n),
                legacy_below(job, path, "id"));
}

/* ---- what was not said -------------------------------------------------------------------------
 */

static bool has_marker(const struct repair_job *job, const char *name) {
    node_id done = tree_path(job->edit->tree, job->root, "meta", "migrations", NULL);
    return legacy_is_bool(job, legacy_member(job, done, name), true);
}

static void set_marker(struct repair_job *job, const char *name, node_id origin) {
    node_id meta = legacy_ensure(job, job->root, "meta", origin);
    node_id done = legacy_ensure(job, meta, "migrations", origin);
    legacy_set(job, done, name, legacy_new_bool(job, true, origin),
               str_format(job->arena, "meta.migrations.%s", name));
}

static struct map aliases_of(struct repair_job *job, node_id models) {
    struct map aliases = map_new(job->arena);
    for (TREE_EACH(job->edit->tree, model, models)) {
        struct str alias = ids_token(job->arena, legacy_text(job, model, "alias"));
        if (alias.n) map_put(&aliases, alias, 1, NULL);
    }
    return aliases;
}

/* The keys of agents.defaults.models were all that one could change to: now a policy says so. */
static void repair_policy(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id defaults = tree_path(t, job->root, "agents", "defaults", NULL);
    node_id models = legacy_record(job, defaults, "models");
    node_id policy = legacy_record(job, defaults, "modelPolicy");
    struct legacy_chain refs = {0, 0, 0};
    if (!models || legacy_member(job, policy, "allow") || has_marker(job, "modelPolicyAllowlist"))
        return;
    struct map aliases = aliases_of(job, models);
    for (TREE_EACH(t, model, policy ? 0 : models)) {
        struct str key = legacy_key(job, model);
        if (!ids_trim(key).n) continue;
        if (!semantics_is_model_ref(ids_trim(key)) &&
            !map_get(&aliases, ids_token(job->arena, key))) {
            job->unresolved = true;
            return;
        }
        legacy_chain_add(t, &refs, edit_new_text(job->edit, key, model));
    }
    if (refs.n) {
        node_id allow = edit_new(job->edit, NODE_ARRAY, models);
        edit_append(job->edit, allow, refs.first, refs.n);
        legacy_set(job, legacy_ensure(job, defaults, "modelPolicy", models), "allow", allow,
                   STR("agents.defaults.modelPolicy.allow"));
    }
    set_marker(job, "modelPolicyAllowlist", models);
}

static struct str primary_of(const struct repair_job *job, node_id model) {
    const struct tree *t = job->edit->tree;
    return ids_trim(tree_is(t, model, NODE_STRING) ? tree_text(t, model)
                                                   : legacy_text(job, model, "primary"));
}

/* The first model of the providers, unless the gateway's own default is among those. */
static struct str implied_model(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    struct str usual = job->gateway->default_model;
    struct str provider = str_slice(usual, 0, str_find(usual, STR("/"), 0));
    node_id providers = tree_path(t, job->root, "models", "providers", NULL);
    for (TREE_EACH(t, p, providers))
        for (TREE_EACH(t, model, legacy_member(job, p, "models")))
            if (str_equal(ids_token(job->arena, legacy_key(job, p)), provider) &&
                str_equal(legacy_text(job, model, "id"), str_slice(usual, provider.n + 1, usual.n)))
                return usual;
    for (TREE_EACH(t, p, providers)) {
        struct str id = legacy_text(job, tree_first(t, legacy_member(job, p, "models")), "id");
        if (id.n)
            return str_format(job->arena, STR_FMT "/" STR_FMT,
                              STR_ARG(ids_token(job->arena, legacy_key(job, p))), STR_ARG(id));
    }
    return usual;
}

static bool some_catalogue(const struct repair_job *job) {
    struct tree *t = job->edit->tree;
    for (TREE_EACH(t, p, tree_path(t, job->root, "models", "providers", NULL)))
        if (legacy_text(job, tree_first(t, legacy_member(job, p, "models")), "id").n) return true;
    return false;
}

/* Neither a variable nor a profile of credentials is in it. */
static bool is_plain(const struct repair_job *job, struct str model) {
    struct tree *t = job->edit->tree;
    if (str_find(model, STR("@"), 0) != SIZE_MAX) return false;
    for (TREE_EACH(t, p, tree_path(t, job->root, "models", "providers", NULL)))
        for (TREE_EACH(t, offered, legacy_member(job, p, "models"))) {
            node_id id = legacy_member(job, offered, "id");
            if ((id && tree_node(t, id)->flags & NODE_SUBSTITUTED) ||
                str_find(tree_text(t, id), STR("${"), 0) != SIZE_MAX)
                return false;
        }
    return true;
}

static void set_primary(struct repair_job *job, node_id owner, struct str model, struct str path) {
    node_id value = edit_new_text(job->edit, model, owner);
    tree_node(job->edit->tree, value)->flags |= NODE_ADDED;
    legacy_set(job, legacy_ensure(job, owner, "model", owner), "primary", value,
               legacy_below(job, path, "model.primary"));
}

/* A config with providers of its own and no choice had the first of their models; so had an agent
 * that chose a model for small tasks alone. */
static void repair_primary(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id agents = legacy_record(job, job->root, "agents");
    node_id defaults = legacy_record(job, agents, "defaults");
    struct str common = ids_trim(legacy_text(job, defaults, "utilityModel"));
    struct str model = implied_model(job);
    size_t before = job->changes.n;
    if (has_marker(job, "utilityModelSeparation") || !is_plain(job, model)) return;
    node_id written = legacy_member(job, agents, "defaults");
    if ((written && !defaults) || primary_of(job, legacy_member(job, defaults, "model")).n) return;
    if (some_catalogue(job) || common.n) {
        agents = legacy_ensure(job, job->root, "agents", job->root);
        set_primary(job, legacy_ensure(job, agents, "defaults", agents), model,
                    STR("agents.defaults"));
    }
    for (TREE_EACH(t, agent,
                   job->changes.n == before ? legacy_record(job, agents, "entries") : 0)) {
        struct str own = ids_trim(legacy_text(job, agent, "utilityModel"));
        if (own.n && !primary_of(job, legacy_member(job, agent, "model")).n)
            set_primary(job, agent, model,
                        legacy_path(job, STR("agents.entries"), legacy_key(job, agent)));
    }
    if (job->changes.n != before) set_marker(job, "utilityModelSeparation", agents);
}

void legacy_models(struct repair_job *job) {
    repair_primary(job);
    legacy_each(job, STR("models.providers.*.models.*"), repair_catalogue, NULL);
    if (job->gateway->repair_models.n) visit(job, job->root, (struct place){0}, NULL);
    repair_policy(job);
}
