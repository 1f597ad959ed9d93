#include "analysis/identity.h"

#include "model/ids.h"

struct identities identities_new(struct arena *a, const struct routing *routing) {
    struct identities found = {routing, map_new(a)};
    for (size_t i = 0; i < routing->n_links; i++)
        map_put(&found.links, routing->links[i].id, (uint32_t)i, NULL);
    return found;
}

struct str identity_name(const struct identities *i, struct arena *a, struct str channel,
                         struct str id) {
    if (!i->links.n) return STR("");
    struct str plain = ids_token(a, id);
    struct str joined =
        ids_token(a, str_format(a, STR_FMT ":" STR_FMT, STR_ARG(channel), STR_ARG(id)));
    const uint32_t *one = map_get(&i->links, plain), *two = map_get(&i->links, joined);
    const uint32_t *link = !one ? two : !two || *one <= *two ? one : two;
    return link ? i->routing->links[*link].name : STR("");
}
