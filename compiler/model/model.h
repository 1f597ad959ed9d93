/* The model: one gateway as its config makes it, all defaults applied, in plain structs. No JSON
 * past this point.
 */
#ifndef CLAWC_MODEL_MODEL_H
#define CLAWC_MODEL_MODEL_H

#include "load/load.h"
#include "model/browser_ports.h"
#include "model/places.h"
#include "model/routing.h"
#include "model/settings.h"
#include "model/surface.h"
#include "model/tools.h"
#include "model/value.h"

/* The span of a place as reports show it: a member with its key, a block by its key alone, an
 * element whole. */
struct span place_span(const struct tree *t, place at);

struct sandbox {
    struct text mode, scope, workspace_access, backend;
    struct text per_session;                         /* the scope that `perSession` says, if any */
    struct text network, image, setup_command, user; /* of docker, resolved */
    struct flag read_only_root;
    place own_docker;       /* the agent's own docker block, or 0 */
    node_id browser, prune; /* the agent's own blocks, or 0 */
    place at;
};

struct agent {
    struct str id;
    place at;
    struct str written;
    struct text workspace, agent_dir; /* resolved paths; see model/locations.h */
    struct str sessions;              /* the directory of its sessions */
    struct text session_store;
    struct sandbox sandbox;
    struct tool_policy tools;
    struct text model;          /* provider/model that it uses */
    struct text_list delegates; /* subagents.allowAgents, the agent's own or the defaults' */
    bool marked;                /* default: true */
};

/* A binding as written. `route` is its index in routing.bindings, or -1 when it never takes part.
 */
struct binding {
    struct text agent, channel, account, peer_kind, peer_id, guild, team;
    struct text_list roles;
    struct text group_scope; /* session.groupScope */
    place at;
    int32_t route;
    bool is_acp, added, has_peer;
    bool account_key; /* `match.account` is written, which no gateway reads, and no `accountId` */
    struct str channel_token, account_pattern; /* normalised; pattern "*" or a canonical id */
};

struct sender {
    struct str id; /* as the gateway compares it */
    place at;
};

/* A place where many people write: a guild, group or channel, and the channels or topics in it. */
struct room {
    struct str name;
    place at;
    bool inner;     /* a channel or topic of the last one that is not, */
    uint32_t outer; /* which has this number */
    bool enabled;
    struct text_list users, roles; /* who may speak to the agent, as written */
};

struct room_list {
    const struct room *v;
    size_t n;
    struct map index;       /* name -> the first that has it */
    const struct room *any; /* the entry `*` for every other, or NULL */
    place at;               /* the map of them, or what is around it */
};

/* One credential of an account. */
struct account_credential {
    struct str key;
    struct text value; /* not set: the account has none */
    bool from_environment;
};
enum { ACCOUNT_CREDENTIALS = 4 };

/* One login of a channel. */
struct account {
    struct str channel, id; /* canonical id */
    struct str key;         /* as listed: the raw key, or `default` */
    place at;               /* its block, or the channel's */
    bool own_block;         /* the config has an object for it */
    bool has_key;           /* `accounts` has this very key */
    bool enabled, configured;
    bool is_default; /* the channel's default account */
    bool unlisted; /* named as the default one, but no account: only the gateway's audit sees it */
    struct text dm_policy, group_policy;
    struct text_list allow_from;  /* in force, as written */
    const struct sender *senders; /* normalised, distinct, without "*" */
    size_t n_senders;
    bool wildcard;                  /* "*" is in the list */
    struct text_list dm_allow_from; /* dm.allowFrom, as written */
    struct names stored;            /* approved by pairing, as stored */
    const struct sender *paired;    /* the same, normalised, without those of `senders` */
    size_t n_paired;
    struct text_list group_allow_from;  /* in force, as written */
    const struct sender *group_senders; /* whom groups admit under groupPolicy allowlist */
    size_t n_group_senders;
    bool group_wildcard;
    place group_list_at;               /* the list that says so: groupAllowFrom or allowFrom */
    node_id groups;                    /* the map of groups in force, or 0 */
    struct room_list rooms;            /* guilds, channels or groups */
    struct flag name_matching;         /* dangerouslyAllowNameMatching */
    struct text native, native_skills; /* commands.native: true, false, auto; or not set */
    struct flag slash_command;
    struct text audit_dm_policy; /* what the gateway's own audit looks at */
    struct text_list audit_allow_from;
    const struct sender *audit_senders;
    size_t n_audit_senders;
    bool audit_wildcard;
    struct text login; /* what it logs in with, as far as the config tells */
    bool login_from_environment;
    struct account_credential credentials[ACCOUNT_CREDENTIALS]; /* in the order of the data */
    size_t n_credentials;
    struct text auth_dir;  /* whatsapp: where its login is kept */
    struct str service;    /* signal: the URL of its daemon */
    struct str audit_path; /* where the audit says its settings stand: "channels.slack." */
    struct str group_path; /* the same of its settings for groups */
    bool repeats_audit;    /* the gateway's audit says of it word by word what it said of another */
    bool duplicate_login;  /* another account of the channel comes first with the same login */
};

struct channel {
    struct str name;
    place at;
    bool known, enabled, present; /* present: has a block in the config */
    uint32_t first_account, n_accounts;
    uint32_t n_running; /* accounts that can get messages */
};

/* The block `commands`. */
struct command_settings {
    struct text native, native_skills; /* true, false, auto; or not set */
    struct flag text, access_groups;
};

/* A value that must not be shared: a credential, named so that it can be reported. */
struct secret {
    struct text value;
    struct str what; /* "telegram", "gateway token" ... */
};

struct hooks {
    struct flag enabled, allow_request_session_key;
    struct text token, path, default_session_key;
    struct text_list allowed_agents, session_key_prefixes;
    struct text_list mapped_agents; /* agentId of each mapping */
    bool templated_session_key; /* a mapping that can match makes a session key of the request */
    place at;
};

struct gateway_settings {
    struct text bind, tailscale;
    struct text token; /* whoever has the same one is let in; the mode does not matter */
    struct flag browser_enabled;
    int64_t port;
    place port_at;
    bool port_set;        /* `gateway.port` is written, */
    int64_t written_port; /* as this; else 0 */
    bool port_told;       /* of --port */
    place at;
};

struct session_settings {
    enum dm_scope dm_scope;
    enum group_scope group_scope;
    struct text dm_scope_text;
    struct text scope; /* per-sender or global */
    place at;
};

struct agent_to_agent {
    struct flag enabled;
    struct text_list allow;
    place at;
};

struct model {
    struct arena *arena;
    const struct tree *tree;
    const struct loaded *loaded;
    const struct gateway_data *gateway;
    struct str name;        /* what reports call this gateway */
    place at;               /* the root */
    struct str state;       /* its state directory, or empty when not known */
    struct str config_path; /* where its config lies, resolved; empty for standard input */
    struct str profile;     /* --profile NAME, as the directory's name says; or empty */
    struct places places;
    struct routing routing;
    ARRAY(struct agent) agents;     /* in enumeration order */
    ARRAY(struct binding) bindings; /* as written, then those added at load */
    ARRAY(struct channel) channels;
    ARRAY(struct account) accounts;  /* grouped by channel, in the gateway's order */
    ARRAY(struct secret) identities; /* channel credentials */
    struct tool_policy tools;        /* global */
    struct tool_lists subagent_tools;
    int subagent_depth;               /* how deep sub-agents may spawn others */
    struct text tools_visibility;     /* agents.defaults.sandbox.sessionToolsVisibility */
    struct names plugins_off;         /* plugins that own tools and are switched off */
    ARRAY(struct group_tools) groups; /* by channel and account */
    struct sandbox sandbox;           /* agents.defaults */
    struct agent_to_agent agent_to_agent;
    struct text session_visibility;
    struct text_list owners; /* commands.ownerAllowFrom */
    struct session_settings session;
    struct hooks hooks;
    struct command_settings commands;
    struct gateway_settings settings;
    struct browser_ports browser_ports;
    struct surface surface; /* what it lays open */
    struct audit_settings audit;
    const struct conditions *conditions; /* what is known beside the config */
    const struct config_file *files;     /* looked at; none without --fs */
    size_t n_files;
    struct text_list broadcast_agents, topic_agents;       /* agents that other blocks name */
    place agents_at, bindings_at, channels_at, session_at; /* the blocks, or what is around them */
};

/* What is known of a gateway beside its config's text; texts may be empty. */
struct gateway_place {
    struct str name; /* what reports call it */
    struct str state, config_path, profile;
    bool dev;     /* started with `--dev` */
    int64_t port; /* of `--port`, which stands at `port_at`; 0: none */
    place port_at;
    const struct discovered *found; /* its directories, where they are known; else NULL */
    struct str directory;           /* the working directory, with `found` */
    const struct conditions *conditions;
    const struct config_file *files; /* that were looked at */
    size_t n_files;
};

/* Builds the model of a loaded config. Values of a wrong kind are reported to `d` and count as
 * absent. */
struct model *model_build(struct arena *a, struct diags *d, const struct loaded *loaded,
                          const struct environment *env, const struct gateway_place *where);

/* model/routing_build.c: the resolver's view of bindings and roster. */
void model_build_routing(struct model *m, const struct reading *r);
/* model/accounts.c: the accounts of each channel, their policies, senders and credentials. */
void model_build_accounts(struct model *m, const struct reading *r, const struct environment *env);
/* model/agents.c: agents with their sandboxes, tool policies and paths. */
void model_build_agents(struct model *m, const struct reading *r);

/* model/rooms.c: where groups and commands are admitted; reads `commands` of the config or of a
 * channel. */
struct text model_command_switch(const struct reading *r, node_id commands, const char *key,
                                 place around);
/* model/hooks.c: the block `hooks`. */
void model_build_hooks(struct model *m, const struct reading *r, const struct environment *env);
/* model/surface.c, and its parts doors.c, containers.c, models.c and secret_values.c: what the
 * config lays open. After everything else. */
void model_build_surface(struct model *m, const struct reading *r);
void model_build_doors(struct model *m);
void model_build_containers(struct model *m, const struct reading *r);
void model_build_models(struct model *m, const struct reading *r);
void model_build_secrets(struct model *m);

/* model/settings.c: what the gateway's own audit asks of the blocks gateway, security... */
void model_build_settings(struct model *m, const struct reading *r, const struct environment *env);
/* model/gateway_auth.c: gateway.auth, and hooks.token beside it. */
void model_build_auth(struct model *m, const struct reading *r, const struct environment *env);
/* model/browser.c: whether browser control is on, and which browsers it talks to. */
void model_build_browser(struct model *m, const struct reading *r);
/* model/installs.c: records of what was installed from npm (2026.3.13 keeps them in the config). */
void model_build_installs(struct model *m, const struct reading *r);
/* model/flags.c: settings that are dangerous by themselves. */
void model_build_flags(struct model *m, const struct reading *r);

/* model/tools.c: the block `tools` of an object; what else decides which tools there are. */
struct tool_policy model_read_tools(struct model *m, const struct reading *r, node_id owner,
                                    place around);
struct text model_read_model(const struct reading *r, node_id owner, place around);
void model_build_tools(struct model *m, const struct reading *r);
/* The blocks that stand for a group: its own and that of "*", of the account's groups or else of
 * the channel's. NULL where there is none. */
struct group_choice {
    const struct group_tools *own, *any;
};
struct group_choice model_group(const struct model *m, struct str channel, struct str account,
                                struct str group);

/* The channel of this name, or NULL. */
const struct channel *model_channel(const struct model *m, struct str name);
/* An entry of an allowlist as the gateway compares it, without "*". */
struct str model_sender(const struct model *m, struct str channel, struct str written);

/* `at`, or `other` when `at` is the place of a default around which nothing but the whole file is
 * written. */
place model_nearer(const struct model *m, place at, place other);

/* Index of the agent that owns messages no binding takes, or -1 when nobody does or it is not in
 * the roster. */
int32_t model_default_agent(const struct model *m);
/* Whether messages can arrive on an account: one that only a binding names has no login, or one
 * that another account uses already. */
bool account_runs(const struct account *a);
/* Index in m->agents of a canonical id, or -1. */
int32_t model_agent(const struct model *m, struct str id);

#endif
