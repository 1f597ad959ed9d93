/* clawc access: who is let in, and what they reach. */
#include "commands/access.h"

#include <string.h>

#include "commands/conditions.h"

struct str access_session(struct arena *a, const struct reach *r) {
    struct str unknown = STR(":unknown");
    if (r->class != SENDER_GROUP || r->sender.n || !str_ends(r->session_key, unknown))
        return r->session_key;
    return str_concat(a, str_slice(r->session_key, 0, r->session_key.n - unknown.n), STR(":<id>"));
}

static enum exit_code tell(struct run *run, const char *path, bool json) {
    struct loaded *loaded = ARENA_NEW(run->arena, struct loaded);
    run_load(run, path, loaded);
    const struct model *m = loaded->root ? run_model(run, path, loaded) : NULL;
    if (!run->o->quiet || run_load_code(loaded)) run_print_errors(run, stderr);
    if (!m) return EXIT_CONFIG;
    struct access_view v = {.run = run,
                            .analysis = analyse(run->arena, m, run->project.owners),
                            .paths = paths_new(run->arena, run->tree)};
    struct buf b = buf_new(run->arena);
    if (json)
        access_add_json(&b, &v);
    else
        access_add_text(&b, &v);
    fwrite(b.p, 1, b.n, stdout);
    return run_flush(stdout, run_load_code(loaded));
}

enum exit_code command_access(struct run *run) {
    const struct options *o = run->o;
    bool json = o->format && strcmp(o->format, "json") == 0;
    if (o->batch && !o->arguments.list.n) return access_batch(run);
    if (o->arguments.list.n != 1 || o->batch) {
        fputs("clawc: access takes one config, or --batch\n", stderr);
        return EXIT_USAGE;
    }
    if (o->format && !json && strcmp(o->format, "text") != 0) {
        fprintf(stderr, "clawc: access prints text or json, not `%s`\n", o->format);
        return EXIT_USAGE;
    }
    if (!conditions_of_options(run)) return EXIT_CONFIG;
    return tell(run, o->arguments.list.v[0], json);
}
