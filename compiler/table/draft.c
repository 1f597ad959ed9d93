#include "table/draft.h"

#include <string.h>

/* A binding is compared with so many before it; what remains hidden in longer lists costs a little
 * space, no correctness, and the time stays linear. */
enum { DOMINATION_WINDOW = 64 };

/* ---- conditions ------------------------------------------------------------------------------ */

struct conditions draft_conditions(const struct route_binding *b) {
    struct conditions c = {b->guild, b->team, b->roles, b->n_roles};
    switch (route_binding_tier(b)) {
    case TIER_GUILD_ROLES:
    case TIER_GUILD: c.guild = STR_NONE; break;
    case TIER_TEAM: c.team = STR_NONE; break;
    default: break;
    }
    return c;
}

bool draft_unconditional(const struct conditions *c) {
    return c->guild.n == 0 && c->team.n == 0 && c->n_roles == 0;
}

static bool has_role(const struct conditions *c, struct str role) {
    for (uint32_t i = 0; i < c->n_roles; i++)
        if (str_equal(c->roles[i], role)) return true;
    return false;
}

/* Does every message that meets `later` meet `earlier` too? */
static bool dominates(const struct conditions *earlier, const struct conditions *later) {
    if (earlier->guild.n && !str_equal(earlier->guild, later->guild)) return false;
    if (earlier->team.n && !str_equal(earlier->team, later->team)) return false;
    if (earlier->n_roles == 0) return true;
    if (later->n_roles == 0 || later->n_roles > DOMINATION_WINDOW ||
        earlier->n_roles > DOMINATION_WINDOW)
        return false;
    for (uint32_t i = 0; i < later->n_roles; i++)
        if (!has_role(earlier, later->roles[i])) return false;
    return true;
}

static bool is_hidden(const struct draft *d, const struct chain *c, const struct conditions *new) {
    if (c->closed) return true;
    uint32_t at = c->first;
    for (uint32_t i = 0; i < c->n && i < DOMINATION_WINDOW; i++, at = d->entries.v[at].next) {
        struct conditions old = draft_conditions(&d->routing->bindings[d->entries.v[at].binding]);
        if (dominates(&old, new)) return true;
    }
    return false;
}

/* ---- chains ---------------------------------------------------------------------------------- */

/* False when the binding can never win against those before it. */
static bool chain_add(struct draft *d, struct chain *c, uint32_t binding) {
    struct conditions conditions = draft_conditions(&d->routing->bindings[binding]);
    if (is_hidden(d, c, &conditions)) return false;
    uint32_t number = (uint32_t)d->entries.n;
    ARRAY_PUSH(d->arena, d->entries) = (struct draft_entry){binding, 0};
    if (c->n == 0)
        c->first = number;
    else
        d->entries.v[c->last].next = number;
    c->last = number;
    c->n++;
    c->closed = draft_unconditional(&conditions);
    return true;
}

bool draft_needs_list(const struct draft *d, const struct chain *c) {
    if (c->n != 1) return true;
    struct conditions only =
        draft_conditions(&d->routing->bindings[d->entries.v[c->first].binding]);
    return !draft_unconditional(&only);
}

static void count_lists(struct draft *d, const struct chain *c, bool in_slot) {
    if (c->n == 0 || (in_slot && !draft_needs_list(d, c))) return;
    d->lists += c->n;
    uint32_t at = c->first;
    for (uint32_t i = 0; i < c->n; i++, at = d->entries.v[at].next)
        d->roles += d->routing->bindings[d->entries.v[at].binding].n_roles;
}

/* ---- channels and scopes --------------------------------------------------------------------- */

static uint32_t add_channel(struct draft *d, struct str name) {
    bool is_new;
    uint32_t number = *map_put(&d->channel_map, name, (uint32_t)d->channels.n, &is_new);
    if (is_new)
        ARRAY_PUSH(d->arena, d->channels) =
            (struct draft_channel){name, CLAWT_NONE, CLAWT_NONE, 0, 0};
    return number;
}

static bool same_account(struct str a, struct str b) {
    return (a.p != NULL) == (b.p != NULL) && str_equal(a, b);
}

/* The scope as map key: the channel's number, and behind it the account. */
static struct str scope_key(struct draft *d, uint32_t channel, struct str account) {
    struct str number = {(const char *)&channel, sizeof channel};
    d->scope_key.n = 0;
    buf_add(&d->scope_key, number);
    buf_add_char(&d->scope_key, account.p ? '=' : '*');
    buf_add(&d->scope_key, account);
    return buf_str(&d->scope_key);
}

static void enter_scope(struct draft *d, uint32_t channel, struct str account, uint32_t number) {
    struct draft_channel *c = &d->channels.v[channel];
    if (!account.p) {
        c->any = number;
        return;
    }
    c->accounts++;
    if (str_equal(account, STR("default"))) c->fallback = number;
}

static uint32_t add_scope(struct draft *d, const struct route_binding *b) {
    if (d->scopes.n) {
        const struct draft_scope *last = &d->scopes.v[d->last_scope];
        if (same_account(last->account, b->account) &&
            str_equal(d->channels.v[last->channel].name, b->channel))
            return d->last_scope;
    }
    uint32_t channel = add_channel(d, b->channel);
    struct str key = scope_key(d, channel, b->account);
    uint32_t *known = map_get(&d->scope_map, key);
    if (known) return d->last_scope = *known;
    uint32_t number = (uint32_t)d->scopes.n;
    map_put(&d->scope_map, str_copy(d->arena, key), number, NULL);
    ARRAY_PUSH(d->arena, d->scopes) =
        (struct draft_scope){.channel = channel, .account = b->account};
    enter_scope(d, channel, b->account, number);
    return d->last_scope = number;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static struct draft_key *add_key(struct draft *d, enum clawt_slot_type type, uint32_t scope,
                                 struct str id) {
    uint64_t hash = clawt_key_hash(clawt_id_hash(id.p, id.n, d->seed), type, scope);
    size_t mask = d->key_slots - 1;
    size_t i = (size_t)hash & mask;
    for (; d->key_index[i]; i = (i + 1) & mask) {
        struct draft_key *k = &d->keys.v[d->key_index[i] - 1];
        if (k->hash == hash && k->type == type && k->scope == scope && str_equal(k->id, id))
            return k;
    }
    ARRAY_PUSH(d->arena, d->keys) =
        (struct draft_key){.id = id, .hash = hash, .scope = scope, .type = type};
    d->key_index[i] = (uint32_t)d->keys.n;
    return &d->keys.v[d->keys.n - 1];
}

static enum clawt_slot_type key_type(const struct route_binding *b, struct str *id) {
    switch (route_binding_tier(b)) {
    case TIER_PEER:
        *id = b->peer_id;
        return b->peer_kind == PEER_DIRECT ? CLAWT_PEER_DIRECT : CLAWT_PEER_GROUP;
    case TIER_GUILD_ROLES: *id = b->guild; return CLAWT_GUILD_ROLES;
    case TIER_GUILD: *id = b->guild; return CLAWT_GUILD;
    case TIER_TEAM: *id = b->team; return CLAWT_TEAM;
    default: return CLAWT_EMPTY;
    }
}

static void add_binding(struct draft *d, uint32_t number) {
    const struct route_binding *b = &d->routing->bindings[number];
    uint32_t scope = add_scope(d, b);
    struct draft_scope *s = &d->scopes.v[scope];
    struct str id;
    enum clawt_slot_type type = key_type(b, &id);
    if (type != CLAWT_EMPTY) {
        chain_add(d, &add_key(d, type, scope, id)->chain, number);
        s->types |= 1u << type;
    } else if (b->peer == PEER_WILDCARD) {
        chain_add(d, b->peer_kind == PEER_DIRECT ? &s->wild_direct : &s->wild_group, number);
    } else {
        chain_add(d, &s->plain, number);
    }
}

static void make_key_index(struct draft *d) {
    d->key_slots = 16;
    while (d->key_slots < d->routing->n_bindings * 2) d->key_slots *= 2;
    d->key_index = ARENA_ARRAY(d->arena, uint32_t, d->key_slots);
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void add_links(struct draft *d) {
    const struct routing *r = d->routing;
    struct map ids = map_new(d->arena), names = map_new(d->arena);
    d->link_names = ARENA_ARRAY(d->arena, uint32_t, r->n_links);
    for (size_t i = 0; i < r->n_links; i++) {
        bool is_new;
        map_put(&ids, r->links[i].id, 0, &is_new);
        if (!is_new) continue;
        struct str name = r->links[i].name;
        d->link_names[d->links.n] = *map_put(&names, name, (uint32_t)d->names.n, &is_new);
        if (is_new) ARRAY_PUSH(d->arena, d->names) = name;
        ARRAY_PUSH(d->arena, d->links) = (uint32_t)i;
    }
}

static void add_roster(struct draft *d) {
    const struct routing *r = d->routing;
    struct map ids = map_new(d->arena);
    for (size_t i = 0; i < r->n_roster; i++) {
        bool is_new;
        map_put(&ids, r->agents[i], 0, &is_new);
        if (is_new) ARRAY_PUSH(d->arena, d->roster) = (uint32_t)i;
    }
}

void draft_make(struct draft *d, struct arena *arena, const struct routing *r, uint64_t seed) {
    *d = (struct draft){.arena = arena,
                        .routing = r,
                        .seed = seed,
                        .channel_map = map_new(arena),
                        .scope_map = map_new(arena),
                        .scope_key = buf_new(arena)};
    make_key_index(d);
    for (size_t i = 0; i < r->n_keep_case; i++) {
        uint32_t channel = add_channel(d, r->keep_case[i].channel);
        d->channels.v[channel].keep |= 1u << r->keep_case[i].kind;
    }
    for (size_t i = 0; i < r->n_bindings; i++) add_binding(d, (uint32_t)i);
    for (size_t i = 0; i < d->keys.n; i++) count_lists(d, &d->keys.v[i].chain, true);
    for (size_t i = 0; i < d->scopes.n; i++) {
        count_lists(d, &d->scopes.v[i].wild_direct, false);
        count_lists(d, &d->scopes.v[i].wild_group, false);
        count_lists(d, &d->scopes.v[i].plain, false);
    }
    add_links(d);
    add_roster(d);
}
