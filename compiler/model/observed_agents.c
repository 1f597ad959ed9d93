/* What agents may do: their workspace, their tools, what they remember. */
#include "model/ids.h"
#include "model/observed.h"

/* ---- workspace ---------------------------------------------------------------------------------
 */

static struct names denied(const struct observing *s, struct spot tools) {
    return spot_texts(s, spot_at(s, tools, "deny", NULL));
}

/* Tools that are denied in the sandbox: the agent's own list, even an empty one, else the common
 * one. */
static struct names denied_inside(const struct observing *s, const struct observed_blocks *b) {
    struct spot own = spot_at(s, b->tools, "sandbox", "tools", "deny", NULL);
    struct spot from = spot_at(s, b->from_tools, "sandbox", "tools", "deny", NULL);
    return spot_texts(s, spot_is(s, own, NODE_ARRAY) ? own : from);
}

static struct names joined(const struct observing *s, const struct names *lists, size_t n) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) count += lists[i].n;
    struct str *v = ARENA_ARRAY(s->arena, struct str, count);
    count = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < lists[i].n; j++) v[count++] = lists[i].v[j];
    return (struct names){v, count};
}

/* A workspace is kept apart only where every session runs in a sandbox: another mode is what a
 * finding points at. */
void observe_workspace(const struct observing *s, const struct observed_blocks *b) {
    struct spot own = spot_at(s, b->sandbox, "workspaceAccess", NULL);
    struct spot own_mode = spot_at(s, b->sandbox, "mode", NULL);
    struct inherited_text mode =
        inherited_text(s, own_mode, spot_at(s, b->from_sandbox, "mode", NULL));
    struct inherited_text access =
        inherited_text(s, own, spot_at(s, b->from_sandbox, "workspaceAccess", NULL));
    /* What nobody wrote is said of the defaults, whoever's it is. */
    if (!mode.value.p && b->agent >= 0) mode.spot = spot_at(s, b->from_sandbox, "mode", NULL);
    if (!access.value.p && b->agent >= 0)
        access.spot = spot_at(s, b->from_sandbox, "workspaceAccess", NULL);
    bool confined = str_equal(mode.value, STR("all"));
    struct observation *o = observe_at(s, OBSERVED_WORKSPACE, confined ? access.spot : mode.spot);
    if (confined)
        o->value = access.value.p ? access.value : STR("none");
    else
        o->value = mode.value.p ? mode.value : STR("off");
    o->fails = !confined;
    struct names lists[] = {denied(s, b->tools), denied(s, b->from_tools),
                            confined ? denied_inside(s, b) : (struct names){NULL, 0}};
    o = observe_at(s, OBSERVED_WORKSPACE_TOOL, spot_at(s, b->tools, "deny", NULL));
    o->list = joined(s, lists, sizeof lists / sizeof *lists);
    o->unknown = mode.unknown;
}

/* ---- tools -------------------------------------------------------------------------------------
 */

static struct observation *observe_text(const struct observing *s, enum observed_kind kind,
                                        struct inherited_text text, const char *fallback) {
    struct observation *o = observe_at(s, kind, text.spot);
    o->value = text.value.p ? text.value : str_from(fallback);
    return o;
}

struct exec_posture {
    struct spot own, from;
    struct inherited_text host, mode;
    bool confined; /* every session runs in a sandbox */
};

/* The mode's part of a setting; p == NULL when there is no mode that is known. */
static struct str mode_part(const struct observing *s, struct str mode, size_t part) {
    struct names parts = name_map_get(&s->o->format->exec_modes, ids_lower(s->arena, mode));
    return parts.n > part ? parts.v[part] : STR_NONE;
}

/* The agent's own mode goes before everything; an inherited one before what is inherited. */
static void observe_exec(const struct observing *s, const struct exec_posture *e,
                         enum observed_kind kind, const char *key, size_t part,
                         const char *fallback) {
    struct inherited_text text =
        inherited_text(s, spot_at(s, e->own, key, NULL), spot_at(s, e->from, key, NULL));
    struct str of_mode = mode_part(s, e->mode.value, part);
    bool own_value = text.value.p && text.is_own, inherited = text.value.p && !text.is_own;
    bool by_mode = of_mode.p && (e->mode.is_own || !own_value);
    if (by_mode) {
        text.value = of_mode;
        text.spot = e->mode.spot;
    }
    struct observation *o = observe_text(s, kind, text, fallback);
    o->unknown |= e->mode.unknown;
    /* The plugin calls an agent's own mode inherited where what it replaces is. */
    if (by_mode && e->mode.is_own && inherited)
        o->target = spot_at(s, e->from, "mode", NULL).target;
}

static void observe_exec_settings(const struct observing *s, const struct observed_blocks *b) {
    struct spot own_mode, from_mode;
    struct exec_posture e = {.own = spot_at(s, b->tools, "exec", NULL),
                             .from = spot_at(s, b->from_tools, "exec", NULL)};
    struct inherited_text sandbox = inherited_text(s, spot_at(s, b->sandbox, "mode", NULL),
                                                   spot_at(s, b->from_sandbox, "mode", NULL));
    e.host = inherited_text(s, spot_at(s, e.own, "host", NULL), spot_at(s, e.from, "host", NULL));
    own_mode = spot_at(s, e.own, "mode", NULL);
    from_mode = spot_at(s, e.from, "mode", NULL);
    /* A word that is no mode counts as none. */
    if (!spot_unknown(s, own_mode) && !mode_part(s, spot_text(s, own_mode), 0).p) own_mode.node = 0;
    e.mode = inherited_text(s, own_mode, from_mode);
    e.confined = str_equal(sandbox.value, STR("all"));
    observe_text(s, OBSERVED_EXEC_HOST, e.host, "auto");
    bool automatic = !e.host.value.p || str_equal(e.host.value, STR("auto"));
    bool inside = str_equal(e.host.value, STR("sandbox")) || (automatic && e.confined);
    observe_exec(s, &e, OBSERVED_EXEC_SECURITY, "security", 0, inside ? "deny" : "full");
    observe_exec(s, &e, OBSERVED_EXEC_ASK, "ask", 1, "off");
}

/* Switched off for all, nobody has it. */
static void observe_elevated(const struct observing *s, const struct observed_blocks *b) {
    struct spot own = spot_at(s, b->tools, "elevated", "enabled", NULL);
    struct spot from = spot_at(s, b->from_tools, "elevated", "enabled", NULL);
    struct inherited_flag flag = inherited_flag(s, own, from);
    bool off = spot_is_false(s, from);
    observe_at(s, OBSERVED_ELEVATED, flag.spot)->fails = !off && (flag.value || !flag.is_set);
}

static void observe_lists(const struct observing *s, const struct observed_blocks *b) {
    struct spot own_more = spot_at(s, b->tools, "alsoAllow", NULL);
    struct spot more = spot_at(s, b->from_tools, "alsoAllow", NULL);
    struct spot own_deny = spot_at(s, b->tools, "deny", NULL);
    struct spot deny = spot_at(s, b->from_tools, "deny", NULL);
    struct names lists[] = {spot_texts(s, deny), spot_texts(s, own_deny)};
    if (spot_is(s, own_more, NODE_ARRAY) || !spot_is(s, more, NODE_ARRAY)) more = own_more;
    observe_at(s, OBSERVED_ALSO_ALLOW, more)->list = spot_texts(s, more);
    observe_at(s, OBSERVED_TOOL_DENY, !lists[1].n && lists[0].n ? deny : own_deny)->list =
        joined(s, lists, 2);
}

void observe_tools(const struct observing *s, const struct observed_blocks *b) {
    struct inherited_text profile = inherited_text(s, spot_at(s, b->tools, "profile", NULL),
                                                   spot_at(s, b->from_tools, "profile", NULL));
    struct inherited_flag only =
        inherited_flag(s, spot_at(s, b->tools, "fs", "workspaceOnly", NULL),
                       spot_at(s, b->from_tools, "fs", "workspaceOnly", NULL));
    observe_text(s, OBSERVED_PROFILE, profile, "full");
    observe_at(s, OBSERVED_WORKSPACE_ONLY, only.spot)->fails = !only.value;
    observe_exec_settings(s, b);
    observe_elevated(s, b);
    observe_lists(s, b);
}

/* ---- memory ------------------------------------------------------------------------------------
 */

/* The older name of the setting is read, too. */
static struct inherited_flag remembers(const struct observing *s, struct spot search) {
    return inherited_flag(s, spot_at(s, search, "rememberAcrossConversations", NULL),
                          spot_at(s, search, "experimental", "sessionMemory", NULL));
}

/* Whether a block says which sources are searched, and whether sessions are among them. */
static bool searches_sessions(const struct observing *s, struct spot search, bool *sessions) {
    struct spot sources = spot_at(s, search, "sources", NULL);
    if (!sources.node) return false;
    *sessions = false;
    for (TREE_EACH(s->tree, item, spot_is(s, sources, NODE_ARRAY) ? sources.node : 0))
        *sessions = *sessions || str_equal(tree_text(s->tree, item), STR("sessions"));
    return true;
}

void observe_memory(const struct observing *s, const struct observed_blocks *b) {
    bool own = spot_is(s, b->memory, NODE_OBJECT);
    struct spot search = own ? b->memory : b->from_memory;
    struct spot from = own ? b->from_memory : (struct spot){0};
    if (!spot_is(s, search, NODE_OBJECT)) return;
    bool sessions = false, enabled = true;
    struct inherited_flag remember = remembers(s, search), above = remembers(s, from);
    bool has_sources = searches_sessions(s, search, &sessions);
    bool has_enabled = spot_flag(s, spot_at(s, search, "enabled", NULL), &enabled);
    bool says = remember.is_set || has_sources || has_enabled;
    if (!says && !above.is_set) return;
    if (!has_sources) (void)searches_sessions(s, from, &sessions);
    if (!has_enabled) (void)spot_flag(s, spot_at(s, from, "enabled", NULL), &enabled);
    bool remembered = remember.is_set ? remember.value : above.value;
    /* A block that says something of its own is what a finding points at. */
    bool local = b->agent < 0 || (own && says);
    struct spot at =
        local ? remember.spot : spot_at(s, b->from_memory, "rememberAcrossConversations", NULL);
    observe_at(s, OBSERVED_TRANSCRIPT_MEMORY, at)->fails = enabled && remembered && sessions;
}
