#include "commands/options.h"

#include <string.h>

#include "base/str.h"
#include "commands/command.h"

enum option_kind { FLAG, TEXT, LIST };

struct option {
    const char *name, *argument;
    enum option_kind kind;
    size_t at; /* offset in struct options */
    unsigned commands;
    const char *help;
};

#define AT(field) offsetof(struct options, field)

enum {
    ON_CONFIG = ON_AUDIT | ON_COMPILE | ON_ROUTE | ON_EVAL | ON_TABLE | ON_CHECK | ON_EXPLAIN |
                ON_TOOLS | ON_ACCESS | ON_FLEET | ON_GRAPH
};

static const struct option table[] = {
    {"--gateway", "V", TEXT, AT(gateway), ON_CONFIG | ON_SCHEMA,
     "The gateway version that will run, such as 2026.9.6; an unknown one means the highest known "
     "one not above it; check takes several, separated by commas. Default: clawc.yaml's, else the "
     "config's meta.lastTouchedVersion, else the "
     "known version that the config fits best."},
    {"--format", "F", TEXT, AT(format),
     ON_AUDIT | ON_CHECK | ON_ROUTE | ON_RULES | ON_EXPLAIN | ON_TOOLS | ON_ACCESS | ON_TEST |
         ON_FLEET | ON_GRAPH,
     "How to print: text (the default); audit, check, route, rules, test, tools and access also "
     "know json, audit sarif, explain and rules markdown."},
    {"--output", "F=FILE", LIST, AT(outputs), ON_AUDIT,
     "Also write the report in format F to FILE, such as sarif=audit.sarif; may be repeated."},
    {"--fail-on", "WHAT", TEXT, AT(fail_on), ON_AUDIT | ON_COMPILE | ON_FLEET,
     "Which findings count, that is, make the exit code 1: those of a level (critical, warn, info, "
     "never) and above, and those of rule families (isolation, routing, access, tools, sandbox, "
     "gateway, hooks, secrets, models, fleet, hygiene) that are not just info; separated by "
     "commas. "
     "One with confidence low never counts. Default: critical,isolation,fleet."},
    {"--rules", "DIR", LIST, AT(rules), ON_AUDIT | ON_COMPILE | ON_EXPLAIN | ON_RULES | ON_FLEET,
     "Rules of your own, beside the built-in ones: every *.yaml and *.yml in DIR; may be "
     "repeated."},
    {"--policy", "FILE", TEXT, AT(policy), ON_AUDIT,
     "A policy document of the gateway's plugin `policy` (policy.jsonc): what does not keep it "
     "becomes findings, too."},
    {"--each", NULL, FLAG, AT(each), ON_AUDIT,
     "Audit the files apart. Without it they are the gateways of one host and are also compared "
     "with each other."},
    {"--fleet", "FILE", TEXT, AT(fleet), ON_AUDIT | ON_FLEET | ON_GRAPH,
     "What is known of a fleet in Docker Compose, as JSON or YAML: which services are gateways and "
     "which config each reads, the hub, declared edges, shared knowledge (docs/fleet.md)."},
    {"-f", "FILE", LIST, AT(compose_files), ON_AUDIT | ON_FLEET | ON_GRAPH,
     "A file of a Docker Compose project, as `docker compose -f` takes it; several are merged in "
     "their order."},
    {"--profile", "NAME", LIST, AT(profiles), ON_AUDIT | ON_FLEET | ON_GRAPH,
     "A profile of a Docker Compose project, as `docker compose --profile` takes it; may be "
     "repeated. Only services that then run are looked at. Default: COMPOSE_PROFILES of the "
     "project's variables; without that, all services."},
    {"--facts", "OUT", TEXT, AT(facts_file), ON_AUDIT,
     "Also write each gateway's facts to OUT, one line of JSON a gateway, for `clawc fleet join`; "
     "secrets only as keyed digests: needs --facts-key or --facts-key-env."},
    {"--facts-key", "FILE", TEXT, AT(facts_key), ON_AUDIT,
     "The file with the key of those digests, at least 16 bytes (such as of `openssl rand -hex "
     "32`), the same for all facts that are joined. With a key, reports call secrets without a "
     "variable by it, too: hmac:... in place of sha256:..."},
    {"--facts-key-env", "NAME", TEXT, AT(facts_key_env), ON_AUDIT,
     "The variable of this process that holds the key."},
    {"--host", "NAME", TEXT, AT(host), ON_AUDIT,
     "With --facts: the machine that the gateways are on. When facts are joined, paths, ports, "
     "networks and Docker daemons of different machines are different ones; credentials are "
     "compared across."},
    {"--jobs", "N", TEXT, AT(jobs), ON_AUDIT,
     "Audit gateways on N threads. What is reported is the same for any N. Default: as many as the "
     "machine has processors, where there are many gateways; 1: no threads."},
    {"--host-ram", "GB", TEXT, AT(host_ram), ON_AUDIT | ON_FLEET,
     "Memory of the host, in GB, in place of hostRamGb of the fleet."},
    {"--add", "NAME", TEXT, AT(add), ON_FLEET, "With plan: the gateway to add."},
    {"-o", "FILE", TEXT, AT(output_file), ON_COMPILE,
     "The table to write. An old one of that name is replaced at once and whole."},
    {"--no-audit", NULL, FLAG, AT(no_audit), ON_COMPILE, "Compile without auditing first."},
    {"--table", "FILE", TEXT, AT(table), ON_ROUTE,
     "Route through a compiled table instead of a config."},
    {"--batch", NULL, FLAG, AT(batch), ON_ROUTE | ON_EVAL | ON_AUDIT | ON_ACCESS,
     "Read one JSON object per line from standard input, write one answer per line."},
    {"--fs", NULL, FLAG, AT(fs), ON_AUDIT,
     "Also look at the permissions of the files given and of those they include: where they lie "
     "must be where the gateway reads them, which a checkout is not."},
    {"--linked", "CHANNEL[/ACCOUNT]", LIST, AT(linked), ON_AUDIT | ON_ACCESS,
     "A channel (or one account of it) that is logged in by something that no config shows, such "
     "as "
     "whatsapp by its QR code; may be repeated. With it no other one counts as linked."},
    {"--pairing-store", "FILE", TEXT, AT(pairing_store), ON_AUDIT | ON_ACCESS,
     "The senders that were approved by pairing: {\"telegram/default\": [\"123456\"]}. Without "
     "it nobody knows them: possibly none, possibly many."},
    {"--plugins", "ID[,ID]", TEXT, AT(plugins), ON_AUDIT,
     "The channel plugins that the gateway has loaded, separated by commas; no other is."},
    {"--home", "DIR", TEXT, AT(home), ON_AUDIT, "The home directory of the gateway's process."},
    {"--cwd", "DIR", TEXT, AT(cwd), ON_AUDIT, "The working directory of the gateway's process."},
    {"--timing", NULL, FLAG, AT(timing), ON_AUDIT,
     "Print to standard error how long each step and each rule took."},
    {"--agent", "ID", TEXT, AT(agent), ON_TOOLS, "Tell about this agent only."},
    {"--channel", "C", TEXT, AT(channel), ON_ROUTE, "The channel of the message: whatsapp."},
    {"--account", "A", TEXT, AT(account), ON_ROUTE,
     "The account of the channel on which it arrives. Default: the account `default`."},
    {"--peer", "KIND:ID", TEXT, AT(peer), ON_ROUTE,
     "Whom it is from, or the group or room it was written in: direct:+15551234567, "
     "group:120363@g.us, channel:987."},
    {"--parent-peer", "KIND:ID", TEXT, AT(parent_peer), ON_ROUTE,
     "The room that its thread belongs to."},
    {"--guild", "ID", TEXT, AT(guild), ON_ROUTE, "The Discord guild."},
    {"--team", "ID", TEXT, AT(team), ON_ROUTE, "The Slack workspace."},
    {"--role", "ID", LIST, AT(roles), ON_ROUTE, "A Discord role of the author; may be repeated."},
    {"--default-agent", "ID", TEXT, AT(default_agent), ON_ROUTE,
     "The agent that the caller wants for messages without a binding."},
    {"--dm-scope", "SCOPE", TEXT, AT(dm_scope), ON_ROUTE,
     "In place of session.dmScope: main, per-peer, per-channel-peer or per-account-channel-peer."},
    {"--group-scope", "SCOPE", TEXT, AT(group_scope), ON_ROUTE,
     "In place of session.groupScope: per-group or main."},
    {"--against", "CONFIG", TEXT, AT(against), ON_TABLE,
     "With verify: whether the table still routes as this config does now."},
    {"--facts", NULL, FLAG, AT(facts), ON_RULES,
     "Print the facts that conditions may use, as Markdown (docs/facts.md)."},
    {"--path", "PATH", TEXT, AT(path), ON_EXPLAIN,
     "Tell of a value of the config instead of a rule: what it is, where it was written, and what "
     "it was made from; agents.entries.main.sandbox.mode."},
    {"--resolved", NULL, FLAG, AT(resolved), ON_CHECK | ON_FLEET,
     "check, with --format json: also the config as the gateway has it, secrets included. fleet "
     "show: every text with its variables replaced, secrets included."},
    {"--schema", "FILE", TEXT, AT(schema), ON_CHECK,
     "A schema instead of the built-in one: what `openclaw config schema` prints, which knows the "
     "plugins that are installed."},
    {"--env", "K=V", LIST, AT(env), ON_CONFIG,
     "A variable of the gateway's environment; may be repeated. With --env, --env-file or "
     "--process-env the environment is complete: what is not in it is unset. Without them a "
     "variable counts as set, with an unknown value."},
    {"--env-file", "FILE", LIST, AT(env_files), ON_CONFIG,
     "Variables from a file of NAME=VALUE lines; may be repeated."},
    {"--process-env", NULL, FLAG, AT(process_env), ON_CONFIG,
     "Variables from the environment of this process."},
    {"--stdin-filename", "NAME", TEXT, AT(stdin_filename), ON_CONFIG | ON_PARSE,
     "What to call standard input (-) in reports."},
    {"--project", "FILE", TEXT, AT(project), ON_CONFIG | ON_RULES | ON_EXPLAIN | ON_SCHEMA,
     "The project file. Default: clawc.yaml beside the first config, if there is one."},
    {"--quiet", NULL, FLAG, AT(quiet), ON_ALL,
     "Print less: of an audit only the last line, of other commands only what was asked for."},
    {"--color", "WHEN", TEXT, AT(color), ON_ALL,
     "auto (the default: on a terminal, unless NO_COLOR is set), always or never."},
    {"--help", NULL, FLAG, AT(help), ON_ALL, "Print help and exit."},
    {"--version", NULL, FLAG, AT(version), ON_ALL, "Print the version and exit."},
    {"--manual", NULL, FLAG, AT(manual), 0, "Print the manual page clawc(1)."},
};

enum { OPTIONS = sizeof table / sizeof *table };

/* ---- parsing -----------------------------------------------------------------------------------
 */

/* The one of that name that the command has, else one that it has not. */
static const struct option *find_option(const struct command *command, struct str name) {
    const struct option *found = NULL;
    for (size_t i = 0; i < OPTIONS; i++) {
        if (!str_equal(name, str_from(table[i].name))) continue;
        if (!found || (command && (table[i].commands & command->bit))) found = &table[i];
    }
    return found;
}

static bool misuse(const struct options *o) {
    if (o->command)
        fprintf(stderr, "Try `clawc %s --help`.\n", o->command->name);
    else
        fputs("Try `clawc --help`.\n", stderr);
    return false;
}

static bool unknown_option(const struct options *o, struct str name) {
    const char *near = NULL;
    size_t best = 3;
    for (size_t i = 0; i < OPTIONS; i++) {
        size_t distance = str_distance(name, str_from(table[i].name), 2);
        bool letter = strlen(table[i].name) == 2; /* any two of those are near */
        if (letter || distance >= best || !table[i].commands) continue;
        best = distance;
        near = table[i].name;
    }
    fprintf(stderr, "clawc: unknown option " STR_FMT, STR_ARG(name));
    if (near) fprintf(stderr, "; did you mean %s?", near);
    fputc('\n', stderr);
    return misuse(o);
}

static void store(struct arena *a, struct options *o, const struct option *option,
                  const char *value) {
    void *at = (char *)o + option->at;
    if (option->kind == FLAG)
        *(bool *)at = true;
    else if (option->kind == TEXT)
        *(const char **)at = value;
    else
        ARRAY_PUSH(a, ((struct option_list *)at)->list) = value;
}

/* `--name=value` or `--name value`; `*i` moves over the value. */
static bool parse_option(struct arena *a, int argc, char **argv, int *i, struct options *o) {
    struct str word = str_from(argv[*i]);
    bool is_long = str_starts(word, STR("--"));
    size_t equals = is_long ? str_find(word, STR("="), 0) : SIZE_MAX;
    struct str name = str_slice(word, 0, equals);
    const struct option *option = find_option(o->command, name);
    if (!option) return unknown_option(o, name);
    const char *value = equals == SIZE_MAX ? NULL : argv[*i] + equals + 1;
    if (option->kind == FLAG && value) {
        fprintf(stderr, "clawc: %s takes no value\n", option->name);
        return misuse(o);
    }
    if (option->kind != FLAG && !value) {
        if (*i + 1 >= argc) {
            fprintf(stderr, "clawc: %s needs a value: %s %s\n", option->name, option->name,
                    option->argument);
            return misuse(o);
        }
        value = argv[++*i];
    }
    if (o->command && option->commands && !(option->commands & o->command->bit)) {
        fprintf(stderr, "clawc: %s is no option of `clawc %s`\n", option->name, o->command->name);
        return misuse(o);
    }
    store(a, o, option, value);
    return true;
}

static bool choose_command(struct options *o, const char *name) {
    o->command = command_find(name);
    if (o->command) return true;
    fprintf(stderr, "clawc: there is no command `%s`\n", name);
    return misuse(o);
}

bool options_parse(struct arena *a, int argc, char **argv, struct options *o) {
    *o = (struct options){0};
    bool only_arguments = false;
    for (int i = 1; i < argc; i++) {
        bool dashed = argv[i][0] == '-' && argv[i][1] != '\0';
        if (!only_arguments && strcmp(argv[i], "--") == 0) {
            only_arguments = true;
        } else if (dashed && !only_arguments) {
            if (strcmp(argv[i], "-h") == 0) argv[i] = "--help";
            if (!parse_option(a, argc, argv, &i, o)) return false;
        } else if (!o->command) {
            if (!choose_command(o, argv[i])) return false;
        } else {
            ARRAY_PUSH(a, o->arguments.list) = argv[i];
        }
    }
    return true;
}

/* ---- help --------------------------------------------------------------------------------------
 */

/* Prints words of `text` in lines that end before column `width`, indented by `indent`. */
static void print_wrapped(FILE *out, const char *text, int indent, int width) {
    int column = 0;
    while (*text) {
        int n = (int)strcspn(text, " ");
        if (column && column + 1 + n > width - indent) {
            fputc('\n', out);
            column = 0;
        }
        if (column)
            fputc(' ', out);
        else
            fprintf(out, "%*s", indent, "");
        fprintf(out, "%.*s", n, text);
        column += n + (column ? 1 : 0);
        text += n;
        while (*text == ' ') text++;
    }
    fputc('\n', out);
}

static void print_option(FILE *out, const struct option *option) {
    fprintf(out, "  %s%s%s\n", option->name, option->argument ? " " : "",
            option->argument ? option->argument : "");
    print_wrapped(out, option->help, 8, 92);
}

static void command_help(FILE *out, const struct command *command) {
    fprintf(out, "usage: clawc %s %s\n\n", command->name, command->arguments);
    print_wrapped(out, command->description, 0, 92);
    fputs("\noptions:\n", out);
    for (size_t i = 0; i < OPTIONS; i++)
        if (table[i].commands & command->bit) print_option(out, &table[i]);
}

void options_help(FILE *out, const struct command *command) {
    if (command) {
        command_help(out, command);
        return;
    }
    fputs("clawc understands an OpenClaw gateway's config (openclaw.json) as the gateway will:\n"
          "it audits who reaches whom, and compiles the routing table.\n\n"
          "usage: clawc COMMAND [options] ...\n\ncommands:\n",
          out);
    for (const struct command *c = commands; c->name; c++)
        fprintf(out, "  %-8s %s\n", c->name, c->summary);
    fputs("\nexit codes:\n"
          "  0 fine   1 findings that count   2 the config cannot be read or the gateway would\n"
          "  reject it   3 wrong usage   4 the machine failed\n\n"
          "`clawc COMMAND --help` tells the options. A first audit: clawc audit openclaw.json\n",
          out);
}

/* A leading hyphen and backslashes have a meaning in man pages. */
static void print_roff(FILE *out, const char *text) {
    for (; *text; text++) {
        if (*text == '-') fputc('\\', out);
        fputs(*text == '\\' ? "\\e" : (char[]){*text, '\0'}, out);
    }
}

static void manual_option(FILE *out, const struct option *option) {
    fputs(".TP\n.B ", out);
    print_roff(out, option->name);
    if (option->argument) {
        fputs(" \\fI", out);
        print_roff(out, option->argument);
        fputs("\\fR", out);
    }
    fputc('\n', out);
    print_roff(out, option->help);
    fputc('\n', out);
}

/* The options of a command (`bit`) that not every command has, or those that every one has. */
static void manual_options(FILE *out, unsigned bit) {
    for (size_t i = 0; i < OPTIONS; i++) {
        bool everywhere = table[i].commands == ON_ALL;
        if (everywhere == (bit == ON_ALL) && table[i].commands & bit) manual_option(out, &table[i]);
    }
}

static const char manual_end[] =
    ".SH EXIT STATUS\n"
    ".TP\n0\nfine\n"
    ".TP\n1\nfindings that count; a route that the gateway would refuse; a damaged or stale table\n"
    ".TP\n2\nthe config cannot be read, or the gateway would reject it\n"
    ".TP\n3\nwrong usage\n"
    ".TP\n4\nthe machine failed\n"
    ".PP\nOf several files the worst counts.\n"
    ".SH ENVIRONMENT\n"
    ".TP\n.B NO_COLOR\nno colors, unless \\-\\-color says always\n"
    ".TP\n.B SOURCE_DATE_EPOCH\nthe day, in seconds since 1970, that suppressions with an end are "
    "compared with\n"
    ".SH FILES\n"
    ".TP\n.I clawc.yaml\nthe project file: gateway version, environment, rules and severities, "
    "suppressions, owners\n"
    ".SH EXAMPLES\n"
    "What is wrong with a config:\n.PP\n.nf\n.RS 4\nclawc audit "
    "~/.openclaw/openclaw.json\n.RE\n.fi\n"
    ".PP\nWhich agent gets a message, and why:\n.PP\n.nf\n.RS 4\nclawc route openclaw.json "
    "\\-\\-channel "
    "whatsapp \\-\\-peer direct:+15551234567\n.RE\n.fi\n"
    ".PP\nThe table for a gateway's host:\n.PP\n.nf\n.RS 4\nclawc compile openclaw.json \\-o "
    "routes.clawt\n.RE\n.fi\n"
    ".SH SEE ALSO\n.BR clawrt (3)\n";

void options_manual(FILE *out) {
    fputs(".TH CLAWC 1 \"\" \"clawc " CLAWC_VERSION "\" \"User Commands\"\n.SH NAME\n"
          "clawc \\- audit and compile the config of an OpenClaw gateway\n.SH SYNOPSIS\n",
          out);
    for (const struct command *c = commands; c->name; c++) {
        fprintf(out, "%s.B clawc %s\n", c == commands ? "" : ".br\n", c->name);
        print_roff(out, c->arguments);
        fputc('\n', out);
    }
    fputs(".SH COMMANDS\n", out);
    for (const struct command *c = commands; c->name; c++) {
        fprintf(out, ".SS clawc %s\n", c->name);
        print_roff(out, c->description);
        fputc('\n', out);
        manual_options(out, c->bit);
    }
    fputs(".SH OPTIONS OF EVERY COMMAND\n", out);
    manual_options(out, ON_ALL);
    fputs(manual_end, out);
}
