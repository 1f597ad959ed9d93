#include "commands/fleet_names.h"

#include "base/map.h"

static struct diag *say(struct run *run, enum severity severity, node_id at, struct str message) {
    struct diag *d = diag_add(run->diags, severity, "project", tree_span(run->tree, at), STR_FMT,
                              STR_ARG(message));
    d->own = true;
    return d;
}

static void warn_of(struct run *run, const struct map *names, const char *key, struct str name,
                    node_id at) {
    if (name.n && at && !map_get(names, name))
        say(run, SEVERITY_WARN, at,
            str_format(run->arena, "`%s` names `" STR_FMT "`, which is no gateway of this run", key,
                       STR_ARG(name)));
}

static void check_texts(struct run *run, const struct fleet_block *block, const struct map *names) {
    for (size_t i = 0; i < block->texts.n && names->n; i++) {
        const struct fleet_entry *e = &block->texts.v[i];
        if (map_get(names, e->name)) continue;
        say(run, run->o->fleet ? SEVERITY_ERROR : SEVERITY_WARN, e->at,
            str_format(run->arena,
                       "`workspaceText` names `" STR_FMT "`, which is no gateway of this run",
                       STR_ARG(e->name)));
    }
}

/* Services that are gateways: of a project, if one is in the run. */
static void check_services(struct run *run, const struct fleet_question *q,
                           const struct map *names) {
    bool project = false;
    for (size_t i = 0; i < q->n; i++) project = project || q->gateways[i]->service;
    for (size_t i = 0; project && i < q->block->gateways.n && !run->o->fleet; i++)
        warn_of(run, names, "gateways", q->block->gateways.v[i].name, q->block->gateways.v[i].at);
}

void fleet_names_check(struct run *run, const struct fleet_question *q) {
    const struct fleet_block *block = q->block;
    struct map names = map_new(run->arena);
    for (size_t i = 0; i < q->n; i++) map_put(&names, q->gateways[i]->name, 1, NULL);
    check_texts(run, block, &names);
    check_services(run, q, &names);
    if (block->compose_files_at && !run->o->fleet)
        say(run, SEVERITY_WARN, block->compose_files_at,
            STR("`composeFiles` counts in a file of --fleet alone: name these files with -f"));
    if (q->n < 2) return;
    warn_of(run, &names, "hub", block->hub, block->hub_at);
    for (size_t i = 0; i < block->edges.n; i++) {
        const struct fleet_edge *e = &block->edges.v[i];
        warn_of(run, &names, "edges", e->from, e->at);
        warn_of(run, &names, "edges", e->to, e->at);
    }
}
