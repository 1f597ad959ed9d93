/* Sets of rules: the built-in ones, files, directories. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "load/embedded.h"
#include "policy/rule_reading.h"
#include "syntax/json5.h"
#include "syntax/yaml.h"

static int by_id(const void *left, const void *right) {
    const struct rule *a = *(struct rule *const *)left, *b = *(struct rule *const *)right;
    return str_compare(a->info.id, b->info.id);
}

static void sort_rules(struct rules *rules) {
    if (rules->list.n) qsort(rules->list.v, rules->list.n, sizeof *rules->list.v, by_id);
}

void rules_load_builtin(struct arena *a, struct rules *rules, struct diags *d) {
    struct sources *sources = sources_new(a);
    struct tree *t = tree_new(a, sources);
    for (size_t i = 0; i < embedded_rule_count; i++) {
        const struct embedded *e = &embedded_rules[i];
        struct str name = str_from(e->name);
        uint32_t file = source_add(sources, name, (struct str){e->text, e->n});
        node_id root = json5_parse(t, file, d).root;
        struct rule *rule = rule_read(a, t, root, d);
        rule->info.builtin = true;
        rule->file = name;
        ARRAY_PUSH(a, rules->list) = rule;
    }
    sort_rules(rules);
}

void rules_compile(const struct rules *rules) {
    for (size_t i = 0; i < rules->list.n; i++) rule_compile(rules->list.v[i]);
}

bool rules_load_file(struct tree *t, struct rules *rules, uint32_t file, struct diags *d) {
    size_t before = d->errors;
    node_id root = yaml_parse(t, file, d);
    if (!root || d->errors > before) return false;
    if (!tree_is(t, root, NODE_OBJECT)) {
        diag_add(d, SEVERITY_ERROR, "rule", tree_span(t, root),
                 "a rule file holds one rule, a mapping");
        return false;
    }
    rules_add(t, rules, root, d);
    return d->errors == before;
}

void rules_add(struct tree *t, struct rules *rules, node_id root, struct diags *d) {
    struct rule *rule = rule_read(t->arena, t, root, d);
    rule_compile(rule);
    rule->file = source_name(t->sources, tree_span(t, root).file);
    for (size_t i = 0; i < rules->list.n; i++)
        if (str_equal(rules->list.v[i]->info.id, rule->info.id))
            diag_add(d, SEVERITY_ERROR, "rule", tree_span(t, tree_member(t, root, STR("id"))),
                     "there is a rule of this id already, in " STR_FMT,
                     STR_ARG(rules->list.v[i]->file));
    ARRAY_PUSH(t->arena, rules->list) = rule;
}

static void load_path(struct tree *t, struct rules *rules, const char *path, struct diags *d) {
    uint32_t file;
    const char *reason = "";
    if (source_read(t->sources, path, str_from(path), &file, &reason) == SOURCE_OK)
        (void)rules_load_file(t, rules, file, d);
    else
        diag_add(d, SEVERITY_ERROR, "read_failed", SPAN_NONE, "rule file %s: %s", path, reason);
}

static int by_text(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

struct paths_found {
    ARRAY(const char *) list;
};

bool rules_load_directory(struct tree *t, struct rules *rules, const char *path, struct diags *d) {
    size_t before = d->errors;
    DIR *dir = opendir(path);
    if (!dir) {
        diag_add(d, SEVERITY_ERROR, "read_failed", SPAN_NONE, "rule directory %s: %s", path,
                 strerror(errno));
        return false;
    }
    struct paths_found found = {0};
    struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        struct str name = str_from(entry->d_name);
        if (entry->d_name[0] == '.' ||
            !(str_ends(name, STR(".yaml")) || str_ends(name, STR(".yml"))))
            continue;
        ARRAY_PUSH(t->arena, found.list) = str_format(t->arena, "%s/%s", path, entry->d_name).p;
    }
    closedir(dir);
    if (found.list.n) qsort(found.list.v, found.list.n, sizeof *found.list.v, by_text);
    for (size_t i = 0; i < found.list.n; i++) load_path(t, rules, found.list.v[i], d);
    sort_rules(rules);
    return d->errors == before;
}

/* Whether `id` is `pattern` with something in place of each <name>. */
static bool id_matches(struct str pattern, struct str id) {
    size_t p = 0, i = 0;
    while (p < pattern.n) {
        if (pattern.p[p] != '<') {
            if (i >= id.n || pattern.p[p++] != id.p[i++]) return false;
            continue;
        }
        size_t close = str_find(pattern, STR(">"), p);
        if (close == SIZE_MAX) return false;
        struct str rest = str_slice(pattern, close + 1, pattern.n);
        for (size_t end = i + 1; end <= id.n; end++)
            if (id_matches(rest, str_slice(id, end, id.n))) return true;
        return false;
    }
    return i == id.n;
}

const struct rule *rules_find(const struct rules *rules, struct str id) {
    for (size_t i = 0; i < rules->list.n; i++)
        if (str_equal(rules->list.v[i]->info.id, id)) return rules->list.v[i];
    for (size_t i = 0; i < rules->list.n; i++)
        if (id_matches(rules->list.v[i]->info.pattern, id)) return rules->list.v[i];
    return NULL;
}
