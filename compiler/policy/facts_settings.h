/* Facts about the settings that the gateway's own audit asks about: objects of the gateway (its
 * authentication, its control UI, HTTP, nodes, browser control) and single settings. */
#ifndef CLAWC_POLICY_FACTS_SETTINGS_H
#define CLAWC_POLICY_FACTS_SETTINGS_H

#include "policy/facts.h"

extern const struct cel_object_type fact_auth, fact_credential, fact_trusted_proxy, fact_control_ui,
    fact_http, fact_nodes, fact_node_command, fact_browser, fact_browser_profile,
    fact_dangerous_setting, fact_install;

/* All dangerous settings of a gateway in one fact (older gateways report them so), or one of them.
 */
struct dangerous_setting {
    const struct model *model;
    const struct dangerous_flag *flags;
    size_t n;
};

/* The range of rules about them. */
size_t dangerous_setting_count(const struct analysis *s);
const void *dangerous_setting_at(const struct analysis *s, struct arena *scratch, size_t i);

/* The ids that security.audit.suppressions names. */
struct cel_value fact_suppressed_ids(struct cel_run *run, const struct model *m);

/* What 2026.3.13 has installed. */
struct cel_value fact_installs(struct cel_run *run, const struct model *m);

/* Rows of the table of the gateway's facts (policy/facts.c); `o` is its analysis. */
/* clang-format off: one field a line, so that the tables read as tables. */
#define SETTING(kind) cel_with_origin(cel_object(&fact_##kind, o->model), o->model->audit.kind.at)
#define SETTINGS_FIELDS(F)                                                                         \
    F(gateway, auth, OBJ(fact_auth), "How it authenticates.", SETTING(auth))                       \
    F(gateway, trusted_proxy, OBJ(fact_trusted_proxy), "The proxy that vouches for users.",        \
      cel_with_origin(cel_object(&fact_trusted_proxy, o->model), o->model->audit.proxy.at))        \
    F(gateway, control_ui, OBJ(fact_control_ui), "Its control UI.", SETTING(control_ui))           \
    F(gateway, http, OBJ(fact_http), "Its HTTP endpoints.",                                        \
      cel_with_origin(cel_object(&fact_http, o->model), o->model->settings.at))                    \
    F(gateway, nodes, OBJ(fact_nodes), "What it lets paired devices do.",                          \
      cel_with_origin(cel_object(&fact_nodes, o->model), o->model->audit.node_deny_at))            \
    F(gateway, browser, OBJ(fact_browser), "Browser control.",                                     \
      cel_with_origin(cel_object(&fact_browser, o->model), o->model->audit.browser.at))            \
    F(gateway, tailscale, S(CEL_STRING), "`gateway.tailscale.mode`: off, serve or funnel.",        \
      text(&o->model->settings.tailscale))                                                         \
    F(gateway, trusted_proxies, LIST(CEL_STRING), "`gateway.trustedProxies`.",                     \
      texts(run, &o->model->audit.trusted_proxies))                                                \
    F(gateway, real_ip_fallback, S(CEL_BOOL), "`gateway.allowRealIpFallback`.",                    \
      flag(o->model->audit.real_ip_fallback))                                                      \
    F(gateway, mdns_mode, S(CEL_STRING), "`discovery.mdns.mode`: minimal, full or off.",           \
      text(&o->model->audit.mdns_mode))                                                            \
    F(gateway, mcp_apps, S(CEL_BOOL), "`mcp.apps.enabled`.", flag(o->model->audit.mcp_apps))       \
    F(gateway, log_redaction, S(CEL_STRING), "`logging.redactSensitive` (2026.3.13).",             \
      text(&o->model->audit.redact_sensitive))                                                     \
    F(gateway, hooks_token, OBJ(fact_credential), "`hooks.token`.",                                \
      cel_with_origin(cel_object(&fact_credential, &o->model->audit.hooks_token),                  \
                      o->model->audit.hooks_token.at))                                             \
    F(gateway, hooks_token_is, S(CEL_STRING),                                                      \
      "`token` or `password` when the hooks token is the gateway's own, else empty.",              \
      string_at(o->model->audit.hooks_token_is, o->model->audit.hooks_token.at))                   \
    F(gateway, internal_hooks, S(CEL_BOOL), "Hooks inside of the gateway are on.",                 \
      flag(o->model->audit.internal_hooks))                                                        \
    F(gateway, elevated, S(CEL_BOOL), "`tools.elevated.enabled` in force.",                        \
      flag(o->model->tools.elevated.enabled))                                                      \
    F(gateway, open_groups, S(CEL_INT), "Channels whose groupPolicy is open.",                     \
      int_at(o->model->audit.open_groups, o->model->channels_at))                                  \
    F(gateway, allowlisted_groups, S(CEL_INT), "Channels whose groupPolicy is allowlist.",         \
      int_at(o->model->audit.allowlisted_groups, o->model->channels_at))                           \
    F(gateway, feishu_documents, S(CEL_STRING),                                                    \
      "The first Feishu account whose document tool is on, or empty.",                             \
      text(&o->model->audit.feishu_docs))                                                          \
    F(gateway, installs, LISTO(fact_install),                                                      \
      "Plugins and hooks installed from npm, as 2026.3.13 records them in the config.",            \
      fact_installs(run, o->model))                                                                \
    F(gateway, audit_suppressions, LIST(CEL_STRING),                                               \
      "The ids that `security.audit.suppressions` names.", fact_suppressed_ids(run, o->model))
/* clang-format on */

#endif
