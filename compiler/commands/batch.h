/* Batches of questions about configs: a JSON object on each line, with configs inside of it. */
#ifndef CLAWC_COMMANDS_BATCH_H
#define CLAWC_COMMANDS_BATCH_H

#include "commands/run.h"
#include "load/discover.h"

/* One line, read. Everything lives in its arena, which the next line takes over. */
struct batch_line {
    struct arena *arena;
    const struct run *run;
    struct tree *tree;
    node_id root;
    struct str text;
    const struct gateway_data *gateway; /* of the line's `version`, else of --gateway */
};

/* False with a sentence when the line is no JSON object. */
bool batch_read(const struct run *run, struct arena *a, struct str text, struct batch_line *line,
                struct str *why);

/* The value of a member as a text; the empty text when it is none. */
struct str batch_text(const struct batch_line *l, node_id object, const char *key);
/* A list of texts and numbers. */
struct names batch_list(const struct batch_line *l, node_id object, const char *key);
/* The environment that an object of texts is: it is complete. `home` counts where it has no HOME.
 */
struct environment *batch_environment(const struct batch_line *l, node_id object, struct str home);

/* A config on its way to a model. */
struct batch_config {
    struct loaded loaded;
    struct model *model;
    bool accepted; /* the gateway takes it as it is */
};

/* Loads a config: a node of the line, or (`text`) a text. `where->config_path` and the like count
 * for the model. */
void batch_load(const struct batch_line *l, struct str text, const struct environment *env,
                const struct gateway_place *where, struct batch_config *out);
/* The text of a value of the line. */
struct str batch_source(const struct batch_line *l, node_id n);

#endif
