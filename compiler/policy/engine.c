#include "policy/engine.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

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

/* ---- one rule ----------------------------------------------------------------------------------
 */

struct evaluation {
    struct engine *engine;
    struct report *report;
    struct rule *rule;
    struct arena *scratch;
    struct cel_run run;
    struct cel_value variables[4]; /* subject, gateway, parameters, item: those that are known */
    place at;                      /* of the subject that is looked at */
    uint32_t gateway; /* the number of its gateway, from 1; 0 for a rule about several */
    bool undecided;   /* reported once for a rule and gateway */
};

static struct location locate(const struct engine *e, struct span span) {
    return (struct location){span, span.file ? paths_of_span(e->paths, span) : STR("")};
}

static void note_undecided(struct evaluation *e, struct cel_value error) {
    if (e->undecided) return;
    e->undecided = true;
    struct arena *a = e->engine->arena;
    struct str id = str_copy(a, e->rule->info.id), message = error.u.text;
    struct str reason =
        error.code == CEL_ERROR_LIMIT
            ? str_format(a, "a bound on time or memory was reached: " STR_FMT, STR_ARG(message))
            : str_format(a, "the rule's condition failed: " STR_FMT, STR_ARG(message));
    struct location at = locate(e->engine, place_span(e->engine->tree, e->at));
    if (at.path.n)
        reason =
            str_format(a, STR_FMT " (first for " STR_FMT ")", STR_ARG(reason), STR_ARG(at.path));
    ARRAY_PUSH(a, e->report->undecided) = (struct undecided){.id = id, .reason = reason};
}

/* A condition of the rule; what it was made of is noted where somebody wants to know. */
static struct cel_value ask(struct evaluation *e, const struct cel_program *p) {
    for (size_t i = 0; i < e->rule->conditions.n; i++)
        if (e->rule->conditions.v[i].program == p) e->run.seen = e->rule->conditions.v[i].seen;
    struct cel_value v = cel_eval(p, &e->run, e->variables);
    e->run.seen = NULL;
    return v;
}

static bool holds(struct evaluation *e, const struct cel_program *p) {
    struct cel_value v = ask(e, p);
    if (v.kind == CEL_ERROR) note_undecided(e, v);
    return v.kind == CEL_BOOL && v.u.boolean;
}

/* A long list is cut: a sentence with a thousand names helps nobody. */
static void add_value(struct evaluation *e, struct buf *b, struct cel_value v) {
    enum { LONG = 8, SHOWN = 6 };
    size_t n = v.kind == CEL_LIST ? cel_size(v) : 0;
    if (n <= LONG) {
        cel_add_text(&e->run, b, v);
        return;
    }
    for (size_t i = 0; i < SHOWN; i++) {
        if (i) buf_add(b, STR(", "));
        cel_add_text(&e->run, b, cel_at(&e->run, v, i));
    }
    buf_addf(b, " and %zu more", n - SHOWN);
}

static struct str fill(struct evaluation *e, const struct template *t) {
    struct buf b = buf_new(e->engine->arena);
    for (size_t i = 0; i < t->n; i++) {
        if (!t->parts[i].program) {
            buf_add(&b, t->parts[i].literal);
            continue;
        }
        struct cel_value v = cel_eval(t->parts[i].program, &e->run, e->variables);
        if (v.kind == CEL_ERROR)
            note_undecided(e, v);
        else
            add_value(e, &b, v);
    }
    return buf_str(&b);
}

static struct span origin_span(struct evaluation *e, const struct cel_program *p) {
    struct cel_value v = cel_eval(p, &e->run, e->variables);
    if (v.kind == CEL_ERROR) {
        note_undecided(e, v);
        return SPAN_NONE;
    }
    return place_span(e->engine->tree, v.origin);
}

static bool is_same_span(struct span a, struct span b) {
    return a.file == b.file && a.start == b.start && a.end == b.end;
}

/* Nothing twice. The finding's own place is shown anyway: it is left out when the words are the
 * same for every place, and tell nothing of this one; so is the whole value, the place of what is
 * not written. */
static void add_place(struct evaluation *e, struct finding *f, place at,
                      const struct template *message) {
    struct span span = place_span(e->engine->tree, at);
    bool constant = message->n == 1 && !message->parts[0].program;
    if (!span.file || (constant && is_same_span(span, f->at.span))) return;
    struct location where = locate(e->engine, span);
    if (constant && !where.path.n && span.end > span.start) return;
    struct str text = fill(e, message);
    for (size_t i = 0; i < f->related.n; i++) {
        const struct related *r = &f->related.v[i];
        if (is_same_span(r->at.span, span) && str_equal(r->message, text)) return;
    }
    ARRAY_PUSH(e->engine->arena, f->related) = (struct related){where, text};
}

static void add_related_place(struct evaluation *e, const struct rule_related *r,
                              struct cel_value at, struct finding *f) {
    if (r->when && !holds(e, r->when)) return;
    if (r->at) at = cel_eval(r->at, &e->run, e->variables);
    if (at.kind != CEL_ERROR && at.kind != CEL_NULL) add_place(e, f, at.origin, &r->message);
}

static void add_related(struct evaluation *e, struct finding *f) {
    enum { MOST = 20 }; /* of one list: more places help nobody */
    for (size_t i = 0; i < e->rule->n_related; i++) {
        const struct rule_related *r = &e->rule->related[i];
        if (!r->each) {
            add_related_place(e, r, cel_null(), f);
            continue;
        }
        struct cel_value list = cel_eval(r->each, &e->run, e->variables);
        for (size_t k = 0; k < cel_size(list) && k < MOST; k++) {
            struct cel_value item = cel_at(&e->run, list, k);
            e->variables[e->rule->env.n] = item;
            add_related_place(e, r, item, f);
        }
    }
}

/* The other gateways of something shared, each at its own line. */
static void add_members(struct evaluation *e, const struct fleet_share *share, struct finding *f) {
    for (size_t i = 0; i < share->n; i++) {
        if (i == share->primary) continue;
        struct span span = place_span(e->engine->tree, share->members[i].at);
        const struct fleet_member *m = &share->members[i];
        struct str message =
            str_format(e->engine->arena, "gateway " STR_FMT " %s", STR_ARG(m->gateway->name),
                       m->role ? m->role : "uses it here");
        ARRAY_PUSH(e->engine->arena, f->related) =
            (struct related){locate(e->engine, span), message};
    }
}

/* The line of the policy document. What is wrong with the document itself stands there anyway. */
static void add_asked(struct evaluation *e, const struct violation *v, struct finding *f) {
    struct span span = place_span(e->engine->tree, v->asked_at);
    if (!span.file || v->asked_at == v->at) return;
    struct str message =
        v->scope.n
            ? str_format(e->engine->arena, "the policy's scope \"" STR_FMT "\" asks for it here",
                         STR_ARG(v->scope))
            : STR("the policy asks for it here");
    ARRAY_PUSH(e->engine->arena, f->related) = (struct related){locate(e->engine, span), message};
}

/* What gateways share that never run at the same time does less harm. */
static void lower_apart(struct evaluation *e, const struct fleet_share *share, struct finding *f) {
    if (!share->apart.n) return;
    if (f->severity == SEVERITY_CRITICAL)
        f->severity = SEVERITY_WARN;
    else
        f->severity = SEVERITY_INFO;
    f->message =
        str_format(e->engine->arena, STR_FMT " (do they ever run together? profiles " STR_FMT ")",
                   STR_ARG(f->message), STR_ARG(share->apart));
}

static void add_finding(struct evaluation *e, const void *object) {
    struct rule *rule = e->rule;
    rule_compile(rule);
    struct span span = rule->at
                           ? origin_span(e, rule->at)
                           : place_span(e->engine->tree, fact_place(rule->range->type, object));
    if (rule->range->type == &fact_suppression)
        span = ((const struct bad_suppression *)object)->span;
    struct finding f = {.id = fill(e, &rule->id),
                        .rule = &rule->info,
                        .severity = rule->severity,
                        .confidence = rule->confidence,
                        .title = rule->info.title,
                        .message = fill(e, &rule->message),
                        .why = fill(e, &rule->why),
                        .fix = fill(e, &rule->fix),
                        .at = locate(e->engine, span),
                        .gateway = e->gateway};
    if (rule->raise_when && holds(e, rule->raise_when)) f.severity = rule->raised;
    for (size_t i = 0; i < rule->n_doubts; i++)
        if (holds(e, rule->doubts[i].when)) {
            f.confidence = rule->doubts[i].confidence;
            break;
        }
    add_related(e, &f);
    if (rule->range->type == &fact_fleet_share) {
        lower_apart(e, object, &f);
        add_members(e, object, &f);
    }
    if (rule->range->type == &fact_policy_violation) add_asked(e, object, &f);
    fact_subjects(e->engine->arena, rule->range, object, &f);
    ARRAY_PUSH(e->engine->arena, e->report->findings) = f;
}

static struct cel_value variable(const struct cel_object_type *type, const void *object) {
    return cel_with_origin(cel_object(type, object), fact_place(type, object));
}

/* Steps and memory are given anew for every subject, so that one cannot starve the others. */
static void evaluate(struct evaluation *e, const void *object, const struct analysis *gateway) {
    rule_compile_condition(e->rule);
    arena_reset(e->scratch);
    e->run = cel_run_new(e->scratch, NULL);
    e->at = fact_place(e->rule->range->type, object);
    e->variables[0] = variable(e->rule->range->type, object);
    if (gateway) e->variables[1] = variable(&fact_gateway, gateway);
    if (e->rule->n_parameters)
        e->variables[e->rule->env.n - 1] = cel_object(&e->rule->parameters_type, e->rule);
    if (!e->rule->when) return; /* a mistake, which has been reported */
    struct cel_value v = ask(e, e->rule->when);
    if (v.kind == CEL_ERROR)
        note_undecided(e, v);
    else if (v.kind == CEL_BOOL && v.u.boolean)
        add_finding(e, object);
}

static void run_rule(struct evaluation *e, const struct analysis *const *gateways, size_t n) {
    const struct fact_range *range = e->rule->range;
    struct arena *objects = arena_new();
    for (size_t g = 0; g < n; g++) {
        if (!version_in(&e->rule->versions, gateways[g]->model->gateway->version)) continue;
        e->undecided = false;
        e->gateway = (uint32_t)g + 1;
        size_t count = range->count(gateways[g]);
        for (size_t i = 0; i < count; i++) {
            evaluate(e, range->at(gateways[g], objects, i), gateways[g]);
            arena_reset(objects);
        }
    }
    arena_free(objects);
}

static void run_pairs(struct evaluation *e, const struct analysis *const *gateways, size_t n) {
    for (size_t i = 0; i < n && !e->engine->apart; i++)
        for (size_t j = i + 1; j < n; j++) {
            struct gateway_pair pair = {gateways[i], gateways[j]};
            evaluate(e, &pair, NULL);
        }
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

/* Rules about a policy document are not evaluated where there is none. */
static bool has_policy(const struct analysis *const *gateways, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (gateways[i]->conformance) return true;
    return false;
}

static void run_rules_on(struct engine *e, struct report *report, bool suppressions,
                         const struct analysis *const *gateways, size_t n,
                         const struct fleet *fleet, const struct bad_suppressions *bad) {
    struct evaluation ev = {.engine = e, .report = report, .scratch = arena_new()};
    for (size_t i = 0; i < e->rules->list.n; i++) {
        ev.rule = e->rules->list.v[i];
        ev.undecided = false;
        ev.gateway = 0;
        bool about_suppressions = ev.rule->range->type == &fact_suppression;
        if (is_off(e, ev.rule) || about_suppressions != suppressions) continue;
        if (ev.rule->range->type == &fact_policy_violation && !has_policy(gateways, n)) continue;
        ARRAY_PUSH(e->arena, report->rules) = &ev.rule->info;
        if (about_suppressions)
            for (size_t j = 0; j < bad->list.n; j++) evaluate(&ev, &bad->list.v[j], NULL);
        else if (ev.rule->range->type == &fact_fleet_share)
            for (size_t j = 0; j < fleet->shares.n; j++) evaluate(&ev, &fleet->shares.v[j], NULL);
        else if (ev.rule->range->type == &fact_gateway_pair)
            run_pairs(&ev, gateways, n);
        else
            run_rule(&ev, gateways, n);
        timing_lap(e->timing, ev.rule->info.id);
    }
    arena_free(ev.scratch);
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

void engine_run(struct engine *e, const struct analysis *const *gateways, size_t n,
                const struct fleet *fleet, struct report *report) {
    run_rules_on(e, report, false, gateways, n, fleet, NULL);
    apply_choices(e, report);
    if (report->findings.n)
        qsort(report->findings.v, report->findings.n, sizeof *report->findings.v, by_place);
    suppress_by_gateway(e, gateways, n, report);
    struct bad_suppressions bad = suppress(e, report);
    run_rules_on(e, report, true, gateways, n, fleet, &bad);
    apply_choices(e, report);
    if (report->findings.n)
        qsort(report->findings.v, report->findings.n, sizeof *report->findings.v, by_place);
    add_undecided(e, gateways, n, fleet, report);
    count(e, report);
}
