/* Lists of senders: what an entry means, and whom a list admits. */
#include "model/accounts.h"
#include "model/ids.h"

static struct str lower_ascii_equal_prefix(struct str s, struct str prefix) {
    if (s.n < prefix.n) return STR_NONE;
    for (size_t i = 0; i < prefix.n; i++) {
        char c = s.p[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        if (c != prefix.p[i]) return STR_NONE;
    }
    return str_slice(s, prefix.n, s.n);
}

static struct str drop_prefix(const struct gateway_data *g, struct str channel, struct str s) {
    struct names prefixes = name_map_get(&g->sender_prefixes, channel);
    for (size_t i = 0; i < prefixes.n; i++) {
        struct str rest = lower_ascii_equal_prefix(s, prefixes.v[i]);
        if (rest.p) return ids_trim(rest);
    }
    return s;
}

/* E.164 as the gateway makes it: digits with one plus in front. */
static struct str as_e164(struct arena *a, struct str s) {
    struct str name = str_slice(s, 0, str_find(s, STR("@"), 0));
    char *out = arena_alloc(a, name.n + 2);
    size_t n = 0;
    out[n++] = '+';
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] >= '0' && name.p[i] <= '9') out[n++] = name.p[i];
    return (struct str){out, n};
}

/* `<@123>` and `<@!123>` are the id 123. */
static struct str without_mention(struct str s) {
    if (!str_starts(s, STR("<@")) || !str_ends(s, STR(">"))) return s;
    struct str id = str_slice(s, 2, s.n - 1);
    return str_starts(id, STR("!")) ? str_slice(id, 1, id.n) : id;
}

struct str model_sender(const struct model *m, struct str channel, struct str written) {
    struct str s = drop_prefix(m->gateway, channel, ids_trim(written));
    struct names form = name_map_get(&m->gateway->sender_form, channel);
    if (form.n && str_equal(form.v[0], STR("e164"))) return as_e164(m->arena, s);
    return form.n ? without_mention(s) : s;
}

static void collect_senders(const struct listing *l, struct read_list *of) {
    const struct text_list *list = &of->list;
    struct arena *scratch = arena_new();
    struct sender *v = ARENA_ARRAY(l->m->arena, struct sender, list->n);
    struct map seen = map_new(scratch);
    for (size_t i = 0; i < list->n; i++) {
        struct str written = ids_trim(list->v[i].v);
        if (str_equal(written, STR("*"))) of->wildcard = true;
        if (!written.n || str_equal(written, STR("*"))) continue;
        bool is_new;
        /* The digits of an unknown value are unknown, too. */
        struct str id =
            list->v[i].symbolic ? written : model_sender(l->m, l->channel->name, written);
        map_put(&seen, id, 1, &is_new);
        if (id.n && is_new) v[of->n_senders++] = (struct sender){id, list->v[i].at};
    }
    of->senders = v;
    arena_free(scratch);
}

struct text_list sender_list_of(const struct listing *l, node_id object, const char *key,
                                place around) {
    node_id n = tree_member(l->r->tree, object, str_from(key));
    if (!tree_is(l->r->tree, n, NODE_ARRAY))
        return value_list(l->m->arena, l->r, object, key, around);
    struct str id = str_copy(l->m->arena, (struct str){(const char *)&n, sizeof n});
    bool is_new;
    uint32_t at = *map_put(&l->lists->by_node, id, (uint32_t)l->lists->read.n, &is_new);
    if (is_new) {
        struct read_list *list = &ARRAY_PUSH(l->m->arena, l->lists->read);
        *list = (struct read_list){.list = value_list(l->m->arena, l->r, object, key, around)};
        collect_senders(l, list);
    }
    return l->lists->read.v[at].list;
}

const struct sender *senders_of(const struct listing *l, const struct text_list *list, size_t *n,
                                bool *wildcard) {
    node_id node = list->at & ~PLACE_KEY;
    const uint32_t *at =
        list->set ? map_get(&l->lists->by_node, (struct str){(const char *)&node, sizeof node})
                  : NULL;
    *n = 0;
    if (!at) return NULL;
    const struct read_list *read = &l->lists->read.v[*at];
    *n = read->n_senders;
    *wildcard = *wildcard || read->wildcard;
    return read->senders;
}
