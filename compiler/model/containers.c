/* Sandbox containers and their browsers, as written for the defaults and for each agent. */
#include "model/values.h"

static bool is_object(const struct model *m, node_id n) {
    return tree_is(m->tree, n, NODE_OBJECT);
}

static void read_container(struct model *m, const struct reading *r, int32_t agent,
                           node_id docker) {
    if (!is_object(m, docker)) return;
    ARRAY_PUSH(m->arena, m->surface.containers) =
        (struct container){.agent = agent,
                           .at = docker,
                           .empty = tree_node(m->tree, docker)->n == 0,
                           .binds = value_list(m->arena, r, docker, "binds", docker),
                           .network = value_text(r, docker, "network", docker, STR("")),
                           .seccomp = value_text(r, docker, "seccompProfile", docker, STR("")),
                           .apparmor = value_text(r, docker, "apparmorProfile", docker, STR(""))};
}

static struct flag flag_or(struct flag a, struct flag b) {
    return a.set || !b.set ? a : b;
}

static struct sandbox_browser read_browser(const struct model *m, const struct reading *r,
                                           int32_t agent, node_id block, place around) {
    place at = value_place(block, around);
    struct str network =
        tree_text(m->gateway->data,
                  tree_member(m->gateway->data, m->gateway->sandbox_browser, STR("network")));
    return (struct sandbox_browser){.agent = agent,
                                    .enabled = value_flag(r, block, "enabled", at, false),
                                    .network = value_text(r, block, "network", at, network),
                                    .source_range =
                                        value_text(r, block, "cdpSourceRange", at, STR(""))};
}

/* Under scope `shared` the agent's own block does not count. */
static struct sandbox_browser resolve(struct sandbox_browser own,
                                      const struct sandbox_browser *defaults, bool shared) {
    struct sandbox_browser b = *defaults;
    b.agent = own.agent;
    if (shared) return b;
    b.enabled = flag_or(own.enabled, defaults->enabled);
    b.network = value_or(own.network, defaults->network);
    b.source_range = value_or(own.source_range, defaults->source_range);
    return b;
}

void model_build_containers(struct model *m, const struct reading *r) {
    struct sandbox_browser defaults =
        read_browser(m, r, OF_DEFAULTS, m->sandbox.browser, m->sandbox.at);
    read_container(m, r, OF_DEFAULTS, m->sandbox.own_docker);
    ARRAY_PUSH(m->arena, m->surface.browsers) = defaults;
    for (size_t i = 0; i < m->agents.n; i++) {
        const struct sandbox *s = &m->agents.v[i].sandbox;
        read_container(m, r, (int32_t)i, s->own_docker);
        ARRAY_PUSH(m->arena, m->surface.browsers) =
            resolve(read_browser(m, r, (int32_t)i, s->browser, s->at), &defaults,
                    str_equal(s->scope.v, STR("shared")));
    }
}
