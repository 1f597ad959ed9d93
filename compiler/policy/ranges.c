/* What a rule can range over, and whom its findings are about. */
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

/* ---- places ------------------------------------------------------------------------------------
 */

static place agent_place(const struct analysis *s, int32_t index) {
    return index < 0 ? s->model->agents_at : s->model->agents.v[index].at;
}

static place fleet_share_place(const struct fleet_share *share) {
    return share->members[share->primary].at;
}

place fact_place(const struct cel_object_type *type, const void *object) {
    if (type == &fact_gateway) return ((const struct analysis *)object)->model->at;
    if (type == &fact_agent) return ((const struct agent_facts *)object)->agent->at;
    if (type == &fact_account) return ((const struct account_facts *)object)->account->at;
    if (type == &fact_binding) return ((const struct binding_facts *)object)->binding->at;
    if (type == &fact_reach) return ((const struct reach *)object)->at;
    if (type == &fact_shared_session) return ((const struct shared_session *)object)->scope_at;
    if (type == &fact_shared_room) return ((const struct shared_room *)object)->scope_at;
    if (type == &fact_tool_entry) return ((const struct tool_entry *)object)->text->at;
    if (type == &fact_channel_check) return ((const struct channel_check *)object)->at;
    if (type == &fact_power_path) return ((const struct power_path *)object)->at;
    if (type == &fact_secret) return ((const struct secret_fact *)object)->secret->at;
    if (type == &fact_tool_list) return ((const struct allow_list *)object)->list->at;
    if (type == &fact_dangerous_setting)
        return ((const struct dangerous_setting *)object)->flags->at;
    if (type == &fact_config_file) return ((const struct config_file *)object)->at;
    if (type == &fact_browser_profile) return ((const struct browser_profile *)object)->at;
    if (type == &fact_fleet_share) return fleet_share_place(object);
    if (type == &fact_container) return ((const struct container *)object)->at;
    if (type == &fact_bind) return ((const struct bind_mount *)object)->entry->at;
    if (type == &fact_elevated_list) return ((const struct elevated_channel *)object)->allow.at;
    if (type == &fact_policy_violation) return ((const struct violation *)object)->at;
    if (type == &fact_agent_pair) return ((const struct agent_pair *)object)->b->agent->at;
    if (type == &fact_gateway_pair) return ((const struct gateway_pair *)object)->b->model->at;
    if (type == &fact_crowded_channel) {
        const struct crowded_channel *c = object;
        return c->in->model->accounts.v[c->account].at;
    }
    if (type == &fact_shared_path) {
        const struct shared_path *p = object;
        return agent_place(p->in, p->second);
    }
    return 0;
}

/* ---- subjects ----------------------------------------------------------------------------------
 */

static void add(struct arena *a, struct finding *f, const char *name, struct str value) {
    struct str *one = ARENA_NEW(a, struct str);
    *one = value;
    ARRAY_PUSH(a, f->subjects) = (struct subject){.name = name, .values = one, .n = 1};
}

static void add_list(struct arena *a, struct finding *f, const char *name, const struct str *v,
                     size_t n) {
    ARRAY_PUSH(a, f->subjects) = (struct subject){.name = name, .values = v, .n = n, .list = true};
}

static struct str account_name(struct arena *a, const struct account *account) {
    return str_format(a, STR_FMT "/" STR_FMT, STR_ARG(account->channel), STR_ARG(account->id));
}

static struct str agent_id(const struct analysis *s, int32_t index) {
    return index < 0 ? STR("") : s->model->agents.v[index].id;
}

static void add_gateways(struct arena *a, struct finding *f, const struct fleet_share *share) {
    struct str *names = ARENA_ARRAY(a, struct str, share->n);
    for (size_t i = 0; i < share->n; i++) names[i] = share->members[i].gateway->name;
    add_list(a, f, "gateways", names, share->n);
    add(a, f, "resource", share->resource);
}

static void add_reach(struct arena *a, struct finding *f, const struct reach *r) {
    if (r->agent >= 0) add(a, f, "agent", agent_id(r->in, r->agent));
    add(a, f, "account", account_name(a, &r->in->model->accounts.v[r->account]));
    if (r->sender.n) add(a, f, "sender", r->sender);
}

static void add_violation(struct arena *a, struct finding *f, const struct violation *v) {
    struct str account = violation_account(a, v);
    if (v->agent >= 0) add(a, f, "agent", agent_id(v->in, v->agent));
    if (account.n) add(a, f, "account", account);
    if (v->scope.n) add(a, f, "scope", v->scope);
    add(a, f, "target", v->target);
    if (v->requirement.n) add(a, f, "requirement", v->requirement);
}

static void add_pair(struct arena *a, struct finding *f, const char *name, struct str x,
                     struct str y) {
    struct str *two = ARENA_ARRAY(a, struct str, 2);
    two[0] = x;
    two[1] = y;
    add_list(a, f, name, two, 2);
}

void fact_subjects(struct arena *a, const struct fact_range *range, const void *object,
                   struct finding *f) {
    if (range->type == &fact_agent) {
        add(a, f, "agent", ((const struct agent_facts *)object)->agent->id);
    } else if (range->type == &fact_account) {
        add(a, f, "account", account_name(a, ((const struct account_facts *)object)->account));
    } else if (range->type == &fact_binding) {
        const struct binding_facts *b = object;
        add(a, f, "binding", str_format(a, "bindings[%u]", b->index));
        add(a, f, "agent", b->binding->agent.v);
        add(a, f, "channel", b->binding->channel_token);
    } else if (range->type == &fact_reach) {
        add_reach(a, f, object);
    } else if (range->type == &fact_policy_violation) {
        add_violation(a, f, object);
    } else if (range->type == &fact_shared_session) {
        const struct shared_session *s = object;
        add(a, f, "agent", agent_id(s->in, s->agent));
        add_list(a, f, "accounts", s->accounts, s->n_accounts);
        add(a, f, "session", s->session_key);
    } else if (range->type == &fact_shared_room) {
        const struct shared_room *r = object;
        add(a, f, "agent", agent_id(r->in, r->room->agent));
        add(a, f, "session", r->room->session_key);
    } else if (range->type == &fact_crowded_channel) {
        const struct crowded_channel *c = object;
        add(a, f, "account", account_name(a, &c->in->model->accounts.v[c->account]));
    } else if (range->type == &fact_channel_check) {
        const struct channel_check *c = object;
        add(a, f, "account", account_name(a, &c->in->model->accounts.v[c->account]));
    } else if (range->type == &fact_tool_entry) {
        const struct tool_entry *e = object;
        if (e->agent >= 0) add(a, f, "agent", agent_id(e->in, e->agent));
        add(a, f, "tool", e->name);
    } else if (range->type == &fact_secret) {
        add(a, f, "key", ((const struct secret_fact *)object)->secret->key);
    } else if (range->type == &fact_tool_list) {
        const struct allow_list *l = object;
        if (l->agent >= 0) add(a, f, "agent", agent_id(l->in, l->agent));
    } else if (range->type == &fact_bind) {
        add(a, f, "bind", ((const struct bind_mount *)object)->entry->v);
    } else if (range->type == &fact_elevated_list) {
        add(a, f, "channel", ((const struct elevated_channel *)object)->channel);
    } else if (range->type == &fact_shared_path) {
        const struct shared_path *p = object;
        add_pair(a, f, "agents", agent_id(p->in, p->first), agent_id(p->in, p->second));
        add(a, f, "path", p->path);
    } else if (range->type == &fact_power_path) {
        const struct power_path *p = object;
        add(a, f, "agent", agent_id(p->in, p->agent));
        add(a, f, "account", account_name(a, &p->in->model->accounts.v[p->reach->account]));
        if (p->reach->sender.n) add(a, f, "sender", p->reach->sender);
    } else if (range->type == &fact_agent_pair) {
        const struct agent_pair *p = object;
        add_pair(a, f, "agents", p->a->agent->id, p->b->agent->id);
    } else if (range->type == &fact_gateway_pair) {
        const struct gateway_pair *p = object;
        add_pair(a, f, "gateways", p->a->model->name, p->b->model->name);
    } else if (range->type == &fact_fleet_share) {
        add_gateways(a, f, object);
    } else if (range->type == &fact_config_file) {
        add(a, f, "file", ((const struct config_file *)object)->name);
    } else if (range->type == &fact_browser_profile) {
        add(a, f, "profile", ((const struct browser_profile *)object)->name);
    } else if (range->type == &fact_dangerous_setting) {
        const struct dangerous_setting *d = object;
        struct str *settings = ARENA_ARRAY(a, struct str, d->n);
        for (size_t i = 0; i < d->n; i++) settings[i] = d->flags[i].text;
        add_list(a, f, "settings", settings, d->n);
    } else if (range->type == &fact_suppression) {
        add(a, f, "suppression", ((const struct bad_suppression *)object)->id);
    } else if (range->type == &fact_gateway) {
        add(a, f, "gateway", ((const struct analysis *)object)->model->name);
    }
}
