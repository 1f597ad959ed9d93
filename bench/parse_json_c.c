#include <json-c/json.h>

#include "parse.h"

double parse_json_c(struct sources *s, uint32_t file) {
    struct str text = source_text(s, file);
    struct json_tokener *tokener = json_tokener_new();
    double start = bench_now();
    struct json_object *root = json_tokener_parse_ex(tokener, text.p, (int)text.n);
    double seconds = bench_now() - start;
    if (!root) bench_fail("json-c refuses the document");
    json_object_put(root);
    json_tokener_free(tokener);
    return seconds;
}
