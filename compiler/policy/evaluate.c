#include "policy/evaluate.h"

#include "base/buf.h"

/* ---- what lasts --------------------------------------------------------------------------------
 */

/* A text that may be a part of the facts of one gateway, which are gone before the report. */
static struct str keep(const struct evaluator *e, struct str text) {
    return e->path_memory ? str_copy(e->arena, text) : text;
}

static struct location locate(const struct evaluator *e, struct span span) {
    struct str path = span.file ? paths_of_span(e->paths, span) : STR("");
    return (struct location){span, keep(e, path)};
}

static void keep_subjects(const struct evaluator *e, struct finding *f) {
    f->subjects.v = arena_copy(e->arena, f->subjects.v, f->subjects.n * sizeof *f->subjects.v);
    f->subjects.capacity = f->subjects.n;
    for (size_t i = 0; i < f->subjects.n; i++) {
        struct subject *s = &f->subjects.v[i];
        struct str *values = arena_copy(e->arena, s->values, s->n * sizeof *values);
        for (size_t k = 0; k < s->n; k++) values[k] = keep(e, values[k]);
        s->values = values;
    }
}

/* Lists are made in scratch memory, as they grow. */
static void keep_finding(const struct evaluator *e, struct finding *f) {
    f->related.v = arena_copy(e->arena, f->related.v, f->related.n * sizeof *f->related.v);
    f->related.capacity = f->related.n;
    keep_subjects(e, f);
    ARRAY_PUSH(e->arena, e->found->findings) = *f;
}

/* ---- expressions -------------------------------------------------------------------------------
 */

static void note_undecided(struct evaluator *e, struct cel_value error) {
    if (e->undecided) return;
    e->undecided = true;
    struct arena *a = e->arena;
    struct str id = str_copy(a, e->rule->info.id), message = error.u.text;
    struct str reason =
        error.code == CEL_ERROR_LIMIT
            ? str_format(a, "a bound on time or memory was reached: " STR_FMT, STR_ARG(message))
            : str_format(a, "the rule's condition failed: " STR_FMT, STR_ARG(message));
    struct location at = locate(e, place_span(e->engine->tree, e->at));
    if (at.path.n)
        reason =
            str_format(a, STR_FMT " (first for " STR_FMT ")", STR_ARG(reason), STR_ARG(at.path));
    ARRAY_PUSH(a, e->found->failed) = (struct undecided){.id = id, .reason = reason};
}

/* A condition of the rule; what it was made of is noted where somebody wants to know. */
static struct cel_value ask(struct evaluator *e, const struct cel_program *p) {
    for (size_t i = 0; i < e->rule->conditions.n; i++)
        if (e->rule->conditions.v[i].program == p) e->run.seen = e->rule->conditions.v[i].seen;
    struct cel_value v = cel_eval(p, &e->run, e->variables);
    e->run.seen = NULL;
    return v;
}

static bool holds(struct evaluator *e, const struct cel_program *p) {
    struct cel_value v = ask(e, p);
    if (v.kind == CEL_ERROR) note_undecided(e, v);
    return v.kind == CEL_BOOL && v.u.boolean;
}

/* A long list is cut: a sentence with a thousand names helps nobody. */
static void add_value(struct evaluator *e, struct buf *b, struct cel_value v) {
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

static struct str fill(struct evaluator *e, const struct template *t) {
    struct buf b = buf_new(e->scratch);
    if (t->n == 1 && !t->parts[0].program) return t->parts[0].literal;
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
    return str_copy(e->arena, buf_str(&b));
}

static struct span origin_span(struct evaluator *e, const struct cel_program *p) {
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

/* ---- places ------------------------------------------------------------------------------------
 */

/* Nothing twice. The finding's own place is shown anyway: it is left out when the words are the
 * same for every place, and tell nothing of this one; so is the whole value, the place of what is
 * not written. */
static void add_place(struct evaluator *e, struct finding *f, place at,
                      const struct template *message) {
    struct span span = place_span(e->engine->tree, at);
    bool constant = message->n == 1 && !message->parts[0].program;
    if (!span.file || (constant && is_same_span(span, f->at.span))) return;
    struct location where = locate(e, span);
    if (constant && !where.path.n && span.end > span.start) return;
    struct str text = fill(e, message);
    for (size_t i = 0; i < f->related.n; i++) {
        const struct related *r = &f->related.v[i];
        if (is_same_span(r->at.span, span) && str_equal(r->message, text)) return;
    }
    ARRAY_PUSH(e->scratch, f->related) = (struct related){where, text};
}

static void add_related_place(struct evaluator *e, const struct rule_related *r,
                              struct cel_value at, struct finding *f) {
    if (r->when && !holds(e, r->when)) return;
    if (r->at) at = cel_eval(r->at, &e->run, e->variables);
    if (at.kind != CEL_ERROR && at.kind != CEL_NULL) add_place(e, f, at.origin, &r->message);
}

static void add_related(struct evaluator *e, struct finding *f) {
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
static void add_members(struct evaluator *e, const struct fleet_share *share, struct finding *f) {
    for (size_t i = 0; i < share->n; i++) {
        if (i == share->primary) continue;
        struct span span = place_span(e->engine->tree, share->members[i].at);
        const struct fleet_member *m = &share->members[i];
        struct str message =
            str_format(e->arena, "gateway " STR_FMT " %s", STR_ARG(m->gateway->name),
                       m->role ? m->role : "uses it here");
        ARRAY_PUSH(e->scratch, f->related) = (struct related){locate(e, span), message};
    }
}

/* The line of the policy document. What is wrong with the document itself stands there anyway. */
static void add_asked(struct evaluator *e, const struct violation *v, struct finding *f) {
    struct span span = place_span(e->engine->tree, v->asked_at);
    if (!span.file || v->asked_at == v->at) return;
    struct str message =
        v->scope.n ? str_format(e->arena, "the policy's scope \"" STR_FMT "\" asks for it here",
                                STR_ARG(v->scope))
                   : STR("the policy asks for it here");
    ARRAY_PUSH(e->scratch, f->related) = (struct related){locate(e, span), message};
}

/* What gateways share that never run at the same time does less harm. */
static void lower_apart(struct evaluator *e, const struct fleet_share *share, struct finding *f) {
    if (!share->apart.n) return;
    if (f->severity == SEVERITY_CRITICAL)
        f->severity = SEVERITY_WARN;
    else
        f->severity = SEVERITY_INFO;
    f->message = str_format(e->arena, STR_FMT " (do they ever run together? profiles " STR_FMT ")",
                            STR_ARG(f->message), STR_ARG(share->apart));
}

static void add_finding(struct evaluator *e, const void *object) {
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
                        .at = locate(e, span),
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
    fact_subjects(e->scratch, rule->range, object, &f);
    keep_finding(e, &f);
}

/* ---- one rule ----------------------------------------------------------------------------------
 */

static struct cel_value variable(const struct cel_object_type *type, const void *object) {
    return cel_with_origin(cel_object(type, object), fact_place(type, object));
}

/* Steps and memory are given anew for every subject, so that one cannot starve the others. */
void evaluate(struct evaluator *e, const void *object, const struct analysis *gateway) {
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

void evaluate_gateway(struct evaluator *e, const struct analysis *gateway) {
    const struct fact_range *range = e->rule->range;
    if (!version_in(&e->rule->versions, gateway->model->gateway->version)) return;
    e->undecided = false;
    size_t count = range->count(gateway);
    for (size_t i = 0; i < count; i++) {
        evaluate(e, range->at(gateway, e->objects, i), gateway);
        arena_reset(e->objects);
    }
}

struct evaluator evaluator_begin(const struct engine *e, struct gateway_findings *found) {
    return (struct evaluator){.engine = e,
                              .arena = e->arena,
                              .scratch = arena_new(),
                              .objects = arena_new(),
                              .paths = e->paths,
                              .found = found};
}

void evaluator_end(struct evaluator *e) {
    arena_free(e->scratch);
    arena_free(e->objects);
    arena_free(e->path_memory);
}
