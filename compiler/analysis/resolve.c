#include "analysis/resolve.h"

#include "base/buf.h"
#include "model/ids.h"

/* Bindings with one tier, channel, account pattern and key, in file order. */
struct chain {
    uint32_t first, last; /* index + 1 */
};

struct resolver {
    struct arena *arena;
    const struct routing *routing;
    struct map index;
    ARRAY(struct chain) chains;
    uint32_t *next; /* per binding: index + 1 of the next in its chain */
    bool has_own[TIER_DEFAULT], has_any[TIER_DEFAULT]; /* tiers without bindings cost no look-up */
};

/* Group and channel peers match each other. */
static char folded(uint8_t kind) {
    return kind == PEER_DIRECT ? 'd' : 'g';
}

static void write_key(struct buf *b, enum route_tier tier, struct str channel, struct str account,
                      char kind, struct str id) {
    b->n = 0;
    buf_add_char(b, (char)('0' + tier));
    buf_add_char(b, kind);
    buf_add_char(b, account.p ? 'a' : '*');
    buf_add(b, channel);
    buf_add_char(b, '\0');
    buf_add(b, account);
    buf_add_char(b, '\0');
    buf_add(b, id);
}

static struct str binding_id(const struct route_binding *b, enum route_tier tier) {
    if (tier == TIER_PEER) return b->peer_id;
    if (tier == TIER_GUILD || tier == TIER_GUILD_ROLES) return b->guild;
    return tier == TIER_TEAM ? b->team : STR("");
}

static void binding_key(struct buf *key, const struct route_binding *b, struct str account) {
    enum route_tier tier = route_binding_tier(b);
    char kind = tier <= TIER_PEER_WILDCARD ? folded(b->peer_kind) : '-';
    write_key(key, tier, b->channel, account, kind, binding_id(b, tier));
}

struct resolver *resolver_new(struct arena *a, const struct routing *routing) {
    struct resolver *r = ARENA_NEW(a, struct resolver);
    *r = (struct resolver){
        .arena = a, .routing = routing, .index = map_new_sized(a, routing->n_bindings)};
    r->next = ARENA_ARRAY(a, uint32_t, routing->n_bindings);
    ARRAY_PUSH(a, r->chains) = (struct chain){0, 0};
    struct buf key = buf_new(a);
    for (size_t i = 0; i < routing->n_bindings; i++) {
        binding_key(&key, &routing->bindings[i], routing->bindings[i].account);
        bool *has = routing->bindings[i].account.p ? r->has_own : r->has_any;
        has[route_binding_tier(&routing->bindings[i])] = true;
        uint32_t number = (uint32_t)i + 1;
        const uint32_t *found = map_get(&r->index, buf_str(&key));
        if (found) {
            struct chain *chain = &r->chains.v[*found];
            r->next[chain->last - 1] = number;
            chain->last = number;
        } else {
            map_put(&r->index, str_copy(a, buf_str(&key)), (uint32_t)r->chains.n, NULL);
            ARRAY_PUSH(a, r->chains) = (struct chain){number, number};
        }
    }
    return r;
}

/* ---- the query in normal form ------------------------------------------------------------------
 */

struct normal_peer {
    bool given;
    enum peer_kind kind; /* PEER_NONE: unknown, `raw` is what was given */
    struct str raw, id;
};

struct normal_query {
    struct str channel, account, guild, team;
    struct normal_peer peer, parent;
    const struct str *roles;
    size_t n_roles;
};

static enum peer_kind kind_of(struct arena *a, struct str kind) {
    struct str token = ids_token(a, kind);
    if (str_equal(token, STR("direct")) || str_equal(token, STR("dm"))) return PEER_DIRECT;
    if (str_equal(token, STR("group"))) return PEER_GROUP;
    return str_equal(token, STR("channel")) ? PEER_CHANNEL : PEER_NONE;
}

static struct normal_peer normal_peer(struct arena *a, bool given, const struct query_peer *peer) {
    if (!given) return (struct normal_peer){0};
    return (struct normal_peer){true, kind_of(a, peer->kind), peer->kind, ids_trim(peer->id)};
}

static struct normal_query normalise(struct arena *a, const struct route_query *q) {
    return (struct normal_query){.channel = ids_token(a, q->channel),
                                 .account = ids_account(a, q->account),
                                 .guild = ids_trim(q->guild),
                                 .team = ids_trim(q->team),
                                 .peer = normal_peer(a, q->has_peer, &q->peer),
                                 .parent = normal_peer(a, q->has_parent, &q->parent),
                                 .roles = q->roles,
                                 .n_roles = q->n_roles};
}

/* ---- matching ----------------------------------------------------------------------------------
 */

static bool has_a_role(const struct route_binding *b, const struct normal_query *q) {
    for (uint32_t i = 0; i < b->n_roles; i++)
        for (size_t j = 0; j < q->n_roles; j++)
            if (str_equal(b->roles[i], q->roles[j])) return true;
    return b->n_roles == 0;
}

static bool constraints_hold(const struct route_binding *b, const struct normal_query *q) {
    return (!b->guild.n || str_equal(b->guild, q->guild)) &&
           (!b->team.n || str_equal(b->team, q->team)) && has_a_role(b, q);
}

static uint32_t chain_head(const struct resolver *r, struct buf *key) {
    const uint32_t *chain = map_get(&r->index, buf_str(key));
    return chain ? r->chains.v[*chain].first : 0;
}

/* The first binding, in file order, of the account's chain and the any-account chain that holds. */
static int32_t search(const struct resolver *r, struct arena *a, const struct normal_query *q,
                      enum route_tier tier, char kind, struct str id) {
    struct buf key = buf_new(a);
    uint32_t own = 0, any = 0;
    if (r->has_own[tier]) {
        write_key(&key, tier, q->channel, q->account, kind, id);
        own = chain_head(r, &key);
    }
    if (r->has_any[tier]) {
        write_key(&key, tier, q->channel, STR_NONE, kind, id);
        any = chain_head(r, &key);
    }
    while (own || any) {
        bool take_own = own && (!any || own < any);
        uint32_t *from = take_own ? &own : &any;
        uint32_t number = *from;
        if (constraints_hold(&r->routing->bindings[number - 1], q)) return (int32_t)number - 1;
        *from = r->next[number - 1];
    }
    return -1;
}

static int32_t search_peer(const struct resolver *r, struct arena *a, const struct normal_query *q,
                           const struct normal_peer *peer, enum route_tier tier, struct str id) {
    if (!peer->given || peer->kind == PEER_NONE) return -1;
    return search(r, a, q, tier, folded((uint8_t)peer->kind), id);
}

static int32_t search_tier(const struct resolver *r, struct arena *a, const struct normal_query *q,
                           enum route_tier tier) {
    switch (tier) {
    case TIER_PEER:
        return q->peer.id.n ? search_peer(r, a, q, &q->peer, TIER_PEER, q->peer.id) : -1;
    case TIER_PEER_PARENT:
        return q->parent.id.n ? search_peer(r, a, q, &q->parent, TIER_PEER, q->parent.id) : -1;
    case TIER_PEER_WILDCARD: return search_peer(r, a, q, &q->peer, tier, STR(""));
    case TIER_GUILD_ROLES:
        return q->guild.n && q->n_roles ? search(r, a, q, tier, '-', q->guild) : -1;
    case TIER_GUILD: return q->guild.n ? search(r, a, q, tier, '-', q->guild) : -1;
    case TIER_TEAM: return q->team.n ? search(r, a, q, tier, '-', q->team) : -1;
    case TIER_ACCOUNT:
    case TIER_CHANNEL: return search(r, a, q, tier, '-', STR(""));
    case TIER_DEFAULT: break;
    }
    return -1;
}

/* ---- agent -------------------------------------------------------------------------------------
 */

static bool in_roster(const struct routing *routing, struct str id) {
    for (size_t i = 0; i < routing->n_roster; i++)
        if (str_equal(routing->agents[i], id)) return true;
    return false;
}

static bool default_agent(const struct routing *routing, struct arena *a,
                          const struct route_query *q, struct str *agent) {
    struct str asked =
        routing->rules & ROUTING_GROUP_SCOPE ? ids_token(a, q->default_agent) : STR("");
    if (asked.n) {
        *agent = ids_agent(a, asked);
        return in_roster(routing, *agent) || str_equal(*agent, STR("main"));
    }
    if (routing->default_agent < 0) return false;
    *agent = routing->agents[routing->default_agent];
    return true;
}

static bool choose_agent(const struct routing *routing, struct arena *a,
                         const struct route_query *q, int32_t binding, struct str *agent) {
    int32_t index = binding < 0 ? AGENT_DEFAULT : routing->bindings[binding].agent;
    if (index == AGENT_DEFAULT) return default_agent(routing, a, q, agent);
    if (index == AGENT_ERROR) return false;
    *agent = routing->agents[index];
    return true;
}

/* ---- session key -------------------------------------------------------------------------------
 */

/* The canonical name that an identity link gives a direct peer, else the id itself. */
static struct str linked(const struct routing *routing, struct arena *a, struct str channel,
                         struct str id) {
    struct str plain = ids_token(a, id);
    struct str joined =
        ids_token(a, str_format(a, STR_FMT ":" STR_FMT, STR_ARG(channel), STR_ARG(id)));
    if (!plain.n) return id;
    for (size_t i = 0; i < routing->n_links; i++) {
        const struct identity_link *link = &routing->links[i];
        if (str_equal(link->id, plain) || str_equal(link->id, joined)) return link->name;
    }
    return id;
}

static struct str direct_key(const struct routing *routing, struct arena *a,
                             const struct route_answer *answer, struct str channel, struct str id) {
    struct str scope = answer->dm_scope;
    if (str_equal(scope, STR("main"))) return answer->main_session_key;
    struct str x = ids_token(a, linked(routing, a, channel, id));
    struct buf b = buf_new(a);
    buf_addf(&b, "agent:" STR_FMT, STR_ARG(answer->agent));
    if (!x.n) return answer->main_session_key;
    if (str_equal(scope, STR("per-account-channel-peer")))
        buf_addf(&b, ":" STR_FMT ":" STR_FMT, STR_ARG(channel), STR_ARG(answer->account));
    else if (str_equal(scope, STR("per-channel-peer")))
        buf_addf(&b, ":" STR_FMT, STR_ARG(channel));
    else if (!str_equal(scope, STR("per-peer")))
        return answer->main_session_key;
    buf_add(&b, STR(":direct:"));
    buf_add(&b, x);
    return buf_str(&b);
}

static bool keeps_case(const struct routing *routing, struct str channel, enum peer_kind kind) {
    for (size_t i = 0; i < routing->n_keep_case; i++)
        if (routing->keep_case[i].kind == kind && str_equal(routing->keep_case[i].channel, channel))
            return true;
    return false;
}

static struct str room_key(const struct routing *routing, struct arena *a,
                           const struct route_answer *answer, struct str channel,
                           const struct normal_peer *peer) {
    if (str_equal(answer->group_scope, STR("main"))) return answer->main_session_key;
    struct str id = peer->id.n ? peer->id : STR("unknown");
    struct str kind = peer->kind == PEER_GROUP     ? STR("group")
                      : peer->kind == PEER_CHANNEL ? STR("channel")
                                                   : peer->raw;
    if (!keeps_case(routing, channel, peer->kind)) id = ids_token(a, id);
    struct buf b = buf_new(a);
    buf_addf(&b, "agent:" STR_FMT ":" STR_FMT ":", STR_ARG(answer->agent), STR_ARG(channel));
    buf_add(&b, kind);
    buf_add_char(&b, ':');
    buf_add(&b, id);
    return buf_str(&b);
}

static void fill_session(const struct resolver *r, struct arena *a, const struct normal_query *q,
                         struct route_answer *answer) {
    const struct routing *routing = r->routing;
    struct str channel = q->channel.n ? q->channel : STR("unknown");
    answer->main_session_key = str_format(a, "agent:" STR_FMT ":main", STR_ARG(answer->agent));
    bool direct = !q->peer.given || q->peer.kind == PEER_DIRECT || !q->peer.raw.n;
    struct str id = q->peer.given ? (q->peer.id.n ? q->peer.id : STR("unknown")) : STR("");
    struct str key = direct ? direct_key(routing, a, answer, channel, id)
                            : room_key(routing, a, answer, channel, &q->peer);
    if (routing->rules & ROUTING_LOWER_WHOLE_KEY) key = ids_lower(a, key);
    answer->session_key = key;
    answer->main_policy = str_equal(key, answer->main_session_key);
}

static void fill_scopes(const struct routing *routing, const struct route_query *q,
                        struct route_answer *answer) {
    bool arguments = routing->rules & ROUTING_GROUP_SCOPE;
    answer->dm_scope =
        arguments && q->dm_scope.p ? q->dm_scope : str_from(dm_scope_name(routing->dm_scope));
    answer->group_scope = arguments && q->group_scope.p
                              ? q->group_scope
                              : str_from(group_scope_name(routing->group_scope));
    if (answer->binding < 0) return;
    const struct route_binding *b = &routing->bindings[answer->binding];
    if (b->dm_scope != SCOPE_NONE)
        answer->dm_scope = str_from(dm_scope_name((enum dm_scope)b->dm_scope));
    if (b->group_scope != SCOPE_NONE)
        answer->group_scope = str_from(group_scope_name((enum group_scope)b->group_scope));
}

struct route_answer resolve(const struct resolver *r, struct arena *a,
                            const struct route_query *query) {
    struct normal_query q = normalise(a, query);
    struct route_answer answer = {
        .channel = q.channel, .account = q.account, .tier = TIER_DEFAULT, .binding = -1};
    for (enum route_tier tier = TIER_PEER; tier < TIER_DEFAULT && answer.binding < 0; tier++) {
        answer.binding = search_tier(r, a, &q, tier);
        if (answer.binding >= 0) answer.tier = tier;
    }
    if (!choose_agent(r->routing, a, query, answer.binding, &answer.agent)) {
        answer.failed = true;
        return answer;
    }
    fill_scopes(r->routing, query, &answer);
    fill_session(r, a, &q, &answer);
    return answer;
}

/* ---- why ---------------------------------------------------------------------------------------
 */

static bool is_peer(const struct route_binding *b, const struct normal_peer *peer) {
    if (!peer->given || peer->kind == PEER_NONE) return false;
    if (folded(b->peer_kind) != folded((uint8_t)peer->kind)) return false;
    return b->peer == PEER_WILDCARD || str_equal(b->peer_id, peer->id);
}

static enum binding_verdict mismatch(const struct route_binding *b, const struct normal_query *q) {
    if (!str_equal(b->channel, q->channel)) return VERDICT_OTHER_CHANNEL;
    if (b->account.p && !str_equal(b->account, q->account)) return VERDICT_OTHER_ACCOUNT;
    bool parent = b->peer == PEER_EXACT && is_peer(b, &q->parent);
    if (b->peer != PEER_ABSENT && !is_peer(b, &q->peer) && !parent) return VERDICT_OTHER_PEER;
    if (b->guild.n && !str_equal(b->guild, q->guild)) return VERDICT_OTHER_GUILD;
    if (b->team.n && !str_equal(b->team, q->team)) return VERDICT_OTHER_TEAM;
    return has_a_role(b, q) ? VERDICT_WINS : VERDICT_NO_ROLE;
}

enum binding_verdict resolve_verdict(const struct resolver *r, struct arena *a,
                                     const struct route_query *query,
                                     const struct route_answer *answer, size_t index) {
    if (answer->binding == (int32_t)index) return VERDICT_WINS;
    const struct route_binding *b = &r->routing->bindings[index];
    struct normal_query q = normalise(a, query);
    enum binding_verdict verdict = mismatch(b, &q);
    if (verdict != VERDICT_WINS) return verdict;
    bool same_tier =
        answer->binding >= 0 &&
        route_binding_tier(b) == route_binding_tier(&r->routing->bindings[answer->binding]);
    return same_tier ? VERDICT_LATER : VERDICT_LESS_SPECIFIC;
}

/* ---- bindings that can never win ---------------------------------------------------------------
 */

static bool roles_within(const struct route_binding *inner, const struct route_binding *outer) {
    if (!outer->n_roles) return true;
    for (uint32_t i = 0; i < inner->n_roles; i++) {
        bool found = false;
        for (uint32_t j = 0; j < outer->n_roles && !found; j++)
            found = str_equal(inner->roles[i], outer->roles[j]);
        if (!found) return false;
    }
    return inner->n_roles > 0;
}

static bool takes_all_of(const struct route_binding *earlier, const struct route_binding *later) {
    return (!earlier->guild.n || str_equal(earlier->guild, later->guild)) &&
           (!earlier->team.n || str_equal(earlier->team, later->team)) &&
           roles_within(later, earlier);
}

/* Bindings on one key that are compared: a key with more is not worth the quadratic time. */
enum { CHAIN_COMPARED = 64 };

static int32_t shadow_in_chain(const struct resolver *r, struct buf *key, size_t index) {
    const struct route_binding *later = &r->routing->bindings[index];
    uint32_t number = chain_head(r, key);
    for (int i = 0; number && number <= index && i < CHAIN_COMPARED; i++) {
        if (takes_all_of(&r->routing->bindings[number - 1], later)) return (int32_t)number - 1;
        number = r->next[number - 1];
    }
    return -1;
}

int32_t resolve_shadowed_by(const struct resolver *r, size_t index) {
    const struct route_binding *b = &r->routing->bindings[index];
    struct buf key = buf_new(r->arena);
    binding_key(&key, b, b->account);
    int32_t own = shadow_in_chain(r, &key, index);
    if (!b->account.p) return own;
    binding_key(&key, b, STR_NONE);
    int32_t any = shadow_in_chain(r, &key, index);
    return any >= 0 && (own < 0 || any < own) ? any : own;
}
