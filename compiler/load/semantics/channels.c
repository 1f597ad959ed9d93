/* Channels: who may write to them, what they need to run, which are known; heartbeats and plugins,
 * which name channels and each other. */
#include <string.h>

#include "load/semantics/semantics.h"
#include "model/ids.h"

/* ---- direct messages ---------------------------------------------------------------------------
 */

static node_id first_of(const struct semantics *s, node_id object, const char *key,
                        const char *nested) {
    node_id n = semantics_member(s, object, key);
    return n ? n : semantics_member(s, semantics_member(s, object, "dm"), nested);
}

static size_t entries_of(const struct semantics *s, node_id list, bool *wildcard) {
    size_t n = 0;
    *wildcard = false;
    for (TREE_EACH(s->t, entry, list)) {
        struct str text = ids_trim(semantics_stringified(s, entry));
        if (text.n) n++;
        if (str_equal(text, STR("*"))) *wildcard = true;
    }
    return n;
}

static bool is_policy(struct str policy) {
    return str_equal(policy, STR("open")) || str_equal(policy, STR("allowlist"));
}

/* Reports at `place` of `owner` when the policy would drop every message. */
static void check_dm(struct semantics *s, node_id owner, const char *place, struct str policy,
                     node_id list, bool warning) {
    bool wildcard, open = str_equal(policy, STR("open"));
    size_t n = entries_of(s, list, &wildcard);
    if (!is_policy(policy) || (open ? wildcard : n > 0)) return;
    const char *kind = open ? "dm_open_requires_wildcard" : "dm_allowlist_requires_entries";
    const char *what = open ? "the policy \"open\" needs \"*\" in this list: without it every "
                              "direct message is dropped"
                            : "the policy \"allowlist\" needs at least one sender in this list: "
                              "without one every direct message is dropped";
    if (warning)
        semantics_warn(s, owner, place, kind, "%s", what);
    else
        semantics_error(s, owner, place, kind, "%s", what);
}

/* ---- direct messages of the older gateway: errors ----------------------------------------------
 */

static bool is_one_of(struct str name, const char *const *list) {
    for (; *list; list++)
        if (str_equal(name, str_from(*list))) return true;
    return false;
}

/* discord and slack: accounts inherit the policy, and both spellings count. */
static bool is_nested(struct str channel) {
    static const char *const nested[] = {"discord", "slack", NULL};
    return is_one_of(channel, nested);
}

static struct str policy_of(const struct semantics *s, node_id object, bool nested) {
    node_id n = nested ? first_of(s, object, "dmPolicy", "policy")
                       : semantics_member(s, object, "dmPolicy");
    return tree_text(s->t, n);
}

static node_id list_of(const struct semantics *s, node_id object, bool nested) {
    return nested ? first_of(s, object, "allowFrom", "allowFrom")
                  : semantics_member(s, object, "allowFrom");
}

static void check_old_account(struct semantics *s, struct str name, node_id channel,
                              node_id account) {
    bool nested = is_nested(name);
    if (str_equal(name, STR("slack")) && semantics_is_false(s, account, "enabled")) return;
    struct str policy = policy_of(s, account, nested);
    if (!policy.n && nested) policy = policy_of(s, channel, true);
    node_id list = list_of(s, account, nested);
    if (!list) list = list_of(s, channel, nested);
    check_dm(s, account, "allowFrom", policy, list, false);
}

static void each_account(struct semantics *s, struct str name, node_id channel,
                         void (*check)(struct semantics *, struct str, node_id, node_id)) {
    checking_enter_key(s->c, STR("accounts"));
    for (TREE_EACH(s->t, account, semantics_member(s, channel, "accounts"))) {
        if (!tree_is(s->t, account, NODE_OBJECT)) continue;
        checking_enter_key(s->c, semantics_key(s, account));
        check(s, name, channel, account);
        checking_leave(s->c);
    }
    checking_leave(s->c);
}

static void check_old_dm(struct semantics *s, node_id channel) {
    static const char *const refined[] = {"telegram",    "whatsapp", "discord", "slack",
                                          "signal",      "imessage", "msteams", "irc",
                                          "bluebubbles", NULL};
    struct str name = semantics_key(s, channel);
    if (!is_one_of(name, refined) || !tree_is(s->t, channel, NODE_OBJECT)) return;
    bool nested = is_nested(name);
    const char *place =
        nested && !semantics_member(s, channel, "allowFrom") ? "dm.allowFrom" : "allowFrom";
    check_dm(s, channel, place, policy_of(s, channel, nested), list_of(s, channel, nested), false);
    if (!str_equal(name, STR("msteams"))) each_account(s, name, channel, check_old_account);
}

static void check_googlechat_dm(struct semantics *s, node_id dm) {
    check_dm(s, dm, "allowFrom", semantics_text(s, dm, "policy"),
             semantics_member(s, dm, "allowFrom"), false);
}

/* ---- what a channel needs: older gateway -------------------------------------------------------
 */

static bool has_secret(const struct semantics *s, node_id object, const char *key) {
    node_id n = semantics_member(s, object, key);
    return tree_is(s->t, n, NODE_OBJECT) || ids_trim(tree_text(s->t, n)).n > 0;
}

static void need_webhook_secret(struct semantics *s, node_id object) {
    semantics_error(s, object, "webhookSecret", "telegram_webhook_secret",
                    "`webhookUrl` needs `webhookSecret`");
}

static void check_webhook_account(struct semantics *s, struct str name, node_id channel,
                                  node_id account) {
    (void)name;
    if (semantics_is_false(s, account, "enabled") ||
        !ids_trim(semantics_text(s, account, "webhookUrl")).n)
        return;
    if (!has_secret(s, account, "webhookSecret") && !has_secret(s, channel, "webhookSecret"))
        need_webhook_secret(s, account);
}

static void check_webhook(struct semantics *s, node_id telegram) {
    if (ids_trim(semantics_text(s, telegram, "webhookUrl")).n &&
        !has_secret(s, telegram, "webhookSecret"))
        need_webhook_secret(s, telegram);
    each_account(s, STR("telegram"), telegram, check_webhook_account);
}

/* A name is a-z, 0-9 and _ once it is trimmed, lower-cased, and without its slash. */
static bool is_command_name(struct semantics *s, struct str raw) {
    struct str name = ids_trim(raw);
    if (str_starts(name, STR("/"))) name = ids_trim(str_slice(name, 1, name.n));
    name = ids_lower(s->arena, name);
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_' && c != '-')
            return false;
    }
    return name.n > 0 && name.n <= 32;
}

static void check_commands(struct semantics *s, node_id list) {
    uint32_t i = 0;
    for (TREE_EACH(s->t, command, list)) {
        checking_enter_index(s->c, i++);
        if (!is_command_name(s, semantics_text(s, command, "command")))
            semantics_error(s, command, "command", "telegram_custom_command",
                            "the name of a command is 1 to 32 of a-z, 0-9 and _");
        else if (!ids_trim(semantics_text(s, command, "description")).n)
            semantics_error(s, command, "description", "telegram_custom_command",
                            "a command needs a description");
        checking_leave(s->c);
    }
}

static void check_signing_account(struct semantics *s, struct str name, node_id channel,
                                  node_id account) {
    (void)name;
    struct str mode = semantics_text(s, account, "mode");
    if (!mode.n) mode = semantics_text(s, channel, "mode");
    if (semantics_is_false(s, account, "enabled") || !str_equal(mode, STR("http"))) return;
    node_id owner = semantics_member(s, account, "signingSecret") ? account : channel;
    if (!has_secret(s, owner, "signingSecret"))
        semantics_error(s, account, "signingSecret", "slack_signing_secret",
                        "`mode: \"http\"` needs `signingSecret`");
}

static void check_signing(struct semantics *s, node_id slack) {
    if (str_equal(semantics_text(s, slack, "mode"), STR("http")) &&
        !has_secret(s, slack, "signingSecret"))
        semantics_error(s, slack, "signingSecret", "slack_signing_secret",
                        "`mode: \"http\"` needs `signingSecret`");
    each_account(s, STR("slack"), slack, check_signing_account);
}

static void check_nickserv(struct semantics *s, node_id nickserv) {
    if (semantics_is_true(s, nickserv, "register") &&
        !ids_trim(semantics_text(s, nickserv, "registerEmail")).n)
        semantics_error(s, nickserv, "registerEmail", "irc_register_email",
                        "`register: true` needs `registerEmail`");
}

static double number_of(const struct semantics *s, node_id object, const char *key,
                        double otherwise) {
    node_id n = semantics_member(s, object, key);
    return tree_is(s->t, n, NODE_NUMBER) ? tree_node(s->t, n)->u.number : otherwise;
}

static void check_activity(struct semantics *s, node_id discord) {
    bool text = ids_trim(semantics_text(s, discord, "activity")).n > 0;
    bool url = ids_trim(semantics_text(s, discord, "activityUrl")).n > 0;
    bool type = semantics_member(s, discord, "activityType") != 0;
    bool streaming = number_of(s, discord, "activityType", 0) == 1;
    if ((type || url) && !text)
        semantics_error(s, discord, "activity", "discord_activity",
                        "`activityType` and `activityUrl` need `activity`");
    if (streaming && !url)
        semantics_error(s, discord, "activityUrl", "discord_activity",
                        "`activityType: 1` (streaming) needs `activityUrl`");
    if (url && !streaming)
        semantics_error(s, discord, "activityType", "discord_activity",
                        "`activityUrl` is for `activityType: 1` (streaming) only");
    node_id presence = semantics_member(s, discord, "autoPresence");
    double interval = number_of(s, presence, "intervalMs", -1);
    if (interval >= 0 && number_of(s, presence, "minUpdateIntervalMs", -1) > interval)
        semantics_error(s, discord, "autoPresence.minUpdateIntervalMs", "discord_activity",
                        "this must not exceed `intervalMs`");
}

/* Ids of discord exceed what a number can hold. */
static void check_id_list(struct semantics *s, node_id list) {
    uint32_t i = 0;
    for (TREE_EACH(s->t, id, list)) {
        checking_enter_index(s->c, i++);
        if (tree_is(s->t, id, NODE_NUMBER))
            semantics_error(s, id, "", "discord_id_number",
                            "an id must be in quotes: as a number it would lose digits");
        checking_leave(s->c);
    }
}

/* ---- bindings inside channels: newer gateway ---------------------------------------------------
 */

static void refuse_acp(struct semantics *s, node_id n, int depth) {
    enum { DEPTH_MAX = 64 };
    node_id acp = tree_path(s->t, n, "bindings", "acp", NULL);
    if (tree_is(s->t, acp, NODE_OBJECT) || tree_is(s->t, acp, NODE_ARRAY))
        semantics_error(s, n, "bindings.acp", "legacy_channel_acp",
                        "bindings of a channel are gone: use `bindings` at the top");
    if (depth == DEPTH_MAX) return;
    uint32_t i = 0;
    bool items = tree_is(s->t, n, NODE_ARRAY);
    for (TREE_EACH(s->t, child, n)) {
        if (tree_node(s->t, child)->kind < NODE_ARRAY) {
            i++;
            continue;
        }
        if (items)
            checking_enter_index(s->c, i++);
        else
            checking_enter_key(s->c, semantics_key(s, child));
        refuse_acp(s, child, depth + 1);
        checking_leave(s->c);
    }
}

static void check_channel_bindings(struct semantics *s, node_id channels) {
    if (tree_find_key(s->t, STR("acp"))) refuse_acp(s, channels, 0);
}

const struct place_rule semantics_channel_rules[] = {
    {"channels", NEWER, check_channel_bindings},
    {"channels.*", OLDER, check_old_dm},
    {"channels.googlechat.dm", OLDER, check_googlechat_dm},
    {"channels.googlechat.accounts.*.dm", OLDER, check_googlechat_dm},
    {"channels.telegram", OLDER, check_webhook},
    {"channels.telegram.customCommands", OLDER, check_commands},
    {"channels.telegram.accounts.*.customCommands", OLDER, check_commands},
    {"channels.slack", OLDER, check_signing},
    {"channels.irc.nickserv", OLDER, check_nickserv},
    {"channels.irc.accounts.*.nickserv", OLDER, check_nickserv},
    {"channels.discord", OLDER, check_activity},
    {"channels.discord.accounts.*", OLDER, check_activity},
    {"channels.discord.allowFrom", OLDER, check_id_list},
    {"channels.discord.dm.allowFrom", OLDER, check_id_list},
    {"channels.discord.dm.groupChannels", OLDER, check_id_list},
    {"channels.discord.accounts.*.allowFrom", OLDER, check_id_list},
    {"channels.discord.accounts.*.dm.allowFrom", OLDER, check_id_list},
    {"channels.discord.guilds.*.users", OLDER, check_id_list},
    {"channels.discord.guilds.*.roles", OLDER, check_id_list},
    {"channels.discord.guilds.*.channels.*.users", OLDER, check_id_list},
    {"channels.discord.guilds.*.channels.*.roles", OLDER, check_id_list},
    {"channels.discord.execApprovals.approvers", OLDER, check_id_list},
    {"channels.discord.accounts.*.dm.groupChannels", OLDER, check_id_list},
    {"channels.discord.accounts.*.guilds.*.users", OLDER, check_id_list},
    {"channels.discord.accounts.*.guilds.*.roles", OLDER, check_id_list},
    {"channels.discord.accounts.*.guilds.*.channels.*.users", OLDER, check_id_list},
    {"channels.discord.accounts.*.guilds.*.channels.*.roles", OLDER, check_id_list},
    {"channels.discord.accounts.*.execApprovals.approvers", OLDER, check_id_list},
    {NULL, 0, NULL},
};

/* ---- direct messages of the newer gateway: warnings --------------------------------------------
 */

static void warn_account(struct semantics *s, struct str name, node_id channel, node_id account) {
    (void)name;
    if (semantics_is_false(s, account, "enabled")) return;
    node_id policy = first_of(s, account, "dmPolicy", "policy");
    node_id list = first_of(s, account, "allowFrom", "allowFrom");
    if (!policy) policy = first_of(s, channel, "dmPolicy", "policy");
    if (!list) list = first_of(s, channel, "allowFrom", "allowFrom");
    check_dm(s, account, "allowFrom", tree_text(s->t, policy), list, true);
}

static void warn_channel(struct semantics *s, node_id channel) {
    static const char *const none[] = {"defaults", "modelByChannel", "tools", NULL};
    struct str name = semantics_key(s, channel);
    if (is_one_of(name, none) || !tree_is(s->t, channel, NODE_OBJECT) ||
        semantics_is_false(s, channel, "enabled"))
        return;
    checking_enter_key(s->c, name);
    check_dm(s, channel, "allowFrom", tree_text(s->t, first_of(s, channel, "dmPolicy", "policy")),
             first_of(s, channel, "allowFrom", "allowFrom"), true);
    each_account(s, name, channel, warn_account);
    checking_leave(s->c);
}

/* ---- which channels there are ------------------------------------------------------------------
 */

static bool is_evidence(const struct semantics *s, struct str id) {
    node_id plugins = semantics_member(s, s->v->root, "plugins");
    for (TREE_EACH(s->t, name, semantics_member(s, plugins, "allow")))
        if (str_equal(semantics_token(s, tree_text(s->t, name)), semantics_token(s, id)))
            return true;
    for (TREE_EACH(s->t, entry, semantics_member(s, plugins, "entries")))
        if (str_equal(semantics_token(s, semantics_key(s, entry)), semantics_token(s, id)))
            return true;
    return false;
}

static struct str near_channel(const struct semantics *s, struct str name) {
    struct str near = gateway_channel_of(s->v->gateway, semantics_token(s, name));
    if (names_have(s->v->gateway->channels, near)) return near;
    for (size_t i = 0; i < s->v->gateway->channels.n; i++)
        if (str_distance(name, s->v->gateway->channels.v[i], 2) <= 2)
            return s->v->gateway->channels.v[i];
    return STR("");
}

static void unknown_channel(struct semantics *s, node_id channel, struct str name) {
    struct str near = near_channel(s, name);
    bool stale = s->dialect == NEWER && is_evidence(s, name);
    struct diag *d =
        stale
            ? semantics_warn(s, channel, "", "unknown_channel",
                             "no channel is called `" STR_FMT "`%s" STR_FMT "%s", STR_ARG(name),
                             near.n ? "; did you mean `" : "", STR_ARG(near), near.n ? "`?" : "")
            : semantics_error(s, channel, "", "unknown_channel",
                              "no channel is called `" STR_FMT "`%s" STR_FMT "%s", STR_ARG(name),
                              near.n ? "; did you mean `" : "", STR_ARG(near), near.n ? "`?" : "");
    d->span = tree_key_span(s->t, channel);
}

/* A key with blanks around it: the gateway looks at the channel of the trimmed name. */
static void check_channel(struct semantics *s, node_id channels, node_id channel, schema_id root) {
    struct str name = ids_trim(semantics_key(s, channel));
    bool named;
    if (!name.n || str_equal(name, STR("defaults")) || str_equal(name, STR("modelByChannel")))
        return;
    checking_enter_key(s->c, name);
    if (!names_have(s->v->gateway->channels, name)) {
        unknown_channel(s, channel, name);
    } else if (s->dialect == NEWER) {
        schema_id id = schema_member(s->c->schema, root, name, &named);
        node_id value = tree_member(s->t, channels, name);
        size_t first = s->c->issues.n;
        if (named && value) schema_check_channel(s->c, value, id);
        if (named && !value) {
            struct diag *d = semantics_error(s, channel, "", "invalid_type",
                                             "the channel's name has blanks around it");
            diag_text(s->v->diags, d, "expected", STR("object"));
        }
        for (size_t i = first; i < s->c->issues.n; i++) s->c->issues.v[i].diag.further = s->further;
    }
    checking_leave(s->c);
}

static void check_channels(struct semantics *s) {
    node_id channels = semantics_member(s, s->v->root, "channels");
    bool named;
    schema_id root = schema_member(s->c->schema, s->c->schema->root, STR("channels"), &named);
    checking_enter_key(s->c, STR("channels"));
    if (tree_is(s->t, channels, NODE_OBJECT))
        for (TREE_EACH(s->t, channel, channels)) {
            if (s->dialect == NEWER) warn_channel(s, channel);
            check_channel(s, channels, channel, root);
        }
    checking_leave(s->c);
}

/* ---- heartbeats --------------------------------------------------------------------------------
 */

static void check_target(struct semantics *s, node_id owner) {
    node_id heartbeat = semantics_member(s, owner, "heartbeat");
    node_id target = semantics_member(s, heartbeat, "target");
    if (!semantics_is_text(s, target)) return;
    struct str name = semantics_token(s, tree_text(s->t, target));
    if (!name.n) {
        semantics_error(s, owner, "heartbeat.target", "empty_heartbeat_target",
                        "a heartbeat's target must not be empty");
        return;
    }
    if (str_equal(name, STR("last")) || str_equal(name, STR("none"))) return;
    if (s->dialect == NEWER && str_equal(name, STR("owner"))) return;
    struct names aliases =
        s->dialect == OLDER ? s->v->gateway->heartbeat_aliases : (struct names){NULL, 0};
    bool alias =
        aliases.n ? names_have(aliases, name) : gateway_channel_of(s->v->gateway, name).p != name.p;
    if (alias || names_have(s->v->gateway->channels, name)) return;
    semantics_error(s, owner, "heartbeat.target", "unknown_heartbeat_target",
                    "a heartbeat goes to \"last\", \"none\"%s or a channel",
                    s->dialect == NEWER ? ", \"owner\"" : "");
}

static void check_heartbeats(struct semantics *s) {
    const struct semantics_agent *agents;
    size_t n = semantics_agents(s, &agents);
    checking_enter_key(s->c, STR("agents"));
    checking_enter_key(s->c, STR("defaults"));
    check_target(s, tree_path(s->t, s->v->root, "agents", "defaults", NULL));
    semantics_leave(s, 2);
    for (size_t i = 0; i < n; i++) {
        unsigned steps = semantics_enter_agent(s, &agents[i]);
        check_target(s, agents[i].node);
        semantics_leave(s, steps);
    }
}

static void warn_heartbeat_owner(struct semantics *s) {
    const struct semantics_agent *agents;
    size_t n = semantics_agents(s, &agents);
    node_id defaults = tree_path(s->t, s->v->root, "agents", "defaults", NULL);
    struct str owner = semantics_text(s, semantics_member(s, defaults, "systemAgent"), "agentId");
    if (s->dialect == OLDER || n < 2 || s->v->legacy_default || ids_trim(owner).n ||
        semantics_member(s, defaults, "heartbeat"))
        return;
    for (size_t i = 0; i < n; i++)
        if (semantics_member(s, agents[i].node, "heartbeat") ||
            semantics_is_true(s, agents[i].node, "default"))
            return;
    semantics_warn(s, s->v->root, "agents.defaults.heartbeat.agentId", "no_heartbeat_owner",
                   "several agents and no owner: heartbeats stay off until "
                   "`agents.defaults.heartbeat.agentId` is set");
}

/* ---- web search --------------------------------------------------------------------------------
 */

static void check_web_search(struct semantics *s) {
    const struct gateway_data *g = s->v->gateway;
    node_id provider = tree_path(s->t, s->v->root, "tools", "web", "search", "provider", NULL);
    struct str name = ids_trim(tree_text(s->t, provider));
    if (s->dialect == OLDER || !semantics_is_text(s, provider)) return;
    if (names_have(g->web_search_active, name)) return;
    static const char place[] = "tools.web.search.provider";
    struct diag *d;
    if (!name.n) {
        semantics_error(s, s->v->root, place, "web_search_provider",
                        "the provider must not be empty");
        return;
    }
    struct names plugin = name_map_get(&g->web_search_plugins, name);
    if (is_evidence(s, name) || (plugin.n && is_evidence(s, plugin.v[0])))
        d = semantics_warn(s, s->v->root, place, "web_search_provider",
                           "this provider's plugin is not installed: it will be ignored");
    else
        d = semantics_error(s, s->v->root, place, "web_search_provider", "%s",
                            names_have(g->web_search, name)
                                ? "this provider needs its plugin to be installed"
                                : "no provider of web searches is called that");
    diag_list(s->v->diags, d, "allowed", g->web_search.v, g->web_search.n);
}

void semantics_last(struct semantics *s) {
    warn_heartbeat_owner(s);
    check_channels(s);
    check_heartbeats(s);
    check_web_search(s);
    semantics_models(s);
    semantics_plugins(s);
}
