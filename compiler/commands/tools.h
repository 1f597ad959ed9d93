/* What `clawc tools` prints. */
#ifndef CLAWC_COMMANDS_TOOLS_H
#define CLAWC_COMMANDS_TOOLS_H

#include "analysis/analysis.h"
#include "base/buf.h"
#include "commands/run.h"

/* What is told about one agent. */
struct tools_view {
    struct run *run;
    const struct model *model;
    const struct tool_context *context;
    const bool *reachable; /* by agent: takes part in tools.agentToAgent */
};

/* `"ID":{...}` with the keys of the tools vectors. */
void tools_add_json(struct buf *b, const struct tools_view *v, size_t agent);
/* For people. */
void tools_add_text(struct buf *b, const struct tools_view *v, size_t agent);

#endif
