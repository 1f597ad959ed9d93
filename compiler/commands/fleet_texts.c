#include "commands/fleet_texts.h"

#include "commands/fleet_load.h"

static void add_file(struct run *run, struct str root, struct str shown,
                     const struct fleet_entry *e, struct fleet_gateway *g) {
    struct arena *a = run->arena;
    struct str real, text;
    if (!root.n || fleet_read_below(run, root, e->value, &real, &text) != FILE_OK) {
        diag_add(run->diags, SEVERITY_ERROR, "read_failed", tree_span(run->tree, e->at),
                 "the text " STR_FMT " of " STR_FMT " cannot be read below the fleet's directory",
                 STR_ARG(e->value), STR_ARG(e->name));
        return;
    }
    uint32_t file = source_add(run->sources, str_concat(a, shown, e->value), text);
    ARRAY_PUSH(a, g->texts) = (struct fleet_text){.text = text, .file = file, .at = g->at};
}

void fleet_texts_add(struct run *run, const struct fleet_block *block, struct str root,
                     struct str shown, struct fleet_gateway *g) {
    for (size_t i = 0; i < block->texts.n; i++)
        if (str_equal(block->texts.v[i].name, g->name))
            add_file(run, root, shown, &block->texts.v[i], g);
}

void fleet_texts_add_host(struct run *run, const struct fleet_block *block,
                          struct fleet_gateway *g) {
    if (!block->texts.n) return;
    struct str file = source_name(run->sources, block->file);
    fleet_texts_add(run, block, fleet_real_folder(run, file), run_folder_of(file), g);
}
