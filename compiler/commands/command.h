/* The commands: each calls the stages in order and chooses the exit code. */
#ifndef CLAWC_COMMANDS_COMMAND_H
#define CLAWC_COMMANDS_COMMAND_H

#include "commands/options.h"

/* What the program ends with; of several files the highest of 4, 2, 1, 0. */
enum exit_code {
    EXIT_FINE = 0,
    EXIT_FINDINGS = 1, /* findings that count; a route that the gateway would refuse; a bad table */
    EXIT_CONFIG = 2,   /* the config cannot be read, or the gateway would reject it */
    EXIT_USAGE = 3,
    EXIT_MACHINE = 4, /* a file that cannot be written, no memory */
};

enum exit_code exit_worse(enum exit_code a, enum exit_code b);

struct run;

struct command {
    const char *name, *arguments, *summary, *description;
    unsigned bit; /* its bit in the option table */
    enum exit_code (*run)(struct run *run);
};

/* Every command, ended by one without a name. */
extern const struct command commands[];
const struct command *command_find(const char *name);

enum exit_code command_audit(struct run *run);
enum exit_code command_check(struct run *run);
enum exit_code command_compile(struct run *run);
enum exit_code command_route(struct run *run);
enum exit_code command_table(struct run *run);
enum exit_code command_tools(struct run *run);
enum exit_code command_fleet(struct run *run);
enum exit_code command_graph(struct run *run);
enum exit_code command_access(struct run *run);
enum exit_code command_eval(struct run *run);
enum exit_code command_parse(struct run *run);
enum exit_code command_explain(struct run *run);
/* `explain --path`. */
enum exit_code explain_path(struct run *run, const char *config);
enum exit_code command_rules(struct run *run);
enum exit_code command_schema(struct run *run);
enum exit_code command_test(struct run *run);

#endif
