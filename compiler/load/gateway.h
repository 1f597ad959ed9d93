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
    TOOLS_OWNER_WILDCARD = 512,
    TOOLS_OWNER_FALLBACK = 1024,
};

/* What differs between versions in how the gateway's own audit reads a config. */
enum audit_rule {
    AUDIT_TYPED_REFERENCES = 1,     /* a reference that is not resolved is no credential */
    AUDIT_REMOTE_CREDENTIALS = 2,   /* gateway.remote's are used where there are no others */
    AUDIT_PROXY_IS_AUTH = 4,        /* trusted-proxy is enough on loopback, too */
    AUDIT_HTTP_BY_CREDENTIAL = 8,   /* HTTP without a usable credential; else: with mode none */
    AUDIT_FLAG_EACH = 16,           /* one finding for each dangerous flag */
    AUDIT_INTERNAL_HOOK_PARTS = 32, /* entries and directories switch internal hooks on */
    AUDIT_BROWSER_IS_PLUGIN = 64,   /* plugins.* can switch browser control off */
    AUDIT_HOOKS_PASSWORD = 128,     /* hooks.token is compared with the password, too */
    AUDIT_REFERENCE_BY_FORM = 256, /* a secret that begins with ${ and ends with } is a reference */
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

    /* What the start rewrites: patterns of paths (load/legacy/steps.h). */
    struct name_map repair_scopes;               /* @name -> patterns */
    struct name_map repair_merges, repair_moves; /* from -> the one to */
    struct name_map repair_values;               /* pattern -> old, new, old, new... */
    struct name_map repair_removed_values;       /* pattern -> values */
    struct name_map repair_streaming;            /* channel -> its mode, how its keys are moved */
    struct name_map repair_web_search;           /* provider of web searches -> plugin */
    struct name_map repair_tools, repair_models; /* name -> the one that took its place */
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
    bool log_expands_home;  /* `~` in logging.file is the home; else a directory of that name */
    bool profile_switches;  /* --profile changes what is set to another profile's */
    bool state_falls_back;  /* a state directory without a config: that of the home is used */
    bool profile_derived_port;
    bool workspace_follows_state, workspace_below_default;
    /* When several gateways are compared: the data says what each means. */
    struct str container_bind;
    bool auto_binds_loopback, makes_up_token, accounts_inherit_dm_policy, channel_is_account,
        sandbox_by_workspace;
    struct names wildcard_yields, refused_keys;
    struct str session_visibility;
    bool agent_to_agent;
    bool hooks_template_needs_prefixes; /* a mapping's templated session key asks for prefixes */
    bool browser_extension_ports; /* extension profiles count down from base + 10; otherwise there
                                     is one relay at base + 3 */
    bool audit_by_route;          /* session_collision (true) or scope_main_multiuser */
    /* How the gateway's own audit reads tools, channels, models and paths: */
    bool audit_profile_extends;    /* alsoAllow widens the profile */
    bool audit_provider_lists;     /* the lists of a model's provider count */
    bool audit_open_dm;            /* open direct messages are open doors, too */
    bool audit_merges_accounts;    /* an account is judged with what its channel says */
    bool audit_resolves_models;    /* an alias is judged as the model that it stands for */
    bool audit_roster_implied;     /* a config without agents has one */
    bool small_models_sandboxed;   /* a small model is unsafe outside of a sandbox */
    struct name_map audit_tools;   /* what they are for -> tools, in its order */
    struct name_map model_aliases; /* names that it gives to well-known models -> the model */
    struct name_map search_keys;   /* any name -> path below tools.web.search */
    bool search_any_setting;       /* anything there is taken for a key */
    struct names search_variables; /* in which a key may be */
    struct names interpreters, versioned_interpreters; /* the latter also with a version number */
    struct names broad_bins;                           /* programs that do more than filter text */
    struct name_map risky_dirs; /* why -> patterns: `=` whole, `^` beginning, else a part */
    struct names blocked_paths, blocked_home; /* that a sandbox must not mount; below a home */
    bool blocked_covers;                      /* nor a directory that holds one of them */
    struct names home_variables;              /* that name a home directory */
    unsigned audit_rules;                     /* enum audit_rule */
    /* Variables that hold a credential, the first of them its text; tools that HTTP should not
     * have; commands of nodes; places of their lists. */
    struct names token_variables, password_variables, http_tool_deny;
    struct names node_commands, risky_node_commands;
    struct str node_allow, node_deny;
    struct names flags; /* PLACE=VALUE, `*` any member, `#` any item */
    /* Ids of the gateway's audit that a config alone cannot decide: reason -> ids. */
    struct name_map undecided, undecided_without_fs;

    /* Built-in model providers; of web searches all providers, and those that are installed. */
    struct names model_providers, web_search, web_search_active;
    struct name_map web_search_plugins; /* provider -> plugin, where they are called differently */
    struct name_map models_gone;        /* provider -> model, what to use instead, model, ... */
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
    struct names own_group_list;     /* groups do not fall back to allowFrom */
    struct name_map configured_by;   /* channel -> settings, any of which makes an account ready */
    struct names native_commands;    /* `auto` offers native commands here */
    struct name_map label;           /* channel -> what the gateway calls it */
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
