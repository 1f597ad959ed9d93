/* Build-time program: turns YAML files under rules/ into the arrays of compiler/load/embedded.h, as
 * JSON text, which the program reads faster than YAML.
 *
 *     embed gateways FILE... rules FILE... keys FILE... > embedded.c */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "data_file.h"

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

static size_t embed(struct arena *a, const char *path) {
    struct data_file file = data_file_read(a, path);
    struct buf b = buf_new(a);
    add_value(&b, file.tree, file.root);
    printf("    {\"%s\",", path);
    print_literal(buf_str(&b));
    for (int i = 0; i < SOURCE_PADDING; i++) fputs(i ? "\\000" : "\n    \"\\000", stdout);
    printf("\", %zu},\n", b.n);
    return b.n;
}

/* Each list becomes an array and its count; its name is that of the array, without its last letter
 * that of the count. */
static const char *const lists[] = {"gateways", "rules", "keys"};

enum { LISTS = sizeof lists / sizeof *lists };

static bool is_list(const char *word) {
    for (int i = 0; i < LISTS; i++)
        if (strcmp(word, lists[i]) == 0) return true;
    return false;
}

/* The list whose name is `argv[from]`; gives what comes behind it. */
static int embed_list(struct arena *a, char **argv, int argc, int from) {
    const char *name = argv[from++];
    int n = 0;
    printf("const struct embedded embedded_%s[] = {\n", name);
    for (; from + n < argc && !is_list(argv[from + n]); n++) embed(a, argv[from + n]);
    printf("    {0, 0, 0}};\nconst size_t embedded_%.*s_count = %d;\n", (int)strlen(name) - 1, name,
           n);
    return from + n;
}

int main(int argc, char **argv) {
    struct arena *a = arena_new();
    if (argc < 2 || !is_list(argv[1])) {
        fputs("usage: embed gateways FILE... rules FILE... keys FILE...\n", stderr);
        return 3;
    }
    puts(
        "/* Made by tools/embed.c from the files under rules/. */\n#include \"load/embedded.h\"\n");
    for (int next = 1; next < argc;) next = embed_list(a, argv, argc, next);
    arena_free(a);
    return 0;
}
