#include "load/legacy/legacy.h"

#include "base/json.h"
#include "load/legacy/steps.h"
#include "model/ids.h"

/* ---- gateway.bind ------------------------------------------------------------------------------
 */

/* The mode that a host stands for, or NULL. */
static const char *mode_of_host(struct arena *a, struct str written) {
    static const char *const any[] = {"0.0.0.0", "::", "[::]", "*"};
    static const char *const own[] = {"127.0.0.1", "localhost", "::1", "[::1]"};
    struct str host = ids_token(a, written);
    for (size_t i = 0; i < 4; i++) {
        if (str_equal(host, str_from(any[i]))) return "lan";
        if (str_equal(host, str_from(own[i]))) return "loopback";
    }
    return NULL;
}

/* Each once. */
static void add_origin(struct repair_job *job, node_id list, struct str host, double port) {
    char number[JS_NUMBER_MAX];
    js_number_text(port, number);
    struct str origin = str_format(job->arena, "http://" STR_FMT ":%s", STR_ARG(host), number);
    for (TREE_EACH(job->edit->tree, known, list))
        if (str_equal(tree_text(job->edit->tree, known), origin)) return;
    edit_append(job->edit, list, edit_new_text(job->edit, origin, list), 1);
}

static bool has_origins(const struct tree *t, node_id ui) {
    node_id origins = tree_member(t, ui, STR("allowedOrigins"));
    node_id fallback = tree_member(t, ui, STR("dangerouslyAllowHostHeaderOriginFallback"));
    for (TREE_EACH(t, origin, origins))
        if (ids_trim(tree_text(t, origin)).n) return true;
    return tree_is(t, fallback, NODE_BOOL) && tree_node(t, fallback)->u.boolean;
}

/* Beyond loopback the control page needs to know its origins. */
static void seed_origins(struct repair_job *job, node_id gateway, struct str mode) {
    struct tree *t = job->edit->tree;
    static const char *const modes[] = {"lan", "tailnet", "custom", "auto"};
    bool beyond = false;
    for (size_t i = 0; i < 4; i++) beyond = beyond || str_equal(mode, str_from(modes[i]));
    node_id ui = tree_member(t, gateway, STR("controlUi"));
    if (!beyond || (ui && !tree_is(t, ui, NODE_OBJECT)) || has_origins(t, ui)) return;
    node_id port = tree_member(t, gateway, STR("port"));
    double number = tree_is(t, port, NODE_NUMBER) && tree_node(t, port)->u.number > 0
                        ? tree_node(t, port)->u.number
                        : job->gateway->base_port;
    node_id origins = edit_new(job->edit, NODE_ARRAY, gateway);
    add_origin(job, origins, STR("localhost"), number);
    add_origin(job, origins, STR("127.0.0.1"), number);
    struct str host = ids_trim(tree_text(t, tree_member(t, gateway, STR("customBindHost"))));
    if (str_equal(mode, STR("custom")) && host.n) add_origin(job, origins, host, number);
    ui = edit_object(job->edit, gateway, "controlUi", gateway);
    legacy_set(job, ui, "allowedOrigins", origins, STR("gateway.controlUi.allowedOrigins"));
}

void legacy_bind(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id gateway = tree_member(t, job->root, STR("gateway"));
    node_id bind = tree_member(t, gateway, STR("bind"));
    if (!bind) return;
    const char *mode = mode_of_host(job->arena, tree_text(t, bind));
    seed_origins(job, gateway, mode ? str_from(mode) : tree_text(t, bind));
    if (mode)
        legacy_set(job, gateway, "bind", edit_new_text(job->edit, str_from(mode), bind),
                   STR("gateway.bind"));
}

/* ---- what is refused by name -------------------------------------------------------------------
 */

struct refusing {
    struct repair_job *job;
    struct diags *diags;
};

static void refuse(const struct refusing *s, node_id at, struct str path) {
    struct diag *d =
        diag_add(s->diags, SEVERITY_ERROR, "legacy_key", tree_key_span(s->job->edit->tree, at),
                 "`" STR_FMT "` is a key of an older version: gateway " STR_FMT
                 " refuses it, and checks nothing else until it is gone",
                 STR_ARG(path), STR_ARG(s->job->gateway->version));
    d->path = path;
}

static bool is_model(struct str path) {
    return str_equal(path, STR("agent.model")) || str_equal(path, STR("agent.imageModel"));
}

/* Thread bindings that have `ttlHours` are refused as a whole. */
static void refuse_hours(struct repair_job *job, const void *context, node_id owner, node_id value,
                         struct str path) {
    (void)owner;
    const struct refusing *s = context;
    if (tree_member(job->edit->tree, value, STR("ttlHours"))) refuse(s, value, path);
}

static void refuse_host(const struct refusing *s) {
    struct tree *t = s->job->edit->tree;
    node_id bind = tree_path(t, s->job->root, "gateway", "bind", NULL);
    if (!bind || (tree_node(t, bind)->flags & NODE_SUBSTITUTED)) return;
    if (mode_of_host(s->job->arena, tree_text(t, bind))) refuse(s, bind, STR("gateway.bind"));
}

bool legacy_refuse(struct repair_job *job, struct diags *diags) {
    struct refusing s = {job, diags};
    size_t before = diags->errors;
    const struct names *keys = &job->gateway->legacy_keys;
    for (size_t i = 0; i < keys->n; i++) {
        node_id n = legacy_get(job, job->root, keys->v[i]);
        if (n && (!is_model(keys->v[i]) || tree_is(job->edit->tree, n, NODE_STRING)))
            refuse(&s, n, keys->v[i]);
    }
    if (!keys->n) return true;
    refuse_host(&s);
    legacy_each(job, STR("session.threadBindings"), refuse_hours, &s);
    legacy_each(job, STR("channels.discord.threadBindings"), refuse_hours, &s);
    legacy_each(job, STR("channels.discord.accounts.*.threadBindings"), refuse_hours, &s);
    return diags->errors == before;
}

/* ---- the start ---------------------------------------------------------------------------------
 */

static bool is_set(const struct environment *e, const char *name) {
    return str_equal(ids_trim(environment_get(e, str_from(name))), STR("1"));
}

bool legacy_may_repair(const struct repair_job *job) {
    const struct tree *t = job->edit->tree;
    struct str touched =
        ids_trim(tree_text(t, tree_path(t, job->root, "meta", "lastTouchedVersion", NULL)));
    bool newer = gateway_version_is_readable(touched) &&
                 gateway_version_compare(touched, job->gateway->version) > 0;
    bool read_only = newer || is_set(job->environment, "OPENCLAW_CONFIG_READONLY");
    return !is_set(job->environment, "OPENCLAW_NIX_MODE") &&
           !(job->gateway->roster_entries && read_only);
}

void legacy_repair(struct repair_job *job) {
    if (job->gateway->roster_entries)
        legacy_newer(job);
    else
        legacy_older(job);
}
