/* Build-time program: turns YAML files under rules/ into the arrays of compiler/load/embedded.h, as
 * JSON text, which the program reads faster than YAML.
 *
 *     embed gateways FILE... rules FILE... > embedded.c */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "syntax/tree.h"
#include "syntax/yaml.h"

static void add_value(struct buf *b, const struct tree *t, node_id n) {
    const struct node *node = tree_node(t, n);
    bool first = true;
    switch ((enum node_kind)node->kind) {
    case NODE_NULL: buf_add(b, STR("null")); break;
    case NODE_BOOL: buf_add(b, node->u.boolean ? STR("true") : STR("false")); break;
    case NODE_NUMBER: json_add_number(b, node->u.number); break;
    case NODE_STRING: json_add_string(b, tree_text(t, n)); break;
    case NODE_ARRAY:
    case NODE_OBJECT:
        buf_add_char(b, node->kind == NODE_ARRAY ? '[' : '{');
        for (TREE_EACH(t, child, n)) {
            if (!first) buf_add_char(b, ',');
            first = false;
            if (node->kind == NODE_OBJECT) {
                json_add_string(b, tree_key_text(t, tree_node(t, child)->key));
                buf_add_char(b, ':');
            }
            add_value(b, t, child);
        }
        buf_add_char(b, node->kind == NODE_ARRAY ? ']' : '}');
    }
}

/* Every byte as an octal escape where C could misread it. */
static void print_literal(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (i % 100 == 0) fputs("\n    \"", stdout);
        if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '?')
            printf("\\%03o", c);
        else
            putchar(c);
        if (i % 100 == 99 || i + 1 == s.n) putchar('"');
    }
}

static void report(const struct sources *s, const struct diags *d) {
    for (size_t i = 0; i < d->list.n; i++) {
        const struct diag *g = &d->list.v[i];
        struct position p = source_position(s, g->span.file, g->span.start);
        struct str name = source_name(s, g->span.file);
        fprintf(stderr, STR_FMT ":%u:%u: " STR_FMT "\n", STR_ARG(name), p.line, p.column,
                STR_ARG(g->message));
    }
}

static size_t embed(struct arena *a, const char *path) {
    struct sources *s = sources_new(a);
    struct tree *t = tree_new(a, s);
    struct diags *d = diags_new(a);
    const char *reason;
    uint32_t file;
    if (source_read(s, path, str_from(path), &file, &reason) != SOURCE_OK) {
        fprintf(stderr, "%s: %s\n", path, reason);
        exit(4);
    }
    node_id root = yaml_parse(t, file, d);
    if (!root || d->errors) {
        report(s, d);
        exit(2);
    }
    struct buf b = buf_new(a);
    add_value(&b, t, root);
    printf("    {\"%s\",", path);
    print_literal(buf_str(&b));
    for (int i = 0; i < SOURCE_PADDING; i++) fputs(i ? "\\000" : "\n    \"\\000", stdout);
    printf("\", %zu},\n", b.n);
    return b.n;
}

static int embed_list(struct arena *a, const char *name, char **argv, int argc, int from) {
    int n = 0;
    printf("const struct embedded embedded_%ss[] = {\n", name);
    while (from + n < argc && strcmp(argv[from + n], "rules") != 0) {
        embed(a, argv[from + n]);
        n++;
    }
    printf("    {0, 0, 0}};\nconst size_t embedded_%s_count = %d;\n", name, n);
    return from + n;
}

int main(int argc, char **argv) {
    struct arena *a = arena_new();
    if (argc < 3 || strcmp(argv[1], "gateways") != 0) {
        fputs("usage: embed gateways FILE... rules FILE...\n", stderr);
        return 3;
    }
    puts(
        "/* Made by tools/embed.c from the files under rules/. */\n#include \"load/embedded.h\"\n");
    int next = embed_list(a, "gateway", argv, argc, 2);
    if (next < argc) next++;
    embed_list(a, "rule", argv, argc, next);
    arena_free(a);
    return 0;
}
