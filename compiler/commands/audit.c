/* clawc audit: the findings of one or several gateways' configs. */
#include "commands/audit_batch.h"
#include "commands/audit_facts.h"
#include "commands/conditions.h"
#include "commands/fleet_load.h"
#include "commands/host.h"
#include "commands/output.h"

struct auditing {
    struct run *run;
    struct audited what;
    enum exit_code code;
};

/* The Compose files among the arguments, and those of -f; the others are configs on the host. */
static struct option_list compose_files(struct run *run) {
    const struct options *o = run->o;
    struct option_list files = {{NULL, 0, 0}};
    for (size_t i = 0; i < o->compose_files.list.n; i++)
        ARRAY_PUSH(run->arena, files.list) = o->compose_files.list.v[i];
    for (size_t i = 0; i < o->arguments.list.n; i++)
        if (fleet_is_compose(o->arguments.list.v[i]))
            ARRAY_PUSH(run->arena, files.list) = o->arguments.list.v[i];
    return files;
}

static void load_project(struct auditing *s) {
    struct option_list files = compose_files(s->run);
    struct fleet_load *load = ARENA_NEW(s->run->arena, struct fleet_load);
    size_t errors = s->run->diags->errors;
    if (!files.list.n && !s->run->o->fleet) return;
    if (fleet_load_project(s->run, &files, load))
        fleet_load_gateways(s->run, load, &s->what, &s->code);
    else
        s->code = exit_worse(s->code, EXIT_CONFIG);
    if (s->run->diags->errors > errors) s->code = exit_worse(s->code, EXIT_CONFIG);
}

/* FORMAT=FILE; NULL when it is not. */
static const struct report_format *output_format(const char *given, const char **path) {
    struct str text = str_from(given);
    size_t equals = str_find(text, STR("="), 0);
    if (equals == SIZE_MAX || equals + 1 == text.n) return NULL;
    *path = given + equals + 1;
    return report_format_find(str_slice(text, 0, equals));
}

/* What is wrong in the command line is said before anything is done. */
static bool outputs_make_sense(const struct options *o) {
    const char *path;
    for (size_t i = 0; i < o->outputs.list.n; i++) {
        if (output_format(o->outputs.list.v[i], &path)) continue;
        fprintf(stderr, "clawc: --output takes FORMAT=FILE with text, json or sarif, not `%s`\n",
                o->outputs.list.v[i]);
        return false;
    }
    return true;
}

static enum exit_code write_output(struct run *run, const struct report *report,
                                   const char *given) {
    const char *path;
    struct output output;
    const struct report_format *format = output_format(given, &path);
    if (!format) return EXIT_USAGE; /* outputs_make_sense has said so */
    FILE *out = output_open(&output, run->arena, path);
    struct report_options options = run_report_options(run, false);
    options.quiet = false;
    bool ok = out && report_write(format, report, &options, out);
    return output_close(&output, ok) ? EXIT_FINE : EXIT_MACHINE;
}

static enum exit_code finish(struct auditing *s, const struct report *report,
                             const struct report_format *format) {
    struct report_options options = run_report_options(s->run, s->run->color);
    enum exit_code code = s->code;
    for (size_t i = 0; i < report->findings.n; i++)
        if (report->findings.v[i].counts) code = exit_worse(code, EXIT_FINDINGS);
    if (!report_write(format, report, &options, stdout)) code = EXIT_MACHINE;
    const struct option_list *outputs = &s->run->o->outputs;
    for (size_t i = 0; i < outputs->list.n; i++)
        code = exit_worse(code, write_output(s->run, report, outputs->list.v[i]));
    return run_flush(stdout, code);
}

enum exit_code command_audit(struct run *run) {
    const struct options *o = run->o;
    struct auditing s = {.run = run};
    struct gate gate;
    struct rules rules;
    const struct report_format *format =
        report_format_find(str_from(o->format ? o->format : "text"));
    if (!format) {
        fprintf(stderr, "clawc: there is no format `%s`: text, json or sarif\n", o->format);
        return EXIT_USAGE;
    }
    if (o->batch) return audit_batch(run);
    if (!facts_key_read(run)) return EXIT_USAGE;
    bool named = o->arguments.list.n || o->fleet || o->compose_files.list.n ||
                 (run->block->hosts.n && !run_finds_config(run));
    const char *found = named ? NULL : run_find_config(run);
    if (!named && !found) return EXIT_USAGE;
    if (!conditions_of_options(run)) return EXIT_CONFIG;
    if (!outputs_make_sense(o) || !gate_parse(o->fail_on, &gate)) return EXIT_USAGE;
    if (o->timing) run->timing = timing_new(run->arena);
    if (!run_rules(run, &rules)) return EXIT_CONFIG;
    timing_lap(run->timing, STR("reading rules"));
    load_project(&s);
    struct option_list hosts = host_paths(run, 0);
    if (found) ARRAY_PUSH(run->arena, hosts.list) = found;
    host_load(run, &hosts, &s.what, &s.code);
    if (o->facts_file) s.code = exit_worse(s.code, facts_write(run, &s.what));
    timing_lap(run->timing, STR("reading and checking configs"));
    if (!policy_file_open(run)) s.code = exit_worse(s.code, EXIT_CONFIG);
    struct report *report = run_audit(run, &rules, &gate, &s.what, o->each);
    enum exit_code code = finish(&s, report, format);
    timing_lap(run->timing, STR("writing the report"));
    if (run->timing) {
        timing_print(run->timing, "steps", stderr);
        timing_print(run->rule_timing, "rules", stderr);
    }
    return code;
}
