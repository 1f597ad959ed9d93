/* What a run could not decide: never silently absent. */
#include "policy/engine.h"

struct listing {
    struct engine *e;
    struct report *report;
    struct map said; /* ids of the gateway's audit that are listed already */
};

static void add(struct listing *l, struct str id, struct str reason) {
    ARRAY_PUSH(l->e->arena, l->report->undecided) = (struct undecided){.id = id, .reason = reason};
}

/* The checks of the gateway's own audit that need more than its config. */
static void add_checks(struct listing *l, const struct name_map *checks) {
    for (size_t i = 0; i < checks->n; i++)
        for (size_t j = 0; j < checks->values[i].n; j++) {
            bool is_new;
            map_put(&l->said, checks->values[i].v[j], 1, &is_new);
            if (is_new)
                ARRAY_PUSH(l->e->arena, l->report->undecided) =
                    (struct undecided){checks->values[i].v[j], checks->keys[i], true};
        }
}

static void note(struct arena *a, struct gateway_findings *found, struct str id,
                 struct str reason) {
    ARRAY_PUSH(a, found->unknown) = (struct undecided){.id = id, .reason = reason};
}

/* What a policy document asks for and no config can show. */
static void note_policy(struct arena *a, const struct analysis *s, struct gateway_findings *found) {
    const struct conformance *c = s->conformance;
    for (size_t i = 0; c && i < c->undecided.n; i++)
        note(a, found, str_copy(a, c->undecided.v[i].check), str_copy(a, c->undecided.v[i].reason));
    if (c && c->cut)
        note(a, found, STR("policy"),
             str_format(a,
                        STR_FMT ": the policy was not gone through to its end, which would take "
                                "more than %d comparisons or give more than %d findings",
                        STR_ARG(s->model->name), CONFORMANCE_WORK_MAX, CONFORMANCE_MAX));
}

void add_unknown(struct arena *a, const struct analysis *s, struct gateway_findings *found) {
    if (s->reaches_cut)
        note(a, found, STR("reach"),
             str_format(a,
                        STR_FMT ": only the first %d combinations of account and sender were "
                                "looked at",
                        STR_ARG(s->model->name), REACHES_MAX));
    if (s->model->session.dm_scope_text.symbolic)
        note(a, found, STR("channels.dm.session_collision"),
             STR("session.dmScope is a variable whose value is not known: give it with --env, "
                 "--env-file or --process-env"));
    note_policy(a, s, found);
}

void add_undecided(struct engine *e, const struct engine_gateways *g, const struct fleet *fleet,
                   struct report *report) {
    struct listing l = {e, report, map_new(e->arena)};
    for (size_t i = 0; i < g->n; i++)
        for (size_t k = 0; k < g->found[i].unknown.n; k++)
            ARRAY_PUSH(e->arena, report->undecided) = g->found[i].unknown.v[k];
    if (fleet->cut)
        add(&l, STR("fleet"),
            str_format(e->arena,
                       "so much is shared by so many gateways that not all of it is told: findings "
                       "name %d uses at most, and the comparison ends after %d steps",
                       FLEET_USES_MAX, FLEET_WORK_MAX));
    if (fleet->state_unknown)
        add(&l, STR("fleet.shared-state-dir"),
            STR("the state directory of some gateway is not known: keep its file in .openclaw or "
                ".openclaw-NAME, or name it in clawc.yaml"));
    for (size_t i = 0; i < g->n; i++) {
        const struct gateway_data *data = g->models[i]->gateway;
        add_checks(&l, &data->undecided);
        if (!e->fs) add_checks(&l, &data->undecided_without_fs);
    }
}
