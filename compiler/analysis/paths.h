/* The way from somebody who is not the owner to a power: who is admitted, which agent gets the
 * message, which tool it has, and why that tool runs where it does. */
#ifndef CLAWC_ANALYSIS_PATHS_H
#define CLAWC_ANALYSIS_PATHS_H

#include "model/model.h"

struct analysis;
struct reach;

enum power {
    POWER_HOST,     /* commands, or changed files, outside of a sandbox */
    POWER_ELEVATED, /* commands outside of the sandbox that the session is in */
    POWER_CONTROL,  /* tools that the gateway keeps for its owner */
    POWER_READ,     /* sessions of other agents */
    /* What makes a path go on at another agent: */
    POWERS_NAMED,              /* those that a path can end with */
    POWER_SEND = POWERS_NAMED, /* a message into its session */
    POWER_SPAWN,               /* a sub-agent of it */
    POWERS
};

/* "host", "elevated", "control", "read". */
extern const char *const power_names[POWERS_NAMED];

struct path_step {
    place at;
    struct str text;
};

/* One path for an agent and a power: that of the widest class of senders. */
struct power_path {
    const struct analysis *in;
    enum power power;
    const struct reach *reach; /* who it begins with */
    size_t others;             /* further senders who are not the owner and have the power, too */
    int32_t agent;             /* whose power it is */
    int32_t through;           /* the agent that they talk to, when it is another; else -1 */
    const struct tool_set *tools;
    bool restricted; /* commands are limited to an allow list or must be approved */
    place at;        /* the setting that decides */
    const struct path_step *steps;
    size_t n_steps;
};

#endif
