/* Rooms and commands of an account: the guilds, groups and channels that it names, and whether
 * commands are offered there. */
#include "model/accounts.h"

/* What a channel calls its rooms, those inside of them, and the list of who may speak. */
struct room_keys {
    const char *rooms, *inner, *users;
};

static struct room_keys keys_of(struct str channel) {
    if (str_equal(channel, STR("discord")))
        return (struct room_keys){"guilds", "channels", "users"};
    if (str_equal(channel, STR("slack"))) return (struct room_keys){"channels", NULL, "users"};
    if (str_equal(channel, STR("msteams"))) return (struct room_keys){"teams", "channels", "users"};
    if (str_equal(channel, STR("nextcloud-talk")))
        return (struct room_keys){"rooms", NULL, "allowFrom"};
    return (struct room_keys){"groups", "topics", "allowFrom"};
}

struct rooms_reading {
    const struct listing *l;
    struct room_keys keys;
    uint32_t outer;
    ARRAY(struct room) rooms;
};

/* Lists of another kind than an array are none. */
static struct text_list list_if_any(const struct listing *l, node_id object, const char *key) {
    node_id n = tree_member(l->r->tree, object, str_from(key));
    if (!tree_is(l->r->tree, n, NODE_ARRAY)) return (struct text_list){.at = object};
    return value_list(l->m->arena, l->r, object, key, object);
}

static void add_room(struct rooms_reading *s, node_id n, bool inner) {
    const struct tree *t = s->l->r->tree;
    if (!tree_is(t, n, NODE_OBJECT)) return;
    if (!inner) s->outer = (uint32_t)s->rooms.n;
    ARRAY_PUSH(s->l->m->arena, s->rooms) =
        (struct room){.name = tree_key_text(t, tree_node(t, n)->key),
                      .at = n,
                      .inner = inner,
                      .outer = s->outer,
                      .enabled = account_flag(s->l, n, true),
                      .users = list_if_any(s->l, n, s->keys.users),
                      .roles = list_if_any(s->l, n, "roles")};
}

static struct room_list read_rooms(const struct listing *l, node_id map, place around) {
    const struct tree *t = l->r->tree;
    struct rooms_reading s = {.l = l, .keys = keys_of(l->channel->name)};
    for (TREE_EACH(t, n, map)) {
        add_room(&s, n, false);
        if (!s.keys.inner) continue;
        for (TREE_EACH(t, inner, tree_member(t, n, str_from(s.keys.inner))))
            add_room(&s, inner, true);
    }
    struct room_list list = {
        .v = s.rooms.v, .n = s.rooms.n, .index = map_new(l->m->arena), .at = map ? map : around};
    for (size_t i = 0; i < list.n; i++) {
        const struct room *r = &list.v[i];
        map_put(&list.index, r->name, (uint32_t)i, NULL);
        if (!list.any && !r->inner && str_equal(r->name, STR("*"))) list.any = r;
    }
    return list;
}

/* Accounts share the rooms of their channel, which may be many: each map is read once. */
static struct room_list rooms_of(const struct listing *l, node_id map, place around) {
    if (!tree_is(l->r->tree, map, NODE_OBJECT)) return (struct room_list){.at = around};
    struct str id = str_copy(l->m->arena, (struct str){(const char *)&map, sizeof map});
    bool is_new;
    uint32_t at = *map_put(&l->lists->by_map, id, (uint32_t)l->lists->rooms.n, &is_new);
    if (is_new) {
        struct room_list list = read_rooms(l, map, around);
        ARRAY_PUSH(l->m->arena, l->lists->rooms) = list;
    }
    return l->lists->rooms.v[at];
}

struct text model_command_switch(const struct reading *r, node_id commands, const char *key,
                                 place around) {
    node_id n = tree_member(r->tree, commands, str_from(key));
    if (tree_is(r->tree, n, NODE_BOOL))
        return (struct text){.v = tree_node(r->tree, n)->u.boolean ? STR("true") : STR("false"),
                             .at = n,
                             .set = true};
    if (str_equal(tree_text(r->tree, n), STR("auto"))) return value_of_node(r, n);
    return (struct text){.v = STR(""), .at = around};
}

static struct flag flag_of(const struct listing *l, node_id own, node_id above, const char *key,
                           place around) {
    node_id n = tree_member(l->r->tree, own, str_from(key));
    if (!n) n = tree_member(l->r->tree, above, str_from(key));
    if (!tree_is(l->r->tree, n, NODE_BOOL)) return (struct flag){.at = around};
    return (struct flag){tree_node(l->r->tree, n)->u.boolean, n, true};
}

/* A block of the account replaces that of the channel as a whole. */
static node_id block_of(const struct listing *l, const struct layers *at, const char *key) {
    node_id own = tree_member(l->r->tree, at->own, str_from(key));
    return own ? own : tree_member(l->r->tree, at->channel, str_from(key));
}

void account_read_rooms(const struct listing *l, const struct layers *at, struct account *a) {
    const struct room_keys keys = keys_of(l->channel->name);
    bool groups = str_equal(str_from(keys.rooms), STR("groups"));
    node_id commands = block_of(l, at, "commands");
    place commands_at = value_place(commands, a->at);
    a->rooms = rooms_of(l, groups ? a->groups : block_of(l, at, keys.rooms), a->at);
    a->name_matching = flag_of(l, at->own, at->channel, "dangerouslyAllowNameMatching", a->at);
    a->native = model_command_switch(l->r, commands, "native", commands_at);
    a->native_skills = model_command_switch(l->r, commands, "nativeSkills", commands_at);
    node_id slash = block_of(l, at, "slashCommand");
    a->slash_command = flag_of(l, slash, 0, "enabled", value_place(slash, a->at));
}
