/* Which tools an agent has in which kind of session, and which layer decided it.
 *
 * A tool is there when it is built (tools_built.c) and every layer lets it pass (tools_layers.c);
 * a layer is a profile or the allow and deny lists of one scope. Names are read by
 * tools_names.c. */
#ifndef CLAWC_ANALYSIS_TOOLS_H
#define CLAWC_ANALYSIS_TOOLS_H

#include "base/map.h"
#include "model/model.h"

/* ---- sets --------------------------------------------------------------------------------------
 */

bool tool_set_has(const struct tool_set *s, size_t tool);
/* Whether `a` has a tool that `b` lacks. */
bool tool_set_exceeds(const struct tool_set *a, const struct tool_set *b);
void tool_set_add(struct tool_set *s, size_t tool);
void tool_set_remove(struct tool_set *s, size_t tool);
void tool_set_unite(struct tool_set *s, const struct tool_set *with);
void tool_set_keep(struct tool_set *s, const struct tool_set *only);
void tool_set_drop(struct tool_set *s, const struct tool_set *without);
bool tool_set_is_empty(const struct tool_set *s);
struct tool_set tool_set_of_all(const struct gateway_data *g);

/* ---- names -------------------------------------------------------------------------------------
 */

/* The names that one entry of a list stands for: none for a blank one, two at most. Groups and
 * patterns stay as they are. */
struct names tool_entry_names(struct arena *a, const struct gateway_data *g, struct str written);
bool tool_name_is_glob(struct str name);
/* `*` stands for any run of characters; everything else for itself. */
bool tool_glob_matches(struct str pattern, struct str name);
/* Whether a name of an entry (a tool, a group, a plugin, a pattern) means the tool. */
bool tool_name_matches(const struct tool *tool, struct str name);
/* Every tool that it means. */
struct tool_set tool_name_set(const struct gateway_data *g, struct str name);

/* ---- layers ------------------------------------------------------------------------------------
 */

/* In the order in which the gateway applies them. */
enum tool_layer_kind {
    LAYER_PROFILE,
    LAYER_PROVIDER_PROFILE,
    LAYER_GLOBAL,
    LAYER_GLOBAL_PROVIDER,
    LAYER_AGENT,
    LAYER_AGENT_PROVIDER,
    LAYER_GROUP,
    LAYER_SENDER,
    LAYER_SANDBOX,
    LAYER_SUBAGENT,
    LAYER_KINDS
};

/* One layer, its entries looked up. */
struct tool_layer {
    enum tool_layer_kind kind;
    bool restricts;                  /* there is an allow list: what it does not name is out */
    struct tool_set allowed, denied; /* `allowed` means something only with `restricts` */
    struct tool_set core;            /* core tools that the allow list names, not by a pattern */
    bool everything;                 /* the allow list has "*" */
    bool stripped;                   /* its allow list is ignored: it names no core tool there is */
    /* For plugins that are built when they are asked for: by these entries, and against them. */
    bool asks, asks_defaults;
    struct tool_set picked, refused;
    /* Where it comes from, for reports; NULL: of the version. */
    const struct text_list *allow, *also_allow, *deny;
    struct text profile;
    place at;
};

/* What does not change from agent to agent. */
struct tool_context {
    const struct model *model;
    struct tool_layer global, subagent;
};
struct tool_context tool_context_new(const struct model *m);

/* Looks up the lists of one scope. False when they say nothing. */
bool tool_layer_of_lists(const struct model *m, enum tool_layer_kind kind,
                         const struct tool_lists *lists, struct tool_layer *layer);
/* The profile with what is added to it; that of the model's provider. False when there is none. */
bool tool_layer_of_profile(const struct model *m, const struct agent *agent,
                           struct tool_layer *layer);
bool tool_layer_of_provider_profile(const struct model *m, const struct provider_tools *global,
                                    const struct provider_tools *own, struct tool_layer *layer);
void tool_layer_of_sandbox(const struct model *m, const struct agent *agent,
                           struct tool_layer *layer);
void tool_layer_of_subagents(const struct model *m, struct tool_layer *layer);
/* The entry of `byProvider` for a model, or NULL. */
const struct provider_tools *tool_provider(const struct model *m, const struct tool_policy *p,
                                           struct str model);
/* The entry of `toolsBySender` for a sender of whom nothing is known ("*"), or NULL. */
const struct tool_lists *tool_lists_for_anyone(const struct sender_list *senders);
/* A sender of whom the channel and the id are known. */
struct tool_sender {
    struct str channel, id;
};
/* tools_senders.c: the lists of toolsBySender for a sender (NULL: unknown), the agent's or else the
 * global ones; NULL when there are none. */
const struct tool_lists *tool_sender_lists(const struct model *m, const struct agent *agent,
                                           const struct tool_sender *who);
/* The lists that count in a group for a sender (NULL: unknown), or NULL. */
const struct tool_lists *tool_group_lists_for(const struct model *m, struct str channel,
                                              struct str account, struct str group,
                                              const struct tool_sender *who);
/* The lists for a group when nothing is known of the sender, or NULL. */
const struct tool_lists *tool_group_lists(const struct model *m, struct str channel,
                                          struct str account, struct str group);
/* Those of one block of `groups`, or NULL when it has none. */
const struct tool_lists *tool_group_lists_at(const struct group_tools *group);

/* ---- sessions ----------------------------------------------------------------------------------
 */

struct tool_session {
    bool sandboxed, subagent;
    bool stranger;                    /* the sender is known not to be the owner */
    bool lacks_model;                 /* without the tool that needs a model of its own */
    const struct tool_lists *group;   /* of a group's session, or NULL */
    const struct tool_sender *sender; /* NULL: nothing is known of them */
};

/* Why a tool is not even built. */
enum tool_absence {
    TOOL_BUILT,
    ABSENT_SWITCHED_OFF,
    ABSENT_PATCH_OFF,      /* exec.applyPatch is not enabled */
    ABSENT_PATCH_PROVIDER, /* not for this provider */
    ABSENT_PATCH_MODEL,    /* not for this model */
    ABSENT_READ_ONLY,      /* the sandbox's workspace is read-only */
    ABSENT_SANDBOXED,
    ABSENT_SUBAGENT,
    ABSENT_STRANGER,
    ABSENT_NO_MODEL,
    ABSENT_PLUGIN_OFF,
    ABSENT_NOT_ASKED, /* no allow entry asks for its plugin by name */
    ABSENT_REFUSED,   /* a deny entry refuses its plugin */
};

struct tool_missing {
    enum tool_absence why;
    place at;
};

/* The tools of one agent in one kind of session. */
struct session_tools {
    const struct model *model;
    struct tool_layer layers[LAYER_KINDS];
    size_t n_layers;
    struct tool_missing missing[TOOLS_MAX]; /* by tool */
    struct tool_set built, tools;
};

void tools_of_session(const struct tool_context *c, const struct agent *agent,
                      const struct tool_session *session, struct session_tools *out);

/* tools_built.c: fills `missing` and `built`; the layers must be there. */
void tools_find_built(const struct model *m, const struct agent *agent,
                      const struct tool_session *session, struct session_tools *out);

enum tool_verdict {
    TOOL_UNRESTRICTED, /* there: nothing restricts it */
    TOOL_NAMED,        /* there: the last list that restricts names it */
    TOOL_NOT_BUILT,    /* `missing` says why */
    TOOL_DENIED,
    TOOL_NOT_NAMED, /* an allow list does not name it */
};

/* What decided about one tool. */
struct tool_decision {
    enum tool_verdict verdict;
    const struct tool_layer *layer; /* NULL: none */
    bool by_default;                /* a list of the version, not of the config */
    place at;                       /* the entry or list, or what is around it */
};
struct tool_decision tool_decide(const struct session_tools *s, size_t tool);

/* ---- settings of single tools ------------------------------------------------------------------
 */

/* tools_exec.c: only for gateways whose exec has modes. */
struct exec_levels {
    struct str mode, security, ask; /* empty: not set, or (mode) overridden by the other two */
};
/* What the global block and then the agent's (NULL: no agent) set: a mode replaces all three,
 * security or ask alone just itself. */
struct exec_levels exec_levels_of_agent(const struct model *m, const struct agent *agent);

/* Where exec runs and what it asks for, with an empty approvals store. */
struct exec_effective {
    struct str host, effective_host, mode, security, ask;
    bool can_request_node;
};
struct exec_effective exec_of_agent(const struct model *m, const struct agent *agent,
                                    bool sandboxed);

/* The block that counts for apply_patch: the agent's or the global one. */
const struct exec_settings *tool_patch_settings(const struct model *m, const struct agent *agent);

/* May a sender of a channel, known by this id alone, have elevated tools run? */
bool elevated_allows(const struct model *m, const struct agent *agent, struct str channel,
                     struct str id);
bool elevated_enabled(const struct model *m, const struct agent *agent);

/* The allowFrom lists of one `elevated` block, for many look-ups. */
struct elevated_index {
    struct arena *arena;
    struct map entries;
};
struct elevated_index elevated_index_new(struct arena *a, const struct model *m,
                                         const struct elevated *e);
/* The entry that admits a sender, 0 when none does. An empty id is a sender of whom nothing is
 * known. */
place elevated_index_find(const struct elevated_index *index, struct str channel, struct str id);

/* Does tools.agentToAgent let the agent take part? Two different agents reach each other when both
 * do. */
bool agent_to_agent_names(const struct model *m, struct str id);
bool agent_to_agent_has(const struct model *m, const struct agent *agent);
/* tools.sessions.visibility of a session. */
struct str session_visibility(const struct model *m, bool sandboxed);

#endif
