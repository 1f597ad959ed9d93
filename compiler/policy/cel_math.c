#include "policy/cel_ast.h"
const struct cel_function_table cel_math_functions = {NULL, 0};
