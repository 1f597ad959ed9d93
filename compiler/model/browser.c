/* The block `browser`: whether browser control is on, and which browsers it talks to. */
#include "model/ids.h"
#include "model/model.h"
#include "model/values.h"

/* ---- URLs --------------------------------------------------------------------------------------
 */

struct endpoint {
    struct str scheme, host; /* lower case */
    bool valid;
};

static bool is_one_of(char c, const char *set) {
    for (; *set; set++)
        if (*set == c) return true;
    return false;
}

static bool is_port(struct str s) {
    uint32_t port = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        port = port * 10 + (uint32_t)(s.p[i] - '0');
        if (port > 65535) return false;
    }
    return true;
}

/* user:password@host:port; an IPv6 address stands in brackets. */
static struct str host_of(struct str authority, bool *valid) {
    for (size_t i = authority.n; i; i--)
        if (authority.p[i - 1] == '@') {
            authority = str_slice(authority, i, authority.n);
            break;
        }
    size_t end = 0;
    if (authority.n && authority.p[0] == '[') {
        end = str_find(authority, STR("]"), 0);
        end = end == SIZE_MAX ? authority.n : end + 1;
    }
    while (end < authority.n && authority.p[end] != ':') end++;
    *valid = end > 0 && (end == authority.n || is_port(str_slice(authority, end + 1, authority.n)));
    return str_slice(authority, 0, end);
}

/* The parts of a URL that matter here. The gateway takes http, https, ws and wss. */
static struct endpoint endpoint_of(struct arena *a, struct str url) {
    struct endpoint e = {0};
    url = ids_trim(url);
    size_t colon = str_find(url, STR(":"), 0);
    if (colon == SIZE_MAX) return e;
    e.scheme = ids_lower(a, str_slice(url, 0, colon));
    static const char *const schemes[] = {"http", "https", "ws", "wss"};
    bool known = false;
    for (size_t i = 0; i < 4; i++) known = known || str_equal(e.scheme, str_from(schemes[i]));
    size_t from = colon + 1;
    while (from < url.n && is_one_of(url.p[from], "/\\")) from++;
    size_t to = from;
    while (to < url.n && !is_one_of(url.p[to], "/\\?#")) to++;
    e.host = ids_lower(a, host_of(str_slice(url, from, to), &e.valid));
    e.valid = e.valid && known;
    return e;
}

static bool is_loopback(struct str host) {
    while (str_ends(host, STR("."))) host.n--;
    return str_equal(host, STR("localhost")) || str_equal(host, STR("[::1]")) ||
           str_starts(host, STR("127.")) || str_starts(host, STR("[::ffff:127."));
}

/* ---- profiles ----------------------------------------------------------------------------------
 */

struct browser_reading {
    struct model *m;
    const struct reading *r;
    node_id block;
    place at;
};

static bool is_plain_remote(const struct endpoint *e) {
    return e->valid && str_equal(e->scheme, STR("http")) && !is_loopback(e->host);
}

static void add_profile(struct browser_reading *s, struct str name, const struct endpoint *e,
                        place at) {
    ARRAY_PUSH(s->m->arena, s->m->audit.browser_profiles) =
        (struct browser_profile){name, e->host, is_plain_remote(e), at};
}

/* A profile has an address of its own, or a port at the address of browser.cdpUrl. */
static void read_profile(struct browser_reading *s, struct str name, node_id profile,
                         const struct endpoint *shared) {
    const struct tree *t = s->r->tree;
    struct str driver = tree_text(t, tree_member(t, profile, STR("driver")));
    if (str_equal(driver, STR("existing-session"))) return;
    node_id url = read_member(s->r, profile, "cdpUrl", NODE_STRING);
    if (!ids_trim(tree_text(t, url)).n) {
        struct endpoint e = *shared;
        if (!str_equal(e.scheme, STR("https"))) e.scheme = STR("http");
        add_profile(s, name, &e, profile);
        return;
    }
    struct endpoint own = endpoint_of(s->m->arena, tree_text(t, url));
    add_profile(s, name, &own, url);
}

static void read_profiles(struct browser_reading *s, const struct endpoint *shared, place at) {
    const struct tree *t = s->r->tree;
    node_id profiles = read_member(s->r, s->block, "profiles", NODE_OBJECT);
    for (TREE_EACH(t, profile, profiles))
        if (tree_is(t, profile, NODE_OBJECT))
            read_profile(s, tree_key_text(t, tree_node(t, profile)->key), profile, shared);
    if (tree_member(t, profiles, STR("openclaw"))) return;
    /* The profile that is always there: at a ws URL as it is, else by HTTP at the same host. */
    struct endpoint e = *shared;
    bool socket = str_equal(e.scheme, STR("ws")) || str_equal(e.scheme, STR("wss"));
    if (!socket && !str_equal(e.scheme, STR("https"))) e.scheme = STR("http");
    add_profile(s, STR("openclaw"), &e, at);
}

/* ---- the block ---------------------------------------------------------------------------------
 */

static void set_problem(struct browser_reading *s, struct str problem, place at) {
    s->m->audit.browser_problem = (struct text){.v = problem, .at = at, .set = true};
}

/* Ports derived from the gateway's: control is two above it, the relay one further, and a hundred
 * for browsers from nine above control on. */
static bool ports_fit(struct browser_reading *s) {
    enum { CONTROL = 2, SPAN = 99 };
    node_id start = read_member(s->r, s->block, "cdpPortRangeStart", NODE_NUMBER);
    double first = start ? tree_node(s->r->tree, start)->u.number : 0;
    if (start && (first < 1 || first > 65535 - SPAN)) {
        set_problem(s, STR("browser.cdpPortRangeStart leaves no room for a hundred ports"), start);
        return false;
    }
    node_id url = tree_member(s->r->tree, s->block, STR("cdpUrl"));
    if (!url && s->m->settings.port + CONTROL + 1 > 65535) {
        set_problem(s, STR("gateway.port leaves no room for the browser's ports above it"),
                    s->m->settings.port_at);
        return false;
    }
    return true;
}

static bool lists_browser(const struct reading *r, node_id list) {
    for (TREE_EACH(r->tree, item, list))
        if (str_equal(ids_trim(tree_text(r->tree, item)), STR("browser"))) return true;
    return false;
}

static bool is_off(const struct reading *r, node_id object) {
    node_id enabled = tree_member(r->tree, object, STR("enabled"));
    return tree_is(r->tree, enabled, NODE_BOOL) && !tree_node(r->tree, enabled)->u.boolean;
}

/* Browser control is a plugin: what switches plugins off switches it off. */
static bool plugin_is_on(const struct reading *r, node_id plugins) {
    node_id allow = read_member(r, plugins, "allow", NODE_ARRAY);
    node_id entry = tree_path(r->tree, plugins, "entries", "browser", NULL);
    if (is_off(r, plugins) || is_off(r, entry)) return false;
    if (lists_browser(r, read_member(r, plugins, "deny", NODE_ARRAY))) return false;
    return !tree_first(r->tree, allow) || lists_browser(r, allow);
}

void model_build_browser(struct model *m, const struct reading *r) {
    struct browser_reading s = {.m = m, .r = r};
    s.block = read_member(r, m->loaded->root, "browser", NODE_OBJECT);
    s.at = value_place(s.block, m->at);
    struct flag *on = &m->audit.browser;
    *on = m->settings.browser_enabled;
    node_id plugins = read_member(r, m->loaded->root, "plugins", NODE_OBJECT);
    if (m->gateway->audit_rules & AUDIT_BROWSER_IS_PLUGIN)
        on->v = on->v && plugin_is_on(r, plugins);
    node_id url = read_member(r, s.block, "cdpUrl", NODE_STRING);
    struct endpoint shared = {STR("http"), STR("127.0.0.1"), true};
    if (ids_trim(tree_text(r->tree, url)).n) {
        if (tree_node(r->tree, url)->flags & NODE_SYMBOLIC) return;
        shared = endpoint_of(m->arena, tree_text(r->tree, url));
        if (!shared.valid) set_problem(&s, STR("browser.cdpUrl is no http or ws address"), url);
    }
    if (!ports_fit(&s) || !shared.valid) return;
    read_profiles(&s, &shared, value_place(url, s.at));
}
