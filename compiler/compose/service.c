/* The plain struct of a service. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "compose/project.h"
#include "model/ids.h"
#include "model/locations.h"

node_id compose_member(const struct composing *c, node_id object, const char *key) {
    node_id n = tree_member(c->tree, object, str_from(key));
    if (!n || tree_is(c->tree, n, NODE_NULL)) return 0;
    return tree_node(c->tree, n)->tag == NODE_TAG_RESET ? 0 : n;
}

place compose_place(node_id n, place around) {
    return n ? n : around;
}

static struct str read_text(const struct composing *c, struct compose_service *s, const char *key,
                            place *at) {
    node_id n = compose_member(c, s->node, key);
    *at = compose_place(n, s->at);
    return compose_scalar(c, n);
}

/* A list joined by blanks, or a text. */
static struct str words(const struct composing *c, node_id n) {
    if (!tree_is(c->tree, n, NODE_ARRAY)) return compose_scalar(c, n);
    struct buf b = buf_new(c->arena);
    for (TREE_EACH(c->tree, item, n)) {
        if (b.n) buf_add_char(&b, ' ');
        buf_add(&b, compose_scalar(c, item));
    }
    return buf_str(&b);
}

/* ---- what it may do ----------------------------------------------------------------------------
 */

static bool drops_all(const struct composing *c, node_id list) {
    for (TREE_EACH(c->tree, item, list))
        if (str_equal(ids_lower(c->arena, compose_scalar(c, item)), STR("all"))) return true;
    return false;
}

static bool forbids_privileges(const struct composing *c, node_id list) {
    for (TREE_EACH(c->tree, item, list)) {
        struct str option = compose_scalar(c, item);
        if (str_equal(option, STR("no-new-privileges")) ||
            str_equal(option, STR("no-new-privileges:true")) ||
            str_equal(option, STR("no-new-privileges=true")))
            return true;
    }
    return false;
}

static void read_confinement(struct composing *c, struct compose_service *s) {
    node_id drop = compose_member(c, s->node, "cap_drop");
    node_id options = compose_member(c, s->node, "security_opt");
    s->cap_drop_at = compose_place(drop, s->at);
    s->security_opt_at = compose_place(options, s->at);
    s->drops_all = drops_all(c, drop);
    s->no_new_privileges = forbids_privileges(c, options);
    s->privileged = str_equal(read_text(c, s, "privileged", &s->privileged_at), STR("true"));
}

/* ---- limits ------------------------------------------------------------------------------------
 */

bool compose_size(struct str text, double *bytes) {
    char number[64];
    size_t n = 0;
    while (n < text.n && n + 1 < sizeof number &&
           ((text.p[n] >= '0' && text.p[n] <= '9') || text.p[n] == '.' || text.p[n] == '-'))
        n++;
    if (!n) return false;
    memcpy(number, text.p, n);
    number[n] = '\0';
    char *end;
    *bytes = strtod(number, &end);
    if (*end) return false;
    while (n < text.n && text.p[n] == ' ') n++;
    struct str unit = str_slice(text, n, text.n);
    if (unit.n && (unit.p[unit.n - 1] == 'b' || unit.p[unit.n - 1] == 'B')) unit.n--;
    if (!unit.n) return true;
    static const char units[] = "bkmgtp";
    char c = unit.p[0] >= 'A' && unit.p[0] <= 'Z' ? (char)(unit.p[0] - 'A' + 'a') : unit.p[0];
    const char *power = strchr(units, c);
    if (unit.n != 1 || !power) return false;
    for (; power > units; power--) *bytes *= 1024;
    return true;
}

static struct compose_limit read_limit(const struct composing *c, const struct compose_service *s,
                                       const char *key, const char *deployed) {
    node_id deploy = compose_member(c, s->node, "deploy");
    node_id limits = compose_member(c, compose_member(c, deploy, "resources"), "limits");
    node_id n = compose_member(c, s->node, key);
    if (!n) n = compose_member(c, limits, deployed);
    struct compose_limit limit = {.at = compose_place(n, s->at)};
    struct str text = compose_scalar(c, n);
    limit.known = compose_size(text, &limit.value);
    limit.set = limit.known ? limit.value > 0 : text.n != 0;
    return limit;
}

static void read_limits(struct composing *c, struct compose_service *s) {
    s->memory = read_limit(c, s, "mem_limit", "memory");
    s->cpus = read_limit(c, s, "cpus", "cpus");
    s->pids = read_limit(c, s, "pids_limit", "pids");
    node_id deploy = compose_member(c, s->node, "deploy");
    node_id replicas = compose_member(c, deploy, "replicas");
    if (!replicas) replicas = compose_member(c, s->node, "scale");
    s->replicas_at = compose_place(replicas, s->at);
    s->limits_at = compose_place(deploy, s->at);
    s->replicas = 1;
    if (replicas && !compose_size(compose_scalar(c, replicas), &s->replicas)) s->replicas = 1;
}

/* ---- health ------------------------------------------------------------------------------------
 */

static bool mentions_token(const struct composing *c, node_id test) {
    bool list = tree_is(c->tree, test, NODE_ARRAY);
    for (node_id n = list ? tree_first(c->tree, test) : test; n;
         n = list ? tree_node(c->tree, n)->next : 0) {
        struct str text = ids_lower(c->arena, compose_written(c, n));
        if (str_find(text, STR("token"), 0) != SIZE_MAX) return true;
    }
    return false;
}

static void read_health(struct composing *c, struct compose_service *s) {
    node_id health = compose_member(c, s->node, "healthcheck");
    node_id test = compose_member(c, health, "test");
    s->healthcheck_at = compose_place(test ? test : health, s->at);
    bool disabled = str_equal(compose_scalar(c, compose_member(c, health, "disable")), STR("true"));
    struct str command = words(c, test);
    s->has_healthcheck = test && command.n && !disabled && !str_equal(command, STR("NONE"));
    s->healthcheck_token = test && mentions_token(c, test);
}

/* ---- networks ----------------------------------------------------------------------------------
 */

static struct str network_name(const struct composing *c, const struct compose_project *p,
                               struct str key) {
    const uint32_t *network = map_get(&p->networks, key);
    struct str name = compose_scalar(c, compose_member(c, network ? *network : 0, "name"));
    return name.n ? name : key;
}

static void add_network(struct composing *c, const struct compose_project *p,
                        struct compose_service *s, struct str key, node_id n) {
    node_id aliases = compose_member(c, n, "aliases");
    size_t count = tree_is(c->tree, aliases, NODE_ARRAY) ? tree_node(c->tree, aliases)->n : 0;
    struct str *v = ARENA_ARRAY(c->arena, struct str, count);
    size_t i = 0;
    for (TREE_EACH(c->tree, alias, aliases)) v[i++] = compose_scalar(c, alias);
    ARRAY_PUSH(c->arena, s->networks) = (struct compose_network){.key = key,
                                                                 .name = network_name(c, p, key),
                                                                 .aliases = v,
                                                                 .n_aliases = count,
                                                                 .at = n ? n : s->networks_at};
}

static void read_networks(struct composing *c, const struct compose_project *p,
                          struct compose_service *s) {
    node_id networks = compose_member(c, s->node, "networks");
    s->networks_at = compose_place(networks, s->at);
    if (s->network_mode.n) {
        if (!str_equal(s->network_mode, STR("bridge"))) return;
        ARRAY_PUSH(c->arena, s->networks) = (struct compose_network){
            .key = s->network_mode, .name = s->network_mode, .at = s->network_mode_at};
        return;
    }
    if (tree_is(c->tree, networks, NODE_OBJECT))
        for (TREE_EACH(c->tree, n, networks)) {
            if (tree_node(c->tree, n)->tag == NODE_TAG_RESET) continue;
            add_network(c, p, s, tree_key_text(c->tree, tree_node(c->tree, n)->key), n);
        }
    if (!s->networks.n) add_network(c, p, s, STR("default"), 0);
}

/* ---- the service -------------------------------------------------------------------------------
 */

void compose_read_service(struct composing *c, struct compose_project *p, node_id node) {
    struct compose_service s = {.name = tree_key_text(c->tree, tree_node(c->tree, node)->key),
                                .at = node | PLACE_KEY,
                                .node = node};
    place ignored;
    s.image = read_text(c, &s, "image", &s.image_at);
    s.container_name = read_text(c, &s, "container_name", &s.container_name_at);
    s.hostname = read_text(c, &s, "hostname", &ignored);
    s.network_mode = read_text(c, &s, "network_mode", &s.network_mode_at);
    s.user = read_text(c, &s, "user", &s.user_at);
    s.restart = read_text(c, &s, "restart", &s.restart_at);
    s.working_dir = read_text(c, &s, "working_dir", &ignored);
    (void)read_text(c, &s, "volumes", &s.volumes_at);
    (void)read_text(c, &s, "ports", &s.ports_at);
    (void)read_text(c, &s, "command", &s.command_at);
    s.command = words(c, compose_member(c, node, "command"));
    s.entrypoint = words(c, compose_member(c, node, "entrypoint"));
    node_id profiles = compose_member(c, node, "profiles");
    for (TREE_EACH(c->tree, profile, profiles))
        ARRAY_PUSH(c->arena, s.profiles) = compose_scalar(c, profile);
    read_confinement(c, &s);
    read_limits(c, &s);
    read_health(c, &s);
    read_networks(c, p, &s);
    compose_read_variables(c, &s);
    compose_read_mounts(c, p, &s);
    compose_read_ports(c, &s);
    compose_find_unset(c, &s);
    if (s.container_name.n)
        map_put(&p->by_container, s.container_name, (uint32_t)p->services.n, NULL);
    map_put(&p->by_name, s.name, (uint32_t)p->services.n, NULL);
    ARRAY_PUSH(c->arena, p->services) = s;
}
