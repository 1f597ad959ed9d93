/* The answer of `clawc access` for programs. */
#include "analysis/identity.h"
#include "analysis/room_access.h"
#include "analysis/sender_powers.h"
#include "commands/access.h"
#include "report/pretty.h"

struct telling {
    const struct access_view *v;
    struct pretty p;
    struct identities identities;
};

static void add_position(struct telling *t, const char *key, struct span span, uint32_t offset) {
    struct position p = source_position(t->v->run->sources, span.file, offset);
    pretty_object_line(&t->p, key);
    pretty_number(&t->p, "offset", p.offset);
    pretty_number(&t->p, "line", p.line);
    pretty_number(&t->p, "column", p.column);
    pretty_end(&t->p);
}

/* Where a value was written, or the nearest thing around a default. */
static void add_location(struct telling *t, place at) {
    struct span span = place_span(t->v->run->tree, at);
    if (!span.file) {
        pretty_null(&t->p, "location");
        return;
    }
    pretty_object_line(&t->p, "location");
    pretty_string(&t->p, "file", source_name(t->v->run->sources, span.file));
    pretty_string(&t->p, "path", paths_of_span(t->v->paths, span));
    add_position(t, "start", span, span.start);
    add_position(t, "end", span, span.end);
    pretty_end(&t->p);
}

static void add_policy(struct telling *t, const struct text *policy) {
    pretty_object(&t->p, "policy");
    pretty_string(&t->p, "value", policy->v);
    pretty_bool(&t->p, "default", !policy->set);
    add_location(t, policy->at);
    pretty_end(&t->p);
}

static void add_senders(struct telling *t, const char *key, const struct sender *v, size_t n) {
    pretty_array(&t->p, key);
    for (size_t i = 0; i < n; i++) {
        pretty_object_line(&t->p, NULL);
        pretty_string(&t->p, "id", v[i].id);
        add_location(t, v[i].at);
        pretty_end(&t->p);
    }
    pretty_end(&t->p);
}

static void add_direct(struct telling *t, const struct account *a) {
    const struct model *m = t->v->analysis->model;
    bool disabled = str_equal(a->dm_policy.v, STR("disabled"));
    bool open = str_equal(a->dm_policy.v, STR("open")) && m->gateway->open_admits_all;
    bool pairing = str_equal(a->dm_policy.v, STR("pairing"));
    pretty_object(&t->p, "direct");
    add_policy(t, &a->dm_policy);
    pretty_bool(&t->p, "anyone", !disabled && (a->wildcard || open));
    pretty_bool(&t->p, "unknownPaired",
                pairing && !(m->conditions && m->conditions->pairing_known));
    add_senders(t, "senders", a->senders, disabled ? 0 : a->n_senders);
    add_senders(t, "paired", a->paired, pairing ? a->n_paired : 0);
    pretty_end(&t->p);
}

static void add_room(struct telling *t, const struct account *a, const struct room *room) {
    struct room_access access = room_access_at(a, room);
    pretty_object(&t->p, NULL);
    pretty_string(&t->p, "id", room ? room->name : STR("*"));
    pretty_bool(&t->p, "admitted", access.admitted);
    pretty_bool(&t->p, "anyMember", access.any_member);
    pretty_bool(&t->p, "byRole", access.by_role);
    if (access.listed) {
        pretty_array_line(&t->p, "members");
        for (size_t i = 0; i < access.listed->n; i++)
            pretty_string(&t->p, NULL, access.listed->v[i].v);
        pretty_end(&t->p);
    }
    add_location(t, access.at);
    pretty_end(&t->p);
}

static void add_groups(struct telling *t, const struct account *a) {
    pretty_object(&t->p, "groups");
    add_policy(t, &a->group_policy);
    pretty_bool(&t->p, "beyondListed", room_access_beyond(a));
    add_senders(t, "senders", a->group_senders, a->n_group_senders);
    pretty_array(&t->p, "rooms");
    for (size_t i = 0; i < a->rooms.n; i++)
        if (!a->rooms.v[i].inner && !str_equal(a->rooms.v[i].name, STR("*")))
            add_room(t, a, &a->rooms.v[i]);
    if (room_access_beyond(a)) add_room(t, a, NULL);
    pretty_end(&t->p);
    pretty_end(&t->p);
}

static void add_powers(struct telling *t, const struct reach *r) {
    struct sender_powers p = sender_powers_of(t->v->analysis, r);
    pretty_object_line(&t->p, "powers");
    pretty_bool(&t->p, "sandboxed", p.sandboxed);
    pretty_bool(&t->p, "exec", p.exec);
    pretty_bool(&t->p, "execOnHost", p.exec_on_host);
    pretty_bool(&t->p, "write", p.write);
    pretty_bool(&t->p, "elevated", p.elevated);
    pretty_number(&t->p, "ownerTools", p.owner_tools);
    pretty_number(&t->p, "tools", p.tools);
    pretty_end(&t->p);
}

static void add_reach(struct telling *t, const struct reach *r) {
    static const char *const classes[] = {[SENDER_KNOWN] = "known",
                                          [SENDER_ANYONE] = "anyone",
                                          [SENDER_PAIRED] = "paired",
                                          [SENDER_GROUP] = "group"};
    const struct model *m = t->v->analysis->model;
    const struct account *a = &m->accounts.v[r->account];
    pretty_object(&t->p, NULL);
    pretty_string(&t->p, "class", str_from(classes[r->class]));
    if (r->sender.n) pretty_string(&t->p, "sender", r->sender);
    struct str name = identity_name(&t->identities, t->v->run->arena, a->channel, r->sender);
    if (name.n) pretty_string(&t->p, "identity", name);
    if (r->guild.n) pretty_string(&t->p, "guild", r->guild);
    pretty_bool(&t->p, "owner", r->is_owner);
    pretty_bool(&t->p, "admitted", reach_admits(r));
    add_location(t, r->at);
    if (r->agent < 0) {
        pretty_null(&t->p, "agent");
    } else {
        pretty_string(&t->p, "agent", m->agents.v[r->agent].id);
        pretty_string(&t->p, "session", access_session(t->v->run->arena, r));
        pretty_string(&t->p, "matchedBy", str_from(route_tier_name(r->tier)));
        if (r->binding >= 0) pretty_number(&t->p, "binding", (uint64_t)r->binding);
        add_powers(t, r);
    }
    pretty_end(&t->p);
}

static void add_account(struct telling *t, uint32_t number, size_t *next) {
    const struct analysis *s = t->v->analysis;
    const struct account *a = &s->model->accounts.v[number];
    pretty_object(&t->p, NULL);
    pretty_string(&t->p, "channel", a->channel);
    pretty_string(&t->p, "account", a->key);
    pretty_string(&t->p, "id", a->id);
    pretty_bool(&t->p, "default", a->is_default);
    pretty_bool(&t->p, "enabled", a->enabled);
    pretty_bool(&t->p, "runs", a->enabled && account_runs(a));
    add_location(t, a->at);
    add_direct(t, a);
    add_groups(t, a);
    pretty_array(&t->p, "senders");
    for (; *next < s->reaches.n && s->reaches.v[*next].account == number; ++*next)
        add_reach(t, &s->reaches.v[*next]);
    pretty_end(&t->p);
    pretty_end(&t->p);
}

void access_add_json(struct buf *b, const struct access_view *v) {
    const struct model *m = v->analysis->model;
    struct telling t = {
        .v = v, .p = {.b = b}, .identities = identities_new(v->run->arena, &m->routing)};
    size_t next = 0;
    pretty_object(&t.p, NULL);
    pretty_number(&t.p, "format", 1);
    pretty_string(&t.p, "file", source_name(v->run->sources, m->loaded->file));
    pretty_string(&t.p, "gateway", m->gateway->version);
    pretty_string(&t.p, "why", m->loaded->why);
    pretty_bool(&t.p, "complete", !v->analysis->reaches_cut);
    pretty_array(&t.p, "accounts");
    for (uint32_t i = 0; i < m->accounts.n; i++)
        if (!m->accounts.v[i].unlisted) add_account(&t, i, &next);
    pretty_end(&t.p);
    pretty_end(&t.p);
}
