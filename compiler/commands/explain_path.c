/* clawc explain --path: where a value of the loaded config comes from, and what it is. */
#include <string.h>

#include "base/json.h"
#include "commands/run.h"
#include "load/keys.h"
#include "load/shown.h"

enum { SHOWN_MAX = 2000, STEPS_MAX = 64 };

struct tracing {
    struct run *run;
    const struct loaded *loaded;
    struct paths *paths;
    struct buf *b;
    struct str path; /* as asked for */
};

/* ---- finding the value -------------------------------------------------------------------------
 */

/* The names of a path: `a.b[0]["c.d"]`; false when it cannot be read. */
static bool split_path(struct arena *a, struct str path, struct str *names, size_t *n) {
    size_t at = 0;
    for (*n = 0; at < path.n; (*n)++) {
        if (*n == STEPS_MAX) return false;
        if (path.p[at] == '.' && *n) at++;
        if (at < path.n && path.p[at] == '[') {
            bool quoted = at + 1 < path.n && path.p[at + 1] == '"';
            size_t end = str_find(path, quoted ? STR("\"]") : STR("]"), at + (quoted ? 2 : 1));
            if (end == SIZE_MAX) return false;
            names[*n] = str_slice(path, at + (quoted ? 2 : 1), end);
            at = end + (quoted ? 2 : 1);
            continue;
        }
        size_t end = at;
        while (end < path.n && path.p[end] != '.' && path.p[end] != '[') end++;
        if (end == at) return false;
        names[*n] = str_copy(a, str_slice(path, at, end));
        at = end;
    }
    return *n != 0;
}

static node_id item_at(const struct tree *t, node_id array, struct str name) {
    size_t index = 0, wanted = 0;
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] < '0' || name.p[i] > '9' || wanted > UINT32_MAX) return 0;
        wanted = wanted * 10 + (size_t)(name.p[i] - '0');
    }
    for (TREE_EACH(t, item, array))
        if (index++ == wanted) return item;
    return 0;
}

static node_id follow(const struct tree *t, node_id from, const struct str *names, size_t n) {
    for (size_t i = 0; i < n && from; i++)
        from = tree_is(t, from, NODE_ARRAY) ? item_at(t, from, names[i])
                                            : tree_member(t, from, names[i]);
    return from;
}

static struct str joined(struct arena *a, const struct str *names, size_t n) {
    struct str path = STR("");
    for (size_t i = 0; i < n; i++)
        path = i ? str_format(a, STR_FMT "." STR_FMT, STR_ARG(path), STR_ARG(names[i])) : names[0];
    return path;
}

/* ---- the chain ---------------------------------------------------------------------------------
 */

static void add_row(const struct tracing *s, const char *head, struct str text) {
    buf_addf(s->b, "  %-10s " STR_FMT "\n", head, STR_ARG(text));
}

static struct str place_text(const struct tracing *s, struct span span) {
    const struct sources *sources = s->run->sources;
    struct position p = source_position(sources, span.file, span.start);
    return str_format(s->run->arena, STR_FMT ":%u:%u", STR_ARG(source_name(sources, span.file)),
                      p.line, p.column);
}

/* The `$include` that brought a file, or NULL for the main file. */
static const struct include_edge *edge_to(const struct tracing *s, uint32_t file) {
    for (size_t i = 0; file != s->loaded->file && i < s->loaded->n_includes; i++)
        if (s->loaded->includes[i].file == file) return &s->loaded->includes[i];
    return NULL;
}

/* Where each file was included, up to the main one. Gives the path that `written`, one of the
 * innermost file, has in the whole. */
static struct str add_includes(const struct tracing *s, uint32_t file, struct str written) {
    const struct include_edge *edge = edge_to(s, file);
    for (size_t steps = 0; edge && steps < s->loaded->n_includes; steps++) {
        struct str at = paths_of_span(s->paths, edge->at);
        size_t end = str_find(at, STR("[\"$include\"]"), 0);
        struct str around = end == SIZE_MAX ? STR("") : str_slice(at, 0, end);
        add_row(s, "included",
                str_format(s->run->arena, STR_FMT "  " STR_FMT, STR_ARG(place_text(s, edge->at)),
                           STR_ARG(at)));
        if (around.n && written.n && written.p[0] != '[')
            around = str_concat(s->run->arena, around, STR("."));
        written = str_concat(s->run->arena, around, written);
        edge = edge_to(s, edge->at.file);
    }
    return written;
}

static const char *variable_source(const struct tracing *s, struct str name) {
    if (environment_get(s->run->env, name).n) return "of the environment";
    if (environment_get(s->loaded->environment, name).n) return "set by the `env` block";
    return s->run->env->complete ? "not set: the text stays as it is" : "of unknown value";
}

static void add_variables(const struct tracing *s, node_id n) {
    const struct node *node = tree_node(s->run->tree, n);
    if (!(node->flags & (NODE_SUBSTITUTED | NODE_SYMBOLIC | NODE_UNSET)) || !node->file) return;
    struct str text = str_slice(source_text(s->run->sources, node->file), node->start, node->end);
    for (size_t at = 0; (at = str_find(text, STR("${"), at)) != SIZE_MAX; at += 2) {
        size_t end = str_find(text, STR("}"), at);
        if (end == SIZE_MAX) return;
        struct str name = str_slice(text, at + 2, end);
        if (!environment_whole_name(str_slice(text, at, end + 1)).n) continue;
        add_row(s, "variable",
                str_format(s->run->arena, STR_FMT ", %s", STR_ARG(name), variable_source(s, name)));
    }
}

/* The repairs that made what stands at the path. */
static void add_repairs(const struct tracing *s) {
    for (size_t i = 0; i < s->loaded->n_changes; i++) {
        const struct repair_change *c = &s->loaded->changes[i];
        bool covers = c->to.n && str_starts(s->path, c->to) &&
                      (s->path.n == c->to.n || s->path.p[c->to.n] == '.');
        if (!covers || s->loaded->startup != STARTUP_REPAIRED) continue;
        struct str from = c->from.n ? c->from : STR("nothing");
        add_row(s, "rewritten",
                str_format(s->run->arena, "from " STR_FMT ", by the start of gateway " STR_FMT,
                           STR_ARG(from), STR_ARG(s->loaded->gateway->version)));
    }
}

/* `agents.list[0].x` and `agents.list.0.x` are one. */
static struct str dotted(struct arena *a, struct str path) {
    char *p = arena_alloc(a, path.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < path.n; i++) {
        if (path.p[i] == ']' || path.p[i] == '"') continue;
        p[n++] = path.p[i] == '[' ? '.' : path.p[i];
    }
    return (struct str){p, n};
}

static void add_origin(const struct tracing *s, node_id n) {
    struct str version = s->loaded->gateway->version;
    const struct node *node = tree_node(s->run->tree, n);
    struct span span = tree_span(s->run->tree, n);
    struct str written = paths_of_span(s->paths, span);
    struct str at = place_text(s, span);
    if (node->flags & NODE_ADDED) {
        add_row(s, "added",
                str_format(s->run->arena,
                           "by gateway " STR_FMT ", because of " STR_FMT "  " STR_FMT,
                           STR_ARG(version), STR_ARG(at), STR_ARG(written)));
    } else {
        add_row(s, "written",
                str_format(s->run->arena, STR_FMT "  " STR_FMT, STR_ARG(at), STR_ARG(written)));
    }
    written = add_includes(s, span.file, written);
    add_variables(s, n);
    add_repairs(s);
    bool moved = written.n && !(node->flags & NODE_ADDED) &&
                 !str_equal(dotted(s->run->arena, written), s->path);
    if (moved && s->loaded->startup != STARTUP_REPAIRED)
        add_row(s, "rewritten",
                str_format(s->run->arena, "from " STR_FMT ", by gateway " STR_FMT " at every load",
                           STR_ARG(written), STR_ARG(version)));
}

static void add_value(const struct tracing *s, struct str path, node_id n) {
    buf_addf(s->b, STR_FMT " = ", STR_ARG(path));
    shown_add(s->b, s->run->tree, n, shown_is_secret(path), SHOWN_MAX);
    buf_add_char(s->b, '\n');
}

/* What the key is, in words. */
static void add_meaning(const struct tracing *s, const struct str *names, size_t n) {
    struct keys *keys = keys_load(s->run->arena, s->loaded->gateway);
    struct key_set set = keys_root(keys);
    for (size_t i = 0; i < n; i++) set = keys_step(keys, set, names[i]);
    struct key_text text = keys_text(keys, set);
    if (text.title.n)
        add_row(s, "meaning",
                str_format(s->run->arena, STR_FMT ". " STR_FMT, STR_ARG(text.title),
                           STR_ARG(text.description)));
}

/* ---- what is not there -------------------------------------------------------------------------
 */

/* Where the gateway looks when the value is absent: for an agent in agents.defaults, for an account
 * in its channel. Gives the number of names, 0 when there is no such place. */
static size_t inherited(const struct str *names, size_t n, struct str *to) {
    bool agent = n > 3 && str_equal(names[0], STR("agents")) &&
                 (str_equal(names[1], STR("entries")) || str_equal(names[1], STR("list")));
    bool account =
        n > 4 && str_equal(names[0], STR("channels")) && str_equal(names[2], STR("accounts"));
    if (!agent && !account) return 0;
    to[0] = names[0];
    to[1] = agent ? STR("defaults") : names[1];
    size_t skip = agent ? 3 : 4;
    memcpy(to + 2, names + skip, (n - skip) * sizeof *to);
    return n - skip + 2;
}

/* The built-in default of a path, or empty: the data has patterns with `*`. */
static struct str default_of(const struct gateway_data *g, const struct str *names, size_t n) {
    for (size_t i = 0; i < g->defaults.n; i++) {
        struct str pattern = g->defaults.keys[i];
        size_t at = 0, step = 0;
        while (step < n && at <= pattern.n) {
            size_t end = str_find(pattern, STR("."), at);
            if (end == SIZE_MAX) end = pattern.n;
            struct str name = str_slice(pattern, at, end);
            if (!str_equal(name, STR("*")) && !str_equal(name, names[step])) break;
            step++;
            at = end + 1;
        }
        if (step == n && at == pattern.n + 1) return g->defaults.values[i].v[0];
    }
    return STR("");
}

static bool add_default(const struct tracing *s, const struct str *names, size_t n) {
    struct str value = default_of(s->loaded->gateway, names, n);
    bool channel = str_equal(names[0], STR("channels"));
    if (!value.n || (channel && !follow(s->run->tree, s->loaded->root, names, 2))) return false;
    buf_addf(s->b, STR_FMT " = " STR_FMT "\n", STR_ARG(s->path), STR_ARG(value));
    add_row(s, "default",
            str_format(s->run->arena, "of gateway " STR_FMT, STR_ARG(s->loaded->gateway->version)));
    return true;
}

static bool trace_absent(const struct tracing *s, const struct str *names, size_t n) {
    struct str other[STEPS_MAX];
    size_t m = inherited(names, n, other);
    node_id found = m ? follow(s->run->tree, s->loaded->root, other, m) : 0;
    if (found) {
        struct tracing up = *s;
        up.path = joined(s->run->arena, other, m);
        add_value(s, s->path, found);
        add_row(s, "inherited", up.path);
        add_origin(&up, found);
        return true;
    }
    return add_default(s, names, n) || (m && add_default(s, other, m));
}

enum exit_code explain_path(struct run *run, const char *config) {
    struct str names[STEPS_MAX];
    size_t n;
    struct loaded loaded;
    if (!split_path(run->arena, str_from(run->o->path), names, &n)) {
        fputs("clawc: --path takes a path of the config, such as agents.entries.main.workspace\n",
              stderr);
        return EXIT_USAGE;
    }
    run_load(run, config, &loaded);
    if (run_load_code(&loaded) != EXIT_FINE) run_print_errors(run, stderr);
    if (!loaded.root) return EXIT_CONFIG;
    struct buf b = buf_new(run->arena);
    struct tracing s = {run, &loaded, paths_new(run->arena, run->tree), &b,
                        joined(run->arena, names, n)};
    node_id found = follow(run->tree, loaded.root, names, n);
    if (found) {
        add_value(&s, s.path, found);
        add_origin(&s, found);
    } else if (!trace_absent(&s, names, n)) {
        buf_addf(&b,
                 STR_FMT " is not set, and clawc knows no default of it for gateway " STR_FMT "\n",
                 STR_ARG(s.path), STR_ARG(loaded.gateway->version));
    }
    add_meaning(&s, names, n);
    buf_addf(&b, "\ngateway " STR_FMT " (" STR_FMT ")\n", STR_ARG(loaded.gateway->version),
             STR_ARG(loaded.why));
    fwrite(b.p, 1, b.n, stdout);
    return run_flush(stdout, run_load_code(&loaded));
}
