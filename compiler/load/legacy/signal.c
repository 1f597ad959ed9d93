/* How Signal is reached was a dozen keys of the channel and its accounts; now each account has a
 * `transport`. Where the older keys leave open which it was, the start asks the network: clawc
 * cannot, and neither migrates then, as the start does not when nobody answers. */
#include <stdlib.h>

#include "load/legacy/steps.h"
#include "model/ids.h"

enum { DEFAULT_PORT = 8080, PORT_MAX = 65535 };

static const char *const fields[] = {"configPath",       "httpUrl",     "httpHost",
                                     "httpPort",         "cliPath",     "autoStart",
                                     "startupTimeoutMs", "receiveMode", "ignoreStories"};
enum { FIELDS = sizeof fields / sizeof *fields };

/* The channel and its accounts: `entries[0]` is the channel. */
struct signal {
    struct repair_job *job;
    const node_id *entries;
    node_id *transports; /* by entry; 0 where it gets none */
    size_t n;
    size_t nested; /* the account `default`, or 0 */
    struct str mode;
};

/* ---- URLs --------------------------------------------------------------------------------------
 */

struct url {
    bool secure;
    struct str host; /* lower case; with brackets where it had them */
    unsigned long port;
    struct str path; /* without slashes at its end */
};

static bool is_host(struct str host) {
    bool bracket = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
    for (size_t i = bracket; i < host.n - bracket; i++) {
        char c = host.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (!word && !(bracket && c == ':')) return false;
    }
    return host.n > 0;
}

static size_t first_of(struct str s, const char *stops, size_t from) {
    for (; from < s.n; from++)
        for (const char *c = stops; *c; c++)
            if (s.p[from] == *c) return from;
    return s.n;
}

static bool read_port(struct str digits, unsigned long *port) {
    unsigned long value = 0;
    if (!digits.n || digits.n > 5) return false;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9') return false;
        value = value * 10 + (unsigned long)(digits.p[i] - '0');
    }
    *port = value;
    return value <= PORT_MAX;
}

/* http and https, without a name and password; `http://` may be left out. */
static bool read_url(struct arena *a, struct str text, struct url *out) {
    struct str s = ids_trim(text), scheme = STR("http");
    size_t colon = str_find(s, STR("://"), 0);
    if (colon != SIZE_MAX) {
        scheme = ids_lower(a, str_slice(s, 0, colon));
        s = str_slice(s, colon + 3, s.n);
    }
    out->secure = str_equal(scheme, STR("https"));
    if (!out->secure && !str_equal(scheme, STR("http"))) return false;
    size_t end = first_of(s, "/?#\\", 0);
    struct str authority = ids_lower(a, str_slice(s, 0, end));
    size_t bracket = first_of(authority, "]", 0);
    size_t port = first_of(authority, ":", bracket == authority.n ? 0 : bracket);
    out->host = str_slice(authority, 0, port);
    out->port = out->secure ? 443 : 80;
    if (port < authority.n && !read_port(str_slice(authority, port + 1, authority.n), &out->port))
        return false;
    out->path = str_slice(s, end, first_of(s, "?#", end));
    while (out->path.n && out->path.p[out->path.n - 1] == '/') out->path.n--;
    return is_host(out->host);
}

static struct str write_url(struct arena *a, const struct url *u) {
    const char *scheme = u->secure ? "https" : "http";
    if (u->port == (u->secure ? 443UL : 80UL))
        return str_format(a, "%s://" STR_FMT STR_FMT, scheme, STR_ARG(u->host), STR_ARG(u->path));
    return str_format(a, "%s://" STR_FMT ":%lu" STR_FMT, scheme, STR_ARG(u->host), u->port,
                      STR_ARG(u->path));
}

static struct str without_brackets(struct str host) {
    return host.n > 2 && host.p[0] == '[' ? str_slice(host, 1, host.n - 1) : host;
}

static bool is_local(struct str host) {
    host = without_brackets(host);
    return str_equal(host, STR("localhost")) || str_ends(host, STR(".localhost")) ||
           str_equal(host, STR("::1")) || str_equal(host, STR("::")) ||
           str_equal(host, STR("0.0.0.0")) || str_starts(host, STR("127."));
}

/* ---- the older keys ----------------------------------------------------------------------------
 */

static node_id own_or(const struct signal *s, node_id entry, const char *key) {
    node_id own = legacy_member(s->job, entry, key);
    return own ? own : legacy_member(s->job, s->entries[0], key);
}

static struct str text_or(const struct signal *s, node_id entry, const char *key) {
    return ids_trim(tree_text(s->job->edit->tree, own_or(s, entry, key)));
}

static bool is_port(const struct tree *t, node_id n) {
    double port = tree_is(t, n, NODE_NUMBER) ? tree_node(t, n)->u.number : 0;
    return port >= 1 && port <= PORT_MAX && port == (double)(long)port;
}

static unsigned long port_or(const struct signal *s, node_id entry, unsigned long usual) {
    const struct tree *t = s->job->edit->tree;
    node_id port = own_or(s, entry, "httpPort");
    return is_port(t, port) ? (unsigned long)tree_node(t, port)->u.number : usual;
}

static bool has_fields(const struct repair_job *job, node_id entry) {
    for (size_t i = 0; i < FIELDS; i++)
        if (legacy_member(job, entry, fields[i])) return true;
    return false;
}

/* A transport of the newer form. */
static bool is_transport(struct repair_job *job, node_id n) {
    struct str kind = legacy_text(job, n, "kind");
    node_id url = legacy_member(job, n, "url"), port = legacy_member(job, n, "httpPort");
    struct url u;
    bool readable = read_url(job->arena, tree_text(job->edit->tree, url), &u);
    if (!legacy_is_object(job, n)) return false;
    if (str_equal(kind, STR("managed-native")))
        return (!port || is_port(job->edit->tree, port)) && (!url || readable);
    return readable &&
           (str_equal(kind, STR("external-native")) || str_equal(kind, STR("container")));
}

static bool starts_itself(const struct signal *s, node_id entry) {
    node_id start = own_or(s, entry, "autoStart");
    if (tree_is(s->job->edit->tree, start, NODE_BOOL)) return legacy_is_bool(s->job, start, true);
    return !text_or(s, entry, "httpUrl").n;
}

/* Host and port that the older keys name; false when they are none. */
static bool endpoint_of(const struct signal *s, node_id entry, struct url *out) {
    struct arena *a = s->job->arena;
    const struct tree *t = s->job->edit->tree;
    struct str url = text_or(s, entry, "httpUrl"), host = text_or(s, entry, "httpHost");
    node_id port = own_or(s, entry, "httpPort");
    if (url.n) return read_url(a, url, out);
    if (port && !is_port(t, port)) return false;
    *out = (struct url){.host = host.n ? ids_lower(a, host) : STR("127.0.0.1"),
                        .port = port_or(s, entry, DEFAULT_PORT)};
    if (str_find(out->host, STR(":"), 0) != SIZE_MAX && out->host.p[0] != '[')
        out->host = str_format(a, "[" STR_FMT "]", STR_ARG(out->host));
    return is_host(out->host);
}

/* Host and port were one URL before this step, too. */
static void join_endpoint(struct repair_job *job, node_id entry, node_id parent, struct str path) {
    struct tree *t = job->edit->tree;
    node_id host = legacy_member(job, entry, "httpHost"),
            port = legacy_member(job, entry, "httpPort");
    node_id origin = host ? host : port;
    bool inherited = tree_is(t, legacy_member(job, parent, "httpUrl"), NODE_STRING);
    if (!origin) return;
    if (!legacy_member(job, entry, "httpUrl") && !inherited) {
        if (!host) host = legacy_member(job, parent, "httpHost");
        if (!port) port = legacy_member(job, parent, "httpPort");
        struct str name = ids_trim(tree_text(t, host));
        bool six = str_find(name, STR(":"), 0) != SIZE_MAX && name.p[0] != '[';
        unsigned long number = tree_is(t, port, NODE_NUMBER) && is_port(t, port)
                                   ? (unsigned long)tree_node(t, port)->u.number
                                   : DEFAULT_PORT;
        struct str url =
            str_format(job->arena, "http://%s" STR_FMT "%s:%lu", six ? "[" : "",
                       STR_ARG(name.n ? name : STR("127.0.0.1")), six ? "]" : "", number);
        legacy_set(job, entry, "httpUrl", edit_new_text(job->edit, url, origin),
                   legacy_below(job, path, "httpUrl"));
        if (!legacy_member(job, entry, "autoStart"))
            edit_set(job->edit, entry, STR("autoStart"), legacy_new_bool(job, true, origin));
    }
    legacy_remove(job, entry, "httpHost", path);
    legacy_remove(job, entry, "httpPort", path);
}

/* ---- what they become --------------------------------------------------------------------------
 */

static node_id new_transport(const struct signal *s, node_id entry, const char *kind) {
    node_id transport = edit_new(s->job->edit, NODE_OBJECT, entry);
    edit_set(s->job->edit, transport, STR("kind"),
             edit_new_text(s->job->edit, str_from(kind), entry));
    return transport;
}

static node_id external(const struct signal *s, node_id entry, const char *kind) {
    struct url u;
    if (!endpoint_of(s, entry, &u)) return 0;
    node_id transport = new_transport(s, entry, kind);
    edit_set(s->job->edit, transport, STR("url"),
             edit_new_text(s->job->edit, write_url(s->job->arena, &u), entry));
    return transport;
}

static void pass(const struct signal *s, node_id entry, node_id to, const char *key,
                 enum node_kind kind) {
    struct tree *t = s->job->edit->tree;
    node_id value = own_or(s, entry, key);
    if (!tree_is(t, value, kind)) return;
    if (kind == NODE_STRING && !ids_trim(tree_text(t, value)).n) return;
    edit_set(s->job->edit, to, str_from(key), edit_copy(s->job->edit, value));
}

static node_id managed(const struct signal *s, node_id entry) {
    struct url u;
    struct str host = ids_lower(s->job->arena, text_or(s, entry, "httpHost"));
    struct str receive = text_or(s, entry, "receiveMode");
    if (!endpoint_of(s, entry, &u)) return 0;
    if (!host.n) host = STR("127.0.0.1");
    node_id transport = new_transport(s, entry, "managed-native");
    pass(s, entry, transport, "configPath", NODE_STRING);
    pass(s, entry, transport, "cliPath", NODE_STRING);
    bool same = !u.secure && u.port == port_or(s, entry, DEFAULT_PORT) &&
                str_equal(without_brackets(u.host), without_brackets(host));
    if (text_or(s, entry, "httpUrl").n && !same)
        edit_set(s->job->edit, transport, STR("url"),
                 edit_new_text(s->job->edit, write_url(s->job->arena, &u), entry));
    pass(s, entry, transport, "httpHost", NODE_STRING);
    pass(s, entry, transport, "httpPort", NODE_NUMBER);
    pass(s, entry, transport, "startupTimeoutMs", NODE_NUMBER);
    if (str_equal(receive, STR("on-start")) || str_equal(receive, STR("manual")))
        pass(s, entry, transport, "receiveMode", NODE_STRING);
    pass(s, entry, transport, "ignoreStories", NODE_BOOL);
    return transport;
}

/* 0 when the keys do not say, or say nothing valid. */
static node_id transport_of(const struct signal *s, node_id entry) {
    node_id own = legacy_member(s->job, entry, "transport");
    bool unsaid = !s->mode.n || str_equal(s->mode, STR("auto")), start = starts_itself(s, entry);
    if (is_transport(s->job, own)) return edit_copy(s->job->edit, own);
    if (str_equal(s->mode, STR("container"))) return external(s, entry, "container");
    if (unsaid && (text_or(s, entry, "httpUrl").n || !start)) return 0;
    return start ? managed(s, entry) : external(s, entry, "external-native");
}

/* ---- which entries have one --------------------------------------------------------------------
 */

static bool is_configured(const struct signal *s, node_id entry) {
    static const char *const texts[] = {"account", "configPath", "httpUrl", "httpHost", "cliPath"};
    const struct tree *t = s->job->edit->tree;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (text_or(s, entry, texts[i]).n) return true;
    return tree_is(t, own_or(s, entry, "httpPort"), NODE_NUMBER) ||
           tree_is(t, own_or(s, entry, "autoStart"), NODE_BOOL);
}

static bool root_is_transport(const struct signal *s) {
    return is_transport(s->job, legacy_member(s->job, s->entries[0], "transport"));
}

/* The channel's own settings are an account, too. */
static bool root_is_account(const struct signal *s) {
    return s->n == 1 || ids_trim(legacy_text(s->job, s->entries[0], "account")).n ||
           root_is_transport(s);
}

static bool is_needed(const struct signal *s, size_t i) {
    node_id nested = s->nested ? s->entries[s->nested] : 0;
    bool nested_owns =
        nested && (is_transport(s->job, legacy_member(s->job, nested, "transport")) ||
                   has_fields(s->job, nested));
    if (i == 0 && (!root_is_account(s) || nested_owns)) return false;
    if (i && i == s->nested && root_is_transport(s)) return false;
    return is_transport(s->job, legacy_member(s->job, s->entries[i], "transport")) ||
           is_configured(s, s->entries[i]);
}

/* ---- ports -------------------------------------------------------------------------------------
 */

static bool is_kind(const struct signal *s, size_t i, const char *kind) {
    return str_equal(legacy_text(s->job, s->transports[i], "kind"), str_from(kind));
}

static unsigned long transport_port(const struct signal *s, size_t i) {
    const struct tree *t = s->job->edit->tree;
    node_id port = legacy_member(s->job, s->transports[i], "httpPort");
    return is_port(t, port) ? (unsigned long)tree_node(t, port)->u.number : DEFAULT_PORT;
}

/* Each daemon gets a port of its own; those that are said stay. */
static void allot_ports(const struct signal *s) {
    bool *taken = ARENA_ARRAY(s->job->arena, bool, PORT_MAX + 2);
    size_t main = root_is_transport(s) ? 0 : s->nested ? s->nested : root_is_account(s) ? 0 : s->n;
    unsigned long next = DEFAULT_PORT;
    for (size_t i = 0; i < s->n; i++) {
        struct url u;
        struct str url = legacy_text(s->job, s->transports[i], "url");
        if (!s->transports[i] || (i == 0 && main != 0)) continue;
        if (url.n && read_url(s->job->arena, url, &u) && is_local(u.host)) taken[u.port] = true;
        if (!is_kind(s, i, "managed-native")) continue;
        if (i == main || legacy_record(s->job, s->entries[i], "transport"))
            taken[transport_port(s, i)] = true;
    }
    for (size_t i = 0; i < s->n; i++) {
        if (!s->transports[i] || (i == 0 && main != 0) || !is_kind(s, i, "managed-native"))
            continue;
        if (i == main || legacy_record(s->job, s->entries[i], "transport")) continue;
        node_id said = legacy_member(s->job, s->transports[i], "httpPort");
        unsigned long port = transport_port(s, i);
        if (!said || taken[port]) {
            while (next <= PORT_MAX && taken[next]) next++;
            port = next;
        }
        taken[port] = true;
        edit_set(s->job->edit, s->transports[i], STR("httpPort"),
                 legacy_new_number(s->job, (double)port, s->entries[i]));
    }
}

/* ---- the channel -------------------------------------------------------------------------------
 */

static void put(const struct signal *s, size_t i, node_id transport, struct str path) {
    struct repair_job *job = s->job;
    node_id entry = s->entries[i];
    if (transport)
        legacy_set(job, entry, "transport", transport, legacy_below(job, path, "transport"));
    else
        legacy_remove(job, entry, "transport", path);
    for (size_t k = 0; k < FIELDS; k++) legacy_remove(job, entry, fields[k], path);
}

static struct str path_of(const struct signal *s, size_t i) {
    struct str root = STR("channels.signal");
    if (!i) return root;
    return legacy_path(s->job, legacy_below(s->job, root, "accounts"),
                       legacy_key(s->job, s->entries[i]));
}

/* A container needs the number of its account. */
static bool lacks_account(const struct signal *s) {
    for (size_t i = 0; i < s->n; i++)
        if (s->transports[i] && is_kind(s, i, "container") &&
            !text_or(s, s->entries[i], "account").n)
            return true;
    return false;
}

static void apply(const struct signal *s) {
    node_id root_own =
        root_is_transport(s)
            ? edit_copy(s->job->edit, legacy_member(s->job, s->entries[0], "transport"))
            : 0;
    bool root = root_is_account(s);
    node_id main = s->nested ? (root_own ? root_own : s->transports[s->nested])
                             : (root ? s->transports[0] : 0);
    for (size_t i = 0; i < s->n; i++)
        put(s, i, i == 0 ? main : i == s->nested ? 0 : s->transports[i], path_of(s, i));
    legacy_remove(s->job, s->entries[0], "apiMode", STR("channels.signal"));
}

void legacy_signal(struct repair_job *job) {
    struct tree *t = job->edit->tree;
    node_id channel = tree_path(t, job->root, "channels", "signal", NULL);
    node_id accounts = legacy_record(job, channel, "accounts");
    size_t room = 1 + (accounts ? tree_node(t, accounts)->n : 0);
    node_id *entries = ARENA_ARRAY(job->arena, node_id, room);
    struct signal s = {.job = job,
                       .entries = entries,
                       .n = 1,
                       .transports = ARENA_ARRAY(job->arena, node_id, room),
                       .mode = legacy_text(job, channel, "apiMode")};
    bool any = legacy_member(job, channel, "apiMode") || has_fields(job, channel);
    if (!legacy_is_object(job, channel)) return;
    entries[0] = channel;
    for (TREE_EACH(t, account, accounts)) {
        if (!legacy_is_object(job, account)) continue;
        if (!s.nested && str_equal(ids_token(job->arena, legacy_key(job, account)), STR("default")))
            s.nested = s.n;
        any = any || has_fields(job, account);
        entries[s.n++] = account;
    }
    if (!any) return;
    for (size_t i = 0; i < s.n; i++)
        join_endpoint(job, entries[i], i ? channel : 0, path_of(&s, i));
    for (size_t i = 0; i < s.n; i++) {
        s.transports[i] = is_needed(&s, i) ? transport_of(&s, entries[i]) : 0;
        if (is_needed(&s, i) && !s.transports[i]) return;
    }
    if (lacks_account(&s)) return;
    allot_ports(&s);
    apply(&s);
}
