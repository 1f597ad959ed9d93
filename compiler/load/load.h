/* From the file as written to the configuration that the gateway would run with: variables
 * substituted, the roster of either dialect, what the load adds, and what it would refuse or
 * repair. */
#ifndef CLAWC_LOAD_LOAD_H
#define CLAWC_LOAD_LOAD_H

#include "load/environment.h"
#include "load/gateway.h"
#include "load/read.h"

/* One agent of the roster, in the order in which the gateway enumerates it. */
struct roster_agent {
    struct str written; /* as spelled: the key of agents.entries or the id of agents.list[] */
    struct str id;      /* canonical */
    node_id node;       /* its object, 0 for the implied `main` */
    node_id name_node;  /* where the id stands: the entry (its key) or the id's value */
    bool blank;         /* 2026.3.13: an id without a character; stands for main, is in no table */
    bool marked;        /* default: true */
};

/* A binding that the gateway adds at load or at the repair of a start. */
struct added_binding {
    struct str agent, channel;
    struct str account; /* p == NULL: "*" */
    node_id node;       /* the channel it is for */
};

/* What the gateway start does with the file. */
enum startup { STARTUP_ACCEPTED, STARTUP_REPAIRED, STARTUP_REJECTED };

struct roster {
    ARRAY(struct roster_agent) agents;
    struct map ids; /* canonical id -> number (from 1) of the first agent that has it */
    bool explicit_ownership;
    bool ownership_missing; /* several agents, no marker, not explicit: repaired at the start */
    struct str
        system_agent;  /* agents.defaults.systemAgent.agentId, or `main` by repair; may be empty */
    struct str marker; /* canonical id of the remembered default marker, or empty */
    ARRAY(struct added_binding) added;
    node_id node; /* where the roster stands: agents.entries, agents.list, agents or the root */
};

struct loaded {
    struct tree *tree;
    uint32_t file;
    node_id root; /* an object; 0 when there is nothing to work with */
    const struct gateway_data *gateway;
    struct str why; /* why this version: "--gateway", "meta.lastTouchedVersion", ... */
    enum startup startup;
    struct roster roster;
    size_t first_diag, first_error_count; /* where this file's diagnostics begin */
    size_t errors; /* what the gateway's validator would refuse, as far as checked */
};

struct loader {
    struct arena *arena;
    struct tree *tree;
    struct diags *diags;
    const struct gateways *gateways;
    const struct environment *environment;
    struct str gateway;      /* asked for, or empty */
    struct str gateway_from; /* "--gateway" or "clawc.yaml" */
};

/* Loads a file that has been read. Mistakes become diagnostics. `out->root` is 0 when the text
 * could not be parsed or is no object. */
void load_config(const struct loader *l, uint32_t file, struct loaded *out);

/* roster.c: the roster of `root` as this gateway reads it. Errors and repairs go to `diags`;
 * `*startup` only gets worse. */
void roster_load(struct arena *a, const struct reading *r, const struct gateway_data *g,
                 node_id root, struct roster *roster, enum startup *startup);

/* Whether `id` (canonical) is an agent of the roster. */
bool roster_has(const struct roster *roster, struct str id);

/* secrets.c: marks the values at secret paths, so that no report shows them. */
void secrets_mark(const struct tree *t, node_id root);
/* Marks what looks like the value of a secret's key in a line, wherever it stands: for
 * `source_set_masker`. */
void secrets_mask_line(struct str line, bool *hidden);
/* The same for the whole of a file that has syntax errors: rather too much than too little. */
void secrets_mark_broken(struct sources *s, uint32_t file, bool is_yaml);
/* Whether a key's name says that its value is a secret: token, botToken, apiKey, password... */
bool secrets_is_key(struct str key);

#endif
