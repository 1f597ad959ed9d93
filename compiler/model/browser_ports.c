#include "model/browser_ports.h"

#include <math.h>
#include <stdlib.h>

#include "base/url.h"
#include "model/ids.h"
#include "model/model.h"
#include "model/values.h"

enum {
    PORT_MAX = 65535,
    CONTROL_PORT = 18791, /* where the derived one would be none */
    CDP_FIRST = 18800,
    CDP_LAST = 18899,
    CDP_SPAN = CDP_LAST - CDP_FIRST,
    EXTENSION_OFFSET = 8, /* of the control port: extension profiles count down from there */
};

/* A profile on its way: what is written of it. */
struct profile {
    struct browser_endpoint shown;
    struct str url;
    bool has_port;
};

struct browsing {
    const struct model *m;
    const struct reading *r;
    struct browser_ports *browser;
    node_id block;
    struct str url; /* browser.cdpUrl, trimmed */
    struct url parsed;
    struct str host; /* of profiles that name none */
    ARRAY(struct profile) profiles;
};

static struct str trimmed(const struct browsing *b, node_id object, const char *key) {
    return ids_trim(tree_text(b->r->tree, tree_member(b->r->tree, object, str_from(key))));
}

static bool number(const struct browsing *b, node_id object, const char *key, double *out) {
    node_id n = tree_member(b->r->tree, object, str_from(key));
    if (!tree_is(b->r->tree, n, NODE_NUMBER)) return false;
    *out = tree_node(b->r->tree, n)->u.number;
    return isfinite(*out);
}

static uint32_t derive(uint32_t base, uint32_t offset, uint32_t fallback) {
    return base + offset <= PORT_MAX ? base + offset : fallback;
}

/* ---- the ranges --------------------------------------------------------------------------------
 */

static bool find_range(struct browsing *b) {
    struct browser_ports *o = b->browser;
    double written;
    o->control_port = derive((uint32_t)b->m->settings.port, 2, CONTROL_PORT);
    o->cdp_first = derive(o->control_port, 9, CDP_FIRST);
    o->cdp_last = o->cdp_first + CDP_SPAN;
    if (b->m->gateway->browser_extension_ports) {
        if (o->cdp_last <= PORT_MAX) return true;
        o->cdp_first = CDP_FIRST;
        o->cdp_last = CDP_LAST;
        return true;
    }
    if (o->cdp_last > PORT_MAX) o->cdp_last = CDP_LAST;
    if (o->cdp_last < o->cdp_first) o->cdp_last = o->cdp_first;
    uint32_t span = o->cdp_last - o->cdp_first;
    if (!number(b, b->block, "cdpPortRangeStart", &written)) return o->cdp_first + span <= PORT_MAX;
    if (floor(written) < 1 || floor(written) > PORT_MAX - span) return false;
    o->cdp_first = (uint32_t)written;
    o->cdp_last = o->cdp_first + span;
    return true;
}

/* ---- profiles ----------------------------------------------------------------------------------
 */

static struct profile *find_profile(struct browsing *b, struct str name) {
    for (size_t i = 0; i < b->profiles.n; i++)
        if (str_equal(b->profiles.v[i].shown.name, name)) return &b->profiles.v[i];
    return NULL;
}

static struct str user_data_dir(const struct browsing *b, node_id profile) {
    struct str written = trimmed(b, profile, "userDataDir");
    return written.n ? model_path(b->m, written) : STR("");
}

static void read_profiles(struct browsing *b) {
    const struct tree *t = b->r->tree;
    for (TREE_EACH(t, n, tree_member(t, b->block, STR("profiles")))) {
        struct profile p = {.url = trimmed(b, n, "cdpUrl")};
        struct str driver = tree_text(t, tree_member(t, n, STR("driver")));
        double port = 0;
        bool known =
            str_equal(driver, STR("extension")) || str_equal(driver, STR("existing-session"));
        p.has_port = number(b, n, "cdpPort", &port) && port >= 0 && port <= PORT_MAX;
        p.shown = (struct browser_endpoint){.name = tree_key_text(t, tree_node(t, n)->key),
                                            .driver = known ? driver : STR("openclaw"),
                                            .port = p.has_port ? (uint32_t)port : 0,
                                            .user_data_dir = user_data_dir(b, n),
                                            .at = n};
        ARRAY_PUSH(b->m->arena, b->profiles) = p;
    }
}

static struct profile *imply(struct browsing *b, struct str name, struct str driver) {
    if (find_profile(b, name)) return NULL;
    struct profile *p = &ARRAY_PUSH(b->m->arena, b->profiles);
    *p = (struct profile){.shown = {.name = name, .driver = driver, .at = b->browser->at}};
    return p;
}

static bool port_is_used(struct browsing *b, uint32_t port) {
    for (size_t i = 0; i < b->profiles.n; i++) {
        const struct profile *p = &b->profiles.v[i];
        struct url url;
        if (p->has_port ? p->shown.port == port
                        : url_parse(b->m->arena, p->url, &url) && url.port == port)
            return true;
    }
    return false;
}

static void imply_profiles(struct browsing *b) {
    bool newer = b->m->gateway->browser_extension_ports;
    struct profile *p = imply(b, STR("openclaw"), STR("openclaw"));
    if (p) {
        p->has_port = true;
        p->shown.port = b->url.n ? b->parsed.port : b->browser->cdp_first;
        p->shown.by_url = b->url.n != 0;
        p->shown.url_port = b->url.n ? b->parsed.port : 0;
        if (b->url.n && b->parsed.is_ws) p->url = b->url;
    }
    imply(b, STR("user"), STR("existing-session"));
    uint32_t relay = b->browser->control_port + 1;
    if (newer) {
        imply(b, STR("chrome"), STR("extension"));
        struct profile *chosen = find_profile(b, b->browser->default_profile);
        bool existing = chosen && str_equal(chosen->shown.driver, STR("existing-session"));
        if (existing && b->url.n && !chosen->url.n) chosen->url = b->url;
    } else if (relay <= PORT_MAX && !port_is_used(b, relay)) {
        p = imply(b, STR("chrome-relay"), STR("extension"));
        if (p) p->url = str_format(b->m->arena, "http://127.0.0.1:%u", (unsigned)relay);
    }
}

/* ---- ports -------------------------------------------------------------------------------------
 */

static int by_name(const void *left, const void *right) {
    const struct profile *const *a = left, *const *b = right;
    return str_compare_utf16((*a)->shown.name, (*b)->shown.name);
}

/* Extension profiles without a port of their own take the highest free ones, by name. */
static bool give_extension_ports(struct browsing *b) {
    struct profile **waiting = ARENA_ARRAY(b->m->arena, struct profile *, b->profiles.n);
    bool *used = ARENA_ARRAY(b->m->arena, bool, EXTENSION_OFFSET + 1);
    uint32_t lowest = b->browser->control_port, next = lowest + EXTENSION_OFFSET;
    size_t n = 0;
    for (size_t i = 0; i < b->profiles.n; i++) {
        struct profile *p = &b->profiles.v[i];
        if (p->has_port && p->shown.port >= lowest && p->shown.port <= next)
            used[p->shown.port - lowest] = true;
        if (!p->has_port && str_equal(p->shown.driver, STR("extension"))) waiting[n++] = p;
    }
    if (n) qsort(waiting, n, sizeof *waiting, by_name);
    for (size_t i = 0; i < n; i++) {
        while (next > lowest && used[next - lowest]) next--;
        if (next <= lowest) return false;
        waiting[i]->shown.port = next--;
    }
    return true;
}

/* Where a profile says itself where Chrome listens. */
static bool resolve_url(const struct browsing *b, struct profile *p) {
    struct url url;
    if (!url_parse(b->m->arena, p->url, &url) || !url.port) return false;
    bool newer = b->m->gateway->browser_extension_ports;
    bool endpoint = url.is_ws && str_find(p->url, STR("/devtools/browser/"), 0) != SIZE_MAX;
    p->shown.host = url.host;
    p->shown.url_port = url.port;
    if (newer && p->shown.port && (endpoint || !url.has_port)) return true;
    p->shown.port = url.port;
    return true;
}

static bool resolve_profile(const struct browsing *b, struct profile *p) {
    bool newer = b->m->gateway->browser_extension_ports;
    struct str local = STR("127.0.0.1");
    bool relayed = str_equal(p->shown.driver, STR("extension")); /* it listens there itself */
    p->shown.by_url |= p->url.n && !relayed;
    if (str_equal(p->shown.driver, STR("existing-session"))) {
        struct url url;
        p->shown.port = 0;
        p->shown.host = STR("");
        if (!newer || !p->url.n) return true;
        if (!url_parse(b->m->arena, p->url, &url)) return false;
        p->shown.host = url.host;
        p->shown.url_port = url.port;
        return true;
    }
    if (newer && str_equal(p->shown.driver, STR("extension"))) {
        p->shown.host = local;
        return true;
    }
    if (p->url.n) return resolve_url(b, p);
    p->shown.host = b->host;
    return p->shown.port != 0;
}

static const char *resolve_all(struct browsing *b) {
    struct browser_ports *o = b->browser;
    if (!find_range(b)) return "browser.cdpPortRangeStart leaves no room for its ports";
    if (b->url.n && (!url_parse(b->m->arena, b->url, &b->parsed) || !b->parsed.port))
        return "browser.cdpUrl must be an http, https, ws or wss URL";
    if (!b->url.n && o->control_port + 1 > PORT_MAX)
        return "the base port is too high for the ports of the browser";
    b->host = b->url.n ? b->parsed.host : STR("127.0.0.1");
    read_profiles(b);
    imply_profiles(b);
    if (b->m->gateway->browser_extension_ports && !give_extension_ports(b))
        return "there are more extension profiles than ports for them";
    o->profiles = ARENA_ARRAY(b->m->arena, struct browser_endpoint, b->profiles.n);
    for (size_t i = 0; i < b->profiles.n; i++) {
        if (!resolve_profile(b, &b->profiles.v[i]))
            return "a browser profile needs cdpPort or a cdpUrl that is a URL";
        o->profiles[o->n_profiles++] = b->profiles.v[i].shown;
    }
    return NULL;
}

struct browser_ports browser_ports_read(const struct model *m, const struct reading *r) {
    node_id block = read_member(r, m->loaded->root, "browser", NODE_OBJECT);
    struct browser_ports browser = {.enabled = m->settings.browser_enabled.v,
                                    .at = value_place(block, m->at)};
    struct browsing b = {.m = m, .r = r, .browser = &browser, .block = block};
    b.url = trimmed(&b, block, "cdpUrl");
    browser.default_profile = trimmed(&b, block, "defaultProfile");
    if (!browser.default_profile.n) browser.default_profile = STR("openclaw");
    browser.problem = resolve_all(&b);
    return browser;
}
