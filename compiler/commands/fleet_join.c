#include "commands/fleet_join.h"

#include <string.h>

#include "analysis/fleet/facts.h"
#include "commands/fleet_load.h"

/* Reads a file of facts. False after a message: whoever wrote it is a program, which has no use for
 * more than the first mistake. */
static bool read_facts(struct run *run, struct fleet_facts *facts, const char *path) {
    struct sources *own = sources_new(run->arena);
    const char *reason = "";
    uint32_t file;
    if (source_read(own, path, str_from(path), &file, &reason) != SOURCE_OK) {
        fprintf(stderr, "clawc: %s cannot be read: %s\n", path, reason);
        return false;
    }
    struct str text = source_text(own, file), why;
    uint32_t number = 0;
    bool any = false;
    for (size_t at = 0; at < text.n;) {
        size_t end = str_find(text, STR("\n"), at);
        if (end == SIZE_MAX) end = text.n;
        number++;
        if (end > at && !fleet_facts_read(facts, str_slice(text, at, end), &why)) {
            fprintf(stderr, "clawc: %s:%u: " STR_FMT "\n", path, number, STR_ARG(why));
            return false;
        }
        any = any || end > at;
        at = end + 1;
    }
    if (!fleet_facts_end(facts, &why)) {
        fprintf(stderr, "clawc: %s: " STR_FMT "\n", path, STR_ARG(why));
        return false;
    }
    if (!any)
        fprintf(stderr,
                "clawc: %s has no gateway: the audit that should have written it failed, or had no "
                "config to read\n",
                path);
    return any;
}

/* Only what was found in the comparison can be suppressed here: a decision about a single gateway
 * is for its own audit, and is not said to be without effect. */
static void keep_suppressions(struct run *run, const struct rules *rules) {
    struct project *p = &run->project;
    size_t kept = 0;
    for (size_t i = 0; i < p->accepted.n; i++) {
        const struct rule *rule = rules_find(rules, p->accepted.v[i].id);
        if (rule && !str_equal(str_from(rule->range->name), STR("fleet_share"))) continue;
        p->accepted.v[kept++] = p->accepted.v[i];
    }
    p->accepted.n = kept;
}

/* Such rules look at configs, which are not in facts. */
static void note_pair_rules(struct run *run, const struct rules *rules, struct audited *what) {
    for (size_t i = 0; i < rules->list.n; i++) {
        const struct rule *rule = rules->list.v[i];
        if (!str_equal(str_from(rule->range->name), STR("gateway_pair"))) continue;
        ARRAY_PUSH(run->arena, what->undecided) = (struct undecided){
            .id = rule->info.id,
            .reason = STR("the rule looks at two gateways' configs, which are not in facts: it was "
                          "evaluated in the audits of the parts alone, for the gateways of each")};
    }
}

static void list_files(struct run *run, const struct audited *what, struct report *report) {
    struct map listed = map_new(run->arena);
    for (size_t i = 0; i < what->n_joined; i++) {
        uint32_t file = place_span(run->tree, what->joined[i]->at).file;
        bool is_new;
        map_put(&listed, str_format(run->arena, "%u", file), 1, &is_new);
        if (is_new)
            ARRAY_PUSH(run->arena, report->files) =
                (struct audited_file){.name = source_name(run->sources, file),
                                      .gateway = what->joined[i]->data->version,
                                      .why = STR("its facts")};
    }
}

static enum exit_code join(struct run *run, const struct report_format *format,
                           const struct gate *gate) {
    struct rules rules;
    struct audited what = {0};
    struct fleet_block block;
    struct str why = STR("");
    struct fleet_facts *facts = fleet_facts_new(run->arena, run->tree, &run->gateways);
    if (!run_rules(run, &rules)) return EXIT_CONFIG;
    for (size_t i = 1; i < run->o->arguments.list.n; i++)
        if (!read_facts(run, facts, run->o->arguments.list.v[i])) return EXIT_CONFIG;
    if (!fleet_load_block(run, &block)) {
        run_print_errors(run, stderr);
        return EXIT_CONFIG;
    }
    what.block = &block;
    what.joined = fleet_facts_gateways(facts, &what.n_joined, &why);
    if (!what.joined) {
        fprintf(stderr, "clawc: " STR_FMT "\n", STR_ARG(why));
        return EXIT_CONFIG;
    }
    keep_suppressions(run, &rules);
    note_pair_rules(run, &rules, &what);
    struct report *report = run_audit(run, &rules, gate, &what, false);
    list_files(run, &what, report);
    struct report_options options = run_report_options(run, run->color);
    enum exit_code code = EXIT_FINE;
    for (size_t i = 0; i < report->findings.n; i++)
        if (report->findings.v[i].counts) code = EXIT_FINDINGS;
    if (!report_write(format, report, &options, stdout)) code = EXIT_MACHINE;
    return run_flush(stdout, code);
}

enum exit_code fleet_join(struct run *run) {
    const char *given = run->o->format ? run->o->format : "text";
    const struct report_format *format = report_format_find(str_from(given));
    struct gate gate;
    if (!format) {
        fprintf(stderr, "clawc: fleet join prints text, json or sarif, not `%s`\n", given);
        return EXIT_USAGE;
    }
    if (run->o->arguments.list.n < 2) {
        fputs("clawc: fleet join needs the files that `clawc audit --facts` has written\n", stderr);
        return EXIT_USAGE;
    }
    if (!gate_parse(run->o->fail_on, &gate)) return EXIT_USAGE;
    return join(run, format, &gate);
}
