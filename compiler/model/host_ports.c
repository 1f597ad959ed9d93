/* Ports that a gateway on a host takes beside those derived from its base port: they are the same
 * for every gateway unless its config says another, or its config says them one by one. */
#include "base/url.h"
#include "model/fleet.h"
#include "model/ids.h"

struct listing_ports {
    struct arena *arena;
    const struct model *m;
    struct fleet_gateway *g;
};

static void add_port(const struct listing_ports *l, int64_t port, struct str what, place at) {
    if (port < 1 || port > 65535) return;
    ARRAY_PUSH(l->arena, l->g->ports) = (struct fleet_port){.port = port, .what = what, .at = at};
}

/* ---- listeners of channels ---------------------------------------------------------------------
 */

static const struct {
    const char *channel, *gate, *value; /* it listens when `gate` is set, to `value` if any */
    const char *block, *port;           /* where the port stands: block may be NULL */
    int64_t usual;
    const char *what;
} listeners[] = {
    {"telegram", "webhookUrl", NULL, NULL, "webhookPort", 8787, "telegram's webhook"},
    {"feishu", "connectionMode", "webhook", NULL, "webhookPort", 3000, "feishu's webhook"},
    {"nextcloud-talk", NULL, NULL, NULL, "webhookPort", 8788, "nextcloud-talk's webhook"},
    {"msteams", NULL, NULL, "webhook", "port", 3978, "msteams' webhook"},
};

static bool is_off(const struct tree *t, node_id block) {
    node_id n = tree_member(t, block, STR("enabled"));
    return tree_is(t, n, NODE_BOOL) && !tree_node(t, n)->u.boolean;
}

/* The account's own value, else the channel's. */
static node_id layered(const struct tree *t, node_id own, node_id channel, const char *key) {
    node_id n = tree_member(t, own, str_from(key));
    return n ? n : tree_member(t, channel, str_from(key));
}

static void add_listener(const struct listing_ports *l, size_t i, node_id own, node_id channel) {
    const struct tree *t = l->m->tree;
    if (listeners[i].gate) {
        struct str gate = ids_trim(tree_text(t, layered(t, own, channel, listeners[i].gate)));
        if (!gate.n || (listeners[i].value && !str_equal(gate, str_from(listeners[i].value))))
            return;
    }
    if (listeners[i].block) {
        own = tree_member(t, own, str_from(listeners[i].block));
        channel = tree_member(t, channel, str_from(listeners[i].block));
    }
    node_id n = layered(t, own, channel, listeners[i].port);
    bool written = tree_is(t, n, NODE_NUMBER);
    place at = written ? n : own ? own : channel;
    int64_t port = written ? (int64_t)tree_node(t, n)->u.number : listeners[i].usual;
    add_port(l, port, str_from(listeners[i].what), at ? at : l->m->at);
}

static void add_listeners(const struct listing_ports *l) {
    const struct tree *t = l->m->tree;
    for (size_t i = 0; i < sizeof listeners / sizeof *listeners; i++) {
        node_id channel = tree_path(t, l->m->loaded->root, "channels", listeners[i].channel, NULL);
        if (!tree_is(t, channel, NODE_OBJECT) || is_off(t, channel)) continue;
        node_id accounts = tree_member(t, channel, STR("accounts"));
        if (!tree_first(t, accounts)) add_listener(l, i, channel, channel);
        for (TREE_EACH(t, account, accounts))
            if (!is_off(t, account)) add_listener(l, i, account, channel);
    }
}

/* Each account has a daemon, which the gateway starts or expects there. */
static void add_signal(const struct listing_ports *l) {
    for (size_t i = 0; i < l->m->accounts.n; i++) {
        const struct account *a = &l->m->accounts.v[i];
        struct url url;
        const struct channel *channel = model_channel(l->m, a->channel);
        bool runs = a->enabled && a->configured && channel && channel->enabled;
        if (!runs || !a->service.n || !url_parse(l->arena, a->service, &url)) continue;
        if (url_is_loopback(url.host)) add_port(l, url.port, STR("signal-cli"), a->at);
    }
}

static void add_gmail(const struct listing_ports *l) {
    const struct tree *t = l->m->tree;
    node_id gmail = tree_path(t, l->m->loaded->root, "hooks", "gmail", NULL);
    bool watches = ids_trim(tree_text(t, tree_member(t, gmail, STR("account")))).n > 0;
    if (!l->m->hooks.enabled.v || !watches) return;
    node_id port = tree_path(t, gmail, "serve", "port", NULL);
    bool written = tree_is(t, port, NODE_NUMBER);
    add_port(l, written ? (int64_t)tree_node(t, port)->u.number : 8788, STR("the gmail hook"),
             written ? port : gmail);
}

/* ---- the browser -------------------------------------------------------------------------------
 */

static void add_browser(const struct listing_ports *l, const struct browser_endpoint *p) {
    if (p->user_data_dir.n)
        ARRAY_PUSH(l->arena, l->g->browsers) =
            (struct fleet_browser){.endpoint = p->user_data_dir, .chosen = true, .at = p->at};
    uint32_t port = p->by_url ? p->url_port : p->port;
    if (!port) return;
    bool local = !p->host.n || url_is_loopback(p->host);
    struct str host = local ? STR("127.0.0.1") : p->host;
    ARRAY_PUSH(l->arena, l->g->browsers) = (struct fleet_browser){
        .endpoint = str_format(l->arena, STR_FMT ":%u", STR_ARG(host), (unsigned)port),
        .chosen = p->by_url,
        .at = p->at};
    /* Nobody has seen the newer gateway listen for the extension profile that it implies. */
    bool implied = p->at == l->m->browser_ports.at;
    if (!local || p->by_url || (implied && str_equal(p->driver, STR("extension")))) return;
    add_port(l, port, str_concat(l->arena, STR("browser profile "), p->name),
             implied ? l->m->settings.port_at : p->at);
    if (implied) l->g->ports.v[l->g->ports.n - 1].derived = true;
}

void fleet_host_ports(struct arena *a, const struct model *m, struct fleet_gateway *g) {
    struct listing_ports l = {a, m, g};
    const struct browser_ports *browser = &m->browser_ports;
    add_listeners(&l);
    add_signal(&l);
    add_gmail(&l);
    for (size_t i = 0; browser->enabled && !browser->problem && i < browser->n_profiles; i++)
        add_browser(&l, &browser->profiles[i]);
}
