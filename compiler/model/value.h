/* Values of the model. Every value knows its place: the value that was written, or, for a default,
 * the nearest thing around it that was. A place is a node of the tree, with PLACE_KEY when the key
 * alone is meant. */
#ifndef CLAWC_MODEL_VALUE_H
#define CLAWC_MODEL_VALUE_H

#include "base/str.h"

typedef uint32_t place;
#define PLACE_KEY ((place)1 << 31)

struct text {
    struct str v;
    place at;
    bool set;      /* written in the config; otherwise `v` is the default */
    bool symbolic; /* holds a variable of unknown value: comparable with the same text only */
};

struct flag {
    bool v;
    place at;
    bool set;
};

struct text_list {
    const struct text *v;
    size_t n;
    place at;
    bool set; /* an array was written, also an empty one */
};

#endif
