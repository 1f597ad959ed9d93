#include "commands/host_plan.h"

#include "analysis/fleet/free_ports.h"
#include "commands/fleet_plan.h"
#include "model/locations.h"

struct proposal {
    struct str name, home, state, token; /* token: the variable that holds it */
    int64_t port;
};

/* That of the gateways that are there, when one is known. */
static struct str home_of(const struct host_plan *p) {
    for (size_t i = 0; i < p->n; i++)
        if (p->gateways[i]->home.n) return p->gateways[i]->home;
    return STR("~");
}

static bool is_free(const struct host_plan *p, const struct proposal *n) {
    if (str_equal(n->name, STR("default")) || str_equal(n->name, STR("dev"))) {
        fprintf(stderr,
                "clawc: `" STR_FMT "` is no name for a profile of its own: `default` is none, and "
                "`dev` has the port of --dev\n",
                STR_ARG(n->name));
        return false;
    }
    for (size_t i = 0; i < p->n; i++) {
        const struct fleet_gateway *g = p->gateways[i];
        bool taken = str_equal(g->name, n->name) || str_equal(g->profile, n->name) ||
                     location_contains(g->state.located, n->state) ||
                     location_contains(n->state, g->state.located);
        if (!taken) continue;
        fprintf(stderr,
                "clawc: " STR_FMT " is taken: gateway " STR_FMT
                " has this name, this profile or something in " STR_FMT "\n",
                STR_ARG(n->name), STR_ARG(g->name), STR_ARG(n->state));
        return false;
    }
    return true;
}

static int64_t free_base(const struct host_plan *p) {
    bool *taken = ARENA_ARRAY(p->arena, bool, FREE_PORTS);
    for (size_t i = 0; i < p->n; i++) free_ports_take(taken, p->gateways[i], STR("host"), true);
    return free_ports_base(taken);
}

/* ---- writing -----------------------------------------------------------------------------------
 */

static void add_summary(struct buf *out, const struct host_plan *p, const struct proposal *n) {
    buf_addf(out,
             "# Gateway " STR_FMT ", OpenClaw " STR_FMT ", as a profile of its own:\n"
             "#   ports      %lld to %lld (base port, then what is derived from it)\n"
             "#   state      " STR_FMT "\n"
             "#   workspace  " STR_FMT "/workspace\n",
             STR_ARG(n->name), STR_ARG(p->data->version), (long long)n->port,
             (long long)n->port + PORT_SPAN, STR_ARG(n->state), STR_ARG(n->state));
    buf_addf(out,
             "#   --profile sets OPENCLAW_PROFILE=" STR_FMT ", OPENCLAW_STATE_DIR=" STR_FMT
             "\n#   and OPENCLAW_CONFIG_PATH=" STR_FMT "/openclaw.json\n#\n",
             STR_ARG(n->name), STR_ARG(n->state), STR_ARG(n->state));
}

/* Not every version knows what `~` is there. */
static struct str log_of(const struct host_plan *p, const struct proposal *n) {
    bool symbolic = str_starts(n->state, STR("~"));
    if (symbolic && !p->data->log_expands_home)
        return str_format(p->arena, "/tmp/openclaw/" STR_FMT ".log", STR_ARG(n->name));
    return str_concat(p->arena, n->state, STR("/gateway.log"));
}

static void add_config(struct buf *out, const struct host_plan *p, const struct proposal *n) {
    buf_addf(out,
             "# 2. The config, " STR_FMT "/openclaw.json:\n"
             "#   {\n"
             "#     gateway: {\n"
             "#       mode: \"local\",\n"
             "#       port: %lld,\n"
             "#       bind: \"loopback\",\n"
             "#       auth: { mode: \"token\", token: \"${" STR_FMT "}\" },\n"
             "#     },\n"
             "#     session: { dmScope: \"per-channel-peer\" },\n",
             STR_ARG(n->state), (long long)n->port, STR_ARG(n->token));
    buf_addf(out,
             "#     agents: { defaults: { workspace: \"" STR_FMT "/workspace\" }, %s },\n"
             "#     logging: { file: \"" STR_FMT "\" },\n"
             "#     // Of each channel a bot of its own, and who may write to it:\n"
             "#     // channels: { telegram: { botToken: \"${NAME}\", dmPolicy: \"allowlist\", "
             "allowFrom: [\"ID\"] } },\n"
             "#   }\n",
             STR_ARG(n->state), plan_roster(p->data), STR_ARG(log_of(p, n)));
}

static void add_commands(struct buf *out, const struct proposal *n) {
    buf_addf(out,
             "# 1. Its directory, and its token in " STR_FMT "/.env, which the gateway reads:\n"
             "#      mkdir -m 700 " STR_FMT "\n"
             "#      (umask 077; echo \"" STR_FMT "=$(openssl rand -hex 32)\" > " STR_FMT
             "/.env)\n",
             STR_ARG(n->state), STR_ARG(n->state), STR_ARG(n->token), STR_ARG(n->state));
}

/* Nothing limits a gateway on a host: each is counted with what it usually takes. */
static bool fits(const struct host_plan *p) {
    static const double own = 0.4;
    double needed = own;
    for (size_t i = 0; i < p->n; i++) needed += fleet_memory_of(p->gateways[i]);
    if (!(p->host_ram > 0) || needed <= p->host_ram) return true;
    fprintf(stderr,
            "clawc: the host has %.1f GB, and its gateways with one more may take %.1f GB: give it "
            "more memory, or run the new one elsewhere\n",
            p->host_ram, needed);
    return false;
}

bool host_plan_write(struct buf *out, const struct host_plan *p) {
    struct proposal n = {.name = p->name,
                         .home = home_of(p),
                         .token = plan_variable(p->arena, p->name),
                         .port = free_base(p)};
    n.state = str_format(p->arena, STR_FMT "/.openclaw-" STR_FMT, STR_ARG(n.home), STR_ARG(n.name));
    if (!is_free(p, &n) || !fits(p)) return false;
    if (!n.port) {
        fprintf(stderr, "clawc: no base port is left for " STR_FMT "\n", STR_ARG(n.name));
        return false;
    }
    add_summary(out, p, &n);
    add_commands(out, &n);
    add_config(out, p, &n);
    buf_addf(out,
             "# 3. Its service:\n"
             "#      openclaw --profile " STR_FMT " doctor\n"
             "#      openclaw --profile " STR_FMT " gateway install\n"
             "# 4. For clawc.yaml:\n"
             "fleet:\n  gateways:\n",
             STR_ARG(n.name), STR_ARG(n.name));
    bool known = !str_equal(n.home, STR("~"));
    buf_addf(out, "    " STR_FMT "/openclaw.json: { profile: " STR_FMT "%s" STR_FMT " }\n",
             STR_ARG(n.state), STR_ARG(n.name), known ? ", home: " : "",
             STR_ARG(known ? n.home : STR("")));
    return true;
}
