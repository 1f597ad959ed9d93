#include "model/auth.h"

struct auth_decision auth_decide(const struct model *m) {
    const struct gateway_settings *s = &m->settings;
    struct auth_decision auth = {
        .mode = STR("token"), .source = "default", .token = s->token, .password = s->password};
    if (s->auth_mode.set && s->auth_mode.v.n) {
        auth.mode = s->auth_mode.v;
        auth.source = "config";
    } else if (s->password.set) {
        auth.mode = STR("password");
        auth.source = "password";
    } else if (s->token.set) {
        auth.source = "token";
    }
    bool proves_otherwise =
        str_equal(auth.mode, STR("password")) || str_equal(auth.mode, STR("trusted-proxy"));
    auth.allow_tailscale = s->allow_tailscale.set
                               ? s->allow_tailscale.v
                               : str_equal(s->tailscale.v, STR("serve")) && !proves_otherwise;
    return auth;
}
