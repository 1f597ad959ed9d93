#include "analysis/fleet/tenancy.h"

#include "analysis/analysis.h"
#include "analysis/identity.h"

/* A sender that a tenant claims, as the gateway calls it. */
struct claim {
    uint32_t tenant, sender;
    struct owner id;
    uint32_t last_reach;   /* that it was found at, + 1 */
    uint32_t last_account; /* on which it was found, + 1 */
};

/* What a claim is found by: CHANNEL/ID, /ID or =NAME; several claims may have one key. */
struct key {
    uint32_t claim, next; /* next: number + 1 */
};

struct claiming {
    struct arena *arena, *scratch, *look_up; /* look_up: empty in between */
    const struct model *m;
    const struct analysis *s;
    struct fleet_gateway *g;
    struct identities identities;
    ARRAY(struct claim) claims;
    ARRAY(struct key) keys;
    struct map index; /* key -> number of the first, + 1 */
};

bool tenancy_is_asked(const struct fleet_block *block) {
    for (size_t i = 0; i < block->tenants.n; i++)
        if (block->tenants.v[i].agents.n || block->tenants.v[i].senders.n) return true;
    return false;
}

/* ---- claims ------------------------------------------------------------------------------------
 */

static struct str name_key(struct arena *a, struct str name) {
    return str_concat(a, STR("="), name);
}

static void add_key(struct claiming *c, struct str key, uint32_t claim) {
    uint32_t *first = map_put(&c->index, key, 0, NULL);
    ARRAY_PUSH(c->scratch, c->keys) = (struct key){claim, *first};
    *first = (uint32_t)c->keys.n;
}

static void add_claim(struct claiming *c, uint32_t tenant, uint32_t sender,
                      const struct fleet_claim *written) {
    struct claim claim = {tenant, sender, owner_read(c->m, (struct text){.v = written->name}), 0,
                          0};
    struct owner *id = &claim.id;
    if (id->channel.n) id->id = model_sender(c->m, id->channel, id->id);
    struct str name = identity_name(&c->identities, c->scratch, id->channel, id->id);
    uint32_t number = (uint32_t)c->claims.n;
    ARRAY_PUSH(c->scratch, c->claims) = claim;
    add_key(c, owner_key(c->scratch, id->channel, id->id), number);
    if (name.n) add_key(c, name_key(c->scratch, name), number);
    if (!id->channel.n) add_key(c, name_key(c->scratch, id->id), number);
}

static void add_claims(struct claiming *c, const struct fleet_block *block) {
    for (uint32_t i = 0; i < block->tenants.n; i++)
        for (uint32_t k = 0; k < block->tenants.v[i].senders.n; k++)
            add_claim(c, i, k, &block->tenants.v[i].senders.v[k]);
}

/* ---- where their messages go -------------------------------------------------------------------
 */

static struct str account_name(struct arena *a, const struct account *account) {
    return str_format(a, STR_FMT "/" STR_FMT, STR_ARG(account->channel), STR_ARG(account->id));
}

static void add_use(struct claiming *c, struct claim *claim, const struct reach *reach,
                    struct str who) {
    const struct account *account = &c->m->accounts.v[reach->account];
    claim->last_account = reach->account + 1;
    if (reach->agent < 0) return;
    ARRAY_PUSH(c->arena, c->g->uses) =
        (struct fleet_use){.tenant = claim->tenant,
                           .sender = claim->sender,
                           .who = who,
                           .account = account_name(c->arena, account),
                           .agent = c->m->agents.v[reach->agent].id,
                           .session = str_copy(c->arena, reach_session(c->scratch, reach)),
                           .at = reach->at};
}

static struct str person(struct arena *a, const struct account *account, struct str id) {
    return str_format(a, STR_FMT ":" STR_FMT, STR_ARG(account->channel), STR_ARG(id));
}

/* Whom a claim is about when `id` writes on the account of a reach; `number` is the reach's. */
static void meet(struct claiming *c, struct str key, const struct reach *reach, uint32_t number,
                 struct str id) {
    const uint32_t *first = map_get(&c->index, key);
    const struct account *account = &c->m->accounts.v[reach->account];
    for (uint32_t at = first ? *first : 0; at; at = c->keys.v[at - 1].next) {
        struct claim *claim = &c->claims.v[c->keys.v[at - 1].claim];
        if (claim->last_reach == number + 1) continue;
        claim->last_reach = number + 1;
        struct str who = person(c->arena, account, id);
        bool room = reach->class == SENDER_GROUP;
        if (room && !str_equal(id, reach->sender) && reach->sender.n)
            who = str_format(c->arena, STR_FMT " in group " STR_FMT, STR_ARG(who),
                             STR_ARG(reach->sender));
        else if (room)
            who = str_format(c->arena, "the members of group " STR_FMT, STR_ARG(who));
        add_use(c, claim, reach, who);
    }
}

static void meet_id(struct claiming *c, const struct reach *reach, uint32_t number, struct str id) {
    struct str channel = c->m->accounts.v[reach->account].channel;
    struct str name = identity_name(&c->identities, c->look_up, channel, id);
    meet(c, owner_key(c->look_up, channel, id), reach, number, id);
    meet(c, owner_key(c->look_up, STR(""), id), reach, number, id);
    if (name.n) meet(c, name_key(c->look_up, name), reach, number, id);
    arena_reset(c->look_up);
}

/* Those whom a list lets speak in a room. Of a room for every member the file does not tell who
 * they are. */
static void meet_members(struct claiming *c, const struct reach *reach, uint32_t number) {
    const struct account *account = &c->m->accounts.v[reach->account];
    const struct text_list *listed = reach->room->listed;
    if (reach->sender.n) meet_id(c, reach, number, reach->sender);
    if (reach->room->any_member) return;
    for (size_t i = 0; listed && i < listed->n; i++)
        meet_id(c, reach, number, model_sender(c->m, account->channel, listed->v[i].v));
    for (size_t i = 0; !listed && i < account->n_group_senders; i++)
        meet_id(c, reach, number, account->group_senders[i].id);
}

/* On an account that admits everybody, or whoever is paired, a claim with its channel counts. */
static void meet_unlisted(struct claiming *c, const struct reach *reach) {
    const struct account *account = &c->m->accounts.v[reach->account];
    for (size_t i = 0; i < c->claims.n; i++) {
        struct claim *claim = &c->claims.v[i];
        if (claim->last_account == reach->account + 1) continue;
        if (!str_equal(claim->id.channel, account->channel)) continue;
        struct route_query q = {.channel = account->channel,
                                .account = account->id,
                                .has_peer = true,
                                .peer = {STR("direct"), claim->id.id}};
        struct route_answer answer = resolve(c->s->resolver, c->scratch, &q);
        struct reach his = *reach;
        his.sender = claim->id.id;
        his.agent = answer.failed ? -1 : model_agent(c->m, answer.agent);
        his.session_key = answer.session_key;
        add_use(c, claim, &his, person(c->arena, account, claim->id.id));
    }
}

static void find_uses(struct claiming *c) {
    for (size_t i = 0; i < c->s->reaches.n && c->claims.n; i++) {
        const struct reach *reach = &c->s->reaches.v[i];
        if (!reach_admits(reach)) continue;
        switch (reach->class) {
        case SENDER_KNOWN: meet_id(c, reach, (uint32_t)i, reach->sender); break;
        case SENDER_GROUP: meet_members(c, reach, (uint32_t)i); break;
        case SENDER_ANYONE:
        case SENDER_PAIRED: meet_unlisted(c, reach); break;
        }
    }
}

/* ---- accounts and tools ------------------------------------------------------------------------
 */

static void find_routes(struct claiming *c) {
    struct map seen = map_new(c->scratch);
    for (size_t i = 0; i < c->s->reaches.n; i++) {
        const struct reach *reach = &c->s->reaches.v[i];
        if (reach->agent < 0 || !reach_admits(reach)) continue;
        bool is_new, room = reach->class == SENDER_GROUP;
        if (room && (reach->room->any_member || reach->room->by_role)) c->g->open_room = true;
        map_put(&seen, str_format(c->scratch, "%u %d", reach->account, (int)reach->agent), 1,
                &is_new);
        if (is_new)
            ARRAY_PUSH(c->arena, c->g->routes) = (struct fleet_route){
                .account = account_name(c->arena, &c->m->accounts.v[reach->account]),
                .agent = c->m->agents.v[reach->agent].id,
                .at = reach->at};
    }
}

static bool has_tool(const struct claiming *c, const struct session_tools *tools,
                     const char *name) {
    return tool_set_has(&tools->tools, gateway_tool(c->m->gateway, str_from(name)));
}

static void find_tools(struct claiming *c, struct fleet_agent *a) {
    int32_t number = model_agent(c->m, a->id);
    if (number < 0) return;
    const struct agent *agent = &c->m->agents.v[number];
    bool confined = str_equal(agent->sandbox.mode.v, STR("all"));
    struct tool_session session = {.sandboxed = confined};
    struct session_tools tools;
    tools_of_session(&c->s->tools, agent, &session, &tools);
    bool listed = agent_to_agent_has(c->m, agent);
    bool all = str_equal(session_visibility(c->m, confined), STR("all"));
    a->browser = !confined && has_tool(c, &tools, "browser");
    a->shows_sessions = listed;
    a->reads_sessions =
        listed && all &&
        (has_tool(c, &tools, "sessions_history") || has_tool(c, &tools, "sessions_search") ||
         has_tool(c, &tools, "sessions_list"));
}

void tenancy_find(struct arena *a, const struct fleet_block *block, struct names owners,
                  struct fleet_gateway *g) {
    if (!g->model || !tenancy_is_asked(block)) return;
    g->uses.n = g->routes.n = 0;
    struct arena *scratch = arena_new(), *look_up = arena_new();
    struct claiming c = {.arena = a,
                         .scratch = scratch,
                         .look_up = look_up,
                         .m = g->model,
                         .s = analyse(scratch, g->model, owners),
                         .g = g,
                         .identities = identities_new(scratch, &g->model->routing),
                         .index = map_new(scratch)};
    add_claims(&c, block);
    find_uses(&c);
    find_routes(&c);
    for (size_t i = 0; i < g->agents.n; i++) find_tools(&c, &g->agents.v[i]);
    arena_free(look_up);
    arena_free(scratch);
}
