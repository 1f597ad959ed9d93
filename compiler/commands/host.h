/* Gateways whose configs lie on the host: which there are, what clawc.yaml says of each, what they
 * are called, where they keep what they have. */
#ifndef CLAWC_COMMANDS_HOST_H
#define CLAWC_COMMANDS_HOST_H

#include "commands/run.h"

struct host {
    const char *path;               /* of its config, as on the command line */
    const struct host_entry *entry; /* or NULL: clawc.yaml says nothing of it */
    struct environment *environment;
    struct str location;       /* where its config lies on the host; empty: nowhere */
    struct str folder;         /* the directory of that, */
    bool folder_is_state;      /* which is a state directory, by its name, */
    struct str folder_profile; /* and that of this profile; or empty */
    struct str name;           /* what reports call it */
};

/* What is known of the gateway of a config; the same answer at each call. A mistake in its
 * environment is a diagnostic, once. */
struct host *host_of(struct run *run, const char *path);

/* What the model of its config needs to know. */
struct gateway_place host_place(struct run *run, const struct host *h,
                                const struct gateway_data *gateway);

/* The configs of the command line that are no Compose files; of `--fleet FILE`, and of clawc.yaml
 * when nothing is named, also those that stand there. `first` is the first argument to look at. */
struct option_list host_paths(struct run *run, size_t first);

/* Loads them and adds them to what is audited, each with a name that no other gateway has. Worsens
 * `*code` by what the configs are. */
void host_load(struct run *run, const struct option_list *paths, struct audited *what,
               enum exit_code *code);

#endif
