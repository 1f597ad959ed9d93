/* The policy document of `clawc audit --policy`. */
#include "analysis/conformance.h"
#include "commands/run.h"
#include "model/ids.h"

bool policy_file_open(struct run *run) {
    uint32_t file;
    if (!run->o->policy) return true;
    if (!run_read(run, run->o->policy, &file)) return false;
    const struct policy_format *format = policy_format_newest(run->arena, &run->gateways);
    run->policy = policy_document_read(run->tree, file, format);
    return true;
}

static node_id plugin_setting(const struct model *m, const char *key) {
    return tree_path(m->tree, m->loaded->root, "plugins", "entries", "policy", "config", key, NULL);
}

static bool is_flag(const struct model *m, node_id n, bool value) {
    return tree_is(m->tree, n, NODE_BOOL) && tree_node(m->tree, n)->u.boolean == value;
}

static bool is_switched_off(const struct model *m) {
    return is_flag(m, plugin_setting(m, "enabled"), false);
}

static bool is_switched_on(const struct model *m) {
    node_id enabled =
        tree_path(m->tree, m->loaded->root, "plugins", "entries", "policy", "enabled", NULL);
    return is_flag(m, enabled, true) && !is_switched_off(m);
}

static void note(struct run *run, struct report *report, const char *id, struct str reason) {
    ARRAY_PUSH(run->arena, report->undecided) =
        (struct undecided){.id = str_from(id), .reason = reason};
}

/* The plugin goes by a document that was not given. */
static void note_not_given(struct run *run, const struct model *m, struct report *report) {
    struct str path = ids_trim(tree_text(m->tree, plugin_setting(m, "path")));
    if (!path.n) path = STR("policy.jsonc");
    note(run, report, "policy/policy-jsonc-missing",
         str_format(run->arena,
                    STR_FMT
                    ": the gateway's plugin policy is on and checks the config against " STR_FMT
                    " in the agent's workspace: give that file with --policy",
                    STR_ARG(m->name), STR_ARG(path)));
}

static void note_attestation(struct run *run, const struct model *m, struct report *report) {
    struct str expected =
        ids_trim(tree_text(m->tree, plugin_setting(m, "expectedAttestationHash")));
    if (!expected.n) return;
    note(run, report, "policy/attestation-hash-mismatch",
         str_format(run->arena,
                    STR_FMT
                    ": an attestation is about all that the gateway saw when it checked, not "
                    "the config alone: `openclaw policy check` compares it",
                    STR_ARG(m->name)));
}

/* An older gateway has no such check; what the document asks for can still be asked. */
static void note_older(struct run *run, const struct model *m, struct report *report) {
    struct str version = run->policy->format->version;
    if (m->gateway->policy) return;
    note(run, report, "policy",
         str_format(run->arena,
                    STR_FMT ": gateway " STR_FMT " does not check policies: the config was held "
                            "against this one as " STR_FMT " does it",
                    STR_ARG(m->name), STR_ARG(m->gateway->version), STR_ARG(version)));
}

size_t policy_file_check(struct run *run, struct model *const *gateways, size_t n,
                         struct report *report) {
    size_t first = n;
    if (run->policy && n) policy_compare_scopes(run->policy, gateways[0]->gateway);
    for (size_t i = 0; i < n; i++) {
        const struct model *m = gateways[i];
        if (!run->policy) {
            if (!run->o->policy && is_switched_on(m)) note_not_given(run, m, report);
            continue;
        }
        if (is_switched_off(m)) {
            note(run, report, "policy",
                 str_format(run->arena,
                            STR_FMT ": plugins.entries.policy.config.enabled is false: the gateway "
                                    "does not check policies, and neither was this one",
                            STR_ARG(m->name)));
            continue;
        }
        if (first == n) first = i;
        note_attestation(run, m, report);
        note_older(run, m, report);
    }
    return first;
}

void policy_file_hold(const struct run *run, struct analysis *gateway, bool problems) {
    if (run->policy && !is_switched_off(gateway->model))
        gateway->conformance = conformance_check(gateway, run->policy, problems);
}
