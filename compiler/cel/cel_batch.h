/* The lines of `clawc eval --batch`: an expression with its environment in, a typed value out. The
 * notation is that of the recorded CEL conformance tests (testdata/vectors/README.md). */
#ifndef CLAWC_POLICY_CEL_BATCH_H
#define CLAWC_POLICY_CEL_BATCH_H

#include "cel/cel.h"

/* Evaluates one line, a JSON object with `expr` and perhaps `bindings`, `declared`, `container`,
 * `disable_macros`, `disable_check` (other keys are ignored), and adds the answer to `out`, without
 * a line end: {"value": {"t": ..., "v": ...}} or {"error": "message"}. Everything else is allocated
 * in `scratch`, which the caller resets between lines; `out` must not be in it. Never fails: what
 * is wrong with a line is its answer. */
void cel_batch_line(struct arena *scratch, struct str line, struct buf *out);

#endif
