/* What `clawc access` prints, and its batch form. */
#ifndef CLAWC_COMMANDS_ACCESS_H
#define CLAWC_COMMANDS_ACCESS_H

#include "analysis/analysis.h"
#include "base/buf.h"
#include "base/json.h"
#include "commands/batch.h"
#include "syntax/paths.h"

/* What is told of one config. */
struct access_view {
    struct run *run;
    const struct analysis *analysis;
    struct paths *paths;
};

/* The session of a reach; `<id>` stands for the group where every one has its own. */
struct str access_session(struct arena *a, const struct reach *r);

/* access_text.c: for people. */
void access_add_text(struct buf *b, const struct access_view *v);
/* access_json.c: for programs (docs/json.md). */
void access_add_json(struct buf *b, const struct access_view *v);

/* The answer to one kind of questions: adds the value of `expect`, an object. */
struct access_question {
    const struct batch_line *line;
    const struct rules *rules;
    node_id input;
};

/* Loads a config in the environment of the question. */
void access_load(const struct access_question *q, struct str text, struct batch_config *out);

/* access_accounts.c: the accounts of a channel. */
void access_answer_accounts(struct buf *b, const struct access_question *q);
/* access_findings.c: what the gateway's own audit says of direct messages. */
void access_answer_findings(struct buf *b, const struct access_question *q);

/* Lines of questions {"id", "kind", "version", "input"} in, {"id", "expect"} out. */
enum exit_code access_batch(struct run *run);

#endif
