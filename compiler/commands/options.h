/* The command line: one table says which options there are, what they take, which commands have
 * them, and what help and manual say of them. */
#ifndef CLAWC_COMMANDS_OPTIONS_H
#define CLAWC_COMMANDS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"

struct command;

enum command_bit {
    ON_AUDIT = 1,
    ON_COMPILE = 2,
    ON_ROUTE = 4,
    ON_TABLE = 8,
    ON_EVAL = 16,
    ON_PARSE = 32,
    ON_EXPLAIN = 64,
    ON_RULES = 128,
    ON_CHECK = 256,
    ON_TOOLS = 512,
    ON_ACCESS = 1024,
    ON_SCHEMA = 2048,
    ON_TEST = 4096,
    ON_FLEET = 8192,
    ON_GRAPH = 16384,
    ON_ALL = 32767,
};

struct option_list {
    ARRAY(const char *) list;
};

/* What was given; NULL, false or empty otherwise. Texts are those of argv. */
struct options {
    const struct command *command;
    struct option_list arguments;
    const char *path;
    const char *gateway, *format, *fail_on, *project, *color, *stdin_filename, *schema;
    const char *output_file, *table, *against, *agent, *policy;
    const char *channel, *account, *peer, *parent_peer, *guild, *team;
    const char *fleet, *add, *host_ram, *facts_file, *facts_key, *facts_key_env, *jobs, *host;
    const char *default_agent, *dm_scope, *group_scope;
    struct option_list compose_files, profiles;
    const char *pairing_store, *plugins, *home, *cwd;
    struct option_list outputs, rules, env, env_files, roles, linked;
    bool fs, timing, help, version, quiet, each, batch, no_audit, process_env, facts, manual,
        resolved;
};

/* Reads argv. False after a message on standard error (wrong usage), which ends with how to get
 * help. */
bool options_parse(struct arena *a, int argc, char **argv, struct options *o);

/* `clawc --help`, or `clawc COMMAND --help`. */
void options_help(FILE *out, const struct command *command);
/* The manual page clawc(1), in man(7) macros. */
void options_manual(FILE *out);

#endif
