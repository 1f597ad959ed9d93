/* The gateway versions that clawc knows: what differs between them, as data. */
#ifndef CLAWC_LOAD_GATEWAY_H
#define CLAWC_LOAD_GATEWAY_H

#include "model/routing.h"
#include "syntax/tree.h"

/* A list of names from the data, in its order. */
struct names {
    const struct str *v;
    size_t n;
};
bool names_have(struct names names, struct str name);

/* name -> names, in the order of the data. */
struct name_map {
    const struct str *keys;
    const struct names *values;
    size_t n;
};
/* The names of a key; none when it is absent. */
struct names name_map_get(const struct name_map *m, struct str key);

enum tool_profile { PROFILE_MINIMAL = 1, PROFILE_CODING = 2, PROFILE_MESSAGING = 4 };

struct tool {
    struct str name, section;
    unsigned profiles; /* enum tool_profile */
    bool in_openclaw;  /* a member of group:openclaw */
    struct str plugin; /* the plugin that owns it, or empty */
};

/* What differs between versions in how tool lists are read; the data says what each means. */
enum tool_rule {
    TOOLS_STRIP_UNKNOWN_ALLOW = 1,
    TOOLS_BLOCKS_EXTEND_PROFILE = 2,
    TOOLS_PRESELECT_PLUGINS = 4,
    TOOLS_FULL_ALLOWS_ALL = 8,
    TOOLS_LATER_PROVIDER_WINS = 16,
    TOOLS_BARE_SLASHED_MODEL = 32,
    TOOLS_SENDER_LISTS = 64,
    TOOLS_SANDBOX_ALSO_ALLOW = 128,
    TOOLS_SANDBOX_LIFT_DENY = 256,
};

/* Most tools that a version may have: sets of them are bit sets of this size. */
enum { TOOLS_MAX = 192 };

struct gateway_data {
    struct str version;
    bool roster_entries; /* agents.entries{}; otherwise agents.list[] */
    unsigned routing_rules;
    bool system_agent_owns; /* agents.defaults.systemAgent takes what no binding takes */
    const struct keep_case *keep_case;
    size_t n_keep_case;

    bool include_roots; /* OPENCLAW_INCLUDE_ROOTS counts; blocked keys are dropped everywhere */
    bool env_skips_other_values;                    /* values of env.vars that are no text */
    bool env_quotes_keys;                           /* in the paths of warnings */
    struct names env_blocked, env_blocked_prefixes; /* names that `env` cannot set, upper case */
    struct name_map env_blocked_between;            /* beginning -> ends */

    /* What the start rewrites: patterns of paths (load/legacy_steps.h). */
    struct name_map repair_scopes;               /* @name -> patterns */
    struct name_map repair_merges, repair_moves; /* from -> the one to */
    struct name_map repair_values;               /* pattern -> old, new, old, new... */
    struct name_map repair_removed_values;       /* pattern -> values */
    struct names repair_removed, repair_retired, repair_emptied;
    bool roster_waits;        /* rules about agents are for configs that fit the schema */
    struct names legacy_keys; /* 2026.3.13: present, they are all that is reported */

    struct name_map defaults; /* pattern of a path -> the value when it is absent, as JSON */

    uint16_t base_port;
    const uint16_t *used_ports, *used_ports_without_browser; /* offsets from the base port */
    size_t n_used_ports, n_used_ports_without_browser;
    /* Where it looks for its config and state (load/discover.h). */
    struct names state_variables, config_variables, port_variables;
    struct names legacy_state,
        config_names;       /* directories of the home; files of a state directory */
    bool home_ignores_null; /* the texts `undefined` and `null` name no home */
    bool profile_switches;  /* --profile changes what is set to another profile's */
    bool state_falls_back;  /* a state directory without a config: that of the home is used */
    bool profile_derived_port;
    bool workspace_follows_state, workspace_below_default;
    struct str session_visibility;
    bool agent_to_agent;
    bool audit_by_route; /* session_collision (true) or scope_main_multiuser */

    /* Built-in model providers; of web searches all providers, and those that are installed. */
    struct names model_providers, web_search, web_search_active;
    struct names plugins_installable, plugins_removed, plugins_on; /* `on` without being asked */
    struct names trimmed;  /* places of texts that must not be blank, as semantics.h has places */
    struct name_map moved; /* a key that is gone, with its path -> what to do */

    struct names channels;          /* keys that `channels` may have */
    struct names heartbeat_aliases; /* of channels, where not all of them are taken */
    struct name_map channel_alias;  /* alias -> the one channel */
    struct names audited_channels;
    struct names account_dm_policy, account_group_policy; /* accounts do not inherit these */
    struct names raw_account_keys;       /* settings are looked up by the key as it is spelled */
    struct names canonical_account_keys; /* ... under any spelling of the id */
    struct names canonical_credentials;  /* ... the credentials alone */
    struct names canonical_account_list; /* accounts are listed by their canonical ids */
    struct names one_login;              /* of several accounts with one token the first runs */
    struct names nested_dm, audit_nested_dm;
    bool open_admits_all;
    struct name_map identity;        /* channel -> credential keys */
    struct name_map environment;     /* channel -> NAME, key, NAME, key... */
    struct name_map sender_prefixes; /* channel -> prefixes */
    struct name_map sender_form;     /* channel -> e164 | mention */

    const struct tool *tools;
    size_t n_tools;
    unsigned tool_rules; /* enum tool_rule */
    struct name_map tool_alias, tool_retired, plugins;
    struct name_map tool_expands; /* an entry that stands for these names */
    struct names owner_only, other_tools, sandbox_allow, sandbox_deny;
    struct str apply_patch_follows;
    struct str default_model;      /* provider/model */
    struct name_map tool_switches; /* tool -> path below `tools` */
    bool apply_patch_enabled;
    struct names apply_patch_providers;                      /* none: any */
    struct names not_read_only, not_sandboxed, not_subagent; /* tools that are not built there */
    struct str needs_model;                 /* may be missing for want of a model */
    struct str sandbox_always, sandbox_old; /* always allowed in a sandbox; its former name */
    struct names subagent_deny, leaf_deny;
    bool subagent_allow_lifts_deny;
    int subagent_depth;
    struct names exec_fields;
    struct str exec_timeout;                                /* how the timeout is called */
    bool exec_layered;                                      /* exec has modes */
    const struct tree *data;                                /* where the defaults below stand */
    node_id sandbox_docker, sandbox_browser, sandbox_prune; /* fields and defaults (null: none) */
    struct str sandbox_backend;                             /* empty: no such setting */
    node_id policy; /* the format of the policy document (load/policy_format.h), or 0 */
};

struct gateways {
    const struct gateway_data *v; /* ascending by version */
    size_t n;
};

/* Reads the built-in data. Everything lives in the arena. */
struct gateways gateways_load(struct arena *a);

/* Negative, 0, positive, by the numbers in the dotted texts. */
int gateway_version_compare(struct str a, struct str b);
/* "1.2.3", with whatever follows a hyphen. */
bool gateway_version_is_readable(struct str version);
/* The version itself, else the highest known one not above it, else the lowest. */
const struct gateway_data *gateways_find(const struct gateways *g, struct str version);
/* The channel that an alias stands for; the name itself when it is none. */
struct str gateway_channel_of(const struct gateway_data *g, struct str name);
/* Index of a tool in `tools`, or SIZE_MAX. */
size_t gateway_tool(const struct gateway_data *g, struct str name);

#endif
