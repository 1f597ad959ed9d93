#include "analysis/room_access.h"

#include "model/ids.h"

static bool has_policy(const struct account *a, const char *policy) {
    return str_equal(a->group_policy.v, str_from(policy));
}

static bool is_any(struct str name) {
    return str_equal(name, STR("*"));
}

/* The room itself (and what it lies in), else the entry for every other. */
struct found_room {
    const struct room *room, *outer, *any;
    bool listed; /* the account names some room */
};

static struct found_room found(const struct account *a, const struct room *room) {
    return (struct found_room){.room = room,
                               .outer = room && room->inner ? &a->rooms.v[room->outer] : NULL,
                               .any = a->rooms.any,
                               .listed = a->rooms.n > 0};
}

static const struct room *find_room(const struct account *a, struct str name) {
    const uint32_t *at = name.n ? map_get(&a->rooms.index, name) : NULL;
    return at ? &a->rooms.v[*at] : NULL;
}

static size_t count_named(const struct text_list *list, bool *any) {
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        struct str entry = ids_trim(list->v[i].v);
        if (is_any(entry))
            *any = true;
        else
            n += entry.n > 0;
    }
    return n;
}

/* The list of the room, of what it lies in, or none. */
static const struct text_list *own_list(const struct found_room *f, bool roles) {
    const struct room *levels[] = {f->room, f->outer, f->any};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (!levels[i]) continue;
        const struct text_list *list = roles ? &levels[i]->roles : &levels[i]->users;
        if (list->n) return list;
    }
    return NULL;
}

/* Channels whose rooms say themselves who may speak; the others have one list for all groups. */
static bool rooms_have_users(const struct account *a) {
    return str_equal(a->channel, STR("discord")) || str_equal(a->channel, STR("slack"));
}

static void find_members(const struct account *a, const struct found_room *f,
                         struct room_access *out) {
    const struct text_list *users = own_list(f, false), *roles = own_list(f, true);
    out->by_role = roles != NULL;
    if (users || roles) {
        out->listed = users;
        if (users) out->n_members = count_named(users, &out->any_member);
        out->at = users ? users->at : roles->at;
        return;
    }
    out->at = f->room ? f->room->at : f->any ? f->any->at : a->group_policy.at;
    if (has_policy(a, "open") || rooms_have_users(a)) {
        out->any_member = true;
        return;
    }
    out->n_members = a->n_group_senders;
    out->any_member = a->group_wildcard;
    if (out->n_members || out->any_member) out->at = a->group_list_at;
    /* Telegram: members of a group that is listed by name are admitted where no list says who. */
    if (!out->n_members && !out->any_member && f->room && str_equal(a->channel, STR("telegram")))
        out->any_member = true;
}

bool room_access_admits(const struct room_access *r) {
    return r->admitted && (r->any_member || r->n_members || r->by_role);
}

bool room_access_beyond(const struct account *a) {
    struct found_room f = found(a, NULL);
    if (has_policy(a, "disabled")) return false;
    if (has_policy(a, "open")) return !f.listed || f.any || rooms_have_users(a);
    if (f.any) return f.any->enabled;
    /* Telegram asks for the group itself; elsewhere a list of senders is enough. */
    bool by_sender = !rooms_have_users(a) && !str_equal(a->channel, STR("telegram"));
    return !f.listed && by_sender && (a->n_group_senders || a->group_wildcard);
}

struct room_access room_access_at(const struct account *a, const struct room *room) {
    struct found_room f = found(a, room);
    struct room_access out = {.at = a->group_policy.at};
    if (has_policy(a, "disabled")) return out;
    bool off = (f.room && !f.room->enabled) || (f.outer && !f.outer->enabled);
    out.admitted = f.room ? !off : room_access_beyond(a);
    find_members(a, &f, &out);
    return out;
}

struct room_access room_access_of(const struct account *a, struct str room) {
    return room_access_at(a, find_room(a, room));
}
