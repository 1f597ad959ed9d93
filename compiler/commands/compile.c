/* clawc compile: the routing table of a config. */
#include <nettle/sha2.h>

#include "commands/compile.h"
#include "table/table.h"

void compile_digest(struct str text, uint8_t digest[32]) {
    struct sha256_ctx sha;
    sha256_init(&sha);
    sha256_update(&sha, text.n, (const uint8_t *)text.p);
    sha256_digest(&sha, 32, digest);
}

/* ---- variables in what routing reads -----------------------------------------------------------
 */

static void refuse_symbol(struct run *run, node_id n) {
    diag_add(
        run->diags, SEVERITY_ERROR, "unknown_variable", tree_span(run->tree, n),
        "routing reads this text, and it has a variable whose value is not known here: give it "
        "with --env, --env-file or --process-env");
}

/* Everything below these members is read by routing. */
static void refuse_symbols(struct run *run, node_id n, int depth) {
    enum { DEPTH_MAX = 16 };
    if (!n || depth > DEPTH_MAX) return;
    if (tree_node(run->tree, n)->flags & NODE_SYMBOLIC) refuse_symbol(run, n);
    for (TREE_EACH(run->tree, child, n)) refuse_symbols(run, child, depth + 1);
}

static bool variables_are_known(struct run *run, const struct loaded *loaded) {
    size_t before = run->diags->errors;
    const struct tree *t = run->tree;
    refuse_symbols(run, tree_member(t, loaded->root, STR("bindings")), 0);
    refuse_symbols(run, tree_member(t, loaded->root, STR("session")), 0);
    refuse_symbols(run, tree_path(t, loaded->root, "agents", "ownership", NULL), 0);
    refuse_symbols(run, tree_path(t, loaded->root, "agents", "defaults", "systemAgent", NULL), 0);
    for (TREE_EACH(t, agent, tree_path(t, loaded->root, "agents", "list", NULL)))
        refuse_symbols(run, tree_member(t, agent, STR("id")), 0);
    return run->diags->errors == before;
}

/* ---- building ----------------------------------------------------------------------------------
 */

bool compile_table(struct run *run, const char *path, struct compiled *c) {
    c->loaded = ARENA_NEW(run->arena, struct loaded);
    run_load(run, path, c->loaded);
    if (run_load_code(c->loaded) != EXIT_FINE) return false;
    c->model = run_model(run, path, c->loaded);
    if (run_load_code(c->loaded) != EXIT_FINE || !variables_are_known(run, c->loaded)) return false;
    uint8_t digest[TABLE_DIGEST];
    compile_digest(source_text(run->sources, c->loaded->file), digest);
    c->bytes = buf_new(run->arena);
    struct str error;
    if (table_build(&c->model->routing, digest, &c->bytes, &error)) return true;
    diag_add(run->diags, SEVERITY_ERROR, "table_limit", SPAN_NONE, STR_FMT, STR_ARG(error));
    return false;
}

/* The audit that stands before the table: true when nothing in it counts. */
static bool passes_audit(struct run *run, struct compiled *c, enum exit_code *code) {
    struct gate gate;
    struct rules rules;
    *code = EXIT_USAGE;
    if (!gate_parse(run->o->fail_on, &gate)) return false;
    *code = EXIT_CONFIG;
    if (!run_rules(run, &rules)) return false;
    struct audited what = {0};
    ARRAY_PUSH(run->arena, what.files) = c->loaded;
    ARRAY_PUSH(run->arena, what.models) = c->model;
    struct report *report = run_audit(run, &rules, &gate, &what, true);
    *code = EXIT_FINDINGS;
    bool counts = false;
    for (size_t i = 0; i < report->findings.n; i++) counts = counts || report->findings.v[i].counts;
    if (counts || !run->o->quiet) {
        struct report_options options = run_report_options(run, false);
        options.quiet = !counts;
        report_write(report_format_find(STR("text")), report, &options, stderr);
    }
    if (counts)
        fputs("clawc: nothing was compiled: findings above count (see --fail-on and --no-audit)\n",
              stderr);
    return !counts;
}

enum exit_code command_compile(struct run *run) {
    const struct options *o = run->o;
    if (o->arguments.list.n != 1 || !o->output_file) {
        fputs("clawc: compile takes one config and -o FILE\n", stderr);
        return EXIT_USAGE;
    }
    struct compiled c;
    if (!compile_table(run, o->arguments.list.v[0], &c)) {
        run_print_errors(run, stderr);
        return EXIT_CONFIG;
    }
    enum exit_code code;
    if (!o->no_audit && !passes_audit(run, &c, &code)) return code;
    if (o->no_audit && !o->quiet) run_print_errors(run, stderr);
    if (c.loaded->startup == STARTUP_REPAIRED)
        fprintf(stderr, "clawc: compiled as gateway " STR_FMT " repairs the file at its start\n",
                STR_ARG(c.loaded->gateway->version));
    struct str error;
    if (!table_publish(run->arena, o->output_file, buf_str(&c.bytes), &error)) {
        fprintf(stderr, "clawc: " STR_FMT "\n", STR_ARG(error));
        return EXIT_MACHINE;
    }
    if (!o->quiet)
        printf("%s: %zu bindings, %zu bytes, gateway " STR_FMT " (" STR_FMT ")\n", o->output_file,
               c.model->routing.n_bindings, c.bytes.n, STR_ARG(c.loaded->gateway->version),
               STR_ARG(c.loaded->why));
    return run_flush(stdout, EXIT_FINE);
}
