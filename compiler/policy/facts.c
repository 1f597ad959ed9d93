/* The fields of what a config holds: gateways, agents, accounts, bindings, and who reaches what. A
 * value carries the place it was read from, or the nearest thing around it when it is a default. */
#include "base/buf.h"
#include "model/ids.h"
#include "policy/facts_settings.h"
#include "policy/facts_table.h"

/* ---- lists, read element by element ------------------------------------------------------------
 */

static struct cel_value agent_element(struct cel_run *run, const void *host, size_t i) {
    (void)run;
    return agent_value(host, (int32_t)i);
}
static struct cel_value account_element(struct cel_run *run, const void *host, size_t i) {
    (void)run;
    return account_value(host, (uint32_t)i);
}
static struct cel_value binding_element(struct cel_run *run, const void *host, size_t i) {
    (void)run;
    return binding_value(host, (int32_t)i);
}
static struct cel_value reach_element(struct cel_run *run, const void *host, size_t i) {
    (void)run;
    return reach_value(&((const struct analysis *)host)->reaches.v[i]);
}
static struct cel_value agent_reach_element(struct cel_run *run, const void *host, size_t i) {
    (void)run;
    const struct agent_facts *f = host;
    return reach_value(&f->in->reaches.v[f->in->by_agent[f->first_reach + i]]);
}

static struct cel_value lazy_list(struct cel_run *run, size_t size,
                                  struct cel_value (*at)(struct cel_run *, const void *, size_t),
                                  const void *host, place around) {
    struct cel_host_list *list = arena_alloc(run->arena, sizeof *list);
    *list = (struct cel_host_list){size, at, host};
    return cel_with_origin(cel_host_list(list), around);
}

/* ---- derived texts -----------------------------------------------------------------------------
 */

static bool is_remote(const struct model *m) {
    return !str_equal(m->settings.bind.v, STR("loopback")) ||
           str_equal(m->settings.tailscale.v, STR("serve")) ||
           str_equal(m->settings.tailscale.v, STR("funnel"));
}

static const char *class_name(enum sender_class class) {
    static const char *const names[] = {"known", "anyone", "paired", "group"};
    return names[class];
}

static struct cel_value tool_names(struct cel_run *run, const struct agent_facts *f,
                                   const struct tool_set *tools) {
    const struct gateway_data *g = f->in->model->gateway;
    struct cel_value *v = arena_alloc(run->arena, g->n_tools * sizeof *v);
    size_t n = 0;
    for (size_t i = 0; i < g->n_tools; i++)
        if (tool_set_has(tools, i)) v[n++] = cel_string(g->tools[i].name);
    return cel_with_origin(cel_list(v, n), f->powers.at);
}

static struct cel_value sandbox_tools(struct cel_run *run, const struct agent_facts *f) {
    struct session_tools s;
    tools_of_session(&f->in->tools, f->agent, &(struct tool_session){.sandboxed = true}, &s);
    return tool_names(run, f, &s.tools);
}

static struct cel_value marked_agents(struct cel_run *run, const struct analysis *s) {
    const struct model *m = s->model;
    struct cel_value *v = arena_alloc(run->arena, m->agents.n * sizeof *v);
    size_t n = 0;
    for (size_t i = 0; i < m->agents.n; i++)
        if (m->agents.v[i].marked) v[n++] = agent_value(s, (int32_t)i);
    return cel_with_origin(cel_list(v, n), m->agents_at);
}

static const char *startup_name(enum startup s) {
    static const char *const names[] = {"accepted", "repaired", "rejected"};
    return names[s];
}

static struct str folder(struct str name) {
    size_t end = 0;
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == '.') end = i;
    return str_slice(name, 0, end);
}

/* 2026.3 from 2026.3.13: what differs between releases is usually known by month. */
static struct cel_value release(const struct analysis *s) {
    return cel_string(folder(s->model->gateway->version));
}

/* Whether one agent can do what the other cannot: a tool it lacks, or the host where it is
 * confined. */
static bool exceeds(const struct agent_facts *a, const struct agent_facts *b) {
    return tool_set_exceeds(&a->powers.tools, &b->powers.tools) ||
           (a->unsandboxed && !b->unsandboxed);
}

/* Some other agent that peers are bound to has less: falling through to this one gives more. */
static struct cel_value lesser_agent(const struct agent_facts *f) {
    const struct analysis *s = f->in;
    for (size_t i = 0; i < s->model->agents.n; i++)
        if (&s->agents[i] != f && exceeds(f, &s->agents[i])) return agent_value(s, (int32_t)i);
    return cel_null();
}

static struct cel_value unknown_names(struct cel_run *run, const struct analysis *s,
                                      const struct text_list *list) {
    struct cel_value *v = arena_alloc(run->arena, list->n * sizeof *v);
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        struct str name = ids_trim(list->v[i].v);
        bool pattern = str_find(name, STR("*"), 0) != SIZE_MAX;
        if (!pattern && model_agent(s->model, name) < 0) v[n++] = text(&list->v[i]);
    }
    return cel_with_origin(cel_list(v, n), list->at);
}

static struct cel_value owners(struct cel_run *run, const struct analysis *s) {
    struct cel_value *v = arena_alloc(run->arena, s->owners.n * sizeof *v);
    for (size_t i = 0; i < s->owners.n; i++) v[i] = string_at(s->owners.v[i].id, s->owners.v[i].at);
    return cel_list(v, s->owners.n);
}

static struct cel_value sender_list(struct cel_run *run, const struct sender *list, size_t n,
                                    place at) {
    struct cel_value *v = arena_alloc(run->arena, n * sizeof *v);
    for (size_t i = 0; i < n; i++) v[i] = string_at(list[i].id, list[i].at);
    return cel_with_origin(cel_list(v, n), at);
}

static struct cel_value room_names(struct cel_run *run, const struct room_list *rooms) {
    struct cel_value *v = arena_alloc(run->arena, rooms->n * sizeof *v);
    size_t n = 0;
    for (size_t i = 0; i < rooms->n; i++)
        if (!rooms->v[i].inner) v[n++] = string_at(rooms->v[i].name, rooms->v[i].at);
    return cel_with_origin(cel_list(v, n), rooms->at);
}

static bool pairing_is_known(const struct model *m) {
    return m->conditions && m->conditions->pairing_known;
}

/* clang-format off: one field a line, so that the tables read as tables. */
/* ---- the tables --------------------------------------------------------------------------------
 */

#define GATEWAY_FIELDS(F)                                                                          \
    F(gateway, name, S(CEL_STRING),                                                                \
      "What reports call the gateway: its profile or its file's name.", string_at(M->name, M->at)) \
    F(gateway, version, S(CEL_STRING), "The gateway version that the file is read for.",           \
      string_at(M->gateway->version, M->at))                                                       \
    F(gateway, release, S(CEL_STRING), "Year and month of the version: `2026.9`.", release(o))     \
    F(gateway, roster, S(CEL_STRING), "Where this version keeps its agents: `entries` or `list`.", \
      string_at(M->gateway->roster_entries ? STR("entries") : STR("list"), M->agents_at))          \
    F(gateway, session_check, S(CEL_STRING),                                                       \
      "How this version's own audit looks for shared sessions: `route` (simulates routes) or "     \
      "`account` (counts the senders of one account).",                                            \
      constant(M->gateway->audit_by_route ? "route" : "account"))                                  \
    F(gateway, pairing_known, S(CEL_BOOL),                                                         \
      "It is known whom pairing has admitted (`--pairing-store`).",                                \
      bool_at(pairing_is_known(M), M->at))                                                         \
    F(gateway, open_admits_all, S(CEL_BOOL),                                                       \
      "dmPolicy `open` admits everybody in this version, also without `*` in `allowFrom`.",        \
      cel_bool(M->gateway->open_admits_all))                                                       \
    F(gateway, ownership_missing, S(CEL_BOOL),                                                     \
      "Several agents, none marked as the default, and `agents.ownership` is not `explicit`.",     \
      bool_at(M->loaded->roster.ownership_missing, M->agents_at))                                  \
    F(gateway, startup, S(CEL_STRING),                                                             \
      "What the gateway's start does with the file: `accepted`, `repaired` or `rejected`.",        \
      constant(startup_name(M->loaded->startup)))                                                  \
    F(gateway, dm_scope, S(CEL_STRING),                                                            \
      "`session.dmScope` in force: main, per-peer, per-channel-peer or per-account-channel-peer.", \
      string_at(str_from(dm_scope_name(M->session.dm_scope)), M->session.dm_scope_text.at))        \
    F(gateway, dm_scope_set, S(CEL_BOOL), "Whether `session.dmScope` is written.",                 \
      bool_at(M->session.dm_scope_text.set, M->session.dm_scope_text.at))                          \
    F(gateway, group_scope, S(CEL_STRING), "`session.groupScope` in force: per-group or main.",    \
      string_at(str_from(group_scope_name(M->session.group_scope)), M->session_at))                \
    F(gateway, session_scope, S(CEL_STRING), "`session.scope`: per-sender or global.",             \
      text(&M->session.scope))                                                                     \
    F(gateway, explicit_ownership, S(CEL_BOOL),                                                    \
      "`agents.ownership` is `explicit` (or becomes so at the repair of a start).",                \
      bool_at(M->loaded->roster.explicit_ownership, M->agents_at))                                 \
    F(gateway, marked_agents, LISTO(fact_agent), "Agents with `default: true`.",                   \
      marked_agents(run, o))                                                                       \
    F(gateway, default_agent, OBJ(fact_agent),                                                     \
      "Who gets messages that no binding takes; absent when nobody does.",                         \
      agent_value(o, model_default_agent(M)))                                                      \
    F(gateway, agents, LISTO(fact_agent), "The agents, in the gateway's order.",                   \
      lazy_list(run, M->agents.n, agent_element, o, M->agents_at))                                 \
    F(gateway, accounts, LISTO(fact_account), "The channel accounts, by channel.",                 \
      lazy_list(run, M->accounts.n, account_element, o, M->channels_at))                           \
    F(gateway, bindings, LISTO(fact_binding),                                                      \
      "The bindings in file order, then those added at load.",                                     \
      lazy_list(run, M->bindings.n, binding_element, o, M->bindings_at))                           \
    F(gateway, reaches, LISTO(fact_reach),                                                         \
      "Every class of senders on every account, and where it leads.",                              \
      lazy_list(run, o->reaches.n, reach_element, o, M->channels_at))                              \
    F(gateway, owners, LIST(CEL_STRING),                                                           \
      "The ids of those who own the gateway, named or derived.", owners(run, o))                   \
    F(gateway, owners_derived, S(CEL_BOOL),                                                        \
      "Nobody is named as owner: taken from whom the default agent's accounts admit.",             \
      cel_bool(o->owners_derived))                                                                 \
    F(gateway, remote, S(CEL_BOOL),                                                                \
      "Reachable from other machines: `gateway.bind` is not loopback, or Tailscale serves it.",    \
      bool_at(is_remote(M), M->settings.bind.at))                                                  \
    F(gateway, bind, S(CEL_STRING), "`gateway.bind`.", text(&M->settings.bind))                    \
    F(gateway, port, S(CEL_INT), "The base port.", int_at(M->settings.port, M->settings.port_at))  \
    F(gateway, port_set, S(CEL_BOOL), "Whether `gateway.port` is written.",                        \
      bool_at(M->settings.port_set, M->settings.port_at))                                          \
    F(gateway, auth_mode, S(CEL_STRING), "`gateway.auth.mode`.", text(&M->audit.auth.mode))        \
    F(gateway, token_set, S(CEL_BOOL), "A gateway token is configured.",                           \
      bool_at(M->settings.token.set, M->settings.token.at))                                        \
    F(gateway, hooks_enabled, S(CEL_BOOL), "`hooks.enabled`.", flag(M->hooks.enabled))             \
    F(gateway, hooks_path, S(CEL_STRING), "`hooks.path`.", text(&M->hooks.path))                   \
    F(gateway, hooks_token_set, S(CEL_BOOL), "`hooks.token` is configured.",                       \
      bool_at(M->hooks.token.set, M->hooks.token.at))                                              \
    F(gateway, hooks_request_session_key, S(CEL_BOOL), "`hooks.allowRequestSessionKey`.",          \
      flag(M->hooks.allow_request_session_key))                                                    \
    F(gateway, hooks_session_key_prefixes, LIST(CEL_STRING), "`hooks.allowedSessionKeyPrefixes`.", \
      texts(run, &M->hooks.session_key_prefixes))                                                  \
    F(gateway, hooks_default_session_key, S(CEL_STRING), "`hooks.defaultSessionKey`, or empty.",   \
      text(&M->hooks.default_session_key))                                                         \
    F(gateway, hooks_allowed_agents, LIST(CEL_STRING), "`hooks.allowedAgentIds`.",                 \
      texts(run, &M->hooks.allowed_agents))                                                        \
    F(gateway, hooks_allowed_agents_set, S(CEL_BOOL),                                              \
      "Whether `hooks.allowedAgentIds` is written.",                                               \
      bool_at(M->hooks.allowed_agents.set, M->hooks.allowed_agents.at))                            \
    F(gateway, agent_to_agent, S(CEL_BOOL), "`tools.agentToAgent.enabled` in force.",              \
      flag(M->agent_to_agent.enabled))                                                             \
    F(gateway, agent_to_agent_set, S(CEL_BOOL),                                                    \
      "Whether `tools.agentToAgent.enabled` is written.",                                          \
      bool_at(M->agent_to_agent.enabled.set, M->agent_to_agent.enabled.at))                        \
    F(gateway, agent_to_agent_allow, LIST(CEL_STRING), "`tools.agentToAgent.allow`.",              \
      texts(run, &M->agent_to_agent.allow))                                                        \
    F(gateway, agent_to_agent_unknown, LIST(CEL_STRING),                                           \
      "Entries of `tools.agentToAgent.allow` that name no agent.",                                 \
      unknown_names(run, o, &M->agent_to_agent.allow))                                             \
    F(gateway, session_visibility_set, S(CEL_BOOL),                                                \
      "Whether `tools.sessions.visibility` is written.",                                           \
      bool_at(M->session_visibility.set, M->session_visibility.at))                                \
    F(gateway, exposure, OBJ(fact_exposure), "What its own audit asks for.",                       \
      cel_with_origin(cel_object(&fact_exposure, o->exposure), M->at))                             \
    F(gateway, session_visibility, S(CEL_STRING), "`tools.sessions.visibility` in force.",         \
      text(&M->session_visibility))                                                                \
    SETTINGS_FIELDS(F)

#define AGENT_FIELDS(F)                                                                            \
    F(agent, id, S(CEL_STRING), "The canonical id.", string_at(A->id, A->at))                      \
    F(agent, written, S(CEL_STRING), "The id as it is spelled.", string_at(A->written, A->at))     \
    F(agent, marked, S(CEL_BOOL), "Has `default: true`.", bool_at(A->marked, A->at))               \
    F(agent, is_default, S(CEL_BOOL), "Gets the messages that no binding takes.",                  \
      bool_at(o->is_default, A->at))                                                               \
    F(agent, same_id, OBJ(fact_agent),                                                             \
      "An earlier agent with the same canonical id; absent when there is none.",                   \
      agent_value(o->in, o->same_id))                                                              \
    F(agent, workspace, S(CEL_STRING),                                                             \
      "The workspace directory, resolved; `~` stands for the home directory.",                     \
      text(&A->workspace))                                                                         \
    F(agent, agent_dir, S(CEL_STRING), "The directory of its credentials and sessions, resolved.", \
      text(&A->agent_dir))                                                                         \
    F(agent, sandbox_mode, S(CEL_STRING), "off, non-main or all.", text(&A->sandbox.mode))         \
    F(agent, sandbox_scope, S(CEL_STRING), "agent, session or shared.", text(&A->sandbox.scope))   \
    F(agent, sandbox_network, S(CEL_STRING), "Docker network of the sandbox in force.",            \
      text(&A->sandbox.network))                                                                   \
    F(agent, sandbox_network_set, S(CEL_BOOL), "Whether that network is written.",                 \
      bool_at(A->sandbox.network.set, A->sandbox.network.at))                                      \
    F(agent, sandbox_read_only_root_set, S(CEL_BOOL), "Whether `readOnlyRoot` is written.",        \
      bool_at(A->sandbox.read_only_root.set, A->sandbox.read_only_root.at))                        \
    F(agent, sandbox_user, S(CEL_STRING), "Docker user of the sandbox in force, or empty.",        \
      text(&A->sandbox.user))                                                                      \
    F(agent, sandbox_read_only_root, S(CEL_BOOL),                                                  \
      "Whether the sandbox's root file system is read-only.", flag(A->sandbox.read_only_root))     \
    F(agent, setup_command, S(CEL_STRING), "`setupCommand` of the sandbox in force, or empty.",    \
      text(&A->sandbox.setup_command))                                                             \
    F(agent, workspace_access, S(CEL_STRING), "none, ro or rw.",                                   \
      text(&A->sandbox.workspace_access))                                                          \
    F(agent, own_docker, S(CEL_BOOL), "Has a `sandbox.docker` block of its own.",                  \
      bool_at(A->sandbox.own_docker != 0, A->sandbox.own_docker ? A->sandbox.own_docker : A->at))  \
    F(agent, tools, LIST(CEL_STRING),                                                              \
      "The tools it has outside of a sandbox: profile, provider and every allow and deny list "    \
      "applied, but those of groups.",                                                             \
      tool_names(run, o, &o->powers.tools))                                                        \
    F(agent, sandbox_tools, LIST(CEL_STRING), "The tools it has inside of its sandbox.",           \
      sandbox_tools(run, o))                                                                       \
    F(agent, exec, S(CEL_BOOL), "Has the tool that runs commands, outside of a sandbox.",          \
      bool_at(o->powers.exec, o->powers.at))                                                       \
    F(agent, write, S(CEL_BOOL),                                                                   \
      "Has a tool that changes files (write, edit or apply_patch), outside of a sandbox.",         \
      bool_at(o->powers.write, o->powers.at))                                                      \
    F(agent, tools_listed, S(CEL_BOOL),                                                            \
      "A profile or an allow list says which tools it has; otherwise it has those that no deny "   \
      "list takes away.",                                                                          \
      bool_at(o->powers.listed, o->powers.at))                                                     \
    F(agent, policy, OBJ(fact_policy), "What its settings of tools come to.",                      \
      cel_with_origin(cel_object(&fact_policy, o), A->at))                                         \
    F(agent, unsandboxed, S(CEL_BOOL), "Some of its messages are handled outside of a sandbox.",   \
      bool_at(o->unsandboxed, A->sandbox.mode.at))                                                 \
    F(agent, exceeds, OBJ(fact_agent),                                                             \
      "Some agent that lacks a tool this one has, or is sandboxed where this one is not; absent "  \
      "when there is none.",                                                                       \
      lesser_agent(o))                                                                             \
    F(agent, bound, S(CEL_BOOL), "A binding that can win leads to it.", bool_at(o->bound, A->at))  \
    F(agent, named, S(CEL_BOOL),                                                                   \
      "Hooks, broadcast groups, forum topics or other agents, by name, can wake it.",              \
      bool_at(o->named, A->at))                                                                    \
    F(agent, reaches, LISTO(fact_reach), "The classes of senders that reach it.",                  \
      lazy_list(run, o->n_reach, agent_reach_element, o, A->at))                                   \
    F(agent, stranger, OBJ(fact_reach),                                                            \
      "Somebody who is not the owner and whose messages it handles outside of a sandbox, the "     \
      "surest first; absent when there is nobody.",                                                \
      numbered_reach(o->in, o->stranger))                                                          \
    F(agent, paired, OBJ(fact_reach),                                                              \
      "Senders approved by pairing (unknown, possibly none) whose messages it handles outside of " \
      "a sandbox.",                                                                                \
      numbered_reach(o->in, o->paired))                                                            \
    F(agent, merged_first, OBJ(fact_reach),                                                        \
      "With `merged_second`: two accounts on which a conversation with one person is one "         \
      "session; absent when there are none.",                                                      \
      numbered_reach(o->in, o->merged_first))                                                      \
    F(agent, merged_second, OBJ(fact_reach), "The other of the two.",                              \
      numbered_reach(o->in, o->merged_second))                                                     \
    F(agent, gateway, OBJ(fact_gateway), "Its gateway.", gateway_value(o->in))

#define ACCOUNT_FIELDS(F)                                                                          \
    F(account, channel, S(CEL_STRING), "The channel: `whatsapp`.", string_at(C->channel, C->at))   \
    F(account, id, S(CEL_STRING), "The canonical account id.", string_at(C->id, C->at))            \
    F(account, key, S(CEL_STRING), "The account as it is spelled.", string_at(C->key, C->at))      \
    F(account, channel_known, S(CEL_BOOL), "The gateway knows a channel of that name.",            \
      bool_at(names_have(o->in->model->gateway->channels, C->channel), C->at))                     \
    F(account, own_block, S(CEL_BOOL), "Has a block of its own under `accounts`.",                 \
      bool_at(C->own_block, C->at))                                                                \
    F(account, enabled, S(CEL_BOOL), "Enabled, as the channel and the account say.",               \
      bool_at(C->enabled, C->at))                                                                  \
    F(account, configured, S(CEL_BOOL),                                                            \
      "Has a credential (or may have one that is not in the file).",                               \
      bool_at(C->configured, C->at))                                                               \
    F(account, audited, S(CEL_BOOL),                                                               \
      "The gateway's own audit speaks of its direct messages: it is enabled and configured, in "   \
      "newer gateways no second account with the same login, in older ones no second account "     \
      "without a block.",                                                                          \
      bool_at(audit_sees(o->in->model, C) && !C->repeats_audit, C->at))                            \
    F(account, is_default, S(CEL_BOOL), "The channel's default account.",                          \
      bool_at(C->is_default, C->at))                                                               \
    F(account, dm_policy, S(CEL_STRING),                                                           \
      "DM policy in force: pairing, allowlist, open or disabled.", text(&C->dm_policy))            \
    F(account, group_policy, S(CEL_STRING), "Group policy in force: open, allowlist or disabled.", \
      text(&C->group_policy))                                                                      \
    F(account, audit_dm_policy, S(CEL_STRING),                                                     \
      "The DM policy that the gateway's own audit looks at.", text(&C->audit_dm_policy))           \
    F(account, audit_wildcard, S(CEL_BOOL),                                                        \
      "The list that the gateway's own audit looks at holds `*`.",                                 \
      bool_at(C->audit_wildcard, C->allow_from.at))                                                \
    F(account, allow_from, LIST(CEL_STRING), "`allowFrom` in force, as written.",                  \
      texts(run, &C->allow_from))                                                                  \
    F(account, senders, LIST(CEL_STRING),                                                          \
      "The distinct concrete senders of `allowFrom`, normalised.",                                 \
      sender_list(run, C->senders, C->n_senders, C->allow_from.at))                                \
    F(account, audit_senders, LIST(CEL_STRING),                                                    \
      "The senders that the gateway's own audit counts.",                                          \
      sender_list(run, C->audit_senders, C->n_audit_senders, C->allow_from.at))                    \
    F(account, audit_admitted, S(CEL_INT),                                                         \
      "How many distinct senders that audit counts, those approved by pairing among them.",        \
      int_at((int64_t)audit_admitted(o->in, C), C->allow_from.at))                                 \
    F(account, paired, LIST(CEL_STRING),                                                           \
      "Senders approved by pairing, normalised, as far as `--pairing-store` tells.",               \
      sender_list(run, C->paired, C->n_paired, C->dm_policy.at))                                   \
    F(account, name_matching, S(CEL_BOOL), "`dangerouslyAllowNameMatching`: names admit, too.",    \
      flag(C->name_matching))                                                                      \
    F(account, group_allow_from, LIST(CEL_STRING), "`groupAllowFrom` in force, as written.",       \
      texts(run, &C->group_allow_from))                                                            \
    F(account, group_senders, LIST(CEL_STRING),                                                    \
      "The senders whom groups admit under groupPolicy allowlist, normalised.",                    \
      sender_list(run, C->group_senders, C->n_group_senders, C->group_list_at))                    \
    F(account, group_wildcard, S(CEL_BOOL), "The list of those senders holds `*`.",                \
      bool_at(C->group_wildcard, C->group_list_at))                                                \
    F(account, rooms, LIST(CEL_STRING), "The groups, guilds or channels that it names.",           \
      room_names(run, &C->rooms))                                                                  \
    F(account, wildcard, S(CEL_BOOL),                                                              \
      "`allowFrom` holds `*`: everybody is admitted unless DMs are disabled.",                     \
      bool_at(C->wildcard, C->allow_from.at))                                                      \
    F(account, peers_bound, S(CEL_BOOL),                                                           \
      "Some binding takes a single person's direct messages on it.",                               \
      bool_at(o->peers_bound, C->at))                                                              \
    F(account, owner_missing, OBJ(fact_reach),                                                     \
      "Somebody it admits whose messages no agent owns; absent when there is nobody.",             \
      numbered_reach(o->in, o->owner_missing))                                                     \
    F(account, gateway, OBJ(fact_gateway), "Its gateway.", gateway_value(o->in))

#define BINDING_FIELDS(F)                                                                          \
    F(binding, index, S(CEL_INT), "Position in `bindings`, from 0.", int_at(o->index, B->at))      \
    F(binding, added, S(CEL_BOOL), "Not written, but added by the gateway at load.",               \
      bool_at(B->added, B->at))                                                                    \
    F(binding, is_acp, S(CEL_BOOL), "Of type `acp`: takes no part in routing.",                    \
      bool_at(B->is_acp, B->at))                                                                   \
    F(binding, takes_part, S(CEL_BOOL),                                                            \
      "Takes part in routing: a channel is named, and a peer, if any, is valid.",                  \
      bool_at(B->route >= 0, B->at))                                                               \
    F(binding, agent, S(CEL_STRING), "The agent as written.", text(&B->agent))                     \
    F(binding, agent_known, S(CEL_BOOL), "That agent is configured.",                              \
      bool_at(o->agent_known, B->agent.at))                                                        \
    F(binding, agent_meant, S(CEL_STRING), "The agent that was probably meant, or empty.",         \
      string_at(o->agent_meant, B->agent.at))                                                      \
    F(binding, channel, S(CEL_STRING), "The channel, trimmed and lower-cased.",                    \
      string_at(B->channel_token, B->channel.at))                                                  \
    F(binding, channel_known, S(CEL_BOOL), "That channel is configured under `channels`.",         \
      bool_at(o->channel_known, B->channel.at))                                                    \
    F(binding, channel_meant, S(CEL_STRING), "The channel id that was probably meant, or empty.",  \
      string_at(o->channel_meant, B->channel.at))                                                  \
    F(binding, account, S(CEL_STRING), "The account it takes: a canonical id, or `*` for any.",    \
      string_at(B->account_pattern, B->account.at))                                                \
    F(binding, account_set, S(CEL_BOOL),                                                           \
      "Whether `accountId` is written; without it only the account `default` is meant.",           \
      bool_at(B->account.set &&ids_trim(B->account.v).n > 0, B->account.at))                       \
    F(binding, account_key, S(CEL_BOOL),                                                           \
      "`account` is written where `accountId` was meant: no gateway reads it.",                    \
      bool_at(B->account_key, B->account.at))                                                      \
    F(binding, account_known, S(CEL_BOOL), "That account exists in the channel.",                  \
      bool_at(o->account_known, B->account.at))                                                    \
    F(binding, account_meant, S(CEL_STRING), "The account that was probably meant, or empty.",     \
      string_at(o->account_meant, B->account.at))                                                  \
    F(binding, channel_accounts, S(CEL_INT), "How many accounts the channel has.",                 \
      int_at((int64_t)o->channel_accounts, B->channel.at))                                         \
    F(binding, has_peer, S(CEL_BOOL), "Names a peer.", bool_at(B->has_peer, B->peer_id.at))        \
    F(binding, peer_kind, S(CEL_STRING), "`peer.kind` as written, or empty.", text(&B->peer_kind)) \
    F(binding, peer_id, S(CEL_STRING), "`peer.id` as written, or empty.", text(&B->peer_id))       \
    F(binding, guild, S(CEL_STRING), "`guildId`, or empty.", text(&B->guild))                      \
    F(binding, team, S(CEL_STRING), "`teamId`, or empty.", text(&B->team))                         \
    F(binding, roles, LIST(CEL_STRING), "`roles`.", texts(run, &B->roles))                         \
    F(binding, group_scope, S(CEL_STRING), "`session.groupScope` of the binding, or empty.",       \
      text(&B->group_scope))                                                                       \
    F(binding, shadowed_by, OBJ(fact_binding),                                                     \
      "An earlier binding that takes everything this one could get; absent when it can win.",      \
      binding_value(o->in, o->shadowed_by))                                                        \
    F(binding, duplicate, S(CEL_BOOL), "That earlier binding matches exactly the same.",           \
      bool_at(o->duplicate, B->at))                                                                \
    F(binding, gateway, OBJ(fact_gateway), "Its gateway.", gateway_value(o->in))

#define REACH_FIELDS(F)                                                                            \
    F(reach, class, S(CEL_STRING),                                                                 \
      "`known` (an id), `anyone`, `paired` (approved outside of the file) or `group`.",            \
      string_at(str_from(class_name(o->class)), o->at))                                            \
    F(reach, sender, S(CEL_STRING), "The id of a known sender or of the group; else empty.",       \
      string_at(o->sender, o->at))                                                                 \
    F(reach, who, S(CEL_STRING), "For messages: `+15551234567 on whatsapp/default`.",              \
      string_at(reach_describe(run->arena, o), o->at))                                             \
    F(reach, account, OBJ(fact_account), "The account that admits them.",                          \
      account_value(o->in, o->account))                                                            \
    F(reach, channel, S(CEL_STRING), "Its channel.",                                               \
      string_at(o->in->model->accounts.v[o->account].channel, o->at))                              \
    F(reach, agent, OBJ(fact_agent), "Who gets their messages; absent when nobody owns them.",     \
      agent_value(o->in, o->agent))                                                                \
    F(reach, session_key, S(CEL_STRING), "The session their messages land in.",                    \
      string_at(o->session_key, o->at))                                                            \
    F(reach, dm_scope, S(CEL_STRING), "The dmScope that made it.", string_at(o->dm_scope, o->at))  \
    F(reach, matched_by, S(CEL_STRING),                                                            \
      "What the gateway calls matchedBy: `binding.peer` ... `default`.",                           \
      constant(route_tier_name(o->tier)))                                                          \
    F(reach, binding, OBJ(fact_binding), "The binding that won; absent for the default.",          \
      binding_value(o->in, o->binding))                                                            \
    F(reach, admitted, S(CEL_BOOL),                                                                \
      "Somebody of them may speak to the agent; false for a group that a binding names and the "   \
      "account does not listen to, and for a name on a list of ids.",                              \
      bool_at(reach_admits(o), o->at))                                                             \
    F(reach, any_member, S(CEL_BOOL), "Of a group: every member may speak to the agent there.",    \
      bool_at(o->class == SENDER_GROUP && o->room->any_member, o->at))                             \
    F(reach, guild, S(CEL_STRING),                                                                 \
      "The Discord guild of a room that the account names, or empty.", string_at(o->guild, o->at)) \
    F(reach, stored, S(CEL_BOOL), "Pairing has admitted them (`--pairing-store`).",                \
      bool_at(o->stored, o->at))                                                                   \
    F(reach, is_owner, S(CEL_BOOL), "They own the gateway.", bool_at(o->is_owner, o->at))          \
    F(reach, isolated, S(CEL_BOOL),                                                                \
      "Telegram keeps this conversation apart whatever dmScope says.",                             \
      bool_at(o->isolated, o->at))                                                                 \
    F(reach, gateway, OBJ(fact_gateway), "Its gateway.", gateway_value(o->in))

/* clang-format on */

#define M o->model
#define A o->agent
#define C o->account
#define B o->binding

DEFINE_FACT(gateway, struct analysis, "gateway", "One gateway: its config as it will be run.",
            GATEWAY_FIELDS)
DEFINE_FACT(agent, struct agent_facts, "agent", "One agent of a gateway.", AGENT_FIELDS)
DEFINE_FACT(account, struct account_facts, "account", "One login of a channel.", ACCOUNT_FIELDS)
DEFINE_FACT(binding, struct binding_facts, "binding",
            "One entry of `bindings`, or one that the gateway adds.", BINDING_FIELDS)
DEFINE_FACT(reach, struct reach, "reach",
            "A class of senders whom an account admits, and where their messages go.", REACH_FIELDS)

const struct cel_object_type *const fact_types[] = {&fact_gateway,
                                                    &fact_agent,
                                                    &fact_account,
                                                    &fact_binding,
                                                    &fact_reach,
                                                    &fact_shared_session,
                                                    &fact_crowded_channel,
                                                    &fact_channel_check,
                                                    &fact_tool_entry,
                                                    &fact_shared_path,
                                                    &fact_agent_pair,
                                                    &fact_gateway_pair,
                                                    &fact_fleet_share,
                                                    &fact_shared_room,
                                                    &fact_power_path,
                                                    &fact_exposure,
                                                    &fact_audited_power,
                                                    &fact_exec_scope,
                                                    &fact_safe_bin,
                                                    &fact_risky_dir,
                                                    &fact_model,
                                                    &fact_sandbox_browser,
                                                    &fact_container,
                                                    &fact_bind,
                                                    &fact_elevated_list,
                                                    &fact_tool_list,
                                                    &fact_policy,
                                                    &fact_auth,
                                                    &fact_credential,
                                                    &fact_trusted_proxy,
                                                    &fact_control_ui,
                                                    &fact_http,
                                                    &fact_nodes,
                                                    &fact_node_command,
                                                    &fact_browser,
                                                    &fact_browser_profile,
                                                    &fact_dangerous_setting,
                                                    &fact_install,
                                                    &fact_config_file,
                                                    &fact_secret,
                                                    &fact_policy_violation,
                                                    &fact_suppression,
                                                    NULL};
