/* Who owns the gateway: those whom the config or clawc.yaml names, else whom the default agent's
 * accounts agree on. And whom the gateway itself takes for its owner when it hands out tools. */
#include "analysis/analysis.h"
#include "analysis/identity.h"
#include "model/ids.h"

/* ---- ids of owners -----------------------------------------------------------------------------
 */

/* Owners by channel and id. A number is the same with and without its plus. */
struct owner_index {
    struct arena *arena, *keys; /* keys: of one look-up, empty in between */
    struct map ids;             /* "channel/id", "/id" for every channel -> place */
};

struct str owner_key(struct arena *a, struct str channel, struct str id) {
    if (str_starts(id, STR("+"))) id = str_slice(id, 1, id.n);
    return str_format(a, STR_FMT "/" STR_FMT, STR_ARG(channel), STR_ARG(id));
}

static void index_owner(struct owner_index *index, const struct owner *o) {
    map_put(&index->ids, owner_key(index->arena, o->channel, o->id), o->at, NULL);
}

static const uint32_t *find_owner(const struct owner_index *index, struct str channel,
                                  struct str id) {
    if (!index->ids.n) return NULL;
    const uint32_t *at = map_get(&index->ids, owner_key(index->keys, channel, id));
    if (!at) at = map_get(&index->ids, owner_key(index->keys, STR(""), id));
    arena_reset(index->keys);
    return at;
}

struct owner owner_read(const struct model *m, struct text written) {
    struct str entry = ids_trim(written.v);
    struct owner owner = {.channel = STR(""), .id = entry, .at = written.at};
    size_t colon = str_find(entry, STR(":"), 0);
    if (colon == SIZE_MAX) return owner;
    struct str prefix = ids_token(m->arena, str_slice(entry, 0, colon));
    struct str with_colon = ids_token(m->arena, str_slice(entry, 0, colon + 1));
    struct str channel = gateway_channel_of(m->gateway, prefix);
    bool known = names_have(m->gateway->channels, channel);
    for (size_t i = 0; !known && i < m->gateway->sender_prefixes.n; i++)
        if (names_have(m->gateway->sender_prefixes.values[i], with_colon)) {
            channel = m->gateway->sender_prefixes.keys[i];
            known = true;
        }
    if (!known) return owner;
    owner.channel = channel;
    owner.id = ids_trim(str_slice(entry, colon + 1, entry.n));
    return owner;
}

/* Somebody whom accounts admit, while the owner is looked for. */
struct candidate {
    size_t accounts; /* that admit them */
    uint32_t last;   /* the last one, + 1 */
};

struct deriving {
    struct analysis *s;
    struct identities identities;
    struct map index; /* who -> candidate */
    ARRAY(struct candidate) candidates;
    bool *leads; /* per account: some direct message on it reaches the default agent, and its list
                    is not the one that the account before it has, too */
    size_t n_accounts;
};

static struct str who_is(struct deriving *d, const struct account *a, struct str id) {
    struct str name = identity_name(&d->identities, d->s->arena, a->channel, id);
    if (name.n) return str_concat(d->s->arena, STR("linked:"), name);
    return str_format(d->s->arena, STR_FMT ":" STR_FMT, STR_ARG(a->channel), STR_ARG(id));
}

static void count_admitted(struct deriving *d, uint32_t account) {
    const struct account *a = &d->s->model->accounts.v[account];
    d->n_accounts++;
    for (size_t i = 0; i < a->n_senders; i++) {
        bool is_new;
        uint32_t *at =
            map_put(&d->index, who_is(d, a, a->senders[i].id), (uint32_t)d->candidates.n, &is_new);
        if (is_new) ARRAY_PUSH(d->s->arena, d->candidates) = (struct candidate){0};
        struct candidate *c = &d->candidates.v[*at];
        c->accounts += c->last != account + 1;
        c->last = account + 1;
    }
}

/* The number of the one whom every such account admits, or SIZE_MAX. */
static size_t admitted_by_all(const struct deriving *d) {
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < d->candidates.n; i++) {
        if (d->candidates.v[i].accounts < d->n_accounts) continue;
        if (found != SIZE_MAX) return SIZE_MAX;
        found = i;
    }
    return found;
}

/* Accounts that inherit their channel's list admit the same people: one of them is enough. */
static void forget_repeated_lists(struct deriving *d) {
    const struct account *last = NULL;
    for (size_t i = 0; i < d->s->model->accounts.n; i++) {
        const struct account *a = &d->s->model->accounts.v[i];
        if (!d->leads[i]) continue;
        if (last && last->senders == a->senders && str_equal(last->channel, a->channel))
            d->leads[i] = false;
        else
            last = a;
    }
}

/* The only concrete sender whom every account of the default agent admits. */
static void derive_owner(struct analysis *s, int32_t agent) {
    const struct model *m = s->model;
    struct deriving d = {.s = s,
                         .identities = identities_new(s->arena, &m->routing),
                         .index = map_new(s->arena),
                         .leads = ARENA_ARRAY(s->arena, bool, m->accounts.n)};
    for (size_t i = 0; i < s->reaches.n; i++)
        if (s->reaches.v[i].agent == agent && s->reaches.v[i].class != SENDER_GROUP)
            d.leads[s->reaches.v[i].account] = true;
    forget_repeated_lists(&d);
    for (uint32_t i = 0; i < m->accounts.n; i++)
        if (d.leads[i]) count_admitted(&d, i);
    size_t owner = admitted_by_all(&d);
    for (size_t i = 0; owner != SIZE_MAX && i < m->accounts.n; i++) {
        const struct account *a = &m->accounts.v[i];
        for (size_t j = 0; d.leads[i] && j < a->n_senders; j++) {
            const uint32_t *at = map_get(&d.index, who_is(&d, a, a->senders[j].id));
            if (at && *at == owner)
                ARRAY_PUSH(s->arena, s->owners) = (struct owner){
                    .channel = a->channel, .id = a->senders[j].id, .at = a->senders[j].at};
        }
    }
}

static void find_owners(struct analysis *s, struct names named) {
    const struct model *m = s->model;
    for (size_t i = 0; i < m->owners.n; i++) {
        struct owner owner = owner_read(m, m->owners.v[i]);
        if (!str_equal(owner.id, STR("*"))) ARRAY_PUSH(s->arena, s->owners) = owner;
    }
    for (size_t i = 0; i < named.n; i++)
        ARRAY_PUSH(s->arena, s->owners) = owner_read(m, (struct text){.v = named.v[i]});
    if (s->owners.n) return;
    s->owners_derived = true;
    int32_t agent = model_default_agent(m);
    if (agent >= 0) derive_owner(s, agent);
}

/* ---- whom the gateway takes for its owner ------------------------------------------------------
 */

/* commands.ownerAllowFrom. */
struct command_owners {
    struct owner_index index;
    struct map named, wildcards; /* channel, empty for all -> place */
};

static struct command_owners read_command_owners(struct arena *a, struct arena *keys,
                                                 const struct model *m) {
    struct command_owners c = {
        .index = {a, keys, map_new(a)}, .named = map_new(a), .wildcards = map_new(a)};
    for (size_t i = 0; i < m->owners.n; i++) {
        struct owner o = owner_read(m, m->owners.v[i]);
        bool all = str_equal(o.id, STR("*"));
        map_put(all ? &c.wildcards : &c.named, o.channel, o.at, NULL);
        if (!all) index_owner(&c.index, &o);
    }
    return c;
}

static const uint32_t *for_channel(const struct map *m, struct str channel) {
    const uint32_t *at = map_get(m, channel);
    return at ? at : map_get(m, STR(""));
}

/* Older gateways take `*` for everybody, and without an entry for the channel everybody whom the
 * account's list names. */
static void find_owner_tools(const struct analysis *s, const struct command_owners *c,
                             struct reach *reach) {
    const struct account *account = &s->model->accounts.v[reach->account];
    unsigned rules = s->model->gateway->tool_rules;
    bool known = reach->class == SENDER_KNOWN;
    const uint32_t *own = known ? find_owner(&c->index, account->channel, reach->sender) : NULL;
    const uint32_t *wildcard = for_channel(&c->wildcards, account->channel);
    bool fallback = rules & TOOLS_OWNER_FALLBACK && known && !account->wildcard && !wildcard &&
                    !for_channel(&c->named, account->channel);
    if (own)
        reach->owner_tools_at = *own;
    else if (wildcard && rules & TOOLS_OWNER_WILDCARD)
        reach->owner_tools_at = *wildcard;
    else if (fallback)
        reach->owner_tools_at = reach->at;
    reach->has_owner_tools = reach->owner_tools_at != 0;
}

/* Whether all who may speak in a room own the gateway. */
static bool only_owners(const struct analysis *s, const struct owner_index *owners,
                        const struct reach *reach) {
    const struct account *a = &s->model->accounts.v[reach->account];
    const struct room_access *room = reach->room;
    if (!room->admitted || room->any_member || room->by_role || !room->n_members) return false;
    for (size_t i = 0; room->listed && i < room->listed->n; i++) {
        struct str id = model_sender(s->model, a->channel, room->listed->v[i].v);
        if (!find_owner(owners, a->channel, id)) return false;
    }
    for (size_t i = 0; !room->listed && i < a->n_group_senders; i++)
        if (!find_owner(owners, a->channel, a->group_senders[i].id)) return false;
    return true;
}

void analyse_owners(struct analysis *s, struct names named) {
    struct arena *scratch = arena_new(), *keys = arena_new();
    find_owners(s, named);
    struct owner_index owners = {scratch, keys, map_new(scratch)};
    for (size_t i = 0; i < s->owners.n; i++) index_owner(&owners, &s->owners.v[i]);
    struct command_owners commands = read_command_owners(scratch, keys, s->model);
    for (size_t i = 0; i < s->reaches.n; i++) {
        struct reach *reach = &s->reaches.v[i];
        struct str channel = s->model->accounts.v[reach->account].channel;
        reach->is_owner =
            reach->class == SENDER_KNOWN && find_owner(&owners, channel, reach->sender);
        if (reach->class == SENDER_GROUP) reach->is_owner = only_owners(s, &owners, reach);
        find_owner_tools(s, &commands, reach);
    }
    arena_free(keys);
    arena_free(scratch);
}
