/* How a channel streams its answers: flat keys of older versions go below `streaming`. Which
 * channels do, and how, is data (`repair.streaming`). */
#include "load/legacy/steps.h"
#include "model/ids.h"

/* What the data says of a channel. */
struct aliases {
    const char *channel;
    const char *mode;   /* when nothing says which */
    bool preview;       /* `draftChunk` is one of the keys */
    bool native;        /* `nativeStreaming`, too, and the mode has older words (Slack) */
    bool quiet;         /* the modes are those of Matrix */
    bool delivery_only; /* nothing is done without one of the keys about delivery */
    bool replaces;      /* the `streaming` of an account replaced the channel's as a whole */
    bool inherits;      /* ... and accounts inherit from the account `default` */
    bool direct;        /* `dm.policy` and `dm.allowFrom` go up */
};

/* ---- who may write -----------------------------------------------------------------------------
 */

/* The texts of a list, trimmed, those that are not empty. */
static bool same_lists(const struct repair_job *job, node_id a, node_id b) {
    const struct tree *t = job->edit->tree;
    if (!tree_is(t, a, NODE_ARRAY) || !tree_is(t, b, NODE_ARRAY)) return false;
    node_id x = tree_first(t, a), y = tree_first(t, b);
    for (;;) {
        while (x && tree_is(t, x, NODE_STRING) && !ids_trim(tree_text(t, x)).n)
            x = tree_node(t, x)->next;
        while (y && tree_is(t, y, NODE_STRING) && !ids_trim(tree_text(t, y)).n)
            y = tree_node(t, y)->next;
        if (!x || !y) return x == y;
        if (!str_equal(ids_trim(tree_text(t, x)), ids_trim(tree_text(t, y)))) return false;
        if (tree_node(t, x)->kind != tree_node(t, y)->kind) return false;
        x = tree_node(t, x)->next;
        y = tree_node(t, y)->next;
    }
}

/* A key that says the same as the one above goes; one that says something else stays. */
static bool lift(struct repair_job *job, node_id entry, node_id dm, const char *from,
                 const char *to, struct str path) {
    struct tree *t = job->edit->tree;
    node_id old = legacy_member(job, dm, from), own = legacy_member(job, entry, to);
    if (!old) return false;
    bool same = tree_is(t, old, NODE_STRING) && tree_is(t, own, NODE_STRING) &&
                str_equal(tree_text(t, old), tree_text(t, own));
    if (own && !same && !same_lists(job, old, own)) return false;
    legacy_rename(job, dm, from, entry, to, legacy_below(job, path, "dm"),
                  legacy_below(job, path, to));
    return true;
}

static void lift_direct(struct repair_job *job, node_id entry, struct str path) {
    node_id dm = legacy_record(job, entry, "dm");
    if (!dm) return;
    bool changed = lift(job, entry, dm, "policy", "dmPolicy", path);
    changed |= lift(job, entry, dm, "allowFrom", "allowFrom", path);
    if (changed && legacy_is_empty(job, dm)) edit_remove(job->edit, entry, dm);
}

/* ---- the mode ----------------------------------------------------------------------------------
 */

static bool is_one_of(struct str word, const char *const *words) {
    for (; *words; words++)
        if (str_equal(word, str_from(*words))) return true;
    return false;
}

static struct str word_of(const struct repair_job *job, node_id n) {
    return ids_token(job->arena, tree_text(job->edit->tree, n));
}

static struct str mode_of(const struct repair_job *job, const struct aliases *a, node_id entry) {
    static const char *const modes[] = {"off", "partial", "block", "progress", NULL};
    static const char *const quiet[] = {"partial", "quiet", "progress", "off", NULL};
    node_id streaming = legacy_member(job, entry, "streaming");
    node_id nested = legacy_member(job, streaming, "mode");
    struct str mode = word_of(job, nested ? nested : streaming);
    struct str older = word_of(job, legacy_member(job, entry, "streamMode"));
    if (is_one_of(mode, a->quiet ? quiet : modes)) return mode;
    if (a->native && str_equal(older, STR("append"))) return STR("block");
    if (a->native && str_equal(older, STR("status_final"))) return STR("progress");
    if (a->native && str_equal(older, STR("replace"))) return STR("partial");
    if (!a->native && !a->quiet && is_one_of(older, modes)) return older;
    if (legacy_is_bool(job, streaming, true)) return STR("partial");
    if (legacy_is_bool(job, streaming, false)) return STR("off");
    return str_from(a->mode);
}

static bool native_of(const struct repair_job *job, node_id entry) {
    node_id streaming = legacy_member(job, entry, "streaming");
    node_id said[] = {legacy_member(job, streaming, "nativeTransport"),
                      legacy_member(job, entry, "nativeStreaming"), streaming};
    for (size_t i = 0; i < 3; i++)
        if (tree_is(job->edit->tree, said[i], NODE_BOOL)) return legacy_is_bool(job, said[i], true);
    return true;
}

/* ---- one entry ---------------------------------------------------------------------------------
 */

static bool has_delivery(const struct repair_job *job, node_id entry) {
    return legacy_member(job, entry, "chunkMode") || legacy_member(job, entry, "blockStreaming") ||
           legacy_member(job, entry, "blockStreamingCoalesce");
}

/* Moves a flat key below `streaming.GROUP`. */
static void move_flat(struct repair_job *job, node_id entry, node_id streaming, const char *from,
                      const char *group, const char *key, struct str path) {
    node_id value = legacy_member(job, entry, from);
    if (!value) return;
    node_id to = group ? legacy_ensure(job, streaming, group, value) : streaming;
    struct str rest =
        str_format(job->arena, "streaming.%s%s%s", group ? group : "", group ? "." : "", key);
    legacy_rename(job, entry, from, to, key, path, legacy_path(job, path, rest));
}

static void move_native(struct repair_job *job, const struct aliases *a, node_id entry,
                        node_id streaming, bool native, bool was_flag, struct str path) {
    node_id flat = legacy_member(job, entry, "nativeStreaming");
    if (!a->native || (!flat && !was_flag)) return;
    if (flat) legacy_drop(job, entry, flat, legacy_below(job, path, "nativeStreaming"));
    if (legacy_member(job, streaming, "nativeTransport")) return;
    node_id value = legacy_new_bool(job, native, flat ? flat : streaming);
    legacy_set(job, streaming, "nativeTransport", value,
               legacy_below(job, path, "streaming.nativeTransport"));
}

/* True when something changed. */
static bool nest(struct repair_job *job, const struct aliases *a, node_id entry, struct str path) {
    struct tree *t = job->edit->tree;
    node_id was = legacy_member(job, entry, "streaming");
    node_id older = legacy_member(job, entry, "streamMode");
    bool was_flag = tree_is(t, was, NODE_BOOL), scalar = was_flag || tree_is(t, was, NODE_STRING);
    bool flat = has_delivery(job, entry) || legacy_member(job, entry, "nativeStreaming") ||
                (a->preview && legacy_member(job, entry, "draftChunk"));
    if (!older && !scalar && !flat) return false;
    struct str mode = mode_of(job, a, entry);
    bool native = native_of(job, entry);
    node_id origin = was ? was : older ? older : entry;
    node_id streaming = legacy_ensure(job, entry, "streaming", origin);
    if (scalar) legacy_note(job, legacy_below(job, path, "streaming"), STR(""), was, 0);
    if ((older || scalar) && !legacy_member(job, streaming, "mode"))
        legacy_set(job, streaming, "mode", edit_new_text(job->edit, mode, origin),
                   legacy_below(job, path, "streaming.mode"));
    legacy_remove(job, entry, "streamMode", path);
    move_flat(job, entry, streaming, "chunkMode", NULL, "chunkMode", path);
    move_flat(job, entry, streaming, "blockStreaming", "block", "enabled", path);
    if (a->preview) move_flat(job, entry, streaming, "draftChunk", "preview", "chunk", path);
    move_flat(job, entry, streaming, "blockStreamingCoalesce", "block", "coalesce", path);
    move_native(job, a, entry, streaming, native, was_flag, path);
    return true;
}

/* ---- accounts ----------------------------------------------------------------------------------
 */

/* What the channel said before it was brought up to date. */
struct inherited {
    node_id nested; /* its `streaming`, an object, or 0 */
    node_id flat;   /* its flat keys about delivery, nested; or 0 */
};

static void copy_flat(struct repair_job *job, node_id entry, const char *from, node_id to,
                      const char *group, const char *key) {
    node_id value = legacy_member(job, entry, from);
    if (!value) return;
    if (group) to = legacy_ensure(job, to, group, value);
    edit_set(job->edit, to, str_from(key), legacy_clone(job, value));
}

static struct inherited inherited_from(struct repair_job *job, const struct aliases *a,
                                       node_id entry) {
    struct inherited before = {0, 0};
    node_id nested = legacy_record(job, entry, "streaming");
    if (!a->replaces) return before;
    if (nested) before.nested = legacy_clone(job, nested);
    before.flat = edit_new(job->edit, NODE_OBJECT, entry);
    copy_flat(job, entry, "chunkMode", before.flat, NULL, "chunkMode");
    copy_flat(job, entry, "blockStreaming", before.flat, "block", "enabled");
    copy_flat(job, entry, "blockStreamingCoalesce", before.flat, "block", "coalesce");
    if (a->preview) copy_flat(job, entry, "draftChunk", before.flat, "preview", "chunk");
    if (legacy_is_empty(job, before.flat)) before.flat = 0;
    return before;
}

static void override(struct repair_job *job, node_id object, const char *group, const char *key,
                     node_id value) {
    if (!value) return;
    if (group) object = legacy_ensure(job, object, group, value);
    edit_set(job->edit, object, str_from(key), legacy_clone(job, value));
}

/* An account that had only flat keys inherited the rest of the channel's `streaming`: now that it
 * has an object of its own, that rest is copied into it, each part with the precedence that it had.
 */
static void seed(struct repair_job *job, node_id account, const struct inherited *before,
                 node_id after, struct str path) {
    node_id created = legacy_record(job, account, "streaming");
    if (!created || !after) return;
    node_id seeded = before->nested ? legacy_clone(job, before->nested)
                                    : edit_new(job->edit, NODE_OBJECT, created);
    node_id own = legacy_clone(job, created);
    node_id coalesce = legacy_record(job, legacy_record(job, own, "block"), "coalesce");
    node_id chunk = legacy_member(job, legacy_record(job, before->nested, "preview"), "chunk");
    legacy_fill(job, seeded, legacy_clone(job, own));
    if (before->flat) legacy_fill(job, seeded, legacy_clone(job, before->flat));
    legacy_fill(job, seeded, legacy_clone(job, after));
    override(job, seeded, NULL, "chunkMode", legacy_member(job, own, "chunkMode"));
    if (coalesce) {
        node_id root = legacy_record(job, legacy_record(job, before->nested, "block"), "coalesce");
        if (!root) root = legacy_record(job, legacy_record(job, before->flat, "block"), "coalesce");
        node_id both = legacy_clone(job, coalesce);
        if (root) legacy_fill(job, both, legacy_clone(job, root));
        override(job, seeded, "block", "coalesce", both);
    }
    if (chunk && legacy_member(job, legacy_record(job, own, "preview"), "chunk"))
        override(job, seeded, "preview", "chunk", chunk);
    legacy_set(job, account, "streaming", seeded, legacy_below(job, path, "streaming"));
}

static void fill_one(struct repair_job *job, node_id streaming, node_id flat, const char *group,
                     const char *key) {
    node_id value = legacy_member(job, group ? legacy_record(job, flat, group) : flat, key);
    node_id object = group ? legacy_record(job, streaming, group) : streaming;
    if (value && !legacy_member(job, object, key)) override(job, streaming, group, key, value);
}

/* An account with a `streaming` of its own inherited the channel's flat keys alone. */
static void seed_flat(struct repair_job *job, node_id account, node_id flat) {
    node_id streaming = legacy_record(job, account, "streaming");
    if (!streaming) return;
    fill_one(job, streaming, flat, NULL, "chunkMode");
    fill_one(job, streaming, flat, "block", "enabled");
    node_id coalesce = legacy_record(job, legacy_record(job, flat, "block"), "coalesce");
    if (coalesce) {
        node_id block = legacy_ensure(job, streaming, "block", coalesce);
        legacy_fill(job, legacy_ensure(job, block, "coalesce", coalesce),
                    legacy_clone(job, coalesce));
    }
    fill_one(job, streaming, flat, "preview", "chunk");
}

/* Accounts whose `streaming` was made here get what they inherited: from the account `default`,
 * else from the channel. */
static void materialise(struct repair_job *job, node_id account, node_id from) {
    node_id streaming = legacy_record(job, account, "streaming");
    if (streaming && from && streaming != from)
        legacy_fill(job, streaming, legacy_clone(job, from));
}

static node_id default_account(struct repair_job *job, node_id accounts) {
    for (TREE_EACH(job->edit->tree, account, accounts))
        if (str_equal(ids_token(job->arena, legacy_key(job, account)), STR("default")))
            return account;
    return 0;
}

static void materialise_all(struct repair_job *job, node_id entry, node_id accounts,
                            const struct map *own) {
    struct tree *t = job->edit->tree;
    node_id root = legacy_record(job, entry, "streaming");
    node_id first = default_account(job, accounts);
    if (first && !map_get(own, legacy_key(job, first))) materialise(job, first, root);
    node_id from = legacy_record(job, first, "streaming");
    for (TREE_EACH(t, account, accounts))
        if (account != first && !map_get(own, legacy_key(job, account)))
            materialise(job, account, from ? from : root);
}

/* ---- channels ----------------------------------------------------------------------------------
 */

static bool any_delivery(const struct repair_job *job, const struct aliases *a, node_id entry) {
    node_id dm = legacy_record(job, entry, "dm");
    if (has_delivery(job, entry)) return true;
    return a->direct && (legacy_member(job, dm, "policy") || legacy_member(job, dm, "allowFrom"));
}

static bool concerns(const struct repair_job *job, const struct aliases *a, node_id entry) {
    if (!a->delivery_only || any_delivery(job, a, entry)) return true;
    for (TREE_EACH(job->edit->tree, account, legacy_record(job, entry, "accounts")))
        if (any_delivery(job, a, account)) return true;
    return false;
}

static void repair_accounts(struct repair_job *job, const struct aliases *a, node_id entry,
                            const struct inherited *before, struct str path) {
    struct tree *t = job->edit->tree;
    node_id accounts = legacy_record(job, entry, "accounts");
    struct map own = map_new(job->arena); /* accounts that had a `streaming` */
    for (TREE_EACH(t, account, accounts)) {
        struct str key = legacy_key(job, account);
        struct str here = legacy_path(job, legacy_below(job, path, "accounts"), key);
        bool had = legacy_member(job, account, "streaming") != 0;
        if (!legacy_is_object(job, account)) continue;
        if (had) map_put(&own, key, 1, NULL);
        if (a->direct) lift_direct(job, account, here);
        bool changed = nest(job, a, account, here);
        if (a->replaces && changed && !had && legacy_record(job, entry, "streaming"))
            seed(job, account, before, legacy_record(job, entry, "streaming"), here);
        else if (before->flat && had)
            seed_flat(job, account, before->flat);
    }
    if (a->inherits) materialise_all(job, entry, accounts, &own);
}

static bool says(struct names words, const char *word) {
    return names_have(words, str_from(word));
}

void legacy_streaming(struct repair_job *job) {
    const struct name_map *data = &job->gateway->repair_streaming;
    node_id channels = legacy_record(job, job->root, "channels");
    for (size_t i = 0; i < data->n; i++) {
        struct names words = data->values[i];
        struct aliases a = {.channel = str_to_c(job->arena, data->keys[i]),
                            .mode = str_to_c(job->arena, words.v[0]),
                            .preview = says(words, "preview"),
                            .native = says(words, "native"),
                            .quiet = says(words, "quiet"),
                            .delivery_only = says(words, "delivery_only"),
                            .replaces = says(words, "replaces"),
                            .inherits = says(words, "inherits"),
                            .direct = says(words, "direct")};
        node_id entry = legacy_record(job, channels, a.channel);
        struct str path = str_format(job->arena, "channels.%s", a.channel);
        if (!entry || !concerns(job, &a, entry)) continue;
        struct inherited before = inherited_from(job, &a, entry);
        if (a.direct) lift_direct(job, entry, path);
        nest(job, &a, entry, path);
        repair_accounts(job, &a, entry, &before, path);
    }
}
