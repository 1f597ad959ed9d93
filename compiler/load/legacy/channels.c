/* What the start rewrites below `channels`, beyond what data can say. */
#include <math.h>

#include "base/buf.h"
#include "load/legacy/steps.h"
#include "model/ids.h"

/* ---- any channel -------------------------------------------------------------------------------
 */

/* `heartbeat` of a channel said what is shown. */
static void rename_heartbeat(struct repair_job *job, const void *context, node_id owner,
                             node_id heartbeat, struct str path) {
    static const char *const shown[] = {"showOk", "showAlerts", "useIndicator"};
    (void)context;
    if (!legacy_is_object(job, heartbeat)) return;
    if (legacy_is_empty(job, heartbeat) && str_starts(path, STR("channels.feishu."))) return;
    for (TREE_EACH(job->edit->tree, member, heartbeat)) {
        bool known = false;
        for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
            known = known || str_equal(legacy_key(job, member), str_from(shown[i]));
        if (!known) return;
    }
    struct str parent = str_slice(path, 0, path.n - sizeof ".heartbeat" + 1);
    legacy_rename(job, owner, "heartbeat", owner, "heartbeatVisibility", parent,
                  legacy_below(job, parent, "heartbeatVisibility"));
}

/* ---- Telegram, Google Chat, Matrix, iMessage ---------------------------------------------------
 */

/* A mention needed in a channel is needed in its groups. */
static void move_mention(struct repair_job *job, node_id channel, const char *key,
                         struct str path) {
    node_id value = legacy_member(job, channel, key);
    node_id groups = legacy_member(job, channel, "groups"), all = legacy_member(job, groups, "*");
    bool fits = (!groups || legacy_is_object(job, groups)) && (!all || legacy_is_object(job, all));
    if (!value) return;
    if (!fits) {
        legacy_remove(job, channel, key, path);
        return;
    }
    legacy_move(job, channel, value, legacy_below(job, path, key), channel,
                STR("groups.*.requireMention"), legacy_below(job, path, "groups.*.requireMention"),
                false);
}

static void repair_history(struct repair_job *job, const void *context, node_id owner,
                           node_id value, struct str path) {
    const double *inherited = context;
    struct str mode = tree_text(job->edit->tree, value);
    struct str parent = str_slice(path, 0, path.n - sizeof ".includeGroupHistoryContext" + 1);
    bool none = str_equal(mode, STR("none"));
    bool kept =
        inherited && str_equal(mode, STR("recent")) && !legacy_member(job, owner, "historyLimit");
    legacy_drop(job, owner, value, path);
    if (none || kept)
        legacy_set(job, owner, "historyLimit", legacy_new_number(job, none ? 0 : *inherited, value),
                   legacy_below(job, parent, "historyLimit"));
}

/* Groups always have their history; how much is a number. */
static void repair_telegram_history(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id channel = tree_path(t, job->root, "channels", "telegram", NULL);
    node_id limit = legacy_member(job, channel, "historyLimit");
    node_id common = tree_path(t, job->root, "messages", "groupChat", "historyLimit", NULL);
    bool none = str_equal(legacy_text(job, channel, "includeGroupHistoryContext"), STR("none"));
    if (!tree_is(t, limit, NODE_NUMBER)) limit = common;
    double inherited = tree_is(t, limit, NODE_NUMBER) ? tree_node(t, limit)->u.number : 50;
    legacy_each(job, STR("channels.telegram.includeGroupHistoryContext"), repair_history, NULL);
    legacy_each(job, STR("channels.telegram.accounts.*.includeGroupHistoryContext"), repair_history,
                none ? &inherited : NULL);
}

static void drop_object(struct repair_job *job, const void *context, node_id owner, node_id value,
                        struct str path) {
    (void)context;
    if (legacy_is_object(job, value)) legacy_drop(job, owner, value, path);
}

/* The reference won over the value beside it. */
static void repair_service_account(struct repair_job *job, const void *context, node_id owner,
                                   node_id entry, struct str path) {
    (void)context, (void)owner;
    node_id reference = legacy_member(job, entry, "serviceAccountRef");
    if (!reference) return;
    edit_remove(job->edit, entry, reference);
    node_id moved = edit_copy(job->edit, reference);
    edit_set(job->edit, entry, STR("serviceAccount"), moved);
    legacy_note(job, legacy_below(job, path, "serviceAccountRef"),
                legacy_below(job, path, "serviceAccount"), reference, moved);
}

static void repair_trusted(struct repair_job *job, const void *context, node_id owner,
                           node_id entry, struct str path) {
    (void)context, (void)owner;
    struct tree *t = job->edit->tree;
    node_id dm = legacy_record(job, entry, "dm"), policy = legacy_member(job, dm, "policy");
    if (!str_equal(tree_text(t, policy), STR("trusted"))) return;
    bool named = false;
    for (TREE_EACH(t, sender, legacy_member(job, dm, "allowFrom")))
        named = named || ids_trim(tree_text(t, sender)).n;
    struct str now = named ? STR("allowlist") : STR("pairing");
    legacy_set(job, dm, "policy", edit_new_text(job->edit, now, policy),
               legacy_below(job, path, "dm.policy"));
}

static void drop_catchup(struct repair_job *job, const void *context, node_id owner, node_id value,
                         struct str path) {
    (void)context;
    if (!legacy_is_bool(job, legacy_member(job, value, "enabled"), true))
        legacy_drop(job, owner, value, path);
}

/* ---- Slack -------------------------------------------------------------------------------------
 */

static bool is_interactive(const struct repair_job *job, node_id n) {
    return str_equal(ids_token(job->arena, tree_text(job->edit->tree, n)),
                     STR("interactivereplies"));
}

static void repair_capabilities(struct repair_job *job, const void *context, node_id owner,
                                node_id value, struct str path) {
    (void)context;
    struct tree *t = job->edit->tree;
    size_t before = job->changes.n;
    if (legacy_is_object(job, value)) {
        if (!legacy_is_empty(job, value) && !legacy_member(job, value, "interactiveReplies"))
            return;
        legacy_remove(job, value, "interactiveReplies", path);
    } else if (tree_is(t, value, NODE_ARRAY)) {
        for (node_id item = tree_first(t, value), next; item; item = next) {
            next = tree_node(t, item)->next;
            if (is_interactive(job, item)) legacy_drop(job, value, item, path);
        }
        if (job->changes.n == before) return;
    } else {
        return;
    }
    if (legacy_is_empty(job, value)) legacy_drop(job, owner, value, path);
}

static void repair_explicit_mention(struct repair_job *job, const void *context, node_id owner,
                                    node_id entry, struct str path) {
    (void)context, (void)owner;
    node_id thread = legacy_record(job, entry, "thread");
    node_id needed = legacy_member(job, thread, "requireExplicitMention");
    if (!needed) return;
    legacy_drop(job, thread, needed, legacy_below(job, path, "thread.requireExplicitMention"));
    if (legacy_is_empty(job, thread)) edit_remove(job->edit, entry, thread);
    node_id mentions = legacy_record(job, entry, "implicitMentions");
    if (legacy_member(job, mentions, "threadParticipation") ||
        !tree_is(job->edit->tree, needed, NODE_BOOL))
        return;
    mentions = legacy_ensure(job, entry, "implicitMentions", needed);
    node_id value = legacy_new_bool(job, legacy_is_bool(job, needed, false), needed);
    legacy_set(job, mentions, "threadParticipation", value,
               legacy_below(job, path, "implicitMentions.threadParticipation"));
}

/* ---- WhatsApp ----------------------------------------------------------------------------------
 */

static struct str default_emoji(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id entries = tree_path(t, job->root, "agents", "entries", NULL), agent = 0;
    for (TREE_EACH(t, entry, entries)) {
        if (!legacy_is_object(job, entry)) continue;
        if (!agent) agent = entry;
        if (!legacy_is_bool(job, legacy_member(job, entry, "default"), true)) continue;
        agent = entry;
        break;
    }
    node_id emoji = legacy_member(job, legacy_member(job, agent, "identity"), "emoji");
    return tree_is(t, emoji, NODE_STRING) ? tree_text(t, emoji) : STR("\xf0\x9f\x91\x80");
}

/* The scope that the two settings made, or an empty text where none is the same. */
static struct str ack_scope(const struct repair_job *job, node_id ack) {
    bool direct = !legacy_is_bool(job, legacy_member(job, ack, "direct"), false);
    node_id written = legacy_member(job, ack, "group");
    struct str group = written ? tree_text(job->edit->tree, written) : STR("mentions");
    if (str_equal(group, STR("always"))) return direct ? STR("all") : STR("group-all");
    if (str_equal(group, STR("never"))) return direct ? STR("direct") : STR("off");
    return str_equal(group, STR("mentions")) && !direct ? STR("group-mentions") : STR("");
}

static bool is_unset(const struct repair_job *job, node_id object, const char *key) {
    node_id member = legacy_member(job, object, key);
    return !member || tree_is(job->edit->tree, member, NODE_NULL);
}

static void repair_ack(struct repair_job *job, const void *context, node_id owner, node_id ack,
                       struct str path) {
    const struct str *fallback = context;
    if (!legacy_is_object(job, ack)) return;
    node_id messages = legacy_ensure(job, job->root, "messages", ack);
    node_id emoji = legacy_member(job, ack, "emoji");
    bool written = tree_is(job->edit->tree, emoji, NODE_STRING);
    struct str scope = ack_scope(job, ack);
    legacy_drop(job, owner, ack, path);
    if (is_unset(job, messages, "ackReaction"))
        legacy_set(job, messages, "ackReaction",
                   edit_new_text(job->edit, written ? tree_text(job->edit->tree, emoji) : *fallback,
                                 written ? emoji : ack),
                   STR("messages.ackReaction"));
    if (scope.n && is_unset(job, messages, "ackReactionScope"))
        legacy_set(job, messages, "ackReactionScope", edit_new_text(job->edit, scope, ack),
                   STR("messages.ackReactionScope"));
}

/* The web channel is WhatsApp. */
static void repair_web(struct repair_job *job) {
    node_id web = legacy_record(job, job->root, "web"),
            enabled = legacy_member(job, web, "enabled");
    if (!web) return;
    edit_remove(job->edit, job->root, web);
    node_id channels = enabled ? legacy_ensure(job, job->root, "channels", enabled) : 0;
    node_id own = enabled ? legacy_ensure(job, channels, "whatsapp", enabled) : 0, moved = 0;
    if (enabled && !legacy_member(job, own, "enabled")) {
        moved = edit_copy(job->edit, enabled);
        edit_set(job->edit, own, STR("enabled"), moved);
    }
    legacy_note(job, STR("web"), moved ? STR("channels.whatsapp.enabled") : STR(""), web, moved);
}

/* The `debounceMs` that counted, of the channel and its accounts. */
struct debounce {
    node_id value;
    unsigned rank; /* of what counts more */
    bool any;
};

static bool is_delay(const struct repair_job *job, node_id n) {
    const struct node *node = tree_node(job->edit->tree, n);
    return node->kind == NODE_NUMBER && node->u.number >= 0 &&
           node->u.number == floor(node->u.number) && isfinite(node->u.number);
}

static void take_debounce(struct repair_job *job, node_id owner, unsigned rank, struct str path,
                          struct debounce *d) {
    node_id value = legacy_member(job, owner, "debounceMs");
    if (!value) return;
    legacy_drop(job, owner, value, legacy_below(job, path, "debounceMs"));
    d->any = true;
    if (!is_delay(job, value) || rank <= d->rank) return;
    d->value = value;
    d->rank = rank;
}

static void repair_debounce(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id channel = tree_path(t, job->root, "channels", "whatsapp", NULL);
    struct str main = ids_account(job->arena, legacy_text(job, channel, "defaultAccount"));
    struct debounce d = {0, 0, false};
    if (!legacy_is_object(job, channel)) return;
    take_debounce(job, channel, 2, STR("channels.whatsapp"), &d);
    for (TREE_EACH(t, account, legacy_record(job, channel, "accounts"))) {
        struct str id = ids_account(job->arena, legacy_key(job, account));
        unsigned rank = str_equal(id, main) ? 4 : str_equal(id, STR("default")) ? 3 : 1;
        take_debounce(job, account, rank,
                      legacy_path(job, STR("channels.whatsapp.accounts"), legacy_key(job, account)),
                      &d);
    }
    if (!d.value) return;
    node_id messages = legacy_ensure(job, job->root, "messages", d.value);
    node_id inbound = legacy_ensure(job, messages, "inbound", d.value);
    node_id by_channel = legacy_ensure(job, inbound, "byChannel", d.value);
    if (!legacy_member(job, by_channel, "whatsapp"))
        legacy_set(job, by_channel, "whatsapp", edit_copy(job->edit, d.value),
                   STR("messages.inbound.byChannel.whatsapp"));
}

/* ---- Discord -----------------------------------------------------------------------------------
 */

/* Names of one or two words wake; longer ones are cut. */
static struct str wake_name(struct repair_job *job, struct str name, unsigned *words) {
    struct buf b = buf_new(job->arena);
    bool inside = false;
    *words = 0;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter && !inside && ++*words == 2) buf_add_char(&b, ' ');
        if (letter && *words <= 2) buf_add_char(&b, c);
        inside = letter;
    }
    return buf_str(&b);
}

static void repair_wake_names(struct repair_job *job, const void *context, node_id realtime,
                              node_id names, struct str path) {
    (void)context;
    struct tree *t = job->edit->tree;
    bool changed = false;
    if (!tree_is(t, names, NODE_ARRAY)) return;
    node_id kept = edit_new(job->edit, NODE_ARRAY, names);
    struct map seen = map_new(job->arena);
    for (TREE_EACH(t, item, names)) {
        unsigned words = 1;
        struct str name = tree_text(t, item);
        if (tree_is(t, item, NODE_STRING)) {
            struct str cut = wake_name(job, name, &words);
            changed = changed || words < 1 || words > 2;
            if (words > 2) name = cut;
        }
        bool is_new = true;
        if (!words) continue;
        if (tree_is(t, item, NODE_STRING)) map_put(&seen, name, 1, &is_new);
        if (!is_new) continue;
        node_id copy =
            words > 2 ? edit_new_text(job->edit, name, item) : edit_copy(job->edit, item);
        edit_append(job->edit, kept, copy, 1);
    }
    if (legacy_is_empty(job, names) || (changed && legacy_is_empty(job, kept)))
        legacy_drop(job, realtime, names, path);
    else if (changed)
        legacy_set(job, realtime, "wakeNames", kept, path);
}

/* A room's `agentId` was a binding. */
struct room {
    struct str account, guild, id;
};

struct rooms {
    struct map *known; /* rooms that a binding names already */
    struct legacy_chain *added;
};

static struct str room_key(struct repair_job *job, const struct room *r, bool any_account) {
    return str_format(job->arena, STR_FMT "\n" STR_FMT "\n" STR_FMT, STR_ARG(r->guild),
                      STR_ARG(r->id), STR_ARG(any_account ? STR("*") : r->account));
}

/* Under its account and under any. */
static void know_room(struct repair_job *job, node_id binding, struct map *known) {
    node_id match = legacy_record(job, binding, "match"), peer = legacy_record(job, match, "peer");
    struct room r = {legacy_text(job, match, "accountId"), legacy_text(job, match, "guildId"),
                     legacy_text(job, peer, "id")};
    if (!str_equal(legacy_text(job, match, "channel"), STR("discord")) ||
        !str_equal(legacy_text(job, peer, "kind"), STR("channel")))
        return;
    map_put(known, room_key(job, &r, false), 1, NULL);
    map_put(known, room_key(job, &r, true), 1, NULL);
}

static void set_text(struct repair_job *job, node_id object, const char *key, struct str text,
                     node_id origin) {
    edit_set(job->edit, object, str_from(key), edit_new_text(job->edit, text, origin));
}

static node_id binding_of_room(struct repair_job *job, const struct room *r, node_id agent) {
    struct edit *e = job->edit;
    node_id binding = edit_new(e, NODE_OBJECT, agent), match = edit_new(e, NODE_OBJECT, agent);
    node_id peer = edit_new(e, NODE_OBJECT, agent);
    set_text(job, match, "channel", STR("discord"), agent);
    set_text(job, match, "guildId", r->guild, agent);
    set_text(job, peer, "kind", STR("channel"), agent);
    set_text(job, peer, "id", r->id, agent);
    edit_set(e, match, STR("peer"), peer);
    if (r->account.n) set_text(job, match, "accountId", r->account, agent);
    set_text(job, binding, "agentId", ids_trim(tree_text(e->tree, agent)), agent);
    edit_set(e, binding, STR("match"), match);
    return binding;
}

static void take_agent(struct repair_job *job, const struct rooms *rooms, const struct room *r,
                       node_id room, struct str path) {
    node_id agent = legacy_member(job, room, "agentId");
    if (!agent) return;
    legacy_drop(job, room, agent,
                str_format(job->arena, STR_FMT ".guilds." STR_FMT ".channels." STR_FMT ".agentId",
                           STR_ARG(path), STR_ARG(r->guild), STR_ARG(r->id)));
    if (!ids_trim(tree_text(job->edit->tree, agent)).n ||
        map_get(rooms->known, room_key(job, r, !r->account.n)))
        return;
    node_id binding = binding_of_room(job, r, agent);
    legacy_chain_add(job->edit->tree, rooms->added, binding);
    legacy_note(job, STR(""), STR("bindings"), 0, binding);
}

static void take_agents(struct repair_job *job, const void *context, node_id owner, node_id entry,
                        struct str path) {
    (void)owner;
    struct tree *t = job->edit->tree;
    struct room r = {0};
    if (!str_equal(path, STR("channels.discord"))) r.account = legacy_key(job, entry);
    for (TREE_EACH(t, guild, legacy_record(job, entry, "guilds")))
        for (TREE_EACH(t, room, legacy_record(job, guild, "channels"))) {
            r.guild = legacy_key(job, guild);
            r.id = legacy_key(job, room);
            take_agent(job, context, &r, room, path);
        }
}

static void repair_rooms(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    struct map known = map_new(job->arena);
    struct legacy_chain added = {0, 0, 0};
    struct rooms rooms = {&known, &added};
    node_id bindings = legacy_member(job, job->root, "bindings");
    if (!tree_path(t, job->root, "channels", "discord", NULL)) return;
    for (TREE_EACH(t, binding, bindings)) know_room(job, binding, &known);
    legacy_entries(job, "discord", take_agents, &rooms);
    if (!added.n) return;
    if (!tree_is(t, bindings, NODE_ARRAY)) {
        bindings = edit_new(job->edit, NODE_ARRAY, job->root);
        edit_set(job->edit, job->root, STR("bindings"), bindings);
    }
    edit_append(job->edit, bindings, added.first, added.n);
}

/* ---- in order ----------------------------------------------------------------------------------
 */

/* Who may write and who must be mentioned stood under `routing`. */
static void repair_routing(struct repair_job *job) {
    static const char *const names[] = {"whatsapp", "telegram", "imessage"};
    struct tree *t = job->edit->tree;
    node_id routing = legacy_record(job, job->root, "routing");
    node_id channels = legacy_record(job, job->root, "channels");
    node_id whatsapp = legacy_record(job, channels, "whatsapp");
    if (whatsapp)
        legacy_rename(job, routing, "allowFrom", whatsapp, "allowFrom", STR("routing"),
                      STR("channels.whatsapp.allowFrom"));
    node_id mention = tree_path(t, routing, "groupChat", "requireMention", NULL);
    for (size_t i = 0; mention && i < sizeof names / sizeof *names; i++) {
        node_id channel = legacy_record(job, channels, names[i]);
        struct str path = str_format(job->arena, "channels.%s.groups.*.requireMention", names[i]);
        if (!channel || legacy_get(job, job->root, path)) continue;
        node_id value = edit_copy(job->edit, mention);
        if (legacy_put(job, job->root, path, value)) legacy_note(job, STR(""), path, 0, value);
    }
}

static void each(struct repair_job *job, const char *pattern, legacy_visit visit) {
    legacy_each(job, str_from(pattern), visit, NULL);
}

void legacy_channels(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id telegram = tree_path(t, job->root, "channels", "telegram", NULL);
    struct str emoji = default_emoji(job);
    repair_routing(job);
    move_mention(job, telegram, "requireMention", STR("channels.telegram"));
    each(job, "channels.*.heartbeat", rename_heartbeat);
    each(job, "channels.*.accounts.*.heartbeat", rename_heartbeat);
    repair_web(job);
    repair_debounce(job);
    legacy_entries(job, "googlechat", repair_service_account, NULL);
    legacy_each(job, STR("channels.whatsapp.ackReaction"), repair_ack, &emoji);
    legacy_each(job, STR("channels.whatsapp.accounts.*.ackReaction"), repair_ack, &emoji);
    each(job, "channels.telegram.dm", drop_object);
    each(job, "channels.telegram.accounts.*.dm", drop_object);
    repair_telegram_history(job);
    move_mention(job, telegram, "groupMentionsOnly", STR("channels.telegram"));
    legacy_entries(job, "matrix", repair_trusted, NULL);
    each(job, "channels.imessage.catchup", drop_catchup);
    each(job, "channels.imessage.accounts.*.catchup", drop_catchup);
    each(job, "channels.slack.capabilities", repair_capabilities);
    each(job, "channels.slack.accounts.*.capabilities", repair_capabilities);
    legacy_entries(job, "slack", repair_explicit_mention, NULL);
    repair_rooms(job);
    each(job, "channels.discord.voice.realtime.wakeNames", repair_wake_names);
    each(job, "channels.discord.accounts.*.voice.realtime.wakeNames", repair_wake_names);
}
