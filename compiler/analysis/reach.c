/* Who reaches which agent, in which session: every class of senders that an account admits, routed
 * as the gateway would. */
#include <stdlib.h>

#include "analysis/analysis.h"
#include "base/buf.h"
#include "model/ids.h"

/* A binding that names a peer, on an account or on all ("*") of its channel. */
struct bound_peer {
    struct str channel, account;
    uint32_t binding;
};

struct reaching {
    struct analysis *s;
    struct arena *scratch;
    const struct model *m;
    struct arena *kept;
    struct bound_peer *bound; /* by channel, account, binding */
    size_t n_bound;
};

struct str reach_describe(struct arena *a, const struct reach *reach) {
    static const char *const who[] = {[SENDER_ANYONE] = "anyone",
                                      [SENDER_PAIRED] = "whoever was paired",
                                      [SENDER_GROUP] = "the members of any group"};
    const struct account *account = &reach->in->model->accounts.v[reach->account];
    const struct room_access *room = reach->room;
    bool group = reach->class == SENDER_GROUP, known = reach->class == SENDER_KNOWN;
    bool listed = group && room->n_members && !room->any_member && !room->by_role;
    const char *class = known ? "" : who[reach->class];
    struct str name = reach->sender;
    if (group && reach->sender.n) class = "the members of group ";
    if (listed)
        class = reach->sender.n ? "listed senders in group " : "listed senders in any group";
    if (group && reach->guild.n) {
        class = listed ? "listed senders in " : "the members of ";
        name = reach->sender.n ? str_format(a, STR_FMT " in guild " STR_FMT, STR_ARG(reach->sender),
                                            STR_ARG(reach->guild))
                               : str_concat(a, STR("guild "), reach->guild);
    }
    return str_format(a, "%s" STR_FMT " on " STR_FMT "/" STR_FMT, class, STR_ARG(name),
                      STR_ARG(account->channel), STR_ARG(account->id));
}

/* ---- one class on one account ------------------------------------------------------------------
 */

static bool is_room(enum sender_class class) {
    return class == SENDER_GROUP;
}

/* A binding that won, but whose agent does not exist: that is its fault, not the roster's. */
static bool names_lost_agent(const struct model *m, int32_t binding) {
    return binding >= 0 && m->routing.bindings[binding].agent == AGENT_ERROR;
}

static bool overrides_scope(const struct model *m, int32_t binding) {
    return binding >= 0 && m->routing.bindings[binding].dm_scope != SCOPE_NONE;
}

/* What a channel calls the place of a message that many read. */
static struct str room_kind(const struct account *a) {
    bool channels = str_equal(a->channel, STR("discord")) || str_equal(a->channel, STR("slack"));
    return channels ? STR("channel") : STR("group");
}

static void add_routed(struct reaching *r, uint32_t account, enum sender_class class,
                       struct str sender, const struct room *room, struct str guild, place at) {
    if (r->s->reaches.n == REACHES_MAX) {
        r->s->reaches_cut = true;
        return;
    }
    const struct account *a = &r->m->accounts.v[account];
    struct route_query q = {.channel = a->channel,
                            .account = a->id,
                            .has_peer = true,
                            .peer = {is_room(class) ? room_kind(a) : STR("direct"), sender},
                            .guild = guild};
    struct route_answer answer = resolve(r->s->resolver, r->scratch, &q);
    struct reach *reach = &ARRAY_PUSH(r->s->arena, r->s->reaches);
    *reach = (struct reach){.in = r->s,
                            .account = account,
                            .class = class,
                            .sender = sender,
                            .guild = guild,
                            .at = at,
                            .agent = -1,
                            .tier = answer.tier,
                            .binding = -1};
    if (!answer.failed) {
        reach->agent = model_agent(r->m, answer.agent);
        reach->session_key = str_copy(r->s->arena, answer.session_key);
        reach->dm_scope = answer.dm_scope;
        if (answer.binding >= 0)
            reach->binding = (int32_t)r->m->routing.bindings[answer.binding].index;
    }
    reach->ownerless = answer.failed && !names_lost_agent(r->m, answer.binding);
    if (r->m->session.dm_scope_text.symbolic && !overrides_scope(r->m, answer.binding))
        reach->dm_scope = r->m->session.dm_scope_text.v;
    bool unbound =
        str_equal(a->channel, STR("telegram")) && !a->is_default && answer.tier == TIER_DEFAULT;
    reach->isolated = unbound && !is_room(class);
    /* Telegram drops what is written in a group to an account that no binding is for. */
    if (unbound && is_room(class)) r->s->reaches.n--;
    if (is_room(class)) {
        struct room_access *access = ARENA_NEW(r->s->arena, struct room_access);
        *access = room ? room_access_at(a, room) : room_access_of(a, sender);
        reach->room = access;
    }
    arena_reset(r->scratch);
}

static void add_reach(struct reaching *r, uint32_t account, enum sender_class class,
                      struct str sender, place at) {
    add_routed(r, account, class, sender, NULL, STR_NONE, at);
}

static int by_account(const void *left, const void *right) {
    const struct bound_peer *a = left, *b = right;
    int order = str_compare(a->channel, b->channel);
    if (!order) order = str_compare(a->account, b->account);
    return order ? order : (a->binding > b->binding) - (a->binding < b->binding);
}

static void index_bound_peers(struct reaching *r) {
    const struct model *m = r->m;
    r->bound = ARENA_ARRAY(r->kept, struct bound_peer, m->bindings.n);
    for (size_t i = 0; i < m->bindings.n; i++) {
        const struct binding *b = &m->bindings.v[i];
        if (b->route < 0 || m->routing.bindings[b->route].peer != PEER_EXACT) continue;
        r->bound[r->n_bound++] =
            (struct bound_peer){b->channel_token, b->account_pattern, (uint32_t)i};
    }
    if (r->n_bound) qsort(r->bound, r->n_bound, sizeof *r->bound, by_account);
}

/* The bound peers of an account pattern; `*n` of them. */
static const struct bound_peer *bound_on(const struct reaching *r, struct str channel,
                                         struct str account, size_t *n) {
    const struct bound_peer from = {channel, account, 0}, to = {channel, account, UINT32_MAX};
    size_t first = 0, end = r->n_bound;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (by_account(&r->bound[middle], &from) < 0)
            first = middle + 1;
        else
            end = middle;
    }
    while (end < r->n_bound && by_account(&r->bound[end], &to) <= 0) end++;
    *n = end - first;
    return &r->bound[first];
}

static void add_bound_peer(struct reaching *r, uint32_t account, bool direct, uint32_t binding,
                           struct map *seen) {
    const struct binding *b = &r->m->bindings.v[binding];
    const struct route_binding *route = &r->m->routing.bindings[b->route];
    bool is_new = false;
    if ((route->peer_kind == PEER_DIRECT) == direct) map_put(seen, route->peer_id, 1, &is_new);
    if (is_new)
        add_reach(r, account, direct ? SENDER_KNOWN : SENDER_GROUP, route->peer_id, b->peer_id.at);
}

/* Peers that bindings name on this account, in the order of the bindings: each is a known sender
 * where everybody is admitted. `seen` gets their ids. */
static void add_bound_peers(struct reaching *r, uint32_t account, bool direct, struct map *seen) {
    const struct account *a = &r->m->accounts.v[account];
    if (r->s->reaches_cut) return;
    for (size_t i = 0; direct && i < a->n_senders; i++) map_put(seen, a->senders[i].id, 1, NULL);
    for (size_t i = 0; direct && i < a->n_paired; i++) map_put(seen, a->paired[i].id, 1, NULL);
    size_t n_own, n_all, i = 0, j = 0;
    const struct bound_peer *own = bound_on(r, a->channel, a->id, &n_own);
    const struct bound_peer *all = bound_on(r, a->channel, STR("*"), &n_all);
    while (i < n_own || j < n_all) {
        bool is_own = j == n_all || (i < n_own && own[i].binding < all[j].binding);
        add_bound_peer(r, account, direct, is_own ? own[i++].binding : all[j++].binding, seen);
    }
}

static bool pairing_is_known(const struct model *m) {
    return m->conditions && m->conditions->pairing_known;
}

/* Those whom pairing has admitted, as far as somebody tells. */
static void add_paired(struct reaching *r, uint32_t account) {
    const struct account *a = &r->m->accounts.v[account];
    for (size_t i = 0; i < a->n_paired; i++) {
        size_t before = r->s->reaches.n;
        add_reach(r, account, SENDER_KNOWN, a->paired[i].id, a->paired[i].at);
        if (r->s->reaches.n > before) r->s->reaches.v[before].stored = true;
    }
}

static void add_direct(struct reaching *r, uint32_t account) {
    const struct account *a = &r->m->accounts.v[account];
    struct str policy = a->dm_policy.v;
    if (str_equal(policy, STR("disabled"))) return;
    for (size_t i = 0; i < a->n_senders; i++) {
        size_t before = r->s->reaches.n;
        add_reach(r, account, SENDER_KNOWN, a->senders[i].id, a->senders[i].at);
        if (r->s->reaches.n > before)
            r->s->reaches.v[before].is_name = entry_is_name(r->m, a, a->senders[i].id);
    }
    if (str_equal(policy, STR("pairing"))) add_paired(r, account);
    bool open = str_equal(policy, STR("open")) && r->m->gateway->open_admits_all;
    if (a->wildcard || open) {
        struct arena *scratch = arena_new();
        struct map seen = map_new(scratch);
        add_bound_peers(r, account, true, &seen);
        arena_free(scratch);
        add_reach(r, account, SENDER_ANYONE, STR(""),
                  a->wildcard ? a->allow_from.at : a->dm_policy.at);
    } else if (str_equal(policy, STR("pairing")) && !pairing_is_known(r->m)) {
        add_reach(r, account, SENDER_PAIRED, STR(""), a->dm_policy.at);
    }
}

/* A room that the account names, where somebody may speak. */
static void add_listed_room(struct reaching *r, uint32_t account, const struct room *guild,
                            const struct room *room) {
    const struct account *a = &r->m->accounts.v[account];
    struct room_access access = room_access_at(a, room);
    if (!room->enabled || !room_access_admits(&access)) return;
    bool discord = str_equal(a->channel, STR("discord"));
    struct str id = discord && !room->inner ? STR("") : room->name;
    add_routed(r, account, SENDER_GROUP, id, room, discord && guild ? guild->name : STR_NONE,
               room->at);
}

/* Topics are parts of their group; the channels of a guild are rooms of their own. */
static void add_listed_rooms(struct reaching *r, uint32_t account, const struct map *seen) {
    const struct account *a = &r->m->accounts.v[account];
    bool discord = str_equal(a->channel, STR("discord"));
    const struct room *guild = NULL;
    for (size_t i = 0; i < a->rooms.n; i++) {
        const struct room *room = &a->rooms.v[i];
        if (!room->inner) guild = room;
        bool has_inner = !room->inner && i + 1 < a->rooms.n && room[1].inner;
        bool part = discord ? has_inner : room->inner;
        if (part || str_equal(room->name, STR("*")) || map_get(seen, room->name)) continue;
        add_listed_room(r, account, guild, room);
    }
}

static void add_rooms(struct reaching *r, uint32_t account) {
    const struct account *a = &r->m->accounts.v[account];
    if (str_equal(a->group_policy.v, STR("disabled"))) return;
    struct arena *scratch = arena_new();
    struct map seen = map_new(scratch);
    add_bound_peers(r, account, false, &seen);
    add_listed_rooms(r, account, &seen);
    struct room_access any = room_access_of(a, STR(""));
    if (room_access_admits(&any)) add_reach(r, account, SENDER_GROUP, STR(""), any.at);
    arena_free(scratch);
}

/* ---- per agent ---------------------------------------------------------------------------------
 */

static void sort_by_agent(struct analysis *s) {
    size_t n_agents = s->model->agents.n;
    uint32_t *sorted = ARENA_ARRAY(s->arena, uint32_t, s->reaches.n);
    for (size_t i = 0; i < s->reaches.n; i++)
        if (s->reaches.v[i].agent >= 0) s->agents[s->reaches.v[i].agent].n_reach++;
    uint32_t at = 0;
    for (size_t i = 0; i < n_agents; i++) {
        s->agents[i].first_reach = at;
        at += s->agents[i].n_reach;
        s->agents[i].n_reach = 0;
    }
    for (size_t i = 0; i < s->reaches.n; i++) {
        int32_t agent = s->reaches.v[i].agent;
        if (agent < 0) continue;
        struct agent_facts *f = &s->agents[agent];
        sorted[f->first_reach + f->n_reach++] = (uint32_t)i;
    }
    s->by_agent = sorted;
}

bool reach_admits(const struct reach *reach) {
    return reach->class == SENDER_GROUP ? room_access_admits(reach->room) : !reach->is_name;
}

bool reach_unsandboxed(const struct agent *agent, const struct reach *reach) {
    if (agent->sandbox.mode.symbolic || str_equal(agent->sandbox.mode.v, STR("all"))) return false;
    if (!str_equal(agent->sandbox.mode.v, STR("non-main"))) return true;
    return str_ends(reach->session_key, STR(":main")) && !reach->isolated;
}

/* The surest evidence first: a named sender, then anyone, then the members of a room. */
static int rank(const struct reach *reach) {
    static const int ranks[] = {
        [SENDER_KNOWN] = 0, [SENDER_ANYONE] = 1, [SENDER_GROUP] = 2, [SENDER_PAIRED] = 3};
    return ranks[reach->class];
}

static void summarise(struct analysis *s, size_t index) {
    struct agent_facts *f = &s->agents[index];
    const struct agent *agent = &s->model->agents.v[index];
    f->unsandboxed = str_equal(agent->sandbox.mode.v, STR("off"));
    for (uint32_t i = 0; i < f->n_reach; i++) {
        int32_t number = (int32_t)s->by_agent[f->first_reach + i];
        const struct reach *reach = &s->reaches.v[number];
        if (!reach_admits(reach)) continue;
        bool unsandboxed = reach_unsandboxed(agent, reach);
        f->unsandboxed = f->unsandboxed || unsandboxed;
        if (reach->is_owner) {
            if (f->owner_reach < 0) f->owner_reach = number;
        } else if (!unsandboxed) {
            continue;
        } else if (reach->class == SENDER_PAIRED) {
            if (f->paired < 0) f->paired = number;
        } else if (f->stranger < 0 || rank(reach) < rank(&s->reaches.v[f->stranger])) {
            f->stranger = number;
        }
    }
}

/* Under per-peer one person is one session on all channels, under per-channel-peer on all accounts
 * of a channel. */
static bool conversations_merge(const struct analysis *s, const struct reach *a,
                                const struct reach *b) {
    if (a->account == b->account || a->isolated || b->isolated ||
        !str_equal(a->dm_scope, b->dm_scope))
        return false;
    bool merges =
        str_equal(a->dm_scope, STR("per-peer")) || str_equal(a->dm_scope, STR("per-channel-peer"));
    return merges && str_equal(s->model->accounts.v[a->account].channel,
                               s->model->accounts.v[b->account].channel);
}

/* The first two accounts of an agent whose conversations merge. Reaches are in the order of
 * accounts, so one representative of each account is enough. */
static void find_merge(struct analysis *s, struct agent_facts *f) {
    enum { ACCOUNTS_COMPARED = 64 };
    int32_t seen[ACCOUNTS_COMPARED];
    size_t n = 0;
    for (uint32_t i = 0; i < f->n_reach && f->merged_first < 0; i++) {
        int32_t number = (int32_t)s->by_agent[f->first_reach + i];
        const struct reach *reach = &s->reaches.v[number];
        if (reach->class == SENDER_GROUP) continue;
        if (n && s->reaches.v[seen[n - 1]].account == reach->account) continue;
        for (size_t j = 0; j < n && f->merged_first < 0; j++)
            if (conversations_merge(s, &s->reaches.v[seen[j]], reach)) {
                f->merged_first = seen[j];
                f->merged_second = number;
            }
        if (n < ACCOUNTS_COMPARED) seen[n++] = number;
    }
}

static void mark_ownerless(struct analysis *s) {
    for (size_t i = 0; i < s->reaches.n; i++) {
        const struct reach *r = &s->reaches.v[i];
        const struct account *a = &s->model->accounts.v[r->account];
        bool principal = r->class == SENDER_KNOWN || r->class == SENDER_ANYONE;
        struct account_facts *f = &s->accounts[r->account];
        if (r->ownerless && principal && a->configured && !a->duplicate_login &&
            f->owner_missing < 0)
            f->owner_missing = (int32_t)i;
    }
}

static void name_account(struct buf *key, struct str channel, struct str account) {
    key->n = 0;
    buf_add(key, channel);
    buf_add_char(key, '/');
    buf_add(key, account);
}

/* Which accounts have direct peers bound one by one. */
static void mark_peers_bound(struct analysis *s) {
    const struct model *m = s->model;
    struct map names = map_new(s->arena);
    struct buf key = buf_new(s->arena);
    for (size_t i = 0; i < m->accounts.n; i++) {
        name_account(&key, m->accounts.v[i].channel, m->accounts.v[i].id);
        map_put(&names, str_copy(s->arena, buf_str(&key)), (uint32_t)i, NULL);
    }
    for (size_t i = 0; i < m->bindings.n; i++) {
        const struct binding *b = &m->bindings.v[i];
        if (b->route < 0 || m->routing.bindings[b->route].peer != PEER_EXACT ||
            m->routing.bindings[b->route].peer_kind != PEER_DIRECT)
            continue;
        name_account(&key, b->channel_token, b->account_pattern);
        const uint32_t *account = map_get(&names, buf_str(&key));
        if (account) s->accounts[*account].peers_bound = true;
        bool any = str_equal(b->account_pattern, STR("*"));
        for (size_t j = 0; any && j < m->accounts.n; j++)
            if (str_equal(m->accounts.v[j].channel, b->channel_token))
                s->accounts[j].peers_bound = true;
    }
}

/* Whether messages can arrive that this binding takes. A channel that is not in the file may be
 * switched on by the environment. */
static bool can_win(const struct analysis *s, size_t i) {
    const struct binding_facts *f = &s->bindings[i];
    if (s->model->bindings.v[i].route < 0 || f->shadowed_by >= 0) return false;
    if (!f->channel_known)
        return names_have(s->model->gateway->channels, f->binding->channel_token);
    return f->account_known && !f->channel_off;
}

static void mark_bound(struct analysis *s) {
    const struct model *m = s->model;
    for (size_t i = 0; i < m->bindings.n; i++) {
        bool unknown = m->bindings.v[i].agent.symbolic;
        for (size_t j = 0; unknown && j < m->agents.n; j++) s->agents[j].bound = true;
        if (unknown || !can_win(s, i)) continue;
        int32_t agent = m->routing.bindings[m->bindings.v[i].route].agent;
        if (agent < 0) continue;
        int32_t index = model_agent(m, m->routing.agents[agent]);
        if (index >= 0) s->agents[index].bound = true;
    }
}

static void mark_named(struct analysis *s, const struct text_list *list) {
    for (size_t i = 0; i < list->n; i++) {
        bool all = str_equal(ids_trim(list->v[i].v), STR("*"));
        int32_t agent = all ? -1 : model_agent(s->model, ids_agent(s->arena, list->v[i].v));
        for (size_t j = 0; all && j < s->model->agents.n; j++) s->agents[j].named = true;
        if (agent >= 0) s->agents[agent].named = true;
    }
}

static void mark_woken(struct analysis *s) {
    const struct model *m = s->model;
    mark_named(s, &m->broadcast_agents);
    mark_named(s, &m->topic_agents);
    const struct agent_to_agent *a2a = &m->agent_to_agent;
    if (a2a->enabled.v) mark_named(s, &a2a->allow);
    bool anyone = a2a->enabled.v && a2a->enabled.set && !a2a->allow.n;
    for (size_t i = 0; anyone && i < m->agents.n; i++) s->agents[i].named = true;
    for (size_t i = 0; i < m->agents.n; i++) mark_named(s, &m->agents.v[i].delegates);
    if (!m->hooks.enabled.v) return;
    mark_named(s, &m->hooks.mapped_agents);
    mark_named(s, &m->hooks.allowed_agents);
    for (size_t i = 0; !m->hooks.allowed_agents.set && i < m->agents.n; i++)
        s->agents[i].named = true;
}

void analyse_reach(struct analysis *s, struct names owners) {
    const struct model *m = s->model;
    struct reaching r = {.s = s, .scratch = arena_new(), .m = m, .kept = arena_new()};
    index_bound_peers(&r);
    for (size_t i = 0; i < m->accounts.n; i++) {
        if (!m->accounts.v[i].enabled || !account_runs(&m->accounts.v[i])) continue;
        add_direct(&r, (uint32_t)i);
        add_rooms(&r, (uint32_t)i);
    }
    arena_free(r.scratch);
    arena_free(r.kept);
    analyse_owners(s, owners);
    sort_by_agent(s);
    for (size_t i = 0; i < m->agents.n; i++) {
        summarise(s, i);
        find_merge(s, &s->agents[i]);
    }
    mark_ownerless(s);
    mark_peers_bound(s);
    mark_bound(s);
    mark_woken(s);
}
