/* Two tenants in one gateway. The process is one, with its state directory, token, port and logs;
 * agents, accounts and sessions may be apart. */
#include "analysis/fleet/boundary.h"
#include "model/locations.h"

struct inside {
    struct answering *s;
    const struct fleet_gateway *g;
    const struct boundary_part *x, *y;
    uint32_t x_tenant, y_tenant;
};

static struct str agent_words(struct arena *a, const struct boundary_party *p,
                              const struct boundary_agent *agent) {
    struct str id = agent->agent->id;
    return agent->who.n ? str_format(a,
                                     "lets " STR_FMT " in, of " STR_FMT
                                     ", who reaches agent \"" STR_FMT "\"",
                                     STR_ARG(agent->who), STR_ARG(p->name), STR_ARG(id))
                        : str_format(a, "has agent \"" STR_FMT "\" of " STR_FMT, STR_ARG(id),
                                     STR_ARG(p->name));
}

static void point_agent(struct inside *in, enum boundary_item item, const struct boundary_party *p,
                        const struct boundary_agent *agent) {
    boundary_point(in->s, item, in->g, agent->at, agent_words(in->s->arena, p, agent));
}

/* Of each the first agent. */
static void point_both(struct inside *in, enum boundary_item item) {
    const struct boundary *b = in->s->b;
    if (in->x->agents.n) point_agent(in, item, b->a, &in->x->agents.v[0]);
    if (in->y->agents.n) point_agent(in, item, b->b, &in->y->agents.v[0]);
}

static void share_gateway(struct inside *in, enum boundary_item item) {
    boundary_share(in->s, item, str_format(in->s->arena, "gateway " STR_FMT, STR_ARG(in->g->name)));
    point_both(in, item);
}

/* What there is once in a process. */
static void share_process(struct inside *in) {
    static const enum boundary_item once[] = {BOUNDARY_STATE, BOUNDARY_TOKEN,   BOUNDARY_PORT,
                                              BOUNDARY_LOGS,  BOUNDARY_BACKUPS, BOUNDARY_HOST};
    for (size_t i = 0; i < sizeof once / sizeof *once; i++) share_gateway(in, once[i]);
}

/* All of it belongs to one of them, or to both. */
static void share_everything(struct inside *in) {
    for (enum boundary_item item = 0; item < BOUNDARY_ITEMS; item++) share_gateway(in, item);
}

/* ---- agents ------------------------------------------------------------------------------------
 */

static void compare_agents(struct inside *in, const struct boundary_agent *x,
                           const struct boundary_agent *y) {
    struct arena *a = in->s->arena;
    struct str wx = x->agent->workspace.inside, wy = y->agent->workspace.inside;
    bool nested = wx.n && wy.n && (location_contains(wx, wy) || location_contains(wy, wx));
    if (x->agent == y->agent)
        boundary_share(in->s, BOUNDARY_WORKSPACE,
                       str_format(a, "agent \"" STR_FMT "\"", STR_ARG(x->agent->id)));
    else if (nested)
        boundary_share(in->s, BOUNDARY_WORKSPACE, wx.n < wy.n ? wx : wy);
    else
        return;
    point_agent(in, BOUNDARY_WORKSPACE, in->s->b->a, x);
    point_agent(in, BOUNDARY_WORKSPACE, in->s->b->b, y);
}

static void compare_sight(struct inside *in, const struct boundary_agent *from,
                          const struct boundary_agent *to, const struct boundary_party *of_from,
                          const struct boundary_party *of_to) {
    if (from->agent == to->agent || !from->agent->reads_sessions || !to->agent->shows_sessions)
        return;
    boundary_share(in->s, BOUNDARY_SESSIONS,
                   str_format(in->s->arena,
                              "agent \"" STR_FMT "\" can read those of agent \"" STR_FMT "\"",
                              STR_ARG(from->agent->id), STR_ARG(to->agent->id)));
    point_agent(in, BOUNDARY_SESSIONS, of_from, from);
    point_agent(in, BOUNDARY_SESSIONS, of_to, to);
}

static void compare_browsers(struct inside *in, const struct boundary_agent *x,
                             const struct boundary_agent *y) {
    if (!x->agent->browser || !y->agent->browser) return;
    struct str what =
        x->agent == y->agent
            ? str_format(in->s->arena, "agent \"" STR_FMT "\"", STR_ARG(x->agent->id))
            : str_format(in->s->arena,
                         "agents \"" STR_FMT "\" and \"" STR_FMT "\" have the gateway's browser",
                         STR_ARG(x->agent->id), STR_ARG(y->agent->id));
    boundary_share(in->s, BOUNDARY_BROWSER, what);
    point_agent(in, BOUNDARY_BROWSER, in->s->b->a, x);
    point_agent(in, BOUNDARY_BROWSER, in->s->b->b, y);
}

static void compare_all_agents(struct inside *in) {
    for (size_t i = 0; i < in->x->agents.n; i++)
        for (size_t k = 0; k < in->y->agents.n; k++) {
            const struct boundary_agent *x = &in->x->agents.v[i], *y = &in->y->agents.v[k];
            compare_agents(in, x, y);
            compare_browsers(in, x, y);
            compare_sight(in, x, y, in->s->b->a, in->s->b->b);
            compare_sight(in, y, x, in->s->b->b, in->s->b->a);
        }
}

/* ---- senders -----------------------------------------------------------------------------------
 */

static void share_session(struct inside *in, const struct fleet_use *x, const struct fleet_use *y) {
    struct arena *a = in->s->arena;
    boundary_share(in->s, BOUNDARY_SESSIONS,
                   str_format(a, "`" STR_FMT "` of " STR_FMT " and " STR_FMT, STR_ARG(x->session),
                              STR_ARG(x->who), STR_ARG(y->who)));
    const struct fleet_use *both[] = {x, y};
    for (size_t i = 0; i < 2; i++)
        boundary_point(in->s, BOUNDARY_SESSIONS, in->g, both[i]->at,
                       str_format(a, "lets " STR_FMT " in", STR_ARG(both[i]->who)));
}

/* One example for each session: whoever else is in it is in it with these. */
static void compare_sessions(struct inside *in) {
    struct arena *scratch = arena_new();
    struct map index = map_new(scratch), told = map_new(scratch);
    const struct fleet_use *uses = in->g->uses.v;
    for (size_t i = 0; i < in->g->uses.n; i++)
        if (uses[i].tenant == in->x_tenant && uses[i].session.n)
            map_put(&index, uses[i].session, (uint32_t)i, NULL);
    for (size_t i = 0; i < in->g->uses.n && index.n; i++) {
        if (uses[i].tenant != in->y_tenant) continue;
        const uint32_t *same = map_get(&index, uses[i].session);
        bool is_new = false;
        if (same) map_put(&told, uses[i].session, 1, &is_new);
        if (is_new) share_session(in, &uses[*same], &uses[i]);
    }
    arena_free(scratch);
}

/* ---- accounts ----------------------------------------------------------------------------------
 */

struct account_use {
    struct str account;
    place at;
    struct str words;
};

struct account_list {
    ARRAY(struct account_use) list;
};

/* The accounts through which a tenant's messages come: those of its senders, and all that lead to
 * an agent that is declared its own. */
static struct account_list accounts_of(struct inside *in, struct arena *scratch,
                                       const struct boundary_part *part, uint32_t tenant) {
    struct account_list found = {{NULL, 0, 0}};
    struct map own = map_new(scratch);
    for (size_t i = 0; i < part->agents.n; i++)
        if (!part->agents.v[i].who.n) map_put(&own, part->agents.v[i].agent->id, 1, NULL);
    for (size_t i = 0; i < in->g->uses.n; i++) {
        const struct fleet_use *use = &in->g->uses.v[i];
        if (use->tenant == tenant)
            ARRAY_PUSH(scratch, found.list) = (struct account_use){
                use->account, use->at,
                str_format(in->s->arena, "lets " STR_FMT " in", STR_ARG(use->who))};
    }
    for (size_t i = 0; i < in->g->routes.n; i++) {
        const struct fleet_route *route = &in->g->routes.v[i];
        if (map_get(&own, route->agent))
            ARRAY_PUSH(scratch, found.list) = (struct account_use){
                route->account, route->at,
                str_format(in->s->arena, "leads to agent \"" STR_FMT "\"", STR_ARG(route->agent))};
    }
    return found;
}

static void compare_accounts(struct inside *in) {
    struct arena *scratch = arena_new();
    struct account_list x = accounts_of(in, scratch, in->x, in->x_tenant);
    struct account_list y = accounts_of(in, scratch, in->y, in->y_tenant);
    struct map index = map_new(scratch), told = map_new(scratch);
    for (size_t i = 0; i < x.list.n; i++) map_put(&index, x.list.v[i].account, (uint32_t)i, NULL);
    for (size_t i = 0; i < y.list.n; i++) {
        const uint32_t *same = x.list.n ? map_get(&index, y.list.v[i].account) : NULL;
        bool is_new = false;
        if (same) map_put(&told, y.list.v[i].account, 1, &is_new);
        if (!is_new) continue;
        boundary_share(in->s, BOUNDARY_CHANNELS, y.list.v[i].account);
        const struct account_use *both[] = {&x.list.v[*same], &y.list.v[i]};
        for (size_t k = 0; k < 2; k++)
            boundary_point(in->s, BOUNDARY_CHANNELS, in->g, both[k]->at, both[k]->words);
    }
    arena_free(scratch);
}

/* Facts of a gateway have its agents, not whom its accounts let in. */
static void doubt_people(struct answering *s) {
    static const enum boundary_item items[] = {BOUNDARY_SESSIONS, BOUNDARY_CHANNELS,
                                               BOUNDARY_BROWSER};
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        boundary_doubt(s, items[i], "which senders reach which agents is not known here");
}

static bool has_use(const struct fleet_gateway *g, uint32_t tenant) {
    for (size_t i = 0; i < g->uses.n; i++)
        if (g->uses.v[i].tenant == tenant) return true;
    return false;
}

void boundary_inside(struct answering *s, const struct boundary_part *x,
                     const struct boundary_part *y) {
    struct inside in = {s, x->gateway, x, y, s->b->a->tenant, s->b->b->tenant};
    if (x->whole || y->whole) {
        share_everything(&in);
        return;
    }
    share_process(&in);
    compare_sessions(&in);
    compare_all_agents(&in);
    compare_accounts(&in);
    boundary_doubt(s, BOUNDARY_MODELS,
                   "keys in the gateway's config and environment serve all of its agents; each may "
                   "have logins of its own");
    if (!in.g->model) doubt_people(s);
    if (in.g->open_room && has_use(in.g, in.x_tenant) && has_use(in.g, in.y_tenant))
        boundary_doubt(s, BOUNDARY_SESSIONS,
                       "any member of a group may speak to an agent, and who that is is not in the "
                       "files");
}
