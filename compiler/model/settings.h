/* Settings of the gateway that its own audit asks about, and what is known of a gateway beside its
 * config. */
#ifndef CLAWC_MODEL_SETTINGS_H
#define CLAWC_MODEL_SETTINGS_H

#include "load/gateway.h"
#include "model/value.h"

/* ---- what is told of a gateway that stands in none of its files --------------------------------
 */

struct stored_pairing {
    struct str account;    /* "telegram/default" */
    struct names approved; /* the senders, as stored */
};

struct conditions {
    /* Channels whose accounts are logged in by something that is no setting: whatsapp. */
    struct names linked;
    bool linked_known; /* nothing else is linked */
    /* Senders approved by pairing; what is not in it has none when `pairing_known`. */
    ARRAY(struct stored_pairing) pairing;
    bool pairing_known;
    struct str home, cwd; /* of the gateway's process; empty when not known */
    struct names plugins; /* channel plugins that are loaded */
    bool plugins_known;   /* no other is */
};

/* ---- gateway.auth ------------------------------------------------------------------------------
 */

enum credential_form {
    CREDENTIAL_ABSENT,
    CREDENTIAL_BLANK,
    CREDENTIAL_LITERAL,    /* a text, or one that variables were put into */
    CREDENTIAL_UNRESOLVED, /* a text with a variable that has no value, or one the gateway resolves
                              only later */
    CREDENTIAL_REFERENCE,  /* a SecretRef */
};

/* A token or password as the config has it. */
struct credential {
    enum credential_form form;
    struct text text;    /* trimmed; of a reference empty */
    struct str variable; /* the environment variable that the whole of it names, or empty */
    bool substituted;    /* a variable was replaced by its value */
};

/* What the gateway's audit judges of a credential: the config's, or what stands in for it. */
struct judged_credential {
    bool known;       /* there is one, and its text is known */
    uint32_t length;  /* UTF-16 units */
    bool placeholder; /* blank, `undefined` or `null` */
    struct str from;  /* the variable that it comes from, or empty: the config */
    bool in_config;   /* stands in the config, as the gateway's audit counts it */
    bool substituted; /* ... by a variable */
    place at;
};

/* How the gateway authenticates. Variables that nobody knows count as unset; they are named. */
struct gateway_auth {
    struct text mode; /* in force: token, password, trusted-proxy, none; `set`: written */
    struct judged_credential token, password;
    struct text used_token, used_password; /* what is compared with; `set` when there is one */
    bool secret;          /* a token or password is configured that this mode asks for */
    bool usable;          /* HTTP endpoints have something to compare with */
    bool allow_tailscale; /* whoever Tailscale vouches for may get in, */
    bool tailscale;       /* and Tailscale serves it */
    bool env_conflict;    /* OPENCLAW_GATEWAY_TOKEN is set, and the config says something else */
    bool browser_secret;  /* browser control has a token or password */
    struct names assumed_unset;      /* for `secret` and `usable` */
    struct names mode_assumed_unset; /* for `mode` */
    struct names any_assumed_unset;  /* for `browser_secret` */
    bool rate_limit;
    place rate_limit_at;
    place at;
};

struct trusted_proxy {
    struct text user_header;
    struct flag allow_loopback, device_auto_approve;
    struct text_list scopes, allow_users;
    place at;
};

struct control_ui {
    struct flag enabled, host_header_fallback, insecure_auth, device_auth_disabled;
    struct text_list allowed_origins; /* trimmed, without blank ones */
    place at;
};

/* ---- lists of names ----------------------------------------------------------------------------
 */

struct node_command {
    struct text name;
    bool pattern;     /* looks like a pattern, which it is not */
    struct str meant; /* a known command of a similar name, or empty */
};

/* ---- flags that are dangerous by themselves ----------------------------------------------------
 */

struct dangerous_flag {
    struct str text; /* "tools.exec.applyPatch.workspaceOnly=false" */
    place at;
};

/* ---- browser -----------------------------------------------------------------------------------
 */

struct browser_profile {
    struct str name, url; /* the CDP endpoint */
    bool plain_remote;    /* HTTP to another machine */
    place at;
};

/* ---- what was installed from npm ----------------------------------------------------------------
 */

struct install {
    struct str name, spec; /* "voice-call", "@openclaw/voice-call@^1" */
    bool hook;             /* otherwise a plugin */
    bool unpinned;         /* the spec names no exact version */
    bool integrity;        /* a digest of the package is recorded */
    place at;
};

/* ---- the files of the config -------------------------------------------------------------------
 */

struct config_file {
    struct str name, path; /* as reports call it; absolute, links not resolved */
    bool included, symlink;
    bool group_reads, group_writes, others_read, others_write; /* of the target of a link */
    place at;
};

/* ---- the whole ---------------------------------------------------------------------------------
 */

/* One entry of security.audit.suppressions: a finding of this id whose title and detail hold these
 * texts is hidden by the gateway. */
struct audit_suppression {
    struct text check_id, title, detail, reason;
    place at;
};

struct audit_settings {
    struct gateway_auth auth;
    struct trusted_proxy proxy;
    struct control_ui control_ui;
    struct text_list trusted_proxies;
    struct flag real_ip_fallback;
    struct text mdns_mode, redact_sensitive;
    struct flag mcp_apps, chat_completions, responses, admin_rpc;
    struct text_list http_tools;       /* of gateway.tools.allow those that HTTP should not have */
    struct text_list node_allow_risky; /* dangerous commands that are allowed and not denied */
    ARRAY(struct node_command) node_deny_useless;
    place node_deny_at;
    struct judged_credential hooks_token;
    struct str hooks_token_is; /* "token" or "password" of the gateway, or empty */
    struct flag internal_hooks;
    struct flag browser;         /* browser control is on */
    struct text browser_problem; /* why the block `browser` cannot be used; not set: it can */
    ARRAY(struct browser_profile) browser_profiles;
    struct text feishu_docs; /* set: a Feishu account has the document tool; its place */
    uint32_t open_groups, allowlisted_groups; /* channels with that groupPolicy */
    ARRAY(struct dangerous_flag) flags;
    ARRAY(struct install) installs;
    ARRAY(struct audit_suppression) suppressions;
    place suppressions_at;
};

#endif
