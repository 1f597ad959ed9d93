/* Models that are gone, as the manifests of the gateway's own plugins have them: wherever a config
 * chooses a model, naming one of these is refused. */
#include <string.h>

#include "load/semantics/semantics.h"
#include "model/ids.h"

/* What took its place; NULL when the model is not gone. An empty text: nothing in particular. */
static const struct str *successor(const struct semantics *s, struct str provider,
                                   struct str model) {
    struct names gone = name_map_get(&s->v->gateway->models_gone, provider);
    for (size_t i = 0; i + 1 < gone.n; i += 2)
        if (str_equal(gone.v[i], model)) return &gone.v[i + 1];
    return NULL;
}

static void check_ref(struct semantics *s, node_id n, struct str written) {
    struct str ref = ids_trim(written);
    size_t slash = str_find(ref, STR("/"), 0);
    if (slash == SIZE_MAX) return;
    struct str provider = semantics_token(s, str_slice(ref, 0, slash));
    struct str model = semantics_token(s, str_slice(ref, slash + 1, ref.n));
    const struct str *use = successor(s, provider, model);
    if (!use) return;
    if (use->n)
        semantics_error(s, n, "", "model_gone",
                        "`" STR_FMT "/" STR_FMT "` is no longer offered: use `" STR_FMT "/" STR_FMT
                        "`",
                        STR_ARG(provider), STR_ARG(model), STR_ARG(provider), STR_ARG(*use));
    else
        semantics_error(s, n, "", "model_gone",
                        "the gateway does not support `" STR_FMT "/" STR_FMT
                        "`: choose another model",
                        STR_ARG(provider), STR_ARG(model));
}

static void check_text(struct semantics *s, node_id owner, const char *key) {
    node_id n = semantics_member(s, owner, key);
    if (!semantics_is_text(s, n)) return;
    checking_enter_key(s->c, str_from(key));
    check_ref(s, n, tree_text(s->t, n));
    checking_leave(s->c);
}

/* A model, or a first choice and others to fall back on. */
static void check_choice(struct semantics *s, node_id owner, const char *key) {
    node_id n = semantics_member(s, owner, key);
    uint32_t index = 0;
    check_text(s, owner, key);
    if (!tree_is(s->t, n, NODE_OBJECT)) return;
    checking_enter_key(s->c, str_from(key));
    check_text(s, n, "primary");
    checking_enter_key(s->c, STR("fallbacks"));
    for (TREE_EACH(s->t, item, semantics_member(s, n, "fallbacks"))) {
        checking_enter_index(s->c, index++);
        if (semantics_is_text(s, item)) check_ref(s, item, tree_text(s->t, item));
        checking_leave(s->c);
    }
    semantics_leave(s, 2);
}

/* Calls `check` for a key of the object at a dotted path below `owner`. */
static void below(struct semantics *s, node_id owner, const char *path,
                  void (*check)(struct semantics *s, node_id owner, const char *key)) {
    unsigned steps = 0;
    for (const char *dot; (dot = strchr(path, '.')); path = dot + 1) {
        struct str key = {path, (size_t)(dot - path)};
        owner = tree_member(s->t, owner, key);
        checking_enter_key(s->c, key);
        steps++;
    }
    if (owner) check(s, owner, path);
    semantics_leave(s, steps);
}

static void check_agent(struct semantics *s, node_id agent) {
    static const char *const choices[] = {
        "model",          "utilityModel",      "imageModel",        "voiceModel",
        "pdfModel",       "mediaModels.image", "mediaModels.video", "mediaModels.music",
        "subagents.model"};
    static const char *const texts[] = {"heartbeat.model", "compaction.model",
                                        "compaction.memoryFlush.model"};
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        below(s, agent, choices[i], check_choice);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) below(s, agent, texts[i], check_text);
    checking_enter_key(s->c, STR("models"));
    for (TREE_EACH(s->t, model, semantics_member(s, agent, "models"))) {
        checking_enter_key(s->c, semantics_key(s, model));
        if (tree_node(s->t, model)->key) check_ref(s, model, semantics_key(s, model));
        checking_leave(s->c);
    }
    checking_leave(s->c);
}

/* Agents may choose more than their defaults can. */
static void check_entry(struct semantics *s, node_id agent) {
    check_agent(s, agent);
    below(s, agent, "tools.exec.reviewer.model", check_choice);
    below(s, agent, "tts.summaryModel", check_text);
}

static void check_here(struct semantics *s, node_id n) {
    if (semantics_is_text(s, n)) check_ref(s, n, tree_text(s->t, n));
}

static void check_reviewer(struct semantics *s, node_id reviewer) {
    check_choice(s, reviewer, "model");
}

static const struct place_rule rules[] = {
    {"tools.exec.reviewer", NEWER, check_reviewer},
    {"tools.media.image.preferredModel", NEWER, check_here},
    {"tools.media.audio.preferredModel", NEWER, check_here},
    {"tools.media.video.preferredModel", NEWER, check_here},
    {"agents.defaults", NEWER, check_agent},
    {"@", NEWER, check_entry},
    {"channels.modelByChannel.*.*", NEWER, check_here},
    {"hooks.mappings.#.model", NEWER, check_here},
    {"hooks.gmail.model", NEWER, check_here},
    {"tts.summaryModel", NEWER, check_here},
    {"channels.discord.voice.model", NEWER, check_here},
    {"channels.discord.voice.tts.summaryModel", NEWER, check_here},
    {"channels.discord.accounts.*.voice.model", NEWER, check_here},
    {"channels.discord.accounts.*.voice.tts.summaryModel", NEWER, check_here},
    {0}};

void semantics_models(struct semantics *s) {
    if (s->v->gateway->models_gone.n) semantics_apply(s, rules);
}
