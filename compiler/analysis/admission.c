#include "analysis/admission.h"

#include "model/ids.h"

/* ---- senders -----------------------------------------------------------------------------------
 */

static void add_trimmed(struct str *v, size_t *n, struct names list) {
    for (size_t i = 0; i < list.n; i++) {
        struct str entry = ids_trim(list.v[i]);
        if (entry.n) v[(*n)++] = entry;
    }
}

static struct names joined(struct arena *a, struct names first, struct names second) {
    struct str *v = ARENA_ARRAY(a, struct str, first.n + second.n);
    size_t n = 0;
    add_trimmed(v, &n, first);
    add_trimmed(v, &n, second);
    return (struct names){v, n};
}

/* Senders approved by pairing count where the policy has anything to do with approving. */
static bool store_counts(const struct gateway_data *g, struct str policy) {
    if (str_equal(policy, STR("allowlist"))) return false;
    return g->open_admits_all || !str_equal(policy, STR("open"));
}

static bool has_sender(struct names list, struct str sender) {
    return names_have(list, STR("*")) || names_have(list, sender);
}

static void decide_group(const struct admission *asked, struct admitted *out) {
    struct str policy = asked->group_policy;
    bool open = str_equal(policy, STR("open"));
    out->decision = "block";
    if (str_equal(policy, STR("disabled")))
        out->reason = "group_policy_disabled";
    else if (!open && !out->group_senders.n)
        out->reason = "group_policy_empty_allowlist";
    else if (!open && !has_sender(out->group_senders, asked->sender))
        out->reason = "group_policy_not_allowlisted";
    else
        *out = (struct admitted){"allow", "group_policy_allowed", out->senders, out->group_senders};
}

static void decide_direct(const struct gateway_data *g, const struct admission *asked,
                          struct str policy, struct admitted *out) {
    bool listed = has_sender(out->senders, asked->sender);
    bool open = str_equal(policy, STR("open"));
    out->decision = "block";
    out->reason = "dm_policy_not_allowlisted";
    if (str_equal(policy, STR("disabled"))) {
        out->reason = "dm_policy_disabled";
    } else if (open && (g->open_admits_all || names_have(out->senders, STR("*")))) {
        out->decision = "allow";
        out->reason = "dm_policy_open";
    } else if (listed) {
        out->decision = "allow";
        out->reason = "dm_policy_allowlisted";
    } else if (str_equal(policy, STR("pairing"))) {
        out->decision = "pairing";
        out->reason = "dm_policy_pairing_required";
    }
}

struct admitted admission_decide(struct arena *a, const struct gateway_data *g,
                                 const struct admission *asked) {
    struct str policy = asked->dm_policy.n ? asked->dm_policy : STR("pairing");
    struct names none = {NULL, 0};
    struct names stored = store_counts(g, policy) ? asked->stored : none;
    struct names fallback = asked->group_falls_back ? asked->allow_from : none;
    struct admitted out = {.senders = joined(a, asked->allow_from, stored),
                           .group_senders = asked->group_allow_from.n
                                                ? joined(a, asked->group_allow_from, none)
                                                : joined(a, fallback, none)};
    if (asked->is_group)
        decide_group(asked, &out);
    else
        decide_direct(g, asked, policy, &out);
    return out;
}

/* ---- groups ------------------------------------------------------------------------------------
 */

/* The block of an account in any spelling of case: its exact id, else the first that reads so. */
static node_id account_entry(const struct model *m, node_id accounts, struct str id) {
    node_id exact = tree_member(m->tree, accounts, id);
    if (exact) return exact;
    for (TREE_EACH(m->tree, n, accounts))
        if (str_equal(ids_lower(m->arena, tree_key_text(m->tree, tree_node(m->tree, n)->key)), id))
            return n;
    return 0;
}

static node_id groups_of(const struct model *m, node_id channel, node_id accounts, node_id entry) {
    node_id own = tree_member(m->tree, entry, STR("groups"));
    node_id above = tree_member(m->tree, channel, STR("groups"));
    bool only = !accounts || tree_node(m->tree, accounts)->n <= 1;
    bool gives_way = m->gateway->audit_by_route && only && !tree_first(m->tree, own);
    return own && !gives_way ? own : above;
}

static node_id find_group(const struct model *m, node_id groups, struct str group,
                          bool ignore_case) {
    node_id exact = tree_member(m->tree, groups, group);
    if (exact || !ignore_case) return exact;
    struct str wanted = ids_lower(m->arena, group);
    for (TREE_EACH(m->tree, n, groups)) {
        struct str key = tree_key_text(m->tree, tree_node(m->tree, n)->key);
        if (!str_equal(key, STR("*")) && str_equal(ids_lower(m->arena, key), wanted)) return n;
    }
    return 0;
}

struct group_admission admission_of_group(const struct model *m, struct str channel,
                                          struct str account, struct str group, bool ignore_case,
                                          bool has_senders) {
    const struct tree *t = m->tree;
    node_id block = tree_member(t, tree_member(t, m->loaded->root, STR("channels")), channel);
    node_id accounts = tree_member(t, block, STR("accounts"));
    node_id entry = account_entry(m, accounts, ids_account(m->arena, account));
    node_id groups = groups_of(m, block, accounts, entry);
    struct str id = ids_trim(group);
    struct str own = tree_text(t, tree_member(t, entry, STR("groupPolicy")));
    struct str above = tree_text(t, tree_member(t, block, STR("groupPolicy")));
    bool inherits = !entry || !names_have(m->gateway->account_group_policy, channel);
    struct str policy = own.n ? own : inherits && above.n ? above : STR("allowlist");
    bool has_groups = tree_first(t, groups) != 0;
    struct group_admission g = {.has_default = tree_member(t, groups, STR("*")) != 0};
    g.matched = id.n && find_group(m, groups, id, ignore_case);
    g.listed_only = str_equal(policy, STR("allowlist")) || has_groups;
    bool by_sender = str_equal(policy, STR("allowlist")) && !has_groups && has_senders;
    g.allowed = !str_equal(policy, STR("disabled")) &&
                (!g.listed_only || g.has_default || g.matched || by_sender);
    return g;
}
