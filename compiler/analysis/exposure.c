#include "analysis/exposure.h"

#include "analysis/analysis.h"

const struct agent *exposure_agent(const struct model *m, int32_t index) {
    return index < 0 ? NULL : &m->agents.v[index];
}

const struct sandbox *exposure_sandbox(const struct model *m, int32_t index) {
    return index < 0 ? &m->sandbox : &m->agents.v[index].sandbox;
}

/* The implied agent of a config without any is not always judged. */
static size_t judged_agents(const struct model *m) {
    bool implied = !m->loaded->roster.agents.n;
    return implied && !m->gateway->audit_roster_implied ? 0 : m->agents.n;
}

static void add_powers(struct analysis *s, struct exposure *e) {
    size_t n = judged_agents(s->model);
    e->powers = ARENA_ARRAY(s->arena, struct audited_power, n + 1);
    e->n_powers = n + 1;
    for (size_t i = 0; i <= n; i++) {
        int32_t agent = (int32_t)i - 1;
        e->powers[i] = (struct audited_power){
            s, agent, audit_tools_of(&e->tools, exposure_agent(s->model, agent), STR(""))};
    }
}

/* ---- rooms that share the main session ---------------------------------------------------------
 */

/* An id that no binding names. */
static struct str unused_id(struct arena *a, const struct routing *routing) {
    struct map used = map_new(a);
    for (size_t i = 0; i < routing->n_bindings; i++) {
        const struct route_binding *b = &routing->bindings[i];
        const struct str ids[] = {b->account, b->peer_id, b->guild, b->team};
        for (size_t k = 0; k < sizeof ids / sizeof *ids; k++)
            if (ids[k].n) map_put(&used, ids[k], 1, NULL);
    }
    struct str id = STR("no-such-id");
    while (map_get(&used, id)) id = str_concat(a, id, STR("-next"));
    return id;
}

/* A message from a room that the binding would take, unless an earlier one does. */
static struct route_query probe(const struct route_binding *b, struct str unused) {
    struct str kind = b->peer_kind == PEER_CHANNEL ? STR("channel") : STR("group");
    struct str id = b->peer == PEER_EXACT ? b->peer_id : unused;
    struct route_query q = {.channel = b->channel,
                            .account = b->account.p ? b->account : unused,
                            .has_peer = true,
                            .peer = {kind, id}};
    if (b->guild.n) q.guild = b->guild;
    if (b->team.n) q.team = b->team;
    return q;
}

static bool wins_for_rooms(const struct analysis *s, size_t index, struct str unused) {
    const struct route_binding *b = &s->model->routing.bindings[index];
    if (b->peer != PEER_ABSENT && b->peer_kind == PEER_DIRECT) return false;
    struct route_query q = probe(b, unused);
    for (uint32_t i = 0; i < b->n_roles || i == 0; i++) {
        q.roles = b->n_roles ? &b->roles[i] : NULL;
        q.n_roles = b->n_roles ? 1 : 0;
        if (resolve(s->resolver, s->arena, &q).binding == (int32_t)index) return true;
    }
    return false;
}

static void add_main_groups(struct analysis *s, struct exposure *e) {
    struct str unused = unused_id(s->arena, &s->model->routing);
    for (size_t i = 0; i < s->model->bindings.n; i++) {
        int32_t route = s->model->bindings.v[i].route;
        if (route < 0 || s->model->routing.bindings[route].group_scope != GROUP_MAIN) continue;
        if (wins_for_rooms(s, (size_t)route, unused))
            ARRAY_PUSH(s->arena, e->main_group_bindings) = (int32_t)i;
    }
}

void analyse_exposure(struct analysis *s) {
    struct exposure *e = ARENA_NEW(s->arena, struct exposure);
    e->in = s;
    s->exposure = e;
    audit_tools_begin(s->arena, s->model, &e->tools);
    add_powers(s, e);
    add_main_groups(s, e);
    exposure_of_exec(s, e);
    exposure_of_models(s, e);
    exposure_of_mounts(s, e);
}
