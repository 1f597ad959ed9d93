/* What comes of the allow lists: those that the gateway takes no notice of, and entries that do not
 * give what they say. */
#include "analysis/analysis.h"

/* The sessions of one agent that the lists are judged by. */
struct effects {
    struct session_tools host, inside;
    bool sandboxed;
    struct tool_set unasked; /* tools of plugins that nobody asks for by name */
    struct tool_set lost;    /* there outside of the sandbox, and inside taken by default lists */
    struct tool_set above;   /* taken by a list that comes before the agent's own */
};

static bool is_before_agent(enum tool_layer_kind kind) {
    return kind < LAYER_AGENT;
}

/* What one layer takes away. */
static struct tool_set taken(const struct gateway_data *g, const struct tool_layer *l) {
    struct tool_set out = {{0}};
    if (l->restricts && !l->stripped) {
        out = tool_set_of_all(g);
        tool_set_drop(&out, &l->allowed);
    }
    tool_set_unite(&out, &l->denied);
    return out;
}

/* What the sandbox's lists take where the config has none of its own. */
static struct tool_set taken_by_default(const struct gateway_data *g, const struct tool_layer *l) {
    struct tool_set out = {{0}};
    if (l->restricts && !l->allow) {
        out = tool_set_of_all(g);
        tool_set_drop(&out, &l->allowed);
    }
    if (!l->deny) tool_set_unite(&out, &l->denied);
    return out;
}

static void find_effects(const struct analysis *s, const struct agent *agent, struct effects *e) {
    const struct gateway_data *g = s->model->gateway;
    *e = (struct effects){.sandboxed = !str_equal(agent->sandbox.mode.v, STR("off"))};
    tools_of_session(&s->tools, agent, &(struct tool_session){0}, &e->host);
    for (size_t t = 0; t < g->n_tools; t++)
        if (e->host.missing[t].why == ABSENT_NOT_ASKED) tool_set_add(&e->unasked, t);
    for (size_t i = 0; i < e->host.n_layers; i++) {
        if (!is_before_agent(e->host.layers[i].kind)) continue;
        struct tool_set out = taken(g, &e->host.layers[i]);
        tool_set_unite(&e->above, &out);
    }
    if (!e->sandboxed) return;
    tools_of_session(&s->tools, agent, &(struct tool_session){.sandboxed = true}, &e->inside);
    e->lost = e->host.tools;
    tool_set_drop(&e->lost, &e->inside.tools);
    for (size_t i = 0; i < e->inside.n_layers; i++) {
        if (e->inside.layers[i].kind != LAYER_SANDBOX) continue;
        struct tool_set out = taken_by_default(g, &e->inside.layers[i]);
        tool_set_keep(&e->lost, &out);
    }
}

/* ---- lists -------------------------------------------------------------------------------------
 */

/* A list is looked at once, however many agents go by it. */
static struct allow_list *list_of(struct analysis *s, struct map *seen,
                                  const struct text_list *list, int32_t agent) {
    bool is_new;
    struct str key = str_format(s->arena, "%u", (unsigned)list->at);
    uint32_t *index = map_put(seen, key, (uint32_t)s->allow_lists.n, &is_new);
    if (is_new)
        ARRAY_PUSH(s->arena, s->allow_lists) =
            (struct allow_list){.in = s, .list = list, .agent = agent};
    return &s->allow_lists.v[*index];
}

static void judge_layer(struct analysis *s, struct map *seen, const struct tool_layer *l,
                        int32_t agent) {
    if (!l->restricts || !l->allow || !l->allow->set) return;
    struct allow_list *list = list_of(s, seen, l->allow, agent);
    list->ignored = list->ignored || l->stripped;
    list->nothing = tool_set_is_empty(&l->allowed);
}

static void judge_lists(struct analysis *s, struct map *seen, const struct session_tools *t,
                        int32_t agent) {
    for (size_t i = 0; i < t->n_layers; i++) {
        const struct tool_layer *l = &t->layers[i];
        bool own = l->kind == LAYER_AGENT || l->kind == LAYER_AGENT_PROVIDER;
        bool global = l->kind == LAYER_GLOBAL || l->kind == LAYER_GLOBAL_PROVIDER;
        if (own || global) judge_layer(s, seen, l, own ? agent : -1);
    }
}

/* Which core tools there are depends on the agent; a group's list that names none at all is ignored
 * for every one. */
static void judge_groups(struct analysis *s, struct map *seen) {
    bool strips = s->model->gateway->tool_rules & TOOLS_STRIP_UNKNOWN_ALLOW;
    for (size_t i = 0; i < s->model->groups.n; i++) {
        struct tool_layer l;
        if (!tool_layer_of_lists(s->model, LAYER_GROUP, &s->model->groups.v[i].lists, &l)) continue;
        l.stripped = strips && l.restricts && !l.everything && tool_set_is_empty(&l.core);
        judge_layer(s, seen, &l, -1);
    }
}

/* ---- entries -----------------------------------------------------------------------------------
 */

static bool is_within(const struct tool_set *inner, const struct tool_set *outer) {
    return !tool_set_is_empty(inner) && !tool_set_exceeds(inner, outer);
}

/* An allow entry of the lists that say what an agent has; "*" asks for nothing in particular. */
static bool is_judged(const struct tool_entry *e) {
    return str_equal(str_from(e->scope), STR("tools")) &&
           !str_equal(str_from(e->list), STR("deny")) && !str_equal(e->name, STR("*"));
}

static place place_of_loss(const struct session_tools *t, const struct tool_set *matched) {
    for (size_t i = 0; i < t->n_layers; i++) {
        const struct tool_layer *l = &t->layers[i];
        struct tool_set out = taken(t->model->gateway, l);
        tool_set_keep(&out, matched);
        if (tool_set_is_empty(&out) || !is_before_agent(l->kind)) continue;
        for (size_t tool = 0; tool < TOOLS_MAX; tool++)
            if (tool_set_has(&out, tool) && tool_set_has(&t->built, tool))
                return tool_decide(t, tool).at;
        return l->at;
    }
    return 0;
}

static void judge_entry(struct tool_entry *e, const struct effects *of, bool own) {
    if (!is_judged(e)) return;
    e->unasked = e->matched;
    tool_set_keep(&e->unasked, &of->unasked);
    e->lost = of->sandboxed && is_within(&e->matched, &of->lost);
    e->blocked = own && is_within(&e->matched, &of->above);
    if (e->blocked) e->blocked_at = place_of_loss(&of->host, &e->matched);
}

static bool has_allow(const struct tool_lists *lists) {
    return lists->allow.n || lists->also_allow.n;
}

/* What is so for every agent is so for the global lists. */
static void unite(struct effects *all, const struct effects *one, bool first) {
    if (first) {
        *all = *one;
        return;
    }
    tool_set_keep(&all->unasked, &one->unasked);
    tool_set_keep(&all->lost, &one->lost);
    all->sandboxed = all->sandboxed && one->sandboxed;
}

void analyse_tool_effects(struct analysis *s) {
    const struct model *m = s->model;
    struct effects *all = ARENA_NEW(s->arena, struct effects);
    struct effects *one = ARENA_NEW(s->arena, struct effects);
    struct map seen = map_new(s->arena);
    bool global = has_allow(&m->tools.lists) || m->tools.n_providers;
    size_t entry = 0;
    while (entry < s->tool_entries.n && s->tool_entries.v[entry].agent < 0) entry++;
    size_t first_own = entry;
    for (size_t i = 0; i < m->agents.n; i++) {
        const struct tool_policy *own = &m->agents.v[i].tools;
        bool judged = global || has_allow(&own->lists) || own->n_providers;
        if (judged) {
            find_effects(s, &m->agents.v[i], one);
            judge_lists(s, &seen, &one->host, (int32_t)i);
            unite(all, one, i == 0);
        }
        for (; entry < s->tool_entries.n && s->tool_entries.v[entry].agent == (int32_t)i; entry++)
            if (judged) judge_entry(&s->tool_entries.v[entry], one, true);
    }
    for (size_t i = 0; global && i < first_own; i++) judge_entry(&s->tool_entries.v[i], all, false);
    judge_groups(s, &seen);
}
