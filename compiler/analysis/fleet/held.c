#include "analysis/fleet/held.h"

#include "base/map.h"

/* A token of a gateway; several may be the same text. */
struct token {
    uint32_t gateway, next; /* next: number + 1 */
    bool hooks;
};

struct holding {
    struct arena *arena, *scratch;
    const struct fleet *fleet;
    ARRAY(struct token) tokens;
    struct map index; /* text -> number of the first + 1 */
    struct map found; /* from, to, which -> 1 */
    struct fleet_held_list *out;
};

static void add_token(struct holding *h, uint32_t gateway, bool hooks) {
    const struct fleet_gateway *g = h->fleet->gateways[gateway];
    const struct fleet_secret *s = hooks ? &g->hooks_token : &g->token;
    if (!s->known || !s->value.n) return;
    uint32_t *first = map_put(&h->index, s->value, 0, NULL);
    ARRAY_PUSH(h->scratch, h->tokens) = (struct token){gateway, *first, hooks};
    *first = (uint32_t)h->tokens.n;
}

static void hold(struct holding *h, const struct fleet_gateway *from,
                 const struct fleet_gateway *to, bool hooks, place at) {
    bool is_new;
    if (from == to || h->out->list.n == FLEET_HELD_MAX) return;
    map_put(&h->found,
            str_format(h->scratch, STR_FMT "\n" STR_FMT "\n%d", STR_ARG(from->name),
                       STR_ARG(to->name), hooks),
            1, &is_new);
    if (is_new) ARRAY_PUSH(h->arena, h->out->list) = (struct fleet_held){from, to, hooks, at};
}

static void look_at(struct holding *h, const struct fleet_gateway *from,
                    const struct fleet_text *text) {
    struct str prefix = STR("Bearer "), value = text->text;
    if (str_starts(value, prefix)) value = str_slice(value, prefix.n, value.n);
    const uint32_t *first = h->tokens.n ? map_get(&h->index, value) : NULL;
    for (uint32_t at = first ? *first : 0; at && h->out->list.n < FLEET_HELD_MAX;
         at = h->tokens.v[at - 1].next) {
        const struct token *t = &h->tokens.v[at - 1];
        hold(h, from, h->fleet->gateways[t->gateway], t->hooks, text->at);
    }
}

static bool contains(struct str text, const struct fleet_secret *s) {
    return s->known && s->value.n && str_find(text, s->value, 0) != SIZE_MAX;
}

/* Files are long: only those whose gateway is called are looked for. */
static void look_into_files(struct holding *h, const struct fleet_link *link) {
    for (size_t i = 0; i < link->from->texts.n; i++) {
        const struct fleet_text *text = &link->from->texts.v[i];
        if (!text->file) continue;
        if (contains(text->text, &link->to->hooks_token))
            hold(h, link->from, link->to, true, link->at);
        if (contains(text->text, &link->to->token)) hold(h, link->from, link->to, false, link->at);
    }
}

struct fleet_held_list fleet_tokens_held(struct arena *a, const struct fleet *fleet) {
    struct fleet_held_list out = {{NULL, 0, 0}};
    struct arena *scratch = arena_new();
    struct holding h = {.arena = a,
                        .scratch = scratch,
                        .fleet = fleet,
                        .index = map_new(scratch),
                        .found = map_new(scratch),
                        .out = &out};
    for (uint32_t i = 0; i < fleet->n; i++) {
        add_token(&h, i, true);
        add_token(&h, i, false);
    }
    size_t link = 0;
    for (size_t i = 0; i < fleet->n; i++) {
        const struct fleet_gateway *from = fleet->gateways[i];
        for (size_t k = 0; k < from->texts.n; k++)
            if (!from->texts.v[k].file) look_at(&h, from, &from->texts.v[k]);
        while (link < fleet->links.n && fleet->links.v[link].from == from)
            look_into_files(&h, &fleet->links.v[link++]);
    }
    arena_free(scratch);
    return out;
}
