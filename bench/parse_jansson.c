#include <jansson.h>

#include "parse.h"

double parse_jansson(struct sources *s, uint32_t file) {
    struct str text = source_text(s, file);
    double start = bench_now();
    json_t *root = json_loadb(text.p, text.n, 0, NULL);
    double seconds = bench_now() - start;
    if (!root) bench_fail("jansson refuses the document");
    json_decref(root);
    return seconds;
}
