/* Models that are no longer offered, wherever one is named. */
#include "load/legacy_steps.h"
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
    static const char *const lists[] = {"fallback",       "fallbacks",           "allowedModels",
                                        "modelFallbacks", "imageModelFallbacks", "allow", NULL};
    struct place p = {.by_channel = outer.by_channel || str_equal(key, STR("modelByChannel")),
                      .media = str_equal(key, STR("mediaModels")),
                      .list = is_one_of(key, lists),
                      .map = str_equal(key, STR("models"))};
    return p;
}

static bool names_model(struct str key, struct place p) {
    static const char *const keys[] = {
        "model",      "primary",          "summaryModel",         "imageModel",
        "voiceModel", "utilityModel",     "imageGenerationModel", "musicGenerationModel",
        "pdfModel",   "videoGenerationModel", "preferredModel",   NULL};
    static const char *const media[] = {"image", "video", "music", NULL};
    return p.by_channel || is_one_of(key, keys) || (p.media && is_one_of(key, media));
}

/* Two keys beside each other that name one: provider and model. */
static bool repair_pair(struct repair_job *job, node_id object, const struct legacy_trail *trail) {
    node_id provider = legacy_member(job, object, "provider");
    node_id model = legacy_member(job, object, "model");
    struct tree *t = job->edit->tree;
    if (!tree_is(t, provider, NODE_STRING) || !tree_is(t, model, NODE_STRING)) return false;
    struct str now = successor(job, str_format(job->arena, STR_FMT "/" STR_FMT,
                                               STR_ARG(tree_text(t, provider)),
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
    edit_remove(job->edit, object, member);
    if (!there)
        edit_set(job->edit, object, now, edit_copy(job->edit, member));
    else if (legacy_is_object(job, there) && legacy_is_object(job, member))
        legacy_fill(job, there, member);
    legacy_note(job, from, legacy_path(job, path, now), member, tree_member(t, object, now));
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

void legacy_models(struct repair_job *job) {
    if (job->gateway->repair_models.n) visit(job, job->root, (struct place){0}, NULL);
}
