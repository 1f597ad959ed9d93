/* gateway.auth as the gateway and its own audit resolve it: the config first, then the environment,
 * then (in newer versions) gateway.remote. */
#include "base/utf8.h"
#include "model/ids.h"
#include "model/model.h"
#include "model/values.h"

struct auth_reading {
    struct model *m;
    const struct reading *r;
    const struct environment *env;
    const struct gateway_data *g;
    node_id gateway, auth;
    place at; /* of gateway.auth, or what is around it */
};

static bool has_rule(const struct auth_reading *s, enum audit_rule rule) {
    return s->g->audit_rules & rule;
}

/* ---- credentials of the config -----------------------------------------------------------------
 */

/* `$NAME`, a short form of `${NAME}` that newer gateways resolve later; NAME, or empty. */
static struct str shorthand(struct str text) {
    enum { NAME_MAX_BYTES = 128 };
    if (text.n < 2 || text.n > NAME_MAX_BYTES + 1 || text.p[0] != '$') return STR("");
    for (size_t i = 1; i < text.n; i++) {
        char c = text.p[i];
        bool letter = c >= 'A' && c <= 'Z', other = c == '_' || (c >= '0' && c <= '9');
        if (!letter && (i == 1 || !other)) return STR("");
    }
    return str_slice(text, 1, text.n);
}

static struct credential credential_of_text(const struct auth_reading *s, node_id n) {
    struct credential c = {.text = value_of_node(s->r, n)};
    const struct node *node = tree_node(s->r->tree, n);
    bool typed = has_rule(s, AUDIT_TYPED_REFERENCES);
    c.text.v = ids_trim(c.text.v);
    c.text.set = c.text.v.n > 0;
    c.substituted = node->flags & (NODE_SUBSTITUTED | NODE_SYMBOLIC);
    bool unset =
        typed ? node->flags & NODE_UNSET : !c.text.symbolic && environment_refers(c.text.v);
    struct str later = typed ? shorthand(c.text.v) : STR("");
    c.variable = later.n ? later : environment_whole_name(c.text.v);
    c.form = !c.text.v.n        ? CREDENTIAL_BLANK
             : unset || later.n ? CREDENTIAL_UNRESOLVED
                                : CREDENTIAL_LITERAL;
    return c;
}

static struct credential read_credential(const struct auth_reading *s, node_id object,
                                         const char *key, place around) {
    node_id n = tree_member(s->r->tree, object, str_from(key));
    if (tree_is(s->r->tree, n, NODE_STRING)) return credential_of_text(s, n);
    struct credential c = {.text = {.v = STR(""), .at = around}};
    struct str source = tree_text(s->r->tree, tree_member(s->r->tree, n, STR("source")));
    struct str id = tree_text(s->r->tree, tree_member(s->r->tree, n, STR("id")));
    if (!source.n || !id.n) return c;
    c.form = CREDENTIAL_REFERENCE;
    c.text.at = n;
    if (str_equal(source, STR("env"))) c.variable = id;
    return c;
}

/* ---- the environment ---------------------------------------------------------------------------
 */

static bool is_unknown(const struct auth_reading *s, struct str variable) {
    return !environment_knows(s->env, variable) && !environment_is_hidden(s->env, variable);
}

/* The text of the first of the variables, trimmed. */
static struct text from_environment(const struct auth_reading *s, struct names variables) {
    struct text t = {.v = STR(""), .at = s->at};
    if (!variables.n) return t;
    t.v = ids_trim(environment_text(s->env, variables.v[0]));
    t.set = t.v.n > 0;
    t.symbolic = environment_is_hidden(s->env, variables.v[0]);
    return t;
}

static bool any_is_set(const struct auth_reading *s, struct names variables) {
    for (size_t i = 0; i < variables.n; i++)
        if (ids_trim(environment_text(s->env, variables.v[i])).n) return true;
    return false;
}

static void add_unknown(const struct auth_reading *s, struct names variables, struct names *list) {
    struct str *v = ARENA_ARRAY(s->m->arena, struct str, list->n + variables.n);
    for (size_t i = 0; i < list->n; i++) v[i] = list->v[i];
    for (size_t i = 0; i < variables.n; i++)
        if (is_unknown(s, variables.v[i])) v[list->n++] = variables.v[i];
    list->v = v;
}

/* ---- which one is used -------------------------------------------------------------------------
 */

/* The credential that the gateway compares with; not set when it has none. */
static struct text used(const struct auth_reading *s, const struct credential *own,
                        struct names variables, const struct credential *remote) {
    struct text none = {.v = STR(""), .at = own->text.at};
    if (own->form == CREDENTIAL_LITERAL) return own->text;
    if (own->form == CREDENTIAL_REFERENCE && has_rule(s, AUDIT_TYPED_REFERENCES)) return none;
    struct text t = from_environment(s, variables);
    t.at = own->text.at;
    if (t.set) return t;
    bool fallback = remote && has_rule(s, AUDIT_REMOTE_CREDENTIALS);
    return fallback && remote->form == CREDENTIAL_LITERAL ? remote->text : none;
}

static uint32_t utf16_length(struct str s) {
    uint32_t n = 0, c;
    for (size_t at = 0; at<s.n; n += c> 0xFFFF ? 2 : 1) at += utf8_decode(s, at, true, &c);
    return n;
}

static bool is_placeholder(struct str s) {
    return !s.n || str_equal(s, STR("undefined")) || str_equal(s, STR("null"));
}

static bool in_config(const struct auth_reading *s, const struct credential *c) {
    if (!c->text.v.n || c->text.symbolic) return false;
    if (!has_rule(s, AUDIT_REFERENCE_BY_FORM))
        return c->form == CREDENTIAL_LITERAL || shorthand(c->text.v).n;
    return !(str_starts(c->text.v, STR("${")) && str_ends(c->text.v, STR("}")));
}

static void judge_text(struct judged_credential *j, const struct text *t) {
    if (t->symbolic) return;
    j->known = true;
    j->length = utf16_length(t->v);
    j->placeholder = is_placeholder(t->v);
}

/* What is said of a credential's quality is said of the one that is used; newer gateways do not
 * look at what stands in for a reference. */
static struct judged_credential judge(const struct auth_reading *s, const struct credential *own,
                                      const struct text *in_use, struct names variables) {
    struct judged_credential j = {
        .at = own->text.at, .in_config = in_config(s, own), .substituted = own->substituted};
    bool reference = own->form == CREDENTIAL_UNRESOLVED || own->form == CREDENTIAL_REFERENCE;
    if (reference && has_rule(s, AUDIT_TYPED_REFERENCES)) return j;
    if (in_use->set) {
        judge_text(&j, in_use);
        if (own->form != CREDENTIAL_LITERAL && from_environment(s, variables).set)
            j.from = variables.v[0];
        else
            j.at = in_use->at;
    } else if (own->form == CREDENTIAL_BLANK && has_rule(s, AUDIT_TYPED_REFERENCES)) {
        judge_text(&j, &own->text);
    }
    return j;
}

/* Whether the config itself counts as having this credential. */
static bool is_configured(const struct auth_reading *s, const struct credential *c) {
    if (c->form == CREDENTIAL_UNRESOLVED) return !has_rule(s, AUDIT_TYPED_REFERENCES);
    return c->form == CREDENTIAL_LITERAL || c->form == CREDENTIAL_REFERENCE;
}

/* ---- the block ---------------------------------------------------------------------------------
 */

struct written {
    struct credential token, password, remote_token, remote_password;
    bool token_set, password_set; /* as the gateway's audit counts it */
    struct str mode;              /* as written, or empty */
};

static bool is_mode(const struct written *w, const char *mode) {
    return str_equal(w->mode, str_from(mode));
}

static void read_mode(const struct auth_reading *s, struct written *w, struct gateway_auth *auth) {
    auth->mode = value_text(s->r, s->auth, "mode", s->at, STR(""));
    if (!auth->mode.v.n) auth->mode.set = false;
    w->mode = auth->mode.set ? auth->mode.v : STR("");
    if (auth->mode.set) return;
    auth->mode.v = auth->used_password.set ? STR("password") : STR("token");
    if (w->password.form != CREDENTIAL_LITERAL)
        add_unknown(s, (struct names){s->g->password_variables.v, s->g->password_variables.n > 0},
                    &auth->mode_assumed_unset);
}

/* A password counts only where it can be what is asked for. */
static void count_credentials(const struct auth_reading *s, struct written *w,
                              const struct gateway_auth *auth) {
    bool by_token = is_mode(w, "token") || is_mode(w, "none") || is_mode(w, "trusted-proxy");
    w->token_set = auth->used_token.set || any_is_set(s, s->g->token_variables) ||
                   is_configured(s, &w->token) || is_configured(s, &w->remote_token);
    bool can_win = is_mode(w, "password") || (!by_token && !w->token_set);
    w->password_set =
        auth->used_password.set ||
        (can_win && (any_is_set(s, s->g->password_variables) || is_configured(s, &w->password)));
}

static void find_secret(const struct auth_reading *s, const struct written *w,
                        struct gateway_auth *auth) {
    bool token = is_mode(w, "token"), password = is_mode(w, "password");
    bool neither = is_mode(w, "none") || is_mode(w, "trusted-proxy");
    if (!neither && !password) {
        auth->secret = w->token_set;
        add_unknown(s, s->g->token_variables, &auth->assumed_unset);
    }
    if (!neither && !token) {
        auth->secret = auth->secret || w->password_set;
        add_unknown(s, s->g->password_variables, &auth->assumed_unset);
    }
}

/* HTTP endpoints compare with what is resolved; a reference is nothing to compare with yet. */
static void find_usable(const struct auth_reading *s, struct gateway_auth *auth) {
    struct str mode = auth->mode.v;
    if (str_equal(mode, STR("token")))
        auth->usable = auth->used_token.set;
    else if (str_equal(mode, STR("password")))
        auth->usable = auth->used_password.set;
    else
        auth->usable = str_equal(mode, STR("trusted-proxy"));
    if (!has_rule(s, AUDIT_HTTP_BY_CREDENTIAL)) auth->usable = !str_equal(mode, STR("none"));
}

/* Browser control takes any token or password, whatever the mode asks for. */
static void find_browser_secret(const struct auth_reading *s, const struct written *w,
                                struct gateway_auth *auth) {
    bool token =
        auth->used_token.set || any_is_set(s, s->g->token_variables) || is_configured(s, &w->token);
    bool by_token = is_mode(w, "token") || is_mode(w, "none") || is_mode(w, "trusted-proxy");
    bool can_win = is_mode(w, "password") || (!by_token && !token);
    auth->browser_secret =
        token || auth->used_password.set ||
        (can_win && (any_is_set(s, s->g->password_variables) || is_configured(s, &w->password)));
    add_unknown(s, s->g->token_variables, &auth->any_assumed_unset);
    add_unknown(s, s->g->password_variables, &auth->any_assumed_unset);
}

static bool conflicts_with_environment(const struct auth_reading *s, const struct written *w) {
    struct text env = from_environment(s, s->g->token_variables);
    struct str kind = ids_trim(environment_get(s->env, STR("OPENCLAW_SERVICE_KIND")));
    struct str gateway_mode =
        tree_text(s->r->tree, tree_member(s->r->tree, s->gateway, STR("mode")));
    if (!env.set || str_equal(kind, STR("gateway")) || str_equal(gateway_mode, STR("remote")))
        return false;
    if (is_mode(w, "password") || is_mode(w, "none") || is_mode(w, "trusted-proxy")) return false;
    const struct credential *token = &w->token;
    if (token->form == CREDENTIAL_ABSENT || token->form == CREDENTIAL_BLANK) return false;
    bool names_it =
        token->form != CREDENTIAL_LITERAL && str_equal(token->variable, s->g->token_variables.v[0]);
    return !names_it && !(token->form == CREDENTIAL_LITERAL && str_equal(token->text.v, env.v));
}

static void read_hooks_token(struct auth_reading *s, const struct gateway_auth *auth) {
    node_id hooks = read_member(s->r, s->m->loaded->root, "hooks", NODE_OBJECT);
    struct credential own = read_credential(s, hooks, "token", value_place(hooks, s->m->at));
    struct audit_settings *audit = &s->m->audit;
    audit->hooks_token = (struct judged_credential){
        .at = own.text.at, .in_config = in_config(s, &own), .substituted = own.substituted};
    if (own.text.v.n) judge_text(&audit->hooks_token, &own.text);
    bool by_token = str_equal(auth->mode.v, STR("token"));
    bool by_password =
        str_equal(auth->mode.v, STR("password")) || str_equal(auth->mode.v, STR("trusted-proxy"));
    struct text other = auth->used_token;
    if (!by_token && !has_rule(s, AUDIT_HOOKS_PASSWORD))
        other = from_environment(s, s->g->token_variables);
    else if (!by_token)
        other = by_password ? auth->used_password : (struct text){.v = STR("")};
    if (!own.text.v.n || !other.set || own.text.symbolic != other.symbolic) return;
    if (str_equal(own.text.v, other.v))
        audit->hooks_token_is =
            by_password && has_rule(s, AUDIT_HOOKS_PASSWORD) ? STR("password") : STR("token");
}

void model_build_auth(struct model *m, const struct reading *r, const struct environment *env) {
    struct auth_reading s = {.m = m, .r = r, .env = env, .g = m->gateway};
    struct gateway_auth *auth = &m->audit.auth;
    s.gateway = read_member(r, m->loaded->root, "gateway", NODE_OBJECT);
    s.auth = read_member(r, s.gateway, "auth", NODE_OBJECT);
    s.at = value_place(s.auth, value_place(s.gateway, m->at));
    node_id remote = read_member(r, s.gateway, "remote", NODE_OBJECT);
    struct written w = {.token = read_credential(&s, s.auth, "token", s.at),
                        .password = read_credential(&s, s.auth, "password", s.at),
                        .remote_token = read_credential(&s, remote, "token", s.at),
                        .remote_password = read_credential(&s, remote, "password", s.at)};
    bool proxied = str_equal(tree_text(r->tree, tree_member(r->tree, s.auth, STR("mode"))),
                             STR("trusted-proxy"));
    auth->at = s.at;
    auth->used_token = used(&s, &w.token, m->gateway->token_variables, &w.remote_token);
    auth->used_password =
        used(&s, &w.password, m->gateway->password_variables, proxied ? NULL : &w.remote_password);
    auth->token = judge(&s, &w.token, &auth->used_token, m->gateway->token_variables);
    auth->password = judge(&s, &w.password, &auth->used_password, m->gateway->password_variables);
    read_mode(&s, &w, auth);
    count_credentials(&s, &w, auth);
    find_secret(&s, &w, auth);
    find_usable(&s, auth);
    find_browser_secret(&s, &w, auth);
    auth->env_conflict = conflicts_with_environment(&s, &w);
    bool serves = str_equal(m->settings.tailscale.v, STR("serve"));
    bool by_default = serves && !str_equal(auth->mode.v, STR("password")) &&
                      !str_equal(auth->mode.v, STR("trusted-proxy"));
    auth->allow_tailscale = value_flag(r, s.auth, "allowTailscale", s.at, by_default).v;
    auth->tailscale = auth->allow_tailscale && serves;
    node_id limit = read_member(r, s.auth, "rateLimit", NODE_OBJECT);
    auth->rate_limit = limit != 0;
    auth->rate_limit_at = value_place(limit, s.at);
    read_hooks_token(&s, auth);
}
