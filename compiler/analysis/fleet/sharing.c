#include "analysis/fleet/sharing.h"

#include "model/locations.h"

/* ---- who meets whom ----------------------------------------------------------------------------
 */

static bool in_one_state(struct str a, struct str b) {
    return a.n && str_equal(a, b);
}

static bool is_said_above(const struct path_user *a, const struct path_user *b) {
    for (size_t i = 0; i < a->n_above; i++)
        for (size_t k = 0; k < b->n_above; k++)
            if (a->above[i].number == b->above[k].number &&
                !in_one_state(a->above[i].state, b->above[k].state))
                return true;
    return false;
}

static bool meet(unsigned rules, const struct path_user *a, const struct path_user *b) {
    if (a->gateway == b->gateway) return false;
    if (rules & SHARING_ONE_STATE && in_one_state(a->state, b->state)) return false;
    if (rules & SHARING_READ_ONLY && a->path->read_only && b->path->read_only) return false;
    return !(rules & SHARING_SAID_ABOVE && is_said_above(a, b));
}

static bool are_alike(const struct path_user *a, const struct path_user *b) {
    if (a->path->read_only != b->path->read_only || !str_equal(a->state, b->state) ||
        a->n_above != b->n_above)
        return false;
    for (size_t i = 0; i < a->n_above; i++)
        if (a->above[i].number != b->above[i].number ||
            !str_equal(a->above[i].state, b->above[i].state))
            return false;
    return true;
}

/* Two of each kind are kept. A use that has nothing above it can be kept from meeting by its
 * gateway and its state directory alone: whatever the other is, one of few kinds meets it. */
static void add_kind(struct comparing *c, struct path_users *kinds, const struct path_user *u) {
    enum { FEW = 8 };
    size_t alike = 0, plain = 0;
    if (!fleet_work(c, kinds->list.n + 1)) return;
    for (size_t i = 0; i < kinds->list.n; i++) {
        const struct path_user *k = &kinds->list.v[i];
        if (are_alike(k, u) && (k->gateway == u->gateway || ++alike == 2)) return;
        plain += !k->n_above && k->path->read_only == u->path->read_only;
    }
    if (!u->n_above && plain >= FEW) return;
    ARRAY_PUSH(c->scratch, kinds->list) = *u;
}

static bool meets_any(struct comparing *c, unsigned rules, const struct path_users *kinds,
                      const struct path_user *u) {
    for (size_t i = 0; i < kinds->list.n; i++)
        if (fleet_work(c, 1) && meet(rules, &kinds->list.v[i], u)) return true;
    return false;
}

/* ---- the index ---------------------------------------------------------------------------------
 */

struct path_index path_index_new(struct comparing *c, unsigned rules, bool nested) {
    return (struct path_index){
        .c = c, .rules = rules, .nested = nested, .numbers = map_new(c->scratch)};
}

struct path_entry *path_index_get(const struct path_index *x, struct str path) {
    const uint32_t *at = map_get(&x->numbers, path);
    return at ? &x->entries.v[*at] : NULL;
}

void path_index_add(struct path_index *x, uint32_t gateway, const struct fleet_path *path) {
    struct arena *a = x->c->scratch;
    struct str state = x->c->g[gateway]->state.located;
    if (!path->located.n) return;
    bool is_new;
    uint32_t at = *map_put(&x->numbers, path->located, (uint32_t)x->entries.n, &is_new);
    if (is_new) ARRAY_PUSH(a, x->entries) = (struct path_entry){.path = path->located};
    if (!location_contains(state, path->located)) state = STR("");
    ARRAY_PUSH(a, x->entries.v[at].users.list) =
        (struct path_user){.gateway = gateway, .path = path, .state = state};
}

/* The first use of a gateway, or where it would be. */
static size_t first_of(const struct path_users *u, uint32_t gateway) {
    size_t low = 0, high = u->list.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (u->list.v[middle].gateway < gateway)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void find_above(struct path_index *x, struct path_user *u) {
    ARRAY(struct path_above) above = {NULL, 0, 0};
    struct str at = fleet_above(u->path->located);
    for (; at.n; at = fleet_above(at)) {
        const struct path_entry *e = path_index_get(x, at);
        size_t i = e ? first_of(&e->users, u->gateway) : 0;
        if (!e || i == e->users.list.n || e->users.list.v[i].gateway != u->gateway) continue;
        ARRAY_PUSH(x->c->scratch, above) =
            (struct path_above){(uint32_t)(e - x->entries.v), e->users.list.v[i].state};
    }
    u->above = above.v;
    u->n_above = above.n;
}

static void find_kinds(struct path_index *x) {
    for (size_t i = 0; i < x->entries.n; i++)
        for (size_t k = 0; k < x->entries.v[i].users.list.n; k++) {
            struct path_user *u = &x->entries.v[i].users.list.v[k];
            if (x->rules & SHARING_SAID_ABOVE) find_above(x, u);
            add_kind(x->c, &x->entries.v[i].kinds, u);
        }
}

/* ---- findings ----------------------------------------------------------------------------------
 */

static void use(struct path_index *x, const char *kind, struct path_entry *e,
                const struct path_user *u) {
    if (!e->share) {
        e->share = fleet_share(x->c, kind, e->path, e->path);
        e->share->found.read_only = true;
    }
    e->share->found.read_only = e->share->found.read_only && u->path->read_only;
    fleet_use(x->c, e->share, u->gateway, u->path->at);
}

/* Who meets somebody that uses the same path, or one above. */
static void share_upwards(struct path_index *x, const char *kind, const struct path_user *u) {
    for (struct str at = u->path->located; at.n; at = fleet_above(at)) {
        struct path_entry *e = path_index_get(x, at);
        if (e && x->nested) {
            ARRAY_PUSH(x->c->scratch, e->inner.list) = *u;
            add_kind(x->c, &e->within, u);
        }
        if (e && meets_any(x->c, x->rules, &e->kinds, u)) use(x, kind, e, u);
        if (!x->nested) return;
    }
}

/* A user and its place in the order of gateways: those of one path stand together. */
struct turn {
    uint32_t entry, user;
};

/* Every use, gateway by gateway: so the lists of what lies in a path are in that order, too. */
static void share_all(struct path_index *x, const char *kind) {
    struct arena *a = x->c->scratch;
    uint32_t *first = ARENA_ARRAY(a, uint32_t, (size_t)x->c->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < x->entries.n; i++)
        for (size_t k = 0; k < x->entries.v[i].users.list.n; k++, n++)
            first[x->entries.v[i].users.list.v[k].gateway + 1]++;
    for (uint32_t g = 0; g < x->c->n; g++) first[g + 1] += first[g];
    struct turn *turns = ARENA_ARRAY(a, struct turn, n);
    for (uint32_t i = 0; i < x->entries.n; i++)
        for (uint32_t k = 0; k < x->entries.v[i].users.list.n; k++)
            turns[first[x->entries.v[i].users.list.v[k].gateway]++] = (struct turn){i, k};
    for (size_t i = 0; i < n; i++)
        share_upwards(x, kind, &x->entries.v[turns[i].entry].users.list.v[turns[i].user]);
}

void path_index_share(struct path_index *x, const char *kind) {
    find_kinds(x);
    share_all(x, kind);
    for (size_t i = 0; i < x->entries.n; i++) {
        struct path_entry *e = &x->entries.v[i];
        if (!e->share) continue;
        for (size_t k = 0; x->nested && k < e->users.list.n; k++)
            if (meets_any(x->c, x->rules, &e->within, &e->users.list.v[k]))
                use(x, kind, e, &e->users.list.v[k]);
        fleet_cover(x->c, e->path, x->rules, &e->users, x->nested ? &e->inner : &e->users);
    }
}

/* ---- what is covered ---------------------------------------------------------------------------
 */

struct path_sharing {
    struct str path;
    unsigned rules;
    const struct path_users *outer, *inner;
};

/* The sharings of a path; with `below` also of what lies in it. */
struct near {
    ARRAY(uint32_t) at, below;
};

struct coverage {
    ARRAY(struct path_sharing) all;
    struct map numbers; /* path -> number in `near` */
    ARRAY(struct near) near;
};

static struct near *near_path(struct comparing *c, struct str path) {
    bool is_new;
    uint32_t at = *map_put(&c->coverage->numbers, path, (uint32_t)c->coverage->near.n, &is_new);
    if (is_new)
        ARRAY_PUSH(c->scratch, c->coverage->near) = (struct near){{NULL, 0, 0}, {NULL, 0, 0}};
    return &c->coverage->near.v[at];
}

void fleet_cover(struct comparing *c, struct str path, unsigned rules,
                 const struct path_users *outer, const struct path_users *inner) {
    if (!c->coverage) {
        c->coverage = ARENA_NEW(c->scratch, struct coverage);
        c->coverage->numbers = map_new(c->scratch);
    }
    uint32_t number = (uint32_t)c->coverage->all.n;
    ARRAY_PUSH(c->scratch, c->coverage->all) = (struct path_sharing){path, rules, outer, inner};
    ARRAY_PUSH(c->scratch, near_path(c, path)->at) = number;
    for (struct str at = fleet_above(path); at.n; at = fleet_above(at))
        ARRAY_PUSH(c->scratch, near_path(c, at)->below) = number;
}

/* Those of the gateways that stand for the uses among them. */
static bool has_two(struct comparing *c, const struct path_sharing *s, const uint32_t *gateways,
                    size_t n) {
    struct path_users kinds = {{NULL, 0, 0}};
    for (size_t i = 0; i < n && fleet_work(c, 1); i++)
        for (size_t k = first_of(s->outer, gateways[i]);
             k < s->outer->list.n && s->outer->list.v[k].gateway == gateways[i]; k++)
            add_kind(c, &kinds, &s->outer->list.v[k]);
    for (size_t i = 0; kinds.list.n && i < n && fleet_work(c, 1); i++)
        for (size_t k = first_of(s->inner, gateways[i]);
             k < s->inner->list.n && s->inner->list.v[k].gateway == gateways[i]; k++)
            if (meets_any(c, s->rules, &kinds, &s->inner->list.v[k])) return true;
    return false;
}

bool fleet_is_covered(struct comparing *c, struct str path, const uint32_t *gateways, size_t n) {
    if (!c->coverage) return false;
    for (struct str at = path; at.n; at = fleet_above(at)) {
        const uint32_t *found = map_get(&c->coverage->numbers, at);
        const struct near *near = found ? &c->coverage->near.v[*found] : NULL;
        for (size_t i = 0; near && i < near->at.n; i++)
            if (has_two(c, &c->coverage->all.v[near->at.v[i]], gateways, n)) return true;
    }
    const uint32_t *found = map_get(&c->coverage->numbers, path);
    const struct near *near = found ? &c->coverage->near.v[*found] : NULL;
    for (size_t i = 0; near && i < near->below.n; i++)
        if (has_two(c, &c->coverage->all.v[near->below.v[i]], gateways, n)) return true;
    return false;
}
