/* Which values are secrets. Known by their key: a secret's value is never shown, whatever else a
 * report says, so it is better to hide too much than too little. */
#include <string.h>

#include "load/load.h"

static bool ends_with_fold(struct str s, const char *suffix) {
    size_t n = strlen(suffix);
    if (s.n < n) return false;
    for (size_t i = 0; i < n; i++) {
        char c = s.p[s.n - n + i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        if (c != suffix[i]) return false;
    }
    return true;
}

bool secrets_is_key(struct str key) {
    static const char *const endings[] = {
        "token",      "secret",      "password",      "passwd",          "passphrase", "apikey",
        "api_key",    "api-key",     "privatekey",    "private_key",     "accesskey",  "access_key",
        "credential", "credentials", "authorization", "cookie",          "signingkey", "webhookurl",
        "_key",       "seed",        "mnemonic",      "connectionstring"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (ends_with_fold(key, endings[i])) return true;
    return false;
}

/* A text that is nothing but a reference to a variable says nothing secret. */
static bool is_reference(struct str text) {
    size_t at = 0;
    if (str_starts(text, STR("$"))) at = 1;
    return at && (environment_whole_name(text).n || text.n == 1);
}

static void mark_text(const struct tree *t, node_id n) {
    struct str text = tree_text(t, n);
    if (!text.n || is_reference(text)) return;
    struct span span = tree_span(t, n);
    if (span.end - span.start > 2)
        source_add_secret(t->sources, (struct span){span.file, span.start + 1, span.end - 1});
    source_add_secret_text(t->sources, text);
}

/* Marks the direct values of `env`, and those of its `vars`. */
static void mark_variables(const struct tree *t, node_id env) {
    for (TREE_EACH(t, variable, env)) {
        if (tree_is(t, variable, NODE_STRING)) mark_text(t, variable);
        if (!str_equal(tree_key_text(t, tree_node(t, variable)->key), STR("vars"))) continue;
        for (TREE_EACH(t, value, variable))
            if (tree_is(t, value, NODE_STRING)) mark_text(t, value);
    }
}

/* A secret may be a list of texts, or, carelessly, a number. */
static void mark_value(const struct tree *t, node_id n, bool *is_secret) {
    if (tree_is(t, n, NODE_STRING)) mark_text(t, n);
    if (tree_is(t, n, NODE_NUMBER)) source_add_secret(t->sources, tree_span(t, n));
    if (!tree_is(t, n, NODE_ARRAY)) return;
    for (TREE_EACH(t, item, n)) is_secret[item] = true;
}

/* Parents stand before their children, and a repeated key's earlier values are among the nodes,
 * too: one pass sees everything, however deep. */
void secrets_mark(const struct tree *t, node_id root) {
    struct arena *scratch = arena_new();
    bool *secret_keys = ARENA_ARRAY(scratch, bool, t->keys.n);
    bool *is_secret = ARENA_ARRAY(scratch, bool, t->n);
    key_id env = tree_find_key(t, STR("env"));
    for (size_t i = 0; i < t->keys.n; i++) secret_keys[i] = secrets_is_key(t->keys.v[i]);
    for (node_id n = root; n < t->n; n++) {
        key_id key = tree_node(t, n)->key;
        if (is_secret[n] || (key && secret_keys[key])) mark_value(t, n, is_secret);
        if (key && key == env) mark_variables(t, n);
    }
    arena_free(scratch);
}

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '$';
}

static size_t skip_blanks(struct str s, size_t at) {
    while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t')) at++;
    return at;
}

/* Where the value begins that follows a key's name: behind its closing quote, `:` or `=`. */
static size_t value_start(struct str line, size_t at) {
    if (at < line.n && (line.p[at] == '"' || line.p[at] == '\'')) at++;
    at = skip_blanks(line, at);
    if (at < line.n && (line.p[at] == ':' || line.p[at] == '=')) at++;
    return skip_blanks(line, at);
}

/* A quoted value ends at its quote, another one at a blank, comma or brace. */
static size_t value_end(struct str line, size_t at) {
    char quote = at < line.n ? line.p[at] : 0;
    if (quote == '"' || quote == '\'' || quote == '`') {
        for (at++; at < line.n && line.p[at] != quote; at++)
            if (line.p[at] == '\\') at++;
        return at < line.n ? at : line.n;
    }
    while (at < line.n && line.p[at] != ' ' && line.p[at] != ',' && line.p[at] != '}') at++;
    return at;
}

void secrets_mask_line(struct str line, bool *hidden) {
    for (size_t at = 0; at < line.n;) {
        size_t from = at;
        while (at < line.n && is_word(line.p[at])) at++;
        if (at == from) {
            at++;
            continue;
        }
        if (!secrets_is_key(str_slice(line, from, at))) continue;
        size_t start = value_start(line, at), end = value_end(line, start);
        bool quoted =
            start < end && (line.p[start] == '"' || line.p[start] == '\'' || line.p[start] == '`');
        struct str value = str_slice(line, quoted ? start + 1 : start, end);
        bool block = value.n && (value.p[0] == '{' || value.p[0] == '[');
        if (block || is_reference(value)) continue;
        for (size_t i = quoted ? start + 1 : start; i < end; i++) hidden[i] = true;
        if (end > at) at = end;
    }
}
