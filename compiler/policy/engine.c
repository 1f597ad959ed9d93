#include "policy/evaluate.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- the gate ----------------------------------------------------------------------------------
 */

static bool gate_word(struct str word, struct gate *gate) {
    if (severity_parse(word, &gate->level)) {
        gate->level_set = true;
        return true;
    }
    for (size_t i = 0; rule_families[i]; i++)
        if (str_equal(word, str_from(rule_families[i]))) {
            gate->families[i] = true;
            return true;
        }
    return str_equal(word, STR("never"));
}

bool gate_parse(const char *given, struct gate *gate) {
    struct str text = str_from(given ? given : "critical,isolation,fleet");
    *gate = (struct gate){0};
    for (size_t at = 0; at <= text.n;) {
        size_t comma = str_find(text, STR(","), at);
        if (comma == SIZE_MAX) comma = text.n;
        struct str word = str_slice(text, at, comma);
        if (!gate_word(word, gate)) {
            fprintf(stderr,
                    "clawc: --fail-on knows critical, warn, info, never and the rule families, not "
                    "`" STR_FMT "`\n",
                    STR_ARG(word));
            return false;
        }
        at = comma + 1;
    }
    return true;
}

bool gate_counts(const struct gate *gate, const struct finding *f) {
    if (f->confidence == CONFIDENCE_LOW) return false;
    if (gate->level_set && f->severity >= gate->level) return true;
    if (f->severity < SEVERITY_WARN) return false;
    for (size_t i = 0; rule_families[i]; i++)
        if (gate->families[i] && str_equal(f->rule->family, str_from(rule_families[i])))
            return true;
    return false;
}

/* ---- choices of the project --------------------------------------------------------------------
 */

/* What the project file's `severities` say of a finding; NULL when nothing. A choice for the very
 * id goes before one for its rule. */
static const struct severity_choice *choice_for(const struct project *p, const struct finding *f) {
    const struct severity_choice *found = NULL;
    for (size_t i = 0; i < p->severities.n; i++) {
        const struct severity_choice *choice = &p->severities.v[i];
        if (str_equal(choice->rule, f->id)) return choice;
        if (str_equal(choice->rule, f->rule->id)) found = choice;
    }
    return found;
}

static void apply_choices(struct engine *e, struct report *report) {
    if (!e->project || !e->project->severities.n) return;
    size_t kept = 0;
    for (size_t i = 0; i < report->findings.n; i++) {
        struct finding *f = &report->findings.v[i];
        const struct severity_choice *choice = choice_for(e->project, f);
        if (choice && choice->off) continue;
        if (choice) f->severity = choice->severity;
        report->findings.v[kept++] = *f;
    }
    report->findings.n = kept;
}

static bool is_off(const struct engine *e, const struct rule *rule) {
    for (size_t i = 0; e->project && i < e->project->severities.n; i++)
        if (e->project->severities.v[i].off &&
            str_equal(e->project->severities.v[i].rule, rule->info.id))
            return true;
    return false;
}

/* ---- rules about one gateway -------------------------------------------------------------------
 */

struct evaluator *engine_worker(const struct engine *e, struct arena *a, bool timed) {
    struct evaluator *w = ARENA_NEW(a, struct evaluator);
    *w = evaluator_begin(e, NULL);
    w->arena = a;
    w->path_memory = arena_new();
    w->paths = paths_new(a, e->tree);
    if (timed) w->seconds = ARENA_ARRAY(a, double, e->rules->list.n);
    return w;
}

void engine_worker_end(struct evaluator *worker) {
    evaluator_end(worker);
}

void engine_gateway(struct evaluator *w, const struct analysis *s, uint32_t number,
                    struct gateway_findings *found) {
    const struct engine *e = w->engine;
    double since = w->seconds ? timing_now() : 0;
    arena_reset(w->path_memory);
    paths_renew(w->paths, w->path_memory);
    w->found = found;
    w->gateway = number;
    found->has_policy = s->conformance != NULL;
    for (size_t i = 0; i < e->rules->list.n; i++) {
        w->rule = e->rules->list.v[i];
        if (w->rule->range->fleet || is_off(e, w->rule)) continue;
        evaluate_gateway(w, s);
        if (!w->seconds) continue;
        double now = timing_now();
        w->seconds[i] += now - since;
        since = now;
    }
    add_unknown(w->arena, s, found);
}

void engine_add_timing(struct engine *e, struct evaluator *const *workers, size_t n) {
    for (size_t i = 0; e->timing && i < e->rules->list.n; i++) {
        double seconds = 0;
        for (size_t k = 0; k < n; k++) seconds += workers[k]->seconds[i];
        if (!e->rules->list.v[i]->range->fleet)
            timing_add(e->timing, e->rules->list.v[i]->info.id, seconds);
    }
}

/* ---- rules about several -----------------------------------------------------------------------
 */

bool engine_needs_pairs(const struct engine *e) {
    for (size_t i = 0; i < e->rules->list.n && !e->apart; i++)
        if (e->rules->list.v[i]->range->type == &fact_gateway_pair &&
            !is_off(e, e->rules->list.v[i]))
            return true;
    return false;
}

static void run_pairs(struct evaluator *e, const struct engine_gateways *g) {
    for (size_t i = 0; i < g->n && g->analyses && !e->engine->apart; i++)
        for (size_t j = i + 1; j < g->n; j++) {
            struct gateway_pair pair = {g->analyses[i], g->analyses[j]};
            evaluate(e, &pair, NULL);
        }
}

static void run_several(struct engine *e, const struct engine_gateways *g,
                        const struct fleet *fleet, struct gateway_findings *found) {
    struct evaluator ev = evaluator_begin(e, found);
    for (size_t i = 0; i < e->rules->list.n; i++) {
        const struct cel_object_type *type = e->rules->list.v[i]->range->type;
        if (is_off(e, e->rules->list.v[i])) continue;
        if (type != &fact_fleet_share && type != &fact_gateway_pair) continue;
        ev.rule = e->rules->list.v[i];
        ev.undecided = false;
        for (size_t k = 0; type == &fact_fleet_share && k < fleet->shares.n; k++)
            evaluate(&ev, &fleet->shares.v[k], NULL);
        if (type == &fact_gateway_pair) run_pairs(&ev, g);
        timing_lap(e->timing, ev.rule->info.id);
    }
    evaluator_end(&ev);
}

static void run_suppressions(struct engine *e, const struct bad_suppressions *bad,
                             struct gateway_findings *found) {
    struct evaluator ev = evaluator_begin(e, found);
    for (size_t i = 0; i < e->rules->list.n; i++) {
        ev.rule = e->rules->list.v[i];
        ev.undecided = false;
        if (ev.rule->range->type != &fact_suppression || is_off(e, ev.rule)) continue;
        for (size_t k = 0; k < bad->list.n; k++) evaluate(&ev, &bad->list.v[k], NULL);
        timing_lap(e->timing, ev.rule->info.id);
    }
    evaluator_end(&ev);
}

/* ---- the whole report --------------------------------------------------------------------------
 */

static int by_place(const void *left, const void *right) {
    const struct finding *a = left, *b = right;
    if (a->at.span.file != b->at.span.file) return a->at.span.file < b->at.span.file ? -1 : 1;
    if (a->at.span.start != b->at.span.start) return a->at.span.start < b->at.span.start ? -1 : 1;
    int order = str_compare(a->id, b->id);
    return order ? order : str_compare(a->message, b->message);
}

static void count(struct engine *e, struct report *report) {
    for (size_t i = 0; i < report->findings.n; i++) {
        struct finding *f = &report->findings.v[i];
        f->counts = gate_counts(&e->gate, f);
        if (f->severity == SEVERITY_CRITICAL)
            report->critical++;
        else if (f->severity == SEVERITY_WARN)
            report->warn++;
        else
            report->info++;
    }
}

/* Rules about a policy document are not evaluated where there is none. */
static void list_rules(struct engine *e, const struct engine_gateways *g, bool suppressions,
                       struct report *report) {
    bool policy = false;
    for (size_t i = 0; i < g->n; i++) policy = policy || g->found[i].has_policy;
    for (size_t i = 0; i < e->rules->list.n; i++) {
        const struct rule *rule = e->rules->list.v[i];
        bool about_policy = rule->range->type == &fact_policy_violation;
        bool about_suppressions = rule->range->type == &fact_suppression;
        if (!is_off(e, rule) && about_suppressions == suppressions && (policy || !about_policy))
            ARRAY_PUSH(e->arena, report->rules) = &rule->info;
    }
}

static void take(struct engine *e, const struct gateway_findings *found, struct report *report) {
    for (size_t i = 0; i < found->findings.n; i++)
        ARRAY_PUSH(e->arena, report->findings) = found->findings.v[i];
    for (size_t i = 0; i < found->failed.n; i++)
        ARRAY_PUSH(e->arena, report->undecided) = found->failed.v[i];
}

static void settle(struct engine *e, struct report *report) {
    apply_choices(e, report);
    if (report->findings.n)
        qsort(report->findings.v, report->findings.n, sizeof *report->findings.v, by_place);
}

void engine_finish(struct engine *e, const struct engine_gateways *g, const struct fleet *fleet,
                   struct report *report) {
    struct gateway_findings several = {.has_policy = false}, about = {.has_policy = false};
    run_several(e, g, fleet, &several);
    list_rules(e, g, false, report);
    for (size_t i = 0; i < g->n; i++) take(e, &g->found[i], report);
    take(e, &several, report);
    settle(e, report);
    suppress_by_gateway(e, g->models, g->n, report);
    struct bad_suppressions bad = suppress(e, report);
    run_suppressions(e, &bad, &about);
    list_rules(e, g, true, report);
    take(e, &about, report);
    settle(e, report);
    add_undecided(e, g, fleet, report);
    count(e, report);
}

void engine_run(struct engine *e, const struct analysis *const *gateways, size_t n,
                const struct fleet *fleet, struct report *report) {
    const struct model **models = ARENA_ARRAY(e->arena, const struct model *, n);
    struct gateway_findings *found = ARENA_ARRAY(e->arena, struct gateway_findings, n);
    struct evaluator *worker = engine_worker(e, e->arena, e->timing != NULL);
    for (size_t i = 0; i < n; i++) {
        models[i] = gateways[i]->model;
        engine_gateway(worker, gateways[i], (uint32_t)i + 1, &found[i]);
    }
    engine_add_timing(e, &worker, 1);
    engine_worker_end(worker);
    struct engine_gateways g = {models, found, gateways, n};
    engine_finish(e, &g, fleet, report);
}
