/* Fuzz target of rule files: whatever the bytes are, they are refused at a place inside the file or
 * give a rule that can be run over a gateway, within its bounds. */
#include <stdlib.h>
#include <string.h>

#include "analysis/fleet/fleet.h"
#include "load/load.h"
#include "policy/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char config[] =
    "{agents: {entries: {main: {default: true}, work: {sandbox: {mode: 'all'}}}},\n"
    " channels: {telegram: {botToken: 'x', allowFrom: ['1', '2']}, whatsapp: {}},\n"
    " bindings: [{agentId: 'work', match: {channel: 'telegram', accountId: '*'}}]}"
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

static const struct analysis *analyse_config(struct arena *a, struct tree *t) {
    struct diags *d = diags_new(a);
    struct gateways gateways = gateways_load(a);
    struct environment *env = environment_new(a);
    struct loader l = {
        .arena = a, .tree = t, .diags = d, .gateways = &gateways, .environment = env};
    struct loaded *loaded = ARENA_NEW(a, struct loaded);
    load_config(&l, source_add(t->sources, STR("config"), str_from(config)), loaded);
    struct gateway_place where = {.name = STR("fuzz")};
    if (!loaded->root) abort();
    return analyse(a, model_build(a, d, loaded, env, &where), (struct names){0});
}

static void run_rule(struct arena *a, struct tree *t, const struct rules *rules) {
    const struct analysis *s = analyse_config(a, t);
    struct report report = {.sources = t->sources, .errors = diags_new(a)};
    struct engine e = {.arena = a,
                       .tree = t,
                       .paths = paths_new(a, t),
                       .rules = rules,
                       .today = STR("2026-01-01")};
    struct environment *env = environment_new(a);
    const struct fleet_gateway *gateway = fleet_of_host(a, s->model);
    struct fleet_question q = {.tree = t, .gateways = &gateway, .n = 1, .names = env};
    engine_run(&e, &s, 1, fleet_analyse(a, &q), &report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *a = arena_new();
    struct sources *sources = sources_new(a);
    struct tree *t = tree_new(a, sources);
    struct diags *d = diags_new(a);
    struct rules rules = {0};
    char *text = arena_zalloc(a, size + SOURCE_PADDING, 1);
    memcpy(text, data, size);
    uint32_t file = source_add(sources, STR("rule.yaml"), (struct str){text, size});
    bool ok = rules_load_file(t, &rules, file, d);
    if (ok != (d->errors == 0)) abort();
    for (size_t i = 0; i < d->list.n; i++) {
        struct span span = d->list.v[i].span;
        if (span.start > span.end || span.end > size || !d->list.v[i].message.n) abort();
    }
    if (ok) run_rule(a, t, &rules);
    arena_free(a);
    return 0;
}
