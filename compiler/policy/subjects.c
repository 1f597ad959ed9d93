/* Where a fact stands, and whom a finding about it is about: a row for each kind of fact. */
#include "policy/facts_settings.h"

/* ---- places ------------------------------------------------------------------------------------
 */

#define PLACE(kind, c_type, expression)                                                            \
    static place kind##_place(const void *object) {                                                \
        const c_type *o = object;                                                                  \
        return (expression);                                                                       \
    }

static place agent_at(const struct analysis *s, int32_t index) {
    return index < 0 ? s->model->agents_at : s->model->agents.v[index].at;
}

PLACE(gateway, struct analysis, o->model->at)
PLACE(agent, struct agent_facts, o->agent->at)
PLACE(account, struct account_facts, o->account->at)
PLACE(binding, struct binding_facts, o->binding->at)
PLACE(reach, struct reach, o->at)
PLACE(shared_session, struct shared_session, o->scope_at)
PLACE(shared_room, struct shared_room, o->scope_at)
PLACE(crowded_channel, struct crowded_channel, o->in->model->accounts.v[o->account].at)
PLACE(channel_check, struct channel_check, o->at)
PLACE(tool_entry, struct tool_entry, o->text->at)
PLACE(tool_list, struct allow_list, o->list->at)
PLACE(secret, struct secret_fact, o->secret->at)
PLACE(container, struct container, o->at)
PLACE(bind, struct bind_mount, o->entry->at)
PLACE(elevated_list, struct elevated_channel, o->allow.at)
PLACE(power_path, struct power_path, o->at)
PLACE(dangerous_setting, struct dangerous_setting, o->flags->at)
PLACE(browser_profile, struct browser_profile, o->at)
PLACE(config_file, struct config_file, o->at)
PLACE(policy_violation, struct violation, o->at)
PLACE(shared_path, struct shared_path, agent_at(o->in, o->second))
PLACE(agent_pair, struct agent_pair, o->b->agent->at)
PLACE(gateway_pair, struct gateway_pair, o->b->model->at)
PLACE(fleet_share, struct fleet_share, o->members[o->primary].at)

/* ---- subjects ----------------------------------------------------------------------------------
 */

/* The finding that gets them, and the arena that it lives in. */
struct about {
    struct arena *arena;
    struct finding *finding;
};

static void add(struct about *w, const char *name, struct str value) {
    struct str *one = ARENA_NEW(w->arena, struct str);
    *one = value;
    ARRAY_PUSH(w->arena, w->finding->subjects) =
        (struct subject){.name = name, .values = one, .n = 1};
}

static void add_list(struct about *w, const char *name, const struct str *v, size_t n) {
    ARRAY_PUSH(w->arena, w->finding->subjects) =
        (struct subject){.name = name, .values = v, .n = n, .list = true};
}

static void add_pair(struct about *w, const char *name, struct str x, struct str y) {
    struct str *two = ARENA_ARRAY(w->arena, struct str, 2);
    two[0] = x;
    two[1] = y;
    add_list(w, name, two, 2);
}

static struct str agent_id(const struct analysis *s, int32_t index) {
    return index < 0 ? STR("") : s->model->agents.v[index].id;
}

/* Nothing where it is about no single agent. */
static void add_agent(struct about *w, const struct analysis *s, int32_t index) {
    if (index >= 0) add(w, "agent", agent_id(s, index));
}

static void add_account(struct about *w, const struct account *account) {
    add(w, "account",
        str_format(w->arena, STR_FMT "/" STR_FMT, STR_ARG(account->channel), STR_ARG(account->id)));
}

static void add_numbered_account(struct about *w, const struct analysis *s, size_t index) {
    add_account(w, &s->model->accounts.v[index]);
}

static void add_if_any(struct about *w, const char *name, struct str value) {
    if (value.n) add(w, name, value);
}

#define SUBJECTS(kind, c_type, statements)                                                         \
    static void kind##_subjects(struct about *w, const void *object) {                             \
        const c_type *o = object;                                                                  \
        statements;                                                                                \
    }

SUBJECTS(gateway, struct analysis, add(w, "gateway", o->model->name))
SUBJECTS(agent, struct agent_facts, add(w, "agent", o->agent->id))
SUBJECTS(account, struct account_facts, add_account(w, o->account))
SUBJECTS(crowded_channel, struct crowded_channel, add_numbered_account(w, o->in, o->account))
SUBJECTS(channel_check, struct channel_check, add_numbered_account(w, o->in, o->account))
SUBJECTS(tool_list, struct allow_list, add_agent(w, o->in, o->agent))
SUBJECTS(secret, struct secret_fact, add(w, "key", o->secret->key))
SUBJECTS(bind, struct bind_mount, add(w, "bind", o->entry->v))
SUBJECTS(elevated_list, struct elevated_channel, add(w, "channel", o->channel))
SUBJECTS(browser_profile, struct browser_profile, add(w, "profile", o->name))
SUBJECTS(config_file, struct config_file, add(w, "file", o->name))
SUBJECTS(agent_pair, struct agent_pair, add_pair(w, "agents", o->a->agent->id, o->b->agent->id))
SUBJECTS(gateway_pair, struct gateway_pair,
         add_pair(w, "gateways", o->a->model->name, o->b->model->name))
SUBJECTS(suppression, struct bad_suppression, add(w, "suppression", o->id))

static void binding_subjects(struct about *w, const void *object) {
    const struct binding_facts *b = object;
    add(w, "binding", str_format(w->arena, "bindings[%u]", b->index));
    add(w, "agent", b->binding->agent.v);
    add(w, "channel", b->binding->channel_token);
}

static void reach_subjects(struct about *w, const void *object) {
    const struct reach *r = object;
    add_agent(w, r->in, r->agent);
    add_numbered_account(w, r->in, r->account);
    add_if_any(w, "sender", r->sender);
}

static void shared_session_subjects(struct about *w, const void *object) {
    const struct shared_session *s = object;
    add(w, "agent", agent_id(s->in, s->agent));
    add_list(w, "accounts", s->accounts, s->n_accounts);
    add(w, "session", s->session_key);
}

static void shared_room_subjects(struct about *w, const void *object) {
    const struct shared_room *r = object;
    add(w, "agent", agent_id(r->in, r->room->agent));
    add(w, "session", r->room->session_key);
}

static void tool_entry_subjects(struct about *w, const void *object) {
    const struct tool_entry *e = object;
    add_agent(w, e->in, e->agent);
    add(w, "tool", e->name);
}

static void power_path_subjects(struct about *w, const void *object) {
    const struct power_path *p = object;
    add(w, "agent", agent_id(p->in, p->agent));
    add_numbered_account(w, p->in, p->reach->account);
    add_if_any(w, "sender", p->reach->sender);
}

static void dangerous_setting_subjects(struct about *w, const void *object) {
    const struct dangerous_setting *d = object;
    struct str *settings = ARENA_ARRAY(w->arena, struct str, d->n);
    for (size_t i = 0; i < d->n; i++) settings[i] = d->flags[i].text;
    add_list(w, "settings", settings, d->n);
}

static void policy_violation_subjects(struct about *w, const void *object) {
    const struct violation *v = object;
    add_agent(w, v->in, v->agent);
    add_if_any(w, "account", violation_account(w->arena, v));
    add_if_any(w, "scope", v->scope);
    add(w, "target", v->target);
    add_if_any(w, "requirement", v->requirement);
}

static void shared_path_subjects(struct about *w, const void *object) {
    const struct shared_path *p = object;
    add_pair(w, "agents", agent_id(p->in, p->first), agent_id(p->in, p->second));
    add(w, "path", p->path);
}

static void fleet_share_subjects(struct about *w, const void *object) {
    const struct fleet_share *share = object;
    struct str *names = ARENA_ARRAY(w->arena, struct str, share->n);
    size_t n = 0;
    for (size_t i = 0; i < share->n; i++)
        if (fleet_share_is_first(share, i)) names[n++] = share->members[i].gateway->name;
    add_list(w, "gateways", names, n);
    add(w, "resource", share->resource);
}

/* ---- the kinds ---------------------------------------------------------------------------------
 */

/* Either function may be NULL: it stands nowhere, or is about nobody in particular. */
struct fact_kind {
    const struct cel_object_type *type;
    place (*place)(const void *object);
    void (*subjects)(struct about *w, const void *object);
};

#define KIND(kind)                                                                                 \
    { &fact_##kind, kind##_place, kind##_subjects }

static const struct fact_kind kinds[] = {
    KIND(gateway),
    KIND(agent),
    KIND(account),
    KIND(binding),
    KIND(reach),
    KIND(shared_session),
    KIND(shared_room),
    KIND(crowded_channel),
    KIND(channel_check),
    KIND(tool_entry),
    KIND(tool_list),
    KIND(secret),
    {&fact_container, container_place, NULL},
    KIND(bind),
    KIND(elevated_list),
    KIND(power_path),
    KIND(dangerous_setting),
    KIND(browser_profile),
    KIND(config_file),
    KIND(policy_violation),
    KIND(shared_path),
    KIND(agent_pair),
    KIND(gateway_pair),
    KIND(fleet_share),
    {&fact_suppression, NULL, suppression_subjects},
};

static const struct fact_kind *kind_of(const struct cel_object_type *type) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].type == type) return &kinds[i];
    return NULL;
}

place fact_place(const struct cel_object_type *type, const void *object) {
    const struct fact_kind *kind = kind_of(type);
    return kind && kind->place ? kind->place(object) : 0;
}

void fact_subjects(struct arena *a, const struct fact_range *range, const void *object,
                   struct finding *f) {
    const struct fact_kind *kind = kind_of(range->type);
    struct about w = {a, f};
    if (kind && kind->subjects) kind->subjects(&w, object);
}
