/* A gateway as other gateways meet it: where its state and its workspaces really lie, which ports
 * and networks it has, which credentials it holds, what its container may do. The same structs are
 * made of a service of a Compose project and of a config file on a host; what only one of the two
 * can say is empty in the other. */
#ifndef CLAWC_MODEL_FLEET_H
#define CLAWC_MODEL_FLEET_H

#include "compose/compose.h"
#include "model/model.h"

/* A path of a gateway, and what it is outside of its container. */
struct fleet_path {
    struct str inside;  /* as the gateway calls it */
    struct str located; /* on the host, or VOLUME/rest; empty: it lies in no mount */
    bool read_only;
    place at; /* the mount, or what names the path */
};

struct fleet_mount {
    struct str source;
    bool read_only, socket; /* socket: it gives the host's Docker daemon */
    bool secret;            /* a file of `secrets` */
    place at;
};

/* A credential. One that is not known (a variable without a value) is equal to nothing. Of facts
 * that were written to a file the value is a keyed digest, and `name` what reports call it. */
struct fleet_secret {
    struct str value, name;
    bool set, known;
    place at;
};

struct fleet_identity {
    struct str channel;
    struct fleet_secret secret;
};

struct fleet_agent {
    struct str id;
    place at, sandbox_at;
    bool sandboxed;           /* sandbox mode is not `off` */
    bool docker;              /* its backend is docker */
    struct str scope, prefix; /* of its sandbox containers */
    struct fleet_path workspace, dir;
    /* Known only where tenants share the gateway: whether it has the gateway's browser, can read
     * the sessions of other agents, and lets others read its own. */
    bool browser, reads_sessions, shows_sessions;
};

/* An account whose messages an agent gets. */
struct fleet_route {
    struct str account; /* "telegram/default" */
    struct str agent;
    place at; /* what admits somebody there */
};

/* Where the messages of a tenant's sender go in a gateway. */
struct fleet_use {
    uint32_t tenant, sender; /* numbers: of the tenant, and of the sender among its own */
    struct str who;          /* for people */
    struct str account, agent;
    struct str session; /* equal for two that share one */
    place at;           /* what admits the sender */
};

/* An enabled channel, and where everybody may write to it directly. */
struct fleet_door {
    struct str path; /* "channels.telegram.accounts.biz" */
    place at;
};

struct fleet_channel {
    struct str name;
    struct fleet_door door;
    ARRAY(struct fleet_door) open;
};

/* A name of the config with its place: a variable, a key. */
struct fleet_name {
    struct str name;
    place at;
};

/* What may hold the address of another gateway. */
struct fleet_text {
    struct str text;
    place at;
    uint32_t file; /* 0, or the text is the whole of this file */
};

/* A port beside the base port and those at fixed offsets, and what is there: "telegram's webhook".
 */
struct fleet_port {
    int64_t port;
    struct str what;
    bool derived; /* it moves with the base port */
    place at;
};

/* A browser that its agents use: "127.0.0.1:9222", or the directory of a profile. */
struct fleet_browser {
    struct str endpoint;
    bool chosen; /* the config names it; otherwise it is the gateway's own */
    place at;
};

struct fleet_gateway {
    struct str name;
    const struct gateway_data *data;
    const struct model *model;             /* of its config; NULL: not at hand */
    const struct compose_service *service; /* NULL: a config file on the host */
    const struct compose_service *owner;   /* whose network namespace it has; NULL: no service */
    struct str namespace;                  /* names it: a service, `host`, `container:c` */
    struct str profile;                    /* or empty */
    struct str host; /* of facts: the machine that it is on; empty: the one of this run */
    place at;
    bool config_seen;         /* its config is at hand */
    bool environment_unknown; /* some of its variables are not */

    int64_t port;
    place port_at;
    struct str port_assumption; /* a variable that must be unset for that, or empty */
    const uint16_t *used_ports; /* offsets from the port */
    size_t n_used_ports;
    /* Of a gateway on the host: */
    ARRAY(struct fleet_port) ports;
    ARRAY(struct fleet_browser) browsers;
    struct str home; /* absolute, or empty: not known */
    bool loopback;   /* listens on 127.0.0.1 alone */
    place bind_at;

    struct fleet_path state, config, log;
    ARRAY(struct fleet_path) credentials;    /* also WhatsApp's and the agents' directories */
    ARRAY(struct fleet_path) session_stores; /* where the config says so: session.store; */
    ARRAY(struct fleet_path) stores;         /* the memory's index, the files of sandboxes */
    ARRAY(struct fleet_mount) mounts;
    struct str daemon; /* of Docker: `host`, an address, or empty */

    struct fleet_secret token, password, hooks_token;
    struct str auth_mode;
    place auth_at;
    ARRAY(struct fleet_identity) identities;
    ARRAY(struct fleet_channel) channels;
    ARRAY(struct fleet_agent) agents;
    bool hooks_enabled, hooks_choose_session, hooks_any_agent;
    place hooks_session_at, hooks_agents_at;
    struct str hooks_path;                           /* without the slashes around it */
    ARRAY(struct fleet_name) missing;                /* variables of the config that are not set */
    ARRAY(struct fleet_name) refused_keys;           /* over which its version refuses the config */
    const struct compose_variable *idle_hooks_token; /* OPENCLAW_HOOKS_TOKEN, which nothing reads */
    ARRAY(struct fleet_text) texts;
    ARRAY(struct fleet_route) routes; /* these two only where tenants share the gateway */
    ARRAY(struct fleet_use) uses;
    bool open_room; /* so is this: every member of some group may speak */
};

/* A gateway of the host, of its model. */
struct fleet_gateway *fleet_of_host(struct arena *a, const struct model *m);

/* host_ports.c: the ports of its config, and its browsers. */
void fleet_host_ports(struct arena *a, const struct model *m, struct fleet_gateway *g);

/* Of several on a host: adds the texts of the config in which the address of another may stand. */
void fleet_host_texts(struct arena *a, const struct model *m, struct fleet_gateway *g);

/* A service of a Compose project. `config` is the config as it was written, with what it includes,
 * or 0 when it is not at hand; `data` is of its version. */
struct fleet_gateway *fleet_of_service(struct arena *a, struct tree *t,
                                       const struct compose_project *p,
                                       const struct compose_service *s, node_id config,
                                       const struct gateway_data *data);

/* The environment that the service's gateway starts with: of its image, env_file, environment. */
struct environment *fleet_environment(struct arena *a, const struct compose_service *s);
/* The same for reading its config: what is not known of it counts as set, to an unknown value. */
struct environment *fleet_environment_known(struct arena *a, const struct compose_service *s);

/* Where the service's gateway looks for its config, in its container. */
struct str fleet_config_path(struct arena *a, const struct compose_service *s,
                             const struct gateway_data *data);

#endif
