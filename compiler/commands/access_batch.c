/* clawc access --batch: questions about one part of a config or of an environment each, answered as
 * the gateway's own functions answer them. */
#include "analysis/admission.h"
#include "analysis/visibility.h"
#include "base/url.h"
#include "commands/access.h"
#include "commands/json_value.h"
#include "commands/queries.h"
#include "model/hooks.h"
#include "model/ids.h"

/* Where the process of the gateway runs, as far as a question does not say. */
#define DEFAULT_HOME      STR("/nonexistent-home/u0")
#define DEFAULT_DIRECTORY STR("/run/gw")

static node_id member(const struct access_question *q, node_id object, const char *key) {
    return tree_member(q->line->tree, object, str_from(key));
}

static bool flag(const struct access_question *q, const char *key) {
    node_id n = member(q, q->input, key);
    return tree_is(q->line->tree, n, NODE_BOOL) && tree_node(q->line->tree, n)->u.boolean;
}

static void add_number(struct buf *b, const char *key, double value) {
    json_add_key(b, key);
    json_add_any_number(b, value);
}

static void add_invalid(struct buf *b) {
    json_add_flag(b, "invalid", true);
}

/* ---- configs -----------------------------------------------------------------------------------
 */

static struct discover environment_of(const struct access_question *q) {
    struct str cwd = batch_text(q->line, q->input, "cwd");
    return (struct discover){.arena = q->line->arena,
                             .gateway = q->line->gateway,
                             .environment =
                                 batch_environment(q->line, member(q, q->input, "env"), STR("")),
                             .directory = cwd.n ? cwd : DEFAULT_DIRECTORY,
                             .os_home = DEFAULT_HOME,
                             .profile = batch_text(q->line, q->input, "cliProfile")};
}

void access_load(const struct access_question *q, struct str text, struct batch_config *out) {
    struct discover from = environment_of(q);
    struct discovered *found = ARENA_NEW(q->line->arena, struct discovered);
    *found = discover_paths(&from);
    struct gateway_place where = {.name = STR("gateway"),
                                  .state = found->state,
                                  .config_path = found->config,
                                  .profile = from.profile,
                                  .found = found,
                                  .directory = from.directory};
    batch_load(q->line, text, from.environment, &where, out);
}

/* The config of the question; false when the gateway refuses it, which is then the answer. */
static bool load(struct buf *b, const struct access_question *q, struct batch_config *out) {
    access_load(q, batch_source(q->line, member(q, q->input, "config")), out);
    if (out->accepted) return true;
    add_invalid(b);
    return false;
}

/* ---- places and ports --------------------------------------------------------------------------
 */

static void answer_port(struct buf *b, const struct access_question *q) {
    struct batch_config config;
    struct discover from = environment_of(q);
    if (!load(b, q, &config)) return;
    add_number(b, "port", discover_port(&from, (double)config.model->settings.written_port));
}

static void answer_paths(struct buf *b, const struct access_question *q) {
    struct discover from = environment_of(q);
    struct discovered found = discover_paths(&from);
    struct arena *a = q->line->arena;
    json_add_text(b, "stateDir", found.state);
    json_add_text(b, "configPath", found.config);
    json_add_text(b, "credentialsDir", found.credentials);
    json_add_text(b, "defaultWorkspace", found.workspace);
    json_add_text(b, "defaultAgentDir", files_absolute(a, found.state, STR("agents/main/agent")));
    json_add_text(b, "sessionsDir", files_absolute(a, found.state, STR("agents/main/sessions")));
    add_number(b, "port", discover_port(&from, 0));
}

static void answer_agent_paths(struct buf *b, const struct access_question *q) {
    struct batch_config config;
    if (!load(b, q, &config)) return;
    for (size_t i = 0; i < config.model->agents.n; i++) {
        const struct model *m = config.model;
        /* Of agents with one id the first entry's settings count for all. */
        int32_t first = model_agent(m, m->agents.v[i].id);
        const struct agent *agent = &m->agents.v[first < 0 ? (int32_t)i : first];
        json_add_key(b, str_to_c(q->line->arena, m->agents.v[i].written));
        buf_add_char(b, '{');
        json_add_text(b, "workspace", agent->workspace.v);
        json_add_text(b, "agentDir", agent->agent_dir.v);
        json_add_text(b, "sessionsDir", agent->sessions);
        json_add_text(b, "sessionStore", agent->session_store.v);
        buf_add_char(b, '}');
    }
}

static void add_profile(struct buf *b, const struct access_question *q,
                        const struct browser_endpoint *p) {
    json_add_key(b, str_to_c(q->line->arena, p->name));
    buf_add_char(b, '{');
    json_add_text(b, "driver", p->driver);
    add_number(b, "cdpPort", p->port);
    json_add_text(b, "cdpHost", p->host);
    json_add_flag(b, "cdpIsLoopback", !p->host.n || url_is_loopback(p->host));
    buf_add_char(b, '}');
}

static void answer_browser(struct buf *b, const struct access_question *q) {
    struct batch_config config;
    if (!load(b, q, &config)) return;
    const struct browser_ports *o = &config.model->browser_ports;
    if (o->problem) {
        json_add_flag(b, "error", true);
        return;
    }
    json_add_flag(b, "enabled", o->enabled);
    add_number(b, "controlPort", o->control_port);
    add_number(b, "cdpStart", o->cdp_first);
    add_number(b, "cdpEnd", o->cdp_last);
    json_add_text(b, "defaultProfile", o->default_profile);
    json_add_key(b, "profiles");
    buf_add_char(b, '{');
    for (size_t i = 0; i < o->n_profiles; i++) add_profile(b, q, &o->profiles[i]);
    buf_add_char(b, '}');
}

/* ---- admission ---------------------------------------------------------------------------------
 */

static void answer_admission(struct buf *b, const struct access_question *q) {
    const struct batch_line *l = q->line;
    node_id falls_back = member(q, q->input, "groupAllowFromFallbackToAllowFrom");
    struct admission asked = {.is_group = flag(q, "isGroup"),
                              .dm_policy = batch_text(l, q->input, "dmPolicy"),
                              .group_policy = batch_text(l, q->input, "groupPolicy"),
                              .sender = batch_text(l, q->input, "sender"),
                              .allow_from = batch_list(l, q->input, "allowFrom"),
                              .group_allow_from = batch_list(l, q->input, "groupAllowFrom"),
                              .stored = batch_list(l, q->input, "storeAllowFrom"),
                              .group_falls_back =
                                  !falls_back || flag(q, "groupAllowFromFallbackToAllowFrom")};
    struct admitted out = admission_decide(l->arena, l->gateway, &asked);
    json_add_text(b, "decision", str_from(out.decision));
    json_add_text(b, "reasonCode", str_from(out.reason));
    json_add_texts(b, "effectiveAllowFrom", out.senders.v, out.senders.n);
    json_add_texts(b, "effectiveGroupAllowFrom", out.group_senders.v, out.group_senders.n);
}

static void answer_group(struct buf *b, const struct access_question *q) {
    struct batch_config config;
    if (!load(b, q, &config)) return;
    const struct batch_line *l = q->line;
    struct group_admission g =
        admission_of_group(config.model, batch_text(l, q->input, "channel"),
                           batch_text(l, q->input, "accountId"), batch_text(l, q->input, "groupId"),
                           flag(q, "groupIdCaseInsensitive"), flag(q, "hasGroupAllowFrom"));
    json_add_flag(b, "allowlistEnabled", g.listed_only);
    json_add_flag(b, "allowed", g.allowed);
    json_add_flag(b, "matched", g.matched);
    json_add_flag(b, "hasDefault", g.has_default);
}

/* ---- agents ------------------------------------------------------------------------------------
 */

static void answer_visibility(struct buf *b, const struct access_question *q) {
    static const char *const pairs[][2] = {
        {"main", "work"}, {"work", "main"}, {"main", "ops"}, {"main", "main"}};
    static const char *const actions[] = {"list", "history", "send", "status"};
    struct batch_config config;
    if (!load(b, q, &config)) return;
    bool sandboxed = flag(q, "sandboxed");
    json_add_text(b, "visibility", session_visibility(config.model, sandboxed));
    json_add_flag(b, "agentToAgent", config.model->agent_to_agent.enabled.v);
    json_add_key(b, "matrix");
    buf_add_char(b, '{');
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        bool visible =
            sessions_visible(config.model, str_from(pairs[i][0]), str_from(pairs[i][1]), sandboxed);
        json_add_key(b, str_format(q->line->arena, "%s>%s", pairs[i][0], pairs[i][1]).p);
        buf_add_char(b, '{');
        for (size_t k = 0; k < sizeof actions / sizeof *actions; k++)
            json_add_flag(b, actions[k], visible);
        buf_add_char(b, '}');
    }
    buf_add_char(b, '}');
}

static void answer_targets(struct buf *b, const struct access_question *q) {
    const struct batch_line *l = q->line;
    bool set = tree_is(l->tree, member(q, q->input, "allowAgents"), NODE_ARRAY);
    struct delegates d = delegates_of(l->arena, batch_text(l, q->input, "requesterAgentId"),
                                      batch_list(l, q->input, "allowAgents"), set,
                                      batch_list(l, q->input, "configuredAgentIds"));
    json_add_flag(b, "allowAny", d.any);
    json_add_texts(b, "allowedIds", d.ids.v, d.ids.n);
}

static void answer_sandbox(struct buf *b, const struct access_question *q) {
    struct batch_config config;
    if (!load(b, q, &config)) return;
    struct arena *a = q->line->arena;
    int32_t agent = model_agent(config.model, ids_agent(a, batch_text(q->line, q->input, "agent")));
    const struct sandbox *s =
        agent < 0 ? &config.model->sandbox : &config.model->agents.v[agent].sandbox;
    json_add_text(b, "mode", s->mode.v);
    json_add_text(b, "scope", s->scope.v);
    json_add_text(b, "workspaceAccess", s->workspace_access.v);
    json_add_text(b, "network", s->network.v);
    json_add_text(b, "image", s->image.v);
}

/* ---- gateway and hooks -------------------------------------------------------------------------
 */

static struct str or_null(struct text t) {
    return t.set ? t.v : STR_NONE;
}

/* What decided the mode. */
static const char *mode_source(const struct gateway_auth *auth) {
    if (auth->mode.set) return "config";
    if (auth->used_password.set) return "password";
    return auth->used_token.set ? "token" : "default";
}

/* The question is a block of a config, whose other parts do not matter. */
static void answer_auth(struct buf *b, const struct access_question *q) {
    struct batch_config config;
    struct buf text = buf_new(q->line->arena);
    buf_add(&text, STR("{\"gateway\":{\"auth\":"));
    buf_add(&text, batch_source(q->line, member(q, q->input, "auth")));
    struct str tailscale = batch_text(q->line, q->input, "tailscaleMode");
    if (tailscale.n) {
        buf_add(&text, STR(",\"tailscale\":{\"mode\":"));
        json_add_string(&text, tailscale);
        buf_add_char(&text, '}');
    }
    buf_add(&text, STR("}}"));
    access_load(q, buf_str(&text), &config);
    if (!config.model) return;
    const struct gateway_auth *auth = &config.model->audit.auth;
    json_add_text(b, "mode", auth->mode.v);
    json_add_text(b, "modeSource", str_from(mode_source(auth)));
    json_add_text(b, "token", or_null(auth->used_token));
    json_add_text(b, "password", or_null(auth->used_password));
    json_add_flag(b, "allowTailscale", auth->allow_tailscale);
}

static void answer_hooks(struct buf *b, const struct access_question *q) {
    struct batch_config config;
    if (!load(b, q, &config)) return;
    struct hooks_policy p = hooks_resolve(config.model);
    if (!p.enabled || p.problem) {
        json_add_flag(b, p.enabled ? "error" : "disabled", true);
        return;
    }
    json_add_text(b, "basePath", p.base_path);
    json_add_text(b, "token", p.token);
    if (p.any_agent)
        json_add_text(b, "allowedAgentIds", STR_NONE);
    else
        json_add_texts(b, "allowedAgentIds", p.allowed_agents.v, p.allowed_agents.n);
    json_add_text(b, "defaultAgentId", p.default_agent.n ? p.default_agent : STR_NONE);
    json_add_text(b, "defaultSessionKey",
                  p.default_session_key.n ? p.default_session_key : STR_NONE);
    json_add_flag(b, "allowRequestSessionKey", p.allow_request_session_key);
    if (p.prefixes.n)
        json_add_texts(b, "prefixes", p.prefixes.v, p.prefixes.n);
    else
        json_add_text(b, "prefixes", STR_NONE);
}

/* ---- lines -------------------------------------------------------------------------------------
 */

static const struct {
    const char *kind;
    void (*answer)(struct buf *b, const struct access_question *q);
} kinds[] = {{"gateway-port", answer_port},
             {"browser-ports", answer_browser},
             {"paths", answer_paths},
             {"agent-paths", answer_agent_paths},
             {"accounts", access_answer_accounts},
             {"admission", answer_admission},
             {"dm-audit", access_answer_findings},
             {"group-allowlist", answer_group},
             {"visibility", answer_visibility},
             {"subagent-targets", answer_targets},
             {"sandbox", answer_sandbox},
             {"gateway-auth", answer_auth},
             {"hooks", answer_hooks}};

static void add_error(struct buf *b, struct str message) {
    buf_add_char(b, '{');
    json_add_text(b, "error", STR("BadQuery"));
    json_add_text(b, "message", message);
    buf_add_char(b, '}');
}

struct batch {
    const struct run *run;
    struct rules rules;
};

static void answer_line(void *user, struct arena *scratch, struct str text, struct buf *out) {
    struct batch_line line;
    struct str why;
    const struct batch *batch = user;
    if (!batch_read(batch->run, scratch, text, &line, &why)) {
        add_error(out, why);
        return;
    }
    struct access_question q = {&line, &batch->rules,
                                tree_member(line.tree, line.root, STR("input"))};
    struct str kind = batch_text(&line, line.root, "kind");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!str_equal(kind, str_from(kinds[i].kind))) continue;
        struct buf answer = buf_new(scratch);
        buf_add_char(&answer, '{');
        json_add_text(&answer, "id", batch_text(&line, line.root, "id"));
        json_add_key(&answer, "expect");
        buf_add_char(&answer, '{');
        kinds[i].answer(&answer, &q);
        buf_add(&answer, STR("}}"));
        buf_add(out, buf_str(&answer));
        return;
    }
    add_error(out, STR("`kind` must be one of those that docs/json.md lists"));
}

enum exit_code access_batch(struct run *run) {
    struct batch batch = {.run = run};
    if (!run_rules(run, &batch.rules)) return EXIT_CONFIG;
    struct query_stream stream = {stdin, stdout, &batch, answer_line};
    bool ok = query_stream_run(&stream);
    return run_flush(stdout, ok ? EXIT_FINE : EXIT_MACHINE);
}
