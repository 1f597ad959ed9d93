#include "load/load.h"

#include "model/ids.h"
#include "syntax/json5.h"

/* ---- variables ---------------------------------------------------------------------------------
 */

static void warn_unset(const struct loader *l, node_id n, struct str name) {
    diag_add(l->diags, SEVERITY_WARN, "missing_env", tree_span(l->tree, n),
             "variable " STR_FMT " is not set: the gateway keeps the text `${" STR_FMT
             "}` as it is",
             STR_ARG(name), STR_ARG(name));
}

static void substitute(const struct loader *l, node_id n) {
    struct substitution s = environment_substitute(l->environment, tree_text(l->tree, n));
    struct node *node = tree_node(l->tree, n);
    if (s.symbolic) node->flags |= NODE_SYMBOLIC;
    if (s.missing.n) {
        node->flags |= NODE_UNSET;
        warn_unset(l, n, s.missing);
    }
    if (!s.changed) return;
    node->u.text = s.text.p;
    node->n = (uint32_t)s.text.n;
}

/* The nodes of a file are one range; a file without a reference is left alone. */
static void substitute_all(const struct loader *l, uint32_t file, size_t first_node) {
    if (str_find(source_text(l->tree->sources, file), STR("${"), 0) == SIZE_MAX) return;
    for (size_t n = first_node; n < l->tree->n; n++)
        if (l->tree->nodes[n].kind == NODE_STRING && !(l->tree->nodes[n].flags & NODE_DUPLICATE))
            substitute(l, (node_id)n);
}

/* ---- what the gateway refuses in bindings ------------------------------------------------------
 */

static bool names_known_agent(const struct loaded *c, struct arena *a, struct str agent) {
    return str_equal(agent, STR("main")) || roster_has(&c->roster, ids_agent(a, agent));
}

static void refuse_unknown_agent(const struct loader *l, const struct reading *r, struct loaded *c,
                                 node_id binding) {
    node_id agent = read_member(r, binding, "agentId", NODE_STRING);
    if (!agent || names_known_agent(c, l->arena, tree_text(l->tree, agent))) return;
    diag_add(r->diags, SEVERITY_ERROR, "unknown_agent", tree_span(l->tree, agent),
             "no agent `" STR_FMT "` is configured: the gateway refuses the file",
             STR_ARG(tree_text(l->tree, agent)));
    c->startup = STARTUP_REJECTED;
}

static void refuse_dm_kind(const struct loader *l, const struct reading *r, struct loaded *c,
                           node_id binding) {
    node_id kind = tree_path(l->tree, binding, "match", "peer", "kind", NULL);
    if (!str_equal(tree_text(l->tree, kind), STR("dm"))) return;
    diag_add(r->diags, SEVERITY_ERROR, "invalid_union", tree_span(l->tree, kind),
             "`peer.kind` \"dm\" is now \"direct\"");
    if (c->startup < STARTUP_REPAIRED) c->startup = STARTUP_REPAIRED;
}

static void check_bindings(const struct loader *l, const struct reading *r, struct loaded *c) {
    node_id bindings = read_member(r, c->root, "bindings", NODE_ARRAY);
    if (!c->gateway->roster_entries) return;
    for (TREE_EACH(l->tree, binding, bindings)) {
        if (!read_is(r, binding, NODE_OBJECT)) continue;
        refuse_unknown_agent(l, r, c, binding);
        refuse_dm_kind(l, r, c, binding);
    }
}

static void interpret(const struct loader *l, struct diags *d, struct loaded *c) {
    struct reading r = {l->tree, d};
    c->roster = (struct roster){.system_agent = STR("")};
    c->startup = STARTUP_ACCEPTED;
    roster_load(l->arena, &r, c->gateway, c->root, &c->roster, &c->startup);
    check_bindings(l, &r, c);
}

/* ---- which gateway -----------------------------------------------------------------------------
 */

/* How many mistakes the config has for a version; nothing is reported. */
static size_t misfits(const struct loader *l, const struct loaded *c,
                      const struct gateway_data *gateway) {
    struct diags *scratch = diags_new(l->arena);
    struct loaded attempt = *c;
    attempt.gateway = gateway;
    interpret(l, scratch, &attempt);
    for (size_t n = 1; n < l->tree->n; n++) l->tree->nodes[n].flags &= (uint8_t)~NODE_REPORTED;
    return scratch->errors;
}

static void choose_best_fit(const struct loader *l, struct loaded *c) {
    size_t fewest = SIZE_MAX;
    for (size_t i = 0; i < l->gateways->n; i++) {
        size_t errors = misfits(l, c, &l->gateways->v[i]);
        if (errors > fewest) continue;
        fewest = errors;
        c->gateway = &l->gateways->v[i];
    }
    c->why = STR("the known version that the config fits best");
}

static struct str nearest_note(const struct loader *l, const struct gateway_data *g,
                               struct str asked, struct str from) {
    if (str_equal(g->version, asked)) return from;
    return str_format(l->arena, STR_FMT " says " STR_FMT ", the nearest known version is this one",
                      STR_ARG(from), STR_ARG(asked));
}

static void choose_gateway(const struct loader *l, struct loaded *c) {
    struct str asked = l->gateway, from = l->gateway_from;
    if (!asked.n) {
        asked = ids_trim(
            tree_text(l->tree, tree_path(l->tree, c->root, "meta", "lastTouchedVersion", NULL)));
        from = STR("meta.lastTouchedVersion");
    }
    if (!asked.n || !gateway_version_is_readable(asked)) {
        choose_best_fit(l, c);
        return;
    }
    c->gateway = gateways_find(l->gateways, asked);
    c->why = nearest_note(l, c->gateway, asked, from);
}

/* ---- the whole load ----------------------------------------------------------------------------
 */

static bool root_is_object(const struct loader *l, uint32_t file, node_id root) {
    if (tree_is(l->tree, root, NODE_OBJECT)) return true;
    struct span whole = tree_span(l->tree, root);
    diag_add(
        l->diags, SEVERITY_ERROR, "invalid_type",
        (struct span){file, whole.start, whole.start < whole.end ? whole.start + 1 : whole.end},
        "the config must be an object, `{ ... }`, but this is %s",
        read_kind_name((enum node_kind)tree_node(l->tree, root)->kind));
    return false;
}

/* `$include` is resolved by the gateway before everything else; without the included text nothing
 * that follows could be believed. */
static bool has_include(const struct loader *l, uint32_t file, size_t first_node) {
    key_id include = tree_find_key(l->tree, STR("$include"));
    for (size_t n = first_node; include && n < l->tree->n; n++)
        if (l->tree->nodes[n].key == include && l->tree->nodes[n].file == file) {
            diag_add(
                l->diags, SEVERITY_ERROR, "include_unsupported", tree_key_span(l->tree, (node_id)n),
                "`$include` is not followed by this version of clawc: give it the merged file");
            return true;
        }
    return false;
}

void load_config(const struct loader *l, uint32_t file, struct loaded *out) {
    *out = (struct loaded){.tree = l->tree,
                           .file = file,
                           .first_diag = l->diags->list.n,
                           .first_error_count = l->diags->errors,
                           .gateway = &l->gateways->v[l->gateways->n - 1],
                           .why = STR("the newest known version")};
    size_t first_node = l->tree->n;
    struct json5_result parsed = json5_parse(l->tree, file, l->diags);
    if (parsed.root) secrets_mark(l->tree, parsed.root);
    if (!parsed.ok) secrets_mark_broken(l->tree->sources, file, false);
    if (l->gateway.n && gateway_version_is_readable(l->gateway))
        out->gateway = gateways_find(l->gateways, l->gateway);
    out->startup = STARTUP_REJECTED;
    if (parsed.ok && root_is_object(l, file, parsed.root) && !has_include(l, file, first_node)) {
        out->root = parsed.root;
        substitute_all(l, file, first_node);
        choose_gateway(l, out);
        interpret(l, l->diags, out);
    }
    out->errors = l->diags->errors - out->first_error_count;
    if (out->errors && out->startup == STARTUP_ACCEPTED) out->startup = STARTUP_REJECTED;
}
