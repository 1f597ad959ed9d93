/* What the settings of exec, elevated, agent-to-agent and session tools come to. */
#include "analysis/tools.h"
#include "model/ids.h"
#include "model/values.h"

/* ---- exec --------------------------------------------------------------------------------------
 */

/* A mode stands for both levels. */
static struct exec_levels levels_of_mode(struct str mode) {
    static const struct {
        const char *mode, *security, *ask;
    } modes[] = {{"deny", "deny", "off"},
                 {"allowlist", "allowlist", "off"},
                 {"ask", "allowlist", "on-miss"},
                 {"auto", "allowlist", "on-miss"},
                 {"full", "full", "off"}};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (str_equal(mode, str_from(modes[i].mode)))
            return (struct exec_levels){mode, str_from(modes[i].security), str_from(modes[i].ask)};
    return (struct exec_levels){mode, STR("deny"), STR("off")};
}

static void apply_block(const struct exec_settings *e, struct exec_levels *l) {
    if (e->mode.set) *l = levels_of_mode(e->mode.v);
    if (e->security.set) l->security = e->security.v;
    if (e->ask.set) l->ask = e->ask.v;
    if (e->security.set || e->ask.set) l->mode = STR("");
}

struct exec_levels exec_levels_of_agent(const struct model *m, const struct agent *agent) {
    struct exec_levels l = {STR(""), STR(""), STR("")};
    apply_block(&m->tools.exec, &l);
    if (agent) apply_block(&agent->tools.exec, &l);
    return l;
}

static struct str mode_of_levels(struct str security, struct str ask) {
    if (str_equal(security, STR("deny"))) return security;
    if (str_equal(security, STR("allowlist")) && str_equal(ask, STR("off"))) return security;
    if (str_equal(security, STR("full")) && !str_equal(ask, STR("always"))) return security;
    return STR("ask");
}

struct exec_effective exec_of_agent(const struct model *m, const struct agent *agent,
                                    bool sandboxed) {
    struct text host = value_or(agent->tools.exec.host, m->tools.exec.host);
    /* Without modes an unset host means the same as `auto`. */
    struct exec_effective e = {.host = host.set ? host.v : STR("auto")};
    bool is_auto = str_equal(e.host, STR("auto"));
    e.effective_host = !is_auto ? e.host : sandboxed ? STR("sandbox") : STR("gateway");
    e.can_request_node = str_equal(e.host, STR("node")) || (is_auto && !sandboxed);
    bool inside = str_equal(e.effective_host, STR("sandbox"));
    struct exec_levels l = exec_levels_of_agent(m, agent);
    e.security = l.security.n ? l.security : inside ? STR("deny") : STR("full");
    e.ask = l.ask.n ? l.ask : STR("off");
    e.mode = l.mode.n ? l.mode : mode_of_levels(e.security, e.ask);
    return e;
}

/* ---- elevated ----------------------------------------------------------------------------------
 */

/* "telegram:1001" means "1001": one prefix, in any case. */
static struct str without_prefix(const struct gateway_data *g, struct arena *a, struct str entry) {
    static const char *const prefixes[] = {"webchat", "user", "group", "channel"};
    size_t colon = str_find(entry, STR(":"), 0);
    if (colon == SIZE_MAX) return entry;
    struct str prefix = ids_token(a, str_slice(entry, 0, colon));
    bool known = names_have(g->channels, prefix);
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        known = known || str_equal(prefix, str_from(prefixes[i]));
    return known ? ids_trim(str_slice(entry, colon + 1, entry.n)) : entry;
}

/* `id:` and the like look at one field of the sender. Of ours the id is known, and what it came
 * `from`, which is the same. */
static bool selects_field(struct arena *a, struct str entry, struct str *value, bool *is_id) {
    static const char *const fields[] = {"id", "from", "e164", "name", "username", "tag"};
    size_t colon = str_find(entry, STR(":"), 0);
    if (colon == SIZE_MAX) return false;
    struct str field = ids_token(a, str_slice(entry, 0, colon));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!str_equal(field, str_from(fields[i]))) continue;
        *value = ids_trim(str_slice(entry, colon + 1, entry.n));
        *is_id = i < 2;
        return true;
    }
    return false;
}

/* The ids that an entry admits, lower case: none, one or two. False when it admits everybody. */
static bool elevated_ids(const struct model *m, struct str written, struct str ids[2], size_t *n) {
    struct str entry = ids_trim(written), value;
    bool is_id;
    *n = 0;
    if (str_equal(entry, STR("*"))) return false;
    if (!entry.n) return true;
    if (selects_field(m->arena, entry, &value, &is_id)) {
        if (is_id) ids[(*n)++] = ids_lower(m->arena, without_prefix(m->gateway, m->arena, value));
        return true;
    }
    ids[(*n)++] = ids_lower(m->arena, without_prefix(m->gateway, m->arena, entry));
    ids[(*n)++] = ids_lower(m->arena, entry);
    return true;
}

static bool elevated_entry_matches(const struct model *m, struct str written, struct str id) {
    struct str ids[2];
    size_t n;
    if (!elevated_ids(m, written, ids, &n)) return true;
    for (size_t i = 0; i < n; i++)
        if (str_equal(ids[i], id)) return true;
    return false;
}

static bool list_allows(const struct model *m, const struct elevated *e, struct str channel,
                        struct str id) {
    for (size_t i = 0; i < e->n_channels; i++) {
        if (!str_equal(e->channels[i].channel, channel)) continue;
        const struct text_list *list = &e->channels[i].allow;
        for (size_t k = 0; k < list->n; k++)
            if (elevated_entry_matches(m, list->v[k].v, id)) return true;
    }
    return false;
}

bool elevated_enabled(const struct model *m, const struct agent *agent) {
    return m->tools.elevated.enabled.v && agent->tools.elevated.enabled.v;
}

bool elevated_allows(const struct model *m, const struct agent *agent, struct str channel,
                     struct str id) {
    const struct elevated *own = &agent->tools.elevated;
    struct str lower = ids_lower(m->arena, id);
    return elevated_enabled(m, agent) && list_allows(m, &m->tools.elevated, channel, lower) &&
           (!own->has_allow_from || list_allows(m, own, channel, lower));
}

/* One id on one channel, as a key. */
static struct str elevated_key(struct arena *a, struct str channel, struct str id) {
    return str_format(a, STR_FMT "/" STR_FMT, STR_ARG(channel), STR_ARG(id));
}

struct elevated_index elevated_index_new(struct arena *a, const struct model *m,
                                         const struct elevated *e) {
    struct elevated_index index = {.arena = a, .entries = map_new(a)};
    for (size_t i = 0; i < e->n_channels; i++) {
        const struct elevated_channel *c = &e->channels[i];
        for (size_t k = 0; k < c->allow.n; k++) {
            struct str ids[2] = {STR("*")};
            size_t n;
            if (!elevated_ids(m, c->allow.v[k].v, ids, &n)) n = 1;
            for (size_t j = 0; j < n; j++)
                map_put(&index.entries, elevated_key(a, c->channel, ids[j]), c->allow.v[k].at,
                        NULL);
        }
    }
    return index;
}

place elevated_index_find(const struct elevated_index *index, struct str channel, struct str id) {
    const uint32_t *found = map_get(&index->entries, elevated_key(index->arena, channel, STR("*")));
    if (!found && id.n)
        found = map_get(&index->entries,
                        elevated_key(index->arena, channel, ids_lower(index->arena, id)));
    return found ? *found : 0;
}

/* ---- between agents ----------------------------------------------------------------------------
 */

static bool agent_entry_matches(const struct model *m, struct str written, struct str id) {
    struct str entry = ids_trim(written);
    if (!entry.n) return false;
    if (!tool_name_is_glob(entry)) return str_equal(entry, id);
    return tool_glob_matches(ids_lower(m->arena, entry), ids_lower(m->arena, id));
}

bool agent_to_agent_names(const struct model *m, struct str id) {
    const struct text_list *allow = &m->agent_to_agent.allow;
    bool listed = !allow->n;
    for (size_t i = 0; i < allow->n && !listed; i++)
        listed = agent_entry_matches(m, allow->v[i].v, id);
    return m->agent_to_agent.enabled.v && listed;
}

bool agent_to_agent_has(const struct model *m, const struct agent *agent) {
    return agent_to_agent_names(m, agent->id);
}

struct str session_visibility(const struct model *m, bool sandboxed) {
    bool clamped = sandboxed && str_equal(m->tools_visibility.v, STR("spawned"));
    return clamped ? STR("tree") : m->session_visibility.v;
}
