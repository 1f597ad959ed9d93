/* The audit of gateways whose models are built: their analyses and rules, one gateway after the
 * other on each of several threads, then what they share. */
#include "analysis/fleet/tenancy.h"
#include "base/workers.h"
#include "commands/fleet_names.h"
#include "commands/fleet_texts.h"
#include "commands/run.h"
#include "commands/tenants.h"

/* ---- what the report says of the files ---------------------------------------------------------
 */

static struct str loading_note(struct arena *a, const struct loaded *loaded) {
    if (!loaded->root) return STR("not audited: it cannot be read as a config");
    if (loaded->startup == STARTUP_REPAIRED)
        return str_format(a, "audited as gateway " STR_FMT " repairs it at its start",
                          STR_ARG(loaded->gateway->version));
    if (loaded->errors)
        return STR("the gateway rejects this file; audited as far as it can be understood");
    return STR("");
}

static void list_files(struct run *run, const struct audited *what, struct report *report) {
    for (size_t i = 0; i < what->files.n; i++) {
        const struct loaded *loaded = what->files.v[i];
        ARRAY_PUSH(run->arena, report->files) =
            (struct audited_file){.name = source_name(run->sources, loaded->file),
                                  .gateway = loaded->gateway->version,
                                  .why = loaded->why,
                                  .note = loading_note(run->arena, loaded)};
    }
}

/* ---- gateways beside each other ----------------------------------------------------------------
 */

static const struct fleet_block *block_of(const struct run *run, const struct audited *what) {
    return what->block ? what->block : &run->project.fleet;
}

/* A gateway of the host as others meet it, with what tenants have in it. */
static struct fleet_gateway *host_gateway(struct run *run, const struct audited *what, size_t i) {
    struct fleet_gateway *g = fleet_of_host(run->arena, what->models.v[what->n_services + i]);
    tenancy_find(run->arena, block_of(run, what), run->project.owners, g);
    return g;
}

const struct fleet_gateway *const *run_gateways(struct run *run, const struct audited *what,
                                                bool apart, size_t *n_gateways) {
    *n_gateways = what->n_joined;
    if (what->joined) return what->joined;
    size_t services = what->gateways.n, hosts = what->models.n - what->n_services, n = 0;
    const struct fleet_gateway **g =
        ARENA_ARRAY(run->arena, const struct fleet_gateway *, services + hosts);
    for (size_t i = 0; i < services; i++) {
        tenancy_find(run->arena, block_of(run, what), run->project.owners, what->gateways.v[i]);
        g[n++] = what->gateways.v[i];
    }
    for (size_t i = 0; i < hosts && !apart; i++) {
        struct fleet_gateway *host = host_gateway(run, what, i);
        if (services + hosts > 1 || run->o->facts_file)
            fleet_host_texts(run->arena, host->model, host);
        fleet_texts_add_host(run, block_of(run, what), host);
        g[n++] = host;
    }
    *n_gateways = n;
    return g;
}

static struct fleet_question question(struct run *run, const struct audited *what,
                                      const struct fleet_gateway *const *g, size_t n) {
    return (struct fleet_question){.tree = run->tree,
                                   .gateways = g,
                                   .n = n,
                                   .names = what->names ? what->names : run->env,
                                   .block = block_of(run, what),
                                   .digest_key = run->digest_key};
}

/* Gateways that are not compared with each other may still have several tenants each. */
static void compare_inside_each(struct run *run, const struct audited *what, struct fleet *fleet) {
    for (size_t i = 0; i < what->models.n - what->n_services; i++) {
        const struct fleet_gateway *g = host_gateway(run, what, i);
        struct fleet_question q = question(run, what, &g, 1);
        const struct fleet *one = fleet_analyse(run->arena, &q);
        for (size_t k = 0; k < one->shares.n; k++)
            ARRAY_PUSH(run->arena, fleet->shares) = one->shares.v[k];
    }
}

struct fleet *run_compare(struct run *run, const struct audited *what, bool apart) {
    size_t n;
    const struct fleet_gateway *const *g = run_gateways(run, what, apart, &n);
    struct fleet_question q = question(run, what, g, n);
    if (!apart) {
        tenants_warn(run, &q);
        fleet_names_check(run, &q);
    }
    struct fleet *fleet = fleet_analyse(run->arena, &q);
    if (apart && tenancy_is_asked(q.block)) compare_inside_each(run, what, fleet);
    return fleet;
}

/* ---- one gateway after the other ---------------------------------------------------------------
 */

/* What one thread works with. */
struct audit_worker {
    struct evaluator *evaluator;
    struct arena *arena; /* of what lasts */
    struct arena *scratch;
    double analysing; /* seconds */
};

struct auditing {
    struct run *run;
    const struct engine *engine;
    const struct audited *what;
    size_t problems; /* the gateway whose findings tell what is wrong with the policy document */
    struct audit_worker *workers;
    struct gateway_findings *found;
    const struct analysis **kept; /* for rules about two gateways; NULL: none is kept */
};

static void audit_one(void *user, size_t worker, size_t i) {
    struct auditing *s = user;
    struct audit_worker *w = &s->workers[worker];
    double began = s->run->timing ? timing_now() : 0;
    arena_reset(w->scratch);
    struct analysis *a =
        analyse(s->kept ? w->arena : w->scratch, s->what->models.v[i], s->run->project.owners);
    policy_file_hold(s->run, a, i == s->problems);
    if (s->kept) s->kept[i] = a;
    if (s->run->timing) w->analysing += timing_now() - began;
    engine_gateway(w->evaluator, a, (uint32_t)i + 1, &s->found[i]);
}

/* A thread is worth its while for a number of gateways, unless somebody asks for it. */
static size_t workers_for(const struct run *run, size_t gateways) {
    enum { WORTH = 16 };
    size_t wanted = run->jobs ? run->jobs : workers_online();
    size_t most = run->jobs ? gateways : gateways / WORTH;
    if (wanted > most) wanted = most;
    return wanted ? wanted : 1;
}

static void add_timing(struct auditing *s, struct engine *e, size_t n) {
    struct evaluator **evaluators = ARENA_ARRAY(s->run->arena, struct evaluator *, n);
    for (size_t i = 0; i < n; i++) evaluators[i] = s->workers[i].evaluator;
    engine_add_timing(e, evaluators, n);
    if (n > 1) {
        timing_lap(s->run->timing, STR("analysing and evaluating rules"));
        return;
    }
    double both = timing_now() - s->run->timing->since;
    timing_add(s->run->timing, STR("analysing"), s->workers[0].analysing);
    timing_add(s->run->timing, STR("evaluating rules"), both - s->workers[0].analysing);
}

static void audit_each(struct auditing *s, struct engine *e) {
    struct run *run = s->run;
    size_t n = s->what->models.n, workers = workers_for(run, n);
    s->workers = ARENA_ARRAY(run->arena, struct audit_worker, workers);
    if (workers > 1) rules_compile(e->rules); /* they are only read from then on */
    for (size_t i = 0; i < workers; i++) {
        struct audit_worker *w = &s->workers[i];
        w->arena = i ? arena_child(run->arena) : run->arena;
        w->scratch = arena_new();
        w->evaluator = engine_worker(e, w->arena, run->timing != NULL);
    }
    workers_run(workers, n, audit_one, s);
    if (run->timing) add_timing(s, e, workers);
    for (size_t i = 0; i < workers; i++) {
        engine_worker_end(s->workers[i].evaluator);
        arena_free(s->workers[i].scratch);
    }
}

struct report *run_audit(struct run *run, const struct rules *rules, const struct gate *gate,
                         const struct audited *what, bool apart) {
    size_t n = what->models.n;
    struct fleet *fleet = run_compare(run, what, apart);
    struct paths *paths = paths_new(run->arena, run->tree);
    struct report *report = run_report_new(run, paths);
    list_files(run, what, report);
    if (run->timing) run->rule_timing = timing_new(run->arena);
    struct engine e = {.arena = run->arena,
                       .tree = run->tree,
                       .paths = paths,
                       .rules = rules,
                       .project = run->has_project ? &run->project : NULL,
                       .gate = *gate,
                       .today = run_today(run->arena),
                       .timing = run->rule_timing,
                       .apart = apart,
                       .part = run->o->facts_file != NULL,
                       .fs = run->o->fs};
    struct auditing s = {.run = run,
                         .engine = &e,
                         .what = what,
                         .problems = policy_file_check(run, what->models.v, n, report),
                         .found = ARENA_ARRAY(run->arena, struct gateway_findings, n)};
    if (engine_needs_pairs(&e)) s.kept = ARENA_ARRAY(run->arena, const struct analysis *, n);
    timing_lap(run->timing, STR("comparing gateways"));
    audit_each(&s, &e);
    const struct model *const *models = (const struct model *const *)what->models.v;
    struct engine_gateways g = {models, s.found, s.kept, n};
    engine_finish(&e, &g, fleet, report);
    timing_lap(run->timing, STR("putting findings in order"));
    for (size_t i = 0; i < what->undecided.n; i++)
        ARRAY_PUSH(run->arena, report->undecided) = what->undecided.v[i];
    return report;
}
