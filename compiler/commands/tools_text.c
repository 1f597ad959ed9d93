#include "commands/tools.h"
void tools_add_text(struct buf *b, const struct tools_view *v, size_t agent) { (void)b; (void)v; (void)agent; }
