#include "model/routing.h"

const char *route_tier_name(enum route_tier tier) {
    static const char *const names[] = {
        [TIER_PEER] = "binding.peer",
        [TIER_PEER_PARENT] = "binding.peer.parent",
        [TIER_PEER_WILDCARD] = "binding.peer.wildcard",
        [TIER_GUILD_ROLES] = "binding.guild+roles",
        [TIER_GUILD] = "binding.guild",
        [TIER_TEAM] = "binding.team",
        [TIER_ACCOUNT] = "binding.account",
        [TIER_CHANNEL] = "binding.channel",
        [TIER_DEFAULT] = "default",
    };
    return names[tier];
}

const char *dm_scope_name(enum dm_scope scope) {
    static const char *const names[] = {
        [DM_MAIN] = "main",
        [DM_PER_PEER] = "per-peer",
        [DM_PER_CHANNEL_PEER] = "per-channel-peer",
        [DM_PER_ACCOUNT_CHANNEL_PEER] = "per-account-channel-peer",
    };
    return names[scope];
}

const char *group_scope_name(enum group_scope scope) {
    return scope == GROUP_MAIN ? "main" : "per-group";
}

enum route_tier route_binding_tier(const struct route_binding *b) {
    if (b->peer == PEER_EXACT) return TIER_PEER;
    if (b->peer == PEER_WILDCARD) return TIER_PEER_WILDCARD;
    if (b->guild.n) return b->n_roles ? TIER_GUILD_ROLES : TIER_GUILD;
    if (b->team.n) return TIER_TEAM;
    return b->account.p ? TIER_ACCOUNT : TIER_CHANNEL;
}
