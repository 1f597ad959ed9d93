#include "commands/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "commands/audit_files.h"
#include "commands/host.h"
#include "model/locations.h"

enum exit_code run_flush(FILE *out, enum exit_code code) {
    if (fflush(out) == 0 && !ferror(out)) return code;
    fprintf(stderr, "clawc: cannot write the output: %s\n", strerror(errno));
    return EXIT_MACHINE;
}

static bool wants_color(const struct options *o) {
    if (o->color && strcmp(o->color, "always") == 0) return true;
    if (o->color && strcmp(o->color, "never") == 0) return false;
    const char *no_color = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && !(no_color && *no_color);
}

/* ---- the project file --------------------------------------------------------------------------
 */

struct str run_folder_of(struct str path) {
    size_t end = path.n;
    while (end && path.p[end - 1] != '/') end--;
    return str_slice(path, 0, end);
}

static bool open_project(struct run *run, const char *first) {
    const char *path = run->o->project;
    if (!path) {
        struct str folder = run_folder_of(str_from(first ? first : ""));
        path = str_concat(run->arena, folder, STR("clawc.yaml")).p;
        if (access(path, F_OK) != 0) return true;
    }
    uint32_t file;
    const char *reason;
    if (source_read(run->sources, path, str_from(path), &file, &reason) != SOURCE_OK) {
        fprintf(stderr, "clawc: project file %s: %s\n", path, reason);
        return false;
    }
    run->has_project = true;
    return project_read(run->tree, file, run->diags, &run->project);
}

/* ---- the environment ---------------------------------------------------------------------------
 */

static bool read_env_file(struct run *run, struct environment *e, const char *path) {
    uint32_t file;
    const char *reason;
    if (source_read(run->sources, path, str_from(path), &file, &reason) != SOURCE_OK) {
        fprintf(stderr, "clawc: environment file %s: %s\n", path, reason);
        return false;
    }
    environment_read(e, source_text(run->sources, file));
    e->complete = true;
    return true;
}

static const char *beside(struct run *run, struct str folder, struct str name) {
    if (str_starts(name, STR("/"))) return str_to_c(run->arena, name);
    return str_to_c(run->arena, str_concat(run->arena, folder, name));
}

/* A file named in clawc.yaml lies beside it. */
static const char *beside_project(struct run *run, struct str name) {
    return beside(run, run_folder_of(source_name(run->sources, run->project.file)), name);
}

static bool add_setting(struct run *run, struct environment *e, const struct env_setting *setting,
                        struct str folder) {
    for (size_t i = 0; i < setting->files.n; i++)
        if (!read_env_file(run, e, beside(run, folder, setting->files.v[i]))) return false;
    for (size_t i = 0; i < setting->pairs.n; i++) environment_set_pair(e, setting->pairs.v[i]);
    return true;
}

struct environment *run_environment(struct run *run, const struct env_setting *own,
                                    struct str folder) {
    const struct options *o = run->o;
    struct environment *e = environment_new(run->arena);
    if (o->process_env) {
        environment_take_process(e);
        e->complete = true;
    }
    struct str project =
        run->project.file ? run_folder_of(source_name(run->sources, run->project.file)) : STR("");
    if (!add_setting(run, e, &run->project.env, project)) return NULL;
    if (own && !add_setting(run, e, own, folder)) return NULL;
    for (size_t i = 0; i < o->env_files.list.n; i++)
        if (!read_env_file(run, e, o->env_files.list.v[i])) return NULL;
    for (size_t i = 0; i < o->env.list.n; i++) {
        e->complete = true;
        (void)environment_set_pair(e, str_from(o->env.list.v[i]));
    }
    return e;
}

enum { JOBS_MAX = 1024 };

/* 0 when it is no such number, or was not given. */
static size_t jobs_of(const struct options *o) {
    char *end;
    if (!o->jobs || *o->jobs < '0' || *o->jobs > '9') return 0;
    unsigned long n = strtoul(o->jobs, &end, 10);
    return *end || n > JOBS_MAX ? 0 : n;
}

static bool options_make_sense(const struct options *o) {
    for (size_t i = 0; i < o->env.list.n; i++) {
        size_t equals = str_find(str_from(o->env.list.v[i]), STR("="), 0);
        if (equals != SIZE_MAX && equals != 0) continue;
        fputs("clawc: --env takes NAME=VALUE, such as --env TELEGRAM_BOT_TOKEN=x\n", stderr);
        return false;
    }
    if (o->color && strcmp(o->color, "auto") != 0 && strcmp(o->color, "always") != 0 &&
        strcmp(o->color, "never") != 0) {
        fprintf(stderr, "clawc: --color takes auto, always or never, not `%s`\n", o->color);
        return false;
    }
    if (o->jobs && !jobs_of(o)) {
        fprintf(stderr, "clawc: --jobs takes a number of threads from 1 to %d, not `%s`\n",
                JOBS_MAX, o->jobs);
        return false;
    }
    if (o->gateway && o->command->bit != ON_CHECK &&
        !gateway_version_is_readable(str_from(o->gateway))) {
        fprintf(stderr, "clawc: --gateway takes a version such as 2026.9.6, not `%s`\n",
                o->gateway);
        return false;
    }
    return true;
}

bool run_begin(struct run *run, struct arena *a, const struct options *o, const char *first,
               enum exit_code *code) {
    *run = (struct run){.arena = a, .o = o};
    run->sources = sources_new(a);
    source_set_masker(run->sources, secrets_mask_line);
    run->tree = tree_new(a, run->sources);
    run->files = &files_of_machine;
    run->diags = diags_new(a);
    run->color = wants_color(o);
    run->jobs = jobs_of(o);
    *code = EXIT_USAGE;
    if (!options_make_sense(o)) return false;
    run->gateways = gateways_load(a);
    *code = EXIT_CONFIG;
    run->block = &run->project.fleet;
    if (!open_project(run, first) || !(run->env = run_environment(run, NULL, STR("")))) {
        run_print_errors(run, stderr);
        return false;
    }
    return true;
}

struct str run_directory(struct run *run) {
    size_t size = 4096;
    char *p = arena_alloc(run->arena, size);
    return getcwd(p, size) ? str_from(p) : STR("/");
}

/* ---- configs -----------------------------------------------------------------------------------
 */

bool run_read(struct run *run, const char *path, uint32_t *file) {
    bool standard_input = strcmp(path, "-") == 0;
    const char *name = !standard_input          ? path
                       : run->o->stdin_filename ? run->o->stdin_filename
                                                : "<stdin>";
    const char *reason = "";
    if (source_read(run->sources, path, str_from(name), file, &reason) == SOURCE_OK) return true;
    diag_add(run->diags, SEVERITY_ERROR, "read_failed", SPAN_NONE, "%s cannot be read: %s", name,
             reason);
    return false;
}

/* Where the config lies, for what it includes; standard input lies in the working directory, or
 * where --stdin-filename says. */
static struct str absolute_path(struct run *run, const char *path) {
    if (strcmp(path, "-") == 0) path = run->o->stdin_filename ? run->o->stdin_filename : "stdin";
    return files_absolute(run->arena, run_directory(run), str_from(path));
}

/* Outside of `check` the gateway's own warnings, and what lies beyond the point where it stops,
 * would only stand in the way: what matters of them is in the findings. */
static bool is_for_check(const struct diag *d) {
    if (d->further) return true;
    return d->severity == SEVERITY_WARN && !d->own && strcmp(d->kind, "missing_env") != 0;
}

static void keep_errors(struct diags *d, size_t first) {
    size_t kept = first;
    for (size_t i = first; i < d->list.n; i++) {
        if (is_for_check(&d->list.v[i]))
            d->errors -= d->list.v[i].severity == SEVERITY_ERROR;
        else
            d->list.v[kept++] = d->list.v[i];
    }
    d->list.n = kept;
}

static struct loader loader_of(struct run *run, struct str config) {
    struct loader l = {.arena = run->arena,
                       .tree = run->tree,
                       .diags = run->diags,
                       .gateways = &run->gateways,
                       .environment = run->env,
                       .files = run->files,
                       .tell_steps = run->o->command->bit == ON_CHECK,
                       .config = config,
                       .directory = run_directory(run),
                       .schema = run->schema,
                       .gateway = run->project.gateway,
                       .gateway_from = STR("clawc.yaml")};
    if (run->o->gateway) {
        l.gateway = str_from(run->o->gateway);
        l.gateway_from = STR("--gateway");
    }
    return l;
}

void run_load(struct run *run, const char *path, struct loaded *out) {
    uint32_t file;
    *out = (struct loaded){.tree = run->tree, .errors = 1, .startup = STARTUP_REJECTED};
    if (run_read(run, path, &file)) run_load_file(run, file, path, out);
}

void run_load_file(struct run *run, uint32_t file, const char *path, struct loaded *out) {
    struct loader l = loader_of(run, absolute_path(run, path));
    l.environment = host_of(run, path)->environment;
    load_config(&l, file, out);
    if (run->o->command->bit != ON_CHECK) keep_errors(run->diags, out->first_diag);
}

void run_load_in_fleet(struct run *run, uint32_t file, struct str path,
                       const struct environment *env, struct str version, struct str version_from,
                       struct loaded *out) {
    struct loader l = loader_of(run, path);
    l.environment = env;
    l.keep_written = true;
    if (version.n && !run->o->gateway) {
        l.gateway = version;
        l.gateway_from = version_from;
    }
    load_config(&l, file, out);
    keep_errors(run->diags, out->first_diag);
}

enum exit_code run_load_code(const struct loaded *loaded) {
    if (!loaded->root || loaded->startup == STARTUP_REJECTED) return EXIT_CONFIG;
    return EXIT_FINE;
}

static struct str span_key(struct arena *a, struct span span) {
    return str_format(a, "%u %u %u", span.file, span.start, span.end);
}

/* What the schema has said of a value the model need not say again. */
static void drop_repeated(struct run *run, const struct loaded *loaded, size_t before) {
    struct diags *d = run->diags;
    struct map said = map_new(run->arena);
    for (size_t i = loaded->first_diag; i < before; i++)
        if (d->list.v[i].severity == SEVERITY_ERROR)
            map_put(&said, span_key(run->arena, d->list.v[i].span), 1, NULL);
    size_t kept = before;
    for (size_t i = before; i < d->list.n; i++) {
        if (map_get(&said, span_key(run->arena, d->list.v[i].span)))
            d->errors -= d->list.v[i].severity == SEVERITY_ERROR;
        else
            d->list.v[kept++] = d->list.v[i];
    }
    d->list.n = kept;
}

struct model *run_model_at(struct run *run, struct loaded *loaded, const struct environment *env,
                           const struct gateway_place *where) {
    size_t before = run->diags->errors, listed = run->diags->list.n;
    struct model *m = model_build(run->arena, run->diags, loaded, env, where);
    drop_repeated(run, loaded, listed);
    loaded->errors += run->diags->errors - before;
    if (run->diags->errors > before) loaded->startup = STARTUP_REJECTED;
    return m;
}

struct model *run_model(struct run *run, const char *path, struct loaded *loaded) {
    struct gateway_place where = host_place(run, host_of(run, path), loaded->gateway);
    if (run->o->fs) audit_look_at_files(run, path, loaded, &where);
    return run_model_at(run, loaded, loaded->environment ? loaded->environment : run->env, &where);
}

/* ---- reports -----------------------------------------------------------------------------------
 */

struct report_options run_report_options(const struct run *run, bool color) {
    return (struct report_options){.version = CLAWC_VERSION,
                                   .home = "https://github.com/clawc/clawc",
                                   .color = color,
                                   .quiet = run->o->quiet};
}

static struct str path_of(void *paths, struct span span) {
    return paths_of_span(paths, span);
}

struct report *run_report_new(struct run *run, struct paths *paths) {
    struct report *report = ARENA_NEW(run->arena, struct report);
    report->sources = run->sources;
    report->errors = run->diags;
    report->path_of = path_of;
    report->paths = paths;
    return report;
}

void run_print_errors(struct run *run, FILE *out) {
    if (!run->diags->list.n) return;
    struct report *report = run_report_new(run, paths_new(run->arena, run->tree));
    struct report_options options = run_report_options(run, false);
    options.quiet = false;
    report_write(report_format_find(STR("text")), report, &options, out);
}

/* ---- rules -------------------------------------------------------------------------------------
 */

bool run_rules(struct run *run, struct rules *rules) {
    *rules = (struct rules){0};
    struct diags *own = diags_new(run->arena);
    rules_load_builtin(run->arena, rules, own);
    bool ok = own->errors == 0;
    for (size_t i = 0; i < own->list.n; i++)
        fprintf(stderr, "clawc: a built-in rule: " STR_FMT " (offset %u)\n",
                STR_ARG(own->list.v[i].message), own->list.v[i].span.start);
    for (size_t i = 0; i < run->project.rules.n; i++)
        ok = rules_load_directory(run->tree, rules, beside_project(run, run->project.rules.v[i]),
                                  run->diags) &&
             ok;
    for (size_t i = 0; i < run->o->rules.list.n; i++)
        ok = rules_load_directory(run->tree, rules, run->o->rules.list.v[i], run->diags) && ok;
    for (size_t i = 0; i < run->project.severities.n; i++) {
        const struct severity_choice *choice = &run->project.severities.v[i];
        if (rules_find(rules, choice->rule)) continue;
        diag_add(run->diags, SEVERITY_ERROR, "project", choice->span,
                 "there is no rule `" STR_FMT "`", STR_ARG(choice->rule));
        ok = false;
    }
    ok = rules_choose_parameters(run->arena, rules, run->tree, &run->project, run->diags) && ok;
    if (!ok) run_print_errors(run, stderr);
    return ok;
}

struct str run_today(struct arena *a) {
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    time_t now = epoch ? (time_t)strtoll(epoch, NULL, 10) : time(NULL);
    struct tm day;
    if (!gmtime_r(&now, &day)) return STR("");
    return str_format(a, "%04d-%02d-%02d", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
}
