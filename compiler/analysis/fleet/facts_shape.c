#include "analysis/fleet/facts_shape.h"

/* clang-format off: one field a line, so that the tables read as tables. */
#define FIELD(type, kind, field)                                                                   \
    { #field, kind, offsetof(struct type, field), NULL }
#define ONE(type, field, shape)                                                                    \
    { #field, FACTS_ONE, offsetof(struct type, field), &(shape) }
#define SEVERAL(type, field, shape)                                                                \
    { #field, FACTS_SEVERAL, offsetof(struct type, field), &(shape) }
#define NAMED(name, type, kind, field)                                                             \
    { name, kind, offsetof(struct type, field), NULL }
#define END                                                                                        \
    { NULL, FACTS_TEXT, 0, NULL }
#define SHAPE(name, type)                                                                          \
    static const struct facts_shape name##_shape = {name##_fields, sizeof(struct type)}

static const struct facts_field path_fields[] = {
    FIELD(fleet_path, FACTS_TEXT, inside), FIELD(fleet_path, FACTS_TEXT, located),
    FIELD(fleet_path, FACTS_FLAG, read_only), FIELD(fleet_path, FACTS_PLACE, at), END};
SHAPE(path, fleet_path);

static const struct facts_field mount_fields[] = {
    FIELD(fleet_mount, FACTS_TEXT, source), FIELD(fleet_mount, FACTS_FLAG, read_only),
    FIELD(fleet_mount, FACTS_FLAG, socket), FIELD(fleet_mount, FACTS_FLAG, secret),
    FIELD(fleet_mount, FACTS_PLACE, at),    END};
SHAPE(mount, fleet_mount);

static const struct facts_field secret_fields[] = {NAMED("digest", fleet_secret, FACTS_TEXT, value),
                                                   FIELD(fleet_secret, FACTS_TEXT, name),
                                                   FIELD(fleet_secret, FACTS_FLAG, set),
                                                   FIELD(fleet_secret, FACTS_FLAG, known),
                                                   FIELD(fleet_secret, FACTS_PLACE, at),
                                                   END};
SHAPE(secret, fleet_secret);

static const struct facts_field identity_fields[] = {
    FIELD(fleet_identity, FACTS_TEXT, channel), ONE(fleet_identity, secret, secret_shape), END};
SHAPE(identity, fleet_identity);

static const struct facts_field agent_fields[] = {
    FIELD(fleet_agent, FACTS_TEXT, id),          FIELD(fleet_agent, FACTS_PLACE, at),
    FIELD(fleet_agent, FACTS_PLACE, sandbox_at), FIELD(fleet_agent, FACTS_FLAG, sandboxed),
    FIELD(fleet_agent, FACTS_FLAG, docker),      FIELD(fleet_agent, FACTS_TEXT, scope),
    FIELD(fleet_agent, FACTS_TEXT, prefix),      ONE(fleet_agent, workspace, path_shape),
    ONE(fleet_agent, dir, path_shape),           END};
SHAPE(agent, fleet_agent);

static const struct facts_field door_fields[] = {FIELD(fleet_door, FACTS_TEXT, path),
                                                 FIELD(fleet_door, FACTS_PLACE, at), END};
SHAPE(door, fleet_door);

static const struct facts_field channel_fields[] = {FIELD(fleet_channel, FACTS_TEXT, name),
                                                    ONE(fleet_channel, door, door_shape),
                                                    SEVERAL(fleet_channel, open, door_shape), END};
SHAPE(channel, fleet_channel);

static const struct facts_field name_fields[] = {FIELD(fleet_name, FACTS_TEXT, name),
                                                 FIELD(fleet_name, FACTS_PLACE, at), END};
SHAPE(name, fleet_name);

static const struct facts_field taken_fields[] = {
    FIELD(fleet_port, FACTS_INT64, port), FIELD(fleet_port, FACTS_TEXT, what),
    FIELD(fleet_port, FACTS_FLAG, derived), FIELD(fleet_port, FACTS_PLACE, at), END};
SHAPE(taken, fleet_port);

static const struct facts_field browser_fields[] = {FIELD(fleet_browser, FACTS_TEXT, endpoint),
                                                    FIELD(fleet_browser, FACTS_FLAG, chosen),
                                                    FIELD(fleet_browser, FACTS_PLACE, at), END};
SHAPE(browser, fleet_browser);

static const struct facts_field text_fields[] = {NAMED("address", fleet_text, FACTS_TEXT, text),
                                                 FIELD(fleet_text, FACTS_PLACE, at), END};
SHAPE(text, fleet_text);

static const struct facts_field idle_fields[] = {FIELD(facts_idle, FACTS_TEXT, name),
                                                 FIELD(facts_idle, FACTS_PLACE, at), END};
SHAPE(idle, facts_idle);

static const struct facts_field port_fields[] = {FIELD(compose_port, FACTS_TEXT, ip),
                                                 FIELD(compose_port, FACTS_TEXT, protocol),
                                                 FIELD(compose_port, FACTS_TEXT, host),
                                                 FIELD(compose_port, FACTS_INT32, published),
                                                 FIELD(compose_port, FACTS_INT32, target),
                                                 FIELD(compose_port, FACTS_PLACE, at),
                                                 END};
SHAPE(port, compose_port);

static const struct facts_field limit_fields[] = {FIELD(compose_limit, FACTS_FLAG, set),
                                                  FIELD(compose_limit, FACTS_FLAG, known),
                                                  FIELD(compose_limit, FACTS_NUMBER, value), END};
SHAPE(limit, compose_limit);

static const struct facts_field network_fields[] = {FIELD(facts_network, FACTS_TEXT, name),
                                                    FIELD(facts_network, FACTS_TEXTS, aliases),
                                                    FIELD(facts_network, FACTS_PLACE, at), END};
SHAPE(network, facts_network);

static const struct facts_field variable_fields[] = {
    FIELD(facts_variable, FACTS_TEXT, name), NAMED("digest", facts_variable, FACTS_TEXT, value),
    FIELD(facts_variable, FACTS_FLAG, literal), FIELD(facts_variable, FACTS_PLACE, at), END};
SHAPE(variable, facts_variable);

static const struct facts_field unset_fields[] = {FIELD(compose_unset, FACTS_TEXT, name),
                                                  FIELD(compose_unset, FACTS_PLACE, at), END};
SHAPE(unset, compose_unset);

#define SERVICE(kind, field)                                                                       \
    { #field, kind, offsetof(struct facts_service, base.field), NULL }
static const struct facts_field service_fields[] = {
    SERVICE(FACTS_TEXT, name),
    SERVICE(FACTS_PLACE, at),
    SERVICE(FACTS_TEXT, image),
    SERVICE(FACTS_TEXT, container_name),
    SERVICE(FACTS_TEXT, hostname),
    SERVICE(FACTS_TEXT, network_mode),
    SERVICE(FACTS_TEXT, user),
    SERVICE(FACTS_TEXT, restart),
    SERVICE(FACTS_TEXTS, open_profiles),
    SERVICE(FACTS_PLACE, image_at),
    SERVICE(FACTS_PLACE, container_name_at),
    SERVICE(FACTS_PLACE, network_mode_at),
    SERVICE(FACTS_PLACE, restart_at),
    SERVICE(FACTS_PLACE, volumes_at),
    SERVICE(FACTS_PLACE, healthcheck_at),
    SERVICE(FACTS_PLACE, privileged_at),
    SERVICE(FACTS_PLACE, replicas_at),
    SERVICE(FACTS_FLAG, privileged),
    SERVICE(FACTS_FLAG, drops_all),
    SERVICE(FACTS_FLAG, no_new_privileges),
    SERVICE(FACTS_FLAG, has_healthcheck),
    SERVICE(FACTS_FLAG, healthcheck_token),
    SERVICE(FACTS_NUMBER, replicas),
    {"memory", FACTS_ONE, offsetof(struct facts_service, base.memory), &limit_shape},
    {"cpus", FACTS_ONE, offsetof(struct facts_service, base.cpus), &limit_shape},
    {"pids", FACTS_ONE, offsetof(struct facts_service, base.pids), &limit_shape},
    {"ports", FACTS_SEVERAL, offsetof(struct facts_service, base.ports), &port_shape},
    {"unset", FACTS_SEVERAL, offsetof(struct facts_service, base.unset), &unset_shape},
    SEVERAL(facts_service, variables, variable_shape),
    SEVERAL(facts_service, networks, network_shape),
    END};
SHAPE(service, facts_service);

#define GATEWAY(kind, field)                                                                       \
    { #field, kind, offsetof(struct facts_line, base.field), NULL }
#define GATEWAY_ONE(field, shape)                                                                  \
    { #field, FACTS_ONE, offsetof(struct facts_line, base.field), &(shape) }
#define GATEWAY_SEVERAL(field, shape)                                                              \
    { #field, FACTS_SEVERAL, offsetof(struct facts_line, base.field), &(shape) }
static const struct facts_field line_fields[] = {
    GATEWAY(FACTS_TEXT, name),
    FIELD(facts_line, FACTS_TEXT, version),
    FIELD(facts_line, FACTS_TEXT, project),
    GATEWAY(FACTS_TEXT, namespace),
    GATEWAY(FACTS_TEXT, profile),
    GATEWAY(FACTS_TEXT, host),
    GATEWAY(FACTS_PLACE, at),
    GATEWAY(FACTS_FLAG, config_seen),
    GATEWAY(FACTS_FLAG, environment_unknown),
    GATEWAY(FACTS_INT64, port),
    GATEWAY(FACTS_PLACE, port_at),
    GATEWAY(FACTS_TEXT, port_assumption),
    FIELD(facts_line, FACTS_FLAG, without_browser),
    GATEWAY_SEVERAL(ports, taken_shape),
    GATEWAY_SEVERAL(browsers, browser_shape),
    GATEWAY(FACTS_TEXT, home),
    FIELD(facts_line, FACTS_FLAG, owns_namespace),
    GATEWAY(FACTS_FLAG, loopback),
    GATEWAY(FACTS_PLACE, bind_at),
    GATEWAY_ONE(state, path_shape),
    GATEWAY_ONE(config, path_shape),
    GATEWAY_ONE(log, path_shape),
    GATEWAY_SEVERAL(credentials, path_shape),
    GATEWAY_SEVERAL(session_stores, path_shape),
    GATEWAY_SEVERAL(stores, path_shape),
    GATEWAY_SEVERAL(mounts, mount_shape),
    GATEWAY(FACTS_TEXT, daemon),
    GATEWAY_ONE(token, secret_shape),
    GATEWAY_ONE(password, secret_shape),
    GATEWAY_ONE(hooks_token, secret_shape),
    GATEWAY(FACTS_TEXT, auth_mode),
    GATEWAY(FACTS_PLACE, auth_at),
    GATEWAY_SEVERAL(identities, identity_shape),
    GATEWAY_SEVERAL(channels, channel_shape),
    GATEWAY_SEVERAL(agents, agent_shape),
    GATEWAY(FACTS_FLAG, hooks_enabled),
    GATEWAY(FACTS_FLAG, hooks_choose_session),
    GATEWAY(FACTS_FLAG, hooks_any_agent),
    GATEWAY(FACTS_PLACE, hooks_session_at),
    GATEWAY(FACTS_PLACE, hooks_agents_at),
    GATEWAY(FACTS_TEXT, hooks_path),
    GATEWAY_SEVERAL(missing, name_shape),
    GATEWAY_SEVERAL(refused_keys, name_shape),
    {"texts", FACTS_SEVERAL, offsetof(struct facts_line, base.texts), &text_shape},
    {"service", FACTS_SEVERAL, offsetof(struct facts_line, service.list), &service_shape},
    {"owner", FACTS_SEVERAL, offsetof(struct facts_line, owner.list), &service_shape},
    SEVERAL(facts_line, idle_hooks_token, idle_shape),
    END};
const struct facts_shape facts_line_shape = {line_fields, sizeof(struct facts_line)};
/* clang-format on */
