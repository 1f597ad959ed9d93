/* Single texts that must have a form which no pattern of the schema says: URLs, domains, paths,
 * names of models. */
#include "load/semantics/semantics.h"
#include "model/ids.h"

/* ---- URLs --------------------------------------------------------------------------------------
 */

/* The parts of a URL that the schema has found to be one. */
struct url {
    struct str scheme; /* lower case */
    struct str user, host, port, rest;
};

static struct url url_of(const struct semantics *s, struct str text) {
    struct url u = {.scheme = STR(""), .user = STR(""), .host = STR("")};
    struct str url = ids_trim(text);
    size_t colon = str_find(url, STR("://"), 0);
    if (colon == SIZE_MAX) return u;
    u.scheme = ids_lower(s->arena, str_slice(url, 0, colon));
    size_t from = colon + 3, end = from;
    while (end < url.n && url.p[end] != '/' && url.p[end] != '?' && url.p[end] != '#') end++;
    struct str authority = str_slice(url, from, end);
    size_t at = str_find(authority, STR("@"), 0);
    if (at != SIZE_MAX) u.user = str_slice(authority, 0, at + 1);
    struct str host = at == SIZE_MAX ? authority : str_slice(authority, at + 1, authority.n);
    size_t bracket = str_find(host, STR("]"), 0);
    size_t port = str_find(host, STR(":"), bracket == SIZE_MAX ? 0 : bracket);
    u.host = ids_lower(s->arena, str_slice(host, 0, port));
    u.port = port == SIZE_MAX ? STR("") : str_slice(host, port + 1, host.n);
    u.rest = str_slice(url, end, url.n);
    return u;
}

static bool is_http(const struct url *u) {
    return str_equal(u->scheme, STR("http")) || str_equal(u->scheme, STR("https"));
}

static bool is_origin(const struct url *u) {
    return is_http(u) && !u->user.n && (!u->rest.n || str_equal(u->rest, STR("/")));
}

static bool is_own_machine(const struct url *u) {
    return str_equal(u->host, STR("localhost")) || str_equal(u->host, STR("127.0.0.1")) ||
           str_equal(u->host, STR("[::1]"));
}

static bool is_https(const struct url *u) {
    return str_equal(u->scheme, STR("https")) && u->host.n;
}

/* What is no URL at all, the schema has reported. */
static bool is_url(const struct semantics *s, node_id n, struct url *u) {
    if (!semantics_is_text(s, n)) return false;
    *u = url_of(s, tree_text(s->t, n));
    return schema_format_fits(STR("uri"), tree_text(s->t, n));
}

static void check_http(struct semantics *s, node_id n) {
    struct url u;
    if (is_url(s, n, &u) && !is_http(&u))
        semantics_error(s, n, "", "url_scheme", "this must be an http:// or https:// URL");
}

static void check_metadata_url(struct semantics *s, node_id n) {
    struct url u;
    if (is_url(s, n, &u) && (!is_https(&u) || !u.rest.n || str_equal(u.rest, STR("/"))))
        semantics_error(s, n, "", "url_scheme", "this must be an https:// URL with a path");
}

static void check_sandbox_origin(struct semantics *s, node_id n) {
    struct url u;
    if (is_url(s, n, &u) && !is_origin(&u))
        semantics_error(s, n, "", "url_origin",
                        "this must be an origin: https://host[:port], nothing behind it");
}

static void check_public_origin(struct semantics *s, node_id n) {
    struct url u;
    if (is_url(s, n, &u) && (!is_origin(&u) || (!is_https(&u) && !is_own_machine(&u))))
        semantics_error(s, n, "", "url_origin",
                        "this must be an origin with https, https://host[:port]; http is for "
                        "localhost alone");
}

static void check_catalog_url(struct semantics *s, node_id n) {
    struct url u = {0};
    if (!semantics_is_text(s, n)) return;
    if (!is_url(s, n, &u) || (!is_https(&u) && !(is_http(&u) && is_own_machine(&u))))
        semantics_error(s, n, "", "url_scheme",
                        "this must be an https:// URL; http is for localhost alone");
}

/* ---- hosts -------------------------------------------------------------------------------------
 */

static bool is_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_label(struct str label) {
    if (!label.n || label.n > 63 || !is_alnum(label.p[0]) || !is_alnum(label.p[label.n - 1]))
        return false;
    for (size_t i = 0; i < label.n; i++)
        if (!is_alnum(label.p[i]) && label.p[i] != '-') return false;
    return true;
}

static bool is_number(struct str text) {
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9') return false;
    return text.n > 0;
}

/* Labels between dots; `*last` is the one behind the last dot. */
static bool is_hostname(struct str host, struct str *last, size_t *labels) {
    *labels = 0;
    for (size_t from = 0; from <= host.n;) {
        size_t end = str_find(host, STR("."), from);
        if (end == SIZE_MAX) end = host.n;
        *last = str_slice(host, from, end);
        if (!is_label(*last)) return false;
        ++*labels;
        from = end + 1;
    }
    return true;
}

static void check_domain(struct semantics *s, node_id n) {
    enum { LONGEST = 220 };
    struct str last, domain = tree_text(s->t, n);
    size_t labels;
    if (!semantics_is_text(s, n)) return;
    if (!is_hostname(domain, &last, &labels) || labels < 2 || is_number(last) || domain.n > LONGEST)
        semantics_error(s, n, "", "portal_domain",
                        "this must be a domain, such as portals.example.org");
}

static void check_host(struct semantics *s, node_id n) {
    struct str last, host = ids_trim(tree_text(s->t, n));
    size_t labels;
    if (semantics_is_text(s, n) && !is_hostname(host, &last, &labels))
        semantics_error(s, n, "", "egress_host",
                        "this must be the name of a host, without scheme, path, port and stars");
}

/* ---- paths, models, durations ------------------------------------------------------------------
 */

static void check_absolute(struct semantics *s, node_id n) {
    if (ids_trim(tree_text(s->t, n)).n && ids_trim(tree_text(s->t, n)).p[0] != '/')
        semantics_error(s, n, "", "path_absolute", "this must be an absolute path");
}

static void check_not_blank(struct semantics *s, node_id n) {
    if (semantics_is_text(s, n) && !ids_trim(tree_text(s->t, n)).n)
        semantics_error(s, n, "", "path_blank", "this path is empty: remove the key");
}

static void check_model(struct semantics *s, node_id n) {
    struct str ref = ids_trim(tree_text(s->t, n));
    size_t slash = str_find(ref, STR("/"), 0);
    bool fits = slash != SIZE_MAX && ids_trim(str_slice(ref, 0, slash)).n &&
                ids_trim(str_slice(ref, slash + 1, ref.n)).n;
    if (ref.n && !fits)
        semantics_error(s, n, "", "model_ref", "this must be `provider/model`, or empty for none");
}

static void check_picker(struct semantics *s, node_id n) {
    struct str name = ids_trim(tree_text(s->t, n));
    if (str_equal(name, STR("auto")) || str_equal(name, STR("default")))
        semantics_error(s, n, "", "picker_runtime", "`" STR_FMT "` is no runtime of its own",
                        STR_ARG(name));
}

static void check_suspend(struct semantics *s, node_id n) {
    enum { LEAST = 60000 };
    struct str text = tree_text(s->t, n);
    double ms;
    bool unit = text.n && (text.p[text.n - 1] < '0' || text.p[text.n - 1] > '9');
    if (!semantics_is_text(s, n)) return;
    if (!unit || !semantics_duration(text, 's', &ms) || ms < LEAST)
        semantics_error(s, n, "", "invalid_duration",
                        "this must be a duration of at least a minute: \"45m\", \"2h\"");
}

/* host/owner/repo, in lower case. */
static void check_project(struct semantics *s, node_id n) {
    struct str key = semantics_key(s, n), last;
    size_t slash = str_find(key, STR("/"), 0), labels;
    bool fits = slash != SIZE_MAX && str_equal(ids_lower(s->arena, key), key) &&
                is_hostname(str_slice(key, 0, slash), &last, &labels) &&
                str_find(key, STR("/"), slash + 1) != SIZE_MAX && !str_ends(key, STR(".git")) &&
                !str_ends(key, STR("/"));
    if (fits) return;
    struct diag *d = semantics_error(s, n, "", "invalid_record_key",
                                     "a project is `host/owner/repo` in lower case, without .git");
    d->span = tree_key_span(s->t, n);
}

static void check_profile_name(struct semantics *s, node_id n) {
    struct str key = semantics_key(s, n);
    if (ids_trim(key).n == key.n) return;
    struct diag *d = semantics_error(s, n, "", "invalid_record_key",
                                     "the name of a profile has no blanks around it");
    d->span = tree_key_span(s->t, n);
}

/* ---- texts of blanks ---------------------------------------------------------------------------
 */

/* The gateway trims these before it looks at their length. */
static void check_trimmed(struct semantics *s, node_id n) {
    struct str text = tree_text(s->t, n);
    if (!text.n || ids_trim(text).n) return;
    struct diag *d = semantics_error(s, n, "", "too_small", "this text is blank");
    diag_text(s->v->diags, d, "origin", STR("string"));
    diag_text(s->v->diags, d, "op", STR(">="));
    diag_number(s->v->diags, d, "bound", 1);
}

void semantics_trimmed(struct semantics *s) {
    struct names places = s->v->gateway->trimmed;
    for (size_t i = 0; i < places.n; i++) {
        struct place_rule rule[] = {{str_to_c(s->arena, places.v[i]), BOTH, check_trimmed},
                                    {NULL, 0, NULL}};
        semantics_apply(s, rule);
    }
}

const struct place_rule semantics_text_rules[] = {
    {"mcp.servers.*.url", NEWER, check_http},
    {"mcp.servers.*.oauth.redirectUrl", NEWER, check_http},
    {"mcp.servers.*.oauth.clientMetadataUrl", NEWER, check_metadata_url},
    {"nodeHost.mcp.servers.*.url", NEWER, check_http},
    {"nodeHost.mcp.servers.*.oauth.redirectUrl", NEWER, check_http},
    {"nodeHost.mcp.servers.*.oauth.clientMetadataUrl", NEWER, check_metadata_url},
    {"mcp.apps.sandboxOrigin", NEWER, check_sandbox_origin},
    {"gateway.publicOrigin", NEWER, check_public_origin},
    {"gateway.portals.ingress.domain", NEWER, check_domain},
    {"gateway.tls.certPath", NEWER, check_not_blank},
    {"gateway.tls.keyPath", NEWER, check_not_blank},
    {"proxy.proxyUrl", NEWER, check_http},
    {"models.catalogRefresh.url", NEWER, check_catalog_url},
    {"secrets.egressProxy.allowedHosts.#", NEWER, check_host},
    {"secrets.egressProxy.bypassHosts.#", NEWER, check_host},
    {"desktop.host.passwordFile", NEWER, check_absolute},
    {"agents.defaults.decisionModel", NEWER, check_model},
    {"@.decisionModel", NEWER, check_model},
    {"agents.defaults.models.*.pickerRuntimes.#", NEWER, check_picker},
    {"@.models.*.pickerRuntimes.#", NEWER, check_picker},
    {"cloudWorkers.profiles.*", NEWER, check_profile_name},
    {"cloudWorkers.profiles.*.suspendAfter", NEWER, check_suspend},
    {"cloudWorkers.projectProfiles.*", NEWER, check_project},
    {NULL, 0, NULL},
};
