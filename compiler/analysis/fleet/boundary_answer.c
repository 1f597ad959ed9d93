/* The items of the checklist in words, and how their answers are put together. */
#include <string.h>

#include "analysis/fleet/boundary.h"

/* ---- words -------------------------------------------------------------------------------------
 */

static const struct {
    const char *name, *risk, *remedy;
} items[BOUNDARY_ITEMS] = {
    [BOUNDARY_STATE] = {"state directory",
                        "Each reads and changes the other's sessions, pairings and credentials.",
                        "Give each a gateway with a state directory of its own."},
    [BOUNDARY_SESSIONS] =
        {"sessions", "What somebody tells the agent of one, it tells the other.",
         "Bind each sender to an agent of its tenant, set session.dmScope to "
         "\"per-account-channel-peer\", and name in tools.agentToAgent.allow only agents of one "
         "tenant."},
    [BOUNDARY_WORKSPACE] = {"workspace",
                            "What one writes steers the agents of the other, and can be read.",
                            "Give each an agent with a workspace of its own, neither inside the "
                            "other."},
    [BOUNDARY_BROWSER] = {"browser profile", "One acts with the logins of the other's browser.",
                          "Give each a gateway of its own, or take the browser from the agents of "
                          "one (tools.deny [\"browser\"])."},
    [BOUNDARY_CHANNELS] = {"channel credentials",
                           "Messages for one reach the other, and each writes in the other's name.",
                           "Give each a bot or number of its own."},
    [BOUNDARY_MODELS] = {"model credentials",
                         "Costs and limits are one, and revoking the key stops both.",
                         "Give each a key of its own."},
    [BOUNDARY_TOKEN] = {"gateway token", "Whoever operates or calls one does so with the other.",
                        "Give each a gateway with tokens of its own."},
    [BOUNDARY_PORT] = {"port", "The second does not start, or each reaches the other.",
                       "Give each ports, at least 111 apart, and a network of its own."},
    [BOUNDARY_LOGS] = {"logs", "What was said to one can be read by the other.",
                       "Give each gateway a logging.file of its own."},
    [BOUNDARY_BACKUPS] = {"backups", "Whoever restores a backup has all that is in it.",
                          "Back up the state of each apart."},
    [BOUNDARY_HOST] = {"access to the host",
                       "Whoever has the host, or its Docker daemon, has everything on it.",
                       "Run each as an OS user, or on a host, of its own, without the host's "
                       "Docker socket."},
};

const char *boundary_item_name(enum boundary_item item) {
    return items[item].name;
}

const char *boundary_item_risk(enum boundary_item item) {
    return items[item].risk;
}

const char *boundary_item_remedy(enum boundary_item item) {
    return items[item].remedy;
}

const char *boundary_state_name(enum boundary_state state) {
    static const char *const names[] = {"separate", "shared", "undecided"};
    return names[state];
}

struct str boundary_resource(struct arena *a, const struct boundary *b, enum boundary_item item) {
    return str_format(a, STR_FMT "/" STR_FMT ": %s", STR_ARG(b->a->name), STR_ARG(b->b->name),
                      boundary_item_name(item));
}

/* ---- answers -----------------------------------------------------------------------------------
 */

/* Nobody reads more of what is shared than this. */
enum { SHOWN = 8, POINTED = 32 };

void boundary_share(struct answering *s, enum boundary_item item, struct str what) {
    struct boundary_answer *answer = &s->b->answers[item];
    answer->state = BOUNDARY_SHARED;
    if (++answer->n > SHOWN + 1) return;
    if (answer->n > SHOWN) what = STR("and more");
    bool first = answer->n == 1;
    answer->what =
        first ? what
              : str_format(s->arena, STR_FMT "; " STR_FMT, STR_ARG(answer->what), STR_ARG(what));
}

void boundary_point(struct answering *s, enum boundary_item item, const struct fleet_gateway *g,
                    place at, struct str role) {
    char *words = role.n ? arena_alloc(s->arena, role.n + 1) : NULL;
    if (words) {
        memcpy(words, role.p, role.n);
        words[role.n] = 0;
    }
    if (s->b->answers[item].places.n < POINTED)
        ARRAY_PUSH(s->arena, s->b->answers[item].places) = (struct boundary_place){g, at, words};
}

void boundary_doubt(struct answering *s, enum boundary_item item, const char *why) {
    struct boundary_answer *answer = &s->b->answers[item];
    if (answer->state != BOUNDARY_SEPARATE) return;
    answer->state = BOUNDARY_UNDECIDED;
    answer->what = str_from(why);
}
