/* The rules that no schema can say, as the gateway has them: refinements of the objects of a
 * config, rules over the whole of it, rules about channels and plugins. Each is a named function in
 * a table that says where it applies and to which dialect. */
#ifndef CLAWC_LOAD_SEMANTICS_SEMANTICS_H
#define CLAWC_LOAD_SEMANTICS_SEMANTICS_H

#include "load/schema/check.h"
#include "load/validate.h"

/* Which gateways a rule is for: those with agents.entries{}, those with agents.list[]. */
enum dialect { NEWER = 1, OLDER = 2, BOTH = 3 };

struct semantics {
    const struct validation *v;
    struct arena *arena;
    const struct tree *t;
    struct checking *c; /* where the rules are, and what they found */
    struct node_marks aborted;
    enum dialect dialect;
    bool blocked_agent; /* an agent has a key that ends the check of the roster */
    bool failed;        /* the gateway's own reading fails: it says nothing else */
    bool further;       /* the gateway itself would not get here */
};

/* A rule about the object (or text) at a place of the config. */
struct place_rule {
    /* Names separated by dots: `*` is any member, `#` any item, `@` an agent's object. */
    const char *place;
    unsigned dialects;
    void (*check)(struct semantics *s, node_id n);
};

/* Ended by a rule without a place. */
extern const struct place_rule semantics_field_rules[];   /* semantics/fields.c */
extern const struct place_rule semantics_agent_rules[];   /* semantics/agents.c */
extern const struct place_rule semantics_text_rules[];    /* semantics/texts.c */
extern const struct place_rule semantics_channel_rules[]; /* semantics/channels.c */

/* Applies each rule wherever its place exists. What the gateway would skip, because something there
 * has the wrong type, is marked `further`. */
void semantics_apply(struct semantics *s, const struct place_rule *rules);

/* semantics/texts.c: the texts that the gateway trims before it asks whether they are empty. */
void semantics_trimmed(struct semantics *s);

/* A rule about the whole config; true when it found an error. */
typedef bool semantics_step(struct semantics *s);
/* The steps after the schema, in the gateway's order; ended by NULL. */
extern semantics_step *const semantics_steps[];
/* Channels, heartbeat targets and plugins. */
void semantics_last(struct semantics *s);
/* semantics/models.c: models that are gone. A part of the last step. */
void semantics_models(struct semantics *s);
/* semantics/plugins.c: its last part. */
void semantics_plugins(struct semantics *s);
/* semantics/policies.c: what is refused before the schema. */
void semantics_first(struct semantics *s);

/* Reports an error at `relative`, a dotted path of members below where the rules are; `owner` is
 * the object there. The place is that of the member, or of what encloses it when it is absent. */
struct diag *semantics_error(struct semantics *s, node_id owner, const char *relative,
                             const char *kind, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* The same for a warning. */
struct diag *semantics_warn(struct semantics *s, node_id owner, const char *relative,
                            const char *kind, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* ---- reading values ---- */

node_id semantics_member(const struct semantics *s, node_id object, const char *key);
struct str semantics_text(const struct semantics *s, node_id object, const char *key);
struct str semantics_key(const struct semantics *s, node_id member);
bool semantics_is_true(const struct semantics *s, node_id object, const char *key);
bool semantics_is_false(const struct semantics *s, node_id object, const char *key);
/* Trimmed and lower-case. */
struct str semantics_token(const struct semantics *s, struct str text);
/* Milliseconds of "30m", "1h30m", "90" (in `unit`: s, m, h, d); false when it is none. */
bool semantics_duration(struct str text, char unit, double *ms);
/* Whether it is a size: "5mb", "100". */
bool semantics_is_size(struct str text);
/* provider/model, or the same with a star in place of its last part. */
bool semantics_is_model_ref(struct str ref);
/* A text or a number as the gateway makes a text of it; p == NULL for others. */
struct str semantics_stringified(const struct semantics *s, node_id n);

/* The agents in the gateway's order; for every one the object and its path ("agents.entries.x"). */
struct semantics_agent {
    struct str written, id; /* as spelled, canonical */
    node_id node;
    uint32_t index; /* in agents.list[] */
};
size_t semantics_agents(const struct semantics *s, const struct semantics_agent **out);
/* Where the rules are from here on: the agent's object. Returns how many steps to leave. */
unsigned semantics_enter_agent(struct semantics *s, const struct semantics_agent *agent);
void semantics_leave(struct semantics *s, unsigned steps);

/* A text whose value is known: nothing can be said against one with an unknown variable in it. */
static inline bool semantics_is_text(const struct semantics *s, node_id n) {
    return tree_is(s->t, n, NODE_STRING) && !(tree_node(s->t, n)->flags & NODE_SYMBOLIC);
}

#endif
