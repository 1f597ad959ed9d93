/* From the file as written to the configuration that the gateway would run with: variables
 * substituted, the roster of either dialect, what the load adds, and what it would refuse or
 * repair. */
#ifndef CLAWC_LOAD_LOAD_H
#define CLAWC_LOAD_LOAD_H

#include "load/edit.h"
#include "load/environment.h"
#include "load/files.h"
#include "load/gateway.h"
#include "load/include.h"
#include "load/legacy/legacy.h"
#include "load/read.h"
#include "load/schema/schema.h"
#include "syntax/json5.h"

enum {
    LOAD_WARN_DEPTH = 1000, /* deeper nesting may be too much for the gateway */
    LOAD_MAX_DEPTH = 5000,  /* from here on a config is refused */
};

/* One agent of the roster, in the order in which the gateway enumerates it. */
struct roster_agent {
    struct str written; /* as spelled: the key of agents.entries or the id of agents.list[] */
    struct str id;      /* canonical */
    node_id node;       /* its object, 0 for the implied `main` */
    node_id name_node;  /* where the id stands: the entry (its key) or the id's value */
    bool blank;         /* 2026.3.13: an id without a character; stands for main, is in no table */
    bool marked;        /* default: true */
};

/* What the gateway start does with the file. */
enum startup { STARTUP_ACCEPTED, STARTUP_REPAIRED, STARTUP_REJECTED };

struct roster {
    ARRAY(struct roster_agent) agents;
    struct map ids; /* canonical id -> number (from 1) of the first agent that has it */
    bool explicit_ownership;
    bool ownership_missing;  /* several agents, no marker, not explicit: repaired at the start */
    struct str system_agent; /* agents.defaults.systemAgent.agentId; may be empty */
    struct str marker;       /* canonical id of the remembered default marker, or empty */
    node_id node; /* where the roster stands: agents.entries, agents.list, agents or the root */
};

struct loaded {
    struct tree *tree;
    uint32_t file;
    node_id first_node;         /* the nodes of its files begin here */
    struct json5_result parsed; /* of the file itself */
    /* The config as the gateway has it: files included, variables substituted, brought to the
     * current dialect and, when the start repairs it, repaired. An object; 0 when there is nothing
     * to work with. */
    node_id root;
    node_id written;  /* with its files included, nothing else done to it (`keep_written`), or 0 */
    node_id resolved; /* the same, of any kind; 0 when the gateway does not get that far */
    const struct environment *environment; /* with what the `env` block sets */
    struct str marker;   /* canonical id of the agent whose marker the load turned into owners */
    struct map list_ids; /* key of an agent that was in a list -> the value of its `id` */
    struct str first;    /* the first agent of a list of several without marker, or empty */
    struct edit repair;  /* what the start rewrites */
    struct edit settled; /* what loading does to the result */
    const struct include_edge *includes;
    size_t n_includes;
    const struct repair_change *changes;
    size_t n_changes;
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
    const struct files *files; /* how included files are read */
    bool keep_written;         /* `out->written` is asked for */
    bool tell_steps;      /* warn of what every load rewrites, as the gateway's own check does */
    struct str config;    /* absolute path of the file, links not resolved */
    struct str directory; /* the working directory */
    const struct schema *schema; /* instead of the gateway's own (--schema), or NULL */
    struct str gateway;          /* asked for, or empty */
    struct str gateway_from;     /* "--gateway" or "clawc.yaml" */
};

/* Loads a file that has been read. Mistakes become diagnostics. `out->root` is 0 when the text
 * could not be parsed or is no object. */
void load_config(const struct loader *l, uint32_t file, struct loaded *out);

/* Takes back what the start rewrites: `out->resolved` is again what the validator saw. The roster
 * and what was made of the config by then no longer fit. */
void load_undo_repair(struct loaded *out);

/* roster.c: the roster of a loaded config. */
void roster_read(struct arena *a, struct loaded *c);

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
/* Whether an item of a command line is a flag whose value, the next item, is a secret: --token. */
bool secrets_is_flag(struct str item);
/* Whether a text is nothing but variables, as Compose writes them, without a value in it: `$V`,
 * `${V:?message}`, `${V:-${W}}`; not `${V:-value}`. */
bool secrets_are_variables(struct str text);
/* Marks the passwords of URLs in a text of the tree. */
void secrets_mark_url(const struct tree *t, node_id n);
/* Whether a text holds a URL with a password, or a token, before its host. */
bool secrets_in_url(struct str text);

#endif
