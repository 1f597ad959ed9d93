#include "compose/print.h"

#include <string.h>

#include "base/json.h"
#include "compose/project.h"
#include "load/load.h"

struct printing {
    struct buf *out;
    const struct compose_project *p;
    bool json, resolved;
    size_t depth;
    bool first; /* nothing stands in the collection that is open */
};

/* ---- texts -------------------------------------------------------------------------------------
 */

/* `@@NAME@@` becomes `${NAME}` again. */
static struct str with_variables(struct arena *a, struct str s) {
    struct buf b = buf_new(a);
    size_t at = 0;
    if (!interpolate_is_unknown(s)) return s;
    while (at < s.n) {
        size_t mark = str_find(s, STR("@@"), at);
        size_t end = mark == SIZE_MAX ? SIZE_MAX : str_find(s, STR("@@"), mark + 2);
        if (end == SIZE_MAX) break;
        struct str name = interpolate_unknown_name(str_slice(s, mark, end + 2));
        buf_add(&b, str_slice(s, at, mark));
        if (name.n)
            buf_addf(&b, "${" STR_FMT "}", STR_ARG(name));
        else
            buf_add(&b, STR("@@"));
        at = name.n ? end + 2 : mark + 2;
    }
    buf_add(&b, str_slice(s, at, s.n));
    return buf_str(&b);
}

static bool reads_as_itself(struct str s) {
    static const char special[] = "-?:,[]{}#&*!|>'\"%@`~=<";
    static const char *const words[] = {"null", "true", "false", "yes", "no",
                                        "on",   "off",  "y",     "n"};
    if (!s.n || strchr(special, s.p[0]) || (s.p[0] >= '0' && s.p[0] <= '9') || s.p[0] == '+' ||
        s.p[0] == '.' || s.p[0] == ' ' || s.p[s.n - 1] == ' ')
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (s.n == strlen(words[i])) {
            bool same = true;
            for (size_t k = 0; k < s.n; k++) same = same && (s.p[k] | 0x20) == words[i][k];
            if (same) return false;
        }
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if ((unsigned char)c < ' ' || (unsigned char)c >= 0x7f) return false;
        if (c == ':' && (i + 1 == s.n || s.p[i + 1] == ' ')) return false;
        if (c == '#' && i && s.p[i - 1] == ' ') return false;
    }
    return true;
}

static void add_text(struct printing *s, struct str text) {
    if (!s->json && reads_as_itself(text))
        buf_add(s->out, text);
    else
        json_add_string(s->out, text);
}

/* ---- collections -------------------------------------------------------------------------------
 */

static void new_line(struct printing *s) {
    char last = s->out->n ? s->out->p[s->out->n - 1] : '\n';
    if (!s->json && last == '-') { /* the first key of an item stands behind its dash */
        buf_add_char(s->out, ' ');
        return;
    }
    if (last != '\n') buf_add_char(s->out, '\n');
    buf_add_repeat(s->out, ' ', 2 * s->depth);
}

/* Between a key or a dash and its value. */
static void add_gap(struct printing *s) {
    char last = s->out->n ? s->out->p[s->out->n - 1] : ' ';
    if (last == ':' || (!s->json && last == '-')) buf_add_char(s->out, ' ');
}

static void open_collection(struct printing *s, char bracket) {
    if (s->json) {
        add_gap(s);
        buf_add_char(s->out, bracket);
    }
    s->depth++;
    s->first = true;
}

static void close_collection(struct printing *s, char bracket) {
    s->depth--;
    if (s->json) {
        if (!s->first) new_line(s);
        buf_add_char(s->out, bracket);
    } else if (s->first) {
        add_gap(s);
        buf_add(s->out, bracket == '}' ? STR("{}") : STR("[]"));
    }
    s->first = false;
}

static void begin_entry(struct printing *s) {
    if (s->json && !s->first) buf_add_char(s->out, ',');
    s->first = false;
    if (!s->json) s->depth--;
    new_line(s);
    if (!s->json) s->depth++;
}

static void add_key(struct printing *s, struct str key) {
    begin_entry(s);
    add_text(s, key);
    buf_add(s->out, STR(":"));
}

static void add_item(struct printing *s) {
    begin_entry(s);
    if (!s->json) buf_add_char(s->out, '-');
}

/* A text behind a key or a dash. */
static void add_value(struct printing *s, struct str text) {
    add_gap(s);
    add_text(s, text);
}

static void add_pair(struct printing *s, const char *key, struct str text) {
    add_key(s, str_from(key));
    add_value(s, text);
}

static void add_raw(struct printing *s, const char *key, struct str text) {
    add_key(s, str_from(key));
    add_gap(s);
    buf_add(s->out, text);
}

/* ---- values ------------------------------------------------------------------------------------
 */

static void add_node(struct printing *s, node_id n);

/* A text without what looks like a secret in it: the password of a URL, the value of --token. */
static struct str masked(const struct printing *s, struct str text) {
    bool *hidden = ARENA_ARRAY(s->p->arena, bool, text.n);
    secrets_mask_line(text, hidden);
    char *out = arena_copy(s->p->arena, text.p, text.n);
    for (size_t i = 0; i < text.n; i++)
        if (hidden[i]) out[i] = '*';
    return (struct str){out, text.n};
}

/* A secret's value stands there, be it as what counts when a variable is not set. */
static bool has_value(const struct printing *s, node_id n) {
    struct str written = compose_written(s->p->reading, n);
    return tree_is(s->p->tree, n, NODE_STRING) && written.n && !secrets_are_variables(written);
}

/* An image is no secret; other texts may hold one. */
static struct str shown_text(const struct printing *s, node_id n) {
    const struct tree *t = s->p->tree;
    struct str key = tree_key_text(t, tree_node(t, n)->key), text = tree_text(t, n);
    if (s->resolved) return text;
    if (str_equal(key, STR("image"))) return with_variables(s->p->arena, text);
    struct str written = compose_written(s->p->reading, n);
    return has_value(s, n) && key.n && secrets_is_key(key) ? STR("********") : masked(s, written);
}

static void add_scalar(struct printing *s, node_id n) {
    const struct tree *t = s->p->tree;
    const struct node *node = tree_node(t, n);
    add_gap(s);
    if (node->kind == NODE_STRING)
        add_text(s, shown_text(s, n));
    else if (node->kind == NODE_NUMBER)
        json_add_number(s->out, node->u.number);
    else if (node->kind == NODE_BOOL)
        buf_add(s->out, node->u.boolean ? STR("true") : STR("false"));
    else
        buf_add(s->out, STR("null"));
}

/* Recursive: the depth of YAML is bounded. */
static void add_node(struct printing *s, node_id n) {
    const struct tree *t = s->p->tree;
    bool object = tree_is(t, n, NODE_OBJECT);
    if (!object && !tree_is(t, n, NODE_ARRAY)) {
        add_scalar(s, n);
        return;
    }
    open_collection(s, object ? '{' : '[');
    bool is_argument = false; /* of a flag whose value is a secret */
    for (TREE_EACH(t, child, n)) {
        if (tree_node(t, child)->tag == NODE_TAG_RESET) continue;
        if (object)
            add_key(s, tree_key_text(t, tree_node(t, child)->key));
        else
            add_item(s);
        if (is_argument && !s->resolved && has_value(s, child))
            add_value(s, STR("********"));
        else
            add_node(s, child);
        is_argument = !object && secrets_is_flag(tree_text(t, child));
    }
    close_collection(s, object ? '}' : ']');
}

/* ---- services ----------------------------------------------------------------------------------
 */

static struct str shown_value(const struct printing *s, const struct compose_variable *v) {
    bool literal = str_find(v->written, STR("$"), 0) == SIZE_MAX;
    if (s->resolved) return v->value;
    if (v->written.n && secrets_are_variables(v->written)) return v->written;
    if (!literal) return secrets_is_key(v->name) ? STR("********") : masked(s, v->written);
    if (interpolate_is_unknown(v->value)) return with_variables(s->p->arena, v->value);
    bool outside = !v->written.n && v->value.n; /* of an env_file, or of the shell */
    bool secret = outside || (v->value.n && secrets_is_key(v->name));
    return secret ? STR("********") : masked(s, v->value);
}

static void add_environment(struct printing *s, const struct compose_service *service) {
    if (!service->environment.n) return;
    add_key(s, STR("environment"));
    open_collection(s, '{');
    for (size_t i = 0; i < service->environment.n; i++) {
        const struct compose_variable *v = &service->environment.v[i];
        add_key(s, v->name);
        add_value(s, shown_value(s, v));
    }
    close_collection(s, '}');
}

static void add_port(struct printing *s, const struct compose_port *p) {
    add_item(s);
    open_collection(s, '{');
    add_raw(s, "target", str_format(s->p->arena, "%d", (int)p->target));
    if (p->host.n) add_pair(s, "published", with_variables(s->p->arena, p->host));
    add_pair(s, "host_ip", with_variables(s->p->arena, p->ip));
    add_pair(s, "protocol", p->protocol);
    close_collection(s, '}');
}

static void add_mount(struct printing *s, const struct compose_mount *m) {
    static const char *const kinds[] = {"bind", "volume", "volume", "tmpfs"};
    add_item(s);
    open_collection(s, '{');
    struct str named = m->kind == MOUNT_ANONYMOUS ? STR("") : m->source;
    struct str source = m->key.n ? m->key : named;
    add_pair(s, "type", str_from(m->key.n ? "volume" : kinds[m->kind]));
    if (source.n) add_pair(s, "source", with_variables(s->p->arena, source));
    add_pair(s, "target", with_variables(s->p->arena, m->target));
    if (m->read_only) add_raw(s, "read_only", STR("true"));
    if (m->below.n) {
        add_key(s, STR("volume"));
        open_collection(s, '{');
        add_pair(s, "subpath", with_variables(s->p->arena, m->below));
        close_collection(s, '}');
    }
    close_collection(s, '}');
}

/* What `volumes_from`, `configs`, `secrets` and `tmpfs` bring in stands there. */
static bool stands_elsewhere(const struct printing *s, const struct compose_mount *m) {
    bool tmpfs = m->kind == MOUNT_TMPFS && !tree_is(s->p->tree, m->at, NODE_OBJECT);
    return m->inherited || m->config || m->secret || tmpfs;
}

static void add_mounts(struct printing *s, const struct compose_service *service) {
    bool open = false;
    for (size_t i = 0; i < service->mounts.n; i++) {
        const struct compose_mount *m = &service->mounts.v[i];
        if (stands_elsewhere(s, m)) continue;
        if (!open) add_key(s, STR("volumes"));
        if (!open) open_collection(s, '[');
        open = true;
        add_mount(s, m);
    }
    if (open) close_collection(s, ']');
}

static void add_networks(struct printing *s, const struct compose_service *service) {
    add_key(s, STR("networks"));
    open_collection(s, '{');
    for (size_t i = 0; i < service->networks.n; i++) {
        const struct compose_network *n = &service->networks.v[i];
        add_key(s, n->key);
        open_collection(s, '{');
        if (n->n_aliases) {
            add_key(s, STR("aliases"));
            open_collection(s, '[');
            for (size_t k = 0; k < n->n_aliases; k++) {
                add_item(s);
                add_value(s, n->aliases[k]);
            }
            close_collection(s, ']');
        }
        close_collection(s, '}');
    }
    close_collection(s, '}');
}

/* Members that are printed of the structs, or have done their work. */
static bool is_special(struct str key) {
    static const char *const keys[] = {"environment", "env_file", "extends",
                                       "ports",       "volumes",  "networks"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (str_equal(key, str_from(keys[i]))) return true;
    return false;
}

static void add_service(struct printing *s, const struct compose_service *service) {
    const struct tree *t = s->p->tree;
    add_key(s, service->name);
    open_collection(s, '{');
    for (TREE_EACH(t, member, service->node)) {
        struct str key = tree_key_text(t, tree_node(t, member)->key);
        if (is_special(key) || tree_node(t, member)->tag == NODE_TAG_RESET) continue;
        add_key(s, key);
        add_node(s, member);
    }
    add_environment(s, service);
    if (service->networks.n) add_networks(s, service);
    if (service->ports.n) {
        add_key(s, STR("ports"));
        open_collection(s, '[');
        for (size_t i = 0; i < service->ports.n; i++) add_port(s, &service->ports.v[i]);
        close_collection(s, ']');
    }
    add_mounts(s, service);
    close_collection(s, '}');
}

void compose_print(struct buf *out, const struct compose_project *p, bool json, bool resolved) {
    static const char *const kinds[] = {"volumes", "networks", "configs", "secrets"};
    struct printing s = {.out = out, .p = p, .json = json, .resolved = resolved};
    open_collection(&s, '{');
    if (p->name.n) add_pair(&s, "name", p->name);
    add_key(&s, STR("services"));
    open_collection(&s, '{');
    for (size_t i = 0; i < p->services.n; i++)
        if (!p->services.v[i].left_out) add_service(&s, &p->services.v[i]);
    close_collection(&s, '}');
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        node_id n = tree_member(p->tree, p->root, str_from(kinds[i]));
        if (!tree_is(p->tree, n, NODE_OBJECT)) continue;
        add_key(&s, str_from(kinds[i]));
        add_node(&s, n);
    }
    close_collection(&s, '}');
    buf_add_char(out, '\n');
}
