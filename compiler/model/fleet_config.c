/* What the config of a service's gateway says that matters to others: credentials, hooks,
 * variables. Read from the config as it was written, with the container's environment. */
#include <string.h>

#include "model/fleet_reading.h"
#include "model/ids.h"

/* The longest that a value may become: loading has bounded the whole file more tightly. */
enum { VALUE_MAX = 1 << 20 };

/* ---- values ------------------------------------------------------------------------------------
 */

struct str fleet_value(const struct fleet_reading *r, node_id n) {
    if (tree_is(r->tree, n, NODE_STRING))
        return ids_trim(
            environment_substitute(r->environment, tree_text(r->tree, n), VALUE_MAX).text);
    if (!tree_is(r->tree, n, NODE_OBJECT)) return STR("");
    struct str source = tree_text(r->tree, tree_member(r->tree, n, STR("source")));
    struct str id = tree_text(r->tree, tree_member(r->tree, n, STR("id")));
    if (!str_equal(source, STR("env")) || !id.n) return STR("");
    return ids_trim(environment_get(r->environment, id));
}

struct str fleet_member(const struct fleet_reading *r, node_id object, const char *key) {
    return fleet_value(r, tree_member(r->tree, object, str_from(key)));
}

bool fleet_is(const struct fleet_reading *r, node_id object, const char *key, bool value) {
    node_id n = tree_member(r->tree, object, str_from(key));
    return tree_is(r->tree, n, NODE_BOOL) && tree_node(r->tree, n)->u.boolean == value;
}

struct fleet_secret fleet_read_secret(const struct fleet_reading *r, node_id object,
                                      const char *key, place around, const char *variable) {
    node_id n = tree_member(r->tree, object, str_from(key));
    struct fleet_secret s = {.value = fleet_value(r, n), .at = n ? n : around};
    if (!s.value.n && variable) {
        const struct compose_variable *v = compose_variable(r->service, str_from(variable));
        s.value = ids_trim(environment_get(r->environment, str_from(variable)));
        if (s.value.n && v) s.at = v->at;
    }
    s.set = s.value.n != 0;
    s.known = s.set && !str_starts(s.value, STR("${"));
    return s;
}

/* ---- blocks ------------------------------------------------------------------------------------
 */

static place block_place(const struct fleet_reading *r, node_id n, place around) {
    return tree_is(r->tree, n, NODE_OBJECT) ? n : around;
}

static void read_auth(const struct fleet_reading *r, place root) {
    node_id gateway = tree_member(r->tree, r->config, STR("gateway"));
    node_id auth = tree_member(r->tree, gateway, STR("auth"));
    place at = block_place(r, auth, block_place(r, gateway, root));
    r->g->auth_at = at;
    r->g->auth_mode = fleet_member(r, auth, "mode");
    r->g->token = fleet_read_secret(r, auth, "token", at, "OPENCLAW_GATEWAY_TOKEN");
    r->g->password = fleet_read_secret(r, auth, "password", at, "OPENCLAW_GATEWAY_PASSWORD");
}

/* Without one slash at either end. */
struct str fleet_hooks_path(struct str written) {
    struct str path = written;
    if (!path.n) return STR("hooks");
    if (path.p[0] == '/') path = str_slice(path, 1, path.n);
    if (path.n && path.p[path.n - 1] == '/') path.n--;
    return path;
}

static bool admits_any_agent(const struct fleet_reading *r, node_id list) {
    if (!tree_is(r->tree, list, NODE_ARRAY)) return true;
    for (TREE_EACH(r->tree, item, list))
        if (str_equal(fleet_value(r, item), STR("*"))) return true;
    return false;
}

static void read_hooks(const struct fleet_reading *r, place root) {
    node_id hooks = tree_member(r->tree, r->config, STR("hooks"));
    place at = block_place(r, hooks, root);
    node_id agents = tree_member(r->tree, hooks, STR("allowedAgentIds"));
    node_id session = tree_member(r->tree, hooks, STR("allowRequestSessionKey"));
    r->g->hooks_path = fleet_hooks_path(fleet_member(r, hooks, "path"));
    r->g->hooks_enabled = fleet_is(r, hooks, "enabled", true);
    r->g->hooks_choose_session = fleet_is(r, hooks, "allowRequestSessionKey", true);
    r->g->hooks_session_at = session ? session : at;
    r->g->hooks_any_agent = admits_any_agent(r, agents);
    r->g->hooks_agents_at = agents ? agents : at;
    if (r->g->hooks_enabled) r->g->hooks_token = fleet_read_secret(r, hooks, "token", at, NULL);
}

/* ---- texts -------------------------------------------------------------------------------------
 */

struct walking {
    const struct fleet_reading *r;
    struct map missing;
    bool names_hooks_token;
};

static void note_missing(struct walking *w, struct str name, node_id n) {
    bool is_new;
    map_put(&w->missing, name, 1, &is_new);
    if (is_new)
        ARRAY_PUSH(w->r->arena, w->r->g->missing) = (struct fleet_name){.name = name, .at = n};
}

void fleet_note_text(struct arena *a, struct fleet_gateway *g, struct str text, place at) {
    if (str_find(text, STR("://"), 0) != SIZE_MAX)
        ARRAY_PUSH(a, g->texts) = (struct fleet_text){.text = text, .at = at};
}

static void note_text(struct walking *w, struct str text, place at) {
    if (str_find(text, STR("OPENCLAW_HOOKS_TOKEN"), 0) != SIZE_MAX) w->names_hooks_token = true;
    fleet_note_text(w->r->arena, w->r->g, text, at);
}

static void look_at(struct walking *w, node_id n) {
    const struct fleet_reading *r = w->r;
    const struct node *node = tree_node(r->tree, n);
    if (node->key) note_text(w, tree_key_text(r->tree, node->key), n | PLACE_KEY);
    if (!tree_is(r->tree, n, NODE_STRING)) return;
    struct str text = tree_text(r->tree, n);
    note_text(w, text, n);
    if (!text.n || !memchr(text.p, '$', text.n)) return;
    struct substitution s = environment_substitute(r->environment, text, VALUE_MAX);
    for (size_t i = 0; i < s.missing.n; i++) note_missing(w, s.missing.v[i], n);
}

/* Recursive: loading has bounded the depth of values. */
static void walk(struct walking *w, node_id parent) {
    for (TREE_EACH(w->r->tree, n, parent)) {
        look_at(w, n);
        walk(w, n);
    }
}

static void read_texts(const struct fleet_reading *r) {
    struct walking w = {.r = r, .missing = map_new(r->arena)};
    walk(&w, r->config);
    const struct compose_variable *idle = compose_variable(r->service, STR("OPENCLAW_HOOKS_TOKEN"));
    if (idle && !w.names_hooks_token && r->config) r->g->idle_hooks_token = idle;
}

/* ---- keys that the version refuses -------------------------------------------------------------
 */

static node_id at_path(const struct fleet_reading *r, struct str path) {
    node_id n = r->config;
    for (size_t at = 0; n && at < path.n;) {
        size_t end = str_find(path, STR("."), at);
        if (end == SIZE_MAX) end = path.n;
        n = tree_member(r->tree, n, str_slice(path, at, end));
        at = end + 1;
    }
    return n;
}

static void read_refused_keys(const struct fleet_reading *r) {
    const struct names *keys = &r->g->data->refused_keys;
    for (size_t i = 0; i < keys->n; i++) {
        node_id n = at_path(r, keys->v[i]);
        if (n)
            ARRAY_PUSH(r->arena, r->g->refused_keys) =
                (struct fleet_name){.name = keys->v[i], .at = n};
    }
}

void fleet_read_config(const struct fleet_reading *r) {
    place root = r->config ? r->config : r->g->at;
    read_auth(r, root);
    read_hooks(r, root);
    read_texts(r);
    read_refused_keys(r);
}
