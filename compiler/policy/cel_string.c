#include "policy/cel_ast.h"
const struct cel_function_table cel_string_functions = {NULL, 0};
