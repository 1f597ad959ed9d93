/* clawc access: who is let in, and what they reach. */
#include "commands/access.h"

enum exit_code command_access(struct run *run) {
    return access_batch(run);
}
