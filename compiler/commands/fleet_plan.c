#include "commands/fleet_plan.h"

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

/* The first port of the host from 19100 on that no service publishes; 0 when there is none. */
static int free_port(const struct compose_project *p) {
    enum { FIRST = 19100, LAST = 65535 };
    bool *taken = ARENA_ARRAY(p->arena, bool, LAST + 1);
    for (size_t i = 0; i < p->services.n; i++)
        for (size_t k = 0; k < p->services.v[i].ports.n; k++) {
            int32_t port = p->services.v[i].ports.v[k].published;
            if (port > 0 && port <= LAST) taken[port] = true;
        }
    for (int port = FIRST; port <= LAST; port++)
        if (!taken[port]) return port;
    return 0;
}

/* The image of a gateway that is there, as it is written; else of the newest version known. */
static struct str image_of(const struct fleet_load *load, struct str version, struct arena *a) {
    for (size_t i = 0; i < load->project->services.n; i++) {
        struct str image = load->project->services.v[i].image;
        if (str_find(image, STR("openclaw"), 0) != SIZE_MAX &&
            str_find(image, STR("@@"), 0) == SIZE_MAX && !str_ends(image, STR(":latest")) &&
            str_find(image, STR(":"), 0) != SIZE_MAX)
            return image;
    }
    return str_format(a, "ghcr.io/openclaw/openclaw:" STR_FMT, STR_ARG(version));
}

static struct str variable_of(struct arena *a, struct str name) {
    char *p = arena_copy(a, name.p, name.n);
    for (size_t i = 0; i < name.n; i++)
        p[i] = p[i] == '-' ? '_' : p[i] >= 'a' && p[i] <= 'z' ? (char)(p[i] - 'a' + 'A') : p[i];
    bool digit = p[0] >= '0' && p[0] <= '9';
    return str_format(a, "%s" STR_FMT "_GATEWAY_TOKEN", digit ? "GW_" : "",
                      STR_ARG(((struct str){p, name.n})));
}

bool plan_write(struct buf *out, struct arena *a, const struct fleet_load *load, struct str version,
                struct str name) {
    int port = free_port(load->project);
    struct str n = name, token = variable_of(a, name);
    if (is_taken(load->project, name) || !port) {
        fprintf(stderr,
                port ? "clawc: the project has a service, volume or network " STR_FMT " already\n"
                     : "clawc: every port of the host is taken; none is left for " STR_FMT "\n",
                STR_ARG(name));
        return false;
    }
    struct str image = image_of(load, version, a);
    buf_addf(out,
             "# Merge it: docker compose -f compose.yaml -f THIS_FILE, or copy it into yours.\n"
             "# In .env, from `openssl rand -hex 32`:  " STR_FMT "=...\n"
             "# The config, " STR_FMT ".json5:\n"
             "#   {\n"
             "#     gateway: { bind: \"lan\", auth: { mode: \"token\" } },\n"
             "#     session: { dmScope: \"per-channel-peer\" },\n"
             "#     agents: { entries: { main: { default: true } } },\n"
             "#   }\n"
             "services:\n  " STR_FMT ":\n",
             STR_ARG(token), STR_ARG(n), STR_ARG(n));
    buf_addf(out,
             "    image: " STR_FMT "\n"
             "    init: true\n"
             "    restart: unless-stopped\n"
             "    cap_drop: [ALL]\n"
             "    security_opt: [\"no-new-privileges:true\"]\n"
             "    mem_limit: 2g\n"
             "    cpus: 2\n"
             "    pids_limit: 512\n"
             "    command: [node, dist/index.js, gateway, --bind, lan, --port, \"18789\"]\n"
             "    ports: [\"127.0.0.1:%d:18789\"]\n"
             "    environment:\n"
             "      OPENCLAW_GATEWAY_TOKEN: ${" STR_FMT ":?}\n"
             "    networks: [" STR_FMT "]\n",
             STR_ARG(image), port, STR_ARG(token), STR_ARG(n));
    buf_addf(out,
             "    volumes:\n"
             "      - " STR_FMT ":/home/node/.openclaw\n"
             "      - ./" STR_FMT ".json5:/home/node/.openclaw/openclaw.json\n"
             "    healthcheck:\n"
             "      test: [CMD-SHELL, \"curl -fsS http://127.0.0.1:18789/healthz || exit 1\"]\n"
             "networks:\n  " STR_FMT ": {}\n"
             "volumes:\n  " STR_FMT ": {}\n",
             STR_ARG(n), STR_ARG(n), STR_ARG(n), STR_ARG(n));
    return true;
}
