/* clawc tools: which tools each agent really has, and which layer decided. */
#include "commands/tools.h"

#include <string.h>

static const bool *reachable_agents(struct run *run, const struct model *m) {
    bool *v = ARENA_ARRAY(run->arena, bool, m->agents.n);
    for (size_t i = 0; i < m->agents.n; i++) v[i] = agent_to_agent_has(m, &m->agents.v[i]);
    return v;
}

static void add_agents(struct buf *b, const struct tools_view *v, int32_t only, bool json) {
    bool first = true;
    for (size_t i = 0; i < v->model->agents.n; i++) {
        if (only >= 0 && (size_t)only != i) continue;
        if (!first) buf_add_char(b, json ? ',' : '\n');
        first = false;
        if (json)
            tools_add_json(b, v, i);
        else
            tools_add_text(b, v, i);
    }
}

static enum exit_code print_tools(struct run *run, const struct model *m, bool json) {
    int32_t only = -1;
    if (run->o->agent) {
        only = model_agent(m, str_from(run->o->agent));
        if (only < 0) {
            fprintf(stderr, "clawc: the config has no agent `%s`\n", run->o->agent);
            return EXIT_USAGE;
        }
    }
    struct tool_context context = tool_context_new(m);
    struct tools_view v = {run, m, &context, reachable_agents(run, m)};
    struct buf b = buf_new(run->arena);
    if (json) buf_add(&b, STR("{\"agents\":{"));
    add_agents(&b, &v, only, json);
    if (json) buf_add(&b, STR("}}\n"));
    fwrite(b.p, 1, b.n, stdout);
    return EXIT_FINE;
}

enum exit_code command_tools(struct run *run) {
    const struct options *o = run->o;
    bool json = o->format && strcmp(o->format, "json") == 0;
    if (o->arguments.list.n != 1) {
        fputs("clawc: tools takes one config\n", stderr);
        return EXIT_USAGE;
    }
    if (o->format && !json && strcmp(o->format, "text") != 0) {
        fprintf(stderr, "clawc: tools prints text or json, not `%s`\n", o->format);
        return EXIT_USAGE;
    }
    struct loaded *loaded = ARENA_NEW(run->arena, struct loaded);
    const char *path = o->arguments.list.v[0];
    run_load(run, path, loaded);
    const struct model *m = loaded->root ? run_model(run, path, loaded) : NULL;
    if (!o->quiet || run_load_code(loaded)) run_print_errors(run, stderr);
    if (!m) return EXIT_CONFIG;
    enum exit_code code = print_tools(run, m, json);
    return run_flush(stdout, exit_worse(code, run_load_code(loaded)));
}
