/* The gateway as others reach it: address, authentication, endpoints, nodes. */
#include "model/ids.h"
#include "model/observed.h"

static struct observation *flagged(const struct observing *s, enum observed_kind kind,
                                   struct spot spot, struct str value, bool fails) {
    struct observation *o = observe_at(s, kind, spot);
    o->value = value;
    o->fails = fails;
    return o;
}

static bool is_one_of(struct str value, const char *const *words) {
    for (size_t i = 0; words[i]; i++)
        if (str_equal(value, str_from(words[i]))) return true;
    return false;
}

/* Four numbers up to 255, without a zero in front. */
static bool is_ipv4(struct str s) {
    size_t at = 0;
    for (int part = 0; part < 4; part++) {
        unsigned value = 0;
        size_t from = at;
        while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9' && at - from < 3)
            value = value * 10 + (unsigned)(s.p[at++] - '0');
        if (at == from || value > 255 || (at - from > 1 && s.p[from] == '0')) return false;
        if (part < 3 && (at == s.n || s.p[at++] != '.')) return false;
    }
    return at == s.n;
}

/* Without `bind` the gateway may choose another address than loopback, unless Tailscale serves it.
 */
static void observe_bind(const struct observing *s, struct spot gateway) {
    static const char *const far[] = {"auto", "lan", "tailnet", NULL};
    static const char *const served[] = {"serve", "funnel", NULL};
    struct spot bind = spot_at(s, gateway, "bind", NULL);
    struct spot host = spot_at(s, gateway, "customBindHost", NULL);
    struct spot mode = spot_at(s, gateway, "tailscale", "mode", NULL);
    struct str value = tree_text(s->tree, bind.node), text = spot_text(s, host);
    if (!spot_is(s, bind, NODE_STRING)) {
        bool loopback = is_one_of(tree_text(s->tree, mode.node), served);
        flagged(s, OBSERVED_BIND, bind, STR(""), !loopback)->unknown = spot_unknown(s, mode);
        return;
    }
    flagged(s, OBSERVED_BIND, bind, value, is_one_of(value, far));
    if (str_equal(value, STR("custom")) && text.p)
        flagged(s, OBSERVED_BIND, host, text, is_ipv4(text) && !str_starts(text, STR("127.")));
}

static void observe_tailscale(const struct observing *s, struct spot tailscale) {
    struct spot mode = spot_at(s, tailscale, "mode", NULL);
    struct spot preserve = spot_at(s, tailscale, "preserveFunnel", NULL);
    struct str value = tree_text(s->tree, mode.node);
    if (value.n) flagged(s, OBSERVED_FUNNEL, mode, value, str_equal(value, STR("funnel")));
    if (str_equal(value, STR("serve")) && spot_is_true(s, preserve))
        flagged(s, OBSERVED_FUNNEL, preserve, STR("funnel"), true);
}

static void observe_remote(const struct observing *s, struct spot gateway) {
    struct spot mode = spot_at(s, gateway, "mode", NULL);
    struct spot url = spot_at(s, gateway, "remote", "url", NULL);
    struct str value = tree_text(s->tree, mode.node);
    bool remote = str_equal(value, STR("remote"));
    if (value.n) flagged(s, OBSERVED_REMOTE, mode, value, remote);
    /* The address may hold a password: it is not shown. */
    if (remote && spot_text(s, url).p)
        flagged(s, OBSERVED_REMOTE, url, STR(""), true)->unknown = false;
}

/* ---- HTTP --------------------------------------------------------------------------------------
 */

/* An entry that stands for every host allows nothing less than no list. */
static bool has_allowlist(const struct observing *s, struct spot list) {
    struct names entries = spot_texts(s, list);
    for (size_t i = 0; i < entries.n; i++) {
        struct str entry = ids_trim(entries.v[i]);
        if (!str_equal(entry, STR("*")) && !str_equal(entry, STR("*."))) return true;
    }
    return false;
}

static void observe_fetch(const struct observing *s, struct spot endpoint, const char *input,
                          bool by_default) {
    struct spot block = spot_at(s, endpoint, input, NULL);
    struct spot allow = spot_at(s, block, "allowUrl", NULL);
    bool allowed = by_default;
    (void)spot_flag(s, allow, &allowed);
    if (!allowed) return;
    flagged(s, OBSERVED_URL_FETCH, allow, str_from(input),
            !has_allowlist(s, spot_at(s, block, "urlAllowlist", NULL)));
}

static void observe_http(const struct observing *s, struct spot endpoints) {
    struct spot chat = spot_at(s, endpoints, "chatCompletions", NULL);
    struct spot responses = spot_at(s, endpoints, "responses", NULL);
    struct spot chat_on = spot_at(s, chat, "enabled", NULL);
    struct spot responses_on = spot_at(s, responses, "enabled", NULL);
    if (spot_is_true(s, chat_on)) {
        observe_at(s, OBSERVED_ENDPOINT, chat_on)->value = STR("chatCompletions");
        observe_fetch(s, chat, "images", false);
    }
    if (spot_is_true(s, responses_on)) {
        observe_at(s, OBSERVED_ENDPOINT, responses_on)->value = STR("responses");
        observe_fetch(s, responses, "files", true);
        observe_fetch(s, responses, "images", true);
    }
}

static void observe_nodes(const struct observing *s, struct spot deny) {
    struct names texts = spot_texts(s, deny);
    struct str *v = ARENA_ARRAY(s->arena, struct str, texts.n);
    for (size_t i = 0; i < texts.n; i++) v[i] = ids_trim(texts.v[i]);
    observe_at(s, OBSERVED_NODE_DENY, deny)->list = (struct names){v, texts.n};
}

void observe_gateway(const struct observing *s) {
    struct spot gateway = spot_at(s, spot_root(s), "gateway", NULL);
    struct spot mode = spot_at(s, gateway, "auth", "mode", NULL);
    struct spot limit = spot_at(s, gateway, "auth", "rateLimit", NULL);
    struct spot fallback =
        spot_at(s, gateway, "controlUi", "dangerouslyAllowHostHeaderOriginFallback", NULL);
    observe_bind(s, gateway);
    observe_tailscale(s, spot_at(s, gateway, "tailscale", NULL));
    flagged(s, OBSERVED_AUTH, mode, tree_text(s->tree, mode.node),
            str_equal(tree_text(s->tree, mode.node), STR("none")));
    flagged(s, OBSERVED_RATE_LIMIT, limit, STR(""), !spot_is(s, limit, NODE_OBJECT));
    if (spot_is_true(s, fallback)) flagged(s, OBSERVED_CONTROL_UI, fallback, STR(""), true);
    observe_remote(s, gateway);
    observe_http(s, spot_at(s, gateway, "http", "endpoints", NULL));
    observe_nodes(s, spot_at(s, gateway, "nodes", "commands", "deny", NULL));
}
