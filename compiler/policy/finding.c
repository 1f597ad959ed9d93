#include "policy/finding.h"

const char *confidence_name(enum confidence c) {
    static const char *const names[] = {"low", "medium", "high"};
    return names[c];
}
