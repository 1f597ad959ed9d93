/* Facts derived from one model, one file per question: which tools an agent has, who reaches which
 * agent in which session, which bindings are dead, what agents share. Rules read these facts. */
#ifndef CLAWC_ANALYSIS_ANALYSIS_H
#define CLAWC_ANALYSIS_ANALYSIS_H

#include "analysis/exposure.h"
#include "analysis/paths.h"
#include "analysis/resolve.h"
#include "analysis/room_access.h"
#include "analysis/tools.h"
#include "model/model.h"

/* Every fact names the analysis it belongs to (`in`), so that a fact alone can be looked into. */
struct analysis;

/* ---- tools.c: which tools an agent has ---------------------------------------------------------
 */

struct agent_powers {
    struct tool_set tools;
    bool exec, write; /* runs commands; changes files (write, edit, apply_patch) */
    bool listed;      /* a profile or an allow list says which tools it has */
    place at;         /* that list or profile, or the agent */
};

/* In a main session outside of a sandbox, for the owner. */
struct agent_powers tools_of_agent(const struct tool_context *c, const struct agent *agent);

/* One entry of an allow or deny list, and what the gateway makes of it. */
struct tool_entry {
    const struct analysis *in;
    const struct text *text;
    const char *list;        /* "allow", "alsoAllow", "deny" */
    const char *scope;       /* "tools", "byProvider", "sandbox", "subagents", "group", "sender" */
    int32_t agent;           /* index, -1 for the global lists */
    struct str name;         /* normalised */
    struct tool_set matched; /* what it means */
    /* Of an allow list of `tools` what comes to nothing: tools of plugins that are built only when
     * they are asked for by name; all it means in the sandbox, by the version's own lists, or by a
     * list that comes before. */
    struct tool_set unasked;
    bool lost, blocked;
    place blocked_at;   /* what takes it away */
    bool known;         /* a tool, a group, a plugin, or a pattern that matches something */
    bool is_group;      /* begins with group: */
    bool list_nothing;  /* nor does any other entry of its allow list mean anything */
    struct str meant;   /* what was probably meant, or empty */
    struct str renamed; /* the tool that took its place in this version, or empty */
};

/* ---- tools_effects.c: what comes of the lists ---------------------------------------------------
 */

/* An allow list that some session goes by, or one of a group. */
struct allow_list {
    const struct analysis *in;
    const struct text_list *list;
    int32_t agent; /* whose it is, -1: a global one or that of a group */
    bool ignored;  /* the gateway takes no notice of it: it names no core tool that there is */
    bool nothing;  /* nothing it says is a tool that is known: it allows none */
};

/* Most combinations of account and sender that are looked at: accounts times senders may be more
 * than any machine holds. */
enum { REACHES_MAX = 2000000 };

/* ---- reach.c: who reaches which agent ----------------------------------------------------------
 */

enum sender_class {
    SENDER_KNOWN, /* an id of the allowlist, or a peer that a binding names where "*" is admitted */
    SENDER_ANYONE, /* whoever is not known: "*", or an open policy */
    SENDER_PAIRED, /* approved by pairing: not in the file, possibly nobody, possibly many */
    SENDER_GROUP,  /* the members of a group or room */
};

/* One class of senders on one account, and where their messages go. */
struct reach {
    const struct analysis *in;
    uint32_t account; /* index into model.accounts */
    enum sender_class class;
    struct str sender;              /* id of a known sender, or of the group; empty: any */
    struct str guild;               /* of a room on Discord that the account names */
    place at;                       /* what admits them */
    const struct room_access *room; /* of a group: who may speak there; else NULL */
    int32_t agent;                  /* index into model.agents, -1: nobody owns the message */
    struct str session_key;
    struct str dm_scope;
    enum route_tier tier;
    int32_t binding; /* index into model.bindings, -1: the default */
    bool ownerless;  /* no binding takes their messages, and nobody is the default */
    bool is_name;    /* an entry that is no id and so admits nobody */
    bool stored;     /* pairing has admitted them: they are not in the file */
    bool is_owner;
    bool has_owner_tools; /* the gateway takes them for its owner when it hands out tools */
    place owner_tools_at; /* what makes it do so */
    bool isolated;        /* telegram keeps this conversation apart whatever dmScope says */
};

/* "+15551234567 on whatsapp/default", "anyone on telegram/choir". */
struct str reach_describe(struct arena *a, const struct reach *reach);
/* Whether somebody of them may speak to the agent: not a name on a list of ids, nor a group that
 * the account does not listen to. */
bool reach_admits(const struct reach *reach);
/* The session of its messages, of a reach that has an agent: equal for two that share one, whatever
 * the gateway calls it. */
struct str reach_session(struct arena *a, const struct reach *reach);
/* Whether its messages are handled outside of a sandbox. */
bool reach_unsandboxed(const struct agent *agent, const struct reach *reach);

/* ---- sessions.c: who shares a session ----------------------------------------------------------
 */

/* A session bucket with more than one person in it. */
struct shared_session {
    const struct analysis *in;
    int32_t agent;
    struct str session_key;     /* or the symbolic bucket */
    bool possible;              /* two people can, not must, end up in it */
    bool reported_by_gateway;   /* its own audit sees it, too */
    size_t principals;          /* distinct people known */
    const struct str *accounts; /* "<channel>-<account>", sorted */
    size_t n_accounts;
    struct str accounts_text;           /* joined by `_` */
    size_t number;                      /* rank in the gateway's order */
    const struct reach *first, *second; /* two of them */
    struct str dm_scope;
    place scope_at; /* the dmScope that decides, or what is around it */
};

/* ---- rooms.c: rooms in a session that is not theirs alone --------------------------------------
 */

struct shared_room {
    const struct analysis *in;
    const struct reach *room, *other; /* a room, and somebody else in its session */
    size_t n;                         /* classes of senders in that session */
    place scope_at;                   /* the groupScope that decides, or what is around it */
};

/* An account whose several senders share the main session, as 2026.3.13 counts them. */
struct crowded_channel {
    const struct analysis *in;
    uint32_t account; /* the first such account of the channel */
    size_t senders;
    bool wildcard;
};

/* ---- channel_checks.c: what the gateway's own audit says of channel accounts -------------------
 */

struct channel_check {
    const struct analysis *in;
    const char *kind; /* the end of the rule's id: "dm.open" */
    uint32_t account;
    size_t number; /* how much the audit has said of channels by then, this included */
    place at;
    const struct text *names; /* what it is about, where it names something */
    size_t n_names;
};

/* ---- share.c: what agents share ----------------------------------------------------------------
 */

struct shared_path {
    const struct analysis *in;
    int32_t first, second; /* agents, in roster order */
    bool nested;           /* one lies in the other, they are not equal */
    struct str path;       /* the outer one */
};

struct agent_facts {
    const struct analysis *in;
    const struct agent *agent;
    struct agent_powers powers;
    bool is_default;  /* owns what no binding takes */
    int32_t same_id;  /* an earlier agent with the same id, or -1 */
    bool unsandboxed; /* some message runs outside of a sandbox */
    bool bound;       /* a binding that can win, or the default, leads to it */
    bool named;       /* hooks, broadcast groups, topics or another agent can wake it */
    uint32_t first_reach, n_reach; /* in by_agent */
    int32_t owner_reach, stranger; /* a reach by the owner / by somebody else, or -1; `stranger` is
                                      the surest one that is not only "paired" */
    int32_t paired;                /* a reach by paired senders, or -1 */
    int32_t merged_first, merged_second; /* reaches on two accounts whose conversations with one
                                            person are one session, or -1 */
};

struct binding_facts {
    const struct analysis *in;
    const struct binding *binding;
    uint32_t index;      /* position in bindings[] */
    int32_t shadowed_by; /* index into model.bindings of the binding that takes all of it, or -1 */
    bool duplicate;      /* and that one is the same in every respect of matching */
    bool agent_known;
    bool channel_known, account_known;
    bool channel_off;        /* the channel is configured and disabled */
    size_t channel_accounts; /* accounts of its channel */
    struct str
        channel_meant; /* for an alias: the channel's name; for a typing mistake: the likely one */
    struct str agent_meant, account_meant;
};

/* One account, as a fact. */
struct account_facts {
    const struct analysis *in;
    const struct account *account;
    bool peers_bound;      /* some binding takes a single peer's direct messages on it */
    int32_t owner_missing; /* a reach whose messages nobody owns, or -1 */
};

struct owner {
    struct str channel; /* empty: every channel */
    struct str id;
    place at; /* 0: from clawc.yaml */
};

struct analysis {
    struct arena *arena;
    const struct model *model;
    struct tool_context tools;
    struct resolver *resolver;
    struct agent_facts *agents;
    struct binding_facts *bindings;
    struct account_facts *accounts;
    ARRAY(struct tool_entry) tool_entries;
    ARRAY(struct allow_list) allow_lists;
    ARRAY(struct reach) reaches;
    bool reaches_cut;         /* there are more than REACHES_MAX */
    const uint32_t *by_agent; /* reaches sorted by agent */
    ARRAY(struct owner) owners;
    bool owners_derived; /* nobody is named: taken from the default agent's accounts */
    ARRAY(struct shared_session) sessions;
    ARRAY(struct crowded_channel) crowded;
    ARRAY(struct channel_check) channel_checks; /* in the audit's order */
    ARRAY(struct shared_room) rooms;            /* by agent */
    ARRAY(struct shared_path) workspaces, agent_dirs;
    struct exposure *exposure;             /* what the gateway's own audit asks for */
    ARRAY(struct power_path) paths;        /* by agent, then power */
    const struct conformance *conformance; /* with a policy document (conformance.h), or NULL */
};

/* The facts of a model, which is only read: what is made of it, its own answers among that, lives
 * in `a`. Owners named in clawc.yaml: "+5691...", "telegram:7192195698". */
struct analysis *analyse(struct arena *a, const struct model *m, struct names owners);

void analyse_tool_entries(struct analysis *s);
/* Needs the entries. */
void analyse_tool_effects(struct analysis *s);
void analyse_reach(struct analysis *s, struct names owners);
/* CHANNEL:ID, or an id for every channel: what an entry of a list of owners means. */
struct owner owner_read(const struct model *m, struct text written);
/* The same for two ids that are one: of a number with and without its plus. */
struct str owner_key(struct arena *a, struct str channel, struct str id);
/* For analyse_reach, which has found the reaches. */
void analyse_owners(struct analysis *s, struct names owners);
void analyse_sessions(struct analysis *s);
void analyse_rooms(struct analysis *s);
void analyse_bindings(struct analysis *s);
void analyse_sharing(struct analysis *s);
void analyse_channel_checks(struct analysis *s);

/* Whether the gateway's own audit looks at an account. */
bool audit_sees(const struct model *m, const struct account *a);
/* Whether an entry of a list is a name where the channel compares ids: it admits nobody. */
bool entry_is_name(const struct model *m, const struct account *a, struct str entry);
/* How many distinct senders it counts there, those that pairing has admitted among them. */
size_t audit_admitted(const struct analysis *s, const struct account *a);
void analyse_exposure(struct analysis *s); /* exposure.c */
/* Needs the reaches. */
void analyse_paths(struct analysis *s);

#endif
