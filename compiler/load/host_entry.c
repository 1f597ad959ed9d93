#include "load/host_entry.h"

#include "load/discover.h"
#include "model/ids.h"

/* ---- environments ------------------------------------------------------------------------------
 */

static void add_file(const struct reading *r, node_id n, struct str *v, size_t *count) {
    if (read_is(r, n, NODE_STRING)) v[(*count)++] = tree_text(r->tree, n);
}

static struct names read_files(const struct reading *r, node_id n) {
    bool list = tree_is(r->tree, n, NODE_ARRAY);
    size_t count = 0;
    struct str *v = ARENA_ARRAY(r->tree->arena, struct str, list ? tree_node(r->tree, n)->n : 1);
    if (!list) {
        add_file(r, n, v, &count);
        return (struct names){v, count};
    }
    for (TREE_EACH(r->tree, item, n)) add_file(r, item, v, &count);
    return (struct names){v, count};
}

void env_setting_read(const struct reading *r, node_id n, struct env_setting *out) {
    struct arena *a = r->tree->arena;
    if (tree_is(r->tree, n, NODE_ARRAY) || tree_is(r->tree, n, NODE_STRING)) {
        out->files = read_files(r, n);
        return;
    }
    if (!read_is(r, n, NODE_OBJECT)) return;
    for (TREE_EACH(r->tree, value, n)) {
        if (!read_is(r, value, NODE_STRING)) continue;
        struct str key = tree_key_text(r->tree, tree_node(r->tree, value)->key);
        ARRAY_PUSH(a, out->pairs) =
            str_format(a, STR_FMT "=" STR_FMT, STR_ARG(key), STR_ARG(tree_text(r->tree, value)));
        source_add_secret(r->tree->sources, tree_span(r->tree, value));
    }
}

/* ---- entries -----------------------------------------------------------------------------------
 */

static void complain(const struct reading *r, node_id n, const char *what) {
    diag_add(r->diags, SEVERITY_ERROR, "project", tree_span(r->tree, n), "%s", what);
}

static void read_text(const struct reading *r, node_id n, struct str *out) {
    if (!read_is(r, n, NODE_STRING)) return;
    *out = ids_trim(tree_text(r->tree, n));
    if (!out->n) complain(r, n, "this must not be empty: leave the key out");
}

static void read_name(const struct reading *r, node_id n, struct host_entry *e) {
    read_text(r, n, &e->name);
}
static void read_home(const struct reading *r, node_id n, struct host_entry *e) {
    read_text(r, n, &e->home);
    if (e->home.n && !str_starts(e->home, STR("/")))
        complain(r, n, "`home` is an absolute path, such as /home/ana");
}
static void read_state(const struct reading *r, node_id n, struct host_entry *e) {
    read_text(r, n, &e->state);
}
static void read_config(const struct reading *r, node_id n, struct host_entry *e) {
    read_text(r, n, &e->config);
}
static void read_env(const struct reading *r, node_id n, struct host_entry *e) {
    env_setting_read(r, n, &e->env);
}

static void read_profile(const struct reading *r, node_id n, struct host_entry *e) {
    read_text(r, n, &e->profile);
    if (e->profile.n && !discover_is_profile(e->profile))
        complain(r, n,
                 "a profile's name is 1 to 64 of A-Z a-z 0-9 _ -, beginning with a letter or "
                 "digit; the gateway starts with no other");
}

static void read_dev(const struct reading *r, node_id n, struct host_entry *e) {
    if (read_is(r, n, NODE_BOOL)) e->dev = tree_node(r->tree, n)->u.boolean;
}

static void read_port(const struct reading *r, node_id n, struct host_entry *e) {
    if (!read_is(r, n, NODE_NUMBER)) return;
    double port = tree_node(r->tree, n)->u.number;
    bool whole = port >= 1 && port <= 65535 && !(port < (double)(int64_t)port) &&
                 !(port > (double)(int64_t)port);
    if (!whole) {
        complain(r, n,
                 "`port` is a whole number from 1 to 65535, as the gateway's --port takes it");
        return;
    }
    e->port = (int64_t)port;
    e->port_at = n;
}

static const struct {
    const char *key;
    void (*read)(const struct reading *r, node_id n, struct host_entry *e);
} keys[] = {
    {"name", read_name},   {"profile", read_profile}, {"dev", read_dev},   {"home", read_home},
    {"state", read_state}, {"config", read_config},   {"port", read_port}, {"env", read_env},
};

static void read_key(const struct reading *r, node_id n, struct host_entry *e) {
    struct str key = tree_key_text(r->tree, tree_node(r->tree, n)->key);
    const char *near = NULL;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct str name = str_from(keys[i].key);
        if (str_equal(key, name)) {
            if (!tree_is(r->tree, n, NODE_NULL)) keys[i].read(r, n, e);
            return;
        }
        if (str_distance(key, name, 2) <= 2) near = keys[i].key;
    }
    diag_add(r->diags, SEVERITY_ERROR, "project", tree_key_span(r->tree, n),
             "unknown key `" STR_FMT "` of a gateway on the host, which has name, profile, dev, "
             "home, state, config, port and env%s%s%s",
             STR_ARG(str_slice(key, 0, 200)), near ? "; did you mean `" : "", near ? near : "",
             near ? "`?" : "");
}

bool host_entry_places(const struct host_entry *e) {
    static const char *const names[] = {"OPENCLAW_STATE_DIR=", "OPENCLAW_HOME=", "HOME="};
    for (size_t i = 0; i < e->env.pairs.n; i++)
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            if (str_starts(e->env.pairs.v[i], str_from(names[k]))) return true;
    return e->profile.n || e->dev || e->home.n || e->state.n || e->env.files.n;
}

struct host_entry host_entry_read(const struct reading *r, node_id n) {
    struct host_entry e = {.file = tree_key_text(r->tree, tree_node(r->tree, n)->key), .at = n};
    for (TREE_EACH(r->tree, value, n)) read_key(r, value, &e);
    if (e.dev && e.profile.n && !str_equal(e.profile, STR("dev")))
        complain(r, n, "`dev` is the profile `dev`: the gateway refuses another beside it");
    return e;
}
