#include "load/fleet_block.h"

#include "base/map.h"
#include "load/load.h"
#include "syntax/json5.h"
#include "syntax/yaml.h"

struct block_reading {
    const struct reading *r;
    struct arena *arena;
    struct fleet_block *block;
};

static struct str key_of(const struct block_reading *s, node_id n) {
    return tree_key_text(s->r->tree, tree_node(s->r->tree, n)->key);
}

static struct str text_of(const struct block_reading *s, node_id n) {
    return read_is(s->r, n, NODE_STRING) ? tree_text(s->r->tree, n) : STR("");
}

static void read_version(struct block_reading *s, node_id n) {
    s->block->version = text_of(s, n);
    if (s->block->version.n && !gateway_version_is_readable(s->block->version))
        diag_add(s->r->diags, SEVERITY_ERROR, "project", tree_span(s->r->tree, n),
                 "`version` must be a gateway version such as \"2026.9.6\"");
}

static void check_host_name(struct block_reading *s, struct map *names,
                            const struct host_entry *e) {
    bool is_new = true;
    if (e->name.n) map_put(names, e->name, 1, &is_new);
    if (!is_new)
        diag_add(s->r->diags, SEVERITY_ERROR, "project", tree_key_span(s->r->tree, e->at),
                 "two gateways are called `" STR_FMT "`", STR_ARG(e->name));
}

/* SERVICE: FILE in a Compose project; FILE: {...} for a gateway on the host. */
static void read_gateways(struct block_reading *s, node_id n) {
    struct map names = map_new(s->arena);
    if (!read_is(s->r, n, NODE_OBJECT)) return;
    for (TREE_EACH(s->r->tree, entry, n)) {
        struct fleet_entry e = {.name = key_of(s, entry), .at = entry};
        if (tree_is(s->r->tree, entry, NODE_OBJECT)) {
            struct host_entry host = host_entry_read(s->r, entry);
            check_host_name(s, &names, &host);
            ARRAY_PUSH(s->arena, s->block->hosts) = host;
            continue;
        }
        e.value = text_of(s, entry);
        if (e.value.n) ARRAY_PUSH(s->arena, s->block->gateways) = e;
    }
}

static void read_compose_files(struct block_reading *s, node_id n) {
    if (!read_is(s->r, n, NODE_ARRAY)) return;
    s->block->compose_files_at = n;
    for (TREE_EACH(s->r->tree, item, n))
        if (text_of(s, item).n) ARRAY_PUSH(s->arena, s->block->compose_files) = text_of(s, item);
}

static void read_project_dir(struct block_reading *s, node_id n) {
    s->block->project_dir = text_of(s, n);
}
static void read_home(struct block_reading *s, node_id n) {
    s->block->home = text_of(s, n);
}
static void read_hub(struct block_reading *s, node_id n) {
    s->block->hub = text_of(s, n);
    s->block->hub_at = n;
}

static void read_edges(struct block_reading *s, node_id n) {
    if (!read_is(s->r, n, NODE_ARRAY)) return;
    for (TREE_EACH(s->r->tree, pair, n)) {
        node_id from = tree_first(s->r->tree, pair);
        node_id to = from ? tree_node(s->r->tree, from)->next : 0;
        bool two = tree_is(s->r->tree, pair, NODE_ARRAY) && tree_node(s->r->tree, pair)->n == 2;
        if (two && text_of(s, from).n && text_of(s, to).n)
            ARRAY_PUSH(s->arena, s->block->edges) =
                (struct fleet_edge){text_of(s, from), text_of(s, to), pair};
        else if (!two)
            diag_add(s->r->diags, SEVERITY_ERROR, "project", tree_span(s->r->tree, pair),
                     "an edge is a list of two gateways: [a, b]");
    }
}

static void read_knowledge(struct block_reading *s, node_id n) {
    if (!read_is(s->r, n, NODE_ARRAY)) return;
    for (TREE_EACH(s->r->tree, item, n))
        if (text_of(s, item).n) ARRAY_PUSH(s->arena, s->block->knowledge) = text_of(s, item);
}

static void read_host_ram(struct block_reading *s, node_id n) {
    if (!read_is(s->r, n, NODE_NUMBER)) return;
    s->block->host_ram = tree_node(s->r->tree, n)->u.number;
    if (!(s->block->host_ram > 0))
        diag_add(s->r->diags, SEVERITY_ERROR, "project", tree_span(s->r->tree, n),
                 "`hostRamGb` must be more than 0");
}

static void add_text(struct block_reading *s, struct str service, node_id n) {
    struct fleet_entry e = {service, text_of(s, n), n};
    if (e.value.n) ARRAY_PUSH(s->arena, s->block->texts) = e;
}

static void read_texts(struct block_reading *s, node_id n) {
    if (!read_is(s->r, n, NODE_OBJECT)) return;
    for (TREE_EACH(s->r->tree, entry, n)) {
        if (!tree_is(s->r->tree, entry, NODE_ARRAY)) {
            add_text(s, key_of(s, entry), entry);
            continue;
        }
        for (TREE_EACH(s->r->tree, item, entry)) add_text(s, key_of(s, entry), item);
    }
}

static const struct {
    const char *key;
    void (*read)(struct block_reading *s, node_id n);
} keys[] = {
    {"version", read_version},
    {"gateways", read_gateways},
    {"composeFiles", read_compose_files},
    {"projectDir", read_project_dir},
    {"home", read_home},
    {"hub", read_hub},
    {"edges", read_edges},
    {"knowledge", read_knowledge},
    {"hostRamGb", read_host_ram},
    {"workspaceText", read_texts},
};

static void read_key(struct block_reading *s, node_id n) {
    struct str key = key_of(s, n);
    const char *near = NULL;
    bool absent = tree_is(s->r->tree, n, NODE_NULL);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct str name = str_from(keys[i].key);
        if (str_equal(key, name)) {
            if (!absent) keys[i].read(s, n);
            return;
        }
        if (str_distance(key, name, 2) <= 2) near = keys[i].key;
    }
    diag_add(s->r->diags, SEVERITY_ERROR, "project", tree_key_span(s->r->tree, n),
             "unknown key `" STR_FMT "` of a fleet%s%s%s", STR_ARG(str_slice(key, 0, 200)),
             near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
}

void fleet_block_read(const struct reading *r, node_id n, struct fleet_block *block) {
    struct block_reading s = {r, r->tree->arena, block};
    if (!read_is(r, n, NODE_OBJECT)) return;
    block->file = tree_node(r->tree, n)->file;
    for (TREE_EACH(r->tree, value, n)) read_key(&s, value);
}

/* GATEWAY/AGENT; a gateway may be called by a path, an agent never is. */
static struct fleet_claim agent_claim(struct block_reading *s, node_id n) {
    struct str text = text_of(s, n);
    size_t slash = text.n;
    while (slash && text.p[slash - 1] != '/') slash--;
    return (struct fleet_claim){.gateway = str_slice(text, 0, slash ? slash - 1 : 0),
                                .name = str_slice(text, slash, text.n),
                                .at = n};
}

static struct fleet_claim sender_claim(struct block_reading *s, node_id n) {
    return (struct fleet_claim){.gateway = STR(""), .name = text_of(s, n), .at = n};
}

static void read_tenant(struct block_reading *s, node_id n) {
    struct tree *t = s->r->tree;
    struct fleet_tenant tenant = {.name = key_of(s, n), .at = n};
    for (TREE_EACH(t, member, n)) {
        struct str key = key_of(s, member);
        bool gateways = str_equal(key, STR("gateways")), agents = str_equal(key, STR("agents"));
        if (!gateways && !agents && !str_equal(key, STR("senders"))) {
            diag_add(s->r->diags, SEVERITY_ERROR, "project", tree_key_span(t, member),
                     "a tenant has `gateways`, `agents` and `senders`, each a list of names");
            continue;
        }
        if (!read_is(s->r, member, NODE_ARRAY)) continue;
        for (TREE_EACH(t, item, member)) {
            if (!text_of(s, item).n) continue;
            if (gateways)
                ARRAY_PUSH(s->arena, tenant.gateways) = text_of(s, item);
            else if (agents)
                ARRAY_PUSH(s->arena, tenant.agents) = agent_claim(s, item);
            else
                ARRAY_PUSH(s->arena, tenant.senders) = sender_claim(s, item);
        }
    }
    ARRAY_PUSH(s->arena, s->block->tenants) = tenant;
}

void fleet_tenants_read(const struct reading *r, node_id n, struct fleet_block *block) {
    struct block_reading s = {r, r->tree->arena, block};
    if (!read_is(r, n, NODE_OBJECT)) return;
    for (TREE_EACH(r->tree, tenant, n))
        if (read_is(r, tenant, NODE_OBJECT)) read_tenant(&s, tenant);
}

bool fleet_block_read_file(struct tree *t, uint32_t file, struct diags *d,
                           struct fleet_block *block) {
    struct reading r = {t, d};
    struct str name = source_name(t->sources, file);
    bool json = str_ends(name, STR(".json")) || str_ends(name, STR(".json5"));
    node_id root = 0;
    if (json) {
        struct json5_result parsed = json5_parse(t, file, d);
        root = parsed.ok ? parsed.root : 0;
    } else {
        root = yaml_parse(t, file, d);
    }
    *block = (struct fleet_block){.file = file};
    if (!root) {
        secrets_mark_broken(t->sources, file, !json);
        return false;
    }
    node_id inner = tree_member(t, root, STR("fleet"));
    node_id services = inner ? 0 : tree_member(t, root, STR("services"));
    if (services) {
        diag_add(
            d, SEVERITY_ERROR, "project", tree_key_span(t, services),
            "this is a Compose file: name it without --fleet, whose file holds what clawc.yaml "
            "has under `fleet`");
        return false;
    }
    fleet_block_read(&r, inner ? inner : root, block);
    node_id tenants = inner ? tree_member(t, root, STR("tenants")) : 0;
    if (tenants) fleet_tenants_read(&r, tenants, block);
    return true;
}
