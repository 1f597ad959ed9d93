/* Build-time program: turns the JSON Schemas of each gateway version, of its config and
 * of its plugins' configs, and that of Compose files into constant tables.
 *
 *     schema FILE... > embedded_schemas.c      (FILE: .../NAME-VERSION.json) */
#include <stdio.h>
#include <string.h>

#include "data_file.h"
#include "load/schema/schema.h"

static const struct schema *read_schema(struct arena *a, const char *path) {
    struct data_file file = data_file_read(a, path);
    const struct schema *schema = schema_compile(a, file.tree, file.root, file.diags);
    if (!schema) data_file_refuse(&file);
    return schema;
}

static void print_range(struct schema_range r) {
    printf("{%u,%u},", r.first, r.n);
}

static void print_nodes(const struct schema *s, int k) {
    printf("static const struct schema_node nodes_%d[] = {\n", k);
    for (unsigned i = 0; i < s->n_nodes; i++) {
        const struct schema_node *n = &s->nodes[i];
        printf("{%u,%u,", n->types, n->flags);
        print_range(n->properties);
        print_range(n->patterned);
        print_range(n->required);
        print_range(n->values);
        print_range(n->any_of);
        print_range(n->one_of);
        print_range(n->all_of);
        print_range(n->tuple);
        printf("%u,%u,%u,%u,%u,%u,%u,%u,%u,%uu,%uu,%.17g,%.17g},\n", n->additional, n->names,
               n->items, n->not, n->when, n->then, n->otherwise, n->pattern, n->format, n->min_size,
               n->max_size, n->min, n->max);
    }
    puts("};");
}

static void print_texts(const char *name, int k, const struct schema_text *v, unsigned n) {
    printf("static const struct schema_text %s_%d[] = {", name, k);
    for (unsigned i = 0; i < n; i++) printf("%s{%u,%u},", i % 8 ? "" : "\n", v[i].at, v[i].n);
    puts("{0,0}};");
}

static void print_rest(const struct schema *s, int k) {
    printf("static const struct schema_property properties_%d[] = {", k);
    for (unsigned i = 0; i < s->n_properties; i++)
        printf("%s{%u,%u},", i % 8 ? "" : "\n", s->properties[i].key, s->properties[i].node);
    puts("{0,0}};");
    printf("static const struct schema_value values_%d[] = {", k);
    for (unsigned i = 0; i < s->n_values; i++)
        printf("%s{%u,%u,%.17g},", i % 8 ? "" : "\n", s->values[i].kind, s->values[i].text,
               s->values[i].number);
    puts("{0,0,0}};");
    printf("static const uint16_t ids_%d[] = {", k);
    for (unsigned i = 0; i < s->n_ids; i++) printf("%s%u,", i % 16 ? "" : "\n", s->ids[i]);
    puts("0};");
    printf("static const char pool_%d[] = {", k);
    for (uint32_t i = 0; i < s->n_pool; i++) printf("%s%d,", i % 24 ? "" : "\n", s->pool[i]);
    puts("0};");
}

static void print_schema(const struct schema *s, int k) {
    print_nodes(s, k);
    print_rest(s, k);
    print_texts("keys", k, s->keys, s->n_keys);
    print_texts("texts", k, s->texts, s->n_texts);
    print_texts("patterns", k, s->patterns, s->n_patterns);
}

/* "rules/gateways/schema-2026.9.6.json" gives "schema-2026.9.6". */
static void print_name(const char *path) {
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t n = strlen(name), suffix = strlen(".json");
    printf("%.*s", (int)(n > suffix ? n - suffix : n), name);
}

int main(int argc, char **argv) {
    struct arena *a = arena_new();
    const struct schema **v = ARENA_ARRAY(a, const struct schema *, (size_t)argc);
    puts("/* Made by tools/schema.c from the schemas under rules/. */\n"
         "#include \"load/embedded.h\"\n");
    for (int i = 1; i < argc; i++) {
        v[i] = read_schema(a, argv[i]);
        print_schema(v[i], i);
    }
    puts("const struct embedded_schema embedded_schemas[] = {");
    for (int i = 1; i < argc; i++) {
        const struct schema *s = v[i];
        fputs("{\"", stdout);
        print_name(argv[i]);
        printf("\",{nodes_%d,properties_%d,values_%d,keys_%d,texts_%d,patterns_%d,ids_%d,pool_%d,"
               "%u,%u,%u,%u,%u,%u,%u,%u,%uu}},\n",
               i, i, i, i, i, i, i, i, s->root, s->n_nodes, s->n_properties, s->n_values, s->n_keys,
               s->n_texts, s->n_patterns, s->n_ids, s->n_pool);
    }
    printf("{0}};\nconst size_t embedded_schema_count = %d;\n", argc - 1);
    arena_free(a);
    return fflush(stdout) == 0 ? 0 : 4;
}
