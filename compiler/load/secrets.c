/* Which values are secrets: known by their key, or by standing before the host of a URL. A secret's
 * value is never shown, whatever else a report says, so it is better to hide too much than too
 * little. */
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
    static const char *const endings[] = {"token",         "secret",
                                          "password",      "passwd",
                                          "passphrase",    "apikey",
                                          "api_key",       "api-key",
                                          "privatekey",    "private_key",
                                          "accesskey",     "access_key",
                                          "credential",    "credentials",
                                          "authorization", "cookie",
                                          "signingkey",    "webhookurl",
                                          "_key",          "seed",
                                          "mnemonic",      "connectionstring",
                                          "_pass",         "pgpass",
                                          "_pwd",          "_jwt",
                                          "_pat",          "webhook_url",
                                          "_webhook"};
    static const char *const names[] = {"pass", "pwd", "jwt", "webhook"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (ends_with_fold(key, endings[i])) return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (key.n == strlen(names[i]) && ends_with_fold(key, names[i])) return true;
    return false;
}

/* ---- variables ---------------------------------------------------------------------------------
 */

static bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static size_t name_end(struct str text, size_t at) {
    while (at < text.n && is_name_character(text.p[at])) at++;
    return at;
}

/* Behind the `$NAME` or `${NAME}` at `at`, or the beginning of `${NAME:-`, of which one is then
 * open; SIZE_MAX when there is none, or what replaces it stands there (`:+`). */
static size_t reference_end(struct str text, size_t at, size_t *open) {
    bool braces = at + 1 < text.n && text.p[at + 1] == '{';
    size_t name = at + 1 + braces, end = name_end(text, name);
    if (end == name) return SIZE_MAX;
    if (!braces) return end;
    if (end < text.n && text.p[end] == '}') return end + 1;
    if (end < text.n && text.p[end] == ':') end++;
    if (end < text.n && text.p[end] == '?') {
        size_t close = str_find(text, STR("}"), end);
        return close == SIZE_MAX ? SIZE_MAX : close + 1;
    }
    if (end == text.n || text.p[end] != '-') return SIZE_MAX;
    ++*open;
    return end + 1;
}

bool secrets_are_variables(struct str text) {
    size_t open = 0;
    for (size_t at = 0; at < text.n;) {
        bool closes = text.p[at] == '}' && open;
        if (!closes && text.p[at] != '$') return false;
        if (closes) open--;
        at = closes ? at + 1 : reference_end(text, at, &open);
        if (at == SIZE_MAX) return false;
    }
    return text.n && !open;
}

/* A text that is nothing but a reference to a variable says nothing secret. */
static bool is_reference(struct str text) {
    size_t at = 0;
    if (str_starts(text, STR("$"))) at = 1;
    return at && (environment_whole_name(text).n || text.n == 1);
}

static bool ends_authority(char c) {
    return c == '/' || c == '\\' || c == '"' || c == '\'' || c == '`' || c == ' ' || c == '\t';
}

/* Behind the next `//` from `at` on, also where JSON writes it `\/\/`; SIZE_MAX: no more. */
static size_t next_authority(struct str text, size_t at) {
    while ((at = str_find(text, STR("/"), at)) != SIZE_MAX) {
        at++;
        size_t second = at < text.n && text.p[at] == '\\' ? at + 1 : at;
        if (second < text.n && text.p[second] == '/') return second + 1;
    }
    return SIZE_MAX;
}

/* The password in the next URL of `text` from `*at` on, which then stands behind it; a user without
 * a password may be a token (https://TOKEN@host). Empty when there is no more. The scheme may be
 * misspelt, and a password may hold `?` and `#`, which should have been escaped. */
static struct str next_url_password(struct str text, size_t *at) {
    while ((*at = next_authority(text, *at)) != SIZE_MAX) {
        size_t start = *at, end = start;
        for (; *at < text.n && !ends_authority(text.p[*at]); ++*at)
            if (text.p[*at] == '@') end = *at;
        struct str user = str_slice(text, start, end);
        const char *colon = user.n ? memchr(user.p, ':', user.n) : NULL;
        if (colon) user = str_slice(user, (size_t)(colon - user.p) + 1, user.n);
        if (user.n && !is_reference(user)) return user;
    }
    return (struct str){0};
}

bool secrets_is_flag(struct str item) {
    return str_starts(item, STR("--")) && secrets_is_key(item);
}

bool secrets_in_url(struct str text) {
    size_t at = 0;
    return next_url_password(text, &at).n > 0;
}

void secrets_mark_url(const struct tree *t, node_id n) {
    struct str text = tree_text(t, n), password;
    if (!text.n || !memchr(text.p, '@', text.n)) return;
    for (size_t at = 0; (password = next_url_password(text, &at)).n;)
        source_add_secret_text(t->sources, password);
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
static void mark_value(const struct tree *t, node_id n, bool *is_secret, node_id root) {
    if (tree_is(t, n, NODE_STRING)) mark_text(t, n);
    if (tree_is(t, n, NODE_NUMBER)) source_add_secret(t->sources, tree_span(t, n));
    if (!tree_is(t, n, NODE_ARRAY)) return;
    for (TREE_EACH(t, item, n)) is_secret[item - root] = true;
}

/* What the run knows of keys is asked once for each that the file has: others may have many. */
static bool is_secret_key(const struct tree *t, key_id key, uint8_t *known) {
    enum { UNKNOWN, PLAIN, SECRET };
    if (known[key] == UNKNOWN) known[key] = secrets_is_key(t->keys.v[key]) ? SECRET : PLAIN;
    return known[key] == SECRET;
}

/* Parents stand before their children, and a repeated key's earlier values are among the nodes,
 * too: one pass sees everything, however deep. */
void secrets_mark(const struct tree *t, node_id root) {
    struct arena *scratch = arena_new();
    bool *is_secret = ARENA_ARRAY(scratch, bool, t->n - root); /* by node, from the root on */
    uint8_t *keys = ARENA_ARRAY(scratch, uint8_t, t->keys.n);
    key_id env = tree_find_key(t, STR("env"));
    for (node_id n = root; n < t->n; n++) {
        key_id key = tree_node(t, n)->key;
        if (is_secret[n - root] || (key && is_secret_key(t, key, keys)))
            mark_value(t, n, is_secret, root);
        if (key && key == env) mark_variables(t, n);
        if (tree_is(t, n, NODE_STRING)) secrets_mark_url(t, n);
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

/* Where the value begins that follows a key's name: behind its closing quote, `:` or `=`. The value
 * of a flag may be the next item of a list: "--token", "x". */
static size_t value_start(struct str line, size_t at, bool is_flag) {
    if (at < line.n && (line.p[at] == '"' || line.p[at] == '\'')) at++;
    at = skip_blanks(line, at);
    bool between = at < line.n && (line.p[at] == ':' || line.p[at] == '=');
    if (between || (is_flag && at < line.n && line.p[at] == ',')) at++;
    return skip_blanks(line, at);
}

/* A quoted value ends at its quote, another one at a blank, comma or brace that is not in the
 * braces of a variable. */
static size_t value_end(struct str line, size_t at) {
    char quote = at < line.n ? line.p[at] : 0;
    size_t open = 0;
    if (quote == '"' || quote == '\'' || quote == '`') {
        for (at++; at < line.n && line.p[at] != quote; at++)
            if (line.p[at] == '\\') at++;
        return at < line.n ? at : line.n;
    }
    bool variable = str_starts(str_slice(line, at, line.n), STR("${"));
    for (; at < line.n; at++) {
        char c = line.p[at];
        if (!open && (c == ' ' || c == ',' || c == '}')) break;
        if (c == '}') open--;
        if (c == '{' && (open || line.p[at - 1] == '$')) open++;
        bool quote_next = at + 1 < line.n && (line.p[at + 1] == '"' || line.p[at + 1] == '\'');
        if (c == '}' && !open && variable && quote_next) return at + 1; /* of the whole item */
    }
    return at;
}

/* The quote or bracket behind belongs to what stands around: "TOKEN=${TOKEN}" in a list. */
static bool shows_nothing(struct str value) {
    while (value.n && strchr("\"'])", value.p[value.n - 1])) value.n--;
    return is_reference(value) || secrets_are_variables(value);
}

/* `Authorization: Bearer x`: the secret is the word behind. */
static bool is_scheme(struct str word) {
    static const char *const schemes[] = {"bearer", "basic", "bot", "token"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (word.n == strlen(schemes[i]) && ends_with_fold(word, schemes[i])) return true;
    return false;
}

static void hide_between(bool *hidden, size_t start, size_t end) {
    for (size_t i = start; i < end; i++) hidden[i] = true;
}

/* `curl -u user:x` and, under whatever name, `Bearer x`. What is longer than any of them is not
 * looked at: every word of a line may be such a flag. */
static void mask_login(struct str line, struct str word, bool *hidden) {
    enum { SHORTEST_TOKEN = 16, LONGEST = 512 }; /* "Basic authentication" is no token */
    bool scheme = is_scheme(word);
    if (!scheme && !str_equal(word, STR("-u")) && !str_equal(word, STR("--user"))) return;
    size_t at = (size_t)(word.p - line.p) + word.n, start = skip_blanks(line, at);
    size_t end = value_end(str_slice(line, 0, start + LONGEST), start);
    if (start == at) return;
    const char *colon = scheme ? NULL : memchr(line.p + start, ':', end - start);
    if (scheme && end - start >= SHORTEST_TOKEN) hide_between(hidden, start, end);
    if (colon) hide_between(hidden, (size_t)(colon - line.p) + 1, end);
}

void secrets_mask_line(struct str line, bool *hidden) {
    struct str password;
    for (size_t at = 0; (password = next_url_password(line, &at)).n;)
        hide_between(hidden, (size_t)(password.p - line.p),
                     (size_t)(password.p - line.p) + password.n);
    for (size_t at = 0; at < line.n;) {
        size_t from = at;
        while (at < line.n && is_word(line.p[at])) at++;
        if (at == from) {
            at++;
            continue;
        }
        mask_login(line, str_slice(line, from, at), hidden);
        if (!secrets_is_key(str_slice(line, from, at))) continue;
        bool is_flag = str_starts(str_slice(line, from, at), STR("--"));
        size_t start = value_start(line, at, is_flag), end = value_end(line, start);
        if (is_scheme(str_slice(line, start, end))) end = value_end(line, skip_blanks(line, end));
        bool quoted =
            start < end && (line.p[start] == '"' || line.p[start] == '\'' || line.p[start] == '`');
        struct str value = str_slice(line, quoted ? start + 1 : start, end);
        bool block = value.n && (value.p[0] == '{' || value.p[0] == '[');
        if (block || shows_nothing(value)) continue;
        hide_between(hidden, quoted ? start + 1 : start, end);
        if (end > at) at = end;
    }
}

/* ---- files with syntax errors ------------------------------------------------------------------
 */

/* In a file that is not well-formed nobody knows for certain what belongs to which key. Everything
 * behind the name of a secret is hidden, to the end of the line and of the brackets opened there;
 * only punctuation stays, so that the mistake can still be seen. */
struct hiding {
    struct sources *sources;
    uint32_t file;
    struct str text;
    long depth;       /* brackets that are open behind the name */
    bool needs_value; /* nothing stood behind the name on its line */
    bool is_yaml;     /* what is indented more than the name belongs to it, too */
    size_t indent;    /* of the line of the name */
};

static bool is_bracket(char c) {
    return c == '{' || c == '[' || c == '}' || c == ']';
}

static bool is_punctuation(char c) {
    return is_bracket(c) || c == ':' || c == ',' || c == '"' || c == '\'' || c == ' ' ||
           c == '\t' || c == '\r';
}

static void hide(struct hiding *h, size_t at, size_t end) {
    bool any = h->depth > 0;
    while (at < end) {
        size_t from = at;
        while (at < end && !is_punctuation(h->text.p[at])) at++;
        if (at > from)
            source_add_secret(h->sources, (struct span){h->file, (uint32_t)from, (uint32_t)at});
        any = any || at > from;
        if (at == end) break;
        char c = h->text.p[at++];
        if (c == '{' || c == '[') h->depth++;
        if ((c == '}' || c == ']') && h->depth) h->depth--;
    }
    h->needs_value = !any && !h->depth;
}

/* An escape may stand for any letter. */
static bool may_name_secret(struct str word) {
    return secrets_is_key(word) || str_equal(word, STR("env")) ||
           str_find(word, STR("\\"), 0) != SIZE_MAX;
}

/* The end of the first word of [at, end) that may name a secret, or SIZE_MAX. */
static size_t secret_name_end(struct str text, size_t at, size_t end) {
    while (at < end) {
        size_t from = at;
        while (at < end && (is_word(text.p[at]) || text.p[at] == '\\')) at++;
        if (at > from && may_name_secret(str_slice(text, from, at))) return at;
        if (at == from) at++;
    }
    return SIZE_MAX;
}

static size_t indent_of(struct str text, struct span line) {
    size_t at = line.start;
    while (at < line.end && text.p[at] == ' ') at++;
    return at - line.start;
}

/* Where hiding begins in a line: at its start, behind a name, or nowhere (SIZE_MAX). */
static size_t hidden_from(struct hiding *h, struct span line) {
    size_t indent = indent_of(h->text, line);
    if (h->depth || h->needs_value || (h->is_yaml && indent > h->indent)) return line.start;
    size_t at = secret_name_end(h->text, line.start, line.end);
    h->indent = at == SIZE_MAX ? SIZE_MAX : indent;
    return at;
}

void secrets_mark_broken(struct sources *s, uint32_t file, bool is_yaml) {
    struct hiding h = {.sources = s,
                       .file = file,
                       .text = source_text(s, file),
                       .is_yaml = is_yaml,
                       .indent = SIZE_MAX};
    for (uint32_t line = 1; line <= source_line_count(s, file); line++) {
        struct span span = source_line(s, file, line);
        if (span.start + indent_of(h.text, span) == span.end) continue; /* blank: ends nothing */
        size_t at = hidden_from(&h, span);
        if (at != SIZE_MAX) hide(&h, at, span.end);
    }
}
