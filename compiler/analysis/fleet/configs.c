/* What is wrong with a gateway's config where others are near. */
#include "analysis/fleet/compare.h"

static void check_token(struct comparing *c, uint32_t i) {
    const struct fleet_gateway *g = c->g[i];
    if (!g->service || !g->config_seen || g->environment_unknown) return;
    if (g->loopback || g->token.set || g->password.set) return;
    if (str_equal(g->auth_mode, STR("trusted-proxy"))) return;
    fleet_alone(c, "gateway-token-missing", STR("gateway.auth"), i, g->auth_at);
}

static void check_hooks(struct comparing *c, uint32_t i) {
    const struct fleet_gateway *g = c->g[i];
    if (g->hooks_enabled && g->hooks_choose_session)
        fleet_alone(c, "hooks-session-override", STR("hooks.allowRequestSessionKey"), i,
                    g->hooks_session_at);
    if (g->service && g->hooks_enabled && g->agents.n > 1 && g->hooks_any_agent)
        fleet_alone(c, "hooks-agents-unrestricted", STR("hooks.allowedAgentIds"), i,
                    g->hooks_agents_at);
}

static void check_variables(struct comparing *c, uint32_t i) {
    const struct fleet_gateway *g = c->g[i];
    for (size_t k = 0; k < g->missing.n; k++)
        fleet_alone(c, "missing-env", g->missing.v[k].name, i, g->missing.v[k].at);
    if (g->idle_hooks_token)
        fleet_alone(c, "ineffective-env", STR("OPENCLAW_HOOKS_TOKEN"), i, g->idle_hooks_token->at);
    for (size_t k = 0; k < g->refused_keys.n; k++)
        fleet_alone(c, "unknown-config-key", g->refused_keys.v[k].name, i, g->refused_keys.v[k].at);
}

/* A spoke with channels of its own: people get past the hub. */
static void check_channels(struct comparing *c, uint32_t i) {
    const struct fleet_gateway *g = c->g[i];
    if (!c->block->hub.n || str_equal(g->name, c->block->hub)) return;
    for (size_t k = 0; k < g->channels.n; k++) {
        const struct fleet_channel *channel = &g->channels.v[k];
        for (size_t d = 0; d < channel->open.n; d++) {
            const struct fleet_door *door = &channel->open.v[d];
            fleet_alone(c, "spoke-public-channel", door->path, i, door->at)->found.everybody = true;
        }
        if (!channel->open.n)
            fleet_alone(c, "spoke-public-channel", channel->door.path, i, channel->door.at);
    }
}

void check_configs(struct comparing *c) {
    for (uint32_t i = 0; i < c->n; i++) {
        check_token(c, i);
        check_hooks(c, i);
        check_variables(c, i);
        check_channels(c, i);
    }
}
