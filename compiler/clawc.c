/* clawc: the compiler and auditor of OpenClaw gateway configs. */

#include <string.h>

#include "commands/run.h"

/* Where the files begin among the arguments; those of `fleet join` are no configs. */
static size_t files_begin(const struct options *o) {
    if (o->command->bit == ON_EVAL) return 1;
    if (o->command->bit != ON_FLEET) return 0;
    bool join = o->arguments.list.n && strcmp(o->arguments.list.v[0], "join") == 0;
    return join ? o->arguments.list.n : 1;
}

/* The first file of the command line, beside which clawc.yaml is looked for. */
static const char *first_file(const struct options *o) {
    enum {
        READERS = ON_AUDIT | ON_CHECK | ON_COMPILE | ON_ROUTE | ON_TOOLS | ON_ACCESS | ON_EVAL |
                  ON_FLEET | ON_GRAPH
    };
    bool reads = (o->command->bit & READERS) || (o->command->bit == ON_EXPLAIN && o->path);
    if (!reads) return NULL;
    size_t first = files_begin(o);
    if (o->arguments.list.n > first) return o->arguments.list.v[first];
    return o->compose_files.list.n ? o->compose_files.list.v[0] : NULL;
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
