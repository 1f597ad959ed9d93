/* Routing: what the gateway's resolveAgentRoute does, over the table's index. */
#include "clawrt_internal.h"
#include "clawtext.h"

enum { MAX_TEXT = 1 << 30, FEW_CHANNELS = 8 };

/* ORDER SCOPE */
static const struct clawrt_text dm_scopes[] = {CLAWRT_TEXT("main"), CLAWRT_TEXT("per-peer"),
                                               CLAWRT_TEXT("per-channel-peer"),
                                               CLAWRT_TEXT("per-account-channel-peer")};
static const struct clawrt_text group_scopes[] = {CLAWRT_TEXT("per-group"), CLAWRT_TEXT("main")};

/* ORDER TIER */
static const struct clawrt_text tier_names[] = {CLAWRT_TEXT("binding.peer"),
                                                CLAWRT_TEXT("binding.peer.parent"),
                                                CLAWRT_TEXT("binding.peer.wildcard"),
                                                CLAWRT_TEXT("binding.guild+roles"),
                                                CLAWRT_TEXT("binding.guild"),
                                                CLAWRT_TEXT("binding.team"),
                                                CLAWRT_TEXT("binding.account"),
                                                CLAWRT_TEXT("binding.channel"),
                                                CLAWRT_TEXT("default")};

static const struct clawrt_text no_text;
static const struct clawrt_text default_account = CLAWRT_TEXT("default");

/* The bindings of (channel, account) or of (channel, any account). */
struct scope {
    uint32_t number;
    const unsigned char *record; /* NULL: there are none */
    uint32_t types;              /* bits 1 << slot type */
};

/* A query in normal form, and what is known of its channel. */
struct message {
    const struct clawrt *t;
    struct clawrt_text channel, account, guild, team;
    struct clawrt_peer peer, parent; /* ids trimmed */
    int peer_kind, parent_kind;      /* enum clawtext_kind */
    bool has_peer, has_parent;       /* else the fields above are not set */
    const struct clawrt_text *roles;
    size_t n_roles;
    unsigned keep_case;
    struct scope own, any;
    /* Steps left before the table counts as damaged. Lists of a sound table are disjoint, so no
     * message needs more than twice (peer and parent) all of them; overlapping ones could cost
     * their product. */
    uint64_t steps;
    bool damaged;
};

/* The binding that wins so far. */
struct match {
    bool found;
    uint32_t agent, index;
    unsigned override;
};

/* ---- normalisation --------------------------------------------------------------------------- */

static struct clawrt_text trimmed(struct clawrt_text s) {
    size_t start, n = s.p ? clawtext_trim(s.p, s.n, &start) : 0;
    if (n == 0) return (struct clawrt_text){"", 0};
    return (struct clawrt_text){s.p + start, n};
}

static bool same_text(struct clawrt_text a, struct clawrt_text b) {
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static int kind_of(struct clawrt_text kind) {
    return kind.p ? (int)clawtext_chat_type(kind.p, kind.n) : CLAWTEXT_NO_KIND;
}

static void read_account(struct message *m, struct clawrt_text account, char *out) {
    m->account = default_account;
    if (!account.p || same_text(account, default_account)) return;
    m->account = (struct clawrt_text){out, clawtext_account_id(account.p, account.n, out)};
}

static void read_peer(const struct clawrt_peer *given, struct clawrt_peer *peer, int *kind,
                      bool *has) {
    *has = given != NULL;
    if (!given) return;
    *kind = kind_of(given->kind);
    *peer = (struct clawrt_peer){given->kind, trimmed(given->id)};
}

static void read_scope(const struct message *m, uint32_t number, struct scope *scope) {
    scope->number = number;
    scope->record = clawt_record(&m->t->view, CLAWT_SCOPES, number);
    scope->types = scope->record ? clawt_get32(scope->record + CLAWT_C_TYPES) : 0;
}

static uint32_t account_scope(const struct message *m, uint32_t channel,
                              const unsigned char *record) {
    if (clawt_get32(record + CLAWT_N_ACCOUNTS) == 0) return CLAWT_NONE;
    if (m->account.p == default_account.p || same_text(m->account, default_account))
        return clawt_get32(record + CLAWT_N_DEFAULT);
    struct lookup_id id;
    clawrt_lookup_id(m->t, m->account.p, m->account.n, &id);
    const unsigned char *slot = clawrt_find(m->t, CLAWT_ACCOUNT, channel, &id);
    return slot ? clawt_get32(slot + CLAWT_S_VALUE) : CLAWT_NONE;
}

/* A few channels, as gateways have them, are compared faster than looked up. */
static uint32_t find_channel(const struct message *m) {
    const struct clawt_view *v = &m->t->view;
    if (v->count[CLAWT_CHANNELS] > FEW_CHANNELS) {
        struct lookup_id id;
        clawrt_lookup_id(m->t, m->channel.p, m->channel.n, &id);
        const unsigned char *slot = clawrt_find(m->t, CLAWT_CHANNEL, 0, &id);
        return slot ? clawt_get32(slot + CLAWT_S_VALUE) : CLAWT_NONE;
    }
    for (uint32_t i = 0; i < v->count[CLAWT_CHANNELS]; i++) {
        const unsigned char *record = clawt_record(v, CLAWT_CHANNELS, i);
        uint32_t length = clawt_get32(record + CLAWT_N_NAME + 4);
        if (length != m->channel.n) continue;
        const char *name = clawt_text(v, clawt_get32(record + CLAWT_N_NAME), length);
        if (name && memcmp(name, m->channel.p, length) == 0) return i;
    }
    return CLAWT_NONE;
}

static void read_channel(struct message *m) {
    m->own.record = m->any.record = NULL;
    m->own.types = m->any.types = 0;
    m->keep_case = 0;
    if (m->channel.n == 0) return;
    uint32_t number = find_channel(m);
    if (number == CLAWT_NONE) return;
    const unsigned char *record = clawt_record(&m->t->view, CLAWT_CHANNELS, number);
    if (!record) {
        m->damaged = true;
        return;
    }
    m->keep_case = clawt_get32(record + CLAWT_N_KEEP);
    read_scope(m, clawt_get32(record + CLAWT_N_ANY), &m->any);
    read_scope(m, account_scope(m, number, record), &m->own);
}

/* ---- conditions ------------------------------------------------------------------------------ */

static bool spend(struct message *m, uint64_t steps) {
    if (m->steps < steps) {
        m->steps = 0;
        m->damaged = true;
        return false;
    }
    m->steps -= steps;
    return true;
}

/* A condition on guild or team: offset and length of its text. */
static bool id_fits(struct message *m, const unsigned char *field, struct clawrt_text given) {
    uint32_t length = clawt_get32(field + 4);
    if (length == 0) return true;
    if (length != given.n) return false;
    const char *text = clawt_text(&m->t->view, clawt_get32(field), length);
    if (!text) m->damaged = true;
    return text && memcmp(text, given.p, length) == 0;
}

static bool has_role(struct message *m, const unsigned char *role) {
    uint32_t length = clawt_get32(role + 4);
    const char *text = clawt_text(&m->t->view, clawt_get32(role), length);
    if (!text) {
        m->damaged = true;
        return false;
    }
    for (size_t i = 0; i < m->n_roles; i++)
        if (m->roles[i].n == length && (length == 0 || memcmp(m->roles[i].p, text, length) == 0))
            return true;
    return false;
}

static bool roles_fit(struct message *m, const unsigned char *field) {
    uint32_t first = clawt_get32(field), number = clawt_get32(field + 4);
    if (number == 0) return true;
    if (m->n_roles == 0) return false;
    for (uint32_t i = 0; i < number; i++) {
        const unsigned char *role =
            i < UINT32_MAX - first ? clawt_record(&m->t->view, CLAWT_ROLES, first + i) : NULL;
        if (!role) m->damaged = true;
        if (!role || !spend(m, 1)) return false;
        if (has_role(m, role)) return true;
    }
    return false;
}

static bool entry_fits(struct message *m, const unsigned char *entry) {
    return id_fits(m, entry + CLAWT_L_GUILD, m->guild) &&
           id_fits(m, entry + CLAWT_L_TEAM, m->team) && roles_fit(m, entry + CLAWT_L_ROLES);
}

/* The first of a list's bindings whose conditions the message meets, unless an earlier one of the
 * file has been found already. */
static void match_list(struct message *m, uint32_t first, uint32_t number, struct match *best) {
    if (!clawt_range(&m->t->view, CLAWT_LISTS, first, number)) {
        m->damaged = true;
        return;
    }
    for (uint32_t i = 0; i < number && spend(m, 1); i++) {
        const unsigned char *entry = clawt_record(&m->t->view, CLAWT_LISTS, first + i);
        uint32_t index = clawt_get32(entry + CLAWT_L_INDEX);
        if (best->found && best->index < index) return;
        if (!entry_fits(m, entry)) continue;
        *best = (struct match){true, clawt_get32(entry + CLAWT_L_AGENT), index,
                               entry[CLAWT_L_OVERRIDE]};
        return;
    }
}

/* ---- tiers ----------------------------------------------------------------------------------- */

static void match_slot(struct message *m, const struct scope *scope, enum clawt_slot_type type,
                       const struct lookup_id *id, struct match *best) {
    if (!(scope->types & 1u << type)) return;
    const unsigned char *slot = clawrt_find(m->t, type, scope->number, id);
    if (!slot) return;
    uint32_t value = clawt_get32(slot + CLAWT_S_VALUE), index = clawt_get32(slot + CLAWT_S_INDEX);
    if (slot[CLAWT_S_FLAGS] & CLAWT_IS_LIST)
        match_list(m, value, index, best);
    else if (!best->found || index < best->index)
        *best = (struct match){true, value, index, slot[CLAWT_S_OVERRIDE]};
}

/* Bindings of the account and of any account are one list in the gateway, in the file's order. */
static bool match_id(struct message *m, enum clawt_slot_type type, struct clawrt_text text,
                     struct match *best) {
    if (text.n == 0 || !((m->own.types | m->any.types) & 1u << type)) return false;
    struct lookup_id id;
    clawrt_lookup_id(m->t, text.p, text.n, &id);
    match_slot(m, &m->own, type, &id, best);
    match_slot(m, &m->any, type, &id, best);
    return best->found;
}

static bool match_peer(struct message *m, int kind, struct clawrt_text id, struct match *best) {
    if (kind == CLAWTEXT_NO_KIND) return false;
    return match_id(m, kind == CLAWTEXT_DIRECT ? CLAWT_PEER_DIRECT : CLAWT_PEER_GROUP, id, best);
}

static bool match_field(struct message *m, const struct scope *scope, int field,
                        struct match *best) {
    if (!scope->record) return false;
    const unsigned char *list = scope->record + field;
    uint32_t number = clawt_get32(list + 4);
    if (number) match_list(m, clawt_get32(list), number, best);
    return best->found;
}

static bool match_wildcard(struct message *m, struct match *best) {
    if (!m->has_peer || m->peer_kind == CLAWTEXT_NO_KIND) return false;
    int field = m->peer_kind == CLAWTEXT_DIRECT ? CLAWT_C_WILD_DIRECT : CLAWT_C_WILD_GROUP;
    match_field(m, &m->own, field, best);
    match_field(m, &m->any, field, best);
    return best->found;
}

static enum clawrt_tier search(struct message *m, struct match *best) {
    if (!m->own.record && !m->any.record) return CLAWRT_BY_DEFAULT;
    if (m->has_peer && match_peer(m, m->peer_kind, m->peer.id, best)) return CLAWRT_BY_PEER;
    if (m->has_parent && match_peer(m, m->parent_kind, m->parent.id, best))
        return CLAWRT_BY_PEER_PARENT;
    if (match_wildcard(m, best)) return CLAWRT_BY_PEER_WILDCARD;
    if (m->n_roles && match_id(m, CLAWT_GUILD_ROLES, m->guild, best)) return CLAWRT_BY_GUILD_ROLES;
    if (match_id(m, CLAWT_GUILD, m->guild, best)) return CLAWRT_BY_GUILD;
    if (match_id(m, CLAWT_TEAM, m->team, best)) return CLAWRT_BY_TEAM;
    if (match_field(m, &m->own, CLAWT_C_PLAIN, best)) return CLAWRT_BY_ACCOUNT;
    if (match_field(m, &m->any, CLAWT_C_PLAIN, best)) return CLAWRT_BY_CHANNEL;
    return CLAWRT_BY_DEFAULT;
}

/* ---- the answer ------------------------------------------------------------------------------ */

/* The agent that the caller wants unbound messages to have. `main` needs no configuration. */
static enum clawrt_status named_agent(const struct clawrt *t, const char *token, size_t n,
                                      struct agent_text *agent) {
    static const struct clawrt_text fallback = CLAWRT_TEXT("main");
    char id[CLAWTEXT_ID_MAX];
    struct clawrt_text text = {id, clawtext_agent_id(token, n, id)};
    struct lookup_id key;
    clawrt_lookup_id(t, text.p, text.n, &key);
    const unsigned char *slot = clawrt_find(t, CLAWT_AGENT, 0, &key);
    if (slot)
        return clawrt_agent(t, clawt_get32(slot + CLAWT_S_VALUE), agent) ? CLAWRT_OK
                                                                         : CLAWRT_DAMAGED;
    if (!same_text(text, fallback)) return CLAWRT_NO_AGENT;
    *agent = (struct agent_text){"agent:main:main", fallback.n};
    return CLAWRT_OK;
}

static enum clawrt_status choose_agent(const struct clawrt *t, const struct clawrt_query *q,
                                       const struct match *match, char *scratch,
                                       struct agent_text *agent) {
    uint32_t index = match->agent;
    if (!match->found) {
        index = t->default_agent;
        bool given = t->rules & CLAWT_RULE_GROUP_SCOPE && q->default_agent_id.p;
        size_t n =
            given ? clawtext_token(q->default_agent_id.p, q->default_agent_id.n, scratch) : 0;
        if (n) return named_agent(t, scratch, n, agent);
    }
    if (index == CLAWT_NONE) return CLAWRT_NO_AGENT;
    return clawrt_agent(t, index, agent) ? CLAWRT_OK : CLAWRT_DAMAGED;
}

/* Position of a text in a table of names, or -1. */
static int name_index(struct clawrt_text name, const struct clawrt_text *names, int n) {
    for (int i = 0; i < n; i++)
        if (same_text(name, names[i])) return i;
    return -1;
}

static void choose_scopes(const struct clawrt *t, const struct clawrt_query *q, unsigned override,
                          struct session *s, struct clawrt_answer *answer) {
    int dm = (int)(override & 15) - 1, group = (int)(override >> 4) - 1;
    s->dm_scope = dm >= 0 && dm <= DM_PER_ACCOUNT_CHANNEL_PEER ? dm : t->dm_scope;
    s->group_scope = group >= 0 && group <= GROUP_MAIN ? group : t->group_scope;
    bool reported = t->rules & CLAWT_RULE_GROUP_SCOPE;
    answer->dm_scope = reported ? dm_scopes[s->dm_scope] : no_text;
    answer->group_scope = reported ? group_scopes[s->group_scope] : no_text;
    if (!reported) return;
    if (dm < 0 && q->dm_scope.p) {
        s->dm_scope = name_index(q->dm_scope, dm_scopes, 4);
        answer->dm_scope = q->dm_scope;
    }
    if (group < 0 && q->group_scope.p) {
        s->group_scope = name_index(q->group_scope, group_scopes, 2);
        answer->group_scope = q->group_scope;
    }
}

static void set_answer(const struct agent_text *agent, struct clawrt_answer *answer) {
    size_t n = CLAWT_AGENT_PREFIX + agent->id_length + CLAWT_AGENT_SUFFIX;
    answer->agent_id = (struct clawrt_text){agent->main_key + CLAWT_AGENT_PREFIX, agent->id_length};
    answer->main_session_key = (struct clawrt_text){agent->main_key, n};
    bool is_main = answer->session_key.p == agent->main_key;
    answer->last_route_policy = is_main ? (struct clawrt_text)CLAWRT_TEXT("main")
                                        : (struct clawrt_text)CLAWRT_TEXT("session");
}

/* ---- room ------------------------------------------------------------------------------------ */

/* A text's length, as far as it counts for the room. */
static uint64_t length_of(struct clawrt_text s) {
    return s.p ? s.n : 0;
}

size_t clawrt_room(const struct clawrt *table, const struct clawrt_query *q) {
    uint64_t channel = length_of(q->channel), agent = length_of(q->default_agent_id);
    uint64_t id = q->peer ? length_of(q->peer->id) : 0;
    uint64_t kind = q->peer ? length_of(q->peer->kind) : 0;
    if (channel >= MAX_TEXT || agent >= MAX_TEXT || id >= MAX_TEXT || kind >= MAX_TEXT) return 0;
    /* Generous for the sake of a short sum: a lower-cased channel has 1.5 times its bytes, stands
     * in the buffer, twice in the key and twice in the scratch for links. */
    uint64_t room = 512 + 10 * (channel + agent + id + kind) + 4 * (uint64_t)table->longest_name;
    return room > SIZE_MAX ? 0 : (size_t)room;
}

static void read_message(struct message *m, const struct clawrt_query *q, char **buffer) {
    const struct clawt_view *v = &m->t->view;
    m->damaged = false;
    m->steps = 2 * ((uint64_t)v->count[CLAWT_LISTS] + v->count[CLAWT_ROLES]);
    size_t n = q->channel.p ? clawtext_token(q->channel.p, q->channel.n, *buffer) : 0;
    m->channel = (struct clawrt_text){*buffer, n};
    *buffer += m->channel.n;
    read_account(m, q->account, *buffer);
    if (m->account.p == *buffer) *buffer += m->account.n;
    read_peer(q->peer, &m->peer, &m->peer_kind, &m->has_peer);
    read_peer(q->parent_peer, &m->parent, &m->parent_kind, &m->has_parent);
    m->guild = trimmed(q->guild_id);
    m->team = trimmed(q->team_id);
    m->roles = q->roles;
    m->n_roles = q->n_roles;
    read_channel(m);
}

enum clawrt_status clawrt_route(const struct clawrt *table, const struct clawrt_query *query,
                                char *buffer, size_t size, struct clawrt_answer *answer) {
    size_t room = clawrt_room(table, query);
    if (room == 0) return CLAWRT_LONG_TEXT;
    if (size < room) return CLAWRT_SMALL_BUFFER;
    struct message m; /* not initialised here: its zeroes would cost a tenth of a route */
    struct match match = {false, 0, 0, 0};
    m.t = table;
    read_message(&m, query, &buffer);
    enum clawrt_tier tier = search(&m, &match);
    if (m.damaged) return CLAWRT_DAMAGED;
    answer->channel = m.channel;
    answer->account_id = m.account;
    answer->tier = tier;
    answer->matched_by = tier_names[tier];
    answer->binding = match.found ? match.index : CLAWRT_NO_BINDING;
    struct session session = {.channel = m.channel,
                              .account = m.account,
                              .peer = m.has_peer ? &m.peer : NULL,
                              .kind = m.has_peer ? m.peer_kind : CLAWTEXT_NO_KIND,
                              .keep_case = m.keep_case};
    enum clawrt_status status = choose_agent(table, query, &match, buffer, &session.agent);
    if (status != CLAWRT_OK) return status;
    choose_scopes(table, query, match.override, &session, answer);
    status = clawrt_session_key(table, &session, buffer, &answer->session_key);
    if (status == CLAWRT_OK) set_answer(&session.agent, answer);
    return status;
}
