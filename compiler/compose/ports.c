/* The ports that a service publishes, in both syntaxes, ranges written out. */
#include "compose/project.h"

enum { PORT_MAX = 65535 };

/* FIRST or FIRST-LAST; -1 where it is no port. */
struct range {
    int32_t first, last;
};

static int32_t port_number(struct str s) {
    int32_t port = 0;
    if (!s.n) return -1;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return -1;
        port = port * 10 + (s.p[i] - '0');
        if (port > PORT_MAX) return -1;
    }
    return port;
}

static struct range port_range(struct str s) {
    size_t dash = str_find(s, STR("-"), 0);
    int32_t first = port_number(str_slice(s, 0, dash));
    if (dash == SIZE_MAX) return (struct range){first, first};
    int32_t last = port_number(str_slice(s, dash + 1, s.n));
    if (first < 0 || last < first) return (struct range){-1, -1};
    return (struct range){first, last};
}

/* As it is written in front of a port. */
static struct str address(struct composing *c, struct str ip) {
    bool bare = str_find(ip, STR(":"), 0) != SIZE_MAX && ip.p[0] != '[';
    if (!ip.n) return STR("0.0.0.0");
    return bare ? str_format(c->arena, "[" STR_FMT "]", STR_ARG(ip)) : ip;
}

struct published {
    struct str ip, host, target, protocol;
    node_id item;
};

static void report(struct composing *c, const struct published *p, const char *what) {
    COMPOSE_ERROR(c, tree_span(c->tree, p->item),
                  "%s: write [IP:][HOST:]CONTAINER[/tcp|udp], each port a number from 1 to 65535 "
                  "or a range",
                  what);
}

static bool has_room(struct composing *c, const struct published *p, int32_t n) {
    size_t before = c->ports;
    c->ports += (size_t)n;
    if (c->ports <= COMPOSE_MAX_PORTS) return true;
    if (before <= COMPOSE_MAX_PORTS)
        COMPOSE_ERROR(c, tree_span(c->tree, p->item),
                      "the project publishes more than %d ports; those from here on are left out",
                      COMPOSE_MAX_PORTS);
    return false;
}

static void add_port(struct composing *c, struct compose_service *s, const struct published *p,
                     struct str host, int32_t published, int32_t target) {
    ARRAY_PUSH(c->arena, s->ports) = (struct compose_port){.ip = address(c, p->ip),
                                                           .protocol = p->protocol,
                                                           .host = host,
                                                           .published = published,
                                                           .target = target,
                                                           .at = p->item};
}

static void publish(struct composing *c, struct compose_service *s, const struct published *p) {
    struct range target = port_range(p->target), host = port_range(p->host);
    if (target.first < 0) {
        if (!interpolate_is_unknown(p->target)) report(c, p, "this is no port of a container");
        return;
    }
    int32_t n = target.last - target.first + 1;
    if (!has_room(c, p, n)) return;
    if (p->host.n && host.first < 0 && !interpolate_is_unknown(p->host)) {
        report(c, p, "this is no port of the host");
        return;
    }
    bool picked = host.first >= 0 && host.last - host.first + 1 != n;
    if (picked && n > 1) {
        report(c, p, "the two ranges have different lengths");
        return;
    }
    for (int32_t i = 0; i < n; i++) {
        bool known = host.first >= 0 && !picked;
        struct str text =
            known && n > 1 ? str_format(c->arena, "%d", (int)(host.first + i)) : p->host;
        add_port(c, s, p, text, known ? host.first + i : -1, target.first + i);
    }
}

/* [IP:][HOST:]CONTAINER[/PROTOCOL]; an IPv6 address stands in brackets. */
static struct published short_port(struct composing *c, node_id item) {
    struct str text = compose_scalar(c, item);
    size_t slash = str_find(text, STR("/"), 0);
    struct published p = {.ip = STR(""), .host = STR(""), .protocol = STR("tcp"), .item = item};
    if (slash != SIZE_MAX) p.protocol = str_slice(text, slash + 1, text.n);
    text = str_slice(text, 0, slash);
    size_t colon = text.n;
    while (colon && text.p[colon - 1] != ':') colon--;
    p.target = str_slice(text, colon, text.n);
    if (!colon) return p;
    struct str rest = str_slice(text, 0, colon - 1);
    size_t end = rest.n;
    while (end && rest.p[end - 1] != ':' && rest.p[end - 1] != ']') end--;
    p.host = str_slice(rest, end, rest.n);
    if (end) p.ip = str_slice(rest, 0, rest.p[end - 1] == ':' ? end - 1 : end);
    return p;
}

static struct published long_port(struct composing *c, node_id item) {
    struct published p = {.item = item};
    p.ip = compose_scalar(c, compose_member(c, item, "host_ip"));
    p.host = compose_scalar(c, compose_member(c, item, "published"));
    p.target = compose_scalar(c, compose_member(c, item, "target"));
    p.protocol = compose_scalar(c, compose_member(c, item, "protocol"));
    if (!p.protocol.n) p.protocol = STR("tcp");
    return p;
}

void compose_read_ports(struct composing *c, struct compose_service *s) {
    node_id ports = compose_member(c, s->node, "ports");
    if (!tree_is(c->tree, ports, NODE_ARRAY)) return;
    for (TREE_EACH(c->tree, item, ports)) {
        bool object = tree_is(c->tree, item, NODE_OBJECT);
        struct published p = object ? long_port(c, item) : short_port(c, item);
        publish(c, s, &p);
    }
}
