/* clawc fleet: what is understood of several gateways, without judging it. */
#include <string.h>

#include "commands/fleet_checklist.h"
#include "commands/fleet_graph.h"
#include "commands/fleet_join.h"
#include "commands/fleet_load.h"
#include "commands/fleet_plan.h"
#include "commands/host.h"
#include "commands/host_plan.h"
#include "commands/tenants.h"
#include "compose/print.h"

/* The files that are named, behind the word that says what to do (`clawc graph` has none). */
static struct option_list named_files(struct run *run) {
    const struct options *o = run->o;
    struct option_list files = {{NULL, 0, 0}};
    for (size_t i = 0; i < o->compose_files.list.n; i++)
        ARRAY_PUSH(run->arena, files.list) = o->compose_files.list.v[i];
    size_t first = o->command->run == command_fleet ? 1 : 0;
    for (size_t i = first; i < o->arguments.list.n; i++)
        ARRAY_PUSH(run->arena, files.list) = o->arguments.list.v[i];
    return files;
}

static bool load(struct run *run, struct fleet_load *out, enum exit_code *code) {
    struct option_list files = named_files(run);
    *code = EXIT_USAGE;
    if (!files.list.n && !run->o->fleet) {
        fputs("clawc: of which fleet? Give a Compose file, or --fleet FILE.\n", stderr);
        return false;
    }
    *code = EXIT_CONFIG;
    bool read = fleet_load_project(run, &files, out);
    if (!read) run_print_errors(run, stderr);
    if (!read || out->project) return read;
    fputs("clawc: these gateways run on the host; there is no Compose project to show\n", stderr);
    *code = EXIT_USAGE;
    return false;
}

static enum exit_code show(struct run *run) {
    struct fleet_load fleet;
    enum exit_code code;
    const char *format = run->o->format ? run->o->format : "yaml";
    bool json = strcmp(format, "json") == 0;
    if (!json && strcmp(format, "yaml") != 0) {
        fprintf(stderr, "clawc: fleet show prints yaml or json, not `%s`\n", format);
        return EXIT_USAGE;
    }
    if (!load(run, &fleet, &code)) return code;
    struct buf out = buf_new(run->arena);
    compose_print(&out, fleet.project, json, run->o->resolved);
    fwrite(out.p, 1, out.n, stdout);
    if (run->diags->list.n) run_print_errors(run, stderr);
    return run_flush(stdout, run->diags->errors ? EXIT_CONFIG : EXIT_FINE);
}

/* ---- checklist ---------------------------------------------------------------------------------
 */

static bool read_format(const char *given, enum checklist_format *format) {
    static const char *const names[] = {[CHECKLIST_TEXT] = "text",
                                        [CHECKLIST_MARKDOWN] = "markdown",
                                        [CHECKLIST_HTML] = "html",
                                        [CHECKLIST_JSON] = "json"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(given ? given : "text", names[i]) == 0) {
            *format = (enum checklist_format)i;
            return true;
        }
    fprintf(stderr, "clawc: fleet checklist prints text, markdown, html or json, not `%s`\n",
            given);
    return false;
}

/* Gateways on the host that are not named on the command line stand in clawc.yaml. */
static bool fleet_is_named(struct run *run) {
    if (run->o->fleet || named_files(run).list.n || run->block->hosts.n) return true;
    fputs("clawc: of which fleet? Give a Compose file, configs, or --fleet FILE, or name the "
          "configs in clawc.yaml.\n",
          stderr);
    return false;
}

/* The gateways of a project, and configs on the host beside it or without one. What was read of a
 * project; NULL after diagnostics. */
static struct fleet_load *gather(struct run *run, struct audited *what, enum exit_code *code) {
    struct option_list named = named_files(run), compose = {{NULL, 0, 0}};
    struct fleet_load *fleet = ARENA_NEW(run->arena, struct fleet_load);
    *code = EXIT_FINE;
    for (size_t i = 0; i < named.list.n; i++)
        if (fleet_is_compose(named.list.v[i]))
            ARRAY_PUSH(run->arena, compose.list) = named.list.v[i];
    if (compose.list.n || run->o->fleet) {
        if (!fleet_load_project(run, &compose, fleet)) return NULL;
        fleet_load_gateways(run, fleet, what, code);
    }
    struct option_list hosts = host_paths(run, run->o->command->run == command_fleet ? 1 : 0);
    host_load(run, &hosts, what, code);
    return fleet;
}

static bool find_boundaries(struct run *run, const struct audited *what, struct boundaries *out) {
    struct fleet *fleet = run_compare(run, what, false);
    const struct fleet_block *block = what->block ? what->block : &run->project.fleet;
    size_t n;
    struct boundary_party *v = boundary_parties(run->arena, fleet, block, &n);
    if (n > FLEET_MAX_TENANTS) {
        fprintf(stderr,
                "clawc: a list of all pairs of %zu gateways is too long to be read: declare "
                "tenants in clawc.yaml, at most %d\n",
                n, FLEET_MAX_TENANTS);
        return false;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++) {
            struct boundary b = boundary_between(run->arena, fleet, &v[i], &v[k]);
            tenants_accept(run, &b);
            ARRAY_PUSH(run->arena, out->list) = b;
        }
    if (out->list.n) return true;
    fputs("clawc: a boundary needs two gateways or two tenants\n", stderr);
    return false;
}

static enum exit_code checklist(struct run *run) {
    enum checklist_format format;
    enum exit_code code = EXIT_USAGE;
    struct audited what = {0};
    struct boundaries boundaries = {0};
    if (!read_format(run->o->format, &format)) return EXIT_USAGE;
    if (!fleet_is_named(run)) return EXIT_USAGE;
    if (!gather(run, &what, &code)) code = EXIT_CONFIG;
    bool nothing = run->diags->errors && !what.gateways.n && !what.models.n;
    bool found = !nothing && find_boundaries(run, &what, &boundaries);
    if (run->diags->list.n) run_print_errors(run, stderr);
    if (nothing) return EXIT_CONFIG;
    if (!found) return exit_worse(code, EXIT_USAGE);
    struct buf out = buf_new(run->arena);
    checklist_write(&out, run->tree, &boundaries, format);
    fwrite(out.p, 1, out.n, stdout);
    return run_flush(stdout, code);
}

/* ---- graph -------------------------------------------------------------------------------------
 */

static enum exit_code graph(struct run *run) {
    static const char *const names[] = {[GRAPH_TEXT] = "text",
                                        [GRAPH_DOT] = "dot",
                                        [GRAPH_MERMAID] = "mermaid",
                                        [GRAPH_JSON] = "json"};
    const char *given = run->o->format ? run->o->format : "text";
    enum exit_code code = EXIT_FINE;
    struct audited what = {0};
    size_t format = 0;
    while (format < sizeof names / sizeof *names && strcmp(given, names[format]) != 0) format++;
    if (format == sizeof names / sizeof *names) {
        fprintf(stderr, "clawc: fleet graph prints text, dot, mermaid or json, not `%s`\n", given);
        return EXIT_USAGE;
    }
    if (!fleet_is_named(run)) return EXIT_USAGE;
    if (!gather(run, &what, &code)) code = EXIT_CONFIG;
    if (run->diags->errors) run_print_errors(run, stderr);
    if (!what.gateways.n && !what.models.n) return EXIT_CONFIG;
    struct fleet *fleet = run_compare(run, &what, false);
    const struct fleet_block *block = what.block ? what.block : &run->project.fleet;
    struct buf out = buf_new(run->arena);
    graph_write(&out, run->arena, run->tree, fleet, block->hub, (enum graph_format)format);
    fwrite(out.p, 1, out.n, stdout);
    return run_flush(stdout, code);
}

enum exit_code command_graph(struct run *run) {
    return graph(run);
}

/* ---- plan --------------------------------------------------------------------------------------
 */

static const struct gateway_data *newest(struct run *run) {
    struct str asked = str_from(run->o->gateway ? run->o->gateway : "");
    if (asked.n) return gateways_find(&run->gateways, asked);
    return &run->gateways.v[run->gateways.n - 1];
}

static enum exit_code plan(struct run *run) {
    struct audited what = {0};
    enum exit_code code;
    struct str name = str_from(run->o->add);
    if (!plan_name_is_good(name)) {
        fputs("clawc: fleet plan --add takes a name of at most 40 of a-z, 0-9 and -, such as "
              "tenant-c\n",
              stderr);
        return EXIT_USAGE;
    }
    if (!fleet_is_named(run)) return EXIT_USAGE;
    struct fleet_load *load = gather(run, &what, &code);
    if (!load || (!load->project && !what.models.n)) {
        run_print_errors(run, stderr);
        return EXIT_CONFIG;
    }
    struct buf out = buf_new(run->arena);
    struct plan_question q = {.arena = run->arena, .load = load, .data = newest(run), .name = name};
    q.gateways = run_gateways(run, &what, false, &q.n);
    if (q.n && !run->o->gateway) q.data = q.gateways[0]->data;
    const struct fleet_block *block = what.block ? what.block : &run->project.fleet;
    struct host_plan host = {q.arena, q.gateways, q.n, q.data, name, block->host_ram};
    bool ok = load->project ? plan_write(&out, &q) : host_plan_write(&out, &host);
    code = ok ? EXIT_FINE : EXIT_USAGE;
    fwrite(out.p ? out.p : "", 1, out.n, stdout);
    return run_flush(stdout, code);
}

static const struct {
    const char *name;
    enum exit_code (*run)(struct run *run);
} actions[] = {
    {"show", show}, {"checklist", checklist}, {"graph", graph},
    {"plan", plan}, {"join", fleet_join},
};

enum exit_code command_fleet(struct run *run) {
    const char *name = run->o->arguments.list.n ? run->o->arguments.list.v[0] : "";
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(name, actions[i].name) == 0) return actions[i].run(run);
    fprintf(stderr,
            "clawc: fleet does not know `%s`; it knows show, checklist, graph, plan and "
            "join\n",
            name);
    return EXIT_USAGE;
}
