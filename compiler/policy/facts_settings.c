/* Facts about the settings that the gateway's own audit asks about. */
#include "policy/facts_settings.h"

#include "policy/facts_table.h"

struct cel_value fact_suppressed_ids(struct cel_run *run, const struct model *m) {
    size_t n = m->audit.suppressions.n;
    struct cel_value *v = arena_alloc(run->arena, n * sizeof *v);
    for (size_t i = 0; i < n; i++) v[i] = text(&m->audit.suppressions.v[i].check_id);
    return cel_with_origin(cel_list(v, n), m->audit.suppressions_at);
}

struct cel_value fact_installs(struct cel_run *run, const struct model *m) {
    size_t n = m->audit.installs.n;
    struct cel_value *v = arena_alloc(run->arena, n * sizeof *v);
    for (size_t i = 0; i < n; i++) {
        const struct install *install = &m->audit.installs.v[i];
        v[i] = cel_with_origin(cel_object(&fact_install, install), install->at);
    }
    return cel_with_origin(cel_list(v, n), m->at);
}

static struct cel_value names_at(struct cel_run *run, struct names names, place at) {
    return cel_with_origin(strings(run, names.v, names.n), at);
}

static struct cel_value credential(const struct judged_credential *c) {
    return cel_with_origin(cel_object(&fact_credential, c), c->at);
}

/* Whoever reaches loopback is let in by something. */
static bool is_guarded_locally(const struct model *m) {
    const struct gateway_auth *auth = &m->audit.auth;
    bool proxied = str_equal(auth->mode.v, STR("trusted-proxy"));
    return auth->secret || auth->tailscale ||
           (proxied && m->gateway->audit_rules & AUDIT_PROXY_IS_AUTH);
}

static struct cel_value commands(struct cel_run *run, const struct model *m) {
    size_t n = m->audit.node_deny_useless.n;
    struct cel_value *v = arena_alloc(run->arena, n * sizeof *v);
    for (size_t i = 0; i < n; i++) {
        const struct node_command *c = &m->audit.node_deny_useless.v[i];
        v[i] = cel_with_origin(cel_object(&fact_node_command, c), c->name.at);
    }
    return cel_with_origin(cel_list(v, n), m->audit.node_deny_at);
}

static struct cel_value profiles(struct cel_run *run, const struct model *m) {
    size_t n = m->audit.browser_profiles.n;
    struct cel_value *v = arena_alloc(run->arena, n * sizeof *v);
    for (size_t i = 0; i < n; i++) {
        const struct browser_profile *p = &m->audit.browser_profiles.v[i];
        v[i] = cel_with_origin(cel_object(&fact_browser_profile, p), p->at);
    }
    return cel_with_origin(cel_list(v, n), m->audit.browser.at);
}

static struct cel_value setting_texts(struct cel_run *run, const struct dangerous_setting *d) {
    struct cel_value *v = arena_alloc(run->arena, d->n * sizeof *v);
    for (size_t i = 0; i < d->n; i++) v[i] = string_at(d->flags[i].text, d->flags[i].at);
    return cel_with_origin(cel_list(v, d->n), d->flags[0].at);
}

/* ---- ranges ------------------------------------------------------------------------------------
 */

static bool one_for_each(const struct model *m) {
    return m->gateway->audit_rules & AUDIT_FLAG_EACH;
}

size_t dangerous_setting_count(const struct analysis *s) {
    size_t n = s->model->audit.flags.n;
    return one_for_each(s->model) ? n : n > 0;
}

const void *dangerous_setting_at(const struct analysis *s, struct arena *scratch, size_t i) {
    const struct model *m = s->model;
    bool each = one_for_each(m);
    struct dangerous_setting *d = ARENA_NEW(scratch, struct dangerous_setting);
    *d = (struct dangerous_setting){m, &m->audit.flags.v[i], each ? 1 : m->audit.flags.n};
    return d;
}

/* clang-format off: one field a line, so that the tables read as tables. */
/* ---- the tables --------------------------------------------------------------------------------
 */

#define AUTH_FIELDS(F)                                                                             \
    F(auth, mode, S(CEL_STRING),                                                                   \
      "`gateway.auth.mode` in force: token, password, trusted-proxy or none.", text(&AUTH.mode))   \
    F(auth, mode_set, S(CEL_BOOL), "Whether it is written.", bool_at(AUTH.mode.set, AUTH.mode.at)) \
    F(auth, secret, S(CEL_BOOL), "A token or password is configured that the mode asks for.",      \
      bool_at(AUTH.secret, AUTH.at))                                                               \
    F(auth, guards_loopback, S(CEL_BOOL), "What comes from the same machine must authenticate.",   \
      bool_at(is_guarded_locally(o), AUTH.at))                                                     \
    F(auth, guards_http, S(CEL_BOOL),                                                              \
      "HTTP endpoints have a credential to compare with, or leave it to a proxy.",                 \
      bool_at(AUTH.usable, AUTH.mode.at))                                                          \
    F(auth, guards_browser, S(CEL_BOOL), "Browser control has a token or password.",               \
      bool_at(AUTH.browser_secret, AUTH.at))                                                       \
    F(auth, assumed_unset, LIST(CEL_STRING),                                                       \
      "Variables that `secret`, `guards_loopback` and `guards_http` take as unset, because "       \
      "nobody "                                                                                    \
      "knows.",                                                                                    \
      names_at(run, AUTH.assumed_unset, AUTH.at))                                                  \
    F(auth, mode_assumed_unset, LIST(CEL_STRING), "The same, for `mode`.",                         \
      names_at(run, AUTH.mode_assumed_unset, AUTH.at))                                             \
    F(auth, browser_assumed_unset, LIST(CEL_STRING), "The same, for `guards_browser`.",            \
      names_at(run, AUTH.any_assumed_unset, AUTH.at))                                              \
    F(auth, token, OBJ(fact_credential), "The gateway's token.", credential(&AUTH.token))          \
    F(auth, password, OBJ(fact_credential), "The gateway's password.", credential(&AUTH.password)) \
    F(auth, environment_differs, S(CEL_BOOL),                                                      \
      "OPENCLAW_GATEWAY_TOKEN is set, and `gateway.auth.token` says something else.",              \
      bool_at(AUTH.env_conflict, AUTH.token.at))                                                   \
    F(auth, rate_limit, S(CEL_BOOL), "`gateway.auth.rateLimit` is written.",                       \
      bool_at(AUTH.rate_limit, AUTH.rate_limit_at))

#define CREDENTIAL_FIELDS(F)                                                                       \
    F(credential, known, S(CEL_BOOL), "There is one, and its text is known.",                      \
      bool_at(o->known, o->at))                                                                    \
    F(credential, length, S(CEL_INT), "Its length in UTF-16 units.", int_at(o->length, o->at))     \
    F(credential, placeholder, S(CEL_BOOL), "It is blank, `undefined` or `null`.",                 \
      bool_at(o->placeholder, o->at))                                                              \
    F(credential, variable, S(CEL_STRING),                                                         \
      "The environment variable that stands in for the config's, or empty.",                       \
      string_at(o->from, o->at))                                                                   \
    F(credential, in_config, S(CEL_BOOL), "It stands in the config, as the gateway counts it.",    \
      bool_at(o->in_config, o->at))                                                                \
    F(credential, substituted, S(CEL_BOOL), "The config has it as a variable.",                    \
      bool_at(o->substituted, o->at))

#define TRUSTED_PROXY_FIELDS(F)                                                                    \
    F(trusted_proxy, user_header, S(CEL_STRING), "`userHeader`, or empty.",                        \
      text(&PROXY.user_header))                                                                    \
    F(trusted_proxy, allow_loopback, S(CEL_BOOL), "`allowLoopback`.", flag(PROXY.allow_loopback))  \
    F(trusted_proxy, device_auto_approve, S(CEL_BOOL), "`deviceAutoApprove.enabled`.",             \
      flag(PROXY.device_auto_approve))                                                             \
    F(trusted_proxy, device_scopes, LIST(CEL_STRING), "`deviceAutoApprove.scopes`.",               \
      texts(run, &PROXY.scopes))                                                                   \
    F(trusted_proxy, allow_users, LIST(CEL_STRING), "`allowUsers`.", texts(run, &PROXY.allow_users))

#define CONTROL_UI_FIELDS(F)                                                                       \
    F(control_ui, enabled, S(CEL_BOOL), "`controlUi.enabled` in force.", flag(UI.enabled))         \
    F(control_ui, allowed_origins, LIST(CEL_STRING), "`allowedOrigins`, without blank ones.",      \
      texts(run, &UI.allowed_origins))                                                             \
    F(control_ui, host_header_fallback, S(CEL_BOOL),                                               \
      "`dangerouslyAllowHostHeaderOriginFallback`.", flag(UI.host_header_fallback))                \
    F(control_ui, insecure_auth, S(CEL_BOOL), "`allowInsecureAuth` (2026.3.13).",                  \
      flag(UI.insecure_auth))                                                                      \
    F(control_ui, device_auth_disabled, S(CEL_BOOL),                                               \
      "`dangerouslyDisableDeviceAuth` (2026.3.13).", flag(UI.device_auth_disabled))

#define HTTP_FIELDS(F)                                                                             \
    F(http, risky_tools, LIST(CEL_STRING),                                                         \
      "Entries of `gateway.tools.allow` that HTTP callers do not get otherwise.",                  \
      texts(run, &o->audit.http_tools))                                                            \
    F(http, chat_completions, S(CEL_BOOL), "`gateway.http.endpoints.chatCompletions.enabled`.",    \
      flag(o->audit.chat_completions))                                                             \
    F(http, responses, S(CEL_BOOL), "`gateway.http.endpoints.responses.enabled`.",                 \
      flag(o->audit.responses))                                                                    \
    F(http, admin_rpc, S(CEL_BOOL), "The plugin admin-http-rpc is on.", flag(o->audit.admin_rpc))

#define NODES_FIELDS(F)                                                                            \
    F(nodes, risky_allowed, LIST(CEL_STRING),                                                      \
      "Commands that read or act on a device, allowed by name and not denied.",                    \
      texts(run, &o->audit.node_allow_risky))                                                      \
    F(nodes, useless_denials, LISTO(fact_node_command),                                            \
      "Entries of the deny list that deny nothing.", commands(run, o))

#define NODE_COMMAND_FIELDS(F)                                                                     \
    F(node_command, name, S(CEL_STRING), "The entry.", text(&o->name))                             \
    F(node_command, pattern, S(CEL_BOOL), "Looks like a pattern; names are compared as they are.", \
      bool_at(o->pattern, o->name.at))                                                             \
    F(node_command, meant, S(CEL_STRING), "A command of a similar name, or empty.",                \
      string_at(o->meant, o->name.at))

#define BROWSER_FIELDS(F)                                                                          \
    F(browser, enabled, S(CEL_BOOL), "Browser control is on.", flag(o->audit.browser))             \
    F(browser, problem, S(CEL_STRING), "Why the block cannot be used, or empty.",                  \
      text(&o->audit.browser_problem))                                                             \
    F(browser, profiles, LISTO(fact_browser_profile), "The browsers that it talks to.",            \
      profiles(run, o))

#define BROWSER_PROFILE_FIELDS(F)                                                                  \
    F(browser_profile, name, S(CEL_STRING), "The profile.", string_at(o->name, o->at))             \
    F(browser_profile, host, S(CEL_STRING), "The host of its address.", string_at(o->url, o->at))  \
    F(browser_profile, plain_remote, S(CEL_BOOL), "HTTP to another machine.",                      \
      bool_at(o->plain_remote, o->at))

#define INSTALL_FIELDS(F)                                                                          \
    F(install, name, S(CEL_STRING), "What it is called.", string_at(o->name, o->at))               \
    F(install, spec, S(CEL_STRING), "The npm spec, or empty.", string_at(o->spec, o->at))          \
    F(install, hook, S(CEL_BOOL), "A hook; otherwise a plugin.", bool_at(o->hook, o->at))          \
    F(install, unpinned, S(CEL_BOOL), "The spec names no exact version.",                          \
      bool_at(o->unpinned, o->at))                                                                 \
    F(install, integrity, S(CEL_BOOL), "A digest of the package is recorded.",                     \
      bool_at(o->integrity, o->at))

#define DANGEROUS_SETTING_FIELDS(F)                                                                \
    F(dangerous_setting, settings, LIST(CEL_STRING), "Each as `path=value`.", setting_texts(run, o))

/* clang-format on */

#define AUTH  o->audit.auth
#define PROXY o->audit.proxy
#define UI    o->audit.control_ui

DEFINE_FACT(auth, struct model, "auth", "How a gateway authenticates.", AUTH_FIELDS)
DEFINE_FACT(credential, struct judged_credential, "credential",
            "A token or password: the config's, or the variable that stands in for it.",
            CREDENTIAL_FIELDS)
DEFINE_FACT(trusted_proxy, struct model, "trusted_proxy", "`gateway.auth.trustedProxy`.",
            TRUSTED_PROXY_FIELDS)
DEFINE_FACT(control_ui, struct model, "control_ui", "`gateway.controlUi`.", CONTROL_UI_FIELDS)
DEFINE_FACT(http, struct model, "http", "The gateway's HTTP endpoints.", HTTP_FIELDS)
DEFINE_FACT(nodes, struct model, "nodes", "What paired devices may be asked to do.", NODES_FIELDS)
DEFINE_FACT(node_command, struct node_command, "node_command",
            "An entry of the deny list for commands of devices.", NODE_COMMAND_FIELDS)
DEFINE_FACT(browser, struct model, "browser", "Browser control.", BROWSER_FIELDS)
DEFINE_FACT(browser_profile, struct browser_profile, "browser_profile",
            "A browser that the gateway talks to.", BROWSER_PROFILE_FIELDS)
DEFINE_FACT(install, struct install, "install", "Something that was installed from npm.",
            INSTALL_FIELDS)
DEFINE_FACT(dangerous_setting, struct dangerous_setting, "dangerous_setting",
            "A setting that is dangerous by itself, or all of them in versions that report them "
            "as one.",
            DANGEROUS_SETTING_FIELDS)
