/* What the gateway's own audit says of single channels: entries that are names where ids are
 * wanted, who may use commands, and who may speak in groups. */
#include "analysis/channel_checks.h"
#include "base/buf.h"
#include "model/ids.h"

static bool is_on(const struct checking *k, const char *channel) {
    return str_equal(k->a->channel, str_from(channel));
}

static bool is_wildcard(struct str entry) {
    return str_equal(ids_trim(entry), STR("*"));
}

static bool has_wildcard(const struct text_list *list) {
    for (size_t i = 0; i < list->n; i++)
        if (is_wildcard(list->v[i].v)) return true;
    return false;
}

static bool has_entry(const struct text_list *list) {
    for (size_t i = 0; i < list->n; i++)
        if (ids_trim(list->v[i].v).n) return true;
    return false;
}

static bool is_stored(const struct account *a) {
    for (size_t i = 0; i < a->stored.n; i++)
        if (ids_trim(a->stored.v[i]).n) return true;
    return false;
}

static bool are_digits(struct str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n > 0;
}

/* ---- names where ids are wanted ----------------------------------------------------------------
 */

static struct str without_mention(struct str s) {
    if (str_starts(s, STR("<@"))) s = str_slice(s, 2, s.n);
    if (str_starts(s, STR("!"))) s = str_slice(s, 1, s.n);
    return str_ends(s, STR(">")) ? str_slice(s, 0, s.n - 1) : s;
}

static bool has_id_prefix(struct str s) {
    static const char *const prefixes[] = {"discord:", "user:", "pk:"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        struct str prefix = str_from(prefixes[i]);
        if (str_starts(s, prefix)) return ids_trim(str_slice(s, prefix.n, s.n)).n > 0;
    }
    return false;
}

/* The older audit lets half a mention pass. */
static bool is_discord_id(const struct checking *k, struct str s) {
    if (are_digits(s) || has_id_prefix(s)) return true;
    bool whole = str_starts(s, STR("<@")) && str_ends(s, STR(">"));
    bool half = str_starts(s, STR("<@")) || str_ends(s, STR(">"));
    return (k->newer ? whole : half) && are_digits(without_mention(s));
}

static bool is_access_group(struct str s) {
    return str_starts(s, STR("accessGroup:"));
}

static bool is_discord_name(const struct checking *k, struct str entry) {
    struct str s = ids_trim(entry);
    if (!s.n || str_equal(s, STR("*")) || (k->newer && is_access_group(s))) return false;
    return !is_discord_id(k, s);
}

static void add_names(const struct checking *k, struct found_names *f,
                      const struct text_list *list) {
    for (size_t i = 0; i < list->n; i++)
        if (!list->v[i].symbolic && is_discord_name(k, list->v[i].v))
            found_names_add(f, ids_trim(list->v[i].v), list->v[i].at);
}

static bool has_letter(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80)
            return true;
    }
    return false;
}

static bool is_discord_mutable(struct str entry) {
    struct str s = ids_trim(entry), bare = without_mention(s);
    return !are_digits(bare) && !has_id_prefix(s) && has_letter(bare);
}

/* Slack's ids begin with U, B or W; in lower case names may look like that, too. */
static bool is_slack_mutable(struct arena *a, struct str entry) {
    struct str s = ids_token(a, entry);
    if (str_starts(s, STR("<@")) && str_ends(s, STR(">"))) s = str_slice(s, 2, s.n - 1);
    if (str_starts(s, STR("slack:")))
        s = ids_trim(str_slice(s, 6, s.n));
    else if (str_starts(s, STR("user:")))
        s = ids_trim(str_slice(s, 5, s.n));
    bool id = s.n > 1 && (s.p[0] == 'u' || s.p[0] == 'b' || s.p[0] == 'w');
    for (size_t i = 1; id && i < s.n; i++)
        id = (s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '_';
    return s.n && !id;
}

bool entry_is_name(const struct model *m, const struct account *a, struct str entry) {
    if (str_find(entry, STR("${"), 0) != SIZE_MAX) return false; /* nobody knows */
    if (str_equal(a->channel, STR("telegram"))) return !are_digits(entry);
    if (!m->gateway->audit_by_route || a->name_matching.v || is_access_group(entry)) return false;
    if (str_equal(a->channel, STR("discord"))) return is_discord_mutable(entry);
    return str_equal(a->channel, STR("slack")) && is_slack_mutable(m->arena, entry);
}

struct found_names check_mutable_entries(const struct checking *k) {
    struct found_names f = found_names_new(k->s->arena);
    const struct text_list *list = &k->a->audit_allow_from;
    bool discord = is_on(k, "discord"), slack = is_on(k, "slack");
    for (size_t i = 0; (discord || slack) && i < list->n; i++) {
        struct str entry = ids_trim(list->v[i].v);
        bool unknown = list->v[i].symbolic;
        if (!entry.n || unknown || is_wildcard(entry) || is_access_group(entry)) continue;
        if (discord ? is_discord_mutable(entry) : is_slack_mutable(k->s->arena, entry))
            found_names_add(&f, entry, list->v[i].at);
    }
    return f;
}

/* ---- commands ----------------------------------------------------------------------------------
 */

/* The account's setting, else the global one; `auto` depends on the channel. */
static bool is_offered(const struct checking *k, const struct text *own,
                       const struct text *global) {
    struct str setting = own->set ? own->v : global->v;
    if (setting.n && !str_equal(setting, STR("auto"))) return str_equal(setting, STR("true"));
    return names_have(k->m->gateway->native_commands, k->a->channel);
}

static bool offers_commands(const struct checking *k) {
    return is_offered(k, &k->a->native, &k->m->commands.native) ||
           is_offered(k, &k->a->native_skills, &k->m->commands.native_skills);
}

static bool has_users(const struct room_list *rooms) {
    for (size_t i = 0; i < rooms->n; i++)
        if (rooms->v[i].users.n) return true;
    return false;
}

/* ---- discord -----------------------------------------------------------------------------------
 */

static void check_name_entries(struct checking *k) {
    const struct account *a = k->a;
    struct found_names f = found_names_new(k->s->arena);
    struct buf stored = buf_new(k->s->arena);
    add_names(k, &f, &a->allow_from);
    add_names(k, &f, &a->dm_allow_from);
    size_t in_config = f.list.n;
    for (size_t i = 0; i < a->stored.n; i++) {
        if (!is_discord_name(k, a->stored.v[i])) continue;
        found_names_add(&f, ids_trim(a->stored.v[i]), a->dm_policy.at);
        buf_add(&stored, a->stored.v[i]);
        buf_add_char(&stored, '\n');
    }
    size_t with_stored = f.list.n;
    for (size_t i = 0; i < a->rooms.n; i++) add_names(k, &f, &a->rooms.v[i].users);
    /* What comes from the store alone does not name the account. */
    bool named = in_config || f.list.n > with_stored;
    place at = f.list.n ? f.list.v[0].at : a->at;
    check_say_names(k, "discord.allowFrom.name_based_entries", at,
                    named ? a->key : buf_str(&stored), &f);
}

static bool restricts(const struct text_list *users, const struct text_list *roles) {
    return (users->n || roles->n) && !has_wildcard(users) && !has_wildcard(roles);
}

/* Guilds and channels that everybody in them may use. */
static void check_broad_members(struct checking *k) {
    const struct room_list *rooms = &k->a->rooms;
    struct found_names f = found_names_new(k->s->arena);
    const struct room *guild = NULL;
    for (size_t i = 0; i < rooms->n; i++) {
        const struct room *r = &rooms->v[i];
        bool has_inner = i + 1 < rooms->n && rooms->v[i + 1].inner && !r->inner;
        if (!r->inner) guild = r;
        if (has_inner || !guild || (r->inner && !r->enabled)) continue;
        const struct text_list *users = r->users.set ? &r->users : &guild->users;
        const struct text_list *roles = r->roles.set ? &r->roles : &guild->roles;
        if (restricts(users, roles)) continue;
        struct str name = r->inner ? str_format(k->s->arena, STR_FMT "/" STR_FMT,
                                                STR_ARG(guild->name), STR_ARG(r->name))
                                   : r->name;
        found_names_add(&f, name, r->at);
    }
    place at = f.list.n ? f.list.v[0].at : k->a->at;
    check_say_names(k, "discord.allowlisted_groups.broad_members", at, k->a->key, &f);
}

static void check_discord_commands(struct checking *k) {
    const struct account *a = k->a;
    if (!offers_commands(k) || !a->rooms.n || has_users(&a->rooms)) return;
    if (str_equal(a->group_policy.v, STR("disabled"))) return;
    if (!k->newer && !k->m->commands.access_groups.v)
        check_say(k, "discord.commands.native.unrestricted", a->rooms.at, STR(""));
    else if (!has_entry(&a->dm_allow_from) && !is_stored(a))
        check_say(k, "discord.commands.native.no_allowlists", a->rooms.at, STR(""));
}

void check_discord(struct checking *k) {
    if (!is_on(k, "discord")) return;
    if (k->newer && str_equal(k->a->group_policy.v, STR("allowlist"))) check_broad_members(k);
    check_name_entries(k);
    check_discord_commands(k);
}

/* ---- slack -------------------------------------------------------------------------------------
 */

void check_slack(struct checking *k) {
    const struct account *a = k->a;
    if (!is_on(k, "slack") || !(offers_commands(k) || a->slash_command.v)) return;
    if (!k->newer && !k->m->commands.access_groups.v) {
        check_say(k, "slack.commands.slash.useAccessGroups_off", k->m->commands.access_groups.at,
                  STR(""));
        return;
    }
    if (has_entry(&a->allow_from) || is_stored(a) || has_users(&a->rooms)) return;
    place at = a->slash_command.set ? a->slash_command.at : a->at;
    check_say(k, "slack.commands.slash.no_allowlists", at, STR(""));
}

/* ---- zalouser ----------------------------------------------------------------------------------
 */

static bool is_zalo_group_id(struct arena *a, struct str name) {
    struct str s = ids_token(a, name);
    if (str_starts(s, STR("zalouser:")))
        s = str_slice(s, 9, s.n);
    else if (str_starts(s, STR("zlu:")))
        s = str_slice(s, 4, s.n);
    if (str_starts(s, STR("group:"))) s = str_slice(s, 6, s.n);
    s = ids_trim(s);
    return !s.n || str_equal(s, STR("*")) || are_digits(s) ||
           (str_starts(s, STR("g-")) && s.n > 2 && str_find(s, STR(" "), 0) == SIZE_MAX);
}

void check_zalouser(struct checking *k) {
    if (k->newer || !is_on(k, "zalouser")) return;
    struct found_names f = found_names_new(k->s->arena);
    for (size_t i = 0; i < k->a->rooms.n; i++) {
        const struct room *r = &k->a->rooms.v[i];
        if (!r->inner && !is_zalo_group_id(k->s->arena, r->name))
            found_names_add(&f, r->name, r->at);
    }
    check_say_names(k, "zalouser.groups.mutable_entries", k->a->rooms.at, k->a->key, &f);
}

/* ---- telegram ----------------------------------------------------------------------------------
 */

static void add_invalid(const struct checking *k, struct found_names *f, struct str entry,
                        place at) {
    struct str id = model_sender(k->m, k->a->channel, entry);
    struct str digits = !k->newer && str_starts(id, STR("-")) ? str_slice(id, 1, id.n) : id;
    if (id.n && !str_equal(id, STR("*")) && !are_digits(digits)) found_names_add(f, id, at);
}

static void add_invalid_list(const struct checking *k, struct found_names *f,
                             const struct text_list *list) {
    for (size_t i = 0; i < list->n; i++)
        if (!list->v[i].symbolic) add_invalid(k, f, list->v[i].v, list->v[i].at);
}

static void add_invalid_stored(const struct checking *k, struct found_names *f) {
    for (size_t i = 0; i < k->a->stored.n; i++)
        add_invalid(k, f, k->a->stored.v[i], k->a->dm_policy.at);
}

/* Whether some group or topic has a list of its own. The older audit stops at the first. */
static bool add_invalid_rooms(const struct checking *k, struct found_names *f) {
    bool any = false;
    for (size_t i = 0; i < k->a->rooms.n && (k->newer || !any); i++) {
        add_invalid_list(k, f, &k->a->rooms.v[i].users);
        any = any || k->a->rooms.v[i].users.n;
    }
    return any;
}

/* The first five and how many more there are: that is what the gateway's text has. */
static struct str invalid_text(const struct checking *k, const struct found_names *f) {
    enum { SHOWN = 5 };
    struct buf b = buf_new(k->s->arena);
    for (size_t i = 0; i < f->list.n && i < SHOWN; i++) {
        buf_add(&b, f->list.v[i].v);
        buf_add_char(&b, '\n');
    }
    buf_addf(&b, "%zu", f->list.n);
    return buf_str(&b);
}

static void say_invalid(struct checking *k, const struct found_names *f) {
    place at = f->list.n ? f->list.v[0].at : k->a->at;
    check_say_names(k, "telegram.allowFrom.invalid_entries", at, invalid_text(k, f), f);
}

static bool has_stored_wildcard(const struct account *a) {
    for (size_t i = 0; i < a->stored.n; i++)
        if (is_wildcard(a->stored.v[i])) return true;
    return false;
}

static void check_group_senders(struct checking *k, bool room_lists) {
    const struct account *a = k->a;
    if (has_stored_wildcard(a) || has_wildcard(&a->group_allow_from)) {
        check_say(k, "telegram.groups.allowFrom.wildcard", a->group_allow_from.at, STR(""));
    } else if (!room_lists && !a->stored.n && !a->group_allow_from.n) {
        bool skills = is_offered(k, &a->native_skills, &k->m->commands.native_skills);
        place at = a->group_policy.set || !a->rooms.n ? a->group_policy.at : a->rooms.at;
        check_say(k, "telegram.groups.allowFrom.missing", at, skills ? STR("skills") : STR(""));
    }
}

void check_telegram(struct checking *k) {
    const struct account *a = k->a;
    if (!is_on(k, "telegram")) return;
    struct found_names f = found_names_new(k->s->arena);
    bool open = str_equal(a->group_policy.v, STR("open"));
    bool listed = str_equal(a->group_policy.v, STR("allowlist")) && a->rooms.n;
    bool active = k->m->commands.text.v && (open || listed);
    if (k->newer) add_invalid_list(k, &f, &a->audit_allow_from);
    if (!active) {
        say_invalid(k, &f);
        return;
    }
    add_invalid_stored(k, &f);
    add_invalid_list(k, &f, &a->group_allow_from);
    if (!k->newer) add_invalid_list(k, &f, &a->allow_from);
    bool room_lists = add_invalid_rooms(k, &f);
    say_invalid(k, &f);
    check_group_senders(k, room_lists);
}
