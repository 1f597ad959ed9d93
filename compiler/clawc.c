/* clawc: the compiler and auditor of OpenClaw gateway configs. */

#include "commands/run.h"

/* The first file of the command line, beside which clawc.yaml is looked for. */
static const char *first_file(const struct options *o) {
    if (o->command->bit == ON_EVAL) return o->arguments.list.n > 1 ? o->arguments.list.v[1] : NULL;
    if (!(o->command->bit & (ON_AUDIT | ON_CHECK | ON_COMPILE | ON_ROUTE))) return NULL;
    return o->arguments.list.n ? o->arguments.list.v[0] : NULL;
}

static enum exit_code run_command(struct arena *a, const struct options *o) {
    if (o->version) {
        puts("clawc " CLAWC_VERSION);
        return run_flush(stdout, EXIT_FINE);
    }
    if (o->manual) {
        options_manual(stdout);
        return run_flush(stdout, EXIT_FINE);
    }
    if (o->help || !o->command) {
        options_help(o->help ? stdout : stderr, o->command);
        return run_flush(stdout, o->help ? EXIT_FINE : EXIT_USAGE);
    }
    struct run run;
    enum exit_code code;
    if (!run_begin(&run, a, o, first_file(o), &code)) return code;
    return o->command->run(&run);
}

int main(int argc, char **argv) {
    struct arena *a = arena_new();
    struct options o;
    enum exit_code code = options_parse(a, argc, argv, &o) ? run_command(a, &o) : EXIT_USAGE;
    arena_free(a);
    return (int)code;
}
