/* What the start rewrites of speech and media. */
#include <stdlib.h>

#include "base/json.h"
#include "load/legacy/steps.h"
#include "model/ids.h"

/* ---- speech ------------------------------------------------------------------------------------
 */

/* A provider's block of its own goes below `providers`. */
static void nest_provider(struct repair_job *job, node_id tts, node_id owner, const char *from,
                          const char *to, struct str from_path, struct str path) {
    node_id block = legacy_record(job, owner, from);
    if (!block) return;
    edit_remove(job->edit, owner, block);
    node_id providers = legacy_ensure(job, tts, "providers", block);
    node_id provider = legacy_ensure(job, providers, to, block);
    legacy_fill(job, provider, block);
    legacy_note(job, from_path, str_format(job->arena, STR_FMT ".providers.%s", STR_ARG(path), to),
                block, provider);
}

static void nest_providers(struct repair_job *job, node_id tts, struct str path) {
    static const char *const same[] = {"openai", "elevenlabs", "microsoft"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        nest_provider(job, tts, tts, same[i], same[i], legacy_below(job, path, same[i]), path);
    nest_provider(job, tts, legacy_record(job, tts, "providers"), "edge", "microsoft",
                  legacy_below(job, path, "providers.edge"), path);
    nest_provider(job, tts, tts, "edge", "microsoft", legacy_below(job, path, "edge"), path);
}

static void repair_providers(struct repair_job *job, const void *context, node_id owner,
                             node_id tts, struct str path) {
    (void)context, (void)owner;
    if (!legacy_is_object(job, tts)) return;
    if (str_equal(ids_token(job->arena, legacy_text(job, tts, "provider")), STR("edge")))
        legacy_set(job, tts, "provider",
                   edit_new_text(job->edit, STR("microsoft"), legacy_member(job, tts, "provider")),
                   legacy_below(job, path, "provider"));
    nest_providers(job, tts, path);
}

/* Discord nests them in another step, which leaves `edge` below `providers` alone. */
static void repair_discord_voice(struct repair_job *job, const void *context, node_id owner,
                                 node_id tts, struct str path) {
    static const char *const names[] = {"openai", "elevenlabs", "microsoft", "edge"};
    (void)context, (void)owner;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        nest_provider(job, tts, tts, names[i], i < 3 ? names[i] : "microsoft",
                      legacy_below(job, path, names[i]), path);
}

static void rename_voice(struct repair_job *job, node_id provider, struct str path) {
    static const char *const names[][2] = {
        {"voice", "speakerVoice"}, {"voiceName", "speakerVoice"}, {"voiceId", "speakerVoiceId"}};
    if (!legacy_is_object(job, provider)) return;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        legacy_rename(job, provider, names[i][0], provider, names[i][1], path,
                      legacy_below(job, path, names[i][1]));
}

static void rename_voices(struct repair_job *job, node_id scope, struct str path) {
    static const char *const flat[] = {"openai", "elevenlabs", "microsoft", "edge"};
    struct tree *t = job->edit->tree;
    for (TREE_EACH(t, provider, legacy_record(job, scope, "providers")))
        rename_voice(
            job, provider,
            legacy_path(job, legacy_below(job, path, "providers"), legacy_key(job, provider)));
    for (size_t i = 0; i < sizeof flat / sizeof *flat; i++)
        rename_voice(job, legacy_record(job, scope, flat[i]), legacy_below(job, path, flat[i]));
}

static void repair_voices(struct repair_job *job, const void *context, node_id owner, node_id tts,
                          struct str path) {
    (void)context, (void)owner;
    struct tree *t = job->edit->tree;
    rename_voices(job, tts, path);
    for (TREE_EACH(t, persona, legacy_record(job, tts, "personas")))
        rename_voices(
            job, persona,
            legacy_path(job, legacy_below(job, path, "personas"), legacy_key(job, persona)));
}

static void repair_enabled(struct repair_job *job, const void *context, node_id owner, node_id tts,
                           struct str path) {
    (void)context, (void)owner;
    node_id enabled = legacy_member(job, tts, "enabled");
    if (!tree_is(job->edit->tree, enabled, NODE_BOOL)) return;
    struct str mode = legacy_is_bool(job, enabled, true) ? STR("always") : STR("off");
    legacy_drop(job, tts, enabled, legacy_below(job, path, "enabled"));
    if (!ids_trim(legacy_text(job, tts, "auto")).n)
        legacy_set(job, tts, "auto", edit_new_text(job->edit, mode, enabled),
                   legacy_below(job, path, "auto"));
}

/* `messages.tts` moved to the top, its voice of conversations to `talk`. */
static void lift_tts(struct repair_job *job) {
    node_id messages = legacy_record(job, job->root, "messages");
    node_id tts = legacy_member(job, messages, "tts"),
            realtime = legacy_record(job, tts, "realtime");
    if (!tts) return;
    if (!legacy_is_object(job, tts)) {
        legacy_drop(job, messages, tts, STR("messages.tts"));
        return;
    }
    if (realtime) {
        node_id voice = legacy_member(job, realtime, "speakerVoice");
        if (!voice) voice = legacy_member(job, realtime, "voice");
        legacy_drop(job, tts, realtime, STR("messages.tts.realtime"));
        node_id own =
            tree_path(job->edit->tree, job->root, "talk", "realtime", "speakerVoice", NULL);
        if (voice && !own) {
            node_id talk = legacy_ensure(job, job->root, "talk", voice);
            legacy_set(job, legacy_ensure(job, talk, "realtime", voice), "speakerVoice",
                       edit_copy(job->edit, voice), STR("talk.realtime.speakerVoice"));
        }
    }
    legacy_move(job, messages, tts, STR("messages.tts"), job->root, STR("tts"), STR("tts"), true);
}

/* The voice of `talk` belongs to the provider that it names, to its only one, or to ElevenLabs. */
static void repair_talk(struct repair_job *job) {
    static const char *const keys[] = {"voiceId", "voiceAliases", "modelId", "outputFormat",
                                       "apiKey"};
    struct tree *t = job->edit->tree;
    node_id talk = legacy_record(job, job->root, "talk");
    node_id providers = legacy_record(job, talk, "providers");
    struct str name = ids_trim(legacy_text(job, talk, "provider"));
    bool any = false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        any = any || legacy_member(job, talk, keys[i]);
    if (!any || (!name.n && providers && tree_node(t, providers)->n > 1)) return;
    if (!name.n)
        name = providers && !legacy_is_empty(job, providers)
                   ? legacy_key(job, tree_first(t, providers))
                   : STR("elevenlabs");
    node_id provider = legacy_ensure(job, legacy_ensure(job, talk, "providers", talk),
                                     str_to_c(job->arena, name), talk);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        node_id value = legacy_member(job, talk, keys[i]);
        struct str to =
            str_format(job->arena, "talk.providers." STR_FMT ".%s", STR_ARG(name), keys[i]);
        if (value)
            legacy_move(job, talk, value, legacy_below(job, STR("talk"), keys[i]), provider,
                        str_from(keys[i]), to, true);
    }
}

/* ---- media -------------------------------------------------------------------------------------
 */

static void nest_deepgram(struct repair_job *job, const void *context, node_id owner, node_id entry,
                          struct str path) {
    static const char *const names[][2] = {{"detectLanguage", "detect_language"},
                                           {"punctuate", "punctuate"},
                                           {"smartFormat", "smart_format"}};
    (void)context, (void)owner;
    node_id flat = legacy_record(job, entry, "deepgram");
    if (!flat) return;
    edit_remove(job->edit, entry, flat);
    node_id options = legacy_ensure(job, entry, "providerOptions", flat);
    node_id own = legacy_ensure(job, options, "deepgram", flat);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        node_id value = legacy_member(job, flat, names[i][0]);
        if (tree_is(job->edit->tree, value, NODE_BOOL) && !legacy_member(job, own, names[i][1]))
            edit_set(job->edit, own, str_from(names[i][1]), edit_copy(job->edit, value));
    }
    legacy_note(job, legacy_below(job, path, "deepgram"),
                legacy_below(job, path, "providerOptions.deepgram"), flat, own);
}

static bool has_text(const struct tree *t, node_id list, const char *text) {
    for (TREE_EACH(t, item, list))
        if (str_equal(tree_text(t, item), str_from(text))) return true;
    return false;
}

struct entry {
    struct str key;
    node_id value;
};

static int by_key(const void *a, const void *b) {
    return str_compare(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

/* A text that is equal for equal values, whatever the order of their keys. The outermost one's
 * capabilities do not count. Depth: as the tree's. */
static void add_signature(struct buf *b, const struct tree *t, node_id n, bool outermost) {
    const struct node *node = tree_node(t, n);
    buf_addf(b, "%d", node->kind);
    if (node->kind == NODE_STRING) json_add_string(b, tree_text(t, n));
    if (node->kind == NODE_NUMBER) json_add_number(b, node->u.number);
    if (node->kind == NODE_BOOL) buf_add_char(b, node->u.boolean ? 't' : 'f');
    if (node->kind != NODE_ARRAY && node->kind != NODE_OBJECT) return;
    struct entry *v = ARENA_ARRAY(b->arena, struct entry, node->n + 1);
    size_t count = 0;
    for (TREE_EACH(t, child, n)) {
        struct str key = tree_key_text(t, tree_node(t, child)->key);
        if (outermost && str_equal(key, STR("capabilities"))) continue;
        v[count++] = (struct entry){key, child};
    }
    if (node->kind == NODE_OBJECT) qsort(v, count, sizeof *v, by_key);
    buf_add_char(b, '{');
    for (size_t i = 0; i < count; i++) {
        json_add_string(b, v[i].key);
        add_signature(b, t, v[i].value, false);
    }
    buf_add_char(b, '}');
}

/* The models of one capability, each marked with it. */
static void take_models(struct repair_job *job, node_id config, const char *capability,
                        struct legacy_chain *all) {
    struct tree *t = job->edit->tree;
    struct map seen = map_new(job->arena);
    for (TREE_EACH(t, model, legacy_member(job, config, "models"))) {
        node_id own = legacy_member(job, model, "capabilities");
        if (!legacy_is_object(job, model)) continue;
        if (tree_is(t, own, NODE_ARRAY) && !has_text(t, own, capability)) continue;
        struct buf b = buf_new(job->arena);
        bool is_new;
        add_signature(&b, t, model, true);
        map_put(&seen, buf_str(&b), 1, &is_new);
        if (!is_new) continue;
        node_id copy = legacy_clone(job, model), list = edit_new(job->edit, NODE_ARRAY, model);
        edit_append(job->edit, list, edit_new_text(job->edit, str_from(capability), model), 1);
        edit_set(job->edit, copy, STR("capabilities"), list);
        legacy_chain_add(t, all, copy);
    }
}

/* `models` of each capability become one list. */
static void join_models(struct repair_job *job) {
    static const char *const capabilities[] = {"image", "audio", "video"};
    struct tree *t = job->edit->tree;
    node_id media = legacy_record(job, legacy_record(job, job->root, "tools"), "media");
    node_id shared = legacy_member(job, media, "models");
    struct legacy_chain all = {0, 0, 0};
    bool changed = false;
    for (size_t i = 0; media && i < sizeof capabilities / sizeof *capabilities; i++) {
        node_id config = legacy_record(job, media, capabilities[i]);
        node_id models = legacy_member(job, config, "models");
        if (!config) continue;
        take_models(job, config, capabilities[i], &all);
        changed = changed || models;
        if (models)
            legacy_drop(job, config, models,
                        str_format(job->arena, "tools.media.%s.models", capabilities[i]));
        if (legacy_is_empty(job, config)) edit_remove(job->edit, media, config);
    }
    if (!changed) return;
    for (TREE_EACH(t, model, tree_is(t, shared, NODE_ARRAY) ? shared : 0))
        if (legacy_is_object(job, model)) legacy_chain_add(t, &all, edit_copy(job->edit, model));
    if (!all.n) return;
    node_id list = edit_new(job->edit, NODE_ARRAY, media);
    edit_append(job->edit, list, all.first, all.n);
    legacy_set(job, media, "models", list, STR("tools.media.models"));
}

/* ---- transcription -----------------------------------------------------------------------------
 */

static bool hears(const struct repair_job *job, node_id models) {
    const struct tree *t = job->edit->tree;
    for (TREE_EACH(t, model, tree_is(t, models, NODE_ARRAY) ? models : 0)) {
        node_id own = legacy_member(job, model, "capabilities");
        if (legacy_is_object(job, model) &&
            (!tree_is(t, own, NODE_ARRAY) || has_text(t, own, "audio")))
            return true;
    }
    return false;
}

/* "{input}" was the file; the older gateway leaves it. */
static struct str argument(struct repair_job *job, struct str text) {
    if (!job->gateway->roster_entries) return text;
    struct buf b = buf_new(job->arena);
    for (size_t from = 0;;) {
        size_t at = str_find(text, STR("{input}"), from);
        buf_add(&b, str_slice(text, from, at == SIZE_MAX ? text.n : at));
        if (at == SIZE_MAX) return buf_str(&b);
        buf_add(&b, STR("{{AttachmentPath}}"));
        from = at + sizeof "{input}" - 1;
    }
}

node_id legacy_command(struct repair_job *job, node_id transcription) {
    struct edit *e = job->edit;
    struct tree *t = e->tree;
    node_id command = legacy_member(job, transcription, "command"), first = tree_first(t, command);
    struct str program = ids_trim(tree_text(t, first));
    if (!tree_is(t, command, NODE_ARRAY) || !program.n) return 0;
    for (TREE_EACH(t, word, command))
        if (!tree_is(t, word, NODE_STRING)) return 0;
    node_id model = edit_new(e, NODE_OBJECT, command), args = edit_new(e, NODE_ARRAY, command);
    struct legacy_chain words = {0, 0, 0};
    for (node_id word = tree_node(t, first)->next; word; word = tree_node(t, word)->next)
        legacy_chain_add(t, &words, edit_new_text(e, argument(job, tree_text(t, word)), word));
    edit_append(e, args, words.first, words.n);
    edit_set(e, model, STR("command"), edit_new_text(e, program, first));
    edit_set(e, model, STR("type"), edit_new_text(e, STR("cli"), first));
    if (words.n) edit_set(e, model, STR("args"), args);
    node_id seconds = legacy_member(job, transcription, "timeoutSeconds");
    if (tree_is(t, seconds, NODE_NUMBER))
        edit_set(e, model, STR("timeoutSeconds"), edit_copy(e, seconds));
    return model;
}

/* audio.transcription becomes a model of tools.media. */
static void repair_transcription(struct repair_job *job) {
    struct edit *e = job->edit;
    node_id audio = legacy_record(job, job->root, "audio");
    node_id transcription = legacy_member(job, audio, "transcription");
    if (!transcription) return;
    legacy_drop(job, audio, transcription, STR("audio.transcription"));
    if (legacy_is_empty(job, audio)) edit_remove(e, job->root, audio);
    node_id model = legacy_command(job, transcription);
    if (!model) return;
    node_id capabilities = edit_new(e, NODE_ARRAY, transcription);
    edit_append(e, capabilities, edit_new_text(e, STR("audio"), transcription), 1);
    edit_set(e, model, STR("capabilities"), capabilities);
    node_id tools = legacy_ensure(job, job->root, "tools", transcription);
    node_id media = legacy_ensure(job, tools, "media", transcription);
    node_id own = legacy_ensure(job, media, "audio", transcription);
    node_id models = legacy_member(job, media, "models");
    if (hears(job, legacy_member(job, own, "models")) || hears(job, models)) return;
    struct str preferred = str_concat(job->arena, STR("cli:"), legacy_text(job, model, "command"));
    edit_set(e, own, STR("enabled"), legacy_new_bool(job, true, transcription));
    edit_set(e, own, STR("preferredModel"), edit_new_text(e, preferred, transcription));
    if (!tree_is(e->tree, models, NODE_ARRAY)) {
        models = edit_new(e, NODE_ARRAY, transcription);
        edit_set(e, media, STR("models"), models);
    }
    edit_append(e, models, model, 1);
    legacy_note(job, STR(""), STR("tools.media.models"), 0, model);
}

/* ---- in order ----------------------------------------------------------------------------------
 */

static void each(struct repair_job *job, const char *pattern, legacy_visit visit) {
    legacy_each(job, str_from(pattern), visit, NULL);
}

void legacy_media(struct repair_job *job) {
    static const char *const models[] = {"tools.media.models.*",       "tools.media.audio",
                                         "tools.media.image",          "tools.media.video",
                                         "tools.media.audio.models.*", "tools.media.image.models.*",
                                         "tools.media.video.models.*"};
    repair_transcription(job);
    lift_tts(job);
    each(job, "tts", repair_providers);
    each(job, "plugins.entries.voice-call.config.tts", repair_providers);
    each(job, "@tts", repair_voices);
    each(job, "@tts", repair_enabled);
    each(job, "channels.discord.voice.tts", repair_discord_voice);
    each(job, "channels.discord.accounts.*.voice.tts", repair_discord_voice);
    repair_talk(job);
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) each(job, models[i], nest_deepgram);
    join_models(job);
}
