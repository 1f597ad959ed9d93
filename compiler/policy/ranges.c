/* What a rule can range over. */
#include "policy/facts_settings.h"

#define SIMPLE_RANGE(name, count_expression, element_expression)                                   \
    static size_t name##_count(const struct analysis *s) {                                         \
        (void)s;                                                                                   \
        return (count_expression);                                                                 \
    }                                                                                              \
    static const void *name##_at(const struct analysis *s, struct arena *scratch, size_t i) {      \
        (void)scratch;                                                                             \
        (void)i;                                                                                   \
        return (element_expression);                                                               \
    }

SIMPLE_RANGE(gateway, 1, s)
SIMPLE_RANGE(agent, s->model->agents.n, &s->agents[i])
SIMPLE_RANGE(account, s->model->accounts.n, &s->accounts[i])
SIMPLE_RANGE(binding, s->model->bindings.n, &s->bindings[i])
SIMPLE_RANGE(reach, s->reaches.n, &s->reaches.v[i])
SIMPLE_RANGE(shared_session, s->sessions.n, &s->sessions.v[i])
SIMPLE_RANGE(crowded_channel, s->crowded.n, &s->crowded.v[i])
SIMPLE_RANGE(channel_check, s->channel_checks.n, &s->channel_checks.v[i])
SIMPLE_RANGE(shared_room, s->rooms.n, &s->rooms.v[i])
SIMPLE_RANGE(tool_entry, s->tool_entries.n, &s->tool_entries.v[i])
SIMPLE_RANGE(shared_workspace, s->workspaces.n, &s->workspaces.v[i])
SIMPLE_RANGE(power_path, s->paths.n, &s->paths.v[i])
SIMPLE_RANGE(browser_profile, s->model->audit.browser_profiles.n,
             &s->model->audit.browser_profiles.v[i])
SIMPLE_RANGE(config_file, s->model->n_files, &s->model->files[i])
SIMPLE_RANGE(shared_agent_dir, s->agent_dirs.n, &s->agent_dirs.v[i])
SIMPLE_RANGE(policy_violation, s->conformance ? s->conformance->violations.n : 0,
             &s->conformance->violations.v[i])

SIMPLE_RANGE(tool_list, s->allow_lists.n, &s->allow_lists.v[i])
SIMPLE_RANGE(bind, s->exposure->binds.n, &s->exposure->binds.v[i])
SIMPLE_RANGE(container, s->model->surface.containers.n, &s->model->surface.containers.v[i])
SIMPLE_RANGE(elevated_list, s->model->tools.elevated.n_channels,
             &s->model->tools.elevated.channels[i])

static size_t secret_count(const struct analysis *s) {
    return s->model->surface.secrets.n;
}

static const void *secret_at(const struct analysis *s, struct arena *scratch, size_t i) {
    struct secret_fact *f = ARENA_NEW(scratch, struct secret_fact);
    *f = (struct secret_fact){s, &s->model->surface.secrets.v[i]};
    return f;
}

static size_t agent_pair_count(const struct analysis *s) {
    size_t n = s->model->agents.n;
    return n * (n - (n > 0)) / 2;
}

/* Pair number i of (0,1) (0,2) (1,2) (0,3) ...: the later agent is the row of the triangle. */
static const void *agent_pair_at(const struct analysis *s, struct arena *scratch, size_t i) {
    size_t row = 1;
    while (i >= row) i -= row++;
    struct agent_pair *pair = ARENA_NEW(scratch, struct agent_pair);
    *pair = (struct agent_pair){&s->agents[i], &s->agents[row]};
    return pair;
}

const struct fact_range fact_ranges[] = {
    {"gateway", &fact_gateway, false, "each gateway", gateway_count, gateway_at},
    {"agent", &fact_agent, false, "each agent", agent_count, agent_at},
    {"account", &fact_account, false, "each channel account", account_count, account_at},
    {"binding", &fact_binding, false, "each binding, those added at load included", binding_count,
     binding_at},
    {"reach", &fact_reach, false, "each class of senders on each account", reach_count, reach_at},
    {"shared_session", &fact_shared_session, false, "each session that several senders share",
     shared_session_count, shared_session_at},
    {"crowded_channel", &fact_crowded_channel, false,
     "each channel with several senders on one account while dmScope is main",
     crowded_channel_count, crowded_channel_at},
    {"channel_check", &fact_channel_check, false,
     "each thing that the gateway's own audit says of a channel account", channel_check_count,
     channel_check_at},
    {"shared_room", &fact_shared_room, false,
     "each main session into which a room writes and somebody else, too", shared_room_count,
     shared_room_at},
    {"tool_entry", &fact_tool_entry, false, "each entry of a tool list", tool_entry_count,
     tool_entry_at},
    {"shared_workspace", &fact_shared_path, false,
     "agents whose workspaces are the same or lie in each other", shared_workspace_count,
     shared_workspace_at},
    {"shared_agent_dir", &fact_shared_path, false,
     "agents whose agent directories are the same or lie in each other", shared_agent_dir_count,
     shared_agent_dir_at},
    {"tool_list", &fact_tool_list, false, "each allow list of tools that some session goes by",
     tool_list_count, tool_list_at},
    {"secret", &fact_secret, false, "each secret that stands in the config itself", secret_count,
     secret_at},
    {"container", &fact_container, false, "each sandbox.docker block", container_count,
     container_at},
    {"bind", &fact_bind, false, "each entry of a sandbox's binds", bind_count, bind_at},
    {"elevated_list", &fact_elevated_list, false, "each list of tools.elevated.allowFrom",
     elevated_list_count, elevated_list_at},
    {"power_path", &fact_power_path, false,
     "each agent's powers that somebody who is not the owner has, and how they come by them",
     power_path_count, power_path_at},
    {"dangerous_setting", &fact_dangerous_setting, false,
     "each setting that is dangerous by itself (2026.3.13: all of them at once)",
     dangerous_setting_count, dangerous_setting_at},
    {"browser_profile", &fact_browser_profile, false, "each browser that the gateway talks to",
     browser_profile_count, browser_profile_at},
    {"config_file", &fact_config_file, false, "each file of the config, with --fs",
     config_file_count, config_file_at},
    {"policy_violation", &fact_policy_violation, false,
     "each place that does not keep a rule of the gateway's policy document (`--policy`)",
     policy_violation_count, policy_violation_at},
    {"agent_pair", &fact_agent_pair, false, "each pair of agents (costs their number squared)",
     agent_pair_count, agent_pair_at},
    {"gateway_pair", &fact_gateway_pair, true, "each pair of gateways of the run", NULL, NULL},
    {"fleet_share", &fact_fleet_share, true,
     "each resource that several gateways share, and each hole in the container of one", NULL,
     NULL},
    {"suppression", &fact_suppression, true, "each suppression that is not in order", NULL, NULL},
};
const size_t fact_range_count = sizeof fact_ranges / sizeof *fact_ranges;

const struct fact_range *fact_range_find(struct str name) {
    for (size_t i = 0; i < fact_range_count; i++)
        if (str_equal(name, str_from(fact_ranges[i].name))) return &fact_ranges[i];
    return NULL;
}
