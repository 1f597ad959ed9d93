/* clawc eval: a CEL expression over the facts of a config, for whoever writes rules. */
#include <math.h>

#include "base/json.h"
#include "cel/cel_batch.h"
#include "commands/queries.h"
#include "commands/run.h"

static void answer_line(void *user, struct arena *scratch, struct str line, struct buf *out) {
    (void)user;
    cel_batch_line(scratch, line, out);
}

/* ---- values as JSON ----------------------------------------------------------------------------
 */

struct printing {
    struct cel_run *run;
    struct buf *out;
};

static void add_value(struct printing *p, struct cel_value v, int depth);

/* Facts refer to each other in circles: an object inside of another is shown by its first field. */
static void add_object(struct printing *p, struct cel_value v, int depth) {
    const struct cel_object_type *type = v.u.object.type;
    if (depth > 1) {
        add_value(p, type->get(p->run, v.u.object.object, 0), depth + 1);
        return;
    }
    buf_add_char(p->out, '{');
    for (size_t i = 0; i < type->n_fields; i++) {
        if (i) buf_add_char(p->out, ',');
        json_add_string(p->out, str_from(type->fields[i].name));
        buf_add_char(p->out, ':');
        add_value(p, type->get(p->run, v.u.object.object, i), depth + 2);
    }
    buf_add_char(p->out, '}');
}

static void add_map(struct printing *p, struct cel_value v, int depth) {
    buf_add_char(p->out, '{');
    for (size_t i = 0; i < cel_size(v); i++) {
        struct cel_value key, value;
        cel_entry(p->run, v, i, &key, &value);
        struct buf text = buf_new(p->run->arena);
        cel_add_text(p->run, &text, key);
        if (i) buf_add_char(p->out, ',');
        json_add_string(p->out, buf_str(&text));
        buf_add_char(p->out, ':');
        add_value(p, value, depth + 1);
    }
    buf_add_char(p->out, '}');
}

static void add_list(struct printing *p, struct cel_value v, int depth) {
    buf_add_char(p->out, '[');
    for (size_t i = 0; i < cel_size(v); i++) {
        if (i) buf_add_char(p->out, ',');
        add_value(p, cel_at(p->run, v, i), depth);
    }
    buf_add_char(p->out, ']');
}

static void add_double(struct buf *b, double d) {
    if (isfinite(d)) {
        json_add_number(b, d);
        return;
    }
    buf_addf(b, "{\"$number\":\"%s\"}", isnan(d) ? "NaN" : d > 0 ? "Infinity" : "-Infinity");
}

static void add_value(struct printing *p, struct cel_value v, int depth) {
    enum { DEPTH_MAX = 40 };
    struct buf text = buf_new(p->run->arena);
    if (depth > DEPTH_MAX) {
        buf_add(p->out, STR("null"));
        return;
    }
    switch ((enum cel_kind)v.kind) {
    case CEL_BOOL: buf_add(p->out, v.u.boolean ? STR("true") : STR("false")); break;
    case CEL_INT: buf_addf(p->out, "%lld", (long long)v.u.i); break;
    case CEL_UINT: buf_addf(p->out, "%llu", (unsigned long long)v.u.u); break;
    case CEL_DOUBLE: add_double(p->out, v.u.d); break;
    case CEL_LIST: add_list(p, v, depth); break;
    case CEL_MAP: add_map(p, v, depth); break;
    case CEL_OBJECT: add_object(p, v, depth); break;
    case CEL_OPTIONAL:
        if (v.u.optional)
            add_value(p, *v.u.optional, depth);
        else
            buf_add(p->out, STR("null"));
        break;
    case CEL_NULL:
    case CEL_ERROR:
    case CEL_DYN: buf_add(p->out, STR("null")); break;
    case CEL_STRING:
    case CEL_BYTES:
    case CEL_TYPE_VALUE: cel_add_text(p->run, &text, v); json_add_string(p->out, buf_str(&text));
    }
}

/* ---- the command -------------------------------------------------------------------------------
 */

static bool point_at(const char *expression, struct cel_error error) {
    fprintf(stderr, "clawc: " STR_FMT "\n  %s\n  %*s^\n", STR_ARG(error.message), expression,
            (int)error.offset, "");
    return false;
}

static bool evaluate(struct run *run, const char *expression, const struct analysis *s) {
    struct cel_variable variable = {"gateway", CEL_TYPE_OBJECT(&fact_gateway)};
    struct cel_env env = {.variables = &variable, .n = 1};
    struct cel_error error;
    const struct cel_program *p = cel_compile(run->arena, &env, str_from(expression), &error);
    if (!p) return point_at(expression, error);
    struct cel_run eval = cel_run_new(run->arena, NULL);
    struct cel_value gateway = cel_object(&fact_gateway, s);
    struct cel_value v = cel_eval(p, &eval, &gateway);
    if (v.kind == CEL_ERROR) return point_at(expression, (struct cel_error){v.origin, v.u.text});
    struct buf out = buf_new(run->arena);
    struct printing printing = {&eval, &out};
    add_value(&printing, v, 0);
    buf_add_char(&out, '\n');
    fwrite(out.p, 1, out.n, stdout);
    return true;
}

enum exit_code command_eval(struct run *run) {
    const struct options *o = run->o;
    if (o->batch && !o->arguments.list.n) {
        struct query_stream stream = {stdin, stdout, NULL, answer_line};
        bool ok = query_stream_run(&stream);
        return run_flush(stdout, ok ? EXIT_FINE : EXIT_MACHINE);
    }
    if (o->arguments.list.n != 2) {
        fputs("clawc: eval takes an expression and a config, or --batch\n", stderr);
        return EXIT_USAGE;
    }
    struct loaded *loaded = ARENA_NEW(run->arena, struct loaded);
    const char *path = o->arguments.list.v[1];
    run_load(run, path, loaded);
    if (!loaded->root) {
        run_print_errors(run, stderr);
        return EXIT_CONFIG;
    }
    struct model *m = run_model(run, path, loaded);
    if (!run->o->quiet) run_print_errors(run, stderr);
    const struct analysis *s = analyse(run->arena, m, run->project.owners);
    if (!evaluate(run, o->arguments.list.v[0], s)) return EXIT_USAGE;
    return run_flush(stdout, run_load_code(loaded));
}
