/* Who can reach whom, and who is told to: common networks, addresses of gateways in texts, loops.
 */
#include <stdlib.h>

#include "analysis/fleet/compare.h"
#include "base/buf.h"

/* ---- common networks ---------------------------------------------------------------------------
 */

struct joined {
    struct str network;
    uint32_t gateway;
    place at;
};

static int by_network(const void *left, const void *right) {
    const struct joined *a = left, *b = right;
    int order = str_compare(a->network, b->network);
    return order ? order : a->gateway < b->gateway ? -1 : a->gateway > b->gateway;
}

static struct str pair_key(struct comparing *c, struct str a, struct str b) {
    bool ordered = str_compare(a, b) <= 0;
    return str_format(c->scratch, STR_FMT "\n" STR_FMT, STR_ARG(ordered ? a : b),
                      STR_ARG(ordered ? b : a));
}

static struct map declared_pairs(struct comparing *c) {
    struct map declared = map_new(c->scratch);
    for (size_t i = 0; i < c->block->edges.n; i++)
        map_put(&declared, pair_key(c, c->block->edges.v[i].from, c->block->edges.v[i].to), 1,
                NULL);
    return declared;
}

static bool is_declared(struct comparing *c, const struct map *declared, uint32_t a, uint32_t b) {
    return declared->n && map_get(declared, pair_key(c, c->g[a]->name, c->g[b]->name));
}

/* Of very many gateways on a network one finding says the same as one for each pair, and can be
 * read. In it is who shares the network with somebody whom it is not declared to talk to. */
static void compare_many(struct comparing *c, const struct joined *v, size_t n) {
    struct map here = map_new(c->scratch), said = map_new(c->scratch);
    uint32_t *partners = ARENA_ARRAY(c->scratch, uint32_t, n);
    for (size_t i = 0; i < n; i++) map_put(&here, c->g[v[i].gateway]->name, (uint32_t)i, NULL);
    for (size_t i = 0; i < c->block->edges.n; i++) {
        struct str from = c->block->edges.v[i].from, to = c->block->edges.v[i].to;
        const uint32_t *a = map_get(&here, from), *b = map_get(&here, to);
        bool is_new;
        if (!a || !b || *a == *b) continue;
        map_put(&said, pair_key(c, from, to), 1, &is_new);
        if (is_new) partners[*a]++, partners[*b]++;
    }
    struct open_share *s = fleet_share(c, "shared-network", v->network, v->network);
    for (size_t i = 0; i < n; i++) {
        const uint32_t *first = map_get(&here, c->g[v[i].gateway]->name);
        if (partners[*first] + 1 < here.n) fleet_use(c, s, v[i].gateway, v[i].at);
    }
}

/* The gateways of one network: a finding for each pair. */
static void compare_joined(struct comparing *c, const struct map *declared, const struct joined *v,
                           size_t n) {
    enum { PAIRED = 64 };
    if (n > PAIRED) {
        compare_many(c, v, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            if (v[i].gateway != v[k].gateway &&
                !is_declared(c, declared, v[i].gateway, v[k].gateway))
                fleet_two(c, "shared-network", v[i].network, v[i].gateway, v[i].at, v[k].gateway,
                          v[k].at);
}

static void compare_common_networks(struct comparing *c) {
    struct map declared = declared_pairs(c);
    ARRAY(struct joined) all = {NULL, 0, 0};
    for (uint32_t i = 0; i < c->n; i++) {
        const struct compose_service *s = c->g[i]->service;
        for (size_t k = 0; s && k < s->networks.n; k++)
            ARRAY_PUSH(c->scratch, all) =
                (struct joined){s->networks.v[k].name, i, s->networks.v[k].at};
    }
    if (all.n) qsort(all.v, all.n, sizeof *all.v, by_network);
    for (size_t i = 0; i < all.n;) {
        size_t end = i + 1;
        while (end < all.n && str_equal(all.v[i].network, all.v[end].network)) end++;
        compare_joined(c, &declared, &all.v[i], end - i);
        i = end;
    }
}

/* ---- addresses ---------------------------------------------------------------------------------
 */

struct listed {
    ARRAY(uint32_t) gateways;
};

/* "NAME:PORT" -> gateways that have this address. */
struct addresses {
    struct comparing *c;
    struct map numbers;
    ARRAY(struct listed) lists;
};

static void add_address(struct addresses *x, struct str name, uint32_t gateway) {
    struct str host = x->c->g[gateway]->host; /* names are those of its machine */
    if (!name.n) return;
    struct str key =
        str_format(x->c->scratch, STR_FMT "%s" STR_FMT ":%lld", STR_ARG(host), host.n ? "\n" : "",
                   STR_ARG(name), (long long)x->c->g[gateway]->port);
    bool is_new;
    uint32_t at = *map_put(&x->numbers, key, (uint32_t)x->lists.n, &is_new);
    if (is_new) ARRAY_PUSH(x->c->scratch, x->lists) = (struct listed){{NULL, 0, 0}};
    struct listed *l = &x->lists.v[at];
    if (!l->gateways.n || l->gateways.v[l->gateways.n - 1] != gateway)
        ARRAY_PUSH(x->c->scratch, l->gateways) = gateway;
}

static void add_service_names(struct addresses *x, const struct compose_service *s,
                              uint32_t gateway) {
    add_address(x, s->name, gateway);
    add_address(x, s->container_name, gateway);
    add_address(x, s->hostname, gateway);
}

/* What others call a gateway; one in another's network namespace has that one's names, too. */
static void add_names(struct addresses *x, uint32_t i) {
    const struct fleet_gateway *g = x->c->g[i];
    if (g->service) add_service_names(x, g->service, i);
    if (!g->owner) return;
    if (g->owner != g->service) add_service_names(x, g->owner, i);
    for (size_t k = 0; k < g->owner->networks.n; k++)
        for (size_t j = 0; j < g->owner->networks.v[k].n_aliases; j++)
            add_address(x, g->owner->networks.v[k].aliases[j], i);
}

static bool shares_namespace(const struct fleet_gateway *a, const struct fleet_gateway *b) {
    return str_equal(a->namespace, b->namespace) && a->owner == b->owner;
}

static bool can_reach(const struct fleet_gateway *a, const struct fleet_gateway *b) {
    if (shares_namespace(a, b)) return true;
    if (!a->owner || !b->owner) return false;
    for (size_t i = 0; i < a->owner->networks.n; i++)
        for (size_t k = 0; k < b->owner->networks.n; k++)
            if (str_equal(a->owner->networks.v[i].name, b->owner->networks.v[k].name)) return true;
    return false;
}

/* ---- links -------------------------------------------------------------------------------------
 */

struct linking {
    struct comparing *c;
    struct addresses all, local; /* local: those within one network namespace, by 127.0.0.1 */
    struct map found;            /* "from to" -> number of its link */
};

/* A place in a file that has no tree gets a node of its own. */
static place match_place(struct linking *l, const struct fleet_text *t, size_t from, size_t to) {
    if (!t->file) return t->at;
    struct span span = {t->file, (uint32_t)from, (uint32_t)to};
    node_id n = tree_add(l->c->tree, NODE_STRING, span);
    tree_node(l->c->tree, n)->flags |= NODE_SYNTHETIC;
    return n;
}

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

/* What follows the port is the path of the hooks that start a turn of an agent. */
static bool names_agent_hook(const struct fleet_gateway *to, struct str rest) {
    struct str path = to->hooks_path.p ? to->hooks_path : STR("hooks");
    struct str end = STR("/agent");
    if (!rest.n || rest.p[0] != '/') return false;
    rest = str_slice(rest, 1, rest.n);
    if (!str_starts(rest, path)) return false;
    rest = str_slice(rest, path.n, rest.n);
    if (!str_starts(rest, end)) return false;
    return rest.n == end.n || !is_word(rest.p[end.n]);
}

static void link_to(struct linking *l, uint32_t from, uint32_t to, const struct fleet_text *t,
                    size_t start, size_t end) {
    struct comparing *c = l->c;
    if (from == to) return;
    bool open = can_reach(c->g[from], c->g[to]);
    bool agent = names_agent_hook(c->g[to], str_slice(t->text, end, t->text.n));
    struct str key = str_format(c->scratch, "%s%u %u", open ? "" : "blocked ", from, to);
    bool is_new;
    size_t n = open ? c->fleet->links.n : c->fleet->blocked.n;
    uint32_t at = *map_put(&l->found, key, (uint32_t)n, &is_new);
    struct fleet_link link = {c->g[from], c->g[to], from, to, agent, 0};
    if (is_new) {
        link.at = match_place(l, t, start, end);
        if (open)
            ARRAY_PUSH(c->arena, c->fleet->links) = link;
        else
            ARRAY_PUSH(c->arena, c->fleet->blocked) = link;
    } else if (open && agent && !c->fleet->links.v[at].agent) {
        c->fleet->links.v[at].agent = true;
        c->fleet->links.v[at].at = match_place(l, t, start, end);
    }
}

/* Gateways of one address are in each other's way, and are told so: a link to each of a few says
 * enough. */
static bool may_be_meant(struct linking *l, size_t i) {
    enum { FEW = 64 };
    if (i >= FEW) l->c->fleet->cut = true;
    return i < FEW;
}

/* `://NAME:PORT`: the name ends at the first colon, the port at what is no digit. */
static void look_up(struct linking *l, uint32_t from, const struct fleet_text *t, size_t start) {
    enum { LONGEST_NAME = 255 };
    size_t colon = start;
    while (colon < t->text.n && colon - start <= LONGEST_NAME && t->text.p[colon] != ':') colon++;
    if (colon >= t->text.n || t->text.p[colon] != ':') return;
    size_t end = colon + 1;
    while (end < t->text.n && t->text.p[end] >= '0' && t->text.p[end] <= '9') end++;
    if (end < t->text.n && t->text.p[end] == '@') return; /* NAME:PASSWORD of a login */
    struct str key = str_slice(t->text, start, end);
    struct str machine = l->c->g[from]->host;
    if (machine.n)
        key = str_format(l->c->scratch, STR_FMT "\n" STR_FMT, STR_ARG(machine), STR_ARG(key));
    const uint32_t *at = map_get(&l->all.numbers, key);
    for (size_t i = 0; at && i < l->all.lists.v[*at].gateways.n && may_be_meant(l, i); i++)
        link_to(l, from, l->all.lists.v[*at].gateways.v[i], t, start, end);
    struct str host = str_slice(t->text, start, colon);
    if (!str_equal(host, STR("127.0.0.1")) && !str_equal(host, STR("localhost"))) return;
    struct str near = str_format(l->c->scratch, STR_FMT "%s" STR_FMT STR_FMT, STR_ARG(machine),
                                 machine.n ? "\n" : "", STR_ARG(l->c->g[from]->namespace),
                                 STR_ARG(str_slice(t->text, colon, end)));
    at = map_get(&l->local.numbers, near);
    for (size_t i = 0; at && i < l->local.lists.v[*at].gateways.n && may_be_meant(l, i); i++) {
        uint32_t to = l->local.lists.v[*at].gateways.v[i];
        if (shares_namespace(l->c->g[from], l->c->g[to])) link_to(l, from, to, t, start, end);
    }
}

static void read_text(struct linking *l, uint32_t from, const struct fleet_text *t) {
    for (size_t at = 0; (at = str_find(t->text, STR("://"), at)) != SIZE_MAX; at += 3)
        look_up(l, from, t, at + 3);
}

static int by_ends(const void *left, const void *right) {
    const struct fleet_link *a = left, *b = right;
    int order = str_compare_utf16(a->from->name, b->from->name);
    return order ? order : str_compare_utf16(a->to->name, b->to->name);
}

static void find_links(struct comparing *c) {
    struct linking l = {.c = c,
                        .all = {.c = c, .numbers = map_new(c->scratch)},
                        .local = {.c = c, .numbers = map_new(c->scratch)},
                        .found = map_new(c->scratch)};
    for (uint32_t i = 0; i < c->n; i++) {
        add_names(&l.all, i);
        add_address(&l.local, c->g[i]->namespace, i);
    }
    for (uint32_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->g[i]->texts.n; k++) read_text(&l, i, &c->g[i]->texts.v[k]);
    if (c->fleet->links.n)
        qsort(c->fleet->links.v, c->fleet->links.n, sizeof *c->fleet->links.v, by_ends);
    if (c->fleet->blocked.n)
        qsort(c->fleet->blocked.v, c->fleet->blocked.n, sizeof *c->fleet->blocked.v, by_ends);
}

/* ---- what is wrong with links ------------------------------------------------------------------
 */

static void check_link(struct comparing *c, const struct fleet_link *link) {
    uint32_t from = link->from_number, to = link->to_number;
    if (link->to->loopback && !shares_namespace(link->from, link->to))
        fleet_alone(c, "loopback-unreachable",
                    str_format(c->scratch, "port %lld", (long long)link->to->port), to,
                    link->to->bind_at);
    struct str hub = c->block->hub;
    if (!hub.n || str_equal(link->from->name, hub) || str_equal(link->to->name, hub)) return;
    struct str resource = str_format(c->scratch, STR_FMT "->" STR_FMT, STR_ARG(link->from->name),
                                     STR_ARG(link->to->name));
    struct open_share *s =
        fleet_two(c, "spoke-to-spoke", resource, from, link->at, to, link->to->at);
    if (s->members.n == 2) s->members.v[1].role = "is the one that is called";
}

/* Tarjan's strongly connected components over the links that start turns, without recursion. */
struct components {
    struct comparing *c;
    const uint32_t *first, *targets; /* links of gateway i: targets[first[i]] ... [first[i + 1]] */
    const place *places;             /* of the links */
    uint32_t *order, *low, *next, *stack, *path;
    bool *on_stack, *in_loop;
    uint32_t counter, n_stack, n_path;
};

/* Where a gateway names another one of its loop. */
static place link_place(const struct components *s, uint32_t from) {
    for (uint32_t i = s->first[from]; i < s->first[from + 1]; i++)
        if (s->in_loop[s->targets[i]]) return s->places[i];
    return s->c->g[from]->at;
}

static int by_number(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static void add_loop(struct components *s, uint32_t *members, uint32_t n) {
    struct comparing *c = s->c;
    struct buf resource = buf_new(c->scratch);
    qsort(members, n, sizeof *members, by_number); /* gateways are in the order of names */
    for (uint32_t i = 0; i < n; i++) {
        if (i) buf_add(&resource, STR("<->"));
        buf_add(&resource, c->g[members[i]]->name);
        s->in_loop[members[i]] = true;
    }
    struct open_share *share =
        fleet_share(c, "delegation-loop", buf_str(&resource), buf_str(&resource));
    for (uint32_t i = 0; i < n; i++) fleet_use(c, share, members[i], link_place(s, members[i]));
    for (uint32_t i = 0; i < n; i++) s->in_loop[members[i]] = false;
}

static void enter(struct components *s, uint32_t v) {
    s->order[v] = s->low[v] = ++s->counter;
    s->next[v] = s->first[v];
    s->stack[s->n_stack++] = v;
    s->on_stack[v] = true;
    s->path[s->n_path++] = v;
}

static void leave(struct components *s, uint32_t v) {
    s->n_path--;
    if (s->n_path && s->low[v] < s->low[s->path[s->n_path - 1]])
        s->low[s->path[s->n_path - 1]] = s->low[v];
    if (s->low[v] != s->order[v]) return;
    uint32_t end = s->n_stack;
    do s->on_stack[s->stack[--s->n_stack]] = false;
    while (s->stack[s->n_stack] != v);
    if (end - s->n_stack > 1) add_loop(s, &s->stack[s->n_stack], end - s->n_stack);
}

static void explore(struct components *s, uint32_t root) {
    enter(s, root);
    while (s->n_path) {
        uint32_t v = s->path[s->n_path - 1];
        if (s->next[v] == s->first[v + 1]) {
            leave(s, v);
            continue;
        }
        uint32_t to = s->targets[s->next[v]++];
        if (!s->order[to])
            enter(s, to);
        else if (s->on_stack[to] && s->order[to] < s->low[v])
            s->low[v] = s->order[to];
    }
}

static void find_loops(struct comparing *c) {
    uint32_t *first = ARENA_ARRAY(c->scratch, uint32_t, c->n + 1), n = 0;
    uint32_t *targets = ARENA_ARRAY(c->scratch, uint32_t, c->fleet->links.n + 1);
    place *places = ARENA_ARRAY(c->scratch, place, c->fleet->links.n + 1);
    size_t at = 0; /* links are ordered by `from`, as the gateways are */
    for (uint32_t i = 0; i < c->n; i++) {
        first[i] = n;
        for (; at < c->fleet->links.n && c->fleet->links.v[at].from == c->g[i]; at++)
            if (c->fleet->links.v[at].agent) {
                places[n] = c->fleet->links.v[at].at;
                targets[n++] = c->fleet->links.v[at].to_number;
            }
    }
    first[c->n] = n;
    uint32_t *room = ARENA_ARRAY(c->scratch, uint32_t, (size_t)c->n * 5);
    struct components s = {.c = c,
                           .first = first,
                           .targets = targets,
                           .places = places,
                           .order = room,
                           .low = room + c->n,
                           .next = room + 2 * (size_t)c->n,
                           .stack = room + 3 * (size_t)c->n,
                           .path = room + 4 * (size_t)c->n,
                           .on_stack = ARENA_ARRAY(c->scratch, bool, c->n),
                           .in_loop = ARENA_ARRAY(c->scratch, bool, c->n)};
    for (uint32_t i = 0; i < c->n; i++)
        if (!s.order[i]) explore(&s, i);
}

void compare_networks(struct comparing *c) {
    compare_common_networks(c);
    find_links(c);
    for (size_t i = 0; i < c->fleet->links.n; i++) check_link(c, &c->fleet->links.v[i]);
    find_loops(c);
}
