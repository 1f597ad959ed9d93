/* clawc check: the gateway's own verdict on a config, for one or several of its versions. */
#include "commands/check.h"

#include <string.h>

#include "commands/json_value.h"
#include "load/schema/schema.h"
#include "load/shown.h"
#include "syntax/json5.h"

/* ---- what the parser says ----------------------------------------------------------------------
 */

/* The character between the quotes of "JSON5: invalid character 'x' at 1:2", or an empty text. */
static struct str quoted(struct str message) {
    size_t from = str_find(message, STR("'"), 0), end = message.n;
    while (end && message.p[end - 1] != '\'') end--;
    return from != SIZE_MAX && end > from + 1 ? str_slice(message, from + 1, end - 1) : STR("");
}

/* The gateway's parser stops at the first mistake; ours goes on. */
static void add_syntax_error(struct run *run, struct checked *c) {
    const struct json5_result *p = &c->loaded.parsed;
    struct str message = p->gateway_message, ch = quoted(message);
    const char *what = str_find(message, STR("end of input"), 0) != SIZE_MAX ? "eof"
                       : str_find(message, STR("identifier"), 0) != SIZE_MAX ? "identifier"
                                                                             : "char";
    struct diags scratch = {.arena = run->arena};
    struct diag *d =
        diag_add(&scratch, SEVERITY_ERROR, "json5_syntax", SPAN_NONE, STR_FMT, STR_ARG(message));
    diag_text(&scratch, d, "what", str_from(what));
    if (strcmp(what, "char") == 0) diag_text(&scratch, d, "char", ch);
    diag_number(&scratch, d, "line", p->gateway_line);
    diag_number(&scratch, d, "col", p->gateway_column);
    for (size_t i = 0; i < c->diags->list.n; i++)
        if (c->diags->list.v[i].severity == SEVERITY_ERROR) {
            d->span = c->diags->list.v[i].span;
            d->message = c->diags->list.v[i].message;
            break;
        }
    ARRAY_PUSH(run->arena, c->errors) = *d;
}

static void divide(struct run *run, struct checked *c) {
    bool syntax = c->loaded.file && !c->loaded.parsed.ok;
    if (syntax) add_syntax_error(run, c);
    bool first = syntax;
    for (size_t i = 0; i < c->diags->list.n; i++) {
        struct diag d = c->diags->list.v[i];
        if (d.severity == SEVERITY_WARN && !d.further) {
            ARRAY_PUSH(run->arena, c->warnings) = d;
        } else if (d.severity == SEVERITY_ERROR && first) {
            first = false; /* the parser's first one stands for the gateway's */
        } else if (d.further || syntax) {
            ARRAY_PUSH(run->arena, c->further) = d;
        } else {
            ARRAY_PUSH(run->arena, c->errors) = d;
        }
    }
}

/* ---- one file, one version ---------------------------------------------------------------------
 */

static void check_one(struct run *run, const char *path, const char *version, struct checked *c) {
    struct options o = *run->o;
    struct run own = *run;
    o.gateway = version;
    own.o = &o;
    own.tree = tree_new(run->arena, run->sources);
    own.diags = diags_new(run->arena);
    *c = (struct checked){.path = path, .tree = own.tree, .diags = own.diags};
    run_load(&own, path, &c->loaded);
    struct loaded *l = &c->loaded;
    const struct gateways *known = &run->gateways;
    c->version = l->gateway ? l->gateway->version : known->v[known->n - 1].version;
    c->why = l->gateway ? l->why : STR("the newest known version");
    c->repaired = l->root && l->startup == STARTUP_REPAIRED;
    if (c->repaired && run->o->resolved) {
        struct buf b = buf_new(run->arena);
        edit_undo(&l->settled); /* a load's own steps are not written */
        json_add_node(&b, c->tree, l->root);
        c->rewritten = buf_str(&b);
    }
    load_undo_repair(l); /* what is printed is what was validated */
    divide(run, c);
    c->valid = !c->errors.n;
}

static enum exit_code code_of(const struct checked *c) {
    return c->valid ? EXIT_FINE : c->repaired ? EXIT_FINDINGS : EXIT_CONFIG;
}

/* ---- text --------------------------------------------------------------------------------------
 */

struct str check_verdict(struct arena *a, const struct checked *c) {
    struct buf b = buf_new(a);
    buf_addf(&b, "%s",
             !c->valid && c->repaired ? "repaired at its start"
             : !c->valid              ? "rejected"
             : c->warnings.n          ? "accepted, with warnings"
                                      : "accepted");
    if (c->errors.n) buf_addf(&b, ", %zu error%s", c->errors.n, c->errors.n == 1 ? "" : "s");
    if (c->further.n) buf_addf(&b, " and %zu beyond", c->further.n);
    return buf_str(&b);
}

static void print_diags(struct run *run, const struct checked *c, const struct diag *list, size_t n,
                        const char *head) {
    struct run own = *run;
    if (!n) return;
    if (head) printf("%s\n\n", head);
    own.tree = c->tree;
    own.diags = diags_new(run->arena);
    for (size_t i = 0; i < n; i++) {
        ARRAY_PUSH(run->arena, own.diags->list) = list[i];
        own.diags->errors += list[i].severity == SEVERITY_ERROR;
    }
    run_print_errors(&own, stdout);
}

/* One side of a change: the path, the value with its secrets masked. */
static void add_side(struct buf *b, const struct checked *c, char sign, struct str path,
                     node_id value) {
    enum { SHOWN_MAX = 200 };
    if (!path.n) return;
    buf_addf(b, "%c " STR_FMT "%s", sign, STR_ARG(path), value ? ": " : "");
    if (value) shown_add(b, c->tree, value, shown_is_secret(path), SHOWN_MAX);
    buf_add_char(b, '\n');
}

struct str check_changes(const struct checked *c) {
    struct buf b = buf_new(c->tree->arena);
    const struct loaded *l = &c->loaded;
    for (size_t i = 0; c->repaired && !c->valid && i < l->n_changes; i++) {
        add_side(&b, c, '-', l->changes[i].from, l->changes[i].was);
        add_side(&b, c, '+', l->changes[i].to, l->changes[i].now);
    }
    return buf_str(&b);
}

static void print_changes(const struct checked *c) {
    struct str changes = check_changes(c);
    if (!changes.n) return;
    printf("The gateway would rewrite the file at its start:\n\n");
    for (size_t from = 0; from < changes.n;) {
        size_t end = str_find(changes, STR("\n"), from);
        struct str line = str_slice(changes, from, end);
        printf("  " STR_FMT "\n", STR_ARG(line));
        from = end + 1;
    }
    putchar('\n');
}

static void print_verdict(struct run *run, const struct checked *c) {
    struct str verdict = check_verdict(run->arena, c);
    printf("%s: gateway " STR_FMT " (" STR_FMT "): " STR_FMT "\n", c->path, STR_ARG(c->version),
           STR_ARG(c->why), STR_ARG(verdict));
}

static void print_checked(struct run *run, const struct checked *c) {
    print_diags(run, c, c->errors.v, c->errors.n, NULL);
    print_diags(run, c, c->further.v, c->further.n, "Beyond the point where the gateway stops:");
    print_diags(run, c, c->warnings.v, c->warnings.n, NULL);
    print_changes(c);
    print_verdict(run, c);
}

/* ---- the command -------------------------------------------------------------------------------
 */

struct versions {
    ARRAY(const char *) v;
};

/* The parts of "2026.3.13,2026.9.6"; NULL when none is asked for. */
static bool split_versions(struct run *run, struct versions *out) {
    struct str asked = str_from(run->o->gateway ? run->o->gateway : "");
    if (!asked.n) {
        ARRAY_PUSH(run->arena, out->v) = NULL;
        return true;
    }
    for (size_t from = 0; from <= asked.n;) {
        size_t end = str_find(asked, STR(","), from);
        if (end == SIZE_MAX) end = asked.n;
        struct str one = str_slice(asked, from, end);
        if (!gateway_version_is_readable(one)) {
            fprintf(stderr, "clawc: --gateway takes versions such as 2026.9.6, not `" STR_FMT "`\n",
                    STR_ARG(one));
            return false;
        }
        ARRAY_PUSH(run->arena, out->v) = str_to_c(run->arena, one);
        from = end + 1;
    }
    return true;
}

/* The file of --schema, in a tree of its own. */
static bool read_schema(struct run *run) {
    const char *path = run->o->schema, *reason;
    if (!path) return true;
    struct tree *t = tree_new(run->arena, run->sources);
    uint32_t file;
    if (source_read(run->sources, path, str_from(path), &file, &reason) != SOURCE_OK) {
        fprintf(stderr, "clawc: schema file %s: %s\n", path, reason);
        return false;
    }
    struct diags *d = diags_new(run->arena);
    struct json5_result parsed = json5_parse(t, file, d);
    if (parsed.ok) run->schema = schema_compile(run->arena, t, parsed.root, d);
    if (run->schema) return true;
    struct run own = *run;
    own.tree = t;
    own.diags = d;
    run_print_errors(&own, stderr);
    return false;
}

static void print_json(struct run *run, const struct checked *c) {
    struct buf b = buf_new(run->arena);
    check_add_json(&b, run, c, run->o->resolved);
    fwrite(b.p, 1, b.n, stdout);
}

/* All versions of one file: they are there at once, since they may stand side by side. */
static enum exit_code check_file(struct run *run, const char *path, const struct versions *versions,
                                 bool json) {
    enum exit_code code = EXIT_FINE;
    size_t n = versions->v.n;
    struct checked *c = ARENA_ARRAY(run->arena, struct checked, n);
    for (size_t i = 0; i < n; i++) {
        check_one(run, path, versions->v.v[i], &c[i]);
        code = exit_worse(code, code_of(&c[i]));
    }
    bool columns = !json && !run->o->quiet && n > 1 && check_columns_fit(n);
    if (columns) check_print_columns(run, c, n);
    for (size_t i = 0; i < n && !columns; i++) {
        if (i && !json && !run->o->quiet) putchar('\n');
        if (json)
            print_json(run, &c[i]);
        else if (run->o->quiet)
            print_verdict(run, &c[i]);
        else
            print_checked(run, &c[i]);
    }
    return code;
}

enum exit_code command_check(struct run *run) {
    const struct options *o = run->o;
    struct versions versions = {0};
    bool json = o->format && strcmp(o->format, "json") == 0;
    if (o->format && !json && strcmp(o->format, "text") != 0) {
        fprintf(stderr, "clawc: there is no format `%s`: text or json\n", o->format);
        return EXIT_USAGE;
    }
    const char *found = o->arguments.list.n ? NULL : run_find_config(run);
    if (!o->arguments.list.n && !found) return EXIT_USAGE;
    if (!split_versions(run, &versions)) return EXIT_USAGE;
    if (!read_schema(run)) return EXIT_CONFIG;
    run->env->complete = true; /* what is not given is unset, as for the gateway */
    enum exit_code code = EXIT_FINE;
    if (found) code = check_file(run, found, &versions, json);
    for (size_t i = 0; i < o->arguments.list.n; i++) {
        if (i && versions.v.n > 1 && !json && !o->quiet) putchar('\n');
        const char *path = run_config_at(run, o->arguments.list.v[i]);
        code = exit_worse(code, check_file(run, path, &versions, json));
    }
    return run_flush(stdout, code);
}
