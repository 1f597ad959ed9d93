#include "commands/fleet_plan.h"

#include "analysis/fleet/free_ports.h"
#include "base/map.h"

bool plan_name_is_good(struct str name) {
    enum { LONGEST = 40 };
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!word && (c != '-' || i == 0 || i + 1 == name.n)) return false;
    }
    return name.n && name.n <= LONGEST;
}

static bool is_taken(const struct compose_project *p, struct str name) {
    const struct tree *t = p->tree;
    return compose_service(p, name) || map_get(&p->by_container, name) ||
           tree_member(t, tree_member(t, p->root, STR("volumes")), name) ||
           tree_member(t, tree_member(t, p->root, STR("networks")), name);
}

/* The first port of the host from 19100 on that no service publishes and no gateway takes; 0 when
 * there is none. */
static int free_port(const struct plan_question *q) {
    enum { FIRST = 19100, LAST = 65535 };
    const struct compose_project *p = q->load->project;
    bool *taken = ARENA_ARRAY(q->arena, bool, LAST + 1);
    for (size_t i = 0; i < p->services.n; i++)
        for (size_t k = 0; k < p->services.v[i].ports.n; k++) {
            int32_t port = p->services.v[i].ports.v[k].published;
            if (port > 0 && port <= LAST) taken[port] = true;
        }
    for (size_t i = 0; i < q->n; i++)
        for (int64_t port = q->gateways[i]->port;
             str_equal(q->gateways[i]->namespace, STR("host")) && port <= LAST &&
             port <= q->gateways[i]->port + PORT_SPAN;
             port++)
            taken[port] = true;
    for (int port = FIRST; port <= LAST; port++)
        if (!taken[port]) return port;
    return 0;
}

static bool is_pinned(struct str image) {
    size_t from = image.n;
    while (from && image.p[from - 1] != '/') from--;
    struct str last = str_slice(image, from, image.n);
    bool digest = str_find(last, STR("@"), 0) != SIZE_MAX;
    return digest || (str_find(last, STR(":"), 0) != SIZE_MAX && !str_ends(last, STR(":latest")));
}

/* The image of a gateway of this version that is there; else the official one. */
static struct str image_of(const struct plan_question *q) {
    for (size_t i = 0; i < q->n; i++) {
        const struct fleet_gateway *g = q->gateways[i];
        bool known = g->service && str_find(g->service->image, STR("@@"), 0) == SIZE_MAX;
        if (known && g->data == q->data && is_pinned(g->service->image)) return g->service->image;
    }
    return str_format(q->arena, "ghcr.io/openclaw/openclaw:" STR_FMT, STR_ARG(q->data->version));
}

/* ---- memory ------------------------------------------------------------------------------------
 */

/* In MB: 2 GB, or what the host has left of them; 0 when that is too little. */
static int memory_of(const struct plan_question *q) {
    enum { USUAL = 2048, LEAST = 512, STEP = 128 };
    double host = q->load->block.host_ram, needed = 0;
    if (!(host > 0)) return USUAL;
    for (size_t i = 0; i < q->n; i++) needed += fleet_memory_of(q->gateways[i]);
    double left = (host - needed) * 1024;
    if (left >= USUAL) return USUAL;
    return left >= LEAST ? (int)(left / STEP) * STEP : 0;
}

struct str plan_variable(struct arena *a, struct str name) {
    char *p = arena_copy(a, name.p, name.n);
    for (size_t i = 0; i < name.n; i++)
        p[i] = p[i] == '-' ? '_' : p[i] >= 'a' && p[i] <= 'z' ? (char)(p[i] - 'a' + 'A') : p[i];
    bool digit = p[0] >= '0' && p[0] <= '9';
    return str_format(a, "%s" STR_FMT "_GATEWAY_TOKEN", digit ? "GW_" : "",
                      STR_ARG(((struct str){p, name.n})));
}

const char *plan_roster(const struct gateway_data *data) {
    return data->roster_entries ? "entries: { main: {} }"
                                : "list: [{ id: \"main\", default: true }]";
}

/* ---- writing -----------------------------------------------------------------------------------
 */

struct proposed {
    struct str name, token, hub; /* token: its variable; hub: empty when there is none */
    int port, memory;
};

/* Agents of a spoke run their tools in a sandbox, on a Docker daemon of their own. */
static void add_config(struct buf *out, const struct plan_question *q, const struct proposed *n) {
    buf_addf(out,
             "# The config, " STR_FMT ".json5:\n"
             "#   {\n"
             "#     gateway: {\n"
             "#       bind: \"lan\",\n"
             "#       auth: {\n"
             "#         mode: \"token\",\n"
             "#         rateLimit: { maxAttempts: 10, windowMs: 60000, lockoutMs: 300000 },\n"
             "#       },\n"
             "#       controlUi: { allowedOrigins: [\"http://127.0.0.1:%d\"] },\n"
             "#     },\n"
             "#     session: { dmScope: \"per-channel-peer\" },\n",
             STR_ARG(n->name), n->port);
    if (n->hub.n)
        buf_addf(
            out,
            "#     agents: {\n"
            "#       defaults: {\n"
            "#         sandbox: { mode: \"all\", docker: { containerPrefix: \"openclaw-sbx-" STR_FMT
            "-\" } },\n"
            "#       },\n"
            "#       %s,\n"
            "#     },\n"
            "#   }\n",
            STR_ARG(n->name), plan_roster(q->data));
    else
        buf_addf(out, "#     agents: { %s },\n#   }\n", plan_roster(q->data));
}

/* ` -f FILE` for each file of the project, the override that Compose takes in by itself included:
 * with any `-f` it no longer does. */
static void add_files(struct buf *out, const struct fleet_load *load) {
    for (size_t i = 0; i < load->files.n; i++) {
        struct str file = str_concat(out->arena, load->shown, load->files.v[i]);
        bool ends_comment = str_find(file, STR("\n"), 0) != SIZE_MAX;
        buf_addf(out, " -f " STR_FMT, STR_ARG(ends_comment ? STR("YOUR_FILE") : file));
    }
}

static void add_head(struct buf *out, const struct plan_question *q, const struct proposed *n) {
    buf_add(out, STR("# Merge it: docker compose"));
    add_files(out, q->load);
    buf_addf(out,
             " -f THIS_FILE, or copy it into yours.\n"
             "# In .env, from `openssl rand -hex 32`:  " STR_FMT "=...\n",
             STR_ARG(n->token));
    add_config(out, q, n);
    if (!n->hub.n) return;
    buf_addf(out,
             "# For the hub to call it: networks: [" STR_FMT "] in its service " STR_FMT
             ", hooks with a token of\n# their own in this config, and in clawc.yaml:\n"
             "#  fleet: { edges: [[" STR_FMT ", " STR_FMT "]] }\n",
             STR_ARG(n->name), STR_ARG(n->hub), STR_ARG(n->hub), STR_ARG(n->name));
}

static void add_service(struct buf *out, const struct plan_question *q, const struct proposed *n) {
    buf_addf(out,
             "services:\n  " STR_FMT ":\n"
             "    image: " STR_FMT "\n"
             "    init: true\n"
             "    restart: unless-stopped\n"
             "    cap_drop: [ALL]\n"
             "    security_opt: [\"no-new-privileges:true\"]\n",
             STR_ARG(n->name), STR_ARG(image_of(q)));
    if (n->memory % 1024)
        buf_addf(out, "    mem_limit: %dm\n", n->memory);
    else
        buf_addf(out, "    mem_limit: %dg\n", n->memory / 1024);
    buf_addf(out,
             "    cpus: 2\n"
             "    pids_limit: 512\n"
             "    command: [node, dist/index.js, gateway, --bind, lan, --port, \"18789\"]\n"
             "    ports: [\"127.0.0.1:%d:18789\"]\n"
             "    environment:\n"
             "      OPENCLAW_GATEWAY_TOKEN: ${" STR_FMT ":?}\n",
             n->port, STR_ARG(n->token));
    if (n->hub.n)
        buf_addf(out,
                 "      DOCKER_HOST: tcp://" STR_FMT "-docker:2376\n"
                 "      DOCKER_TLS_VERIFY: \"1\"\n"
                 "      DOCKER_CERT_PATH: /certs/client\n",
                 STR_ARG(n->name));
    buf_addf(out,
             "    networks: [" STR_FMT "]\n"
             "    volumes:\n"
             "      - " STR_FMT ":/home/node/.openclaw\n"
             "      - ./" STR_FMT ".json5:/home/node/.openclaw/openclaw.json\n",
             STR_ARG(n->name), STR_ARG(n->name), STR_ARG(n->name));
    if (n->hub.n) buf_addf(out, "      - " STR_FMT "-certs:/certs:ro\n", STR_ARG(n->name));
    buf_add(out, STR("    healthcheck:\n"
                     "      test: [CMD-SHELL, \"curl -fsS http://127.0.0.1:18789/healthz || exit "
                     "1\"]\n"));
}

/* The daemon sees the workspaces under the path that the gateway has them. */
static void add_daemon(struct buf *out, const struct proposed *n) {
    if (!n->hub.n) return;
    buf_addf(out,
             "  " STR_FMT "-docker:\n"
             "    image: docker:28-dind\n"
             "    restart: unless-stopped\n"
             "    privileged: true # the daemon of the sandboxes: nothing else runs in it\n"
             "    networks: [" STR_FMT "]\n"
             "    volumes:\n"
             "      - " STR_FMT ":/home/node/.openclaw\n"
             "      - " STR_FMT "-certs:/certs\n",
             STR_ARG(n->name), STR_ARG(n->name), STR_ARG(n->name), STR_ARG(n->name));
}

static bool is_possible(const struct plan_question *q, const struct proposed *n) {
    bool taken = is_taken(q->load->project, n->name);
    for (size_t i = 0; i < q->n; i++) taken = taken || str_equal(q->gateways[i]->name, n->name);
    if (taken)
        fprintf(stderr, "clawc: the project has a service, volume or network " STR_FMT " already\n",
                STR_ARG(n->name));
    else if (!n->port)
        fprintf(stderr, "clawc: every port of the host is taken; none is left for " STR_FMT "\n",
                STR_ARG(n->name));
    else if (!n->memory)
        fprintf(stderr,
                "clawc: the host has less than 512 MB left beside the gateways that are there; a "
                "gateway needs that much: give it more memory, or the others lower limits\n");
    return !taken && n->port && n->memory;
}

bool plan_write(struct buf *out, const struct plan_question *q) {
    struct proposed n = {.name = q->name,
                         .token = plan_variable(q->arena, q->name),
                         .hub = q->load->block.hub,
                         .port = free_port(q),
                         .memory = memory_of(q)};
    if (!is_possible(q, &n)) return false;
    add_head(out, q, &n);
    add_service(out, q, &n);
    add_daemon(out, &n);
    buf_addf(out, "networks:\n  " STR_FMT ": {}\nvolumes:\n  " STR_FMT ": {}\n", STR_ARG(n.name),
             STR_ARG(n.name));
    if (n.hub.n) buf_addf(out, "  " STR_FMT "-certs: {}\n", STR_ARG(n.name));
    return true;
}
