/* The table of commands. */
#include "commands/command.h"

#include <string.h>

const struct command commands[] = {
    {"audit", "[options] FILE...", "find what lets the wrong person reach the wrong thing",
     "Audits gateway configs: reads each as its gateway will, derives who reaches which agent with "
     "which tools in which session, and reports what is wrong at its line, with the fix. Several "
     "files are the gateways of one host and are also compared with each other. YAML files are a "
     "Docker Compose project, whose gateways are audited with what their containers share. `-` is "
     "standard input.",
     ON_AUDIT, command_audit},
    {"check", "[options] FILE...", "say whether the gateway would accept a config",
     "Gives the gateway's own verdict on each config: accepted, repaired at its start (exit code "
     "1) "
     "or rejected (2), with every mistake at its line, also those beyond the point where the "
     "gateway stops. Several versions are told side by side: --gateway 2026.3.13,2026.9.6.",
     ON_CHECK, command_check},
    {"compile", "CONFIG -o FILE [options]", "write the routing table that the runtime maps",
     "Compiles the routing of a config into a table for libclawrt. Refuses a config that the "
     "gateway would reject, one with an unknown variable in what routing reads and, unless "
     "--no-audit, one whose findings count. The table appears whole or not at all.",
     ON_COMPILE, command_compile},
    {"route", "CONFIG | --table FILE [options]", "tell which agent gets a message, and why",
     "Routes a message as the gateway would, from a config or from a compiled table: the agent and "
     "the session key; from a config also the binding that won and at which line, and which others "
     "lost.",
     ON_ROUTE, command_route},
    {"tools", "CONFIG [options]", "tell which tools each agent really has, and why",
     "Tells for every agent and kind of session (main, direct message, group, sub-agent; on the "
     "host or in a sandbox) which tools it has, and for each tool it has or lacks what decided: "
     "the profile, a list of some scope, the sandbox's default, the version, with the line. What "
     "depends on credentials or models counts as there.",
     ON_TOOLS, command_tools},
    {"access", "CONFIG [options]", "tell who is let in, and which agent and tools they reach",
     "Tells for every channel account who is admitted in direct messages and in groups, and where "
     "that is written; and for every known sender, and for everybody else who is admitted, the "
     "agent, the session and the powers that they reach. With --batch: answers questions about "
     "accounts, admission, paths and ports as the gateway does, one JSON object a line.",
     ON_ACCESS, command_access},
    {"table", "info|verify|dump FILE [options]", "look into a compiled table",
     "info: what the table is. verify: whether it is sound and, with --against, whether it still "
     "routes as its config does. dump: its routes as canonical text.",
     ON_TABLE, command_table},
    {"fleet", "show|checklist|graph|plan|join [options] FILE...",
     "tell about several gateways beside each other",
     "show: a Docker Compose project as Compose and clawc understand it, files merged and "
     "variables "
     "replaced, without the values of secrets. checklist: for every two gateways, or tenants of "
     "clawc.yaml, what of state, workspace, browser, credentials, tokens, ports, logs, backups and "
     "host is separate, shared (with the risk and the lines) or not to be told from the files; as "
     "text, markdown, html or json. graph: who can delegate to whom; as text, dot, mermaid or "
     "json. plan --add NAME: a service for one more gateway that passes all checks. "
     "join FACTS...: the findings of gateways whose facts `clawc audit --facts` wrote, as text, "
     "json or sarif.",
     ON_FLEET, command_fleet},
    {"graph", "[options] FILE...", "draw who can delegate to whom",
     "Draws the gateways of a fleet and who can delegate to whom, as `clawc fleet graph` does: as "
     "text, dot, mermaid or json.",
     ON_GRAPH, command_graph},
    {"explain", "ID [options]", "tell about a rule: why, how to fix, how to silence",
     "Tells what a finding is about, why it matters, how to fix it and how to silence it. ID is "
     "what a report shows in brackets.",
     ON_EXPLAIN, command_explain},
    {"rules", "[options]", "list the rules",
     "Lists every rule: the built-in ones and those of --rules.", ON_RULES, command_rules},
    {"test", "RULES...", "run the tests that stand in rule files",
     "Runs the tests of rule files, or of all rule files below a folder: configs and what must be "
     "found "
     "in them, and the example of each rule. Tells what was found instead, and which conditions of "
     "a "
     "rule its tests have not seen true and false. The exit code is 1 when a test fails.",
     ON_TEST, command_test},
    {"schema", "[options]", "print the JSON Schema of a config, for editors",
     "Prints the JSON Schema of openclaw.json for a gateway version (the newest known one, if none "
     "is "
     "asked for), with titles and descriptions, so that an editor completes and checks it. "
     "docs/editors.md says how to set one up.",
     ON_SCHEMA, command_schema},
    {"eval", "EXPRESSION CONFIG | --batch", "evaluate a CEL expression over a config's facts",
     "Evaluates a CEL expression over the facts of a config, with the variable `gateway`, and "
     "prints the value as JSON. Echoes what the config holds, secrets too. `clawc rules --facts` "
     "lists the facts.",
     ON_EVAL, command_eval},
    {"parse", "FILE", "print what was read",
     "Reads JSON5 as the gateway's parser does and prints the value on one line, or the error with "
     "the gateway's own line and column. Echoes what the file holds, secrets too.",
     ON_PARSE, command_parse},
    {0},
};

const struct command *command_find(const char *name) {
    for (const struct command *c = commands; c->name; c++)
        if (strcmp(c->name, name) == 0) return c;
    return NULL;
}

enum exit_code exit_worse(enum exit_code a, enum exit_code b) {
    return a > b ? a : b;
}
