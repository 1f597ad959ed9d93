/* What is kept of conversations, and where secrets come from. */
#include "model/ids.h"
#include "model/observed.h"

/* ---- telemetry and sessions --------------------------------------------------------------------
 */

/* `true` captures everything that is exported; a block captures into traces, and says what. */
static bool captures(const struct observing *s, struct spot otel) {
    struct spot capture = spot_at(s, otel, "captureContent", NULL);
    struct names parts = s->o->format->captured;
    bool traces = !spot_is_false(s, spot_at(s, otel, "traces", NULL));
    bool logs = spot_is_true(s, spot_at(s, otel, "logs", NULL));
    if (spot_is_true(s, capture)) return traces || logs;
    if (!traces || !spot_is_true(s, spot_at(s, capture, "enabled", NULL))) return false;
    for (size_t i = 0; i < parts.n; i++)
        if (spot_is_true(s, spot_member(s, capture, parts.v[i]))) return true;
    return false;
}

void observe_data(const struct observing *s) {
    struct spot root = spot_root(s), diagnostics = spot_at(s, root, "diagnostics", NULL);
    struct spot otel = spot_at(s, diagnostics, "otel", NULL);
    struct spot mode = spot_at(s, root, "session", "maintenance", "mode", NULL);
    bool exported = !spot_is_false(s, spot_at(s, diagnostics, "enabled", NULL)) &&
                    spot_is_true(s, spot_at(s, otel, "enabled", NULL));
    observe_at(s, OBSERVED_CONTENT_CAPTURE, spot_at(s, otel, "captureContent", NULL))->fails =
        exported && captures(s, otel);
    struct observation *o = observe_at(s, OBSERVED_SESSION_MAINTENANCE, mode);
    bool written = spot_is(s, mode, NODE_STRING);
    o->value = written ? tree_text(s->tree, mode.node) : STR("enforce");
    o->fails = !str_equal(o->value, STR("enforce"));
}

/* ---- references to secrets ---------------------------------------------------------------------
 */

struct secret_walk {
    const struct observing *s;
    struct spot defaults, providers;
};

/* Whether the last steps match a dotted pattern: `*` is any name, `#` any element. `*rest` are the
 * steps before them. */
static bool ends_in(const struct step *step, struct str pattern, const struct step **rest) {
    size_t end = pattern.n;
    for (; step && end != SIZE_MAX; step = step->up) {
        size_t from = end;
        while (from && pattern.p[from - 1] != '.') from--;
        struct str part = str_slice(pattern, from, end);
        bool fits = str_equal(part, STR("*"))   ? step->name.n > 0
                    : str_equal(part, STR("#")) ? str_starts(step->name, STR("#"))
                                                : str_equal(part, step->name);
        if (!fits) return false;
        end = from ? from - 1 : SIZE_MAX;
    }
    *rest = step;
    return end == SIZE_MAX;
}

static bool matches_any(const struct step *step, struct names patterns) {
    const struct step *rest;
    for (size_t i = 0; i < patterns.n; i++)
        if (ends_in(step, patterns.v[i], &rest) && !rest) return true;
    return false;
}

static bool is_in_request(const struct step *step, const struct policy_format *f) {
    const struct step *rest;
    for (size_t i = 0; i < f->secrets_in_requests.n; i++)
        if (ends_in(step, f->secrets_in_requests.v[i], &rest) &&
            matches_any(rest, f->secret_requests))
            return true;
    return false;
}

static bool is_secret_key(const struct observing *s, struct str key) {
    const struct policy_format *f = s->o->format;
    struct str lower = ids_lower(s->arena, key);
    if (names_have(f->secret_keys, lower)) return true;
    for (size_t i = 0; i < f->secret_endings.n; i++)
        if (str_ends(lower, f->secret_endings.v[i])) return true;
    return false;
}

static bool is_secret_path(const struct observing *s, const struct step *step) {
    const struct policy_format *f = s->o->format;
    if (matches_any(step, f->secret_variables)) return true;
    if (step->up && str_equal(step->up->name, STR("env"))) return false;
    if (is_secret_key(s, step->name) || matches_any(step, f->secret_paths)) return true;
    return is_in_request(step, f);
}

/* $NAME or ${NAME} that was left as it is: the name is upper case. */
static bool is_variable(struct str text) {
    if (!str_starts(text, STR("$"))) return false;
    struct str name = str_slice(text, 1, text.n);
    if (str_starts(name, STR("{"))) {
        if (!str_ends(name, STR("}"))) return false;
        name = str_slice(name, 1, name.n - 1);
    }
    if (!name.n || name.n > 128 || name.p[0] < 'A' || name.p[0] > 'Z') return false;
    for (size_t i = 1; i < name.n; i++) {
        char c = name.p[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    return true;
}

static bool is_source(struct str source) {
    return str_equal(source, STR("env")) || str_equal(source, STR("file")) ||
           str_equal(source, STR("exec")) || str_equal(source, STR("store"));
}

struct reference {
    struct str source, provider;
};

/* {source, provider, id}, the same without a provider, or a variable. */
static bool is_reference(const struct secret_walk *w, struct spot spot, struct reference *r) {
    const struct observing *s = w->s;
    struct spot provider = spot_at(s, spot, "provider", NULL);
    if (spot_is(s, spot, NODE_STRING)) {
        if (spot_unknown(s, spot) || !is_variable(ids_trim(tree_text(s->tree, spot.node))))
            return false;
        struct str written = spot_text(s, spot_at(s, w->defaults, "env", NULL));
        *r = (struct reference){STR("env"), written.p ? written : STR("default")};
        return true;
    }
    r->source = tree_text(s->tree, spot_at(s, spot, "source", NULL).node);
    if (!is_source(r->source) || !spot_text(s, spot_at(s, spot, "id", NULL)).p) return false;
    if (provider.node) {
        r->provider = tree_text(s->tree, provider.node);
        return tree_node(s->tree, spot.node)->n == 3 && spot_text(s, provider).p;
    }
    struct spot written = spot_member(s, w->defaults, r->source);
    r->provider =
        spot_is(s, written, NODE_STRING) ? tree_text(s->tree, written.node) : STR("default");
    return true;
}

static bool is_declared(const struct secret_walk *w, struct reference r) {
    const struct observing *s = w->s;
    struct spot source = spot_at(s, spot_member(s, w->providers, r.provider), "source", NULL);
    return spot_is(s, source, NODE_STRING) && str_equal(tree_text(s->tree, source.node), r.source);
}

static void observe_reference(const struct secret_walk *w, const struct step *step,
                              struct spot spot, struct reference r) {
    spot.target = step_path(w->s, step, true);
    struct observation *o = observe_at(w->s, OBSERVED_SECRET_PROVIDER, spot);
    o->value = r.provider;
    o->fails = !is_declared(w, r);
    o = observe_at(w->s, OBSERVED_SECRET_SOURCE, spot);
    o->value = r.source;
}

static void walk(const struct secret_walk *w, node_id parent, const struct step *up) {
    size_t index = 0;
    if (up && up->length > OBSERVED_DEPTH_MAX) return;
    for (TREE_EACH(w->s->tree, child, parent)) {
        bool named = tree_node(w->s->tree, child)->key != 0;
        struct step step = step_into(w->s, up, child, &index);
        struct spot spot = {child, child, STR("")};
        struct reference r;
        if (named && is_secret_path(w->s, &step) && is_reference(w, spot, &r))
            observe_reference(w, &step, spot, r);
        else
            walk(w, child, &step);
    }
}

/* ---- profiles ----------------------------------------------------------------------------------
 */

static void observe_profile(const struct observing *s, struct spot profile) {
    const struct policy_rule *modes =
        policy_rule_find(s->o->format, STR("auth.profiles.allowModes"));
    struct spot mode = spot_at(s, profile, "mode", NULL);
    struct str value = tree_text(s->tree, mode.node);
    struct str *missing = ARENA_ARRAY(s->arena, struct str, 2);
    size_t n = 0;
    if (!spot_text(s, spot_at(s, profile, "provider", NULL)).p) missing[n++] = STR("provider");
    if (!modes || !names_have(modes->from, value)) missing[n++] = STR("mode");
    struct observation *o = observe_at(s, OBSERVED_AUTH_METADATA, profile);
    o->value = tree_key_text(s->tree, tree_node(s->tree, profile.node)->key);
    o->list = (struct names){missing, n};
    if (!spot_is(s, mode, NODE_STRING)) return;
    o = observe_at(s, OBSERVED_AUTH_MODE, profile);
    o->value = value;
    o->at = spot_place(mode);
}

void observe_secrets(const struct observing *s) {
    struct spot root = spot_root(s);
    struct spot profiles = spot_at(s, root, "auth", "profiles", NULL);
    struct secret_walk w = {s, spot_at(s, root, "secrets", "defaults", NULL),
                            spot_at(s, root, "secrets", "providers", NULL)};
    bool listed = spot_is(s, w.providers, NODE_OBJECT);
    for (TREE_EACH(s->tree, child, listed ? w.providers.node : 0)) {
        struct spot provider = spot_child(s, w.providers, child, 0);
        struct spot source = spot_at(s, provider, "source", NULL);
        if (spot_is(s, source, NODE_STRING))
            observe_at(s, OBSERVED_SECRET_SOURCE, provider)->value =
                tree_text(s->tree, source.node);
    }
    walk(&w, root.node, NULL);
    for (TREE_EACH(s->tree, child, spot_is(s, profiles, NODE_OBJECT) ? profiles.node : 0))
        observe_profile(s, spot_child(s, profiles, child, 0));
}
