/* The sandboxes: what confines them, and what they can reach of the machine. */
#include "model/ids.h"
#include "model/observed.h"

struct sandbox_view {
    const struct observing *s;
    const struct observed_blocks *blocks;
    struct spot docker, browser;           /* the agent's own; no node when they do not count */
    struct spot from_docker, from_browser; /* inherited */
    bool container;                        /* the backend is one whose containers can be seen */
};

static struct inherited_text setting(const struct sandbox_view *v, struct spot own,
                                     struct spot from, const char *key) {
    return inherited_text(v->s, spot_at(v->s, own, key, NULL), spot_at(v->s, from, key, NULL));
}

static struct observation *observe_surface(const struct sandbox_view *v, enum observed_kind kind,
                                           enum observed_surface surface, struct spot spot) {
    struct observation *o = observe_at(v->s, kind, spot);
    o->surface = surface;
    return o;
}

static void observe_network(const struct sandbox_view *v, enum observed_surface surface,
                            struct inherited_text network, struct str fallback) {
    struct str value = network.value.p ? network.value : fallback;
    struct str lower = ids_lower(v->s->arena, value);
    struct observation *o = observe_surface(v, OBSERVED_HOST_NETWORK, surface, network.spot);
    o->value = value;
    o->fails = str_equal(lower, STR("host"));
    o = observe_surface(v, OBSERVED_JOINED_NETWORK, surface, network.spot);
    o->value = value;
    o->fails = str_starts(lower, STR("container:"));
}

static void observe_confinement(const struct sandbox_view *v, enum observed_surface surface,
                                const char *key) {
    struct inherited_text profile = setting(v, v->docker, v->from_docker, key);
    struct observation *o = observe_surface(v, OBSERVED_UNCONFINED, surface, profile.spot);
    o->value = profile.value.p ? profile.value : STR("");
    o->fails = str_equal(ids_lower(v->s->arena, o->value), STR("unconfined"));
}

/* ---- mounts ------------------------------------------------------------------------------------
 */

/* Where the next part of host:container:options begins; the colon of a Windows drive is no end. */
static size_t separator(struct str spec) {
    bool letter = spec.n > 2 && ((spec.p[0] >= 'A' && spec.p[0] <= 'Z') ||
                                 (spec.p[0] >= 'a' && spec.p[0] <= 'z'));
    bool drive = letter && spec.p[1] == ':' && (spec.p[2] == '/' || spec.p[2] == '\\');
    return str_find(spec, STR(":"), drive ? 2 : 0);
}

struct mount {
    struct str host, options; /* p == NULL: it is not written as a mount */
};

static struct mount split_mount(struct str spec) {
    struct mount m = {STR_NONE, STR("")};
    size_t colon = separator(spec);
    if (colon == SIZE_MAX) return m;
    m.host = str_slice(spec, 0, colon);
    struct str rest = str_slice(spec, colon + 1, spec.n);
    colon = separator(rest);
    if (colon != SIZE_MAX) m.options = str_slice(rest, colon + 1, rest.n);
    return m;
}

static bool is_read_only(const struct observing *s, struct str options) {
    for (size_t from = 0; from <= options.n;) {
        size_t comma = str_find(options, STR(","), from);
        if (comma == SIZE_MAX) comma = options.n;
        if (str_equal(ids_token(s->arena, str_slice(options, from, comma)), STR("ro"))) return true;
        from = comma + 1;
    }
    return false;
}

/* Known by the last name of the path. */
static bool is_runtime_socket(const struct observing *s, struct str host) {
    size_t from = host.n;
    while (from && host.p[from - 1] != '/' && host.p[from - 1] != '\\') from--;
    struct str name = ids_lower(s->arena, str_slice(host, from, host.n));
    return names_have(s->o->format->runtime_sockets, name);
}

static void observe_mount(const struct sandbox_view *v, enum observed_surface surface,
                          struct spot bind) {
    struct str spec = tree_text(v->s->tree, bind.node);
    struct mount m = split_mount(spec);
    struct observation *o = observe_surface(v, OBSERVED_WRITABLE_MOUNT, surface, bind);
    o->value = spec;
    o->fails = !is_read_only(v->s, m.options);
    o = observe_surface(v, OBSERVED_SOCKET_MOUNT, surface, bind);
    o->value = spec;
    o->fails = is_runtime_socket(v->s, m.host);
}

/* Blank entries are not counted. */
static void observe_binds(const struct sandbox_view *v, enum observed_surface surface,
                          struct spot block) {
    const struct observing *s = v->s;
    struct spot binds = spot_at(s, block, "binds", NULL);
    size_t index = 0;
    for (TREE_EACH(s->tree, bind, spot_is(s, binds, NODE_ARRAY) ? binds.node : 0))
        if (ids_trim(tree_text(s->tree, bind)).n)
            observe_mount(v, surface, spot_child(s, binds, bind, index++));
}

/* ---- browser -----------------------------------------------------------------------------------
 */

static void observe_cdp(const struct sandbox_view *v) {
    struct spot own = spot_at(v->s, v->browser, "cdpSourceRange", NULL);
    struct spot from = spot_at(v->s, v->from_browser, "cdpSourceRange", NULL);
    bool inherits = !own.node && spot_text(v->s, from).p;
    struct spot range = inherits ? from : own;
    observe_surface(v, OBSERVED_CDP_RANGE, SURFACE_NONE, range)->fails = !spot_text(v->s, range).p;
}

static void observe_browser(const struct sandbox_view *v) {
    const struct observing *s = v->s;
    struct inherited_flag enabled = inherited_flag(s, spot_at(s, v->browser, "enabled", NULL),
                                                   spot_at(s, v->from_browser, "enabled", NULL));
    if (!enabled.value) {
        if (enabled.is_set)
            observe_surface(v, OBSERVED_CDP_RANGE, SURFACE_NONE, enabled.spot)->off = true;
        return;
    }
    observe_cdp(v);
    observe_network(v, SURFACE_BROWSER, setting(v, v->browser, v->from_browser, "network"),
                    s->o->format->browser_network);
    bool own_binds = spot_at(s, v->browser, "binds", NULL).node ||
                     spot_at(s, v->from_browser, "binds", NULL).node;
    /* Without mounts of its own the browser has those of the container. */
    if (own_binds) {
        observe_binds(v, SURFACE_BROWSER, v->from_browser);
        observe_binds(v, SURFACE_BROWSER, v->browser);
    } else if (!v->container) {
        observe_binds(v, SURFACE_BROWSER, v->from_docker);
        observe_binds(v, SURFACE_BROWSER, v->docker);
    }
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

/* One sandbox for all agents: what an agent says of it does not count. */
static bool is_shared(const struct observing *s, const struct observed_blocks *b) {
    struct inherited_text scope = inherited_text(s, spot_at(s, b->sandbox, "scope", NULL),
                                                 spot_at(s, b->from_sandbox, "scope", NULL));
    struct inherited_flag apart = inherited_flag(s, spot_at(s, b->sandbox, "perSession", NULL),
                                                 spot_at(s, b->from_sandbox, "perSession", NULL));
    if (scope.value.p) return str_equal(scope.value, STR("shared"));
    return apart.is_set && !apart.value;
}

void observe_sandbox(const struct observing *s, const struct observed_blocks *b) {
    struct sandbox_view v = {.s = s,
                             .blocks = b,
                             .docker = spot_at(s, b->sandbox, "docker", NULL),
                             .browser = spot_at(s, b->sandbox, "browser", NULL),
                             .from_docker = spot_at(s, b->from_sandbox, "docker", NULL),
                             .from_browser = spot_at(s, b->from_sandbox, "browser", NULL)};
    struct inherited_text mode = setting(&v, b->sandbox, b->from_sandbox, "mode");
    struct inherited_text backend = setting(&v, b->sandbox, b->from_sandbox, "backend");
    if (b->agent >= 0 && is_shared(s, b)) {
        v.docker.around = spot_place(v.docker);
        v.browser.around = spot_place(v.browser);
        v.docker.node = v.browser.node = 0;
    }
    observe_surface(&v, OBSERVED_MODE, SURFACE_NONE, mode.spot)->value =
        mode.value.p ? mode.value : STR("off");
    struct str name = backend.value.p ? ids_lower(s->arena, backend.value) : STR("docker");
    struct observation *o = observe_surface(&v, OBSERVED_BACKEND, SURFACE_NONE, backend.spot);
    o->value = name;
    v.container = names_have(s->o->format->container_backends, name);
    o->fails = !v.container;
    if (v.container) {
        observe_network(&v, SURFACE_DOCKER, setting(&v, v.docker, v.from_docker, "network"),
                        STR("none"));
        observe_confinement(&v, SURFACE_SECCOMP, "seccompProfile");
        observe_confinement(&v, SURFACE_APPARMOR, "apparmorProfile");
        observe_binds(&v, SURFACE_DOCKER, v.from_docker);
        observe_binds(&v, SURFACE_DOCKER, v.docker);
    }
    observe_browser(&v);
}
