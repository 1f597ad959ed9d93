/* The macros that look like methods. `has` and `cel.bind` have a form of their own. */
#include "cel/cel_ast.h"

static const struct cel_macro macros[] = {
    {"all", CEL_NODE_ALL, 2, 1, false, false},
    {"all", CEL_NODE_ALL, 3, 2, false, false},
    {"exists", CEL_NODE_EXISTS, 2, 1, false, false},
    {"exists", CEL_NODE_EXISTS, 3, 2, false, false},
    {"exists_one", CEL_NODE_EXISTS_ONE, 2, 1, false, false},
    {"exists_one", CEL_NODE_EXISTS_ONE, 3, 2, false, false},
    {"existsOne", CEL_NODE_EXISTS_ONE, 2, 1, false, false},
    {"existsOne", CEL_NODE_EXISTS_ONE, 3, 2, false, false},
    {"map", CEL_NODE_COLLECT, 2, 1, false, false},
    {"map", CEL_NODE_COLLECT, 3, 1, true, false},
    {"filter", CEL_NODE_COLLECT, 2, 1, true, true},
    {"transformList", CEL_NODE_COLLECT, 3, 2, false, false},
    {"transformList", CEL_NODE_COLLECT, 4, 2, true, false},
    {"transformMap", CEL_NODE_COLLECT_MAP, 3, 2, false, false},
    {"transformMap", CEL_NODE_COLLECT_MAP, 4, 2, true, false},
    {"transformMapEntry", CEL_NODE_COLLECT_ENTRY, 3, 2, false, false},
    {"transformMapEntry", CEL_NODE_COLLECT_ENTRY, 4, 2, true, false},
    {"optMap", CEL_NODE_OPT_MAP, 2, 1, false, false},
    {"optFlatMap", CEL_NODE_OPT_FLAT_MAP, 2, 1, false, false},
};

const struct cel_macro *cel_find_macro(const struct cel_node *call) {
    for (size_t i = 0; i < sizeof macros / sizeof *macros; i++)
        if (call->a && call->n_args == macros[i].n_args &&
            str_equal(call->name, str_from(macros[i].name)))
            return &macros[i];
    return NULL;
}

const char *cel_macro_name(size_t i) {
    return i < sizeof macros / sizeof *macros ? macros[i].name : NULL;
}
