/* clawc fleet: what is understood of several gateways, without judging it. */
#include <string.h>

#include "commands/fleet_load.h"
#include "compose/print.h"

/* The Compose files that are named, behind the word that says what to do. */
static struct option_list named_files(struct run *run) {
    const struct options *o = run->o;
    struct option_list files = {{NULL, 0, 0}};
    for (size_t i = 0; i < o->compose_files.list.n; i++)
        ARRAY_PUSH(run->arena, files.list) = o->compose_files.list.v[i];
    for (size_t i = 1; i < o->arguments.list.n; i++)
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
    return read;
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

static const struct {
    const char *name;
    enum exit_code (*run)(struct run *run);
} actions[] = {
    {"show", show},
};

enum exit_code command_fleet(struct run *run) {
    const char *name = run->o->arguments.list.n ? run->o->arguments.list.v[0] : "";
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(name, actions[i].name) == 0) return actions[i].run(run);
    fprintf(stderr, "clawc: fleet does not know `%s`; it knows show\n", name);
    return EXIT_USAGE;
}
