/* What a YAML scalar means: the core schema of YAML 1.2 (its section 10.3.2). Private to yaml.c. */
#ifndef CLAWC_SYNTAX_YAML_SCALAR_H
#define CLAWC_SYNTAX_YAML_SCALAR_H

#include "syntax/tree.h"

struct yaml_scalar {
    enum node_kind kind; /* NODE_NULL, NODE_BOOL, NODE_NUMBER or NODE_STRING */
    bool boolean;
    bool integer; /* a number written as one */
    double number;
};

/* The meaning of a plain scalar. A NUL must stand behind the text. */
struct yaml_scalar yaml_scalar_resolve(struct str text);

#endif
